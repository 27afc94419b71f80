/* Mappings where a script cannot look: translation records,
 * views, runs of terabytes, refused reservations (chapter 7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "handle.h"
#include "mapping.h"
#include "node.h"

enum { MAIN = ZXP_MAIN_THREAD, RW = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, R = ZX_VM_PERM_READ };

struct bench {
    zxp_world *w;
    zx_handle_t pager, port;
};

static void ok(zxp_world *w, zxp_outcome outcome) {
    assert_int_equal(outcome, ZXP_RETURNED);
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
}

static zx_handle_t made(zxp_world *w, zxp_outcome outcome) {
    ok(w, outcome);
    return (zx_handle_t)zxp_result(w, MAIN, "handle");
}

static struct bench begin(void) {
    struct bench b = {.w = zxp_world_create(NULL)};
    b.pager = made(b.w, zxp_pager_create(b.w, MAIN, 0));
    b.port = made(b.w, zxp_port_create(b.w, MAIN, 0));
    return b;
}

static void end(struct bench *b) {
    assert_int_equal(zxp_check(b->w, NULL, 0), 0);
    zxp_world_destroy(b->w);
}

static zx_handle_t anon(struct bench *b, uint64_t pages) {
    return made(b->w, zxp_vmo_create(b->w, MAIN, pages * PAGE, 0));
}

/* A pager VMO whose pages are all supplied. */
static zx_handle_t pager_vmo(struct bench *b, uint32_t options, uint64_t pages) {
    zx_handle_t v = made(b->w, zxp_pager_create_vmo(b->w, MAIN, b->pager, options, b->port, 1, pages * PAGE));
    zx_handle_t aux = anon(b, pages);
    ok(b->w, zxp_vmo_op_range(b->w, MAIN, aux, ZX_VMO_OP_COMMIT, 0, pages * PAGE));
    ok(b->w, zxp_pager_supply_pages(b->w, MAIN, b->pager, v, 0, pages * PAGE, aux, 0));
    return v;
}

static zx_vaddr_t map(struct bench *b, zx_handle_t vmo, uint32_t options, uint64_t offset, uint64_t pages) {
    ok(b->w, zxp_vmar_map(b->w, MAIN, zxp_root_vmar(b->w), options, 0, vmo, offset * PAGE, pages * PAGE));
    return zxp_result(b->w, MAIN, "address");
}

static void store(struct bench *b, zx_vaddr_t address) { ok(b->w, zxp_store(b->w, MAIN, address, "x", 1)); }
static void load(struct bench *b, zx_vaddr_t address) { ok(b->w, zxp_load(b->w, MAIN, address, 1)); }

/* The records of `pages` pages as letters: - none, o read-only, w writable, ? not mapped. */
static void expect_records(struct bench *b, zx_vaddr_t address, const char *expected) {
    char got[64] = {0};
    size_t length = strlen(expected);
    assert_true(length < sizeof got);
    for (size_t i = 0; i < length; i++) {
        uint32_t permissions, record;
        bool mapped = zxp_address_get(b->w, address + i * PAGE, &permissions, &record);
        got[i] = mapped ? "-ow"[record] : '?';
    }
    assert_string_equal(got, expected);
}

/* ---- Section 5.1, row by row ---- */

static void loads_and_stores_enter_records(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t v = pager_vmo(&b, 0, 4), a = anon(&b, 4);
    ok(b.w, zxp_vmo_write(b.w, MAIN, v, "d", 3 * PAGE, 1));
    zx_vaddr_t m = map(&b, v, RW, 0, 4), n = map(&b, a, RW, 0, 4);
    load(&b, m);
    store(&b, m + PAGE);
    load(&b, m + 3 * PAGE); /* D */
    expect_records(&b, m, "ow-w");
    store(&b, m);
    expect_records(&b, m, "ww-w");
    load(&b, n); /* zero: the shared page, read-only */
    store(&b, n + PAGE);
    expect_records(&b, n, "ow--");
    load(&b, n + PAGE);
    expect_records(&b, n, "ow--");
    end(&b);
}

static void a_load_of_an_own_page_of_an_anonymous_vmo_is_writable_if_the_mapping_is(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t a = anon(&b, 2);
    ok(b.w, zxp_vmo_write(b.w, MAIN, a, "x", 0, 1));
    zx_vaddr_t m = map(&b, a, RW, 0, 2), n = map(&b, a, R, 0, 2);
    load(&b, m);
    load(&b, n);
    expect_records(&b, m, "w-o-");
    end(&b);
}

static void map_range_enters_what_is_present(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t v = pager_vmo(&b, 0, 3), a = anon(&b, 3), k;
    ok(b.w, zxp_vmo_write(b.w, MAIN, a, "x", PAGE, 1));
    k = made(b.w, zxp_vmo_create_child(b.w, MAIN, v, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, 3 * PAGE));
    ok(b.w, zxp_vmo_write(b.w, MAIN, k, "k", 2 * PAGE, 1));
    ok(b.w, zxp_vmo_write(b.w, MAIN, v, "d", 0, 1));
    uint32_t range = ZX_VM_MAP_RANGE;
    expect_records(&b, map(&b, v, RW | range, 0, 3), "ooo");
    expect_records(&b, map(&b, v, RW | range, 1, 5), "oo---");
    expect_records(&b, map(&b, a, RW | range, 0, 3), "-w-");
    expect_records(&b, map(&b, a, R | range, 0, 3), "-o-");
    expect_records(&b, map(&b, k, RW | range, 0, 3), "--w");
    expect_records(&b, map(&b, k, R | range, 0, 3), "ooo");
    expect_records(&b, map(&b, a, range, 0, 3), "---");
    end(&b);
}

static void protect_and_unmap(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t a = anon(&b, 6), vmar = zxp_root_vmar(b.w);
    zx_vaddr_t m = map(&b, a, RW, 0, 6);
    for (uint64_t i = 0; i < 6; i++) store(&b, m + i * PAGE);
    ok(b.w, zxp_vmar_protect(b.w, MAIN, vmar, R, m + PAGE, 2 * PAGE));
    expect_records(&b, m, "woowww");
    ok(b.w, zxp_vmar_protect(b.w, MAIN, vmar, RW, m, 6 * PAGE));
    expect_records(&b, m, "woowww");
    ok(b.w, zxp_vmar_protect(b.w, MAIN, vmar, 0, m + 5 * PAGE, PAGE));
    expect_records(&b, m, "wooww-");
    ok(b.w, zxp_vmar_unmap(b.w, MAIN, vmar, m + 2 * PAGE, PAGE)); /* the middle: both parts keep what they had */
    expect_records(&b, m, "wo?ww-");
    ok(b.w, zxp_vmar_unmap(b.w, MAIN, vmar, m + 3 * PAGE, PAGE)); /* a head */
    ok(b.w, zxp_vmar_unmap(b.w, MAIN, vmar, m + PAGE, PAGE));     /* a tail */
    expect_records(&b, m, "w???w-");
    end(&b);
}

/* ---- Section 5, first table: what takes records away ---- */

static void changes_of_pages_remove_records(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t v = pager_vmo(&b, ZX_VMO_RESIZABLE, 8);
    zx_handle_t s = made(b.w, zxp_vmo_create_child(b.w, MAIN, v, ZX_VMO_CHILD_REFERENCE, 0, 0));
    zx_vaddr_t m = map(&b, s, RW, 0, 8);
    for (uint64_t i = 0; i < 8; i++) load(&b, m + i * PAGE);
    store(&b, m + 7 * PAGE);
    expect_records(&b, m, "ooooooow");
    ok(b.w, zxp_evict(b.w, MAIN, zxp_koid_of(b.w, v), 0, PAGE, 0));
    expect_records(&b, m, "-oooooow");
    ok(b.w, zxp_vmo_op_range(b.w, MAIN, v, ZX_VMO_OP_ZERO, PAGE, PAGE));
    expect_records(&b, m, "--ooooow");
    ok(b.w, zxp_pager_op_range(b.w, MAIN, b.pager, ZX_PAGER_OP_WRITEBACK_BEGIN, v, 7 * PAGE, PAGE, 0));
    expect_records(&b, m, "--oooooo");
    ok(b.w, zxp_vmo_set_size(b.w, MAIN, v, 6 * PAGE));
    expect_records(&b, m, "--oooo--");
    ok(b.w, zxp_vmo_set_stream_size(b.w, MAIN, v, 5 * PAGE));
    expect_records(&b, m, "--ooo---");
    load(&b, m + PAGE); /* Z: the shared zero page */
    expect_records(&b, m, "-oooo---");
    ok(b.w, zxp_vmo_write(b.w, MAIN, v, "x", PAGE, 1)); /* another page stands there now */
    expect_records(&b, m, "--ooo---");
    ok(b.w, zxp_pager_detach_vmo(b.w, MAIN, b.pager, v));
    expect_records(&b, m, "--------");
    end(&b);
}

static void children_lose_the_records_of_pages_that_they_see(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t v = pager_vmo(&b, 0, 6);
    uint32_t kind = ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE;
    zx_handle_t k = made(b.w, zxp_vmo_create_child(b.w, MAIN, v, kind, PAGE, 4 * PAGE)); /* pages 1..4 of v */
    ok(b.w, zxp_vmo_write(b.w, MAIN, k, "k", PAGE, 1));
    zx_handle_t g =
        made(b.w, zxp_vmo_create_child(b.w, MAIN, k, kind, PAGE, 3 * PAGE)); /* pages 1..3 of k: 2..4 of v */
    zx_vaddr_t mv = map(&b, v, RW, 0, 6), mk = map(&b, k, RW, 0, 4), mg = map(&b, g, RW, 0, 3);
    for (uint64_t i = 0; i < 6; i++) load(&b, mv + i * PAGE);
    for (uint64_t i = 0; i < 4; i++) load(&b, mk + i * PAGE);
    for (uint64_t i = 0; i < 3; i++) load(&b, mg + i * PAGE);
    expect_records(&b, mk, "owoo"); /* page 1 is k's own */
    expect_records(&b, mg, "ooo");
    ok(b.w, zxp_evict(b.w, MAIN, zxp_koid_of(b.w, v), 0, 4 * PAGE, 0));
    expect_records(&b, mv, "----oo");
    expect_records(&b, mk, "-w-o"); /* its own stays */
    expect_records(&b, mg, "o-o");  /* sees k's */
    ok(b.w, zxp_vmo_op_range(b.w, MAIN, k, ZX_VMO_OP_ZERO, PAGE, PAGE));
    expect_records(&b, mk, "---o");
    expect_records(&b, mg, "--o");
    end(&b);
}

static void a_snapshot_takes_write_from_the_mappings_of_its_source(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t a = anon(&b, 2);
    zx_vaddr_t m = map(&b, a, RW, 0, 2);
    store(&b, m);
    expect_records(&b, m, "w-");
    made(b.w, zxp_vmo_create_child(b.w, MAIN, a, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE));
    expect_records(&b, m, "o-");
    store(&b, m);
    expect_records(&b, m, "w-");
    end(&b);
}

/* ---- Views ---- */

static void mappings_are_listed_by_address(void **state) {
    (void)state;
    struct bench b = begin();
    zx_handle_t a = anon(&b, 4), vmar = zxp_root_vmar(b.w);
    zx_vaddr_t m = map(&b, a, RW, 1, 4);
    ok(b.w, zxp_vmar_unmap(b.w, MAIN, vmar, m + PAGE, PAGE));
    zxp_mapping_view first, second;
    assert_true(zxp_mapping_at(b.w, 0, &first));
    assert_true(zxp_mapping_at(b.w, 1, &second));
    assert_false(zxp_mapping_at(b.w, 2, &second));
    assert_int_equal(first.base, m);
    assert_int_equal(first.size, PAGE);
    assert_int_equal(second.base, m + 2 * PAGE);
    assert_int_equal(second.size, 2 * PAGE);
    assert_int_equal(second.vmo_offset, 3 * PAGE);
    assert_int_equal(second.vmo, zxp_koid_of(b.w, a));
    assert_int_equal(second.max_permissions, RW);
    assert_false(second.fault_beyond_stream_size);
    zxp_object_view view;
    assert_true(zxp_object_get(b.w, zxp_koid_of(b.w, a), &view));
    assert_int_equal(view.mappings, 2);
    end(&b);
}

/* ---- Size ---- */

static void a_terabyte_costs_as_much_as_a_page(void **state) {
    (void)state;
    struct bench b = begin();
    uint64_t pages = UINT64_C(1) << 28;
    zx_handle_t a = anon(&b, pages), vmar = zxp_root_vmar(b.w);
    zx_vaddr_t m = map(&b, a, RW | ZX_VM_MAP_RANGE, 0, pages);
    ok(b.w, zxp_vmo_op_range(b.w, MAIN, a, ZX_VMO_OP_COMMIT, 0, pages * PAGE));
    ok(b.w, zxp_load(b.w, MAIN, m, pages * PAGE));
    assert_int_equal(zxp_data_length(b.w, MAIN), pages * PAGE);
    expect_records(&b, m + (pages - 1) * PAGE, "w?");
    zx_handle_t k = made(b.w, zxp_vmo_create_child(b.w, MAIN, a, ZX_VMO_CHILD_SNAPSHOT, 0, pages * PAGE));
    ok(b.w, zxp_vmo_write(b.w, MAIN, k, "k", PAGE, 1));
    ok(b.w, zxp_vmar_op_range(b.w, MAIN, vmar, ZX_VMAR_OP_MAP_RANGE, m, pages * PAGE));
    map(&b, k, RW | ZX_VM_MAP_RANGE, 0, pages);
    zxp_op_call fill = {.op = ZXP_OP_STORE,
                        .thread = MAIN,
                        .args = {m, 0, pages * PAGE},
                        .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 7}};
    ok(b.w, zxp_call(b.w, &fill));
    ok(b.w, zxp_vmar_protect(b.w, MAIN, vmar, R, m, pages * PAGE));
    ok(b.w, zxp_vmar_unmap(b.w, MAIN, vmar, m, pages * PAGE));
    assert_true(zxp_world_bytes(b.w) < 65536);
    end(&b);
}

/* ---- Refused reservations: nothing is done, and the world is sound ---- */

typedef zxp_outcome (*trial)(struct bench *b, zx_vaddr_t m);

static zxp_outcome try_map(struct bench *b, zx_vaddr_t m) {
    zxp_mapping_view view;
    (void)m;
    assert_true(zxp_mapping_at(b->w, 0, &view));
    zxp_handle_view vmo;
    for (size_t i = 0; zxp_handle_at(b->w, i, &vmo) && vmo.koid != view.vmo;) i++;
    return zxp_vmar_map(b->w, MAIN, zxp_root_vmar(b->w), RW, 0, vmo.handle, 0, 4 * PAGE);
}

static zxp_outcome try_unmap(struct bench *b, zx_vaddr_t m) {
    return zxp_vmar_unmap(b->w, MAIN, zxp_root_vmar(b->w), m + PAGE, PAGE);
}

static zxp_outcome try_protect(struct bench *b, zx_vaddr_t m) {
    return zxp_vmar_protect(b->w, MAIN, zxp_root_vmar(b->w), R, m + PAGE, PAGE);
}

static zxp_outcome try_commit(struct bench *b, zx_vaddr_t m) {
    return zxp_vmar_op_range(b->w, MAIN, zxp_root_vmar(b->w), ZX_VMAR_OP_COMMIT, m, 2 * PAGE);
}

static zxp_outcome try_store(struct bench *b, zx_vaddr_t m) { return zxp_store(b->w, MAIN, m + PAGE + 3, "store", 5); }
static zxp_outcome try_load(struct bench *b, zx_vaddr_t m) { return zxp_load(b->w, MAIN, m, PAGE); }

/* The nth reservation of the attempt fails, for every n, until it needs no more. */
static void fail_each_reservation(trial attempt, bool atomic) {
    struct bench b = begin();
    zx_handle_t a = anon(&b, 4);
    zx_vaddr_t m = map(&b, a, RW, 0, 4);
    store(&b, m);
    for (uint64_t n = 1;; n++) {
        zxp_context context = {.fail_reservation = n};
        struct bench copy = {.w = zxp_world_clone(b.w)};
        zxp_world_attach(copy.w, &context);
        assert_int_equal(attempt(&copy, m), ZXP_RETURNED);
        zx_status_t status = zxp_status(copy.w, MAIN);
        assert_int_equal(status, n <= context.reservations ? ZX_ERR_NO_MEMORY : ZX_OK);
        zxp_world_attach(copy.w, NULL);
        if (status != ZX_OK && atomic) {
            zxp_op_call neutral = {.op = ZXP_OP_CLOCK_GET_MONOTONIC, .thread = MAIN};
            zxp_call(copy.w, &neutral);
            zxp_call(b.w, &neutral);
            assert_true(zxp_world_equal(copy.w, b.w, ZXP_FORM_FULL));
        }
        assert_int_equal(zxp_check(copy.w, NULL, 0), 0);
        zxp_world_destroy(copy.w);
        if (status == ZX_OK) break;
    }
    zxp_world_destroy(b.w);
}

static void refused_reservations(void **state) {
    (void)state;
    fail_each_reservation(try_map, true);
    fail_each_reservation(try_unmap, true);
    fail_each_reservation(try_protect, true);
    fail_each_reservation(try_store, true);
    fail_each_reservation(try_load, true);
    fail_each_reservation(try_commit, false); /* pieces done stay done */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_and_stores_enter_records),
        cmocka_unit_test(a_load_of_an_own_page_of_an_anonymous_vmo_is_writable_if_the_mapping_is),
        cmocka_unit_test(map_range_enters_what_is_present),
        cmocka_unit_test(protect_and_unmap),
        cmocka_unit_test(changes_of_pages_remove_records),
        cmocka_unit_test(children_lose_the_records_of_pages_that_they_see),
        cmocka_unit_test(a_snapshot_takes_write_from_the_mappings_of_its_source),
        cmocka_unit_test(mappings_are_listed_by_address),
        cmocka_unit_test(a_terabyte_costs_as_much_as_a_page),
        cmocka_unit_test(refused_reservations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
