/* diff.c - what differs between two moments (diff.h). */
#include "diff.h"

#include <inttypes.h>
#include <string.h>

#include "print.h"

struct sides {
    const struct snapshot *a, *b;
    struct buf *out;
};

/* ---- Names ---- */

static const char *bound_name(const struct session *session, zx_koid_t koid) {
    for (size_t i = 0; i < session->names.count; i++) {
        const struct binding *binding = &session->bindings[session->names.entries[i].value];
        if (binding->kind != BIND_NUMBER && binding->koid == koid) return session->names.entries[i].name;
    }
    return NULL;
}

static void put_object(const struct sides *s, zx_koid_t koid) {
    const char *name = bound_name(&s->b->session, koid);
    if (name == NULL) name = bound_name(&s->a->session, koid);
    if (name != NULL)
        buf_text(s->out, name);
    else
        buf_format(s->out, "object %" PRIu64, koid);
}

static void put_thread(const struct sides *s, uint32_t thread) {
    const struct session *session = thread < s->b->session.record_count ? &s->b->session : &s->a->session;
    const char *name = thread < session->record_count ? session->records[thread].name : "";
    if (name[0] != 0)
        buf_text(s->out, name);
    else
        buf_format(s->out, "thread %" PRIu32, thread);
}

/* ---- Pages ---- */

static bool same_content(const zxp_page_run *x, const zxp_page_run *y) {
    if (x->content != y->content) return false;
    if (x->content != ZXP_CONTENT_BYTES) return x->fill == y->fill;
    return memcmp(x->bytes, y->bytes, ZXP_PAGE_SIZE) == 0;
}

static bool has_frame(char letter) { return letter == 'C' || letter == 'D' || letter == 'W' || letter == 'P'; }

static const char *difference(const zxp_page_run *x, const zxp_page_run *y) {
    if (x->letter != y->letter) return "";
    if (has_frame(x->letter) && !same_content(x, y)) return ", other content";
    if (x->pins != y->pins) return ", pins";
    return x->always_need != y->always_need ? ", hints" : NULL;
}

static zxp_page_run run_or_none(const zxp_world *world, zx_koid_t koid, uint64_t page) {
    zxp_page_run run;
    if (zxp_page_run_at(world, koid, page, &run)) return run;
    return (zxp_page_run){.first = page, .count = UINT64_MAX, .letter = '-'};
}

static void put_pages(const struct sides *s, zx_koid_t koid, uint64_t page, uint64_t count, char before, char after,
                      const char *what) {
    buf_text(s->out, "  pages ");
    put_object(s, koid);
    buf_format(s->out, " %" PRIu64 " %" PRIu64 ": %c -> %c%s\n", page, count, before, after, what);
}

/* Runs that differ in the same way are told as one. */
static void diff_pages(const struct sides *s, zx_koid_t koid) {
    uint64_t begin = 0, page = 0;
    const char *last = NULL;
    char before = 0, after = 0;
    for (;;) {
        zxp_page_run x = run_or_none(s->a->world, koid, page), y = run_or_none(s->b->world, koid, page);
        bool end = x.letter == '-' && y.letter == '-';
        const char *what = end ? NULL : difference(&x, &y);
        if (last != NULL && (what != last || x.letter != before || y.letter != after)) {
            put_pages(s, koid, begin, page - begin, before, after, last);
            last = NULL;
        }
        if (end) return;
        if (last == NULL) begin = page;
        last = what;
        before = x.letter;
        after = y.letter;
        bool steps = what != NULL && has_frame(x.letter) && has_frame(y.letter) && x.content != ZXP_CONTENT_FILL;
        uint64_t count = x.count < y.count ? x.count : y.count;
        page += steps || (what == NULL && y.content == ZXP_CONTENT_BYTES) ? 1 : count;
    }
}

/* ---- Objects ---- */

static void diff_number(const struct sides *s, zx_koid_t koid, const char *what, uint64_t x, uint64_t y) {
    if (x == y) return;
    buf_text(s->out, "  ");
    put_object(s, koid);
    buf_format(s->out, ": %s %" PRIu64 " -> %" PRIu64 "\n", what, x, y);
}

static void diff_object(const struct sides *s, const zxp_object_view *x, const zxp_object_view *y) {
    diff_number(s, x->koid, "handles", x->handle_count, y->handle_count);
    diff_number(s, x->koid, "signals", x->signals, y->signals);
    if (x->type != ZX_OBJ_TYPE_VMO) return;
    diff_number(s, x->koid, "size", x->size, y->size);
    diff_number(s, x->koid, "stream size", x->stream_size, y->stream_size);
    diff_number(s, x->koid, "detached", x->detached, y->detached);
    diff_number(s, x->koid, "modified", x->modified, y->modified);
    diff_number(s, x->koid, "children", x->children, y->children);
    diff_number(s, x->koid, "mappings", x->mappings, y->mappings);
    diff_number(s, x->koid, "lock count", x->lock_count, y->lock_count);
    diff_pages(s, x->koid);
}

static void only_in(const struct sides *s, zx_koid_t koid, const char *word) {
    buf_text(s->out, "  ");
    put_object(s, koid);
    buf_format(s->out, ": %s\n", word);
}

static void diff_objects(const struct sides *s) {
    zxp_object_view x = {0}, y = {0};
    for (zx_koid_t last = 0; zxp_object_next(s->a->world, last, &x); last = x.koid) {
        if (!zxp_object_get(s->b->world, x.koid, &y) || y.type != x.type)
            only_in(s, x.koid, "gone");
        else
            diff_object(s, &x, &y);
    }
    for (zx_koid_t last = 0; zxp_object_next(s->b->world, last, &y); last = y.koid) {
        if (zxp_object_get(s->a->world, y.koid, &x) && x.type == y.type) continue;
        only_in(s, y.koid, "new");
        if (y.type == ZX_OBJ_TYPE_VMO) diff_pages(s, y.koid);
    }
}

/* ---- Requests and packets: lines of text, those that the other side has not ---- */

static void put_request(const struct sides *s, const zxp_request_view *r) {
    buf_text(s->out, r->command == ZX_PAGER_VMO_READ ? "READ " : "DIRTY ");
    put_object(s, r->vmo);
    buf_format(s->out, " %" PRIu64 " %" PRIu64 "\n", r->offset / ZXP_PAGE_SIZE, r->length / ZXP_PAGE_SIZE);
}

static bool has_request(const zxp_world *world, const zxp_request_view *wanted) {
    zxp_request_view r;
    for (size_t i = 0; zxp_request_at(world, i, &r); i++) {
        if (r.vmo == wanted->vmo && r.command == wanted->command && r.offset == wanted->offset &&
            r.length == wanted->length)
            return true;
    }
    return false;
}

static void requests_only_in(const struct sides *s, const zxp_world *here, const zxp_world *there, const char *word) {
    zxp_request_view r;
    for (size_t i = 0; zxp_request_at(here, i, &r); i++) {
        if (has_request(there, &r)) continue;
        buf_format(s->out, "  request %s: ", word);
        put_request(s, &r);
    }
}

static bool same_packet(const zxp_packet_view *x, const zxp_packet_view *y) {
    return x->key == y->key && x->type == y->type && x->command == y->command && x->offset == y->offset &&
           x->length == y->length && x->status == y->status && x->observed == y->observed;
}

static bool has_packet(const zxp_world *world, zx_koid_t port, const zxp_packet_view *wanted) {
    zxp_packet_view packet;
    for (size_t i = 0; zxp_packet_at(world, port, i, &packet); i++) {
        if (same_packet(&packet, wanted)) return true;
    }
    return false;
}

static void packets_only_in(const struct sides *s, const zxp_world *here, const zxp_world *there, zx_koid_t port,
                            const char *word) {
    static const char *const commands[] = {"READ", "COMPLETE", "DIRTY"};
    zxp_packet_view p;
    for (size_t i = 0; zxp_packet_at(here, port, i, &p); i++) {
        if (has_packet(there, port, &p)) continue;
        buf_format(s->out, "  packet %s in ", word);
        put_object(s, port);
        if (p.type == ZX_PKT_TYPE_PAGE_REQUEST && p.command < 3) {
            buf_format(s->out, ": %s key=%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", commands[p.command], p.key,
                       p.offset / ZXP_PAGE_SIZE, p.length / ZXP_PAGE_SIZE);
        } else {
            buf_format(s->out, ": key=%" PRIu64 " type %" PRIu32 "\n", p.key, p.type);
        }
    }
}

static void diff_packets(const struct sides *s, const zxp_world *here, const zxp_world *there, const char *word) {
    zxp_object_view object;
    for (zx_koid_t last = 0; zxp_object_next(here, last, &object); last = object.koid) {
        if (object.type == ZX_OBJ_TYPE_PORT) packets_only_in(s, here, there, object.koid, word);
    }
}

/* ---- Threads ---- */

static void put_state(const struct sides *s, bool there, const zxp_thread_view *view) {
    static const char *const words[] = {"ready", "blocked", "suspended", "faulted", "killed"};
    buf_text(s->out, there ? words[view->state] : "none");
    if (!there || view->state == ZXP_THREAD_BLOCKED || view->op == 0) return;
    buf_char(s->out, ' ');
    print_status(s->out, view->status);
}

static void diff_threads(const struct sides *s) {
    zxp_thread_view x = {0}, y = {0};
    for (uint32_t i = 0;; i++) {
        bool in_a = zxp_thread_get(s->a->world, i, &x), in_b = zxp_thread_get(s->b->world, i, &y);
        if (!in_a && !in_b) return;
        if (in_a == in_b && x.state == y.state && x.status == y.status) continue;
        buf_text(s->out, "  thread ");
        put_thread(s, i);
        buf_text(s->out, ": ");
        put_state(s, in_a, &x);
        buf_text(s->out, " -> ");
        put_state(s, in_b, &y);
        buf_char(s->out, '\n');
    }
}

void diff_write(const struct snapshot *a, const struct snapshot *b, struct buf *out) {
    struct sides s = {a, b, out};
    diff_objects(&s);
    requests_only_in(&s, a->world, b->world, "gone");
    requests_only_in(&s, b->world, a->world, "new");
    diff_packets(&s, a->world, b->world, "gone");
    diff_packets(&s, b->world, a->world, "new");
    diff_threads(&s);
}
