/*
 * arena.c - the block of memory that a world lives in (arena.h).
 */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { BODY_CLASS = ARENA_EXACT_UNITS, FIRST_POWER_CLASS, FIRST_POWER = 5, MIN_CAPACITY = 4096 };

static uint64_t units_of(uint64_t bytes) { return bytes / ARENA_UNIT + (bytes % ARENA_UNIT != 0); }

static uint64_t body_units(void) { return units_of(sizeof(struct body)); }

/* Class 0..15: 1..16 units; 16: a body; 17 + k: 2^(5+k) units. */
static unsigned class_of(uint64_t units) {
    assert(units > 0);
    if (units <= ARENA_EXACT_UNITS) return (unsigned)units - 1;
    if (units == body_units()) return BODY_CLASS;
    unsigned power = FIRST_POWER;
    while (((uint64_t)1 << power) < units) power++;
    return FIRST_POWER_CLASS + power - FIRST_POWER;
}

static uint64_t class_units(unsigned class) {
    if (class < ARENA_EXACT_UNITS) return class + 1;
    if (class == BODY_CLASS) return body_units();
    return (uint64_t)1 << (class - FIRST_POWER_CLASS + FIRST_POWER);
}

uint64_t arena_size_of_large(uint64_t bytes) {
    if (bytes > (uint64_t)ARENA_UNIT << 30) return UINT64_MAX;
    return class_units(class_of(units_of(bytes))) * ARENA_UNIT;
}

/* Moves the block to one of `capacity` bytes. In a test build it really moves, and the old place is poisoned. */
static bool move_to(zxp_world *w, size_t capacity) {
#ifdef ZXP_TEST_MOVE
    uint8_t *fresh = malloc(capacity);
    if (fresh == NULL) return false;
    size_t used = (size_t)kernel_of(w)->top * ARENA_UNIT;
    memcpy(fresh, w->memory, used);
    memset(w->memory, 0xA5, w->capacity);
    free(w->memory);
#else
    uint8_t *fresh = realloc(w->memory, capacity);
    if (fresh == NULL) return false;
#endif
    w->memory = fresh;
    w->capacity = capacity;
    return true;
}

/* In a test build there is never more room than was asked for: who reserves too little fails an assertion. */
static uint64_t capacity_for(const zxp_world *w, uint64_t needed) {
#ifdef ZXP_TEST_MOVE
    (void)w;
    return needed;
#else
    uint64_t capacity = max_u64(w->capacity, MIN_CAPACITY);
    while (capacity < needed) capacity *= 2;
    return w->limit != 0 && capacity > w->limit ? needed : capacity;
#endif
}

static bool grow(zxp_world *w, uint64_t needed) {
    if (needed > (uint64_t)UINT32_MAX * ARENA_UNIT || (w->limit != 0 && needed > w->limit)) return false;
    return move_to(w, (size_t)capacity_for(w, needed));
}

bool arena_reserve(zxp_world *w, uint64_t bytes) {
    zxp_context *context = w->context;
    if (context != NULL && ++context->reservations == context->fail_reservation) return false;
    uint64_t used = (uint64_t)kernel_of(w)->top * ARENA_UNIT;
    if (bytes > UINT64_MAX - used) return false;
#ifdef ZXP_TEST_MOVE
    assert(bytes / ARENA_RUN < ARENA_RUN >> 17); /* no sum was lowered below nothing */
    w->reserved = bytes;
    bytes %= ARENA_RUN;
    return bytes == 0 || grow(w, used + bytes); /* a real arena never moves for nothing either */
#else
    if (used + bytes <= w->capacity && (w->limit == 0 || used + bytes <= w->limit)) return true;
    return grow(w, used + bytes);
#endif
}

#ifdef ZXP_TEST_MOVE
void arena_use(zxp_world *w, uint64_t runs) {
    assert(runs <= w->reserved / ARENA_RUN);
    w->reserved -= runs * ARENA_RUN;
}
#endif

uint32_t arena_alloc(zxp_world *w, size_t bytes) {
    struct kernel *kernel = kernel_of(w);
    unsigned class = class_of(units_of(bytes));
    uint32_t index = kernel->free_blocks[class];
    size_t size = (size_t)class_units(class) * ARENA_UNIT;
#ifdef ZXP_TEST_MOVE
    assert(size <= w->reserved % ARENA_RUN); /* though a free block may do: the next time there may be none */
    w->reserved -= size;
#endif
    if (index != 0) {
        memcpy(&kernel->free_blocks[class], arena_at(w, index), sizeof(uint32_t));
    } else {
        index = kernel->top;
        assert((size_t)index * ARENA_UNIT + size <= w->capacity);
        kernel->top += (uint32_t)(size / ARENA_UNIT);
    }
    memset(arena_at(w, index), 0, size);
    return index;
}

void arena_free(zxp_world *w, uint32_t index, size_t bytes) {
    if (index == 0) return;
    struct kernel *kernel = kernel_of(w);
    unsigned class = class_of(units_of(bytes));
    uint32_t units = (uint32_t)class_units(class);
#ifdef ZXP_TEST_MOVE
    memset(arena_at(w, index), 0xDD, (size_t)units * ARENA_UNIT);
#endif
    if (index + units == kernel->top) {
        kernel->top = index;
        return;
    }
    memcpy(arena_at(w, index), &kernel->free_blocks[class], sizeof(uint32_t));
    kernel->free_blocks[class] = index;
}
