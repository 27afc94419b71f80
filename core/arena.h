/*
 * arena.h - the one block of memory that a world lives in.
 *
 * Everything is addressed by 32-bit indices in units of 32 bytes; index 0 is "none".
 * There are no pointers inside, so a copy of the block is a copy of the world.
 * Blocks are taken from free lists by size class, else from the top of the block.
 *
 * The one rule: arena_reserve() may move the block, nothing else does. A step reserves its worst case first and is
 * refused with ZX_ERR_NO_MEMORY if that fails, with nothing done; after it, arena_alloc() cannot fail. No pointer into
 * the arena lives across a reservation. A test build (-DZXP_TEST_MOVE) moves the block and poisons the old place at
 * every reservation, gives it no more room than was asked for, and asserts that a reservation covers every block, even
 * one that a free list has, and every run that a change of a page map may begin, even one that finds room. What is left
 * of a reservation is forgotten with the next one, and when the step ends.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "zxpager/zxpager.h"

#define ARENA_UNIT        32u
/* Size classes: exactly 1..16 units, one for a page body (129 units), then powers of two up to 2^31 units. */
#define ARENA_EXACT_UNITS 16u
#define ARENA_CLASSES     46u

struct kernel;

/* The world as its user holds it: where the arena is, and what surrounds it. Only `memory` is the value. */
struct zxp_world {
    uint8_t *memory; /* begins with struct kernel (world.h) */
    size_t capacity; /* bytes */
    uint64_t limit;  /* bytes; 0: none */
    zxp_context *context;
#ifdef ZXP_TEST_MOVE
    uint64_t reserved; /* of the last reservation, still to be used: bytes, and ARENA_RUN for each run */
#endif
};

/* A test build reserves ARENA_RUN for each run that a change of a page map may begin, and uses it up when the map
 * changes. What is left when a step begins is forgotten. */
#ifdef ZXP_TEST_MOVE
#define ARENA_RUN ((uint64_t)1 << 40)
void arena_use(zxp_world *w, uint64_t runs);
static inline void arena_forget(zxp_world *w) { w->reserved = 0; }
#else
#define ARENA_RUN 0u
static inline void arena_use(zxp_world *w, uint64_t runs) { (void)w, (void)runs; }
static inline void arena_forget(zxp_world *w) { (void)w; }
#endif

/* Ensures that blocks of together `bytes` can be allocated (each rounded up by arena_size). False: nothing changed.
 * Counted and failed on purpose through the context. */
bool arena_reserve(zxp_world *w, uint64_t bytes);
/* Bytes that a block of `bytes` really takes: what to add up for arena_reserve. Saturates at UINT64_MAX. */
uint64_t arena_size_of_large(uint64_t bytes);
static inline uint64_t arena_size(uint64_t bytes) {
    bool exact = bytes <= (uint64_t)ARENA_EXACT_UNITS * ARENA_UNIT;
    return exact ? (bytes + ARENA_UNIT - 1) / ARENA_UNIT * ARENA_UNIT : arena_size_of_large(bytes);
}
/* A zeroed block. The caller has reserved it. Returns its index. */
uint32_t arena_alloc(zxp_world *w, size_t bytes);
/* Gives a block of the same `bytes` back. index 0: nothing happens. */
void arena_free(zxp_world *w, uint32_t index, size_t bytes);

static inline void *arena_at(const zxp_world *w, uint32_t index) { return w->memory + (size_t)index * ARENA_UNIT; }

#endif
