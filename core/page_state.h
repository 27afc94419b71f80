/*
 * page_state.h - the states of a page of a pager root and everything that moves it (chapter 3).
 *
 * [the author of page_state.c opens this header with the letters, the state diagram, the list "X -> Y [function, rule]" and
 * the numbered facts that hold in each state, which zxp_check asserts]
 */
#ifndef CORE_PAGE_STATE_H
#define CORE_PAGE_STATE_H

#include "request.h"
#include "slots.h"

/* All byte ranges are page aligned and inside the root unless said otherwise; reservations are the caller's: root_change_bytes covers any
 * one of these calls on [first, end) pages. */
uint64_t root_change_bytes(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);

/* Chapter 3 sections 5.2, 5.3: the primitives of zero intervals. Pages, half open. */
void interval_add(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind, enum rule_number rule);
/* Pages [first, end), all inside one interval, become `key` (frames): split page by page in rising order (5.2). */
void interval_take_out(zxp_world *w, node_ref root, uint64_t first, uint64_t end, struct page_key key, enum rule_number rule);

/* Section 7.1 (PrepareForWrite) at `page`, at most n pages. Plain: marks the run of C, D, W dirty, LOOK_OK. TRAP: DIRTY request, LOOK_WAIT or
 * LOOK_FAILED; LOOK_OK if the page is D. */
enum look root_prepare_write(zxp_world *w, thread_ref t, node_ref root, uint64_t page, uint64_t n);
/* Section 7.0 case 2: fresh zero page(s) over M, Z, Y, U at `page`; `dirty`: D, else C. At most n pages alike; returns how many. */
uint64_t root_materialise(zxp_world *w, node_ref root, uint64_t page, uint64_t n, bool dirty);

/* Section 8: one page run arrives. `frame` NULL content: M. Fills only absent pages of [first, end) with content of the same run moved from
 * page `from` of the source list; the others are freed by the caller. Resolves READ for the maximal filled runs: the caller passes the whole
 * taken list, see pager.c. */
struct taken; /* transfer.h: the transit list */
void root_supply(zxp_world *w, node_ref root, uint64_t first, const struct taken *list);

/* Section 9.2, and 11: whole pages. tracked: to Z; untracked: to U (pins were checked). Stops at the first pinned page for tracked and returns
 * its number, `end` when done; *processed counts pages done (for `modified`). Resolves READ for absent runs. */
uint64_t root_zero_whole(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool tracked, uint64_t *processed);

/* Section 7.3 step 12, and the release. */
bool root_any_absent(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_dirty(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_release_dirty_waiters(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
/* Sections 5.4, 5.5, 12. */
void root_writeback_begin(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool zero_only);
void root_writeback_end(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_detach_pages(zxp_world *w, node_ref root); /* C (unpinned) and M to A; translations of the whole VMO removed */
/* Section 6 (pins were checked): requests resolved, intervals clipped, translations, children's limits; growth is Z (2020: A). */
void root_resize(zxp_world *w, node_ref root, uint64_t size);
/* A root was written to, in the sense of section 10.2. n may be any node: only a pager root has the bit. */
void root_modified(zxp_world *w, node_ref n);

#endif
