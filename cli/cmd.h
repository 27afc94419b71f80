/* cmd.h - what several commands share: VMOs and targets, ranges of pages, commands of several calls. */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "statement.h"

struct target {
    bool mapping; /* an address, else a VMO's handle */
    uint64_t value;
    zx_koid_t koid;
    uint64_t length; /* of a mapping */
};

/* V */
bool cmd_take_vmo(struct stmt *s, struct binding *binding);
/* T: a VMO or a mapping */
bool cmd_take_target(struct stmt *s, struct target *target);
/* P [N], in bytes; a word that is one of `keywords` (NULL at the end) is no N. */
bool cmd_take_range(struct stmt *s, const char *const *keywords, uint64_t *offset, uint64_t *length);
/* [P N], in bytes; *given tells whether it stood there. */
bool cmd_take_optional_range(struct stmt *s, const char *const *keywords, bool *given, uint64_t *offset,
                             uint64_t *length);
/* NAME=EXPRESSION, if the next word has that form. */
bool cmd_take_option(struct stmt *s, const char *name, struct span *value);
/* NAME=FILE, which is to be written; false: it is another word. *well: it may be. */
bool cmd_take_file(struct stmt *s, const char *name, struct buf *path, bool *well);
/* Writes the page that replays a script that was found, from this world or (NULL) a new one, and tells so. */
void cmd_tell_page(struct stmt *s, const struct interp *from, const char *script, const struct buf *path);
/* 2018, 2020 or head */
bool cmd_take_profile(struct stmt *s, zxp_profile *profile);
/* The pager handle that pager commands pass: what the name remembers, or `pager`. */
uint64_t cmd_pager(struct stmt *s, const struct binding *binding);
/* The size of the object that a name remembers, 0 if it is gone. */
uint64_t cmd_size(const struct stmt *s, zx_koid_t koid);
/* Did the last call return ZX_OK? */
bool cmd_ok(const struct stmt *s);
/* The command's result is `status`, whatever its last call returned. */
void cmd_set_result(struct stmt *s, zx_status_t status);
/* The same for a command that makes no call: nothing stays of it with any thread. */
void cmd_set_status(struct stmt *s, zx_status_t status);

#endif
