/*
 * vmo.c - VMO objects and their nodes: making, dying, sizes, cache policy (chapters 5, 6 sections 2, 4.7, 9).
 */
#include <string.h>

#include "state.h"

uint64_t orc_vmo_pages(const oracle *o, int object) {
    const object_t *v = &o->object[object];
    return orc_min64(o->node[v->node].pages, v->maxpages);
}

uint64_t orc_vmo_bytes(const oracle *o, int object) { return orc_vmo_pages(o, object) * PAGE; }

bool orc_vmo_discarded(const oracle *o, int object) { return o->node[o->object[object].node].lock_state == 3; }

uint64_t orc_stream_size(const oracle *o, int object) { return o->stream[o->object[object].stream].size; }

int orc_vmo_by_koid(const oracle *o, zx_koid_t koid) {
    for (int i = 0; i < o->objects; i++) {
        if (o->object[i].used && o->object[i].koid == koid && o->object[i].type == ZX_OBJ_TYPE_VMO) {
            return i;
        }
    }
    return -1;
}

int orc_node_new(oracle *o, uint64_t pages, uint32_t family) {
    for (int i = 0; i < NODE_MAX; i++) {
        node_t *n = &o->node[i];
        if (!n->used) {
            memset(n, 0, offsetof(node_t, entry));
            n->used = true;
            n->up = n->source = n->owner = -1;
            n->pages = pages;
            n->family = family != 0 ? family : ++o->next_family;
            return i;
        }
    }
    orc_out_of_bounds(o, "nodes");
    return NODE_MAX - 1;
}

/* A VMO object over a node. stream: its unrounded size. */
int orc_vmo_make(oracle *o, int node, uint8_t kind, bool resizable, uint64_t stream) {
    int object = orc_object_make(o, ZX_OBJ_TYPE_VMO);
    object_t *v = &o->object[object];
    v->node = (int16_t)node;
    v->kind = kind;
    v->resizable = resizable;
    v->maxpages = NEVER;
    v->signals = ZX_VMO_ZERO_CHILDREN;
    for (int i = 0; i < OBJECT_MAX; i++) {
        if (o->stream[i].users == 0) {
            o->stream[i].users = 1;
            o->stream[i].size = stream;
            v->stream = (int16_t)i;
            break;
        }
    }
    o->node[node].users++;
    if (kind == ZXP_VMO_ROOT || kind == ZXP_VMO_CLONE) {
        o->node[node].owner = (int16_t)object;
    }
    return object;
}

uint32_t orc_family_size(const oracle *o, int node) {
    uint32_t count = 0;
    for (int i = 0; i < NODE_MAX; i++) {
        count += o->node[i].used && o->node[i].family == o->node[node].family ? 1 : 0;
    }
    return count;
}

bool orc_has_shared_or_up(const oracle *o, int node) { return o->node[node].up >= 0 || orc_family_size(o, node) >= 2; }

uint32_t orc_child_count(const oracle *o, int object) {
    uint32_t count = 0;
    for (int i = 0; i < o->objects; i++) {
        count += o->object[i].used && o->object[i].type == ZX_OBJ_TYPE_VMO && o->object[i].parent == object ? 1 : 0;
    }
    return count;
}

/* Chapter 6 section 4.7: from this node upward. */
void orc_node_check_death(oracle *o, int node) {
    while (node >= 0) {
        node_t *n = &o->node[node];
        bool needed = n->users > 0;
        for (int i = 0; i < NODE_MAX; i++) {
            needed = needed || (o->node[i].used && o->node[i].up == node);
        }
        if (needed) {
            return;
        }
        int up = n->up;
        int source = n->source;
        while (n->entries > 0) {
            orc_entry_drop(o, node, n->entry[n->entries - 1].page);
        }
        n->intervals = 0;
        n->used = false;
        if (source >= 0) {
            orc_source_close(o, source); /* may queue COMPLETE */
        }
        node = up;
    }
}

/* Chapter 6 section 9.1: dies without handle, mapping, pin, running call. */
void orc_vmo_check_death(oracle *o, int object) {
    object_t *v = &o->object[object];
    if (!v->used || v->handles + v->mappings + v->pins + v->running > 0) {
        return;
    }
    v->used = false;
    if (--o->stream[v->stream].users == 0) {
        o->stream[v->stream].size = 0;
    }
    node_t *n = &o->node[v->node];
    if (n->owner == object) {
        n->owner = -1;
    }
    n->users--;
    orc_node_check_death(o, v->node); /* step 1 */
    int parent = v->parent;
    for (int i = 0; i < o->objects; i++) { /* step 2 */
        if (o->object[i].used && o->object[i].type == ZX_OBJ_TYPE_VMO && o->object[i].parent == object) {
            o->object[i].parent = (int16_t)parent;
        }
    }
    if (parent >= 0 && orc_child_count(o, parent) == 0 && o->object[parent].handles > 0) { /* step 3 */
        orc_signals_change(o, parent, 0, ZX_VMO_ZERO_CHILDREN);
    }
}

/* Chapter 5 section 2. */
zx_status_t orc_op_vmo_create(oracle *o, int t) {
    uint64_t size = o->thread[t].a[0];
    uint32_t options = (uint32_t)o->thread[t].a[1];
    bool unbounded = (options & ZX_VMO_UNBOUNDED) != 0;
    bool resizable = (options & ZX_VMO_RESIZABLE) != 0;
    uint64_t max = orc_head_profile(o) ? UINT64_C(0xFFFFFFFFFFFE0000) : UINT64_C(0xFFFFFFFFFFFF0000);
    if (unbounded && resizable) {
        return orc_rule(o, t, "5 section 2 step 2", ZX_ERR_INVALID_ARGS);
    }
    if (!unbounded && orc_round_up(size) < size) {
        return orc_rule(o, t, "5 section 2 step 3", ZX_ERR_OUT_OF_RANGE);
    }
    if ((options & ~(ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE | ZX_VMO_UNBOUNDED)) != 0) {
        return orc_rule(o, t, "5 section 2 step 4", ZX_ERR_INVALID_ARGS);
    }
    if (unbounded ? size > max : orc_round_up(size) > max) {
        return orc_rule(o, t, "5 section 2 steps 5, 6", ZX_ERR_OUT_OF_RANGE);
    }
    int n = orc_node_new(o, unbounded ? max / PAGE : orc_pages_up(size), 0);
    o->node[n].discardable = (options & ZX_VMO_DISCARDABLE) != 0;
    int v = orc_vmo_make(o, n, ZXP_VMO_ROOT, resizable, size);
    zx_rights_t rights = ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL;
    orc_add_field(o, t, "handle", orc_handle_make(o, v, rights | (resizable ? ZX_RIGHT_RESIZE : 0)));
    return ZX_OK;
}

zx_status_t orc_op_vmo_get_size(oracle *o, int t) {
    int v;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)o->thread[t].a[0], ZX_OBJ_TYPE_VMO, 0, &v);
    if (status == ZX_OK) {
        orc_add_field(o, t, "size", orc_vmo_bytes(o, v));
    }
    return status;
}

zx_status_t orc_op_vmo_get_stream_size(oracle *o, int t) {
    int v;
    if (!orc_head_profile(o)) {
        return orc_rule(o, t, "9 section 2", ZX_ERR_BAD_SYSCALL);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)o->thread[t].a[0], ZX_OBJ_TYPE_VMO, 0, &v);
    if (status == ZX_OK) {
        orc_add_field(o, t, "size", orc_stream_size(o, v));
    }
    return status;
}

static bool shared_by_children(const oracle *o, int v) {
    const object_t *x = &o->object[v];
    return orc_child_count(o, v) > 0 || x->parent >= 0 || x->kind == ZXP_VMO_SLICE || x->kind == ZXP_VMO_REFERENCE ||
           o->node[x->node].users > 1;
}

/* Chapter 5 section 10. */
zx_status_t orc_op_vmo_set_cache_policy(oracle *o, int t) {
    uint32_t policy = (uint32_t)o->thread[t].a[1];
    int v;
    if ((policy & ~ZX_CACHE_POLICY_MASK) != 0) {
        return orc_rule(o, t, "5 section 10 step 1", ZX_ERR_INVALID_ARGS);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)o->thread[t].a[0], ZX_OBJ_TYPE_VMO, ZX_RIGHT_MAP, &v);
    if (status != ZX_OK) {
        return status;
    }
    const node_t *n = &o->node[o->object[v].node];
    if (orc_any_pinned(o, o->object[v].node, 0, NEVER) || o->object[v].mappings > 0 || shared_by_children(o, v)) {
        return orc_rule(o, t, "5 section 10 step 4", ZX_ERR_BAD_STATE);
    }
    if ((n->tracked_tree || n->discardable) && policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "5 section 10 step 5", ZX_ERR_BAD_STATE);
    }
    o->object[v].cache_policy = policy;
    return ZX_OK;
}

/* Chapter 5 section 11. */
zx_status_t orc_op_vmo_replace_as_executable(oracle *o, int t) {
    uint32_t value = (uint32_t)o->thread[t].a[0];
    uint32_t vmex = (uint32_t)o->thread[t].a[1];
    zx_status_t resource = ZX_OK;
    bool last;
    if (vmex != ZX_HANDLE_INVALID) {
        resource = orc_handle_index(o, vmex) < 0 ? ZX_ERR_BAD_HANDLE : ZX_ERR_WRONG_TYPE;
    }
    int i = orc_handle_index(o, value);
    if (i < 0) {
        return orc_rule(o, t, "5 section 11 step 2", ZX_ERR_BAD_HANDLE);
    }
    int object = o->handle[i].object;
    zx_rights_t rights = o->handle[i].rights;
    if (o->object[object].type != ZX_OBJ_TYPE_VMO || resource != ZX_OK) {
        bool vmo = o->object[object].type == ZX_OBJ_TYPE_VMO;
        orc_handle_remove(o, i);
        return orc_rule(o, t, "5 section 11 steps 3, 4", vmo ? resource : ZX_ERR_BAD_HANDLE);
    }
    orc_handle_unlink(o, i, &last);
    orc_add_field(o, t, "handle", orc_handle_make(o, object, rights | ZX_RIGHT_EXECUTE));
    return ZX_OK;
}
