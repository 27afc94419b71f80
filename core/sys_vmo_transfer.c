/*
 * sys_vmo_transfer.c - zx_vmo_transfer_data (chapter 5 section 12).
 *
 * The source is drained before the destination is checked: if that is refused, the pages are lost.
 */
#include "sys_vmo.h"
#include "transfer.h"

/* Steps 1 to 5. Both VMOs are held from here on. */
static enum rule_number check(zxp_world *w, thread_ref t, vmo_ref *dst, vmo_ref *src) {
    uint64_t offset = arg(w, t, 2), length = arg(w, t, 3), src_offset = arg(w, t, 5);
    if (arg32(w, t, 1) != 0) return RULE_transfer_options;
    if (!is_page_aligned(offset)) return RULE_transfer_unaligned;
    if (!is_page_aligned(length)) return RULE_transfer_unaligned;
    if (!is_page_aligned(src_offset)) return RULE_transfer_unaligned;
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), ZX_RIGHT_WRITE, dst);
    return rule != RULE_none ? rule : handle_to_vmo(w, arg32(w, t, 4), ZX_RIGHT_READ | ZX_RIGHT_WRITE, src);
}

/* Step 7. */
static step put(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 2), length = arg(w, t, 3);
    vmo_ref dst = call_of(w, t)->held[0];
    enum rule_number rule = put_refusal(w, dst, offset, length);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (!put_pages(w, t, dst, offset, length)) return no_memory(w, t);
    return accept(w, t, RULE_transfer_done);
}

/* Step 6, and again after each wait. The list is freed when the call ends. */
static step take_then_put(zxp_world *w, thread_ref t) {
    enum look look = take_pages(w, t, call_of(w, t)->held[1], arg(w, t, 5), arg(w, t, 3));
    return look == LOOK_OK ? put(w, t) : look_end(w, t, look);
}

step op_vmo_transfer_data(zxp_world *w, thread_ref t) {
    vmo_ref dst, src;
    if (!profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_vmo_old_profile);
    if (call_of(w, t)->phase != 0) return take_then_put(w, t);
    enum rule_number rule = check(w, t, &dst, &src);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (vmo_same(dst, src) && arg(w, t, 2) == arg(w, t, 5)) return accept(w, t, RULE_transfer_same);
    rule = take_refusal(w, src, arg(w, t, 5), arg(w, t, 3));
    if (rule != RULE_none) return refuse(w, t, rule);
    hold_vmo(w, t, 0, dst);
    hold_vmo(w, t, 1, src);
    call_of(w, t)->phase = 1;
    return take_then_put(w, t);
}
