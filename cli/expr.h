/* expr.h - expressions: the C operators + - * / % & | ^ ~ << >> and parentheses in 64 bits, unsigned, wrapping. */
#ifndef CLI_EXPR_H
#define CLI_EXPR_H

#include "interp.h"

enum { EXPR_NO_UNITS = 1, EXPR_NOTED = 2 }; /* NOTED: of the running statement, whose bare names are noted (told.h) */
/* Evaluates the span. Bare names that are parameters are read in `scope`. False: error set. */
bool expr_eval(struct interp *in, const struct text *text, struct span span, struct scope *scope, unsigned flags,
               uint64_t *value);

#endif
