/*
 * value.c - strings and buffers (LANGUAGE.md section 1, "Buffers").
 */
#include <string.h>

#include "statement.h"

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

struct decoder {
    struct stmt *s;
    size_t at, end;
    char *out;
    size_t n;
};

static bool decode_hex(struct decoder *d) {
    unsigned value = 0, count = 0;
    for (; count < 2 && d->at < d->end && hex_digit(d->s->text.s[d->at]) >= 0; count++)
        value = value * 16 + (unsigned)hex_digit(d->s->text.s[d->at++]);
    if (!count) return stmt_error(d->s, d->at - 2, "`\\x' without hexadecimal digits");
    d->out[d->n++] = (char)value;
    return true;
}

static bool decode_octal(struct decoder *d) {
    unsigned value = 0;
    size_t begin = d->at;
    for (unsigned count = 0; count < 3 && d->at < d->end; count++) {
        char c = d->s->text.s[d->at];
        if (c < '0' || c > '7') break;
        value = value * 8 + (unsigned)(c - '0');
        d->at++;
    }
    if (value > 255) return stmt_error(d->s, begin - 1, "an octal escape above \\377");
    d->out[d->n++] = (char)value;
    return true;
}

static bool decode_escape(struct decoder *d) {
    static const char letters[] = "abfnrtv\\\"'?e$", bytes[] = "\a\b\f\n\r\t\v\\\"'?\033$";
    char c = d->s->text.s[d->at];
    if (c >= '0' && c <= '7') return decode_octal(d);
    d->at++;
    if (c == 'x') return decode_hex(d);
    const char *found = c ? strchr(letters, c) : NULL;
    if (!found)
        return stmt_error(d->s, d->at - 2, "unknown escape `\\%c' in a string", c >= 0x20 && c < 0x7f ? c : '?');
    d->out[d->n++] = bytes[found - letters];
    return true;
}

bool stmt_string(struct stmt *s, struct span span, char **bytes, size_t *length) {
    const char *text = s->text.s;
    if (span.begin >= span.end || text[span.begin] != '"')
        return stmt_error(s, span.begin, "a text in quotes is missing here");
    struct decoder d = {
        .s = s, .at = span.begin + 1, .end = span.end, .out = pool_alloc(&s->pool, span_length(span) + 1)};
    while (d.at < d.end && text[d.at] != '"') {
        if (text[d.at] != '\\')
            d.out[d.n++] = text[d.at++];
        else if (++d.at >= d.end)
            break;
        else if (!decode_escape(&d))
            return false;
    }
    if (d.at >= d.end) return stmt_error(s, span.begin, "the quote is never closed");
    if (d.at + 1 != d.end) return stmt_error(s, d.at + 1, "something stands behind the closing quote");
    d.out[d.n] = 0;
    *bytes = d.out;
    *length = d.n;
    return true;
}

/* The inside of WORD(...), if the span has that form. */
static bool inside_of(const struct stmt *s, struct span span, const char *word, struct span *inside) {
    size_t n = strlen(word);
    if (!span_begins(&s->text, span, word) || span_length(span) < n + 2 || s->text.s[span.begin + n] != '(' ||
        s->text.s[span.end - 1] != ')')
        return false;
    *inside = span_trim(&s->text, (struct span){span.begin + n + 1, span.end - 1});
    return true;
}

static bool hex_bytes(struct stmt *s, struct span inside, zxp_buffer *buffer) {
    char *digits;
    size_t length, n = 0;
    if (!stmt_string(s, inside, &digits, &length)) return false;
    if (length % 2) return stmt_error(s, inside.begin, "hex() takes an even number of digits");
    unsigned char *bytes = pool_alloc(&s->pool, length / 2 + 1);
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
        if (high < 0 || low < 0) return stmt_error(s, inside.begin, "hex() takes hexadecimal digits only");
        bytes[n++] = (unsigned char)(high * 16 + low);
    }
    *buffer = (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = n};
    return true;
}

static bool text_bytes(struct stmt *s, struct span span, zxp_buffer *buffer) {
    char *bytes;
    size_t length;
    if (!stmt_string(s, span, &bytes, &length)) return false;
    *buffer = (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = length};
    return true;
}

bool stmt_buffer(struct stmt *s, struct span span, zxp_buffer *buffer) {
    struct span inside;
    uint64_t value;
    if (span.begin < span.end && s->text.s[span.begin] == '"') return text_bytes(s, span, buffer);
    if (inside_of(s, span, "hex", &inside)) return hex_bytes(s, inside, buffer);
    bool at = inside_of(s, span, "at", &inside), letters = !at && inside_of(s, span, "letters", &inside);
    if (!at && !letters && !inside_of(s, span, "byte", &inside))
        return stmt_error(s, span.begin, "a buffer is missing here: byte(B), \"text\", hex(\"00ff\") or at(ADDRESS)");
    if (!stmt_eval(s, inside, 0, &value)) return false;
    *buffer = at        ? (zxp_buffer){.kind = ZXP_BUFFER_USER, .address = value}
              : letters ? (zxp_buffer){.kind = ZXP_BUFFER_LETTERS, .phase = (uint8_t)(value % 26)}
                        : (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)value};
    return true;
}
