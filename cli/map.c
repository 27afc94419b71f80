#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static uint32_t hash(const char *name, size_t length) { /* FNV-1a: names are short and few */
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h;
}

/* The slot that holds the name, or the empty one where it belongs. */
static size_t find(const struct map *map, const char *name, size_t length) {
    size_t slot = hash(name, length) & (map->slot_count - 1);
    while (map->slots[slot]) {
        const struct map_entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->length == length && memcmp(entry->name, name, length) == 0) break;
        slot = (slot + 1) & (map->slot_count - 1);
    }
    return slot;
}

static void rehash(struct map *map, size_t slot_count) {
    free(map->slots);
    map->slots = mem_alloc(slot_count * sizeof *map->slots);
    map->slot_count = slot_count;
    for (size_t i = 0; i < map->count; i++)
        map->slots[find(map, map->entries[i].name, map->entries[i].length)] = (uint32_t)(i + 1);
}

uint32_t *map_get(const struct map *map, const char *name, size_t length) {
    if (!map->slot_count) return NULL;
    uint32_t entry = map->slots[find(map, name, length)];
    return entry ? &map->entries[entry - 1].value : NULL;
}

void map_put(struct map *map, const char *name, size_t length, uint32_t value) {
    uint32_t *old = map_get(map, name, length);
    if (old) {
        *old = value;
        return;
    }
    if ((map->count + 1) * 2 > map->slot_count) rehash(map, map->slot_count ? map->slot_count * 2 : 16);
    map->entries = mem_grow(map->entries, map->count, &map->capacity, sizeof *map->entries);
    map->entries[map->count] = (struct map_entry){mem_copy_text(name, length), length, value};
    map->slots[find(map, name, length)] = (uint32_t)++map->count;
}

void map_copy(struct map *to, const struct map *from) {
    *to = (struct map){0};
    for (size_t i = 0; i < from->count; i++)
        map_put(to, from->entries[i].name, from->entries[i].length, from->entries[i].value);
}

void map_clear(struct map *map) {
    for (size_t i = 0; i < map->count; i++) free(map->entries[i].name);
    free(map->entries);
    free(map->slots);
    *map = (struct map){0};
}
