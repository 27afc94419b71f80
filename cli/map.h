/* map.h - a hash map from names to numbers, copyable as a whole. */
#ifndef CLI_MAP_H
#define CLI_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    char *name;
    size_t length;
    uint32_t value;
};
struct map {
    struct map_entry *entries; /* in order of first insertion */
    size_t count, capacity;
    uint32_t *slots; /* entry number + 1; 0: empty. Open addressing. */
    size_t slot_count;
};

/* The value of a name, or NULL. The pointer lives until the next map_put. */
uint32_t *map_get(const struct map *map, const char *name, size_t length);
void map_put(struct map *map, const char *name, size_t length, uint32_t value);
void map_copy(struct map *to, const struct map *from);
void map_clear(struct map *map);

#endif
