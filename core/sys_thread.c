/*
 * sys_thread.c - suspend, resume, kill (chapter 4 section 10, chapter 7 section 14).
 */
#include "op_handlers.h"

#include "thread.h"

static bool is_over(const struct thread *thread) {
    return thread->state == ZXP_THREAD_KILLED || thread->state == ZXP_THREAD_FAULTED;
}

step op_suspend(zxp_world *w, thread_ref t) {
    thread_ref target = thread_by_number(w, arg32(w, t, 0));
    if (!thread_is(target)) return refuse(w, t, RULE_thread_unknown);
    struct thread *thread = thread_at(w, target);
    if (is_over(thread)) return refuse(w, t, RULE_thread_over);
    if (thread->suspended) return accept(w, t, RULE_thread_suspended_again);
    thread->suspended = 1;
    /* A buffer fault is waited out (chapter 7 section 14.3); a signalled status is taken first (4 section 10). */
    if (thread->call.uninterruptible || thread->to_run) return accept(w, t, RULE_thread_suspend_pending);
    if (thread->state == ZXP_THREAD_BLOCKED) {
        thread_interrupt(w, target);
    } else {
        thread->state = ZXP_THREAD_SUSPENDED;
    }
    return accept(w, t, RULE_thread_suspended);
}

/* An interrupted call runs in its turn; a thread that had none is ready again. */
static void run_again(zxp_world *w, thread_ref t) {
    struct thread *thread = thread_at(w, t);
    if (thread->restart) {
        thread->restart = 0;
        thread_go_on(w, t, ZX_OK);
    } else {
        thread->state = ZXP_THREAD_READY;
    }
}

step op_resume(zxp_world *w, thread_ref t) {
    thread_ref target = thread_by_number(w, arg32(w, t, 0));
    if (!thread_is(target)) return refuse(w, t, RULE_thread_unknown);
    struct thread *thread = thread_at(w, target);
    if (is_over(thread)) return refuse(w, t, RULE_thread_over);
    if (!thread->suspended) return refuse(w, t, RULE_thread_not_suspended);
    thread->suspended = 0;
    if (thread->state == ZXP_THREAD_SUSPENDED) run_again(w, target);
    return accept(w, t, RULE_thread_resumed);
}

static void die(zxp_world *w, thread_ref t) {
    call_release(w, t);
    struct thread *thread = thread_at(w, t);
    thread->state = ZXP_THREAD_KILLED;
    thread->waits_for = ZXP_WAIT_NONE;
    thread->suspended = thread->restart = 0;
}

step op_kill(zxp_world *w, thread_ref t) {
    thread_ref target = thread_by_number(w, arg32(w, t, 0));
    if (!thread_is(target)) return refuse(w, t, RULE_thread_unknown);
    if (is_over(thread_at(w, target))) return refuse(w, t, RULE_thread_over);
    if (thread_ignores_failures(w, target)) {
        thread_at(w, target)->dying = 1;
        thread_interrupt(w, target);
    } else {
        die(w, target);
    }
    return accept(w, t, RULE_thread_killed);
}
