/*
 * patch.c - byte strings as changed stretches: pairs of place and length, each followed by its bytes. Two stretches
 * closer than a head takes are one.
 */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

struct stretch {
    uint32_t at, length;
};

struct patch {
    uint32_t result; /* length of the string that it leads to */
    uint32_t length; /* of the stretches */
    char stretches[];
};

static bool differs(const struct buf *from, const struct buf *to, size_t at) {
    return at >= from->n || from->s[at] != to->s[at];
}

/* The end of the stretch that begins at `at`. */
static size_t end_of_stretch(const struct buf *from, const struct buf *to, size_t at) {
    size_t end = at + 1;
    for (size_t i = end; i < to->n && i - end <= sizeof(struct stretch); i++) {
        if (differs(from, to, i)) end = i + 1;
    }
    return end;
}

static void add_stretches(const struct buf *from, const struct buf *to, struct buf *out) {
    for (size_t at = 0; at < to->n; at++) {
        if (!differs(from, to, at)) continue;
        size_t end = end_of_stretch(from, to, at);
        struct stretch stretch = {(uint32_t)at, (uint32_t)(end - at)};
        buf_add(out, &stretch, sizeof stretch);
        buf_add(out, to->s + at, stretch.length);
        at = end;
    }
}

struct patch *patch_create(const struct buf *from, const struct buf *to) {
    struct buf out = {0};
    add_stretches(from, to, &out);
    if (out.n == 0 && from->n == to->n) return NULL;
    struct patch *patch = mem_alloc(sizeof *patch + out.n);
    *patch = (struct patch){(uint32_t)to->n, (uint32_t)out.n};
    if (out.n > 0) memcpy(patch->stretches, out.s, out.n);
    buf_free(&out);
    return patch;
}

void patch_apply(struct buf *bytes, const struct patch *patch) {
    if (patch == NULL) return;
    while (bytes->n < patch->result) buf_char(bytes, 0);
    for (size_t at = 0; at < patch->length;) {
        struct stretch stretch;
        memcpy(&stretch, patch->stretches + at, sizeof stretch);
        memcpy(bytes->s + stretch.at, patch->stretches + at + sizeof stretch, stretch.length);
        at += sizeof stretch + stretch.length;
    }
    bytes->n = patch->result;
}

size_t patch_bytes(const struct patch *patch) { return patch == NULL ? 0 : sizeof *patch + patch->length; }
