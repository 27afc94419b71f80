/* lesson.c - lesson, lesson N, lesson text, lesson skip, hint:
 * a reader at the prompt, and whether the goal is reached. */
#include "lesson.h"

#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "flow.h"
#include "number.h"
#include "shell.h"
#include "views.h"

static struct {
    struct lesson *lesson; /* NULL: none is under way */
    struct shell *shell;   /* whose */
    bool starting;         /* its own first statements run */
    size_t first;          /* the reader's first entry in the record */
    unsigned hints;
} now;

static void leave(void) {
    lesson_free(now.lesson);
    now.lesson = NULL;
}

/* ---- The goal ---- */

/* Names that are not bound yet are no error: the goal does not hold then. */
static bool holds(struct interp *in, const char *goal, size_t length) {
    struct source *source = source_create("goal", goal, length);
    struct stmt s = {.in = in, .text = {.source = source}};
    struct condition condition;
    struct span word;
    size_t count = 0;
    bool quiet = !in->diag.set;
    for (size_t i = 0; i < length && goal[i] != '\n'; i++) text_add(&s.text, goal[i], i);
    s.body = (struct span){0, s.text.n};
    for (size_t at = 0; text_next_word(&s.text, &at, s.text.n, &word);) count++;
    s.words = pool_alloc(&s.pool, (count + 1) * sizeof *s.words);
    for (size_t at = 0; text_next_word(&s.text, &at, s.text.n, &word);) s.words[s.word_count++] = word;
    bool reached =
        count && condition_take(&s, NULL, &condition) && stmt_end(&s) && condition_holds(&condition, in->world);
    if (quiet) diag_clear(&in->diag);
    pool_free(&s.pool);
    text_free(&s.text);
    source_release(source);
    return reached;
}

/* The reader's statements that made calls, without what was taken back. */
static unsigned statements_made(const struct shell *shell) {
    unsigned count = 0;
    for (size_t i = now.first <= shell->entry_count ? now.first : 0; i < shell->entry_count; i++) {
        const struct entry *entry = &shell->entries[i];
        count += entry->step && entry->last_event > entry->first_event;
    }
    return count;
}

static void put_solved(struct shell *shell, struct buf *out) {
    const struct lesson *lesson = now.lesson;
    unsigned made = statements_made(shell);
    shell_tint(shell, out, TINT_GOOD);
    buf_format(out, "Solved: lesson %u in %u statement%s (par %u).\n", lesson->number, made, plural(made), lesson->par);
    shell_tint(shell, out, TINT_NONE);
    bool kept = shell->in->options.no_files || progress_keep(lesson->slug, made);
    if (!kept) buf_text(out, "(That could not be written down: there is no place for it.)\n");
    if (lesson->number < lesson_count())
        buf_format(out, "`lesson %u' goes on; until then the world is yours.\n", lesson->number + 1);
    else
        buf_text(out, "That was the last one; the world is yours.\n");
}

void lesson_after(struct shell *shell) {
    struct buf out = {0};
    if (!now.lesson || now.shell != shell || now.starting) return;
    if (!holds(shell->in, now.lesson->goal.s, now.lesson->goal.n)) return;
    put_solved(shell, &out);
    leave();
    shell_print(shell, &out);
}

/* ---- Showing ---- */

/* One paragraph as one line, for shell_wrap. */
static void flush(const struct shell *shell, struct buf *paragraph, struct buf *out) {
    if (paragraph->n) shell_wrap(shell, out, 0, paragraph->s);
    buf_clear(paragraph);
}

static void put_text(const struct shell *shell, const struct lesson *lesson, struct buf *out) {
    struct buf paragraph = {0};
    buf_char(out, '\n');
    for (const char *line = buf_string(&lesson->text) + strspn(buf_string(&lesson->text), "\n"); *line;) {
        size_t n = strcspn(line, "\n");
        if (n == 0 || *line == '\1' || strncmp(line, "- ", 2) == 0) flush(shell, &paragraph, out);
        if (*line == '\1')
            buf_format(out, "    %.*s\n", (int)n - 1, line + 1);
        else if (n == 0)
            buf_text(out, out->n > 1 && out->s[out->n - 2] != '\n' ? "\n" : "");
        else
            buf_format(&paragraph, "%s%.*s", paragraph.n ? " " : "", (int)n, line);
        line += n + (line[n] == '\n');
    }
    flush(shell, &paragraph, out);
    while (out->n > 1 && out->s[out->n - 2] == '\n') out->s[--out->n] = 0;
    buf_free(&paragraph);
}

static void put_lesson(const struct shell *shell, const struct lesson *lesson, struct buf *out) {
    shell_tint(shell, out, TINT_BOLD);
    buf_format(out, "Lesson %u: %s\n", lesson->number, lesson->title ? lesson->title : lesson->slug);
    shell_tint(shell, out, TINT_NONE);
    put_text(shell, lesson, out);
    buf_text(out, "\nThe goal:\n");
    shell_wrap(shell, out, 2, buf_string(&lesson->goal));
    shell_wrap(shell, out, 0,
               "(`hint' helps, `lesson goal' tells what is missing, `lesson text' shows this again, `lesson skip' goes "
               "to the next one.)");
}

static void put_list(const struct shell *shell, struct buf *out) {
    unsigned count = lesson_count();
    for (unsigned i = 1; i <= count; i++) {
        struct lesson *lesson = lesson_read(i);
        if (!lesson) continue;
        unsigned best = progress_of(lesson->slug);
        buf_format(out, "%2u  %-35s", i, lesson->title ? lesson->title : lesson->slug);
        if (best) {
            shell_tint(shell, out, TINT_GOOD);
            buf_format(out, " solved in %u (par %u)", best, lesson->par);
            shell_tint(shell, out, TINT_NONE);
        }
        buf_char(out, '\n');
        lesson_free(lesson);
    }
    buf_text(out, count ? "`lesson N' begins one. It starts with a new world: `save FILE' keeps the present one.\n"
                        : "no lessons were found; ZXP_LESSONS may name their folder\n");
}

/* ---- Commands ---- */

/* A new world, the lesson's first statements, and the mark that the reader's own begin. */
static void push_start(struct interp *in, const struct lesson *lesson) {
    struct buf text = {0};
    buf_format(&text, "reset\n%slesson ready\n", buf_string(&lesson->start));
    struct source *source = source_create("lesson", text.s, text.n);
    flow_push(in, (struct frame){.kind = FRAME_FILE, .source = source, .end = text.n});
    buf_free(&text);
}

static bool start(struct stmt *s, uint64_t number) {
    struct buf out = {0};
    struct lesson *lesson = number && number <= 1000 ? lesson_read((unsigned)number) : NULL;
    if (!lesson)
        return stmt_error(s, s->words[s->word_count - 1].begin, "there is no such lesson; `lesson' lists them");
    leave();
    now.lesson = lesson;
    now.shell = s->in->shell;
    now.starting = true;
    now.hints = 0;
    put_lesson(s->in->shell, lesson, &out);
    shell_print(s->in->shell, &out);
    push_start(s->in, lesson);
    return true;
}

static bool need_lesson(struct stmt *s) {
    return now.lesson || stmt_error(s, s->words[0].begin, "no lesson is under way; `lesson' lists them");
}

/* The goal's conditions one by one, as far as they can be told apart. */
static void put_parts(struct interp *in, const char *goal) {
    static const char between[] = " and ";
    while (*goal && *goal != '\n') {
        const char *next = strstr(goal, between);
        size_t n = next ? (size_t)(next - goal) : strcspn(goal, "\n");
        interp_printf(in, "  %-8s %.*s\n", holds(in, goal, n) ? "holds" : "not yet", (int)n, goal);
        goal += n + (next ? sizeof between - 1 : 0);
    }
}

static bool goal_now(struct stmt *s) {
    if (!need_lesson(s)) return false;
    const struct buf *goal = &now.lesson->goal;
    interp_print(s->in, holds(s->in, goal->s, goal->n) ? "the goal holds\n" : "the goal does not hold yet\n");
    put_parts(s->in, buf_string(goal));
    return true;
}

static bool show_text(struct stmt *s) {
    struct buf out = {0};
    if (!need_lesson(s)) return false;
    put_lesson(s->in->shell, now.lesson, &out);
    shell_print(s->in->shell, &out);
    return true;
}

static bool begin_reader(const struct shell *shell) {
    now.starting = false;
    now.first = shell->entry_count;
    return true;
}

bool view_lesson(struct stmt *s, const char *arguments) {
    struct number number;
    struct buf out = {0};
    size_t n = strlen(arguments);
    shell_attach(s->in->shell);
    if (!n) {
        put_list(s->in->shell, &out);
        shell_print(s->in->shell, &out);
        return true;
    }
    if (strcmp(arguments, "ready") == 0) return begin_reader(s->in->shell);
    if (strcmp(arguments, "goal") == 0) return goal_now(s);
    if (strcmp(arguments, "text") == 0) return show_text(s);
    if (strcmp(arguments, "skip") == 0) return need_lesson(s) && start(s, now.lesson->number + 1);
    bool digit = arguments[0] >= '0' && arguments[0] <= '9';
    if (!digit || number_parse(arguments, n, &number) || number.length != n)
        return stmt_error(s, s->words[1].begin, "lesson, lesson N, lesson text, lesson goal or lesson skip");
    return start(s, number.value);
}

bool view_hint(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    if (*arguments) return stmt_error(s, s->words[1].begin, "`hint' stands alone");
    if (!need_lesson(s)) return false;
    const struct lesson *lesson = now.lesson;
    if (now.hints < lesson->hint_count) {
        buf_format(&out, "(%u of %u) %s", now.hints + 1, lesson->hint_count, lesson->hints[now.hints]);
        struct buf wrapped = {0};
        shell_wrap(s->in->shell, &wrapped, 0, out.s);
        buf_free(&out);
        out = wrapped;
        now.hints++;
    } else {
        buf_format(&out, "There are no more hints. One way, from the beginning (`lesson %u' begins again):\n",
                   lesson->number);
        buf_text(&out, buf_string(&lesson->solution));
    }
    shell_print(s->in->shell, &out);
    return true;
}
