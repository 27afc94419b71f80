/*
 * lookup.h - the two look-ups that every access is built on (chapter
 * 3 section 7.0, 4 section 3.2, 5 section 1.5, 6 section 4).
 */
#ifndef CORE_LOOKUP_H
#define CORE_LOOKUP_H

#include "node.h"
#include "page_state.h"

/* What a look-up for reading found: `count` pages from the one asked for are alike. */
struct seen {
    struct content content; /* of page `content_page` in its own map, and the following ones */
    uint64_t content_page;
    uint64_t count;
};

/* Bytes to reserve before each look-up. */
uint64_t look_bytes(const zxp_world *w, node_ref n);
/* LOOK_READ: page `page` of node n, asking for up to `ask` pages if it must ask the pager. Marks frames accessed
 * (chapter 8 section 1.3) unless `touch` is false. On LOOK_OK *seen covers count >= 1 pages, at most ask. */
enum look look_read(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t ask, bool touch, struct seen *seen);

/* OWN_FAULT is OWN_WRITE for a store that is not made yet: its pages are not accessed (chapter 7 section 12). */
enum own_mode { OWN_COMMIT, OWN_WRITE, OWN_FAULT };
/* LOOK_OWN: makes page `page` a frame of n itself that may be written (OWN_WRITE: D in a root; unshared in a family).
 * On LOOK_OK *count >= 1 pages from `page` (at most ask) are so. Runs of holes are filled at once. */
enum look look_own(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                   uint64_t *count);
/* n(p) > 1 (chapter 6 section 4.1): does another of its family own the page that n has at `page` too? *run: in, pages
 * wanted; out, for how many of them from `page` on the answer holds. */
bool node_shared(const zxp_world *w, node_ref n, uint64_t page, uint64_t *run);

/* Bytes to reserve before each of the following. */
uint64_t write_bytes(const zxp_world *w, node_ref n);
/* Stores bytes into pages that look_own has made writable: [offset, offset+length) in bytes of the node, inside those
 * pages. `from` is the offset in the call's buffer. Takes whole pages as content where it can, else one page or part of
 * a page; returns the bytes done. */
uint64_t node_write(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t length, uint64_t from);
/* The same with zeros, or with bytes at hand, inside of one page; all of it. */
void node_write_zero(zxp_world *w, node_ref n, uint64_t offset, uint64_t length);
void node_write_bytes(zxp_world *w, node_ref n, uint64_t offset, uint32_t length, const uint8_t *bytes);

#endif
