/* why.c - why THREAD: what a thread waits for, and which calls would wake it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

__attribute__((format(printf, 3, 4))) static void put_waker(struct buf *out, const char *effect, const char *format,
                                                            ...) {
    char statement[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(statement, sizeof statement, format, args);
    va_end(args);
    buf_format(out, "  %-22s %s\n", statement, effect);
}

static void put_request_wakers(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    const char *name = interp_name_of_koid(shell->in, view->koid);
    const char *answer = view->command == ZX_PAGER_VMO_DIRTY ? "dirty" : "supply";
    uint64_t first = view->offset / ZXP_PAGE_SIZE, count = view->length / ZXP_PAGE_SIZE;
    bool early = view->wake != UINT64_MAX && count > 1;
    name = name ? name : "the VMO";
    if (early)
        put_waker(out, "wakes it early: the page that it wants next", "%s %s %" PRIu64, answer, name,
                  (view->offset + view->wake) / ZXP_PAGE_SIZE);
    put_waker(out, "answers the whole request", "%s %s %" PRIu64 " %" PRIu64, answer, name, first, count);
    put_waker(out, "its call ends with ZX_ERR_IO", "fail %s %" PRIu64 " %" PRIu64, name, first, count);
    put_waker(out, "it looks again: an absent page is ZX_ERR_BAD_STATE then", "detach %s", name);
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
    const char *name = interp_name_of_koid(shell->in, view->koid);
    buf_text(out, ".\nThese would wake it:\n");
    put_waker(out, "or anything else that sends a packet there", "zx_port_queue(%s, 1, 0)", name ? name : "port");
}

static void put_deadline(const zxp_thread_view *view, struct buf *out) {
    bool waits = view->waits_for == ZXP_WAIT_PORT || view->waits_for == ZXP_WAIT_SIGNALS;
    if (waits && view->deadline != ZX_TIME_INFINITE)
        buf_format(out, "  %-22s ZX_ERR_TIMED_OUT, once the clock is at %" PRId64 "\n", "advance N", view->deadline);
}

static void put_blocked(const struct shell *shell, const char *name, const zxp_thread_view *view, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(view->op);
    buf_format(out, "%s is in %s and ", name, op ? op->name : "a call");
    if (view->waits_for == ZXP_WAIT_REQUEST)
        put_request(shell, view, out);
    else if (view->waits_for == ZXP_WAIT_PORT)
        put_port(shell, view, out);
    else
        buf_format(out, "waits for signals.\nThese would wake it:\n  %-22s on what it waits for\n",
                   "zx_object_signal(...)");
    put_deadline(view, out);
    put_waker(out, "ends it", "kill %s", name);
}

static void put_other(const struct shell *shell, const char *name, const zxp_thread_view *view, struct buf *out) {
    (void)shell;
    switch (view->state) {
    case ZXP_THREAD_SUSPENDED:
        buf_format(out, "%s is suspended; `resume %s' lets it go on: an interrupted call starts again\n", name, name);
        break;
    case ZXP_THREAD_FAULTED:
        buf_format(out, "%s is over: a fatal page fault at 0x%" PRIx64 " reported ", name,
                   (uint64_t)view->fault_address);
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
    if (!*arguments) return stmt_error(s, s->body.end, "a thread's name is missing");
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
