/*
 * user_copy.c - copies between a call and user memory (chapter 7 section 13).
 *
 * A captured copy moves a page of the VMO at a time. When a byte of the buffer has no translation, the rest of the
 * buffer is faulted in as one range, and the copy goes back to where it was: the call checks everything about its
 * VMO again. call.fault_at, fault_end is the part of the range that is not resolved yet. While it waits, the
 * thread's one request is the buffer's; a request that the call itself still had is cancelled before that.
 */
#include "user_copy.h"

#include "fault.h"
#include "reclaim.h"

enum { BUFFER_VMO = 1 }; /* call.held[0] is the call's own */

/* ---- Waiting: origin KERNEL ---- */

/* The target will ask a pager: the thread's request is needed for that. */
static void lend_request(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->uninterruptible) return;
    call_of(w, t)->fault_early = thread_at(w, t)->request.early;
    call_of(w, t)->uninterruptible = 1;
    request_begin(w, t, false);
}

/* Back to the call's own. */
static void give_request_back(zxp_world *w, thread_ref t) {
    if (!call_of(w, t)->uninterruptible) return;
    call_of(w, t)->uninterruptible = 0;
    request_begin(w, t, call_of(w, t)->fault_early != 0);
}

/* The fault keeps the buffer's VMO alive, even if it is unmapped meanwhile (section 11). */
static enum look wait_in_buffer(zxp_world *w, thread_ref t, const struct target *target) {
    hold_vmo(w, t, BUFFER_VMO, mapping_at(w, target->mapping)->vmo);
    return LOOK_WAIT;
}

/* ---- The range fault: 13.1 step 4 ---- */

/* One page, or several alike, of the range. */
static enum look resolve_some(zxp_world *w, thread_ref t, const struct target *target, uint32_t access, uint64_t left,
                              uint64_t *count) {
    if (target_needs_request(w, target, access)) lend_request(w, t);
    if (access == ZX_VM_PERM_WRITE) return target_write(w, t, target, left, left, 0, count);
    struct seen seen;
    enum look look = target_read(w, t, target, left, left, 0, &seen);
    *count = seen.count;
    return look;
}

static enum look end_range_fault(zxp_world *w, thread_ref t, enum look look) {
    call_of(w, t)->fault_at = call_of(w, t)->fault_end = 0;
    hold_vmo(w, t, BUFFER_VMO, vmo_none());
    give_request_back(w, t);
    return look;
}

/* The attempt cuts the range where the mapping, its permissions or the
 * VMO's limit end, as they are now; what lies behind is not faulted. */
static enum look fault_range(zxp_world *w, thread_ref t, uint32_t access) {
    struct target target;
    enum rule_number refused = target_find(w, call_of(w, t)->fault_at, access, &target);
    if (refused != RULE_none) return end_range_fault(w, t, look_refused(w, t, refused));
    uint64_t left = target_range(w, &target, (call_of(w, t)->fault_end - call_of(w, t)->fault_at) / PAGE);
    while (left > 0) {
        (void)target_find(w, call_of(w, t)->fault_at, access, &target);
        target.performs = false; /* the copy may never come to this page */
        uint64_t count;
        enum look look = resolve_some(w, t, &target, access, left, &count);
        if (look == LOOK_WAIT) return wait_in_buffer(w, t, &target);
        if (look == LOOK_FAILED) return end_range_fault(w, t, look);
        left -= count;
        call_of(w, t)->fault_at += count * PAGE;
    }
    return end_range_fault(w, t, LOOK_OK);
}

static uint32_t buffer_access(const zxp_world *w, thread_ref t) {
    return call_of(w, t)->op == ZXP_OP_VMO_WRITE ? ZX_VM_PERM_READ : ZX_VM_PERM_WRITE;
}

enum look captured_resume(zxp_world *w, thread_ref t) {
    zx_status_t status;
    if (call_of(w, t)->fault_end == 0) return LOOK_OK;
    if (!request_failed(w, t, &status)) return fault_range(w, t, buffer_access(w, t));
    return end_range_fault(w, t, look_refused_with(w, t, RULE_fault_failed_by_pager, status));
}

/* From the byte that has no translation as far as the rest of the buffer is long, in whole pages. */
static enum look begin_range_fault(zxp_world *w, thread_ref t, zx_vaddr_t fault, uint64_t rest, uint32_t access) {
    uint64_t longest = vmar_at(w, kernel_of(w)->vmar)->size; /* of what is mapped: no address of it wraps */
    call_of(w, t)->fault_at = round_down(fault);
    call_of(w, t)->fault_end = round_down(fault) + pages_of_bytes(fault % PAGE + min_u64(rest, longest)) * PAGE;
    return fault_range(w, t, access);
}

/* ---- The copy: 13.1 step 3 ---- */

/* Does the buffer's page count as translated for this access? */
static bool is_translated(const zxp_world *w, zx_vaddr_t address, uint32_t access, struct target *target) {
    uint64_t one = 1;
    if (target_find(w, address, access, target) != RULE_none) return false;
    if (access == ZX_VM_PERM_READ)
        return target->record != TRANSLATION_NONE && !target_needs_request(w, target, access);
    return target->record == TRANSLATION_RW && mapping_writable(w, target->node, target->page, &one);
}

/* Bytes of one page of a node, as a reader sees them. */
static void bytes_of_page(const zxp_world *w, node_ref n, uint64_t page, uint8_t *out) {
    struct found found = node_find_one(w, n, page);
    const uint8_t *bytes = content_bytes(w, key_content(&found.key), found.page, out); /* without a frame: zeros */
    memmove(out, bytes, ZXP_PAGE_SIZE); /* they may stand there already */
}

/* The page that is copied is the mapped VMO's own, or of a node above. */
static void mark_copied(zxp_world *w, const struct target *user) {
    struct found found = node_find_one(w, user->node, user->page);
    if (node_is(found.owner)) reclaim_mark_accessed(w, found.owner, found.page, found.page + 1);
}

/* One piece that lies in one page of each side. */
static bool copy_piece(zxp_world *w, node_ref n, uint64_t offset, const struct target *user, uint32_t at,
                       uint32_t length, bool to_user) {
    uint8_t scratch[ZXP_PAGE_SIZE];
    uint64_t user_offset = user->page * PAGE + at;
    node_ref to = to_user ? user->node : n;
    if (!arena_reserve(w, look_bytes(w, user->node) + write_bytes(w, to))) return false;
    mark_copied(w, user);
    bytes_of_page(w, to_user ? n : user->node, to_user ? offset / PAGE : user->page, scratch);
    node_write_bytes(w, to, to_user ? user_offset : offset, length, scratch + (to_user ? offset % PAGE : at));
    return true;
}

enum copied { COPIED, UNTRANSLATED, NO_MEMORY };

/* A part of one page of the VMO. UNTRANSLATED: *address is the first byte that has no translation. */
static enum copied copy_chunk(zxp_world *w, node_ref n, uint64_t offset, uint64_t length, zx_vaddr_t *address,
                              bool to_user) {
    while (length > 0) {
        struct target user;
        uint64_t piece = min_u64(length, PAGE - *address % PAGE);
        if (!is_translated(w, *address, to_user ? ZX_VM_PERM_WRITE : ZX_VM_PERM_READ, &user)) return UNTRANSLATED;
        if (!copy_piece(w, n, offset, &user, (uint32_t)(*address % PAGE), (uint32_t)piece, to_user)) return NO_MEMORY;
        offset += piece;
        *address += piece;
        length -= piece;
    }
    return COPIED;
}

enum look captured_copy(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t left, zx_vaddr_t address,
                        bool to_user, uint64_t *done) {
    uint64_t chunk = min_u64(left, PAGE - offset % PAGE);
    zx_vaddr_t at = address;
    switch (copy_chunk(w, n, offset, chunk, &at, to_user)) {
    case COPIED: *done = chunk; return LOOK_OK;
    case NO_MEMORY: return look_no_memory(w, t);
    default: return begin_range_fault(w, t, at, left, buffer_access(w, t));
    }
}

/* ---- Direct copies: 13.2 ---- */

static enum look direct_failed(zxp_world *w, thread_ref t) {
    return call_of(w, t)->rule == RULE_no_memory ? LOOK_FAILED : look_refused(w, t, RULE_copy_out_failed);
}

enum look direct_copy_out(zxp_world *w, thread_ref t, zx_vaddr_t address, const uint8_t *bytes, uint32_t length,
                          uint32_t *done) {
    while (*done < length) {
        struct target target;
        zx_vaddr_t at = address + *done;
        uint32_t piece = (uint32_t)min_u64(length - *done, PAGE - at % PAGE);
        uint64_t count;
        if (target_find(w, at, ZX_VM_PERM_WRITE, &target) != RULE_none) return direct_failed(w, t);
        lend_request(w, t);
        enum look look = target_write(w, t, &target, 1, 1, write_bytes(w, target.node), &count);
        if (look == LOOK_WAIT) return wait_in_buffer(w, t, &target);
        if (look == LOOK_FAILED) return direct_failed(w, t);
        node_write_bytes(w, target.node, target.page * PAGE + at % PAGE, piece, bytes + *done);
        *done += piece;
    }
    return LOOK_OK;
}
