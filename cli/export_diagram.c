/* export_diagram.c - export FILE.mmd: the events as a Mermaid sequence diagram of threads, kernel, port and pager. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "export.h"
#include "print.h"

/* Some characters end or begin things in Mermaid. */
static void put_label(struct buf *out, const char *text) {
    for (; *text; text++) buf_char(out, isalnum((unsigned char)*text) || strchr("_.+=()[]/ ->", *text) ? *text : ' ');
    buf_char(out, '\n');
}

static bool is_pager_call(const zxp_event *event) { return strncmp(export_op(event), "pager_", 6) == 0; }

/* Calls of the pager's own interface come from the pager, whichever thread plays it. */
static void put_caller(const zxp_event *event, struct buf *out) {
    if (is_pager_call(event))
        buf_text(out, "P");
    else
        buf_format(out, "T%" PRIu32, event->thread);
}

static void put_call(const zxp_event *event, struct buf *out) {
    buf_text(out, "    ");
    put_caller(event, out);
    buf_text(out, "->>K: ");
    put_label(out, export_op(event));
}

static void put_result(const zxp_event *event, struct buf *out) {
    struct buf label = {0};
    buf_format(&label, "%s = ", export_op(event));
    print_status(&label, event->status);
    buf_text(out, "    K-->>");
    put_caller(event, out);
    buf_text(out, ": ");
    put_label(out, buf_string(&label));
    buf_free(&label);
}

static void put_packet(const struct shell *shell, const zxp_event *event, struct buf *out) {
    static const char *const arrows[] = {[ZXP_WHAT_QUEUED] = "    K->>Q: ",
                                         [ZXP_WHAT_DEQUEUED] = "    Q->>P: ",
                                         [ZXP_WHAT_WITHDRAWN] = "    Note over Q: withdrawn ",
                                         [ZXP_WHAT_DROPPED] = "    Note over Q: dropped "};
    struct buf label = {0};
    if (event->what < ZXP_WHAT_QUEUED || event->what > ZXP_WHAT_DROPPED) return;
    export_packet(shell, event, &label);
    buf_text(out, arrows[event->what]);
    put_label(out, buf_string(&label));
    buf_free(&label);
}

static void put_note(const struct shell *shell, const zxp_event *event, struct buf *out) {
    struct buf words = {0};
    bool thread = event->kind == ZXP_EVENT_BLOCK || event->kind == ZXP_EVENT_WAKE;
    (void)shell_event_line(shell, event, &words);
    if (thread)
        buf_format(out, "    Note over T%" PRIu32 ": ", event->thread);
    else
        buf_text(out, "    Note over K: ");
    put_label(out, buf_string(&words));
    buf_free(&words);
}

static void put_event(const struct shell *shell, const zxp_event *event, struct buf *out) {
    bool threadless = event->thread == ZXP_NO_THREAD;
    switch (event->kind) {
    case ZXP_EVENT_CALL:
        if (!threadless) put_call(event, out);
        break;
    case ZXP_EVENT_RESULT:
        if (!threadless) put_result(event, out);
        break;
    case ZXP_EVENT_PACKET: put_packet(shell, event, out); break;
    case ZXP_EVENT_PAGE: /* an auxiliary VMO that came and went has no name */
        if (interp_name_of_koid(shell->in, event->koid)) put_note(shell, event, out);
        break;
    case ZXP_EVENT_REQUEST:
    case ZXP_EVENT_BLOCK:
    case ZXP_EVENT_WAKE: put_note(shell, event, out); break;
    default: break;
    }
}

bool export_diagram(const struct shell *shell, struct buf *out) {
    uint64_t first = export_first_event(shell);
    struct export_lanes lanes = export_find_lanes(shell, first);
    buf_text(out, "sequenceDiagram\n");
    for (size_t i = 0; i < lanes.count; i++) {
        struct buf name = {0};
        shell_thread(shell, &name, lanes.threads[i]);
        buf_format(out, "    participant T%" PRIu32 " as ", lanes.threads[i]);
        put_label(out, buf_string(&name));
        buf_free(&name);
    }
    buf_text(out, "    participant K as kernel\n    participant Q as port\n    participant P as pager\n");
    for (uint64_t number = first; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        bool shown = event && (event->thread == ZXP_NO_THREAD || export_lane_of(&lanes, event->thread) < lanes.count);
        if (shown) put_event(shell, event, out);
    }
    return true;
}
