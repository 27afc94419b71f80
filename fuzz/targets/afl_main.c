/*
 * afl_main.c - fuzz_ops for AFL++: persistent, inputs in shared memory.
 *
 * By default the core runs alone; ZXP_FUZZ_CHECKS says what is checked (fuzz_ops.c), campaigns set it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <unistd.h>

#include "targets.h"

__AFL_FUZZ_INIT();

enum { RUNS_PER_PROCESS = 10000 };

/* afl_counters.c */
void afl_feed_counters(void);

int main(void) {
    setenv("ZXP_FUZZ_CHECKS", "0", 0);
    bool empty = getenv("ZXP_FUZZ_EMPTY") != NULL; /* not even the counters are read */
    fuzz_set_up();
    __AFL_INIT();
    const uint8_t *input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(RUNS_PER_PROCESS)) {
        size_t length = (size_t)__AFL_FUZZ_TESTCASE_LEN;
        if (empty) continue;
        LLVMFuzzerTestOneInput(input, length);
        afl_feed_counters();
    }
    return 0;
}
