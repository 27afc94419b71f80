/*
 * sys_vmo.h - the VMO system calls (chapters 5 and 6): what
 * their files share. The handlers are declared in op_handlers.h.
 */
#ifndef CORE_SYS_VMO_H
#define CORE_SYS_VMO_H

#include "handle.h"
#include "node.h"
#include "op_handlers.h"
#include "range_op.h"

/* The largest VMO size (chapter 1 section 12.3, chapter 9 section 3). */
static inline uint64_t vmo_max_size(const zxp_world *w) {
    return profile_is(w, ZXP_PROFILE_HEAD) ? UINT64_C(0xFFFFFFFFFFFE0000) : UINT64_C(0xFFFFFFFFFFFF0000);
}
/* Every kind of VMO has its pages in [0, vmo_size) of a window that begins here in its node. */
static inline uint64_t vmo_first_page(const zxp_world *w, vmo_ref v) { return vmo_at(w, v)->base / PAGE; }
static inline bool vmo_is_discarded(const zxp_world *w, vmo_ref v) { return vmo_at(w, v)->lock == LOCK_DISCARDED; }
static inline bool vmo_is_cached(const zxp_world *w, vmo_ref v) {
    return vmo_at(w, v)->cache_policy == ZX_CACHE_POLICY_CACHED;
}
static inline bool vmo_is_pager_root(const zxp_world *w, vmo_ref v) { return node_is_root(w, vmo_at(w, v)->node); }
static inline bool vmo_any_pinned(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE;
    return node_any_pinned(w, vmo_at(w, v)->node, first, first + length / PAGE);
}

/* Steps 2 and following of chapter 5 section 4.4, resumable: uses cursor and local[0..5]; the call holds the VMO.
 * The first time local[4] must be 0. */
step vmo_set_stream_size_from(zxp_world *w, thread_ref t, vmo_ref v, uint64_t size);

/* LOCK, TRY_LOCK and UNLOCK (chapter 5 section 9), behind the check of rights. */
step vmo_lock_op(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length);

#endif
