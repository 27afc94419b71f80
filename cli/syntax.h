/*
 * syntax.h - the syntax line of a command (commands.c) as slots,
 * so that hints and completion know what comes next.
 *
 *   "supply V P [N] [byte=B] [from=AUX[@PAGE]]"      V and P must stand, the others may
 *   "take READ|DIRTY V P N, take COMPLETE V"         two forms of one command
 */
#ifndef CLI_SYNTAX_H
#define CLI_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { SLOTS = 16 };

struct slot {
    const char *text; /* in the syntax line, without the brackets around it */
    size_t length;
    bool optional;
    bool opens;   /* the first of `[P N]`, */
    bool closes;  /* the last of it; both for `[N]` */
    bool literal; /* words or KEY=VALUE: recognised wherever it stands */
    bool repeats; /* `...` follows */
    bool used;
};

struct form {
    struct slot slots[SLOTS]; /* the command's own name is none */
    size_t count;
};

/* The i-th form; false if there are not so many. */
bool syntax_form(const char *syntax, size_t i, struct form *form);
/* Marks the slots that these words take. False if they do not fit into the form. */
bool syntax_take(struct form *form, const char *const *words, size_t count);
/* The slot that the next word will most likely take, or NULL. */
struct slot *syntax_next(struct form *form);
/* What is left, as the syntax line has it: "P [N] [byte=B]". */
void syntax_rest(const struct form *form, struct buf *out);
/* The k-th alternative of `a|b|c`; false at the end. */
bool syntax_alternative(const struct slot *slot, size_t k, const char **text, size_t *length);

#endif
