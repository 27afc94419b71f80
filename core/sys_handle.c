/*
 * sys_handle.c - zx_handle_close, _close_many, _check_valid, _duplicate, _replace (chapter 1 section 4).
 */
#include "handle.h"
#include "op_handlers.h"

/* Section 4.4 */
step op_handle_close(zxp_world *w, thread_ref t) {
    zx_handle_t value = arg32(w, t, 0);
    if (value == ZX_HANDLE_INVALID) return accept(w, t, RULE_handle_close_zero);
    if (handle_slot_of(w, value) == NULL) return refuse(w, t, RULE_handle_bad);
    handle_close(w, value);
    return accept(w, t, RULE_handle_closed);
}

/* Closes entries [first, end) of the call's list. False if one of them was neither zero nor live. */
static bool close_group(zxp_world *w, thread_ref t, uint32_t first, uint32_t end) {
    bool good = true;
    for (uint32_t i = first; i < end; i++) {
        const zx_handle_t *handles = arena_at(w, call_of(w, t)->list);
        zx_handle_t value = handles[i];
        if (value == ZX_HANDLE_INVALID) continue;
        if (handle_slot_of(w, value) == NULL) {
            good = false;
        } else {
            handle_close(w, value);
        }
    }
    return good;
}

/* QUIRK: only the last group of 64 decides the status. */
step op_handle_close_many(zxp_world *w, thread_ref t) {
    enum { GROUP = 64 };
    uint32_t count = call_of(w, t)->list_count;
    if (count == 0) return accept(w, t, RULE_handle_list_empty);
    if (call_of(w, t)->list == 0) return refuse(w, t, RULE_handle_list_unreadable);
    bool good = true;
    for (uint32_t first = 0; first < count; first += GROUP) {
        good = close_group(w, t, first, (uint32_t)min_u64(count, (uint64_t)first + GROUP));
    }
    if (!good) return refuse(w, t, RULE_handle_group_bad);
    return accept(w, t, RULE_handle_group_closed);
}

/* Section 4.6 */
step op_handle_check_valid(zxp_world *w, thread_ref t) {
    zx_handle_t value = arg32(w, t, 0);
    if (value == ZX_HANDLE_INVALID) return refuse(w, t, RULE_handle_check_zero);
    if ((~value & ZX_HANDLE_FIXED_BITS_MASK) != 0) return refuse(w, t, RULE_handle_check_malformed);
    if (handle_slot_of(w, value) == NULL) return refuse(w, t, RULE_handle_check_not_live);
    return accept(w, t, RULE_handle_check_live);
}

/* ---- Section 4.5 ---- */

/* The rights that a new handle gets in place of `asked`:
 * SAME_RIGHTS counts only as that exact value. False: not a subset. */
static bool rights_are_subset(zx_rights_t asked, zx_rights_t held, zx_rights_t *rights) {
    *rights = asked == ZX_RIGHT_SAME_RIGHTS ? held : asked;
    return (*rights & ~held) == 0;
}

step op_handle_duplicate(zxp_world *w, thread_ref t) {
    zx_handle_t value = arg32(w, t, 0);
    zx_rights_t rights;
    object_ref o;
    enum rule_number refusal = handle_look_up(w, value, ZX_OBJ_TYPE_NONE, ZX_RIGHT_DUPLICATE, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    bool subset = rights_are_subset(arg32(w, t, 1), handle_rights(w, value), &rights);
    if (!subset) return refuse(w, t, RULE_handle_duplicate_more_rights);
    if (!handle_room(w)) return refuse(w, t, RULE_handle_none_left);
    if (!arena_reserve(w, handle_make_bytes(w))) return no_memory(w, t);
    set_value(w, t, 0, handle_make(w, o, rights));
    return accept(w, t, RULE_handle_duplicated);
}

step op_handle_replace(zxp_world *w, thread_ref t) {
    zx_handle_t value = arg32(w, t, 0);
    zx_rights_t rights;
    object_ref o = handle_object(w, value);
    if (!object_is(o)) return refuse(w, t, RULE_handle_bad);
    if (!rights_are_subset(arg32(w, t, 1), handle_rights(w, value), &rights)) {
        handle_close(w, value);
        return refuse(w, t, RULE_handle_replace_more_rights);
    }
    if (!handle_room(w)) return refuse(w, t, RULE_handle_none_left);
    if (!arena_reserve(w, handle_make_bytes(w))) return no_memory(w, t);
    set_value(w, t, 0, handle_make(w, o, rights));
    handle_close(w, value); /* not the last one: no zero-handle action */
    return accept(w, t, RULE_handle_replaced);
}
