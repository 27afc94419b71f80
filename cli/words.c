/*
 * words.c - the words of a command, taken one after the other (LANGUAGE.md section 1: where
 * an optional keyword may stand the keyword wins; a name in parentheses is the name).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expr.h"
#include "names.h"
#include "statement.h"

#define PAGE_LIMIT (UINT64_C(1) << 52)

void stmt_set_error(struct stmt *s, size_t at, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    interp_error(s->in, s->text.source, s->text.at[at > s->text.n ? s->text.n : at], "%s", message);
}

bool stmt_unknown(struct stmt *s, struct span word, const char *what, const struct suggestion *suggestion) {
    const char *best = suggest_best(suggestion);
    int length = span_length(word) > 60 ? 60 : (int)span_length(word);
    return stmt_error(s, word.begin, "unknown %s `%.*s'%s%s%s", what, length, s->text.s + word.begin,
                      best ? "; did you mean `" : "", best ? best : "", best ? "'?" : "");
}

bool stmt_more(const struct stmt *s) { return s->at_word < s->word_count; }

bool stmt_take_word(struct stmt *s, const char *what, struct span *word) {
    if (!stmt_more(s)) return stmt_error(s, s->body.end, "%s is missing", what);
    *word = s->words[s->at_word++];
    return true;
}

bool stmt_take_keyword(struct stmt *s, const char *keyword) {
    if (!stmt_more(s) || !span_is(&s->text, s->words[s->at_word], keyword)) return false;
    s->at_word++;
    return true;
}

bool stmt_end(struct stmt *s) {
    if (!stmt_more(s)) return true;
    struct span word = s->words[s->at_word];
    int length = span_length(word) > 60 ? 60 : (int)span_length(word);
    return stmt_error(s, word.begin, "`%.*s' is not expected here", length, s->text.s + word.begin);
}

bool stmt_take_name(struct stmt *s, const char *what, struct span *word) {
    if (!stmt_take_word(s, what, word)) return false;
    if (span_length(*word) > 2 && s->text.s[word->begin] == '(' && s->text.s[word->end - 1] == ')')
        *word = (struct span){word->begin + 1, word->end - 1};
    if (!span_is_name(&s->text, *word))
        return stmt_error(s, word->begin, "%s must be a name: letters, digits and `_', no digit first", what);
    return true;
}

bool stmt_take_number(struct stmt *s, const char *what, uint64_t *value) {
    struct span word;
    return stmt_take_word(s, what, &word) && stmt_eval(s, word, 0, value);
}

bool stmt_take_pages(struct stmt *s, const char *what, uint64_t *pages) {
    struct span word;
    return stmt_take_word(s, what, &word) && stmt_eval(s, word, EVAL_PAGES, pages);
}

bool stmt_eval(struct stmt *s, struct span span, unsigned flags, uint64_t *value) {
    if (!expr_eval(s->in, &s->text, span, s->scope, EXPR_NOTED | (flags & EVAL_PAGES ? EXPR_NO_UNITS : 0), value))
        return false;
    if ((flags & EVAL_PAGES) && *value > PAGE_LIMIT)
        return stmt_error(s, span.begin, "a page number or count above 2^52");
    return true;
}

bool stmt_binding(struct stmt *s, struct span name, struct binding *binding) {
    const char *text = s->text.s + name.begin;
    struct binding *found = names_binding(s->in, text, span_length(name));
    if (found) {
        *binding = *found;
        return true;
    }
    *binding = (struct binding){.kind = BIND_VMO, .value = 1};
    if (s->in->options.dry) return true;
    return names_unknown(s->in, s->text.source, s->text.at[name.begin], s->scope, text, span_length(name));
}
