/*
 * explore.h - all states that a world can reach by an alphabet of steps, breadth first, on the real engine.
 *
 * A step is one to four calls on one or more virtual threads, with a text in the language. A state is a world up to
 * the STATE form (zxpager.h): hashed to 64 bits, or kept as bytes in the exact store. States are not kept as worlds:
 * each has its parent and the step that led to it, and is made again by replaying steps from the nearest world at
 * hand. Levels are expanded by several real threads; a finding therefore always comes with a shortest script.
 */
#ifndef FUZZ_EXPLORE_H
#define FUZZ_EXPLORE_H

#include "zxpager/zxpager.h"

enum { EXPLORE_CALLS = 4, EXPLORE_MAX_STEPS = 4096, EXPLORE_MAX_DEPTH = 4096 };

/* Stands in args for the handle that the first call of the step gave back. */
#define EXPLORE_NEW_HANDLE UINT64_C(0xFEED00000000)

struct explore_step {
    char text[96]; /* in the language, statements separated by ';' */
    uint32_t calls;
    zxp_op_call call[EXPLORE_CALLS]; /* fixed arguments; buffers FILL, LETTERS or USER only */
};

struct explore_alphabet {
    struct explore_step *step;
    size_t count, capacity;
};

/* Appends a step without calls; NULL when memory is short or at EXPLORE_MAX_STEPS. */
struct explore_step *explore_add_step(struct explore_alphabet *alphabet, const char *text);
void explore_add_call(struct explore_step *step, uint32_t thread, uint16_t op, unsigned count, const uint64_t *args);
void explore_alphabet_clear(struct explore_alphabet *alphabet);
/* Can the first call of the step be made? The other calls follow it. */
bool explore_enabled(const zxp_world *world, const struct explore_step *step);
/* The i-th call of a step, in order and just before it is made. *handle is
 * 0 at first; from then on it holds what EXPLORE_NEW_HANDLE stands for. */
void explore_call(const zxp_world *world, const struct explore_step *step, uint32_t i, uint64_t *handle,
                  zxp_op_call *call);
/* Makes the calls of a step. False: it is not enabled (a thread that should call cannot), and nothing has changed. */
bool explore_apply(zxp_world *world, const struct explore_step *step);

enum explore_store { EXPLORE_COMPACT, EXPLORE_EXACT };
enum explore_kind { EXPLORE_NOTHING, EXPLORE_GOAL, EXPLORE_NEVER, EXPLORE_INVARIANT, EXPLORE_STUCK, EXPLORE_DISAGREE };

/* A second engine that makes the same steps beside the first. A state is then one of
 * both, and every step from every state is compared. Each worker has engines of its own. */
struct explore_second {
    void *(*create)(void *user); /* as it is beside the world that the search starts from; NULL: memory is short */
    void (*destroy)(void *engine);
    bool (*copy)(void *to, const void *from);
    /* Makes a step that is enabled in `world`, on both. False:
     * what they show is not the same; `difference` says what. */
    bool (*step)(void *engine, zxp_world *world, const struct explore_step *step, char *difference, size_t capacity);
    uint64_t (*key)(const void *engine); /* tells its states apart, as the STATE form does those of a world */
    void *user;
};

struct explore_options {
    const struct explore_alphabet *alphabet;
    enum explore_store store;
    unsigned workers;      /* real threads; 0: as many as there are processors */
    uint32_t max_depth;    /* 0: EXPLORE_MAX_DEPTH */
    uint64_t max_states;   /* 0: no limit */
    bool check_invariants; /* zxp_check in every state */
    bool check_liveness;   /* a fair pager lets every thread finish, from every state */
    /* Symmetry (symmetry.h): threads that the alphabet uses alike, ascending, at most
     * SYMMETRY_THREADS; and whether bytes of pages count only as zero or not. Nothing
     * that is asked of a state may tell them apart. Not with a key or a second engine. */
    const uint32_t *threads;
    unsigned thread_count;
    bool bytes_alike;
    /* Threads of which it counts how their last call ended: what is asked of a state may name that, for these. */
    const uint32_t *results;
    unsigned result_count;
    /* What tells states apart; NULL: the STATE form. Worlds of one
     * key must go on alike up to keys. Not for the exact store. */
    uint64_t (*key)(void *user, const zxp_world *world);
    /* A state for which this is true ends the search. Called by
     * several threads at once, each with a world of its own. */
    bool (*goal)(void *user, const zxp_world *world);
    bool goal_is_violation;              /* `never`, not `reach` */
    const struct explore_second *second; /* NULL: none */
    void *user;
    /* Called by the main thread after each level. False stops the search. */
    bool (*progress)(void *user, uint64_t states, uint64_t transitions, uint32_t depth, uint64_t frontier);
    /* Asked by the main thread every few states: true ends the search; what was found is kept. May be NULL. */
    bool (*interrupted)(void *user);
    /* --shard: after the level with at least 16 * of states, only every
     * of-th of them from index on is gone on with. of 0 or 1: all. */
    uint32_t shard, of;
};

struct explore_result {
    uint64_t states, transitions;
    uint32_t depth; /* levels expanded */
    bool complete;  /* the whole space was seen */
    bool out_of_memory, stopped;
    uint64_t store_bytes, frontier_bytes;
    double seconds;
    uint64_t exchanged;     /* steps that led to a state which stands for another one by symmetry of threads */
    enum explore_kind kind; /* of the finding */
    uint16_t invariant;     /* EXPLORE_INVARIANT */
    uint32_t path[EXPLORE_MAX_DEPTH]; /* steps of the alphabet that lead to it */
    uint32_t path_length;
    char difference[320];                       /* EXPLORE_DISAGREE: what the two engines show */
    uint64_t states_of_first, states_of_second; /* with a second engine: how many each has for itself */
    uint64_t *fingerprints;                     /* of all states, sorted; owned by the result; NULL unless asked for */
    uint64_t fingerprint_count;
};

/* Explores from `start`, which stays as it is. want_fingerprints: keep them for --merge and for comparisons. */
void explore_run(const zxp_world *start, const struct explore_options *options, bool want_fingerprints,
                 struct explore_result *result);
void explore_result_clear(struct explore_result *result);
/* The odds that a hash-compacted run of n states missed at least one: n^2 / 2^65. */
double explore_odds(uint64_t states);

/* Is `after` the world `before` but for results? It is, but for the step of `caller` that was
 * just made on it (effect.c). May say no where the two behave alike, never yes where they do not. */
bool explore_same_world(const zxp_world *before, const zxp_world *after, uint32_t caller);

/* Gives back the blocks of calls that have ended (data, lists, many values), so that worlds which
 * differ in nothing else are the same memory. Statuses stay. explore_apply does it after each step. */
void explore_forget_results(zxp_world *world);

/* ---- Store: fingerprints in shards with a lock each (store.c) ---- */
struct explore_states;
/* shared: several threads will add at a time. */
struct explore_states *explore_states_create(enum explore_store kind, bool shared);
void explore_states_destroy(struct explore_states *states);
/* Has what explore_states_add will look at for this fingerprint fetched from far memory meanwhile. */
void explore_states_call_for(struct explore_states *states, uint64_t fingerprint);
/* 1: new, 0: known, -1: memory is short. bytes and length are
 * used by the exact store. Safe from several threads if shared. */
int explore_states_add(struct explore_states *states, uint64_t fingerprint, const uint8_t *bytes, size_t length);
/* Nobody else is using the store just now: it gives back memory that it has outgrown. */
void explore_states_quiet(struct explore_states *states);
uint64_t explore_states_count(const struct explore_states *states);
uint64_t explore_states_bytes(const struct explore_states *states);
/* Copies all fingerprints, sorted, to out (room for as many as were added). Not while others add. */
void explore_states_list(const struct explore_states *states, uint64_t *out);

/* ---- Liveness (live.c) ---- */
/* Lets a fair pager answer everything that is asked of a scratch world, until nothing
 * is asked any more. True if then no thread waits for a page. `world` is changed. */
bool explore_can_finish(zxp_world *world);

#endif
