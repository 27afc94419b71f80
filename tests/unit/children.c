/* Children where a script cannot look: deep chains, crowds of
 * siblings, names, shared bodies, memory shortage (chapter 6). */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <zxpager/zxpager.h>

static const uint64_t PAGE = ZXP_PAGE_SIZE;

/* A build that moves the world at every reservation cannot tell how long anything takes. */
#ifdef ZXP_TEST_MOVE
enum { DEPTH = 100, CROWD = 100, TIMED = 0 };
#else
enum { DEPTH = 1000, CROWD = 10000, TIMED = 1 };
#endif

#define ALOW ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE

static zxp_context context;

static int make_world(void **state) {
    memset(&context, 0, sizeof context);
    *state = zxp_world_create(NULL);
    zxp_world_attach(*state, &context);
    return *state == NULL ? -1 : 0;
}

static int destroy_world(void **state) {
    zxp_world_destroy(*state);
    return 0;
}

/* ---- Calls ---- */

static zx_status_t call_with(zxp_world *w, uint16_t op, zxp_buffer buffer, const uint64_t args[ZXP_MAX_PARAMS]) {
    zxp_op_call call = {.op = op, .buffer = buffer};
    memcpy(call.args, args, sizeof call.args);
    assert_int_equal(zxp_call(w, &call), ZXP_RETURNED);
    zxp_thread_view view;
    assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
    return view.status;
}

#define CALL(w, op, ...) call_with(w, ZXP_OP_##op, (zxp_buffer){0}, (const uint64_t[ZXP_MAX_PARAMS]){__VA_ARGS__})

static uint64_t field(const zxp_world *w, const char *name) {
    uint64_t value = 0;
    assert_true(zxp_field(w, ZXP_MAIN_THREAD, name, &value));
    return value;
}

static zx_handle_t new_handle(const zxp_world *w) { return (zx_handle_t)field(w, "handle"); }

static zx_handle_t anonymous(zxp_world *w, uint64_t pages) {
    assert_int_equal(CALL(w, VMO_CREATE, pages * PAGE, 0), ZX_OK);
    return new_handle(w);
}

static zx_handle_t child(zxp_world *w, zx_handle_t of, uint32_t options, uint64_t pages) {
    assert_int_equal(CALL(w, VMO_CREATE_CHILD, of, options, 0, pages * PAGE), ZX_OK);
    return new_handle(w);
}

static void close_handle(zxp_world *w, zx_handle_t handle) { assert_int_equal(CALL(w, HANDLE_CLOSE, handle), ZX_OK); }

static void write_bytes(zxp_world *w, zx_handle_t v, uint64_t offset, const char *bytes) {
    zxp_buffer buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = strlen(bytes)};
    const uint64_t args[ZXP_MAX_PARAMS] = {v, 0, offset, strlen(bytes)};
    assert_int_equal(call_with(w, ZXP_OP_VMO_WRITE, buffer, args), ZX_OK);
}

static void expect_bytes(zxp_world *w, zx_handle_t v, uint64_t offset, const char *bytes) {
    char got[32] = {0};
    assert_int_equal(CALL(w, VMO_READ, v, offset, strlen(bytes)), ZX_OK);
    assert_int_equal(zxp_data_copy(w, ZXP_MAIN_THREAD, 0, got, sizeof got), strlen(bytes));
    assert_string_equal(got, bytes);
}

static uint64_t info(zxp_world *w, zx_handle_t v, const char *name) {
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_VMO), ZX_OK);
    return field(w, name);
}

static void expect_sound(const zxp_world *w) {
    zxp_violation found;
    size_t count = zxp_check(w, &found, 1);
    if (count > 0) fail_msg("INV-%u at koid %llu: %s", found.invariant, (unsigned long long)found.koid, found.fact);
}

/* A pager's VMO of `pages` pages, all supplied; its port, where COMPLETE will come. */
struct backed {
    zx_handle_t pager, port, vmo;
};

static struct backed supplied(zxp_world *w, uint64_t pages) {
    struct backed b;
    assert_int_equal(CALL(w, PAGER_CREATE, 0), ZX_OK);
    b.pager = new_handle(w);
    assert_int_equal(CALL(w, PORT_CREATE, 0), ZX_OK);
    b.port = new_handle(w);
    assert_int_equal(CALL(w, PAGER_CREATE_VMO, b.pager, 0, b.port, 7, pages * PAGE), ZX_OK);
    b.vmo = new_handle(w);
    zx_handle_t aux = anonymous(w, pages);
    write_bytes(w, aux, 0, "root");
    assert_int_equal(CALL(w, PAGER_SUPPLY_PAGES, b.pager, b.vmo, 0, pages * PAGE, aux, 0), ZX_OK);
    close_handle(w, aux);
    return b;
}

static void expect_complete(zxp_world *w, zx_handle_t port) {
    assert_int_equal(CALL(w, PORT_WAIT, port, 0), ZX_OK);
    assert_int_equal(field(w, "command"), ZX_PAGER_VMO_COMPLETE);
    assert_int_equal(CALL(w, PORT_WAIT, port, 0), ZX_ERR_TIMED_OUT);
}

/* ---- Depth ---- */

/* Each clone owns page 0, so that the next hangs on it; page 1 shows
 * through all of them. Only the last one keeps the chain alive. */
static void deep_chain_of_clones(void **state) {
    zxp_world *w = *state;
    struct backed b = supplied(w, 2);
    zx_handle_t last = b.vmo;
    for (int i = 0; i < DEPTH; i++) {
        zx_handle_t next = child(w, last, ALOW, 2);
        write_bytes(w, next, 0, "leaf");
        close_handle(w, last);
        last = next;
    }
    write_bytes(w, last, PAGE + 4, "!");
    expect_bytes(w, last, 0, "leaf");
    expect_bytes(w, last, PAGE + 4, "!");
    expect_sound(w);
    assert_int_equal(CALL(w, PORT_WAIT, b.port, 0), ZX_ERR_TIMED_OUT);
    close_handle(w, last); /* a thousand nodes and the root die with it */
    expect_complete(w, b.port);
    expect_sound(w);
}

static void deep_chain_of_snapshots(void **state) {
    zxp_world *w = *state;
    zx_handle_t last = anonymous(w, 1);
    write_bytes(w, last, 0, "first");
    for (int i = 0; i < DEPTH; i++) last = child(w, last, ZX_VMO_CHILD_SNAPSHOT, 1);
    expect_bytes(w, last, 0, "first");
    assert_int_equal(info(w, last, "committed_scaled_bytes"), PAGE / (DEPTH + 1));
    write_bytes(w, last, 0, "l");
    assert_int_equal(info(w, last, "committed_private_bytes"), PAGE);
}

/* ---- Crowds ---- */

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The least time of several rounds that a child takes to make (and to close again). */
static double time_of_child(zxp_world *w, zx_handle_t of, uint32_t options) {
    enum { ROUNDS = 9, CHILDREN = 300 };
    double least = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = seconds();
        for (int i = 0; i < CHILDREN; i++) close_handle(w, child(w, of, options, 1));
        double taken = seconds() - begin;
        if (taken < least) least = taken;
    }
    return least;
}

static void crowd(zxp_world *w, zx_handle_t of, uint32_t options) {
    double first = time_of_child(w, of, options);
    for (int i = 0; i < CROWD; i++) child(w, of, options, 1);
    double last = time_of_child(w, of, options);
    assert_int_equal(info(w, of, "num_children"), CROWD);
    if (TIMED && last > 3 * first)
        fail_msg("300 children took %.0f us at first, %.0f us among many", first * 1e6, last * 1e6);
}

static void crowd_of_clones(void **state) { crowd(*state, supplied(*state, 1).vmo, ALOW); }

static void crowd_of_snapshots(void **state) {
    zx_handle_t v = anonymous(*state, 1);
    write_bytes(*state, v, 0, "shared");
    crowd(*state, v, ZX_VMO_CHILD_SNAPSHOT);
}

static void crowd_of_slices(void **state) { crowd(*state, anonymous(*state, 1), ZX_VMO_CHILD_SLICE); }

/* ---- Content ---- */

/* Pages of bytes, letters and fills, shared and forked in every order, keep their references right. */
static void shared_bodies(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = anonymous(w, 4), family[5] = {v};
    for (uint64_t page = 0; page < 4; page++) write_bytes(w, v, page * PAGE, "a body");
    for (int i = 1; i < 5; i++) family[i] = child(w, family[i / 2], ZX_VMO_CHILD_SNAPSHOT, 4);
    for (uint64_t i = 0; i < 4; i++) write_bytes(w, family[i], i * PAGE + 2, "B");
    for (int i = 0; i < 5; i++) {
        for (uint64_t page = 0; page < 4; page++) {
            expect_bytes(w, family[i], page * PAGE, (uint64_t)i == page ? "a Body" : "a body");
        }
    }
    for (int i = 0; i < 5; i++) {
        expect_sound(w);
        close_handle(w, family[i]);
    }
    expect_sound(w);
}

/* A snapshot at an offset: letters count from the page's place in its own map. */
static void letters_move(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = anonymous(w, 40);
    zxp_buffer letters = {.kind = ZXP_BUFFER_LETTERS};
    const uint64_t args[ZXP_MAX_PARAMS] = {v, 0, 0, 40 * PAGE};
    assert_int_equal(call_with(w, ZXP_OP_VMO_WRITE, letters, args), ZX_OK);
    assert_int_equal(CALL(w, VMO_CREATE_CHILD, v, ZX_VMO_CHILD_SNAPSHOT, 24 * PAGE, 16 * PAGE), ZX_OK);
    zx_handle_t k = new_handle(w);
    expect_bytes(w, k, PAGE - 1, "YZ");
    expect_bytes(w, k, 2 * PAGE - 1, "ZA");
    zxp_page_run run;
    assert_true(zxp_page_run_at(w, zxp_koid_of(w, k), 0, &run));
    assert_int_equal(run.count, 16);
    assert_int_equal(run.letter, 'P');
    assert_int_not_equal(run.share, 0);
}

static void set_name(zxp_world *w, zx_handle_t v, const char *name) {
    zxp_buffer buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = name, .length = strlen(name)};
    const uint64_t args[ZXP_MAX_PARAMS] = {v, ZX_PROP_NAME, 0};
    assert_int_equal(call_with(w, ZXP_OP_OBJECT_SET_PROPERTY, buffer, args), ZX_OK);
}

static void expect_name(const zxp_world *w, zx_handle_t v, const char *name) {
    zxp_object_view view;
    assert_true(zxp_object_get(w, zxp_koid_of(w, v), &view));
    assert_string_equal(view.name, name);
}

/* A child starts with its parent's name if the handle may read it; later changes are its own. */
static void names(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = anonymous(w, 1);
    set_name(w, v, "parent");
    zx_handle_t k = child(w, v, ZX_VMO_CHILD_SNAPSHOT, 1);
    expect_name(w, k, "parent");
    set_name(w, k, "child");
    expect_name(w, v, "parent");
    assert_int_equal(CALL(w, HANDLE_DUPLICATE, v, ZX_RIGHT_READ | ZX_RIGHT_DUPLICATE), ZX_OK);
    expect_name(w, child(w, new_handle(w), ZX_VMO_CHILD_SLICE, 1), "");
    close_handle(w, v);
    expect_name(w, k, "child");
}

/* ---- Memory shortage ---- */

/* A family whose pages lie in many runs, on which every kind of call has something to reserve. */
static zx_handle_t fragmented(zxp_world *w) {
    zx_handle_t v = anonymous(w, 64);
    for (uint64_t page = 0; page < 64; page += 2) write_bytes(w, v, page * PAGE, "x");
    child(w, v, ZX_VMO_CHILD_SNAPSHOT, 64);
    return v;
}

/* Makes the call with its first, second, ... reservation failing until it succeeds: each time ZX_ERR_NO_MEMORY,
 * nothing broken, and if `whole`, nothing done. */
static void starve(zxp_world *w, bool whole, uint16_t op, const uint64_t args[ZXP_MAX_PARAMS]) {
    zx_status_t status = ZX_ERR_NO_MEMORY;
    int attempts = 0;
    for (; status == ZX_ERR_NO_MEMORY; attempts++) {
        zxp_world *before = zxp_world_clone(w);
        context.reservations = 0;
        context.fail_reservation = (uint64_t)attempts + 1;
        status = call_with(w, op, (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = 'z'}, args);
        context.fail_reservation = 0;
        expect_sound(w);
        if (whole && status == ZX_ERR_NO_MEMORY) {
            /* only the thread's result may differ */
            assert_int_equal(CALL(w, EVENT_CREATE, 1), ZX_ERR_INVALID_ARGS);
            assert_int_equal(CALL(before, EVENT_CREATE, 1), ZX_ERR_INVALID_ARGS);
            assert_true(zxp_world_equal(w, before, ZXP_FORM_FULL));
        }
        zxp_world_destroy(before);
        assert_true(attempts < 1000);
    }
    assert_int_equal(status, ZX_OK);
    assert_true(attempts > 1);
}

#define STARVE(w, whole, op, ...) starve(w, whole, ZXP_OP_##op, (const uint64_t[ZXP_MAX_PARAMS]){__VA_ARGS__})

static void short_of_memory(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = fragmented(w);
    STARVE(w, true, VMO_CREATE, 5 * PAGE, 0);
    STARVE(w, true, VMO_CREATE_CHILD, v, ZX_VMO_CHILD_SNAPSHOT, PAGE, 70 * PAGE);
    STARVE(w, true, VMO_CREATE_CHILD, v, ZX_VMO_CHILD_SLICE, PAGE, 7 * PAGE);
    STARVE(w, true, VMO_CREATE_CHILD, v, ZX_VMO_CHILD_REFERENCE, 0, 0);
    STARVE(w, false, VMO_WRITE, v, 0, 100, 20 * PAGE);
    STARVE(w, false, VMO_READ, v, 100, 40 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, v, ZX_VMO_OP_COMMIT, 20 * PAGE, 20 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, v, ZX_VMO_OP_ZERO, 100, 30 * PAGE);
    STARVE(w, false, VMO_TRANSFER_DATA, anonymous(w, 64), 0, PAGE, 60 * PAGE, v, 0);
    zx_handle_t alone = anonymous(w, 64);
    STARVE(w, false, PIN, alone, PAGE, 9 * PAGE, 1);
    STARVE(w, true, UNPIN, zxp_koid_of(w, alone), PAGE, 9 * PAGE);
    STARVE(w, true, VMO_OP_RANGE, alone, ZX_VMO_OP_DECOMMIT, 0, 5 * PAGE);
}

static void short_of_memory_in_a_pager_tree(void **state) {
    zxp_world *w = *state;
    zx_handle_t root = supplied(w, 64).vmo, k = child(w, root, ALOW, 80);
    for (uint64_t page = 0; page < 64; page += 3) write_bytes(w, k, page * PAGE, "x");
    STARVE(w, true, VMO_CREATE_CHILD, root, ALOW, 0, 64 * PAGE);
    STARVE(w, true, VMO_CREATE_CHILD, k, ZX_VMO_CHILD_SNAPSHOT_MODIFIED, PAGE, 60 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, k, ZX_VMO_OP_ZERO, 100, 70 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, k, ZX_VMO_OP_ALWAYS_NEED, 0, 80 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, root, ZX_VMO_OP_DONT_NEED, 0, 64 * PAGE);
    STARVE(w, false, VMO_OP_RANGE, root, ZX_VMO_OP_ZERO, 100, 9 * PAGE);
    STARVE(w, false, VMO_TRANSFER_DATA, anonymous(w, 64), 0, 0, 64 * PAGE, k, 0);
    STARVE(w, false, PIN, root, 0, 64 * PAGE, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(deep_chain_of_clones, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(deep_chain_of_snapshots, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(crowd_of_clones, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(crowd_of_snapshots, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(crowd_of_slices, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(shared_bodies, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(letters_move, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(names, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(short_of_memory, make_world, destroy_world),
        cmocka_unit_test_setup_teardown(short_of_memory_in_a_pager_tree, make_world, destroy_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
