/*
 * timeline.c - timeline: the events as a sequence chart, a lane for each thread,
 * one for the kernel, one for the port. Lines are cut at the window's width; on
 * a narrow one the lanes come closer, and the words on the arrows are cut.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

enum { LANES = 8, MARGIN = 7, LEAST_GAP = 8, WIDEST_GAP = 26, PACKET_GAP = 16, LINE = 512, EVENTS_SHOWN = 60 };

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

static void put_text(struct chart *chart, size_t at, const char *text, size_t most) {
    size_t n = strlen(text);
    n = n < most ? n : most;
    if (at + n < LINE) memcpy(chart->line + at, text, n);
}

static void begin_line(struct chart *chart, uint64_t number) {
    struct buf margin = {0};
    memset(chart->line, ' ', LINE);
    if (number) buf_format(&margin, "%*" PRIu64, MARGIN - 1, number);
    put_text(chart, 0, buf_string(&margin), MARGIN);
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

static void arrow(struct chart *chart, size_t from, size_t to, const char *label) {
    size_t a = lane_at(chart, from < to ? from : to) + 1, b = lane_at(chart, from < to ? to : from);
    size_t room = b - a - 2, n = strlen(label) < room ? strlen(label) : room;
    memset(chart->line + a, '-', b - a);
    chart->line[from < to ? b - 1 : a] = from < to ? '>' : '<';
    put_text(chart, a + 1 + (room - n) / 2, label, n);
}

/* ---- Events ---- */

static void draw_call(struct chart *chart, const zxp_event *event) {
    size_t lane = lane_of(chart, event->thread);
    const zxp_op_info *op = zxp_op_info_of(event->op);
    struct buf label = {0};
    if (event->kind == ZXP_EVENT_CALL)
        buf_text(&label, op ? op->name + (strncmp(op->name, "zx_", 3) == 0 ? 3 : 0) : "?");
    else
        print_status(&label, event->status);
    if (lane < LANES && event->kind == ZXP_EVENT_CALL)
        arrow(chart, lane, kernel_lane(chart), buf_string(&label));
    else if (lane < LANES)
        arrow(chart, kernel_lane(chart), lane,
              strncmp(buf_string(&label), "ZX_", 3) == 0 ? label.s + 3 : buf_string(&label));
    buf_free(&label);
}

static void draw_packet(struct chart *chart, const zxp_event *event) {
    struct buf label = {0};
    zxp_packet_view packet = {.type = event->length || event->command ? ZX_PKT_TYPE_PAGE_REQUEST : ZX_PKT_TYPE_USER,
                              .key = event->key,
                              .command = event->command,
                              .offset = event->offset,
                              .length = event->length};
    print_packet(&label, chart->shell->in, &packet);
    if (event->what == ZXP_WHAT_QUEUED) {
        arrow(chart, kernel_lane(chart), port_lane(chart), buf_string(&label));
    } else if (event->what == ZXP_WHAT_DEQUEUED) {
        arrow(chart, port_lane(chart), kernel_lane(chart), buf_string(&label));
    } else {
        put_text(chart, lane_at(chart, port_lane(chart)), "x ", 2);
        put_text(chart, lane_at(chart, port_lane(chart)) + 2, buf_string(&label), label.n);
    }
    buf_free(&label);
}

/* Behind the kernel's lane, in words. */
static void draw_words(struct chart *chart, const zxp_event *event) {
    struct buf words = {0};
    (void)shell_event_line(chart->shell, event, &words);
    put_text(chart, lane_at(chart, kernel_lane(chart)) + 2, buf_string(&words), words.n);
    buf_free(&words);
}

static void draw_thread(struct chart *chart, const zxp_event *event) {
    size_t lane = lane_of(chart, event->thread);
    if (lane < LANES)
        put_text(chart, lane_at(chart, lane), event->kind == ZXP_EVENT_BLOCK ? "# waits" : "* wakes", chart->gap - 1);
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

/* The lanes that have room; the threads that did something last get them. */
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

static void find_threads(struct chart *chart, uint64_t first) {
    size_t columns = shell_columns(chart->shell), most = lanes_for((unsigned)columns);
    for (uint64_t number = chart->shell->event_count; number >= first && number; number--) {
        const zxp_event *event = shell_event(chart->shell, number);
        bool acts = event && event->thread != ZXP_NO_THREAD &&
                    (event->kind == ZXP_EVENT_CALL || event->kind == ZXP_EVENT_RESULT ||
                     event->kind == ZXP_EVENT_WAKE || event->kind == ZXP_EVENT_BLOCK);
        if (acts && chart->thread_count < most && lane_of(chart, event->thread) == LANES)
            add_lane(chart, event->thread);
    }
    size_t lanes = chart->thread_count + 1;
    size_t gap = columns > MARGIN + PACKET_GAP + 8 ? (columns - MARGIN - PACKET_GAP - 4) / lanes : LEAST_GAP;
    chart->gap = gap < LEAST_GAP ? LEAST_GAP : gap > WIDEST_GAP ? WIDEST_GAP : gap;
}

static void put_heads(struct chart *chart) {
    memset(chart->line, ' ', LINE);
    for (size_t i = 0; i < chart->thread_count; i++) {
        struct buf name = {0};
        shell_thread(chart->shell, &name, chart->threads[i]);
        put_text(chart, lane_at(chart, i) - 1, buf_string(&name), chart->gap - 1);
        buf_free(&name);
    }
    put_text(chart, lane_at(chart, kernel_lane(chart)) - 3, "kernel", 6);
    put_text(chart, lane_at(chart, port_lane(chart)) - 1, "port", 4);
    end_line(chart);
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
