/*
 * What calls cost, in steps: blocks of the core that run (the core is compiled for that, tests.mk), so that a figure is
 * the same on every machine. Each row makes the same world small and large, makes one call in both, and says how many
 * times the large one may cost the small one: costs grow with the logarithm of the runs, and with what a call changes;
 * never with pages, nor with what is there but does not concern it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page_map.h"
#include "zxpager/calls.h"

void __sanitizer_cov_trace_pc(void);

static uint64_t steps;
void __sanitizer_cov_trace_pc(void) { steps++; }

#define COUNT(of) (sizeof(of) / sizeof(of)[0])

enum { SMALL = 10, LARGE = 3000, MAIN = ZXP_MAIN_THREAD };

/* ---- Worlds ---- */

struct scene {
    zxp_world *w;
    zx_handle_t pager, port, vmo, other;
    zx_vaddr_t address;
};

static void good(const struct scene *s) { assert_int_equal(zxp_status(s->w, MAIN), ZX_OK); }

static zx_handle_t made(const struct scene *s) {
    good(s);
    return (zx_handle_t)zxp_result(s->w, MAIN, "handle");
}

static zx_koid_t koid_of(const struct scene *s, zx_handle_t handle) {
    zxp_object_get_info(s->w, MAIN, handle, ZX_INFO_HANDLE_BASIC);
    return zxp_result(s->w, MAIN, "koid");
}

static zx_handle_t anonymous(const struct scene *s, uint64_t pages) {
    zxp_vmo_create(s->w, MAIN, pages * PAGE, 0);
    return made(s);
}

static void fill(const struct scene *s, zx_handle_t vmo, uint64_t first, uint64_t pages, uint8_t byte) {
    zxp_op_call call = {.op = ZXP_OP_VMO_WRITE,
                        .args = {vmo, 0, first * PAGE, pages * PAGE},
                        .buffer = {.kind = ZXP_BUFFER_FILL, .fill = byte}};
    zxp_call(s->w, &call);
    good(s);
}

/* Pages [first, first + pages) of a pager VMO come, all alike. */
static void supply(const struct scene *s, zx_handle_t vmo, uint64_t first, uint64_t pages) {
    zx_handle_t aux = anonymous(s, pages);
    fill(s, aux, 0, pages, 'a');
    zxp_pager_supply_pages(s->w, MAIN, s->pager, vmo, first * PAGE, pages * PAGE, aux, 0);
    good(s);
    zxp_handle_close(s->w, MAIN, aux);
}

static zx_handle_t paged(const struct scene *s, uint64_t pages) {
    zxp_pager_create_vmo(s->w, MAIN, s->pager, 0, s->port, 0, pages * PAGE);
    return made(s);
}

static zx_handle_t clone_of(const struct scene *s, zx_handle_t vmo, uint64_t pages) {
    zxp_vmo_create_child(s->w, MAIN, vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, pages * PAGE);
    return made(s);
}

static void map(struct scene *s, zx_handle_t vmo, uint64_t pages) {
    const zx_vm_option_t options = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_MAP_RANGE;
    zxp_vmar_map(s->w, MAIN, zxp_root_vmar(s->w), options, 0, vmo, 0, pages * PAGE);
    good(s);
    s->address = zxp_result(s->w, MAIN, "address");
}

/* Every other page is written: 2 n runs. */
static void make_sparse(const struct scene *s, zx_handle_t vmo, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) fill(s, vmo, 2 * i, 1, 'x');
}

static void make_anonymous_runs(struct scene *s, uint64_t n) { make_sparse(s, s->vmo = anonymous(s, 2 * n + 2), n); }

/* Clean pages with absent ones between. */
static void make_clean_runs(struct scene *s, uint64_t n) {
    s->vmo = paged(s, 2 * n + 2);
    for (uint64_t i = 0; i < n; i++) supply(s, s->vmo, 2 * i, 1);
}

static void make_clean_pages(struct scene *s, uint64_t n) {
    s->vmo = paged(s, 16 * n);
    supply(s, s->vmo, 0, 16 * n);
}

static void make_dirty_pages(struct scene *s, uint64_t n) {
    make_clean_pages(s, n);
    fill(s, s->vmo, 0, 16 * n, 'd');
}

static void make_hinted_pages(struct scene *s, uint64_t n) {
    make_clean_pages(s, n);
    zxp_vmo_op_range(s->w, MAIN, s->vmo, ZX_VMO_OP_ALWAYS_NEED, 0, 16 * n * PAGE);
    good(s);
}

static void make_hole(struct scene *s, uint64_t n) { s->vmo = anonymous(s, 16 * n); }

/* One clean page beside an anonymous VMO of many runs. */
static void make_page_beside_runs(struct scene *s, uint64_t n) {
    make_anonymous_runs(s, n);
    s->other = paged(s, 1);
    supply(s, s->other, 0, 1);
}

/* A VMO with n clones. */
static void make_clones(struct scene *s, uint64_t n) {
    s->vmo = paged(s, 4);
    supply(s, s->vmo, 0, 4);
    for (uint64_t i = 0; i < n; i++) clone_of(s, s->vmo, 4);
}

/* Mapped; below it a clone of its first page, and n clones below that. */
static void make_clones_beyond(struct scene *s, uint64_t n) {
    s->vmo = paged(s, 4);
    supply(s, s->vmo, 0, 4);
    map(s, s->vmo, 4);
    zx_handle_t one = clone_of(s, s->vmo, 1);
    fill(s, one, 0, 1, 'x');
    for (uint64_t i = 0; i < n; i++) clone_of(s, one, 1);
}

/* Mapped; a clone of it, which is not, has n pages of its own. */
static void make_clone_of_runs(struct scene *s, uint64_t n) {
    s->vmo = paged(s, 2 * n + 2);
    supply(s, s->vmo, 0, 2 * n + 2);
    map(s, s->vmo, 1);
    make_sparse(s, clone_of(s, s->vmo, 2 * n + 2), n);
}

/* Pages that are in no list (dirty), with absent ones between. */
static void make_dirty_runs(struct scene *s, uint64_t n) {
    make_clean_runs(s, n);
    make_sparse(s, s->vmo, n);
}

/* ---- Calls ---- */

static void read_in_the_middle(struct scene *s, uint64_t n) {
    zxp_vmo_read(s->w, MAIN, s->vmo, n / 2 * 2 * PAGE, PAGE);
}

static void write_in_the_middle(struct scene *s, uint64_t n) { fill(s, s->vmo, n / 2 * 2, 1, 'y'); }

static void commit_in_the_middle(struct scene *s, uint64_t n) {
    zxp_vmo_op_range(s->w, MAIN, s->vmo, ZX_VMO_OP_COMMIT, n / 2 * 2 * PAGE, PAGE);
}

static void supply_in_the_middle(struct scene *s, uint64_t n) { supply(s, s->vmo, n / 2 * 2 + 1, 1); }

static void query_one(struct scene *s, uint64_t n) {
    zxp_pager_query_dirty_ranges(s->w, MAIN, s->pager, s->vmo, n / 2 * 2 * PAGE, PAGE, 0);
}

static void fill_all(struct scene *s, uint64_t n) { fill(s, s->vmo, 0, 16 * n, 'z'); }

static void read_all(struct scene *s, uint64_t n) { zxp_vmo_read(s->w, MAIN, s->vmo, 0, 16 * n * PAGE); }

static void zero_all(struct scene *s, uint64_t n) {
    zxp_vmo_op_range(s->w, MAIN, s->vmo, ZX_VMO_OP_ZERO, 0, 16 * n * PAGE);
}

static void evict_all(struct scene *s, uint64_t n) {
    zxp_evict(s->w, MAIN, koid_of(s, s->vmo), 0, 16 * n * PAGE, false);
}

static void reclaim_one(struct scene *s, uint64_t n) {
    (void)n;
    zxp_reclaim(s->w, MAIN, 1);
}

static void reclaim_batch(struct scene *s, uint64_t n) {
    (void)n;
    zxp_reclaim(s->w, MAIN, 16);
}

static void evict_four(struct scene *s, uint64_t n) {
    (void)n;
    zxp_evict(s->w, MAIN, koid_of(s, s->vmo), 0, 4 * PAGE, false);
}

static void evict_last(struct scene *s, uint64_t n) {
    (void)n;
    zxp_evict(s->w, MAIN, koid_of(s, s->vmo), 3 * PAGE, PAGE, false);
}

static void detach(struct scene *s, uint64_t n) {
    (void)n;
    zxp_pager_detach_vmo(s->w, MAIN, s->pager, s->vmo);
}

/* ---- One world beside the other ---- */

struct row {
    const char *call, *world;
    void (*make)(struct scene *s, uint64_t n);
    void (*run)(struct scene *s, uint64_t n);
    double most; /* times */
};

static uint64_t steps_in(const struct row *row, uint64_t n) {
    struct scene s = {.w = zxp_world_create(NULL)};
    assert_non_null(s.w);
    zxp_pager_create(s.w, MAIN, 0);
    s.pager = made(&s);
    zxp_port_create(s.w, MAIN, 0);
    s.port = made(&s);
    row->make(&s, n);
    steps = 0;
    row->run(&s, n);
    uint64_t cost = steps;
    good(&s);
    zxp_world_destroy(s.w);
    return cost;
}

static bool holds(const char *call, const char *world, uint64_t small, uint64_t large, double most) {
    bool good = (double)large <= most * (double)small;
    print_message("%-24s %-44s %8llu %8llu  at most %.1f times%s\n", call, world, (unsigned long long)small,
                  (unsigned long long)large, most, good ? "" : ": MISSED");
    return good;
}

static const struct row rows[] = {
    {"read a page", "of n runs", make_anonymous_runs, read_in_the_middle, 3},
    {"write a page", "of n runs", make_anonymous_runs, write_in_the_middle, 3},
    {"commit a page", "of n runs", make_anonymous_runs, commit_in_the_middle, 3},
    {"supply a page", "of n runs", make_clean_runs, supply_in_the_middle, 3},
    {"query a dirty page", "of n runs", make_dirty_runs, query_one, 3},
    {"read all", "of a run of 16 n clean pages", make_clean_pages, read_all, 1.2},
    {"write all", "of a run of 16 n clean pages", make_clean_pages, fill_all, 1.2},
    {"write all", "of a run of 16 n dirty pages", make_dirty_pages, fill_all, 1.2},
    {"write all", "of a hole of 16 n pages", make_hole, fill_all, 1.2},
    {"zero all", "of a run of 16 n dirty pages", make_dirty_pages, zero_all, 1.2},
    {"evict all", "of a run of 16 n clean pages", make_clean_pages, evict_all, 1.2},
    {"reclaim a page", "beside n runs that are in no list", make_page_beside_runs, reclaim_one, 1.2},
    {"reclaim 16 pages", "of a run of 16 n that must stay", make_hinted_pages, reclaim_batch, 1.2},
    {"evict four pages", "seen by n clones, nothing mapped", make_clones, evict_four, 1.2},
    {"evict a page", "mapped, beyond the end of n clones of a clone", make_clones_beyond, evict_last, 1.2},
    {"detach", "a mapped VMO, a clone of it has n runs", make_clone_of_runs, detach, 1.5},
};

static void calls_cost_what_they_change(void **state) {
    (void)state;
    bool all = true;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t small = steps_in(&rows[i], SMALL);
        all &= holds(rows[i].call, rows[i].world, small, steps_in(&rows[i], LARGE), rows[i].most);
    }
    assert_true(all);
}

/* ---- Maps of runs ---- */

/* A world that is only an arena, with one map: n runs of four pages, of three keys in turn. */
struct runs {
    zxp_world w;
    struct page_map map;
};

static struct page_key key(uint64_t n) { return (struct page_key){.content = (uint32_t)n}; }

/* Runs that are made in ascending order fill their leaves; else there is room in each. */
static void runs_begin(struct runs *r, uint64_t n, bool ascending) {
    enum { BYTES = 8 << 20 };
    *r = (struct runs){.w = {.memory = calloc(1, BYTES), .capacity = BYTES}};
    assert_non_null(r->w.memory);
    kernel_of(&r->w)->top = (uint32_t)((sizeof(struct kernel) + ARENA_UNIT - 1) / ARENA_UNIT);
    page_map_init(&r->w, &r->map, 4 * n, key(9));
    for (uint64_t i = 0; i < n; i++) {
        uint64_t run = ascending ? i : i * 1009 % n;
        page_map_set(&r->w, &r->map, 4 * run, 4 * run + 4, key(run % 3));
    }
    assert_int_equal(r->map.runs, n);
}

static uint64_t steps_of_find(struct runs *r, uint64_t page) {
    page_map_approach(&r->w, &r->map, page);
    steps = 0;
    (void)page_map_find(&r->w, &r->map, page);
    return steps;
}

static uint64_t steps_of_set(struct runs *r, uint64_t first, uint64_t end, uint64_t content) {
    page_map_approach(&r->w, &r->map, first);
    steps = 0;
    page_map_set(&r->w, &r->map, first, end, key(content));
    return steps;
}

/* A change in a run of key 1, from page `first` to page `end` of it; the run before it has key 0, the next one 2. */
struct change {
    const char *call, *what;
    uint64_t first, end, content;
    double most;
};

static const struct change changes[] = {
    {"set a part", "of a run, to the key of the run before it", 1, 3, 0, 1.5},
    {"set a part", "of a run, to the key of the run behind it", 1, 3, 2, 1.5},
    {"set the start", "of a run", 0, 2, 8, 1.5},
    {"set the end", "of a run", 2, 4, 8, 1.5},
    {"set all", "of a run", 0, 4, 8, 1.5},
};

enum { TRIES = 40 };

/* Of so many changes near a page that was approached: the dearest but a few, whose run is the last of a leaf. */
static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint64_t steps_of_change(const struct change *c, uint64_t n, uint64_t tries) {
    struct runs r;
    uint64_t cost[TRIES];
    runs_begin(&r, n, false);
    for (uint64_t i = 0; i < tries; i++) {
        uint64_t page = 4 * (1 + 3 * (i * (n / 3) / tries));
        cost[i] = steps_of_set(&r, page + c->first, page + c->end, c->content);
    }
    free(r.w.memory);
    qsort(cost, tries, sizeof *cost, compare);
    return cost[tries * 3 / 4];
}

/* Near a page that was approached, a change costs the same in a large map as in a leaf. */
static void changes_of_a_run_stay_in_its_leaf(void **state) {
    (void)state;
    bool all = true;
    for (size_t i = 0; i < COUNT(changes); i++) {
        const struct change *c = &changes[i];
        uint64_t small = steps_of_change(c, 9, 1);
        all &= holds(c->call, c->what, small, steps_of_change(c, LARGE, TRIES), c->most);
    }
    assert_true(all);
}

enum { FULL_LEAF = 31 };

/* Leaves of 31 runs: in each, all but the last are found without the way from the root. */
static void what_was_approached_is_near(void **state) {
    (void)state;
    static const uint64_t sizes[] = {UINT64_C(4) * FULL_LEAF, LARGE};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct runs one, r;
        uint64_t far = 0, n = min_u64(sizes[i], LARGE);
        runs_begin(&one, FULL_LEAF, true);
        uint64_t near = steps_of_find(&one, 4);
        runs_begin(&r, sizes[i], true);
        for (uint64_t run = 0; run < n; run++) far += steps_of_find(&r, 4 * run) > near + near / 2;
        print_message("find after approach: %llu of %llu runs are not near\n", (unsigned long long)far,
                      (unsigned long long)n);
        assert_true(far <= n / FULL_LEAF + 1);
        free(one.w.memory);
        free(r.w.memory);
    }
}

/* The first page of a run goes over to the run before it, or the last to the one behind. */
static uint64_t steps_of_border(uint64_t runs, uint64_t run, bool last) {
    struct runs r;
    uint64_t page = 4 * run + (last ? 3 : 0), taker = last ? run + 1 : run - 1;
    runs_begin(&r, runs, true);
    uint64_t cost = steps_of_set(&r, page, page + 1, taker % 3);
    free(r.w.memory);
    return cost;
}

/* Only a border moves, as cheaply as a part of a run is set in a lone leaf: of 31 runs of a leaf, one alone is not near
 * what it joins (the first, or the last). */
static void borders_move_in_their_leaf(void **state) {
    (void)state;
    for (int last = 0; last < 2; last++) {
        uint64_t near = steps_of_change(&changes[0], 9, 1), far = 0;
        for (uint64_t run = FULL_LEAF; run < UINT64_C(2) * FULL_LEAF; run++)
            far += steps_of_border(UINT64_C(4) * FULL_LEAF, run, last) > 2 * near;
        print_message("border moved: %llu of %d runs are not near\n", (unsigned long long)far, FULL_LEAF);
        assert_true(far == 1);
    }
}

/* A lone leaf takes what fills it as cheaply as what does not. */
static void a_leaf_is_filled(void **state) {
    (void)state;
    struct runs room, full;
    runs_begin(&room, 28, true);
    runs_begin(&full, 29, true);
    uint64_t small = steps_of_set(&room, 4 * 13 + 1, 4 * 13 + 2, 8);
    assert_true(holds("set a part", "of a run, so that its leaf is full", small,
                      steps_of_set(&full, 4 * 13 + 1, 4 * 13 + 2, 8), 1.2));
    free(room.w.memory);
    free(full.w.memory);
}

/* A map of one leaf is not searched for what is near. */
static void small_maps_need_no_approach(void **state) {
    (void)state;
    struct runs one, many;
    runs_begin(&one, 1, true);
    runs_begin(&many, 31, true);
    steps = 0;
    page_map_approach(&one.w, &one.map, 0);
    uint64_t small = steps;
    steps = 0;
    page_map_approach(&many.w, &many.map, 60);
    assert_true(holds("approach a page", "of a map of one leaf, 1 and 31 runs", small, steps, 1));
    free(one.w.memory);
    free(many.w.memory);
}

static void this_core_does_not_count(void **state) {
    (void)state;
    skip();
}

/* Is this a core that counts? */
static bool counts(void) {
    steps = 0;
    zxp_world_destroy(zxp_world_create(NULL));
    return steps > 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_cost_what_they_change),
        cmocka_unit_test(changes_of_a_run_stay_in_its_leaf),
        cmocka_unit_test(what_was_approached_is_near),
        cmocka_unit_test(borders_move_in_their_leaf),
        cmocka_unit_test(a_leaf_is_filled),
        cmocka_unit_test(small_maps_need_no_approach),
    };
    const struct CMUnitTest skipped[] = {cmocka_unit_test(this_core_does_not_count)};
    return counts() ? cmocka_run_group_tests(tests, NULL, NULL) : cmocka_run_group_tests(skipped, NULL, NULL);
}
