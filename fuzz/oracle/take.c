/*
 * take.c - moving pages: supply (chapter 2 section 6), transfer
 * (chapter 5 section 12), the oldest supply (chapter 9 section 4.3).
 */
#include <string.h>

#include "state.h"

void orc_take_discard(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    while (x->transits > 0) {
        orc_frame_release(o, x->transit[--x->transits].frame);
    }
}

/* Frame taken from this page of the source range, or -1. */
int orc_take_find(const oracle *o, int t, uint64_t page) {
    const thread_t *x = &o->thread[t];
    for (unsigned i = 0; i < x->transits; i++) {
        if (x->transit[i].page == page) {
            return x->transit[i].frame;
        }
    }
    return -1;
}

static int take_away(oracle *o, int t, uint64_t page) {
    thread_t *x = &o->thread[t];
    for (unsigned i = 0; i < x->transits; i++) {
        if (x->transit[i].page == page) {
            int frame = x->transit[i].frame;
            memmove(&x->transit[i], &x->transit[i + 1], (x->transits - i - 1u) * sizeof(transit_t));
            x->transits--;
            return frame;
        }
    }
    return -1;
}

static void put_in_transit(oracle *o, int t, uint64_t page, int frame) {
    thread_t *x = &o->thread[t];
    frame_t *f = &o->frame[frame];
    if (x->transits == ENTRY_MAX) {
        orc_out_of_bounds(o, "pages in transit");
        orc_frame_release(o, frame);
        return;
    }
    orc_queue_leave(o, frame);
    f->node = -1;
    f->always_need = false;
    x->transit[x->transits++] = (transit_t){.page = page, .frame = (int16_t)frame};
}

/* Chapter 2 section 6.1 steps 7 to 11, for the part from x->r_cursor on. ST_GO: pages are to be taken. */
zx_status_t orc_take_check(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    int n = o->object[v].node;
    if (orc_add_wraps(off, len) || (o->object[v].maxpages != NEVER && !orc_in_range(off, len, orc_vmo_bytes(o, v)))) {
        return orc_rule(o, t, "2 section 6.1 step 7", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "2 section 6.1 step 9", ZX_ERR_OUT_OF_RANGE);
    }
    if (orc_tracked(o, n)) {
        return orc_rule(o, t, "2 section 6.1 step 10: aux is pager-backed", ZX_ERR_NOT_SUPPORTED);
    }
    if (orc_any_pinned(o, n, o->object[v].base + off / PAGE, len / PAGE)) {
        return orc_rule(o, t, "2 section 6.1 step 11: aux is pinned", ZX_ERR_BAD_STATE);
    }
    return ST_GO;
}

/* Takes one page that the node itself holds: shared ones are copied. */
static void take_own(oracle *o, int t, int n, uint64_t page, uint64_t relative) {
    int frame = orc_entry_take(o, n, page);
    if (frame < 0) {
        return; /* a marker gives a gap */
    }
    if (o->frame[frame].shares > 1) {
        int copy = orc_frame_new(o, 'P');
        orc_frame_copy_content(o, copy, frame);
        orc_frame_release(o, frame);
        frame = copy;
    }
    put_in_transit(o, t, relative, frame);
}

/* Step 12: pages [r_cursor, r_end) of the VMO leave it, into
 * the thread's transit list; p_first is the start of the range. */
zx_status_t orc_take_run(oracle *o, int t, int v) {
    thread_t *x = &o->thread[t];
    int n = o->object[v].node;
    uint64_t base = o->object[v].base;
    bool tree = o->node[n].tracked_tree;
    if (x->r_cursor < x->r_end) {
        zx_status_t status = orc_take_check(o, t, v, x->r_cursor * PAGE, (x->r_end - x->r_cursor) * PAGE);
        if (status != ST_GO) {
            return status;
        }
        orc_unmap_node_pages(o, n, base + x->r_cursor, x->r_end - x->r_cursor);
    }
    while (x->r_cursor < x->r_end) {
        uint64_t page = base + x->r_cursor;
        if (!orc_walk_step(o)) {
            return ZX_ERR_NO_MEMORY;
        }
        if (orc_entry_find(o, n, page) < 0) {
            uint64_t next = orc_min64(orc_entry_next(o, n, page), base + x->r_end);
            if (!tree) {
                x->r_cursor += next - page; /* a hole of an anonymous VMO: a gap */
                continue;
            }
            int frame;
            zx_status_t status = orc_look(o, t, n, page, LOOK_WRITE, next - page, true, &frame);
            if (status != ZX_OK) {
                return status;
            }
        }
        take_own(o, t, n, page, x->r_cursor - x->p_first);
        if (tree) {
            orc_entry_set(o, n, page, -1); /* so that nothing above shines through */
        }
        x->r_cursor++;
    }
    return ZX_OK;
}

static void take_begin(oracle *o, int t, uint64_t off, uint64_t len) {
    thread_t *x = &o->thread[t];
    x->r_cursor = x->p_first = off / PAGE;
    x->r_end = x->r_cursor + len / PAGE;
}

/* ---- zx_vmo_transfer_data ---- */

/* Chapter 5 section 12 step 7. */
static zx_status_t put(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    int n = o->object[v].node;
    if (orc_add_wraps(off, len) || (o->object[v].maxpages != NEVER && !orc_in_range(off, len, orc_vmo_bytes(o, v)))) {
        return orc_rule(o, t, "5 section 12 step 7: bound", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "5 section 12 step 7: range", ZX_ERR_OUT_OF_RANGE);
    }
    if (orc_tracked(o, n)) {
        return orc_rule(o, t, "5 section 12 step 7: pager-backed", ZX_ERR_NOT_SUPPORTED);
    }
    uint64_t page = o->object[v].base + off / PAGE;
    if (orc_any_pinned(o, n, page, len / PAGE)) {
        return orc_rule(o, t, "5 section 12 step 7: pinned", ZX_ERR_BAD_STATE);
    }
    orc_unmap_node_pages(o, n, page, len / PAGE);
    for (uint64_t i = 0; i < len / PAGE && orc_walk_step(o);) {
        int frame = take_away(o, t, i);
        if (frame >= 0) {
            orc_entry_set(o, n, page + i, frame);
            orc_queue_enter(o, frame);
            i++;
        } else if (o->node[n].tracked_tree) {
            orc_entry_set(o, n, page + i, -1);
            i++;
        } else {
            orc_entry_drop(o, n, page + i);
            i++;
        }
    }
    return ZX_OK;
}

static zx_status_t transfer_begin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int dst, src;
    if (!orc_head_profile(o)) {
        return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
    }
    if ((uint32_t)x->a[1] != 0 || !orc_aligned(x->a[2]) || !orc_aligned(x->a[3]) || !orc_aligned(x->a[5])) {
        return orc_rule(o, t, "5 section 12 steps 1, 2", ZX_ERR_INVALID_ARGS);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, &dst);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)x->a[4], ZX_OBJ_TYPE_VMO, ZX_RIGHT_READ | ZX_RIGHT_WRITE, &src);
    }
    if (status != ZX_OK) {
        return status;
    }
    if (dst == src && x->a[2] == x->a[5]) {
        return orc_rule(o, t, "5 section 12 step 5: same place", ZX_OK);
    }
    status = orc_take_check(o, t, src, x->a[5], x->a[3]);
    if (status != ST_GO && status != ZX_OK) {
        return status;
    }
    orc_hold(o, t, 0, dst);
    orc_hold(o, t, 1, src);
    take_begin(o, t, x->a[5], x->a[3]);
    x->phase = 1;
    return ST_GO;
}

zx_status_t orc_op_vmo_transfer_data(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status = x->phase == 0 ? transfer_begin(o, t) : orc_take_woke(o, t);
    if (status != ST_GO && (status != ZX_OK || x->phase == 0)) {
        return status;
    }
    status = orc_take_run(o, t, x->ref[1]);
    return status != ZX_OK ? status : put(o, t, x->ref[0], x->a[2], x->a[3]);
}

/* ---- zx_pager_supply_pages ---- */

/* Chapter 2 section 6.2: pages of the transit list fill absent slots; each filled run answers READ requests. */
static void supply_fill(oracle *o, int t, int n, uint64_t page, uint64_t count) {
    uint64_t i = 0;
    while (i < count) {
        uint64_t run = i;
        while (i < count && orc_slot(o, n, page + i) == '.' && orc_walk_step(o)) {
            int frame = take_away(o, t, i);
            if (frame >= 0) {
                o->frame[frame].state = 'C';
                orc_entry_set(o, n, page + i, frame);
                orc_queue_enter(o, frame);
            } else {
                orc_entry_set(o, n, page + i, -1);
            }
            i++;
        }
        if (i > run) {
            orc_unmap_node_pages(o, n, page + run, i - run);
            orc_resolve(o, o->node[n].source, READ, page + run, i - run, ZX_OK);
        }
        if (o->walk == 0) {
            return;
        }
        if (i < count && orc_slot(o, n, page + i) != '.') {
            i = orc_min64(count, orc_next_change(o, n, page + i) - page);
        }
    }
}

static zx_status_t supply_phase(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    int n = o->object[v].node;
    if (orc_add_wraps(off, len)) {
        return orc_rule(o, t, "2 section 6.1 step 13", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0 && orc_head_profile(o)) {
        return orc_rule(o, t, "2 section 6.1 step 14", ZX_OK);
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "2 section 6.1 step 16", ZX_ERR_OUT_OF_RANGE);
    }
    if (o->source[o->node[n].source].detached && orc_head_profile(o)) {
        return orc_rule(o, t, "2 section 6.1 step 17: detached", ZX_ERR_BAD_STATE);
    }
    supply_fill(o, t, n, off / PAGE, len / PAGE);
    return ZX_OK;
}

static bool has_relatives(const oracle *o, int v) {
    const object_t *x = &o->object[v];
    return x->mappings > 0 || orc_child_count(o, v) > 0;
}

/* Chapter 9 sections 4.3 steps 8 to 11 and 5.2 steps 6 to 9. */
static zx_status_t old_take_check(oracle *o, int t, int v, uint64_t off, uint64_t len, bool committed) {
    const object_t *x = &o->object[v];
    int n = x->node;
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "9 section 4.3 step 9 / 5.2 step 7", ZX_ERR_OUT_OF_RANGE);
    }
    bool parent = x->parent >= 0 || x->kind != ZXP_VMO_ROOT || o->node[n].up >= 0;
    if (orc_any_pinned(o, n, x->base + off / PAGE, len / PAGE) || parent || o->node[n].tracked_tree) {
        return orc_rule(o, t, "9 section 4.3 step 10 / 5.2 step 8", ZX_ERR_BAD_STATE);
    }
    bool bare = has_relatives(o, v);
    for (uint64_t i = 0; committed && i < len / PAGE && !bare && orc_walk_step(o); i++) {
        bare = orc_entry_find(o, n, x->base + off / PAGE + i) < 0;
    }
    return bare ? orc_rule(o, t, "9 section 4.3 step 11 / 5.2 step 9", ZX_ERR_BAD_STATE) : ST_GO;
}

/* a: pager, pager_vmo, offset, length, aux, aux_offset. */
static zx_status_t supply_begin(oracle *o, int t, const uint64_t *a, bool rights, bool committed) {
    int pager, v, aux;
    zx_status_t status =
        orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_PAGER, rights ? ZX_RIGHT_MANAGE_VMO : 0, &pager);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)a[1], ZX_OBJ_TYPE_VMO, rights ? ZX_RIGHT_WRITE : 0, &v);
    }
    if (status == ZX_OK) {
        status = orc_pager_pair(o, t, pager, v);
    }
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)a[4], ZX_OBJ_TYPE_VMO, ZX_RIGHT_READ | ZX_RIGHT_WRITE, &aux);
    }
    if (status != ZX_OK) {
        return status;
    }
    status =
        orc_head_profile(o) ? orc_take_check(o, t, aux, a[5], a[3]) : old_take_check(o, t, aux, a[5], a[3], committed);
    if (status != ST_GO && status != ZX_OK) {
        return status;
    }
    orc_hold(o, t, 0, v);
    orc_hold(o, t, 1, aux);
    take_begin(o, t, a[5], a[3]);
    o->thread[t].phase = 1;
    return ST_GO;
}

zx_status_t orc_op_pager_supply_pages(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status;
    if (x->phase == 0) {
        if (o->profile == ZXP_PROFILE_2018) {
            return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
        }
        if (!orc_aligned(x->a[2]) || !orc_aligned(x->a[3]) || !orc_aligned(x->a[5])) {
            return orc_rule(o, t, "2 section 6.1 step 1", ZX_ERR_INVALID_ARGS);
        }
        status = supply_begin(o, t, x->a, orc_head_profile(o), false);
        if (status != ST_GO) {
            return status;
        }
    } else {
        status = orc_take_woke(o, t);
        if (status != ZX_OK) {
            return status;
        }
    }
    status = orc_take_run(o, t, x->ref[1]);
    return status != ZX_OK ? status : supply_phase(o, t, x->ref[0], x->a[2], x->a[3]);
}

/* ---- zx_pager_vmo_op: pager, pager_vmo, op, offset, length, aux, aux_offset (chapter 9 section 4.3) ---- */
zx_status_t orc_op_pager_vmo_op(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    if (o->profile != ZXP_PROFILE_2018) {
        return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
    }
    if (!orc_aligned(x->a[3]) || !orc_aligned(x->a[4]) || (uint32_t)x->a[2] != ZX_PAGER_SUPPLY_PAGES ||
        !orc_aligned(x->a[6])) {
        return orc_rule(o, t, "9 section 4.3 steps 1 to 3", ZX_ERR_INVALID_ARGS);
    }
    const uint64_t a[6] = {x->a[0], x->a[1], x->a[3], x->a[4], x->a[5], x->a[6]};
    zx_status_t status = supply_begin(o, t, a, false, true);
    if (status != ST_GO) {
        return status;
    }
    status = orc_take_run(o, t, x->ref[1]);
    return status != ZX_OK ? status : supply_phase(o, t, x->ref[0], x->a[3], x->a[4]);
}
