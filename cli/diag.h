/*
 * diag.h - one script error: a message and where it is (LANGUAGE.md section 4).
 * The first error of a statement is kept; what follows from it is not reported.
 */
#ifndef CLI_DIAG_H
#define CLI_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct source;

struct diag {
    bool set;
    struct source *source; /* held; NULL for errors outside of any text */
    size_t offset;         /* in the source */
    char message[400];
};

void diag_clear(struct diag *diag);
enum { DIAG_WIDTH = 110 };
/* FILE:LINE:COL: error: MESSAGE, the line and a caret, as one block of lines;
 * of a line longer than `width` only a part around the caret is shown. */
void diag_render(const struct diag *diag, size_t width, struct buf *out);

/* The best match for a misspelt word among candidates, fed one by one. */
struct suggestion {
    const char *word;
    size_t length;
    const char *best;
    unsigned distance;
};
void suggest_begin(struct suggestion *s, const char *word, size_t length);
void suggest_try(struct suggestion *s, const char *candidate);
/* The best candidate if it is near enough to be worth naming, else NULL. */
const char *suggest_best(const struct suggestion *s);

#endif
