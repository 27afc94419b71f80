/*
 * delta.c - a world's memory as changed stretches (zxpager/delta.h).
 *
 * Stretches begin and end at differing words; two that are closer than the head of a stretch takes are one.
 */
#include "zxpager/delta.h"

#include <stdlib.h>

#include "world.h"

struct stretch {
    uint32_t at, length; /* bytes in the arena; the bytes follow, padded to words */
};

struct zxp_delta {
    size_t used;   /* of the world that it leads to: bytes in the arena */
    size_t length; /* of the stretches */
    uint64_t stretches[];
};

enum { WORD = sizeof(uint64_t), MAX_GAP = 2 * WORD };

static size_t used_bytes(const zxp_world *w) { return (size_t)kernel_of(w)->top * ARENA_UNIT; }

static uint64_t word_at(const zxp_world *w, size_t at) {
    uint64_t word;
    memcpy(&word, w->memory + at, WORD);
    return word;
}

/* The first word from `at` on that differs, `end` if none does. Beyond what `from` uses every word differs. */
static size_t next_difference(const zxp_world *from, const zxp_world *to, size_t at, size_t end) {
    size_t common = used_bytes(from) < end ? used_bytes(from) : end;
    while (at < common && word_at(from, at) == word_at(to, at)) at += WORD;
    return at;
}

static size_t end_of_stretch(const zxp_world *from, const zxp_world *to, size_t at, size_t end) {
    for (size_t last = at;;) {
        last += WORD;
        size_t next = next_difference(from, to, last, end);
        if (next >= end || next - last > MAX_GAP) return last;
        last = next;
    }
}

/* Writes the stretches to out, if it is not NULL. Returns their length in bytes. */
static size_t stretches_of(const zxp_world *from, const zxp_world *to, uint8_t *out) {
    size_t length = 0, end = used_bytes(to);
    for (size_t at = next_difference(from, to, 0, end); at < end; at = next_difference(from, to, at, end)) {
        size_t stop = end_of_stretch(from, to, at, end);
        struct stretch stretch = {(uint32_t)at, (uint32_t)(stop - at)};
        if (out != NULL) {
            memcpy(out + length, &stretch, sizeof stretch);
            memcpy(out + length + sizeof stretch, to->memory + at, stretch.length);
        }
        length += sizeof stretch + stretch.length;
        at = stop;
    }
    return length;
}

zxp_delta *zxp_delta_create(const zxp_world *from, const zxp_world *to) {
    if (used_bytes(to) > UINT32_MAX) return NULL;
    size_t length = stretches_of(from, to, NULL);
    zxp_delta *delta = malloc(sizeof *delta + length);
    if (delta == NULL) return NULL;
    delta->used = used_bytes(to);
    delta->length = length;
    stretches_of(from, to, (uint8_t *)delta->stretches);
    return delta;
}

void zxp_delta_destroy(zxp_delta *delta) { free(delta); }

size_t zxp_delta_bytes(const zxp_delta *delta) { return sizeof *delta + delta->length; }

static bool make_room(zxp_world *world, size_t bytes) {
    if (bytes <= world->capacity) return true;
    uint8_t *memory = realloc(world->memory, bytes);
    if (memory == NULL) return false;
    world->memory = memory;
    world->capacity = bytes;
    return true;
}

zx_status_t zxp_delta_apply(zxp_world *world, const zxp_delta *delta) {
    if (!make_room(world, delta->used)) return ZX_ERR_NO_MEMORY;
    const uint8_t *at = (const uint8_t *)delta->stretches, *end = at + delta->length;
    while (at < end) {
        struct stretch stretch;
        memcpy(&stretch, at, sizeof stretch);
        memcpy(world->memory + stretch.at, at + sizeof stretch, stretch.length);
        at += sizeof stretch + stretch.length;
    }
    return ZX_OK;
}
