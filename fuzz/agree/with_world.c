/*
 * with_world.c - a world of another profile as second engine: where do two kernels differ? (agree.h)
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agree.h"

/* What is being compared, and where a difference is told. */
struct pair {
    const zxp_world *first, *second;
    char *difference;
    size_t capacity;
};

__attribute__((format(printf, 2, 3))) static bool differ(const struct pair *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p->difference, p->capacity, format, arguments);
    va_end(arguments);
    return false;
}

static bool same(const struct pair *p, const char *what, uint64_t which, const char *field, uint64_t a, uint64_t b) {
    return a == b || differ(p, "%s %" PRIu64 ", %s: %" PRIu64 " and %" PRIu64, what, which, field, a, b);
}

#define SAME(what, which, field) same(p, what, which, #field, (uint64_t)a.field, (uint64_t)b.field)

/* ---- Threads ---- */

static const char *state_word(const zxp_thread_view *view) {
    static const char *const words[] = {"can run", "waits", "is suspended", "has faulted", "was killed"};
    return words[view->state];
}

static bool same_status(const struct pair *p, uint32_t number, zx_status_t a, zx_status_t b) {
    const char *first = zxp_status_name(a), *second = zxp_status_name(b);
    if (a == b) return true;
    return differ(p, "thread %" PRIu32 " got %s, and %s", number, first != NULL ? first : "another status",
                  second != NULL ? second : "another status");
}

static bool same_fields(const struct pair *p, uint32_t number) {
    size_t count = zxp_field_count(p->first, number);
    if (!same(p, "thread", number, "fields", count, zxp_field_count(p->second, number))) return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t a = 0, b = 0;
        const char *name = zxp_field_at(p->first, number, i, &a);
        zxp_field_at(p->second, number, i, &b);
        if (!same(p, "result of thread", number, name, a, b)) return false;
    }
    return true;
}

static bool same_data(const struct pair *p, uint32_t number) {
    uint64_t length = zxp_data_length(p->first, number);
    uint8_t a[512], b[512];
    if (!same(p, "thread", number, "bytes read", length, zxp_data_length(p->second, number))) return false;
    for (uint64_t at = 0, n; at < length; at += n) {
        n = zxp_data_copy(p->first, number, at, a, sizeof a);
        if (n == 0 || zxp_data_copy(p->second, number, at, b, sizeof b) != n || memcmp(a, b, n) != 0)
            return differ(p, "thread %" PRIu32 " has read other bytes", number);
    }
    return true;
}

static bool same_thread(const struct pair *p, uint32_t number) {
    zxp_thread_view a = {0}, b = {0};
    zxp_thread_get(p->first, number, &a);
    zxp_thread_get(p->second, number, &b);
    if (a.state != b.state) return differ(p, "thread %" PRIu32 " %s, and %s", number, state_word(&a), state_word(&b));
    if (a.op == 0) return true;
    if (a.state == ZXP_THREAD_BLOCKED)
        return SAME("thread", number, waits_for) && SAME("thread", number, command) && SAME("thread", number, offset) &&
               SAME("thread", number, length);
    if (a.state == ZXP_THREAD_SUSPENDED) return true;
    return same_status(p, number, a.status, b.status) && same_fields(p, number) && same_data(p, number);
}

/* ---- Pages, packets, requests ---- */

static bool same_run(const struct pair *p, zx_koid_t vmo, const zxp_page_run *a, const zxp_page_run *b) {
    if (a->letter != b->letter)
        return differ(p, "VMO %" PRIu64 ", page %" PRIu64 ": %c and %c", vmo, a->first, a->letter, b->letter);
    bool bytes = a->content == ZXP_CONTENT_BYTES && b->content == ZXP_CONTENT_BYTES;
    bool alike =
        a->content == b->content && (bytes ? memcmp(a->bytes, b->bytes, ZXP_PAGE_SIZE) == 0 : a->fill == b->fill);
    return alike || differ(p, "VMO %" PRIu64 ", page %" PRIu64 ": other content", vmo, a->first);
}

static bool same_pages(const struct pair *p, zx_koid_t vmo) {
    zxp_page_run a = {0}, b = {0};
    for (uint64_t page = 0;;) {
        bool more = zxp_page_run_at(p->first, vmo, page, &a);
        if (more != zxp_page_run_at(p->second, vmo, page, &b)) return differ(p, "VMO %" PRIu64 ": other size", vmo);
        if (!more) return true;
        if (!same_run(p, vmo, &a, &b)) return false;
        page += a.count < b.count ? a.count : b.count;
    }
}

static bool same_packets(const struct pair *p, zx_koid_t port) {
    for (size_t i = 0;; i++) {
        zxp_packet_view a = {0}, b = {0};
        bool more = zxp_packet_at(p->first, port, i, &a);
        if (!same(p, "packet", i, "queued", more, zxp_packet_at(p->second, port, i, &b))) return false;
        if (!more) return true;
        if (!SAME("packet", i, key) || !SAME("packet", i, type) || !SAME("packet", i, command)) return false;
        if (!SAME("packet", i, offset) || !SAME("packet", i, length)) return false;
    }
}

static bool same_objects(const struct pair *p) {
    zxp_object_view a = {0}, b = {0};
    for (zx_koid_t at = 0;; at = a.koid) {
        bool more = zxp_object_next(p->first, at, &a), other = zxp_object_next(p->second, at, &b);
        if (!more && !other) return true;
        if (!more || !other || a.koid != b.koid || a.type != b.type) return differ(p, "other objects are left");
        if (a.type == ZX_OBJ_TYPE_PORT && !same_packets(p, a.koid)) return false;
        if (a.type != ZX_OBJ_TYPE_VMO) continue;
        if (!SAME("VMO", a.koid, size) || !SAME("VMO", a.koid, detached) || !same_pages(p, a.koid)) return false;
    }
}

static bool same_requests(const struct pair *p) {
    for (size_t i = 0;; i++) {
        zxp_request_view a = {0}, b = {0};
        bool more = zxp_request_at(p->first, i, &a);
        if (!same(p, "request", i, "outstanding", more, zxp_request_at(p->second, i, &b))) return false;
        if (!more) return true;
        if (!SAME("request", i, command) || !SAME("request", i, offset) || !SAME("request", i, length)) return false;
        if (!SAME("request", i, owner) || !SAME("request", i, packet)) return false;
    }
}

bool agree_same_worlds(const zxp_world *first, const zxp_world *second, char *difference, size_t capacity) {
    const struct pair p = {.first = first, .second = second, .difference = difference, .capacity = capacity};
    for (uint32_t i = 0; i < zxp_thread_count(first); i++) {
        if (!same_thread(&p, i)) return false;
    }
    return same_objects(&p) && same_requests(&p);
}

/* ---- The engine ---- */

static void *create(void *user) { return zxp_world_clone(user); }

static void destroy(void *engine) { zxp_world_destroy(engine); }

static bool copy(void *to, const void *from) { return zxp_world_copy(to, from) == ZX_OK; }

static bool step_on_both(void *engine, zxp_world *world, const struct explore_step *step, char *difference,
                         size_t capacity) {
    uint64_t handle = ZX_HANDLE_INVALID;
    zxp_op_call call;
    for (uint32_t i = 0; i < step->calls; i++) {
        explore_call(world, step, i, &handle, &call);
        zxp_call(world, &call);
        zxp_call(engine, &call);
        if (!agree_same_worlds(world, engine, difference, capacity)) return false;
    }
    return true;
}

static uint64_t key(const void *engine) { return zxp_world_hash(engine, ZXP_FORM_STATE); }

void agree_with_world(struct explore_second *second, const zxp_world *start) {
    *second = (struct explore_second){.create = create,
                                      .destroy = destroy,
                                      .copy = copy,
                                      .step = step_on_both,
                                      .key = key,
                                      .user = (void *)(uintptr_t)start};
}
