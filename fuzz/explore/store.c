/*
 * store.c - the set of states seen: open addressing, in 64 shards with a lock and a size of their own (explore.h).
 *
 * Most states that are added are known. To find that out takes no lock and writes nothing, so that processors do not
 * wait for each other: slots are filled once, and a table that has become too small stays where it is as long as
 * somebody may be looking at it. Each look at a table is a miss of every cache, hence explore_states_call_for().
 */
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

enum { SHARDS = 64, FIRST_SLOTS = 16, CACHE_LINE = 64 };

struct table {
    atomic_uint_least64_t *slot; /* fingerprints; 0 is empty */
    uint64_t slots;
    struct table *outgrown; /* the one before */
};

struct shard {
    alignas(CACHE_LINE) _Atomic(struct table *) table; /* NULL: nothing was added */
    pthread_mutex_t lock;
    uint64_t *offset; /* exact: where the state's bytes begin in pool, length first */
    uint64_t used;
    uint8_t *pool;
    uint64_t pool_used, pool_capacity;
};

struct explore_states {
    struct shard shard[SHARDS];
    enum explore_store kind;
    bool shared; /* several threads add: locks are taken */
};

struct explore_states *explore_states_create(enum explore_store kind, bool shared) {
    struct explore_states *states = aligned_alloc(CACHE_LINE, sizeof *states);
    if (states == NULL) return NULL;
    memset(states, 0, sizeof *states);
    states->kind = kind;
    states->shared = shared;
    for (unsigned i = 0; i < SHARDS; i++) pthread_mutex_init(&states->shard[i].lock, NULL);
    return states;
}

static void free_tables(struct table *table) {
    for (struct table *outgrown; table != NULL; table = outgrown) {
        outgrown = table->outgrown;
        free(table->slot);
        free(table);
    }
}

void explore_states_destroy(struct explore_states *states) {
    if (states == NULL) return;
    for (unsigned i = 0; i < SHARDS; i++) {
        struct shard *shard = &states->shard[i];
        pthread_mutex_destroy(&shard->lock);
        free_tables(shard->table);
        free(shard->offset);
        free(shard->pool);
    }
    free(states);
}

void explore_states_quiet(struct explore_states *states) {
    for (unsigned i = 0; i < SHARDS; i++) {
        struct table *table = states->shard[i].table;
        if (table == NULL) continue;
        free_tables(table->outgrown);
        table->outgrown = NULL;
    }
}

static struct shard *shard_of(struct explore_states *states, uint64_t fingerprint) {
    return &states->shard[fingerprint & (SHARDS - 1)];
}

static uint64_t slot_at(const struct table *table, uint64_t at) {
    return atomic_load_explicit(&table->slot[at], memory_order_relaxed);
}

static uint64_t first_slot(const struct table *table, uint64_t fingerprint) {
    return (fingerprint >> 6) & (table->slots - 1);
}

static uint64_t next_slot(const struct table *table, uint64_t at) { return (at + 1) & (table->slots - 1); }

/* Where the fingerprint is, or could be put. */
static uint64_t find(const struct table *table, uint64_t fingerprint) {
    uint64_t at = first_slot(table, fingerprint);
    for (uint64_t seen; (seen = slot_at(table, at)) != 0 && seen != fingerprint;) at = next_slot(table, at);
    return at;
}

/* An empty one that takes the place of `old` (NULL: there is none yet). */
static struct table *table_make(struct table *old) {
    struct table *table = malloc(sizeof *table);
    if (table == NULL) return NULL;
    table->outgrown = old;
    table->slots = old == NULL ? FIRST_SLOTS : old->slots * 2;
    table->slot = calloc(table->slots, sizeof *table->slot);
    if (table->slot != NULL) return table;
    free(table);
    return NULL;
}

/* With the lock held. */
static bool grow(struct shard *shard, bool exact) {
    struct table *old = shard->table, *table = table_make(old);
    uint64_t *offset = table != NULL && exact ? calloc(table->slots, sizeof *offset) : NULL;
    if (table == NULL || (exact && offset == NULL)) {
        if (table != NULL) table->outgrown = NULL;
        free_tables(table);
        return false;
    }
    for (uint64_t i = 0; old != NULL && i < old->slots; i++) {
        uint64_t fingerprint = slot_at(old, i), at = first_slot(table, fingerprint);
        if (fingerprint == 0) continue;
        while (slot_at(table, at) != 0) at = next_slot(table, at);
        atomic_init(&table->slot[at], fingerprint);
        if (exact) offset[at] = shard->offset[i];
    }
    atomic_store_explicit(&shard->table, table, memory_order_release);
    free(shard->offset);
    shard->offset = offset;
    return true;
}

static bool same_bytes(const struct shard *shard, uint64_t offset, const uint8_t *bytes, size_t length) {
    uint64_t stored;
    memcpy(&stored, shard->pool + offset, sizeof stored);
    return stored == length && memcmp(shard->pool + offset + sizeof stored, bytes, length) == 0;
}

static bool keep_bytes(struct shard *shard, uint64_t *offset, const uint8_t *bytes, size_t length) {
    uint64_t needed = shard->pool_used + sizeof(uint64_t) + length;
    if (needed > shard->pool_capacity) {
        uint64_t capacity = shard->pool_capacity == 0 ? 4096 : shard->pool_capacity * 2;
        while (capacity < needed) capacity *= 2;
        uint8_t *pool = realloc(shard->pool, capacity);
        if (pool == NULL) return false;
        shard->pool = pool;
        shard->pool_capacity = capacity;
    }
    uint64_t stored = length;
    *offset = shard->pool_used;
    memcpy(shard->pool + shard->pool_used, &stored, sizeof stored);
    memcpy(shard->pool + shard->pool_used + sizeof stored, bytes, length);
    shard->pool_used = needed;
    return true;
}

/* With the lock held. */
static int add(struct shard *shard, bool exact, uint64_t fingerprint, const uint8_t *bytes, size_t length) {
    bool full = shard->table == NULL || shard->used * 4 >= shard->table->slots * 3;
    if (full && !grow(shard, exact)) return -1;
    struct table *table = shard->table;
    uint64_t at = find(table, fingerprint);
    for (; exact && slot_at(table, at) != 0; at = next_slot(table, at)) {
        bool alike = slot_at(table, at) == fingerprint;
        if (alike && same_bytes(shard, shard->offset[at], bytes, length)) return 0;
    }
    if (slot_at(table, at) != 0) return 0;
    if (exact && !keep_bytes(shard, &shard->offset[at], bytes, length)) return -1;
    atomic_store_explicit(&table->slot[at], fingerprint, memory_order_relaxed);
    shard->used++;
    return 1;
}

static uint64_t not_zero(uint64_t fingerprint) { return fingerprint == 0 ? 1 : fingerprint; }

static struct table *table_of(struct shard *shard) { return atomic_load_explicit(&shard->table, memory_order_acquire); }

void explore_states_call_for(struct explore_states *states, uint64_t fingerprint) {
    const struct table *table = table_of(shard_of(states, not_zero(fingerprint)));
#if defined(__GNUC__)
    if (table != NULL) __builtin_prefetch((const void *)&table->slot[first_slot(table, not_zero(fingerprint))]);
#else
    (void)table;
#endif
}

int explore_states_add(struct explore_states *states, uint64_t fingerprint, const uint8_t *bytes, size_t length) {
    fingerprint = not_zero(fingerprint);
    struct shard *shard = shard_of(states, fingerprint);
    const struct table *table = table_of(shard);
    bool exact = states->kind == EXPLORE_EXACT;
    if (!exact && table != NULL && slot_at(table, find(table, fingerprint)) != 0) return 0;
    if (states->shared) pthread_mutex_lock(&shard->lock);
    int result = add(shard, exact, fingerprint, bytes, length);
    if (states->shared) pthread_mutex_unlock(&shard->lock);
    return result;
}

uint64_t explore_states_count(const struct explore_states *states) {
    uint64_t count = 0;
    for (unsigned i = 0; i < SHARDS; i++) count += states->shard[i].used;
    return count;
}

uint64_t explore_states_bytes(const struct explore_states *states) {
    uint64_t bytes = sizeof *states;
    for (unsigned i = 0; i < SHARDS; i++) {
        const struct shard *shard = &states->shard[i];
        for (const struct table *table = shard->table; table != NULL; table = table->outgrown)
            bytes += sizeof *table + table->slots * sizeof *table->slot;
        if (shard->offset != NULL) bytes += shard->table->slots * sizeof *shard->offset;
        bytes += shard->pool_capacity;
    }
    return bytes;
}

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void explore_states_list(const struct explore_states *states, uint64_t *out) {
    size_t count = 0;
    for (unsigned i = 0; i < SHARDS; i++) {
        const struct table *table = states->shard[i].table;
        for (uint64_t at = 0; table != NULL && at < table->slots; at++) {
            if (slot_at(table, at) != 0) out[count++] = slot_at(table, at);
        }
    }
    qsort(out, count, sizeof *out, compare);
}
