/*
 * explore.c - the explorer: its stores, that paths are shortest, that shards joined are the whole (fuzz/explore).
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/encode.h"
#include "../../fuzz/explore/alphabet.h"
#include "../../fuzz/explore/result_file.h"
#include "../../fuzz/explore/symmetry.h"

static const uint64_t page = ZXP_PAGE_SIZE;

/* A pager-backed VMO of two pages, and threads 1 and 2. */
struct small {
    zxp_world *world;
    zx_koid_t vmo;
    uint64_t aux;
    struct explore_alphabet alphabet;
};

static const char *name_of(void *user, zx_koid_t koid) {
    (void)user, (void)koid;
    return "v";
}

static uint64_t make(zxp_world *world, const zxp_op_call *call) {
    uint64_t handle = ZX_HANDLE_INVALID;
    zxp_call(world, call);
    zxp_field(world, ZXP_MAIN_THREAD, "handle", &handle);
    return handle;
}

static int set_up(void **state) {
    static const struct explore_thread threads[] = {{1, "t1"}, {2, "t2"}};
    struct small *s = calloc(1, sizeof *s);
    uint32_t number;
    *state = s;
    s->world = zxp_world_create(NULL);
    uint64_t pager = make(s->world, &(zxp_op_call){.op = ZXP_OP_PAGER_CREATE});
    uint64_t port = make(s->world, &(zxp_op_call){.op = ZXP_OP_PORT_CREATE});
    uint64_t vmo = make(
        s->world, &(zxp_op_call){.op = ZXP_OP_PAGER_CREATE_VMO, .args = {pager, ZX_VMO_TRAP_DIRTY, port, 1, 2 * page}});
    s->aux = make(s->world, &(zxp_op_call){.op = ZXP_OP_VMO_CREATE, .args = {page, 0}});
    zxp_thread_create(s->world, &number);
    zxp_thread_create(s->world, &number);
    s->vmo = zxp_koid_of(s->world, (zx_handle_t)vmo);
    struct explore_bounds bounds = {.pages = 2, .threads = threads, .thread_count = 2, .aux = s->aux, .name = name_of};
    return explore_default_alphabet(s->world, &bounds, &s->alphabet) ? 0 : 1;
}

/* Each supply makes an auxiliary VMO of its own and closes it. Of it stays that a slot of the handle table has
 * been used: no state becomes more than two. */
static void steps_may_use_a_handle_of_their_own(void **state) {
    static const struct explore_thread threads[] = {{1, "t1"}, {2, "t2"}};
    static struct explore_result result;
    const struct small *s = *state;
    uint64_t states[2];
    for (unsigned i = 0; i < 2; i++) {
        struct explore_alphabet alphabet = {0};
        struct explore_bounds bounds = {.pages = 1, .threads = threads, .thread_count = 2, .name = name_of};
        bounds.aux = i == 0 ? s->aux : ZX_HANDLE_INVALID;
        assert_true(explore_default_alphabet(s->world, &bounds, &alphabet));
        explore_run(s->world, &(struct explore_options){.alphabet = &alphabet, .workers = 1, .max_states = 100000},
                    false, &result);
        assert_true(result.complete);
        states[i] = result.states;
        explore_alphabet_clear(&alphabet);
    }
    assert_true(states[0] > 100);
    assert_in_range(states[1], states[0], 2 * states[0]);
}

static int tear_down(void **state) {
    struct small *s = *state;
    explore_alphabet_clear(&s->alphabet);
    zxp_world_destroy(s->world);
    free(s);
    return 0;
}

static struct explore_options options_of(const struct small *s) {
    return (struct explore_options){.alphabet = &s->alphabet, .workers = 1};
}

/* ---- Stores ---- */

static void store_keeps_each_once(void **state) {
    (void)state;
    struct explore_states *states = explore_states_create(EXPLORE_COMPACT, false);
    uint64_t list[3];
    assert_int_equal(explore_states_add(states, 7, NULL, 0), 1);
    assert_int_equal(explore_states_add(states, 7, NULL, 0), 0);
    assert_int_equal(explore_states_add(states, 5, NULL, 0), 1);
    assert_int_equal(explore_states_add(states, UINT64_MAX, NULL, 0), 1);
    assert_int_equal(explore_states_count(states), 3);
    explore_states_list(states, list);
    assert_int_equal(list[0], 5);
    assert_int_equal(list[1], 7);
    explore_states_destroy(states);
}

static void exact_store_tells_equal_hashes_apart(void **state) {
    (void)state;
    struct explore_states *states = explore_states_create(EXPLORE_EXACT, false);
    assert_int_equal(explore_states_add(states, 7, (const uint8_t *)"one", 3), 1);
    assert_int_equal(explore_states_add(states, 7, (const uint8_t *)"two", 3), 1);
    assert_int_equal(explore_states_add(states, 7, (const uint8_t *)"one", 3), 0);
    assert_int_equal(explore_states_count(states), 2);
    explore_states_destroy(states);
}

/* ---- The whole space ---- */

static uint64_t states_of(const struct small *s, struct explore_options options, uint64_t *transitions) {
    static struct explore_result result;
    explore_run(s->world, &options, false, &result);
    assert_true(result.complete);
    assert_int_equal(result.kind, EXPLORE_NOTHING);
    *transitions = result.transitions;
    explore_result_clear(&result);
    return result.states;
}

static void every_way_to_explore_counts_alike(void **state) {
    const struct small *s = *state;
    uint64_t once, other;
    uint64_t states = states_of(s, options_of(s), &once);
    assert_true(states > 1000);
    struct explore_options exact = options_of(s), two = options_of(s), judged = options_of(s);
    exact.store = EXPLORE_EXACT;
    two.workers = 2;
    judged.check_invariants = judged.check_liveness = true;
    assert_int_equal(states_of(s, exact, &other), states);
    assert_int_equal(other, once);
    assert_int_equal(states_of(s, two, &other), states);
    assert_int_equal(other, once);
    assert_int_equal(states_of(s, judged, &other), states);
}

/* ---- Symmetry ---- */

static const uint32_t alike[] = {1, 2};

static struct explore_options symmetric(const struct small *s) {
    struct explore_options options = options_of(s);
    options.threads = alike;
    options.thread_count = 2;
    options.bytes_alike = true;
    return options;
}

static uint64_t shape(const zxp_world *world) {
    unsigned order[SYMMETRY_THREADS];
    zxp_world *copy = zxp_world_clone(world);
    symmetry_order(copy, alike, 2, order);
    uint64_t hash = zxp_world_hash(copy, FORM_SHAPE);
    zxp_world_destroy(copy);
    return hash;
}

static bool note_shape(void *user, const zxp_world *world) {
    explore_states_add(user, shape(world), NULL, 0);
    return false;
}

/* The states of the symmetric search are those of the whole one, each up to the names of threads and letters: as
 * many, and no others. */
static void symmetry_merges_all_that_is_alike_and_nothing_else(void **state) {
    const struct small *s = *state;
    uint64_t transitions;
    struct explore_states *shapes = explore_states_create(EXPLORE_COMPACT, false);
    struct explore_options each = options_of(s), exact = symmetric(s), two = symmetric(s);
    each.goal = note_shape;
    each.user = shapes;
    note_shape(shapes, s->world);
    uint64_t states = states_of(s, each, &transitions);
    uint64_t merged = states_of(s, symmetric(s), &transitions);
    exact.store = EXPLORE_EXACT;
    two.workers = 2;
    assert_true(merged * 2 < states);
    assert_int_equal(merged, explore_states_count(shapes));
    assert_int_equal(states_of(s, exact, &transitions), merged);
    assert_int_equal(states_of(s, two, &transitions), merged);
    explore_states_destroy(shapes);
}

/* The shape of a world after the steps of these texts. */
static uint64_t shape_after(const struct small *s, const char *const *texts) {
    zxp_world *world = zxp_world_clone(s->world);
    for (; *texts != NULL; texts++) {
        size_t i = 0;
        while (strcmp(s->alphabet.step[i].text, *texts) != 0) i++;
        assert_true(explore_apply(world, &s->alphabet.step[i]));
    }
    uint64_t hash = shape(world);
    zxp_world_destroy(world);
    return hash;
}

#define SHAPE(...) shape_after(s, (const char *const[]){__VA_ARGS__, NULL})

static void threads_and_letters_are_names(void **state) {
    const struct small *s = *state;
    assert_int_equal(SHAPE("t1: read v 0"), SHAPE("t2: read v 0"));
    assert_int_equal(SHAPE("t1: read v 0", "t2: write v 0"), SHAPE("t2: read v 0", "t1: write v 0"));
    assert_int_equal(SHAPE("t1: read v 0", "t2: read v 0"), SHAPE("t2: read v 0", "t1: read v 0"));
    assert_int_not_equal(SHAPE("t1: read v 0"), SHAPE("t1: read v 1"));
    assert_int_not_equal(SHAPE("t1: read v 0"), SHAPE("t1: write v 0"));
    /* Who came first is no name: it decides whose request it is, and who goes on first. */
    assert_int_not_equal(SHAPE("t1: read v 0", "t2: write v 0"), SHAPE("t1: write v 0", "t2: read v 0"));
    /* Pages of w and B, or of A and w. */
    assert_int_equal(SHAPE("supply v 0", "supply v 1", "dirty v 0", "dirty v 1", "t1: write v 0"),
                     SHAPE("supply v 0", "supply v 1", "dirty v 0", "dirty v 1", "t1: write v 1"));
    assert_int_not_equal(SHAPE("supply v 0", "dirty v 0"), SHAPE("supply v 0"));
}

/* ---- Paths ---- */

static bool one_page_awaits(void *user, const zxp_world *world) {
    const struct small *s = user;
    zxp_page_run run;
    return zxp_page_run_at(world, s->vmo, 1, &run) && run.letter == 'W';
}

static void path_is_shortest_and_leads_there(void **state) {
    struct small *s = *state;
    static struct explore_result result;
    struct explore_options options = options_of(s);
    options.goal = one_page_awaits;
    options.user = s;
    explore_run(s->world, &options, false, &result);
    assert_int_equal(result.kind, EXPLORE_GOAL);
    assert_int_equal(result.path_length, 3); /* supply, dirty, writeback begin */
    zxp_world *world = zxp_world_clone(s->world);
    for (uint32_t i = 0; i < result.path_length; i++) {
        assert_false(one_page_awaits(s, world));
        assert_true(explore_apply(world, &s->alphabet.step[result.path[i]]));
    }
    assert_true(one_page_awaits(s, world));
    zxp_world_destroy(world);
    options.max_depth = 2;
    explore_run(s->world, &options, false, &result);
    assert_int_equal(result.kind, EXPLORE_NOTHING);
    assert_false(result.complete);
}

static bool at_once(void *user) {
    (void)user;
    return true;
}

static void interrupt_keeps_what_was_found(void **state) {
    const struct small *s = *state;
    static struct explore_result result;
    struct explore_options options = options_of(s);
    options.interrupted = at_once;
    explore_run(s->world, &options, true, &result);
    assert_true(result.stopped);
    assert_false(result.complete);
    assert_true(result.states >= 1 && result.fingerprint_count == result.states);
    explore_result_clear(&result);
}

/* ---- Shards ---- */

static void run_shard(const struct small *s, uint32_t shard, uint32_t of, const char *path, uint64_t *states) {
    static struct explore_result result;
    struct explore_options options = options_of(s);
    options.shard = shard;
    options.of = of;
    explore_run(s->world, &options, true, &result);
    assert_true(result.complete);
    *states = result.fingerprint_count;
    assert_true(explore_result_write(&result, path));
    explore_result_clear(&result);
}

static void shards_joined_are_the_whole(void **state) {
    const struct small *s = *state;
    const char *paths[3], *bad;
    char names[3][32];
    uint64_t whole, joined, part;
    for (uint32_t i = 0; i < 3; i++) {
        strcpy(names[i], "/tmp/zxp-shard-XXXXXX");
        int file = mkstemp(names[i]);
        assert_true(file >= 0);
        close(file);
        paths[i] = names[i];
    }
    run_shard(s, 0, 1, paths[0], &whole);
    for (uint32_t i = 0; i < 3; i++) run_shard(s, i, 3, paths[i], &part);
    assert_true(explore_results_merge(paths, 3, &joined, &bad));
    assert_int_equal(joined, whole);
    assert_int_equal(truncate(paths[1], 1000), 0);
    assert_false(explore_results_merge(paths, 3, &joined, &bad));
    assert_ptr_equal(bad, paths[1]);
    for (unsigned i = 0; i < 3; i++) unlink(paths[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_keeps_each_once),
        cmocka_unit_test(exact_store_tells_equal_hashes_apart),
        cmocka_unit_test_setup_teardown(every_way_to_explore_counts_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(symmetry_merges_all_that_is_alike_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_and_letters_are_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_may_use_a_handle_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(path_is_shortest_and_leads_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(interrupt_keeps_what_was_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shards_joined_are_the_whole, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
