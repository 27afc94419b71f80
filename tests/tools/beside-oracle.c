/*
 * beside-oracle.c - runs script files with the oracle beside the core (beside.h).
 *
 *   beside-oracle FILE.zxp ...
 */
#include <stdio.h>

#include "beside.h"
#include "suites.h"

enum { MOST_REPORTS = 40 };

static struct {
    struct watcher watcher;
    const char *name; /* of the case */
    size_t failed;
    bool differs; /* this case: what comes after it says nothing */
} all;

static void on_case_begin(void *user, const char *name) {
    (void)user;
    all.name = name;
    all.differs = false;
    beside_begin(all.watcher.in->world);
}

static void on_event(void *user, const zxp_event *event) {
    (void)user;
    beside_event(event);
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    (void)user, (void)report;
    const char *why = all.differs ? NULL : beside_differs(in->world);
    if (why == NULL) return;
    all.differs = true;
    if (++all.failed <= MOST_REPORTS) (void)printf("not ok - %s: %s\n", all.name, why);
}

int main(int argc, char **argv) {
    all.watcher =
        (struct watcher){.hooks = {.case_begin = on_case_begin, .event = on_event, .statement = on_statement}};
    size_t failed;
    for (int i = 1; i < argc; i++)
        if (!suite_run(&all.watcher, argv[i], &failed) || failed != 0) all.failed++;
    (void)printf("# %llu statements compared\n", (unsigned long long)beside_compared);
    (void)printf("%d passed, %zu failed\n", argc - 1, all.failed);
    return all.failed != 0 || beside_compared == 0;
}
