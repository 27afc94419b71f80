/* Rules that a script cannot bring about because the language never makes such a call
 * (tests/rules-unreachable.txt), and what a context is told of rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <zxpager/zxpager.h>

static zxp_world *world;

static int make_world(void **state) {
    (void)state;
    world = zxp_world_create(NULL);
    return world == NULL;
}

static int free_world(void **state) {
    (void)state;
    zxp_world_destroy(world);
    return 0;
}

static void assert_rule(const zxp_op_call *call, const char *rule, zx_status_t status) {
    zxp_thread_view view;
    assert_int_equal(zxp_call(world, call), ZXP_RETURNED);
    assert_true(zxp_thread_get(world, ZXP_MAIN_THREAD, &view));
    assert_string_equal(zxp_rule_info_of(view.rule)->id, rule);
    assert_int_equal(view.status, status);
}

static uint64_t handle_of(uint16_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e) {
    zxp_op_call call = {.op = op, .args = {a, b, c, d, e}};
    uint64_t handle = 0;
    assert_int_equal(zxp_call(world, &call), ZXP_RETURNED);
    assert_true(zxp_field(world, ZXP_MAIN_THREAD, "handle", &handle));
    return handle;
}

static void arrays_that_cannot_be_read(void **state) {
    (void)state;
    assert_rule(&(zxp_op_call){.op = ZXP_OP_HANDLE_CLOSE_MANY, .count = 1}, "handle.list-unreadable",
                ZX_ERR_INVALID_ARGS);
    assert_rule(&(zxp_op_call){.op = ZXP_OP_OBJECT_WAIT_MANY, .count = 1}, "wait.items-unreadable",
                ZX_ERR_INVALID_ARGS);
}

/* What was copied from a buffer before its end stays in the VMO. */
static void a_buffer_that_ends_early(void **state) {
    (void)state;
    uint64_t vmo = handle_of(ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0, 0, 0, 0);
    zxp_op_call write = {.op = ZXP_OP_VMO_WRITE, .args = {vmo, 0, 0, 4}};
    assert_rule(&write, "vmo-copy.buffer", ZX_ERR_NOT_FOUND);
    write.buffer = (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = "ab", .length = 2};
    assert_rule(&write, "vmo-copy.buffer", ZX_ERR_NOT_FOUND);
    char bytes[4];
    zxp_op_call read = {.op = ZXP_OP_VMO_READ, .args = {vmo, 0, 4}};
    assert_rule(&read, "vmo-read.done", ZX_OK);
    assert_int_equal(zxp_data_copy(world, ZXP_MAIN_THREAD, 0, bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "ab\0", 4);
}

/* Chapter 5 section 3: what a copy that may fail makes dirty goes no further than sixteen pages. */
static void a_buffer_that_ends_early_has_dirtied_sixteen_pages(void **state) {
    (void)state;
    enum { PAGES = 40 };
    static const uint8_t bytes[ZXP_PAGE_SIZE] = {1};
    uint64_t pager = handle_of(ZXP_OP_PAGER_CREATE, 0, 0, 0, 0, 0), port = handle_of(ZXP_OP_PORT_CREATE, 0, 0, 0, 0, 0);
    uint64_t vmo = handle_of(ZXP_OP_PAGER_CREATE_VMO, pager, 0, port, 1, PAGES * ZXP_PAGE_SIZE);
    uint64_t aux = handle_of(ZXP_OP_VMO_CREATE, PAGES * ZXP_PAGE_SIZE, 0, 0, 0, 0);
    zxp_op_call fill = {.op = ZXP_OP_VMO_WRITE,
                        .args = {aux, 0, 0, PAGES * ZXP_PAGE_SIZE},
                        .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 7}};
    assert_rule(&fill, "vmo-write.done", ZX_OK);
    zxp_op_call supply = {.op = ZXP_OP_PAGER_SUPPLY_PAGES, .args = {pager, vmo, 0, PAGES * ZXP_PAGE_SIZE, aux, 0}};
    assert_rule(&supply, "supply.done", ZX_OK);
    zxp_op_call write = {.op = ZXP_OP_VMO_WRITE,
                         .args = {vmo, 0, 0, PAGES * ZXP_PAGE_SIZE},
                         .buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = sizeof bytes}};
    assert_rule(&write, "vmo-copy.buffer", ZX_ERR_NOT_FOUND);
    for (uint64_t page = 0; page < PAGES; page++) {
        zxp_page_run run;
        assert_true(zxp_page_run_at(world, zxp_koid_of(world, (zx_handle_t)vmo), page, &run));
        assert_int_equal(run.letter, page < 16 ? 'D' : 'C');
    }
}

/* The language knows only names of VMOs here. */
static void koids_of_no_vmo(void **state) {
    (void)state;
    uint64_t port = zxp_koid_of(world, (zx_handle_t)handle_of(ZXP_OP_PORT_CREATE, 0, 0, 0, 0, 0));
    uint64_t vmo = zxp_koid_of(world, (zx_handle_t)handle_of(ZXP_OP_VMO_CREATE, 4 * ZXP_PAGE_SIZE, 0, 0, 0, 0));
    for (int i = 0; i < 2; i++) {
        uint64_t koid = i == 0 ? port : 99999;
        assert_rule(&(zxp_op_call){.op = ZXP_OP_UNPIN, .args = {koid, 0, ZXP_PAGE_SIZE}}, "unpin.none",
                    ZX_ERR_NOT_FOUND);
        zxp_op_call evict = {.op = ZXP_OP_EVICT, .args = {koid, 0, ZXP_PAGE_SIZE}};
        assert_rule(&evict, "evict.no-vmo", ZX_ERR_NOT_FOUND);
    }
    zxp_op_call evict = {.op = ZXP_OP_EVICT, .args = {vmo, ZXP_PAGE_SIZE, UINT64_MAX - 2048}};
    assert_rule(&evict, "evict.out-of-range", ZX_ERR_OUT_OF_RANGE);
}

static bool always(void *user) {
    (void)user;
    return true;
}

static void an_interrupted_query(void **state) {
    (void)state;
    uint64_t pager = handle_of(ZXP_OP_PAGER_CREATE, 0, 0, 0, 0, 0), port = handle_of(ZXP_OP_PORT_CREATE, 0, 0, 0, 0, 0);
    uint64_t vmo = handle_of(ZXP_OP_PAGER_CREATE_VMO, pager, 0, port, 1, ZXP_PAGE_SIZE);
    zxp_op_call zero = {.op = ZXP_OP_VMO_OP_RANGE, .args = {vmo, ZX_VMO_OP_ZERO, 0, ZXP_PAGE_SIZE}};
    assert_int_equal(zxp_call(world, &zero), ZXP_RETURNED); /* one dirty range to tell of */
    zxp_context context = {.interrupted = always};
    zxp_world_attach(world, &context);
    zxp_op_call query = {.op = ZXP_OP_PAGER_QUERY_DIRTY_RANGES, .args = {pager, vmo, 0, ZXP_PAGE_SIZE, 64}};
    assert_rule(&query, "call.interrupted", ZX_ERR_CANCELED);
    zxp_world_attach(world, NULL);
}

/* ---- What a context gets ---- */

enum { PAIRS = 64, MANY = 300 };

static struct {
    uint32_t hits[1024];
    uint8_t pairs[PAIRS];
    unsigned rules_told;
} counted;

static void on_event(void *user, const zxp_event *event) {
    (void)user;
    counted.rules_told += event->kind == ZXP_EVENT_RULE;
}

static zxp_context counting(void) {
    memset(&counted, 0, sizeof counted);
    return (zxp_context){
        .rule_hits = counted.hits, .pair_hits = counted.pairs, .pair_count = PAIRS, .observe = on_event};
}

/* Refused by one of two rules. */
static uint16_t refused(bool by_handle) {
    zxp_op_call call = {.op = by_handle ? ZXP_OP_VMO_GET_SIZE : ZXP_OP_PORT_CREATE, .args = {by_handle ? 0 : 2}};
    zxp_thread_view view;
    assert_int_equal(zxp_call(world, &call), ZXP_RETURNED);
    assert_true(zxp_thread_get(world, ZXP_MAIN_THREAD, &view));
    assert_int_not_equal(view.status, ZX_OK);
    return view.rule;
}

static unsigned pairs_seen(void) {
    unsigned seen = 0;
    for (unsigned i = 0; i < PAIRS; i++) seen += counted.pairs[i] != 0;
    return seen;
}

/* (none, a), (a, b) and (b, a) are three pairs, and counted apart. */
static void pairs_of_rules_in_sequence(void **state) {
    (void)state;
    zxp_context context = counting();
    zxp_world_attach(world, &context);
    uint16_t a = refused(true);
    assert_int_equal(context.last_rule, a);
    assert_int_equal(pairs_seen(), 1);
    uint16_t b = refused(false);
    assert_int_equal(context.last_rule, b);
    assert_int_equal(pairs_seen(), 2);
    (void)refused(true);
    assert_int_equal(pairs_seen(), 3);
    for (unsigned i = 0; i < MANY; i++) (void)refused(i % 2 != 0);
    assert_int_equal(pairs_seen(), 3);
    assert_int_equal(counted.hits[a], 2 + MANY / 2);
    unsigned full = 0;
    for (unsigned i = 0; i < PAIRS; i++) full += counted.pairs[i] >= MANY / 2;
    assert_int_equal(full, 2);
    for (unsigned i = 0; i < 2 * MANY; i++) (void)refused(i % 2 != 0);
    for (unsigned i = full = 0; i < PAIRS; i++) full += counted.pairs[i] == UINT8_MAX; /* no further */
    assert_int_equal(full, 2);
    zxp_world_attach(world, NULL);
}

static void counters_of_rules_do_not_turn_over(void **state) {
    (void)state;
    zxp_context context = counting();
    zxp_world_attach(world, &context);
    uint16_t rule = refused(true);
    counted.hits[rule] = UINT32_MAX;
    (void)refused(true);
    assert_int_equal(counted.hits[rule], UINT32_MAX);
    zxp_world_attach(world, NULL);
}

/* Each counter may be left out, and what decides inside of a call is told. */
static void parts_of_a_context_may_be_missing(void **state) {
    (void)state;
    zxp_context context = {.pair_hits = counted.pairs, .pair_count = PAIRS, .observe = on_event};
    zxp_world_attach(world, &context);
    counted.rules_told = 0;
    zxp_op_call create = {.op = ZXP_OP_PORT_CREATE};
    assert_int_equal(zxp_call(world, &create), ZXP_RETURNED);
    uint64_t handle = 0;
    assert_true(zxp_field(world, ZXP_MAIN_THREAD, "handle", &handle));
    zxp_op_call close = {.op = ZXP_OP_HANDLE_CLOSE, .args = {handle}};
    assert_int_equal(zxp_call(world, &close), ZXP_RETURNED);
    assert_int_not_equal(counted.rules_told, 0);
    context = (zxp_context){.rule_hits = NULL};
    (void)refused(true);
    assert_int_equal(context.last_rule, 0);
    zxp_world_attach(world, NULL);
    (void)refused(true);
}

/* A write has to read first, a commit only wants the pages: chapter 3 section 7.0. */
static void a_commit_is_no_write(void **state) {
    (void)state;
    uint64_t pager = handle_of(ZXP_OP_PAGER_CREATE, 0, 0, 0, 0, 0), port = handle_of(ZXP_OP_PORT_CREATE, 0, 0, 0, 0, 0);
    uint64_t vmo = handle_of(ZXP_OP_PAGER_CREATE_VMO, pager, 0, port, 1, ZXP_PAGE_SIZE);
    uint16_t rule = zxp_rule_by_id("page.written-after-read", strlen("page.written-after-read"));
    zxp_context context = counting();
    zxp_world_attach(world, &context);
    zxp_op_call commit = {.op = ZXP_OP_VMO_OP_RANGE, .args = {vmo, ZX_VMO_OP_COMMIT, 0, ZXP_PAGE_SIZE}};
    assert_int_equal(zxp_call(world, &commit), ZXP_BLOCKED);
    assert_int_equal(counted.hits[rule], 0);
    zxp_op_call write = {.op = ZXP_OP_VMO_WRITE, .args = {vmo, 0, 0, 1}, .buffer = {.kind = ZXP_BUFFER_FILL}};
    assert_int_equal(zxp_thread_create(world, &write.thread), ZX_OK);
    assert_int_equal(zxp_call(world, &write), ZXP_BLOCKED);
    assert_int_equal(counted.hits[rule], 1);
    zxp_world_attach(world, NULL);
}

/* ---- A call that ends before its handler runs ---- */

static unsigned results_told;

static void count_results(void *user, const zxp_event *event) {
    (void)user;
    results_told += event->kind == ZXP_EVENT_RESULT && event->status == ZX_ERR_NO_MEMORY;
}

static void no_memory_for_what_is_given(void **state) {
    (void)state;
    uint64_t vmo = handle_of(ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0, 0, 0, 0);
    zxp_context context = {.observe = count_results, .fail_reservation = 1};
    zxp_world_attach(world, &context);
    results_told = 0;
    zxp_op_call write = {.op = ZXP_OP_VMO_WRITE,
                         .args = {vmo, 0, 0, 2},
                         .buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = "ab", .length = 2}};
    assert_rule(&write, "memory.short", ZX_ERR_NO_MEMORY);
    assert_int_equal(results_told, 1);
    zxp_world_attach(world, NULL);
    assert_rule(&write, "vmo-write.done", ZX_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pairs_of_rules_in_sequence, make_world, free_world),
        cmocka_unit_test_setup_teardown(counters_of_rules_do_not_turn_over, make_world, free_world),
        cmocka_unit_test_setup_teardown(parts_of_a_context_may_be_missing, make_world, free_world),
        cmocka_unit_test_setup_teardown(no_memory_for_what_is_given, make_world, free_world),
        cmocka_unit_test_setup_teardown(a_commit_is_no_write, make_world, free_world),
        cmocka_unit_test_setup_teardown(arrays_that_cannot_be_read, make_world, free_world),
        cmocka_unit_test_setup_teardown(a_buffer_that_ends_early, make_world, free_world),
        cmocka_unit_test_setup_teardown(a_buffer_that_ends_early_has_dirtied_sixteen_pages, make_world, free_world),
        cmocka_unit_test_setup_teardown(koids_of_no_vmo, make_world, free_world),
        cmocka_unit_test_setup_teardown(an_interrupted_query, make_world, free_world),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
