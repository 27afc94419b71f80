/*
 * ops_mutator.c - the mutator of programs (codec/mutate.h) as libFuzzer asks for it.
 */
#include "../codec/mutate.h"
#include "targets.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    return fuzz_mutate_bytes(data, size, max_size, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    return fuzz_crossover_bytes(data1, size1, data2, size2, out, max_size, seed);
}
