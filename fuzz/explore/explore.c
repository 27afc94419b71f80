/*
 * explore.c - breadth-first search by levels, on several real threads (explore.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "explore.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../core/encode.h"
#include "symmetry.h"

enum { MAX_WORKERS = 64, CHUNK = 16, STATE_BYTES = 1 << 16 };

/* How a state was reached. State 0 is the start. */
struct origin {
    uint32_t parent;
    uint16_t step;
} __attribute__((packed));

struct found {
    enum explore_kind kind;
    uint16_t invariant;
    struct origin origin;
    char difference[sizeof((struct explore_result *)0)->difference];
};

struct search;

/* A state whose place in the store has been called for. The next step is made while that is on its way. */
struct waiting {
    zxp_world *world; /* the second scratch: the two change places */
    bool is;
    uint64_t fingerprint;
    size_t length; /* of the exact store's bytes */
    struct origin origin;
};

/* A worker's own: worlds along the path to the state that it expands, and the states that it has found. */
struct worker {
    struct search *search;
    pthread_t thread;
    zxp_world **world; /* by depth; world[0] is the start */
    uint32_t *id;      /* of the state that world[depth] is */
    uint32_t worlds;   /* how many are valid */
    zxp_world *scratch, *spare;
    struct waiting waiting;
    void **other; /* the second engine beside world[depth], if there is one */
    void *other_scratch;
    bool fresh;           /* scratch is the state that is being expanded, up to results */
    struct origin *found; /* next level */
    size_t found_count, found_capacity;
    uint64_t transitions, exchanged;
    struct found finding;
    uint8_t *bytes;
};

struct search {
    const zxp_world *start;
    const struct explore_options *options;
    struct explore_states *states;
    struct explore_states *alone[2]; /* of each engine for itself, if there are two */
    struct origin *origin;           /* by state number */
    uint64_t count, capacity;        /* states */
    uint64_t level_begin, level_end;
    uint32_t depth;     /* of the level that is being expanded */
    atomic_ullong next; /* state to expand */
    atomic_bool stop, short_of_memory;
    struct worker worker[MAX_WORKERS];
    unsigned workers;
};

double explore_odds(uint64_t states) {
    double n = (double)states;
    return n * n / 36893488147419103232.0;
}

/* ---- The state of a number, by replay ---- */

/* ids[0..depth] and steps[0..depth): the way from the start. */
static void way_to(const struct search *s, uint64_t state, uint32_t depth, uint32_t *ids, uint32_t *steps) {
    for (uint32_t d = depth; d > 0; d--) {
        ids[d] = (uint32_t)state;
        steps[d - 1] = s->origin[state].step;
        state = s->origin[state].parent;
    }
    ids[0] = 0;
}

/* Makes the step from the state at depth d anew. */
static bool replay(struct worker *w, uint32_t d, const struct explore_step *step) {
    const struct explore_second *second = w->search->options->second;
    char ignored[sizeof w->finding.difference];
    if (zxp_world_copy(w->world[d + 1], w->world[d]) != ZX_OK) return false;
    if (second == NULL) return explore_apply(w->world[d + 1], step);
    if (!second->copy(w->other[d + 1], w->other[d])) return false;
    return second->step(w->other[d + 1], w->world[d + 1], step, ignored, sizeof ignored);
}

/* Worlds shared with the state expanded last are kept: neighbours in a level have most of their way in common. */
static zxp_world *world_of(struct worker *w, uint64_t state, uint32_t depth) {
    struct search *s = w->search;
    uint32_t ids[EXPLORE_MAX_DEPTH + 1], steps[EXPLORE_MAX_DEPTH];
    way_to(s, state, depth, ids, steps);
    uint32_t d = 0;
    while (d + 1 < w->worlds && d < depth && w->id[d + 1] == ids[d + 1]) d++;
    for (; d < depth; d++) {
        if (!replay(w, d, &s->options->alphabet->step[steps[d]])) return NULL;
        w->id[d + 1] = ids[d + 1];
    }
    w->worlds = depth + 1;
    return w->world[depth];
}

/* ---- Judging a new state ---- */

static bool is_stuck(struct worker *w, const zxp_world *world) {
    if (zxp_world_copy(w->spare, world) != ZX_OK) return false;
    return !explore_can_finish(w->spare);
}

static enum explore_kind judge(struct worker *w, const zxp_world *world, uint16_t *invariant) {
    const struct explore_options *options = w->search->options;
    zxp_violation violation;
    if (options->check_invariants && zxp_check(world, &violation, 1) != 0) {
        *invariant = violation.invariant;
        return EXPLORE_INVARIANT;
    }
    if (options->goal != NULL && options->goal(options->user, world)) {
        return options->goal_is_violation ? EXPLORE_NEVER : EXPLORE_GOAL;
    }
    if (options->check_liveness && is_stuck(w, world)) return EXPLORE_STUCK;
    return EXPLORE_NOTHING;
}

/* ---- Expanding ---- */

static bool keep_found(struct worker *w, struct origin origin) {
    if (w->found_count == w->found_capacity) {
        size_t capacity = w->found_capacity == 0 ? 1024 : w->found_capacity * 2;
        struct origin *found = realloc(w->found, capacity * sizeof *found);
        if (found == NULL) return false;
        w->found = found;
        w->found_capacity = capacity;
    }
    w->found[w->found_count++] = origin;
    return true;
}

static zxp_form form_of(const struct explore_options *options) {
    return options->bytes_alike ? FORM_SHAPE : ZXP_FORM_STATE;
}

static uint32_t result_of(const zxp_world *world, uint32_t thread) {
    zxp_thread_view view;
    return zxp_thread_get(world, thread, &view) && view.state == ZXP_THREAD_READY ? (uint32_t)view.status : 0;
}

static bool same_results(const struct explore_options *options, const zxp_world *a, const zxp_world *b) {
    for (unsigned i = 0; i < options->result_count; i++) {
        if (result_of(a, options->results[i]) != result_of(b, options->results[i])) return false;
    }
    return true;
}

/* With results, if they count: multiplied by an odd number, which loses nothing. */
static uint64_t fingerprint_of(const struct worker *w, const zxp_world *world) {
    const struct explore_options *options = w->search->options;
    uint64_t key = options->key != NULL ? options->key(options->user, world) : zxp_world_hash(world, form_of(options));
    for (unsigned i = 0; i < options->result_count; i++)
        key = (key ^ result_of(world, options->results[i])) * UINT64_C(0x9E3779B97F4A7C15);
    return key;
}

/* The exact store's bytes; 0: they do not fit. */
static size_t bytes_of(struct worker *w, const zxp_world *world) {
    const struct explore_options *options = w->search->options;
    assert(w->bytes != NULL); /* made with the worker, for the exact store alone */
    size_t length = zxp_world_encode(world, form_of(options), w->bytes, STATE_BYTES);
    size_t results = options->result_count * sizeof(uint32_t);
    if (length + results > STATE_BYTES) return 0;
    for (unsigned i = 0; i < options->result_count; i++, length += sizeof(uint32_t))
        memcpy(w->bytes + length, &(uint32_t){result_of(world, options->results[i])}, sizeof(uint32_t));
    return length;
}

/* What the store is to know of scratch, or of the world that stands for it. */
static void name_state(struct worker *w, struct waiting *state) {
    const struct explore_options *options = w->search->options;
    unsigned order[SYMMETRY_THREADS];
    bool exchanged =
        options->thread_count > 1 && symmetry_order(w->scratch, options->threads, options->thread_count, order);
    state->fingerprint = fingerprint_of(w, w->scratch);
    if (options->store == EXPLORE_EXACT) state->length = bytes_of(w, w->scratch);
    if (!exchanged) return;
    symmetry_undo(w->scratch, options->threads, options->thread_count, order);
    w->exchanged++;
}

/* 1 new, 0 known, -1 memory is short. */
static int add_state(struct worker *w, const struct waiting *state) {
    struct search *s = w->search;
    if (s->options->store == EXPLORE_EXACT && state->length == 0) return -1;
    return explore_states_add(s->states, state->fingerprint, w->bytes, state->length);
}

/* Makes the step on scratch. False: it is not enabled, or has led back to where it began. */
static bool makes_a_difference(struct worker *w, const zxp_world *from, const struct explore_step *step) {
    if (!w->fresh && zxp_world_copy(w->scratch, from) != ZX_OK) {
        w->search->short_of_memory = true;
        return false;
    }
    w->fresh = true;
    if (!explore_apply(w->scratch, step)) return false;
    w->transitions++;
    w->fresh = explore_same_world(from, w->scratch, step->call[0].thread) &&
               same_results(w->search->options, from, w->scratch);
    return !w->fresh;
}

static void report(struct worker *w, const struct found *finding) {
    w->finding = *finding;
    w->search->stop = true;
}

/* A state that is new or known. */
static void note_state(struct worker *w, const zxp_world *world, int added, struct origin origin) {
    if (added < 0 || (added > 0 && !keep_found(w, origin))) w->search->short_of_memory = true;
    if (added <= 0) return;
    struct found finding = {.origin = origin};
    finding.kind = judge(w, world, &finding.invariant);
    if (finding.kind != EXPLORE_NOTHING) report(w, &finding);
}

static void settle(struct worker *w) {
    if (!w->waiting.is) return;
    w->waiting.is = false;
    note_state(w, w->waiting.world, add_state(w, &w->waiting), w->waiting.origin);
}

static void take_step(struct worker *w, const zxp_world *from, uint64_t state, uint32_t step) {
    if (!makes_a_difference(w, from, &w->search->options->alphabet->step[step])) return;
    settle(w);
    struct waiting made = {.world = w->scratch, .is = true, .origin = {(uint32_t)state, (uint16_t)step}};
    name_state(w, &made);
    explore_states_call_for(w->search->states, made.fingerprint);
    w->scratch = w->waiting.world;
    w->waiting = made;
}

/* ---- Two engines ---- */

/* Adds the state of both, and of each for itself. */
static int add_pair(struct search *s, uint64_t first, uint64_t second) {
    int one = explore_states_add(s->alone[0], first, NULL, 0), two = explore_states_add(s->alone[1], second, NULL, 0);
    if (one < 0 || two < 0) return -1;
    return explore_states_add(s->states, first ^ (second << 32 | second >> 32) * UINT64_C(0x9E3779B97F4A7C15), NULL, 0);
}

static void take_step_on_both(struct worker *w, const zxp_world *from, uint64_t state, uint32_t i) {
    struct search *s = w->search;
    const struct explore_second *second = s->options->second;
    const struct explore_step *step = &s->options->alphabet->step[i];
    const struct origin origin = {(uint32_t)state, (uint16_t)i};
    struct found finding = {.kind = EXPLORE_DISAGREE, .origin = origin};
    if (!explore_enabled(from, step)) return;
    if (zxp_world_copy(w->scratch, from) != ZX_OK || !second->copy(w->other_scratch, w->other[s->depth])) {
        s->short_of_memory = true;
        return;
    }
    w->transitions++;
    if (second->step(w->other_scratch, w->scratch, step, finding.difference, sizeof finding.difference))
        note_state(w, w->scratch, add_pair(s, fingerprint_of(w, w->scratch), second->key(w->other_scratch)), origin);
    else
        report(w, &finding);
}

static void expand(struct worker *w, uint64_t state) {
    struct search *s = w->search;
    const zxp_world *from = world_of(w, state, s->depth);
    if (from == NULL) {
        s->short_of_memory = true;
        return;
    }
    w->fresh = false;
    for (uint32_t i = 0; i < s->options->alphabet->count && !s->stop; i++) {
        if (s->options->second != NULL)
            take_step_on_both(w, from, state, i);
        else
            take_step(w, from, state, i);
    }
}

static bool interrupted(const struct worker *w) {
    const struct explore_options *options = w->search->options;
    return w == &w->search->worker[0] && options->interrupted != NULL && options->interrupted(options->user);
}

static void *work(void *argument) {
    struct worker *w = argument;
    struct search *s = w->search;
    while (!s->stop && !s->short_of_memory) {
        if (interrupted(w)) s->stop = true;
        uint64_t begin = atomic_fetch_add(&s->next, CHUNK);
        if (begin >= s->level_end) break;
        for (uint64_t i = begin; i < begin + CHUNK && i < s->level_end && !s->stop; i++) expand(w, i);
    }
    settle(w);
    return NULL;
}

/* ---- Levels ---- */

static void expand_level(struct search *s) {
    unsigned started = 0;
    atomic_store(&s->next, s->level_begin);
    bool worth = s->level_end - s->level_begin > (uint64_t)4 * CHUNK;
    for (unsigned i = 1; worth && i < s->workers; i++, started++) {
        if (pthread_create(&s->worker[i].thread, NULL, work, &s->worker[i]) != 0) break;
    }
    work(&s->worker[0]);
    for (unsigned i = 1; i <= started; i++) pthread_join(s->worker[i].thread, NULL);
}

static bool make_room(struct search *s, uint64_t more) {
    uint64_t needed = s->count + more, capacity = s->capacity == 0 ? 256 : s->capacity;
    if (needed > UINT32_MAX) return false;
    while (capacity < needed) capacity *= 2;
    if (capacity == s->capacity) return true;
    struct origin *origin = realloc(s->origin, capacity * sizeof *origin);
    if (origin == NULL) return false;
    s->origin = origin;
    s->capacity = capacity;
    return true;
}

/* The states that the workers have found become the next level. */
static bool next_level(struct search *s) {
    uint64_t more = 0;
    for (unsigned i = 0; i < s->workers; i++) more += s->worker[i].found_count;
    if (!make_room(s, more)) return false;
    s->level_begin = s->count;
    for (unsigned i = 0; i < s->workers; i++) {
        struct worker *w = &s->worker[i];
        if (w->found_count > 0) memcpy(&s->origin[s->count], w->found, w->found_count * sizeof *w->found);
        s->count += w->found_count;
        w->found_count = 0;
    }
    s->level_end = s->count;
    s->depth++;
    explore_states_quiet(s->states);
    return true;
}

/* --shard: the level is cut down to this shard's part, once it is large enough to share out. */
static void take_shard(struct search *s, bool *taken) {
    const struct explore_options *options = s->options;
    if (*taken || options->of < 2 || s->level_end - s->level_begin < UINT64_C(16) * options->of) return;
    uint64_t kept = s->level_begin;
    for (uint64_t i = s->level_begin + options->shard; i < s->level_end; i += options->of)
        s->origin[kept++] = s->origin[i];
    s->level_end = s->count = kept;
    *taken = true;
}

static uint64_t transitions_of(const struct search *s) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < s->workers; i++) sum += s->worker[i].transitions;
    return sum;
}

static bool may_go_on(struct search *s) {
    const struct explore_options *options = s->options;
    uint32_t most = options->max_depth == 0 ? EXPLORE_MAX_DEPTH - 1 : options->max_depth;
    if (s->stop || s->short_of_memory || s->level_begin == s->level_end || s->depth >= most) return false;
    if (options->max_states != 0 && s->count >= options->max_states) return false;
    if (options->progress == NULL) return true;
    return options->progress(options->user, s->count, transitions_of(s), s->depth, s->level_end - s->level_begin);
}

/* ---- Set-up and results ---- */

static bool second_begin(struct worker *w, const struct explore_second *second) {
    if (second == NULL) return true;
    w->other = calloc(EXPLORE_MAX_DEPTH + 1, sizeof *w->other);
    w->other_scratch = second->create(second->user);
    if (w->other == NULL || w->other_scratch == NULL) return false;
    w->other[0] = second->create(second->user);
    return w->other[0] != NULL;
}

static void second_end(struct worker *w, const struct explore_second *second) {
    if (second == NULL) return;
    for (uint32_t i = 0; w->other != NULL && i <= EXPLORE_MAX_DEPTH && w->other[i] != NULL; i++)
        second->destroy(w->other[i]);
    if (w->other_scratch != NULL) second->destroy(w->other_scratch);
    free(w->other);
}

static bool worker_begin(struct search *s, struct worker *w) {
    w->search = s;
    w->world = calloc(EXPLORE_MAX_DEPTH + 1, sizeof(zxp_world *));
    w->id = calloc(EXPLORE_MAX_DEPTH + 1, sizeof *w->id);
    w->scratch = zxp_world_clone(s->start);
    w->spare = zxp_world_clone(s->start);
    w->waiting.world = zxp_world_clone(s->start);
    w->bytes = s->options->store == EXPLORE_EXACT ? malloc(STATE_BYTES) : NULL;
    if (w->world == NULL || w->id == NULL || w->scratch == NULL || w->spare == NULL) return false;
    if (w->waiting.world == NULL) return false;
    w->world[0] = zxp_world_clone(s->start);
    w->worlds = 1;
    if (!second_begin(w, s->options->second)) return false;
    return w->world[0] != NULL && (s->options->store == EXPLORE_COMPACT || w->bytes != NULL);
}

/* Worlds for the depth about to be expanded. */
static bool worlds_for_depth(struct search *s) {
    const struct explore_second *second = s->options->second;
    for (unsigned i = 0; i < s->workers; i++) {
        struct worker *w = &s->worker[i];
        if (w->world[s->depth] != NULL) continue;
        w->world[s->depth] = zxp_world_clone(s->start);
        if (w->world[s->depth] == NULL) return false;
        if (second != NULL && (w->other[s->depth] = second->create(second->user)) == NULL) return false;
    }
    return true;
}

static void worker_end(struct worker *w) {
    if (w->search == NULL) return; /* it never began: memory ran out at one before it */
    for (uint32_t i = 0; w->world != NULL && i <= EXPLORE_MAX_DEPTH; i++) zxp_world_destroy(w->world[i]);
    free(w->world);
    free(w->id);
    free(w->found);
    free(w->bytes);
    second_end(w, w->search->options->second);
    zxp_world_destroy(w->scratch);
    zxp_world_destroy(w->spare);
    zxp_world_destroy(w->waiting.world);
}

static unsigned worker_count(const struct explore_options *options) {
    long processors = options->workers != 0 ? (long)options->workers : sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > MAX_WORKERS ? MAX_WORKERS : (unsigned)processors;
}

static bool make_stores(struct search *s) {
    bool shared = s->workers > 1;
    s->states = explore_states_create(s->options->store, shared);
    if (s->states == NULL || s->options->second == NULL) return s->states != NULL;
    for (unsigned i = 0; i < 2; i++) s->alone[i] = explore_states_create(EXPLORE_COMPACT, shared);
    return s->alone[0] != NULL && s->alone[1] != NULL;
}

static int add_start(struct search *s) {
    struct worker *w = &s->worker[0];
    const struct explore_second *second = s->options->second;
    struct waiting start = {0};
    if (second != NULL) return add_pair(s, fingerprint_of(w, s->start), second->key(w->other[0]));
    name_state(w, &start);
    return add_state(w, &start);
}

static bool begin(struct search *s) {
    s->workers = worker_count(s->options);
    if (!make_stores(s) || !make_room(s, 1)) return false;
    for (unsigned i = 0; i < s->workers; i++) {
        if (!worker_begin(s, &s->worker[i])) return false;
    }
    s->origin[0] = (struct origin){0, 0};
    s->count = s->level_end = 1;
    return add_start(s) >= 0;
}

static void report_finding(const struct search *s, struct explore_result *result) {
    for (unsigned i = 0; i < s->workers; i++) {
        const struct found *finding = &s->worker[i].finding;
        if (finding->kind == EXPLORE_NOTHING) continue;
        uint32_t ids[EXPLORE_MAX_DEPTH + 1];
        result->kind = finding->kind;
        result->invariant = finding->invariant;
        memcpy(result->difference, finding->difference, sizeof result->difference);
        result->path_length = s->depth + 1;
        way_to(s, finding->origin.parent, s->depth, ids, result->path);
        result->path[s->depth] = finding->origin.step;
        return;
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void search_levels(struct search *s, struct explore_result *result) {
    bool shard_taken = false;
    while (may_go_on(s) && worlds_for_depth(s)) {
        expand_level(s);
        if (s->stop) break;
        if (!next_level(s)) {
            s->short_of_memory = true;
            break;
        }
        take_shard(s, &shard_taken);
    }
    report_finding(s, result);
    result->depth = s->depth;
    result->complete = !s->stop && !s->short_of_memory && s->level_begin == s->level_end;
}

static void list_fingerprints(const struct search *s, struct explore_result *result) {
    result->fingerprint_count = explore_states_count(s->states);
    result->fingerprints = malloc(result->fingerprint_count * sizeof *result->fingerprints);
    if (result->fingerprints != NULL) explore_states_list(s->states, result->fingerprints);
}

static void finish(struct search *s, struct explore_result *result) {
    result->states = s->count;
    result->transitions = transitions_of(s);
    result->out_of_memory = s->short_of_memory;
    result->stopped = s->stop;
    for (unsigned i = 0; i < s->workers; i++) {
        result->states += s->worker[i].found_count; /* of a level that was not finished */
        result->frontier_bytes += s->worker[i].found_capacity * sizeof(struct origin);
        result->exchanged += s->worker[i].exchanged;
        worker_end(&s->worker[i]);
    }
    if (s->states != NULL) result->store_bytes = explore_states_bytes(s->states) + s->capacity * sizeof *s->origin;
    if (s->alone[1] != NULL) {
        result->states_of_first = explore_states_count(s->alone[0]);
        result->states_of_second = explore_states_count(s->alone[1]);
    }
    for (unsigned i = 0; i < 2; i++) explore_states_destroy(s->alone[i]);
    explore_states_destroy(s->states);
    free(s->origin);
}

void explore_run(const zxp_world *start, const struct explore_options *options, bool want_fingerprints,
                 struct explore_result *result) {
    memset(result, 0, sizeof *result);
    struct search *s = calloc(1, sizeof *s);
    if (s == NULL) {
        result->out_of_memory = true;
        return;
    }
    s->start = start;
    s->options = options;
    double began = now();
    if (begin(s)) {
        search_levels(s, result);
        if (want_fingerprints) list_fingerprints(s, result);
    } else {
        s->short_of_memory = true;
    }
    result->seconds = now() - began;
    finish(s, result);
    free(s);
}

void explore_result_clear(struct explore_result *result) {
    free(result->fingerprints);
    result->fingerprints = NULL;
}
