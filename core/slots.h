/*
 * slots.h - changing the pages of a node: the one place where page maps are written.
 *
 * slots_set keeps what must stay true of every change: body references, the node's count of pinned pages, translations
 * of the pages that change (chapter 7 section 5), and the PAGE event with its rule.
 */
#ifndef CORE_SLOTS_H
#define CORE_SLOTS_H

#include "call.h"
#include "content.h"
#include "page_map.h"

static inline struct page_key key_absent(void) { return (struct page_key){.state = ABSENT}; }
static inline struct page_key key_of(enum page_state state) { return (struct page_key){.state = (uint8_t)state}; }
struct page_key key_frame(enum page_state state, struct content c); /* no pins, no hints, no list */
static inline struct content key_content(const struct page_key *k) { return (struct content){k->content, k->kind}; }
/* C, D, W or P: has memory. */
static inline bool is_frame(const struct page_key *k) {
    return k->state == CLEAN || k->state == DIRTY || k->state == AWAITING || k->state == OWNED;
}
static inline bool is_interval(const struct page_key *k) {
    return k->state == ZERO_DIRTY || k->state == ZERO_UNTRACKED;
}
/* C, W, M, Z, Y, U: needs a DIRTY request on a TRAP VMO (chapter 4 section 1). */
static inline bool is_not_dirty(const struct page_key *k) {
    return k->state != ABSENT && k->state != DIRTY && k->state != OWNED;
}
/* The letter of page `page` of a run that begins at `first` (Y needs to know). */
char key_letter(const struct page_key *k, uint64_t first, uint64_t page);

/* The key of one page (a copy). Requires page < size. */
struct page_key slot_at(const zxp_world *w, node_ref n, uint64_t page);
/* The run that holds a page. */
struct page_run slot_run(const zxp_world *w, node_ref n, uint64_t page);
/* Says that look-ups and changes near `page` follow (page_map_approach). */
static inline void slots_approach(const zxp_world *w, node_ref n, uint64_t page) {
    page_map_approach(w, &node_at(w, n)->map, page);
}

/* What happens to translations when slots change (chapter 7 section 5): KEEP (only bookkeeping changed: pins, hints,
 * queues), UNMAP (removed here and in children that see the pages). */
enum slot_views { VIEWS_KEEP, VIEWS_UNMAP };

/* Sets pages [first, end) of the node to key. `key` carries one body reference per page
 * if it is a body (the caller took them: use slots_set for content it owns); references
 * of what was there are released. Reserve slots_bytes(w, n, changes) before. */
uint64_t slots_bytes(const zxp_world *w, node_ref n, uint64_t changes);
void slots_set(zxp_world *w, node_ref n, uint64_t first, uint64_t end, struct page_key key, enum slot_views views,
               enum rule_number rule);
/* Applies change(&key, argument) to every run of [first, end): for changes that keep content (state, pins, hints,
 * lists). The content and its references stay. Cannot turn intervals or absence into frames. Counts as one change for
 * slots_bytes, however many runs there are. Views and events only where the key really changed. */
void slots_change(zxp_world *w, node_ref n, uint64_t first, uint64_t end,
                  void (*change)(struct page_key *key, uint64_t argument), uint64_t argument, enum slot_views views,
                  enum rule_number rule);

#endif
