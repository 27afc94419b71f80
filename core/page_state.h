/*
 * page_state.h - the states of a page of a pager root and everything that moves it (chapter 3).
 *
 *   letter  state            memory  reads as   reported dirty
 *     .     ABSENT             no    ask pager  -        nothing here
 *     M     MARKER             no    zeros      no       the pager supplied a page that its auxiliary VMO did not hold
 *     C     CLEAN              yes   the page   no       as the pager knows it: the only state that reclaim may drop
 *     D     DIRTY              yes   the page   yes      written since the pager last saw it
 *     W     AWAITING           yes   the page   yes      the pager is writing it back; a write makes it D again
 *     Z     ZERO_DIRTY         no    zeros      yes      in a zero interval that the pager must learn of
 *     Y     ZERO_DIRTY         no    zeros      yes      the same, before first + acl: its writeback has begun
 *     U     ZERO_UNTRACKED     no    zeros      no       in a zero interval beyond the stream size
 *     P     OWNED              yes   the page   -        of an anonymous VMO or a clone: no state of this diagram
 *
 *                      supply                       dirty
 *              +---> M ------------------+--------------------------------+
 *              |     | commit            |                                |
 *              |     v                   |  write, dirty                  v    BEGIN
 *          [.] +---> C ------------------+------------------------------> D ---------> W
 *           ^ supply | ^                                                  ^ |          | |
 *           |        | |                  END                             | |  write   | |
 *           +--------+ +--------------------------------------------------+-|----------+ |
 *           | evict, detach                                 +-------------+ |            |
 *           |                                  write, dirty,| commit        | zero       | zero
 *           |                                               |               v            v
 *           |        END                 BEGIN              Z  <--- zero: from . C D W (M stays M), and new pages
 *           +------------------ Y <------------------------ Z       of a VMO that grows
 *                                                           ^ |
 *                                      zero, stream grows   | v  stream shrinks (from every state)
 *                                                           U
 *
 *   .  ->  C, M       [root_supply]                page_supplied, page_supplied_zero
 *   .  ->  Z, U       [root_zero_whole]            page_zeroed, page_untracked
 *   M  ->  C          [root_materialise]           page_marker_filled      commit, pin for reading
 *   M,Z,Y,U -> D      [root_materialise]           page_zero_written       plain VMOs
 *   C,W ->  D         [root_prepare_write]         page_written            plain VMOs
 *   C,W,M,Z,Y,U -> D  [root_dirty]                 page_granted            ZX_PAGER_OP_DIRTY
 *   C,D,W -> Z, U     [root_zero_whole]            page_zeroed, page_untracked
 *   Z <-> U           [interval_convert]           page_zeroed, page_untracked
 *   D  ->  W          [root_writeback_begin]       page_writeback_begun    unpinned pages only
 *   Z  ->  Y          [root_writeback_begin]       page_writeback_zero
 *   W  ->  C          [root_writeback_end]         page_writeback_ended
 *   Y,Z ->  .         [root_writeback_end]         page_writeback_zero_ended
 *   Y  ->  Z          [interval_*]                 page_interval_split, page_interval_merged
 *   C,M ->  .         [root_detach_pages]          page_detached
 *   C  ->  .          [reclaim.c]                  reclaim_evicted
 *   any -> gone       [root_resize]                page_cut
 *   new -> Z          [root_resize]                page_grown              (profile 2020: .)
 *
 * What holds in each state (the numbers are those of zxp_check, INV-n of chapter 8 part 3):
 *
 *   (3)  C, D, W, M, Z, Y, U occur in pager roots only (M in clones too); P never in a root.                       INV-4, 6
 *   (2)  No page, marker or other interval lies inside an interval; equal kinds are never neighbours; U has no acl.  INV-3
 *   (1)  Only C, and only without pins, is ever in a reclaim list; D and W leave it, W enters anew when it ends.  INV-25
 *   (4)  A page that is pinned is C, D or W, and stays where it is.                                           INV-13, 24
 *   (5)  D, Z and Y are lost only by shrinking, zeroing, or the death of the VMO; W likewise.                     INV-11
 *   (6)  D comes only from C, W, M, Z, Y, U; never from `.`; C never goes to W in one step.                        INV-9
 *   (7)  In the profiles 2018 and 2020 a root has `.`, C and (2020) M only: a written page stays C.
 */
#ifndef CORE_PAGE_STATE_H
#define CORE_PAGE_STATE_H

#include "request.h"
#include "slots.h"

/* All byte ranges are page aligned and inside the root unless said otherwise; reservations are the caller's: root_change_bytes covers any
 * one of these calls on [first, end) pages, except root_supply. */
uint64_t root_change_bytes(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);

/* Chapter 3 sections 5.2, 5.3: the primitives of zero intervals. Pages, half open. Translations of pages that become zero are the caller's
 * to remove; pages that stop being zero are unmapped here. */
/* Pages [first, end), absent or to be freed by this, become an interval, merged with its neighbours of that kind. */
void interval_add(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind, enum rule_number rule);
/* Pages [first, end), all inside one interval, become `key` (frames): split page by page in rising order (5.2). */
void interval_take_out(zxp_world *w, node_ref root, uint64_t first, uint64_t end, struct page_key key, enum rule_number rule);
/* Pages [first, end) of one interval become the other kind; false, and nothing done, if they lie strictly inside (note 10). */
bool interval_convert(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind, enum rule_number rule);
/* The first `pages` pages of the interval that begins at `first` become absent. */
void interval_clip_start(zxp_world *w, node_ref root, uint64_t first, uint64_t pages, enum rule_number rule);

/* Section 7.1 (PrepareForWrite) at `page`, at most n pages. Plain: marks the run of C, D, W dirty, LOOK_OK. TRAP: DIRTY request, LOOK_WAIT or
 * LOOK_FAILED; LOOK_OK if the page is D. In the old profiles nothing is dirty: LOOK_OK. */
enum look root_prepare_write(zxp_world *w, thread_ref t, node_ref root, uint64_t page, uint64_t n);
/* Section 7.0 case 2: fresh zero page(s) over M, Z, Y, U at `page`; `dirty`: D, else C. At most n pages alike; returns how many. */
uint64_t root_materialise(zxp_world *w, node_ref root, uint64_t page, uint64_t n, bool dirty);

/* Section 8: the pages of the transit list arrive at `first`. Fills only absent pages, with the list's content (references are taken for what
 * is used; the list stays as it is and is the caller's to free) or with M where the list has a gap. Resolves READ for each maximal run that
 * was filled. The list must lie inside the root. Reserve root_supply_bytes. */
struct taken; /* transfer.h: the transit list */
void root_supply(zxp_world *w, node_ref root, uint64_t first, const struct taken *list);
uint64_t root_supply_bytes(const zxp_world *w, node_ref root, uint64_t first, const struct taken *list);

/* Section 9.2, and 11: whole pages. tracked: to Z; untracked: to U (pins were checked). Stops at the first pinned page for tracked and returns
 * its number, `end` when done; *processed counts pages done (for `modified`). Resolves READ for absent runs. Not for the old profiles, where
 * ZERO is a write of zeros (chapter 9). */
uint64_t root_zero_whole(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool tracked, uint64_t *processed);

/* Section 7.3 step 12, and the release. */
bool root_any_absent(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_dirty(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_release_dirty_waiters(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
/* Sections 5.4, 5.5, 12. */
void root_writeback_begin(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool zero_only);
void root_writeback_end(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_detach_pages(zxp_world *w, node_ref root); /* C (unpinned) and M to A; translations of the whole VMO removed */
/* Section 6 (pins were checked): requests resolved, intervals clipped, translations, children's limits; growth is Z (2020: A). Sets
 * `modified`. */
void root_resize(zxp_world *w, node_ref root, uint64_t size);
/* A root was written to, in the sense of section 10.2. n may be any node: only a pager root has the bit. */
void root_modified(zxp_world *w, node_ref n);

#endif
