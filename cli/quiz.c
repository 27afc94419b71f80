/*
 * quiz.c - quiz [N] [seed=S]: what will a call give, in a random state that can come about? `answer STATUS', `answer
 * blocked'. The states are made in a world of the quiz's own; the session's stays as it is.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "scene.h"
#include "statement.h"
#include "views.h"

static struct {
    bool open;      /* a question waits for its answer */
    uint64_t state; /* of the random numbers */
    uint64_t asked, count, right;
    struct buf answer; /* what it gave */
    struct buf explanation;
    struct buf story; /* the statements that led to the question */
} quiz;

/* A statement of the scene that the question tells, too. */
static void tell(struct scene *scene, const char *statement) {
    buf_format(&quiz.story, "    %s\n", statement);
    scene_run(scene, statement);
}

/* ---- Drawing ---- */

static uint64_t below(uint64_t limit) { return walk_draw(&quiz.state) % limit; }

/* "supply v P N" with numbers in the place of P, N and S; most ranges lie inside the three pages. */
static void put_template(const char *template, struct buf *out) {
    uint64_t first = below(3);
    for (const char *c = template; *c; c++) {
        if (*c == 'P')
            buf_format(out, "%" PRIu64, first);
        else if (*c == 'N')
            buf_format(out, "%" PRIu64, below(8) ? 1 + below(3 - first) : 3);
        else if (*c == 'S')
            buf_format(out, "%" PRIu64, below(6));
        else
            buf_char(out, *c);
    }
}

static void set_scene(struct scene *scene) {
    static const char *const openings[] = {"create v 3 trap-dirty", "create v 3", "create v 3 resizable trap-dirty",
                                           "create v 3 resizable"};
    static const char *const steps[] = {"supply v P N", "write v P N",           "zero v P N",
                                        "resize v S",   "writeback begin v P N", "supply v 0 3"};
    tell(scene, openings[below(sizeof openings / sizeof *openings)]);
    for (uint64_t left = 2 + below(5); left; left--) {
        struct buf statement = {0};
        scene->in.shell->walk.state = walk_draw(&quiz.state);
        if (below(3))
            put_template(steps[below(sizeof steps / sizeof *steps)], &statement);
        else
            buf_text(&statement, walk_choice(scene->in.shell)->statement);
        tell(scene, statement.s);
        buf_free(&statement);
    }
    if (below(6) == 0) tell(scene, "detach v");
}

static void put_question(struct buf *out) {
    static const char *const questions[] = {"reader: read v P N",  "writer: write v P N", "supply v P N",
                                            "dirty v P N",         "fail v P N",          "writer: commit v P N",
                                            "zero v P N",          "resize v S",          "writeback begin v P N",
                                            "writeback end v P N", "evict v P N",         "driver: pin v P N"};
    put_template(questions[below(sizeof questions / sizeof *questions)], out);
}

/* ---- Asking ---- */

static void keep_answer(struct scene *scene) {
    const struct shell *shell = scene->in.shell;
    buf_clear(&quiz.answer);
    buf_clear(&quiz.explanation);
    if (shell->last_waits)
        buf_text(&quiz.answer, "blocked");
    else
        print_status(&quiz.answer, shell->last_status);
    buf_clear(&scene->output);
    scene_run(scene, "explain");
    buf_text(&quiz.explanation, buf_string(&scene->output));
}

enum kind { GOES_WELL, BLOCKS, IS_REFUSED, KINDS };

static enum kind kind_of_answer(void) {
    const char *answer = buf_string(&quiz.answer);
    return strcmp(answer, "ZX_OK") == 0 ? GOES_WELL : strcmp(answer, "blocked") == 0 ? BLOCKS : IS_REFUSED;
}

/* A state, a question about it, and its answer. */
static void draw_question(struct buf *question, struct buf *state) {
    struct scene *scene = scene_open(NULL);
    buf_clear(&quiz.story);
    buf_clear(question);
    buf_clear(state);
    set_scene(scene);
    put_question(question);
    buf_clear(&scene->output);
    scene_run(scene, "show v");
    buf_text(state, buf_string(&scene->output));
    scene_run(scene, question->s);
    keep_answer(scene);
    scene_close(scene);
}

/* Most calls go well; so that this is no answer for all, it is drawn first what is to come. */
static void ask(struct interp *in) {
    enum { TRIES = 20 };
    enum kind wanted = (enum kind)below(KINDS);
    struct buf question = {0}, state = {0};
    for (int i = 0; i < TRIES && (i == 0 || kind_of_answer() != wanted); i++) draw_question(&question, &state);
    interp_printf(in, "\nQuestion %" PRIu64 " of %" PRIu64 ". After\n", quiz.asked + 1, quiz.count);
    interp_print(in, buf_string(&quiz.story));
    interp_print(in, buf_string(&state));
    interp_printf(in, "what does `%s' give? (blocked, ZX_OK, or which ZX_ERR_...?)\n", question.s);
    buf_free(&question);
    buf_free(&state);
    quiz.open = true;
}

/* ---- Commands ---- */

bool view_quiz(struct stmt *s, const char *arguments) {
    enum { MOST = 100 };
    uint64_t count, seed;
    if (!walk_arguments(arguments, &count, &seed) || !count || count > MOST)
        return stmt_error(s, s->body.begin, "quiz [N] [seed=S]: N is a number from 1 to %d", MOST);
    quiz.state = seed;
    quiz.count = count;
    quiz.asked = quiz.right = 0;
    interp_printf(s->in, "quiz %" PRIu64 " seed=%" PRIu64 "\n", count, seed);
    ask(s->in);
    return true;
}

/* Case does not matter, and ZX_, ZX_ERR_ may be left out; `-' is as good as `_'. */
static bool same_word(const char *given, const char *wanted) {
    for (; *given && *wanted; given++, wanted++) {
        char c = *given == '-' ? '_' : (char)toupper((unsigned char)*given);
        if (c != (char)toupper((unsigned char)*wanted)) return false;
    }
    return !*given && !*wanted;
}

static bool is_right(const char *given) {
    const char *wanted = buf_string(&quiz.answer);
    bool status = strncmp(wanted, "ZX_", 3) == 0, error = strncmp(wanted, "ZX_ERR_", 7) == 0;
    return same_word(given, wanted) || (status && same_word(given, wanted + 3)) ||
           (error && same_word(given, wanted + 7));
}

bool quiz_is_answer(const char *line, size_t length) {
    static const char *const beginnings[] = {"blocked", "ZX_", "zx_err_", "zx_ok"};
    if (!quiz.open || memchr(line, ' ', length) || memchr(line, '(', length)) return false;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t n = strlen(beginnings[i]);
        if (length >= n && memcmp(line, beginnings[i], n) == 0) return true;
    }
    return false;
}

bool view_answer(struct stmt *s, const char *arguments) {
    if (!quiz.open) return stmt_error(s, s->words[0].begin, "no question is open; `quiz' asks one");
    if (!*arguments) return stmt_error(s, s->body.end, "answer blocked, or a status");
    bool right = is_right(arguments);
    quiz.open = false;
    quiz.asked++;
    quiz.right += right;
    interp_printf(s->in, right ? "Right: %s.\n" : "No: %s.\n", buf_string(&quiz.answer));
    interp_print(s->in, buf_string(&quiz.explanation));
    if (quiz.asked < quiz.count)
        ask(s->in);
    else
        interp_printf(s->in, "%" PRIu64 " of %" PRIu64 " right\n", quiz.right, quiz.count);
    return true;
}
