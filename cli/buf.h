/* buf.h - a text that grows. */
#ifndef CLI_BUF_H
#define CLI_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
    char *s; /* NUL behind the end once anything was added */
    size_t n, capacity;
};

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_char(struct buf *buf, char c);
void buf_text(struct buf *buf, const char *text);
__attribute__((format(printf, 2, 3))) void buf_format(struct buf *buf, const char *format, ...);
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);
/* What makes a noun behind this number a plural: "" or "s". */
const char *plural(uint64_t count);
/* The text; "" if nothing was added. */
const char *buf_string(const struct buf *buf);

#endif
