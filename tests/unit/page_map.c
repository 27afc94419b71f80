/* Maps of runs: against an array with a key for each page, and what they cost in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page_map.h"

/* Entries of full nodes. With small ones nothing is said of what maps cost. */
#ifdef ZXP_TEST_SMALL_NODES
enum { FULL_LEAF = 3, FULL_INNER = 8, MEASURED = 0 };
#else
enum { FULL_LEAF = 31, FULL_INNER = 84, MEASURED = 1 };
#endif

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n == 0 ? 0 : seed % n;
}

static struct page_key key(uint64_t n) { return (struct page_key){.content = (uint32_t)n, .state = (uint8_t)(n % 3)}; }

/* A world that is only an arena, of 64 MB. */
static void arena_begin(zxp_world *w) {
    *w = (zxp_world){.memory = calloc(1, 64u << 20)};
    assert_non_null(w->memory);
    kernel_of(w)->top = (uint32_t)((sizeof(struct kernel) + ARENA_UNIT - 1) / ARENA_UNIT);
}

/* Exactly so much room: an allocation that was not reserved for fails an assertion. */
static void reserve_exactly(zxp_world *w, uint64_t bytes) {
#ifdef ZXP_TEST_MOVE
    w->reserved = bytes;
    bytes &= ARENA_RUN - 1;
#endif
    w->capacity = (size_t)kernel_of(w)->top * ARENA_UNIT + (size_t)bytes;
    assert_true(w->capacity <= 64u << 20);
}

static void map_begin(zxp_world *w, struct page_map *map, uint64_t pages) {
    arena_begin(w);
    reserve_exactly(w, page_map_init_bytes());
    page_map_init(w, map, pages, key(0));
}

static bool begins(const zxp_world *w, const struct page_map *map, uint64_t page) {
    return page < map->pages && page_map_find(w, map, page).first < page;
}

/* On room for the runs that may begin, and for one if none does: a leaf may move to a smaller block. */
static void set(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end, uint64_t n) {
    uint64_t runs = (uint64_t)begins(w, map, first) + begins(w, map, end);
    reserve_exactly(w, page_map_runs_bytes(map, runs == 0 ? 1 : runs));
    page_map_set(w, map, first, end, key(n));
}

/* ---- Against an array ---- */

struct model {
    zxp_world world;
    struct page_map map;
    uint8_t *naive;
    uint64_t most;
};

static bool is_seven(const struct page_key *k) { return k->content == 7; }

static void walk_agrees(const struct model *m, uint64_t first, uint64_t end) {
    struct page_run run;
    uint64_t at = first, runs = 0;
    for (struct page_walk k = page_walk_begin(&m->world, &m->map, first, end); page_walk_next(&k, &run); runs++) {
        assert_true(run.first == at && run.end > at && run.end <= end);
        for (; at < run.end; at++) assert_int_equal(run.key.content, m->naive[at]);
        if (at < end) assert_int_not_equal(m->naive[at], m->naive[at - 1]);
    }
    assert_int_equal(at, end);
    assert_int_equal(page_map_count(&m->world, &m->map, first, end), runs);
    uint64_t seven = first;
    while (seven < end && m->naive[seven] != 7) seven++;
    assert_int_equal(page_map_first(&m->world, &m->map, first, end, is_seven), seven);
}

static void find_agrees(const struct model *m, uint64_t page) {
    struct page_run run = page_map_find(&m->world, &m->map, page);
    assert_true(run.first <= page && page < run.end && run.end <= m->map.pages);
    struct page_key expected = key(m->naive[page]);
    assert_true(page_key_equal(&run.key, &expected));
    for (uint64_t p = run.first; p < run.end; p++) assert_int_equal(m->naive[p], m->naive[page]);
    if (run.first > 0) assert_int_not_equal(m->naive[run.first - 1], m->naive[page]);
    if (run.end < m->map.pages) assert_int_not_equal(m->naive[run.end], m->naive[page]);
}

static void random_resize(struct model *m) {
    uint64_t pages = random_below(4) == 0 ? random_below(3) : random_below(m->most + 1), n = random_below(8);
    reserve_exactly(&m->world, page_map_runs_bytes(&m->map, 1));
    if (pages > m->map.pages) memset(m->naive + m->map.pages, (int)n, pages - m->map.pages);
    page_map_resize(&m->world, &m->map, pages, key(n));
    assert_int_equal(m->map.pages, pages);
}

static void random_set(struct model *m, uint64_t longest) {
    uint64_t first = random_below(m->map.pages + 1);
    uint64_t length = random_below(min_u64(longest, m->map.pages - first) + 1), n = random_below(8);
    memset(m->naive + first, (int)n, length);
    set(&m->world, &m->map, first, first + length, n);
}

static void play(uint64_t most, unsigned steps, unsigned check_every, uint64_t longest) {
    struct model m = {.most = most, .naive = calloc(most + 1, 1)};
    assert_non_null(m.naive);
    map_begin(&m.world, &m.map, most);
    for (unsigned i = 0; i < steps; i++) {
        if (random_below(UINT64_C(4) * check_every) == 0)
            random_resize(&m);
        else
            random_set(&m, random_below(50 + most / 10) == 0 ? most : longest);
        if (m.map.pages > 0 && random_below(3) == 0) page_map_approach(&m.world, &m.map, random_below(m.map.pages));
        if (m.map.pages > 0) find_agrees(&m, random_below(m.map.pages));
        if (i % check_every != 0) continue;
        assert_true(page_map_valid(&m.world, &m.map));
        uint64_t first = random_below(m.map.pages), end = first + random_below(m.map.pages - first + 1);
        walk_agrees(&m, first, end);
        walk_agrees(&m, 0, m.map.pages);
    }
    page_map_free(&m.world, &m.map);
    free(m.naive);
    free(m.world.memory);
}

static void small_maps_agree_with_an_array(void **state) {
    (void)state;
    for (unsigned i = 0; i < 50; i++) play(1 + random_below(40), 400, 1, 8);
}

static void large_maps_agree_with_an_array(void **state) {
    (void)state;
    play(1000, 20000, 10, 5);
    play(20000, 60000, 1000, 4);
    play(300000, 200000, 40000, 2);
}

/* ---- Order of changes ---- */

static void fill(zxp_world *w, struct page_map *map, uint64_t runs, int order) {
    for (uint64_t i = 0; i < runs; i++) {
        uint64_t page = order == 0 ? i : order == 1 ? runs - 1 - i : i * 7919 % runs;
        set(w, map, 2 * page, 2 * page + 1, 1);
    }
}

static void every_order_gives_the_same_runs(void **state) {
    (void)state;
    enum { RUNS = 30011 };
    for (int order = 0; order < 3; order++) {
        zxp_world w;
        struct page_map map;
        map_begin(&w, &map, UINT64_C(2) * RUNS);
        fill(&w, &map, RUNS, order);
        assert_int_equal(map.runs, 2 * RUNS);
        assert_true(page_map_valid(&w, &map));
        for (uint64_t i = 0; i < RUNS; i++) assert_int_equal(page_map_find(&w, &map, 2 * i).key.content, 1);
        if (order == 0 && MEASURED) assert_true((uint64_t)kernel_of(&w)->top * ARENA_UNIT < UINT64_C(2) * RUNS * 36);
        for (uint64_t i = 0; i < RUNS; i++) {
            uint64_t page = order == 0 ? i : order == 1 ? RUNS - 1 - i : i * 4099 % RUNS;
            set(&w, &map, 2 * page, 2 * page + 1, 0);
            if (i % 5000 == 0) assert_true(page_map_valid(&w, &map));
        }
        assert_int_equal(map.runs, 1);
        assert_int_equal(map.height, 0);
        page_map_free(&w, &map);
        free(w.memory);
    }
}

/* ---- Parts of a tree ---- */

/* A run for each page, whose key is the page: filled in ascending order, so all leaves are full. */
static void single_pages(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end) {
    for (uint64_t page = first; page < end; page++) set(w, map, page, page + 1, page);
}

static void keys_are_first_pages(const zxp_world *w, const struct page_map *map, uint64_t runs) {
    struct page_run run;
    assert_true(page_map_valid(w, map));
    assert_int_equal(map->runs, runs);
    for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run);)
        assert_int_equal(run.key.content, run.first);
}

static void part_goes_and_comes_again(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end) {
    set(w, map, first, end, first - 1);
    keys_are_first_pages(w, map, map->pages - (end - first));
    single_pages(w, map, first, end);
    keys_are_first_pages(w, map, map->pages);
}

/* What is not in a list of free blocks: classes of 1 to 16 units, and nodes. */
static uint64_t units_in_use(const zxp_world *w) {
    uint64_t units = kernel_of(w)->top;
    for (uint32_t class = 0; class <= ARENA_EXACT_UNITS + 1; class ++) {
        uint32_t size = class <= ARENA_EXACT_UNITS ? class + 1 : 1024 / ARENA_UNIT;
        for (uint32_t at = kernel_of(w)->free_blocks[class]; at != 0; memcpy(&at, arena_at(w, at), sizeof at))
            units -= size;
    }
    return units;
}

static void whole_leaves_go(void **state) {
    (void)state;
    enum { LEAVES = FULL_INNER + 1 };
    for (uint64_t first = FULL_INNER - 4; first < LEAVES; first++)
        for (uint64_t end = first + 1; end <= LEAVES; end++) {
            zxp_world w;
            struct page_map map;
            map_begin(&w, &map, (uint64_t)LEAVES * FULL_LEAF);
            single_pages(&w, &map, 1, map.pages);
            assert_int_equal(map.height, 2);
            part_goes_and_comes_again(&w, &map, first * FULL_LEAF, end * FULL_LEAF);
            free(w.memory);
        }
}

static void any_part_goes_and_comes_again(void **state) {
    (void)state;
    zxp_world w;
    struct page_map map;
    map_begin(&w, &map, UINT64_C(3) * FULL_INNER * FULL_LEAF);
    set(&w, &map, 0, 1, 1);
    set(&w, &map, 0, 1, 0);
    uint64_t small = units_in_use(&w);
    single_pages(&w, &map, 1, map.pages);
    for (unsigned i = 0; i < 100; i++) {
        uint64_t first = 1 + random_below(map.pages - 1), length = 1 + random_below(i % 3 == 0 ? map.pages : 99);
        part_goes_and_comes_again(&w, &map, first, min_u64(first + length, map.pages));
        if (i % 10 != 9) continue;
        set(&w, &map, 0, map.pages, 0); /* all of it goes: as small as at first */
        assert_int_equal(map.height, 0);
        assert_int_equal(units_in_use(&w), small);
        single_pages(&w, &map, 1, map.pages);
    }
    page_map_free(&w, &map);
    assert_true(units_in_use(&w) < small);
    free(w.memory);
}

/* ---- Cost ---- */

/* What a map of so many full leaves takes is there without growing. */
static void another_map_has_room(zxp_world *w, uint64_t leaves) {
    uint32_t top = kernel_of(w)->top;
    struct page_map other;
    reserve_exactly(w, page_map_init_bytes());
    page_map_init(w, &other, leaves * FULL_LEAF, key(0));
    single_pages(w, &other, 1, other.pages);
    assert_true((kernel_of(w)->top - top) * ARENA_UNIT < 2 * 1024);
}

/* Two neighbours hold more than three quarters of a leaf: a leaf has more than 12 runs on average. */
static void sparse_maps_give_nodes_back(void **state) {
    (void)state;
    if (!MEASURED) skip();
    enum { LEAVES = 800, RUNS = LEAVES * FULL_LEAF };
    for (int order = 0; order < 3; order++) {
        zxp_world w;
        struct page_map map;
        map_begin(&w, &map, RUNS);
        single_pages(&w, &map, 1, RUNS);
        for (uint64_t i = 0; i < RUNS; i++) {
            uint64_t page = order == 0 ? i : order == 1 ? RUNS - 1 - i : i * 7919 % RUNS;
            if (page % 10 != 0) set(&w, &map, page, page + 1, page - page % 10);
        }
        keys_are_first_pages(&w, &map, RUNS / 10);
        another_map_has_room(&w, LEAVES - LEAVES / 40 - RUNS / 10 / 12);
        free(w.memory);
    }
}

static void neighbours_of_what_goes_are_joined(void **state) {
    (void)state;
    if (!MEASURED) skip();
    enum { LEAVES = 500, RUNS = LEAVES * FULL_LEAF, FEW = 10 };
    zxp_world w;
    struct page_map map;
    map_begin(&w, &map, RUNS);
    single_pages(&w, &map, 1, RUNS);
    for (uint64_t page = 0; page < RUNS; page += UINT64_C(2) * FULL_LEAF)
        set(&w, &map, page + FEW, page + FULL_LEAF, page + FEW - 1);
    for (uint64_t page = 0; page < RUNS; page += UINT64_C(2) * FULL_LEAF)
        set(&w, &map, page + FEW - 1, page + UINT64_C(2) * FULL_LEAF, page + FEW - 1);
    assert_true(page_map_valid(&w, &map));
    another_map_has_room(&w, LEAVES - LEAVES / 2 * FEW / 12 - LEAVES / 40);
    free(w.memory);
}

static void small_maps_are_small(void **state) {
    (void)state;
    if (!MEASURED) skip();
    zxp_world w;
    struct page_map map;
    map_begin(&w, &map, UINT64_MAX / 4096);
    uint32_t before = kernel_of(&w)->top;
    assert_true(page_map_init_bytes() <= 64);
    set(&w, &map, 10, 20, 1);
    assert_int_equal(map.runs, 3);
    assert_int_equal(map.capacity, 3);
    assert_true((kernel_of(&w)->top - before) * ARENA_UNIT <= 128);
    reserve_exactly(&w, page_map_change_bytes(&map, 1));
    assert_true(w.capacity <= kernel_of(&w)->top * ARENA_UNIT + 512); /* nor is much asked for */
    for (uint64_t i = 0; i < 200; i++) set(&w, &map, 1000 + 2 * i, 1001 + 2 * i, 2);
    set(&w, &map, 0, map.pages, 3);
    set(&w, &map, 0, 1, 3);
    for (uint64_t i = 0; i < 4; i++) set(&w, &map, 0, map.pages, i);
    assert_int_equal(map.capacity, 3); /* and large ones that became small again */
    for (uint64_t i = 0; i < 10; i++) set(&w, &map, 1000 + 2 * i, 1001 + 2 * i, 2);
    reserve_exactly(&w, page_map_change_bytes(&map, 1));
    page_map_resize(&w, &map, 1000, key(0));
    assert_int_equal(map.capacity, 3); /* by resizing, too */
    page_map_free(&w, &map);
    free(w.memory);
}

/* Room for all of them is reserved once: whatever their order, it is enough. */
static void many_changes_on_one_reservation(void **state) {
    (void)state;
    for (uint64_t count = 1; count < 6000; count += 1 + count / 2) {
        for (int order = 0; order < 3; order++) {
            zxp_world w;
            struct page_map map;
            map_begin(&w, &map, UINT64_MAX / 4096);
            reserve_exactly(&w, page_map_fill_bytes(2 * count));
            for (uint64_t i = 0; i < count; i++) {
                uint64_t at = order == 0 ? i : order == 1 ? count - i : i * 7919 % 6007;
                page_map_set(&w, &map, 4 * at + 1, 4 * at + 2, key(1));
            }
            assert_int_equal(map.runs, 2 * count + 1);
            assert_true(page_map_valid(&w, &map));
            page_map_free(&w, &map);
            free(w.memory);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_changes_on_one_reservation),
        cmocka_unit_test(small_maps_agree_with_an_array),
        cmocka_unit_test(large_maps_agree_with_an_array),
        cmocka_unit_test(every_order_gives_the_same_runs),
        cmocka_unit_test(whole_leaves_go),
        cmocka_unit_test(any_part_goes_and_comes_again),
        cmocka_unit_test(small_maps_are_small),
        cmocka_unit_test(sparse_maps_give_nodes_back),
        cmocka_unit_test(neighbours_of_what_goes_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
