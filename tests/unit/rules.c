/* Rules that a script cannot bring about because the language never makes such a call (tests/rules-unreachable.txt). */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arrays_that_cannot_be_read, make_world, free_world),
        cmocka_unit_test_setup_teardown(a_buffer_that_ends_early, make_world, free_world),
        cmocka_unit_test_setup_teardown(an_interrupted_query, make_world, free_world),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
