/*
 * pager.c - the pager syscalls but supply and the dirty query (chapter 2; chapter 9 for the old profiles).
 */
#include <string.h>

#include "state.h"

/* Chapter 2 section 1.2, PAIR. */
zx_status_t orc_pager_pair(oracle *o, int t, int pager, int vmo) {
    const object_t *v = &o->object[vmo];
    int source = o->node[v->node].source;
    if (v->kind == ZXP_VMO_ROOT && source >= 0 && o->source[source].pager == pager) {
        return ZX_OK;
    }
    return orc_rule(o, t, "2 section 1.2 PAIR", ZX_ERR_INVALID_ARGS);
}

/* Chapter 2 section 3. */
zx_status_t orc_op_pager_create(oracle *o, int t) {
    if ((uint32_t)o->thread[t].a[0] != 0) {
        return orc_rule(o, t, "2 section 3 step 2", ZX_ERR_INVALID_ARGS);
    }
    zx_rights_t rights = ZX_RIGHT_INSPECT | ZX_RIGHT_TRANSFER | ZX_RIGHT_ATTACH_VMO | ZX_RIGHT_MANAGE_VMO;
    orc_add_field(o, t, "handle", orc_handle_make(o, orc_object_make(o, ZX_OBJ_TYPE_PAGER), rights));
    return ZX_OK;
}

/* Chapter 2 section 4.1 steps 5 to 10. */
static zx_status_t options_head(oracle *o, int t, uint32_t options, uint64_t size) {
    const uint64_t max = UINT64_C(0xFFFFFFFFFFFE0000);
    const uint32_t known = ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE | ZX_VMO_TRAP_DIRTY | ZX_VMO_UNBOUNDED;
    bool unbounded = (options & ZX_VMO_UNBOUNDED) != 0;
    if (unbounded && (options & ZX_VMO_RESIZABLE) != 0) {
        return orc_rule(o, t, "2 section 4.1 step 5", ZX_ERR_INVALID_ARGS);
    }
    if (!unbounded && orc_round_up(size) < size) {
        return orc_rule(o, t, "2 section 4.1 step 6", ZX_ERR_OUT_OF_RANGE);
    }
    if ((options & ~known) != 0 || (unbounded && size > max) || (options & ZX_VMO_DISCARDABLE) != 0) {
        return orc_rule(o, t, "2 section 4.1 steps 7 to 9", ZX_ERR_INVALID_ARGS);
    }
    if (!unbounded && orc_round_up(size) > max) {
        return orc_rule(o, t, "2 section 4.1 step 10", ZX_ERR_OUT_OF_RANGE);
    }
    return ZX_OK;
}

/* Chapter 9 sections 4.1, 5.1. */
static zx_status_t options_old(oracle *o, int t, uint32_t options, uint64_t size) {
    uint32_t known = o->profile == ZXP_PROFILE_2018 ? 0 : ZX_VMO_RESIZABLE;
    if ((options & ~known) != 0) {
        return orc_rule(o, t, "9 sections 4.1, 5.1 step 3", ZX_ERR_INVALID_ARGS);
    }
    if (orc_round_up(size) < size || orc_round_up(size) > UINT64_C(0xFFFFFFFFFFFF0000)) {
        return orc_rule(o, t, "9 sections 4.1, 5.1 step 4", ZX_ERR_OUT_OF_RANGE);
    }
    return ZX_OK;
}

static int source_new(oracle *o, int node, int pager, int port, uint64_t key, bool trap) {
    for (int i = 0; i < SOURCE_MAX; i++) {
        source_t *s = &o->source[i];
        if (!s->used) {
            memset(s, 0, sizeof(*s));
            s->used = s->alive = true;
            s->trap = trap;
            s->node = (int16_t)node;
            s->pager = (int16_t)pager;
            s->port = (int16_t)port;
            s->key = key;
            s->seq = ++o->seq;
            s->active = -1;
            return i;
        }
    }
    orc_out_of_bounds(o, "pager VMOs");
    return SOURCE_MAX - 1;
}

/* a: pager, options, port, key, size. */
zx_status_t orc_op_pager_create_vmo(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t options = (uint32_t)x->a[1];
    uint64_t size = x->a[4];
    int pager, port;
    zx_rights_t attach = orc_head_profile(o) ? ZX_RIGHT_ATTACH_VMO : 0;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PAGER, attach, &pager);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)x->a[2], ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    }
    if (status == ZX_OK) {
        status = orc_head_profile(o) ? options_head(o, t, options, size) : options_old(o, t, options, size);
    }
    if (status != ZX_OK) {
        return status;
    }
    bool unbounded = (options & ZX_VMO_UNBOUNDED) != 0;
    bool resizable = (options & ZX_VMO_RESIZABLE) != 0;
    uint64_t pages = unbounded ? UINT64_C(0xFFFFFFFFFFFE0000) / PAGE : orc_pages_up(size);
    int n = orc_node_new(o, pages, 0);
    o->node[n].tracked_tree = true;
    o->node[n].source = (int16_t)source_new(o, n, pager, port, x->a[3], (options & ZX_VMO_TRAP_DIRTY) != 0);
    if (pages > orc_pages_up(size)) {
        orc_interval_add(o, n, orc_pages_up(size), pages - 1, false);
    }
    int v = orc_vmo_make(o, n, ZXP_VMO_ROOT, resizable, size);
    zx_rights_t rights = ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL;
    orc_add_field(o, t, "handle", orc_handle_make(o, v, rights | (resizable ? ZX_RIGHT_RESIZE : 0)));
    return ZX_OK;
}

/* Chapter 2 section 5. */
zx_status_t orc_op_pager_detach_vmo(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int pager, v;
    bool head = orc_head_profile(o);
    zx_rights_t wanted = head ? ZX_RIGHT_ATTACH_VMO | ZX_RIGHT_MANAGE_VMO : 0;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PAGER, wanted, &pager);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)x->a[1], ZX_OBJ_TYPE_VMO, head ? ZX_RIGHT_WRITE : 0, &v);
    }
    if (status == ZX_OK) {
        status = orc_pager_pair(o, t, pager, v);
    }
    if (status != ZX_OK) {
        return status;
    }
    int n = o->object[v].node;
    orc_source_detach(o, o->node[n].source);
    if (!head) {
        return ZX_OK; /* chapter 9 section 3: nothing is removed */
    }
    orc_unmap_node_pages(o, n, 0, NEVER);
    for (unsigned i = o->node[n].entries; i-- > 0;) {
        const entry_t *e = &o->node[n].entry[i];
        if (e->frame < 0 || (o->frame[e->frame].state == 'C' && o->frame[e->frame].pins == 0)) {
            orc_entry_drop(o, n, e->page);
        }
    }
    return ZX_OK;
}

/* ---- zx_pager_op_range ---- */

static bool failure_status(const oracle *o, int64_t data) {
    switch (data) {
    case ZX_ERR_IO:
    case ZX_ERR_IO_DATA_INTEGRITY:
    case ZX_ERR_BAD_STATE: return true;
    case ZX_ERR_NO_SPACE:
    case ZX_ERR_BUFFER_TOO_SMALL: return orc_head_profile(o);
    default: return false;
    }
}

/* Chapter 2 section 7.2, chapter 9 section 5.3. */
static zx_status_t fail(oracle *o, int t, int n, uint64_t off, uint64_t len, uint64_t data) {
    int source = o->node[n].source;
    if (!failure_status(o, (int64_t)data)) {
        return orc_rule(o, t, "2 section 7.2 steps 1, 2", ZX_ERR_INVALID_ARGS);
    }
    if (!orc_in_range(off, len, o->node[n].pages * PAGE)) {
        return orc_rule(o, t, "2 section 7.2 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    if (o->source[source].detached) {
        return orc_head_profile(o) ? orc_rule(o, t, "2 section 7.2 step 4", ZX_ERR_BAD_STATE) : ZX_OK;
    }
    orc_resolve(o, source, READ, off / PAGE, len / PAGE, (zx_status_t)(int64_t)data);
    if (o->source[source].trap) {
        orc_resolve(o, source, DIRTY, off / PAGE, len / PAGE, (zx_status_t)(int64_t)data);
    }
    return ZX_OK;
}

/* Chapter 2 section 7.3, release: DIRTY waiters are woken without any change of state. */
static void release(oracle *o, int n, uint64_t from, uint64_t to) {
    int source = o->node[n].source;
    for (uint64_t p = from; p < to;) { /* populated runs that are not D; each interval by itself */
        uint64_t q = p;
        while (q < to && orc_entry_find(o, n, q) >= 0 && orc_slot(o, n, q) != 'D') {
            q++;
        }
        if (q == p && orc_interval_find(o, n, p) >= 0) {
            q = orc_min64(to, o->node[n].interval[orc_interval_find(o, n, p)].last + 1);
        }
        if (q > p) {
            orc_resolve(o, source, DIRTY, p, q - p, ZX_OK);
            p = q;
        } else {
            p = orc_min64(to, orc_next_change(o, n, p));
        }
    }
    for (uint64_t p = from; p < to;) {
        uint64_t q = orc_min64(to, orc_next_populated(o, n, p));
        if (q > p) {
            orc_resolve(o, source, DIRTY, p, q - p, ZX_OK);
        }
        p = q < to ? orc_min64(to, orc_next_change(o, n, q)) : to;
    }
}

/* Step 9: every page of the range becomes D; runs of pages that were not D answer DIRTY requests. */
static void make_dirty(oracle *o, int n, uint64_t from, uint64_t to) {
    uint64_t run = from;
    for (uint64_t p = from; p < to && orc_walk_step(o); p++) {
        char s = orc_slot(o, n, p);
        int e = orc_entry_find(o, n, p);
        if (s == 'D') {
            if (p > run) {
                orc_resolve(o, o->node[n].source, DIRTY, run, p - run, ZX_OK);
            }
            run = p + 1;
        } else if (s == 'C' || s == 'W') {
            int f = o->node[n].entry[e].frame;
            o->frame[f].state = 'D';
            orc_queue_enter(o, f);
        } else {
            orc_interval_split(o, n, p);
            orc_entry_set(o, n, p, orc_frame_new(o, 'D'));
            orc_unmap_node_pages(o, n, p, 1);
        }
    }
    if (to > run) {
        orc_resolve(o, o->node[n].source, DIRTY, run, to - run, ZX_OK);
    }
}

/* Chapter 2 section 7.3 steps 2 to 9. */
zx_status_t orc_dirty_pages(oracle *o, int t, int n, uint64_t off, uint64_t len) {
    uint64_t size = o->node[n].pages * PAGE;
    if (orc_add_wraps(off, len)) {
        return orc_rule(o, t, "2 section 7.3 step 2", ZX_ERR_OUT_OF_RANGE);
    }
    if (!orc_is_trap(o, n)) {
        return orc_rule(o, t, "2 section 7.3 step 3: not TRAP_DIRTY", ZX_ERR_NOT_SUPPORTED);
    }
    if (off > size) {
        return orc_rule(o, t, "2 section 7.3 step 4", ZX_ERR_OUT_OF_RANGE);
    }
    uint64_t from = off / PAGE;
    uint64_t to = from + len / PAGE;
    if (off + len > size) {
        release(o, n, from, size / PAGE);
        return orc_rule(o, t, "2 section 7.3 step 5", ZX_ERR_OUT_OF_RANGE);
    }
    if (o->source[o->node[n].source].detached) {
        return orc_rule(o, t, "2 section 7.3 step 6: detached", ZX_ERR_BAD_STATE);
    }
    for (uint64_t p = from; p < to; p = orc_next_change(o, n, p)) {
        if (orc_slot(o, n, p) == '.') {
            release(o, n, from, to);
            return orc_rule(o, t, "2 section 7.3 step 7: an absent page", ZX_ERR_NOT_FOUND);
        }
    }
    make_dirty(o, n, from, to);
    return ZX_OK;
}

static zx_status_t writeback(oracle *o, int t, int n, uint32_t op, uint64_t off, uint64_t len, uint64_t data) {
    bool begin = op == ZX_PAGER_OP_WRITEBACK_BEGIN;
    if (data != 0 && !(begin && data == ZX_VMO_DIRTY_RANGE_IS_ZERO)) {
        return orc_rule(o, t, "2 sections 7.4, 7.5 step 1", ZX_ERR_INVALID_ARGS);
    }
    if (!orc_in_range(off, len, o->node[n].pages * PAGE)) {
        return orc_rule(o, t, "2 sections 7.4, 7.5 step 2", ZX_ERR_OUT_OF_RANGE);
    }
    if (begin) {
        orc_writeback_begin(o, n, off / PAGE, (off + len) / PAGE, data != 0);
    } else {
        orc_writeback_end(o, n, off / PAGE, (off + len) / PAGE);
    }
    return ZX_OK;
}

/* a: pager, op, pager_vmo, offset, length, data. */
zx_status_t orc_op_pager_op_range(oracle *o, int t) {
    const uint64_t *a = o->thread[t].a;
    uint32_t op = (uint32_t)a[1];
    bool head = orc_head_profile(o);
    int pager, v;
    if (o->profile == ZXP_PROFILE_2018) {
        return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
    }
    if (!orc_aligned(a[3]) || !orc_aligned(a[4])) {
        return orc_rule(o, t, "2 section 7.1 step 1", ZX_ERR_INVALID_ARGS);
    }
    zx_status_t status =
        orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_PAGER, head ? ZX_RIGHT_MANAGE_VMO : 0, &pager);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)a[2], ZX_OBJ_TYPE_VMO, head ? ZX_RIGHT_WRITE : 0, &v);
    }
    if (status == ZX_OK) {
        status = orc_pager_pair(o, t, pager, v);
    }
    if (status != ZX_OK) {
        return status;
    }
    int n = o->object[v].node;
    if (op == ZX_PAGER_OP_FAIL) {
        return fail(o, t, n, a[3], a[4], a[5]);
    }
    if (op == ZX_PAGER_OP_DIRTY && head) {
        return a[5] != 0 ? orc_rule(o, t, "2 section 7.3 step 1", ZX_ERR_INVALID_ARGS)
                         : orc_dirty_pages(o, t, n, a[3], a[4]);
    }
    if ((op == ZX_PAGER_OP_WRITEBACK_BEGIN || op == ZX_PAGER_OP_WRITEBACK_END) && head) {
        return writeback(o, t, n, op, a[3], a[4], a[5]);
    }
    return orc_rule(o, t, "2 section 7.1 step 5: unknown op", ZX_ERR_NOT_SUPPORTED);
}

/* Chapter 2 section 9. a: pager, pager_vmo, options, buffer_size. */
zx_status_t orc_op_pager_query_vmo_stats(oracle *o, int t) {
    const uint64_t *a = o->thread[t].a;
    uint32_t options = (uint32_t)a[2];
    int pager, v;
    if (!orc_head_profile(o)) {
        return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_PAGER, ZX_RIGHT_MANAGE_VMO, &pager);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)a[1], ZX_OBJ_TYPE_VMO, ZX_RIGHT_READ, &v);
    }
    if (status == ZX_OK) {
        status = orc_pager_pair(o, t, pager, v);
    }
    if (status != ZX_OK) {
        return status;
    }
    if (a[3] < 4) {
        return orc_rule(o, t, "2 section 9 step 4", ZX_ERR_BUFFER_TOO_SMALL);
    }
    if ((options & ~ZX_PAGER_RESET_VMO_STATS) != 0) {
        return orc_rule(o, t, "2 section 9 step 5", ZX_ERR_INVALID_ARGS);
    }
    source_t *s = &o->source[o->node[o->object[v].node].source];
    orc_add_field(o, t, "modified", s->modified ? ZX_PAGER_VMO_STATS_MODIFIED : 0);
    if ((options & ZX_PAGER_RESET_VMO_STATS) != 0) {
        s->modified = false;
    }
    return ZX_OK;
}
