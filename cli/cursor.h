/*
 * cursor.h - the place in an unfinished line where a person is typing: in which statement, behind which words, or in
 * which argument of which call. Hints and completion begin here.
 */
#ifndef CLI_CURSOR_H
#define CLI_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "zxpager/zxpager.h"

enum { CURSOR_WORDS = 24 };

struct cursor {
    char *copy; /* owns the words */
    const char
        *words[CURSOR_WORDS]; /* complete ones of the statement, without its `THREAD:`; words[0] is the command */
    size_t count;
    const char *word;      /* what is being typed; "" behind a blank, a comma or a bracket */
    size_t word_begin;     /* its offset in the line */
    bool after_thread;     /* `THREAD:` stands in front */
    bool in_text;          /* in a comment or in quotes: there is nothing to say */
    bool expects;          /* behind `=>` */
    bool assigns;          /* behind `NAME =` */
    const zxp_op_info *op; /* inside the brackets of this call, */
    size_t argument;       /* in this one of its arguments, from 0, */
    bool argument_empty;   /* of which nothing is typed yet */
};

void cursor_parse(struct cursor *cursor, const char *line, size_t length);
void cursor_free(struct cursor *cursor);

#endif
