/* Zero intervals, look-ups by runs, and the order of reclaim, where a script cannot look (chapters 3 and 8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node.h"
#include "object.h"
#include "page_state.h"
#include "reclaim.h"

/* ---- A world with a pager, a port and a VMO ---- */

struct bench {
    zxp_world *w;
    zx_handle_t pager, port, v;
    node_ref node;
};

static uint64_t field(const zxp_world *w, const char *name) {
    uint64_t value = 0;
    assert_true(zxp_field(w, ZXP_MAIN_THREAD, name, &value));
    return value;
}

static zx_status_t call(zxp_world *w, const zxp_op_call *c) {
    zxp_thread_view view;
    assert_int_equal(zxp_call(w, c), ZXP_RETURNED);
    assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
    return view.status;
}

#define CALL(w, name, ...) call(w, &(zxp_op_call){.op = ZXP_OP_##name, .args = {__VA_ARGS__}})

static struct bench begin(zxp_profile profile, uint32_t options, uint64_t pages) {
    struct bench b = {.w = zxp_world_create(&(zxp_options){.profile = profile})};
    assert_non_null(b.w);
    assert_int_equal(CALL(b.w, PAGER_CREATE, 0), ZX_OK);
    b.pager = (zx_handle_t)field(b.w, "handle");
    assert_int_equal(CALL(b.w, PORT_CREATE, 0), ZX_OK);
    b.port = (zx_handle_t)field(b.w, "handle");
    assert_int_equal(CALL(b.w, PAGER_CREATE_VMO, b.pager, options, b.port, 1, pages * PAGE), ZX_OK);
    b.v = (zx_handle_t)field(b.w, "handle");
    b.node = vmo_at(b.w, vmo_of_object(object_by_koid(b.w, zxp_koid_of(b.w, b.v))))->node;
    return b;
}

static void end(struct bench *b) {
    assert_true(page_map_valid(b->w, &node_at(b->w, b->node)->map));
    assert_int_equal(zxp_check(b->w, NULL, 0), 0);
    zxp_world_destroy(b->w);
}

/* Supplies pages, each full of one letter; or, for `mixed`, of two bytes that no other page has. */
static void supply(struct bench *b, uint64_t first, uint64_t pages, bool mixed) {
    assert_int_equal(CALL(b->w, VMO_CREATE, pages * PAGE, 0), ZX_OK);
    zx_handle_t aux = (zx_handle_t)field(b->w, "handle");
    zxp_op_call fill = {
        .op = ZXP_OP_VMO_WRITE, .args = {aux, 0, 0, pages * PAGE}, .buffer = {.kind = ZXP_BUFFER_LETTERS}};
    fill.buffer.phase = (uint8_t)(first % 26);
    assert_int_equal(call(b->w, &fill), ZX_OK);
    for (uint64_t i = 0; mixed && i < pages; i++) {
        uint16_t word = (uint16_t)(0x100 + i);
        zxp_op_call one = {.op = ZXP_OP_VMO_WRITE, .args = {aux, 0, i * PAGE, sizeof word}};
        one.buffer = (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = &word, .length = sizeof word};
        assert_int_equal(call(b->w, &one), ZX_OK);
    }
    assert_int_equal(CALL(b->w, PAGER_SUPPLY_PAGES, b->pager, b->v, first * PAGE, pages * PAGE, aux, 0), ZX_OK);
    assert_int_equal(CALL(b->w, HANDLE_CLOSE, aux), ZX_OK);
}

/* The letters of pages [0, pages), and behind each frame of a list its age (i for Isolate), as one string. */
static void show(const struct bench *b, uint64_t pages, char *out) {
    zxp_page_run run;
    for (uint64_t page = 0; page < pages; page++) {
        assert_true(zxp_page_run_at(b->w, zxp_koid_of(b->w, b->v), page, &run));
        *out++ = run.letter;
        if (run.age == -2) *out++ = 'i';
        if (run.age >= 0) *out++ = (char)('0' + run.age);
    }
    *out = '\0';
}

static void expect(const struct bench *b, const char *text) {
    char shown[512];
    show(b, node_at(b->w, b->node)->map.pages, shown);
    assert_string_equal(shown, text);
}

/* ---- Zero intervals ---- */

static void reserve(struct bench *b) {
    assert_true(arena_reserve(b->w, root_change_bytes(b->w, b->node, 0, node_at(b->w, b->node)->map.pages) + 4096));
}

static void zero(struct bench *b, uint64_t first, uint64_t last, enum page_state kind) {
    reserve(b);
    interval_add(b->w, b->node, first, last, kind, RULE_none);
}

static void begin_writeback(struct bench *b, uint64_t first, uint64_t last) {
    reserve(b);
    root_writeback_begin(b->w, b->node, first, last, true);
}

static void take_out(struct bench *b, uint64_t first, uint64_t last) {
    reserve(b);
    interval_take_out(b->w, b->node, first, last, key_frame(DIRTY, content_zero()), RULE_none);
}

/* first, end and acl of the interval that holds `page`. */
static void expect_interval(const struct bench *b, uint64_t page, uint64_t first, uint64_t last, uint64_t acl) {
    struct page_run run = slot_run(b->w, b->node, page);
    assert_int_equal(run.first, first);
    assert_int_equal(run.end, last);
    assert_int_equal(run.key.order, acl);
}

static void a_page_taken_out(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 10);
    zero(&b, 0, 10, ZERO_DIRTY);
    begin_writeback(&b, 0, 8);
    expect(&b, "YYYYYYYYZZ");
    take_out(&b, 4, 5); /* middle: left keeps 8, right has none */
    expect_interval(&b, 0, 0, 4, 8);
    expect_interval(&b, 5, 5, 10, 0);
    take_out(&b, 0, 1); /* first: one less */
    expect_interval(&b, 1, 1, 4, 7);
    take_out(&b, 3, 4); /* last: not reduced */
    expect_interval(&b, 1, 1, 3, 7);
    take_out(&b, 1, 3); /* all of it */
    expect(&b, "DDDDDZZZZZ");
    end(&b);
}

static void several_pages_are_taken_out_as_one_by_one(void **state) {
    (void)state;
    for (uint64_t first = 0; first < 6; first++) {
        for (uint64_t last = first + 1; last <= 6; last++) {
            for (uint64_t acl = 0; acl <= 7; acl++) {
                struct bench a = begin(ZXP_PROFILE_HEAD, 0, 8), b = begin(ZXP_PROFILE_HEAD, 0, 8);
                zero(&a, 0, 8, ZERO_DIRTY);
                begin_writeback(&a, 0, acl);
                zero(&b, 0, 8, ZERO_DIRTY);
                begin_writeback(&b, 0, acl);
                take_out(&a, first, last);
                for (uint64_t page = first; page < last; page++) take_out(&b, page, page + 1);
                for (uint64_t page = 0; page < 8; page++) {
                    struct page_run one = slot_run(a.w, a.node, page), other = slot_run(b.w, b.node, page);
                    assert_memory_equal(&one, &other, sizeof one);
                }
                end(&a);
                end(&b);
            }
        }
    }
}

static void neighbours_merge(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 10);
    zero(&b, 0, 3, ZERO_DIRTY);
    begin_writeback(&b, 0, 3);
    zero(&b, 4, 7, ZERO_DIRTY);
    begin_writeback(&b, 4, 6);
    zero(&b, 3, 4, ZERO_DIRTY); /* the left one's length is kept, the right one's lost */
    expect_interval(&b, 5, 0, 7, 3);
    zero(&b, 7, 10, ZERO_UNTRACKED); /* other kinds do not merge */
    expect(&b, "YYYZZZZUUU");
    end(&b);
}

static void conversion(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 10);
    zero(&b, 0, 10, ZERO_DIRTY);
    begin_writeback(&b, 0, 6);
    reserve(&b);
    assert_false(interval_convert(b.w, b.node, 2, 8, ZERO_UNTRACKED, RULE_none)); /* strictly inside */
    expect_interval(&b, 0, 0, 10, 6);
    assert_true(interval_convert(b.w, b.node, 0, 2, ZERO_UNTRACKED, RULE_none)); /* the rest is two shorter */
    expect_interval(&b, 2, 2, 10, 4);
    assert_true(interval_convert(b.w, b.node, 8, 10, ZERO_UNTRACKED, RULE_none));
    expect_interval(&b, 2, 2, 8, 4);
    expect(&b, "UUYYYYZZUU");
    assert_true(interval_convert(b.w, b.node, 2, 8, ZERO_UNTRACKED, RULE_none)); /* all: merges both ways, no length */
    expect_interval(&b, 5, 0, 10, 0);
    end(&b);
}

static void a_length_is_never_lowered(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 6);
    zero(&b, 0, 6, ZERO_DIRTY);
    begin_writeback(&b, 0, 5);
    begin_writeback(&b, 0, 2);
    expect_interval(&b, 0, 0, 6, 5);
    begin_writeback(&b, 1, 6); /* begins in front: ignored */
    expect_interval(&b, 0, 0, 6, 5);
    end(&b);
}

/* ---- Runs ---- */

static void a_terabyte_costs_a_few_runs(void **state) {
    (void)state;
    const uint64_t pages = UINT64_C(1) << 30;
    struct bench b = begin(ZXP_PROFILE_HEAD, ZX_VMO_RESIZABLE, 0);
    assert_int_equal(CALL(b.w, VMO_SET_SIZE, b.v, pages * PAGE), ZX_OK);
    assert_int_equal(CALL(b.w, VMO_READ, b.v, 0, pages * PAGE), ZX_OK);
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, b.v, ZX_VMO_OP_COMMIT, 0, pages * PAGE), ZX_OK);
    assert_int_equal(node_at(b.w, b.node)->map.runs, 1);
    assert_int_equal(CALL(b.w, PAGER_OP_RANGE, b.pager, ZX_PAGER_OP_WRITEBACK_BEGIN, b.v, 0, pages * PAGE, 0), ZX_OK);
    assert_int_equal(CALL(b.w, PAGER_OP_RANGE, b.pager, ZX_PAGER_OP_WRITEBACK_END, b.v, 0, pages * PAGE, 0), ZX_OK);
    assert_int_equal(CALL(b.w, RECLAIM, pages - 3), ZX_OK);
    assert_int_equal(field(b.w, "evicted"), pages - 3);
    zxp_page_run run;
    assert_true(zxp_page_run_at(b.w, zxp_koid_of(b.w, b.v), 0, &run));
    assert_int_equal(run.letter, 'C'); /* last in, first out: the lowest pages go last */
    assert_int_equal(run.count, 3);
    assert_in_range(node_at(b.w, b.node)->map.runs, 2, 4);
    end(&b);
}

static void views_merge_what_looks_alike(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 4);
    for (uint64_t page = 0; page < 4; page++) supply(&b, page, 1, false); /* four stamps, one letter each */
    assert_int_equal(node_at(b.w, b.node)->map.runs, 4);
    zxp_page_run run;
    assert_true(zxp_page_run_at(b.w, zxp_koid_of(b.w, b.v), 1, &run));
    assert_int_equal(run.first, 1);
    assert_int_equal(run.count, 3);
    assert_false(zxp_page_run_at(b.w, zxp_koid_of(b.w, b.v), 4, &run));
    end(&b);
}

/* ---- The order of reclaim ---- */

static void age(struct bench *b, int steps) {
    while (steps-- > 0) assert_int_equal(CALL(b->w, AGE, 0), ZX_OK);
}

static void reclaim(struct bench *b, uint64_t n, enum reclaim_level level, uint64_t freed) {
    assert_true(arena_reserve(b->w, reclaim_bytes(b->w)));
    assert_int_equal(reclaim_pages(b->w, n, level), freed);
}

static void read_page(struct bench *b, uint64_t page) {
    assert_int_equal(CALL(b->w, VMO_READ, b->v, page * PAGE, 1), ZX_OK);
}

static void example_e1(void **state) {
    for (int mixed = 0; mixed < 2; mixed++) {
        (void)state;
        struct bench b = begin(ZXP_PROFILE_HEAD, 0, 4);
        supply(&b, 0, 4, mixed != 0);
        age(&b, 2);
        expect(&b, "C2C2C2C2");
        reclaim(&b, 2, ONLY_OLDEST, 0);
        reclaim(&b, 2, INCLUDE_NEWEST, 2);
        expect(&b, "CiCi..");
        read_page(&b, 0);
        expect(&b, "C0Ci..");
        reclaim(&b, 8, ONLY_OLDEST, 1);
        expect(&b, "C0...");
        end(&b);
    }
}

static void isolation_goes_by_sixteen(void **state) {
    (void)state;
    for (int mixed = 0; mixed < 2; mixed++) {
        struct bench b = begin(ZXP_PROFILE_HEAD, 0, 40);
        supply(&b, 0, 40, mixed != 0);
        age(&b, 6);
        reclaim(&b, 17, ONLY_OLDEST, 17); /* one batch, and one page of the second */
        expect(&b, "C6C6C6C6C6C6C6C6CiCiCiCiCiCiCiCiCiCiCiCiCiCiCi.................");
        age(&b, 1);                       /* the oldest generation is processed */
        reclaim(&b, 16, ONLY_OLDEST, 16); /* Isolate is first in, first out */
        expect(&b, "CiCiCiCiCiCiCi.................................");
        end(&b);
    }
}

static void a_page_is_isolated_by_the_seventh_step(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 3);
    supply(&b, 0, 3, false);
    age(&b, 3);
    read_page(&b, 1); /* only its recorded generation changes; it is relinked lazily */
    expect(&b, "C3C0C3");
    age(&b, 4);
    expect(&b, "CiC4Ci");
    age(&b, 3);
    expect(&b, "CiCiCi");
    reclaim(&b, 1, ONLY_OLDEST, 1);
    expect(&b, "CiCi.");
    reclaim(&b, 1, ONLY_OLDEST, 1);
    expect(&b, ".Ci.");
    end(&b);
}

static void hints_go_first_and_in_order(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 4);
    supply(&b, 0, 4, false);
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, b.v, ZX_VMO_OP_DONT_NEED, 0, 3 * PAGE), ZX_OK);
    expect(&b, "CiCiCiC0");
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, b.v, ZX_VMO_OP_DONT_NEED, 0, PAGE), ZX_OK); /* again: to the tail */
    reclaim(&b, 1, ONLY_OLDEST, 1);
    expect(&b, "Ci.CiC0");
    reclaim(&b, 9, ONLY_OLDEST, 2);
    expect(&b, "...C0");
    end(&b);
}

static void always_need_is_honoured_at_one_level(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 40);
    supply(&b, 0, 40, false);
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, b.v, ZX_VMO_OP_ALWAYS_NEED, 0, 40 * PAGE), ZX_OK);
    age(&b, 6);
    reclaim(&b, UINT64_MAX, ONLY_OLDEST, 0);
    zxp_page_run run;
    assert_true(zxp_page_run_at(b.w, zxp_koid_of(b.w, b.v), 0, &run));
    assert_int_equal(run.age, 0); /* each became newest */
    assert_int_equal(run.count, 40);
    age(&b, 2);
    reclaim(&b, UINT64_MAX, INCLUDE_NEWEST, 40);
    end(&b);
}

/* One run or forty, the pages go in the same order. */
static void runs_do_not_matter(void **state) {
    (void)state;
    struct bench a = begin(ZXP_PROFILE_HEAD, 0, 60), b = begin(ZXP_PROFILE_HEAD, 0, 60);
    struct bench *both[2] = {&a, &b};
    char one[256], other[256];
    uint32_t random = 12345;
    for (int round = 0; round < 400; round++) {
        random = random * 1664525 + 1013904223;
        uint64_t first = random >> 8 & 63, pages = 1 + (random >> 14 & 31), what = random >> 20 & 15;
        if (first >= 60) continue;
        if (pages > 60 - first) pages = 60 - first;
        uint64_t freed[2] = {0, 0};
        for (int i = 0; i < 2; i++) {
            uint64_t at = first * PAGE, length = pages * PAGE;
            zxp_world *w = both[i]->w;
            if (what < 4) supply(both[i], first, pages, i == 1);
            if (what == 4) CALL(w, VMO_OP_RANGE, both[i]->v, ZX_VMO_OP_DONT_NEED, at, length);
            if (what == 5 && round % 8 == 0)
                zxp_call(w, &(zxp_op_call){.op = ZXP_OP_VMO_OP_RANGE,
                                           .args = {both[i]->v, ZX_VMO_OP_DONT_NEED, at, length}});
            if (what == 6 || what == 7) CALL(w, EVICT, zxp_koid_of(w, both[i]->v), at, length, 0);
            if (what == 8 || what == 9) {
                assert_true(arena_reserve(w, reclaim_bytes(w)));
                freed[i] = reclaim_pages(w, pages, what == 8 ? ONLY_OLDEST : INCLUDE_NEWEST);
            }
            if (what >= 10) CALL(w, AGE, 0);
        }
        assert_int_equal(freed[0], freed[1]);
        show(&a, 60, one);
        show(&b, 60, other);
        assert_string_equal(one, other);
    }
    end(&a);
    end(&b);
}

static void discardable_goes_whole_through_its_first_page(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_HEAD, 0, 1);
    zxp_world *w = b.w;
    assert_int_equal(CALL(w, VMO_CREATE, 3 * PAGE, ZX_VMO_DISCARDABLE), ZX_OK);
    zx_handle_t d = (zx_handle_t)field(w, "handle");
    assert_int_equal(CALL(w, VMO_OP_RANGE, d, ZX_VMO_OP_COMMIT, 0, 3 * PAGE), ZX_OK);
    age(&b, 7);
    reclaim(&b, 1, ONLY_OLDEST, 0); /* never locked: refused, and newest again */
    assert_int_equal(CALL(w, VMO_OP_RANGE, d, ZX_VMO_OP_LOCK, 0, 3 * PAGE), ZX_OK);
    assert_int_equal(CALL(w, VMO_OP_RANGE, d, ZX_VMO_OP_UNLOCK, 0, 3 * PAGE), ZX_OK);
    age(&b, 7);
    reclaim(&b, 1, ONLY_OLDEST, 3);
    assert_int_equal(CALL(w, VMO_READ, d, 0, 1), ZX_ERR_NOT_FOUND);
    assert_int_equal(CALL(w, OBJECT_GET_INFO, d, ZX_INFO_VMO), ZX_OK);
    assert_int_equal(field(w, "committed_change_events"), 1);
    end(&b);
}

/* ---- Old profiles: chapter 9 ---- */

static void old_profiles_evict_what_was_written(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_2020, ZX_VMO_RESIZABLE, 2);
    supply(&b, 0, 2, false);
    zxp_op_call write = {
        .op = ZXP_OP_VMO_WRITE, .args = {b.v, 0, 0, PAGE}, .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 'w'}};
    assert_int_equal(call(b.w, &write), ZX_OK);
    expect(&b, "C0C0");
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, b.v, ZX_VMO_OP_ALWAYS_NEED, 0, 2 * PAGE), ZX_OK);
    assert_int_equal(CALL(b.w, EVICT, zxp_koid_of(b.w, b.v), 0, 2 * PAGE, 0), ZX_OK);
    assert_int_equal(field(b.w, "evicted"), 2);
    assert_int_equal(CALL(b.w, VMO_SET_SIZE, b.v, 3 * PAGE), ZX_OK);
    expect(&b, "...");
    end(&b);
}

static void profile_2018_evicts_nothing(void **state) {
    (void)state;
    struct bench b = begin(ZXP_PROFILE_2018, 0, 1);
    assert_int_equal(CALL(b.w, VMO_CREATE, PAGE, 0), ZX_OK);
    zx_handle_t aux = (zx_handle_t)field(b.w, "handle");
    assert_int_equal(CALL(b.w, VMO_OP_RANGE, aux, ZX_VMO_OP_COMMIT, 0, PAGE), ZX_OK);
    assert_int_equal(CALL(b.w, PAGER_VMO_OP, b.pager, b.v, 1, 0, PAGE, aux, 0), ZX_OK);
    expect(&b, "C0");
    assert_int_equal(CALL(b.w, EVICT, zxp_koid_of(b.w, b.v), 0, PAGE, 1), ZX_OK);
    assert_int_equal(field(b.w, "evicted"), 0);
    assert_int_equal(CALL(b.w, RECLAIM, 1), ZX_OK);
    assert_int_equal(field(b.w, "evicted"), 0);
    end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_taken_out),
        cmocka_unit_test(several_pages_are_taken_out_as_one_by_one),
        cmocka_unit_test(neighbours_merge),
        cmocka_unit_test(conversion),
        cmocka_unit_test(a_length_is_never_lowered),
        cmocka_unit_test(a_terabyte_costs_a_few_runs),
        cmocka_unit_test(views_merge_what_looks_alike),
        cmocka_unit_test(example_e1),
        cmocka_unit_test(isolation_goes_by_sixteen),
        cmocka_unit_test(a_page_is_isolated_by_the_seventh_step),
        cmocka_unit_test(hints_go_first_and_in_order),
        cmocka_unit_test(always_need_is_honoured_at_one_level),
        cmocka_unit_test(runs_do_not_matter),
        cmocka_unit_test(discardable_goes_whole_through_its_first_page),
        cmocka_unit_test(old_profiles_evict_what_was_written),
        cmocka_unit_test(profile_2018_evicts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
