/*
 * afl_main.c - fuzz_ops for AFL++: persistent, inputs in shared memory.
 *
 * By default the core runs alone; ZXP_FUZZ_CHECKS says what is checked (fuzz_ops.c), campaigns set it. Pairs of rules in sequence are fed
 * back as further places of AFL's map: they get guards of their own before the map is made, as the edges of a module do.
 * ZXP_FUZZ_EMPTY set: the body does nothing, to measure what the engine itself costs.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <unistd.h>

#include "targets.h"

__AFL_FUZZ_INIT();

enum { RUNS_PER_PROCESS = 10000 };

extern uint8_t *__afl_area_ptr;
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);

static uint32_t guards[FUZZ_PAIR_COUNTERS];

/* At the priority of a module's own: before the map is attached. */
__attribute__((constructor(2))) static void add_guards(void) {
    __sanitizer_cov_trace_pc_guard_init(guards, guards + FUZZ_PAIR_COUNTERS);
}

static void feed_pairs(void) {
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

int main(void) {
    setenv("ZXP_FUZZ_CHECKS", "0", 0);
    bool empty = getenv("ZXP_FUZZ_EMPTY") != NULL;
    fuzz_set_up();
    __AFL_INIT();
    const uint8_t *input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(RUNS_PER_PROCESS)) {
        size_t length = (size_t)__AFL_FUZZ_TESTCASE_LEN;
        if (empty) continue;
        LLVMFuzzerTestOneInput(input, length);
        feed_pairs();
    }
    return 0;
}
