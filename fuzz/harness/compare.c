/*
 * compare.c - core against oracle: threads, results, objects, pages, requests, packets, mappings, handles (harness.h).
 *
 * The signature of a difference is the field and the rule that
 * the core took; the detail shows both values and both rules.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

/* Where in the world a difference is. */
struct place {
    struct harness *h;
    const zxp_op_call *call;
    const char *what; /* "thread", "object", ... */
    uint64_t which;
};

static bool differ(const struct place *p, const char *field, uint64_t core, uint64_t other) {
    zxp_thread_view view;
    bool known = zxp_thread_get(p->h->core, p->call->thread, &view);
    const zxp_rule_info *rule = known ? zxp_rule_info_of(view.rule) : NULL;
    const zxp_op_info *op = zxp_op_info_of(p->call->op);
    char signature[160];
    snprintf(signature, sizeof signature, "%s.%s after %s (%s)", p->what, field, op->name,
             rule != NULL ? rule->id : "no rule");
    return harness_found(p->h, FINDING_DIFFERENCE, signature,
                         "%s %" PRIu64 ": %s is 0x%" PRIx64 " in the core, 0x%" PRIx64
                         " in the oracle; core rule: %s; oracle: %s",
                         p->what, p->which, field, core, other, rule != NULL ? rule->id : "none",
                         oracle_rule(p->h->oracle, p->call->thread));
}

static bool same(const struct place *p, const char *field, uint64_t core, uint64_t other) {
    return core == other || differ(p, field, core, other);
}

#define SAME(field) same(&p, #field, (uint64_t)a.field, (uint64_t)b.field)

/* ---- Threads and results ---- */

/* *view is the core's. */
static bool compare_thread(struct harness *h, const zxp_op_call *call, uint32_t number, zxp_thread_view *view) {
    struct place p = {h, call, "thread", number};
    zxp_thread_view a = {0}, b = {0};
    if (!same(&p, "exists", zxp_thread_get(h->core, number, &a), oracle_thread_get(h->oracle, number, &b)))
        return false;
    *view = a;
    if (!SAME(state) || !SAME(suspend_pending) || !SAME(op) || !SAME(waits_for)) return false;
    bool ended = a.state == ZXP_THREAD_READY || a.state == ZXP_THREAD_FAULTED;
    if (ended && a.op != 0 && !SAME(status)) return false;
    if (a.state == ZXP_THREAD_FAULTED && !SAME(fault_address)) return false;
    if (a.waits_for == ZXP_WAIT_NONE) return true;
    if (a.waits_for == ZXP_WAIT_SIGNALS) return SAME(deadline);
    if (a.waits_for == ZXP_WAIT_PORT) return SAME(deadline) && SAME(koid);
    if (b.koid != 0 && !SAME(koid)) return false; /* a root that is gone has no VMO in the oracle */
    return SAME(command) && SAME(attached) && SAME(offset) && SAME(length) && SAME(wake);
}

/* Padding members of structures: always zero, and the oracle leaves them out. */
static bool is_padding(const char *name) { return strcmp(name, "reserved") == 0 || strcmp(name, "padding1") == 0; }

static bool compare_fields(struct harness *h, const zxp_op_call *call, uint32_t number) {
    struct place p = {h, call, "result", number};
    size_t count = zxp_field_count(h->core, number);
    for (size_t i = 0; i < count; i++) {
        uint64_t a = 0, b = 0;
        const char *name = zxp_field_at(h->core, number, i, &a);
        if (name != NULL && is_padding(name)) continue;
        if (name == NULL || !oracle_field(h->oracle, number, name, &b))
            return differ(&p, name != NULL ? name : "field", a, b);
        if (!same(&p, name, a, b)) return false;
    }
    return true;
}

static bool compare_lists(struct harness *h, const zxp_op_call *call, uint32_t number) {
    struct place p = {h, call, "result", number};
    size_t ranges = zxp_range_count(h->core, number), masks = zxp_observed_count(h->core, number);
    if (!same(&p, "ranges", ranges, oracle_range_count(h->oracle, number))) return false;
    for (size_t i = 0; i < ranges; i++) {
        zxp_dirty_range a = {0}, b = {0};
        zxp_range_at(h->core, number, i, &a);
        oracle_range_at(h->oracle, number, i, &b);
        if (!SAME(offset) || !SAME(length) || !SAME(options)) return false;
    }
    if (!same(&p, "observed", masks, oracle_observed_count(h->oracle, number))) return false;
    for (size_t i = 0; i < masks; i++) {
        if (!same(&p, "observed", zxp_observed_at(h->core, number, i), oracle_observed_at(h->oracle, number, i)))
            return false;
    }
    return true;
}

/* Bytes [at, at + length) of both datas, at most a page at a time. */
static bool compare_bytes(struct harness *h, const struct place *p, uint32_t number, uint64_t at, size_t length) {
    uint8_t a[ZXP_PAGE_SIZE], b[ZXP_PAGE_SIZE];
    zxp_data_copy(h->core, number, at, a, length);
    oracle_data_copy(h->oracle, number, at, b, length);
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) return differ(p, "data byte", a[i], b[i]);
    }
    return true;
}

static bool compare_data(struct harness *h, const zxp_op_call *call, uint32_t number) {
    struct place p = {h, call, "result", number};
    uint64_t length = zxp_data_length(h->core, number);
    if (!same(&p, "data length", length, oracle_data_length(h->oracle, number))) return false;
    for (uint64_t at = 0; at < length;) {
        zxp_piece a, b;
        if (!zxp_data_piece(h->core, number, at, &a) || !oracle_data_piece(h->oracle, number, at, &b))
            return differ(&p, "data", at, length);
        uint64_t count = a.length < b.length ? a.length : b.length;
        if (a.kind != ZXP_CONTENT_FILL || b.kind != ZXP_CONTENT_FILL) {
            if (count > ZXP_PAGE_SIZE) count = ZXP_PAGE_SIZE;
            if (!compare_bytes(h, &p, number, at, (size_t)count)) return false;
        } else if (!same(&p, "data byte", a.fill, b.fill)) {
            return false;
        }
        at += count;
    }
    return true;
}

static bool compare_result(struct harness *h, const zxp_op_call *call, uint32_t number, const zxp_thread_view *view) {
    bool named = view->op == ZXP_OP_OBJECT_GET_PROPERTY; /* names: each side has its view */
    if (!named && !compare_data(h, call, number)) return false;
    return view->state != ZXP_THREAD_READY || (compare_fields(h, call, number) && compare_lists(h, call, number));
}

/* A result that was compared stands until its thread makes the next call. */
static bool compare_threads(struct harness *h, const zxp_op_call *call) {
    struct place p = {h, call, "world", 0};
    uint32_t count = zxp_thread_count(h->core);
    if (!same(&p, "threads", count, oracle_thread_count(h->oracle))) return false;
    for (uint32_t i = 0; i < count; i++) {
        zxp_thread_view view;
        if (!compare_thread(h, call, i, &view)) return false;
        bool ended = view.op != 0 && view.state != ZXP_THREAD_BLOCKED && view.state != ZXP_THREAD_SUSPENDED;
        bool stood = h->result_seen[i] && i != call->thread;
        if (ended && !stood && !compare_result(h, call, i, &view)) return false;
        h->result_seen[i] = ended;
    }
    return true;
}

/* ---- Pages ---- */

static bool compare_content(const struct place *p, const zxp_page_run *a, const oracle_page *b, uint64_t page) {
    uint8_t byte = a->content == ZXP_CONTENT_LETTERS ? (uint8_t)('A' + (a->fill + page - a->first) % 26) : a->fill;
    if (a->content != ZXP_CONTENT_BYTES) {
        if (b->bytes == NULL) return same(p, "content", byte, b->fill);
        for (unsigned i = 0; i < ZXP_PAGE_SIZE; i++) {
            if (b->bytes[i] != byte) return differ(p, "content", byte, b->bytes[i]);
        }
        return true;
    }
    for (unsigned i = 0; i < ZXP_PAGE_SIZE; i++) {
        uint8_t other = b->bytes != NULL ? b->bytes[i] : b->fill;
        if (a->bytes[i] != other) return differ(p, "content", a->bytes[i], other);
    }
    return true;
}

static bool is_frame_letter(char letter) { return letter == 'C' || letter == 'D' || letter == 'W' || letter == 'P'; }

static bool compare_page(const struct place *p, const zxp_page_run *a, const oracle_page *b, uint64_t page) {
    if (!same(p, "letter", (uint8_t)a->letter, (uint8_t)b->letter)) return false;
    if (!is_frame_letter(a->letter)) return true;
    if (!same(p, "always_need", a->always_need, b->always_need) || !same(p, "pins", a->pins, b->pins)) return false;
    if (!same(p, "age", (uint64_t)(int64_t)a->age, (uint64_t)(int64_t)b->age)) return false;
    return compare_content(p, a, b, page);
}

/* Walks the core's runs and the oracle's stretches together: a
 * run of a million pages costs as much as its oracle stretches. */
static bool compare_pages(struct harness *h, const zxp_op_call *call, const zxp_object_view *vmo) {
    struct place p = {h, call, "page", 0};
    zxp_page_run run = {0};
    for (uint64_t page = 0; page < vmo->size / ZXP_PAGE_SIZE;) {
        oracle_page other;
        p.which = page;
        if (page >= run.first + run.count && !zxp_page_run_at(h->core, vmo->koid, page, &run))
            return differ(&p, "run", 0, 1);
        if (!oracle_page_at(h->oracle, vmo->koid, page, &other)) return differ(&p, "page", 1, 0);
        if (!compare_page(&p, &run, &other, page)) return false;
        uint64_t next = oracle_page_next(h->oracle, vmo->koid, page), end = run.first + run.count;
        bool stepwise = run.content != ZXP_CONTENT_FILL && is_frame_letter(run.letter);
        page = stepwise ? page + 1 : next < end ? next : end;
    }
    return true;
}

/* ---- Objects ---- */

static bool compare_object(struct harness *h, const zxp_op_call *call, const zxp_object_view *first,
                           const zxp_object_view *second) {
    const zxp_object_view a = *first, b = *second;
    struct place p = {h, call, "object", a.koid};
    if (!SAME(koid) || !SAME(type) || !SAME(handle_count) || !SAME(signals)) return false;
    if (a.type != ZX_OBJ_TYPE_VMO) return true;
    if (!SAME(kind) || !SAME(parent) || !SAME(root) || !SAME(size) || !SAME(stream_size) || !SAME(window)) return false;
    if (!SAME(resizable) || !SAME(discardable) || !SAME(immutable) || !SAME(pager_root) || !SAME(in_pager_tree))
        return false;
    if (!SAME(lock_state) || !SAME(lock_count) || !SAME(cache_policy)) return false;
    if (!SAME(children) || !SAME(mappings) || !SAME(pins)) return false;
    if (memcmp(a.name, b.name, sizeof a.name) != 0) return differ(&p, "name", (uint8_t)a.name[0], (uint8_t)b.name[0]);
    if (a.pager_root && (!SAME(trap_dirty) || !SAME(detached) || !SAME(modified))) return false;
    if (!SAME(key) || !SAME(pager) || !SAME(port)) return false;
    return compare_pages(h, call, first);
}

static bool compare_packets(struct harness *h, const zxp_op_call *call, zx_koid_t port) {
    struct place p = {h, call, "packet", 0};
    for (size_t i = 0;; i++) {
        zxp_packet_view a = {0}, b = {0};
        p.which = i;
        bool more = zxp_packet_at(h->core, port, i, &a);
        if (!same(&p, "queued", more, oracle_packet_at(h->oracle, port, i, &b))) return false;
        if (!more) return true;
        if (!SAME(key) || !SAME(type) || !SAME(status) || !SAME(command) || !SAME(offset) || !SAME(length))
            return false;
        if (!SAME(trigger) || !SAME(observed)) return false;
    }
}

/* A port or pager without handles can be seen by nobody: how long its memory stays is each side's own affair. */
static bool is_shade(const zxp_object_view *view) {
    return view->type != ZX_OBJ_TYPE_VMO && view->type != ZX_OBJ_TYPE_VMAR && view->handle_count == 0;
}

static bool next_of_core(const struct harness *h, zx_koid_t after, zxp_object_view *view) {
    do {
        if (!zxp_object_next(h->core, after, view)) return false;
        after = view->koid;
    } while (is_shade(view));
    return true;
}

static bool next_of_oracle(const struct harness *h, zx_koid_t after, zxp_object_view *view) {
    do {
        if (!oracle_object_next(h->oracle, after, view)) return false;
        after = view->koid;
    } while (is_shade(view));
    return true;
}

static bool compare_objects(struct harness *h, const zxp_op_call *call) {
    struct place p = {h, call, "world", 0};
    zxp_object_view a = {0}, b = {0};
    for (zx_koid_t at = 0;; at = a.koid) {
        bool more = next_of_core(h, at, &a), other = next_of_oracle(h, at, &b);
        if (!same(&p, "object", more ? a.koid : 0, other ? b.koid : 0)) return false;
        if (!more) return true;
        if (!compare_object(h, call, &a, &b)) return false;
        if (a.type == ZX_OBJ_TYPE_PORT && !compare_packets(h, call, a.koid)) return false;
    }
}

/* ---- Requests, mappings, handles ---- */

static bool compare_attached(struct harness *h, const zxp_op_call *call, size_t i, uint32_t count) {
    struct place p = {h, call, "attached", i};
    for (size_t k = 0; k < count; k++) {
        if (!same(&p, "thread", zxp_request_attached(h->core, i, k), oracle_request_attached(h->oracle, i, k)))
            return false;
    }
    return true;
}

static bool compare_requests(struct harness *h, const zxp_op_call *call) {
    struct place p = {h, call, "request", 0};
    for (size_t i = 0;; i++) {
        zxp_request_view a = {0}, b = {0};
        p.which = i;
        bool more = zxp_request_at(h->core, i, &a);
        if (!same(&p, "outstanding", more, oracle_request_at(h->oracle, i, &b))) return false;
        if (!more) return true;
        if (!SAME(vmo) || !SAME(key) || !SAME(command) || !SAME(offset) || !SAME(length) || !SAME(pending))
            return false;
        if (!SAME(owner) || !SAME(attached) || !SAME(packet)) return false;
        if (!compare_attached(h, call, i, a.attached)) return false;
    }
}

static bool compare_mappings(struct harness *h, const zxp_op_call *call) {
    struct place p = {h, call, "mapping", 0};
    zxp_mapping_view a = {0}, b;
    for (size_t i = 0;; i++) {
        p.which = i;
        bool more = zxp_mapping_after(h->core, a.base + a.size, &a);
        if (!same(&p, "mapped", more, oracle_mapping_at(h->oracle, i, &b))) return false;
        if (!more) return true;
        if (!SAME(base) || !SAME(size) || !SAME(vmo) || !SAME(vmo_offset) || !SAME(max_permissions)) return false;
        for (uint64_t page = 0; page < 16 && page * ZXP_PAGE_SIZE < a.size; page++) {
            uint32_t permissions[2] = {0}, record[2] = {0};
            zxp_address_get(h->core, a.base + page * ZXP_PAGE_SIZE, &permissions[0], &record[0]);
            oracle_address_get(h->oracle, a.base + page * ZXP_PAGE_SIZE, &permissions[1], &record[1]);
            if (!same(&p, "permissions", permissions[0], permissions[1]) || !same(&p, "record", record[0], record[1]))
                return false;
        }
    }
}

static bool compare_handles(struct harness *h, const zxp_op_call *call) {
    struct place p = {h, call, "handle", 0};
    zxp_handle_view a, b;
    for (zx_handle_t last = ZX_HANDLE_INVALID;; last = a.handle) {
        p.which = last;
        bool more = zxp_handle_next(h->core, last, &a);
        if (!same(&p, "live", more, oracle_handle_next(h->oracle, last, &b))) return false;
        if (!more) return true;
        if (!SAME(handle) || !SAME(koid) || !SAME(type) || !SAME(rights)) return false;
    }
}

bool harness_compare(struct harness *h, const zxp_op_call *call, zxp_outcome core, zxp_outcome other) {
    struct place p = {h, call, "call", call->thread};
    if (!same(&p, "outcome", core, other)) return false;
    if (!same(&p, "clock", (uint64_t)zxp_world_now(h->core), (uint64_t)oracle_now(h->oracle))) return false;
    return compare_threads(h, call) && compare_objects(h, call) && compare_requests(h, call) &&
           compare_mappings(h, call) && compare_handles(h, call);
}
