#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void reserve(struct buf *buf, size_t more) {
    if (buf->capacity - buf->n > more) return;
    size_t wanted = buf->capacity ? buf->capacity * 2 : 64;
    while (wanted - buf->n <= more) wanted *= 2;
    buf->s = mem_resize(buf->s, wanted);
    buf->capacity = wanted;
}

void buf_add(struct buf *buf, const void *bytes, size_t length) {
    reserve(buf, length);
    if (length) memcpy(buf->s + buf->n, bytes, length);
    buf->n += length;
    buf->s[buf->n] = 0;
}

void buf_char(struct buf *buf, char c) { buf_add(buf, &c, 1); }

void buf_text(struct buf *buf, const char *text) { buf_add(buf, text, strlen(text)); }

void buf_format(struct buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        reserve(buf, (size_t)length);
        (void)vsnprintf(buf->s + buf->n, (size_t)length + 1, format, again);
        buf->n += (size_t)length;
    }
    va_end(again);
}

void buf_clear(struct buf *buf) {
    buf->n = 0;
    if (buf->s) buf->s[0] = 0;
}

void buf_free(struct buf *buf) {
    free(buf->s);
    *buf = (struct buf){0};
}

const char *buf_string(const struct buf *buf) { return buf->s ? buf->s : ""; }

const char *plural(uint64_t count) { return count == 1 ? "" : "s"; }
