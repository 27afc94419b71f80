/*
 * damaged-saves.c - worlds of the suites, encoded, damaged byte by byte and cut short: zxp_world_decode refuses them
 * with a reason, or gives a world in which every invariant holds.
 *
 *   damaged-saves [-r SECONDS] FILE.zxp ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suites.h"

enum { PLACES = 60, MOST_REPORTS = 20 };

static struct {
    uint64_t tried, loaded;
    size_t failed;
    uint64_t seed;
    time_t deadline;
    struct watcher watcher;
} all;

static uint64_t draw(void) {
    all.seed = all.seed * 6364136223846793005u + 1442695040888963407u;
    return all.seed >> 33;
}

static void decode(const char *name, const uint8_t *bytes, size_t length) {
    const char *reason = NULL;
    zxp_violation violation = {0};
    zxp_world *world = zxp_world_decode(bytes, length, &reason);
    all.tried++;
    all.loaded += world != NULL;
    bool good = world ? zxp_check(world, &violation, 1) == 0 : reason != NULL;
    if (!good && ++all.failed <= MOST_REPORTS)
        (void)printf("not ok - %s: %s\n", name, world ? violation.fact : "refused without a reason");
    zxp_world_destroy(world);
}

static void damage(const char *name, uint8_t *bytes, size_t length) {
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    decode(name, bytes, draw() % length);
    for (int i = 0; i < PLACES; i++) {
        size_t at = draw() % length;
        uint8_t kept = bytes[at], how = (uint8_t)(draw() % 8);
        bytes[at] = how < sizeof values ? values[how] : (uint8_t)(kept ^ (1u << draw() % 8));
        decode(name, bytes, length);
        bytes[at] = kept;
    }
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    (void)user, (void)result, (void)why;
    const zxp_world *world = all.watcher.in->world;
    size_t length = zxp_world_encode(world, ZXP_FORM_FULL, NULL, 0);
    if (length > 100000 || time(NULL) >= all.deadline) return;
    uint8_t *bytes = mem_alloc(length);
    (void)zxp_world_encode(world, ZXP_FORM_FULL, bytes, length);
    damage(name, bytes, length);
    free(bytes);
}

int main(int argc, char **argv) {
    int first = argc > 2 && strcmp(argv[1], "-r") == 0 ? 3 : 1;
    size_t failed;
    all.seed = 1;
    all.deadline = time(NULL) + (first == 3 ? strtol(argv[2], NULL, 10) : 1000000);
    all.watcher.hooks = (struct interp_hooks){.case_end = on_case_end};
    for (int i = first; i < argc; i++) {
        if (!suite_run(&all.watcher, argv[i], &failed)) all.failed++;
    }
    (void)printf("# %llu damaged worlds, %llu of them loaded\n", (unsigned long long)all.tried,
                 (unsigned long long)all.loaded);
    (void)printf("%d passed, %zu failed\n", argc - first, all.failed);
    return all.failed != 0;
}
