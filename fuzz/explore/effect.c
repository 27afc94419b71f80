/*
 * effect.c - did a step change anything but the result that its call left? (explore.h)
 *
 * Most steps of most states are refused. They are told from the others
 * by comparing memory, which costs a fraction of encoding a world.
 */
#include <stddef.h>
#include <string.h>

#include "../../core/world.h"
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
    const size_t stamp = offsetof(struct kernel, next_stamp), koid = offsetof(struct kernel, next_koid);
    const size_t size = sizeof kernel_of(after)->next_stamp;
    const size_t first = stamp < koid ? stamp : koid, second = stamp < koid ? koid : stamp;
    return same_bytes(before, after, 0, first) && same_bytes(before, after, first + size, second) &&
           same_bytes(before, after, second + size, sizeof(struct kernel));
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
