/*
 * transfer.c - taking pages out of a VMO and putting them into another (transfer.h).
 *
 * Pages that the source shares with its family, and pages that a clone sees in the pager's root, are forked for the
 * move: for a map of values that is only another reference to their content.
 */
#include "transfer.h"

#include "mapping.h"
#include "reclaim.h"
#include "sys_vmo.h"

/* ---- What refuses ---- */

enum rule_number take_refusal(const zxp_world *w, vmo_ref src, uint64_t offset, uint64_t length) {
    if (!in_range(offset, length, vmo_at(w, src)->window)) return RULE_transfer_take_window;
    if (length == 0) return RULE_none;
    if (!in_range(offset, length, vmo_size(w, src))) return RULE_transfer_take_beyond;
    if (vmo_is_pager_root(w, src)) return RULE_transfer_take_pager;
    if (vmo_any_pinned(w, src, offset, length)) return RULE_transfer_take_pinned;
    return RULE_none;
}

enum rule_number put_refusal(const zxp_world *w, vmo_ref dst, uint64_t offset, uint64_t length) {
    if (!in_range(offset, length, vmo_at(w, dst)->window)) return RULE_transfer_put_window;
    if (length == 0) return RULE_none;
    if (!in_range(offset, length, vmo_size(w, dst))) return RULE_transfer_put_beyond;
    if (vmo_is_pager_root(w, dst)) return RULE_transfer_put_pager;
    if (vmo_any_pinned(w, dst, offset, length)) return RULE_transfer_put_pinned;
    return RULE_none;
}

/* ---- The list ---- */

static bool list_begun(const zxp_world *w, thread_ref t) { return call_of(w, t)->transit.root != 0; }

static bool list_begin(zxp_world *w, thread_ref t, uint64_t pages) {
    if (!arena_reserve(w, page_map_init_bytes())) return false;
    page_map_init(w, &call_of(w, t)->transit, pages, key_absent());
    return true;
}

static_assert(sizeof(struct taken) == sizeof(struct page_map), "the list in the call is a struct taken");

struct taken *taken_of(zxp_world *w, thread_ref t) {
    return (struct taken *)&call_of(w, t)->transit;
}

void taken_free(zxp_world *w, thread_ref t) {
    if (!list_begun(w, t)) return;
    struct page_map *list = &call_of(w, t)->transit;
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, list, 0, list->pages); page_walk_next(&walk, &run);) {
        bool is_body = run.key.state == OWNED && run.key.kind == CONTENT_BODY;
        if (is_body) body_release(w, run.key.content, run.end - run.first);
    }
    page_map_free(w, list);
}

/* The frames' content at `page`, as it must stand at page `to`
 * of another map; with a reference for each of `count` pages. */
static struct page_key frame_moved(zxp_world *w, const struct page_key *key, uint64_t page, uint64_t to,
                                   uint64_t count) {
    struct content content = content_moved(key_content(key), page, to);
    if (content.kind == CONTENT_BODY) body_retain(w, content.value, count);
    return key_frame(OWNED, content);
}

/* ---- Taking ---- */

/* What is left behind reads as zero: a clone in a pager tree
 * needs a marker, so that the root does not shine through. */
static struct page_key gap_of(const zxp_world *w, node_ref n) {
    return node_at(w, n)->in_pager_tree ? key_of(MARKER) : key_absent();
}

/* Pages [page, end) of n are one run: they go into the list at the call's cursor. False: memory is short. */
static bool take_run(zxp_world *w, thread_ref t, node_ref n, const struct page_key *key, uint64_t page, uint64_t end) {
    uint64_t list_bytes = page_map_change_bytes(&call_of(w, t)->transit, 1);
    if (!arena_reserve(w, list_bytes + slots_bytes(w, n, 1))) return false;
    struct call *call = call_of(w, t);
    uint64_t to = call->cursor, count = end - page;
    if (key->state == OWNED) {
        page_map_set(w, &call->transit, to, to + count, frame_moved(w, key, page, to, count));
    }
    if (key->state != ABSENT) slots_set(w, n, page, end, gap_of(w, n), VIEWS_UNMAP, RULE_transfer_taken);
    call->cursor += count;
    return true;
}

/* A clone in a pager tree must own every page before it is taken
 * (chapter 6 section 7.6): as a write, for the rest of the hole. */
static enum look own_first(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t end) {
    uint64_t count;
    if (!arena_reserve(w, look_bytes(w, n))) return look_no_memory(w, t);
    return look_own(w, t, n, page, OWN_WRITE, end - page, &count);
}

static enum look take_some(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t left) {
    node_ref n = vmo_at(w, src)->node;
    uint64_t page = (vmo_at(w, src)->base + offset) / PAGE;
    struct page_run run = slot_run(w, n, page);
    uint64_t end = min_u64(run.end, page + left / PAGE);
    if (run.key.state == ABSENT && node_at(w, n)->in_pager_tree) return own_first(w, t, n, page, end);
    return take_run(w, t, n, &run.key, page, end) ? LOOK_OK : look_no_memory(w, t);
}

static enum look take_rest(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length) {
    while (call_of(w, t)->cursor < length / PAGE) {
        uint64_t done = call_of(w, t)->cursor * PAGE;
        enum look look = take_some(w, t, src, offset + done, length - done);
        if (look != LOOK_OK) return look;
    }
    return LOOK_OK;
}

/* After a wait: a failed request, or a source that has changed so that the rest of the range is refused. */
static enum look take_recheck(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length) {
    uint64_t done = call_of(w, t)->cursor * PAGE;
    zx_status_t status;
    if (request_failed(w, t, &status)) return look_refused_with(w, t, RULE_transfer_take_failed, status);
    enum rule_number rule = take_refusal(w, src, offset + done, length - done);
    return rule == RULE_none ? LOOK_OK : look_refused(w, t, rule);
}

/* Nothing of what is still to be taken may be seen through a mapping: the whole range, in each round (chapter 7
 * section 5). False: memory is short. */
static bool take_unmap(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length) {
    uint64_t first = (vmo_at(w, src)->base + offset) / PAGE;
    if (!arena_reserve(w, mappings_change_bytes(w, 1))) return false;
    mappings_unmap_pages(w, vmo_at(w, src)->node, first + call_of(w, t)->cursor, first + length / PAGE);
    return true;
}

enum look take_pages(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length) {
    enum look look = LOOK_OK;
    if (list_begun(w, t)) {
        look = take_recheck(w, t, src, offset, length);
    } else {
        if (!list_begin(w, t, length / PAGE)) return look_no_memory(w, t);
    }
    if (look == LOOK_OK && !take_unmap(w, t, src, offset, length)) look = look_no_memory(w, t);
    return look == LOOK_OK ? take_rest(w, t, src, offset, length) : look;
}

/* ---- Putting ---- */

bool put_pages(zxp_world *w, thread_ref t, vmo_ref dst, uint64_t offset, uint64_t length) {
    node_ref n = vmo_at(w, dst)->node;
    uint64_t to = (vmo_at(w, dst)->base + offset) / PAGE, next;
    for (uint64_t page = 0; page < length / PAGE; page = next) {
        struct page_run run = page_map_find(w, &call_of(w, t)->transit, page);
        next = run.end;
        if (!arena_reserve(w, slots_bytes(w, n, 1))) return false;
        struct page_key key = gap_of(w, n);
        if (run.key.state == OWNED) {
            key = frame_moved(w, &run.key, page, to + page, next - page);
            reclaim_enter(w, n, &key);
        }
        slots_set(w, n, to + page, to + next, key, VIEWS_UNMAP, RULE_transfer_put);
    }
    return true;
}
