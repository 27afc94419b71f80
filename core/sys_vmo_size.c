/*
 * sys_vmo_size.c - size and stream size of a VMO (chapter 5 section
 * 4; chapter 3 sections 6 and 11; chapter 6 sections 4.6, 7.5).
 */
#include "mapping.h"
#include "sys_vmo.h"

step op_vmo_get_size(zxp_world *w, thread_ref t) {
    vmo_ref v;
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), 0, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    set_value(w, t, 0, vmo_size(w, v));
    return accept(w, t, RULE_vmo_size_given);
}

step op_vmo_get_stream_size(zxp_world *w, thread_ref t) {
    vmo_ref v;
    if (!profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_vmo_old_profile);
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), 0, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    set_value(w, t, 0, stream_at(w, vmo_at(w, v)->stream)->size);
    return accept(w, t, RULE_vmo_stream_size_given);
}

/* ---- zx_vmo_set_stream_size: section 4.4 ---- */

enum { STREAM_STAGE = 4, STREAM_LOW = 5 }; /* locals: 1 once the zeroing has begun; the smaller of old and new size */

/* Step 6. Pages of a root beyond the stream are untracked zeros;
 * of anything else they are simply zeroed, which never waits. */
static enum look zero_untracked(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t end) {
    node_ref n = vmo_at(w, v)->node;
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE, last = (vmo_at(w, v)->base + end) / PAGE;
    if (offset >= end) return LOOK_OK;
    if (!node_is_root(w, n)) {
        range_begin(w, t);
        return range_zero(w, t, v, offset, end - offset);
    }
    if (node_any_pinned(w, n, first, last)) return look_refused(w, t, RULE_vmo_stream_pinned);
    if (!arena_reserve(w, root_change_bytes(w, n, first, last))) return look_no_memory(w, t);
    root_zero_whole(w, n, first, last, false);
    root_modified(w, n);
    return LOOK_OK;
}

/* Steps 6 and 7: the end of the VMO is the one of now. */
static step finish_stream(zxp_world *w, thread_ref t, vmo_ref v, uint64_t size, uint64_t size_up) {
    uint64_t end = vmo_size(w, v), base = vmo_at(w, v)->base;
    enum look look = zero_untracked(w, t, v, size_up, end);
    if (look != LOOK_OK) return look_end(w, t, look);
    if (!arena_reserve(w, mappings_change_bytes(w, 1))) return no_memory(w, t);
    uint64_t low = round_down(call_of(w, t)->local[STREAM_LOW]);
    mappings_unmap_pages(w, vmo_at(w, v)->node, (base + low) / PAGE, (base + end) / PAGE);
    stream_at(w, vmo_at(w, v)->stream)->size = size;
    return accept(w, t, RULE_vmo_stream_set);
}

step vmo_set_stream_size_from(zxp_world *w, thread_ref t, vmo_ref v, uint64_t size) {
    struct call *call = call_of(w, t);
    uint64_t old = stream_at(w, vmo_at(w, v)->stream)->size;
    if (call->local[STREAM_STAGE] == 0) {
        if (size == old) return accept(w, t, RULE_vmo_stream_same);
        if (size > vmo_size(w, v)) return refuse(w, t, RULE_vmo_stream_beyond);
        call->local[STREAM_STAGE] = 1;
        call->local[STREAM_LOW] = min_u64(size, old);
    }
    uint64_t low = call->local[STREAM_LOW], size_up = pages_of_bytes(size) * PAGE;
    enum look look = range_op(w, t, v, ZX_VMO_OP_ZERO, low, size_up - low);
    return look == LOOK_OK ? finish_stream(w, t, v, size, size_up) : look_end(w, t, look);
}

step op_vmo_set_stream_size(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->phase == 0) {
        vmo_ref v;
        if (!profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_vmo_old_profile);
        enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), ZX_RIGHT_WRITE, &v);
        if (rule != RULE_none) return refuse(w, t, rule);
        hold_vmo(w, t, 0, v);
        call_of(w, t)->phase = 1;
    }
    return vmo_set_stream_size_from(w, t, call_of(w, t)->held[0], arg(w, t, 1));
}

/* ---- zx_vmo_set_size: section 4.5 ---- */

static bool cuts_pinned(const zxp_world *w, vmo_ref v, uint64_t rounded) {
    uint64_t old = node_at(w, vmo_at(w, v)->node)->size;
    return node_any_pinned(w, vmo_at(w, v)->node, rounded / PAGE, old / PAGE);
}

static bool root_wraps(const zxp_world *w, vmo_ref v, uint64_t rounded) {
    return wraps(node_at(w, vmo_at(w, v)->node)->root_offset, rounded);
}

/* False: memory is short, nothing is done. */
static bool resize(zxp_world *w, node_ref n, uint64_t rounded) {
    if (!arena_reserve(w, slots_bytes(w, n, 1))) return false;
    if (node_is_root(w, n))
        root_resize(w, n, rounded);
    else
        node_resize(w, n, rounded);
    return true;
}

/* The tail of the last page is zeroed when the new size is visible already; the stream size follows. Failures are
 * ignored. Another thread may have made the VMO smaller meanwhile: the stream never is larger than its VMO. In the
 * old profiles the size is only a number (chapter 9 section 3). */
static step zero_tail(zxp_world *w, thread_ref t, vmo_ref v, uint64_t size) {
    if (profile_is(w, ZXP_PROFILE_HEAD)) {
        enum look look = range_op(w, t, v, ZX_VMO_OP_ZERO, size, pages_of_bytes(size) * PAGE - size);
        if (look == LOOK_WAIT) return look_end(w, t, look);
    }
    stream_at(w, vmo_at(w, v)->stream)->size = min_u64(size, vmo_size(w, v));
    return accept(w, t, RULE_vmo_set_size_done);
}

step op_vmo_set_size(zxp_world *w, thread_ref t) {
    zx_handle_t handle = arg32(w, t, 0);
    uint64_t size = arg(w, t, 1), rounded;
    vmo_ref v;
    if (call_of(w, t)->phase != 0) return zero_tail(w, t, call_of(w, t)->held[0], size);
    enum rule_number rule = handle_to_vmo(w, handle, ZX_RIGHT_WRITE, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    bool resizable = vmo_at(w, v)->resizable;
    if (resizable && !(handle_rights(w, handle) & ZX_RIGHT_RESIZE)) return refuse(w, t, RULE_vmo_set_size_no_resize);
    if (!round_up(size, &rounded)) return refuse(w, t, RULE_vmo_set_size_wraps);
    if (!resizable) return refuse(w, t, RULE_vmo_set_size_fixed);
    if (rounded > vmo_max_size(w)) return refuse(w, t, RULE_vmo_set_size_too_large);
    if (cuts_pinned(w, v, rounded)) return refuse(w, t, RULE_vmo_set_size_pinned);
    if (root_wraps(w, v, rounded)) return refuse(w, t, RULE_vmo_set_size_root_wraps);
    if (!resize(w, vmo_at(w, v)->node, rounded)) return no_memory(w, t);
    hold_vmo(w, t, 0, v);
    call_of(w, t)->phase = 1;
    return zero_tail(w, t, v, size);
}
