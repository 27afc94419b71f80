#include "scene.h"

#include <stdio.h>

#include "suites.h"

static struct {
    struct watcher watcher;
    zxp_world *world;
} stage;

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    (void)user, (void)name, (void)why;
    zxp_world_destroy(stage.world);
    stage.world = result == CASE_PASSED ? zxp_world_clone(stage.watcher.in->world) : NULL;
}

static void on_failed(void *user, const struct failure *failure) {
    (void)user;
    (void)printf("# %s: expected %s, came %s\n", failure->statement, failure->expected, failure->came);
}

static void on_error(void *user, const struct diag *diag) {
    (void)user;
    (void)printf("# %s\n", diag->message);
}

zxp_world *scene(const char *script) {
    size_t failed = 0;
    char text[1000];
    int length = snprintf(text, sizeof text, "case \"scene\"\n%s\n", script);
    if (length < 0 || length >= (int)sizeof text) return NULL;
    stage.world = NULL;
    stage.watcher.hooks = (struct interp_hooks){.case_end = on_case_end, .failed = on_failed, .error = on_error};
    suite_run_source(&stage.watcher, source_create("scene", text, (size_t)length), &failed);
    return stage.world;
}
