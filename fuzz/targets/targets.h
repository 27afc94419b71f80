/*
 * targets.h - the entry points that fuzzing engines look for. The names and types are theirs.
 */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed);

/* fuzz_ops.c, for afl_main.c: counters of pairs of rules in sequence (16 KiB at most: clearing and reading more costs
 * more than a run), and what is otherwise done before the first run. */
enum { FUZZ_PAIR_COUNTERS = 8192 };
extern uint8_t fuzz_pair_hits[FUZZ_PAIR_COUNTERS];
void fuzz_set_up(void);

#endif
