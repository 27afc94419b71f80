/*
 * check.h - what the files of zxp_check and zxp_check_step share (chapter 8 part 3).
 *
 * One function for each invariant, named by its number. They only look: const worlds, no allocation, loops over runs.
 */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "mapping.h"
#include "node.h"
#include "slots.h"

/* Where violations go. */
struct report {
    zxp_violation *out;
    size_t capacity, count;
};

/* INV-n does not hold, at a page (0 where no page is concerned) of the object koid (0 likewise). */
void violated(struct report *r, uint16_t n, zx_koid_t koid, uint64_t page);

/* The VMO that a node stands for: its own, or the koid of the pager root, or 0. */
zx_koid_t node_koid(const zxp_world *w, node_ref n);
/* The VMOs, in order of creation: pass none to begin. */
vmo_ref next_vmo(const zxp_world *w, vmo_ref v);
static inline thread_ref thread_number(const zxp_world *w, uint32_t number) {
    return ((const thread_ref *)arena_at(w, kernel_of(w)->threads))[number];
}

/* ---- One state ---- */

void check_structure(const zxp_world *w, struct report *r); /* INV-1: everything else presupposes it */
void check_slots(const zxp_world *w, struct report *r);     /* INV-2..6, 20, 21, 23..27, 56 */
void check_requests(const zxp_world *w, struct report *r);  /* INV-7, 36..40, 43..49, 51 */
void check_mappings(const zxp_world *w, struct report *r);  /* INV-52..54 */
void check_account(const zxp_world *w, struct report *r);   /* INV-32..35 */

/* ---- A step: two states and the call between them ---- */

struct step_check {
    const zxp_world *before, *after;
    const zxp_op_call *call;
    zx_status_t status; /* of the call, if it returned */
    bool returned;
    bool quiet; /* no other thread ran: all that changed, the call did */
    struct report *report;
};

/* The same node, VMO, source in the other state; none if it is not there. */
node_ref same_node(const struct step_check *s, node_ref before);
vmo_ref vmo_by_koid(const zxp_world *w, zx_koid_t koid);
/* The VMO behind a handle of the call, before it was made; none if it is no VMO. */
vmo_ref vmo_of_argument(const struct step_check *s, unsigned argument);
/* Is this call an operation of zx_pager_op_range, zx_vmo_op_range or zx_vmar_op_range? */
bool is_pager_op(const struct step_check *s, uint32_t op);
bool is_range_operation(const struct step_check *s, uint32_t op);

void check_transitions(struct step_check *s); /* INV-8..13, 16, 17, 19, 24, 28..31, per page */
void check_effects(struct step_check *s);     /* INV-14, 15, 18, 22, 28, 41, 42, 46..48, 50, 54..57 */

#endif
