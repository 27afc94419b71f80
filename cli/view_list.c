/* view_list.c - objects, threads, requests, tree: everything of one kind, a line each. */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

enum { MAP_SHOWN = 32 };

static bool alone(struct stmt *s, const char *arguments) {
    return !*arguments || stmt_error(s, s->words[1].begin, "`%s' stands alone", s->command->name);
}

/* ---- objects ---- */

static const char *type_word(const zxp_object_view *view) {
    static const char *const kinds[] = {"vmo", "clone", "slice", "reference"};
    switch (view->type) {
    case ZX_OBJ_TYPE_VMO: return view->pager_root ? "paged vmo" : kinds[view->kind];
    case ZX_OBJ_TYPE_PORT: return "port";
    case ZX_OBJ_TYPE_PAGER: return "pager";
    case ZX_OBJ_TYPE_VMAR: return "vmar";
    default: return "event";
    }
}

static void put_map(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    uint64_t pages = view->size / ZXP_PAGE_SIZE;
    print_page_map(out, shell->in->world, view->koid, 0, pages < MAP_SHOWN ? pages : MAP_SHOWN);
    buf_text(out, pages > MAP_SHOWN ? "..." : "");
}

static void put_object(const struct shell *shell, const zxp_object_view *view, struct buf *out) {
    struct buf name = {0};
    shell_object(shell, &name, view->koid);
    buf_format(out, "%-12s %-10s koid %-6" PRIu64 " %" PRIu32 " handle%s", buf_string(&name), type_word(view),
               view->koid, view->handle_count, view->handle_count == 1 ? " " : "s");
    buf_free(&name);
    if (view->type == ZX_OBJ_TYPE_VMO) {
        buf_format(out, "  %" PRIu64 " pages  ", view->size / ZXP_PAGE_SIZE);
        put_map(shell, view, out);
    }
    buf_char(out, '\n');
}

bool view_objects(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    zxp_object_view view = {0};
    if (!alone(s, arguments)) return false;
    while (zxp_object_next(s->in->world, view.koid, &view)) put_object(s->in->shell, &view, &out);
    shell_print(s->in->shell, &out);
    return true;
}

/* ---- threads ---- */

static const char *state_word(const zxp_thread_view *view) {
    switch (view->state) {
    case ZXP_THREAD_BLOCKED: return view->suspend_pending ? "blocked, to be suspended" : "blocked";
    case ZXP_THREAD_SUSPENDED: return "suspended";
    case ZXP_THREAD_FAULTED: return "over: fatal fault";
    case ZXP_THREAD_KILLED: return "over: killed";
    default: return "ready";
    }
}

static void put_wait(const struct shell *shell, const zxp_thread_view *view, struct buf *out) {
    switch (view->waits_for) {
    case ZXP_WAIT_REQUEST:
        buf_text(out, view->attached ? ", waits with " : ", waits for ");
        shell_request(shell, out, view->command, view->koid, view->offset, view->length);
        break;
    case ZXP_WAIT_PORT:
        buf_text(out, ", waits for a packet of ");
        shell_object(shell, out, view->koid);
        break;
    case ZXP_WAIT_SIGNALS: buf_text(out, ", waits for signals"); break;
    default: break;
    }
}

static void put_thread(const struct shell *shell, uint32_t thread, struct buf *out) {
    zxp_thread_view view;
    const zxp_op_info *op;
    if (!zxp_thread_get(shell->in->world, thread, &view)) return;
    struct buf name = {0};
    shell_thread(shell, &name, thread);
    buf_format(out, "%-8s ", buf_string(&name));
    buf_free(&name);
    shell_tinted(shell, out, view.state == ZXP_THREAD_READY ? TINT_NONE : TINT_WAIT, state_word(&view));
    op = zxp_op_info_of(view.op);
    if (view.op && op) buf_format(out, view.state == ZXP_THREAD_BLOCKED ? " in %s" : ", last %s", op->name);
    put_wait(shell, &view, out);
    if (view.op && view.state != ZXP_THREAD_BLOCKED && view.state != ZXP_THREAD_SUSPENDED) {
        buf_text(out, " => ");
        print_status(out, view.status);
    }
    buf_char(out, '\n');
}

bool view_threads(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    if (!alone(s, arguments)) return false;
    for (uint32_t i = 0; i < zxp_thread_count(s->in->world); i++) put_thread(s->in->shell, i, &out);
    shell_print(s->in->shell, &out);
    return true;
}

/* ---- requests ---- */

static void put_request(const struct shell *shell, size_t i, const zxp_request_view *request, struct buf *out) {
    static const struct {
        char place;
        const char *words;
    } places[] = {
        {'p', "packet in the port"}, {'w', "packet waits for its turn"}, {'d', "packet taken"}, {'x', "no port"}};
    shell_request(shell, out, request->command, request->vmo, request->offset, request->length);
    buf_text(out, "  ");
    shell_thread(shell, out, request->owner);
    for (size_t k = 0; k < request->attached; k++) {
        buf_text(out, k ? ", " : ", with it ");
        shell_thread(shell, out, zxp_request_attached(shell->in->world, i, k));
    }
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        if (places[k].place == request->packet) buf_format(out, "; %s", places[k].words);
    }
    if (request->pending != request->length)
        buf_format(out, "; %" PRIu64 " page%s to go", request->pending / ZXP_PAGE_SIZE,
                   plural(request->pending / ZXP_PAGE_SIZE));
    buf_char(out, '\n');
}

bool view_requests(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    zxp_request_view request;
    size_t i = 0;
    if (!alone(s, arguments)) return false;
    for (; zxp_request_at(s->in->world, i, &request); i++) put_request(s->in->shell, i, &request, &out);
    if (!i) buf_text(&out, "no request is outstanding\n");
    shell_print(s->in->shell, &out);
    return true;
}

/* ---- tree ---- */

static void put_node(const struct shell *shell, const zxp_object_view *view, unsigned depth, struct buf *out) {
    buf_format(out, "%*s%s", (int)(depth ? depth * 3 - 3 : 0), "", depth ? "+- " : "");
    shell_object(shell, out, view->koid);
    buf_format(out, "  %s, %" PRIu64 " page%s", type_word(view), view->size / ZXP_PAGE_SIZE,
               plural(view->size / ZXP_PAGE_SIZE));
    if (view->kind == ZXP_VMO_SLICE) buf_format(out, " from page %" PRIu64, view->window / ZXP_PAGE_SIZE);
    buf_text(out, view->detached ? ", detached" : "");
    buf_text(out, view->handle_count ? "  " : ", no handle  ");
    put_map(shell, view, out);
    buf_char(out, '\n');
}

static bool next_child(const struct shell *shell, zx_koid_t parent, zx_koid_t after, zxp_object_view *view) {
    while (zxp_object_next(shell->in->world, after, view)) {
        zxp_object_view other;
        bool root = !view->parent || !zxp_object_get(shell->in->world, view->parent, &other);
        if (view->type == ZX_OBJ_TYPE_VMO && (parent ? view->parent == parent : root)) return true;
        after = view->koid;
    }
    return false;
}

/* Children are younger than their parents, so the way back up is by the koid that was shown last on each level. */
static void put_tree(const struct shell *shell, struct buf *out) {
    enum { DEEPEST = 64 };
    zx_koid_t path[DEEPEST] = {0}, last[DEEPEST] = {0};
    unsigned depth = 0;
    for (;;) {
        zxp_object_view view;
        if (next_child(shell, path[depth], last[depth], &view)) {
            last[depth] = view.koid;
            put_node(shell, &view, depth, out);
            if (depth + 1 < DEEPEST) {
                path[++depth] = view.koid;
                last[depth] = 0;
            }
        } else if (depth-- == 0) {
            return;
        }
    }
}

bool view_tree(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    if (!alone(s, arguments)) return false;
    put_tree(s->in->shell, &out);
    if (!out.n) buf_text(&out, "there is no VMO\n");
    shell_print(s->in->shell, &out);
    return true;
}
