/*
 * chromium.h - drives a headless Chromium over a pipe, in the words of its DevTools protocol: JSON texts that
 * end in a NUL byte, to descriptor 3 of the browser and from its descriptor 4. No port, no driver, no network.
 */
#ifndef TESTS_TOOLS_CHROMIUM_H
#define TESTS_TOOLS_CHROMIUM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "cli/buf.h"

struct chromium {
    pid_t pid;
    int to, from;
    int last_id;
    char *session;       /* of the one page; NULL: not attached yet */
    struct buf received; /* what came behind the last whole text */
    size_t loads;        /* pages that have finished loading */
    size_t requests;     /* asked of anything but a file or the page itself */
    size_t complaints;   /* exceptions and errors that the page has not caught */
};

/* Starts the program with a profile of its own in the folder,
 * and attaches to an empty page. False: it does not run here. */
bool chromium_open(struct chromium *browser, const char *program, const char *folder);
void chromium_close(struct chromium *browser);

/* Calls a method; takes the parameters (NULL: none). The result, a new reference; NULL: it failed. */
json_t *chromium_call(struct chromium *browser, const char *method, json_t *params);
/* The same, where only success matters. */
bool chromium_do(struct chromium *browser, const char *method, json_t *params);
/* The value of a JavaScript expression; NULL: none, or an exception. */
json_t *chromium_evaluate(struct chromium *browser, const char *expression);
/* Opens a file and waits until it has loaded. */
bool chromium_load(struct chromium *browser, const char *path);
/* Presses and releases a key, as a person does. */
bool chromium_key(struct chromium *browser, const char *key, int code);
/* A click at a place in the window. */
bool chromium_click(struct chromium *browser, double x, double y);
bool chromium_screenshot(struct chromium *browser, const char *path);

#endif
