/*
 * steps.c - the alphabet: steps made of calls (explore.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/world.h"
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

bool explore_enabled(const zxp_world *world, const struct explore_step *step) {
    const struct kernel *kernel = kernel_of(world);
    uint32_t number = step->call[0].thread;
    if (step->call[0].op >= ZXP_OP_EVICT) return true;
    if (number >= kernel->thread_count) return false;
    return thread_at(world, ((const thread_ref *)arena_at(world, kernel->threads))[number])->state == ZXP_THREAD_READY;
}

/* Later calls of a step may name the handle that the first one gave back. */
void explore_call(const zxp_world *world, const struct explore_step *step, uint32_t i, uint64_t *handle,
                  zxp_op_call *call) {
    *call = step->call[i];
    if (i == 1) zxp_field(world, step->call[0].thread, "handle", handle);
    for (unsigned k = 0; k < ZXP_MAX_PARAMS; k++) {
        if (call->args[k] == EXPLORE_NEW_HANDLE) call->args[k] = *handle;
    }
}

bool explore_apply(zxp_world *world, const struct explore_step *step) {
    uint64_t handle = ZX_HANDLE_INVALID;
    if (!explore_enabled(world, step)) return false;
    if (step->calls == 1) zxp_call(world, &step->call[0]);
    for (uint32_t i = 0; step->calls > 1 && i < step->calls; i++) {
        zxp_op_call call;
        explore_call(world, step, i, &handle, &call);
        zxp_call(world, &call);
    }
    explore_forget_results(world);
    return true;
}
