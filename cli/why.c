/* why.c - why [THREAD]: what threads wait for, and which calls would wake it. */
#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

/* A statement and what it does; frees the statement. */
static void put_waker(struct buf *out, struct buf *statement, const char *effect) {
    buf_format(out, "  %-22s %s\n", buf_string(statement), effect);
    buf_free(statement);
}

static void put_answer(struct buf *out, const char *word, const char *vmo, const uint64_t *range, const char *effect) {
    struct buf statement = {0};
    buf_format(&statement, "%s %s", word, vmo);
    for (size_t i = 0; range && i < 2 && range[i]; i++) buf_format(&statement, " %" PRIu64, range[i] - 1);
    put_waker(out, &statement, effect);
}

static void put_request_wakers(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    const char *name = interp_name_of_koid(shell->in, view->koid);
    const char *answer = view->command == ZX_PAGER_VMO_DIRTY ? "dirty" : "supply";
    uint64_t first = view->offset / ZXP_PAGE_SIZE, count = view->length / ZXP_PAGE_SIZE;
    bool early = view->wake != UINT64_MAX && count > 1;
    uint64_t whole[2] = {first + 1, count + 1}; /* each plus one, so that 0 means: not there */
    uint64_t wanted[2] = {early ? (view->offset + view->wake) / ZXP_PAGE_SIZE + 1 : 0, 0};
    name = name ? name : "the VMO";
    if (early) put_answer(out, answer, name, wanted, "wakes it early: the page that it wants next");
    put_answer(out, answer, name, whole, "answers the whole request");
    put_answer(out, "fail", name, whole, "its call ends with ZX_ERR_IO");
    put_answer(out, "detach", name, NULL, "it looks again: an absent page is ZX_ERR_BAD_STATE then");
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
    struct buf statement = {0};
    buf_format(&statement, "zx_port_queue(%s, 1, 0)", name ? name : "port");
    put_waker(out, &statement, "or anything else that sends a packet there");
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
    put_answer(out, "kill", name, NULL, "ends it");
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

/* why alone: of everybody who waits. */
static bool why_all(struct stmt *s) {
    const struct session *session = &s->in->session;
    struct buf out = {0};
    for (size_t i = 0; i < session->threads.count; i++) {
        const struct map_entry *entry = &session->threads.entries[i];
        zxp_thread_view view;
        if (!zxp_thread_get(s->in->world, entry->value, &view) || view.state != ZXP_THREAD_BLOCKED) continue;
        put_blocked(s->in->shell, entry->name, &view, &out);
    }
    if (!out.n) buf_text(&out, "nobody waits\n");
    shell_print(s->in->shell, &out);
    return true;
}

bool view_why(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    struct suggestion suggestion;
    uint32_t thread;
    zxp_thread_view view = {0};
    if (strncmp(arguments, "page ", 5) == 0) return why_page(s, arguments + 5);
    if (!*arguments) return why_all(s);
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
