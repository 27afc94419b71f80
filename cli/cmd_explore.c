/*
 * cmd_explore.c - reach and explore: all states that the present world can reach (fuzz/explore).
 *
 *     reach CONDITION [within N]
 *     explore [WORD ...] [pages=N] [depth=N] [states=N] [workers=N] [shard=I/N] [to=FILE] [page=FILE] [exact] [live]
 *             [each] [agree] [profiles A B] [never CONDITION]
 *
 * WORD names steps (read, write, supply, ...: alphabet.h). The steps run on copies; the world stays as it is.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../fuzz/agree/agree.h"
#include "../fuzz/explore/alphabet.h"
#include "../fuzz/explore/result_file.h"
#include "cmd.h"
#include "commands.h"
#include "condition.h"
#include "twin.h"

enum { EXPLORE_THREADS = 2, REACH_STATES = 300000 }; /* of `reach' without `within' */

struct exploring {
    struct stmt *s;
    zxp_world *start; /* a copy, with the client threads */
    struct explore_thread threads[EXPLORE_THREADS];
    uint32_t alike[EXPLORE_THREADS];
    uint32_t results[CONDITION_ATOMS]; /* threads whose results the condition names */
    struct explore_alphabet alphabet;
    struct condition condition;
    bool has_condition;
    struct buf words;
    struct buf file; /* for the states; empty: none */
    struct buf page; /* for a page that replays what was found; empty: none */
    uint64_t pages;
    bool each;            /* without symmetry */
    bool agree, profiles; /* a second engine: the oracle; a kernel of another profile */
    zxp_profile profile[2];
    oracle *oracle;
    zxp_world *other;
    struct explore_second second;
    time_t told; /* when progress was last printed */
    struct explore_options options;
};

/* ---- Call-backs ---- */

static bool goal(void *user, const zxp_world *world) {
    return condition_holds(&((const struct exploring *)user)->condition, world);
}

/* After each level; to a person, and not more often than once a second. */
static bool progress(void *user, uint64_t states, uint64_t transitions, uint32_t depth, uint64_t frontier) {
    struct exploring *e = user;
    time_t now = time(NULL);
    (void)transitions;
    if (e->told == 0) e->told = now;
    if (!e->s->in->options.interactive || now == e->told) return true;
    e->told = now;
    interp_printf(e->s->in, "  ... depth %" PRIu32 ": %" PRIu64 " states, %" PRIu64 " to go on from\n", depth, states,
                  frontier);
    return true;
}

static bool interrupted(void *user) {
    const struct exploring *e = user;
    return e->s->in->interrupt != NULL && *e->s->in->interrupt != 0;
}

static const char *name_of(void *user, zx_koid_t koid) {
    const char *name = interp_name_of_koid(((const struct exploring *)user)->s->in, koid);
    return name;
}

/* ---- Setting up ---- */

/* t1 and t2: those of the session if they can run, else fresh ones. */
static bool add_threads(struct exploring *e, zxp_world *world) {
    static const char *const names[EXPLORE_THREADS] = {"t1", "t2"};
    for (unsigned i = 0; i < EXPLORE_THREADS; i++) {
        uint32_t number;
        bool known = session_thread(&e->s->in->session, names[i], 2, &number);
        if (!known && zxp_thread_create(world, &number) != ZX_OK) return false;
        e->threads[i] = (struct explore_thread){number, names[i]};
    }
    return true;
}

/* A VMO to supply from; without it each supply makes one of its own. */
static const zxp_op_call make_aux = {.op = ZXP_OP_VMO_CREATE, .args = {ZXP_PAGE_SIZE, 0}};

static bool memory_is_short(struct exploring *e) { return stmt_error(e->s, e->s->body.begin, "memory is short"); }

/* What the steps need beside the session's own. */
static bool furnish(struct exploring *e, zxp_world *world) {
    if (world == NULL || !add_threads(e, world)) return memory_is_short(e);
    zxp_call(world, &make_aux);
    return true;
}

static bool set_up_oracle(struct exploring *e) {
    e->oracle = twin_oracle(e->s);
    if (e->oracle == NULL) return false;
    twin_threads(e->oracle, zxp_thread_count(e->start));
    (void)oracle_call(e->oracle, &make_aux);
    agree_with_oracle(&e->second, e->oracle);
    e->options.second = &e->second;
    return true;
}

/* With two kernels it may be over before it begins: *over, then. */
static bool set_up_profiles(struct exploring *e, bool *over) {
    struct buf difference = {0};
    zxp_world *world[2] = {NULL, NULL};
    bool well = twin_worlds(e->s, e->profile, world, &difference);
    *over = difference.n > 0;
    if (*over) {
        interp_printf(e->s->in, "the two kernels differ %s\n", difference.s);
        cmd_set_status(e->s, ZX_ERR_BAD_STATE);
    }
    buf_free(&difference);
    e->start = world[0];
    e->other = world[1];
    if (!well || !furnish(e, e->start) || !furnish(e, e->other)) return *over;
    agree_with_world(&e->second, e->other);
    e->options.second = &e->second;
    return true;
}

static bool set_up_engines(struct exploring *e, bool *over) {
    if (e->profiles) return set_up_profiles(e, over);
    e->start = zxp_world_clone(e->s->in->world);
    return furnish(e, e->start) && (!e->agree || set_up_oracle(e));
}

static bool names_a_thread(const struct exploring *e) {
    bool names = false;
    for (size_t i = 0; e->has_condition && i < e->condition.count; i++) {
        enum atom_kind kind = e->condition.atom[i].kind;
        names |= kind == ATOM_BLOCKED || kind == ATOM_DONE || kind == ATOM_RESULT;
    }
    return names;
}

/* How a call ended is no part of a state, unless somebody asks. */
static void use_results(struct exploring *e) {
    for (size_t i = 0; e->has_condition && i < e->condition.count; i++) {
        const struct atom *atom = &e->condition.atom[i];
        if (atom->kind == ATOM_RESULT) e->results[e->options.result_count++] = atom->thread;
    }
    e->options.results = e->results;
}

/* Every step is there for t1 and for t2, and no condition looks at what pages hold; but it may name a thread. */
static void use_symmetry(struct exploring *e) {
    if (e->each || e->options.second != NULL) return;
    e->options.bytes_alike = true;
    if (names_a_thread(e)) return;
    bool ascending = e->threads[0].number < e->threads[1].number;
    e->alike[0] = e->threads[!ascending].number;
    e->alike[1] = e->threads[ascending].number;
    e->options.threads = e->alike;
    e->options.thread_count = EXPLORE_THREADS;
}

static bool set_up(struct exploring *e) {
    uint64_t aux = ZX_HANDLE_INVALID;
    zxp_field(e->start, ZXP_MAIN_THREAD, "handle", &aux);
    struct explore_bounds bounds = {.pages = e->pages,
                                    .threads = e->threads,
                                    .thread_count = EXPLORE_THREADS,
                                    .words = e->words.n > 0 ? buf_string(&e->words) : NULL,
                                    .aux = aux,
                                    .name = name_of,
                                    .user = e};
    if (!explore_default_alphabet(e->start, &bounds, &e->alphabet)) return memory_is_short(e);
    if (e->alphabet.count == 0)
        return stmt_error(e->s, e->s->body.begin, "there is nothing to explore: make a pager-backed VMO first");
    use_symmetry(e);
    use_results(e);
    e->options.alphabet = &e->alphabet;
    e->options.progress = progress;
    e->options.interrupted = interrupted;
    e->options.user = e;
    return true;
}

static void tear_down(struct exploring *e) {
    explore_alphabet_clear(&e->alphabet);
    zxp_world_destroy(e->start);
    zxp_world_destroy(e->other);
    if (e->oracle != NULL) oracle_destroy(e->oracle);
    buf_free(&e->words);
    buf_free(&e->file);
    buf_free(&e->page);
}

/* ---- Telling ---- */

static void print_path(struct exploring *e, const struct explore_result *result) {
    struct buf script = {0};
    for (uint32_t i = 0; i < result->path_length; i++) {
        interp_printf(e->s->in, "    %s\n", e->alphabet.step[result->path[i]].text);
        buf_format(&script, "%s\n", e->alphabet.step[result->path[i]].text);
    }
    cmd_tell_page(e->s, e->s->in, buf_string(&script), &e->page);
    buf_free(&script);
}

static void print_finding(struct exploring *e, const struct explore_result *result) {
    struct interp *in = e->s->in;
    switch (result->kind) {
    case EXPLORE_NOTHING: return;
    case EXPLORE_GOAL:
        interp_printf(in, "reached in %" PRIu32 " step%s, which is the least:\n", result->path_length,
                      plural(result->path_length));
        break;
    case EXPLORE_NEVER:
        interp_printf(in, "it does happen, in %" PRIu32 " step%s at the least:\n", result->path_length,
                      plural(result->path_length));
        break;
    case EXPLORE_INVARIANT:
        interp_printf(in, "INV-%u is broken: %s\n", result->invariant, zxp_invariant_text(result->invariant));
        break;
    case EXPLORE_STUCK: interp_printf(in, "a thread cannot finish any more, whatever the pager answers:\n"); break;
    case EXPLORE_DISAGREE:
        interp_printf(in, "the two %s differ after %" PRIu32 " steps, which is the least: %s\n",
                      e->profiles ? "kernels" : "engines", result->path_length, result->difference);
        break;
    }
    print_path(e, result);
}

static void print_summary_of(struct exploring *e, const struct explore_result *result) {
    double seconds = result->seconds > 0 ? result->seconds : 1e-9;
    const char *whole = e->options.of > 1 ? "all of this shard" : "all of them";
    const char *how = result->complete        ? whole
                      : result->out_of_memory ? "memory is short"
                      : result->stopped       ? "stopped"
                                              : "bounded";
    interp_printf(e->s->in, "%" PRIu64 " states (%s), %" PRIu64 " transitions, depth %" PRIu32 ", %.2f s\n",
                  result->states, how, result->transitions, result->depth, seconds);
    interp_printf(e->s->in,
                  "%.0f states a second, %.1f bytes a state (and %" PRIu64
                  " for the level at hand); odds of a missed state %.1e\n",
                  (double)result->states / seconds, (double)result->store_bytes / (double)result->states,
                  result->frontier_bytes, e->options.store == EXPLORE_EXACT ? 0.0 : explore_odds(result->states));
}

static void print_symmetry(struct exploring *e, const struct explore_result *result) {
    if (!e->options.bytes_alike) return;
    interp_printf(e->s->in, "one state for all that differ only in letters of pages%s; `each' counts them all\n",
                  e->options.thread_count > 1 ? ", or in t1 and t2 exchanged" : "");
    if (result->exchanged > 0)
        interp_printf(e->s->in, "%" PRIu64 " step%s led to a state with t1 and t2 exchanged\n", result->exchanged,
                      plural(result->exchanged));
}

static bool keep_states(struct exploring *e, const struct explore_result *result) {
    if (e->file.n == 0) return true;
    const char *path = buf_string(&e->file);
    if (result->fingerprints == NULL) return stmt_error(e->s, e->s->body.begin, "memory is short");
    if (!explore_result_write(result, path)) return stmt_error(e->s, e->s->body.begin, "%s", strerror(errno));
    interp_printf(e->s->in, "%" PRIu64 " states written to %s\n", result->fingerprint_count, path);
    return true;
}

/* Steps that end alike are not all: each state of the one must be one state of the other. */
static bool same_count(struct exploring *e, const struct explore_result *result) {
    uint64_t first = result->states_of_first, second = result->states_of_second;
    if (!e->agree) return true;
    interp_printf(e->s->in, "states of the core %" PRIu64 ", of the oracle %" PRIu64 ", of both together %" PRIu64 "\n",
                  first, second, result->states);
    return first == second && first == result->states;
}

static const char *verdict_of(const struct exploring *e, const struct explore_result *result, bool same) {
    if (!same) return "the two engines tell states apart in different ways\n";
    if (e->has_condition)
        return result->complete  ? "it never holds: no state that can be reached has it\n"
               : result->stopped ? "not found so far\n"
               : e->options.max_depth > 0
                   ? "not found within so many steps; it may hold further on\n"
                   : "not found among so many states; it may hold further on: `within N' sets a bound\n";
    if (e->options.second != NULL)
        return result->complete ? "they agree in every step of every state\n" : "they agree so far\n";
    return result->complete ? "no violation\n" : "no violation so far\n";
}

static void print_extent(struct exploring *e, const struct explore_result *result) {
    interp_printf(e->s->in, "%" PRIu64 " states seen, to %" PRIu32 " steps, in %.1f s: ", result->states, result->depth,
                  result->seconds);
}

static void tell(struct exploring *e, const struct explore_result *result, bool summary) {
    if (!summary && result->kind == EXPLORE_NOTHING) print_extent(e, result);
    if (summary) print_summary_of(e, result);
    if (summary) print_symmetry(e, result);
    bool found = result->kind != EXPLORE_NOTHING, same = found || same_count(e, result);
    if (found)
        print_finding(e, result);
    else
        interp_print(e->s->in, verdict_of(e, result, same));
    bool violated = !same || (found && result->kind != EXPLORE_GOAL);
    cmd_set_status(e->s, violated ? ZX_ERR_BAD_STATE : !found && !summary ? ZX_ERR_NOT_FOUND : ZX_OK);
}

static bool run(struct exploring *e, bool summary) {
    struct explore_result *result = calloc(1, sizeof *result);
    if (result == NULL) return memory_is_short(e);
    explore_run(e->start, &e->options, e->file.n > 0, result);
    tell(e, result, summary);
    bool kept = keep_states(e, result);
    explore_result_clear(result);
    free(result);
    return kept;
}

/* No step changes a size, but of a VMO that can be resized. */
static bool can_hold(struct exploring *e) {
    struct buf fact = {0};
    zxp_object_view view;
    bool resizable = false;
    for (zx_koid_t at = 0; zxp_object_next(e->s->in->world, at, &view); at = view.koid) resizable |= view.resizable;
    bool fits = resizable || condition_fits(&e->condition, e->s->in->world, &fact);
    if (!fits) interp_printf(e->s->in, "it never holds: %s, which no step changes\n", buf_string(&fact));
    buf_free(&fact);
    return fits;
}

/* ---- Commands ---- */

bool cmd_reach(struct stmt *s) {
    struct exploring e = {.s = s, .pages = 4, .has_condition = true};
    uint64_t depth = 0;
    bool well = condition_take(s, "within", &e.condition);
    if (well && stmt_take_keyword(s, "within")) well = stmt_take_number(s, "a number of steps", &depth);
    well = well && stmt_end(s);
    if (!well || s->in->options.dry) return well;
    if (condition_holds(&e.condition, s->in->world)) {
        interp_printf(s->in, "it holds now\n");
        cmd_set_status(s, ZX_OK);
        return true;
    }
    if (!can_hold(&e)) {
        cmd_set_status(s, ZX_ERR_NOT_FOUND);
        return true;
    }
    e.options.goal = goal;
    e.options.max_states = depth == 0 ? REACH_STATES : 0;
    e.options.max_depth = depth < EXPLORE_MAX_DEPTH ? (uint32_t)depth : EXPLORE_MAX_DEPTH - 1;
    buf_text(&e.words, "read write commit zero supply fail dirty writeback next detach evict resize");
    bool over = false;
    well = set_up_engines(&e, &over) && set_up(&e) && run(&e, false);
    tear_down(&e);
    return well;
}

/* NAME= with a number. False with *well true: it is another word. */
static bool take_number_option(struct stmt *s, const char *name, uint64_t *number, bool *well) {
    struct span value;
    if (!cmd_take_option(s, name, &value)) return false;
    *well = stmt_eval(s, value, 0, number);
    return true;
}

static bool take_bound(struct exploring *e, bool *well) {
    uint64_t number = 0;
    if (take_number_option(e->s, "states=", &e->options.max_states, well)) return true;
    if (take_number_option(e->s, "pages=", &e->pages, well)) return true;
    if (take_number_option(e->s, "depth=", &number, well)) {
        e->options.max_depth = number < EXPLORE_MAX_DEPTH ? (uint32_t)number : EXPLORE_MAX_DEPTH - 1;
        return true;
    }
    if (!take_number_option(e->s, "workers=", &number, well)) return false;
    e->options.workers = number < UINT16_MAX ? (unsigned)number : UINT16_MAX;
    return true;
}

/* shard=I/N: this run goes on from every N-th state of an early level, from the I-th on, 0 <= I < N. */
static bool take_shard(struct exploring *e, bool *well) {
    struct span value, of;
    uint64_t index, count;
    if (!cmd_take_option(e->s, "shard=", &value)) return false;
    of = value;
    while (of.begin < of.end && e->s->text.s[of.begin] != '/') of.begin++;
    value.end = of.begin;
    if (of.begin < of.end) of.begin++;
    *well = stmt_eval(e->s, value, 0, &index) && stmt_eval(e->s, of, 0, &count);
    if (*well && (index >= count || count > UINT16_MAX))
        *well = stmt_error(e->s, value.begin, "shard=I/N needs I below N");
    if (!*well) return true;
    e->options.shard = (uint32_t)index;
    e->options.of = (uint32_t)count;
    return true;
}

/* to=FILE: the states of this run, for `zxpager-repl explore --merge`; page=FILE: what was found, as a page that
 * replays it. */
static bool take_file(struct exploring *e, bool *well) {
    return cmd_take_file(e->s, "to=", &e->file, well) || cmd_take_file(e->s, "page=", &e->page, well);
}

static bool take_explore_option(struct exploring *e) {
    struct stmt *s = e->s;
    bool well = true;
    struct span word = s->words[s->at_word];
    if (take_bound(e, &well) || take_shard(e, &well) || take_file(e, &well)) return well;
    if (stmt_take_keyword(s, "profiles")) {
        e->profiles = true;
        return cmd_take_profile(s, &e->profile[0]) && cmd_take_profile(s, &e->profile[1]);
    }
    if (stmt_take_keyword(s, "agree"))
        e->agree = true;
    else if (stmt_take_keyword(s, "each"))
        e->each = true;
    else if (stmt_take_keyword(s, "exact"))
        e->options.store = EXPLORE_EXACT;
    else if (stmt_take_keyword(s, "live"))
        e->options.check_liveness = true;
    else {
        if (!stmt_take_word(s, "a step", &word)) return false;
        if (!explore_is_word(s->text.s + word.begin, span_length(word)))
            return stmt_error(s, word.begin, "no step and no option of `explore'; see `help explore'");
        buf_format(&e->words, "%.*s ", (int)(word.end - word.begin), s->text.s + word.begin);
    }
    return true;
}

static bool take_explore(struct exploring *e) {
    struct stmt *s = e->s;
    while (stmt_more(s)) {
        if (stmt_take_keyword(s, "never")) {
            e->has_condition = true;
            e->options.goal = goal;
            e->options.goal_is_violation = true;
            return condition_take(s, NULL, &e->condition) && stmt_end(s);
        }
        if (!take_explore_option(e)) return false;
    }
    return true;
}

static bool one_second_engine(struct exploring *e) {
    if (e->agree && e->profiles) return stmt_error(e->s, e->s->body.begin, "either `agree' or `profiles'");
    if ((e->agree || e->profiles) && e->options.store == EXPLORE_EXACT)
        return stmt_error(e->s, e->s->body.begin, "`exact' keeps the states of one engine");
    return true;
}

bool cmd_explore(struct stmt *s) {
    struct exploring e = {.s = s, .pages = 2};
    e.options.check_invariants = true;
    bool well = take_explore(&e) && one_second_engine(&e);
    bool over = s->in->options.dry;
    if (well && !over) well = set_up_engines(&e, &over);
    if (well && !over) well = set_up(&e) && run(&e, true);
    tear_down(&e);
    return well;
}
