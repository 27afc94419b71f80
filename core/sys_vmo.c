/*
 * sys_vmo.c - making VMOs, their cache policy, the right to execute (chapter 5 sections 2, 10, 11).
 */
#include "sys_vmo.h"

/* Chapter 1 section 5.2: what a new VMO handle may do. */
static const zx_rights_t new_vmo_rights =
    ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL;

static step create(zxp_world *w, thread_ref t, uint64_t size, uint32_t options, uint64_t stream_size) {
    if (!handle_room(w)) return no_memory(w, t);
    if (!arena_reserve(w, node_make_bytes() + vmo_make_bytes() + handle_make_bytes(w))) return no_memory(w, t);
    vmo_ref v = vmo_make(w, node_make(w, size), ZXP_VMO_ROOT, stream_size, stream_none());
    vmo_at(w, v)->resizable = (options & ZX_VMO_RESIZABLE) != 0;
    vmo_at(w, v)->discardable = (options & ZX_VMO_DISCARDABLE) != 0;
    zx_rights_t rights = new_vmo_rights;
    if (vmo_at(w, v)->resizable) rights |= ZX_RIGHT_RESIZE;
    set_value(w, t, 0, handle_make(w, object_of_vmo(v), rights));
    return accept(w, t, RULE_vmo_create_done);
}

step op_vmo_create(zxp_world *w, thread_ref t) {
    const uint32_t known = ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE | ZX_VMO_UNBOUNDED;
    uint64_t size = arg(w, t, 0), rounded = 0;
    uint32_t options = arg32(w, t, 1);
    bool unbounded = (options & ZX_VMO_UNBOUNDED) != 0;
    if (unbounded && (options & ZX_VMO_RESIZABLE)) return refuse(w, t, RULE_vmo_create_resizable_unbounded);
    if (!unbounded && !round_up(size, &rounded)) return refuse(w, t, RULE_vmo_create_size_wraps);
    if ((options & ~known) != 0) return refuse(w, t, RULE_vmo_create_bad_option);
    if (unbounded && size > vmo_max_size(w)) return refuse(w, t, RULE_vmo_create_stream_too_large);
    if (rounded > vmo_max_size(w)) return refuse(w, t, RULE_vmo_create_too_large);
    return create(w, t, unbounded ? vmo_max_size(w) : rounded, options, size);
}

/* ---- zx_vmo_set_cache_policy ---- */

static bool has_other_users(const zxp_world *w, vmo_ref v) {
    vmo_ref first = node_at(w, vmo_at(w, v)->node)->first_user;
    return !vmo_same(first, v) || vmo_is(vmo_at(w, v)->next_user);
}

static bool always_cached(const zxp_world *w, vmo_ref v) {
    return vmo_at(w, v)->discardable || node_at(w, vmo_at(w, v)->node)->in_pager_tree;
}

step op_vmo_set_cache_policy(zxp_world *w, thread_ref t) {
    uint32_t policy = arg32(w, t, 1);
    vmo_ref v;
    if ((policy & ~ZX_CACHE_POLICY_MASK) != 0) return refuse(w, t, RULE_vmo_policy_bits);
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), ZX_RIGHT_MAP, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    struct vmo *vmo = vmo_at(w, v);
    bool is_window = vmo->kind == ZXP_VMO_SLICE || vmo->kind == ZXP_VMO_REFERENCE;
    if (node_at(w, vmo->node)->pinned > 0) return refuse(w, t, RULE_vmo_policy_pinned);
    if (vmo->mappings > 0) return refuse(w, t, RULE_vmo_policy_mapped);
    if (vmo->children > 0) return refuse(w, t, RULE_vmo_policy_children);
    if (vmo_is(vmo->parent)) return refuse(w, t, RULE_vmo_policy_parent);
    if (!is_window && has_other_users(w, v)) return refuse(w, t, RULE_vmo_policy_references);
    if (is_window) return refuse(w, t, RULE_vmo_policy_window);
    if (policy != ZX_CACHE_POLICY_CACHED && always_cached(w, v)) return refuse(w, t, RULE_vmo_policy_kind);
    vmo->cache_policy = (uint8_t)policy;
    return accept(w, t, RULE_vmo_policy_set);
}

/* ---- zx_vmo_replace_as_executable ---- */

/* The model has no resources: none given is the job policy's permission, any other handle is of the wrong type. */
static enum rule_number vmex_refusal(const zxp_world *w, zx_handle_t vmex) {
    if (vmex == ZX_HANDLE_INVALID) return RULE_none;
    return object_is(handle_object(w, vmex)) ? RULE_vmo_exec_vmex_type : RULE_vmo_exec_bad_vmex;
}

/* Step 5: the old handle has left the table when the new one
 * is made, so this takes its slot. The VMO is held meanwhile. */
static step exchange(zxp_world *w, thread_ref t, zx_handle_t handle, vmo_ref v) {
    zx_rights_t rights = handle_rights(w, handle) | ZX_RIGHT_EXECUTE;
    if (!arena_reserve(w, handle_make_bytes(w))) return no_memory(w, t);
    hold_vmo(w, t, 0, v);
    handle_close(w, handle);
    set_value(w, t, 0, handle_make(w, object_of_vmo(v), rights));
    return accept(w, t, RULE_vmo_exec_done);
}

/* The handle is gone whatever happens, once it was live. */
step op_vmo_replace_as_executable(zxp_world *w, thread_ref t) {
    zx_handle_t handle = arg32(w, t, 0);
    enum rule_number vmex = vmex_refusal(w, arg32(w, t, 1));
    object_ref object = handle_object(w, handle);
    if (!object_is(object)) return refuse(w, t, RULE_handle_bad);
    if (object_at(w, object)->type != ZX_OBJ_TYPE_VMO) {
        handle_close(w, handle);
        return refuse(w, t, RULE_vmo_exec_not_vmo);
    }
    if (vmex != RULE_none) {
        handle_close(w, handle);
        return refuse(w, t, vmex);
    }
    return exchange(w, t, handle, vmo_of_object(object));
}
