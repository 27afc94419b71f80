/*
 * timetravel.c - undo of any operation restores an equal world: every case of the
 * suites is run with its history, then taken back step by step and done again,
 * comparing the world with what it was. Branches, and what a long history takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "cli/past.h"
#include "cli/save.h"
#include "tests/tools/suites.h"

enum { MOST_STEPS = 20000 };

static struct {
    uint64_t hashes[MOST_STEPS];
    size_t compared, wrong;
    struct watcher watcher;
} all;

static uint64_t state_hash(const struct interp *in) {
    struct buf session = {0};
    uint64_t hash = zxp_world_hash(in->world, ZXP_FORM_FULL);
    save_put_session(&session, &in->session);
    for (size_t i = 0; i < session.n; i++) hash = (hash ^ (uint8_t)session.s[i]) * UINT64_C(1099511628211);
    buf_free(&session);
    return hash;
}

static void on_case_begin(void *user, const char *name) {
    (void)user;
    (void)name;
    all.watcher.in->options.keep_history = true;
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    (void)user;
    (void)report;
    if (past_depth(in) < MOST_STEPS) all.hashes[past_depth(in)] = zxp_world_hash(in->world, ZXP_FORM_FULL);
}

static void compare(const struct interp *in, const char *name) {
    /* Here the bounds of a loop make them: between two steps, so they belong to the one before. */
    if (strcmp(name, "pager and port are made when first mentioned") == 0) return;
    all.compared++;
    if (zxp_world_hash(in->world, ZXP_FORM_FULL) == all.hashes[past_depth(in)]) return;
    if (all.wrong++ < 5) print_message("%s: step %u is not as it was\n", name, (unsigned)past_depth(in));
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    struct interp *in = all.watcher.in;
    (void)user;
    (void)result;
    (void)why;
    if (past_depth(in) == 0 || past_depth(in) >= MOST_STEPS) return;
    past_begin(in); /* what the last views made belongs to the last step */
    while (past_depth(in) > 1 && interp_undo(in, 1)) compare(in, name);
    while (interp_redo(in, 1)) compare(in, name);
    if (past_depth(in) > 2 && interp_undo(in, past_depth(in) - 1)) compare(in, name);
}

static void run_suites(const char *pattern, size_t least) {
    glob_t files;
    size_t failed;
    all.compared = all.wrong = 0;
    all.watcher.hooks =
        (struct interp_hooks){.statement = on_statement, .case_begin = on_case_begin, .case_end = on_case_end};
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) assert_true(suite_run(&all.watcher, files.gl_pathv[i], &failed));
    globfree(&files);
    print_message("%zu states compared\n", all.compared);
    assert_int_equal(all.wrong, 0);
    assert_true(all.compared >= least);
}

static void undo_of_the_conformance_suites(void **state) {
    (void)state;
    run_suites("corpus/conformance/*.zxp", 10000);
}

static void undo_of_our_scripts(void **state) {
    (void)state;
    run_suites("tests/scripts/*.zxp", 5000);
}

/* ---- Branches ---- */

static void run(struct interp *in, const char *text) {
    interp_run(in, source_create("test", text, strlen(text)));
    assert_false(in->had_error);
}

static void branches_keep_their_states(void **state) {
    struct interp in;
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true, .keep_history = true});
    run(&in, "create v 4 trap-dirty; t1: write v 0 2; supply v 0 2");
    uint64_t fork = state_hash(&in);
    run(&in, "branch other; dirty v 0 2; let a = 5; write v 0");
    uint64_t other = state_hash(&in);
    run(&in, "switch main");
    assert_true(state_hash(&in) == fork);
    run(&in, "fail v 0 2; undo; fail v 0 2 ZX_ERR_BAD_STATE; anon b 3");
    uint64_t line = state_hash(&in);
    for (int i = 0; i < 3; i++) {
        run(&in, "switch other");
        assert_true(state_hash(&in) == other);
        run(&in, "goto 0; redo 3");
        assert_true(state_hash(&in) == fork);
        run(&in, "switch main; diff main other; back until blocked t1");
        assert_true(state_hash(&in) == fork);
        run(&in, "redo 2");
        assert_true(state_hash(&in) == line);
    }
    assert_int_equal(past_ahead(&in), 0);
    interp_clear(&in);
}

static void a_step_after_undo_forgets_what_no_branch_leads_to(void **state) {
    struct interp in;
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true, .keep_history = true});
    run(&in, "create v 4; supply v 0; supply v 1; supply v 2; undo 3");
    assert_int_equal(past_ahead(&in), 3);
    run(&in, "supply v 3");
    assert_int_equal(past_ahead(&in), 0);
    assert_int_equal(past_depth(&in), 2);
    interp_clear(&in);
}

/* ---- Memory ---- */

static void a_long_history_is_small(void **state) {
    struct interp in;
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true, .keep_history = true});
    run(&in, "create v 4 trap-dirty; supply v 0 4; dirty v 0 4; for i in 0..10000\nwrite v i%4\nread v i%4\nend");
    assert_int_equal(past_depth(&in), 20003);
    print_message("%zu bytes for 20,003 steps\n", past_bytes(&in));
    assert_true(past_bytes(&in) / 20003 < 500);
    run(&in, "goto 3; expect pages v \"DDDD\"");
    interp_clear(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_keep_their_states),
        cmocka_unit_test(a_step_after_undo_forgets_what_no_branch_leads_to),
        cmocka_unit_test(a_long_history_is_small),
        cmocka_unit_test(undo_of_the_conformance_suites),
        cmocka_unit_test(undo_of_our_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
