/*
 * explore_spin.c - the small pager of SPIN.md, explored on the real engine: what bench/pager.pml is for Spin.
 *
 *     explore_spin PAGES THREADS [state | pace]
 *
 * Prints states and transitions up to the projection of SPIN.md; with `state` it explores by the STATE form and counts
 * the projections of what it met, which must be as many; with `pace` also
 * seconds of the processor, states a second, bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../fuzz/explore/explore.h"
#include "node.h"
#include "slots.h"
#include "world.h"

enum { MAX_PAGES = 4, MAX_THREADS = 3 };

static const uint64_t page = ZXP_PAGE_SIZE;

struct small_pager {
    unsigned pages, threads;
    zxp_world *world;
    uint64_t port, pager, vmo, aux;
    uint32_t thread[MAX_THREADS];
    struct explore_alphabet alphabet;
    struct explore_states *projections; /* of what was met, when exploring by the STATE form */
};

/* ---- The world ---- */

#define ARGS(...)                                                                                                      \
    { __VA_ARGS__ }

static uint64_t call(zxp_world *world, const zxp_op_call *made) {
    uint64_t handle = ZX_HANDLE_INVALID;
    zxp_call(world, made);
    zxp_field(world, ZXP_MAIN_THREAD, "handle", &handle);
    return handle;
}

static bool make_world(struct small_pager *s) {
    s->world = zxp_world_create(NULL);
    if (s->world == NULL) return false;
    s->port = call(s->world, &(zxp_op_call){.op = ZXP_OP_PORT_CREATE});
    s->pager = call(s->world, &(zxp_op_call){.op = ZXP_OP_PAGER_CREATE});
    s->vmo = call(s->world, &(zxp_op_call){.op = ZXP_OP_PAGER_CREATE_VMO,
                                           .args = ARGS(s->pager, ZX_VMO_TRAP_DIRTY, s->port, 1, s->pages * page)});
    s->aux = call(s->world, &(zxp_op_call){.op = ZXP_OP_VMO_CREATE, .args = ARGS(page, 0)});
    for (unsigned i = 0; i < s->threads; i++) {
        if (zxp_thread_create(s->world, &s->thread[i]) != ZX_OK) return false;
    }
    return s->vmo != ZX_HANDLE_INVALID && s->aux != ZX_HANDLE_INVALID;
}

/* ---- The alphabet: every page gets the same content, so that content is no part of a state ---- */

#define CALL(step_, thread, op, ...)                                                                                   \
    explore_add_call(step_, thread, op, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),                    \
                     (const uint64_t[]){__VA_ARGS__})

static void fill_buffer(struct explore_step *made) {
    made->call[made->calls - 1].buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = 'x'};
}

static struct explore_step *step_of(struct small_pager *s, const char *what, uint64_t p) {
    char text[64];
    snprintf(text, sizeof text, "%s %" PRIu64, what, p);
    struct explore_step *made = explore_add_step(&s->alphabet, text);
    if (made == NULL) exit(2);
    return made;
}

static void client_steps(struct small_pager *s, uint64_t p) {
    for (unsigned i = 0; i < s->threads; i++) {
        struct explore_step *made = step_of(s, "read", p);
        CALL(made, s->thread[i], ZXP_OP_VMO_READ, s->vmo, p * page, page);
        made = step_of(s, "write", p);
        CALL(made, s->thread[i], ZXP_OP_VMO_WRITE, s->vmo, 0, p * page, page);
        fill_buffer(made);
    }
}

static void page_steps(struct small_pager *s, uint64_t p) {
    struct explore_step *made = step_of(s, "supply", p);
    CALL(made, ZXP_MAIN_THREAD, ZXP_OP_VMO_WRITE, s->aux, 0, 0, page);
    fill_buffer(made);
    CALL(made, ZXP_MAIN_THREAD, ZXP_OP_PAGER_SUPPLY_PAGES, s->pager, s->vmo, p * page, page, s->aux, 0);
    CALL(step_of(s, "fail", p), ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, s->pager, ZX_PAGER_OP_FAIL, s->vmo, p * page,
         page, (uint64_t)(int64_t)ZX_ERR_IO);
    CALL(step_of(s, "dirty", p), ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, s->pager, ZX_PAGER_OP_DIRTY, s->vmo, p * page,
         page, 0);
    CALL(step_of(s, "begin", p), ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, s->pager, ZX_PAGER_OP_WRITEBACK_BEGIN, s->vmo,
         p * page, page, 0);
    CALL(step_of(s, "end", p), ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, s->pager, ZX_PAGER_OP_WRITEBACK_END, s->vmo,
         p * page, page, 0);
}

static void make_alphabet(struct small_pager *s) {
    for (uint64_t p = 0; p < s->pages; p++) {
        client_steps(s, p);
        page_steps(s, p);
    }
    CALL(step_of(s, "next", 0), ZXP_MAIN_THREAD, ZXP_OP_PORT_WAIT, s->port, 0);
    CALL(step_of(s, "detach", 0), ZXP_MAIN_THREAD, ZXP_OP_PAGER_DETACH_VMO, s->pager, s->vmo);
}

/* ---- The projection: the variables of pager.pml, packed into one number ---- */

static uint64_t put(uint64_t key, unsigned bits, uint64_t value) { return key << bits | value; }

static uint64_t page_letter(const struct page_key *key) {
    return key->state == CLEAN ? 1 : key->state == DIRTY ? 2 : key->state == AWAITING ? 3 : 0;
}

/* 0 ready, 1 read, 2 write that waits for the page, 3 write that waits for leave. */
static uint64_t what_it_does(const struct thread *thread) {
    if (thread->state != ZXP_THREAD_BLOCKED) return 0;
    if (thread->request.type == REQUEST_DIRTY) return 3;
    return thread->call.op == ZXP_OP_VMO_READ ? 1 : 2;
}

static uint64_t rank_of(const zxp_world *w, thread_ref t) {
    const struct request *r = &thread_at(w, t)->request;
    uint64_t rank = 0;
    if (r->role != ROLE_ATTACHED) return 0;
    for (thread_ref x = t; thread_is(x); x = thread_at(w, x)->request.previous) rank++;
    return rank;
}

static uint64_t put_threads(const struct small_pager *s, const zxp_world *w, uint64_t key) {
    const thread_ref *threads = arena_at(w, kernel_of(w)->threads);
    for (unsigned i = 0; i < s->threads; i++) {
        const struct thread *thread = thread_at(w, threads[s->thread[i]]);
        uint64_t does = what_it_does(thread);
        key = put(key, 2, does);
        key = put(key, 2, does == 0 ? 0 : thread->request.offset / page);
        key = put(key, 2, does == 0 ? 0 : rank_of(w, threads[s->thread[i]]));
    }
    return key;
}

static uint64_t put_queue(const struct small_pager *s, const zxp_world *w, const struct source *source, uint64_t key) {
    unsigned n = 0;
    if (source->place == PACKET_IN_PORT && thread_is(source->active)) {
        key = put(key, 2, thread_at(w, source->active)->number - s->thread[0] + 1);
        n++;
    }
    for (thread_ref t = source->pending_first; thread_is(t); t = thread_at(w, t)->request.next_pending, n++) {
        key = put(key, 2, thread_at(w, t)->number - s->thread[0] + 1);
    }
    for (; n < s->threads; n++) key = put(key, 2, 0);
    return key;
}

static uint64_t projection(void *user, const zxp_world *w) {
    const struct small_pager *s = user;
    node_ref n = kernel_of(w)->first_node;
    while (!source_is(node_at(w, n)->source)) n = node_at(w, n)->next_node;
    const struct source *source = source_at(w, node_at(w, n)->source);
    uint64_t key = 1;
    for (uint64_t p = 0; p < s->pages; p++) {
        struct page_key at = slot_at(w, n, p);
        key = put(key, 2, page_letter(&at));
    }
    key = put_queue(s, w, source, put_threads(s, w, key));
    key = put(put(key, 1, source->detached), 1, source->place == PACKET_IN_PORT && source->complete_pending);
    key *= UINT64_C(0x9E3779B97F4A7C15); /* odd, and a shift: one to one, so that different states stay different */
    return key ^ key >> 32;
}

static bool note(void *user, const zxp_world *w) {
    const struct small_pager *s = user;
    explore_states_add(s->projections, projection(user, w), NULL, 0);
    return false;
}

/* ---- The run ---- */

static void report(const struct small_pager *s, const struct explore_result *result, clock_t time, bool pace) {
    uint64_t states = s->projections != NULL ? explore_states_count(s->projections) : result->states;
    printf("%" PRIu64 " states, %" PRIu64 " transitions\n", states, result->transitions);
    if (!pace) return;
    double seconds = time > 0 ? (double)time / CLOCKS_PER_SEC : 1e-6;
    printf("%.3f seconds, %.0f states a second, %.1f bytes a state, frontier %" PRIu64 " bytes\n", seconds,
           (double)states / seconds, (double)result->store_bytes / (double)states, result->frontier_bytes);
}

static int run(struct small_pager *s, bool by_state_form, bool pace) {
    static struct explore_result result;
    struct explore_options options = {.alphabet = &s->alphabet, .workers = 1, .user = s};
    if (by_state_form) {
        s->projections = explore_states_create(EXPLORE_COMPACT, false);
        options.goal = note;
        note(s, s->world);
    } else {
        options.key = projection;
    }
    clock_t began = clock();
    explore_run(s->world, &options, false, &result);
    report(s, &result, clock() - began, pace);
    bool well = result.complete;
    explore_result_clear(&result);
    explore_states_destroy(s->projections);
    explore_alphabet_clear(&s->alphabet);
    zxp_world_destroy(s->world);
    return well ? 0 : 1;
}

int main(int argc, char **argv) {
    struct small_pager s = {.pages = argc > 1 ? (unsigned)atoi(argv[1]) : 0,
                            .threads = argc > 2 ? (unsigned)atoi(argv[2]) : 0};
    if (s.pages < 1 || s.pages > MAX_PAGES || s.threads < 1 || s.threads > MAX_THREADS) {
        (void)fprintf(stderr, "usage: explore_spin PAGES THREADS [state | pace] (at most %d, %d)\n", MAX_PAGES,
                      MAX_THREADS);
        return 2;
    }
    if (!make_world(&s)) return 2;
    make_alphabet(&s);
    return run(&s, argc > 3 && strcmp(argv[3], "state") == 0, argc > 3 && strcmp(argv[3], "pace") == 0);
}
