/*
 * walk.c - random N [seed=S]: a walk through steps that make sense. It prints its seed and its statements, so it can
 * be done again; each step is an ordinary statement, and `record` or `undo` take it like one.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "flow.h"
#include "number.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

/* splitmix64: small, and the same everywhere. */
uint64_t walk_draw(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static bool take_number(const char **text, uint64_t *value) {
    struct number number;
    size_t n = strcspn(*text, " \t");
    bool digit = **text >= '0' && **text <= '9';
    if (!digit || number_parse(*text, n, &number) || number.length != n) return false;
    *value = number.value;
    *text += n + strspn(*text + n, " \t");
    return true;
}

bool walk_arguments(const char *text, uint64_t *count, uint64_t *seed) {
    *count = 1;
    *seed = (uint64_t)time(NULL) % 1000000;
    bool good = !*text || *text == 's' || take_number(&text, count);
    if (good && strncmp(text, "seed=", 5) == 0) {
        text += 5;
        good = take_number(&text, seed);
    }
    return good && !*text;
}

static bool begins_group(const struct shell *shell, size_t i) {
    return i == 0 || strcmp(shell->choices[i].group, shell->choices[i - 1].group) != 0;
}

/* First a group, then one of it: else the many accesses would leave little room for the pager's answers. */
const struct choice *walk_choice(struct shell *shell) {
    choices_find(shell);
    uint64_t groups = 0;
    size_t begin = 0, end;
    for (size_t i = 0; i < shell->choice_count; i++) groups += begins_group(shell, i);
    for (uint64_t group = walk_draw(&shell->walk.state) % (groups ? groups : 1); begin < shell->choice_count; begin++) {
        if (begins_group(shell, begin) && group-- == 0) break;
    }
    for (end = begin + 1; end < shell->choice_count && !begins_group(shell, end);) end++;
    return &shell->choices[begin + walk_draw(&shell->walk.state) % (end - begin)];
}

/* One step, and a further `random more` behind it: the choices are known only when their turn comes. */
static void push_step(struct shell *shell) {
    struct buf text = {0};
    const struct choice *choice = walk_choice(shell);
    shell->walk.left--;
    buf_format(&text, "%s => any\n%s", choice->statement, shell->walk.left ? "random more\n" : "");
    flow_push(shell->in,
              (struct frame){.kind = FRAME_FILE, .source = source_create("random", text.s, text.n), .end = text.n});
    if (!shell->prints) interp_printf(shell->in, "%s\n", choice->statement);
    buf_free(&text);
}

static bool begin(struct stmt *s, const char *arguments) {
    enum { MOST = 100000 };
    struct shell *shell = s->in->shell;
    uint64_t count, seed;
    if (!walk_arguments(arguments, &count, &seed) || count > MOST)
        return stmt_error(s, s->body.begin, "random N [seed=S]: N is a number up to %d", MOST);
    interp_printf(s->in, "random %" PRIu64 " seed=%" PRIu64 "\n", count, seed);
    shell->walk = (struct walk){.left = count, .state = seed};
    return true;
}

/* The frames of steps that are done lie below: without this a long walk would pile them up. */
static void drop_done(struct interp *in) {
    struct frame *top = &in->frames[in->frame_count - 1];
    if (in->frame_count > 1 && top->kind == FRAME_FILE && top->at >= top->end) flow_pop(in);
}

bool view_random(struct stmt *s, const char *arguments) {
    struct shell *shell = s->in->shell;
    bool more = strcmp(arguments, "more") == 0;
    if (!more && !begin(s, arguments)) return false;
    if (more) drop_done(s->in);
    if (shell->walk.left) push_step(shell);
    return true;
}
