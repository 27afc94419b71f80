/*
 * twin.h - the statements of the session so far, run once more from the
 * beginning: as another kernel would have it, or with the oracle beside it.
 */
#ifndef CLI_TWIN_H
#define CLI_TWIN_H

#include "../fuzz/oracle/oracle.h"
#include "statement.h"

/* Worlds after the same statements on kernels of two profiles; the caller owns them. False: an error is set, or
 * *difference says after which statement they differ. */
bool twin_worlds(struct stmt *s, const zxp_profile profile[2], zxp_world *world[2], struct buf *difference);
/* An oracle that has made all calls of the session; the caller owns it. NULL: error set. */
oracle *twin_oracle(struct stmt *s);
/* Makes threads of the oracle until it has so many. */
void twin_threads(oracle *o, uint32_t count);

#endif
