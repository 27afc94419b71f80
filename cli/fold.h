/* fold.h - lines that are too long for the terminal, broken at blanks and behind `|`. */
#ifndef CLI_FOLD_H
#define CLI_FOLD_H

#include "buf.h"

/* Adds the text. A line of more than `columns` goes on below, a little farther to the right; a word that fits nowhere
 * stays whole. */
void fold_lines(const char *text, size_t length, size_t columns, struct buf *out);

#endif
