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

static step unlock(zxp_world *w, thread_ref t, vmo_ref v) {
    struct vmo *vmo = vmo_at(w, v);
    if (vmo->lock != LOCK_UNRECLAIMABLE) return refuse(w, t, RULE_vmo_unlock_not_locked);
    if (--vmo->lock_count == 0) vmo->lock = LOCK_RECLAIMABLE;
    return accept(w, t, RULE_vmo_unlock_done);
}

step vmo_lock_op(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length) {
    if (!vmo_at(w, v)->discardable) return refuse(w, t, RULE_vmo_lock_not_discardable);
    if (offset != 0 || length != vmo_size(w, v)) return refuse(w, t, RULE_vmo_lock_range);
    if (op == ZX_VMO_OP_UNLOCK) return unlock(w, t, v);
    if (op == ZX_VMO_OP_TRY_LOCK && vmo_is_discarded(w, v)) return refuse(w, t, RULE_vmo_try_lock_discarded);
    return lock(w, t, v, op == ZX_VMO_OP_LOCK);
}
