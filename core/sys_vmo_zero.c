/*
 * sys_vmo_zero.c - ZX_VMO_OP_ZERO, and the zeroing that resizing needs (chapter 5 section 6.4, chapter 6 section 7.3).
 *
 * The range is done piece by piece: a partial page, whole pages, a partial page. Each piece is checked when its turn
 * comes. The call's cursor counts the bytes done.
 */
#include "mapping.h"
#include "slots.h"
#include "sys_vmo.h"

static void done_bytes(zxp_world *w, thread_ref t, uint64_t bytes) { call_of(w, t)->cursor += bytes; }

/* ---- Writing zeros into a page that is kept ---- */

/* Pages [first, first + *count) of n, or a part of one page, become n's own and zero in place. May wait. */
static enum look write_zeros(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t length) {
    uint64_t count;
    if (!arena_reserve(w, look_bytes(w, n) + write_bytes(w, n))) return look_no_memory(w, t);
    enum look look = look_own(w, t, n, offset / PAGE, OWN_WRITE, 1, &count);
    if (look != LOOK_OK) return look;
    node_write_zero(w, n, offset, length);
    root_modified(w, n);
    return LOOK_OK;
}

/* Whole pages, one after the other: each may have to be asked for. */
static enum look write_zero_pages(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    for (uint64_t page = first; page < end; page++) {
        enum look look = write_zeros(w, t, n, page * PAGE, PAGE);
        if (look != LOOK_OK) return look;
        done_bytes(w, t, PAGE);
    }
    return LOOK_OK;
}

/* Frames that the node has already, whose writing never waits. */
static bool zero_in_place(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    for (uint64_t page = first, count; page < end; page += count) {
        if (!arena_reserve(w, look_bytes(w, n) + write_bytes(w, n))) return false;
        enum look look = look_own(w, t, n, page, OWN_WRITE, end - page, &count);
        assert(look == LOOK_OK);
        (void)look;
        node_write_zero(w, n, page * PAGE, count * PAGE);
    }
    return true;
}

/* ---- Whole pages of a pager root: chapter 3 section 9.2 ---- */

static enum look zero_root(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    for (;;) {
        if (!arena_reserve(w, root_change_bytes(w, n, first, end))) return look_no_memory(w, t);
        uint64_t stop = root_zero_whole(w, n, first, end, true);
        if (stop > first) root_modified(w, n);
        done_bytes(w, t, (stop - first) * PAGE);
        if (stop == end) return LOOK_OK;
        enum look look = write_zeros(w, t, n, stop * PAGE, PAGE); /* pinned */
        if (look != LOOK_OK) return look;
        done_bytes(w, t, PAGE);
        first = stop + 1;
    }
}

/* ---- Whole pages of an anonymous node: what it has is freed, and nothing shows through ---- */

static bool free_page_run(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    if (!arena_reserve(w, slots_bytes(w, n, 1))) return false;
    slots_set(w, n, first, end, key_absent(), VIEWS_UNMAP, RULE_vmo_zero_dropped);
    return true;
}

static enum look zero_anonymous(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, n, page);
        next = min_u64(run.end, end);
        bool done = true;
        if (run.key.pins > 0) {
            apply_rule(w, RULE_vmo_zero_pinned);
            done = zero_in_place(w, t, n, page, next);
        } else if (run.key.state != ABSENT) {
            done = free_page_run(w, n, page, next);
        }
        if (!done) return look_no_memory(w, t);
        done_bytes(w, t, (next - page) * PAGE);
    }
    return LOOK_OK;
}

/* ---- Whole pages of a clone in a pager tree: the table of chapter 6 section 7.3. Never asks the pager. ---- */

enum clone_zero { ZERO_ALREADY, ZERO_IN_PLACE, ZERO_DROP, ZERO_HIDE, ZERO_FILL };

/* What is done to page `page`, and up to which page (at most *end) the same. */
static enum clone_zero clone_zero_of(const zxp_world *w, node_ref n, uint64_t page, uint64_t *end) {
    struct page_run run = slot_run(w, n, page);
    uint64_t limit = node_at(w, n)->limit / PAGE;
    *end = min_u64(*end, run.end);
    if (run.key.state == MARKER) return ZERO_ALREADY;
    if (run.key.pins > 0) return ZERO_IN_PLACE;
    if (run.key.share != 0) return ZERO_HIDE;
    bool empty = run.key.state == ABSENT;
    if (page >= limit) return empty ? ZERO_ALREADY : ZERO_DROP;
    struct found above = node_find_above(w, n, page, *end - page);
    *end = min_u64(min_u64(*end, limit), page + above.run);
    if (node_is(above.owner) && is_frame(&above.key)) return ZERO_HIDE;
    return empty ? ZERO_FILL : ZERO_IN_PLACE;
}

static void set_clone_pages(zxp_world *w, node_ref n, uint64_t page, uint64_t end, enum clone_zero what) {
    struct page_key zero_page = key_frame(OWNED, content_zero());
    switch (what) {
    case ZERO_DROP: slots_set(w, n, page, end, key_absent(), VIEWS_UNMAP, RULE_vmo_zero_dropped); break;
    case ZERO_HIDE: slots_set(w, n, page, end, key_of(MARKER), VIEWS_UNMAP, RULE_vmo_zero_hidden); break;
    case ZERO_FILL: slots_set(w, n, page, end, zero_page, VIEWS_UNMAP, RULE_vmo_zero_filled); break;
    default: apply_rule(w, RULE_vmo_zero_already); break;
    }
}

static enum look zero_clone(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    for (uint64_t page = first, next; page < end; page = next) {
        next = end;
        enum clone_zero what = clone_zero_of(w, n, page, &next);
        if (what == ZERO_IN_PLACE) {
            apply_rule(w, RULE_vmo_zero_pinned);
            if (!zero_in_place(w, t, n, page, next)) return look_no_memory(w, t);
        } else {
            if (!arena_reserve(w, slots_bytes(w, n, 1))) return look_no_memory(w, t);
            set_clone_pages(w, n, page, next, what);
        }
        done_bytes(w, t, (next - page) * PAGE);
    }
    return LOOK_OK;
}

/* Also of pages that are zero already, or are zeroed in place,
 * translations go (chapter 7 section 5). False: memory is short. */
static bool zero_unmap(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    if (!arena_reserve(w, mappings_change_bytes(w, 1))) return false;
    mappings_unmap_pages(w, n, first, end);
    return true;
}

/* Chapter 9 sections 4.4, 5.5: zeroing a root acts as a write, page by page. */
static bool zeroes_as_writes(const zxp_world *w, node_ref n) {
    return node_is_root(w, n) && !profile_is(w, ZXP_PROFILE_HEAD);
}

static enum look zero_pages(zxp_world *w, thread_ref t, node_ref n, uint64_t first, uint64_t end) {
    if (zeroes_as_writes(w, n)) return write_zero_pages(w, t, n, first, end);
    if (!zero_unmap(w, n, first, end)) return look_no_memory(w, t);
    if (!node_at(w, n)->in_pager_tree) return zero_anonymous(w, t, n, first, end);
    if (!node_is_root(w, n)) return zero_clone(w, t, n, first, end);
    return zero_root(w, t, n, first, end);
}

/* ---- The pieces ---- */

/* local[1]: the partial page has become a write and waits; it stays
 * one even if the page is zero when it wakes (5 section 6.4). */
enum { ZERO_WRITES = 1 };

/* An absent page of anonymous memory is zero; one of a pager root or its clones is not known to be. */
static bool reads_zero(const zxp_world *w, node_ref n, uint64_t page) {
    struct page_key key = slot_at(w, n, page);
    if (zeroes_as_writes(w, n)) return false;
    return key.state == MARKER || is_interval(&key) || (key.state == ABSENT && !node_at(w, n)->in_pager_tree);
}

static enum look zero_part(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    node_ref n = vmo_at(w, v)->node;
    uint64_t at = vmo_at(w, v)->base + offset;
    if (round_down(offset) >= vmo_size(w, v)) return look_refused(w, t, RULE_vmo_zero_beyond);
    if (!call_of(w, t)->local[ZERO_WRITES] && reads_zero(w, n, at / PAGE)) {
        apply_rule(w, RULE_vmo_zero_already);
    } else {
        if (!vmo_is_cached(w, v)) return look_refused(w, t, RULE_vmo_zero_uncached);
        if (vmo_is_discarded(w, v)) return look_refused(w, t, RULE_vmo_zero_discarded);
        enum look look = write_zeros(w, t, n, at, length);
        call_of(w, t)->local[ZERO_WRITES] = look == LOOK_WAIT;
        if (look != LOOK_OK) return look;
    }
    done_bytes(w, t, length);
    return LOOK_OK;
}

static enum look zero_body(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!in_range(offset, length, vmo_at(w, v)->window)) return look_refused(w, t, RULE_vmo_zero_beyond);
    if (decommit_refusal(w, v, offset, length) == RULE_none) {
        if (!decommit_pages(w, v, offset, length)) return look_no_memory(w, t);
        done_bytes(w, t, length);
        return LOOK_OK;
    }
    if (!vmo_is_cached(w, v)) return look_refused(w, t, RULE_vmo_zero_uncached);
    if (!in_range(offset, length, vmo_size(w, v))) return look_refused(w, t, RULE_vmo_zero_beyond);
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE;
    return zero_pages(w, t, vmo_at(w, v)->node, first, first + length / PAGE);
}

enum look range_zero(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    while (call_of(w, t)->cursor < length) {
        uint64_t at = offset + call_of(w, t)->cursor, left = length - call_of(w, t)->cursor;
        uint64_t in_page = PAGE - at % PAGE;
        bool part = in_page < PAGE || left < PAGE;
        enum look look =
            part ? zero_part(w, t, v, at, min_u64(left, in_page)) : zero_body(w, t, v, at, round_down(left));
        if (look != LOOK_OK) return look;
    }
    return LOOK_OK;
}
