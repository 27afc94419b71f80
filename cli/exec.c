#include "exec.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { CALLS_KEPT = 256 }; /* of one statement, for reports; more only count */

void exec_observe(void *user, const zxp_event *event) {
    struct interp *in = user;
    if (event->kind == ZXP_EVENT_RESULT && event->thread < in->session.record_count) {
        struct thread_record *record = &in->session.records[event->thread];
        record->in_call = false;
        record->touch.done_at = ++in->session.ticks;
    }
    if (in->hooks.event) in->hooks.event(in->hooks.user, event);
}

static zx_status_t status_of(const struct interp *in, uint32_t thread, uint16_t *rule) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(in->world, thread, &view);
    *rule = view.rule;
    return view.status;
}

static void keep_call(struct interp *in, const zxp_op_call *call, zxp_outcome outcome) {
    if (in->call_count >= CALLS_KEPT) return;
    struct made_call made = {.call = *call, .outcome = outcome};
    made.status = status_of(in, call->thread, &made.rule);
    in->calls = mem_grow(in->calls, in->call_count, &in->call_capacity, sizeof *in->calls);
    in->calls[in->call_count++] = made;
}

/* One call, without what follows from it. */
static zxp_outcome raw_call(struct interp *in, const zxp_op_call *call) {
    struct thread_record *record = session_record(&in->session, call->thread);
    record->in_call = true;
    zxp_outcome outcome = zxp_call(in->world, call);
    record->in_call = outcome == ZXP_BLOCKED;
    record->touch.done_at = ++in->session.ticks;
    keep_call(in, call, outcome);
    return outcome;
}

/* ---- Accesses page by page ---- */

static void end_touch(struct interp *in, struct touch *touch) {
    touch->active = false;
    in->session.touching--;
}

/* The thread whose turn it is to go on: it can run, and became able to first. */
static bool next_touch(struct interp *in, uint32_t *thread) {
    bool found = false;
    for (uint32_t i = 0; i < in->session.record_count; i++) {
        struct thread_record *record = &in->session.records[i];
        zxp_thread_view view;
        if (!record->touch.active || !zxp_thread_get(in->world, i, &view)) continue;
        if (view.state == ZXP_THREAD_FAULTED || view.state == ZXP_THREAD_KILLED) {
            end_touch(in, &record->touch);
        } else if (view.state == ZXP_THREAD_READY && !record->in_call) {
            if (!found || record->touch.done_at < in->session.records[*thread].touch.done_at) *thread = i;
            found = true;
        }
    }
    return found;
}

static void take_access(struct interp *in, uint32_t thread) {
    struct thread_record *record = &in->session.records[thread];
    uint8_t byte = 0;
    if (!record->touch.write && zxp_data_copy(in->world, thread, 0, &byte, 1) == 1)
        buf_char(&record->bytes, (char)byte);
    record->touch.pending = false;
    record->touch.address += ZXP_PAGE_SIZE;
    record->touch.left--;
}

static void make_access(struct interp *in, uint32_t thread) {
    struct touch *touch = &in->session.records[thread].touch;
    zxp_op_call call = {.op = touch->write ? ZXP_OP_STORE : ZXP_OP_LOAD, .thread = thread};
    call.args[0] = touch->address;
    call.args[touch->write ? 2 : 1] = 1;
    if (touch->write) call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = touch->byte};
    touch->pending = true;
    (void)raw_call(in, &call);
}

static void step_touch(struct interp *in, uint32_t thread) {
    struct touch *touch = &in->session.records[thread].touch;
    if (touch->pending) take_access(in, thread);
    if (touch->left == 0)
        end_touch(in, touch);
    else
        make_access(in, thread);
}

static void pump(struct interp *in) {
    uint32_t thread = 0;
    while (in->session.touching && !interp_interrupted(in) && next_touch(in, &thread)) step_touch(in, thread);
}

void exec_touch(struct interp *in, uint32_t thread, struct touch touch) {
    struct thread_record *record = session_record(&in->session, thread);
    record->by_page = !touch.write;
    record->in_pages = false;
    record->origin = 0;
    record->has_result = touch.left == 0; /* no access at all: nothing can fail */
    record->result = ZX_OK;
    buf_clear(&record->bytes);
    touch.active = true;
    touch.done_at = ++in->session.ticks;
    record->touch = touch;
    in->session.touching++;
    pump(in);
}

zxp_outcome exec_call(struct interp *in, const zxp_op_call *call) {
    struct thread_record *record = session_record(&in->session, call->thread);
    record->by_page = record->in_pages = record->has_result = false;
    zxp_outcome outcome = raw_call(in, call);
    pump(in);
    return outcome;
}

/* ---- Threads ---- */

uint32_t exec_new_thread(struct interp *in) {
    uint32_t thread = ZXP_NO_THREAD;
    if (zxp_thread_create(in->world, &thread) != ZX_OK) return ZXP_NO_THREAD;
    (void)session_record(&in->session, thread);
    return thread;
}

static void new_main(struct interp *in) {
    uint32_t thread = exec_new_thread(in);
    if (thread == ZXP_NO_THREAD) return;
    in->session.main_thread = thread;
    session_name_thread(&in->session, "main", 4, thread);
}

void exec_move_main(struct interp *in, const char *name, size_t length) {
    session_name_thread(&in->session, name, length, in->session.main_thread);
    new_main(in);
}

bool exec_main(struct interp *in, uint32_t *thread) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(in->world, in->session.main_thread, &view);
    if (view.state == ZXP_THREAD_FAULTED || view.state == ZXP_THREAD_KILLED) new_main(in);
    *thread = in->session.main_thread;
    (void)zxp_thread_get(in->world, *thread, &view);
    return view.state == ZXP_THREAD_READY;
}

zx_handle_t exec_make(struct interp *in, uint16_t op) {
    if (in->options.dry) return 1;
    zxp_op_call call = {.op = op};
    if (!exec_main(in, &call.thread)) call.thread = exec_new_thread(in);
    uint64_t handle = 0;
    if (call.thread == ZXP_NO_THREAD || exec_call(in, &call) != ZXP_RETURNED) return 0;
    return zxp_field(in->world, call.thread, "handle", &handle) ? (zx_handle_t)handle : 0;
}

struct outcome exec_outcome(const struct interp *in, uint32_t thread) {
    const struct thread_record *record = &in->session.records[thread];
    zxp_thread_view view = {0};
    (void)zxp_thread_get(in->world, thread, &view);
    struct outcome outcome = {.kind = OUT_STATUS, .status = view.status, .thread = thread};
    bool unfinished = record->in_call || record->touch.active;
    if (view.state == ZXP_THREAD_FAULTED) {
        outcome.kind = OUT_FAULT;
        outcome.address = view.fault_address;
    } else if (view.state == ZXP_THREAD_KILLED) {
        outcome.kind = OUT_KILLED;
    } else if (view.state == ZXP_THREAD_BLOCKED || unfinished) {
        outcome.kind = OUT_BLOCKED;
    } else if (record->has_result) {
        outcome.status = record->result;
    }
    return outcome;
}
