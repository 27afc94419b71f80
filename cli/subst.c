#include "subst.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "names.h"

struct subst {
    struct interp *in;
    struct source *source;
    struct scope *scope;
    struct text *out;
    size_t at, end;
    bool quoted;
    bool live; /* inside of quotes in which names are replaced all the same */
    bool quote_seen;
    bool maps; /* `expect pages`: every quote is a map */
    bool keeps_names;
};

/* Replaced text can double with each call of a def; a line that long is no statement. */
enum { LONGEST_STATEMENT = 16 << 20 };

/* Offset behind a `WORD:` prefix and blanks. */
static size_t behind_prefix(const struct text *text) {
    size_t i = 0;
    while (i < text->n && is_name_char(text->s[i])) i++;
    if (i == 0 || i >= text->n || text->s[i] != ':') return 0;
    for (i++; i < text->n && (text->s[i] == ' ' || text->s[i] == '\t');) i++;
    return i;
}

static bool ends_with(const struct text *text, const char *tail) {
    size_t n = strlen(tail);
    return text->n >= n && memcmp(text->s + text->n - n, tail, n) == 0 &&
           (text->n == n || !is_name_char(text->s[text->n - n - 1]));
}

/* At the first quote of a statement: what do its first words say about quotes? */
static bool first_quote(struct subst *sub) {
    size_t at = behind_prefix(sub->out);
    struct span word, second;
    sub->quote_seen = true;
    if (!text_next_word(sub->out, &at, sub->out->n, &word)) return false;
    if (span_is(sub->out, word, "case")) return true;
    if (span_is(sub->out, word, "expect") && text_next_word(sub->out, &at, sub->out->n, &second))
        sub->maps = span_is(sub->out, second, "pages");
    return false;
}

/* Is this the quoted argument of `expect pages`, `pages=` or `case`? */
static bool quote_is_live(struct subst *sub) {
    bool title = !sub->quote_seen && first_quote(sub);
    return title || sub->maps || ends_with(sub->out, "pages=") || ends_with(sub->out, "pages!=");
}

static void put(struct subst *sub, const char *text, size_t at) {
    for (; *text; text++) text_add(sub->out, *text, at);
}

static bool put_value(struct subst *sub, const char *name, size_t length, size_t at) {
    struct scope *outer;
    const char *word = scope_find(sub->in, sub->scope, name, length, &outer);
    if (word) {
        put(sub, word, at);
        return true;
    }
    uint64_t value;
    if (!names_value(sub->in, name, length, &value))
        return names_unknown(sub->in, sub->source, at, sub->scope, name, length);
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, value);
    put(sub, digits, at);
    return true;
}

/* `$NAME`: the longest name; `${NAME}`. */
static bool replace(struct subst *sub) {
    const char *s = sub->source->text;
    size_t dollar = sub->at++;
    bool brace = sub->at < sub->end && s[sub->at] == '{';
    size_t begin = sub->at += brace;
    while (sub->at < sub->end && is_name_char(s[sub->at])) sub->at++;
    size_t length = sub->at - begin;
    if (length == 0 || !is_name_start(s[begin]))
        return interp_error(sub->in, sub->source, dollar, "a name is missing behind `$'");
    if (brace && (sub->at >= sub->end || s[sub->at++] != '}'))
        return interp_error(sub->in, sub->source, dollar, "`${' without `}'");
    return put_value(sub, s + begin, length, dollar);
}

static size_t join_length(const struct subst *sub) {
    const char *s = sub->source->text + sub->at;
    size_t left = sub->end - sub->at;
    if (s[0] != '\\' || left < 2)
        return left == 1 && s[0] == '\\' && !sub->quoted ? 1 : 0; /* a backslash at the very end joins nothing */
    return s[1] == '\n' ? 2 : s[1] == '\r' && left > 2 && s[2] == '\n' ? 3 : 0;
}

static void copy(struct subst *sub) {
    text_add(sub->out, sub->source->text[sub->at], sub->at);
    sub->at++;
}

static void quote(struct subst *sub) {
    if (!sub->quoted) sub->live = quote_is_live(sub);
    sub->quoted = !sub->quoted;
    copy(sub);
}

static bool step(struct subst *sub) {
    size_t join = join_length(sub);
    if (join) {
        sub->at += join;
        return true;
    }
    char c = sub->source->text[sub->at];
    if (c == '"')
        quote(sub);
    else if (c == '$' && (!sub->quoted || sub->live) && !sub->keeps_names)
        return replace(sub);
    else if (c == '\\' && sub->quoted && sub->at + 1 < sub->end)
        copy(sub), copy(sub);
    else
        copy(sub);
    return true;
}

static bool build(struct subst *sub, const struct cut *cut) {
    sub->at = cut->begin;
    sub->end = cut->end;
    sub->out->n = 0;
    sub->out->source = sub->source;
    if (cut->bad) return interp_error(sub->in, sub->source, cut->bad_at, "%s", cut->bad_why);
    while (sub->at < sub->end) {
        if (!step(sub)) return false;
        if (sub->out->n > LONGEST_STATEMENT)
            return interp_error(sub->in, sub->source, cut->begin, "this statement is longer than 16 MiB");
    }
    text_add(sub->out, 0, cut->end); /* the place of the end */
    sub->out->n--;
    return true;
}

bool subst_build(struct interp *in, struct source *source, const struct cut *cut, struct scope *scope,
                 struct text *out) {
    struct subst sub = {.in = in, .source = source, .scope = scope, .out = out};
    return build(&sub, cut);
}

bool subst_join(struct interp *in, struct source *source, const struct cut *cut, struct text *out) {
    struct subst sub = {.in = in, .source = source, .out = out, .keeps_names = true};
    return build(&sub, cut);
}
