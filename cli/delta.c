/*
 * delta.c - what the prompt tells after a statement: the calls that it made, what came of it, and what changed. A
 * line of a change begins with the number of its event, so that one can speak of it and find it in `timeline`.
 */
#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "shell.h"

enum { CALLS_SHOWN = 12, CHANGES_SHOWN = 24, STATEMENTS_SHOWN = 40 };

static bool nested(const struct shell *shell) { return shell->in->frame_count > 1; }

/* ---- The calls ---- */

static void put_calls(const struct shell *shell, const struct report *report, struct buf *out) {
    for (size_t i = 0; i < report->call_count && i < CALLS_SHOWN; i++) {
        shell_tint(shell, out, TINT_DIM);
        buf_text(out, "  ");
        print_call(out, shell->in, &report->calls[i]);
        shell_tint(shell, out, TINT_NONE);
        buf_char(out, '\n');
    }
    if (report->call_count > CALLS_SHOWN) buf_format(out, "  ... %zu more calls\n", report->call_count - CALLS_SHOWN);
}

/* ---- What came ---- */

static enum tint tint_of(const struct outcome *outcome) {
    switch (outcome->kind) {
    case OUT_STATUS: return outcome->status == ZX_OK ? TINT_GOOD : TINT_BAD;
    case OUT_BLOCKED: return TINT_WAIT;
    case OUT_FAULT:
    case OUT_KILLED: return TINT_BAD;
    default: return TINT_PACKET;
    }
}

static void put_reason(const struct shell *shell, const struct report *report, struct buf *out) {
    bool refused =
        (report->outcome.kind == OUT_STATUS || report->outcome.kind == OUT_FAULT) && report->outcome.status != ZX_OK;
    const zxp_rule_info *rule = zxp_rule_info_of(shell->last_rule);
    if (!refused || !rule || report->outcome.own) return;
    struct buf text = {0};
    buf_format(&text, "%s: %s", rule->id, rule->sentence);
    shell_wrap(shell, out, 2, buf_string(&text));
    buf_free(&text);
}

static void put_outcome(const struct shell *shell, const struct report *report, struct buf *out) {
    if (report->outcome.kind == OUT_NOTHING) return;
    shell_tint(shell, out, tint_of(&report->outcome));
    if (memchr(report->statement, '(', report->statement_length)) { /* a call: all that it gave */
        print_outcome(out, shell->in, &report->outcome);
    } else {
        struct buf came = {0};
        record_came(shell, &report->outcome, &came);
        buf_text(out, buf_string(&came));
        buf_free(&came);
    }
    shell_tint(shell, out, TINT_NONE);
    if (report->moved) buf_format(out, ", on thread %s", report->moved);
    buf_char(out, '\n');
    if (!nested(shell)) put_reason(shell, report, out);
}

/* ---- What changed ---- */

/* Did the thread's call begin in this statement? What came of it is then told by the outcome. */
static bool began_here(const struct shell *shell, uint64_t number, uint32_t thread) {
    for (const zxp_event *event; number > shell->last_event && (event = shell_event(shell, number)) != NULL; number--) {
        if (event->kind == ZXP_EVENT_CALL && event->thread == thread) return true;
    }
    return false;
}

static bool worth_a_line(const struct shell *shell, const struct report *report, uint64_t number,
                         const zxp_event *event) {
    switch (event->kind) {
    case ZXP_EVENT_PAGE: /* an auxiliary VMO that is gone again is nobody's concern */
        return event->before != event->after && interp_name_of_koid(shell->in, event->koid);
    case ZXP_EVENT_RESULT:
    case ZXP_EVENT_BLOCK: return event->thread != ZXP_NO_THREAD && !began_here(shell, number, event->thread);
    case ZXP_EVENT_PACKET: return event->what != ZXP_WHAT_DEQUEUED || report->outcome.kind != OUT_PACKET;
    default: return event->kind == ZXP_EVENT_REQUEST || event->kind == ZXP_EVENT_WAKE;
    }
}

/* Does `next` go on where `event`, a change of pages, ends? Both are then one line. */
static bool continues(const zxp_event *event, const zxp_event *next) {
    return next->kind == ZXP_EVENT_PAGE && next->koid == event->koid && next->before == event->before &&
           next->after == event->after && next->offset == event->offset + event->length;
}

/* What a thread's read that ended just now has read. */
static void put_read(const struct shell *shell, const zxp_event *event, struct buf *out) {
    zxp_thread_view view;
    bool read =
        event->op == ZXP_OP_VMO_READ && zxp_thread_get(shell->in->world, event->thread, &view) && view.op == event->op;
    if (!read || view.state != ZXP_THREAD_READY || !zxp_data_length(shell->in->world, event->thread)) return;
    buf_char(out, ' ');
    print_summary(out, shell->in, event->thread, 64);
}

static void put_line(const struct shell *shell, uint64_t number, const zxp_event *event, struct buf *out) {
    shell_tint(shell, out, TINT_DIM);
    buf_format(out, "%6" PRIu64 "  ", number);
    shell_tint(shell, out, TINT_NONE);
    (void)shell_event_line(shell, event, out);
    if (event->kind == ZXP_EVENT_RESULT) put_read(shell, event, out);
    buf_char(out, '\n');
}

/* The event at *number, joined with those that continue it; *number is then the last of them. */
static zxp_event joined(const struct shell *shell, uint64_t *number) {
    zxp_event event = *shell_event(shell, *number);
    const zxp_event *next = shell_event(shell, *number + 1);
    while (event.kind == ZXP_EVENT_PAGE && next && continues(&event, next)) {
        event.length += next->length;
        next = shell_event(shell, ++*number + 1);
    }
    return event;
}

static void put_changes(const struct shell *shell, const struct report *report, struct buf *out) {
    size_t shown = 0, left = 0;
    uint64_t lost = shell->event_count > EVENTS_KEPT ? shell->event_count - EVENTS_KEPT : 0;
    uint64_t from = shell->last_event > lost ? shell->last_event : lost;
    for (uint64_t number = from + 1; number <= shell->event_count; number++) {
        uint64_t first = number;
        zxp_event event = joined(shell, &number);
        if (!worth_a_line(shell, report, first, &event)) continue;
        if (shown++ < CHANGES_SHOWN)
            put_line(shell, first, &event, out);
        else
            left++;
    }
    if (left) buf_format(out, "        ... %zu more changes\n", left);
}

/* ---- One statement ---- */

/* In a loop, a def or a file: one line for the statement, so that one sees where one is. */
static void put_nested(const struct shell *shell, const struct report *report, struct buf *out) {
    const char *any = strstr(report->statement, " => any"); /* so that walks may block; no news */
    shell_tint(shell, out, TINT_DIM);
    buf_format(out, "> %.*s", any ? (int)(any - report->statement) : (int)report->statement_length, report->statement);
    shell_tint(shell, out, TINT_NONE);
    buf_text(out, report->outcome.kind == OUT_NOTHING ? "\n" : "   ");
}

void delta_print(struct shell *shell, const struct report *report) {
    struct buf out = {0};
    if (strncmp(report->statement, "random", 6) == 0 || strncmp(report->statement, "lesson", 6) == 0)
        return; /* it has told of itself */
    if (nested(shell) && shell->shown++ >= STATEMENTS_SHOWN) {
        if (shell->shown == STATEMENTS_SHOWN + 1) interp_print(shell->in, "... (the rest is not shown)\n");
        return;
    }
    if (nested(shell))
        put_nested(shell, report, &out);
    else
        put_calls(shell, report, &out);
    put_outcome(shell, report, &out);
    put_changes(shell, report, &out);
    shell_print(shell, &out);
}
