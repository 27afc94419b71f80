/*
 * source.h - script texts and places in them. A text is kept as long as anything points into
 * it: the bodies of loops and defs are ranges of it, not copies (LANGUAGE.md section 1).
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
    char *name; /* as messages show it */
    char *path; /* of the file; NULL for -c, the prompt and standard input */
    char *text;
    size_t length;
    uint32_t references;
    uint32_t first_line; /* number of the first line: the prompt counts on from entry to entry */
};

struct place {
    uint32_t line, column; /* from 1; columns count characters, not bytes */
    size_t line_begin, line_end;
};

/* A copy of the text with one reference. */
struct source *source_create(const char *name, const char *text, size_t length);
/* Reads a file ("-": standard input). NULL and a reason on failure. */
struct source *source_read(const char *path, char *reason, size_t capacity);
struct source *source_hold(struct source *source);
void source_release(struct source *source);
struct place source_place(const struct source *source, size_t offset);

#endif
