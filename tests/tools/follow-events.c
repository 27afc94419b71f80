/*
 * follow-events.c - runs script files and follows the event stream of every call (events.h).
 *
 *   follow-events FILE.zxp ...
 */
#include <stdio.h>

#include "events.h"
#include "suites.h"

enum { MOST_REPORTS = 40 };

static struct {
    const char *name; /* of the case */
    size_t failed;
} all;

static void on_case_begin(void *user, const char *name) {
    (void)user;
    all.name = name;
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    (void)user, (void)in, (void)report;
    const char *why = events_wrong();
    if (why != NULL && ++all.failed <= MOST_REPORTS) (void)printf("not ok - %s: %s\n", all.name, why);
}

int main(int argc, char **argv) {
    struct watcher watcher = {.hooks = {.case_begin = on_case_begin, .statement = on_statement}};
    size_t failed;
    for (int i = 1; i < argc; i++)
        if (!suite_run(&watcher, argv[i], &failed) || failed != 0) all.failed++;
    (void)printf("# %llu calls, %llu events\n", (unsigned long long)events_calls, (unsigned long long)events_told);
    (void)printf("%d passed, %zu failed\n", argc - 1, all.failed);
    return all.failed != 0 || events_told == 0;
}
