/*
 * children.c - zx_vmo_create_child (chapter 6 sections 3 and 4).
 */
#include <string.h>

#include "state.h"

#define MAX_BYTES (orc_head_profile(o) ? UINT64_C(0xFFFFFFFFFFFE0000) : UINT64_C(0xFFFFFFFFFFFF0000))

static uint64_t clamp(uint64_t off, uint64_t len, uint64_t limit) { /* section 4.1, in pages */
    return orc_max64(orc_min64(off + len, limit), off) - off;
}

/* Section 3.3. */
static zx_status_t check_slice(oracle *o, int t, int v, uint64_t off, uint64_t size) {
    if (!orc_aligned(off)) {
        return orc_rule(o, t, "6 section 3.3 step 1", ZX_ERR_INVALID_ARGS);
    }
    if (size > MAX_BYTES) {
        return orc_rule(o, t, "6 section 3.3 step 2", ZX_ERR_OUT_OF_RANGE);
    }
    if (!orc_in_range(off, size, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "6 section 3.3 step 3", ZX_ERR_INVALID_ARGS);
    }
    if (o->object[v].resizable) {
        return orc_rule(o, t, "6 section 3.3 step 4", ZX_ERR_NOT_SUPPORTED);
    }
    if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "6 section 3.3 step 5", ZX_ERR_BAD_STATE);
    }
    return ZX_OK;
}

/* Section 3.4; size is unrounded or rounded alike: both are tested for 0. */
static zx_status_t check_reference(oracle *o, int t, int v, uint64_t off, uint64_t size, bool resizable) {
    if (off != 0 || size != 0) {
        return orc_rule(o, t, "6 section 3.4 step 1", ZX_ERR_INVALID_ARGS);
    }
    if (o->object[v].kind == ZXP_VMO_SLICE) {
        return orc_rule(o, t, "6 section 3.4 step 2", ZX_ERR_NOT_SUPPORTED);
    }
    if (resizable && !o->object[v].resizable) {
        return orc_rule(o, t, "6 section 3.4 step 4", ZX_ERR_NOT_SUPPORTED);
    }
    if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "6 section 3.4 step 5", ZX_ERR_BAD_STATE);
    }
    return ZX_OK;
}

/* Section 3.5 step 12. */
static bool can_bi(const oracle *o, int u) {
    for (int i = 0; i < NODE_MAX; i++) {
        if (o->node[i].used && o->node[i].up == u) {
            return false;
        }
    }
    int up = o->node[u].up;
    return orc_family_size(o, u) >= 2 || up < 0 || o->node[up].up < 0;
}

/* Section 3.5; *bi: which direction. */
static zx_status_t check_clone(oracle *o, int t, int v, uint32_t kind, uint64_t offset, uint64_t size, bool *bi) {
    const object_t *x = &o->object[v];
    int u = x->node;
    uint64_t off = x->base * PAGE + offset;
    if (!orc_aligned(offset)) {
        return orc_rule(o, t, "6 section 3.5 step 2", ZX_ERR_INVALID_ARGS);
    }
    if (size > MAX_BYTES) {
        return orc_rule(o, t, "6 section 3.5 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    if (orc_add_wraps(offset, size) || (x->maxpages != NEVER && offset + size > x->maxpages * PAGE)) {
        return orc_rule(o, t, "6 section 3.5 step 4", ZX_ERR_OUT_OF_RANGE);
    }
    if (x->cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "6 section 3.5 step 5", ZX_ERR_BAD_STATE);
    }
    if (kind == ZX_VMO_CHILD_SNAPSHOT && o->node[u].tracked_tree) {
        return orc_rule(o, t, "6 section 3.5 step 6", ZX_ERR_NOT_SUPPORTED);
    }
    if (orc_add_wraps(o->node[u].root_off, off) || orc_add_wraps(o->node[u].root_off + off, size)) {
        return orc_rule(o, t, "6 section 3.5 step 7", ZX_ERR_INVALID_ARGS);
    }
    bool need_bi =
        kind == ZX_VMO_CHILD_SNAPSHOT || (kind == ZX_VMO_CHILD_SNAPSHOT_MODIFIED && orc_has_shared_or_up(o, u));
    bool need_uni = x->kind == ZXP_VMO_SLICE;
    bool can_uni = o->node[u].tracked_tree && orc_family_size(o, u) == 1;
    if (need_bi && need_uni) {
        return orc_rule(o, t, "6 section 3.5 step 8", ZX_ERR_NOT_SUPPORTED);
    }
    *bi = need_bi || !can_uni;
    if (!*bi) {
        return ZX_OK;
    }
    if (need_uni) {
        return orc_rule(o, t, "6 section 3.5 step 10", ZX_ERR_NOT_SUPPORTED);
    }
    if (orc_any_pinned(o, u, 0, NEVER)) {
        return orc_rule(o, t, "6 section 3.5 step 11", ZX_ERR_BAD_STATE);
    }
    return can_bi(o, u) ? ZX_OK : orc_rule(o, t, "6 section 3.5 step 12", ZX_ERR_NOT_SUPPORTED);
}

static bool owns_in(const oracle *o, int n, uint64_t off, uint64_t count) {
    uint64_t p = orc_entry_next(o, n, off);
    return p != NEVER && p - off < count;
}

/* Section 4.3, unidirectional. Pages. */
static int clone_uni(oracle *o, int u, uint64_t off, uint64_t pages) {
    int cand = u;
    uint64_t at = off;
    uint64_t length = clamp(off, pages, o->node[u].pages);
    while (o->node[cand].up >= 0) {
        if (length > 0 && owns_in(o, cand, at, length)) {
            break;
        }
        length = clamp(at, length, o->node[cand].limit);
        at += o->node[cand].up_off;
        cand = o->node[cand].up;
    }
    int w = orc_node_new(o, pages, 0);
    o->node[w].up = (int16_t)cand;
    o->node[w].up_off = at;
    o->node[w].limit = length;
    return w;
}

/* Section 4.3, bidirectional. */
static int clone_bi(oracle *o, int u, uint64_t off, uint64_t pages) {
    int w = orc_node_new(o, pages, o->node[u].family);
    node_t *source = &o->node[u];
    node_t *node = &o->node[w];
    for (unsigned i = 0; i < source->entries; i++) {
        entry_t *e = &source->entry[i];
        e->held = true;
        if (e->page >= off && e->page - off < pages) {
            entry_t *copy = &node->entry[node->entries++];
            *copy = *e;
            copy->page = e->page - off;
            if (e->frame >= 0) {
                o->frame[e->frame].shares++;
            }
        }
    }
    if (source->up >= 0) {
        node->up = source->up;
        node->up_off = source->up_off + off;
        node->limit = clamp(off, clamp(off, pages, source->pages), source->limit);
    }
    orc_protect_node_pages(o, u, 0, NEVER);
    return w;
}

/* Section 3.7 step 1. */
static zx_rights_t child_rights(zx_rights_t in, bool resizable, bool no_write, bool clone) {
    zx_rights_t out = (in & ~ZX_RIGHT_RESIZE) | ZX_RIGHTS_PROPERTY | (resizable ? ZX_RIGHT_RESIZE : 0);
    if (no_write) {
        return out & ~ZX_RIGHT_WRITE;
    }
    return clone ? (out | ZX_RIGHT_WRITE) & ~ZX_RIGHT_EXECUTE : out;
}

static zx_status_t finish_child(oracle *o, int t, int v, int child, zx_rights_t rights) {
    object_t *c = &o->object[child];
    zx_rights_t in = orc_handle_rights(o, (uint32_t)o->thread[t].a[0]);
    c->parent = (int16_t)v;
    if ((in & ZX_RIGHT_GET_PROPERTY) != 0) {
        memcpy(c->name, o->object[v].name, sizeof(c->name));
    }
    orc_signals_change(o, v, ZX_VMO_ZERO_CHILDREN, 0);
    orc_add_field(o, t, "handle", orc_handle_make(o, child, rights));
    return ZX_OK;
}

/* Slices and references share the node. */
static zx_status_t make_window(oracle *o, int t, int v, bool slice, uint64_t offset, uint64_t size,
                               zx_rights_t rights) {
    const object_t *x = &o->object[v];
    int child = orc_vmo_make(o, x->node, slice ? ZXP_VMO_SLICE : ZXP_VMO_REFERENCE, !slice && x->resizable, size);
    if (slice) {
        o->object[child].base = x->base + offset / PAGE;
        o->object[child].maxpages = orc_pages_up(size);
    } else { /* one stream-size object for both */
        o->stream[o->object[child].stream].users = 0;
        o->object[child].stream = x->stream;
        o->stream[x->stream].users++;
    }
    return finish_child(o, t, v, child, rights);
}

static zx_status_t make_clone(oracle *o, int t, int v, uint32_t kind, bool resizable, bool no_write,
                              zx_rights_t rights) {
    uint64_t offset = o->thread[t].a[2];
    uint64_t size = o->thread[t].a[3];
    bool bi = false;
    zx_status_t status = check_clone(o, t, v, kind, offset, orc_round_up(size), &bi);
    if (status != ZX_OK) {
        return status;
    }
    int u = o->object[v].node;
    uint64_t off = o->object[v].base + offset / PAGE;
    int w = bi ? clone_bi(o, u, off, orc_pages_up(size)) : clone_uni(o, u, off, orc_pages_up(size));
    o->node[w].tracked_tree = o->node[u].tracked_tree;
    o->node[w].root_off = o->node[u].root_off + off * PAGE;
    int child = orc_vmo_make(o, w, ZXP_VMO_CLONE, resizable, size);
    o->object[child].immutable = no_write && kind == ZX_VMO_CHILD_SNAPSHOT;
    return finish_child(o, t, v, child, rights);
}

/* a: vmo, options, offset, size. */
zx_status_t orc_op_vmo_create_child(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t options = (uint32_t)x->a[1];
    uint64_t offset = x->a[2];
    uint64_t size = x->a[3];
    int v;
    if (orc_round_up(size) < size) {
        return orc_rule(o, t, "6 section 3.1 step 1", ZX_ERR_OUT_OF_RANGE);
    }
    if ((options & ZX_VMO_CHILD_NO_WRITE) != 0 && (options & ZX_VMO_CHILD_RESIZABLE) != 0) {
        return orc_rule(o, t, "6 section 3.1 step 2", ZX_ERR_INVALID_ARGS);
    }
    bool no_write = (options & ZX_VMO_CHILD_NO_WRITE) != 0;
    bool resizable = (options & ZX_VMO_CHILD_RESIZABLE) != 0;
    options &= ~ZX_VMO_CHILD_NO_WRITE;
    zx_status_t status =
        orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMO, ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ, &v);
    if (status != ZX_OK) {
        return status;
    }
    zx_rights_t in = orc_handle_rights(o, (uint32_t)x->a[0]);
    if (o->node[o->object[v].node].discardable) {
        return orc_rule(o, t, "6 section 3.2 step 1", ZX_ERR_NOT_SUPPORTED);
    }
    if ((options & ZX_VMO_CHILD_SLICE) != 0) {
        if (options != ZX_VMO_CHILD_SLICE) {
            return orc_rule(o, t, "6 section 3.2 step 2", ZX_ERR_INVALID_ARGS);
        }
        status = check_slice(o, t, v, offset, orc_round_up(size));
        return status != ZX_OK ? status
                               : make_window(o, t, v, true, offset, size, child_rights(in, false, no_write, false));
    }
    uint32_t kind = options & ~ZX_VMO_CHILD_RESIZABLE;
    if ((options & ZX_VMO_CHILD_REFERENCE) != 0) {
        if (kind != ZX_VMO_CHILD_REFERENCE) {
            return orc_rule(o, t, "6 section 3.2 step 3", ZX_ERR_INVALID_ARGS);
        }
        status = check_reference(o, t, v, offset, size, resizable);
        zx_rights_t rights = child_rights(in, resizable, no_write, false);
        return status != ZX_OK ? status : make_window(o, t, v, false, 0, 0, rights);
    }
    if (kind != ZX_VMO_CHILD_SNAPSHOT && kind != ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE &&
        kind != ZX_VMO_CHILD_SNAPSHOT_MODIFIED) {
        return orc_rule(o, t, "6 section 3.2 step 4", ZX_ERR_INVALID_ARGS);
    }
    return make_clone(o, t, v, kind, resizable, no_write, child_rights(in, resizable, no_write, true));
}
