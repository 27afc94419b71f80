/*
 * explore.c - embeds the explorer: every state that a reader, a writer and a pager can bring one page into, the
 * invariants in each of them, and a shortest way to a write that waits while the page is being written back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explore/explore.h"

enum { PAGE = 4096 };

struct actors {
    uint32_t reader, writer;
    zx_handle_t pager, port, vmo;
};

static zx_handle_t made(const zxp_world *world) {
    uint64_t handle = 0;
    (void)zxp_field(world, ZXP_MAIN_THREAD, "handle", &handle);
    return (zx_handle_t)handle;
}

static zxp_world *begin(struct actors *actors) {
    zxp_world *world = zxp_world_create(NULL);
    if (!world || zxp_thread_create(world, &actors->reader) != ZX_OK ||
        zxp_thread_create(world, &actors->writer) != ZX_OK)
        exit(1);
    (void)zxp_pager_create(world, ZXP_MAIN_THREAD, 0);
    actors->pager = made(world);
    (void)zxp_port_create(world, ZXP_MAIN_THREAD, 0);
    actors->port = made(world);
    (void)zxp_pager_create_vmo(world, ZXP_MAIN_THREAD, actors->pager, ZX_VMO_TRAP_DIRTY, actors->port, 1, PAGE);
    actors->vmo = made(world);
    return world;
}

static struct explore_step *add(struct explore_alphabet *alphabet, const char *text) {
    struct explore_step *step = explore_add_step(alphabet, text);
    if (!step) exit(1);
    return step;
}

#define CALL(step, thread, op, ...)                                                                                    \
    explore_add_call(step, thread, op, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (uint64_t[]){__VA_ARGS__})

static void add_operation(struct explore_alphabet *alphabet, const struct actors *actors, const char *text,
                          uint64_t op) {
    CALL(add(alphabet, text), ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, actors->pager, op, actors->vmo, 0, PAGE, 0);
}

static void fill(struct explore_alphabet *alphabet, const struct actors *actors) {
    CALL(add(alphabet, "t1: read v 0"), actors->reader, ZXP_OP_VMO_READ, actors->vmo, 0, 1);
    struct explore_step *write = add(alphabet, "t2: write v 0");
    CALL(write, actors->writer, ZXP_OP_VMO_WRITE, actors->vmo, 0, 0, PAGE);
    write->call[0].buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = 'w'};
    struct explore_step *supply = add(alphabet, "supply v 0");
    CALL(supply, ZXP_MAIN_THREAD, ZXP_OP_VMO_CREATE, PAGE, 0);
    CALL(supply, ZXP_MAIN_THREAD, ZXP_OP_PAGER_SUPPLY_PAGES, actors->pager, actors->vmo, 0, PAGE, EXPLORE_NEW_HANDLE,
         0);
    CALL(supply, ZXP_MAIN_THREAD, ZXP_OP_HANDLE_CLOSE, EXPLORE_NEW_HANDLE);
    CALL(add(alphabet, "next"), ZXP_MAIN_THREAD, ZXP_OP_PORT_WAIT, actors->port, 0);
    add_operation(alphabet, actors, "dirty v 0", ZX_PAGER_OP_DIRTY);
    add_operation(alphabet, actors, "writeback begin v 0", ZX_PAGER_OP_WRITEBACK_BEGIN);
    add_operation(alphabet, actors, "writeback end v 0", ZX_PAGER_OP_WRITEBACK_END);
}

/* A write waits, and the page is W. */
static bool wanted(void *user, const zxp_world *world) {
    const struct actors *actors = user;
    zxp_thread_view view;
    zxp_page_run run;
    return zxp_thread_get(world, actors->writer, &view) && view.state == ZXP_THREAD_BLOCKED &&
           zxp_page_run_at(world, zxp_koid_of(world, actors->vmo), 0, &run) && run.letter == 'W';
}

int main(void) {
    struct actors actors;
    struct explore_alphabet alphabet = {0};
    struct explore_result *result = calloc(1, sizeof *result);
    zxp_world *world = begin(&actors);
    if (!result) return 1;
    fill(&alphabet, &actors);
    struct explore_options options = {.alphabet = &alphabet, .workers = 1, .check_invariants = true, .user = &actors};
    explore_run(world, &options, false, result);
    printf("%" PRIu64 " states, %" PRIu64 " transitions, %s\n", result->states, result->transitions,
           result->complete && result->kind == EXPLORE_NOTHING ? "all invariants hold" : "not all seen, or a finding");
    explore_result_clear(result);
    options.goal = wanted;
    explore_run(world, &options, false, result);
    for (uint32_t i = 0; i < result->path_length; i++) puts(alphabet.step[result->path[i]].text);
    bool good = result->kind == EXPLORE_GOAL;
    explore_result_clear(result);
    explore_alphabet_clear(&alphabet);
    zxp_world_destroy(world);
    free(result);
    return good ? 0 : 1;
}
