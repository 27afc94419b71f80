/*
 * pins.c - pinning as a driver does (chapter 5 section 8, chapter 4 section 3.6).
 */
#include "state.h"

enum { PASS = 1 }; /* in r_op: the pages pinned so far are being made dirty */

static int own_frame(const oracle *o, int n, uint64_t page) {
    int e = orc_entry_find(o, n, page);
    return e < 0 ? -1 : o->node[n].entry[e].frame;
}

static void unpin_pages(oracle *o, int n, uint64_t first, uint64_t end) {
    for (uint64_t p = first; p < end; p++) {
        int f = own_frame(o, n, p);
        if (f >= 0 && o->frame[f].pins > 0) {
            o->frame[f].pins--;
            if (o->frame[f].pins == 0) {
                o->frame[f].node = (int16_t)n;
                o->frame[f].page = p;
                orc_queue_enter(o, f);
            }
        }
    }
}

/* A pin that failed: what it pinned so far. */
void orc_pin_undo(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    if (x->ref[0] >= 0 && x->phase == 1) {
        unpin_pages(o, o->object[x->ref[0]].node, x->p_first, x->p_pinned);
    }
    x->p_pinned = x->p_first;
}

static zx_status_t pin_page(oracle *o, int t, int n) {
    thread_t *x = &o->thread[t];
    int f = own_frame(o, n, x->p_pinned);
    if (f < 0) {
        return ZX_ERR_NO_MEMORY; /* only out of bounds */
    }
    if (o->frame[f].pins == 31) {
        return orc_rule(o, t, "5 section 8 step 3: pinned 31 times", ZX_ERR_UNAVAILABLE);
    }
    o->frame[f].pins++;
    orc_queue_leave(o, f);
    x->p_pinned++;
    return ZX_OK;
}

/* The pages pinned in this pass become D, run by run. */
static zx_status_t dirty_pass(oracle *o, int t, int n) {
    thread_t *x = &o->thread[t];
    while (x->p_dirtied < x->p_pinned) {
        int frame;
        zx_status_t status = orc_look(o, t, n, x->p_dirtied, LOOK_WRITE, x->p_pinned - x->p_dirtied, true, &frame);
        if (status != ZX_OK) {
            return status;
        }
        x->p_dirtied++;
    }
    return ZX_OK;
}

/* The loop of chapter 4 section 3.6. Pages of the node. */
static zx_status_t pin_run(oracle *o, int t, int v, uint64_t off, uint64_t size, bool write) {
    thread_t *x = &o->thread[t];
    int n = o->object[v].node;
    bool dirtying = write && orc_tracked(o, n) && orc_head_profile(o);
    for (;;) {
        if (!orc_in_range(off, size, orc_vmo_bytes(o, v))) {
            return orc_rule(o, t, "5 section 8 step 4", ZX_ERR_OUT_OF_RANGE);
        }
        if (orc_vmo_discarded(o, v)) {
            return orc_rule(o, t, "5 section 8 step 5: discarded", ZX_ERR_NOT_FOUND);
        }
        bool stopped = x->p_pinned == x->p_end || orc_would_wait(o, n, x->p_pinned, LOOK_COMMIT);
        if (dirtying && x->p_dirtied < x->p_pinned && (stopped || x->r_op == PASS)) {
            x->r_op = PASS; /* goes on until all of them are dirty, whatever is supplied meanwhile */
            zx_status_t status = dirty_pass(o, t, n);
            if (status != ZX_OK) {
                return status;
            }
            x->r_op = 0;
        }
        if (x->p_pinned == x->p_end) {
            return ZX_OK;
        }
        int frame;
        zx_status_t status = orc_look(o, t, n, x->p_pinned, LOOK_COMMIT, x->p_end - x->p_pinned, true, &frame);
        if (status == ZX_OK) {
            status = pin_page(o, t, n);
        }
        if (status != ZX_OK) {
            return status;
        }
    }
}

static zx_status_t remember(oracle *o, int v, uint64_t off, uint64_t size) {
    for (int i = 0; i < PIN_MAX; i++) {
        pin_t *p = &o->pin[i];
        if (!p->used) {
            *p = (pin_t){.used = true, .object = (int16_t)v, .offset = off, .pages = size / PAGE, .seq = ++o->seq};
            p->first = o->object[v].base + off / PAGE;
            o->object[v].pins++;
            return ZX_OK;
        }
    }
    orc_out_of_bounds(o, "pins");
    return ZX_ERR_NO_MEMORY;
}

/* a: vmo, offset, size, write. */
zx_status_t orc_op_pin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint64_t off = x->a[1];
    uint64_t size = x->a[2];
    bool write = (uint32_t)x->a[3] != 0;
    int v = x->ref[0];
    zx_status_t status;
    if (x->phase == 0) {
        if (!orc_aligned(off) || !orc_aligned(size)) {
            return orc_rule(o, t, "5 section 8: unaligned", ZX_ERR_INVALID_ARGS);
        }
        zx_rights_t rights = ZX_RIGHT_MAP | (write ? ZX_RIGHT_WRITE : ZX_RIGHT_READ);
        status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, rights, &v);
        if (status != ZX_OK) {
            return status;
        }
        if (size == 0) {
            return orc_rule(o, t, "5 section 8: size 0", ZX_ERR_INVALID_ARGS);
        }
        if (!orc_in_range(off, size, orc_vmo_bytes(o, v))) {
            return orc_rule(o, t, "5 section 8 step 1", ZX_ERR_OUT_OF_RANGE);
        }
        orc_hold(o, t, 0, v);
        x->phase = 1;
        x->p_first = x->p_pinned = x->p_dirtied = o->object[v].base + off / PAGE;
        x->p_end = x->p_first + size / PAGE;
    } else {
        status = orc_take_woke(o, t);
        if (status != ZX_OK) {
            return status;
        }
    }
    status = pin_run(o, t, v, off, size, write);
    if (status == ZX_OK) {
        if (write) {
            orc_set_modified(o, o->object[v].node);
        }
        status = remember(o, v, off, size);
    }
    return status;
}

zx_status_t orc_unpin_command(oracle *o, zx_koid_t koid, uint64_t off, uint64_t len) {
    int v = orc_vmo_by_koid(o, koid);
    int best = -1;
    for (int i = 0; i < PIN_MAX && v >= 0; i++) {
        const pin_t *p = &o->pin[i];
        if (p->used && p->object == v && p->offset == off && orc_aligned(len) && p->pages == len / PAGE) {
            best = best < 0 || p->seq > o->pin[best].seq ? i : best;
        }
    }
    if (best < 0) {
        return ZX_ERR_NOT_FOUND;
    }
    pin_t *p = &o->pin[best];
    p->used = false;
    unpin_pages(o, o->object[v].node, p->first, p->first + p->pages);
    o->object[v].pins--;
    orc_vmo_check_death(o, v);
    return ZX_OK;
}
