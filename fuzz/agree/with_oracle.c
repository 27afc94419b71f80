/*
 * with_oracle.c - the oracle as second engine: both must have the same graph of states (agree.h).
 */
#include <stdio.h>

#include "../harness/harness.h"
#include "agree.h"

static void *create(void *user) {
    const oracle *start = user;
    oracle *made = oracle_create(ZXP_PROFILE_HEAD);
    if (made != NULL) oracle_copy(made, start);
    return made;
}

static void destroy(void *engine) { oracle_destroy(engine); }

static bool copy(void *to, const void *from) {
    oracle_copy(to, from);
    return true;
}

static bool differs(const struct harness *h, char *difference, size_t capacity) {
    if (h->oracle_lost)
        snprintf(difference, capacity, "the oracle has no room: %s", oracle_out_of_bounds_reason(h->oracle));
    else
        snprintf(difference, capacity, "%.*s", (int)capacity - 1, h->finding.detail);
    return false;
}

static bool step_on_both(void *engine, zxp_world *world, const struct explore_step *step, char *difference,
                         size_t capacity) {
    struct harness h = {.core = world, .oracle = engine, .checks = CHECK_ORACLE};
    uint64_t handle = ZX_HANDLE_INVALID;
    zxp_op_call call;
    for (uint32_t i = 0; i < step->calls; i++) {
        explore_call(world, step, i, &handle, &call);
        if (!harness_call(&h, &call) || h.oracle_lost) return differs(&h, difference, capacity);
    }
    return true;
}

static uint64_t key(const void *engine) { return oracle_key(engine); }

void agree_with_oracle(struct explore_second *second, const oracle *start) {
    *second = (struct explore_second){.create = create,
                                      .destroy = destroy,
                                      .copy = copy,
                                      .step = step_on_both,
                                      .key = key,
                                      .user = (void *)(uintptr_t)start};
}
