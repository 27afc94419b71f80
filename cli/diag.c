#include "diag.h"

#include <string.h>

#include "source.h"

void diag_clear(struct diag *diag) {
    source_release(diag->source);
    *diag = (struct diag){0};
}

static bool is_continuation(char c) { return ((unsigned char)c & 0xc0u) == 0x80u; }

/* Cuts the line to a window around the offset, not inside of a character. */
static void choose_window(const char *text, struct place *place, size_t offset, size_t width) {
    if (place->line_end - place->line_begin <= width) return;
    size_t half = width / 2;
    size_t begin = offset > place->line_begin + half ? offset - half : place->line_begin;
    size_t end = place->line_end - begin > width ? begin + width : place->line_end;
    while (begin < offset && is_continuation(text[begin])) begin++;
    while (end > offset && end < place->line_end && is_continuation(text[end])) end--;
    place->line_begin = begin;
    place->line_end = end;
}

/* Control bytes would disturb the terminal and the caret's column; they are shown as `?'. */
static char shown(char c) {
    unsigned char byte = (unsigned char)c;
    return c == '\t' || (byte >= 0x20 && byte != 0x7f) ? c : '?';
}

static void render_line(const char *text, struct place place, size_t offset, struct buf *out) {
    buf_text(out, "  ");
    for (size_t i = place.line_begin; i < place.line_end; i++) buf_char(out, shown(text[i]));
    buf_text(out, "\n  ");
    for (size_t i = place.line_begin; i < offset && i < place.line_end; i++) {
        if (!is_continuation(text[i])) buf_char(out, text[i] == '\t' ? '\t' : ' ');
    }
    buf_text(out, "^\n");
}

void diag_render(const struct diag *diag, size_t width, struct buf *out) {
    if (!diag->source) {
        buf_format(out, "zxpager-repl: error: %s\n", diag->message);
        return;
    }
    struct place place = source_place(diag->source, diag->offset);
    buf_format(out, "%s:%u:%u: error: %s\n", diag->source->name, place.line, place.column, diag->message);
    choose_window(diag->source->text, &place, diag->offset, width);
    render_line(diag->source->text, place, diag->offset, out);
}

/* ---- Suggestions ---- */

enum { LONGEST = 63 };

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Edit distance with swaps of neighbours (optimal string alignment); words are at most LONGEST long. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb) {
    unsigned before[LONGEST + 1] = {0}, above[LONGEST + 1], row[LONGEST + 1];
    for (unsigned j = 0; j <= nb; j++) above[j] = j;
    for (unsigned i = 1; i <= na; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= nb; j++) {
            unsigned change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        memcpy(before, above, sizeof above);
        memcpy(above, row, sizeof row);
    }
    return above[nb];
}

void suggest_begin(struct suggestion *s, const char *word, size_t length) {
    *s = (struct suggestion){.word = word, .length = length, .distance = (unsigned)(length / 3 + 1)};
    if (length < 2) s->distance = 0; /* one letter is near to everything */
}

void suggest_try(struct suggestion *s, const char *candidate) {
    size_t length = strlen(candidate);
    if (length > LONGEST || s->length > LONGEST) return;
    bool begun = length > s->length && memcmp(candidate, s->word, s->length) == 0; /* as if one letter were missing */
    unsigned d = begun ? 1 : distance(s->word, s->length, candidate, length);
    if (d < s->distance || (d == s->distance && !s->best && d > 0)) {
        s->distance = d;
        s->best = candidate;
    }
}

const char *suggest_best(const struct suggestion *s) { return s->best; }
