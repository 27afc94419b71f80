/* export.c - export: the session as a page that replays it, a picture, a trace, a diagram or a script. */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "save.h"
#include "statement.h"
#include "views.h"

uint64_t export_first_event(const struct shell *shell) {
    return shell->event_count < EVENTS_KEPT ? 1 : shell->event_count - EVENTS_KEPT + 1;
}

/* What XML cannot hold (control characters) becomes a blank. */
void export_xml(struct buf *out, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&': buf_text(out, "&amp;"); break;
        case '<': buf_text(out, "&lt;"); break;
        case '>': buf_text(out, "&gt;"); break;
        case '"': buf_text(out, "&quot;"); break;
        case '\'': buf_text(out, "&#39;"); break;
        default: buf_char(out, *text >= ' ' && *text < 0x7f ? *text : ' '); break;
        }
    }
}

const char *export_op(const zxp_event *event) {
    const zxp_op_info *op = zxp_op_info_of(event->op);
    if (!op) return "call";
    return strncmp(op->name, "zx_", 3) == 0 ? op->name + 3 : op->name;
}

void export_packet(const struct shell *shell, const zxp_event *event, struct buf *out) {
    bool page_request = event->length || event->command;
    zxp_packet_view packet = {.type = page_request ? ZX_PKT_TYPE_PAGE_REQUEST : ZX_PKT_TYPE_USER,
                              .key = event->key,
                              .command = event->command,
                              .offset = event->offset,
                              .length = event->length};
    print_packet(out, shell->in, &packet);
}

size_t export_lane_of(const struct export_lanes *lanes, uint32_t thread) {
    for (size_t i = 0; i < lanes->count; i++) {
        if (lanes->threads[i] == thread) return i;
    }
    return lanes->count;
}

struct export_lanes export_find_lanes(const struct shell *shell, uint64_t first) {
    struct export_lanes lanes = {.count = 0};
    for (uint64_t number = first; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        if (event && event->thread != ZXP_NO_THREAD && lanes.count < EXPORT_LANES &&
            export_lane_of(&lanes, event->thread) == lanes.count)
            lanes.threads[lanes.count++] = event->thread;
    }
    return lanes;
}

/* ---- The command ---- */

static bool export_script(const struct shell *shell, struct buf *out) {
    record_case(shell, "exported", strlen("exported"), out);
    return true;
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

typedef bool (*writer)(const struct shell *shell, struct buf *out);

/* What is written to a file of this name; NULL: nothing. */
static writer writer_of(const char *path, bool timeline) {
    static const struct {
        const char *end;
        writer write;
    } kinds[] = {{".html", export_page},
                 {".json", export_trace},
                 {".mmd", export_diagram},
                 {".svg", export_map},
                 {".zxp", export_script}};
    if (timeline) return ends_with(path, ".svg") ? export_timeline : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (ends_with(path, kinds[i].end)) return kinds[i].write;
    }
    return NULL;
}

static bool write_file(struct stmt *s, const char *path, bool timeline) {
    char reason[300];
    struct buf out = {0};
    writer write = writer_of(path, timeline);
    if (!write)
        return stmt_error(s, s->words[1].begin,
                          timeline ? "a timeline is written as .svg"
                                   : "the file's name tells what to write: .html, .svg, .json, .mmd or .zxp");
    bool good = write(s->in->shell, &out);
    if (!good)
        stmt_set_error(s, s->body.begin, "this program was built without jansson: no .html and no .json");
    else if (!save_replace(path, out.s, out.n, reason, sizeof reason))
        good = stmt_error(s, s->body.begin, "%s", reason);
    buf_free(&out);
    if (good) interp_printf(s->in, "written to %s\n", path);
    return good;
}

bool view_export(struct stmt *s, const char *arguments) {
    bool timeline = strncmp(arguments, "timeline ", 9) == 0;
    arguments += timeline ? 9 + strspn(arguments + 9, " ") : 0;
    size_t quoted = *arguments == '"', n = strlen(arguments);
    if (!*arguments) return stmt_error(s, s->body.end, "a file's name is missing");
    if (s->in->options.no_files) return stmt_error(s, s->body.begin, "writing a file is refused (--no-files)");
    n -= quoted + (quoted && n > 1 && arguments[n - 1] == '"');
    char *path = mem_copy_text(arguments + quoted, n);
    bool good = write_file(s, path, timeline);
    free(path);
    return good;
}
