/*
 * afl_pairs.c - pairs of rules in sequence as further places of AFL's map: they get guards of their own before the map
 * is made, as the edges of a module do. A file of its own, since AFL's compiler has names of its own for the map.
 */
#include "targets.h"

extern uint8_t *__afl_area_ptr;
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);

void afl_feed_pairs(void);

static uint32_t guards[FUZZ_PAIR_COUNTERS];

/* At the priority of a module's own: before the map is attached. */
__attribute__((constructor(2))) static void add_guards(void) {
    __sanitizer_cov_trace_pc_guard_init(guards, guards + FUZZ_PAIR_COUNTERS);
}

void afl_feed_pairs(void) {
    for (size_t i = 0; i < FUZZ_PAIR_COUNTERS; i += sizeof(uint64_t)) {
        uint64_t eight;
        __builtin_memcpy(&eight, fuzz_pair_hits + i, sizeof eight);
        if (eight == 0) continue;
        for (size_t k = i; k < i + sizeof eight; k++) {
            __afl_area_ptr[guards[k]] = fuzz_pair_hits[k];
            fuzz_pair_hits[k] = 0;
        }
    }
}
