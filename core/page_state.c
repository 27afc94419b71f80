/*
 * page_state.c - supply, dirtying, zeroing, resize, detach: the transitions of the pages of a pager root (chapter 3).
 *
 * Walks go by runs of the page map and look the next run up anew after each change, because a change moves the map.
 */
#include "page_state.h"

#include "mapping.h"
#include "node.h"
#include "reclaim.h"
#include "transfer.h"

static uint64_t pages_of(const zxp_world *w, node_ref n) { return node_at(w, n)->map.pages; }

static bool is_old(const zxp_world *w) { return !profile_is(w, ZXP_PROFILE_HEAD); }

static bool is_absent(const struct page_key *key) { return key->state == ABSENT; }
static bool is_present(const struct page_key *key) { return key->state != ABSENT; }
static bool is_not_tracked_frame(const struct page_key *key) { return !is_frame(key); }
static bool is_dirty_or_absent(const struct page_key *key) { return !is_not_dirty(key); }

/* The first page of [page, end) of which test holds, else end. */
static uint64_t first_of(const zxp_world *w, node_ref n, uint64_t page, uint64_t end,
                         bool (*test)(const struct page_key *)) {
    return page_map_first(w, &node_at(w, n)->map, page, end, test);
}

/* Runs begin at the ends of the range only, and END begins one for each interval that is clean in part. */
uint64_t root_change_bytes(const zxp_world *w, node_ref root, uint64_t first, uint64_t end) {
    uint64_t parts = 0;
    struct page_run run;
    if (end - first == 1) return slots_bytes(w, root, 1);
    for (struct page_walk k = page_walk_begin(w, &node_at(w, root)->map, first, end); page_walk_next(&k, &run);)
        if (run.key.state == ZERO_DIRTY && run.key.order < run.end - run.first) parts++;
    return slots_bytes(w, root, 1 + parts);
}

void root_modified(zxp_world *w, node_ref n) {
    if (!node_is_root(w, n) || is_old(w)) return;
    struct source *source = source_at(w, node_at(w, n)->source);
    if (source->modified) return;
    source->modified = 1;
    apply_rule(w, RULE_page_modified);
}

static void resolve(zxp_world *w, node_ref root, enum request_type type, uint64_t first, uint64_t end,
                    enum rule_number rule) {
    request_resolve(w, node_at(w, root)->source, type, first * PAGE, (end - first) * PAGE, ZX_OK, rule);
}

/* ---- Dirtying: section 7 ---- */

/* C, W, D: to D, out of the reclaim list (chapter 8 section 1.3). */
static void make_dirty(struct page_key *key, uint64_t state) {
    key->state = (uint8_t)state;
    reclaim_leave(key);
}

static enum look ask_dirty(zxp_world *w, thread_ref t, node_ref root, uint64_t page, uint64_t end) {
    reclaim_mark_accessed(w, root, page, end); /* grace until the pager answers */
    apply_rule(w, RULE_page_needs_dirty);
    return request_populate(w, t, node_at(w, root)->source, REQUEST_DIRTY, page * PAGE, (end - page) * PAGE);
}

enum look root_prepare_write(zxp_world *w, thread_ref t, node_ref root, uint64_t page, uint64_t n) {
    if (is_old(w) || slot_at(w, root, page).state == DIRTY) return LOOK_OK;
    uint64_t end = page + min_u64(n, pages_of(w, root) - page);
    if (source_at(w, node_at(w, root)->source)->trap)
        return ask_dirty(w, t, root, page, first_of(w, root, page, end, is_dirty_or_absent));
    end = first_of(w, root, page, end, is_not_tracked_frame);
    slots_change(w, root, page, end, make_dirty, DIRTY, VIEWS_KEEP, RULE_page_written);
    return LOOK_OK;
}

/* A zero page in place of M or of pages of an interval, all in one run: M has no acl that would be cut. */
static void fill_zero(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state state,
                      enum rule_number rule) {
    struct page_key key = key_frame(state, content_zero());
    reclaim_enter(w, root, &key);
    interval_take_out(w, root, first, end, key, rule);
}

void root_materialise(zxp_world *w, node_ref root, uint64_t page, uint64_t n, bool dirty) {
    fill_zero(w, root, page, page + n, dirty ? DIRTY : CLEAN, dirty ? RULE_page_zero_written : RULE_page_marker_filled);
}

bool root_any_absent(const zxp_world *w, node_ref root, uint64_t first, uint64_t end) {
    return first_of(w, root, first, end, is_absent) < end;
}

void root_dirty(zxp_world *w, node_ref root, uint64_t first, uint64_t end) {
    for (uint64_t from; (from = first_of(w, root, first, end, is_not_dirty)) < end;) {
        first = first_of(w, root, from, end, is_dirty_or_absent);
        for (uint64_t page = from, stop; page < first; page = stop) {
            struct page_run run = slot_run(w, root, page);
            stop = min_u64(run.end, first);
            if (is_frame(&run.key))
                slots_change(w, root, page, stop, make_dirty, DIRTY, VIEWS_KEEP, RULE_page_granted);
            else
                fill_zero(w, root, page, stop, DIRTY, RULE_page_granted);
        }
        resolve(w, root, REQUEST_DIRTY, from, first, RULE_page_granted);
    }
}

/* Resolves `type` for each maximal run of [first, end) of which test holds and rest does not. */
static void resolve_runs(zxp_world *w, node_ref root, enum request_type type, uint64_t first, uint64_t end,
                         bool (*test)(const struct page_key *), bool (*rest)(const struct page_key *),
                         enum rule_number rule) {
    for (uint64_t from; (from = first_of(w, root, first, end, test)) < end;) {
        first = first_of(w, root, from, end, rest);
        resolve(w, root, type, from, first, rule);
    }
}

void root_release_dirty_waiters(zxp_world *w, node_ref root, uint64_t first, uint64_t end) {
    resolve_runs(w, root, REQUEST_DIRTY, first, end, is_not_dirty, is_dirty_or_absent, RULE_page_released);
    resolve_runs(w, root, REQUEST_DIRTY, first, end, is_absent, is_present, RULE_page_released);
}

/* ---- Supply: section 8 ---- */

/* Runs begin at the ends of the range, and in between where one of the list does. */
uint64_t root_supply_bytes(const zxp_world *w, node_ref root, const struct taken *list) {
    return slots_bytes(w, root, list->map.runs);
}

/* What one run of the transit list makes of absent pages of the root; takes a body reference for each page. */
static struct page_key arrival(zxp_world *w, const struct page_run *from, uint64_t to, uint64_t ticket) {
    if (!is_frame(&from->key)) return key_of(MARKER);
    struct content content = key_content(&from->key);
    if (content.kind == CONTENT_BODY) body_retain(w, content.value, from->end - from->first);
    struct page_key key = key_frame(CLEAN, content_moved(content, from->first, to));
    reclaim_place(&key, ticket);
    return key;
}

/* Fills the absent pages [page, end) from the list, whose page 0 belongs at `first`. */
static void fill(zxp_world *w, node_ref root, uint64_t first, uint64_t page, uint64_t end, const struct taken *list,
                 uint64_t ticket) {
    struct page_run from;
    for (struct page_walk k = page_walk_begin(w, &list->map, page - first, end - first); page_walk_next(&k, &from);) {
        struct page_key key = arrival(w, &from, first + from.first, ticket);
        slots_set(w, root, first + from.first, first + from.end, key, VIEWS_UNMAP,
                  key.state == MARKER ? RULE_page_supplied_zero : RULE_page_supplied);
    }
}

void root_supply(zxp_world *w, node_ref root, uint64_t first, const struct taken *list) {
    uint64_t end = first + list->map.pages, ticket = reclaim_ticket(w, root);
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, root, page);
        next = min_u64(run.end, end);
        if (run.key.state != ABSENT) {
            apply_rule(w, RULE_page_supply_ignored);
            continue;
        }
        fill(w, root, first, page, next, list, ticket);
        resolve(w, root, REQUEST_READ, page, next, RULE_page_supplied);
    }
}

/* ---- Zeroing whole pages: sections 9.2, 11 ---- */

/* One run, or the part of it in the range. The walk goes on behind it in any case. */
static void zero_run(zxp_world *w, node_ref root, uint64_t page, uint64_t end, const struct page_key *key,
                     enum page_state kind) {
    enum rule_number rule = kind == ZERO_DIRTY ? RULE_page_zeroed : RULE_page_untracked;
    if (key->state == ABSENT) resolve(w, root, REQUEST_READ, page, end, RULE_page_zero_read);
    if (key->state == kind) return; /* zeros over zeros: acl kept */
    if (key->state == MARKER && kind == ZERO_DIRTY)
        apply_rule(w, RULE_page_zero_marker);
    else if (!is_interval(key))
        interval_add(w, root, page, end, kind, rule);
    else if (!interval_convert(w, root, page, end, kind, rule))
        apply_rule(w, RULE_page_zero_inside);
}

uint64_t root_zero_whole(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool tracked) {
    mappings_unmap_pages(w, root, first, end);
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, root, page);
        if (run.key.pins > 0) {
            apply_rule(w, RULE_page_zero_pinned);
            return page;
        }
        next = min_u64(run.end, end);
        zero_run(w, root, page, next, &run.key, tracked ? ZERO_DIRTY : ZERO_UNTRACKED);
    }
    return end;
}

/* ---- Detach: section 12 ---- */

void root_detach_pages(zxp_world *w, node_ref root) {
    if (is_old(w)) return; /* chapter 9 section 3: nothing is removed */
    uint64_t end = pages_of(w, root);
    mappings_unmap_pages(w, root, 0, end);
    for (uint64_t page = 0, next; page < end; page = next) {
        struct page_run run = slot_run(w, root, page);
        next = run.end;
        if (run.key.state == CLEAN && run.key.pins > 0)
            apply_rule(w, RULE_page_detach_pinned);
        else if (run.key.state == CLEAN || run.key.state == MARKER)
            slots_set(w, root, page, next, key_absent(), VIEWS_KEEP, RULE_page_detached);
    }
}

/* ---- Resize: section 6 ---- */

static void shrink(zxp_world *w, node_ref root, uint64_t from, uint64_t end) {
    mappings_unmap_pages(w, root, from, end);
    resolve_runs(w, root, REQUEST_READ, from, end, is_absent, is_present, RULE_page_cut_read);
    root_release_dirty_waiters(w, root, from, end);
    slots_set(w, root, from, end, key_absent(), VIEWS_KEEP,
              RULE_page_cut); /* an interval that crosses is clipped, acl kept */
    page_map_resize(w, &node_at(w, root)->map, from, key_absent());
    node_at(w, root)->size = from * PAGE;
    node_cut_children(w, root, from * PAGE);
}

static void grow(zxp_world *w, node_ref root, uint64_t from, uint64_t end) {
    page_map_resize(w, &node_at(w, root)->map, end, key_absent());
    node_at(w, root)->size = end * PAGE;
    if (!is_old(w)) interval_add(w, root, from, end, ZERO_DIRTY, RULE_page_grown);
}

void root_resize(zxp_world *w, node_ref root, uint64_t size) {
    uint64_t old = pages_of(w, root), pages = size / PAGE;
    if (pages < old)
        shrink(w, root, pages, old);
    else
        grow(w, root, old, pages);
    root_modified(w, root);
}
