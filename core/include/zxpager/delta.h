/*
 * delta.h - what differs between two worlds, kept small: for undo and for histories of many steps.
 *
 * A delta is only good within the process that made it, and only for the world that it was made from: it is a patch of
 * memory, not a file format (that is zxp_world_encode).
 */
#ifndef ZXPAGER_DELTA_H
#define ZXPAGER_DELTA_H

#include "zxpager/zxpager.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zxp_delta zxp_delta;

/* What turns `from` into `to`. NULL when memory is short. The caller owns it. Takes time proportional to the size of
 * the worlds, and memory proportional to what differs. */
zxp_delta *zxp_delta_create(const zxp_world *from, const zxp_world *to);
void zxp_delta_destroy(zxp_delta *delta);
/* Makes `world`, which must be equal to `from`, equal to `to`. ZX_ERR_NO_MEMORY leaves it as it was. */
zx_status_t zxp_delta_apply(zxp_world *world, const zxp_delta *delta);
/* Bytes that the delta takes. */
size_t zxp_delta_bytes(const zxp_delta *delta);

#ifdef __cplusplus
}
#endif
#endif
