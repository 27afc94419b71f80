/*
 * page_map.h - an ordered map of runs: page -> struct page_key, total over [0, pages).
 *
 * A B+ tree of 32-byte entries {first page, key}; a run ends where the next begins. Neighbours with equal keys are
 * always merged, so equal maps have equal forms, and a terabyte costs as much as a page. Look-up and change cost O(log
 * runs) with few cache misses (leaves of up to 31 entries; small maps are one small leaf that grows).
 *
 * Reservation: page_map_set and page_map_resize may allocate. A change begins a run at each of its ends that lies
 * inside of one; reserve page_map_runs_bytes(map, n) before changes that begin at most n of them.
 * Bodies: the map only stores keys; references to bodies are the business of slots.h.
 */
#ifndef CORE_PAGE_MAP_H
#define CORE_PAGE_MAP_H

#include "world.h"

struct page_run {
    uint64_t first, end; /* pages, half open */
    struct page_key key;
};

static inline bool page_key_equal(const struct page_key *a, const struct page_key *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* Bytes to reserve before page_map_init. */
uint64_t page_map_init_bytes(void);
/* An empty map of `pages` pages, all of `key`. pages may be 0. */
void page_map_init(zxp_world *w, struct page_map *map, uint64_t pages, struct page_key key);
void page_map_free(zxp_world *w, struct page_map *map);
/* Bytes to reserve before changes of this map that begin at most `runs` runs. Changes that begin and end at borders of
 * runs begin none: long ranges change on a small reservation. */
uint64_t page_map_runs_bytes(const struct page_map *map, uint64_t runs);
/* Before `changes` calls of page_map_set or page_map_resize. */
static inline uint64_t page_map_change_bytes(const struct page_map *map, uint64_t changes) {
    return page_map_runs_bytes(map, 2 * changes);
}
/* The same for a map that is only made yet. */
uint64_t page_map_fill_bytes(uint64_t runs);

/* The run that contains `page`. Requires page < map->pages. */
struct page_run page_map_find(const zxp_world *w, const struct page_map *map, uint64_t page);
/* Says that look-ups and changes near `page` (of the map) follow: in a large map each of them then saves the way down
 * the tree. */
void page_map_approach(const zxp_world *w, struct page_map *map, uint64_t page);
/* Sets pages [first, end) to key and merges with equal neighbours. Requires first <= end <= map->pages. */
void page_map_set(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end, struct page_key key);
/* Cuts the map at `pages`, or extends it with `key`. */
void page_map_resize(zxp_world *w, struct page_map *map, uint64_t pages, struct page_key key);
/* Number of runs that touch [first, end). */
uint64_t page_map_count(const zxp_world *w, const struct page_map *map, uint64_t first, uint64_t end);

/* A cursor for walks in ascending order; invalid after any change of the map.
 *   for (struct page_walk k = page_walk_begin(w, map, first, end); page_walk_next(&k, &run);) ...
 * Runs are clipped to [first, end). */
struct page_walk {
    const zxp_world *world;
    const struct page_map *map;
    uint64_t at, end;
    uint32_t leaf;
    uint32_t index;
};
struct page_walk page_walk_begin(const zxp_world *w, const struct page_map *map, uint64_t first, uint64_t end);
bool page_walk_next(struct page_walk *walk, struct page_run *run);
/* The first page >= `page` whose run satisfies test(key), or `end` if there is none below end. */
uint64_t page_map_first(const zxp_world *w, const struct page_map *map, uint64_t page, uint64_t end,
                        bool (*test)(const struct page_key *));

/* Debug: the tree is well formed (order, merge, counts). For tests and zxp_check. */
bool page_map_valid(const zxp_world *w, const struct page_map *map);

#endif
