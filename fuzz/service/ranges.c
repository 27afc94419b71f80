/* ranges.c - numbers on ranges of bytes (ranges.h). */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

void ranges_clear(struct ranges *ranges) {
    free(ranges->range);
    *ranges = (struct ranges){0};
}

/* The first range that ends behind `at`. */
static size_t find(const struct ranges *ranges, uint64_t at) {
    size_t i = 0;
    while (i < ranges->count && ranges->range[i].end <= at) i++;
    return i;
}

static bool has_room(struct ranges *ranges, size_t more) {
    if (ranges->count + more <= ranges->capacity) return true;
    size_t capacity = (ranges->count + more) * 2;
    struct range *range = realloc(ranges->range, capacity * sizeof *range);
    ranges->short_of_memory |= range == NULL;
    if (range == NULL) return false;
    ranges->range = range;
    ranges->capacity = capacity;
    return true;
}

static void insert(struct ranges *ranges, size_t i, struct range range) {
    memmove(ranges->range + i + 1, ranges->range + i, (ranges->count - i) * sizeof range);
    ranges->range[i] = range;
    ranges->count++;
}

/* A range that reaches over `at` becomes two. */
static void split(struct ranges *ranges, uint64_t at) {
    size_t i = find(ranges, at);
    if (i == ranges->count || ranges->range[i].begin >= at) return;
    struct range rest = ranges->range[i];
    ranges->range[i].end = rest.begin = at;
    insert(ranges, i + 1, rest);
}

void ranges_set(struct ranges *ranges, uint64_t begin, uint64_t end, uint64_t value) {
    if (begin >= end || !has_room(ranges, 3)) return;
    split(ranges, begin);
    split(ranges, end);
    size_t first = find(ranges, begin), last = first;
    while (last < ranges->count && ranges->range[last].begin < end) last++;
    memmove(ranges->range + first, ranges->range + last, (ranges->count - last) * sizeof *ranges->range);
    ranges->count -= last - first;
    if (value != 0) insert(ranges, first, (struct range){begin, end, value});
}

const struct range *ranges_first(const struct ranges *ranges, uint64_t begin, uint64_t end, struct range *part) {
    size_t i = find(ranges, begin);
    if (i == ranges->count || ranges->range[i].begin >= end) return NULL;
    *part = ranges->range[i];
    if (part->begin < begin) part->begin = begin;
    if (part->end > end) part->end = end;
    return part;
}

uint64_t ranges_gap(const struct ranges *ranges, uint64_t begin, uint64_t end) {
    struct range part;
    while (begin < end && ranges_first(ranges, begin, end, &part) != NULL && part.begin == begin) begin = part.end;
    return begin < end ? begin : end;
}
