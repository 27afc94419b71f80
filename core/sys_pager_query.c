/*
 * sys_pager_query.c - zx_pager_query_dirty_ranges, zx_pager_query_vmo_stats (chapter 2 sections 8, 9).
 */
#include "handle.h"
#include "op_handlers.h"
#include "page_state.h"
#include "pager.h"
#include "user_copy.h"

/* ---- Dirty ranges: section 8 ---- */

/* What a query remembers over a wait in a fault of its buffer; cursor counts the entries stored. */
enum { QUERY_COPIES = 1 };
enum { QUERY_PAGE, QUERY_AVAIL }; /* local[]: where to look from: after a wait, at the entry in hand; entries seen */

static bool is_dirty_data(const struct page_key *key) { return key->state == DIRTY || key->state == AWAITING; }

/* D and W merge in one run of pages. */
static uint64_t end_of_dirty_data(const zxp_world *w, node_ref root, uint64_t page, uint64_t end) {
    while (page < end) {
        struct page_run run = slot_run(w, root, page);
        if (!is_dirty_data(&run.key)) return page;
        page = run.end;
    }
    return end;
}

static zxp_dirty_range entry_of(uint64_t first, uint64_t end, uint64_t options) {
    return (zxp_dirty_range){.offset = first * PAGE, .length = (end - first) * PAGE, .options = options};
}

/* The first entry of pages [page, end) (step 6). False: nothing is dirty there. */
static bool next_entry(const zxp_world *w, node_ref root, uint64_t page, uint64_t end, zxp_dirty_range *entry) {
    while (page < end) {
        struct page_run run = slot_run(w, root, page);
        if (run.key.state == ZERO_DIRTY) {
            *entry = entry_of(page, min_u64(run.end, end), ZX_VMO_DIRTY_RANGE_IS_ZERO);
            return true;
        }
        if (is_dirty_data(&run.key)) {
            *entry = entry_of(page, end_of_dirty_data(w, root, run.end, end), 0);
            return true;
        }
        page = run.end;
    }
    return false;
}

static void forget_entries(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    arena_free(w, call->list, call->list_bytes);
    call->list = call->list_count = call->list_bytes = 0;
}

static bool grow_entries(zxp_world *w, thread_ref t) {
    uint64_t bytes = max_u64(2 * (uint64_t)call_of(w, t)->list_bytes, 4 * sizeof(zxp_dirty_range));
    if (bytes > UINT32_MAX || !arena_reserve(w, arena_size(bytes))) return false;
    uint32_t list = arena_alloc(w, (size_t)bytes);
    struct call *call = call_of(w, t);
    memcpy(arena_at(w, list), arena_at(w, call->list), call->list_bytes);
    arena_free(w, call->list, call->list_bytes);
    call->list = list;
    call->list_bytes = (uint32_t)bytes;
    return true;
}

/* False: memory is short. */
static bool keep_entry(zxp_world *w, thread_ref t, const zxp_dirty_range *entry) {
    struct call *call = call_of(w, t);
    if ((call->list_count + 1) * sizeof *entry > call->list_bytes && !grow_entries(w, t)) return false;
    call = call_of(w, t);
    ((zxp_dirty_range *)arena_at(w, call->list))[call->list_count++] = *entry;
    call->cursor++;
    return true;
}

/* Step 7: the entry goes to user memory, if that is where the buffer is (chapter 7 section 13.2). A fault that waits
 * ends the copy: the entry is looked up and copied anew, from where it began. */
static enum look copy_entry(zxp_world *w, thread_ref t, const zxp_dirty_range *entry) {
    const struct call *call = call_of(w, t);
    if (call->buffer.kind != ZXP_BUFFER_USER) return LOOK_OK;
    uint32_t done = 0;
    zx_vaddr_t address = call->buffer.address + call->cursor * sizeof *entry;
    call_of(w, t)->local[QUERY_PAGE] = entry->offset / PAGE;
    return direct_copy_out(w, t, address, (const uint8_t *)entry, sizeof *entry, &done);
}

static step refuse_query(zxp_world *w, thread_ref t, enum rule_number rule) {
    forget_entries(w, t);
    return refuse(w, t, rule);
}

/* The copy has left its rule and status in the call. */
static step buffer_failed(zxp_world *w, thread_ref t) {
    forget_entries(w, t);
    return refuse_with(w, t, (enum rule_number)call_of(w, t)->rule, call_of(w, t)->status);
}

/* Steps 6 to 8, from where the call stands; called again after each wait. */
static step enumerate(zxp_world *w, thread_ref t, node_ref root, uint64_t end) {
    uint64_t room = arg(w, t, 4) / sizeof(zxp_dirty_range);
    zxp_dirty_range entry;
    while (next_entry(w, root, call_of(w, t)->local[QUERY_PAGE], end, &entry)) {
        if (interrupted(w)) return refuse_query(w, t, RULE_interrupted);
        if (call_of(w, t)->cursor < room) {
            enum look look = copy_entry(w, t, &entry);
            if (look == LOOK_WAIT) return wait_for_request(w, t);
            if (look == LOOK_FAILED) return buffer_failed(w, t);
            if (!keep_entry(w, t, &entry)) return refuse_query(w, t, RULE_no_memory);
        }
        call_of(w, t)->local[QUERY_AVAIL]++;
        call_of(w, t)->local[QUERY_PAGE] = (entry.offset + entry.length) / PAGE;
    }
    set_value(w, t, 0, call_of(w, t)->cursor);
    set_value(w, t, 1, call_of(w, t)->local[QUERY_AVAIL]);
    return accept(w, t, RULE_query_done);
}

/* Steps 4 and 5, before each round of the enumeration: the VMO may have shrunk during a wait. */
static step query(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 2), length = arg(w, t, 3);
    node_ref root = vmo_at(w, call_of(w, t)->held[0])->node;
    if (!in_range(offset, length, node_at(w, root)->size)) return refuse_query(w, t, RULE_query_range);
    return enumerate(w, t, root, pages_of_bytes(offset + length));
}

/* After a wait in a fault of the buffer, which failed or not. */
static step go_on(zxp_world *w, thread_ref t) {
    zx_status_t status;
    if (request_failed(w, t, &status)) return refuse_query(w, t, RULE_copy_out_failed);
    return query(w, t);
}

/* Section 8.1. */
step op_pager_query_dirty_ranges(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->phase == QUERY_COPIES) return go_on(w, t);
    pager_ref pager;
    vmo_ref v;
    enum rule_number rule;
    if (!profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_pager_no_such_call);
    if ((rule = handle_to_pager(w, arg32(w, t, 0), ZX_RIGHT_MANAGE_VMO, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 1), ZX_RIGHT_READ, &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_query_pair);

    hold_vmo(w, t, 0, v);
    call_of(w, t)->phase = QUERY_COPIES;
    call_of(w, t)->local[QUERY_PAGE] = arg(w, t, 2) / PAGE;
    return query(w, t);
}

/* ---- Statistics: section 9 ---- */

step op_pager_query_vmo_stats(zxp_world *w, thread_ref t) {
    uint32_t options = arg32(w, t, 2);
    pager_ref pager;
    vmo_ref v;
    enum rule_number rule;
    if (!profile_is(w, ZXP_PROFILE_HEAD)) return refuse(w, t, RULE_pager_no_such_call);
    if ((rule = handle_to_pager(w, arg32(w, t, 0), ZX_RIGHT_MANAGE_VMO, &pager))) return refuse(w, t, rule);
    if ((rule = handle_to_vmo(w, arg32(w, t, 1), ZX_RIGHT_READ, &v))) return refuse(w, t, rule);
    if (!pager_pair(w, pager, v)) return refuse(w, t, RULE_stats_pair);
    if (arg(w, t, 3) < sizeof(uint32_t)) return refuse(w, t, RULE_stats_buffer);
    if ((options & ~ZX_PAGER_RESET_VMO_STATS) != 0) return refuse(w, t, RULE_stats_options);

    struct source *source = source_at(w, vmo_source(w, v));
    set_value(w, t, 0, source->modified ? ZX_PAGER_VMO_STATS_MODIFIED : 0);
    if (options & ZX_PAGER_RESET_VMO_STATS) source->modified = 0;
    return accept(w, t, options & ZX_PAGER_RESET_VMO_STATS ? RULE_stats_reset : RULE_stats_read);
}
