/*
 * ranges.h - numbers on ranges of bytes: what lint knows of the
 * pages of a VMO (trace.c). Sorted, without overlaps; 0 is not kept.
 */
#ifndef FUZZ_SERVICE_RANGES_H
#define FUZZ_SERVICE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t begin, end, value;
};

struct ranges {
    struct range *range;
    size_t count, capacity;
    bool short_of_memory; /* something could not be kept */
};

void ranges_clear(struct ranges *ranges);
/* [begin, end) has the value from now on; 0: none. */
void ranges_set(struct ranges *ranges, uint64_t begin, uint64_t end, uint64_t value);
/* The first part of [begin, end) that has a value, cut to begin there; NULL: none has. */
const struct range *ranges_first(const struct ranges *ranges, uint64_t begin, uint64_t end, struct range *part);
/* The first byte of [begin, end) that has none; end: all have. */
uint64_t ranges_gap(const struct ranges *ranges, uint64_t begin, uint64_t end);

#endif
