/*
 * range_op.h - operations on a range of a VMO's pages: COMMIT, DECOMMIT, ZERO, ALWAYS_NEED, DONT_NEED, PREFETCH
 * (chapter 5 sections 6 and 7, chapter 6 section 7), as zx_vmo_op_range and zx_vmar_op_range do them.
 *
 * Rights and mappings are the callers'; all checks of the range are here. An operation is resumable: its state is in
 * the call record (cursor, local[0..3]), so one thread has one at a time; local[4] and above are the caller's.
 *
 *     range_begin(w, t);                                     before each range but the call's first
 *     enum look look = range_op(w, t, v, op, offset, length);  again with the same arguments after each wake
 *     if (look != LOOK_OK) return look_end(w, t, look);
 */
#ifndef CORE_RANGE_OP_H
#define CORE_RANGE_OP_H

#include "lookup.h"

/* A further operation of the call: nothing of it is done. */
void range_begin(zxp_world *w, thread_ref t);
/* op: a ZX_VMO_OP_... of the six above (ZX_VMAR_OP_... have the same values). The VMO is held by the call.
 * LOOK_WAIT: the thread's request is populated. LOOK_FAILED: status and rule stand in the call. A wait that failed
 * is noticed here: the caller need not ask. */
enum look range_op(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length);

/* The single operations; the same contract. */
enum look range_commit(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length);
enum look range_decommit(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length);
enum look range_zero(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length);
enum look range_page_in(zxp_world *w, thread_ref t, vmo_ref v, bool always_need, uint64_t offset, uint64_t length);
enum look range_dont_need(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length);

/* What DECOMMIT would be refused for (chapter 5 section 6.2 steps 3 to 8), RULE_none if it would be done. */
enum rule_number decommit_refusal(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length);
/* Frees the pages. False: memory is short, nothing is done. */
bool decommit_pages(zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length);

/* ---- Between look-ups and handlers ---- */

/* LOOK_FAILED with the rule's status, with another, for want of memory. The call is not ended by it. */
enum look look_refused(zxp_world *w, thread_ref t, enum rule_number rule);
enum look look_refused_with(zxp_world *w, thread_ref t, enum rule_number rule, zx_status_t status);
enum look look_no_memory(zxp_world *w, thread_ref t);
/* What a handler returns for a look-up that was not LOOK_OK: waits, or ends with the status that stands in the call. */
step look_end(zxp_world *w, thread_ref t, enum look look);

#endif
