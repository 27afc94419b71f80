/*
 * bench.c - what things cost, as absolute figures and as ratios within the same run (make bench).
 *
 * A figure is the median of nine samples of at least 20 ms of this processor's time each. What a ratio compares
 * is sampled in turns, so that a machine that gets slower meanwhile does not bend it. A line whose bound is
 * broken ends in "MISSED"; the exit status is the number of such lines. Nothing else should run on the machine.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "page_map.h"
#include "zxpager/zxpager.h"

static const uint64_t page = ZXP_PAGE_SIZE;
static int missed;

/* ---- Measuring ---- */

enum { SAMPLES = 9, MOST_WORKS = 3 };

struct work {
    void (*run)(void *user);
    void *user;
    double nanoseconds; /* of one run: the result */
};

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_of(const struct work *work, uint64_t runs, clockid_t clock) {
    double begin = now(clock);
    for (uint64_t i = 0; i < runs; i++) work->run(work->user);
    return now(clock) - begin;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *sample) {
    qsort(sample, SAMPLES, sizeof *sample, compare);
    return sample[SAMPLES / 2];
}

/* So many runs that a sample is long beside the clock's own cost and steps. */
static uint64_t runs_of(const struct work *work, clockid_t clock) {
    uint64_t runs = 1;
    while (time_of(work, runs, clock) < 2e7) runs *= 2;
    return runs;
}

static void measure_in_turns(struct work *works, int count, clockid_t clock) {
    double sample[MOST_WORKS][SAMPLES];
    uint64_t runs[MOST_WORKS];
    for (int i = 0; i < count; i++) runs[i] = runs_of(&works[i], clock);
    for (int s = 0; s < SAMPLES; s++)
        for (int i = 0; i < count; i++) sample[i][s] = time_of(&works[i], runs[i], clock) / (double)runs[i];
    for (int i = 0; i < count; i++) works[i].nanoseconds = median(sample[i]);
}

static double measure(void (*run)(void *), void *user) {
    struct work work = {run, user, 0};
    measure_in_turns(&work, 1, CLOCK_PROCESS_CPUTIME_ID);
    return work.nanoseconds;
}

/* ---- Saying ---- */

static void judge(const char *what, double value, const char *unit, double bound) {
    bool holds = value <= bound;
    printf("%-66s %12.2f %-6s (at most %.2f)%s\n", what, value, unit, bound, holds ? "" : "  MISSED");
    if (!holds) missed++;
}

/* `base` was printed first. */
static void judge_ratio(const char *what, const struct work *work, const struct work *base, double bound) {
    printf("%-66s %12.2f ns\n", what, work->nanoseconds);
    judge("  against the first", work->nanoseconds / base->nanoseconds, "times", bound);
}

/* ---- Worlds ---- */

static uint64_t call(zxp_world *world, uint32_t thread, uint16_t op, const uint64_t *args, unsigned count) {
    zxp_op_call made = {.op = op, .thread = thread};
    memcpy(made.args, args, count * sizeof *args);
    zxp_call(world, &made);
    uint64_t handle = 0;
    if (!zxp_field(world, thread, "handle", &handle)) zxp_field(world, thread, "address", &handle);
    return handle;
}
#define CALL(world, thread, op, ...)                                                                                   \
    call(world, thread, op, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void write_buffer(zxp_world *world, uint64_t vmo, uint64_t offset, uint64_t length, zxp_buffer buffer) {
    zxp_op_call made = {.op = ZXP_OP_VMO_WRITE, .args = {vmo, 0, offset, length}, .buffer = buffer};
    zxp_call(world, &made);
}

static const zxp_buffer letters = {.kind = ZXP_BUFFER_LETTERS};
static const zxp_buffer alike = {.kind = ZXP_BUFFER_FILL, .fill = 'x'};

/* The small world of the figures: 2 pager VMOs of 4 pages, 2 threads beside main, 1 port. */
struct small {
    zxp_world *world, *copy;
    uint64_t pager, port, vmo[2], aux;
};

static struct small small_world(void) {
    struct small s = {.world = zxp_world_create(NULL)};
    uint32_t thread;
    if (s.world == NULL) exit(2);
    s.pager = CALL(s.world, 0, ZXP_OP_PAGER_CREATE, 0);
    s.port = CALL(s.world, 0, ZXP_OP_PORT_CREATE, 0);
    for (int i = 0; i < 2; i++)
        s.vmo[i] = CALL(s.world, 0, ZXP_OP_PAGER_CREATE_VMO, s.pager, ZX_VMO_TRAP_DIRTY, s.port, 1, 4 * page);
    for (int i = 0; i < 2; i++)
        if (zxp_thread_create(s.world, &thread) != ZX_OK) exit(2);
    CALL(s.world, 1, ZXP_OP_VMO_READ, s.vmo[0], 0, page);
    return s;
}

static void copy_small(void *user) {
    struct small *s = user;
    zxp_world_copy(s->copy, s->world);
}

static uint64_t sink;

static void hash_small(void *user) {
    struct small *s = user;
    sink += zxp_world_hash(s->world, ZXP_FORM_STATE);
}

static void refused_call(void *user) {
    struct small *s = user;
    zxp_op_call made = {.op = ZXP_OP_PAGER_SUPPLY_PAGES, .args = {s->pager, s->vmo[0], 1, page, s->aux, 0}};
    zxp_call(s->world, &made);
}

/* A thread reads an absent page, the service supplies it, the thread wakes and copies; the page is evicted again. */
static void answered_fault(void *user) {
    struct small *s = user;
    zxp_op_call read = {.op = ZXP_OP_VMO_READ, .thread = 2, .args = {s->vmo[1], 0, page}};
    zxp_op_call supply = {.op = ZXP_OP_PAGER_SUPPLY_PAGES, .args = {s->pager, s->vmo[1], 0, page, s->aux, 0}};
    zxp_call(s->world, &read);
    zxp_call(s->world, &supply);
}

static void only_evict(void *user) {
    struct small *s = user;
    zxp_op_call evict = {.op = ZXP_OP_EVICT, .args = {zxp_koid_of(s->world, (zx_handle_t)s->vmo[1]), 0, page, 0}};
    zxp_call(s->world, &evict);
}

static void answered_fault_and_back(void *user) {
    struct small *s = user;
    write_buffer(s->world, s->aux, 0, page, alike);
    answered_fault(user);
    only_evict(user);
}

static void refill_and_evict(void *user) {
    struct small *s = user;
    write_buffer(s->world, s->aux, 0, page, alike);
    only_evict(user);
}

static void small_figures(void) {
    struct small s = small_world();
    s.copy = zxp_world_clone(s.world);
    judge("small world: bytes", (double)zxp_world_bytes(s.world), "B", 4096);
    judge("small world: copy", measure(copy_small, &s), "ns", 100);
    judge("small world: STATE hash", measure(hash_small, &s), "ns", 300);
    judge("refused call", measure(refused_call, &s), "ns", 100);
    s.aux = CALL(s.world, 0, ZXP_OP_VMO_CREATE, page, 0);
    struct work works[] = {{answered_fault_and_back, &s, 0}, {refill_and_evict, &s, 0}};
    measure_in_turns(works, 2, CLOCK_PROCESS_CPUTIME_ID);
    double fault = works[0].nanoseconds - works[1].nanoseconds;
    judge("fault answered by a supply (request, packet, supply, wake)", fault, "ns", 1000);
    zxp_world_destroy(s.copy);
    zxp_world_destroy(s.world);
}

/* ---- One supply, however long ---- */

struct supply {
    zxp_world *world;
    uint64_t pager, vmo, aux, pages;
    zxp_buffer content;
};

static void supply_all(void *user) {
    struct supply *s = user;
    write_buffer(s->world, s->aux, 0, s->pages * page, s->content);
    CALL(s->world, 0, ZXP_OP_PAGER_SUPPLY_PAGES, s->pager, s->vmo, 0, s->pages * page, s->aux, 0);
    CALL(s->world, 0, ZXP_OP_EVICT, zxp_koid_of(s->world, (zx_handle_t)s->vmo), 0, s->pages * page, 0);
}

static struct supply supply_world(uint64_t pages, zxp_buffer content) {
    struct supply s = {.world = zxp_world_create(NULL), .pages = pages, .content = content};
    if (s.world == NULL) exit(2);
    s.pager = CALL(s.world, 0, ZXP_OP_PAGER_CREATE, 0);
    uint64_t port = CALL(s.world, 0, ZXP_OP_PORT_CREATE, 0);
    s.vmo = CALL(s.world, 0, ZXP_OP_PAGER_CREATE_VMO, s.pager, 0, port, 1, pages * page);
    s.aux = CALL(s.world, 0, ZXP_OP_VMO_CREATE, pages * page, 0);
    return s;
}

static void supply_figures(void) {
    const uint64_t many = (uint64_t)1 << 30;
    struct supply supply[] = {supply_world(1, alike), supply_world(many, alike), supply_world(many, letters)};
    struct work works[3];
    for (int i = 0; i < 3; i++) works[i] = (struct work){supply_all, &supply[i], 0};
    measure_in_turns(works, 3, CLOCK_PROCESS_CPUTIME_ID);
    printf("%-66s %12.2f ns\n", "write, supply, evict of 1 page", works[0].nanoseconds);
    judge_ratio("write, supply, evict of 2^30 pages alike", &works[1], &works[0], 2);
    judge_ratio("write, supply, evict of 2^30 lettered pages", &works[2], &works[0], 2);
    for (int i = 0; i < 3; i++) zxp_world_destroy(supply[i].world);
}

/* ---- Maps of many runs: changed by a call, and bare ---- */

static uint64_t random_state = 1;
static uint64_t random_number(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Every other page is there: `runs` runs, in an anonymous VMO of the world or in a map beside it. */
struct many {
    zxp_world *world;
    uint64_t vmo;
    struct page_map map;
    uint64_t runs;
};

/* Changes come at random pages, or all at one in the middle. */
struct changes {
    struct many *many;
    bool at_random;
};

static uint64_t page_to_change(const struct changes *changes) {
    uint64_t runs = changes->many->runs, number = changes->at_random ? random_number() : runs / 2;
    return number % runs / 2 * 2;
}

static void make_vmo(struct many *m) {
    m->vmo = CALL(m->world, 0, ZXP_OP_VMO_CREATE, m->runs * page, 0);
    for (uint64_t i = 0; i < m->runs; i += 2) write_buffer(m->world, m->vmo, i * page, page, alike);
}

static void change_by_call(void *user) {
    struct changes *changes = user;
    zxp_buffer fill = {.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)random_number()};
    write_buffer(changes->many->world, changes->many->vmo, page_to_change(changes) * page, page, fill);
}

static void set_bare(struct many *m, uint64_t at, struct page_key key) {
    if (!arena_reserve(m->world, page_map_change_bytes(&m->map, 1))) exit(2);
    page_map_set(m->world, &m->map, at, at + 1, key);
}

static void make_bare(struct many *m) {
    if (!arena_reserve(m->world, page_map_init_bytes())) exit(2);
    page_map_init(m->world, &m->map, m->runs, (struct page_key){0});
    for (uint64_t i = 0; i < m->runs; i += 2) set_bare(m, i, (struct page_key){.state = OWNED, .content = 1});
}

static void change_bare(void *user) {
    struct changes *changes = user;
    struct many *m = changes->many;
    uint64_t at = page_to_change(changes);
    struct page_key key = page_map_find(m->world, &m->map, at).key;
    key.content++;
    set_bare(m, at, key);
}

static void map_figures(const char *what, void (*make)(struct many *), void (*change)(void *), double random_bound) {
    struct many few = {.world = zxp_world_create(NULL), .runs = 10};
    struct many lots = {.world = zxp_world_create(NULL), .runs = 1000000};
    if (few.world == NULL || lots.world == NULL) exit(2);
    make(&few);
    make(&lots);
    struct changes changes[] = {{&few, true}, {&lots, true}, {&lots, false}};
    struct work works[3];
    for (int i = 0; i < 3; i++) works[i] = (struct work){change, &changes[i], 0};
    measure_in_turns(works, 3, CLOCK_PROCESS_CPUTIME_ID);
    printf("%s:\n", what);
    printf("%-66s %12.2f ns\n", "  random pages of 10 runs", works[0].nanoseconds);
    judge_ratio("  random pages of 10^6 runs", &works[1], &works[0], random_bound);
    judge_ratio("  one page of 10^6 runs", &works[2], &works[0], 2);
    zxp_world_destroy(few.world);
    zxp_world_destroy(lots.world);
}

/* ---- Children ---- */

static double child_cost(zxp_world *world, uint64_t *vmo, unsigned times, bool chain) {
    double begin = now(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned i = 0; i < times; i++) {
        uint64_t child = CALL(world, 0, ZXP_OP_VMO_CREATE_CHILD, *vmo, ZX_VMO_CHILD_SNAPSHOT, 0, page);
        if (chain) *vmo = child;
    }
    return (now(CLOCK_PROCESS_CPUTIME_ID) - begin) / times;
}

/* Of one world: what each of the first 100 costs, and each of the last 100 of `all`. */
static void child_costs(unsigned all, bool chain, double *first, double *last) {
    zxp_world *world = zxp_world_create(NULL);
    if (world == NULL) exit(2);
    uint64_t vmo = CALL(world, 0, ZXP_OP_VMO_CREATE, page, 0);
    write_buffer(world, vmo, 0, page, alike);
    *first = child_cost(world, &vmo, 100, chain);
    child_cost(world, &vmo, all - 200, chain);
    *last = child_cost(world, &vmo, 100, chain);
    zxp_world_destroy(world);
}

static void child_figures(const char *what, unsigned all, bool chain) {
    double first[SAMPLES], last[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) child_costs(all, chain, &first[i], &last[i]);
    double base = median(first), then = median(last);
    printf("%-66s %12.2f ns\n", what, then);
    judge("  against the first 100", then / base, "times", 3);
}

/* ---- The program ---- */

extern char **environ;

/* Spawned, not forked: a fork would copy the page tables of what was measured before. */
static void start_program(void *user) {
    char *arguments[] = {user, "-c", "", NULL};
    pid_t child;
    int status;
    if (posix_spawn(&child, user, NULL, NULL, arguments, environ) != 0) exit(2);
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) exit(2);
}

static void start_figures(char *program) {
    char nothing[] = "/bin/true";
    struct work works[] = {{start_program, nothing, 0}, {start_program, program, 0}};
    measure_in_turns(works, 2, CLOCK_MONOTONIC); /* the child's time is not this processor's time of ours */
    printf("%-66s %12.2f ms\n", "a program that does nothing", works[0].nanoseconds / 1e6);
    judge("zxpager-repl -c ''", works[1].nanoseconds / 1e6, "ms", 10);
}

/* A small world with 100,000 steps, all of which can be gone back to, listed and compared. */
static void history_figures(const char *program) {
    static const char script[] =
        "create v 4 trap-dirty; supply v 0 4; dirty v 0 4; for i in 0..50000\nwrite v i%4\nread v i%4\nend\n"
        "history 5; diff 10 90000; goto 5; goto 100000";
    struct rusage after;
    double begin = now(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL) _exit(127);
        execl(program, program, "-c", script, (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    getrusage(RUSAGE_CHILDREN, &after);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) exit(2);
    printf("%-66s %12.2f us\n", "one step with its history, there and back again",
           (now(CLOCK_MONOTONIC) - begin) / 1e5 / 1e3);
    judge("100,000 steps with their history: the program's memory", (double)after.ru_maxrss / 1024, "MB", 64);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0); /* a forked child must not print our lines again */
    small_figures();
    supply_figures();
    map_figures("a call that changes a page (look-up, change, merge, event)", make_vmo, change_by_call, 4);
    map_figures("the bare map: look-up and change", make_bare, change_bare, 16);
    child_figures("children 9,901..10,000 of one parent", 10000, false);
    child_figures("children 901..1000 of a chain", 1000, true);
    if (argc > 1) history_figures(argv[1]);
    if (argc > 1) start_figures(argv[1]);
    printf("%d missed (checksum %" PRIu64 ")\n", missed, sink);
    return missed;
}
