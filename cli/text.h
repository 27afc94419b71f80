/*
 * text.h - one statement after substitution, each character knowing where in the source it came from; and words of it.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *s;    /* NUL behind the end */
    size_t *at; /* offset in the source of each character, and of the end */
    size_t n, capacity;
    struct source *source; /* not held */
};

struct span {
    size_t begin, end; /* in a text */
};

void text_add(struct text *text, char c, size_t at);
void text_free(struct text *text);
static inline size_t span_length(struct span span) { return span.end - span.begin; }
bool span_is(const struct text *text, struct span span, const char *word);
bool span_begins(const struct text *text, struct span span, const char *prefix);
struct span span_trim(const struct text *text, struct span span);
bool is_name_start(char c);
bool is_name_char(char c);
/* Is this span a name: [A-Za-z_][A-Za-z0-9_]*? */
bool span_is_name(const struct text *text, struct span span);
/* Offset behind a quoted string that begins at `at` (end if it is never closed). */
size_t text_skip_quote(const struct text *text, size_t at, size_t end);
/* The next word: no blanks outside (), [] and quotes. False at the end. */
bool text_next_word(const struct text *text, size_t *at, size_t end, struct span *word);
/* The first place in the span, outside of quotes and brackets, where this string stands; span.end if nowhere. */
size_t text_find(const struct text *text, struct span span, const char *string);

#endif
