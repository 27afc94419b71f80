/*
 * afl_counters.c - what a run counts, in AFL's map: edges, and pairs of rules in sequence.
 *
 * The core is compiled for AFL as for libFuzzer: each edge has a counter of its own, which the code adds to in one
 * instruction. (AFL's own instrumentation finds each counter by way of a guard and of the map's address, and a run
 * took half as long again.) After a run the counters are copied to the map and cleared. Both kinds get places there
 * before the map is made, as the guards of a module do.
 */
#include <stdio.h>
#include <stdlib.h>

#include "targets.h"

extern uint8_t *__afl_area_ptr;
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
/* Called by the code that the compiler adds: where the counters of its edges are, and the addresses of these. */
void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);
void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop);

void afl_feed_counters(void);

enum { MAX_PLACES = 1 << 16 };

struct counters {
    uint8_t *first;
    size_t count;
    uint32_t place; /* of the first, in the map: the others follow */
};

static struct counters edges, pairs;

static struct counters with_places(uint8_t *first, size_t count) {
    static uint32_t guards[MAX_PLACES];
    static size_t used;
    if (count > MAX_PLACES - used) {
        fprintf(stderr, "afl_ops: more than %d counters\n", MAX_PLACES);
        exit(2);
    }
    uint32_t *guard = guards + used;
    used += count;
    __sanitizer_cov_trace_pc_guard_init(guard, guard + count);
    return (struct counters){first, count, *guard};
}

void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop) {
    if (edges.count != 0) return; /* each object file calls, with the counters of all */
    edges = with_places(start, (size_t)(stop - start));
    pairs = with_places(fuzz_pair_hits, FUZZ_PAIR_COUNTERS);
}

void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop) { (void)start, (void)stop; }

/* Most are zero: eight at a time are passed over. */
static void feed(const struct counters *counters) {
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= counters->count; i += sizeof eight) {
        __builtin_memcpy(&eight, counters->first + i, sizeof eight);
        if (eight == 0) continue;
        __builtin_memcpy(__afl_area_ptr + counters->place + i, &eight, sizeof eight);
        __builtin_memset(counters->first + i, 0, sizeof eight);
    }
    for (; i < counters->count; i++) {
        __afl_area_ptr[counters->place + i] = counters->first[i];
        counters->first[i] = 0;
    }
}

void afl_feed_counters(void) {
    feed(&edges);
    feed(&pairs);
}
