/*
 * fault.c - loads and stores of user threads (chapter 7 sections 6 and 16).
 *
 * An access is cut at page boundaries into chunks, ascending; each chunk is resolved
 * from scratch and performed in one step. A chunk asks a pager for one page. Chunks
 * that need nothing run on together as far as they are alike. cursor = bytes done.
 */
#include "fault.h"

#include "op_handlers.h"

enum { LOAD_ADDRESS = 0, LOAD_LENGTH = 1, STORE_ADDRESS = 0, STORE_LENGTH = 2 };
enum { KIND_LOAD, KIND_STORE };
/* A local: the first byte that the access touches now, in the source or the target; where it faults. */
enum { TOUCHED = 0 };

/* The thread takes a fatal page fault at the byte that it touches; the
 * status stands in the call. A world that is short of memory is no fault. */
static step fault(zxp_world *w, thread_ref t, uint8_t kind) {
    (void)refuse_with(w, t, (enum rule_number)call_of(w, t)->rule, call_of(w, t)->status);
    if (call_of(w, t)->rule == RULE_no_memory) return STEP_RETURN;
    struct thread *thread = thread_at(w, t);
    thread->fault_address = thread->call.local[TOUCHED];
    thread->fault_kind = kind;
    return STEP_FAULT;
}

/* A new access begins, or one that waited goes on: false if its wait has failed it. */
static bool begin_or_resume(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    zx_status_t status;
    if (call->phase == 0) {
        request_begin(w, t, false);
        call->phase = 1;
        return true;
    }
    if (!request_failed(w, t, &status)) return true;
    (void)look_refused_with(w, t, RULE_fault_failed_by_pager, status);
    return false;
}

/* The fault keeps the VMO alive, even if it is unmapped meanwhile (section 11). */
static enum look hold_if_waiting(zxp_world *w, thread_ref t, const struct target *target, enum look look) {
    if (look == LOOK_WAIT) hold_vmo(w, t, 0, mapping_at(w, target->mapping)->vmo);
    return look;
}

/* Bytes of a chunk that begins `skip` bytes into a page, has `left` bytes to go and finds `pages` pages alike: a
 * part of one page, or whole pages. */
static uint64_t chunk_bytes(uint64_t skip, uint64_t left, uint64_t pages) {
    if (skip != 0 || left < PAGE) return min_u64(left, PAGE - skip);
    return min_u64(left / PAGE, pages) * PAGE;
}

static uint64_t pages_of(uint64_t skip, uint64_t bytes) {
    return bytes / PAGE + (skip + bytes % PAGE + PAGE - 1) / PAGE;
}

/* ---- Load ---- */

static enum look load_chunk(zxp_world *w, thread_ref t, zx_vaddr_t address, uint64_t left) {
    struct target target;
    struct seen seen;
    uint64_t skip = address % PAGE;
    call_of(w, t)->local[TOUCHED] = address;
    enum rule_number refused = target_find(w, address, ZX_VM_PERM_READ, &target);
    if (refused != RULE_none) return look_refused(w, t, refused);
    enum look look = target_read(w, t, &target, 1, pages_of(skip, chunk_bytes(skip, left, UINT64_MAX)),
                                 data_append_bytes(&call_of(w, t)->data), &seen);
    if (look != LOOK_OK) return hold_if_waiting(w, t, &target, look);
    uint64_t bytes = chunk_bytes(skip, left, seen.count);
    data_append(w, t, seen.content, seen.content_page, (uint32_t)skip, bytes);
    call_of(w, t)->cursor += bytes;
    return LOOK_OK;
}

step op_load(zxp_world *w, thread_ref t) {
    zx_vaddr_t address = arg(w, t, LOAD_ADDRESS);
    uint64_t length = arg(w, t, LOAD_LENGTH);
    if (!begin_or_resume(w, t)) return fault(w, t, KIND_LOAD);
    while (call_of(w, t)->cursor < length) {
        uint64_t done = call_of(w, t)->cursor;
        switch (load_chunk(w, t, address + done, length - done)) {
        case LOOK_OK: break;
        case LOOK_WAIT: return wait_for_request(w, t);
        case LOOK_FAILED: return fault(w, t, KIND_LOAD);
        }
    }
    return accept(w, t, RULE_fault_load_done);
}

/* ---- Store ---- */

static enum look store_chunk(zxp_world *w, thread_ref t, zx_vaddr_t address, uint64_t left) {
    struct target target;
    uint64_t skip = address % PAGE, from = call_of(w, t)->cursor, count;
    call_of(w, t)->local[TOUCHED] = address;
    enum rule_number refused = target_find(w, address, ZX_VM_PERM_WRITE, &target);
    if (refused != RULE_none) return look_refused(w, t, refused);
    enum look look = target_write(w, t, &target, 1, pages_of(skip, chunk_bytes(skip, left, UINT64_MAX)),
                                  write_bytes(w, target.node), &count);
    if (look != LOOK_OK) return hold_if_waiting(w, t, &target, look);
    call_of(w, t)->cursor +=
        node_write(w, t, target.node, target.page * PAGE + skip, chunk_bytes(skip, left, count), from);
    return LOOK_OK;
}

/* One page of a store whose bytes come from user memory: the load, and the store. */
static enum look load_page(zxp_world *w, thread_ref t, zx_vaddr_t address, uint64_t then, struct seen *seen) {
    struct target target;
    call_of(w, t)->local[TOUCHED] = address;
    enum rule_number refused = target_find(w, address, ZX_VM_PERM_READ, &target);
    if (refused != RULE_none) return look_refused(w, t, refused);
    return hold_if_waiting(w, t, &target, target_read(w, t, &target, 1, 1, then, seen));
}

static enum look own_page(zxp_world *w, thread_ref t, zx_vaddr_t address, struct target *target) {
    uint64_t count;
    call_of(w, t)->local[TOUCHED] = address;
    enum rule_number refused = target_find(w, address, ZX_VM_PERM_WRITE, target);
    if (refused != RULE_none) return look_refused(w, t, refused);
    return hold_if_waiting(w, t, target, target_write(w, t, target, 1, 1, 0, &count));
}

/* A load and a store in one: the processor copies. After the fault of the store the instruction runs again, and
 * loads again: the store may have put another page there. */
static enum look move_chunk(zxp_world *w, thread_ref t, zx_vaddr_t address, zx_vaddr_t source, uint64_t left) {
    struct target to;
    struct seen seen = {0};
    uint64_t skip = address % PAGE, bytes = min_u64(left, PAGE - max_u64(skip, source % PAGE));
    uint8_t scratch[ZXP_PAGE_SIZE];
    enum look look = load_page(w, t, source, 0, &seen);
    if (look == LOOK_OK) look = own_page(w, t, address, &to);
    if (look == LOOK_OK) look = load_page(w, t, source, write_bytes(w, to.node), &seen);
    if (look != LOOK_OK) return look;
    memmove(scratch, content_bytes(w, seen.content, seen.content_page, scratch), sizeof scratch);
    node_write_bytes(w, to.node, to.page * PAGE + skip, (uint32_t)bytes, scratch + source % PAGE);
    call_of(w, t)->cursor += bytes;
    return LOOK_OK;
}

static enum look store_some(zxp_world *w, thread_ref t, zx_vaddr_t address, uint64_t left) {
    const struct call *call = call_of(w, t);
    if (call->buffer.kind == ZXP_BUFFER_USER)
        return move_chunk(w, t, address, call->buffer.address + call->cursor, left);
    return store_chunk(w, t, address, left);
}

step op_store(zxp_world *w, thread_ref t) {
    zx_vaddr_t address = arg(w, t, STORE_ADDRESS);
    uint64_t length = arg(w, t, STORE_LENGTH);
    if (!begin_or_resume(w, t)) return fault(w, t, KIND_STORE);
    while (call_of(w, t)->cursor < length) {
        uint64_t done = call_of(w, t)->cursor;
        switch (store_some(w, t, address + done, length - done)) {
        case LOOK_OK: break;
        case LOOK_WAIT: return wait_for_request(w, t);
        case LOOK_FAILED: return fault(w, t, KIND_STORE);
        }
    }
    return accept(w, t, RULE_fault_store_done);
}
