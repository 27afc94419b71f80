/*
 * cut.c - cutting a text into statements. A line ends a statement, `;` outside quotes, brackets and comments too;
 * a backslash at the end of a line joins the next, wherever it stands, as in C (LANGUAGE.md section 1, "Text").
 */
#include "cut.h"

#include <string.h>

#include "source.h"
#include "text.h"

struct scanner {
    const char *text;
    size_t at, end;
    size_t depth;
    bool quoted, comment;
    struct cut *cut;
};

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

/* Length of a backslash line end at i, 0 if there is none. */
static size_t join_at(const char *text, size_t i, size_t end) {
    if (text[i] != '\\' || i + 1 >= end) return 0;
    if (text[i + 1] == '\n') return 2;
    return text[i + 1] == '\r' && i + 2 < end && text[i + 2] == '\n' ? 3 : 0;
}

/* Length of the UTF-8 character at i, 0 if it is none. Overlong forms, surrogates and values above 10FFFF are none. */
static size_t utf8_at(const char *text, size_t i, size_t end) {
    const unsigned char *s = (const unsigned char *)text + i;
    size_t left = end - i;
    size_t n = s[0] < 0x80                    ? 1
               : s[0] >= 0xc2 && s[0] <= 0xdf ? 2
               : (s[0] & 0xf0) == 0xe0        ? 3
               : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                              : 0;
    if (n == 0 || n > left) return 0;
    for (size_t k = 1; k < n; k++) {
        if ((s[k] & 0xc0) != 0x80) return 0;
    }
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return n;
}

static void note_bad(struct scanner *scan, const char *why) {
    if (scan->cut->bad) return;
    scan->cut->bad = true;
    scan->cut->bad_at = scan->at;
    scan->cut->bad_why = why;
}

/* Steps over one character, noting bytes that no script may contain. */
static void step(struct scanner *scan) {
    size_t n = 1;
    if (scan->text[scan->at] == 0) {
        note_bad(scan, "a NUL byte in the script");
    } else if (!scan->quoted && !scan->comment) {
        n = utf8_at(scan->text, scan->at, scan->end);
        if (n == 0) {
            note_bad(scan, "bytes that are not UTF-8");
            n = 1;
        }
    }
    scan->at += n;
}

static void step_quoted(struct scanner *scan) {
    char c = scan->text[scan->at];
    if (c == '"') {
        scan->quoted = false;
    } else if (c == '\\' && scan->at + 1 < scan->end && scan->text[scan->at + 1] != '\n') {
        step(scan);
    }
    step(scan);
}

/* Steps over one character outside of quotes and comments;
 * true if it ends the statement (it is then not stepped over). */
static bool step_plain(struct scanner *scan) {
    char c = scan->text[scan->at];
    if (c == ';' && scan->depth == 0) return true;
    if (c == '#') {
        scan->comment = true;
        scan->cut->end = scan->at;
    } else if (c == '"') {
        scan->quoted = true;
    } else if (c == '(' || c == '[') {
        scan->depth++;
    } else if ((c == ')' || c == ']') && scan->depth) {
        scan->depth--;
    }
    step(scan);
    return false;
}

/* Finds the end of the statement at scan->at. */
static void scan_statement(struct scanner *scan) {
    while (scan->at < scan->end) {
        size_t join = join_at(scan->text, scan->at, scan->end);
        bool ends = !join && scan->text[scan->at] == '\n';
        if (join)
            scan->at += join;
        else if (scan->comment && !ends)
            step(scan);
        else if (scan->quoted && !ends)
            step_quoted(scan);
        else if (ends || step_plain(scan))
            return;
    }
}

static void trim(const char *text, struct cut *cut) {
    while (cut->begin < cut->end) {
        size_t join = join_at(text, cut->begin, cut->end);
        if (!join && !is_blank(text[cut->begin])) break;
        cut->begin += join ? join : 1;
    }
    while (cut->end > cut->begin && is_blank(text[cut->end - 1])) cut->end--;
}

static void cut_one(const struct source *source, size_t from, size_t end, struct cut *cut) {
    *cut = (struct cut){.begin = from, .end = SIZE_MAX};
    struct scanner scan = {.text = source->text, .at = from, .end = end, .cut = cut};
    scan_statement(&scan);
    if (cut->end == SIZE_MAX) cut->end = scan.at;
    cut->next = scan.at < end ? scan.at + 1 : end;
    trim(source->text, cut);
}

/* A byte order mark at the start of a text is no part of it. */
static size_t skip_mark(const struct source *source, size_t from) {
    bool mark = from == 0 && source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0;
    return mark ? 3 : from;
}

bool cut_next(const struct source *source, size_t from, size_t end, struct cut *cut) {
    from = skip_mark(source, from);
    while (from < end) {
        cut_one(source, from, end, cut);
        if (cut->begin < cut->end || cut->bad) return true;
        from = cut->next;
    }
    return false;
}

/* ---- Blocks ---- */

static bool is_word_char(char c) { return is_name_char(c) || c == '$' || c == '{' || c == '}'; }

/* A VMO may be called service: only `service NAME` is a block. */
static bool names_service(const char *s, size_t left) {
    size_t n = 0;
    while (n < left && (s[n] == ' ' || s[n] == '\t')) n++;
    return n > 0 && n < left && is_name_char(s[n]);
}

enum block_word cut_block_word(const struct source *source, const struct cut *cut) {
    static const struct {
        const char *word;
        enum block_word block;
    } words[] = {{"for", BLOCK_FOR}, {"def", BLOCK_DEF},   {"service", BLOCK_SERVICE},
                 {"end", BLOCK_END}, {"case", BLOCK_CASE}, {"skip", BLOCK_SKIP}};
    const char *s = source->text + cut->begin;
    size_t left = cut->end - cut->begin, n = 0;
    while (n < left && is_word_char(s[n])) n++;
    if (n < left && s[n] == ':') return BLOCK_NONE; /* a thread may be called `end` */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == n && memcmp(words[i].word, s, n) == 0)
            return words[i].block == BLOCK_SERVICE && !names_service(s + n, left - n) ? BLOCK_NONE : words[i].block;
    }
    return BLOCK_NONE;
}

static enum block_result find_end(const struct source *source, size_t from, size_t end, bool any, struct cut *close) {
    size_t depth = 0;
    while (cut_next(source, from, end, close)) {
        switch (cut_block_word(source, close)) {
        case BLOCK_FOR:
        case BLOCK_DEF:
        case BLOCK_SERVICE:
            if (++depth > DEEPEST_BLOCK) return BLOCK_DEEP;
            break;
        case BLOCK_END:
            if (depth == 0) return BLOCK_CLOSED;
            depth--;
            break;
        case BLOCK_CASE:
        case BLOCK_SKIP:
            if (!any) return BLOCK_BROKEN;
            break;
        default: break;
        }
        from = close->next;
    }
    return BLOCK_OPEN;
}

enum block_result cut_block(const struct source *source, size_t from, size_t end, struct cut *close) {
    return find_end(source, from, end, false, close);
}

enum block_result cut_broken_block(const struct source *source, size_t from, size_t end, struct cut *close) {
    return find_end(source, from, end, true, close);
}

bool cut_needs_more(const char *text, size_t length) {
    struct source source = {.text = (char *)(uintptr_t)text, .length = length};
    size_t end = length;
    while (end && (text[end - 1] == '\n' || text[end - 1] == '\r')) end--;
    if (end && end < length && text[end - 1] == '\\') return true;
    struct cut cut;
    size_t depth = 0;
    for (size_t from = 0; cut_next(&source, from, length, &cut); from = cut.next) {
        enum block_word word = cut_block_word(&source, &cut);
        depth += word == BLOCK_FOR || word == BLOCK_DEF || word == BLOCK_SERVICE;
        if (word == BLOCK_END && depth) depth--;
        if (word == BLOCK_CASE || word == BLOCK_SKIP) return false;
    }
    return depth > 0;
}
