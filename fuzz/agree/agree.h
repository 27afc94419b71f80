/*
 * agree.h - second engines for the explorer (fuzz/explore/explore.h): the oracle, or a world of another profile.
 *
 * Either makes the same calls as the first engine. After each of them everything that can be seen is compared: results,
 * threads, pages, requests, packets.
 */
#ifndef FUZZ_AGREE_H
#define FUZZ_AGREE_H

#include "../explore/explore.h"
#include "../oracle/oracle.h"

/* `start` is what each engine begins as; it must have made the calls that the world has made, and lives longer. */
void agree_with_oracle(struct explore_second *second, const oracle *start);
void agree_with_world(struct explore_second *second, const zxp_world *start);
/* Do both worlds show the same? If not, `difference` says what. */
bool agree_same_worlds(const zxp_world *first, const zxp_world *second, char *difference, size_t capacity);

#endif
