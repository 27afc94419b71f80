/*
 * sys_pager.c - zx_pager_create, _create_vmo, _detach_vmo (chapter 2 sections 3 to 5; older profiles: chapter 9).
 */
#include "handle.h"
#include "op_handlers.h"
#include "page_state.h"
#include "pager.h"

static const uint64_t old_max_size = UINT64_C(0xFFFFFFFFFFFF0000); /* chapter 9 section 3 */

/* Section 3. */
step op_pager_create(zxp_world *w, thread_ref t) {
    if (arg32(w, t, 0) != 0) return refuse(w, t, RULE_pager_create_options);
    if (!handle_room(w)) return no_memory(w, t);
    if (!arena_reserve(w, pager_make_bytes() + handle_make_bytes(w))) return no_memory(w, t);

    pager_ref pager = pager_make(w);
    zx_rights_t rights = ZX_RIGHT_INSPECT | ZX_RIGHT_TRANSFER | ZX_RIGHT_ATTACH_VMO | ZX_RIGHT_MANAGE_VMO;
    set_value(w, t, 0, handle_make(w, object_of_pager(pager), rights));
    return accept(w, t, RULE_pager_created);
}

/* ---- zx_pager_create_vmo, section 4 ---- */

struct create_vmo {
    pager_ref pager;
    port_ref port;
    uint32_t options;
    uint64_t key, size;
    uint64_t rounded; /* pages below are the pager's */
};

static enum rule_number options_refused(struct create_vmo *c) {
    const uint32_t known = ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE | ZX_VMO_TRAP_DIRTY | ZX_VMO_UNBOUNDED;
    bool unbounded = (c->options & ZX_VMO_UNBOUNDED) != 0;
    bool rounds = round_up(c->size, &c->rounded);
    if (unbounded && (c->options & ZX_VMO_RESIZABLE) != 0) return RULE_create_resizable_unbounded;
    if (!unbounded && !rounds) return RULE_create_size_wraps;
    if ((c->options & ~known) != 0) return RULE_create_unknown_option;
    if (unbounded && c->size > ZXP_MAX_VMO_SIZE) return RULE_create_unbounded_size;
    if ((c->options & ZX_VMO_DISCARDABLE) != 0) return RULE_create_discardable;
    if (!unbounded && c->rounded > ZXP_MAX_VMO_SIZE) return RULE_create_size;
    return RULE_none;
}

/* Chapter 9 sections 4.1 and 5.1. */
static enum rule_number old_options_refused(const zxp_world *w, struct create_vmo *c) {
    const uint32_t known = profile_is(w, ZXP_PROFILE_2018) ? 0 : ZX_VMO_RESIZABLE;
    if ((c->options & ~known) != 0) return RULE_create_old_option;
    if (!round_up(c->size, &c->rounded) || c->rounded > old_max_size) return RULE_create_old_size;
    return RULE_none;
}

static bool reserve_vmo(zxp_world *w) {
    /* The only change to the fresh page map is the untracked interval of an UNBOUNDED VMO. */
    uint64_t interval = page_map_fill_bytes(1);
    return arena_reserve(w,
                         node_make_bytes() + vmo_make_bytes() + source_make_bytes() + handle_make_bytes(w) + interval);
}

static vmo_ref make_vmo(zxp_world *w, const struct create_vmo *c) {
    bool unbounded = (c->options & ZX_VMO_UNBOUNDED) != 0;
    uint64_t size = unbounded ? ZXP_MAX_VMO_SIZE : c->rounded;
    node_ref n = node_make(w, size);
    vmo_ref v = vmo_make(w, n, ZXP_VMO_ROOT, c->size, stream_none());
    source_ref s = source_make(w, c->pager, c->port, c->key, v);
    source_at(w, s)->trap = (c->options & ZX_VMO_TRAP_DIRTY) != 0;
    vmo_at(w, v)->resizable = (c->options & ZX_VMO_RESIZABLE) != 0;
    interval_add(w, n, c->rounded / PAGE, size / PAGE, ZERO_UNTRACKED, RULE_create_beyond_is_zero);
    return v;
}

/* Section 4.1. */
step op_pager_create_vmo(zxp_world *w, thread_ref t) {
    zx_rights_t attach = rights_in_head(w, ZX_RIGHT_ATTACH_VMO);
    struct create_vmo c = {.options = arg32(w, t, 1), .key = arg(w, t, 3), .size = arg(w, t, 4)};
    enum rule_number rule;
    if ((rule = handle_to_pager(w, arg32(w, t, 0), attach, &c.pager))) return refuse(w, t, rule);
    if ((rule = handle_to_port(w, arg32(w, t, 2), ZX_RIGHT_WRITE, &c.port))) return refuse(w, t, rule);
    rule = profile_is(w, ZXP_PROFILE_HEAD) ? options_refused(&c) : old_options_refused(w, &c);
    if (rule) return refuse(w, t, rule);
    if (!handle_room(w) || !reserve_vmo(w)) return no_memory(w, t);

    vmo_ref v = make_vmo(w, &c);
    zx_rights_t rights = ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL;
    if (vmo_at(w, v)->resizable) rights |= ZX_RIGHT_RESIZE;
    set_value(w, t, 0, handle_make(w, object_of_vmo(v), rights));
    return accept(w, t, RULE_create_vmo);
}

/* ---- zx_pager_detach_vmo, section 5 ---- */

step op_pager_detach_vmo(zxp_world *w, thread_ref t) {
    zx_rights_t rights = rights_in_head(w, ZX_RIGHT_ATTACH_VMO | ZX_RIGHT_MANAGE_VMO);
    pager_ref pager;
    vmo_ref v;
    enum rule_number rule;
    if ((rule = handle_to_pager(w, arg32(w, t, 0), rights, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 1), rights_in_head(w, ZX_RIGHT_WRITE), &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_detach_pair);
    node_ref n = vmo_at(w, v)->node;
    if (!arena_reserve(w, root_change_bytes(w, n, 0, node_at(w, n)->map.pages))) return no_memory(w, t);

    bool again = source_at(w, vmo_source(w, v))->detached;
    source_detach(w, vmo_source(w, v));
    root_detach_pages(w, n);
    return accept(w, t, again ? RULE_detach_again : RULE_detach_done);
}
