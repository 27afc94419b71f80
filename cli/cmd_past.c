/*
 * cmd_past.c - time travel: history, goto, back until, branch, switch, branches, diff (past.h).
 *
 * Steps are numbered from 1; moment N is the one after step N, moment 0 the beginning.
 */
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "commands.h"
#include "condition.h"
#include "diff.h"
#include "past.h"

enum { SHOWN = 20 };

static char *take_name(struct stmt *s) {
    struct span word;
    if (!stmt_take_name(s, "a branch's name", &word) || !stmt_end(s)) return NULL;
    char *name = pool_alloc(&s->pool, span_length(word) + 1);
    memcpy(name, s->text.s + word.begin, span_length(word));
    name[span_length(word)] = 0;
    return name;
}

/* ---- Going ---- */

static bool no_such_step(struct stmt *s) {
    const struct interp *in = s->in;
    return stmt_error(s, s->words[0].begin, "there are steps %" PRIu64 " to %" PRIu64, past_first(in),
                      past_depth(in) + past_ahead(in));
}

bool cmd_goto(struct stmt *s) {
    uint64_t step;
    if (!stmt_take_number(s, "the number of a step", &step) || !stmt_end(s)) return false;
    if (s->in->options.dry) return true;
    uint32_t moment = past_at(s->in, step);
    if (moment == PAST_NO_MOMENT) return no_such_step(s);
    past_go(s->in, moment);
    return true;
}

static bool holds(const void *user, const zxp_world *world) { return condition_holds(user, world); }

bool cmd_back(struct stmt *s) {
    struct condition condition;
    if (!stmt_take_keyword(s, "until")) return stmt_error(s, s->body.end, "`back until CONDITION'");
    if (!condition_take(s, NULL, &condition) || !stmt_end(s)) return false;
    if (s->in->options.dry) return true;
    uint32_t moment = past_find_back(s->in, holds, &condition);
    if (moment == PAST_NO_MOMENT) return stmt_error(s, s->words[0].begin, "it held at no moment before this one");
    past_go(s->in, moment);
    interp_printf(s->in, "after step %" PRIu64 ", the last time that it held\n", past_depth(s->in));
    return true;
}

/* ---- history ---- */

static void print_step(struct interp *in, uint64_t step, bool present) {
    uint32_t moment = past_at(in, step);
    const char *came = past_came(in, moment);
    interp_printf(in, "%c%6" PRIu64 "  %.200s%s%.80s\n", present ? '>' : ' ', step, past_text(in, moment),
                  came[0] ? "  => " : "", came);
}

bool cmd_history(struct stmt *s) {
    struct interp *in = s->in;
    uint64_t count = SHOWN;
    if ((stmt_more(s) && !stmt_take_number(s, "a number of steps", &count)) || !stmt_end(s)) return false;
    if (in->options.dry) return true;
    uint64_t depth = past_depth(in), last = depth + (past_ahead(in) < count ? past_ahead(in) : count);
    uint64_t first = past_first(in) + 1;
    if (depth > count && depth - count + 1 > first) first = depth - count + 1;
    if (last == past_first(in)) interp_print(in, "no steps yet\n");
    for (uint64_t step = first; step <= last; step++) print_step(in, step, step == depth);
    if (depth < first && last >= first) interp_print(in, "> at the beginning\n");
    return true;
}

/* ---- Branches ---- */

bool cmd_branch(struct stmt *s) {
    const char *name = take_name(s);
    if (name == NULL) return false;
    if (s->in->options.dry || past_new_branch(s->in, name)) return true;
    return stmt_error(s, s->words[1].begin, "there is already a branch `%s'", name);
}

bool cmd_switch(struct stmt *s) {
    const char *name = take_name(s);
    if (name == NULL) return false;
    if (s->in->options.dry || past_switch(s->in, name)) return true;
    return stmt_error(s, s->words[1].begin, "there is no branch `%s'; see `branches'", name);
}

bool cmd_branches(struct stmt *s) {
    struct past_branch branch;
    if (!stmt_end(s) || s->in->options.dry) return !s->in->diag.set;
    for (size_t i = 0; past_branch_at(s->in, i, &branch); i++) {
        interp_printf(s->in, "%c %-16s %" PRIu64 " step%s%s%.120s\n", branch.current ? '*' : ' ', branch.name,
                      branch.depth, plural(branch.depth), branch.depth > 0 ? ", the last: " : "",
                      past_text(s->in, branch.head));
    }
    return true;
}

/* ---- diff ---- */

/* A: the number of a step, or a branch. */
static bool take_moment(struct stmt *s, uint32_t *moment) {
    struct past_branch branch;
    struct span word;
    uint64_t step;
    if (!stmt_take_word(s, "a step or a branch", &word)) return false;
    for (size_t i = 0; past_branch_at(s->in, i, &branch); i++) {
        if (!span_is(&s->text, word, branch.name)) continue;
        *moment = branch.head;
        return true;
    }
    if (!stmt_eval(s, word, 0, &step)) return false;
    *moment = past_at(s->in, step);
    return *moment != PAST_NO_MOMENT || s->in->options.dry || no_such_step(s);
}

static void print_diff(struct stmt *s, uint32_t a, uint32_t b) {
    struct snapshot before = {0}, after = {0};
    struct buf out = {0};
    if (past_visit(s->in, a, &before) && past_visit(s->in, b, &after)) diff_write(&before, &after, &out);
    interp_print(s->in, out.n > 0 ? out.s : "nothing differs\n");
    buf_free(&out);
    snapshot_clear(&before);
    snapshot_clear(&after);
}

bool cmd_diff(struct stmt *s) {
    struct interp *in = s->in;
    uint32_t a = PAST_NO_MOMENT, b = past_at(in, past_depth(in));
    if (b != PAST_NO_MOMENT) a = past_before(in, b);
    if (stmt_more(s) && !take_moment(s, &a)) return false;
    if (stmt_more(s) && !take_moment(s, &b)) return false;
    if (!stmt_end(s) || in->options.dry) return !in->diag.set;
    if (a == PAST_NO_MOMENT || b == PAST_NO_MOMENT) {
        interp_print(in, "no steps yet\n");
        return true;
    }
    print_diff(s, a, b);
    return true;
}
