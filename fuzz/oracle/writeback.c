/*
 * writeback.c - WRITEBACK_BEGIN and END (chapter 3 sections 5.4,
 * 5.5) and zx_pager_query_dirty_ranges (chapter 2 section 8).
 */
#include <string.h>

#include "state.h"

void orc_writeback_begin(oracle *o, int n, uint64_t first, uint64_t end, bool zeros_only) {
    node_t *node = &o->node[n];
    for (unsigned i = 0; i < node->intervals; i++) {
        interval_t *v = &node->interval[i];
        if (v->dirty && v->first >= first && v->first < end) {
            v->acl = orc_max64(v->acl, orc_min64(v->last + 1, end) - v->first);
        }
    }
    for (unsigned i = 0; i < node->entries && !zeros_only; i++) {
        const entry_t *e = &node->entry[i];
        if (e->page >= first && e->page < end && e->frame >= 0) {
            frame_t *f = &o->frame[e->frame];
            if (f->state == 'D' && f->pins == 0) {
                f->state = 'W';
            }
        }
    }
    orc_protect_node_pages(o, n, first, end - first);
}

void orc_writeback_end(oracle *o, int n, uint64_t first, uint64_t end) {
    node_t *node = &o->node[n];
    uint64_t lim = first;
    for (unsigned i = 0; i < node->entries; i++) {
        const entry_t *e = &node->entry[i];
        if (e->page >= first && e->page < end && e->frame >= 0 && o->frame[e->frame].state == 'W') {
            o->frame[e->frame].state = 'C';
            orc_queue_enter(o, e->frame);
        }
    }
    for (int i = 0; i < node->intervals;) {
        interval_t v = node->interval[i];
        if (!v.dirty || v.first < first || v.first >= end) {
            i++;
            continue;
        }
        lim = orc_max64(lim, v.first + v.acl);
        uint64_t count = v.last >= end  ? orc_min64(lim, end) - v.first
                         : lim > v.last ? v.last + 1 - v.first
                                        : lim - v.first;
        unsigned before = node->intervals;
        if (count > 0) {
            orc_interval_clip_start(o, n, i, count);
            orc_unmap_node_pages(o, n, v.first, count);
        }
        i += node->intervals == before ? 1 : 0;
    }
}

/* ---- zx_pager_query_dirty_ranges ---- */

/* The entry of the report that begins at or after page p: chapter 2 section 8.1 step 6. False: none before end. */
static bool next_range(const oracle *o, int n, uint64_t p, uint64_t end, zxp_dirty_range *range) {
    while (p < end) {
        int i = orc_interval_find(o, n, p);
        uint64_t q = p;
        if (i >= 0 && o->node[n].interval[i].dirty) {
            q = orc_min64(end, o->node[n].interval[i].last + 1);
            *range = (zxp_dirty_range){p * PAGE, (q - p) * PAGE, ZX_VMO_DIRTY_RANGE_IS_ZERO};
            return true;
        }
        while (q < end && (orc_slot(o, n, q) == 'D' || orc_slot(o, n, q) == 'W')) {
            q++;
        }
        if (q > p) {
            *range = (zxp_dirty_range){p * PAGE, (q - p) * PAGE, 0};
            return true;
        }
        p = i >= 0 ? o->node[n].interval[i].last + 1 : orc_next_change(o, n, p);
    }
    return false;
}

/* Writes entry k to user memory; faults single pages (chapter 7 section 13.2). */
static zx_status_t store_range(oracle *o, int t, uint64_t k, const zxp_dirty_range *range) {
    thread_t *x = &o->thread[t];
    uint8_t bytes[24];
    memcpy(bytes, range, sizeof(bytes));
    for (uint64_t done = 0; done < sizeof(bytes);) {
        uint64_t va = x->buffer.address + 24 * k + done;
        uint64_t part = orc_min64(sizeof(bytes) - done, PAGE - va % PAGE);
        int frame;
        if (!orc_user_translated(o, va, true, &frame)) {
            if (!x->f_active) {
                orc_user_fault_begin(o, t, va, 1);
            }
            zx_status_t status = orc_user_fault_run(o, t, true);
            if (status == ST_WAIT) {
                return ST_WAIT;
            }
            if (status != ZX_OK) {
                return orc_rule(o, t, "2 section 8.1 step 7: the buffer cannot be written", ZX_ERR_INVALID_ARGS);
            }
            continue; /* look again */
        }
        orc_frame_write(o, frame, va % PAGE, part, bytes + done);
        orc_mark_accessed(o, frame);
        done += part;
    }
    return ZX_OK;
}

/* Room for so many entries; user memory is at a[4] bytes too. */
static zx_status_t store_ranges(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int n = o->object[x->ref[0]].node;
    uint64_t room = x->a[4] / 24;
    zxp_dirty_range range;
    while (next_range(o, n, x->r_cursor, x->r_end, &range)) {
        if (x->cursor < room) {
            if (x->buffer.kind == ZXP_BUFFER_USER) {
                x->r_cursor = range.offset / PAGE;
                zx_status_t status = store_range(o, t, x->cursor, &range);
                if (status != ZX_OK) {
                    return status;
                }
            }
            if (x->ranges == RANGE_MAX) {
                orc_out_of_bounds(o, "dirty ranges");
                return ZX_ERR_NO_MEMORY;
            }
            x->range[x->ranges++] = range;
            x->cursor++;
        }
        x->end++;
        x->r_cursor = (range.offset + range.length) / PAGE;
    }
    orc_add_field(o, t, "actual", x->cursor);
    orc_add_field(o, t, "avail", x->end);
    return ZX_OK;
}

/* A query that fails leaves no fields, as step 7 says of actual and avail. */
static zx_status_t enumerate(oracle *o, int t) {
    zx_status_t status = store_ranges(o, t);
    if (status != ZX_OK && status != ST_WAIT) {
        o->thread[t].ranges = 0;
    }
    return status;
}

static zx_status_t failed_after_wait(oracle *o, int t, const char *rule, zx_status_t status) {
    o->thread[t].ranges = 0;
    return orc_rule(o, t, rule, status);
}

/* a: pager, pager_vmo, offset, length, buffer_size. */
zx_status_t orc_op_pager_query_dirty_ranges(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    const uint64_t *a = x->a;
    int pager, v;
    if (x->phase == 1) {
        zx_status_t woke = orc_take_woke(o, t);
        if (woke != ZX_OK) {
            return failed_after_wait(o, t, "2 section 8.1 step 7: the buffer cannot be written",
                                     woke == ST_RETRY ? woke : ZX_ERR_INVALID_ARGS);
        }
        if (!orc_in_range(a[2], a[3], orc_vmo_bytes(o, x->ref[0]))) {
            return failed_after_wait(o, t, "2 section 8.1 step 4, again after a wait", ZX_ERR_OUT_OF_RANGE);
        }
        return enumerate(o, t);
    }
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
    if (!orc_in_range(a[2], a[3], orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "2 section 8.1 step 4", ZX_ERR_OUT_OF_RANGE);
    }
    x->phase = 1;
    orc_hold(o, t, 0, v);
    x->r_cursor = a[2] / PAGE;
    x->r_end = orc_pages_up(a[2] + a[3]);
    x->cursor = x->end = 0;
    return enumerate(o, t);
}
