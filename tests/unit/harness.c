/* The harness: what the torture bits of an input's header do to its program (fuzz/harness/torture.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/harness/harness.h"

static const uint64_t page = ZXP_PAGE_SIZE;

/* What a run did, behind its prologue. */
enum { MOST_CALLS = 200 };
struct told {
    uint32_t count;
    zxp_op_call call[MOST_CALLS];
    zx_status_t status[MOST_CALLS];
};

static void on_call(void *user, const zxp_world *core, const zxp_op_call *call, zxp_outcome outcome) {
    struct told *told = user;
    zxp_thread_view view;
    (void)outcome;
    assert_true(told->count < MOST_CALLS);
    assert_true(zxp_thread_get(core, call->thread, &view));
    told->status[told->count] = view.status;
    told->call[told->count++] = *call;
}

static void append(struct fuzz_program *program, uint16_t op, uint32_t thread, const struct fuzz_record *like) {
    struct fuzz_record record = *like;
    record.op = (uint8_t)op;
    record.thread = (uint8_t)thread;
    program->record[program->count++] = record;
}

#define APPEND(program, op, thread, ...)                                                                               \
    append((program), (op), (thread), &(struct fuzz_record){.param = {__VA_ARGS__}})

/* A VMO of four pages; a thread reads them all; an answer to its
 * request; three more operations. `answer` is supply or fail. */
static void make_program(struct fuzz_program *program, uint8_t torture, uint16_t answer) {
    *program = (struct fuzz_program){
        .header = {.version = FUZZ_VERSION, .profile = 2, .torture = torture, .threads = 2, .vmos = 1, .pages = 4}};
    APPEND(program, ZXP_OP_VMO_CREATE, 0, {MODE_PAGES, 4}, {MODE_NUMBER, 0});
    APPEND(program, ZXP_OP_VMO_READ, 1, {MODE_NATURAL, 0}, {MODE_NUMBER, 0}, {MODE_PAGES, 4});
    if (answer == ZXP_OP_PAGER_SUPPLY_PAGES) {
        APPEND(program, answer, 0, {MODE_NATURAL, 0}, {MODE_NATURAL, 0}, {MODE_REQUEST, 0}, {MODE_REQUEST, 0},
               {MODE_NATURAL, 1}, {MODE_NUMBER, 0});
    } else {
        APPEND(program, answer, 0, {MODE_NATURAL, 0}, {MODE_NUMBER, ZX_PAGER_OP_FAIL}, {MODE_NATURAL, 0},
               {MODE_REQUEST, 0}, {MODE_REQUEST, 0}, {MODE_NEGATIVE, (uint16_t)-ZX_ERR_IO});
    }
    for (int i = 0; i < 3; i++) APPEND(program, ZXP_OP_VMO_GET_SIZE, 0, {MODE_NATURAL, 0});
}

/* What a run with these torture bits does; it must find nothing. */
static struct told run(uint8_t torture, uint16_t answer) {
    static struct fuzz_program program;
    static struct harness harness;
    struct told told = {0};
    make_program(&program, torture, answer);
    assert_true(harness_create(&harness));
    harness.told = on_call;
    harness.user = &told;
    assert_true(harness_run(&harness, &program, CHECK_ALL));
    harness_destroy(&harness);
    return told;
}

/* The number of calls of op, and where the first stands. */
static uint32_t calls_of(const struct told *told, uint16_t op, uint32_t *first) {
    uint32_t count = 0;
    for (uint32_t i = told->count; i-- > 0;) {
        if (told->call[i].op != op) continue;
        *first = i;
        count++;
    }
    return count;
}

static void a_plain_answer_is_one_call(void **state) {
    (void)state;
    uint32_t at = 0;
    struct told told = run(0, ZXP_OP_PAGER_SUPPLY_PAGES);
    assert_int_equal(calls_of(&told, ZXP_OP_PAGER_SUPPLY_PAGES, &at), 1);
    assert_true(told.call[at].args[3] == 4 * page);
    assert_int_equal(told.call[at - 1].op, ZXP_OP_VMO_READ);
}

static void a_split_supply_goes_page_by_page(void **state) {
    (void)state;
    uint32_t at = 0;
    struct told told = run(TORTURE_SPLIT, ZXP_OP_PAGER_SUPPLY_PAGES);
    assert_int_equal(calls_of(&told, ZXP_OP_PAGER_SUPPLY_PAGES, &at), 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(told.status[at + i], ZX_OK);
        assert_true(told.call[at + i].args[2] == i * page);
        assert_true(told.call[at + i].args[3] == page);
        assert_true(told.call[at + i].args[5] == i * page);
    }
}

static void a_split_failure_goes_page_by_page(void **state) {
    (void)state;
    uint32_t at = 0;
    struct told told = run(TORTURE_SPLIT, ZXP_OP_PAGER_OP_RANGE);
    assert_int_equal(calls_of(&told, ZXP_OP_PAGER_OP_RANGE, &at), 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(told.call[at + i].args[3] == i * page);
        assert_true(told.call[at + i].args[4] == page);
    }
}

/* Behind the three operations that follow it in the program, with the arguments that it had before them. */
static void a_late_answer_lets_others_pass(void **state) {
    (void)state;
    uint32_t at = 0, sizes = 0;
    struct told told = run(TORTURE_LATE, ZXP_OP_PAGER_SUPPLY_PAGES);
    assert_int_equal(calls_of(&told, ZXP_OP_PAGER_SUPPLY_PAGES, &at), 1);
    assert_int_equal(calls_of(&told, ZXP_OP_VMO_GET_SIZE, &sizes), 3);
    assert_int_equal(at, sizes + 3);
    assert_true(told.call[at].args[2] == 0 && told.call[at].args[3] == 4 * page);
    assert_int_equal(told.status[at], ZX_OK);
}

static void late_and_split_together(void **state) {
    (void)state;
    uint32_t at = 0, sizes = 0;
    struct told told = run(TORTURE_LATE | TORTURE_SPLIT, ZXP_OP_PAGER_SUPPLY_PAGES);
    assert_int_equal(calls_of(&told, ZXP_OP_PAGER_SUPPLY_PAGES, &at), 4);
    assert_int_equal(calls_of(&told, ZXP_OP_VMO_GET_SIZE, &sizes), 3);
    assert_int_equal(at, sizes + 3);
}

/* Whatever is held back at the end of a program is made then; more answers than can be held push the oldest out. */
static void no_late_answer_is_lost(void **state) {
    (void)state;
    static struct fuzz_program program;
    static struct harness harness;
    uint32_t at = 0;
    for (uint32_t answers = 1; answers <= 2 * HARNESS_LATE; answers++) {
        struct told told = {0};
        make_program(&program, TORTURE_LATE, ZXP_OP_PAGER_OP_RANGE);
        program.count = 3; /* the answer is the last */
        for (uint32_t i = 1; i < answers; i++) program.record[program.count++] = program.record[2];
        assert_true(harness_create(&harness));
        harness.told = on_call;
        harness.user = &told;
        assert_true(harness_run(&harness, &program, CHECK_ALL));
        harness_destroy(&harness);
        assert_int_equal(calls_of(&told, ZXP_OP_PAGER_OP_RANGE, &at), answers);
    }
}

static void eviction_and_suspension_after_each_operation(void **state) {
    (void)state;
    uint32_t at = 0, reads = 0;
    struct told told = run(TORTURE_EVICT | TORTURE_SUSPEND, ZXP_OP_PAGER_SUPPLY_PAGES);
    assert_true(calls_of(&told, ZXP_OP_EVICT, &at) > 3);
    assert_true(calls_of(&told, ZXP_OP_SUSPEND, &at) >= 1);
    assert_int_equal(calls_of(&told, ZXP_OP_VMO_READ, &reads), 1);
    assert_true(reads < at); /* nobody waits before the read */
    assert_int_equal(told.call[at + 1].op, ZXP_OP_RESUME);
    assert_true(told.call[at].args[0] == told.call[reads].thread);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_answer_is_one_call),
        cmocka_unit_test(a_split_supply_goes_page_by_page),
        cmocka_unit_test(a_split_failure_goes_page_by_page),
        cmocka_unit_test(a_late_answer_lets_others_pass),
        cmocka_unit_test(late_and_split_together),
        cmocka_unit_test(no_late_answer_is_lost),
        cmocka_unit_test(eviction_and_suspension_after_each_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
