#include "fold.h"

#include <stdbool.h>
#include <string.h>

enum { FARTHER = 4 };

/* Length of the colour sequence at s, 0 if there is none. */
static size_t sequence(const char *s, size_t length) {
    size_t n = 2;
    if (length < 3 || s[0] != '\033' || s[1] != '[') return 0;
    while (n < length && s[n] != 'm') n++;
    return n < length ? n + 1 : 0;
}

/* How much of the line to keep: all of it if it fits, else up to the last blank or behind the last `|` that does. */
static size_t kept(const char *line, size_t length, size_t indent, size_t width) {
    size_t column = 0, last = 0;
    for (size_t i = 0; i < length;) {
        size_t skip = sequence(line + i, length - i);
        if (skip) {
            i += skip;
            continue;
        }
        if (column > width && last) return last;
        if (line[i] == ' ' && i > indent) last = i;
        column += ((unsigned char)line[i] & 0xc0) != 0x80;
        i++;
        if (line[i - 1] == '|' && column <= width) last = i;
    }
    return column > width && last ? last : length;
}

static void fold_line(const char *line, size_t length, size_t columns, struct buf *out) {
    size_t indent = 0, begin = 0;
    while (indent < length && line[indent] == ' ') indent++;
    size_t farther = indent + FARTHER < columns / 2 ? indent + FARTHER : columns / 2;
    while (begin < length) {
        bool first = begin == 0;
        size_t n = kept(line + begin, length - begin, first ? indent : 0, first ? columns : columns - farther);
        if (!first) buf_format(out, "\n%*s", (int)farther, "");
        buf_add(out, line + begin, n);
        begin += n;
        while (begin < length && line[begin] == ' ') begin++;
    }
}

void fold_lines(const char *text, size_t length, size_t columns, struct buf *out) {
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        fold_line(text, (size_t)((newline ? newline : end) - text), columns, out);
        if (!newline) return;
        buf_char(out, '\n');
        text = newline + 1;
    }
}
