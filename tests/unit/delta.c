/* delta.c - deltas lead from one world to the other, forth and back, and are small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zxpager/delta.h"

static uint64_t call(zxp_world *world, uint16_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    zxp_op_call made = {
        .op = op, .args = {a, b, c, d}, .buffer = {.kind = ZXP_BUFFER_BYTES, .bytes = "some bytes", .length = 10}};
    uint64_t handle = 0;
    zxp_call(world, &made);
    zxp_field(world, 0, "handle", &handle);
    return handle;
}

/* A world that grows: each step makes a VMO and writes to it; every third step closes it again. */
static void step(zxp_world *world, unsigned i) {
    uint64_t vmo = call(world, ZXP_OP_VMO_CREATE, UINT64_C(4096) * (i % 7 + 1), 0, 0, 0);
    call(world, ZXP_OP_VMO_WRITE, vmo, 0, i, 10);
    if (i % 3 == 0) call(world, ZXP_OP_HANDLE_CLOSE, vmo, 0, 0, 0);
}

static void forth_and_back(void **state) {
    enum { STEPS = 60 };
    zxp_world *world = zxp_world_create(NULL), *mirror = zxp_world_clone(world), *at[STEPS + 1];
    zxp_delta *back[STEPS], *forth[STEPS];
    (void)state;
    at[0] = zxp_world_clone(world);
    for (unsigned i = 0; i < STEPS; i++) {
        step(world, i);
        back[i] = zxp_delta_create(world, mirror);
        forth[i] = zxp_delta_create(mirror, world);
        assert_int_equal(zxp_world_copy(mirror, world), ZX_OK);
        at[i + 1] = zxp_world_clone(world);
    }
    for (unsigned i = STEPS; i > 0; i--) {
        assert_int_equal(zxp_delta_apply(world, back[i - 1]), ZX_OK);
        assert_true(zxp_world_equal(world, at[i - 1], ZXP_FORM_FULL));
    }
    for (unsigned i = 0; i < STEPS; i++) {
        assert_int_equal(zxp_delta_apply(world, forth[i]), ZX_OK);
        assert_true(zxp_world_equal(world, at[i + 1], ZXP_FORM_FULL));
        assert_int_equal(zxp_world_hash(world, ZXP_FORM_FULL), zxp_world_hash(at[i + 1], ZXP_FORM_FULL));
        zxp_delta_destroy(back[i]);
        zxp_delta_destroy(forth[i]);
    }
    for (unsigned i = 0; i <= STEPS; i++) zxp_world_destroy(at[i]);
    zxp_world_destroy(mirror);
    zxp_world_destroy(world);
}

static void nothing_is_small(void **state) {
    (void)state;
    zxp_world *world = zxp_world_create(NULL), *other = zxp_world_clone(world);
    zxp_delta *delta = zxp_delta_create(world, other);
    assert_true(zxp_delta_bytes(delta) <= 16);
    zxp_delta_destroy(delta);
    call(other, ZXP_OP_CLOCK_GET_MONOTONIC, 0, 0, 0, 0);
    delta = zxp_delta_create(world, other);
    assert_true(zxp_delta_bytes(delta) < 400);
    zxp_delta_destroy(delta);
    zxp_world_destroy(world);
    zxp_world_destroy(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(forth_and_back), cmocka_unit_test(nothing_is_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
