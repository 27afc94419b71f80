/* prompt.c - the prompt: lines become statements, numbers become choices, and what came of each is told. */
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "cut.h"
#include "editor.h"
#include "fold.h"
#include "number.h"
#include "shell.h"
#include "views.h"

struct prompt {
    struct interp in;
    struct shell *shell;
    struct buf pending; /* lines of a block that is not closed */
    uint32_t line;      /* number of the next line typed */
    volatile sig_atomic_t *interrupt;
};

/* ---- Hooks ---- */

/* On a terminal a line that is too long is broken at a blank, not where it happens to end. */
static void put(const struct prompt *prompt, const char *text, size_t length) {
    struct buf folded = {0};
    if (isatty(STDOUT_FILENO)) {
        fold_lines(text, length, shell_columns(prompt->shell), &folded);
        text = buf_string(&folded);
        length = folded.n;
    }
    (void)fwrite(text, 1, length, stdout);
    buf_free(&folded);
}

static void on_output(void *user, const char *text, size_t length) { put(user, text, length); }

static void on_error(void *user, const struct diag *diag) {
    const struct prompt *prompt = user;
    struct buf text = {0};
    shell_tint(prompt->shell, &text, TINT_BAD);
    size_t room = shell_columns(prompt->shell) - 3; /* beside the indentation */
    diag_render(diag, room < DIAG_WIDTH ? room : DIAG_WIDTH, &text);
    shell_tint(prompt->shell, &text, TINT_NONE);
    put(prompt, text.s, text.n);
    buf_free(&text);
}

static void on_failed(void *user, const struct failure *failure) {
    const struct prompt *prompt = user;
    struct buf text = {0};
    shell_tint(prompt->shell, &text, TINT_BAD);
    buf_format(&text, "this was expected: %s\n", failure->expected);
    shell_tint(prompt->shell, &text, TINT_NONE);
    if (*failure->came) buf_format(&text, "this came:         %s\n", failure->came);
    put(prompt, text.s, text.n);
    buf_free(&text);
}

/* ---- A session ---- */

/* Colour only on a terminal that has it, and not where it is unwanted (no-color.org). */
static bool wants_color(bool allowed) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return allowed && isatty(STDOUT_FILENO) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static void open_session(struct prompt *prompt, const struct interp_options *options, bool color,
                         volatile sig_atomic_t *interrupt) {
    struct interp_options own = *options;
    own.interactive = own.keep_history = true;
    *prompt = (struct prompt){.line = 1, .interrupt = interrupt};
    interp_init(&prompt->in, &own);
    prompt->in.interrupt = interrupt;
    prompt->in.hooks =
        (struct interp_hooks){.user = prompt, .error = on_error, .failed = on_failed, .output = on_output};
    prompt->shell = shell_create(&prompt->in, true, wants_color(color));
    shell_attach(prompt->shell);
    prompt_register(&prompt->in);
}

static void close_session(struct prompt *prompt) {
    interp_finish(&prompt->in);
    interp_clear(&prompt->in);
    shell_destroy(prompt->shell);
    buf_free(&prompt->pending);
}

static void run(struct prompt *prompt, const char *name, const char *text, size_t length) {
    struct source *source = source_create(name, text, length);
    source->first_line = prompt->line;
    *prompt->interrupt = 0;
    shell_entry_begins(prompt->shell);
    interp_run(&prompt->in, source);
    *prompt->interrupt = 0; /* it has ended what it was meant for */
    (void)fflush(stdout);
}

/* A number alone does that one of the choices last shown, `?' asks for help. The statement, or NULL. */
static const char *choice_of(const struct prompt *prompt, const char *line, size_t length) {
    struct number number;
    bool digit = length && line[0] >= '0' && line[0] <= '9';
    if (length == 1 && line[0] == '?') return "help";
    if (!digit || number_parse(line, length, &number) || number.length != length) return NULL;
    if (!prompt->shell->choice_count) choices_find(prompt->shell);
    if (!number.value || number.value > prompt->shell->choice_count) return NULL;
    return prompt->shell->choices[number.value - 1].statement;
}

static void run_choice(struct prompt *prompt, struct editor *editor, const char *statement) {
    char *copy = mem_copy_text(statement, strlen(statement));
    (void)printf("%s\n", copy);
    if (editor) editor_remember(editor, copy);
    choices_clear(prompt->shell); /* they are of a world that is about to change */
    run(prompt, "prompt", copy, strlen(copy));
    free(copy);
}

/* While a question of the quiz is open, its answer may stand alone. */
static bool take_answer(struct prompt *prompt, struct editor *editor, const char *line, size_t length) {
    struct buf statement = {0};
    if (prompt->pending.n || !quiz_is_answer(line, length)) return false;
    buf_format(&statement, "answer %.*s", (int)length, line);
    run_choice(prompt, editor, statement.s);
    buf_free(&statement);
    return true;
}

/* A block becomes one line of the history, so that it comes
 * back as a whole; not where a comment would swallow the rest. */
static void remember_pending(const struct prompt *prompt, struct editor *editor) {
    struct buf line = {0};
    const char *s = prompt->pending.s;
    if (!editor) return;
    bool joins = !memchr(s, '#', prompt->pending.n) && !strstr(s, "\\\n");
    for (size_t n; *s; s += n + (s[n] == '\n')) {
        n = strcspn(s, "\n");
        if (!joins && line.n) {
            editor_remember(editor, line.s);
            buf_clear(&line);
        }
        buf_text(&line, line.n ? "; " : "");
        buf_add(&line, s, n);
    }
    editor_remember(editor, buf_string(&line));
    buf_free(&line);
}

/* One line more. */
static void take_line(struct prompt *prompt, struct editor *editor, const char *line, size_t length) {
    const char *statement = prompt->pending.n ? NULL : choice_of(prompt, line, length);
    if (statement) {
        run_choice(prompt, editor, statement);
        prompt->line++;
        return;
    }
    if (take_answer(prompt, editor, line, length)) {
        prompt->line++;
        return;
    }
    buf_add(&prompt->pending, line, length);
    buf_char(&prompt->pending, '\n');
    if (cut_needs_more(prompt->pending.s, prompt->pending.n)) return;
    remember_pending(prompt, editor);
    run(prompt, "prompt", prompt->pending.s, prompt->pending.n);
    for (size_t i = 0; i < prompt->pending.n; i++) prompt->line += prompt->pending.s[i] == '\n';
    buf_clear(&prompt->pending);
}

static void interrupted(struct prompt *prompt) {
    *prompt->interrupt = 0;
    buf_clear(&prompt->pending);
    (void)puts("^C");
}

static void greet(const struct prompt *prompt) {
    struct buf text = {0};
    shell_wrap(prompt->shell, &text, 0,
               "zxpager " ZXP_VERSION
               ": the Zircon kernel's pager, at a prompt. `lesson 1' begins a course, `help' gives "
               "an overview, `choices' what makes sense now; Tab completes, Ctrl-D leaves. To begin with: "
               "create v 4 trap-dirty");
    (void)fputs(text.s, stdout);
    buf_free(&text);
}

/* ---- Lines that are there already: --play, --from ---- */

static void echo(const struct prompt *prompt, const char *line, size_t length) {
    struct buf text = {0};
    shell_tinted(prompt->shell, &text, TINT_BOLD, prompt->pending.n ? "    ...>" : "zxpager>");
    buf_format(&text, " %.*s\n", (int)length, line);
    (void)fputs(text.s, stdout);
    buf_free(&text);
}

static void play_line(struct prompt *prompt, const char *line, size_t length) {
    if (!prompt->pending.n && (length == 0 || line[0] == '#')) {
        size_t skip = length == 0 ? 0 : length > 1 && line[1] == ' ' ? 2 : 1;
        (void)printf("%.*s\n", (int)(length - skip), line + skip);
        prompt->line++;
        return;
    }
    echo(prompt, line, length);
    take_line(prompt, NULL, line, length);
}

static void play_text(struct prompt *prompt, const char *text, size_t length) {
    for (size_t at = 0; at < length && !prompt->in.quit && !*prompt->interrupt;) {
        size_t n = strcspn(text + at, "\r\n");
        play_line(prompt, text + at, n);
        at += n;
        at += text[at] == '\r';
        at += text[at] == '\n';
    }
}

int prompt_play(const char *path, const struct interp_options *options, bool color, volatile sig_atomic_t *interrupt) {
    static struct prompt prompt;
    char reason[200];
    struct source *source = source_read(path, reason, sizeof reason);
    if (!source) {
        (void)fprintf(stderr, "%s: error: %s\n", path, reason);
        return 2;
    }
    open_session(&prompt, options, color, interrupt);
    play_text(&prompt, source->text, source->length);
    int status = interp_exit_status(&prompt.in);
    close_session(&prompt);
    source_release(source);
    return *interrupt ? 2 : status;
}

/* ---- The terminal ---- */

int prompt_run(const struct interp_options *options, bool color, const char *statements,
               volatile sig_atomic_t *interrupt) {
    static struct prompt prompt;
    const char *line;
    size_t length;
    open_session(&prompt, options, color, interrupt);
    greet(&prompt);
    if (statements) play_text(&prompt, statements, strlen(statements));
    struct editor *editor = editor_open(&prompt.in, prompt.shell->color, interrupt);
    while (!prompt.in.quit) {
        enum read_result result = editor_read(editor, prompt.pending.n > 0, &line, &length);
        if (result == READ_END) break;
        if (result == READ_INTERRUPTED)
            interrupted(&prompt);
        else
            take_line(&prompt, editor, line, length);
    }
    if (!prompt.in.quit) (void)putchar('\n');
    editor_close(editor);
    close_session(&prompt);
    return 0;
}
