/*
 * timeline.c - timeline: the events as a sequence chart, a lane for each thread, one for the kernel, one for the port.
 * In a narrow window the lanes come closer; what then finds no room on its arrow stands beside the kernel's lane, in
 * several lines if need be. Nothing is cut.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

enum {
    LANES = 8,
    MARGIN = 7,
    LEAST_GAP = 8,
    WIDEST_GAP = 26,
    PACKET_GAP = 16,
    SAY_LEAST = 12,
    LINE = 512,
    EVENTS_SHOWN = 60
};

struct chart {
    const struct shell *shell;
    uint32_t threads[LANES];
    size_t thread_count;
    size_t gap;
    char line[LINE];
    struct buf *out;
};

static size_t kernel_lane(const struct chart *chart) { return chart->thread_count; }
static size_t port_lane(const struct chart *chart) { return chart->thread_count + 1; }

/* Packets stand between kernel and port in full where there is room. */
static size_t lane_at(const struct chart *chart, size_t lane) {
    bool port = lane == port_lane(chart);
    size_t before = port ? lane - 1 : lane, gap = chart->gap < PACKET_GAP ? PACKET_GAP : chart->gap;
    return MARGIN + 3 + before * chart->gap + (port ? gap : 0);
}

static size_t lane_of(const struct chart *chart, uint32_t thread) {
    for (size_t i = 0; i < chart->thread_count; i++) {
        if (chart->threads[i] == thread) return i;
    }
    return LANES;
}

/* ---- One line ---- */

static void put_text(struct chart *chart, size_t at, const char *text, size_t length) {
    if (at + length < LINE) memcpy(chart->line + at, text, length);
}

static void begin_line(struct chart *chart, uint64_t number) {
    struct buf margin = {0};
    memset(chart->line, ' ', LINE);
    if (number) buf_format(&margin, "%*" PRIu64, MARGIN - 1, number);
    put_text(chart, 0, buf_string(&margin), margin.n);
    buf_free(&margin);
    for (size_t i = 0; i <= port_lane(chart); i++) chart->line[lane_at(chart, i)] = '|';
}

static void end_line(struct chart *chart) {
    size_t n = shell_columns(chart->shell) - 1;
    n = n < LINE ? n : LINE - 1;
    while (n && chart->line[n - 1] == ' ') n--;
    buf_add(chart->out, chart->line, n);
    buf_char(chart->out, '\n');
}

static void draw_arrow(struct chart *chart, size_t from, size_t to, const char *label) {
    size_t a = lane_at(chart, from < to ? from : to) + 1, b = lane_at(chart, from < to ? to : from);
    size_t room = b - a - 1, n = strlen(label);
    memset(chart->line + a, '-', b - a);
    chart->line[from < to ? b - 1 : a] = from < to ? '>' : '<';
    put_text(chart, a + (from > to) + (room - n) / 2, label, n);
}

static bool fits_between(const struct chart *chart, size_t lane, size_t other, const char *label) {
    return strlen(label) < lane_at(chart, other) - lane_at(chart, lane) - 1;
}

/* Beside the kernel's lane, in as many lines as it takes. */
static void say(struct chart *chart, const char *text) {
    size_t at = lane_at(chart, kernel_lane(chart)) + 2, columns = shell_columns(chart->shell);
    struct buf wrapped = {0};
    shell_wrap_at(&wrapped, at, columns > at + SAY_LEAST ? columns - 1 : at + SAY_LEAST, text);
    for (const char *line = wrapped.s; line && *line;) {
        size_t n = strcspn(line, "\n");
        if (line != wrapped.s) {
            end_line(chart);
            begin_line(chart, 0);
        }
        put_text(chart, at, line + at, n - at);
        line += n + 1;
    }
    buf_free(&wrapped);
}

/* ---- Events ---- */

/* Between a thread and the kernel. */
static void draw_call(struct chart *chart, const zxp_event *event) {
    size_t lane = lane_of(chart, event->thread), kernel = kernel_lane(chart);
    const zxp_op_info *op = zxp_op_info_of(event->op);
    struct buf label = {0};
    if (event->kind == ZXP_EVENT_CALL)
        buf_text(&label, op ? op->name : "?");
    else
        print_status(&label, event->status);
    bool prefixed = strncmp(label.s, "zx_", 3) == 0 || strncmp(label.s, "ZX_", 3) == 0;
    const char *text = label.s + (prefixed ? 3 : 0);
    if (lane == LANES) { /* a thread without a lane */
        struct buf words = {0};
        shell_thread(chart->shell, &words, event->thread);
        buf_format(&words, ": %s", text);
        say(chart, words.s);
        buf_free(&words);
    } else {
        bool fits = fits_between(chart, lane, kernel, text), call = event->kind == ZXP_EVENT_CALL;
        draw_arrow(chart, call ? lane : kernel, call ? kernel : lane, fits ? text : "");
        if (!fits) say(chart, text);
    }
    buf_free(&label);
}

/* Between the kernel and the port; one that is withdrawn or dropped is crossed out there. */
static void draw_packet(struct chart *chart, const zxp_event *event) {
    size_t kernel = kernel_lane(chart), port = port_lane(chart);
    struct buf label = {0};
    zxp_packet_view packet = {.type = event->length || event->command ? ZX_PKT_TYPE_PAGE_REQUEST : ZX_PKT_TYPE_USER,
                              .key = event->key,
                              .command = event->command,
                              .offset = event->offset,
                              .length = event->length};
    print_packet(&label, chart->shell->in, &packet);
    bool fits = fits_between(chart, kernel, port, label.s);
    if (event->what == ZXP_WHAT_QUEUED)
        draw_arrow(chart, kernel, port, fits ? label.s : "");
    else if (event->what == ZXP_WHAT_DEQUEUED)
        draw_arrow(chart, port, kernel, fits ? label.s : "");
    else
        chart->line[lane_at(chart, port)] = 'x';
    bool drawn = event->what == ZXP_WHAT_QUEUED || event->what == ZXP_WHAT_DEQUEUED;
    if (!fits && drawn) {
        end_line(chart);
        begin_line(chart, 0);
    }
    if (!fits || !drawn) say(chart, label.s);
    buf_free(&label);
}

static void draw_words(struct chart *chart, const zxp_event *event) {
    struct buf words = {0};
    (void)shell_event_line(chart->shell, event, &words);
    say(chart, buf_string(&words));
    buf_free(&words);
}

static void draw_thread(struct chart *chart, const zxp_event *event) {
    size_t lane = lane_of(chart, event->thread);
    if (lane < LANES)
        put_text(chart, lane_at(chart, lane), event->kind == ZXP_EVENT_BLOCK ? "# waits" : "* wakes", LEAST_GAP - 1);
    else
        draw_words(chart, event);
}

static bool drawn(const struct shell *shell, const zxp_event *event) {
    if (event->kind == ZXP_EVENT_PAGE && !interp_name_of_koid(shell->in, event->koid))
        return false; /* an auxiliary VMO that came and went */
    return event->kind != ZXP_EVENT_RULE && event->kind != ZXP_EVENT_SIGNAL && event->kind != ZXP_EVENT_OBJECT &&
           event->kind != ZXP_EVENT_EVICT;
}

static void draw(struct chart *chart, uint64_t number, const zxp_event *event) {
    begin_line(chart, number);
    switch (event->kind) {
    case ZXP_EVENT_CALL:
    case ZXP_EVENT_RESULT: draw_call(chart, event); break;
    case ZXP_EVENT_PACKET: draw_packet(chart, event); break;
    case ZXP_EVENT_BLOCK:
    case ZXP_EVENT_WAKE: draw_thread(chart, event); break;
    default: draw_words(chart, event); break;
    }
    end_line(chart);
}

/* ---- The chart ---- */

/* The lanes that have room: main gets one, and the threads that did something last. */
static size_t lanes_for(unsigned columns) {
    size_t room = columns > MARGIN + PACKET_GAP + LEAST_GAP ? (columns - MARGIN - PACKET_GAP) / LEAST_GAP : 1;
    return room < LANES - 2 ? room : LANES - 2;
}

/* main's lane is the first, whatever its thread's number is by now; the others stand in the order of their numbers. */
static bool stands_before(const struct chart *chart, uint32_t a, uint32_t b) {
    uint32_t first = chart->shell->in->session.main_thread;
    return a == first || (b != first && a < b);
}

static void add_lane(struct chart *chart, uint32_t thread) {
    size_t i = chart->thread_count++;
    for (; i && stands_before(chart, thread, chart->threads[i - 1]); i--) chart->threads[i] = chart->threads[i - 1];
    chart->threads[i] = thread;
}

/* The thread that does something at this event, or ZXP_NO_THREAD. */
static uint32_t actor(const zxp_event *event) {
    bool acts = event && (event->kind == ZXP_EVENT_CALL || event->kind == ZXP_EVENT_RESULT ||
                          event->kind == ZXP_EVENT_WAKE || event->kind == ZXP_EVENT_BLOCK);
    return acts ? event->thread : ZXP_NO_THREAD;
}

static void find_threads(struct chart *chart, uint64_t first) {
    size_t columns = shell_columns(chart->shell), most = lanes_for((unsigned)columns);
    uint32_t own = chart->shell->in->session.main_thread;
    bool own_acts = false;
    for (uint64_t number = first; number <= chart->shell->event_count; number++)
        own_acts = own_acts || actor(shell_event(chart->shell, number)) == own;
    if (own_acts) add_lane(chart, own);
    for (uint64_t number = chart->shell->event_count; number >= first && number; number--) {
        uint32_t thread = actor(shell_event(chart->shell, number));
        if (thread != ZXP_NO_THREAD && chart->thread_count < most && lane_of(chart, thread) == LANES)
            add_lane(chart, thread);
    }
    size_t lanes = chart->thread_count + 1;
    size_t gap = columns > MARGIN + PACKET_GAP + 8 ? (columns - MARGIN - PACKET_GAP - 4) / lanes : LEAST_GAP;
    chart->gap = gap < LEAST_GAP ? LEAST_GAP : gap > WIDEST_GAP ? WIDEST_GAP : gap;
}

static void head_of(const struct chart *chart, size_t lane, struct buf *name) {
    if (lane < chart->thread_count)
        shell_thread(chart->shell, name, chart->threads[lane]);
    else
        buf_text(name, lane == kernel_lane(chart) ? "kernel" : "port");
}

/* In one line if all have room there, else each in one of its own. */
static void put_heads(struct chart *chart) {
    bool roomy = true;
    for (size_t i = 0; i < port_lane(chart); i++) {
        struct buf name = {0};
        head_of(chart, i, &name);
        roomy = roomy && name.n < lane_at(chart, i + 1) - lane_at(chart, i);
        buf_free(&name);
    }
    memset(chart->line, ' ', LINE);
    for (size_t i = 0; i <= port_lane(chart); i++) {
        struct buf name = {0};
        head_of(chart, i, &name);
        size_t end = shell_columns(chart->shell) - 1, at = lane_at(chart, i);
        put_text(chart, at + name.n > end && name.n < at ? end - name.n : at, name.s, name.n);
        if (!roomy || i == port_lane(chart)) end_line(chart);
        if (!roomy) {
            memset(chart->line + lane_at(chart, i), ' ', LINE - lane_at(chart, i));
            chart->line[lane_at(chart, i)] = '|';
        }
        buf_free(&name);
    }
}

/* The number of the first event, so that at most `most` are drawn. */
static uint64_t first_shown(const struct shell *shell, uint64_t most) {
    uint64_t number = shell->event_count;
    for (; number && shell_event(shell, number); number--) {
        most -= drawn(shell, shell_event(shell, number));
        if (!most) return number;
    }
    return number + 1;
}

bool view_timeline(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    struct chart chart = {.shell = s->in->shell, .out = &out};
    struct number most = {.value = EVENTS_SHOWN};
    bool digit = *arguments >= '0' && *arguments <= '9';
    if (*arguments &&
        (!digit || number_parse(arguments, strlen(arguments), &most) || arguments[most.length] || !most.value))
        return stmt_error(s, s->words[1].begin, "timeline [N]: the last N events, %d if left out", EVENTS_SHOWN);
    if (!s->in->shell->event_count) {
        interp_print(s->in, "nothing has happened yet\n");
        return true;
    }
    uint64_t first = first_shown(s->in->shell, most.value);
    find_threads(&chart, first);
    put_heads(&chart);
    for (uint64_t number = first; number <= s->in->shell->event_count; number++) {
        const zxp_event *event = shell_event(s->in->shell, number);
        if (event && drawn(s->in->shell, event)) draw(&chart, number, event);
    }
    shell_print(s->in->shell, &out);
    return true;
}
