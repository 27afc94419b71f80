/*
 * readwrite.c - zx_vmo_read and zx_vmo_write (chapter 5 section 3, chapter 7 section 13.1).
 */
#include <string.h>

#include "state.h"

/* Chapter 5 section 3 steps 3 to 7, evaluated again after every wait. ST_GO: there is something to copy. */
static zx_status_t check(oracle *o, int t, int v, uint64_t off, uint64_t len) {
    if (orc_add_wraps(off, len)) {
        return orc_rule(o, t, "5 section 3 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "5 section 3 step 4: not cached", ZX_ERR_BAD_STATE);
    }
    if (!orc_in_range(off, len, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "5 section 3 step 5", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return ZX_OK;
    }
    return orc_vmo_discarded(o, v) ? orc_rule(o, t, "5 section 3 step 7: discarded", ZX_ERR_NOT_FOUND) : ST_GO;
}

/* To or from user memory. What a read copied is its data, as it was before the copy: a page may be its own buffer. */
static zx_status_t copy_user_chunk(oracle *o, int t, int frame, uint64_t off, uint64_t len, uint64_t left,
                                   bool writing) {
    bool filled = frame < 0 || o->frame[frame].kind == KIND_FILL;
    uint8_t fill = frame < 0 ? 0 : o->frame[frame].fill, bytes[PAGE];
    if (!filled) {
        orc_frame_read(o, frame, off, len, bytes);
    }
    zx_status_t status =
        orc_user_copy(o, t, o->thread[t].buffer.address + o->thread[t].cursor, frame, off, len, left, !writing);
    if (status == ZX_OK && !writing && filled) {
        orc_data_fill(o, t, len, fill);
    } else if (status == ZX_OK && !writing) {
        orc_data_bytes(o, t, len, bytes);
    }
    return status;
}

/* Copies the part of one VMO page; ST_AGAIN after a fault of the buffer: everything is checked again. */
static zx_status_t copy_chunk(oracle *o, int t, int frame, uint64_t off, uint64_t len, uint64_t total, bool writing) {
    thread_t *x = &o->thread[t];
    if (x->buffer.kind == ZXP_BUFFER_USER) {
        zx_status_t status = copy_user_chunk(o, t, frame, off, len, total - x->cursor, writing);
        if (status != ZX_OK) {
            return status;
        }
    } else if (writing) {
        orc_buffer_to_frame(o, t, x->cursor, frame, off, len);
    } else {
        orc_data_frame(o, t, frame, off, len);
    }
    x->cursor += len;
    return ZX_OK;
}

static zx_status_t transfer(oracle *o, int t, uint64_t offset, uint64_t total, bool writing) {
    thread_t *x = &o->thread[t];
    int v = x->ref[0];
    for (;;) {
        if (x->f_active) { /* 13.1 step 4 */
            zx_status_t status = orc_user_fault_run(o, t, !writing);
            if (status != ZX_OK) {
                return status;
            }
        }
        zx_status_t status = check(o, t, v, offset, total);
        if (status != ST_GO) {
            return status;
        }
        if (x->cursor == total) {
            return ZX_OK;
        }
        uint64_t at = offset + x->cursor;
        uint64_t left = orc_pages_up(offset + total) - at / PAGE;
        uint64_t ask = writing ? orc_min64(left, 16) : left;
        int n = o->object[v].node;
        int frame;
        x->unsuspendable = false;
        status = orc_look(o, t, n, o->object[v].base + at / PAGE, writing ? LOOK_WRITE : LOOK_READ, ask, true, &frame);
        if (status != ZX_OK) {
            return status;
        }
        uint64_t len = orc_min64(PAGE - at % PAGE, total - x->cursor);
        status = copy_chunk(o, t, frame, at % PAGE, len, total, writing);
        if (status == ZX_OK && writing) {
            orc_set_modified(o, n);
        } else if (status != ZX_OK && status != ST_AGAIN) {
            return status;
        }
    }
}

static zx_status_t begin(oracle *o, int t, zx_rights_t right) {
    thread_t *x = &o->thread[t];
    int v;
    if (x->phase == 1) {
        return orc_take_woke(o, t);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, right, &v);
    if (status == ZX_OK) {
        orc_hold(o, t, 0, v);
        x->phase = 1;
    }
    return status;
}

zx_status_t orc_op_vmo_read(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status = begin(o, t, ZX_RIGHT_READ);
    x->early_op = true;
    return status != ZX_OK ? status : transfer(o, t, x->a[1], x->a[2], false);
}

zx_status_t orc_op_vmo_write(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status = begin(o, t, ZX_RIGHT_WRITE);
    if (status == ZX_OK && x->buffer.kind == ZXP_BUFFER_NONE && x->a[3] > 0) {
        x->buffer.kind = ZXP_BUFFER_USER; /* a NULL buffer: nothing is mapped at 0 */
        x->buffer.address = 0;
    }
    return status != ZX_OK ? status : transfer(o, t, x->a[2], x->a[3], true);
}
