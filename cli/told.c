#include "told.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* A bare name of the running statement. */
struct noted {
    size_t begin, end;
    char *said;
};

bool told_is_variable(const struct interp *in, const char *name, size_t length) {
    for (size_t i = 0; i < in->frame_count; i++) {
        const char *variable = in->frames[i].variable;
        if (variable && strlen(variable) == length && memcmp(variable, name, length) == 0) return true;
    }
    return false;
}

void told_note(struct interp *in, size_t begin, size_t end, const char *word, uint64_t value) {
    struct buf said = {0};
    size_t i = in->noted_count;
    while (i > 0 && in->noted[i - 1].begin > begin) i--;
    if (i > 0 && in->noted[i - 1].begin == begin) return; /* read a second time */
    if (word)
        buf_text(&said, word);
    else
        buf_format(&said, "%" PRIu64, value);
    in->noted = mem_grow(in->noted, in->noted_count, &in->noted_capacity, sizeof *in->noted);
    memmove(&in->noted[i + 1], &in->noted[i], (in->noted_count++ - i) * sizeof *in->noted);
    in->noted[i] = (struct noted){begin, end, said.s};
}

void told_clear(struct interp *in) {
    while (in->noted_count) free(in->noted[--in->noted_count].said);
}

void told_text(const struct interp *in, const char *text, size_t length, struct buf *out) {
    size_t at = 0;
    for (size_t i = 0; i < in->noted_count && in->noted[i].end <= length; i++) {
        buf_add(out, text + at, in->noted[i].begin - at);
        buf_text(out, in->noted[i].said);
        at = in->noted[i].end;
    }
    buf_add(out, text + at, length - at);
}
