/*
 * node.h - nodes: the page tree, families, and the life of VMO objects and nodes (chapter 6 sections 2, 4, 9).
 */
#ifndef CORE_NODE_H
#define CORE_NODE_H

#include "call.h"

/* A new node with an empty page map of `size` bytes; alone in its family. Reserve node_make_bytes(). */
uint64_t node_make_bytes(void);
/* Also links it into kernel.first_node through next_node and previous_node, where its death takes it out: reclaim
 * walks that list to find the frames of nodes that have no VMO object any more. */
node_ref node_make(zxp_world *w, uint64_t size);
/* A new VMO object on a node, its owner if it is a root or a clone, with a stream of `stream_size` (or sharing
 * `shared`). Signal ZERO_CHILDREN active. Reserve vmo_make_bytes(). */
uint64_t vmo_make_bytes(void);
vmo_ref vmo_make(zxp_world *w, node_ref n, zxp_vmo_kind kind, uint64_t stream_size, stream_ref shared);

static inline uint64_t vmo_size(const zxp_world *w, vmo_ref v) {
    const struct vmo *vmo = vmo_at(w, v);
    return min_u64(node_at(w, vmo->node)->size, vmo->window);
}
/* A pager root? */
static inline bool node_is_root(const zxp_world *w, node_ref n) { return source_is(node_at(w, n)->source); }
/* The pager root's node at the top of a pager tree; none for anonymous trees. */
node_ref node_pager_root(const zxp_world *w, node_ref n);
/* Chapter 6 section 2: two or more live members. */
static inline bool node_has_family(const zxp_world *w, node_ref n) {
    return !node_same(node_at(w, n)->next_in_family, n);
}
static inline bool node_has_parent(const zxp_world *w, node_ref n) {
    return node_is(node_at(w, n)->up) || node_has_family(w, n);
}

/* Hangs n, which hangs on nothing yet, below another node: it sees that one's bytes from `offset`, `limit` of them. */
void node_attach(zxp_world *w, node_ref n, node_ref up, uint64_t offset, uint64_t limit);

/* Chapter 6 section 4.3. Reserve before; cannot fail. The new node is attached, entries shared or not. */
uint64_t node_clone_bytes(const zxp_world *w, node_ref u, bool bidirectional);
node_ref node_clone_unidirectional(zxp_world *w, node_ref u, uint64_t offset, uint64_t size);
node_ref node_clone_bidirectional(zxp_world *w, node_ref u, uint64_t offset, uint64_t size);

/* Walks up as chapter 6 sections 4.2 and 6.1: where the content of page `page` of
 * n comes from. `run` is the number of pages from `page` (at most `max`) that are
 * found alike: same owner node, consecutive, one run there, visible all the way. */
struct found {
    node_ref owner;      /* none: zero (beyond a limit, or empty without a source) */
    uint64_t page;       /* in the owner */
    uint64_t run;        /* >= 1 */
    struct page_key key; /* of the owner's slot; ABSENT only in a pager root (or owner none: zero) */
};
struct found node_find(const zxp_world *w, node_ref n, uint64_t page, uint64_t max);
/* The same for one page. */
static inline struct found node_find_one(const zxp_world *w, node_ref n, uint64_t page) {
    return node_find(w, n, page, 1);
}

/* The same for what lies above n, whatever n has itself there: what it would show without its own entry. */
struct found node_find_above(const zxp_world *w, node_ref n, uint64_t page, uint64_t max);

/* Chapter 6 section 4.6 for anonymous nodes and clones (the
 * root's part is root_resize in page_state.h). Checks were made. */
void node_resize(zxp_world *w, node_ref n, uint64_t size);
/* Any page of [first, end) pinned? (Pages beyond the size are not.) */
bool node_any_pinned(const zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* Cuts the limits of the nodes directly below at `size` (step 4 of a shrink). */
void node_cut_children(zxp_world *w, node_ref n, uint64_t size);

/* The child becomes the parent's newest child. It has no parent. */
void vmo_adopt(zxp_world *w, vmo_ref parent, vmo_ref child);
/* A node lost a user or a node below it: it dies if it has neither
 * (section 4.7), and what it hung on is looked at in turn. */
void node_check_death(zxp_world *w, node_ref n);

/* A handle, mapping, pin or running call of the VMO went away: destroys the VMO object if nothing holds it, in the
 * order of chapter 6 section 9.1 (node death may cascade; COMPLETE; re-homing; ZERO_CHILDREN). */
void vmo_check_death(zxp_world *w, vmo_ref v);
void vmo_hold(zxp_world *w, vmo_ref v);    /* calls += 1 */
void vmo_release(zxp_world *w, vmo_ref v); /* calls -= 1, then vmo_check_death */

#endif
