/*
 * fuzz_ops.c - the model against the oracle: one input is one program
 * (codec.h). For libFuzzer, AFL++ and the stand-alone driver.
 *
 * A finding is printed (what failed, both sides, the rules, the script so far) and the process aborts. ZXP_FUZZ_CHECKS
 * in the environment (a number, CHECK_... of harness.h) narrows what is checked; 0 runs the core alone.
 * ZXP_FUZZ_EMPTY set: the body does nothing, to measure what the engine itself costs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../harness/harness.h"
#include "targets.h"

/* libFuzzer finds its further counters by the name of their section. Merging counts edges alone. */
#if defined(__clang__) && !defined(FUZZ_EDGES_ONLY)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
uint8_t fuzz_pair_hits[FUZZ_PAIR_COUNTERS];

static struct harness harness;
static struct fuzz_program program;
static unsigned checks = CHECK_ORACLE | CHECK_INVARIANTS;
static bool ready, empty;

void fuzz_set_up(void) {
    if (ready) return;
    const char *wanted = getenv("ZXP_FUZZ_CHECKS");
    if (wanted != NULL) checks = (unsigned)strtoul(wanted, NULL, 0);
    empty = getenv("ZXP_FUZZ_EMPTY") != NULL;
    if (!harness_create(&harness)) {
        fprintf(stderr, "fuzz_ops: out of memory\n");
        exit(2);
    }
    harness.context.pair_hits = fuzz_pair_hits;
    harness.context.pair_count = FUZZ_PAIR_COUNTERS;
    ready = true;
}

/* The same input once more, printing each call: a run is a function of its input. */
static void print_script(void) {
    static struct script script;
    harness.script = &script;
    harness_run(&harness, &program, checks);
    fprintf(stderr, "script so far:\n%s", script.text != NULL ? script.text : "");
}

static void report(void) {
    struct finding finding = harness.finding;
    fprintf(stderr, "\nFINDING: %s\n%s\n", finding.signature, finding.detail);
    print_script();
    fprintf(stderr, "SIGNATURE: %s\n", finding.signature);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_set_up();
    if (empty) {
        fuzz_pair_hits[0] = 1; /* libFuzzer ends when an input reaches nothing */
        return 0;
    }
    fuzz_decode(data, size, &program);
    harness.context.last_rule = 0;
    if (!harness_run(&harness, &program, checks)) report();
    return 0;
}
