/*
 * page_state.h - the states of a page of a pager root and everything that moves it (chapter 3).
 *
 *   letter  state            memory  reads as   reported dirty
 *     .     ABSENT             no    ask pager  -        nothing here
 *     M     MARKER             no    zeros      no       supplied, but the auxiliary VMO did not hold the page
 *     C     CLEAN              yes   the page   no       as the pager knows it: the only state that reclaim may drop
 *     D     DIRTY              yes   the page   yes      written since the pager last saw it
 *     W     AWAITING           yes   the page   yes      the pager is writing it back; a write makes it D again
 *     Z     ZERO_DIRTY         no    zeros      yes      in a zero interval that the pager must learn of
 *     Y     ZERO_DIRTY         no    zeros      yes      the same, before first + acl: its writeback has begun
 *     U     ZERO_UNTRACKED     no    zeros      no       in a zero interval beyond the stream size
 *     P     OWNED              yes   the page   -        of an anonymous VMO or a clone: not in these diagrams
 *
 *   pages            supply         write, dirty         BEGIN          END
 *               .  ---------->  C  -------------->  D  --------->  W  -------->  C
 *               ^               |                   ^              |
 *               +---------------+                   +--------------+
 *                 evict, detach                       write, dirty
 *
 *   markers          supply         commit
 *               .  ---------->  M  -------->  C          write, dirty: M -> D         detach: M -> .
 *
 *   intervals        zero, grow     BEGIN         END
 *      anything ------------->  Z  ------->  Y  ------>  .
 *               --------------------------------->  U  --------------------------->  Z
 *                 stream size set below the page        zero, stream size set above the page
 *                                                        write, commit, dirty: Z, Y, U -> D
 *
 *   .  ->  C, M        [root_supply]              page_supplied, page_supplied_zero
 *   M  ->  C           [root_materialise]         page_marker_filled       commit, pin for reading
 *   M,Z,Y,U  ->  D     [root_materialise]         page_zero_written        plain VMOs
 *   C,W  ->  D         [root_prepare_write]       page_written             plain VMOs
 *   C,W,M,Z,Y,U -> D   [root_dirty]               page_granted             ZX_PAGER_OP_DIRTY
 *   .,C,D,W  ->  Z     [root_zero_whole]          page_zeroed              M stays M
 *   any  ->  U         [root_zero_whole]          page_untracked
 *   U  ->  Z           [interval_convert]         page_zeroed
 *   D  ->  W           [root_writeback_begin]     page_writeback_begun     unpinned, and not for IS_ZERO
 *   Z  ->  Y           [root_writeback_begin]     page_writeback_zero
 *   Y  ->  Z           [interval.c]               page_interval_split, page_interval_merged
 *   W  ->  C           [root_writeback_end]       page_writeback_ended
 *   Y,Z  ->  .         [root_writeback_end]       page_writeback_zero_ended
 *   C,M  ->  .         [root_detach_pages]        page_detached
 *   C  ->  .           [reclaim.c]                reclaim_evicted
 *   any  ->  gone      [root_resize]              page_cut
 *   new  ->  Z         [root_resize]              page_grown               profile 2020: .
 *
 * What holds (zxp_check asserts it; INV-n of chapter 8 part 3):
 *
 *   1. Only C is ever in a reclaim list, and only without pins; D and W leave it, W enters anew when it ends.  INV-25
 *   2. No page, marker or other interval lies inside an interval; neighbours differ in kind; U has no acl.     INV-3
 *   3. C, D, W, Z, Y, U occur in pager roots only, M in their clones too; P never occurs in a root.            INV-4, 6
 *   4. A page with pins is C, D or W; BEGIN leaves it, and it stays where it is. INV-13, 24
 *   5. D, W, Z and Y are lost only by shrinking, zeroing or the death of the VMO.                              INV-11
 *   6. D comes only from C, W, M, Z, Y, U, never from an absent page; C never goes to W in one step.           INV-9
 *   7. In the profiles 2018 and 2020 a root has absent pages, C and (2020) M only: a written page stays C.
 */
#ifndef CORE_PAGE_STATE_H
#define CORE_PAGE_STATE_H

#include "request.h"
#include "slots.h"

/* All ranges are in pages and inside the root unless said otherwise; reservations are the caller's: root_change_bytes
 * covers any one of these calls on [first, end), except root_supply. */
uint64_t root_change_bytes(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);

/* ---- Zero intervals: sections 5.2, 5.3. Translations of pages that become zero are the caller's to remove; pages that
 * stop being zero are unmapped here. ---- */

/* Pages [first, end), absent or to be freed by this, become an interval, merged with its neighbours of that kind. */
void interval_add(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind,
                  enum rule_number rule);
/* Pages [first, end), all inside one interval, become `key` (frames): split page by page in rising order (5.2). */
void interval_take_out(zxp_world *w, node_ref root, uint64_t first, uint64_t end, struct page_key key,
                       enum rule_number rule);
/* Pages [first, end) of one interval become the other kind; false,
 * and nothing done, if they lie strictly inside it (note 10). */
bool interval_convert(zxp_world *w, node_ref root, uint64_t first, uint64_t end, enum page_state kind,
                      enum rule_number rule);
/* The first `pages` pages of the interval that begins at `first` become absent. */
void interval_clip_start(zxp_world *w, node_ref root, uint64_t first, uint64_t pages, enum rule_number rule);

/* ---- Writing: section 7 ---- */

/* PrepareForWrite (7.1) at `page`, a present page or zeros, at most n pages. Plain: marks the run of C, D, W dirty,
 * LOOK_OK. TRAP: DIRTY request, LOOK_WAIT or LOOK_FAILED; LOOK_OK if the page is D. Old profiles: LOOK_OK. */
enum look root_prepare_write(zxp_world *w, thread_ref t, node_ref root, uint64_t page, uint64_t n);
/* Section 7.0 case 2: fresh zero pages over n pages of one run of M, Z, Y or U from `page` on; `dirty`: D, else C. */
void root_materialise(zxp_world *w, node_ref root, uint64_t page, uint64_t n, bool dirty);

/* ZX_PAGER_OP_DIRTY: section 7.3 steps 10, 12, and the release of a refusal. */
bool root_any_absent(const zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_dirty(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
void root_release_dirty_waiters(zxp_world *w, node_ref root, uint64_t first, uint64_t end);

/* ---- Supply: section 8 ---- */

struct taken; /* transfer.h: the transit list */
/* The pages of the list arrive at `first`. Fills only absent pages, with the list's content (references are taken for
 * what is used; the list stays as it is and is the caller's to free), or with M where the list has a gap. Resolves READ
 * for each maximal run that was filled. The list must lie inside the root. Reserve root_supply_bytes. */
void root_supply(zxp_world *w, node_ref root, uint64_t first, const struct taken *list);
uint64_t root_supply_bytes(const zxp_world *w, node_ref root, const struct taken *list);

/* ---- Zeroing whole pages: sections 9.2, 11 ---- */

/* tracked: to Z; stops at the first pinned page and returns its number. Else to U (pins were checked). Returns `end`
 * when done. Resolves READ for absent runs. Not for the old profiles, where ZERO is a write of zeros (chapter 9). */
uint64_t root_zero_whole(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool tracked);

/* ---- Writeback, detach, resize: sections 5.4, 5.5, 12, 6 ---- */

void root_writeback_begin(zxp_world *w, node_ref root, uint64_t first, uint64_t end, bool zero_only);
void root_writeback_end(zxp_world *w, node_ref root, uint64_t first, uint64_t end);
/* C (unpinned) and M become absent; translations of the whole VMO are removed. Old profiles: nothing. */
void root_detach_pages(zxp_world *w, node_ref root);
/* Pins were checked. Requests resolved, intervals clipped, translations, children's limits; new pages are Z (2020:
 * absent). Sets `modified`. `size` is in bytes. */
void root_resize(zxp_world *w, node_ref root, uint64_t size);
/* A VMO was written to, in the sense of section 10.2. n may be any node: only a pager root has the bit. */
void root_modified(zxp_world *w, node_ref n);

#endif
