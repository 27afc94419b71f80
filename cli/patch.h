/* patch.h - what differs between two byte strings, kept small: the counterpart of zxpager/delta.h for sessions. */
#ifndef CLI_PATCH_H
#define CLI_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct patch;

/* What turns `from` into `to`; NULL if they are equal. The caller frees it with free(). */
struct patch *patch_create(const struct buf *from, const struct buf *to);
/* Turns `bytes`, which must be equal to `from`, into `to`. NULL changes nothing. */
void patch_apply(struct buf *bytes, const struct patch *patch);
size_t patch_bytes(const struct patch *patch);

#endif
