/*
 * transfer.h - pages in transit: taken out of one VMO, put into
 * another (chapters 2 section 6, 5 section 12, 6 section 7.6).
 */
#ifndef CORE_TRANSFER_H
#define CORE_TRANSFER_H

#include "lookup.h"

/* The list is a page map of its own, held by the call (call.transit) while it waits: ABSENT = gap, OWNED = frame.
 * Page 0 is the first page taken. */
struct taken {
    struct page_map map;
};

/* What refuses to take [offset, offset+length) from src: RULE_none, or a rule of chapter 5 section 12 step 6 (for a
 * zero length only the window of a slice, and wrapping). */
enum rule_number take_refusal(const zxp_world *w, vmo_ref src, uint64_t offset, uint64_t length);
/* The same for putting into dst (step 7). */
enum rule_number put_refusal(const zxp_world *w, vmo_ref dst, uint64_t offset, uint64_t length);

/* The take phase, resumable: cursor counts the pages taken, locals are not used. The caller has
 * checked the range for the first round (take_refusal); the rest of it is checked again after each
 * wait (2 section 6.4). A length of zero gives an empty list. LOOK_WAIT: the caller returns
 * wait_for_request and calls again when woken (a failed wait is noticed here). LOOK_FAILED: status
 * is set, what was taken is freed when the call ends. LOOK_OK: all pages of [offset, offset+length) have left src. */
enum look take_pages(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length);
/* The list of a finished take_pages (lives in the call), and its
 * end: what is still in it is freed. Does nothing if there is none. */
struct taken *taken_of(zxp_world *w, thread_ref t);
void taken_free(zxp_world *w, thread_ref t);

/* The put phase: the pages replace what dst has in [offset, offset+length); gaps make it zero. put_refusal was
 * asked. The list stays, and is the caller's to free. False: memory is short, an ascending part is done. */
bool put_pages(zxp_world *w, thread_ref t, vmo_ref dst, uint64_t offset, uint64_t length);

#endif
