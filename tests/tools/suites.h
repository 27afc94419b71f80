/*
 * suites.h - runs script files through the interpreter, inside a test program that watches the calls they make.
 */
#ifndef TESTS_TOOLS_SUITES_H
#define TESTS_TOOLS_SUITES_H

#include "cli/interp.h"

/* What the watcher wants. `hooks.user` and `context` callbacks of the interpreter are set by suite_run. */
struct watcher {
    struct interp_hooks hooks;
    uint32_t *rule_hits; /* zxp_rule_count() counters, or NULL */
    bool go_on;          /* failed expectations do not end their case */
    struct interp *in;   /* set while a file runs, for the hooks */
};

/* Runs all cases of a file. False if it cannot be read. failed: cases that failed. */
bool suite_run(struct watcher *watcher, const char *path, size_t *failed);

/* The same for a text; takes the reference. */
void suite_run_source(struct watcher *watcher, struct source *source, size_t *failed);

/* "ZX_ERR_IO" of a status. */
const char *status_text(zx_status_t status);

#endif
