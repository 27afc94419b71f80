/*
 * steps.c - the alphabet: steps made of calls (explore.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

struct explore_step *explore_add_step(struct explore_alphabet *alphabet, const char *text) {
    if (alphabet->count == alphabet->capacity) {
        size_t capacity = alphabet->capacity == 0 ? 32 : alphabet->capacity * 2;
        if (capacity > EXPLORE_MAX_STEPS) return NULL;
        struct explore_step *step = realloc(alphabet->step, capacity * sizeof *step);
        if (step == NULL) return NULL;
        alphabet->step = step;
        alphabet->capacity = capacity;
    }
    struct explore_step *step = &alphabet->step[alphabet->count++];
    memset(step, 0, sizeof *step);
    snprintf(step->text, sizeof step->text, "%s", text);
    return step;
}

void explore_add_call(struct explore_step *step, uint32_t thread, uint16_t op, unsigned count, const uint64_t *args) {
    if (step->calls == EXPLORE_CALLS || count > ZXP_MAX_PARAMS) return;
    zxp_op_call *call = &step->call[step->calls++];
    call->op = op;
    call->thread = thread;
    memcpy(call->args, args, count * sizeof args[0]);
}

void explore_alphabet_clear(struct explore_alphabet *alphabet) {
    free(alphabet->step);
    memset(alphabet, 0, sizeof *alphabet);
}

static bool can_call(const zxp_world *world, const zxp_op_call *call) {
    zxp_thread_view view;
    if (call->op >= ZXP_OP_EVICT) return true;
    return zxp_thread_get(world, call->thread, &view) && view.state == ZXP_THREAD_READY;
}

/* A later call of a step may name the handle that the first one gave back. */
static void call_with(zxp_world *world, const zxp_op_call *made, uint64_t handle) {
    zxp_op_call call = *made;
    for (unsigned k = 0; k < ZXP_MAX_PARAMS; k++) {
        if (call.args[k] == EXPLORE_NEW_HANDLE) call.args[k] = handle;
    }
    zxp_call(world, &call);
}

bool explore_apply(zxp_world *world, const struct explore_step *step) {
    uint64_t handle = ZX_HANDLE_INVALID;
    if (!can_call(world, &step->call[0])) return false;
    zxp_call(world, &step->call[0]);
    if (step->calls > 1) zxp_field(world, step->call[0].thread, "handle", &handle);
    for (uint32_t i = 1; i < step->calls; i++) call_with(world, &step->call[i], handle);
    return true;
}
