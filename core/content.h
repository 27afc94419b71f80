/*
 * content.h - bytes as values: what a page holds, what a buffer gives, what a read has taken.
 *
 * A page's content is a fill byte, a letter of a lettered run, or a body (one page
 * of bytes, counted references). Bodies are immutable while they have more than one
 * reference; content that becomes one byte repeated becomes a fill (normal form).
 */
#ifndef CORE_CONTENT_H
#define CORE_CONTENT_H

#include "world.h"

struct content {
    uint32_t value;
    uint8_t kind; /* enum content_kind */
};

static inline struct content content_fill(uint8_t byte) { return (struct content){byte, CONTENT_FILL}; }
static inline struct content content_zero(void) { return content_fill(0); }

uint64_t body_bytes(void); /* to reserve for one body */
void body_retain(zxp_world *w, uint32_t body, uint64_t references);
void body_release(zxp_world *w, uint32_t body, uint64_t references); /* frees it at zero */

/* The single byte that all of page `page` is full of; false if it is a body. (LETTERS count from page 0 of the map.) */
bool content_byte(struct content c, uint64_t page, uint8_t *byte);
/* One page as bytes: returns a pointer into the body, or fills scratch[ZXP_PAGE_SIZE] and returns it. */
const uint8_t *content_bytes(const zxp_world *w, struct content c, uint64_t page, uint8_t *scratch);
/* The content of page `page` of one map as content of page `to`
 * of another (LETTERS change phase). No reference is taken. */
struct content content_moved(struct content c, uint64_t page, uint64_t to);

/* Bytes of `from` (see source below) placed over [at, at+length) of the page whose
 * content is `old` at page `page`. Returns the new content with its own reference (the
 * caller releases `old`). Reserve body_bytes() before. Whole uniform pages become fills. */
struct content content_overwrite(zxp_world *w, struct content old, uint64_t page, uint32_t at, uint32_t length,
                                 const uint8_t *from);

/* ---- The buffer of a call (chapter 5 section 3): FILL, LETTERS or BYTES; USER is user_copy.h ---- */

/* Writes bytes [from, from+length) of the call's buffer to out. length is at most a page. */
void buffer_copy(const zxp_world *w, thread_ref t, uint64_t from, uint32_t length, uint8_t *out);
/* If whole pages can be taken as content without bytes: content of page `page` of
 * the target when the buffer's byte `from` falls on its first byte, and how many
 * whole pages (at most `pages`) go on alike. False: copy bytes page by page. */
bool buffer_pages(const zxp_world *w, thread_ref t, uint64_t from, uint64_t page, uint64_t pages, struct content *c,
                  uint64_t *count);

/* ---- Data: what a read or load has copied (struct data of the call) ---- */

uint64_t data_append_bytes(const struct data *d); /* to reserve for one append */
/* Appends `length` bytes: for a multiple of pages the content of pages from `page` on (skip 0), else part of one page
 * from byte `skip`. Takes references to bodies. Pieces that continue the last one are joined. */
void data_append(zxp_world *w, thread_ref t, struct content c, uint64_t page, uint32_t skip, uint64_t length);
uint64_t data_length(const zxp_world *w, const struct data *d);
void data_free(zxp_world *w, struct data *d); /* releases bodies */

#endif
