#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"

/* ---- Errors and failures: one block of lines each ---- */

static void failure_text(const struct failure *failure, struct buf *out) {
    buf_format(out, "%s:%u: failed: %s\n  expected: %s\n  came:     %s\n", failure->file, failure->line,
               failure->statement, failure->expected, failure->came);
}

static void on_error(void *user, const struct diag *diag) {
    struct runner *runner = user;
    if (runner->mode == RUN_TAP) {
        diag_render(diag, DIAG_WIDTH, &runner->details);
        return;
    }
    struct buf text = {0};
    diag_render(diag, DIAG_WIDTH, &text);
    (void)fflush(stdout);
    (void)fputs(text.s, stderr);
    buf_free(&text);
}

void runner_print_failure(const struct failure *failure) {
    struct buf text = {0};
    failure_text(failure, &text);
    (void)fputs(text.s, stdout);
    buf_free(&text);
}

static void on_failed(void *user, const struct failure *failure) {
    struct runner *runner = user;
    if (runner->mode == RUN_TAP || runner->mode == RUN_ECHO) {
        failure_text(failure, &runner->details); /* stands behind the case's line, or what the statement did */
        return;
    }
    runner_print_failure(failure);
}

/* ---- TAP ---- */

/* A name on a TAP line: `#' begins a directive there. */
static void put_name(const char *name) {
    for (; *name; name++) {
        if (*name == '#' || *name == '\\') (void)putchar('\\');
        (void)putchar((unsigned char)*name < 0x20 ? ' ' : *name);
    }
}

static void put_details(struct runner *runner) {
    const char *line = buf_string(&runner->details);
    while (*line) {
        size_t n = strcspn(line, "\n");
        (void)printf("# %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    buf_clear(&runner->details);
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    struct runner *runner = user;
    (void)printf(result == CASE_FAILED ? "not ok %zu - " : "ok %zu - ", ++runner->tests);
    put_name(name);
    if (result == CASE_SKIPPED) (void)printf(" # SKIP %s", why);
    (void)putchar('\n');
    put_details(runner);
}

/* ---- What statements did: -c ---- */

static void on_output(void *user, const char *text, size_t length) {
    (void)user;
    (void)fwrite(text, 1, length, stdout);
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    struct runner *runner = user;
    struct buf text = {0};
    for (size_t i = 0; i < report->call_count; i++) {
        buf_text(&text, "  ");
        print_call(&text, in, &report->calls[i]);
        buf_char(&text, '\n');
    }
    size_t before = text.n;
    print_outcome(&text, in, &report->outcome);
    if (text.n > before) buf_char(&text, '\n');
    if (report->moved) buf_format(&text, "  on thread %s\n", report->moved);
    buf_text(&text, buf_string(&runner->details));
    buf_clear(&runner->details);
    (void)fputs(buf_string(&text), stdout);
    buf_free(&text);
}

/* ---- Running ---- */

void runner_init(struct runner *runner, enum run_mode mode, const struct interp_options *options, bool color) {
    *runner = (struct runner){.mode = mode, .color = color};
    struct interp_options own = *options;
    own.dry = mode == RUN_CHECK;
    own.update = mode == RUN_UPDATE;
    own.keep_history |= mode == RUN_ECHO;
    interp_init(&runner->in, &own);
    struct interp_hooks hooks = {.user = runner, .error = on_error, .failed = on_failed};
    if (mode == RUN_TAP) hooks.case_end = on_case_end;
    if (mode == RUN_ECHO) {
        hooks.statement = on_statement;
        hooks.output = on_output;
    }
    runner->in.hooks = hooks;
    if (mode == RUN_JSON) json_hooks(&runner->in.hooks);
    if (mode == RUN_TAP) (void)puts("TAP version 13");
}

void runner_text(struct runner *runner, struct source *source) { interp_run(&runner->in, source); }

static void unreadable(struct runner *runner, const char *path, const char *reason) {
    runner->files_failed = true;
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: error: %s\n", path, reason);
    if (runner->mode != RUN_TAP) return;
    runner->in.cases_failed++;
    buf_format(&runner->details, "%s: error: %s\n", path, reason);
    (void)printf("not ok %zu - ", ++runner->tests);
    put_name(path);
    (void)putchar('\n');
    put_details(runner);
}

static void update_file(struct runner *runner, const char *path, struct source *source) {
    char reason[300];
    runner->update = update_create();
    update_hooks(&runner->in.hooks, runner->update);
    runner_text(runner, source_hold(source));
    if (!update_write(runner->update, path, reason, sizeof reason)) {
        runner->files_failed = true;
        (void)fprintf(stderr, "%s: error: %s\n", path, reason);
    }
    runner->unresolved |= !update_resolved(runner->update);
    update_destroy(runner->update);
    source_release(source);
}

void runner_file(struct runner *runner, const char *path) {
    char reason[200];
    struct source *source = source_read(path, reason, sizeof reason);
    if (!source)
        unreadable(runner, path, reason);
    else if (runner->mode == RUN_UPDATE)
        update_file(runner, path, source);
    else
        runner_text(runner, source);
}

int runner_finish(struct runner *runner) {
    struct interp *in = &runner->in;
    interp_finish(in);
    int status = runner->files_failed ? 2 : interp_exit_status(in);
    if (runner->mode == RUN_UPDATE && status == 1) status = runner->unresolved;
    if (runner->mode == RUN_TAP)
        (void)printf("1..%zu\n%zu passed, %zu failed\n", runner->tests, in->cases_passed, in->cases_failed);
    if (runner->mode == RUN_JSON) json_summary(in);
    interp_clear(in);
    buf_free(&runner->details);
    return status;
}
