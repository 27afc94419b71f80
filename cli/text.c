#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

void text_add(struct text *text, char c, size_t at) {
    if (text->n + 1 >= text->capacity) {
        text->capacity = text->capacity ? text->capacity * 2 : 128;
        text->s = mem_resize(text->s, text->capacity);
        text->at = mem_resize(text->at, text->capacity * sizeof *text->at);
    }
    text->s[text->n] = c;
    text->at[text->n++] = at;
    text->s[text->n] = 0;
    text->at[text->n] = at;
}

void text_free(struct text *text) {
    free(text->s);
    free(text->at);
    *text = (struct text){0};
}

bool span_is(const struct text *text, struct span span, const char *word) {
    return strlen(word) == span_length(span) && memcmp(text->s + span.begin, word, span_length(span)) == 0;
}

bool span_begins(const struct text *text, struct span span, const char *prefix) {
    size_t n = strlen(prefix);
    return n <= span_length(span) && memcmp(text->s + span.begin, prefix, n) == 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

struct span span_trim(const struct text *text, struct span span) {
    while (span.begin < span.end && is_blank(text->s[span.begin])) span.begin++;
    while (span.end > span.begin && is_blank(text->s[span.end - 1])) span.end--;
    return span;
}

/* ASCII only, whatever the locale. */
bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

bool span_is_name(const struct text *text, struct span span) {
    if (span.begin >= span.end || !is_name_start(text->s[span.begin])) return false;
    for (size_t i = span.begin; i < span.end; i++) {
        if (!is_name_char(text->s[i])) return false;
    }
    return true;
}

size_t text_skip_quote(const struct text *text, size_t at, size_t end) {
    for (at++; at < end; at++) {
        if (text->s[at] == '\\')
            at++;
        else if (text->s[at] == '"')
            return at + 1;
    }
    return end;
}

bool text_next_word(const struct text *text, size_t *at, size_t end, struct span *word) {
    size_t i = *at, depth = 0;
    while (i < end && is_blank(text->s[i])) i++;
    word->begin = i;
    while (i < end) {
        char c = text->s[i];
        if (c == '"') {
            i = text_skip_quote(text, i, end);
            continue;
        }
        if (is_blank(c) && depth == 0) break;
        depth += c == '(' || c == '[';
        if ((c == ')' || c == ']') && depth) depth--;
        i++;
    }
    word->end = *at = i;
    return word->end > word->begin;
}

size_t text_find(const struct text *text, struct span span, const char *string) {
    size_t n = strlen(string), depth = 0;
    for (size_t i = span.begin; i < span.end;) {
        char c = text->s[i];
        if (c == '"') {
            i = text_skip_quote(text, i, span.end);
            continue;
        }
        if (depth == 0 && i + n <= span.end && memcmp(text->s + i, string, n) == 0) return i;
        depth += c == '(' || c == '[';
        if ((c == ')' || c == ']') && depth) depth--;
        i++;
    }
    return span.end;
}
