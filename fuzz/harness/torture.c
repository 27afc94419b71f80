/*
 * torture.c - what the torture bits of the header do (codec.h): conditions that a kernel or a pager may bring about at
 * any time, brought about all the time. After each operation: eviction, suspension. Instead of an answer: answers of
 * single pages; answers that come later.
 */
#include "harness.h"

enum { MOST_PARTS = 16, LATE_BY = 3 };

/* ---- After each operation ---- */

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

static bool after_operation(struct harness *h) {
    uint8_t torture = h->program->header.torture;
    if ((torture & TORTURE_EVICT) != 0 && !evict_everything(h)) return false;
    return (torture & TORTURE_SUSPEND) == 0 || suspend_waiters(h);
}

/* ---- Answers ---- */

/* Which arguments of a call say what it answers; aux_offset moves along, 0: there is none. */
struct answer {
    uint8_t offset, length, aux_offset;
};

static bool is_answer(const zxp_op_call *call, struct answer *answer) {
    switch (call->op) {
    case ZXP_OP_PAGER_SUPPLY_PAGES: *answer = (struct answer){2, 3, 5}; return true;
    case ZXP_OP_PAGER_VMO_OP: *answer = (struct answer){3, 4, 6}; return true;
    case ZXP_OP_PAGER_OP_RANGE: *answer = (struct answer){3, 4, 0}; break;
    default: return false;
    }
    return call->args[1] == ZX_PAGER_OP_FAIL || call->args[1] == ZX_PAGER_OP_DIRTY;
}

/* An answer to several pages page by page; one of very many, or of none, as it is. */
static bool answer_split(struct harness *h, const zxp_op_call *whole, const struct answer *answer) {
    uint64_t length = whole->args[answer->length], parts = length / ZXP_PAGE_SIZE;
    if (length % ZXP_PAGE_SIZE != 0 || parts < 2 || parts > MOST_PARTS) return harness_issue(h, whole);
    for (uint64_t i = 0; i < parts; i++) {
        zxp_op_call part = *whole;
        part.args[answer->offset] += i * ZXP_PAGE_SIZE;
        part.args[answer->length] = ZXP_PAGE_SIZE;
        if (answer->aux_offset != 0) part.args[answer->aux_offset] += i * ZXP_PAGE_SIZE;
        if (!harness_issue(h, &part) || !after_operation(h)) return false;
    }
    return true;
}

static bool make(struct harness *h, const zxp_op_call *call) {
    struct answer answer;
    bool splits = (h->program->header.torture & TORTURE_SPLIT) != 0 && is_answer(call, &answer);
    if (splits) return answer_split(h, call, &answer);
    return harness_issue(h, call) && after_operation(h);
}

/* The answer that was held back first is made now, with the arguments that it had then. */
static bool make_late(struct harness *h) {
    zxp_op_call call = h->late[0].call;
    h->late_count--;
    for (uint32_t i = 0; i < h->late_count; i++) h->late[i] = h->late[i + 1];
    return make(h, &call);
}

bool harness_operation(struct harness *h, const zxp_op_call *call) {
    struct answer answer;
    bool late = (h->program->header.torture & TORTURE_LATE) != 0 && is_answer(call, &answer);
    for (uint32_t i = 0; i < h->late_count; i++) h->late[i].left--;
    if (!late && !make(h, call)) return false;
    while (h->late_count > 0 && (h->late[0].left == 0 || h->late_count == HARNESS_LATE)) {
        if (!make_late(h)) return false;
    }
    if (late) h->late[h->late_count++] = (struct late_answer){*call, LATE_BY};
    return true;
}

bool harness_operations_end(struct harness *h) {
    while (h->late_count > 0) {
        if (!make_late(h)) return false;
    }
    return true;
}
