/*
 * sys_pager_range.c - zx_pager_op_range: FAIL, DIRTY, WRITEBACK_BEGIN, WRITEBACK_END (chapter 2 section 7;
 * profile 2020: chapter 9 section 5.3).
 */
#include "handle.h"
#include "op_handlers.h"
#include "page_state.h"
#include "pager.h"
#include "request.h"

/* A call whose common checks are passed. */
struct range {
    node_ref root;
    source_ref source;
    uint64_t offset, length, data;
    uint64_t size; /* of the VMO */
};

static uint64_t first_page(const struct range *r) { return r->offset / PAGE; }
static uint64_t end_page(const struct range *r) { return (r->offset + r->length) / PAGE; }

static bool is_detached(const zxp_world *w, const struct range *r) { return source_at(w, r->source)->detached; }

static bool reserve_change(zxp_world *w, const struct range *r) {
    return arena_reserve(w, root_change_bytes(w, r->root, first_page(r), end_page(r)));
}

/* ---- FAIL: section 7.2 ---- */

static bool is_status_of_fail(const zxp_world *w, zx_status_t status) {
    switch (status) {
    case ZX_ERR_IO:
    case ZX_ERR_IO_DATA_INTEGRITY:
    case ZX_ERR_BAD_STATE: return true;
    case ZX_ERR_NO_SPACE:
    case ZX_ERR_BUFFER_TOO_SMALL: return profile_is(w, ZXP_PROFILE_HEAD);
    default: return false;
    }
}

static step op_fail(zxp_world *w, thread_ref t, const struct range *r) {
    int64_t data = (int64_t)r->data;
    if (data < INT32_MIN || data > INT32_MAX) return refuse(w, t, RULE_fail_data_wide);
    zx_status_t status = (zx_status_t)data;
    if (!is_status_of_fail(w, status)) return refuse(w, t, RULE_fail_status);
    if (!in_range(r->offset, r->length, r->size)) return refuse(w, t, RULE_fail_range);
    if (is_detached(w, r) && profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_fail_detached);

    request_resolve(w, r->source, REQUEST_READ, r->offset, r->length, status, RULE_fail_read);
    request_resolve(w, r->source, REQUEST_DIRTY, r->offset, r->length, status, RULE_fail_dirty);
    return accept(w, t, RULE_fail_done);
}

/* ---- DIRTY: section 7.3 ---- */

/* Wakes the DIRTY waiters of what lies inside the VMO, without a change of any page. */
static step release(zxp_world *w, thread_ref t, const struct range *r, enum rule_number rule) {
    uint64_t end = min_u64(r->offset + r->length, r->size);
    root_release_dirty_waiters(w, r->root, first_page(r), end / PAGE);
    return refuse(w, t, rule);
}

static step op_dirty(zxp_world *w, thread_ref t, const struct range *r) {
    if (r->data != 0) return refuse(w, t, RULE_dirty_data);
    if (wraps(r->offset, r->length)) return refuse(w, t, RULE_dirty_wraps);
    if (!source_at(w, r->source)->trap) return refuse(w, t, RULE_dirty_no_trap);
    if (r->offset > r->size) return refuse(w, t, RULE_dirty_offset);
    if (r->offset + r->length > r->size) return release(w, t, r, RULE_dirty_range);
    if (is_detached(w, r)) return refuse(w, t, RULE_dirty_detached);
    if (root_any_absent(w, r->root, first_page(r), end_page(r))) return release(w, t, r, RULE_dirty_absent);
    if (!reserve_change(w, r)) return release(w, t, r, RULE_no_memory);

    root_dirty(w, r->root, first_page(r), end_page(r));
    return accept(w, t, RULE_dirty_done);
}

/* ---- WRITEBACK: sections 7.4, 7.5 ---- */

static step op_writeback_begin(zxp_world *w, thread_ref t, const struct range *r) {
    if (r->data != 0 && r->data != ZX_VMO_DIRTY_RANGE_IS_ZERO) return refuse(w, t, RULE_writeback_begin_data);
    if (!in_range(r->offset, r->length, r->size)) return refuse(w, t, RULE_writeback_begin_range);
    if (!reserve_change(w, r)) return no_memory(w, t);

    root_writeback_begin(w, r->root, first_page(r), end_page(r), r->data == ZX_VMO_DIRTY_RANGE_IS_ZERO);
    return accept(w, t, RULE_writeback_begun);
}

static step op_writeback_end(zxp_world *w, thread_ref t, const struct range *r) {
    if (r->data != 0) return refuse(w, t, RULE_writeback_end_data);
    if (!in_range(r->offset, r->length, r->size)) return refuse(w, t, RULE_writeback_end_range);
    if (!reserve_change(w, r)) return no_memory(w, t);

    root_writeback_end(w, r->root, first_page(r), end_page(r));
    return accept(w, t, RULE_writeback_ended);
}

/* ---- The call: section 7.1 ---- */

static bool is_known(const zxp_world *w, uint32_t op) {
    if (profile_is(w, ZXP_PROFILE_2020)) return op == ZX_PAGER_OP_FAIL;
    return op >= ZX_PAGER_OP_FAIL && op <= ZX_PAGER_OP_WRITEBACK_END;
}

step op_pager_op_range(zxp_world *w, thread_ref t) {
    uint32_t op = arg32(w, t, 1);
    zx_rights_t manage = rights_in_head(w, ZX_RIGHT_MANAGE_VMO), write = rights_in_head(w, ZX_RIGHT_WRITE);
    struct range r = {.offset = arg(w, t, 3), .length = arg(w, t, 4), .data = arg(w, t, 5)};
    pager_ref pager;
    vmo_ref v;
    enum rule_number rule;
    if (profile_is(w, ZXP_PROFILE_2018)) return refuse(w, t, RULE_pager_no_such_call);
    if (!is_page_aligned(r.offset) || !is_page_aligned(r.length)) return refuse(w, t, RULE_range_unaligned);
    if ((rule = handle_to_pager(w, arg32(w, t, 0), manage, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 2), write, &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_range_pair);
    if (!is_known(w, op)) return refuse(w, t, RULE_range_unknown_op);

    r.root = vmo_at(w, v)->node;
    r.source = vmo_source(w, v);
    r.size = vmo_size(w, v);
    switch (op) {
    case ZX_PAGER_OP_FAIL: return op_fail(w, t, &r);
    case ZX_PAGER_OP_DIRTY: return op_dirty(w, t, &r);
    case ZX_PAGER_OP_WRITEBACK_BEGIN: return op_writeback_begin(w, t, &r);
    default: return op_writeback_end(w, t, &r);
    }
}
