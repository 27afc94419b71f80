/* Worlds as values: limits of memory, memory that is short, what is given back, the kernel's own thread. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "world.h"
#include "zxpager/calls.h"

/* GCC says it by a macro, Clang by a feature. */
#if defined(__SANITIZE_ADDRESS__)
#define ZXP_UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZXP_UNDER_ASAN 1
#endif
#endif

static zx_status_t call(zxp_world *w, uint16_t op, uint64_t a, uint64_t b) {
    zxp_op_call made = {.op = op, .args = {a, b}};
    zxp_thread_view view;
    assert_int_equal(zxp_call(w, &made), ZXP_RETURNED);
    assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
    return view.status;
}

/* Makes VMOs until a call fails, and returns with what. */
static zx_status_t fill_up(zxp_world *w) {
    for (unsigned i = 0; i < 500; i++) {
        zx_status_t status = call(w, ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0);
        if (status != ZX_OK) return status;
    }
    return ZX_OK;
}

enum { LIMIT = 1 << 16 };

static void a_limit_goes_with_the_world(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(&(zxp_options){.memory_limit = LIMIT}), *other = zxp_world_create(NULL);
    assert_non_null(w);
    assert_non_null(other);
    zxp_world *clone = zxp_world_clone(w);
    assert_non_null(clone);
    assert_int_equal(zxp_world_copy(other, w), ZX_OK);
    zxp_world *all[] = {w, other, clone};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fill_up(all[i]), ZX_ERR_NO_MEMORY);
        assert_true(zxp_world_bytes(all[i]) <= LIMIT);
        zxp_world_destroy(all[i]);
    }
    assert_null(zxp_world_create(&(zxp_options){.memory_limit = 64}));
}

/* ---- Memory ---- */

static size_t in_use(void) { return mallinfo2().uordblks; }

/* An event in a table that has room takes exactly what it is: the limit can be met to the byte. */
static void a_limit_can_be_used_up(void **state) {
    (void)state;
    enum { EVENTS = 40 };
    zxp_world *free_one = zxp_world_create(NULL);
    const zxp_op_call call = {.op = ZXP_OP_EVENT_CREATE};
    for (unsigned i = 0; i < EVENTS; i++) assert_int_equal(zxp_call(free_one, &call), ZXP_RETURNED);
    zxp_world *w = zxp_world_create(&(zxp_options){.memory_limit = zxp_world_bytes(free_one)});
    assert_non_null(w);
    for (unsigned i = 0; i < EVENTS; i++) assert_int_equal(zxp_call(w, &call), ZXP_RETURNED);
    assert_true(zxp_world_equal(w, free_one, ZXP_FORM_FULL));
    zxp_world_destroy(w);
    zxp_world_destroy(free_one);
}

static void everything_is_given_back(void **state) {
    (void)state;
    size_t before = in_use();
    for (unsigned i = 0; i < 3; i++) {
        zxp_world *w = zxp_world_create(NULL), *small = zxp_world_create(NULL);
        assert_non_null(w);
        assert_non_null(small);
        assert_int_equal(fill_up(w), ZX_OK);
        zxp_world *clone = zxp_world_clone(w);
        assert_int_equal(zxp_world_copy(small, w), ZX_OK);
        zxp_world_destroy(w);
        zxp_world_destroy(small);
        zxp_world_destroy(clone);
        zxp_world_destroy(NULL);
        assert_null(zxp_world_create(&(zxp_options){.memory_limit = 64}));
        if (i == 0) before = in_use();
    }
    assert_int_equal(in_use(), before);
}

/* The destination of a copy gets a larger block only if its own is too small. */
static void a_copy_keeps_the_block_that_is_large_enough(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL), *small = zxp_world_create(NULL);
    assert_non_null(w);
    assert_non_null(small);
    assert_int_equal(fill_up(w), ZX_OK);
    assert_int_equal(zxp_world_copy(small, w), ZX_OK);
    const uint8_t *block = small->memory;
    assert_int_equal(small->capacity, zxp_world_bytes(w));
    assert_int_equal(zxp_world_copy(small, w), ZX_OK);
    assert_ptr_equal(small->memory, block);
    assert_true(zxp_world_equal(small, w, ZXP_FORM_FULL));
    zxp_world_destroy(w);
    zxp_world_destroy(small);
}

/* Takes all that malloc still gives, in ever smaller blocks that hang together; leaves `last` bytes. */
static void *take_all_memory(size_t last) {
    void *spare = malloc(last), *taken = NULL, *block;
    for (size_t size = 1 << 16; size >= 16; size /= 2)
        for (; (block = malloc(size)) != NULL; taken = block) memcpy(block, &taken, sizeof taken);
    free(spare);
    return taken;
}

static void give_back(void *taken) {
    for (void *next; taken != NULL; taken = next) {
        memcpy(&next, taken, sizeof next);
        free(taken);
    }
}

/* With no memory but `last` bytes: no world, no clone, no copy; the world that there is stays as it was. */
static void without_memory(const zxp_world *w, size_t last) {
    uint64_t hash = zxp_world_hash(w, ZXP_FORM_FULL);
    zxp_world *small = zxp_world_create(NULL);
    struct rlimit before, none;
    assert_non_null(small);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){1 << 20, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    void *taken = take_all_memory(last);
    bool good =
        zxp_world_create(NULL) == NULL && zxp_world_clone(w) == NULL && zxp_world_copy(small, w) == ZX_ERR_NO_MEMORY;
    give_back(taken);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_true(good);
    assert_int_equal(zxp_world_hash(w, ZXP_FORM_FULL), hash);
    zxp_world_destroy(small);
}

static void no_memory(void **state) {
    (void)state;
#ifdef ZXP_UNDER_ASAN
    skip(); /* its malloc does not fail */
#endif
    if (getenv("ZXP_UNDER_VALGRIND") != NULL) skip(); /* it needs the memory itself (tests/suites/valgrind.sh) */
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    assert_int_equal(fill_up(w), ZX_OK);
    without_memory(w, 1);
    without_memory(w, 200);
    zxp_world_destroy(w);
}

/* The table of four threads, outgrown, is as large as a name: a unit of the arena. */
static void a_table_that_is_outgrown_is_given_back(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    uint64_t vmo = 0;
    uint32_t thread;
    assert_non_null(w);
    assert_int_equal(call(w, ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0), ZX_OK);
    assert_true(zxp_field(w, ZXP_MAIN_THREAD, "handle", &vmo));
    while (zxp_thread_count(w) < 5) assert_int_equal(zxp_thread_create(w, &thread), ZX_OK);
    size_t before = zxp_world_bytes(w);
    zxp_op_call name = {.op = ZXP_OP_OBJECT_SET_PROPERTY,
                        .args = {vmo, ZX_PROP_NAME},
                        .buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = "name", .length = 4}};
    assert_int_equal(zxp_call(w, &name), ZXP_RETURNED);
    assert_true(zxp_world_bytes(w) < before + 64); /* the name, and the call's copy of it: one takes what was free */
    zxp_world_destroy(w);
}

/* ---- What leaves no trace ---- */

enum { MAIN = ZXP_MAIN_THREAD, PAGES = 4 };

static zx_handle_t made(const zxp_world *w) {
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
    return (zx_handle_t)zxp_result(w, MAIN, "handle");
}

/* A pager VMO with clean pages and a dirty one. */
static zx_handle_t paged(zxp_world *w) {
    zxp_pager_create(w, MAIN, 0);
    zx_handle_t pager = made(w);
    zxp_port_create(w, MAIN, 0);
    zxp_pager_create_vmo(w, MAIN, pager, 0, made(w), 1, PAGES * PAGE);
    zx_handle_t vmo = made(w);
    zxp_vmo_create(w, MAIN, PAGES * PAGE, 0);
    zx_handle_t aux = made(w);
    zxp_vmo_write(w, MAIN, aux, "page", 0, 4);
    zxp_pager_supply_pages(w, MAIN, pager, vmo, 0, PAGES * PAGE, aux, 0);
    zxp_vmo_write(w, MAIN, vmo, "dirty", PAGE, 5);
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
    return vmo;
}

static void read_all(zxp_world *w, zx_handle_t vmo) { zxp_vmo_read(w, MAIN, vmo, 0, PAGES * PAGE); }

static void commit_and_decommit(zxp_world *w, zx_handle_t vmo) {
    zxp_vmo_op_range(w, MAIN, vmo, ZX_VMO_OP_COMMIT, 0, PAGES * PAGE);
    zxp_vmo_op_range(w, MAIN, vmo, ZX_VMO_OP_DECOMMIT, 0, PAGES * PAGE);
}

static void second_time_changes_nothing(zxp_world *w, void (*round)(zxp_world *w, zx_handle_t vmo), zx_handle_t vmo) {
    round(w, vmo);
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
    zxp_world *before = zxp_world_clone(w);
    assert_non_null(before);
    round(w, vmo);
    assert_true(zxp_world_equal(w, before, ZXP_FORM_FULL));
    zxp_world_destroy(before);
}

/* Neither a read of pages that are the newest already nor pages that are in no list use up places in the order of
 * reclaim: what can be counted in a world is what has happened to its pages. */
static void what_changes_nothing_leaves_no_trace(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    second_time_changes_nothing(w, read_all, paged(w));
    zxp_vmo_create(w, MAIN, PAGES * PAGE, 0);
    second_time_changes_nothing(w, commit_and_decommit, made(w));
    zxp_world_destroy(w);
}

/* A wait that has ended keeps what it saw, not what it waited for. */
static void what_was_waited_for_is_forgotten(void **state) {
    (void)state;
    zxp_world *worlds[2];
    for (uint32_t i = 0; i < 2; i++) {
        zxp_world *w = worlds[i] = zxp_world_create(NULL);
        assert_non_null(w);
        zxp_event_create(w, MAIN, 0);
        zx_handle_t event = made(w);
        zxp_object_signal(w, MAIN, event, 0, ZX_USER_SIGNAL_0);
        const zxp_wait_item items[] = {{event, ZX_USER_SIGNAL_0},
                                       {event, i == 0 ? ZX_USER_SIGNAL_1 : ZX_USER_SIGNAL_2}};
        assert_int_equal(zxp_object_wait_many(w, MAIN, items, 2, 0), ZXP_RETURNED);
        assert_int_equal(zxp_observed_at(w, MAIN, 1), ZX_USER_SIGNAL_0);
    }
    assert_true(zxp_world_equal(worlds[0], worlds[1], ZXP_FORM_FULL));
    zxp_world_destroy(worlds[0]);
    zxp_world_destroy(worlds[1]);
}

/* A range whose end is beyond 64 bits only when it is rounded up. */
static void what_wraps_when_rounded_is_out_of_range(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    zx_koid_t koid = zxp_koid_of(w, paged(w));
    zxp_evict(w, MAIN, koid, UINT64_MAX - 2, 1, false);
    assert_int_equal(zxp_status(w, MAIN), ZX_ERR_OUT_OF_RANGE);
    zxp_world_destroy(w);
}

/* ---- Contexts ---- */

/* A reset is no call: its reservation is not one of those that are counted, or made to fail. */
static void a_reset_is_not_counted(void **state) {
    (void)state;
    zxp_context context = {.fail_reservation = 1};
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    uint64_t hash = zxp_world_hash(w, ZXP_FORM_FULL);
    zxp_world_attach(w, &context);
    zxp_world_reset(w, ZXP_PROFILE_HEAD);
    assert_int_equal(context.reservations, 0);
    assert_ptr_equal(zxp_world_context(w), &context);
    assert_int_equal(zxp_world_hash(w, ZXP_FORM_FULL), hash);
    assert_int_equal(call(w, ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0), ZX_ERR_NO_MEMORY);
    zxp_world_destroy(w);
}

static void on_event(void *user, const zxp_event *event) {
    if (event->kind == ZXP_EVENT_RESULT) *(uint32_t *)user = event->thread;
}

struct clock {
    const zxp_world *w;
    zx_time_t ended[3]; /* by thread */
};

static void on_end(void *user, const zxp_event *event) {
    struct clock *clock = user;
    if (event->kind == ZXP_EVENT_RESULT && event->thread < 3) clock->ended[event->thread] = zxp_world_now(clock->w);
}

/* Who waits until a deadline that time passes ends at that time, not when all of it has passed. */
static void time_stops_at_each_deadline(void **state) {
    (void)state;
    struct clock clock = {NULL, {0}};
    zxp_context context = {.observe = on_end, .user = &clock};
    zxp_world *w = zxp_world_create(NULL);
    uint64_t port = 0;
    assert_non_null(w);
    assert_int_equal(call(w, ZXP_OP_PORT_CREATE, 0, 0), ZX_OK);
    assert_true(zxp_field(w, ZXP_MAIN_THREAD, "handle", &port));
    for (unsigned i = 1; i < 3; i++) {
        uint64_t deadline = i == 1 ? 7 : 3;
        uint32_t thread;
        assert_int_equal(zxp_thread_create(w, &thread), ZX_OK);
        zxp_op_call wait = {.op = ZXP_OP_PORT_WAIT, .thread = thread, .args = {port, deadline}};
        assert_int_equal(zxp_call(w, &wait), ZXP_BLOCKED);
    }
    clock.w = w;
    zxp_world_attach(w, &context);
    assert_int_equal(call(w, ZXP_OP_ADVANCE, 10, 0), ZX_OK);
    assert_int_equal(clock.ended[1], 7);
    assert_int_equal(clock.ended[2], 3);
    assert_int_equal(zxp_world_now(w), 10);
    zxp_world_destroy(w);
}

static void the_kernel_has_a_thread_of_its_own(void **state) {
    (void)state;
    uint32_t thread = 5;
    zxp_context context = {.observe = on_event, .user = &thread};
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    zxp_world_attach(w, &context);
    assert_int_equal(call(w, ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0), ZX_OK);
    assert_int_equal(thread, ZXP_MAIN_THREAD);
    assert_int_equal(call(w, ZXP_OP_AGE, 0, 0), ZX_OK);
    assert_int_equal(thread, ZXP_NO_THREAD);
    zxp_world_destroy(w);
}

static void the_kernel_needs_no_thread(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    for (unsigned op = ZXP_OP_EVICT; op <= ZXP_OP_ADVANCE; op++) {
        zxp_op_call made = {.op = (uint16_t)op, .thread = 77};
        assert_int_equal(zxp_call(w, &made), ZXP_RETURNED);
    }
    zxp_world_destroy(w);
}

/* ---- Arguments ---- */

/* Of an argument that C cuts to 32 bits nothing more is kept, also while the call waits. */
static void arguments_are_cut_to_their_width(void **state) {
    (void)state;
    zxp_world *worlds[2];
    for (uint64_t more = 0; more < 2; more++) {
        zxp_world *w = worlds[more] = zxp_world_create(NULL);
        uint64_t event = 0;
        assert_non_null(w);
        assert_int_equal(call(w, ZXP_OP_EVENT_CREATE, 0, 0), ZX_OK);
        assert_true(zxp_field(w, ZXP_MAIN_THREAD, "handle", &event));
        zxp_op_call wait = {.op = ZXP_OP_OBJECT_WAIT_ONE,
                            .args = {event | more << 32, ZX_USER_SIGNAL_0 | more << 63, (uint64_t)ZX_TIME_INFINITE}};
        assert_int_equal(zxp_call(w, &wait), ZXP_BLOCKED);
    }
    assert_true(zxp_world_equal(worlds[0], worlds[1], ZXP_FORM_FULL));
    zxp_world_destroy(worlds[0]);
    zxp_world_destroy(worlds[1]);
}

/* ---- Rules ---- */

static void rules_are_counted_without_an_observer(void **state) {
    (void)state;
    uint32_t hits[2][1024] = {{0}};
    uint32_t thread;
    for (unsigned observed = 0; observed < 2; observed++) {
        zxp_context context = {.rule_hits = hits[observed], .observe = observed ? on_event : NULL, .user = &thread};
        zxp_world *w = zxp_world_create(NULL);
        uint64_t vmo = 0;
        assert_non_null(w);
        zxp_world_attach(w, &context);
        assert_int_equal(call(w, ZXP_OP_VMO_CREATE, ZXP_PAGE_SIZE, 0), ZX_OK);
        assert_true(zxp_field(w, ZXP_MAIN_THREAD, "handle", &vmo));
        zxp_op_call commit = {.op = ZXP_OP_VMO_OP_RANGE, .args = {vmo, ZX_VMO_OP_COMMIT, 0, ZXP_PAGE_SIZE}};
        assert_int_equal(zxp_call(w, &commit), ZXP_RETURNED);
        zxp_world_destroy(w);
    }
    for (unsigned i = 0; i < zxp_rule_count(); i++) assert_int_equal(hits[0][i], hits[1][i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_goes_with_the_world),
        cmocka_unit_test(a_limit_can_be_used_up),
        cmocka_unit_test(everything_is_given_back),
        cmocka_unit_test(a_copy_keeps_the_block_that_is_large_enough),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(a_table_that_is_outgrown_is_given_back),
        cmocka_unit_test(what_changes_nothing_leaves_no_trace),
        cmocka_unit_test(what_was_waited_for_is_forgotten),
        cmocka_unit_test(what_wraps_when_rounded_is_out_of_range),
        cmocka_unit_test(a_reset_is_not_counted),
        cmocka_unit_test(time_stops_at_each_deadline),
        cmocka_unit_test(the_kernel_has_a_thread_of_its_own),
        cmocka_unit_test(the_kernel_needs_no_thread),
        cmocka_unit_test(arguments_are_cut_to_their_width),
        cmocka_unit_test(rules_are_counted_without_an_observer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
