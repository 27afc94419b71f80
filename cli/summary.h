/*
 * summary.h - page maps and page summaries (LANGUAGE.md section 6).
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "interp.h"

enum { SUMMARY_LIMIT = 65536 }; /* pages */

/* One character for each page that the thread's last read has completed; false if there are more than SUMMARY_LIMIT. */
bool summary_of(const struct interp *in, uint32_t thread, struct buf *out);

/* A map as written, cut into runs one by one. */
struct map_run {
    char letter;
    uint64_t count;
};
/* Takes the run at *at: a letter, or LETTER*COUNT. NULL, or why it is none. *at is stepped over it. */
const char *summary_map_run(const char *map, size_t length, size_t *at, struct map_run *run);

#endif
