/*
 * lesson.h - guided lessons: Markdown files of docs/lessons, read by the prompt.
 *
 * A lesson is a text for people with marked blocks in it: ```zxp start runs first, ```zxp goal is one condition
 * (condition.h) that must come to hold, ```zxp solution is one way to it. Lines `Hint: ...` are given one by one; `Par:
 * N` is the length of a good solution in statements that make calls. Any other block is shown as it stands.
 */
#ifndef CLI_LESSON_H
#define CLI_LESSON_H

#include "buf.h"
#include "outcome.h"

struct shell;

enum { HINTS = 12 };

struct lesson {
    unsigned number; /* from 1 */
    char *slug;      /* file name without .md */
    char *title;
    struct buf text, start, goal, solution; /* the text with `\1' in front of lines of shown blocks */
    char *hints[HINTS];
    unsigned hint_count, par;
};

/* lesson_file.c */
unsigned lesson_count(void);
/* NULL: there is no such lesson, or it cannot be read. */
struct lesson *lesson_read(unsigned number);
void lesson_free(struct lesson *lesson);

/* lesson_progress.c: the least number of statements in which a lesson was solved; 0: not yet. */
unsigned progress_of(const char *slug);
/* False if it cannot be kept. */
bool progress_keep(const char *slug, unsigned statements);

/* lesson.c: called after every statement. */
void lesson_after(struct shell *shell);

#endif
