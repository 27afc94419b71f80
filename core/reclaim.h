/*
 * reclaim.h - page queues, ageing and eviction (chapter 8 section 1).
 *
 * There are no queues beside the page maps: a frame's key says in which list it is and where (list, generation, stamp). Walks over
 * the queues walk the runs.
 */
#ifndef CORE_RECLAIM_H
#define CORE_RECLAIM_H

#include "slots.h"

/* The queue fields that a frame gets by section 1.1 when it enters state and pins as given by key (newest generation, or no list), with a new stamp. */
void reclaim_enter(zxp_world *w, node_ref n, struct page_key *key);
/* MarkAccessed of pages [first, end) (section 1.3). Reserve slots_bytes(…, 1) before. Cheap when they are newest already. */
void reclaim_mark_accessed(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* DONT_NEED: to the tail of Isolate. One run of C, unpinned pages. */
void reclaim_isolate(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* evict_page for each page of a range, ascending (section 1.12). Returns the number evicted. */
uint64_t reclaim_evict_range(zxp_world *w, node_ref n, uint64_t first, uint64_t end, bool ignore_hints);
void reclaim_age(zxp_world *w);
enum reclaim_level { ONLY_OLDEST, INCLUDE_NEWEST };
uint64_t reclaim_pages(zxp_world *w, uint64_t n, enum reclaim_level level);

#endif
