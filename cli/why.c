/* why.c - why THREAD: what a thread waits for, and which calls would wake it. */
#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

static void put_request_wakers(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    const char *name = interp_name_of_koid(shell->in, view->koid);
    const char *answer = view->command == ZX_PAGER_VMO_DIRTY ? "dirty" : "supply";
    uint64_t first = view->offset / ZXP_PAGE_SIZE, count = view->length / ZXP_PAGE_SIZE;
    if (!name)
        name = "the VMO";
    if (view->wake != UINT64_MAX)
        buf_format(out, "  %s %s %" PRIu64 "        wakes it early: that is the page it wants next\n", answer, name,
                   (view->offset + view->wake) / ZXP_PAGE_SIZE);
    buf_format(out, "  %s %s %" PRIu64 " %" PRIu64 "      answers the whole request\n", answer, name, first, count);
    buf_format(out, "  fail %s %" PRIu64 " %" PRIu64 "        ends the call with ZX_ERR_IO, or with the status behind it\n", name, first, count);
    buf_format(out, "  detach %s          wakes it to look again: what is not there is ZX_ERR_BAD_STATE then\n", name);
}

static void put_request(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    buf_text(out, view->attached ? "waits on another thread's request, inside which its page lies: "
                                 : "waits for its own request ");
    shell_request(shell, out, view->command, view->koid, view->offset, view->length);
    buf_text(out, ".\nThese would wake it:\n");
    put_request_wakers(shell, view, out);
}

static void put_port(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    buf_text(out, "waits for a packet of ");
    shell_object(shell, out, view->koid);
    buf_text(out, ".\nThese would wake it:\n  zx_port_queue(");
    shell_object(shell, out, view->koid);
    buf_text(out, ", 1, 0)      or any page request or signal that sends a packet there\n");
}

static void put_deadline(const zxp_thread_view *view, struct buf *out) {
    bool waits = view->waits_for == ZXP_WAIT_PORT || view->waits_for == ZXP_WAIT_SIGNALS;
    if (waits && view->deadline != ZX_TIME_INFINITE)
        buf_format(out, "  advance N           ends the wait with ZX_ERR_TIMED_OUT once the clock is at %" PRId64 "\n", view->deadline);
}

static void put_blocked(const struct shell *shell, const char *name, const zxp_thread_view *view, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(view->op);
    buf_format(out, "%s is in %s and ", name, op ? op->name : "a call");
    if (view->waits_for == ZXP_WAIT_REQUEST)
        put_request(shell, view, out);
    else if (view->waits_for == ZXP_WAIT_PORT)
        put_port(shell, view, out);
    else
        buf_text(out, "waits for signals.\nThese would wake it:\n  zx_object_signal(...)   on what it waits for\n");
    put_deadline(view, out);
    buf_format(out, "  kill %s             ends it\n", name);
}

static void put_other(const struct shell *shell, const char *name, const zxp_thread_view *view, struct buf *out) {
    (void)shell;
    switch (view->state) {
    case ZXP_THREAD_SUSPENDED:
        buf_format(out, "%s is suspended; `resume %s' lets it go on: an interrupted call starts again\n", name, name);
        break;
    case ZXP_THREAD_FAULTED:
        buf_format(out, "%s is over: a fatal page fault at 0x%" PRIx64 " reported ", name, (uint64_t)view->fault_address);
        print_status(out, view->status);
        buf_char(out, '\n');
        break;
    case ZXP_THREAD_KILLED: buf_format(out, "%s is over: it was killed\n", name); break;
    default:
        buf_format(out, "%s waits for nothing; its last call gave ", name);
        print_status(out, view->status);
        buf_char(out, '\n');
        break;
    }
}

bool view_why(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    struct suggestion suggestion;
    uint32_t thread;
    zxp_thread_view view = {0};
    if (!*arguments)
        return stmt_error(s, s->body.end, "a thread's name is missing");
    if (!session_thread(&s->in->session, arguments, strlen(arguments), &thread)) {
        suggest_begin(&suggestion, arguments, strlen(arguments));
        for (size_t i = 0; i < s->in->session.threads.count; i++)
            suggest_try(&suggestion, s->in->session.threads.entries[i].name);
        return stmt_unknown(s, s->words[1], "thread", &suggestion);
    }
    (void)zxp_thread_get(s->in->world, thread, &view);
    if (view.state == ZXP_THREAD_BLOCKED)
        put_blocked(s->in->shell, arguments, &view, &out);
    else
        put_other(s->in->shell, arguments, &view, &out);
    shell_print(s->in->shell, &out);
    return true;
}
