/*
 * live.c - can every thread that waits for a page still finish? (explore.h)
 *
 * A fair pager answers what is asked: it supplies every READ and grants every DIRTY, until nothing is outstanding.
 * Requests of detached or closed sources end by themselves. A thread that still waits then has lost its wake-up.
 */
#include "explore.h"

enum { MAX_ROUNDS = 64 };

static zx_handle_t handle_of(const zxp_world *world, zx_koid_t koid) {
    zxp_handle_view view;
    for (size_t i = 0; zxp_handle_at(world, i, &view); i++) {
        if (view.koid == koid) return view.handle;
    }
    return ZX_HANDLE_INVALID;
}

static uint64_t call(zxp_world *world, uint32_t thread, const zxp_op_call *made) {
    uint64_t handle = 0;
    zxp_op_call copy = *made;
    copy.thread = thread;
    zxp_call(world, &copy);
    zxp_field(world, thread, "handle", &handle);
    return handle;
}

static void supply(zxp_world *world, uint32_t thread, uint64_t pager, uint64_t vmo, const zxp_request_view *request,
                   uint64_t size) {
    uint64_t length = request->offset >= size ? 0 : request->length;
    if (length > size - request->offset) length = size - request->offset;
    uint64_t aux = call(world, thread, &(zxp_op_call){.op = ZXP_OP_VMO_CREATE, .args = {length, 0}});
    call(world, thread,
         &(zxp_op_call){.op = ZXP_OP_PAGER_SUPPLY_PAGES, .args = {pager, vmo, request->offset, length, aux, 0}});
    call(world, thread, &(zxp_op_call){.op = ZXP_OP_HANDLE_CLOSE, .args = {aux}});
}

/* Answers one request; false if nobody could (no handle to the pager or the VMO). */
static bool answer(zxp_world *world, uint32_t thread, const zxp_request_view *request) {
    zxp_object_view vmo;
    if (!zxp_object_get(world, request->vmo, &vmo)) return false;
    uint64_t handle = handle_of(world, request->vmo), pager = handle_of(world, vmo.pager);
    if (handle == 0 || pager == 0) return false;
    if (request->command == ZX_PAGER_VMO_READ) {
        supply(world, thread, pager, handle, request, vmo.size);
    } else {
        call(world, thread,
             &(zxp_op_call){.op = ZXP_OP_PAGER_OP_RANGE,
                            .args = {pager, ZX_PAGER_OP_DIRTY, handle, request->offset, request->length, 0}});
    }
    return true;
}

static bool anybody_waits_for_pages(const zxp_world *world) {
    zxp_thread_view view;
    for (uint32_t i = 0; zxp_thread_get(world, i, &view); i++) {
        if (view.state == ZXP_THREAD_BLOCKED && view.waits_for == ZXP_WAIT_REQUEST) return true;
    }
    return false;
}

bool explore_can_finish(zxp_world *world) {
    uint32_t service;
    zxp_request_view request;
    if (!anybody_waits_for_pages(world)) return true;
    if (zxp_thread_create(world, &service) != ZX_OK) return true;
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        if (!zxp_request_at(world, 0, &request)) break;
        if (!answer(world, service, &request))
            return true; /* nobody is left who could answer: not the engine's fault */
    }
    return !anybody_waits_for_pages(world);
}
