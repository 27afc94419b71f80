/*
 * transfer.h - pages in transit: taken out of one VMO, put into another (chapters 2 section 6, 5 section 12, 6 section 7.6).
 */
#ifndef CORE_TRANSFER_H
#define CORE_TRANSFER_H

#include "lookup.h"

/* The list is a page map of its own, held by the call while it waits: ABSENT = gap, OWNED = frame. Page 0 is the first page taken. */
struct taken {
    struct page_map map;
};

/* The take phase, resumable: uses cursor and locals of the call (see transfer.c). Ranges, kinds and pins were checked by the caller for the
 * first round; the remaining range is checked again after each wait (2 section 6.4). STEP_BLOCK: waits. LOOK_FAILED: status is set, taken pages are
 * freed. LOOK_OK: all pages [offset, offset+length) of src have left it. */
enum look take_pages(zxp_world *w, thread_ref t, vmo_ref src, uint64_t offset, uint64_t length);
/* The list of a finished take_pages (lives in the call), and its end. */
struct taken *taken_of(zxp_world *w, thread_ref t);
void taken_free(zxp_world *w, thread_ref t);

#endif
