/*
 * effect.c - did a step change anything but the result that its call left? (explore.h)
 *
 * Most steps of most states are refused, or do what was done before. They are told from the others by comparing
 * memory, which costs a fraction of encoding a world. Blocks that hold results would make memory differ: they are
 * given back after each step.
 */
#include <stddef.h>
#include <string.h>

#include "../../core/content.h"
#include "../../core/encode.h"
#include "explore.h"

/* [begin, end) of a thread's call, where results stand, in bytes of the arena. */
struct part {
    size_t begin, end;
};

static struct part call_part(const zxp_world *w, thread_ref t) {
    size_t begin = (size_t)((const uint8_t *)&thread_at(w, t)->call - w->memory);
    return (struct part){begin, begin + sizeof(struct call)};
}

static bool same_bytes(const zxp_world *a, const zxp_world *b, size_t begin, size_t end) {
    return memcmp(a->memory + begin, b->memory + begin, end - begin) == 0;
}

/* Stamps and koids are handed out, and how far that has got tells nothing about what they name. */
static bool same_kernel(const zxp_world *before, const zxp_world *after) {
    const size_t begin = offsetof(struct kernel, next_koid), end = offsetof(struct kernel, newest_generation);
    static_assert(offsetof(struct kernel, newest_generation) - offsetof(struct kernel, next_koid) == 16,
                  "next_koid and next_stamp, and nothing else");
    return same_bytes(before, after, 0, begin) && same_bytes(before, after, end, sizeof(struct kernel));
}

/* A caller that can make its next call has nothing left of the last one but the result. */
bool explore_same_world(const zxp_world *before, const zxp_world *after, uint32_t caller) {
    const struct kernel *kernel = kernel_of(after);
    if (caller >= kernel->thread_count || !same_kernel(before, after)) return false;
    thread_ref t = ((const thread_ref *)arena_at(after, kernel->threads))[caller];
    if (thread_at(after, t)->state != ZXP_THREAD_READY) return false;
    struct part first = call_part(after, t), second = call_part(after, kernel->kernel_thread);
    if (first.begin > second.begin) {
        struct part swap = first;
        first = second;
        second = swap;
    }
    return same_bytes(before, after, sizeof *kernel, first.begin) &&
           same_bytes(before, after, first.end, second.begin) &&
           same_bytes(before, after, second.end, (size_t)kernel->top * ARENA_UNIT);
}

static void free_blocks(zxp_world *world, struct call *call) {
    data_free(world, &call->data);
    if (call->more_values != 0) arena_free(world, call->more_values, call->values * sizeof(uint64_t));
    if (call->list != 0) arena_free(world, call->list, call->list_bytes);
    call->more_values = call->list = call->list_count = call->list_bytes = 0;
    call->values = 0;
}

static bool has_blocks(const struct call *call) { return (call->data.pieces | call->more_values | call->list) != 0; }

void explore_forget_results(zxp_world *world) {
    const struct kernel *kernel = kernel_of(world);
    const thread_ref *threads = arena_at(world, kernel->threads);
    for (uint32_t i = 0, count = kernel->thread_count; i < count; i++) {
        struct thread *thread = thread_at(world, threads[i]);
        if (has_blocks(&thread->call) && !thread_in_call(thread)) free_blocks(world, &thread->call);
    }
}
