#include "events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A larger world, or a call that tells more, is not followed: it would take long. */
enum { MOST_EVENTS = 2000, MOST_BYTES = 100000, PAGES = 64, RULES = 1024 };

uint64_t events_calls, events_told;

static struct {
    zxp_event event[MOST_EVENTS];
    size_t count;
    zxp_world *before;
    zxp_context *owner; /* of the world, who gets the events too */
    uint32_t hits[RULES];
    char why[200];
} all;

/* The linker's --wrap gives the names. */
zxp_outcome __real_zxp_call(zxp_world *world, const zxp_op_call *call);
zxp_outcome __wrap_zxp_call(zxp_world *world, const zxp_op_call *call);

const char *events_wrong(void) {
    static char why[sizeof all.why];
    memcpy(why, all.why, sizeof why);
    all.why[0] = '\0';
    return why[0] == '\0' ? NULL : why;
}

static void wrong(const char *what, uint64_t whose, uint64_t detail) {
    if (all.why[0] == '\0') (void)snprintf(all.why, sizeof all.why, "%s: %" PRIu64 ", %" PRIu64, what, whose, detail);
}

static void on_event(void *user, const zxp_event *event) {
    (void)user;
    if (all.count < MOST_EVENTS) all.event[all.count] = *event;
    all.count++;
    if (all.owner->observe != NULL) all.owner->observe(all.owner->user, event);
}

/* ---- Objects and their signals ---- */

static int64_t count_told(zxp_event_kind kind, zxp_event_what what, zx_koid_t koid) {
    int64_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const zxp_event *e = &all.event[i];
        count += e->kind == kind && e->what == what && (koid == 0 || e->koid == koid);
    }
    return count;
}

static const zxp_event *last_signals(zx_koid_t koid) {
    for (size_t i = all.count; i > 0; i--)
        if (all.event[i - 1].kind == ZXP_EVENT_SIGNAL && all.event[i - 1].koid == koid) return &all.event[i - 1];
    return NULL;
}

static int64_t count_objects(const zxp_world *w) {
    zxp_object_view view = {.koid = 0};
    int64_t count = 0;
    while (zxp_object_next(w, view.koid, &view)) count++;
    return count;
}

static void check_object_count(const zxp_world *after) {
    int64_t made = count_told(ZXP_EVENT_OBJECT, ZXP_WHAT_CREATED, 0);
    int64_t gone = count_told(ZXP_EVENT_OBJECT, ZXP_WHAT_DESTROYED, 0);
    if (count_objects(all.before) + made - gone != count_objects(after))
        wrong("objects made and destroyed", (uint64_t)made, (uint64_t)gone);
}

static void check_signals(const zxp_object_view *before, const zxp_object_view *after) {
    const zxp_event *last = last_signals(before->koid);
    zx_signals_t told = last != NULL ? (zx_signals_t)last->length : before->signals;
    if (told != after->signals) wrong("signals", before->koid, told);
}

/* ---- Pages ---- */

static uint64_t letters(const zxp_world *w, zx_koid_t vmo, char out[PAGES]) {
    uint64_t page = 0;
    zxp_page_run run;
    while (page < PAGES && zxp_page_run_at(w, vmo, page, &run)) {
        uint64_t end = run.count < PAGES - page ? page + run.count : PAGES;
        while (page < end) out[page++] = run.letter;
    }
    return page;
}

static void apply(const zxp_event *event, char *shown, uint64_t count) {
    uint64_t first = event->offset / ZXP_PAGE_SIZE, end = first + event->length / ZXP_PAGE_SIZE;
    for (uint64_t page = first; page < end && page < count; page++) {
        if (shown[page] != event->before) wrong("the letter before", event->koid, page);
        shown[page] = event->after;
    }
}

static void check_pages(const zxp_world *after, zx_koid_t vmo) {
    char was[PAGES], is[PAGES];
    uint64_t count = letters(all.before, vmo, was), left = letters(after, vmo, is);
    for (size_t i = 0; i < all.count; i++) {
        if (all.event[i].kind == ZXP_EVENT_PAGE && all.event[i].koid == vmo) apply(&all.event[i], was, count);
    }
    for (uint64_t page = 0; page < count && page < left; page++) {
        if (was[page] != is[page]) wrong("a page", vmo, page);
    }
}

/* ---- Packets ---- */

/* Of a full queue only so many are counted: the view goes through it for each of them. */
enum { MOST_PACKETS = 64 };

static int64_t count_packets(const zxp_world *w, zx_koid_t port) {
    zxp_packet_view view;
    int64_t count = 0;
    while (count < MOST_PACKETS && zxp_packet_at(w, port, (size_t)count, &view)) count++;
    return count;
}

/* The packet that was queued last, if it is still there, is as it was told. */
static void check_last_packet(const zxp_world *after, zx_koid_t port, int64_t count) {
    const zxp_event *queued = NULL;
    zxp_packet_view view;
    for (size_t i = 0; i < all.count; i++) {
        const zxp_event *e = &all.event[i];
        if (e->kind != ZXP_EVENT_PACKET || e->koid != port) continue;
        queued = e->what == ZXP_WHAT_QUEUED ? e : NULL;
    }
    if (queued == NULL || count == 0 || !zxp_packet_at(after, port, (size_t)count - 1, &view)) return;
    bool alike = queued->key == view.key && queued->command == view.command;
    bool has_range = view.type == ZX_PKT_TYPE_PAGE_REQUEST;
    alike &= queued->offset == (has_range ? view.offset : 0) && queued->length == (has_range ? view.length : 0);
    if (!alike) wrong("a packet", port, queued->key);
}

/* `dies`: in this call; what is sent to it afterwards is dropped, and was never in it. */
static void check_packets(const zxp_world *after, zx_koid_t port, bool dies) {
    int64_t told =
        count_told(ZXP_EVENT_PACKET, ZXP_WHAT_QUEUED, port) - count_told(ZXP_EVENT_PACKET, ZXP_WHAT_DEQUEUED, port) -
        count_told(ZXP_EVENT_PACKET, ZXP_WHAT_WITHDRAWN, port) - count_told(ZXP_EVENT_PACKET, ZXP_WHAT_DROPPED, port);
    int64_t were = count_packets(all.before, port), are = count_packets(after, port);
    if (are < MOST_PACKETS) check_last_packet(after, port, are);
    bool fits = dies ? were + told <= are : were + told == are;
    if (!fits && were < MOST_PACKETS && are < MOST_PACKETS) wrong("packets", port, (uint64_t)told);
}

static void check_objects(const zxp_world *after) {
    zxp_object_view before = {.koid = 0}, now;
    while (zxp_object_next(all.before, before.koid, &before)) {
        if (!zxp_object_get(after, before.koid, &now)) continue;
        check_signals(&before, &now);
        if (now.type == ZX_OBJ_TYPE_PORT && before.handle_count > 0)
            check_packets(after, now.koid, now.handle_count == 0);
        if (now.type == ZX_OBJ_TYPE_VMO && (now.kind == ZXP_VMO_ROOT || now.kind == ZXP_VMO_CLONE))
            check_pages(after, now.koid);
    }
}

/* ---- Requests ---- */

enum { MOST_REQUESTS = 64 };

static int64_t count_requests(const zxp_world *w) {
    zxp_request_view view;
    int64_t count = 0;
    while (count < MOST_REQUESTS && zxp_request_at(w, (size_t)count, &view)) count++;
    return count;
}

/* Of attached threads, which come and go, only the owner has a request of its own. */
static int64_t requests_told(void) {
    int64_t told = 0;
    for (size_t i = 0; i < all.count; i++) {
        const zxp_event *e = &all.event[i];
        if (e->kind != ZXP_EVENT_REQUEST) continue;
        bool owner = strcmp(zxp_rule_info_of(e->rule)->id, "request.attached-leaves") != 0;
        told += e->what == ZXP_WHAT_CREATED;
        told -= e->what == ZXP_WHAT_RESOLVED || (e->what == ZXP_WHAT_CANCELLED && owner);
    }
    return told;
}

static void check_request(const zxp_request_view *view) {
    const zxp_event *last = NULL;
    for (size_t i = 0; i < all.count; i++) {
        const zxp_event *e = &all.event[i];
        if (e->kind == ZXP_EVENT_REQUEST && e->thread == view->owner) last = e;
    }
    if (last == NULL || last->what != ZXP_WHAT_CREATED) return;
    bool alike = last->command == view->command && last->key == view->key && last->offset == view->offset &&
                 last->length == view->length;
    if (!alike) wrong("a request", view->owner, view->offset);
}

static void check_requests(const zxp_world *after) {
    zxp_request_view view;
    int64_t were = count_requests(all.before), are = count_requests(after);
    if (were == MOST_REQUESTS || are == MOST_REQUESTS) return;
    if (were + requests_told() != are) wrong("requests", (uint64_t)were, (uint64_t)are);
    for (size_t i = 0; zxp_request_at(after, i, &view); i++) check_request(&view);
}

/* ---- Threads ---- */

static const zxp_event *last_of_thread(zxp_event_kind kind, uint32_t thread) {
    for (size_t i = all.count; i > 0; i--)
        if (all.event[i - 1].kind == kind && all.event[i - 1].thread == thread) return &all.event[i - 1];
    return NULL;
}

static void check_thread(const zxp_world *after, uint32_t number) {
    zxp_thread_view was = {.state = ZXP_THREAD_READY}, is;
    if (!zxp_thread_get(all.before, number, &was) || !zxp_thread_get(after, number, &is)) return;
    const zxp_event *block = last_of_thread(ZXP_EVENT_BLOCK, number);
    const zxp_event *result = last_of_thread(ZXP_EVENT_RESULT, number);
    if (is.state == ZXP_THREAD_BLOCKED && was.state != ZXP_THREAD_BLOCKED && block == NULL)
        wrong("a thread blocks", number, is.op);
    if (was.state == ZXP_THREAD_BLOCKED && is.state == ZXP_THREAD_READY && result == NULL)
        wrong("a thread's call ends", number, is.op);
    if (result != NULL && is.state == ZXP_THREAD_READY && (result->status != is.status || result->rule != is.rule))
        wrong("a result", number, result->rule);
}

/* What RESULT tells is what the result shows first. */
static void check_value(const zxp_world *after, uint32_t number) {
    const zxp_event *result = last_of_thread(ZXP_EVENT_RESULT, number);
    zxp_thread_view is;
    if (result == NULL || !zxp_thread_get(after, number, &is) || is.state != ZXP_THREAD_READY) return;
    uint64_t value = 0;
    (void)zxp_field_at(after, number, 0, &value);
    if (result->value != value) wrong("a result's value", number, result->value);
}

/* ---- Calls ---- */

static void check_call(const zxp_op_call *call, zxp_outcome outcome) {
    const zxp_event *first = &all.event[0];
    if (all.count == 0 && outcome == ZXP_KILLED) return; /* there is no such thread, or it cannot make a call */
    if (all.count == 0 || first->kind != ZXP_EVENT_CALL || first->op != call->op || first->thread != call->thread)
        wrong("a call", call->thread, call->op);
}

/* ---- Rules: what is told is counted ---- */

static void check_rules(void) {
    uint32_t told[RULES] = {0};
    for (size_t i = 0; i < all.count; i++) {
        bool decides = all.event[i].kind == ZXP_EVENT_RULE || all.event[i].kind == ZXP_EVENT_PAGE;
        if (decides && all.event[i].rule < RULES) told[all.event[i].rule]++;
    }
    for (unsigned i = 1; i < zxp_rule_count() && i < RULES; i++)
        if (told[i] > all.hits[i]) wrong("a rule is told and not counted", i, told[i]);
}

/* ---- Pages: an event is of at least one ---- */

static void check_lengths(void) {
    for (size_t i = 0; i < all.count; i++) {
        bool pages = all.event[i].kind == ZXP_EVENT_PAGE || all.event[i].kind == ZXP_EVENT_EVICT;
        if (pages && all.event[i].length == 0) wrong("no page", all.event[i].koid, all.event[i].offset);
    }
}

/* ---- Reclaim: pages that it takes are told as evicted, too ---- */

static bool takes_pages(uint16_t rule) {
    const char *id = zxp_rule_info_of(rule)->id;
    return strcmp(id, "reclaim.evicted") == 0 || strcmp(id, "reclaim.discarded") == 0;
}

static bool told_as_evicted(const zxp_event *page, const zxp_event *e) {
    return e->kind == ZXP_EVENT_EVICT && e->rule == page->rule && e->koid == page->koid && e->offset <= page->offset &&
           page->offset + page->length <= e->offset + e->length;
}

static void check_evictions(void) {
    for (size_t i = 0, j; i < all.count; i++) {
        const zxp_event *page = &all.event[i];
        if (page->kind != ZXP_EVENT_PAGE || !takes_pages(page->rule)) continue;
        for (j = i + 1; j < all.count && !told_as_evicted(page, &all.event[j]);) j++;
        if (j == all.count) wrong("a page that was reclaimed", page->koid, page->offset);
    }
}

/* ---- A call ---- */

zxp_outcome __wrap_zxp_call(zxp_world *world, const zxp_op_call *call) {
    static zxp_context none;
    zxp_context *owner = zxp_world_context(world);
    if (zxp_world_bytes(world) > MOST_BYTES) return __real_zxp_call(world, call);
    if (all.before == NULL) all.before = zxp_world_create(NULL);
    if (all.before == NULL || zxp_world_copy(all.before, world) != ZX_OK) abort();
    all.owner = owner != NULL ? owner : &none;
    all.count = 0;
    memset(all.hits, 0, sizeof all.hits);
    zxp_context context = *all.owner;
    context.observe = on_event;
    context.rule_hits = all.hits;
    zxp_world_attach(world, &context);
    zxp_outcome outcome = __real_zxp_call(world, call);
    zxp_world_attach(world, owner);
    all.owner->reservations = context.reservations;
    all.owner->last_rule = context.last_rule;
    for (unsigned i = 0; all.owner->rule_hits != NULL && i < zxp_rule_count(); i++)
        all.owner->rule_hits[i] += all.hits[i];
    events_calls++;
    events_told += all.count;
    if (all.count > MOST_EVENTS) return outcome;
    check_object_count(world);
    check_objects(world);
    check_call(call, outcome);
    for (uint32_t i = 0; i < zxp_thread_count(world); i++) {
        check_thread(world, i);
        check_value(world, i);
    }
    check_requests(world);
    check_rules();
    check_lengths();
    check_evictions();
    return outcome;
}
