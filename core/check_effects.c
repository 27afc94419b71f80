/*
 * check_effects.c - INV-14, 15, 18, 22, 28, 41, 42, 47, 48, 50, 54, 56, 57: what a call may do besides changing pages.
 */
#include "check.h"
#include "object.h"

#include "thread.h"

static bool op_is(const struct step_check *s, uint16_t op) { return s->call->op == op; }
static bool succeeded(const struct step_check *s) { return s->returned && s->status == ZX_OK; }

/* ---- Calls of the pager ---- */

/* The next range of a query that begins at or behind *page; false at the end. */
static bool next_dirty_range(const zxp_world *w, node_ref n, uint64_t *page, uint64_t end, zxp_dirty_range *range) {
    struct page_run run;
    uint64_t first = end, last = end;
    bool zero = false;
    for (struct page_walk k = page_walk_begin(w, &node_at(w, n)->map, *page, end); page_walk_next(&k, &run);
         last = run.end) {
        bool dirty = run.key.state == DIRTY || run.key.state == AWAITING, interval = run.key.state == ZERO_DIRTY;
        if (first != end && (zero || !dirty)) break;
        if (first == end && (dirty || interval)) first = run.first;
        zero = interval;
    }
    *page = last;
    *range = (zxp_dirty_range){first * PAGE, (last - first) * PAGE, zero ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0};
    return first < end;
}

static void inv_14_query_completeness(struct step_check *s) {
    const zxp_op_call *call = s->call;
    vmo_ref v = vmo_of_argument(s, 1);
    uint64_t end, count = 0;
    if (!op_is(s, ZXP_OP_PAGER_QUERY_DIRTY_RANGES) || !succeeded(s) || call->buffer.kind == ZXP_BUFFER_USER) return;
    if (!vmo_is(v) || wraps(call->args[2], call->args[3]) || !round_up(call->args[2] + call->args[3], &end)) return;
    node_ref n = vmo_at(s->before, v)->node;
    zxp_dirty_range expected, got;
    uint64_t page = call->args[2] / PAGE, room = call->args[4] / sizeof expected;
    while (count < room && next_dirty_range(s->before, n, &page, end / PAGE, &expected)) {
        bool same = zxp_range_at(s->after, call->thread, (size_t)count++, &got) && got.offset == expected.offset &&
                    got.length == expected.length && got.options == expected.options;
        if (same) continue;
        violated(s->report, 14, vmo_at(s->before, v)->object.koid, expected.offset / PAGE);
        return;
    }
    if (zxp_range_count(s->after, call->thread) != count) violated(s->report, 14, vmo_at(s->before, v)->object.koid, 0);
}

static bool is_not_d(const struct page_key *k) { return k->state != DIRTY; }

/* If it failed, nothing may have changed; the pages are compared by their letters. */
static void inv_15_dirty_is_atomic(struct step_check *s) {
    vmo_ref v = is_pager_op(s, ZX_PAGER_OP_DIRTY) ? vmo_of_argument(s, 2) : vmo_none();
    uint64_t first = s->call->args[3] / PAGE, end = first + s->call->args[4] / PAGE;
    if (!vmo_is(v) || !s->quiet || !s->returned) return;
    node_ref before = vmo_at(s->before, v)->node, after = same_node(s, before);
    if (!node_is(after)) return;
    const struct page_map *map = &node_at(s->after, after)->map;
    end = min_u64(end, map->pages);
    if (s->status == ZX_OK && first < end && page_map_first(s->after, map, first, end, is_not_d) != end)
        violated(s->report, 15, node_koid(s->before, before), first);
    for (uint64_t page = first; s->status != ZX_OK && page < end;) {
        struct page_run a = slot_run(s->before, before, page), b = slot_run(s->after, after, page);
        if (a.key.state != b.key.state) violated(s->report, 15, node_koid(s->before, before), page);
        page = min_u64(a.end, b.end);
    }
}

static void inv_22_supply_moves(struct step_check *s) {
    vmo_ref aux = op_is(s, ZXP_OP_PAGER_SUPPLY_PAGES) ? vmo_of_argument(s, 4) : vmo_none();
    if (!vmo_is(aux) || !s->quiet || !succeeded(s)) return;
    vmo_ref v = vmo_by_koid(s->after, vmo_at(s->before, aux)->object.koid);
    if (!vmo_is(v)) return;
    uint64_t first = (vmo_at(s->after, v)->base + s->call->args[5]) / PAGE;
    struct page_run run;
    const struct page_map *map = &node_at(s->after, vmo_at(s->after, v)->node)->map;
    uint64_t end = min_u64(map->pages, first + s->call->args[3] / PAGE);
    if (first >= end) return;
    for (struct page_walk k = page_walk_begin(s->after, map, first, end); page_walk_next(&k, &run);)
        if (is_frame(&run.key)) violated(s->report, 22, vmo_at(s->after, v)->object.koid, run.first);
}

/* A transfer of a range onto itself moves nothing, and is no error (chapter 5 section 12). */
static void inv_57_no_pages_out_of_a_root(struct step_check *s) {
    bool onto_itself = s->call->args[2] == s->call->args[5] && vmo_same(vmo_of_argument(s, 0), vmo_of_argument(s, 4));
    bool moves = op_is(s, ZXP_OP_PAGER_SUPPLY_PAGES) || (op_is(s, ZXP_OP_VMO_TRANSFER_DATA) && !onto_itself);
    vmo_ref from = moves ? vmo_of_argument(s, 4) : vmo_none();
    if (!vmo_is(from) || !succeeded(s) || s->call->args[3] == 0) return;
    if (node_is_root(s->before, vmo_at(s->before, from)->node))
        violated(s->report, 57, vmo_at(s->before, from)->object.koid, 0);
}

/* ---- Reading ---- */

enum { MOST_PAGES_COMPARED = 256 };

/* Bytes [at, at + length) of one page of node n against the call's
 * data from `from` on. INV-42 if the page is not there at all. */
static void compare_page(struct step_check *s, vmo_ref v, uint64_t at, uint32_t length, uint64_t from) {
    uint8_t scratch[ZXP_PAGE_SIZE], got[ZXP_PAGE_SIZE];
    node_ref n = vmo_at(s->after, v)->node;
    struct found found = node_find(s->after, n, at / PAGE, 1);
    bool absent = node_is(found.owner) && found.key.state == ABSENT;
    bool frame = node_is(found.owner) && is_frame(&found.key);
    const uint8_t *bytes =
        content_bytes(s->after, frame ? key_content(&found.key) : content_zero(), found.page, scratch);
    bool all = zxp_data_copy(s->after, s->call->thread, from, got, length) == length;
    if (absent && profile_is(s->after, ZXP_PROFILE_HEAD))
        violated(s->report, 42, vmo_at(s->after, v)->object.koid, at / PAGE);
    else if (!all || memcmp(bytes + at % PAGE, got, length) != 0)
        violated(s->report, 41, vmo_at(s->after, v)->object.koid, at / PAGE);
}

static void inv_41_read_what_is_there(struct step_check *s) {
    vmo_ref before = op_is(s, ZXP_OP_VMO_READ) ? vmo_of_argument(s, 0) : vmo_none();
    if (!vmo_is(before) || !s->quiet || !succeeded(s) || s->call->buffer.kind == ZXP_BUFFER_USER) return;
    vmo_ref v = vmo_by_koid(s->after, vmo_at(s->before, before)->object.koid);
    if (!vmo_is(v)) return;
    uint64_t at = vmo_at(s->after, v)->base + s->call->args[1],
             length = min_u64(s->call->args[2], MOST_PAGES_COMPARED * PAGE);
    for (uint64_t done = 0; done < length;) {
        uint32_t part = (uint32_t)min_u64(length - done, PAGE - (at + done) % PAGE);
        compare_page(s, v, at + done, part, done);
        done += part;
    }
}

/* ---- The source of each root ---- */

static void inv_18_modified_is_monotone(struct step_check *s, const struct source *before, const struct source *after) {
    bool reset = op_is(s, ZXP_OP_PAGER_QUERY_VMO_STATS) && (uint32_t)s->call->args[2] == ZX_PAGER_RESET_VMO_STATS;
    if (before->modified && !after->modified && !reset) violated(s->report, 18, before->koid, 0);
}

static bool complete_is_queued(const struct source *source) {
    return source->place == PACKET_IN_PORT && source->packet.command == ZX_PAGER_VMO_COMPLETE;
}

static void inv_47_complete_is_sent_once(struct step_check *s, const struct source *before,
                                         const struct source *after) {
    bool again = before->complete_sent && !complete_is_queued(before) && complete_is_queued(after);
    if (again || (before->complete_sent && !after->complete_sent)) violated(s->report, 47, before->koid, 0);
}

static void inv_48_detach_is_permanent(struct step_check *s, const struct source *before, const struct source *after) {
    if (before->detached && !after->detached) violated(s->report, 48, before->koid, 0);
}

static void check_sources(struct step_check *s) {
    for (node_ref n = kernel_of(s->before)->first_node; node_is(n); n = node_at(s->before, n)->next_node) {
        node_ref other = node_is_root(s->before, n) ? same_node(s, n) : node_none();
        if (!node_is(other)) continue;
        const struct source *before = source_at(s->before, node_at(s->before, n)->source);
        const struct source *after = source_at(s->after, node_at(s->after, other)->source);
        inv_18_modified_is_monotone(s, before, after);
        inv_47_complete_is_sent_once(s, before, after);
        inv_48_detach_is_permanent(s, before, after);
    }
}

static void inv_56_limit_never_grows(struct step_check *s) {
    for (node_ref n = kernel_of(s->before)->first_node; node_is(n); n = node_at(s->before, n)->next_node) {
        node_ref after = same_node(s, n);
        if (node_is(after) && node_at(s->after, after)->limit > node_at(s->before, n)->limit)
            violated(s->report, 56, node_koid(s->before, n), node_at(s->before, n)->limit / PAGE);
    }
}

/* ---- Detach, reclaim, failures ---- */

static bool has_record(const struct page_key *k) { return key_record(k) != TRANSLATION_NONE; }

/* After chapter 9's old profiles detached, translations stay. */
static void inv_54_detach_unmaps(struct step_check *s) {
    vmo_ref v = op_is(s, ZXP_OP_PAGER_DETACH_VMO) ? vmo_of_argument(s, 1) : vmo_none();
    if (!vmo_is(v) || !s->quiet || !succeeded(s) || !profile_is(s->after, ZXP_PROFILE_HEAD)) return;
    node_ref root = same_node(s, vmo_at(s->before, v)->node);
    for (mapping_ref m = mapping_after(s->after, 0); node_is(root) && mapping_is(m);) {
        const struct mapping *mapping = mapping_at(s->after, m);
        uint64_t page = page_map_first(s->after, &mapping->pages, 0, mapping->pages.pages, has_record);
        bool of_root = node_same(vmo_at(s->after, mapping->vmo)->node, root);
        if (of_root && page < mapping->pages.pages) violated(s->report, 54, node_koid(s->after, root), page);
        m = mapping_after(s->after, mapping->base + mapping->size);
    }
}

/* Sums of all that reclaim may not touch. */
struct totals {
    uint64_t packets, requests, sizes, streams, modified;
};

static uint64_t packets_of(const zxp_world *w, port_ref port) {
    uint64_t packets = 0;
    for (packet_ref p = port_at(w, port)->first; packet_is(p); p = packet_at(w, p)->next) packets++;
    return packets;
}

static struct totals totals_of(const zxp_world *w) {
    struct totals t = {0};
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        if (object_at(w, o)->type == ZX_OBJ_TYPE_PORT) t.packets += packets_of(w, port_of_object(o));
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++)
        t.requests += thread_at(w, thread_number(w, i))->request.role != ROLE_NONE;
    for (vmo_ref v = next_vmo(w, vmo_none()); vmo_is(v); v = next_vmo(w, v)) {
        t.sizes += vmo_size(w, v);
        if (stream_is(vmo_at(w, v)->stream)) t.streams += stream_at(w, vmo_at(w, v)->stream)->size;
        source_ref source = node_at(w, vmo_at(w, v)->node)->source;
        t.modified += source_is(source) && source_at(w, source)->modified;
    }
    return t;
}

static void inv_28_eviction_is_silent(struct step_check *s) {
    if (!op_is(s, ZXP_OP_EVICT) && !op_is(s, ZXP_OP_RECLAIM) && !op_is(s, ZXP_OP_AGE)) return;
    struct totals before = totals_of(s->before), after = totals_of(s->after);
    if (memcmp(&before, &after, sizeof before) != 0) violated(s->report, 28, ZX_KOID_INVALID, 0);
}

static bool is_fail_code(zx_status_t status) {
    return status == ZX_ERR_IO || status == ZX_ERR_IO_DATA_INTEGRITY || status == ZX_ERR_NO_SPACE ||
           status == ZX_ERR_BUFFER_TOO_SMALL;
}

/* BAD_STATE has other causes too, and is passed over. */
static void inv_50_error_codes(struct step_check *s) {
    if (!is_pager_op(s, ZX_PAGER_OP_FAIL)) return;
    uint32_t count = min_u64(kernel_of(s->before)->thread_count, kernel_of(s->after)->thread_count) & UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const struct thread *before = thread_at(s->before, thread_number(s->before, i));
        const struct thread *after = thread_at(s->after, thread_number(s->after, i));
        bool waited =
            before->state == ZXP_THREAD_BLOCKED && before->request.role != ROLE_NONE && before->request.status == ZX_OK;
        bool ended = after->state == ZXP_THREAD_READY || after->state == ZXP_THREAD_FAULTED;
        bool failed = is_fail_code(after->call.status) && after->call.status != (zx_status_t)s->call->args[5];
        if (waited && ended && failed) violated(s->report, 50, ZX_KOID_INVALID, i);
    }
}

void check_effects(struct step_check *s) {
    inv_14_query_completeness(s);
    inv_15_dirty_is_atomic(s);
    inv_22_supply_moves(s);
    inv_28_eviction_is_silent(s);
    inv_41_read_what_is_there(s);
    inv_50_error_codes(s);
    inv_54_detach_unmaps(s);
    inv_56_limit_never_grows(s);
    inv_57_no_pages_out_of_a_root(s);
    check_sources(s);
}
