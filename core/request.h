/*
 * request.h - page requests: who waits for which pages of a source, and what answers do (chapter 4).
 *
 * Each thread has one request record. Owner requests of a source hang in source.owners[type], ascending, disjoint; a
 * request that starts inside one is attached to it. Answers are counted in bytes, not pages (section 5).
 */
#ifndef CORE_REQUEST_H
#define CORE_REQUEST_H

#include "call.h"

/* What a look-up says: go on, wait (the thread's request is populated; return STEP_BLOCK through wait_for_request), or
 * end with the status that stands in call_of(w, t)->status and the rule in ->rule. */
enum look { LOOK_OK, LOOK_WAIT, LOOK_FAILED };

/* populate (section 4): R = the thread's request; early as set by request_begin. LOOK_WAIT, or LOOK_FAILED with
 * ZX_ERR_BAD_STATE when detached (profiles 2018, 2020: ZX_ERR_NOT_FOUND). Never allocates. How much the old profiles
 * ask for at once is the caller's business. */
enum look request_populate(zxp_world *w, thread_ref t, source_ref s, enum request_type type, uint64_t offset,
                           uint64_t length);
/* A new operation begins: the request is inactive, `early` fixed for its length (section 1). */
void request_begin(zxp_world *w, thread_ref t, bool early);
/* Blocks the thread on its populated request; returns STEP_BLOCK.
 * If a status is latched the thread stays runnable (section 6). */
step wait_for_request(zxp_world *w, thread_ref t);
/* After a wake: true and the status if the wait that ended has failed
 * the operation (a FAIL code, or time-out); false: look again. */
bool request_failed(const zxp_world *w, thread_ref t, zx_status_t *status);
/* Cancels (section 7): an attached one leaves, a sole owner is taken back from the proxy, else take-over. The record is
 * empty afterwards: an operation that goes on begins again with request_begin. */
void request_cancel(zxp_world *w, thread_ref t);

/* resolve (section 5.2): counts [offset, offset+length) of the source as answered with `status`. `rule` names why. */
void request_resolve(zxp_world *w, source_ref s, enum request_type type, uint64_t offset, uint64_t length,
                     zx_status_t status, enum rule_number rule);

/* Section 9. detach: completes everything, then COMPLETE (once). No page is touched. */
void source_detach(zxp_world *w, source_ref s);
/* The pager's last handle closed: detach, then withdraw an unread COMPLETE. */
void source_pager_closed(zxp_world *w, source_ref s);
/* The node died: detach if not yet (COMPLETE is queued), then cut
 * the ties: the source block lives until its packet leaves the port. */
void source_node_died(zxp_world *w, source_ref s);
/* Called by zx_port_wait when it takes a source's packet out (section 8.2): sends the next, frees a dead source. */
void source_packet_dequeued(zxp_world *w, source_ref s);
/* Called when a source's packet vanished without the proxy's notice (zx_port_cancel_key, port death; section 8.4). */
void source_packet_lost(zxp_world *w, source_ref s);

#endif
