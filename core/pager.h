/*
 * pager.h - pagers, and the sources of their VMOs (chapter 2 sections 3, 4, 10).
 *
 * A source is made with a pager root and lives until its node is dead and its packet has left the port; the pager lists
 * its sources, the most recently made first, until its handle is closed.
 */
#ifndef CORE_PAGER_H
#define CORE_PAGER_H

#include "node.h"
#include "object.h"

uint64_t pager_make_bytes(void);
pager_ref pager_make(zxp_world *w);
/* The pager's handle is closed: its VMOs lose it, most recently made first (chapter 4 section 9), then it is gone. */
void pager_zero_handles(zxp_world *w, pager_ref p);

/* The source of a new pager root: node and VMO exist already. Keeps the port object. */
uint64_t source_make_bytes(void);
source_ref source_make(zxp_world *w, pager_ref pager, port_ref port, uint64_t key, vmo_ref vmo);
/* The pager is no longer that of the source. Does nothing a second time. */
void source_leave_pager(zxp_world *w, source_ref s);
/* The last ties are cut: nothing may refer to the source any more. */
void source_free(zxp_world *w, source_ref s);

/* PAIR (chapter 2 section 1.2): is it the very VMO object that zx_pager_create_vmo made from this pager? */
bool pager_pair(const zxp_world *w, pager_ref pager, vmo_ref vmo);

static inline source_ref vmo_source(const zxp_world *w, vmo_ref v) { return node_at(w, vmo_at(w, v)->node)->source; }

/* Chapter 9 section 3: the old profiles ask for no right on the pager and its VMO. */
static inline zx_rights_t rights_in_head(const zxp_world *w, zx_rights_t rights) {
    return profile_is(w, ZXP_PROFILE_HEAD) ? rights : 0;
}

#endif
