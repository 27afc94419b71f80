/*
 * share.c - a session as one word, for a mail: `share`, and `--from WORD`, which opens it (replay.h).
 */
#include <stdlib.h>
#include <string.h>

#include "../fuzz/harness/harness.h"
#include "capture.h"
#include "mem.h"
#include "prompt.h"
#include "replay.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

static void on_case(void *user, const char *name, const struct fuzz_program *program) {
    struct buf *token = user;
    (void)name;
    buf_clear(token);
    replay_token(program, token);
}

/* The calls of the session; what only looks is no part of it. */
bool view_share(struct stmt *s, const char *arguments) {
    struct buf text = {0}, token = {0};
    if (*arguments) return stmt_error(s, s->body.end, "`share' takes no words");
    record_case(s->in->shell, "shared", strlen("shared"), &text);
    bool good = capture_script(source_create("session", buf_string(&text), text.n), on_case, &token);
    if (good && token.n == 0) good = stmt_error(s, s->body.end, "no calls yet");
    if (good) interp_printf(s->in, "%s\n", buf_string(&token));
    buf_free(&text);
    buf_free(&token);
    return good;
}

/* The program of a word as statements that make its calls, without the line that begins a case. */
char *prompt_statements_of(const char *token) {
    struct fuzz_program *program = mem_alloc(sizeof *program);
    struct script script = {0};
    struct harness harness;
    char *statements = NULL;
    if (replay_from_token(token, program) && harness_create(&harness)) {
        harness.script = &script;
        (void)harness_run(&harness, program, 0);
        harness_destroy(&harness);
        const char *line = script.text ? strchr(script.text, '\n') : NULL;
        if (line) statements = mem_copy_text(line + 1, strlen(line + 1));
    }
    script_clear(&script);
    free(program);
    return statements;
}
