/*
 * speed.c - executions a second of the body of fuzz_ops: speed FOLDER
 *
 * On the inputs of speed_inputs.h; median of five rounds of processor time. Built twice: with
 * the sanitizers, as under libFuzzer (coverage of the core included), and plain.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../harness/harness.h"
#include "speed_inputs.h"

enum { ROUNDS = 5 };

static struct speed_inputs inputs;
static struct fuzz_program *programs[SPEED_MAX_INPUTS];

static double processor_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* False if there is none, or memory is short. */
static bool decode_inputs(void) {
    for (unsigned i = 0; i < inputs.count; i++) {
        programs[i] = malloc(sizeof *programs[i]);
        if (programs[i] == NULL) return false;
        fuzz_decode(inputs.bytes[i], inputs.length[i], programs[i]);
    }
    return inputs.count > 0;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double per_second(struct harness *harness, unsigned checks) {
    double sample[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        unsigned runs = 0;
        double begin = processor_seconds(), end;
        do {
            for (unsigned k = 0; k < inputs.count; k++) harness_run(harness, programs[k], checks);
            runs += inputs.count;
            end = processor_seconds();
        } while (end - begin < 0.2);
        sample[i] = runs / (end - begin);
    }
    qsort(sample, ROUNDS, sizeof sample[0], compare);
    return sample[ROUNDS / 2];
}

int main(int argc, char **argv) {
    struct harness harness;
    for (int i = 1; i < argc; i++) speed_inputs_add(&inputs, argv[i]);
    if (!decode_inputs() || !harness_create(&harness)) {
        fprintf(stderr, "usage: speed FOLDER...\n");
        return 2;
    }
    printf("%u inputs of %d to %d operations\n", inputs.count, SPEED_LEAST, SPEED_MOST);
    printf("%-44s %10.0f executions/s\n", "core alone", per_second(&harness, 0));
    printf("%-44s %10.0f executions/s\n", "with invariants", per_second(&harness, CHECK_INVARIANTS));
    printf("%-44s %10.0f executions/s\n", "with oracle, comparison, invariants",
           per_second(&harness, CHECK_ORACLE | CHECK_INVARIANTS));
    harness_destroy(&harness);
    for (unsigned i = 0; i < inputs.count; i++) free(programs[i]);
    speed_inputs_clear(&inputs);
    return 0;
}
