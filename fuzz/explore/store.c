/*
 * store.c - the set of states seen: open addressing, in 64 shards with a lock and a size of their own (explore.h).
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

enum { SHARDS = 64, FIRST_SLOTS = 16 };

struct shard {
    pthread_mutex_t lock;
    uint64_t *slot;   /* fingerprints; 0 is empty */
    uint64_t *offset; /* exact: where the state's bytes begin in pool, length first */
    uint64_t slots, used;
    uint8_t *pool;
    uint64_t pool_used, pool_capacity;
};

struct explore_states {
    enum explore_store kind;
    bool shared; /* several threads add: locks are taken */
    struct shard shard[SHARDS];
};

struct explore_states *explore_states_create(enum explore_store kind, bool shared) {
    struct explore_states *states = calloc(1, sizeof *states);
    if (states == NULL) return NULL;
    states->kind = kind;
    states->shared = shared;
    for (unsigned i = 0; i < SHARDS; i++) pthread_mutex_init(&states->shard[i].lock, NULL);
    return states;
}

void explore_states_destroy(struct explore_states *states) {
    if (states == NULL) return;
    for (unsigned i = 0; i < SHARDS; i++) {
        struct shard *shard = &states->shard[i];
        pthread_mutex_destroy(&shard->lock);
        free(shard->slot);
        free(shard->offset);
        free(shard->pool);
    }
    free(states);
}

static uint64_t first_slot(const struct shard *shard, uint64_t fingerprint) {
    return (fingerprint >> 6) & (shard->slots - 1);
}

static bool grow(struct shard *shard, bool exact) {
    uint64_t slots = shard->slots == 0 ? FIRST_SLOTS : shard->slots * 2;
    uint64_t *slot = calloc(slots, sizeof *slot), *offset = exact ? calloc(slots, sizeof *offset) : NULL;
    if (slot == NULL || (exact && offset == NULL)) {
        free(slot);
        free(offset);
        return false;
    }
    for (uint64_t i = 0; i < shard->slots; i++) {
        if (shard->slot[i] == 0) continue;
        uint64_t at = (shard->slot[i] >> 6) & (slots - 1);
        while (slot[at] != 0) at = (at + 1) & (slots - 1);
        slot[at] = shard->slot[i];
        if (exact) offset[at] = shard->offset[i];
    }
    free(shard->slot);
    free(shard->offset);
    shard->slot = slot;
    shard->offset = offset;
    shard->slots = slots;
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
    if (shard->used * 4 >= shard->slots * 3 && !grow(shard, exact)) return -1;
    uint64_t at = first_slot(shard, fingerprint);
    for (; shard->slot[at] != 0; at = (at + 1) & (shard->slots - 1)) {
        if (shard->slot[at] != fingerprint) continue;
        if (!exact || same_bytes(shard, shard->offset[at], bytes, length)) return 0;
    }
    if (exact && !keep_bytes(shard, &shard->offset[at], bytes, length)) return -1;
    shard->slot[at] = fingerprint;
    shard->used++;
    return 1;
}

int explore_states_add(struct explore_states *states, uint64_t fingerprint, const uint8_t *bytes, size_t length) {
    if (fingerprint == 0) fingerprint = 1;
    struct shard *shard = &states->shard[fingerprint & (SHARDS - 1)];
    if (states->shared) pthread_mutex_lock(&shard->lock);
    int result = add(shard, states->kind == EXPLORE_EXACT, fingerprint, bytes, length);
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
        bytes += shard->slots * (shard->offset != NULL ? 16 : 8) + shard->pool_capacity;
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
        const struct shard *shard = &states->shard[i];
        for (uint64_t at = 0; at < shard->slots; at++) {
            if (shard->slot[at] != 0) out[count++] = shard->slot[at];
        }
    }
    qsort(out, count, sizeof *out, compare);
}
