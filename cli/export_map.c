/* export_map.c - export FILE.svg: the page maps of all VMOs as a picture. */
#include <inttypes.h>

#include "export.h"
#include "print.h"

enum { CELL = 24, COLUMNS = 32, MARGIN = 16, LINE = 20, CELLS_SHOWN = 1024, LEGEND = 560, LONG_RUN = 64 };

static const char style[] =
    "<style>text{font:12px "
    "ui-monospace,monospace;fill:#1b1f24}.h{font-weight:bold;font-size:14px}.c{text-anchor:middle}"
    ".n{font-size:9px;fill:#59636e}rect{stroke:#8c959f}.bg{fill:#fff;stroke:none}"
    ".s{fill:#f6f8fa}.sC{fill:#c6e6c9}.sD{fill:#f6c98f}.sW{fill:#b9d7f5}.sM{fill:#e3e3ec}.sZ{fill:#f0d7ee}.sY{fill:#"
    "d5d2f3}"
    ".sU{fill:#eceff1}.sP{fill:#fbeeb0}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bg{fill:#0d1117}.n{fill:#9198a1}rect{stroke:#59636e}.s{fill:#"
    "161b22}"
    ".sC{fill:#1f5a2d}.sD{fill:#7d4a10}.sW{fill:#17477a}.sM{fill:#3a3a48}.sZ{fill:#5b2a57}.sY{fill:#3d3879}.sU{fill:#"
    "2b3036}"
    ".sP{fill:#665a12}}</style>\n";

struct picture {
    const struct shell *shell;
    struct buf body;
    unsigned y, column, cells, widest;
};

/* A page, or `count` equal ones. */
static void put_cell(struct picture *picture, const zxp_page_run *run, uint64_t page, uint64_t count) {
    char letter = run->letter;
    if (picture->column == COLUMNS) {
        picture->column = 0;
        picture->y += CELL + 2;
    }
    unsigned x = MARGIN + picture->column++ * (CELL + 2);
    picture->widest = picture->column > picture->widest ? picture->column : picture->widest;
    char class[2] = {letter == '.' ? 0 : letter, 0};
    picture->cells++;
    buf_format(&picture->body, "<g><title>page %" PRIu64 "%s: %c%s%s</title>", page, count > 1 ? " and following" : "",
               letter, run->pins ? ", pinned" : "", run->always_need ? ", always needed" : "");
    buf_format(&picture->body, "<rect class=\"s%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" rx=\"3\"/>", class, x,
               picture->y, CELL, CELL);
    buf_format(&picture->body, "<text class=\"c\" x=\"%u\" y=\"%u\">%c</text>", x + CELL / 2,
               picture->y + (count > 1 ? 11 : 16), letter);
    if (count > 1)
        buf_format(&picture->body, "<text class=\"c n\" x=\"%u\" y=\"%u\">%" PRIu64 "</text>", x + CELL / 2,
                   picture->y + CELL - 2, count);
    if (run->pins || run->always_need)
        buf_format(&picture->body, "<text class=\"n\" x=\"%u\" y=\"%u\">%s%s</text>",
                   x + CELL - (run->pins && run->always_need ? 12 : 6), picture->y + CELL - 3, run->pins ? "p" : "",
                   run->always_need ? "a" : "");
    buf_text(&picture->body, "</g>\n");
}

static void put_run(struct picture *picture, const zxp_page_run *run) {
    if (run->count > LONG_RUN) {
        put_cell(picture, run, run->first, run->count);
        return;
    }
    for (uint64_t i = 0; i < run->count && picture->cells < CELLS_SHOWN; i++) put_cell(picture, run, run->first + i, 1);
}

static void put_head(struct picture *picture, const zxp_object_view *view) {
    struct buf name = {0};
    shell_object(picture->shell, &name, view->koid);
    uint64_t pages = (view->size + ZXP_PAGE_SIZE - 1) / ZXP_PAGE_SIZE;
    buf_format(&name, ", %" PRIu64 " page%s%s%s%s", pages, plural(pages), view->pager_root ? ", pager-backed" : "",
               view->trap_dirty ? ", trap-dirty" : "", view->detached ? ", detached" : "");
    buf_format(&picture->body, "<text class=\"h\" x=\"%d\" y=\"%u\">", MARGIN, picture->y + 14);
    export_xml(&picture->body, buf_string(&name));
    buf_text(&picture->body, "</text>\n");
    buf_free(&name);
    picture->y += LINE + 2;
}

static void put_vmo(struct picture *picture, const zxp_object_view *view) {
    zxp_page_run run;
    put_head(picture, view);
    picture->column = picture->cells = 0;
    for (uint64_t page = 0; picture->cells < CELLS_SHOWN; page += run.count) {
        if (!zxp_page_run_at(picture->shell->in->world, view->koid, page, &run)) break;
        put_run(picture, &run);
    }
    picture->y += CELL + MARGIN;
}

static void put_legend(struct picture *picture) {
    static const char *const lines[] = {". absent, C clean, D dirty, W awaiting writeback, M zero marker,",
                                        "Z dirty zeros, Y zeros in writeback, U zeros beyond the stream, P own page;",
                                        "in a corner: p pinned, a always needed"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        buf_format(&picture->body, "<text x=\"%d\" y=\"%u\">%s</text>\n", MARGIN, picture->y + 12, lines[i]);
        picture->y += LINE;
    }
}

bool export_map(const struct shell *shell, struct buf *out) {
    struct picture picture = {.shell = shell, .y = MARGIN};
    zxp_object_view view = {0};
    for (zx_koid_t after = 0; zxp_object_next(shell->in->world, after, &view); after = view.koid) {
        bool worth = interp_name_of_koid(shell->in, view.koid) || view.handle_count || view.children || view.mappings;
        if (view.type == ZX_OBJ_TYPE_VMO && worth) put_vmo(&picture, &view);
    }
    put_legend(&picture);
    unsigned cells = picture.widest * (CELL + 2);
    unsigned width = 2 * MARGIN + (cells > LEGEND ? cells : LEGEND), height = picture.y + MARGIN;
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buf_format(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" role=\"img\">\n",
        width, height, width, height);
    buf_text(out, "<title>Page maps</title>\n");
    buf_text(out, style);
    buf_text(out, "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
    buf_text(out, buf_string(&picture.body));
    buf_text(out, "</svg>\n");
    buf_free(&picture.body);
    return true;
}
