/*
 * faults.c - loads, stores, and copies from and to user memory (chapter 7 sections 6, 13, 16).
 */
#include <string.h>

#include "state.h"

static bool writable_frame(const oracle *o, const place_t *at, int n) {
    if (at->frame < 0 || at->node != n) {
        return false;
    }
    const frame_t *f = &o->frame[at->frame];
    return f->state == 'D' || (f->state == 'P' && f->shares == 1) || (f->state == 'C' && !orc_head_profile(o));
}

/*
 * One attempt (section 6.1) with room for `ask` pages. ZX_OK: *frame (-1: the zero
 * page). ST_WAIT: the VMO is held as ref 2. note: in, whether a write fault is still
 * to be noted in `modified`; out, false once it was. NULL: by the record alone.
 */
zx_status_t orc_fault(oracle *o, int t, zx_vaddr_t va, look_mode mode, uint64_t ask, bool *note, int *frame) {
    orc_drop(o, t, 2);
    int i = orc_mapping_find(o, va);
    if (i < 0) {
        return orc_rule(o, t, "7 section 6.1 step 2: not mapped", ZX_ERR_NOT_FOUND);
    }
    mapping_t *m = &o->mapping[i];
    uint64_t k = (va - m->base) / PAGE;
    uint8_t permission = orc_mapping_permission(m, k);
    if ((permission & (mode == LOOK_WRITE ? ZX_VM_PERM_WRITE : ZX_VM_PERM_READ)) == 0) {
        return orc_rule(o, t, "7 section 6.1 step 3: permission", ZX_ERR_ACCESS_DENIED);
    }
    uint64_t off = m->vmo_offset + k * PAGE;
    if (off >= orc_mapping_limit(o, m)) {
        return orc_rule(o, t, "7 section 6.1 step 4: beyond the limit", ZX_ERR_OUT_OF_RANGE);
    }
    int v = m->object;
    int n = o->object[v].node;
    if (orc_vmo_discarded(o, v)) {
        return orc_rule(o, t, "7 section 6.1 step 5: discarded", ZX_ERR_NOT_FOUND);
    }
    zx_status_t status = orc_look(o, t, n, o->object[v].base + off / PAGE, mode, ask, false, frame);
    if (status != ZX_OK) {
        if (status == ST_WAIT) {
            orc_hold(o, t, 2, v);
        }
        return status;
    }
    uint8_t before = orc_record_get(m, k);
    if (mode == LOOK_WRITE) {
        if (note != NULL ? *note : before != REC_RW) {
            orc_set_modified(o, n);
        }
        if (note != NULL) {
            *note = false;
        }
        orc_record_set(o, m, k, REC_RW);
    } else if (before == REC_NONE) {
        place_t at = orc_find(o, n, o->object[v].base + off / PAGE);
        bool both = (permission & ZX_VM_PERM_WRITE) != 0 && writable_frame(o, &at, n);
        orc_record_set(o, m, k, both ? REC_RW : REC_RO);
    }
    return ZX_OK;
}

static void move_bytes(oracle *o, int to, uint64_t to_off, int from, uint64_t from_off, uint64_t len) {
    uint8_t bytes[4096];
    if (from < 0 || o->frame[from].kind == KIND_FILL) {
        orc_frame_fill(o, to, to_off, len, from < 0 ? 0 : o->frame[from].fill);
    } else {
        orc_frame_read(o, from, from_off, len, bytes);
        orc_frame_write(o, to, to_off, len, bytes);
    }
}

/* ---- load, store (section 16.2: cut at page boundaries, ascending) ---- */

/* A fault of the thread's own access; x->addr is the address to report. */
static zx_status_t access(oracle *o, int t, zx_vaddr_t va, bool writing, int *frame) {
    o->thread[t].addr = va;
    zx_status_t status = orc_fault(o, t, va, writing ? LOOK_WRITE : LOOK_READ, 1, NULL, frame);
    if (status == ZX_OK && *frame >= 0) {
        orc_mark_accessed(o, *frame);
    }
    return status;
}

/* A store of what another place in user memory holds: that is loaded first, page by page of both. */
static zx_status_t store_user(oracle *o, int t, zx_vaddr_t va, uint64_t *part) {
    zx_vaddr_t from = o->thread[t].buffer.address + o->thread[t].cursor;
    int source, target;
    *part = orc_min64(*part, PAGE - from % PAGE);
    zx_status_t status = access(o, t, from, false, &source);
    if (status == ZX_OK) {
        status = access(o, t, va, true, &target);
    }
    if (status == ZX_OK) {
        status = access(o, t, from, false, &source); /* the store may have put another page there */
    }
    if (status == ZX_OK) {
        move_bytes(o, target, va % PAGE, source, from % PAGE, *part);
    }
    return status;
}

static zx_status_t processor(oracle *o, int t, uint64_t len, bool writing) {
    thread_t *x = &o->thread[t];
    zx_status_t status = orc_take_woke(o, t);
    while (status == ZX_OK && x->cursor < len) {
        zx_vaddr_t va = x->a[0] + x->cursor;
        uint64_t part = orc_min64(len - x->cursor, PAGE - va % PAGE);
        int frame;
        x->addr = va;
        if (va < x->a[0]) {
            return orc_rule(o, t, "7 section 16.2: beyond the top", ZX_ERR_NOT_FOUND);
        }
        if (writing && x->buffer.kind == ZXP_BUFFER_USER) {
            status = store_user(o, t, va, &part);
        } else {
            status = access(o, t, va, writing, &frame);
            if (status == ZX_OK && writing) {
                orc_buffer_to_frame(o, t, x->cursor, frame, va % PAGE, part);
            } else if (status == ZX_OK) {
                orc_data_frame(o, t, frame, va % PAGE, part);
            }
        }
        if (status == ZX_OK) {
            x->cursor += part;
        }
        if (!orc_walk_step(o)) {
            return ZX_ERR_NO_MEMORY;
        }
    }
    return status;
}

zx_status_t orc_op_load(oracle *o, int t) { return processor(o, t, o->thread[t].a[1], false); }

zx_status_t orc_op_store(oracle *o, int t) { return processor(o, t, o->thread[t].a[2], true); }

/* ---- user memory as the buffer of a call (section 13.1) ---- */

/* Step 3: can a byte at va be copied without a fault? *frame: its page (-1: zero page). */
bool orc_user_translated(oracle *o, zx_vaddr_t va, bool writing, int *frame) {
    int i = orc_mapping_find(o, va);
    if (i < 0) {
        return false;
    }
    mapping_t *m = &o->mapping[i];
    uint64_t k = (va - m->base) / PAGE;
    uint8_t record = orc_record_get(m, k);
    uint64_t off = m->vmo_offset + k * PAGE;
    uint8_t wanted = writing ? ZX_VM_PERM_WRITE : ZX_VM_PERM_READ;
    bool enough = writing ? record == REC_RW : record != REC_NONE;
    if (!enough || (orc_mapping_permission(m, k) & wanted) == 0 || off >= orc_mapping_limit(o, m) ||
        orc_vmo_discarded(o, m->object)) {
        return false;
    }
    int n = o->object[m->object].node;
    place_t at = orc_find(o, n, o->object[m->object].base + off / PAGE);
    *frame = at.frame;
    return writing ? writable_frame(o, &at, n) : at.state != '.';
}

void orc_user_fault_begin(oracle *o, int t, zx_vaddr_t va, uint64_t len) {
    thread_t *x = &o->thread[t];
    x->f_active = true;
    x->f_modified = true; /* still to be noted */
    x->f_next = va / PAGE;
    x->f_last = orc_add_wraps(va, len - 1) ? UINT64_MAX / PAGE : (va + len - 1) / PAGE;
}

/* Pages from f_next that belong to one range fault: to the end of permission range, mapping and limit. */
static uint64_t range_pages(oracle *o, int t) {
    const thread_t *x = &o->thread[t];
    uint64_t wanted = x->f_last - x->f_next + 1;
    int i = orc_mapping_find(o, x->f_next * PAGE);
    if (i < 0) {
        return 1;
    }
    const mapping_t *m = &o->mapping[i];
    uint64_t first = x->f_next - m->base / PAGE;
    uint64_t last = first + 1;
    uint8_t permission = orc_mapping_permission(m, first);
    uint64_t limit = orc_mapping_limit(o, m) / PAGE;
    uint64_t off = m->vmo_offset / PAGE;
    while (last < m->pages && last - first < wanted && orc_mapping_permission(m, last) == permission &&
           off + last < limit && orc_walk_step(o)) {
        last++;
    }
    return last - first;
}

/* Step 4. Goes on at the first page that is not resolved. */
zx_status_t orc_user_fault_run(oracle *o, int t, bool writing) {
    thread_t *x = &o->thread[t];
    uint64_t pages = range_pages(o, t);
    x->unsuspendable = true;
    for (; pages > 0; pages--) {
        int frame;
        zx_status_t status = orc_fault(o, t, x->f_next * PAGE, writing ? LOOK_WRITE : LOOK_READ, pages,
                                       writing ? &x->f_modified : NULL, &frame);
        if (status == ST_WAIT) {
            return ST_WAIT;
        }
        if (status != ZX_OK) {
            x->f_active = false;
            return status;
        }
        x->f_next++;
    }
    x->f_active = false;
    x->unsuspendable = false;
    orc_drop(o, t, 2);
    return ZX_OK;
}

/*
 * Copies [off, off+len) of a VMO's page to or from user memory. remaining: bytes of the call not yet copied. ST_AGAIN:
 * a fault of the buffer was resolved, everything is to be checked again.
 */
zx_status_t orc_user_copy(oracle *o, int t, zx_vaddr_t user, int frame, uint64_t off, uint64_t len, uint64_t remaining,
                          bool to_user) {
    if (orc_add_wraps(user, len)) {
        return orc_rule(o, t, "7 section 13.1 step 3: no user address", ZX_ERR_NOT_FOUND);
    }
    for (uint64_t done = 0; done < len;) {
        zx_vaddr_t va = user + done;
        uint64_t part = orc_min64(len - done, PAGE - va % PAGE);
        int page;
        if (!orc_user_translated(o, va, to_user, &page)) {
            orc_user_fault_begin(o, t, va, remaining);
            zx_status_t status = orc_user_fault_run(o, t, to_user);
            return status == ZX_OK ? ST_AGAIN : status;
        }
        if (page >= 0) {
            orc_mark_accessed(o, page);
        }
        if (to_user) {
            move_bytes(o, page, va % PAGE, frame, off + done, part);
        } else {
            move_bytes(o, frame, off + done, page, va % PAGE, part);
        }
        done += part;
    }
    return ZX_OK;
}
