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

/* Bytes are gathered in a buffer and passed on when it is full. A record is written through a pointer of its own, which
 * room() gives and `at` gets back at the end of the record:
 *
 *     uint8_t *p = room(e);
 *     p = put32(p, value);
 *     e->at = p;
 *
 * (A byte stored through e->at could be one of e->at itself, for all that the compiler knows.) */
#define ENCODER_BUFFER 8192u
#define ENCODER_RECORD 512u

struct encoder {
    const zxp_world *world;
    bool is_full;    /* form FULL */
    bool is_shape;   /* form SHAPE */
    bool wide_names; /* koids as they are: FULL, or too many for ranks */
    uint8_t *at;
    uint64_t passed; /* bytes that have left the buffer */
    void (*pass)(struct encoder *e, const uint8_t *bytes, size_t length);
    void *to; /* of pass */
    struct ranks koids, stamps, shares;
    uint8_t buffer[ENCODER_BUFFER];
};

void pass_on(struct encoder *e);

/* Where at least ENCODER_RECORD bytes fit. */
static inline uint8_t *room(struct encoder *e) {
    if (e->at > e->buffer + ENCODER_BUFFER - ENCODER_RECORD) pass_on(e);
    return e->at;
}

static inline uint8_t *put8(uint8_t *p, uint64_t v) {
    *p = (uint8_t)v;
    return p + 1;
}
static inline uint8_t *put16(uint8_t *p, uint64_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    return p + 2;
}
static inline uint8_t *put32(uint8_t *p, uint64_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
    return p + 4;
}
static inline uint8_t *put64(uint8_t *p, uint64_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
    p[4] = (uint8_t)(v >> 32);
    p[5] = (uint8_t)(v >> 40);
    p[6] = (uint8_t)(v >> 48);
    p[7] = (uint8_t)(v >> 56);
    return p + 8;
}
/* Any number of bytes, as a record of their own. */
void put_bytes(struct encoder *e, const uint8_t *bytes, uint64_t length);
/* A byte, as a record of its own: the end of a sequence. */
static inline void put_end(struct encoder *e) { e->at = put8(room(e), ENCODED_END); }

static inline bool ranks_are_raw(const struct ranks *ranks) { return ranks->count > RANKS; }

static inline void rank_note(struct ranks *ranks, uint64_t value) {
    if (ranks->count < RANKS) ranks->value[ranks->count] = value;
    if (ranks->count <= RANKS) ranks->count++; /* one more than fit: ranks_are_raw */
}

/* STATE: number of the value among those noted, from 1; 0 stays 0. */
uint64_t rank_search(const struct ranks *ranks, uint64_t value);
static inline uint64_t rank_of(const struct ranks *ranks, uint64_t value) {
    uint64_t guess = value - ranks->value[0]; /* mostly there are no gaps */
    bool hit = !ranks_are_raw(ranks) && guess < ranks->count && ranks->value[guess] == value;
    return hit ? guess + 1 : rank_search(ranks, value);
}
/* Puts them in order, each once. */
void ranks_sort(struct ranks *ranks);

/* ---- encode_pages.c ---- */

/* The runs of a map in normal form; `pages`: the keys are those of pages and have content (not those of a mapping). */
void put_map(struct encoder *e, const struct page_map *map, bool pages);
void put_data(struct encoder *e, const struct data *data);
/* STATE: notes the stamps of reclaim lists, before anything is written. */
void note_stamps(struct encoder *e);

#endif
