/*
 * sys_vmo_lock.c - LOCK, TRY_LOCK, UNLOCK of discardable VMOs (chapter 5 section 9).
 *
 *            Unset          Unreclaimable (k)          Reclaimable      Discarded
 *   LOCK     Unreclaimable  k + 1                      Unreclaimable    Unreclaimable, tells what was discarded
 *   TRY_LOCK Unreclaimable  k + 1                      Unreclaimable    refused
 *   UNLOCK   refused        k - 1; at 0 Reclaimable    refused          refused
 *
 * The discard itself is reclaim's.
 */
#include "reclaim.h"
#include "slots.h"
#include "sys_vmo.h"

/* Locking commits nothing; the lock state goes to LOCK only. */
static step lock(zxp_world *w, thread_ref t, vmo_ref v, bool tells) {
    struct vmo *vmo = vmo_at(w, v);
    uint64_t size = vmo_size(w, v), discarded = vmo->lock == LOCK_DISCARDED ? size : 0;
    vmo->lock = LOCK_UNRECLAIMABLE;
    vmo->lock_count++;
    if (tells) {
        uint64_t state[4] = {0, size, 0, discarded};
        set_values(w, t, state, 4);
    }
    return accept(w, t, RULE_vmo_lock_done);
}

/* Reclaim looks at the first resident page: what was in use until now shall not go first (chapter 8 section 1.9). */
static void renew_first_page(zxp_world *w, node_ref n) {
    struct page_run run;
    struct page_walk walk = page_walk_begin(w, &node_at(w, n)->map, 0, node_at(w, n)->size / PAGE);
    while (page_walk_next(&walk, &run)) {
        if (!is_frame(&run.key)) continue;
        reclaim_mark_accessed(w, n, run.first, run.first + 1);
        return;
    }
}

static step unlock(zxp_world *w, thread_ref t, vmo_ref v) {
    node_ref n = vmo_at(w, v)->node;
    if (vmo_at(w, v)->lock != LOCK_UNRECLAIMABLE) return refuse(w, t, RULE_vmo_unlock_not_locked);
    if (!arena_reserve(w, slots_bytes(w, n, 1))) return no_memory(w, t);
    struct vmo *vmo = vmo_at(w, v);
    if (--vmo->lock_count > 0) return accept(w, t, RULE_vmo_unlock_done);
    vmo->lock = LOCK_RECLAIMABLE;
    renew_first_page(w, n);
    return accept(w, t, RULE_vmo_unlock_done);
}

step vmo_lock_op(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length) {
    if (!vmo_at(w, v)->discardable) return refuse(w, t, RULE_vmo_lock_not_discardable);
    if (offset != 0 || length != vmo_size(w, v)) return refuse(w, t, RULE_vmo_lock_range);
    if (op == ZX_VMO_OP_UNLOCK) return unlock(w, t, v);
    if (op == ZX_VMO_OP_TRY_LOCK && vmo_is_discarded(w, v)) return refuse(w, t, RULE_vmo_try_lock_discarded);
    return lock(w, t, v, op == ZX_VMO_OP_LOCK);
}
