/* hint.h - the grey text behind the cursor: what may still
 * follow. Computed from ops.def and the commands' syntax lines. */
#ifndef CLI_HINT_H
#define CLI_HINT_H

#include <stddef.h>

#include "buf.h"

struct interp;

/* What may follow behind `line`; nothing if there is nothing to say. */
void hint_of(const struct interp *in, const char *line, size_t length, struct buf *out);

#endif
