/* cmd_thread.c - wait, suspend, resume, kill: they take any thread. */
#include "cmd.h"
#include "commands.h"
#include "exec.h"

static bool take_thread(struct stmt *s, uint32_t *thread) {
    struct span word;
    *thread = 0;
    if (!stmt_take_name(s, "a thread's name", &word) || !stmt_end(s)) return false;
    if (s->in->options.dry || session_thread(&s->in->session, s->text.s + word.begin, span_length(word), thread))
        return true;
    struct suggestion suggestion;
    suggest_begin(&suggestion, s->text.s + word.begin, span_length(word));
    for (size_t i = 0; i < s->in->session.threads.count; i++)
        suggest_try(&suggestion, s->in->session.threads.entries[i].name);
    return stmt_unknown(s, word, "thread", &suggestion);
}

bool cmd_wait(struct stmt *s) {
    uint32_t thread;
    s->keeps_thread = true;
    if (s->want.named) return stmt_error(s, s->want.name.begin, "`as' only where no thread is named");
    if (!take_thread(s, &thread)) return false;
    if (s->in->options.dry) return true;
    zxp_thread_view view = {0};
    (void)zxp_thread_get(s->in->world, thread, &view);
    struct thread_record *record = session_record(&s->in->session, thread);
    if (!expect_check_fields(s, view.op, record->in_pages)) return false;
    s->outcome = exec_outcome(s->in, thread);
    return true;
}

static bool on_thread(struct stmt *s, uint16_t op) {
    uint32_t thread;
    if (!take_thread(s, &thread)) return false;
    if (s->in->options.dry) return true;
    bool itself = thread == s->thread && op == ZXP_OP_KILL && !s->prefixed;
    if (itself) { /* main is never over: its next statement finds a fresh one; the result needs a thread that lives */
        s->thread = exec_new_thread(s->in);
        s->thread_settled = true;
    }
    return stmt_op(s, op, 1, (uint64_t[]){thread});
}

bool cmd_suspend(struct stmt *s) { return on_thread(s, ZXP_OP_SUSPEND); }
bool cmd_resume(struct stmt *s) { return on_thread(s, ZXP_OP_RESUME); }
bool cmd_kill(struct stmt *s) { return on_thread(s, ZXP_OP_KILL); }
