/*
 * thread.c - virtual threads and the canonical schedule (thread.h; chapter 4 sections 10 and 12).
 *
 * One run queue, first in first out, in the order of the signals (N1). A thread runs until it blocks or its call ends
 * (N3). A thread that can run is BLOCKED with to_run set: between two API calls nobody is in that state.
 */
#include "thread.h"

#include "request.h"

/* ---- The table ---- */

enum { FIRST_CAPACITY = 4 };

static uint32_t grown_capacity(const struct kernel *kernel) {
    return kernel->thread_capacity == 0 ? FIRST_CAPACITY : kernel->thread_capacity * 2;
}

static bool table_full(const struct kernel *kernel) { return kernel->thread_count == kernel->thread_capacity; }

uint64_t thread_make_bytes(const zxp_world *w) {
    const struct kernel *kernel = kernel_of(w);
    uint64_t table = table_full(kernel) ? arena_size(grown_capacity(kernel) * sizeof(thread_ref)) : 0;
    return table + arena_size(sizeof(struct thread));
}

static void grow_table(zxp_world *w) {
    struct kernel *kernel = kernel_of(w);
    uint32_t capacity = grown_capacity(kernel);
    uint32_t table = arena_alloc(w, capacity * sizeof(thread_ref));
    memcpy(arena_at(w, table), arena_at(w, kernel->threads), kernel->thread_count * sizeof(thread_ref));
    arena_free(w, kernel->threads, kernel->thread_capacity * sizeof(thread_ref)); /* the first time there is none */
    kernel->threads = table;
    kernel->thread_capacity = capacity;
}

thread_ref thread_make(zxp_world *w) {
    struct kernel *kernel = kernel_of(w);
    if (table_full(kernel)) grow_table(w);
    thread_ref t = {arena_alloc(w, sizeof(struct thread))};
    thread_at(w, t)->number = kernel->thread_count;
    ((thread_ref *)arena_at(w, kernel->threads))[kernel->thread_count++] = t;
    return t;
}

thread_ref thread_by_number(const zxp_world *w, uint32_t number) {
    const struct kernel *kernel = kernel_of(w);
    if (number >= kernel->thread_count) return thread_none();
    return ((const thread_ref *)arena_at(w, kernel->threads))[number];
}

/* ---- The run queue ---- */

static void append_to_run(zxp_world *w, thread_ref t) {
    struct kernel *kernel = kernel_of(w);
    struct thread *thread = thread_at(w, t);
    thread->to_run = 1;
    thread->next_to_run = thread_none();
    if (thread_is(kernel->last_to_run)) {
        thread_at(w, kernel->last_to_run)->next_to_run = t;
    } else {
        kernel->first_to_run = t;
    }
    kernel->last_to_run = t;
}

static thread_ref take_first_to_run(zxp_world *w) {
    struct kernel *kernel = kernel_of(w);
    thread_ref t = kernel->first_to_run;
    if (!thread_is(t)) return t;
    struct thread *thread = thread_at(w, t);
    kernel->first_to_run = thread->next_to_run;
    if (!thread_is(kernel->first_to_run)) kernel->last_to_run = thread_none();
    thread->to_run = 0;
    return t;
}

void threads_drain(zxp_world *w) {
    for (thread_ref t = take_first_to_run(w); thread_is(t); t = take_first_to_run(w)) {
        assert(thread_at(w, t)->state == ZXP_THREAD_BLOCKED); /* a kill is a call of its own: not meanwhile */
        call_step(w, t);
    }
}

/* ---- Waiting ---- */

static void tell_wake(zxp_world *w, const struct thread *thread) {
    if (!observed(w)) return;
    tell(w,
         &(zxp_event){
             .kind = ZXP_EVENT_WAKE, .thread = thread->number, .op = thread->call.op, .status = thread->wake_status});
}

void thread_wake(zxp_world *w, thread_ref t, zx_status_t status) {
    struct thread *thread = thread_at(w, t);
    if (thread->state != ZXP_THREAD_BLOCKED || thread->to_run) return;
    thread->wake_status = status;
    thread->waits_for = ZXP_WAIT_NONE;
    append_to_run(w, t);
    tell_wake(w, thread);
}

step thread_block(zxp_world *w, thread_ref t, zxp_wait_kind kind, int64_t deadline) {
    struct thread *thread = thread_at(w, t);
    thread->state = ZXP_THREAD_BLOCKED;
    thread->waits_for = (uint8_t)kind;
    thread->timed = deadline != ZX_TIME_INFINITE;
    thread->deadline = (uint64_t)deadline;
    bool interrupted_already = thread->suspended || thread->dying;
    if (interrupted_already && !thread->call.uninterruptible) thread_interrupt(w, t); /* section 6 (2), (3) */
    return STEP_BLOCK;
}

step thread_go_on(zxp_world *w, thread_ref t, zx_status_t status) {
    thread_at(w, t)->state = ZXP_THREAD_BLOCKED;
    thread_wake(w, t, status);
    return STEP_BLOCK;
}

/* ---- Suspended or killed while waiting ---- */

/* ALWAYS_NEED skips a page that it does not get (section 3.7),
 * zx_vmo_set_size the tail that it cannot zero (chapter 5 section 4.5). */
bool thread_ignores_failures(const zxp_world *w, thread_ref t) {
    const struct thread *thread = thread_at(w, t);
    const struct call *call = &thread->call;
    if (thread->waits_for != ZXP_WAIT_REQUEST) return false;
    if (call->op == ZXP_OP_VMO_SET_SIZE) return true;
    return (call->op == ZXP_OP_VMO_OP_RANGE && call->args[1] == ZX_VMO_OP_ALWAYS_NEED) ||
           (call->op == ZXP_OP_VMAR_OP_RANGE && call->args[1] == ZX_VMAR_OP_ALWAYS_NEED);
}

/* Chapter 7 section 16.3: what an instruction has done stays done. */
static void leave_instruction(zxp_world *w, thread_ref t) {
    request_cancel(w, t);
    hold_vmo(w, t, 0, vmo_none());
}

static void park(zxp_world *w, thread_ref t) {
    uint16_t op = call_of(w, t)->op;
    apply_rule(w, RULE_thread_parked);
    if (op == ZXP_OP_LOAD || op == ZXP_OP_STORE) {
        leave_instruction(w, t);
    } else {
        call_restart(w, t);
    }
    struct thread *thread = thread_at(w, t);
    thread->state = ZXP_THREAD_SUSPENDED;
    thread->waits_for = ZXP_WAIT_NONE;
    thread->restart = 1;
}

void thread_interrupt(zxp_world *w, thread_ref t) {
    if (!thread_ignores_failures(w, t)) {
        park(w, t);
        return;
    }
    apply_rule(w, RULE_thread_runs_on);
    request_cancel(w, t);
    thread_wake(w, t, thread_at(w, t)->dying ? ZX_ERR_INTERNAL_INTR_KILLED : ZX_ERR_INTERNAL_INTR_RETRY);
}
