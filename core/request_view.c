/*
 * request_view.c - outstanding requests as the public header shows them.
 *
 * Only sources with a live pager have requests (chapter 4 section 9), so they are all found through the pagers. Their
 * koids rise in the order in which the roots were made.
 */
#include "object.h"
#include "request.h"

static uint16_t command_of(const struct request *r) {
    return r->type == REQUEST_READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY;
}

static zx_koid_t koid_of_root(const zxp_world *w, source_ref s) {
    node_ref n = source_at(w, s)->node;
    if (!node_is(n) || !vmo_is(node_at(w, n)->owner)) return ZX_KOID_INVALID;
    return vmo_at(w, node_at(w, n)->owner)->object.koid;
}

/* ---- Sources in the order of their koids ---- */

static source_ref lower_above(const zxp_world *w, pager_ref p, zx_koid_t after, source_ref best) {
    for (source_ref s = pager_at(w, p)->first_source; source_is(s); s = source_at(w, s)->next) {
        zx_koid_t koid = source_at(w, s)->koid;
        if (koid > after && (!source_is(best) || koid < source_at(w, best)->koid)) best = s;
    }
    return best;
}

static source_ref next_source(const zxp_world *w, zx_koid_t after) {
    source_ref best = source_none();
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next) {
        if (object_at(w, o)->type == ZX_OBJ_TYPE_PAGER) best = lower_above(w, pager_of_object(o), after, best);
    }
    return best;
}

/* Steps over owners of one source; *i counts down to the one that is wanted. */
static thread_ref owner_at(const zxp_world *w, source_ref s, size_t *i) {
    for (int type = 0; type < REQUEST_TYPES; type++) {
        for (thread_ref t = source_at(w, s)->owners[type]; thread_is(t); t = thread_at(w, t)->request.next) {
            if (*i == 0) return t;
            --*i;
        }
    }
    return thread_none();
}

static thread_ref request_at(const zxp_world *w, size_t i) {
    for (source_ref s = next_source(w, 0); source_is(s); s = next_source(w, source_at(w, s)->koid)) {
        thread_ref t = owner_at(w, s, &i);
        if (thread_is(t)) return t;
    }
    return thread_none();
}

/* ---- The public functions ---- */

static char place_of_packet(const zxp_world *w, thread_ref t) {
    const struct request *r = &thread_at(w, t)->request;
    const struct source *source = source_at(w, r->source);
    bool waits = r->is_pending, active = thread_same(source->active, t);
    if (source->place == PACKET_LOST && (waits || active)) return 'x';
    if (waits) return 'w';
    return active ? 'p' : 'd';
}

static uint32_t attached_count(const zxp_world *w, const struct request *r) {
    uint32_t count = 0;
    for (thread_ref t = r->first_attached; thread_is(t); t = thread_at(w, t)->request.next) count++;
    return count;
}

bool zxp_request_at(const zxp_world *world, size_t i, zxp_request_view *view) {
    thread_ref t = request_at(world, i);
    if (!thread_is(t)) return false;
    const struct request *r = &thread_at(world, t)->request;
    *view = (zxp_request_view){.vmo = koid_of_root(world, r->source),
                               .key = source_at(world, r->source)->key,
                               .command = command_of(r),
                               .offset = r->offset,
                               .length = r->length,
                               .pending = r->pending,
                               .owner = thread_at(world, t)->number,
                               .attached = attached_count(world, r),
                               .packet = place_of_packet(world, t)};
    return true;
}

uint32_t zxp_request_attached(const zxp_world *world, size_t i, size_t k) {
    thread_ref t = request_at(world, i);
    if (!thread_is(t)) return ZXP_NO_THREAD;
    t = thread_at(world, t)->request.first_attached;
    while (thread_is(t) && k-- > 0) t = thread_at(world, t)->request.next;
    return thread_is(t) ? thread_at(world, t)->number : ZXP_NO_THREAD;
}
