/*
 * export_timeline.c - export timeline FILE.svg: a lane for each thread, for the kernel and for the port; calls, packets
 * and what became of pages go down the page in the order in which they happened.
 */
#include <inttypes.h>
#include <string.h>

#include "export.h"
#include "print.h"

enum { TOP = 44, ROW = 22, GAP = 190, LEFT = 70, EVENTS_DRAWN = 600 };

static const char style[] =
    "<style>text{font:12px "
    "ui-monospace,monospace;fill:#1b1f24;paint-order:stroke;stroke:#fff;stroke-width:3px}.h{font-weight:bold;text-"
    "anchor:"
    "middle}.c{text-anchor:middle}"
    ".n{fill:#59636e;text-anchor:end}.bg{fill:#fff}.l{stroke:#d1d9e0;stroke-width:2}.a{stroke:#0969da;fill:#0969da;"
    "stroke-width:1.5}"
    ".r{stroke:#1a7f37;fill:#1a7f37;stroke-width:1.5}.e{stroke:#cf222e;fill:#cf222e;stroke-width:1.5}"
    ".q{stroke:#8250df;fill:#8250df;stroke-width:1.5}.w{stroke:#bf8700;fill:#bf8700}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3;stroke:#0d1117}.bg{fill:#0d1117}.n{fill:#9198a1}.l{stroke:#"
    "30363d}"
    ".a{stroke:#4493f8;fill:#4493f8}.r{stroke:#3fb950;fill:#3fb950}.e{stroke:#f85149;fill:#f85149}.q{stroke:#ab7df8;"
    "fill:#ab7df8}"
    ".w{stroke:#d29922;fill:#d29922}}</style>\n";

struct drawing {
    const struct shell *shell;
    struct export_lanes lanes;
    struct buf body;
    unsigned y;
};

static unsigned lane_x(size_t lane) { return LEFT + 50 + (unsigned)lane * GAP; }
static size_t kernel_lane(const struct drawing *drawing) { return drawing->lanes.count; }

static void put_text(struct drawing *drawing, const char *class, unsigned x, const char *text) {
    buf_format(&drawing->body, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, drawing->y - 4);
    export_xml(&drawing->body, text);
    buf_text(&drawing->body, "</text>\n");
}

static void arrow(struct drawing *drawing, const char *class, size_t from, size_t to, const char *label) {
    unsigned a = lane_x(from), b = lane_x(to), head = b > a ? b - 7 : b + 7, y = drawing->y;
    buf_format(&drawing->body, "<path class=\"%s\" d=\"M%u %uH%u M%u %uL%u %uL%u %uz\"/>\n", class, a, y, b, b, y, head,
               y - 4, head, y + 4);
    put_text(drawing, "c", (a + b) / 2, label);
}

static void draw_result(struct drawing *drawing, const zxp_event *event, size_t lane) {
    struct buf label = {0};
    const zxp_rule_info *rule = zxp_rule_info_of(event->rule);
    print_status(&label, event->status);
    buf_format(&drawing->body, "<g><title>%s</title>\n", rule ? rule->id : "");
    arrow(drawing, event->status == ZX_OK ? "r" : "e", kernel_lane(drawing), lane, buf_string(&label));
    buf_text(&drawing->body, "</g>\n");
    buf_free(&label);
}

static void draw_packet(struct drawing *drawing, const zxp_event *event) {
    struct buf label = {0};
    size_t kernel = kernel_lane(drawing);
    bool in = event->what == ZXP_WHAT_QUEUED, out = event->what == ZXP_WHAT_DEQUEUED;
    export_packet(drawing->shell, event, &label);
    if (in || out) arrow(drawing, "q", in ? kernel : kernel + 1, in ? kernel + 1 : kernel, buf_string(&label));
    if (!in && !out) {
        buf_text(&label, event->what == ZXP_WHAT_WITHDRAWN ? " is withdrawn" : " is dropped");
        put_text(drawing, "", lane_x(kernel + 1) + 8, label.s);
    }
    buf_free(&label);
}

static void draw_words(struct drawing *drawing, const zxp_event *event, size_t lane) {
    struct buf words = {0};
    (void)shell_event_line(drawing->shell, event, &words);
    buf_format(&drawing->body, "<circle class=\"w\" cx=\"%u\" cy=\"%u\" r=\"4\"/>\n", lane_x(lane), drawing->y - 8);
    put_text(drawing, "", lane_x(lane) + 8, buf_string(&words));
    buf_free(&words);
}

static bool is_drawn(const struct drawing *drawing, const zxp_event *event) {
    bool threads = event->kind == ZXP_EVENT_CALL || event->kind == ZXP_EVENT_RESULT || event->kind == ZXP_EVENT_BLOCK ||
                   event->kind == ZXP_EVENT_WAKE;
    if (threads) return export_lane_of(&drawing->lanes, event->thread) < drawing->lanes.count;
    if (event->kind == ZXP_EVENT_PAGE) return interp_name_of_koid(drawing->shell->in, event->koid) != NULL;
    return event->kind == ZXP_EVENT_PACKET || event->kind == ZXP_EVENT_REQUEST;
}

static void draw(struct drawing *drawing, const zxp_event *event) {
    size_t lane = export_lane_of(&drawing->lanes, event->thread);
    switch (event->kind) {
    case ZXP_EVENT_CALL: arrow(drawing, "a", lane, kernel_lane(drawing), export_op(event)); break;
    case ZXP_EVENT_RESULT: draw_result(drawing, event, lane); break;
    case ZXP_EVENT_PACKET: draw_packet(drawing, event); break;
    case ZXP_EVENT_REQUEST:
    case ZXP_EVENT_PAGE: draw_words(drawing, event, kernel_lane(drawing)); break;
    default: draw_words(drawing, event, lane); break;
    }
}

static void put_lanes(const struct drawing *drawing, struct buf *out) {
    for (size_t i = 0; i <= kernel_lane(drawing) + 1; i++) {
        struct buf name = {0};
        if (i < drawing->lanes.count)
            shell_thread(drawing->shell, &name, drawing->lanes.threads[i]);
        else
            buf_text(&name, i == kernel_lane(drawing) ? "kernel" : "port");
        buf_format(out, "<text class=\"h\" x=\"%u\" y=\"24\">", lane_x(i));
        export_xml(out, buf_string(&name));
        buf_format(out, "</text>\n<path class=\"l\" d=\"M%u 32V%u\"/>\n", lane_x(i), drawing->y);
        buf_free(&name);
    }
}

static void put_events(struct drawing *drawing, uint64_t first) {
    for (uint64_t number = first; number <= drawing->shell->event_count; number++) {
        const zxp_event *event = shell_event(drawing->shell, number);
        struct buf margin = {0};
        if (!event || !is_drawn(drawing, event)) continue;
        drawing->y += ROW;
        buf_format(&margin, "%" PRIu64, number);
        put_text(drawing, "n", LEFT - 16, buf_string(&margin));
        buf_free(&margin);
        draw(drawing, event);
    }
}

bool export_timeline(const struct shell *shell, struct buf *out) {
    struct drawing drawing = {.shell = shell, .y = TOP};
    uint64_t first = export_first_event(shell);
    if (shell->event_count > EVENTS_DRAWN && first < shell->event_count - EVENTS_DRAWN + 1)
        first = shell->event_count - EVENTS_DRAWN + 1;
    drawing.lanes = export_find_lanes(shell, first);
    put_events(&drawing, first);
    drawing.y += ROW;
    unsigned width = lane_x(kernel_lane(&drawing) + 1) + GAP, height = drawing.y + ROW;
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buf_format(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" role=\"img\">\n",
        width, height, width, height);
    buf_text(out, "<title>Timeline</title>\n");
    buf_text(out, style);
    buf_text(out, "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
    put_lanes(&drawing, out);
    buf_text(out, buf_string(&drawing.body));
    buf_text(out, "</svg>\n");
    buf_free(&drawing.body);
    return true;
}
