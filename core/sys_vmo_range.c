/*
 * sys_vmo_range.c - zx_vmo_op_range: which operation, which right
 * (chapter 5 section 5); the frame of operations on ranges.
 */
#include "sys_vmo.h"

/* ---- Between look-ups and handlers ---- */

enum look look_refused_with(zxp_world *w, thread_ref t, enum rule_number rule, zx_status_t status) {
    call_of(w, t)->rule = (uint16_t)rule;
    call_of(w, t)->status = status;
    return LOOK_FAILED;
}

enum look look_refused(zxp_world *w, thread_ref t, enum rule_number rule) {
    return look_refused_with(w, t, rule, zxp_rule_info_of((uint16_t)rule)->status);
}

enum look look_no_memory(zxp_world *w, thread_ref t) { return look_refused(w, t, RULE_no_memory); }

step look_end(zxp_world *w, thread_ref t, enum look look) {
    if (look == LOOK_WAIT) return wait_for_request(w, t);
    return refuse_with(w, t, (enum rule_number)call_of(w, t)->rule, call_of(w, t)->status);
}

/* ---- One operation on one range ---- */

/* local[0]: the last look-up said LOOK_WAIT. The others belong to the operation. */
enum { RANGE_WAITED, RANGE_LOCALS = 4 };

void range_begin(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    call->cursor = 0;
    for (unsigned i = 0; i < RANGE_LOCALS; i++) call->local[i] = 0;
}

static enum look begin_or_go_on(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length) {
    switch (op) {
    case ZX_VMO_OP_COMMIT: return range_commit(w, t, v, offset, length);
    case ZX_VMO_OP_DECOMMIT: return range_decommit(w, t, v, offset, length);
    case ZX_VMO_OP_ZERO: return range_zero(w, t, v, offset, length);
    case ZX_VMO_OP_ALWAYS_NEED: return range_page_in(w, t, v, true, offset, length);
    case ZX_VMO_OP_PREFETCH: return range_page_in(w, t, v, false, offset, length);
    default: return range_dont_need(w, t, v, offset, length);
    }
}

/* A failed wait ends every operation, except that ALWAYS_NEED skips the page (chapter 5 section 7). */
enum look range_op(zxp_world *w, thread_ref t, vmo_ref v, uint32_t op, uint64_t offset, uint64_t length) {
    struct call *call = call_of(w, t);
    zx_status_t status;
    if (call->local[RANGE_WAITED] && request_failed(w, t, &status)) {
        if (op != ZX_VMO_OP_ALWAYS_NEED) return look_refused_with(w, t, RULE_vmo_op_failed, status);
        apply_rule(w, RULE_vmo_hint_skipped);
        call->cursor++;
    }
    enum look look = begin_or_go_on(w, t, v, op, offset, length);
    call_of(w, t)->local[RANGE_WAITED] = look == LOOK_WAIT;
    return look;
}

/* ---- zx_vmo_op_range ---- */

static const zx_rights_t no_right = 0, either = ZX_RIGHT_READ | ZX_RIGHT_WRITE, no_such_op = UINT32_MAX;

/* The rights of which the operation needs at least one. */
static zx_rights_t op_rights(uint32_t op) {
    switch (op) {
    case ZX_VMO_OP_COMMIT:
    case ZX_VMO_OP_DECOMMIT:
    case ZX_VMO_OP_ZERO:
    case ZX_VMO_OP_CACHE_INVALIDATE: return ZX_RIGHT_WRITE;
    case ZX_VMO_OP_CACHE_SYNC:
    case ZX_VMO_OP_CACHE_CLEAN:
    case ZX_VMO_OP_CACHE_CLEAN_INVALIDATE:
    case ZX_VMO_OP_PREFETCH: return ZX_RIGHT_READ;
    case ZX_VMO_OP_LOCK:
    case ZX_VMO_OP_TRY_LOCK:
    case ZX_VMO_OP_UNLOCK: return either;
    case ZX_VMO_OP_DONT_NEED:
    case ZX_VMO_OP_ALWAYS_NEED: return no_right;
    default: return no_such_op;
    }
}

static bool is_lock_op(uint32_t op) {
    return op == ZX_VMO_OP_LOCK || op == ZX_VMO_OP_TRY_LOCK || op == ZX_VMO_OP_UNLOCK;
}

static bool is_cache_op(uint32_t op) {
    return op == ZX_VMO_OP_CACHE_SYNC || op == ZX_VMO_OP_CACHE_INVALIDATE || op == ZX_VMO_OP_CACHE_CLEAN ||
           op == ZX_VMO_OP_CACHE_CLEAN_INVALIDATE;
}

/* Section 5: caches are outside the model, so only the checks are left. */
static step cache_op(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    if (length == 0) return refuse(w, t, RULE_vmo_cache_empty);
    if (!in_range(offset, length, vmo_size(w, v))) return refuse(w, t, RULE_vmo_cache_beyond);
    return accept(w, t, RULE_vmo_cache_done);
}

static enum rule_number done_rule(uint32_t op) {
    switch (op) {
    case ZX_VMO_OP_COMMIT: return RULE_vmo_commit_done;
    case ZX_VMO_OP_DECOMMIT: return RULE_vmo_decommit_done;
    case ZX_VMO_OP_ZERO: return RULE_vmo_zero_done;
    case ZX_VMO_OP_ALWAYS_NEED: return RULE_vmo_always_need_done;
    case ZX_VMO_OP_PREFETCH: return RULE_vmo_prefetch_done;
    default: return RULE_vmo_dont_need_done;
    }
}

static step run_op(zxp_world *w, thread_ref t) {
    uint32_t op = arg32(w, t, 1);
    enum look look = range_op(w, t, call_of(w, t)->held[0], op, arg(w, t, 2), arg(w, t, 3));
    return look == LOOK_OK ? accept(w, t, done_rule(op)) : look_end(w, t, look);
}

step op_vmo_op_range(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->phase != 0) return run_op(w, t);
    zx_handle_t handle = arg32(w, t, 0);
    uint32_t op = arg32(w, t, 1);
    zx_rights_t rights = op_rights(op);
    vmo_ref v;
    enum rule_number rule = handle_to_vmo(w, handle, 0, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (rights == no_such_op) return refuse(w, t, RULE_vmo_op_unknown);
    if (rights != no_right && (handle_rights(w, handle) & rights) == 0) return refuse(w, t, RULE_handle_access_denied);
    if (is_lock_op(op)) return vmo_lock_op(w, t, v, op, arg(w, t, 2), arg(w, t, 3));
    if (is_cache_op(op)) return cache_op(w, t, v, arg(w, t, 2), arg(w, t, 3));
    hold_vmo(w, t, 0, v);
    call_of(w, t)->phase = 1;
    return run_op(w, t);
}
