/*
 * thread.h - virtual threads and the canonical schedule (chapter 4 sections 10 and 12).
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include "call.h"

uint64_t thread_make_bytes(const zxp_world *w);
thread_ref thread_make(zxp_world *w);                             /* reserved before */
thread_ref thread_by_number(const zxp_world *w, uint32_t number); /* none if there is none */

/* The wait of a blocked thread ended with `status`: appended to
 * the run queue (N1). Does nothing on a thread that does not wait. */
void thread_wake(zxp_world *w, thread_ref t, zx_status_t status);
/* Blocks: state BLOCKED, waits_for kind; deadline in nanoseconds, or ZX_TIME_INFINITE. Returns STEP_BLOCK. */
step thread_block(zxp_world *w, thread_ref t, zxp_wait_kind kind, int64_t deadline);
/* Is the absolute time `deadline` reached? ZX_TIME_INFINITE never is. */
static inline bool deadline_passed(const zxp_world *w, int64_t deadline) {
    return deadline != ZX_TIME_INFINITE && deadline <= (int64_t)kernel_of(w)->now;
}
/* The wait is over before it begins: the thread runs again in its turn. Returns STEP_BLOCK. */
step thread_go_on(zxp_world *w, thread_ref t, zx_status_t status);
/* Does the call that the thread waits in go on when the wait fails, whatever the reason? */
bool thread_ignores_failures(const zxp_world *w, thread_ref t);
/* A suspend, or a kill of a thread that ignores failures, ends the wait of a blocked thread (section 10): its request
 * is cancelled and it is parked; at resume a syscall starts from the beginning, a load or store goes on where it was. A
 * call that ignores failures takes it for one and runs on. */
void thread_interrupt(zxp_world *w, thread_ref t);
/* Runs every thread that can run, first in first out, until none can (N2). */
void threads_drain(zxp_world *w);

#endif
