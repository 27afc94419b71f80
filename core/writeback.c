/*
 * writeback.c - WRITEBACK_BEGIN and WRITEBACK_END on the pages of a pager root (chapter 3 sections 5.4, 5.5).
 */
#include "mapping.h"
#include "page_state.h"
#include "reclaim.h"

/* ---- BEGIN ---- */

/* The awaiting-clean length is never lowered, and never counts from elsewhere than the first page. */
static void begin_interval(zxp_world *w, node_ref root, const struct page_run *run, uint64_t end) {
    struct page_key key = run->key;
    key.order = max_u64(key.order, min_u64(run->end, end) - run->first);
    if (key.order != run->key.order)
        slots_set(w, root, run->first, run->end, key, VIEWS_KEEP, RULE_page_writeback_zero);
}

static void set_state(struct page_key *key, uint64_t state) { key->state = (uint8_t)state; }

static void begin_run(zxp_world *w, node_ref root, uint64_t page, uint64_t next, const struct page_run *run,
                      uint64_t end, bool zero_only) {
    if (run->key.state == ZERO_DIRTY && run->first < page)
        apply_rule(w, RULE_page_writeback_inside);
    else if (run->key.state == ZERO_DIRTY)
        begin_interval(w, root, run, end);
    else if (run->key.state == DIRTY && !zero_only && run->key.pins > 0)
        apply_rule(w, RULE_page_writeback_pinned);
    else if (run->key.state == DIRTY && !zero_only)
        slots_change(w, root, page, next, set_state, AWAITING, VIEWS_KEEP, RULE_page_writeback_begun);
}

void root_writeback_begin(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool zero_only) {
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, root, page);
        next = min_u64(run.end, end);
        begin_run(w, root, page, next, &run, end, zero_only);
    }
    mappings_protect_pages(w, root, first, end); /* both variants, and pages that stay D too */
}

/* ---- END ---- */

/* The page is clean, and newest among those that may be reclaimed unless it has been pinned since. */
static void end_write(struct page_key *key, uint64_t ticket) {
    key->state = CLEAN;
    reclaim_place(key, ticket);
}

/* An interval whose first page is inside the range: what lies before `limit` becomes absent. */
static void end_interval(zxp_world *w, node_ref root, const struct page_run *run, uint64_t end, uint64_t *limit) {
    *limit = max_u64(*limit, run->first + run->key.order);
    uint64_t clean = min_u64(min_u64(*limit, run->end), end);
    interval_clip_start(w, root, run->first, clean - run->first, RULE_page_writeback_zero_ended);
}

void root_writeback_end(zxp_world *w, node_ref root, uint64_t first, uint64_t end) {
    uint64_t limit =
        first; /* carried from one interval to the next: a split's right piece is cleaned by the left one's length */
    uint64_t ticket = reclaim_ticket(w, root);
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, root, page);
        next = min_u64(run.end, end);
        if (run.key.state == AWAITING)
            slots_change(w, root, page, next, end_write, ticket, VIEWS_KEEP, RULE_page_writeback_ended);
        else if (run.key.state == ZERO_DIRTY && run.first < page)
            apply_rule(w, RULE_page_writeback_inside);
        else if (run.key.state == ZERO_DIRTY)
            end_interval(w, root, &run, end, &limit);
    }
}
