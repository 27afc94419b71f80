/*
 * bench.c - what things cost, as absolute figures and as ratios within the same run (make bench).
 *
 * Each figure is the median of five measurements of at least 20 ms. A line whose bound is broken ends in "MISSED"; the exit status is the
 * number of such lines. Nothing else should run on the machine.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
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

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Nanoseconds that one run of body(user) takes. */
static double measure(void (*body)(void *), void *user) {
    double sample[5];
    for (int i = 0; i < 5; i++) {
        uint64_t runs = 0;
        double begin = now(), end;
        do {
            for (int k = 0; k < 16; k++) body(user);
            runs += 16;
            end = now();
        } while (end - begin < 2e7);
        sample[i] = (end - begin) / (double)runs;
    }
    qsort(sample, 5, sizeof sample[0], compare);
    return sample[2];
}

static void judge(const char *what, double value, const char *unit, double bound) {
    bool holds = value <= bound;
    printf("%-66s %12.2f %-6s (at most %.2f)%s\n", what, value, unit, bound, holds ? "" : "  MISSED");
    if (!holds) missed++;
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
#define CALL(world, thread, op, ...) \
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
    for (int i = 0; i < 2; i++) s.vmo[i] = CALL(s.world, 0, ZXP_OP_PAGER_CREATE_VMO, s.pager, ZX_VMO_TRAP_DIRTY, s.port, 1, 4 * page);
    if (zxp_thread_create(s.world, &thread) != ZX_OK || zxp_thread_create(s.world, &thread) != ZX_OK) exit(2);
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
    double both = measure(answered_fault_and_back, &s), rest = measure(refill_and_evict, &s);
    judge("fault answered by a supply (request, packet, supply, wake)", both - rest, "ns", 1000);
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

static double supply_cost(uint64_t pages, zxp_buffer content) {
    struct supply s = {.world = zxp_world_create(NULL), .pages = pages, .content = content};
    if (s.world == NULL) exit(2);
    s.pager = CALL(s.world, 0, ZXP_OP_PAGER_CREATE, 0);
    uint64_t port = CALL(s.world, 0, ZXP_OP_PORT_CREATE, 0);
    s.vmo = CALL(s.world, 0, ZXP_OP_PAGER_CREATE_VMO, s.pager, 0, port, 1, pages * page);
    s.aux = CALL(s.world, 0, ZXP_OP_VMO_CREATE, pages * page, 0);
    double cost = measure(supply_all, &s);
    zxp_world_destroy(s.world);
    return cost;
}

static void supply_figures(void) {
    double one = supply_cost(1, alike);
    printf("%-66s %12.2f ns\n", "write, supply, evict of 1 page", one);
    judge("the same of 2^30 pages alike, against 1 page", supply_cost((uint64_t)1 << 30, alike) / one, "times", 2);
    judge("the same of 2^30 lettered pages, against 1 page", supply_cost((uint64_t)1 << 30, letters) / one, "times", 2);
}

/* ---- Maps of many runs ---- */

static uint64_t random_state = 1;
static uint64_t random_number(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* An anonymous VMO whose every other page is committed: `runs` runs. */
struct many {
    zxp_world *world;
    uint64_t vmo, runs, at;
};

static struct many many_runs(uint64_t runs) {
    struct many m = {.world = zxp_world_create(NULL), .runs = runs};
    if (m.world == NULL) exit(2);
    m.vmo = CALL(m.world, 0, ZXP_OP_VMO_CREATE, runs * page, 0);
    for (uint64_t i = 0; i < runs; i += 2) write_buffer(m.world, m.vmo, i * page, page, alike);
    return m;
}

static void change_page(struct many *m, uint64_t number) {
    zxp_buffer fill = {.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)random_number()};
    write_buffer(m->world, m->vmo, number % m->runs / 2 * 2 * page, page, fill);
}

static void change_random_page(void *user) {
    change_page(user, random_number());
}

static void change_one_page(void *user) {
    change_page(user, ((struct many *)user)->at);
}

static void map_figures(void) {
    struct many few = many_runs(10), lots = many_runs(1000000);
    lots.at = 500000;
    double ten = measure(change_random_page, &few);
    printf("%-66s %12.2f ns\n", "a call that changes a page, map of 10 runs", ten);
    judge("the same at random pages of 10^6 runs, against 10 runs", measure(change_random_page, &lots) / ten, "times", 4);
    judge("the same at one page of 10^6 runs, against 10 runs", measure(change_one_page, &lots) / ten, "times", 2);
    zxp_world_destroy(few.world);
    zxp_world_destroy(lots.world);
}

/* The bare page map, without a call around it. */
struct bare {
    zxp_world *world;
    struct page_map map;
    uint64_t runs, at;
};

static struct bare bare_map(uint64_t runs) {
    struct bare b = {.world = zxp_world_create(NULL), .runs = runs};
    struct page_key absent = {0}, present = {.state = OWNED, .content = 1};
    if (b.world == NULL || !arena_reserve(b.world, page_map_init_bytes())) exit(2);
    page_map_init(b.world, &b.map, runs, absent);
    for (uint64_t i = 0; i < runs; i += 2) {
        if (!arena_reserve(b.world, page_map_change_bytes(&b.map, 1))) exit(2);
        page_map_set(b.world, &b.map, i, i + 1, present);
    }
    return b;
}

static void set_bare(struct bare *b, uint64_t number) {
    uint64_t at = number % b->runs / 2 * 2;
    struct page_key key = page_map_find(b->world, &b->map, at).key;
    key.content++;
    if (!arena_reserve(b->world, page_map_change_bytes(&b->map, 1))) exit(2);
    page_map_set(b->world, &b->map, at, at + 1, key);
}

static void set_bare_random(void *user) {
    set_bare(user, random_number());
}

static void set_bare_one(void *user) {
    set_bare(user, ((struct bare *)user)->at);
}

static void bare_figures(void) {
    struct bare few = bare_map(10), lots = bare_map(1000000);
    lots.at = 500000;
    double ten = measure(set_bare_random, &few);
    printf("%-66s %12.2f ns\n", "bare map: look-up and change, 10 runs", ten);
    judge("the same at random pages of 10^6 runs, against 10 runs", measure(set_bare_random, &lots) / ten, "times", 16);
    judge("the same at one page of 10^6 runs, against 10 runs", measure(set_bare_one, &lots) / ten, "times", 2);
    zxp_world_destroy(few.world);
    zxp_world_destroy(lots.world);
}

/* ---- Children ---- */

static double child_cost(zxp_world *world, uint64_t *vmo, unsigned times, bool chain) {
    double begin = now();
    for (unsigned i = 0; i < times; i++) {
        uint64_t child = CALL(world, 0, ZXP_OP_VMO_CREATE_CHILD, *vmo, ZX_VMO_CHILD_SNAPSHOT, 0, page);
        if (chain) *vmo = child;
    }
    return (now() - begin) / times;
}

static void child_figures(void) {
    for (int chain = 0; chain < 2; chain++) {
        zxp_world *world = zxp_world_create(NULL);
        if (world == NULL) exit(2);
        uint64_t vmo = CALL(world, 0, ZXP_OP_VMO_CREATE, page, 0);
        write_buffer(world, vmo, 0, page, alike);
        double first = child_cost(world, &vmo, 100, chain);
        child_cost(world, &vmo, chain ? 800 : 9800, chain);
        double last = child_cost(world, &vmo, 100, chain);
        judge(chain ? "children 901..1000 of a chain, against the first 100" : "children 9,901..10,000 of one parent, against the first 100",
              last / first, "times", 3);
        zxp_world_destroy(world);
    }
}

/* ---- The program ---- */

static void start_program(void *user) {
    pid_t child = fork();
    if (child == 0) {
        execl((const char *)user, (const char *)user, "-c", "", (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) exit(2);
}

/* A small world with 100,000 steps, all of which can be gone back to, listed and compared. */
static void history_figures(const char *program) {
    static const char script[] = "create v 4 trap-dirty; supply v 0 4; dirty v 0 4; for i in 0..50000\nwrite v i%4\nread v i%4\nend\n"
                                 "history 5; diff 10 90000; goto 5; goto 100000";
    struct rusage after;
    double begin = now();
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
    printf("%-66s %12.2f us\n", "one step with its history, there and back again", (now() - begin) / 1e5 / 1e3);
    judge("100,000 steps with their history: the program's memory", (double)after.ru_maxrss / 1024, "MB", 64);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0); /* a forked child must not print our lines again */
    small_figures();
    supply_figures();
    map_figures();
    bare_figures();
    child_figures();
    if (argc > 1) history_figures(argv[1]);
    if (argc > 1) judge("zxpager-repl -c ''", measure(start_program, argv[1]) / 1e6, "ms", 10);
    printf("%d missed (checksum %" PRIu64 ")\n", missed, sink);
    return missed;
}
