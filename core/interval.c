/*
 * interval.c - zero intervals of a pager root: add, take out, convert, clip (chapter 3 section 5).
 *
 * An interval is one run of the page map in ZERO_DIRTY or ZERO_UNTRACKED: first, end, kind, and in `order` its
 * awaiting-clean length (acl), counted from `first`. Two of one kind are never neighbours, so a maximal interval and a
 * run are the same thing; the map merges only equal keys, hence the work here when the acl of neighbours differs.
 */
#include "page_state.h"

static enum page_state state_at(const zxp_world *w, node_ref root, uint64_t page) {
    return (enum page_state)slot_at(w, root, page).state;
}

static struct page_key interval_key(enum page_state kind, uint64_t acl) {
    struct page_key key = key_of(kind);
    key.order = acl;
    return key;
}

/* The acl that survives when the first `pages` pages of an interval go. */
static uint64_t acl_after(uint64_t acl, uint64_t pages) { return acl > pages ? acl - pages : 0; }

/* Gives what will be left of an interval its new acl; before the rest goes, for the acl counts from the first page. */
static void set_acl(zxp_world *w, node_ref root, uint64_t first, uint64_t end, const struct page_key *old, uint64_t acl,
                    enum rule_number rule) {
    if (old->order == acl) return;
    slots_set(w, root, first, end, interval_key((enum page_state)old->state, acl), VIEWS_KEEP, rule);
}

void interval_add(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind,
                  enum rule_number rule) {
    if (first >= end) return;
    struct page_key key = key_of(kind);
    if (first > 0 && state_at(w, root, first - 1) == kind) key = slot_at(w, root, first - 1); /* its acl is kept */
    slots_set(w, root, first, end, key, VIEWS_KEEP, rule);
    if (end == node_at(w, root)->map.pages || state_at(w, root, end) != kind) return;
    struct page_run right = slot_run(w, root, end);
    slots_set(w, root, end, right.end, key, VIEWS_KEEP, RULE_page_interval_merged); /* its acl is lost */
}

void interval_take_out(zxp_world *w, node_ref root, uint64_t first, uint64_t end, struct page_key key,
                       enum rule_number rule) {
    struct page_run run = slot_run(w, root, first);
    /* A page in front that goes shortens the acl by one; behind a hole, the right-hand piece starts with none. */
    uint64_t acl = first == run.first ? acl_after(run.key.order, end - first) : 0;
    set_acl(w, root, end, run.end, &run.key, acl, RULE_page_interval_split);
    slots_set(w, root, first, end, key, VIEWS_UNMAP, rule);
}

bool interval_convert(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind,
                      enum rule_number rule) {
    struct page_run run = slot_run(w, root, first);
    if (first > run.first && end < run.end) return false; /* note 10: strictly inside, not done */
    if (first == run.first)
        set_acl(w, root, end, run.end, &run.key, acl_after(run.key.order, end - first), RULE_page_interval_split);
    interval_add(w, root, first, end, kind, rule);
    return true;
}

void interval_clip_start(zxp_world *w, node_ref root, uint64_t first, uint64_t pages, enum rule_number rule) {
    struct page_run run = slot_run(w, root, first);
    set_acl(w, root, first + pages, run.end, &run.key, acl_after(run.key.order, pages), RULE_page_interval_split);
    slots_set(w, root, first, first + pages, key_absent(), VIEWS_UNMAP, rule);
}
