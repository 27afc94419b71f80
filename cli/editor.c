#include "editor.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#ifdef ZXP_HAVE_LIBEDIT
#include <histedit.h>
#endif

#include "complete.h"
#include "hint.h"
#include "history.h"
#include "interp.h"

static const char prompts[2][16] = {"zxpager> ", "    ...> "}; /* of one width */
enum { PROMPT_WIDTH = 9, HISTORY_KEPT = 2000, LISTED = 120 };

struct editor {
    struct interp *in;
    bool color, more;
    volatile sig_atomic_t *interrupt;
    char *plain; /* the last line read without libedit */
    size_t plain_capacity;
#ifdef ZXP_HAVE_LIBEDIT
    EditLine *el;
    History *history;
    char *path;
    bool hinted;
    mbstate_t state;
    char prompt[32];
#endif
};

static volatile sig_atomic_t resized, ended;

/* The terminal is gone, or somebody wants us to end: as Ctrl-D, so that the history is written. */
static void on_end(int number) {
    (void)number;
    ended = 1;
}

static void on_resize(int number) {
    (void)number;
    resized = 1;
}

/* ---- Without libedit ---- */

static enum read_result read_plain(struct editor *editor, const char **line, size_t *length) {
    (void)fputs(prompts[editor->more], stdout);
    (void)fflush(stdout);
    errno = 0;
    ssize_t n = getline(&editor->plain, &editor->plain_capacity, stdin);
    if (n < 0) {
        clearerr(stdin);
        return *editor->interrupt ? READ_INTERRUPTED : READ_END;
    }
    while (n && (editor->plain[n - 1] == '\n' || editor->plain[n - 1] == '\r')) n--;
    editor->plain[n] = 0;
    *line = editor->plain;
    *length = (size_t)n;
    return READ_LINE;
}

#ifdef ZXP_HAVE_LIBEDIT

static struct editor *editor_of(EditLine *el) {
    void *data = NULL;
    (void)el_get(el, EL_CLIENTDATA, &data);
    return data;
}

static char *prompt_of(EditLine *el) {
    struct editor *editor = editor_of(el);
    const char *on = editor->color ? "\1\033[1m\1" : "", *off = editor->color ? "\1\033[0m\1" : "";
    (void)snprintf(editor->prompt, sizeof editor->prompt, "%s%.8s%s ", on, prompts[editor->more], off);
    return editor->prompt;
}

/* ---- Hints ---- */

static int columns_of(EditLine *el) {
    int columns = 80;
    char name[] = "co";
    return el_get(el, EL_GETTC, name, &columns) == 0 && columns > 1 ? columns : 80;
}

static size_t width_of(const char *s, size_t n) {
    size_t width = 0;
    for (size_t i = 0; i < n; i++) width += ((unsigned char)s[i] & 0xc0) != 0x80;
    return width;
}

/* The part of a hint that fits between the cursor and the right edge; 0: none. */
static size_t room_for(EditLine *el, const LineInfo *line, size_t hint) {
    size_t columns = (size_t)columns_of(el);
    size_t column = (PROMPT_WIDTH + width_of(line->buffer, (size_t)(line->lastchar - line->buffer))) % columns;
    size_t room = column ? columns - column - 1 : 0;
    return hint < room ? hint : room;
}

/* Behind the cursor, which stays where it is: libedit takes what lies there for empty. */
static void draw_hint(EditLine *el, struct editor *editor) {
    const LineInfo *line = el_line(el);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    struct buf hint = {0};
    if (!editor->color || line->cursor != line->lastchar || poll(&input, 1, 0) > 0)
        return; /* a pasted script needs no hints */
    hint_of(editor->in, line->buffer, (size_t)(line->lastchar - line->buffer), &hint);
    size_t n = room_for(el, line, hint.n);
    if (n) {
        (void)printf("\0337\033[90m%.*s\033[0m\0338", (int)n, hint.s);
        (void)fflush(stdout);
        editor->hinted = true;
    }
    buf_free(&hint);
}

static void clear_hint(struct editor *editor) {
    if (!editor->hinted) return;
    (void)fputs("\033[K", stdout);
    (void)fflush(stdout);
    editor->hinted = false;
}

/* ---- Keys ---- */

static int read_byte(EditLine *el, const struct editor *editor, char *byte) {
    for (;;) {
        ssize_t n = read(STDIN_FILENO, byte, 1);
        if (n >= 0) return (int)n;
        if (errno != EINTR || *editor->interrupt) return -1;
        if (ended) return 0;
        if (resized) {
            resized = 0;
            el_resize(el);
            (void)el_set(el, EL_REFRESH);
        }
    }
}

/* libedit's way to read a character; ours draws the hint before it waits, and clears it after. */
static int get_char(EditLine *el, wchar_t *c) {
    struct editor *editor = editor_of(el);
    char byte;
    draw_hint(el, editor);
    int n = read_byte(el, editor, &byte);
    clear_hint(editor);
    while (n > 0) {
        size_t used = mbrtowc(c, &byte, 1, &editor->state);
        if (used == 0 || used == 1) return 1;
        if (used == (size_t)-1) { /* no character of this locale: taken as it is */
            editor->state = (mbstate_t){0};
            *c = (wchar_t)(unsigned char)byte;
            return 1;
        }
        n = read_byte(el, editor, &byte);
    }
    return n;
}

/* ---- Tab ---- */

static void list(const struct candidates *candidates, int columns) {
    size_t width = 0, shown = candidates->count < LISTED ? candidates->count : LISTED;
    for (size_t i = 0; i < shown; i++)
        width = strlen(candidates->words[i]) > width ? strlen(candidates->words[i]) : width;
    size_t across = (size_t)columns / (width + 2);
    across = across ? across : 1;
    size_t rows = (shown + across - 1) / across;
    (void)putchar('\n');
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < shown; i += rows)
            (void)printf("%-*s", i + rows < shown ? (int)width + 2 : 0, candidates->words[i]);
        (void)putchar('\n');
    }
    if (shown < candidates->count) (void)printf("... %zu more\n", candidates->count - shown);
    (void)fflush(stdout);
}

/* Inserts what all candidates have in common; true if that was anything. */
static bool insert_common(EditLine *el, const struct candidates *candidates, size_t typed) {
    size_t common = complete_common(candidates);
    struct buf text = {0};
    buf_add(&text, candidates->words[0] + typed, common - typed);
    if (candidates->count == 1 && !strchr("=(:", candidates->words[0][common - 1])) buf_char(&text, ' ');
    bool any = text.n > 0;
    if (any) (void)el_insertstr(el, text.s);
    buf_free(&text);
    return any;
}

static unsigned char complete(EditLine *el, int key) {
    struct editor *editor = editor_of(el);
    const LineInfo *line = el_line(el);
    struct candidates candidates;
    size_t length = (size_t)(line->cursor - line->buffer);
    (void)key;
    complete_at(editor->in, line->buffer, length, &candidates);
    unsigned char result = CC_ERROR;
    if (candidates.count && insert_common(el, &candidates, length - candidates.begin)) {
        result = CC_REFRESH;
    } else if (candidates.count) {
        list(&candidates, columns_of(el));
        result = CC_REDISPLAY;
    }
    complete_free(&candidates);
    return result;
}

/* ---- Opening and closing ---- */

static void open_history(struct editor *editor) {
    HistEvent event;
    editor->history = history_init();
    if (!editor->history) return;
    (void)history(editor->history, &event, H_SETSIZE, HISTORY_KEPT);
    (void)history(editor->history, &event, H_SETUNIQUE, 1);
    (void)el_set(editor->el, EL_HIST, history, editor->history);
    editor->path = history_path();
    if (editor->path) (void)history(editor->history, &event, H_LOAD, editor->path);
}

/* libedit's own form, into a file that only its owner can read (mkstemp). */
static bool save_to(struct editor *editor, int descriptor) {
    HistEvent event;
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!file) return false;
    bool good = history(editor->history, &event, H_SAVE_FP, file) > 0;
    good = fflush(file) == 0 && fsync(descriptor) == 0 && good;
    return fclose(file) == 0 && good;
}

/* Written beside and renamed, so that a session that dies leaves
 * the old one. A history that cannot be written is no error. */
static void write_history(struct editor *editor) {
    struct buf temporary = {0};
    if (!editor->path) return;
    buf_format(&temporary, "%s.XXXXXX", editor->path);
    bool good = save_to(editor, mkstemp(temporary.s)) && rename(temporary.s, editor->path) == 0;
    if (!good) (void)unlink(temporary.s);
    buf_free(&temporary);
}

static void open_libedit(struct editor *editor) {
    struct sigaction action = {.sa_handler = on_resize}; /* without SA_RESTART, so that reading looks up */
    editor->el = el_init("zxpager-repl", stdin, stdout, stderr);
    if (!editor->el) return;
    struct sigaction end = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGHUP, &end, NULL);
    (void)sigaction(SIGTERM, &end, NULL);
    (void)sigaction(SIGWINCH, &action, NULL);
    (void)el_set(editor->el, EL_CLIENTDATA, editor);
    (void)el_set(editor->el, EL_PROMPT_ESC, prompt_of, '\1');
    (void)el_set(editor->el, EL_EDITOR, "emacs");
    (void)el_set(editor->el, EL_SIGNAL, 0);
    (void)el_set(editor->el, EL_ADDFN, "zxpager-complete", "Complete by what can stand here", complete);
    (void)el_set(editor->el, EL_BIND, "^I", "zxpager-complete", NULL);
    (void)el_set(editor->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
    (void)el_set(editor->el, EL_GETCFN, get_char);
    open_history(editor);
    (void)el_source(editor->el, NULL);
}

static enum read_result read_edited(struct editor *editor, const char **line, size_t *length) {
    int n = 0;
    (void)fflush(stdout);
    *line = el_gets(editor->el, &n);
    if (*editor->interrupt) return READ_INTERRUPTED;
    if (!*line || n <= 0) return READ_END;
    *length = (size_t)n;
    while (*length && ((*line)[*length - 1] == '\n' || (*line)[*length - 1] == '\r')) --*length;
    return READ_LINE;
}

static void close_libedit(struct editor *editor) {
    if (editor->history) write_history(editor);
    el_end(editor->el);
    if (editor->history) history_end(editor->history);
    free(editor->path);
}

#endif

static bool can_edit(void) {
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

struct editor *editor_open(struct interp *in, bool color, volatile sig_atomic_t *interrupt) {
    struct editor *editor = mem_alloc(sizeof *editor);
    *editor = (struct editor){.in = in, .color = color, .interrupt = interrupt};
    (void)setlocale(LC_CTYPE, "");
#ifdef ZXP_HAVE_LIBEDIT
    if (can_edit()) open_libedit(editor);
#else
    (void)can_edit;
    (void)on_resize;
    (void)on_end;
#endif
    return editor;
}

enum read_result editor_read(struct editor *editor, bool more, const char **line, size_t *length) {
    editor->more = more;
#ifdef ZXP_HAVE_LIBEDIT
    if (editor->el) return read_edited(editor, line, length);
#endif
    return read_plain(editor, line, length);
}

void editor_remember(struct editor *editor, const char *text) {
#ifdef ZXP_HAVE_LIBEDIT
    HistEvent event;
    if (editor->el && editor->history && *text) (void)history(editor->history, &event, H_ENTER, text);
#else
    (void)editor;
    (void)text;
#endif
}

void editor_close(struct editor *editor) {
#ifdef ZXP_HAVE_LIBEDIT
    if (editor->el) close_libedit(editor);
#endif
    free(editor->plain);
    free(editor);
}
