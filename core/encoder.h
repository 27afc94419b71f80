/*
 * encoder.h - the inside of the encoder: where bytes go, and the names that STATE gives to things.
 */
#ifndef CORE_ENCODER_H
#define CORE_ENCODER_H

#include "encode.h"

/* Distinct values in ascending order. When there are more than fit, values stand for themselves: STATE then tells apart
 * worlds that it could call equal, which is safe; nobody explores worlds of that size. */
#define RANKS 512u
struct ranks {
    uint32_t count;
    uint64_t value[RANKS];
};

/* Bytes are gathered in a buffer; full() passes it on. `room` may be needed at once, at most ENCODER_RECORD. */
#define ENCODER_BUFFER 8192u
#define ENCODER_RECORD 512u

struct encoder {
    const zxp_world *world;
    bool is_full; /* form FULL */
    uint8_t *at;
    uint64_t passed; /* bytes that have left the buffer */
    void (*pass)(struct encoder *e, const uint8_t *bytes, size_t length);
    void *to; /* of pass */
    struct ranks koids, stamps, shares;
    uint8_t buffer[ENCODER_BUFFER];
};

static inline void pass_on(struct encoder *e) {
    size_t length = (size_t)(e->at - e->buffer);
    e->pass(e, e->buffer, length);
    e->passed += length;
    e->at = e->buffer;
}

/* Before each record of at most ENCODER_RECORD bytes. */
static inline void room(struct encoder *e) {
    if (e->at > e->buffer + ENCODER_BUFFER - ENCODER_RECORD) pass_on(e);
}

static inline void put8(struct encoder *e, uint64_t v) { *e->at++ = (uint8_t)v; }
static inline void put16(struct encoder *e, uint64_t v) {
    e->at[0] = (uint8_t)v;
    e->at[1] = (uint8_t)(v >> 8);
    e->at += 2;
}
static inline void put32(struct encoder *e, uint64_t v) {
    e->at[0] = (uint8_t)v;
    e->at[1] = (uint8_t)(v >> 8);
    e->at[2] = (uint8_t)(v >> 16);
    e->at[3] = (uint8_t)(v >> 24);
    e->at += 4;
}
static inline void put64(struct encoder *e, uint64_t v) {
    e->at[0] = (uint8_t)v;
    e->at[1] = (uint8_t)(v >> 8);
    e->at[2] = (uint8_t)(v >> 16);
    e->at[3] = (uint8_t)(v >> 24);
    e->at[4] = (uint8_t)(v >> 32);
    e->at[5] = (uint8_t)(v >> 40);
    e->at[6] = (uint8_t)(v >> 48);
    e->at[7] = (uint8_t)(v >> 56);
    e->at += 8;
}
/* Any number of bytes; makes room itself. */
void put_bytes(struct encoder *e, const uint8_t *bytes, uint64_t length);

/* STATE: number of the value among those noted, from 1; 0 stays 0. */
uint64_t rank_of(const struct ranks *ranks, uint64_t value);
void rank_note(struct ranks *ranks, uint64_t value);
void ranks_sort(struct ranks *ranks);

/* An object or a node. FULL: its koid. STATE: its rank. */
static inline void put_koid(struct encoder *e, zx_koid_t koid) {
    put64(e, e->is_full ? koid : rank_of(&e->koids, koid));
}
/* FULL: the value. STATE: slot + 1 of a live handle, else 0. */
void put_handle(struct encoder *e, zx_handle_t value);

/* ---- encode_pages.c ---- */

/* The runs of a map in normal form; `pages`: the keys are those of pages and have content (not those of a mapping). */
void put_map(struct encoder *e, const struct page_map *map, bool pages);
void put_data(struct encoder *e, const struct data *data);
/* STATE: notes the stamps of reclaim lists, before anything is written. */
void note_stamps(struct encoder *e);

#endif
