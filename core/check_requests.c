/*
 * check_requests.c - INV-7, 36..40, 43..49, 51: requests, packets and threads of one world.
 */
#include "check.h"

static const struct request *request_of(const zxp_world *w, thread_ref t) { return &thread_at(w, t)->request; }
static const struct source *source_of(const zxp_world *w, thread_ref t) {
    return source_at(w, request_of(w, t)->source);
}

/* ---- Threads and their requests ---- */

static bool is_in_owners(const zxp_world *w, thread_ref t) {
    const struct request *r = request_of(w, t);
    thread_ref o = source_at(w, r->source)->owners[r->type];
    while (thread_is(o) && !thread_same(o, t)) o = request_of(w, o)->next;
    return thread_is(o);
}

static bool is_in_attached(const zxp_world *w, thread_ref t) {
    thread_ref x = request_of(w, request_of(w, t)->owner)->first_attached;
    while (thread_is(x) && !thread_same(x, t)) x = request_of(w, x)->next;
    return thread_is(x);
}

static bool hangs_on_its_owner(const zxp_world *w, thread_ref t) {
    const struct request *r = request_of(w, t);
    if (!thread_is(r->owner)) return false;
    const struct request *o = request_of(w, r->owner);
    return o->role == ROLE_OWNER && o->type == r->type && source_same(o->source, r->source) && r->offset >= o->offset &&
           r->offset - o->offset < o->length && is_in_attached(w, t);
}

/* Both ways: who waits has a request that is known to its source, and who has a request waits. */
static void inv_36_blocked_has_a_reason(const zxp_world *w, thread_ref t, struct report *r) {
    const struct thread *thread = thread_at(w, t);
    const struct request *request = &thread->request;
    bool waits = thread->state == ZXP_THREAD_BLOCKED && thread->waits_for == ZXP_WAIT_REQUEST;
    bool known =
        request->role == ROLE_OWNER ? is_in_owners(w, t) : request->role == ROLE_ATTACHED && hangs_on_its_owner(w, t);
    bool reason = request->role != ROLE_NONE && known && request->waiting;
    if (waits ? !reason : request->role != ROLE_NONE) violated(r, 36, ZX_KOID_INVALID, thread->number);
}

static void inv_51_requests_belong_to_roots(const zxp_world *w, thread_ref t, struct report *r) {
    const struct source *source = source_of(w, t);
    bool root = node_is(source->node) && source_same(node_at(w, source->node)->source, request_of(w, t)->source);
    if (!root) violated(r, 51, source->koid, request_of(w, t)->offset / PAGE);
}

static void check_thread(const zxp_world *w, thread_ref t, struct report *r) {
    inv_36_blocked_has_a_reason(w, t, r);
    if (request_of(w, t)->role != ROLE_NONE) inv_51_requests_belong_to_roots(w, t, r);
}

/* ---- The owners of a source ---- */

static void inv_7_plain_has_no_dirty_request(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    if (!source->trap && thread_is(source->owners[REQUEST_DIRTY])) violated(r, 7, source->koid, 0);
}

static void inv_37_disjoint(const zxp_world *w, thread_ref t, struct report *r) {
    const struct request *request = request_of(w, t);
    bool sane = is_page_aligned(request->offset) && is_page_aligned(request->length) && request->length > 0 &&
                !wraps(request->offset, request->length);
    bool overlaps =
        thread_is(request->next) && request_of(w, request->next)->offset < request->offset + request->length;
    if (!sane || overlaps) violated(r, 37, source_of(w, t)->koid, request->offset / PAGE);
}

static void inv_38_pending(const zxp_world *w, thread_ref t, struct report *r) {
    const struct request *request = request_of(w, t);
    if (request->pending == 0 || request->pending > request->length)
        violated(r, 38, source_of(w, t)->koid, request->offset / PAGE);
}

static bool is_absent(const struct page_key *k) { return k->state == ABSENT; }
static bool is_not_d(const struct page_key *k) { return k->state != DIRTY; }

/* Is every page of the request that lies below the size as the request wants it? */
static bool is_satisfied(const zxp_world *w, thread_ref t, bool (*missing)(const struct page_key *)) {
    const struct page_map *map = &node_at(w, source_of(w, t)->node)->map;
    uint64_t first = min_u64(request_of(w, t)->offset / PAGE, map->pages);
    uint64_t end = min_u64(first + request_of(w, t)->length / PAGE, map->pages);
    return page_map_first(w, map, first, end, missing) == end;
}

static void inv_39_no_satisfied_read(const zxp_world *w, thread_ref t, struct report *r) {
    if (is_satisfied(w, t, is_absent)) violated(r, 39, source_of(w, t)->koid, request_of(w, t)->offset / PAGE);
}

static void inv_40_no_satisfied_dirty(const zxp_world *w, thread_ref t, struct report *r) {
    if (is_satisfied(w, t, is_not_d)) violated(r, 40, source_of(w, t)->koid, request_of(w, t)->offset / PAGE);
}

static void check_owners(const zxp_world *w, source_ref s, struct report *r) {
    inv_7_plain_has_no_dirty_request(w, s, r);
    for (unsigned type = 0; type < REQUEST_TYPES; type++) {
        for (thread_ref t = source_at(w, s)->owners[type]; thread_is(t); t = request_of(w, t)->next) {
            inv_37_disjoint(w, t, r);
            inv_38_pending(w, t, r);
            if (type == REQUEST_READ)
                inv_39_no_satisfied_read(w, t, r);
            else
                inv_40_no_satisfied_dirty(w, t, r);
        }
    }
}

/* ---- Packets ---- */

static uint64_t times_in_port(const zxp_world *w, source_ref s) {
    uint64_t times = 0;
    for (packet_ref p = port_at(w, source_at(w, s)->port)->first; packet_is(p); p = packet_at(w, p)->next)
        times += p.index == s.index;
    return times;
}

static bool is_queued(const zxp_world *w, source_ref s) { return source_at(w, s)->place == PACKET_IN_PORT; }
static bool is_complete(const struct packet *p) { return p->command == ZX_PAGER_VMO_COMPLETE; }

static bool says_what_it_asks(const struct packet *packet, const struct request *request) {
    return packet->offset == request->offset && packet->length == request->length;
}

static void inv_43_packet_key(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    const struct packet *packet = &source->packet;
    bool right = packet->key == source->key && packet->type == ZX_PKT_TYPE_PAGE_REQUEST && packet->status == ZX_OK;
    if (is_complete(packet))
        right = right && packet->offset == 0 && packet->length == 0;
    else if (thread_is(source->active))
        right = right && says_what_it_asks(packet, request_of(w, source->active));
    if (!right) violated(r, 43, source->koid, packet->offset / PAGE);
}

static void inv_44_one_packet(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    bool queue = !thread_is(source->pending_first) || source->busy; /* nobody waits for a turn that is free */
    if (times_in_port(w, s) != (is_queued(w, s) ? 1 : 0) || !queue) violated(r, 44, source->koid, 0);
}

static void inv_45_no_dead_packet(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    if (is_complete(&source->packet)) return;
    enum request_type type = source->packet.command == ZX_PAGER_VMO_READ ? REQUEST_READ : REQUEST_DIRTY;
    bool live = thread_is(source->active) && request_of(w, source->active)->role == ROLE_OWNER &&
                request_of(w, source->active)->type == type && source_same(request_of(w, source->active)->source, s);
    if (!live) violated(r, 45, source->koid, source->packet.offset / PAGE);
}

static void inv_46_detached_is_quiet(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    bool asks = thread_is(source->owners[REQUEST_READ]) || thread_is(source->owners[REQUEST_DIRTY]);
    bool queued = is_queued(w, s) && !is_complete(&source->packet);
    if (source->detached && (asks || queued)) violated(r, 46, source->koid, 0);
}

static void inv_47_complete_after_detach(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    bool queued = is_queued(w, s) && is_complete(&source->packet);
    bool early = (queued || source->complete_sent) && !source->detached;
    bool mistaken = source->place != PACKET_LOST && queued != (source->complete_pending != 0);
    if (early || (queued && !source->complete_sent) || mistaken) violated(r, 47, source->koid, 0);
}

static bool is_marker(const struct page_key *k) { return k->state == MARKER; }

/* A source that has left its pager was closed, which keeps markers; one that has not was detached by the call. */
static void inv_48_detached_has_no_markers(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    if (!source->detached || !pager_is(source->pager) || !profile_is(w, ZXP_PROFILE_HEAD)) return;
    const struct page_map *map = &node_at(w, source->node)->map;
    uint64_t page = page_map_first(w, map, 0, map->pages, is_marker);
    if (page < map->pages) violated(r, 48, source->koid, page);
}

static void inv_49_pager_closed(const zxp_world *w, source_ref s, struct report *r) {
    const struct source *source = source_at(w, s);
    if (pager_is(source->pager)) return;
    bool queued = is_queued(w, s) && is_complete(&source->packet);
    if (!source->detached || queued) violated(r, 49, source->koid, 0);
}

static void check_source(const zxp_world *w, source_ref s, struct report *r) {
    check_owners(w, s, r);
    inv_44_one_packet(w, s, r);
    inv_46_detached_is_quiet(w, s, r);
    inv_47_complete_after_detach(w, s, r);
    inv_48_detached_has_no_markers(w, s, r);
    inv_49_pager_closed(w, s, r);
    if (!is_queued(w, s)) return;
    inv_43_packet_key(w, s, r);
    inv_45_no_dead_packet(w, s, r);
}

void check_requests(const zxp_world *w, struct report *r) {
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) check_thread(w, thread_number(w, i), r);
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        if (node_is_root(w, n)) check_source(w, node_at(w, n)->source, r);
}
