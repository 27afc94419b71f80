/*
 * sys_vmo_commit.c - ZX_VMO_OP_COMMIT and ZX_VMO_OP_DECOMMIT
 * (chapter 5 sections 6.1, 6.2; chapter 6 sections 7.1, 7.2).
 */
#include "mapping.h"
#include "slots.h"
#include "sys_vmo.h"

enum { COMMIT_BEGUN = 1, COMMIT_END = 2 }; /* locals: the range is checked; its end, in pages of the VMO */

/* Rounding comes before the test for emptiness: COMMIT(100, 0) commits page 0. */
static enum rule_number commit_check(zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length, uint64_t *end) {
    if (wraps(offset, length) || !round_up(offset + length, end)) return RULE_vmo_commit_wraps;
    uint64_t first = round_down(offset);
    if (!in_range(first, *end - first, vmo_size(w, v))) return RULE_vmo_commit_beyond;
    if (first != *end && vmo_is_discarded(w, v)) return RULE_vmo_commit_discarded;
    return RULE_none;
}

/* The rest of a range that a shrink has cut off while the call waited is no error: the range is trimmed. */
static enum look commit_pages(zxp_world *w, thread_ref t, vmo_ref v) {
    node_ref n = vmo_at(w, v)->node;
    for (;;) {
        struct call *call = call_of(w, t);
        uint64_t end = min_u64(call->local[COMMIT_END], vmo_size(w, v) / PAGE), count;
        if (call->cursor >= end) return LOOK_OK;
        uint64_t page = vmo_first_page(w, v) + call->cursor;
        uint64_t ask = end - call->cursor;
        if (!arena_reserve(w, look_bytes(w, n))) return look_no_memory(w, t);
        enum look look = look_own(w, t, n, page, OWN_COMMIT, ask, &count);
        if (look != LOOK_OK) return look;
        call_of(w, t)->cursor += count;
    }
}

enum look range_commit(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    struct call *call = call_of(w, t);
    if (!call->local[COMMIT_BEGUN]) {
        uint64_t end;
        enum rule_number rule = commit_check(w, v, offset, length, &end);
        if (rule != RULE_none) return look_refused(w, t, rule);
        call->local[COMMIT_BEGUN] = 1;
        call->local[COMMIT_END] = end / PAGE;
        call->cursor = offset / PAGE;
    }
    return commit_pages(w, t, v);
}

/* ---- DECOMMIT ---- */

static bool is_anonymous_and_alone(const zxp_world *w, node_ref n) {
    return !node_at(w, n)->in_pager_tree && !node_has_parent(w, n);
}

enum rule_number decommit_refusal(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!in_range(offset, length, vmo_size(w, v))) return RULE_vmo_decommit_beyond;
    if (length == 0) return RULE_none;
    if (!is_anonymous_and_alone(w, vmo_at(w, v)->node)) return RULE_vmo_decommit_refused;
    if (!is_page_aligned(offset) || !is_page_aligned(length)) return RULE_vmo_decommit_unaligned;
    if (vmo_any_pinned(w, v, offset, length)) return RULE_vmo_decommit_pinned;
    return RULE_none;
}

bool decommit_pages(zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    node_ref n = vmo_at(w, v)->node;
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE;
    if (!arena_reserve(w, slots_bytes(w, n, 1))) return false;
    slots_set(w, n, first, first + length / PAGE, key_absent(), VIEWS_UNMAP, RULE_vmo_decommitted);
    return true;
}

enum look range_decommit(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length) {
    enum rule_number rule = decommit_refusal(w, v, offset, length);
    if (rule != RULE_none) return look_refused(w, t, rule);
    return decommit_pages(w, v, offset, length) ? LOOK_OK : look_no_memory(w, t);
}
