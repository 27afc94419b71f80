/*
 * vmo.c - VMO objects: made on a node, linked into the user tree, destroyed (node.h; chapter 6 sections 2 and 9.1).
 */
#include "node.h"
#include "object.h"

uint64_t vmo_make_bytes(void) { return arena_size(sizeof(struct vmo)) + arena_size(sizeof(struct stream)); }

static void link_user(zxp_world *w, vmo_ref v, node_ref n) {
    struct node *node = node_at(w, n);
    vmo_at(w, v)->node = n;
    vmo_at(w, v)->next_user = node->first_user;
    if (vmo_is(node->first_user)) vmo_at(w, node->first_user)->previous_user = v;
    node->first_user = v;
}

static void unlink_user(zxp_world *w, vmo_ref v) {
    struct vmo *vmo = vmo_at(w, v);
    struct node *node = node_at(w, vmo->node);
    if (vmo_is(vmo->next_user)) vmo_at(w, vmo->next_user)->previous_user = vmo->previous_user;
    if (vmo_is(vmo->previous_user))
        vmo_at(w, vmo->previous_user)->next_user = vmo->next_user;
    else
        node->first_user = vmo->next_user;
    if (vmo_same(node->owner, v)) node->owner = vmo_none();
}

static stream_ref make_stream(zxp_world *w, uint64_t size) {
    stream_ref s = {arena_alloc(w, sizeof(struct stream))};
    stream_at(w, s)->size = size;
    return s;
}

vmo_ref vmo_make(zxp_world *w, node_ref n, zxp_vmo_kind kind, uint64_t stream_size, stream_ref shared) {
    vmo_ref v = {arena_alloc(w, sizeof(struct vmo))};
    object_init(w, object_of_vmo(v), ZX_OBJ_TYPE_VMO, ZX_VMO_ZERO_CHILDREN);
    stream_ref stream = stream_is(shared) ? shared : make_stream(w, stream_size);
    stream_at(w, stream)->users++;
    vmo_at(w, v)->stream = stream;
    vmo_at(w, v)->window = NEVER;
    vmo_at(w, v)->kind = (uint8_t)kind;
    link_user(w, v, n);
    if (kind == ZXP_VMO_SLICE || kind == ZXP_VMO_REFERENCE) return v;
    node_at(w, n)->owner = v;
    node_at(w, n)->koid = vmo_at(w, v)->object.koid;
    return v;
}

/* ---- The user tree ---- */

void vmo_adopt(zxp_world *w, vmo_ref parent, vmo_ref child) {
    struct vmo *above = vmo_at(w, parent);
    struct vmo *vmo = vmo_at(w, child);
    vmo->parent = parent;
    vmo->next_sibling = above->first_child;
    if (vmo_is(above->first_child)) vmo_at(w, above->first_child)->previous_sibling = child;
    above->first_child = child;
    above->children++;
}

static void orphan(zxp_world *w, vmo_ref child) {
    struct vmo *vmo = vmo_at(w, child);
    struct vmo *above = vmo_at(w, vmo->parent);
    if (vmo_is(vmo->next_sibling)) vmo_at(w, vmo->next_sibling)->previous_sibling = vmo->previous_sibling;
    if (vmo_is(vmo->previous_sibling))
        vmo_at(w, vmo->previous_sibling)->next_sibling = vmo->next_sibling;
    else
        above->first_child = vmo->next_sibling;
    above->children--;
}

/* Section 9.1 step 2: the children move to the parent, oldest first, or become parentless. */
static void hand_over_children(zxp_world *w, vmo_ref v, vmo_ref parent) {
    vmo_ref child = vmo_at(w, v)->first_child;
    while (vmo_is(child) && vmo_is(vmo_at(w, child)->next_sibling)) child = vmo_at(w, child)->next_sibling;
    for (vmo_ref next; vmo_is(child); child = next) {
        struct vmo *vmo = vmo_at(w, child);
        next = vmo->previous_sibling;
        vmo->parent = vmo->next_sibling = vmo->previous_sibling = vmo_none();
        if (vmo_is(parent)) vmo_adopt(w, parent, child);
    }
}

/* ---- Life and death ---- */

static void free_vmo(zxp_world *w, vmo_ref v) {
    stream_ref stream = vmo_at(w, v)->stream;
    if (--stream_at(w, stream)->users == 0) arena_free(w, stream.index, sizeof(struct stream));
    arena_free(w, vmo_at(w, v)->name, ZX_MAX_NAME_LEN);
    object_remove(w, object_of_vmo(v));
    arena_free(w, v.index, sizeof(struct vmo));
}

static void destroy(zxp_world *w, vmo_ref v) {
    vmo_ref parent = vmo_at(w, v)->parent;
    node_ref n = vmo_at(w, v)->node;
    unlink_user(w, v);
    node_check_death(w, n);
    hand_over_children(w, v, parent);
    if (vmo_is(parent)) orphan(w, v);
    free_vmo(w, v);
    if (!vmo_is(parent) || vmo_at(w, parent)->children > 0 || vmo_at(w, parent)->object.handle_count == 0) return;
    apply_rule(w, RULE_child_none_left);
    object_signal(w, object_of_vmo(parent), 0, ZX_VMO_ZERO_CHILDREN);
}

void vmo_check_death(zxp_world *w, vmo_ref v) {
    const struct vmo *vmo = vmo_at(w, v);
    if (vmo->object.handle_count == 0 && vmo->mappings == 0 && vmo->pins == 0 && vmo->calls == 0) destroy(w, v);
}

void vmo_hold(zxp_world *w, vmo_ref v) { vmo_at(w, v)->calls++; }

void vmo_release(zxp_world *w, vmo_ref v) {
    vmo_at(w, v)->calls--;
    vmo_check_death(w, v);
}
