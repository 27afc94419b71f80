/*
 * result_file.h - the states of one run in a file, to be joined with those of other shards.
 *
 * Text line "zxpager states 1", then the number of states and their
 * fingerprints in ascending order, 8 bytes each, little-endian.
 */
#ifndef FUZZ_EXPLORE_RESULT_FILE_H
#define FUZZ_EXPLORE_RESULT_FILE_H

#include "explore.h"

/* Written beside, then renamed: a file of this name is whole. False: errno says why. */
bool explore_result_write(const struct explore_result *result, const char *path);
/* The union. states: how many fingerprints there are in all
 * files together. False: *bad is the file that cannot be read. */
bool explore_results_merge(const char *const *paths, size_t count, uint64_t *states, const char **bad);

#endif
