/*
 * account.h - committed, private and scaled bytes (chapter 6 section 10.3, chapter 8 section 1.10).
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "node.h"

struct attribution {
    uint64_t committed, private_bytes, scaled, scaled_fraction; /* bytes; fraction in 2^-63 bytes */
};
/* How many nodes of the family own pages [page, *end) of n, P and of this `share`, in common with it; *end is
 * lowered to where that number changes. */
uint64_t owners_of_run(const zxp_world *w, node_ref n, uint64_t page, uint64_t *end, uint32_t share);
/* Of a VMO (0 for slices and references). */
struct attribution vmo_attribution(const zxp_world *w, vmo_ref v);

#endif
