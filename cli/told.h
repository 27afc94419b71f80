/*
 * told.h - a statement as it may be said again. In a loop or a def a bare name stands for what it is worth there and
 * then: `read v i` is told as `read v 2`, so that histories, records and messages mean something by themselves.
 */
#ifndef CLI_TOLD_H
#define CLI_TOLD_H

#include "buf.h"
#include "interp.h"

/* Is this name the variable of a loop that is running? */
bool told_is_variable(const struct interp *in, const char *name, size_t length);
/* The bare name at [begin, end) of the running statement had this value; `word`: better said as this word, or NULL. */
void told_note(struct interp *in, size_t begin, size_t end, const char *word, uint64_t value);
void told_clear(struct interp *in);
/* [0, length) of the running statement's text, each bare name replaced. */
void told_text(const struct interp *in, const char *text, size_t length, struct buf *out);

#endif
