/*
 * sys_pager_supply.c - zx_pager_supply_pages (chapter 2 section 6; profile 2020: chapter 9 section 5.2) and its
 * forerunner zx_pager_vmo_op (profile 2018: chapter 9 section 4.3).
 *
 * Two phases: the pages are taken out of aux, then put where the pager's VMO is absent. Taking is final: what refuses
 * the call afterwards leaves aux empty and frees the pages (section 6.3).
 */
#include "handle.h"
#include "op_handlers.h"
#include "page_state.h"
#include "pager.h"
#include "request.h"
#include "transfer.h"

enum { SUPPLY_TAKES = 1 };

/* The VMOs of a call whose checks are passed: it holds them. */
static vmo_ref pager_vmo_of(const zxp_world *w, thread_ref t) { return call_of(w, t)->held[0]; }
static vmo_ref aux_of(const zxp_world *w, thread_ref t) { return call_of(w, t)->held[1]; }

/* ---- The supply phase ---- */

/* A refusal after the take phase: what was taken is lost. */
static step lose(zxp_world *w, thread_ref t, enum rule_number rule) {
    taken_free(w, t);
    return refuse(w, t, rule);
}

static step fill(zxp_world *w, thread_ref t, node_ref root, uint64_t first) {
    if (!arena_reserve(w, root_supply_bytes(w, root, taken_of(w, t)))) return lose(w, t, RULE_no_memory);
    root_supply(w, root, first, taken_of(w, t));
    taken_free(w, t);
    return accept(w, t, RULE_supply_done);
}

/* Section 6.1 steps 13 to 18. */
static step supply(zxp_world *w, thread_ref t, uint64_t offset, uint64_t length) {
    node_ref root = vmo_at(w, pager_vmo_of(w, t))->node;
    if (wraps(offset, length)) return lose(w, t, RULE_supply_wraps);
    if (length == 0) return lose(w, t, RULE_supply_nothing);
    if (!in_range(offset, length, node_at(w, root)->size)) return lose(w, t, RULE_supply_range);
    if (source_at(w, node_at(w, root)->source)->detached) return lose(w, t, RULE_supply_detached);
    return fill(w, t, root, offset / PAGE);
}

/* Chapter 9 sections 4.3 steps 13 to 15 and 5.2 steps 11, 12: no detached check; the range counts also for length 0. */
static step supply_in_old_profile(zxp_world *w, thread_ref t, uint64_t offset, uint64_t length) {
    node_ref root = vmo_at(w, pager_vmo_of(w, t))->node;
    if (!in_range(offset, length, node_at(w, root)->size)) return lose(w, t, RULE_supply_range);
    return fill(w, t, root, offset / PAGE);
}

/* ---- The take phase ---- */

/* Goes on until the pages are out of aux; called again after each wait (section 6.4). */
static step take_and_supply(zxp_world *w, thread_ref t, uint64_t offset, uint64_t length, uint64_t aux_offset) {
    switch (take_pages(w, t, aux_of(w, t), aux_offset, length)) {
    case LOOK_WAIT: return wait_for_request(w, t);
    case LOOK_FAILED: return refuse_with(w, t, (enum rule_number)call_of(w, t)->rule, call_of(w, t)->status);
    case LOOK_OK: break;
    }
    if (!profile_is(w, ZXP_PROFILE_HEAD)) return supply_in_old_profile(w, t, offset, length);
    return supply(w, t, offset, length);
}

static void begin_taking(zxp_world *w, thread_ref t, vmo_ref v, vmo_ref aux) {
    hold_vmo(w, t, 0, v);
    hold_vmo(w, t, 1, aux);
    call_of(w, t)->phase = SUPPLY_TAKES;
}

static bool pinned_in(const zxp_world *w, vmo_ref aux, uint64_t offset, uint64_t length) {
    uint64_t first = (vmo_at(w, aux)->base + offset) / PAGE;
    return node_any_pinned(w, vmo_at(w, aux)->node, first, first + length / PAGE);
}

/* Section 6.1 steps 6 to 11; there is no physical or contiguous VMO in the model. */
static enum rule_number aux_refused(const zxp_world *w, vmo_ref aux, uint64_t offset, uint64_t length) {
    if (wraps(offset, length)) return RULE_supply_aux_wraps;
    if (!in_range(offset, length, vmo_at(w, aux)->window)) return RULE_supply_aux_window;
    if (length == 0) return RULE_none;
    if (!in_range(offset, length, vmo_size(w, aux))) return RULE_supply_aux_range;
    if (node_is_root(w, vmo_at(w, aux)->node)) return RULE_supply_aux_pager;
    if (pinned_in(w, aux, offset, length)) return RULE_supply_aux_pinned;
    return RULE_none;
}

/* Chapter 9 sections 4.3 steps 9 to 11 and 5.2 steps 7 to 9. */
static enum rule_number old_aux_refused(const zxp_world *w, vmo_ref aux, uint64_t offset, uint64_t length) {
    const struct vmo *vmo = vmo_at(w, aux);
    if (!in_range(offset, length, vmo_size(w, aux))) return RULE_supply_aux_range;
    if (pinned_in(w, aux, offset, length)) return RULE_supply_aux_pinned;
    if (vmo->kind != ZXP_VMO_ROOT) return RULE_supply_old_aux_child;
    if (node_is_root(w, vmo->node)) return RULE_supply_old_aux_pager;
    if (vmo->mappings != 0) return RULE_supply_old_aux_mapped;
    if (vmo->children != 0) return RULE_supply_old_aux_parent;
    return RULE_none;
}

/* ---- The calls ---- */

/* Section 6.1. */
step op_pager_supply_pages(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 2), length = arg(w, t, 3), aux_offset = arg(w, t, 5);
    if (call_of(w, t)->phase == SUPPLY_TAKES) return take_and_supply(w, t, offset, length, aux_offset);
    pager_ref pager;
    vmo_ref v, aux;
    enum rule_number rule;
    bool head = profile_is(w, ZXP_PROFILE_HEAD);
    zx_rights_t manage = rights_in_head(w, ZX_RIGHT_MANAGE_VMO), write = rights_in_head(w, ZX_RIGHT_WRITE);
    if (profile_is(w, ZXP_PROFILE_2018)) return refuse(w, t, RULE_pager_no_such_call);
    if (!is_page_aligned(offset)) return refuse(w, t, RULE_supply_unaligned);
    if (!is_page_aligned(length)) return refuse(w, t, RULE_supply_unaligned);
    if (!is_page_aligned(aux_offset)) return refuse(w, t, RULE_supply_aux_unaligned);
    if ((rule = handle_to_pager(w, arg32(w, t, 0), manage, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 1), write, &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_supply_pair);
    if ((rule = handle_to_vmo(w, arg32(w, t, 4), ZX_RIGHTS_IO, &aux))) return refuse(w, t, rule);
    rule = head ? aux_refused(w, aux, aux_offset, length) : old_aux_refused(w, aux, aux_offset, length);
    if (rule) return refuse(w, t, rule);

    begin_taking(w, t, v, aux);
    return take_and_supply(w, t, offset, length, aux_offset);
}

static bool is_uncommitted(const struct page_key *key) { return key->state != OWNED; }

static bool all_committed(const zxp_world *w, vmo_ref aux, uint64_t offset, uint64_t length) {
    uint64_t first = offset / PAGE, end = first + length / PAGE;
    return page_map_first(w, &node_at(w, vmo_at(w, aux)->node)->map, first, end, is_uncommitted) == end;
}

/* Chapter 9 section 4.3. It never blocks: aux has no parent. */
step op_pager_vmo_op(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 3), length = arg(w, t, 4), aux_offset = arg(w, t, 6);
    pager_ref pager;
    vmo_ref v, aux;
    enum rule_number rule;
    if (!profile_is(w, ZXP_PROFILE_2018)) return refuse(w, t, RULE_pager_no_such_call);
    if (!is_page_aligned(offset) || !is_page_aligned(length)) return refuse(w, t, RULE_supply_unaligned);
    if (arg32(w, t, 2) != ZX_PAGER_SUPPLY_PAGES) return refuse(w, t, RULE_pager_vmo_op_unknown);
    if (!is_page_aligned(aux_offset)) return refuse(w, t, RULE_supply_aux_unaligned);
    if ((rule = handle_to_pager(w, arg32(w, t, 0), 0, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 1), 0, &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_supply_pair);
    if ((rule = handle_to_vmo(w, arg32(w, t, 5), ZX_RIGHTS_IO, &aux))) return refuse(w, t, rule);
    if ((rule = old_aux_refused(w, aux, aux_offset, length))) return refuse(w, t, rule);
    if (!all_committed(w, aux, aux_offset, length)) return refuse(w, t, RULE_supply_old_aux_uncommitted);

    begin_taking(w, t, v, aux);
    return take_and_supply(w, t, offset, length, aux_offset);
}
