/*
 * editor.h - one line from the terminal: libedit with history, Tab,
 * and grey hints; without libedit, or on a dumb terminal, plain lines.
 */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct interp;
struct editor;

enum read_result { READ_LINE, READ_INTERRUPTED, READ_END };

/* Hints are drawn only where colour is: else they could not be told from what is typed. */
struct editor *editor_open(struct interp *in, bool color, volatile sig_atomic_t *interrupt);
/* The next line, without its line end; valid until the next call. `more`: it continues a block. */
enum read_result editor_read(struct editor *editor, bool more, const char **line, size_t *length);
/* Adds an entry to the history. */
void editor_remember(struct editor *editor, const char *text);
/* Writes the history and puts the terminal back. */
void editor_close(struct editor *editor);

#endif
