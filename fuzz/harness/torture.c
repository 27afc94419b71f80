/*
 * torture.c - what the torture bits of the header do after each operation (codec.h): conditions that a kernel may bring
 * about at any time, brought about all the time.
 */
#include "harness.h"

/* Evicts everything evictable, of every VMO. */
static bool evict_everything(struct harness *h) {
    zxp_object_view view = {0};
    for (zx_koid_t at = 0; zxp_object_next(h->core, at, &view); at = view.koid) {
        if (view.type != ZX_OBJ_TYPE_VMO || !view.pager_root) continue;
        zxp_op_call evict = {.op = ZXP_OP_EVICT, .args = {view.koid, 0, view.size, 1}};
        if (!harness_call(h, &evict)) return false;
    }
    return true;
}

/* Suspends and resumes every thread that waits for a page. */
static bool suspend_waiters(struct harness *h) {
    zxp_thread_view view;
    for (uint32_t i = 0; zxp_thread_get(h->core, i, &view); i++) {
        if (view.state != ZXP_THREAD_BLOCKED || view.waits_for != ZXP_WAIT_REQUEST) continue;
        zxp_op_call suspend = {.op = ZXP_OP_SUSPEND, .args = {i}}, resume = {.op = ZXP_OP_RESUME, .args = {i}};
        if (!harness_call(h, &suspend) || !harness_call(h, &resume)) return false;
    }
    return true;
}

bool harness_torture(struct harness *h) {
    uint8_t torture = h->program->header.torture;
    if ((torture & TORTURE_EVICT) != 0 && !evict_everything(h)) return false;
    return (torture & TORTURE_SUSPEND) == 0 || suspend_waiters(h);
}
