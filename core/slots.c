/*
 * slots.c - changing the pages of a node (slots.h).
 */
#include "slots.h"

#include "mapping.h"

struct page_key key_frame(enum page_state state, struct content c) {
    return (struct page_key){.state = (uint8_t)state, .kind = c.kind, .content = c.value};
}

char key_letter(const struct page_key *k, uint64_t first, uint64_t page) {
    if (k->state == ZERO_DIRTY && page - first < k->order) return 'Y';
    return ".MCDWZUP"[k->state];
}

struct page_key slot_at(const zxp_world *w, node_ref n, uint64_t page) {
    return page_map_find(w, &node_at(w, n)->map, page).key;
}

struct page_run slot_run(const zxp_world *w, node_ref n, uint64_t page) {
    return page_map_find(w, &node_at(w, n)->map, page);
}

uint64_t slots_bytes(const zxp_world *w, node_ref n, uint64_t changes) {
    return page_map_change_bytes(&node_at(w, n)->map, changes) + mappings_change_bytes(w, changes);
}

/* ---- Events ---- */

/* Where the letters of an interval go over from Y to Z; `end` if not before it. */
static uint64_t letter_end(const struct page_key *k, uint64_t first, uint64_t page, uint64_t end) {
    if (k->state != ZERO_DIRTY || page - first >= k->order) return end;
    return min_u64(end, first + k->order);
}

/* First page of the run that pages from `first` on will belong to when they have this key. */
static uint64_t run_begins(const zxp_world *w, const struct page_map *map, uint64_t first, const struct page_key *key) {
    if (first == 0 || key->state != ZERO_DIRTY) return first;
    struct page_run before = page_map_find(w, map, first - 1);
    return page_key_equal(&before.key, key) ? before.first : first;
}

/* Tells which letters change when [first, end) gets `key`; counts the rule once even if none does. */
static void tell_change(zxp_world *w, node_ref n, uint64_t first, uint64_t end, const struct page_key *key,
                        enum rule_number rule) {
    if (!observed(w)) {
        count_rule(w, rule);
        return;
    }
    const struct page_map *map = &node_at(w, n)->map;
    uint64_t begins = run_begins(w, map, first, key);
    bool told = false;
    for (uint64_t page = first, stop; page < end; page = stop) {
        struct page_run run = page_map_find(w, map, page);
        stop = letter_end(&run.key, run.first, page, min_u64(run.end, end));
        stop = letter_end(key, begins, page, stop);
        char before = key_letter(&run.key, run.first, page), after = key_letter(key, begins, page);
        if (before == after) continue;
        tell_pages(w, n, page, stop, before, after, rule);
        told = true;
    }
    if (!told) count_rule(w, rule);
}

static void change_views(zxp_world *w, node_ref n, uint64_t first, uint64_t end, enum slot_views views) {
    if (views == VIEWS_UNMAP) mappings_unmap_pages(w, n, first, end);
}

/* ---- Changes ---- */

void slots_set(zxp_world *w, node_ref n, uint64_t first, uint64_t end, struct page_key key, enum slot_views views,
               enum rule_number rule) {
    if (first >= end) return;
    struct node *node = node_at(w, n);
    tell_change(w, n, first, end, &key, rule);
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, &node->map, first, end); page_walk_next(&walk, &run);) {
        if (run.key.pins > 0) node->pinned -= run.end - run.first;
        if (is_frame(&run.key) && run.key.kind == CONTENT_BODY) body_release(w, run.key.content, run.end - run.first);
    }
    if (key.pins > 0) node->pinned += end - first;
    page_map_set(w, &node->map, first, end, key);
    change_views(w, n, first, end, views);
}

void slots_change(zxp_world *w, node_ref n, uint64_t first, uint64_t end,
                  void (*change)(struct page_key *key, uint64_t argument), uint64_t argument, enum slot_views views,
                  enum rule_number rule) {
    struct node *node = node_at(w, n);
    for (uint64_t page = first, stop; page < end; page = stop) {
        struct page_run run = page_map_find(w, &node->map, page);
        struct page_key key = run.key;
        stop = min_u64(run.end, end);
        change(&key, argument);
        if (page_key_equal(&key, &run.key)) continue;
        tell_change(w, n, page, stop, &key, rule);
        if (run.key.pins > 0) node->pinned -= stop - page;
        if (key.pins > 0) node->pinned += stop - page;
        page_map_set(w, &node->map, page, stop, key);
        change_views(w, n, page, stop, views);
    }
}
