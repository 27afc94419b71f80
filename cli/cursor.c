#include "cursor.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

enum { DEEPEST = 16 };

/* Brackets that are open at the cursor. */
struct open {
    size_t at; /* of the bracket */
    size_t commas;
    size_t part; /* where the text behind the last comma begins */
};

struct scan {
    const char *line;
    size_t length, statement, arrow;
    struct open open[DEEPEST];
    size_t depth;
    bool quoted, comment;
};

static void open_bracket(struct scan *scan, size_t at) {
    if (scan->depth < DEEPEST) scan->open[scan->depth] = (struct open){.at = at, .part = at + 1};
    scan->depth++;
}

static struct open *innermost(struct scan *scan) {
    return scan->depth && scan->depth <= DEEPEST ? &scan->open[scan->depth - 1] : NULL;
}

static void scan_plain(struct scan *scan, size_t i) {
    char c = scan->line[i];
    struct open *open = innermost(scan);
    if (c == '"')
        scan->quoted = true;
    else if (c == '#')
        scan->comment = true;
    else if (c == '(' || c == '[')
        open_bracket(scan, i);
    else if (c == ')' || c == ']')
        scan->depth -= scan->depth > 0;
    else if (c == ',' && open) {
        open->commas++;
        open->part = i + 1;
    } else if (c == ';' && !scan->depth) {
        scan->statement = i + 1;
        scan->arrow = 0;
    } else if (c == '=' && !scan->depth && i + 1 < scan->length && scan->line[i + 1] == '>') {
        scan->arrow = i + 2;
    }
}

static void scan_line(struct scan *scan) {
    for (size_t i = 0; i < scan->length; i++) {
        char c = scan->line[i];
        if (scan->comment) {
            if (c == '\n') {
                scan->comment = false;
                scan->statement = i + 1;
                scan->arrow = 0;
            }
        } else if (scan->quoted) {
            i += c == '\\';
            scan->quoted = c != '"';
        } else if (c == '\n' && !scan->depth) {
            scan->statement = i + 1;
            scan->arrow = 0;
        } else {
            scan_plain(scan, i);
        }
    }
}

/* The call whose name stands before the bracket; NULL if none does. */
static const zxp_op_info *call_at(const struct scan *scan, const struct open *open) {
    size_t begin = open->at;
    while (begin > scan->statement && is_name_char(scan->line[begin - 1])) begin--;
    return scan->line[open->at] == '(' ? zxp_op_by_name(scan->line + begin, open->at - begin) : NULL;
}

/* Lists and sums inside an argument belong to it: the call is the innermost one around the cursor. */
static void find_call(struct cursor *cursor, const struct scan *scan) {
    for (size_t depth = scan->depth < DEEPEST ? scan->depth : DEEPEST; depth-- > 0;) {
        const struct open *open = &scan->open[depth];
        cursor->op = call_at(scan, open);
        if (!cursor->op) continue;
        cursor->argument = open->commas;
        size_t part = open->part;
        while (part < scan->length && scan->line[part] == ' ') part++;
        cursor->argument_empty = part == scan->length;
        return;
    }
}

/* `t1:` in front, with or without a blank behind it, is no word of the statement. */
static size_t skip_thread(struct cursor *cursor, const struct scan *scan) {
    size_t i = scan->statement;
    while (scan->line[i] == ' ' && i < cursor->word_begin) i++;
    size_t begin = i;
    while (i < cursor->word_begin && is_name_char(scan->line[i])) i++;
    cursor->after_thread = i > begin && i < cursor->word_begin && scan->line[i] == ':';
    return cursor->after_thread ? i + 1 : scan->statement;
}

static void take_words(struct cursor *cursor, const struct scan *scan) {
    struct text text = {.s = cursor->copy, .n = cursor->word_begin};
    struct span word;
    size_t at = skip_thread(cursor, scan);
    for (at = scan->arrow ? scan->arrow : at; text_next_word(&text, &at, cursor->word_begin, &word);
         at = word.end + 1) {
        if (cursor->count < CURSOR_WORDS) cursor->words[cursor->count++] = cursor->copy + word.begin;
        cursor->copy[word.end] = 0; /* the blank behind it, or the place where the next word begins */
        if (word.end + 1 > cursor->word_begin) return;
    }
}

static bool is_word_char(const char *line, size_t i, bool in_call) {
    char c = line[i];
    if (in_call) return is_name_char(c);
    return c != ' ' && c != '\t' && c != ';' && c != '\n' && !(c == ':' && i > 0);
}

void cursor_parse(struct cursor *cursor, const char *line, size_t length) {
    struct scan scan = {.line = line, .length = length};
    *cursor = (struct cursor){.copy = mem_copy_text(line, length)};
    scan_line(&scan);
    cursor->in_text = scan.quoted || scan.comment;
    cursor->expects = scan.arrow > 0;
    find_call(cursor, &scan);
    size_t begin = length, least = scan.arrow ? scan.arrow : scan.statement;
    while (begin > least && is_word_char(line, begin - 1, scan.depth > 0)) begin--;
    cursor->word_begin = begin;
    cursor->word = mem_copy_text(line + begin, length - begin);
    if (begin > least) take_words(cursor, &scan);
    cursor->assigns = cursor->count >= 2 && strcmp(cursor->words[1], "=") == 0;
}

void cursor_free(struct cursor *cursor) {
    free(cursor->copy);
    free((void *)(uintptr_t)cursor->word);
    *cursor = (struct cursor){0};
}
