/*
 * reclaim.h - page queues, ageing and eviction (chapter 8 section 1).
 *
 * There are no queues beside the page maps: a frame's key says in which list it is and where (list, generation, stamp).
 * Walks over the queues walk the runs.
 */
#ifndef CORE_RECLAIM_H
#define CORE_RECLAIM_H

#include "slots.h"

/* The queue fields that a frame gets by section 1.1 when it enters state and
 * pins as given by key (newest generation, or no list), with a new stamp. */
void reclaim_enter(zxp_world *w, node_ref n, struct page_key *key);
/* The same in two steps: for the functions that slots_change calls,
 * which do not see the world, and to give a whole range one stamp. */
uint64_t reclaim_ticket(zxp_world *w, node_ref n);
void reclaim_place(struct page_key *key, uint64_t ticket);
/* In no list any more: the page was dirtied or pinned. */
void reclaim_leave(struct page_key *key);

/* MarkAccessed of pages [first, end) (section 1.3). Reserve slots_bytes(…, 1). Cheap when they are newest already. */
void reclaim_mark_accessed(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* DONT_NEED: to the tail of Isolate. One run of C, unpinned pages. Reserve slots_bytes(…, 1). */
void reclaim_isolate(zxp_world *w, node_ref n, uint64_t first, uint64_t end);

/* evict_page for each page of a range, ascending (section 1.12). Returns how many went. Reserve reclaim_evict_bytes. */
uint64_t reclaim_evict_range(zxp_world *w, node_ref n, uint64_t first, uint64_t end, bool ignore_hints);
uint64_t reclaim_evict_bytes(const zxp_world *w, node_ref n);

/* One step of ageing (section 1.2), and reclaim(n, level) (section 1.5), which returns the pages freed: more than n
 * when a discardable VMO went whole. Reserve reclaim_bytes before each. */
enum reclaim_level { ONLY_OLDEST, INCLUDE_NEWEST };
void reclaim_age(zxp_world *w);
uint64_t reclaim_pages(zxp_world *w, uint64_t n, enum reclaim_level level);
uint64_t reclaim_bytes(const zxp_world *w);

#endif
