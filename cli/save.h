/*
 * save.h - save files: magic, format version, length, xxHash64, then the world's canonical FULL bytes and the
 * interpreter's names. Written to a temporary file beside, synced and renamed; refused when anything does not fit.
 */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include "interp.h"

bool save_write(const struct interp *in, const char *path, char *reason, size_t capacity);
bool save_read(struct interp *in, const char *path, char *reason, size_t capacity);
/* The session alone, as bytes, with what no save file has (disks); and back. False if the bytes
 * do not fit the world (the session is then to be cleared). */
void save_put_session(struct buf *out, const struct session *session);
bool save_get_session(const struct buf *bytes, struct session *session, const zxp_world *world);
/* Replaces a file at once: temporary file in the same directory, fsync, rename. */
bool save_replace(const char *path, const void *bytes, size_t length, char *reason, size_t capacity);

#endif
