/* The interpreter as a library, at the prompt: errors leave world and names as they were; undo, redo, save and load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/interp.h"
#include "cli/past.h"
#include "cli/save.h"

struct seen {
    size_t errors, statements, failures, events;
};

static void on_error(void *user, const struct diag *diag) {
    (void)diag;
    ((struct seen *)user)->errors++;
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    (void)in;
    ((struct seen *)user)->statements++;
    ((struct seen *)user)->failures += report->failed;
}

static void on_event(void *user, const zxp_event *event) {
    (void)event;
    ((struct seen *)user)->events++;
}

static void start(struct interp *in, struct seen *seen) {
    interp_init(in, &(struct interp_options){.interactive = true, .keep_history = true});
    *seen = (struct seen){0};
    in->hooks = (struct interp_hooks){.user = seen, .error = on_error, .statement = on_statement, .event = on_event};
}

static void run(struct interp *in, const char *text) { interp_run(in, source_create("test", text, strlen(text))); }

static void stop(struct interp *in) {
    interp_finish(in);
    interp_clear(in);
}

/* The escapes of printf %b, as far as the table has them. */
static size_t unescape(const char *from, char *to) {
    size_t n = 0;
    for (; *from && *from != '\n'; from++) {
        if (*from != '\\') {
            to[n++] = *from;
            continue;
        }
        from++;
        if (*from == '0') {
            char digits[4] = {0};
            for (size_t i = 0; i < 3 && from[1] >= '0' && from[1] <= '7'; i++) digits[i] = *++from;
            to[n++] = (char)strtoul(digits, NULL, 8);
        } else {
            to[n++] = *from == 'n' ? '\n' : *from;
        }
    }
    return n;
}

/* Runs the input: its good statements are steps of the history, and
 * what the bad one leaves is the moment after the last of them. */
static void assert_unchanged(const char *input, size_t length) {
    static const char setup[] = "create zz 3 trap-dirty; supply zz 0 2; zq: read zz 2 => blocked; let zn = 5";
    struct interp in;
    struct seen seen;
    start(&in, &seen);
    run(&in, setup);
    assert_int_equal(seen.errors, 0);
    interp_run(&in, source_create("test", input, length));
    assert_int_equal(seen.errors, 1);
    size_t names = in.session.names.count, threads = in.session.threads.count;
    uint64_t hash = zxp_world_hash(in.world, ZXP_FORM_FULL);
    uint32_t last = past_at(&in, past_depth(&in));
    if (last != PAST_NO_MOMENT) /* a `case` in the input has begun a history of its own */
        past_go(&in, last);
    assert_int_equal(in.session.names.count, names);
    assert_int_equal(in.session.threads.count, threads);
    assert_true(zxp_world_hash(in.world, ZXP_FORM_FULL) == hash);
    stop(&in);
}

static void errors_leave_the_world_as_it_was(void **state) {
    char line[2000], input[2000];
    FILE *table = fopen("tests/badinput/table.txt", "r");
    size_t rows = 0;
    (void)state;
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        char *where = strchr(line, '|');
        char *message = where && line[0] != '#' ? strchr(where + 1, '|') : NULL;
        char *text = message ? strstr(message + 1, "|") : NULL;
        if (!text || where[1] != 'a') continue;
        assert_unchanged(input, unescape(text + 1, input));
        rows++;
    }
    (void)fclose(table);
    assert_true(rows >= 60);
}

static void a_block_is_no_error_at_the_prompt(void **state) {
    struct interp in;
    struct seen seen;
    (void)state;
    start(&in, &seen);
    run(&in, "create v 2");
    run(&in, "read v 0");
    assert_string_equal(in.moved, "f1");
    run(&in, "supply v 0; wait f1 => ZX_OK pages=\"A\"");
    assert_int_equal(seen.errors + seen.failures, 0);
    assert_int_equal(seen.statements, 4);
    assert_true(seen.events > 0);
    run(&in, "wait f1 => blocked");
    assert_int_equal(seen.failures, 1);
    stop(&in);
}

static void undo_and_redo_give_the_same_world(void **state) {
    struct interp in;
    struct seen seen;
    (void)state;
    start(&in, &seen);
    run(&in, "create v 4; t: read v 0 2 => blocked");
    uint64_t before = zxp_world_hash(in.world, ZXP_FORM_FULL);
    run(&in, "supply v 0 2; write v 1; anon a 1");
    uint64_t after = zxp_world_hash(in.world, ZXP_FORM_FULL);
    assert_true(interp_undo(&in, 3));
    assert_true(zxp_world_hash(in.world, ZXP_FORM_FULL) == before);
    assert_null(session_find(&in.session, "a", 1));
    assert_true(interp_redo(&in, 3));
    assert_true(zxp_world_hash(in.world, ZXP_FORM_FULL) == after);
    assert_non_null(session_find(&in.session, "a", 1));
    assert_false(interp_redo(&in, 1));
    assert_false(interp_undo(&in, 1000));
    stop(&in);
}

static void a_saved_session_goes_on_when_loaded(void **state) {
    struct interp in;
    struct seen seen;
    char reason[300], path[] = "/tmp/zxpager-save-XXXXXX";
    (void)state;
    (void)close(mkstemp(path));
    start(&in, &seen);
    run(&in, "create v 3 trap-dirty; map m v; t: write m 0 2 => blocked; supply v 0; take DIRTY v 0 1; let n = 7");
    assert_true(save_write(&in, path, reason, sizeof reason));
    uint64_t hash = zxp_world_hash(in.world, ZXP_FORM_FULL);
    run(&in, "reset; anon other 1");
    assert_true(save_read(&in, path, reason, sizeof reason));
    assert_true(zxp_world_hash(in.world, ZXP_FORM_FULL) == hash);
    run(&in, "dirty v 0; next => READ v 1 1; supply v 1; dirty v 1; wait t => ZX_OK; expect pages v \"DD.\"; anon a n");
    assert_int_equal(seen.errors + seen.failures, 0);
    stop(&in);
    (void)unlink(path);
}

static void damaged_saves_are_refused(void **state) {
    struct interp in;
    struct seen seen;
    char reason[300], path[] = "/tmp/zxpager-save-XXXXXX";
    (void)state;
    (void)close(mkstemp(path));
    start(&in, &seen);
    run(&in, "create v 2; supply v 0");
    assert_true(save_write(&in, path, reason, sizeof reason));
    struct source *file = source_read(path, reason, sizeof reason);
    uint64_t hash = zxp_world_hash(in.world, ZXP_FORM_FULL);
    for (size_t i = 0; i < file->length; i += 7) {
        file->text[i] = (char)(file->text[i] ^ 0x20);
        assert_true(save_replace(path, file->text, file->length - (i % 2), reason, sizeof reason));
        file->text[i] = (char)(file->text[i] ^ 0x20);
        if (i < 12 || i >= 16) assert_false(save_read(&in, path, reason, sizeof reason));
        assert_true(zxp_world_hash(in.world, ZXP_FORM_FULL) == hash);
    }
    source_release(file);
    stop(&in);
    (void)unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_leave_the_world_as_it_was),  cmocka_unit_test(a_block_is_no_error_at_the_prompt),
        cmocka_unit_test(undo_and_redo_give_the_same_world), cmocka_unit_test(a_saved_session_goes_on_when_loaded),
        cmocka_unit_test(damaged_saves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
