/*
 * rangeop.c - zx_vmo_op_range (chapter 5 sections 5 to 7, 9;
 * chapter 6 section 7), as pieces that zx_vmar_op_range uses too.
 */
#include "state.h"

/* Chapter 5 section 6.2. t -1: only tried, by ZERO. */
zx_status_t orc_decommit(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    int n = o->object[v].node;
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return t < 0 ? ZX_ERR_OUT_OF_RANGE : orc_rule(o, t, "5 section 6.2 steps 3, 4", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    if (orc_tracked(o, n) || o->node[n].tracked_tree || orc_has_shared_or_up(o, n)) {
        return t < 0 ? ZX_ERR_NOT_SUPPORTED : orc_rule(o, t, "5 section 6.2 step 6", ZX_ERR_NOT_SUPPORTED);
    }
    if (!orc_aligned(off) || !orc_aligned(len)) {
        return orc_rule(o, t, "5 section 6.2 step 7", ZX_ERR_INVALID_ARGS);
    }
    uint64_t page = o->object[v].base + off / PAGE;
    uint64_t end = page + len / PAGE;
    if (orc_any_pinned(o, n, page, end - page)) {
        return t < 0 ? ZX_ERR_BAD_STATE : orc_rule(o, t, "5 section 6.2 step 8", ZX_ERR_BAD_STATE);
    }
    orc_unmap_node_pages(o, n, page, end - page);
    while ((page = orc_entry_next(o, n, page)) < end) {
        orc_entry_drop(o, n, page);
    }
    return ZX_OK;
}

/* COMMIT and PREFETCH: rounded outwards first (chapter 5 sections 6.1, 7). Sets r_cursor, r_end. */
static zx_status_t round_range(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    thread_t *x = &o->thread[t];
    if (orc_add_wraps(off, len) || orc_round_up(off + len) < off + len) {
        return orc_rule(o, t, "5 section 6.1 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    x->r_cursor = off / PAGE;
    x->r_end = orc_pages_up(off + len);
    if (x->r_end > orc_vmo_pages(o, v)) {
        return orc_rule(o, t, "5 section 6.1 step 5", ZX_ERR_OUT_OF_RANGE);
    }
    return x->r_cursor >= x->r_end ? ZX_OK : ST_GO;
}

/* Chapter 8 section 1.7. */
static zx_status_t dont_need(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    int n = o->object[v].node;
    if (!o->node[n].tracked_tree) {
        return ZX_OK;
    }
    bool slice = o->object[v].maxpages != NEVER;
    if (slice && !orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "8 section 1.7 DONT_NEED step 2", ZX_ERR_OUT_OF_RANGE);
    }
    if (!slice && len != 0 && orc_add_wraps(off, len)) {
        return orc_rule(o, t, "8 section 1.7 DONT_NEED step 4", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "8 section 1.7 DONT_NEED step 4", ZX_ERR_OUT_OF_RANGE);
    }
    uint64_t base = o->object[v].base;
    for (uint64_t p = off / PAGE; p < orc_pages_up(off + len) && orc_walk_step(o); p++) {
        place_t at = orc_find(o, n, base + p);
        if (at.frame >= 0 && orc_tracked(o, at.node) && o->frame[at.frame].pins == 0 &&
            o->frame[at.frame].state == 'C') {
            orc_queue_dont_need(o, at.frame);
        } else if (at.frame < 0 && at.node == n && orc_tracked(o, n)) {
            p = orc_min64(orc_next_change(o, n, base + p) - base, orc_pages_up(off + len)) - 1;
        }
    }
    return ZX_OK;
}

static zx_status_t always_need_begin(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    thread_t *x = &o->thread[t];
    if (!o->node[o->object[v].node].tracked_tree) {
        return ZX_OK;
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "8 section 1.7 ALWAYS_NEED steps 2, 3", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    x->r_cursor = off / PAGE;
    x->r_end = orc_pages_up(off + len);
    return ST_GO;
}

static zx_status_t cache_op(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    if (len == 0) {
        return orc_rule(o, t, "5 section 5: CACHE size 0", ZX_ERR_INVALID_ARGS);
    }
    return orc_in_range(off, len, orc_vmo_bytes(o, v))
               ? ZX_OK
               : orc_rule(o, t, "5 section 5: CACHE range", ZX_ERR_OUT_OF_RANGE);
}

/* Checks of an operation on a range. ST_GO: go on with orc_rangeop_run(). Rights have been tested. */
zx_status_t orc_rangeop_begin(oracle *o, int t, int v, uint32_t op, uint64_t off, uint64_t len) {
    thread_t *x = &o->thread[t];
    zx_status_t status;
    x->r_op = op;
    switch (op) {
    case ZX_VMO_OP_COMMIT:
        status = round_range(o, t, v, off, len);
        if (status == ST_GO && orc_vmo_discarded(o, v)) {
            return orc_rule(o, t, "5 section 6.1 step 7: discarded", ZX_ERR_NOT_FOUND);
        }
        return status;
    case ZX_VMO_OP_PREFETCH:
        status = round_range(o, t, v, off, len);
        return status == ST_GO && !o->node[o->object[v].node].tracked_tree ? ZX_OK : status;
    case ZX_VMO_OP_ALWAYS_NEED: return always_need_begin(o, t, v, off, len);
    case ZX_VMO_OP_DONT_NEED: return dont_need(o, t, v, off, len);
    case ZX_VMO_OP_DECOMMIT: return orc_decommit(o, t, v, off, len);
    case ZX_VMO_OP_ZERO: orc_zero_begin(o, t, off, len); return len == 0 ? ZX_OK : ST_GO;
    default: return cache_op(o, t, v, off, len);
    }
}

/* COMMIT, PREFETCH, ALWAYS_NEED: page by page. */
static zx_status_t walk(oracle *o, int t, int v) {
    thread_t *x = &o->thread[t];
    int n = o->object[v].node;
    uint64_t base = o->object[v].base;
    bool hint = x->r_op == ZX_VMO_OP_ALWAYS_NEED;
    look_mode mode = x->r_op == ZX_VMO_OP_COMMIT ? LOOK_COMMIT : LOOK_READ;
    for (;;) {
        x->r_end = orc_min64(x->r_end, orc_vmo_pages(o, v)); /* shrunk meanwhile: the rest is dropped */
        if (x->r_cursor >= x->r_end) {
            return ZX_OK;
        }
        int frame;
        zx_status_t status = orc_look(o, t, n, base + x->r_cursor, mode, x->r_end - x->r_cursor, true, &frame);
        if (status == ST_WAIT || (status != ZX_OK && !hint)) {
            return status;
        }
        if (status == ZX_OK && hint && frame >= 0 && o->frame[frame].state != 'P') {
            o->frame[frame].always_need = true;
        }
        if (status == ZX_OK && mode == LOOK_READ && frame < 0 && orc_tracked(o, n)) { /* step over zeros */
            x->r_cursor = orc_min64(x->r_end, orc_next_change(o, n, base + x->r_cursor) - base);
        } else {
            x->r_cursor++;
        }
        if (o->walk == 0) {
            return ZX_ERR_NO_MEMORY;
        }
    }
}

/* woke: how the last wait ended. */
zx_status_t orc_rangeop_run(oracle *o, int t, int v, zx_status_t woke) {
    thread_t *x = &o->thread[t];
    if (woke != ZX_OK) {
        if (x->r_op != ZX_VMO_OP_ALWAYS_NEED) {
            return woke;
        }
        orc_request_cancel(o, t);
        x->r_cursor++; /* chapter 4 section 3.7: one page is skipped */
    }
    return x->r_op == ZX_VMO_OP_ZERO ? orc_zero_run(o, t, v) : walk(o, t, v);
}

/* ---- LOCK, TRY_LOCK, UNLOCK (chapter 5 section 9) ---- */

/* Lock states: 0 Unset, 1 Unreclaimable, 2 Reclaimable, 3 Discarded. */

static void first_page_accessed(oracle *o, int n) {
    if (o->node[n].entries > 0 && o->node[n].entry[0].frame >= 0) {
        orc_mark_accessed(o, o->node[n].entry[0].frame);
    }
}

static zx_status_t lock_op(oracle *o, int t, int v, uint32_t op, uint64_t off, uint64_t len) {
    node_t *n = &o->node[o->object[v].node];
    if (!n->discardable) {
        return orc_rule(o, t, "5 section 9 step 2", ZX_ERR_NOT_SUPPORTED);
    }
    if (orc_add_wraps(off, len) || off != 0 || len != orc_vmo_bytes(o, v)) {
        return orc_rule(o, t, "5 section 9 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    if (op == ZX_VMO_OP_UNLOCK) {
        if (n->lock_state != 1) {
            return orc_rule(o, t, "5 section 9: UNLOCK without a lock", ZX_ERR_BAD_STATE);
        }
        if (--n->lock_count == 0) {
            n->lock_state = 2;
            first_page_accessed(o, o->object[v].node);
        }
        return ZX_OK;
    }
    bool discarded = n->lock_state == 3;
    if (op == ZX_VMO_OP_TRY_LOCK && discarded) {
        return orc_rule(o, t, "5 section 9: TRY_LOCK of a discarded VMO", ZX_ERR_UNAVAILABLE);
    }
    n->lock_state = 1;
    n->lock_count++;
    if (op == ZX_VMO_OP_LOCK) {
        orc_add_field(o, t, "offset", off);
        orc_add_field(o, t, "size", len);
        orc_add_field(o, t, "discarded_offset", 0);
        orc_add_field(o, t, "discarded_size", discarded ? len : 0);
    }
    return ZX_OK;
}

/* ---- the call ---- */

static bool known_op(uint32_t op) { return op >= ZX_VMO_OP_COMMIT && op <= ZX_VMO_OP_PREFETCH && op != 5; }

/* Chapter 5 section 5, the column of rights. */
static bool right_missing(uint32_t op, zx_rights_t rights) {
    switch (op) {
    case ZX_VMO_OP_COMMIT:
    case ZX_VMO_OP_DECOMMIT:
    case ZX_VMO_OP_ZERO:
    case ZX_VMO_OP_CACHE_INVALIDATE: return (rights & ZX_RIGHT_WRITE) == 0;
    case ZX_VMO_OP_LOCK:
    case ZX_VMO_OP_TRY_LOCK:
    case ZX_VMO_OP_UNLOCK: return (rights & (ZX_RIGHT_READ | ZX_RIGHT_WRITE)) == 0;
    case ZX_VMO_OP_DONT_NEED:
    case ZX_VMO_OP_ALWAYS_NEED: return false;
    default: return (rights & ZX_RIGHT_READ) == 0;
    }
}

zx_status_t orc_op_vmo_op_range(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t op = (uint32_t)x->a[1];
    int v = x->ref[0];
    if (x->phase == 1) {
        return orc_rangeop_run(o, t, v, orc_take_woke(o, t));
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, 0, &v);
    if (status != ZX_OK) {
        return status;
    }
    if (!known_op(op)) {
        return orc_rule(o, t, "5 section 5 step 2: unknown op", ZX_ERR_INVALID_ARGS);
    }
    if (right_missing(op, orc_handle_rights(o, (uint32_t)x->a[0]))) {
        return orc_rule(o, t, "5 section 5 step 3: right missing", ZX_ERR_ACCESS_DENIED);
    }
    if (op == ZX_VMO_OP_LOCK || op == ZX_VMO_OP_TRY_LOCK || op == ZX_VMO_OP_UNLOCK) {
        return lock_op(o, t, v, op, x->a[2], x->a[3]);
    }
    status = orc_rangeop_begin(o, t, v, op, x->a[2], x->a[3]);
    if (status != ST_GO) {
        return status;
    }
    x->phase = 1;
    orc_hold(o, t, 0, v);
    return orc_rangeop_run(o, t, v, ZX_OK);
}
