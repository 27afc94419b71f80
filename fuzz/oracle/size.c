/*
 * size.c - set_size, set_stream_size and the properties that reach
 * it (chapter 5 sections 4.3 to 4.5, chapter 3 sections 6 and 11).
 */
#include <string.h>

#include "state.h"

/* ---- set_size ---- */

/* Chapter 4 section 5.5: requests of the cut range. */
static void resolve_cut(oracle *o, int n, uint64_t from, uint64_t to) {
    int source = o->node[n].source;
    for (uint64_t p = from; p < to;) { /* READ: absent runs */
        uint64_t next = orc_min64(to, orc_max64(orc_next_populated(o, n, p), p));
        if (next > p) {
            orc_resolve(o, source, READ, p, next - p, ZX_OK);
        }
        p = next < to ? orc_min64(to, orc_next_change(o, n, next)) : to;
    }
    if (!o->source[source].trap) {
        return;
    }
    for (uint64_t p = from; p < to;) { /* DIRTY: runs of populated pages that are not D */
        uint64_t q = p;
        while (q < to && orc_slot(o, n, q) != '.' && orc_slot(o, n, q) != 'D') {
            q = orc_min64(to, orc_next_change(o, n, q));
        }
        if (q > p) {
            orc_resolve(o, source, DIRTY, p, q - p, ZX_OK);
        }
        p = q < to ? orc_min64(to, orc_next_change(o, n, q)) : to;
    }
    for (uint64_t p = from; p < to;) { /* DIRTY: absent runs */
        uint64_t next = orc_min64(to, orc_next_populated(o, n, p));
        if (next > p) {
            orc_resolve(o, source, DIRTY, p, next - p, ZX_OK);
        }
        p = next < to ? orc_min64(to, orc_next_change(o, n, next)) : to;
    }
}

static uint64_t clamp(uint64_t off, uint64_t len, uint64_t limit) { /* chapter 6 section 4.1, in pages */
    return orc_max64(orc_min64(off + len, limit), off) - off;
}

/* Chapter 6 section 4.6, chapter 3 section 6.3. */
static void node_shrink(oracle *o, int n, uint64_t pages) {
    node_t *node = &o->node[n];
    uint64_t old = node->pages;
    orc_unmap_node_pages(o, n, pages, old - pages);
    if (orc_tracked(o, n)) {
        resolve_cut(o, n, pages, old);
        orc_intervals_cut(o, n, pages);
    }
    while (node->entries > 0 && node->entry[node->entries - 1].page >= pages) {
        orc_entry_drop(o, n, node->entry[node->entries - 1].page);
    }
    node->limit = orc_min64(node->limit, pages);
    node->pages = pages;
    for (int i = 0; i < NODE_MAX; i++) {
        node_t *c = &o->node[i];
        if (c->used && c->up == n) {
            c->limit = clamp(c->up_off, c->limit, pages);
        }
    }
}

static void node_grow(oracle *o, int n, uint64_t pages) {
    node_t *node = &o->node[n];
    uint64_t old = node->pages;
    node->pages = pages;
    orc_unmap_node_pages(o, n, old, pages - old);
    if (orc_tracked(o, n) && orc_head_profile(o)) {
        orc_interval_add(o, n, old, pages - 1, true);
    }
}

static zx_status_t resize(oracle *o, int t, int v, uint64_t pages) {
    int n = o->object[v].node;
    uint64_t old = o->node[n].pages;
    if (pages < old && orc_any_pinned(o, n, pages, old - pages)) {
        return orc_rule(o, t, "5 section 4.5 step 7: a pinned page would be cut", ZX_ERR_BAD_STATE);
    }
    if (pages > old && orc_add_wraps(o->node[n].root_off, pages * PAGE)) {
        return orc_rule(o, t, "5 section 4.5 step 8", ZX_ERR_INVALID_ARGS);
    }
    if (pages < old) {
        node_shrink(o, n, pages);
    } else if (pages > old) {
        node_grow(o, n, pages);
    }
    orc_set_modified(o, n);
    return ZX_OK;
}

static zx_status_t set_size_begin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint64_t size = x->a[1];
    uint64_t max = orc_head_profile(o) ? UINT64_C(0xFFFFFFFFFFFE0000) : UINT64_C(0xFFFFFFFFFFFF0000);
    int v;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, &v);
    if (status != ZX_OK) {
        return status;
    }
    if (o->object[v].resizable && (orc_handle_rights(o, (uint32_t)x->a[0]) & ZX_RIGHT_RESIZE) == 0) {
        return orc_rule(o, t, "5 section 4.5 step 2", ZX_ERR_ACCESS_DENIED);
    }
    if (orc_round_up(size) < size) {
        return orc_rule(o, t, "5 section 4.5 step 4", ZX_ERR_OUT_OF_RANGE);
    }
    if (!o->object[v].resizable) {
        return orc_rule(o, t, "5 section 4.5 step 5", ZX_ERR_UNAVAILABLE);
    }
    if (orc_round_up(size) > max) {
        return orc_rule(o, t, "5 section 4.5 step 6", ZX_ERR_OUT_OF_RANGE);
    }
    status = resize(o, t, v, orc_pages_up(size));
    if (status == ZX_OK) {
        orc_hold(o, t, 0, v);
        /* chapter 9 section 3: in the old profiles the stream size is only a number, setting it zeroes nothing */
        orc_zero_begin(o, t, size, orc_head_profile(o) ? orc_round_up(size) - size : 0);
    }
    return status;
}

/* Chapter 5 section 4.5. Errors of the tail are ignored, a suspension too (READINGS). */
zx_status_t orc_op_vmo_set_size(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status = ZX_OK;
    if (x->phase == 0) {
        status = set_size_begin(o, t);
        if (status != ZX_OK) {
            return status;
        }
        x->phase = 1;
    } else {
        status = orc_take_woke(o, t);
    }
    int v = x->ref[0];
    if (status == ZX_OK) {
        status = orc_zero_run(o, t, v);
    }
    if (status == ST_WAIT) {
        return ST_WAIT;
    }
    o->stream[o->object[v].stream].size = orc_min64(x->a[1], orc_vmo_bytes(o, v));
    return ZX_OK;
}

/* ---- set_stream_size ---- */

/* Chapter 5 section 4.4 from step 2 on; phase 1: tracked zeroing under way. The VMO is ref 0 then. */
zx_status_t orc_stream_size_change(oracle *o, int t, int v, uint64_t size) {
    thread_t *x = &o->thread[t];
    stream_t *stream = &o->stream[o->object[v].stream];
    zx_status_t status = ZX_OK;
    if (x->phase == 0) {
        if (size == stream->size) {
            return orc_rule(o, t, "5 section 4.4 step 3", ZX_OK);
        }
        if (size > orc_vmo_bytes(o, v)) {
            return orc_rule(o, t, "5 section 4.4 step 4", ZX_ERR_OUT_OF_RANGE);
        }
        if (!orc_head_profile(o)) {
            stream->size = size; /* chapter 9 section 3: only a number */
            return ZX_OK;
        }
        orc_hold(o, t, 0, v);
        x->phase = 1;
        x->addr = orc_min64(size, stream->size);
        orc_zero_begin(o, t, x->addr, orc_round_up(size) - x->addr);
    } else {
        status = orc_take_woke(o, t);
    }
    if (status == ZX_OK) {
        status = orc_zero_run(o, t, v);
    }
    uint64_t pages = orc_vmo_pages(o, v);
    if (status == ZX_OK && orc_pages_up(size) < pages) {
        status = orc_zero_untracked(o, v, orc_pages_up(size), pages);
    }
    if (status == ZX_OK) {
        uint64_t first = x->addr / PAGE;
        if (first < pages) {
            orc_unmap_node_pages(o, o->object[v].node, o->object[v].base + first, pages - first);
        }
        stream->size = size;
    }
    return status;
}

zx_status_t orc_op_vmo_set_stream_size(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int v = x->ref[0];
    if (x->phase == 0) {
        if (!orc_head_profile(o)) {
            return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
        }
        zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, ZX_RIGHT_WRITE, &v);
        if (status != ZX_OK) {
            return status;
        }
    }
    return orc_stream_size_change(o, t, v, x->a[1]);
}

/* ---- zx_object_set_property (chapter 1 section 10.2) ---- */

static zx_status_t set_name(oracle *o, int t, int object) {
    thread_t *x = &o->thread[t];
    object_t *v = &o->object[object];
    uint8_t name[31] = {0};
    if (v->type != ZX_OBJ_TYPE_VMO) {
        return orc_rule(o, t, "1 section 10.2: kind without a name", ZX_ERR_WRONG_TYPE);
    }
    uint64_t length = x->buffer.kind == ZXP_BUFFER_BYTES ? orc_min64(x->buffer.length, sizeof(name)) : 0;
    orc_buffer_read(o, t, 0, length, name);
    memset(v->name, 0, sizeof(v->name));
    for (uint64_t i = 0; i < length && name[i] != 0; i++) {
        v->name[i] = (char)name[i];
    }
    return ZX_OK;
}

static zx_status_t set_property_begin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int object;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], 0, ZX_RIGHT_SET_PROPERTY, &object);
    if (status != ZX_OK) {
        return status;
    }
    switch ((uint32_t)x->a[1]) {
    case ZX_PROP_NAME: return set_name(o, t, object);
    case ZX_PROP_VMO_CONTENT_SIZE:
        if ((orc_handle_rights(o, (uint32_t)x->a[0]) & ZX_RIGHT_WRITE) == 0) {
            return orc_rule(o, t, "1 section 10.2 (a)", ZX_ERR_ACCESS_DENIED);
        }
        if (o->object[object].type != ZX_OBJ_TYPE_VMO) {
            return orc_rule(o, t, "1 section 10.2 (c)", ZX_ERR_WRONG_TYPE);
        }
        return orc_stream_size_change(o, t, object, x->a[2]);
    case ZX_PROP_PROCESS_DEBUG_ADDR:
    case ZX_PROP_PROCESS_BREAK_ON_LOAD:
    case ZX_PROP_SOCKET_RX_THRESHOLD:
    case ZX_PROP_SOCKET_TX_THRESHOLD:
    case ZX_PROP_EXCEPTION_STATE:
    case ZX_PROP_EXCEPTION_STRATEGY:
    case ZX_PROP_STREAM_MODE_APPEND:
    case ZX_PROP_JOB_KILL_ON_OOM: return orc_rule(o, t, "1 section 10.2: of another kind of object", ZX_ERR_WRONG_TYPE);
    default: return orc_rule(o, t, "1 section 10.2: unknown property", ZX_ERR_NOT_SUPPORTED);
    }
}

zx_status_t orc_op_object_set_property(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    if (x->phase == 0) {
        return set_property_begin(o, t);
    }
    return orc_stream_size_change(o, t, x->ref[0], x->a[2]);
}
