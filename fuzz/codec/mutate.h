/*
 * mutate.h - changes to programs in the terms of the field: one mutator behind libFuzzer and AFL++.
 *
 * A function of the program and the seed alone.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "codec.h"

/* One change: insert, delete, duplicate, swap, move, splice, change an argument or a mode, change the thread, change
 * the header, or insert an idiom (answer an outstanding request fully, partly, wrongly or late; evict what was just
 * supplied; shrink into a request; write back). */
void fuzz_mutate(struct fuzz_program *program, uint64_t seed);
/* A program that begins as `a` and goes on as `b`, cut at random; the pool of b comes along. */
void fuzz_crossover(const struct fuzz_program *a, const struct fuzz_program *b, uint64_t seed,
                    struct fuzz_program *out);
/* On bytes: decodes, applies 1 to 4 changes, encodes to at most `capacity` bytes. Returns the new length. */
size_t fuzz_mutate_bytes(uint8_t *bytes, size_t length, size_t capacity, uint64_t seed);
size_t fuzz_crossover_bytes(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length, uint8_t *out,
                            size_t capacity, uint64_t seed);

#endif
