/*
 * sys_vmo_child.c - zx_vmo_create_child (chapter 6 section 3).
 */
#include "sys_vmo.h"

/* What was asked for, as the checks of each kind need it. */
struct wish {
    vmo_ref vmo;        /* the parent */
    zx_rights_t rights; /* of the handle to it */
    uint32_t options;   /* all of them */
    uint64_t offset;
    uint64_t size;        /* rounded up */
    uint64_t stream_size; /* not rounded */
};

static const uint32_t clone_kinds =
    ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE | ZX_VMO_CHILD_SNAPSHOT_MODIFIED;

static bool wants(const struct wish *wish, uint32_t option) { return (wish->options & option) != 0; }

/* ---- What success gives: section 3.7 ---- */

static zx_rights_t child_rights(const struct wish *wish) {
    zx_rights_t rights = (wish->rights & ~ZX_RIGHT_RESIZE) | ZX_RIGHTS_PROPERTY;
    if (wants(wish, ZX_VMO_CHILD_RESIZABLE)) rights |= ZX_RIGHT_RESIZE;
    if (wants(wish, ZX_VMO_CHILD_NO_WRITE)) return rights & ~ZX_RIGHT_WRITE;
    if (wants(wish, clone_kinds)) return (rights | ZX_RIGHT_WRITE) & ~ZX_RIGHT_EXECUTE;
    return rights;
}

static void copy_name(zxp_world *w, vmo_ref from, vmo_ref to) {
    if (vmo_at(w, from)->name == 0) return;
    uint32_t name = arena_alloc(w, ZX_MAX_NAME_LEN);
    memcpy(arena_at(w, name), arena_at(w, vmo_at(w, from)->name), ZX_MAX_NAME_LEN);
    vmo_at(w, to)->name = name;
}

static uint64_t child_bytes(const zxp_world *w) {
    return vmo_make_bytes() + arena_size(ZX_MAX_NAME_LEN) + handle_make_bytes(w);
}

/* Name, signal, user tree, handle: the same for every kind. */
static step give(zxp_world *w, thread_ref t, const struct wish *wish, vmo_ref child, enum rule_number rule) {
    if (wish->rights & ZX_RIGHT_GET_PROPERTY) copy_name(w, wish->vmo, child);
    vmo_adopt(w, wish->vmo, child);
    object_signal(w, object_of_vmo(wish->vmo), ZX_VMO_ZERO_CHILDREN, 0);
    set_value(w, t, 0, handle_make(w, object_of_vmo(child), child_rights(wish)));
    return accept(w, t, rule);
}

/* ---- Slices: section 3.3 ---- */

static enum rule_number slice_refusal(const zxp_world *w, const struct wish *wish) {
    if (!is_page_aligned(wish->offset)) return RULE_child_slice_unaligned;
    if (wish->size > vmo_max_size(w)) return RULE_child_slice_too_large;
    if (!in_range(wish->offset, wish->size, vmo_size(w, wish->vmo))) return RULE_child_slice_outside;
    if (vmo_at(w, wish->vmo)->resizable) return RULE_child_slice_resizable;
    if (!vmo_is_cached(w, wish->vmo)) return RULE_child_uncached;
    return RULE_none;
}

static step make_slice(zxp_world *w, thread_ref t, const struct wish *wish) {
    enum rule_number rule = slice_refusal(w, wish);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (!handle_room(w) || !arena_reserve(w, child_bytes(w))) return no_memory(w, t);
    vmo_ref child = vmo_make(w, vmo_at(w, wish->vmo)->node, ZXP_VMO_SLICE, wish->stream_size, stream_none());
    vmo_at(w, child)->base = vmo_at(w, wish->vmo)->base + wish->offset;
    vmo_at(w, child)->window = wish->size;
    return give(w, t, wish, child, RULE_child_slice_made);
}

/* ---- References: section 3.4 ---- */

static enum rule_number reference_refusal(const zxp_world *w, const struct wish *wish) {
    if (wish->offset != 0 || wish->size != 0) return RULE_child_reference_range;
    if (vmo_at(w, wish->vmo)->kind == ZXP_VMO_SLICE) return RULE_child_reference_of_slice;
    if (wants(wish, ZX_VMO_CHILD_RESIZABLE) && !vmo_at(w, wish->vmo)->resizable) return RULE_child_reference_fixed;
    if (!vmo_is_cached(w, wish->vmo)) return RULE_child_uncached;
    return RULE_none;
}

/* Resizability is the parent's, whatever was asked; the option only decides about the right. */
static step make_reference(zxp_world *w, thread_ref t, const struct wish *wish) {
    enum rule_number rule = reference_refusal(w, wish);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (!handle_room(w) || !arena_reserve(w, child_bytes(w))) return no_memory(w, t);
    const struct vmo *parent = vmo_at(w, wish->vmo);
    vmo_ref child = vmo_make(w, parent->node, ZXP_VMO_REFERENCE, 0, parent->stream);
    vmo_at(w, child)->resizable = vmo_at(w, wish->vmo)->resizable;
    return give(w, t, wish, child, RULE_child_reference_made);
}

/* ---- Clones: section 3.5 ---- */

static enum rule_number clone_range_refusal(const zxp_world *w, const struct wish *wish) {
    if (!is_page_aligned(wish->offset)) return RULE_child_clone_unaligned;
    if (wish->size > vmo_max_size(w)) return RULE_child_clone_too_large;
    if (!in_range(wish->offset, wish->size, vmo_at(w, wish->vmo)->window)) return RULE_child_clone_range;
    if (!vmo_is_cached(w, wish->vmo)) return RULE_child_uncached;
    return RULE_none;
}

/* Step 12: nothing hangs below u, and u shares pages already, or hangs on nothing, or on a root. */
static bool can_share(const zxp_world *w, node_ref u) {
    const struct node *node = node_at(w, u);
    if (node_is(node->first_below)) return false;
    return node_has_family(w, u) || !node_is(node->up) || !node_is(node_at(w, node->up)->up);
}

/* Steps 6 to 12. *shares: the clone is bidirectional. */
static enum rule_number clone_refusal(const zxp_world *w, const struct wish *wish, bool *shares) {
    node_ref u = vmo_at(w, wish->vmo)->node;
    const struct node *node = node_at(w, u);
    uint64_t offset = vmo_at(w, wish->vmo)->base + wish->offset;
    bool snapshot = wants(wish, ZX_VMO_CHILD_SNAPSHOT), of_slice = vmo_at(w, wish->vmo)->kind == ZXP_VMO_SLICE;
    bool must_share = snapshot || (wants(wish, ZX_VMO_CHILD_SNAPSHOT_MODIFIED) && node_has_parent(w, u));
    *shares = must_share || !node->in_pager_tree || node_has_family(w, u);
    if (snapshot && node->in_pager_tree) return RULE_child_snapshot_of_pager;
    if (wraps(node->root_offset, offset)) return RULE_child_root_wraps;
    if (wraps(node->root_offset + offset, wish->size)) return RULE_child_root_wraps;
    if (!*shares) return RULE_none;
    if (of_slice) return RULE_child_snapshot_of_slice;
    if (node->pinned > 0) return RULE_child_pinned;
    return can_share(w, u) ? RULE_none : RULE_child_has_below;
}

static step make_clone(zxp_world *w, thread_ref t, const struct wish *wish) {
    bool shares;
    enum rule_number rule = clone_range_refusal(w, wish);
    if (rule != RULE_none) return refuse(w, t, rule);
    rule = clone_refusal(w, wish, &shares);
    if (rule != RULE_none) return refuse(w, t, rule);
    node_ref u = vmo_at(w, wish->vmo)->node;
    uint64_t offset = vmo_at(w, wish->vmo)->base + wish->offset;
    if (!handle_room(w) || !arena_reserve(w, child_bytes(w) + node_clone_bytes(w, u, shares))) return no_memory(w, t);
    node_ref n = shares ? node_clone_bidirectional(w, u, offset, wish->size)
                        : node_clone_unidirectional(w, u, offset, wish->size);
    vmo_ref child = vmo_make(w, n, ZXP_VMO_CLONE, wish->stream_size, stream_none());
    vmo_at(w, child)->resizable = wants(wish, ZX_VMO_CHILD_RESIZABLE);
    vmo_at(w, child)->immutable = wants(wish, ZX_VMO_CHILD_SNAPSHOT) && wants(wish, ZX_VMO_CHILD_NO_WRITE);
    return give(w, t, wish, child, shares ? RULE_child_snapshot_made : RULE_child_live_made);
}

/* ---- The kind: section 3.2 ---- */

static uint32_t first_kind(uint32_t options) {
    if (options & ZX_VMO_CHILD_SNAPSHOT) return ZX_VMO_CHILD_SNAPSHOT;
    if (options & ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE) return ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE;
    return options & ZX_VMO_CHILD_SNAPSHOT_MODIFIED;
}

static step make_child(zxp_world *w, thread_ref t, const struct wish *wish) {
    uint32_t options = wish->options & ~ZX_VMO_CHILD_NO_WRITE;
    uint32_t kind = first_kind(options);
    if (vmo_at(w, wish->vmo)->discardable) return refuse(w, t, RULE_child_discardable);
    if (options & ZX_VMO_CHILD_SLICE) {
        if (options != ZX_VMO_CHILD_SLICE) return refuse(w, t, RULE_child_slice_options);
        return make_slice(w, t, wish);
    }
    options &= ~ZX_VMO_CHILD_RESIZABLE;
    if (options & ZX_VMO_CHILD_REFERENCE) {
        if (options != ZX_VMO_CHILD_REFERENCE) return refuse(w, t, RULE_child_reference_options);
        return make_reference(w, t, wish);
    }
    if (kind == 0) return refuse(w, t, RULE_child_no_kind);
    if (options != kind) return refuse(w, t, RULE_child_two_kinds);
    return make_clone(w, t, wish);
}

step op_vmo_create_child(zxp_world *w, thread_ref t) {
    const uint32_t contradiction = ZX_VMO_CHILD_NO_WRITE | ZX_VMO_CHILD_RESIZABLE;
    zx_handle_t handle = arg32(w, t, 0);
    struct wish wish = {.options = arg32(w, t, 1), .offset = arg(w, t, 2), .stream_size = arg(w, t, 3)};
    if (!round_up(wish.stream_size, &wish.size)) return refuse(w, t, RULE_child_size_wraps);
    if ((wish.options & contradiction) == contradiction) return refuse(w, t, RULE_child_no_write_resizable);
    enum rule_number rule = handle_to_vmo(w, handle, ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ, &wish.vmo);
    if (rule != RULE_none) return refuse(w, t, rule);
    wish.rights = handle_rights(w, handle);
    return make_child(w, t, &wish);
}
