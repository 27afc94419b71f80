/*
 * cut.h - cutting a text into statements, and finding the end
 * of blocks, before any substitution (LANGUAGE.md section 1).
 */
#ifndef CLI_CUT_H
#define CLI_CUT_H

#include <stdbool.h>
#include <stddef.h>

struct source;

enum block_word { BLOCK_NONE, BLOCK_FOR, BLOCK_DEF, BLOCK_SERVICE, BLOCK_END, BLOCK_CASE, BLOCK_SKIP };

struct cut {
    size_t begin, end;   /* the statement, blanks trimmed, without comment; it may contain backslash line ends */
    size_t next;         /* where to go on */
    bool bad;            /* the text contains a byte that no script may contain: */
    size_t bad_at;       /* where, */
    const char *bad_why; /* and what */
};

/* The next statement that is not empty, or has bad bytes, in [from, end). False at the end of the text. */
bool cut_next(const struct source *source, size_t from, size_t end, struct cut *cut);
/* The word that decides about blocks; a `WORD:` prefix hides it. */
enum block_word cut_block_word(const struct source *source, const struct cut *cut);

enum { DEEPEST_BLOCK = 1000 };
enum block_result { BLOCK_CLOSED, BLOCK_OPEN, BLOCK_BROKEN, BLOCK_DEEP };
/* Finds the `end` that belongs to a `for` or `def` whose body begins at `from`. BLOCK_BROKEN: a
 * case or skip stands inside (then close is that statement); BLOCK_OPEN: the text ends first. */
enum block_result cut_block(const struct source *source, size_t from, size_t end, struct cut *close);
/* The same, taking no notice of case and skip: where a broken block was meant to end. */
enum block_result cut_broken_block(const struct source *source, size_t from, size_t end, struct cut *close);
/* For the prompt: does this text end inside a block, or with a backslash, so that more lines must come? */
bool cut_needs_more(const char *text, size_t length);

#endif
