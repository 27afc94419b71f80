/*
 * symmetry.c - interchangeable threads in one order (symmetry.h).
 *
 * Whatever the order is, equal forms come from worlds that are equal up to the exchange,
 * so nothing is merged that is not the same. A good order merges much: threads are told
 * apart by what they wait for and their places in queues. Those that stay equal are equal.
 */
#include "symmetry.h"

#include "../../core/world.h"

static thread_ref *table(zxp_world *w) { return arena_at(w, kernel_of(w)->threads); }

/* How many were attached to the request before this thread. */
static unsigned place(const zxp_world *w, const struct request *r) {
    unsigned n = 0;
    if (r->role != ROLE_ATTACHED) return 0;
    for (thread_ref t = r->previous; thread_is(t); t = thread_at(w, t)->request.previous) n++;
    return n;
}

static int compare64(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

static int compare(const zxp_world *w, const struct thread *a, const struct thread *b) {
    const struct request *r = &a->request, *s = &b->request;
    int c = compare64(a->state, b->state);
    if (c == 0) c = compare64(a->suspended, b->suspended);
    if (c == 0) c = compare64(a->restart, b->restart);
    if (c != 0 || (a->state == ZXP_THREAD_READY && !a->restart)) return c;
    if (c == 0) c = compare64(a->call.op, b->call.op);
    if (c == 0) c = compare64(r->role, s->role);
    if (c == 0) c = compare64(r->type, s->type);
    if (c == 0) c = compare64(r->offset, s->offset);
    if (c == 0) c = compare64(place(w, r), place(w, s));
    if (c == 0) c = compare64(a->call.args[1], b->call.args[1]);
    return c != 0 ? c : compare64(a->call.args[2], b->call.args[2]);
}

static void number(zxp_world *w, uint32_t as, thread_ref t) {
    table(w)[as] = t;
    thread_at(w, t)->number = as;
}

bool symmetry_order(zxp_world *w, const uint32_t *threads, unsigned count, unsigned order[SYMMETRY_THREADS]) {
    thread_ref sorted[SYMMETRY_THREADS];
    bool changed = false;
    for (unsigned i = 0; i < count; i++) {
        thread_ref t = table(w)[threads[i]];
        unsigned at = i;
        for (; at > 0 && compare(w, thread_at(w, t), thread_at(w, sorted[at - 1])) < 0; at--) {
            sorted[at] = sorted[at - 1];
            order[at] = order[at - 1];
        }
        sorted[at] = t;
        order[at] = i;
        changed |= at != i;
    }
    for (unsigned i = 0; changed && i < count; i++) number(w, threads[i], sorted[i]);
    return changed;
}

void symmetry_undo(zxp_world *w, const uint32_t *threads, unsigned count, const unsigned order[SYMMETRY_THREADS]) {
    thread_ref sorted[SYMMETRY_THREADS];
    for (unsigned i = 0; i < count; i++) sorted[i] = table(w)[threads[i]];
    for (unsigned i = 0; i < count; i++) number(w, threads[order[i]], sorted[i]);
}
