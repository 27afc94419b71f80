/* diff.h - what differs between two moments: world and session of each. */
#ifndef CLI_DIFF_H
#define CLI_DIFF_H

#include "interp.h"

/* One line for each difference: objects, pages as runs, requests, packets, threads. Nothing if there is none. */
void diff_write(const struct snapshot *a, const struct snapshot *b, struct buf *out);

#endif
