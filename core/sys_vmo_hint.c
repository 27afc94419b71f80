/*
 * sys_vmo_hint.c - ALWAYS_NEED, DONT_NEED, PREFETCH (chapter
 * 5 section 7, chapter 6 section 7.4, chapter 8 section 1.7).
 *
 * All three are about pages of the pager root that are seen through a VMO; nothing is ever committed in a clone.
 */
#include "reclaim.h"
#include "slots.h"
#include "sys_vmo.h"

enum { HINT_BEGUN = 1, HINT_END = 2 }; /* locals: the range is checked; its end, in pages of the VMO */

static bool in_pager_tree(const zxp_world *w, vmo_ref v) { return node_at(w, vmo_at(w, v)->node)->in_pager_tree; }

/* PREFETCH rounds the range first, and checks it for anonymous memory too. */
static enum rule_number prefetch_check(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    uint64_t end, first = round_down(offset);
    if (wraps(offset, length) || !round_up(offset + length, &end)) return RULE_vmo_prefetch_wraps;
    if (!in_range(first, end - first, vmo_size(w, v))) return RULE_vmo_prefetch_beyond;
    return RULE_none;
}

static enum rule_number always_need_check(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!in_pager_tree(w, v)) return RULE_none;
    return in_range(offset, length, vmo_size(w, v)) ? RULE_none : RULE_vmo_hint_beyond;
}

/* The range is inside the VMO: its end, rounded up, is no more
 * than the size. A length of 0 is nothing for ALWAYS_NEED. */
static void begin(zxp_world *w, thread_ref t, bool always_need, uint64_t offset, uint64_t length) {
    struct call *call = call_of(w, t);
    call->local[HINT_BEGUN] = 1;
    call->local[HINT_END] = always_need && length == 0 ? 0 : pages_of_bytes(offset + length);
    call->cursor = offset / PAGE;
}

static void set_always_need(struct page_key *key, uint64_t value) { key->always_need = (uint8_t)value; }

/* Marks `count` pages alike from `page` of n on, if they belong to the root. False: memory is short. */
static bool mark_pages(zxp_world *w, node_ref n, uint64_t page, uint64_t count) {
    struct found found = node_find(w, n, page, count);
    if (!node_is(found.owner) || !node_is_root(w, found.owner) || !is_frame(&found.key) || found.key.always_need)
        return true;
    if (!arena_reserve(w, slots_bytes(w, found.owner, 1))) return false;
    slots_change(w, found.owner, found.page, found.page + count, set_always_need, 1, VIEWS_KEEP,
                 RULE_vmo_always_needed);
    return true;
}

/* ALWAYS_NEED passes over what cannot be had at once (a detached root): all pages of the absent run alike. */
static void skip(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t left) {
    apply_rule(w, RULE_vmo_hint_skipped);
    call_of(w, t)->cursor += node_find(w, n, page, left).run;
}

static enum look look_at_pages(zxp_world *w, thread_ref t, vmo_ref v, bool always_need) {
    node_ref n = vmo_at(w, v)->node;
    for (;;) {
        struct call *call = call_of(w, t);
        uint64_t end = min_u64(call->local[HINT_END], vmo_size(w, v) / PAGE);
        if (call->cursor >= end) return LOOK_OK;
        uint64_t page = vmo_first_page(w, v) + call->cursor, left = end - call->cursor;
        struct seen seen;
        if (!arena_reserve(w, look_bytes(w, n))) return look_no_memory(w, t);
        enum look look = look_read(w, t, n, page, left, true, &seen);
        if (look == LOOK_WAIT || (look == LOOK_FAILED && !always_need)) return look;
        if (look == LOOK_FAILED) {
            skip(w, t, n, page, left);
            continue;
        }
        if (always_need && !mark_pages(w, n, page, seen.count)) return look_no_memory(w, t);
        call_of(w, t)->cursor += seen.count;
    }
}

enum look range_page_in(zxp_world *w, thread_ref t, vmo_ref v, bool always_need, uint64_t offset, uint64_t length) {
    if (!call_of(w, t)->local[HINT_BEGUN]) {
        enum rule_number rule =
            always_need ? always_need_check(w, v, offset, length) : prefetch_check(w, v, offset, length);
        if (rule != RULE_none) return look_refused(w, t, rule);
        if (!in_pager_tree(w, v)) {
            apply_rule(w, RULE_vmo_hint_anonymous);
            return LOOK_OK;
        }
        begin(w, t, always_need, offset, length);
    }
    return look_at_pages(w, t, v, always_need);
}

/* ---- DONT_NEED ---- */

static bool isolate_pages(zxp_world *w, node_ref n, uint64_t page, uint64_t count) {
    while (count > 0) {
        struct found found = node_find(w, n, page, count);
        bool clean = node_is(found.owner) && found.key.state == CLEAN && found.key.pins == 0;
        if (clean) {
            if (!arena_reserve(w, slots_bytes(w, found.owner, 1))) return false;
            reclaim_isolate(w, found.owner, found.page, found.page + found.run);
        }
        page += found.run;
        count -= found.run;
    }
    return true;
}

enum look range_dont_need(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!in_pager_tree(w, v)) {
        apply_rule(w, RULE_vmo_hint_anonymous);
        return LOOK_OK;
    }
    if (!in_range(offset, length, vmo_at(w, v)->window)) return look_refused(w, t, RULE_vmo_hint_beyond);
    if (length == 0) return LOOK_OK;
    if (!in_range(offset, length, vmo_size(w, v))) return look_refused(w, t, RULE_vmo_hint_beyond);
    uint64_t first = offset / PAGE, end;
    if (!round_up(offset + length, &end)) return look_refused(w, t, RULE_vmo_hint_beyond);
    bool done = isolate_pages(w, vmo_at(w, v)->node, vmo_first_page(w, v) + first, end / PAGE - first);
    return done ? LOOK_OK : look_no_memory(w, t);
}
