/*
 * lint.h - the events of recorded sessions (--json, docs/json.md)
 * judged as the doings of a pager service (fuzz/service/trace.h).
 */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "buf.h"

enum lint_result { LINT_GOOD, LINT_BREACH, LINT_UNREADABLE };

/* Judges one file ("-": standard input); `out` gets a line that says what came. */
enum lint_result lint_file(const char *path, struct buf *out);
/* zxpager-repl lint FILE ...: exit status 0, 1 after a breach, 2 if a file cannot be read. */
int lint_mode(int count, char **files);

#endif
