/*
 * view_show.c - show: what there is to know of one thing. A VMO is drawn as its page map, with what it holds, its
 * requests and their threads below the pages that they are about.
 */
#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

enum { MARGIN = 8, ROW_LIMIT = 64, ROWS_SHOWN = 8 };

/* ---- What it is ---- */

static const char *kind_words(const zxp_object_view *view) {
    switch (view->kind) {
    case ZXP_VMO_CLONE: return "clone";
    case ZXP_VMO_SLICE: return "slice";
    case ZXP_VMO_REFERENCE: return "reference";
    default: return view->pager_root ? "pager-backed VMO" : "anonymous VMO";
    }
}

static void put_link(const struct shell *shell, const char *word, zx_koid_t koid, struct buf *out) {
    if (!koid) return;
    buf_format(out, ", %s=", word);
    shell_object(shell, out, koid);
}

static void put_traits(const zxp_object_view *view, struct buf *out) {
    buf_text(out, view->resizable ? ", resizable" : "");
    buf_text(out, view->trap_dirty ? ", trap-dirty" : "");
    buf_text(out, view->discardable ? ", discardable" : "");
    buf_text(out, view->detached ? ", detached" : "");
    buf_text(out, view->modified ? ", modified" : "");
    if (view->size != view->stream_size) buf_format(out, ", stream %" PRIu64 " bytes", view->stream_size);
    if (view->children) buf_format(out, ", %" PRIu32 " children", view->children);
    if (view->mappings) buf_format(out, ", %" PRIu32 " mapping%s", view->mappings, view->mappings == 1 ? "" : "s");
    if (view->discardable && view->lock_count) buf_format(out, ", locked %" PRIu64 " times", view->lock_count);
    if (!view->handle_count) buf_text(out, ", no handle open");
}

static void put_head(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    struct buf text = {0};
    shell_object(shell, &text, view->koid);
    buf_format(&text, ": %s, %" PRIu64 " page%s", kind_words(view), view->size / ZXP_PAGE_SIZE,
               plural(view->size / ZXP_PAGE_SIZE));
    put_link(shell, "parent", view->parent, &text);
    if (view->pager_root) {
        put_link(shell, "pager", view->pager, &text);
        put_link(shell, "port", view->port, &text);
        buf_format(&text, ", key=%" PRIu64, view->key);
    }
    put_traits(view, &text);
    shell_wrap(shell, out, 0, buf_string(&text));
    buf_free(&text);
}

/* ---- The page map, row by row ---- */

struct row {
    zx_koid_t vmo;
    uint64_t first, count;
};

static char content_char(const zxp_page_run *run, uint64_t page) {
    bool frame = run->letter == 'C' || run->letter == 'D' || run->letter == 'W' || run->letter == 'P';
    if (!frame) return ' ';
    if (run->content == ZXP_CONTENT_LETTERS) return (char)('A' + (run->fill + (page - run->first)) % 26);
    if (run->content == ZXP_CONTENT_BYTES) return '?';
    return run->fill == 0 ? '0' : run->fill > 0x20 && run->fill < 0x7f ? (char)run->fill : '?';
}

static char mark_char(const zxp_page_run *run, uint64_t page) {
    (void)page;
    return run->pins ? 'p' : run->always_need ? 'a' : ' ';
}

static char letter_char(const zxp_page_run *run, uint64_t page) {
    (void)page;
    return run->letter;
}

typedef char (*page_char)(const zxp_page_run *run, uint64_t page);

/* One line of a row: `label`, then one character for each page. Nothing if all are blank. */
static void put_line(const struct shell *shell, const struct row *row, const char *label, page_char function,
                     struct buf *out) {
    char line[ROW_LIMIT + 1] = {0};
    zxp_page_run run = {0};
    bool any = false;
    for (uint64_t i = 0; i < row->count; i++) {
        uint64_t page = row->first + i;
        if (page >= run.first + run.count && !zxp_page_run_at(shell->in->world, row->vmo, page, &run)) break;
        line[i] = function(&run, page);
        any |= line[i] != ' ';
    }
    size_t n = strlen(line);
    while (n && line[n - 1] == ' ') n--;
    if (any) buf_format(out, "%*s  %.*s\n", MARGIN - 2, label, (int)n, line);
}

/* A ruler: the numbers of every eighth page, where they have room. */
static void put_ruler(const struct row *row, struct buf *out) {
    char line[ROW_LIMIT + 24];
    size_t end = 0;
    memset(line, ' ', sizeof line);
    for (uint64_t i = 0; i < row->count; i += 8) {
        struct buf number = {0};
        buf_format(&number, "%" PRIu64, row->first + i);
        if ((i == 0 || end < i) && i + number.n < sizeof line) {
            memcpy(line + i, number.s, number.n);
            end = i + number.n;
        }
        buf_free(&number);
    }
    buf_format(out, "%*s  %.*s\n", MARGIN - 2, "page", (int)end, line);
}

static const char *packet_words(char packet) {
    switch (packet) {
    case 'p': return "packet in the port";
    case 'w': return "packet waits for its turn";
    case 'd': return "packet taken";
    default: return "no packet: the port is gone";
    }
}

/* Who waits, in the words of `requests` and `show`. */
static void put_waiters(const struct shell *shell, size_t i, const zxp_request_view *request, struct buf *out) {
    shell_thread(shell, out, request->owner);
    for (size_t k = 0; k < request->attached; k++) {
        buf_text(out, "+");
        shell_thread(shell, out, zxp_request_attached(shell->in->world, i, k));
    }
    buf_format(out, ", %s", packet_words(request->packet));
    if (request->pending != request->length) buf_format(out, ", %" PRIu64 " to go", request->pending / ZXP_PAGE_SIZE);
}

static void put_request(const struct shell *shell, const struct row *row, size_t i, const zxp_request_view *request,
                        struct buf *out) {
    char line[ROW_LIMIT + 1] = {0};
    uint64_t begin = request->offset / ZXP_PAGE_SIZE, end = begin + request->length / ZXP_PAGE_SIZE;
    size_t last = 0;
    for (uint64_t k = 0; k < row->count; k++) {
        bool inside = row->first + k >= begin && row->first + k < end;
        line[k] = inside ? '^' : ' ';
        last = inside ? (size_t)k + 1 : last;
    }
    if (!last) return;
    line[last] = 0;
    shell_tint(shell, out, TINT_WAIT);
    buf_format(out, "%*s  %s", MARGIN - 2, request->command == ZX_PAGER_VMO_READ ? "READ" : "DIRTY", line);
    shell_tint(shell, out, TINT_NONE);
    buf_text(out, " ");
    put_waiters(shell, i, request, out);
    buf_char(out, '\n');
}

static void put_row(const struct shell *shell, const struct row *row, struct buf *out) {
    zxp_request_view request;
    put_ruler(row, out);
    put_line(shell, row, "state", letter_char, out);
    put_line(shell, row, "holds", content_char, out);
    put_line(shell, row, "marks", mark_char, out);
    for (size_t i = 0; zxp_request_at(shell->in->world, i, &request); i++) {
        if (request.vmo == row->vmo) put_request(shell, row, i, &request, out);
    }
}

/* A map of many pages: its runs, as many as are worth reading. */
static void put_runs(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    enum { RUNS_SHOWN = 32 };
    zxp_page_run run;
    zxp_request_view request;
    uint64_t page = 0;
    unsigned shown = 0;
    for (; shown < RUNS_SHOWN && zxp_page_run_at(shell->in->world, view->koid, page, &run); page += run.count, shown++)
        buf_format(out, "  %c  %" PRIu64 " %" PRIu64 "\n", run.letter, run.first, run.count);
    if (shown == RUNS_SHOWN) buf_text(out, "  ...\n");
    for (size_t i = 0; zxp_request_at(shell->in->world, i, &request); i++) {
        if (request.vmo != view->koid) continue;
        buf_text(out, "  ");
        shell_request(shell, out, request.command, request.vmo, request.offset, request.length);
        buf_text(out, ": ");
        put_waiters(shell, i, &request, out);
        buf_char(out, '\n');
    }
}

static void put_vmo(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    uint64_t pages = view->size / ZXP_PAGE_SIZE;
    unsigned columns = shell_columns(shell);
    uint64_t width = columns > MARGIN + ROW_LIMIT + 8 ? ROW_LIMIT
                     : columns > MARGIN + 24          ? (columns - MARGIN - 8) / 8 * 8
                                                      : 8;
    put_head(shell, view, out);
    if (pages > width * ROWS_SHOWN) {
        put_runs(shell, view, out);
        return;
    }
    for (uint64_t first = 0; first < pages; first += width) {
        struct row row = {.vmo = view->koid, .first = first, .count = pages - first < width ? pages - first : width};
        put_row(shell, &row, out);
    }
}

/* ---- Ports, pagers, mappings, numbers ---- */

static void put_port(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    zxp_packet_view packet;
    size_t i = 0;
    shell_object(shell, out, view->koid);
    buf_text(out, ": port\n");
    for (; zxp_packet_at(shell->in->world, view->koid, i, &packet); i++) {
        buf_text(out, "  ");
        print_packet(out, shell->in, &packet);
        buf_char(out, '\n');
    }
    if (!i) buf_text(out, "  no packet\n");
    for (size_t k = 0; k < shell->in->session.packet_count; k++) {
        const struct set_aside *aside = &shell->in->session.packets[k];
        if (aside->port != view->koid) continue;
        buf_text(out, "  set aside: ");
        print_packet(out, shell->in, &aside->packet);
        buf_char(out, '\n');
    }
}

static void put_mapping(const struct shell *shell, const char *name, uint64_t address, struct buf *out) {
    zxp_mapping_view view;
    for (size_t i = 0; zxp_mapping_at(shell->in->world, i, &view); i++) {
        if (address < view.base || address - view.base >= view.size) continue;
        uint32_t permissions = 0, record = 0;
        (void)zxp_address_get(shell->in->world, address, &permissions, &record);
        buf_format(out, "%s: mapping at 0x%" PRIx64 ", %" PRIu64 " pages of ", name, (uint64_t)view.base,
                   view.size / ZXP_PAGE_SIZE);
        shell_object(shell, out, view.vmo);
        buf_format(out, " from page %" PRIu64 ", %s%s%s\n", view.vmo_offset / ZXP_PAGE_SIZE,
                   permissions & ZX_VM_PERM_READ ? "r" : "", permissions & ZX_VM_PERM_WRITE ? "w" : "",
                   permissions & ZX_VM_PERM_EXECUTE ? "x" : "");
        return;
    }
    buf_format(out, "%s: 0x%" PRIx64 ", where nothing is mapped\n", name, address);
}

static void put_object(const struct shell *shell, const char *name, zx_koid_t koid, struct buf *out) {
    zxp_object_view view;
    if (!zxp_object_get(shell->in->world, koid, &view)) {
        buf_format(out, "%s: closed, and gone\n", name);
        return;
    }
    if (view.type == ZX_OBJ_TYPE_VMO) {
        put_vmo(shell, &view, out);
    } else if (view.type == ZX_OBJ_TYPE_PORT) {
        put_port(shell, &view, out);
    } else {
        shell_object(shell, out, koid);
        buf_format(out, ": %s, signals 0x%" PRIx32 "\n",
                   view.type == ZX_OBJ_TYPE_PAGER  ? "pager"
                   : view.type == ZX_OBJ_TYPE_VMAR ? "address space"
                                                   : "event",
                   view.signals);
    }
}

static void put_binding(const struct shell *shell, const char *name, const struct binding *binding, struct buf *out) {
    if (binding->kind == BIND_MAPPING)
        put_mapping(shell, name, binding->value, out);
    else if (binding->kind == BIND_NUMBER)
        buf_format(out, "%s: %" PRIu64 " (0x%" PRIx64 ")\n", name, binding->value, binding->value);
    else
        put_object(shell, name, binding->koid, out);
}

/* ---- The overview ---- */

static void put_overview(struct shell *shell, struct buf *out) {
    const struct interp *in = shell->in;
    bool any = false;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *name = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[name->value];
        zxp_object_view view;
        bool vmo = binding->kind == BIND_VMO && zxp_object_get(in->world, binding->koid, &view);
        bool port = binding->kind == BIND_HANDLE && zxp_object_get(in->world, binding->koid, &view) &&
                    view.type == ZX_OBJ_TYPE_PORT;
        if (vmo || port || binding->kind == BIND_MAPPING) put_binding(shell, name->name, binding, out);
        any |= vmo;
    }
    if (!any)
        shell_wrap(shell, out, 0, "Nothing here yet. Begin with: create v 4 trap-dirty    (`help' gives an overview)");
}

static bool unknown(struct stmt *s, const char *name) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, name, strlen(name));
    for (size_t i = 0; i < s->in->session.names.count; i++)
        suggest_try(&suggestion, s->in->session.names.entries[i].name);
    return stmt_unknown(s, s->words[1], "name", &suggestion);
}

bool view_show(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    const struct binding *binding = session_find(&s->in->session, arguments, strlen(arguments));
    uint32_t thread;
    if (*arguments && !binding && session_thread(&s->in->session, arguments, strlen(arguments), &thread))
        return view_why(s, arguments);
    if (*arguments && !binding) return unknown(s, arguments);
    if (binding)
        put_binding(s->in->shell, arguments, binding, &out);
    else
        put_overview(s->in->shell, &out);
    shell_print(s->in->shell, &out);
    return true;
}
