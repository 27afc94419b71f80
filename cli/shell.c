/* shell.c - the hooks of a person's session, and the words in which views tell of things. */
#include "shell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lesson.h"
#include "past.h"
#include "print.h"

/* ---- Hooks ---- */

static void on_event(void *user, const zxp_event *event) {
    struct shell *shell = user;
    zxp_event *kept = &shell->events[++shell->event_count % EVENTS_KEPT];
    *kept = *event;
    kept->call = NULL; /* it lives only now */
    stop_on_event(shell, event);
    if (shell->below.event) shell->below.event(shell->below.user, event);
}

static bool begins_with_word(const char *s, const char *word) {
    size_t n = strlen(word);
    while (*s == ' ' || *s == '\t') s++;
    return strncmp(s, word, n) == 0 && (s[n] == 0 || s[n] == ' ' || s[n] == '\t');
}

static bool is_move(const char *statement) {
    return begins_with_word(statement, "undo") || begins_with_word(statement, "redo") ||
           begins_with_word(statement, "goto") || begins_with_word(statement, "back");
}

/* The steps from..to of the present branch. */
static void tell_move(const struct shell *shell, const char *word, uint64_t from, uint64_t to) {
    for (uint64_t step = from; shell->prints && step <= to; step++)
        interp_printf(shell->in, "%s: %.200s\n", word, past_text(shell->in, past_at(shell->in, step)));
}

static bool begins_world(const char *statement) {
    return begins_with_word(statement, "reset") || begins_with_word(statement, "load");
}

/* The statements that led to the present moment, as the history has them. */
static void adopt_line(struct shell *shell) {
    const struct interp *in = shell->in;
    record_new_world(shell);
    for (uint64_t depth = past_first(in) + 1; depth <= past_depth(in); depth++) {
        uint32_t moment = past_at(in, depth);
        if (begins_world(past_text(in, moment)))
            record_clear(shell);
        else
            record_step(shell, past_text(in, moment), past_came(in, moment));
    }
}

/* A move along the present branch; one into another world finds nothing recorded. */
static void follow_move(struct shell *shell, uint64_t seen, uint64_t ahead) {
    uint64_t depth = past_depth(shell->in);
    bool recorded;
    if (ahead >= seen) {
        tell_move(shell, "taken back", depth + 1, depth + (ahead - seen));
        recorded = record_undone(shell, (size_t)(ahead - seen));
    } else {
        tell_move(shell, "done again", depth - (seen - ahead) + 1, depth);
        recorded = record_redone(shell, (size_t)(seen - ahead));
    }
    if (!recorded) adopt_line(shell);
}

/* undo, redo, goto and back move along the recorded statements, switch to others; everything else adds to them. */
static void follow(struct shell *shell, const struct report *report) {
    uint64_t ahead = past_ahead(shell->in), seen = shell->future_seen;
    if (begins_with_word(report->statement, "switch")) {
        adopt_line(shell);
    } else if (is_move(report->statement)) {
        follow_move(shell, seen, ahead);
    } else if (begins_world(report->statement)) {
        record_new_world(shell);
    } else {
        record_statement(shell, report);
    }
    shell->future_seen = ahead;
}

/* Of a command's calls the one that its result came from: the first that failed, else the last but for tidying up. */
static const struct made_call *deciding_call(const struct report *report) {
    const struct made_call *last = NULL;
    for (size_t i = 0; report->outcome.kind == OUT_STATUS && i < report->call_count; i++) {
        const struct made_call *made = &report->calls[i];
        if (made->outcome == ZXP_RETURNED && made->status != ZX_OK && made->status == report->outcome.status)
            return made;
        if (made->outcome == ZXP_RETURNED && (made->call.op != ZXP_OP_HANDLE_CLOSE || !last)) last = made;
    }
    return last;
}

/* A statement that gave nothing of its own (run): the last result that came while it ran. */
static void keep_last_result(struct shell *shell) {
    for (uint64_t number = shell->event_count; number > shell->last_event; number--) {
        const zxp_event *event = shell_event(shell, number);
        if (!event || event->kind != ZXP_EVENT_RESULT || event->op == ZXP_OP_HANDLE_CLOSE) continue; /* tidying up */
        shell->last_waits = false;
        shell->last_call = (struct made_call){0};
        shell->last_rule = event->rule;
        shell->last_op = event->op;
        shell->last_status = event->status;
        return;
    }
}

static void keep_last(struct shell *shell, const struct report *report) {
    zxp_thread_view view = {0};
    const struct made_call *made = deciding_call(report);
    if (report->outcome.kind == OUT_NOTHING) keep_last_result(shell);
    if (report->outcome.kind == OUT_NOTHING || report->outcome.own) return;
    if (!zxp_thread_get(shell->in->world, report->outcome.thread, &view)) return;
    shell->last_waits = report->outcome.kind == OUT_BLOCKED;
    shell->last_call = made                 ? *made
                       : report->call_count ? report->calls[report->call_count - 1]
                                            : (struct made_call){0};
    shell->last_rule = made ? made->rule : view.rule;
    shell->last_op = made ? made->call.op : view.op;
    shell->last_status =
        report->outcome.kind == OUT_STATUS || report->outcome.kind == OUT_FAULT ? report->outcome.status : ZX_OK;
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    struct shell *shell = user;
    if (in->diag.set) { /* it was taken back: its events never happened */
        shell->event_count = shell->last_event;
        return;
    }
    follow(shell, report);
    keep_last(shell, report);
    if (shell->prints) delta_print(shell, report);
    shell->last_event = shell->event_count;
    if (shell->below.statement) shell->below.statement(shell->below.user, in, report);
    stop_on_statement(shell, report);
    lesson_after(shell);
}

static void on_output(void *user, const char *text, size_t length) {
    const struct shell *shell = user;
    if (shell->below.output) shell->below.output(shell->below.user, text, length);
}

static void on_error(void *user, const struct diag *diag) {
    struct shell *shell = user;
    shell->failures++;
    if (shell->below.error) shell->below.error(shell->below.user, diag);
}

static void on_failed(void *user, const struct failure *failure) {
    struct shell *shell = user;
    shell->failures++;
    if (shell->below.failed) shell->below.failed(shell->below.user, failure);
}

static void on_case_begin(void *user, const char *name) {
    struct shell *shell = user;
    record_new_world(shell);
    if (shell->below.case_begin) shell->below.case_begin(shell->below.user, name);
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    const struct shell *shell = user;
    if (shell->below.case_end) shell->below.case_end(shell->below.user, name, result, why);
}

static void on_rewrite(void *user, struct source *source, size_t begin, size_t end, const char *text) {
    const struct shell *shell = user;
    shell->below.rewrite(shell->below.user, source, begin, end, text);
}

struct shell *shell_create(struct interp *in, bool prints, bool color) {
    struct shell *shell = mem_alloc(sizeof *shell);
    *shell = (struct shell){.in = in, .prints = prints, .color = color};
    in->shell = shell;
    return shell;
}

void shell_attach(struct shell *shell) {
    struct interp_hooks *hooks = &shell->in->hooks;
    if (shell->events) return;
    shell->events = mem_alloc(EVENTS_KEPT * sizeof *shell->events);
    shell->below = *hooks;
    *hooks = (struct interp_hooks){.user = shell,
                                   .event = on_event,
                                   .statement = on_statement,
                                   .output = shell->below.output ? on_output : NULL,
                                   .error = on_error,
                                   .failed = on_failed,
                                   .case_begin = on_case_begin,
                                   .case_end = on_case_end,
                                   .rewrite = shell->below.rewrite ? on_rewrite : NULL};
}

void shell_destroy(struct shell *shell) {
    record_clear(shell);
    choices_clear(shell);
    free(shell->choices);
    free(shell->entries);
    free(shell->events);
    free(shell->waiting);
    free(shell->until);
    free(shell);
}

const zxp_event *shell_event(const struct shell *shell, uint64_t number) {
    if (!number || number > shell->event_count || shell->event_count - number >= EVENTS_KEPT) return NULL;
    return &shell->events[number % EVENTS_KEPT];
}

void shell_entry_begins(struct shell *shell) {
    shell->shown = 0;
    shell->stopped[0] = 0;
}

/* ---- Writing ---- */

unsigned shell_columns(const struct shell *shell) {
    struct winsize size;
    if (shell->columns) return shell->columns;
    return shell->prints && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void shell_tint(const struct shell *shell, struct buf *out, enum tint tint) {
    static const char *const codes[] = {"\033[0m",  "\033[32m", "\033[31m", "\033[33m",
                                        "\033[36m", "\033[2m",  "\033[1m"};
    if (shell->color) buf_text(out, codes[tint]);
}

void shell_tinted(const struct shell *shell, struct buf *out, enum tint tint, const char *text) {
    shell_tint(shell, out, tint);
    buf_text(out, text);
    shell_tint(shell, out, TINT_NONE);
}

/* How many bytes of the text fit into `width` columns, cut at a blank if there is one. */
static size_t fitting(const char *text, size_t width) {
    size_t last = 0, column = 0, i = 0;
    for (; text[i] && text[i] != '\n' && column <= width; i++) {
        if (text[i] == ' ') last = i;
        column += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return column <= width ? i : last ? last : width;
}

void shell_wrap_at(struct buf *out, size_t indent, size_t end, const char *text) {
    size_t width = end - indent;
    while (*text) {
        size_t n = fitting(text, width);
        buf_format(out, "%*s%.*s\n", (int)indent, "", (int)n, text);
        text += n;
        text += *text == ' ' || *text == '\n';
    }
}

void shell_wrap(const struct shell *shell, struct buf *out, unsigned indent, const char *text) {
    unsigned columns = shell_columns(shell);
    shell_wrap_at(out, indent, columns > indent + 20 ? columns - 1 : indent + 20, text);
}

void shell_row(const struct shell *shell, struct buf *out, unsigned width, enum tint tint, const char *title,
               const char *text) {
    struct buf row = {0};
    size_t n = strlen(title);
    shell_wrap(shell, &row, width, text);
    shell_tint(shell, out, tint);
    buf_text(out, title);
    shell_tint(shell, out, TINT_NONE);
    buf_text(out, row.n > n ? row.s + n : "\n"); /* what is left of the indentation, and the text */
    buf_free(&row);
}

void shell_print(struct shell *shell, struct buf *out) {
    interp_print(shell->in, buf_string(out));
    buf_free(out);
}

void shell_object(const struct shell *shell, struct buf *out, zx_koid_t koid) {
    const char *name = interp_name_of_koid(shell->in, koid);
    if (name)
        buf_text(out, name);
    else
        buf_format(out, "koid-%" PRIu64, koid);
}

void shell_thread(const struct shell *shell, struct buf *out, uint32_t thread) {
    const char *name = interp_name_of_thread(shell->in, thread);
    if (name)
        buf_text(out, name);
    else
        buf_format(out, "thread %" PRIu32, thread);
}

void shell_request(const struct shell *shell, struct buf *out, uint16_t command, zx_koid_t vmo, uint64_t offset,
                   uint64_t length) {
    buf_text(out, command == ZX_PAGER_VMO_DIRTY ? "DIRTY " : command == ZX_PAGER_VMO_COMPLETE ? "COMPLETE " : "READ ");
    shell_object(shell, out, vmo);
    if (command != ZX_PAGER_VMO_COMPLETE)
        buf_format(out, " %" PRIu64 " %" PRIu64, offset / ZXP_PAGE_SIZE, length / ZXP_PAGE_SIZE);
}

/* ---- Events in words ---- */

static void request_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    static const char *const before[] = {"", " asks for ", " waits with ", " goes on waiting for "};
    bool asks = event->what >= ZXP_WHAT_CREATED && event->what <= ZXP_WHAT_CONTINUED;
    if (asks) {
        shell_thread(shell, out, event->thread);
        buf_text(out, before[event->what]);
    }
    shell_request(shell, out, event->command, event->koid, event->offset, event->length);
    if (asks) return;
    buf_text(out, event->what == ZXP_WHAT_RESOLVED     ? " is answered"
                  : event->what == ZXP_WHAT_TAKEN_OVER ? " passes to "
                                                       : " is gone");
    if (event->what == ZXP_WHAT_TAKEN_OVER) shell_thread(shell, out, event->thread);
}

static void packet_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    static const char *const words[] = {[ZXP_WHAT_QUEUED] = " gets ",
                                        [ZXP_WHAT_DEQUEUED] = " hands out ",
                                        [ZXP_WHAT_WITHDRAWN] = " loses ",
                                        [ZXP_WHAT_DROPPED] = " drops "};
    shell_object(shell, out, event->koid);
    bool known = event->what >= ZXP_WHAT_QUEUED && event->what <= ZXP_WHAT_DROPPED;
    buf_text(out, known ? words[event->what] : ": ");
    bool page_request = event->length || event->command;
    zxp_packet_view packet = {
        .key = event->key, .command = event->command, .offset = event->offset, .length = event->length};
    packet.type = ZX_PKT_TYPE_PAGE_REQUEST;
    if (page_request)
        print_packet(out, shell->in, &packet);
    else
        buf_format(out, "a packet key=%" PRIu64, event->key);
}

static void page_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    shell_object(shell, out, event->koid);
    buf_format(out, " %" PRIu64 " %" PRIu64 "  %c -> %c", event->offset / ZXP_PAGE_SIZE, event->length / ZXP_PAGE_SIZE,
               event->before, event->after);
}

static void result_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(event->op);
    shell_thread(shell, out, event->thread);
    buf_format(out, "'s %s ends: ", op ? op->name : "call");
    print_status(out, event->status);
}

static void thread_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    shell_thread(shell, out, event->thread);
    buf_text(out, event->kind == ZXP_EVENT_BLOCK ? " waits" : " wakes");
    if (event->kind == ZXP_EVENT_WAKE && event->status != ZX_OK) {
        buf_text(out, " with ");
        print_status(out, event->status);
    }
}

bool shell_event_line(const struct shell *shell, const zxp_event *event, struct buf *out) {
    switch (event->kind) {
    case ZXP_EVENT_PAGE: page_line(shell, event, out); return true;
    case ZXP_EVENT_REQUEST: request_line(shell, event, out); return true;
    case ZXP_EVENT_PACKET: packet_line(shell, event, out); return true;
    case ZXP_EVENT_RESULT: result_line(shell, event, out); return true;
    case ZXP_EVENT_BLOCK:
    case ZXP_EVENT_WAKE: thread_line(shell, event, out); return true;
    default: return false; /* calls are shown as calls; rules, signals and objects by `explain`, `show` and `objects` */
    }
}
