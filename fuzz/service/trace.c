/* trace.c - a session's events judged as the doings of a pager service (trace.h). */
#include "trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ranges.h"

enum { READS, DIRTIES, KINDS };

/* What stands for a page, by ranges of bytes. */
enum {
    WAITING,
    ASKED = WAITING + KINDS,
    BEGUN = ASKED + KINDS,
    COPIED,
    COPIED_EARLY,
    HELD,
    OUTDATED,
    DIRTY,
    SERVERS,
    TABLES
};
/*
 * WAITING  READ or DIRTY requests are outstanding      ASKED    their packet was dequeued: number of that event
 * BEGUN    event of the BEGIN * 2 + IS_ZERO   COPIED   read by a thread that serves, since BEGIN; EARLY: before
 * HELD     likewise, until a call of the service answers it; OUTDATED: END has come since, so a READ's data is old
 * DIRTY    D, W, Z or Y                                SERVERS  threads that serve the VMO, by number
 */

struct vmo {
    zx_koid_t koid, pager, port;
    uint64_t key, size;
    bool alive, detached, damaged;
    struct ranges table[TABLES];
};

struct thread {
    uint16_t op; /* of the call under way; 0: none */
    uint64_t args[ZXP_MAX_PARAMS];
    zx_koid_t created;               /* by it */
    zx_koid_t waits;                 /* VMO of its latest request */
    const struct service_rule *rule; /* broken if the call succeeds */
    uint64_t page;                   /* where */
};

struct name { /* a handle's object; a mapping's VMO */
    uint64_t value, length, offset;
    zx_koid_t koid;
};

struct list {
    void *items;
    size_t count, capacity;
};

struct trace {
    struct list vmos, threads, handles, mappings, pins;
    uint32_t current;  /* thread whose call began last */
    uint64_t now;      /* number of the event */
    zx_koid_t suspect; /* a VMO whose server seems to wait for it, */
    uint32_t suspect_thread;
    uint64_t suspect_at; /* since this event */
    bool short_of_memory;
    struct trace_finding *finding;
};

/* ---- Lists ---- */

static void *add(struct trace *t, struct list *list, size_t size) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        void *items = realloc(list->items, capacity * size);
        t->short_of_memory |= items == NULL;
        if (items == NULL) return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    void *item = (char *)list->items + list->count++ * size;
    memset(item, 0, size);
    return item;
}

static struct vmo *vmo_at(const struct trace *t, size_t i) { return &((struct vmo *)t->vmos.items)[i]; }

static struct vmo *vmo_of_koid(const struct trace *t, zx_koid_t koid) {
    for (size_t i = 0; i < t->vmos.count; i++) {
        if (vmo_at(t, i)->koid == koid && vmo_at(t, i)->alive) return vmo_at(t, i);
    }
    return NULL;
}

static struct thread *thread_of(struct trace *t, uint32_t number) {
    while (t->threads.count <= number) {
        if (number == ZXP_NO_THREAD || add(t, &t->threads, sizeof(struct thread)) == NULL) return NULL;
    }
    return &((struct thread *)t->threads.items)[number];
}

static void add_name(struct trace *t, struct list *list, struct name name) {
    struct name *kept = add(t, list, sizeof name);
    if (kept != NULL) *kept = name;
}

/* The latest name of that value. */
static const struct name *name_of(const struct list *list, uint64_t value) {
    const struct name *names = list->items;
    for (size_t i = list->count; i > 0; i--) {
        const struct name *name = &names[i - 1];
        if (value >= name->value && value - name->value < name->length) return name;
    }
    return NULL;
}

static zx_koid_t koid_of(const struct trace *t, uint64_t handle) {
    const struct name *name = name_of(&t->handles, handle);
    return name != NULL ? name->koid : ZX_KOID_INVALID;
}

static struct vmo *vmo_of(const struct trace *t, uint64_t handle) { return vmo_of_koid(t, koid_of(t, handle)); }

static void forget(struct list *list, uint64_t begin, uint64_t end) {
    struct name *names = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (names[i].value >= begin && names[i].value < end) names[i].length = 0;
    }
}

static bool is_listed(const struct list *list, zx_koid_t koid) {
    const struct name *names = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (names[i].koid == koid && names[i].length > 0) return true;
    }
    return false;
}

/* ---- Breaches ---- */

__attribute__((format(printf, 4, 5))) static void breach(struct trace *t, uint64_t at, const char *rule,
                                                         const char *format, ...) {
    va_list arguments;
    if (t->finding->rule[0] != 0) return;
    va_start(arguments, format);
    snprintf(t->finding->rule, sizeof t->finding->rule, "%s", rule);
    vsnprintf(t->finding->fact, sizeof t->finding->fact, format, arguments);
    va_end(arguments);
    t->finding->at = at;
}

static void breach_of_page(struct trace *t, const struct vmo *v, uint64_t byte, const struct service_rule *rule) {
    if (rule != NULL)
        breach(t, t->now, rule->invariant, "VMO of key %" PRIu64 ", page %" PRIu64 ": %s", v->key, byte / ZXP_PAGE_SIZE,
               rule->fact);
}

/* It counts if the call succeeds. */
static void suppose(struct thread *thread, uint64_t byte, const struct service_rule *rule) {
    if (thread->rule != NULL || rule == NULL) return;
    thread->rule = rule;
    thread->page = byte;
}

/* ---- Calls that begin ---- */

static void set(struct vmo *v, int table, uint64_t begin, uint64_t length, uint64_t value) {
    ranges_set(&v->table[table], begin, length > UINT64_MAX - begin ? UINT64_MAX : begin + length, value);
}

static const struct range *first(const struct vmo *v, int table, uint64_t begin, uint64_t length, struct range *part) {
    return ranges_first(&v->table[table], begin, length > UINT64_MAX - begin ? UINT64_MAX : begin + length, part);
}

static bool serves(const struct vmo *v, uint32_t number) {
    struct range part;
    return first(v, SERVERS, number, 1, &part) != NULL;
}

/* What was asked before detach may still be answered. */
static void judge_late(struct trace *t, const struct vmo *v, const struct thread *thread, int kind, uint64_t offset,
                       uint64_t length) {
    struct range part;
    bool asked = kind < KINDS && first(v, HELD + kind, offset, length, &part) != NULL;
    uint64_t operation = thread->op == ZXP_OP_PAGER_OP_RANGE ? thread->args[1] : 0;
    if (v->detached && !asked) breach_of_page(t, v, offset, service_rule_late(thread->op, operation));
}

static void judge_range(struct trace *t, const struct vmo *v, uint64_t offset, uint64_t length) {
    bool aligned = offset % ZXP_PAGE_SIZE == 0 && length % ZXP_PAGE_SIZE == 0;
    if (!aligned || offset > v->size || length > v->size - offset)
        breach(t, t->now, "INV-S12", "VMO of key %" PRIu64 ": an answer that is not of whole pages inside the VMO",
               v->key);
}

static void begin_supply(struct trace *t, struct vmo *v, struct thread *thread) {
    const uint64_t *a = thread->args;
    zx_koid_t aux = koid_of(t, a[4]);
    struct range part;
    judge_range(t, v, a[2], a[3]);
    if (is_listed(&t->mappings, aux) || is_listed(&t->pins, aux))
        breach(t, t->now, "INV-S12", "VMO of key %" PRIu64 ": the auxiliary VMO is mapped or pinned", v->key);
    judge_late(t, v, thread, READS, a[2], a[3]);
    if (v->damaged) suppose(thread, a[2], &service_rule_damaged);
    if (first(v, OUTDATED, a[2], a[3], &part) != NULL) suppose(thread, part.begin, service_rule_end(true, true));
}

static void begin_fail(struct trace *t, struct vmo *v, struct thread *thread) {
    const uint64_t *a = thread->args;
    struct range part;
    bool reads = first(v, WAITING + READS, a[3], a[4], &part) != NULL;
    bool dirties = first(v, WAITING + DIRTIES, a[3], a[4], &part) != NULL;
    breach_of_page(t, v, a[3], service_rule_fail((zx_status_t)a[5], reads, dirties));
    judge_range(t, v, a[3], a[4]);
    judge_late(t, v, thread, reads ? READS : DIRTIES, a[3], a[4]);
}

/* READ packets dequeued before BEGIN, so before the disk was
 * written: if they are supplied after this END, it is with old data. */
static void outdate(struct vmo *v, const struct range *begun) {
    struct range part;
    for (uint64_t at = begun->begin; first(v, HELD + READS, at, begun->end - at, &part) != NULL; at = part.end) {
        if (part.value < begun->value / 2) ranges_set(&v->table[OUTDATED], part.begin, part.end, 1);
    }
}

/* A part of END's range that has a BEGIN. */
static void judge_written_back(struct vmo *v, struct thread *thread, const struct range *begun) {
    struct range part;
    bool all = ranges_gap(&v->table[COPIED], begun->begin, begun->end) == begun->end;
    struct service_writeback page = {.begun = true, .zero = begun->value % 2 != 0, .copied = all};
    page.copied_early = first(v, COPIED_EARLY, begun->begin, begun->end - begun->begin, &part) != NULL;
    if (!page.copied && !page.zero) suppose(thread, begun->begin, service_rule_write(&page, !page.copied_early));
}

static void begin_end(struct vmo *v, struct thread *thread) {
    uint64_t at = thread->args[3], end = at + thread->args[4];
    struct range part;
    uint64_t gap = ranges_gap(&v->table[BEGUN], at, end);
    if (gap < end) suppose(thread, gap, service_rule_end(false, false));
    for (; at < end && ranges_first(&v->table[BEGUN], at, end, &part) != NULL; at = part.end) {
        judge_written_back(v, thread, &part);
        outdate(v, &part);
    }
}

static void begin_op_range(struct trace *t, struct vmo *v, struct thread *thread) {
    const uint64_t *a = thread->args;
    if (a[1] == ZX_PAGER_OP_FAIL) begin_fail(t, v, thread);
    if (a[1] == ZX_PAGER_OP_DIRTY) judge_late(t, v, thread, DIRTIES, a[3], a[4]);
    if (a[1] == ZX_PAGER_OP_WRITEBACK_END) begin_end(v, thread);
}

/* Which VMO the call is about as a pager's; NULL: none. */
static struct vmo *served_by(const struct trace *t, const struct thread *thread) {
    static const uint16_t ops[] = {ZXP_OP_PAGER_SUPPLY_PAGES, ZXP_OP_PAGER_QUERY_DIRTY_RANGES,
                                   ZXP_OP_PAGER_QUERY_VMO_STATS, ZXP_OP_PAGER_DETACH_VMO};
    if (thread->op == ZXP_OP_PAGER_OP_RANGE) return vmo_of(t, thread->args[2]);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (thread->op == ops[i]) return vmo_of(t, thread->args[1]);
    }
    return NULL;
}

static void begin_call(struct trace *t, const zxp_event *event, const uint64_t *args) {
    struct thread *thread = thread_of(t, event->thread);
    if (thread == NULL) return;
    *thread = (struct thread){.op = event->op};
    memcpy(thread->args, args, sizeof thread->args);
    t->current = event->thread;
    struct vmo *v = served_by(t, thread);
    if (v != NULL) set(v, SERVERS, event->thread, 1, 1);
    if (v != NULL && event->op == ZXP_OP_PAGER_SUPPLY_PAGES) begin_supply(t, v, thread);
    if (v != NULL && event->op == ZXP_OP_PAGER_OP_RANGE) begin_op_range(t, v, thread);
    if (event->op != ZXP_OP_VMO_SET_SIZE || (v = vmo_of(t, args[0])) == NULL) return;
    struct range part;
    bool shrinks = args[1] < v->size && first(v, BEGUN, 0, UINT64_MAX, &part) != NULL;
    if (serves(v, event->thread)) judge_late(t, v, thread, KINDS, 0, 0);
    if (shrinks) suppose(thread, args[1], &service_rule_shrinks);
}

/* ---- Calls that have ended well ---- */

static void end_create_vmo(struct trace *t, const struct thread *thread) {
    const uint64_t *a = thread->args;
    zx_koid_t port = koid_of(t, a[2]);
    for (size_t i = 0; i < t->vmos.count; i++) {
        if (vmo_at(t, i)->port == port && vmo_at(t, i)->key == a[3])
            breach(t, t->now, "INV-S2", "key %" PRIu64 " is used a second time on one port", a[3]);
    }
    struct vmo *v = add(t, &t->vmos, sizeof *v);
    if (v == NULL) return;
    uint64_t size = (a[4] + ZXP_PAGE_SIZE - 1) / ZXP_PAGE_SIZE * ZXP_PAGE_SIZE;
    *v = (struct vmo){.koid = thread->created, .port = port, .key = a[3], .size = size, .alive = true};
    v->pager = koid_of(t, a[0]);
}

static void answered(struct vmo *v, int kind, uint64_t offset, uint64_t length) {
    set(v, ASKED + kind, offset, length, 0);
    set(v, HELD + kind, offset, length, 0);
    if (kind == READS) set(v, OUTDATED, offset, length, 0);
}

static void end_op_range(struct trace *t, struct vmo *v, const struct thread *thread) {
    const uint64_t *a = thread->args;
    bool zero = (a[5] & ZX_VMO_DIRTY_RANGE_IS_ZERO) != 0;
    switch (a[1]) {
    case ZX_PAGER_OP_FAIL:
        answered(v, READS, a[3], a[4]);
        answered(v, DIRTIES, a[3], a[4]);
        v->damaged |= (zx_status_t)a[5] == ZX_ERR_IO_DATA_INTEGRITY;
        return;
    case ZX_PAGER_OP_DIRTY: answered(v, DIRTIES, a[3], a[4]); return;
    case ZX_PAGER_OP_WRITEBACK_BEGIN: set(v, BEGUN, a[3], a[4], t->now * 2 + zero); break;
    default: set(v, BEGUN, a[3], a[4], 0); set(v, COPIED_EARLY, a[3], a[4], 0);
    }
    set(v, COPIED, a[3], a[4], 0);
}

/* A read by a thread that serves: perhaps to write the data back. */
static void end_read(struct vmo *v, uint32_t number, uint64_t offset, uint64_t length) {
    struct range part;
    uint64_t end = offset + length;
    if (v == NULL || length == 0 || !serves(v, number)) return;
    offset -= offset % ZXP_PAGE_SIZE;
    end += (ZXP_PAGE_SIZE - end % ZXP_PAGE_SIZE) % ZXP_PAGE_SIZE;
    set(v, COPIED_EARLY, offset, end - offset, 1);
    for (uint64_t at = offset; ranges_first(&v->table[BEGUN], at, end, &part) != NULL; at = part.end)
        ranges_set(&v->table[COPIED], part.begin, part.end, 1);
}

static void end_load(struct trace *t, const struct thread *thread) {
    const struct name *mapping = name_of(&t->mappings, thread->args[0]);
    if (mapping == NULL) return;
    uint64_t offset = mapping->offset + (thread->args[0] - mapping->value);
    end_read(vmo_of_koid(t, mapping->koid), t->current, offset, thread->args[1]);
}

static void end_resize(struct vmo *v, uint64_t size) {
    if (v == NULL) return;
    for (int i = 0; size < v->size && i < SERVERS; i++) set(v, i, size, UINT64_MAX - size, 0);
    v->size = (size + ZXP_PAGE_SIZE - 1) / ZXP_PAGE_SIZE * ZXP_PAGE_SIZE;
}

static void end_well(struct trace *t, uint32_t number, struct thread *thread, uint64_t value) {
    const uint64_t *a = thread->args;
    struct vmo *v = served_by(t, thread);
    struct name handle = {.value = value, .length = 1, .koid = thread->created};
    switch (thread->op) {
    case ZXP_OP_PAGER_CREATE_VMO: end_create_vmo(t, thread); break;
    case ZXP_OP_HANDLE_DUPLICATE:
    case ZXP_OP_HANDLE_REPLACE: handle.koid = koid_of(t, a[0]); break;
    case ZXP_OP_VMAR_MAP: add_name(t, &t->mappings, (struct name){value, a[5], a[4], koid_of(t, a[3])}); return;
    case ZXP_OP_VMAR_UNMAP: forget(&t->mappings, a[1], a[1] + a[2]); return;
    case ZXP_OP_PIN: add_name(t, &t->pins, (struct name){a[1], a[2], 0, koid_of(t, a[0])}); return;
    case ZXP_OP_UNPIN: forget(&t->pins, a[1], a[1] + 1); return;
    case ZXP_OP_VMO_READ: end_read(vmo_of(t, a[0]), number, a[1], a[2]); return;
    case ZXP_OP_LOAD: end_load(t, thread); return;
    case ZXP_OP_VMO_SET_SIZE: end_resize(vmo_of(t, a[0]), a[1]); return;
    case ZXP_OP_PAGER_SUPPLY_PAGES:
        if (v != NULL) answered(v, READS, a[2], a[3]);
        return;
    case ZXP_OP_PAGER_OP_RANGE:
        if (v != NULL) end_op_range(t, v, thread);
        return;
    case ZXP_OP_PAGER_DETACH_VMO:
        if (v != NULL) v->detached = true;
        return;
    default: break;
    }
    if (value != 0 && handle.koid != 0) add_name(t, &t->handles, handle);
}

static void end_call(struct trace *t, const zxp_event *event, uint64_t value) {
    struct thread *thread = thread_of(t, event->thread);
    if (thread == NULL || thread->op == 0 || event->status != ZX_OK) return;
    struct vmo *v = thread->op == ZXP_OP_VMO_SET_SIZE ? vmo_of(t, thread->args[0]) : served_by(t, thread);
    if (v != NULL) breach_of_page(t, v, thread->page, thread->rule);
    end_well(t, event->thread, thread, value);
    thread->op = 0;
}

/* ---- Other events ---- */

static int kind_of(uint16_t command) { return command == ZX_PAGER_VMO_DIRTY ? DIRTIES : READS; }

static void on_request(struct trace *t, const zxp_event *event) {
    struct vmo *v = vmo_of_koid(t, event->koid);
    bool over = event->what == ZXP_WHAT_RESOLVED || event->what == ZXP_WHAT_CANCELLED;
    struct thread *thread = thread_of(t, event->thread);
    if (v == NULL) return;
    int kind = kind_of(event->command);
    if (over) set(v, ASKED + kind, event->offset, event->length, 0);
    if (over || event->what == ZXP_WHAT_CREATED) set(v, WAITING + kind, event->offset, event->length, !over);
    if (!over && thread != NULL) thread->waits = v->koid;
}

static void on_packet(struct trace *t, const zxp_event *event) {
    if (event->what != ZXP_WHAT_DEQUEUED || event->command == ZX_PAGER_VMO_COMPLETE) return;
    for (size_t i = 0; i < t->vmos.count; i++) {
        struct vmo *v = vmo_at(t, i);
        if (!v->alive || v->port != event->koid || v->key != event->key) continue;
        set(v, ASKED + kind_of(event->command), event->offset, event->length, t->now);
        set(v, HELD + kind_of(event->command), event->offset, event->length, t->now);
    }
}

static void on_block(struct trace *t, const zxp_event *event) {
    struct thread *thread = thread_of(t, event->thread);
    struct vmo *v = thread != NULL ? vmo_of_koid(t, thread->waits) : NULL;
    if (v == NULL || !serves(v, event->thread)) return;
    t->suspect = v->koid;
    t->suspect_thread = event->thread;
    t->suspect_at = t->now;
}

static void on_object(struct trace *t, const zxp_event *event) {
    struct thread *thread = thread_of(t, t->current);
    struct vmo *v = vmo_of_koid(t, event->koid);
    struct range part;
    if (event->what == ZXP_WHAT_CREATED && thread != NULL) thread->created = event->koid;
    if (event->what != ZXP_WHAT_DESTROYED) return;
    if (v != NULL && first(v, DIRTY, 0, UINT64_MAX, &part) != NULL)
        breach_of_page(t, v, part.begin, &service_rule_forgets);
    if (v != NULL) v->alive = false;
    for (size_t i = 0; i < t->vmos.count; i++) vmo_at(t, i)->detached |= vmo_at(t, i)->pager == event->koid;
}

static void on_page(struct trace *t, const zxp_event *event) {
    struct vmo *v = vmo_of_koid(t, event->koid);
    bool dirty = event->after != 0 && strchr("DWZY", event->after) != NULL;
    if (v != NULL) set(v, DIRTY, event->offset, event->length, dirty);
}

void trace_event(struct trace *t, const zxp_event *event, const uint64_t *args, uint64_t value, uint64_t at,
                 struct trace_finding *finding) {
    t->finding = finding;
    t->now = at;
    switch (event->kind) {
    case ZXP_EVENT_CALL: begin_call(t, event, args); return;
    case ZXP_EVENT_RESULT: end_call(t, event, value); return;
    case ZXP_EVENT_PAGE: on_page(t, event); return;
    case ZXP_EVENT_REQUEST: on_request(t, event); return;
    case ZXP_EVENT_PACKET: on_packet(t, event); return;
    case ZXP_EVENT_BLOCK: on_block(t, event); return;
    case ZXP_EVENT_OBJECT: on_object(t, event); return;
    default: return;
    }
}

/* ---- The whole ---- */

void trace_statement(struct trace *t, bool moved, struct trace_finding *finding) {
    struct vmo *v = vmo_of_koid(t, t->suspect);
    t->finding = finding;
    t->suspect = ZX_KOID_INVALID;
    if (v == NULL) return;
    if (moved)
        set(v, SERVERS, t->suspect_thread, 1, 0);
    else
        breach(t, t->suspect_at, service_rule_blocks.invariant, "VMO of key %" PRIu64 ": %s", v->key,
               service_rule_blocks.fact);
}

void trace_end(struct trace *t, uint64_t at, struct trace_finding *finding) {
    static const char *const words[KINDS] = {"READ", "DIRTY"};
    struct range part;
    trace_statement(t, false, finding);
    for (size_t i = 0; i < t->vmos.count; i++) {
        const struct vmo *v = vmo_at(t, i);
        for (int kind = 0; v->alive && !v->detached && kind < KINDS; kind++) {
            if (first(v, ASKED + kind, 0, UINT64_MAX, &part) == NULL) continue;
            breach(t, at, "INV-S1", "VMO of key %" PRIu64 ", page %" PRIu64 ": %s was dequeued and never answered",
                   v->key, part.begin / ZXP_PAGE_SIZE, words[kind]);
        }
    }
}

struct trace *trace_create(void) {
    return calloc(1, sizeof(struct trace));
}

void trace_destroy(struct trace *t) {
    if (t == NULL) return;
    for (size_t i = 0; i < t->vmos.count; i++) {
        for (int k = 0; k < TABLES; k++) ranges_clear(&vmo_at(t, i)->table[k]);
    }
    free(t->vmos.items);
    free(t->threads.items);
    free(t->handles.items);
    free(t->mappings.items);
    free(t->pins.items);
    free(t);
}

bool trace_short_of_memory(const struct trace *t) {
    bool any = t->short_of_memory;
    for (size_t i = 0; i < t->vmos.count; i++) {
        for (int k = 0; k < TABLES; k++) any |= vmo_at(t, i)->table[k].short_of_memory;
    }
    return any;
}
