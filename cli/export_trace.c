/*
 * export_trace.c - export FILE.json: the session in the Chrome trace event format, which Perfetto and chrome://tracing
 * open. Virtual time stands still while calls run, so the time axis is the number of the event, one microsecond each.
 *
 *   process 1  the threads: a complete event for each call, and within it one for each wait
 *   process 2  the script: a complete event for each statement
 *   process 3  the ports: an asynchronous event while a packet is queued; a flow leads from who caused it
 *              to who took it
 *   counters   for each VMO its committed and its dirty pages
 */
#include "export.h"

#ifdef ZXP_HAVE_JANSSON
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"

enum { THREADS = 1, SCRIPT = 2, PORTS = 3, PAGES = 4, VMOS = 64 };

struct counter {
    zx_koid_t koid;
    int64_t committed, dirty;
};

struct trace {
    const struct shell *shell;
    json_t *events;
    uint64_t first;
    struct counter counters[VMOS];
    size_t counter_count;
    uint32_t running; /* the thread of the latest call or wake */
};

static json_t *add(struct trace *trace, const char *phase, const char *name, int process, uint32_t track, uint64_t at) {
    json_t *text = json_string(name);
    json_t *event = json_pack("{s:s,s:o,s:i,s:I,s:I}", "ph", phase, "name", text ? text : json_string("(not UTF-8)"),
                              "pid", process, "tid", (json_int_t)track, "ts", (json_int_t)at);
    (void)json_array_append_new(trace->events, event);
    return event;
}

static void set(json_t *event, const char *name, json_t *value) { (void)json_object_set_new(event, name, value); }

static void name_track(struct trace *trace, const char *what, int process, uint32_t track, const char *name) {
    json_t *text = json_string(name);
    set(add(trace, "M", what, process, track, 0), "args", json_pack("{s:o}", "name", text ? text : json_string("?")));
}

static uint32_t track_of(uint32_t thread) { return thread + 1; }

/* The number of the event that ends what began at `number` on a thread; one past the last event: it has not ended. */
static uint64_t end_of(const struct trace *trace, uint64_t number, uint32_t thread, zxp_event_kind kind) {
    const zxp_event *event;
    for (uint64_t i = number + 1; (event = shell_event(trace->shell, i)) != NULL; i++) {
        if (event->thread == thread && (event->kind == kind || event->kind == ZXP_EVENT_CALL)) return i;
    }
    return trace->shell->event_count + 1;
}

static void add_call(struct trace *trace, uint64_t number, const zxp_event *call) {
    uint64_t end = end_of(trace, number, call->thread, ZXP_EVENT_RESULT);
    const zxp_event *result = shell_event(trace->shell, end);
    const zxp_op_info *op = zxp_op_info_of(call->op);
    const zxp_rule_info *rule = result ? zxp_rule_info_of(result->rule) : NULL;
    struct buf status = {0};
    json_t *event = add(trace, "X", op ? op->name : "call", THREADS, track_of(call->thread), number);
    if (result && result->kind == ZXP_EVENT_RESULT)
        print_status(&status, result->status);
    else
        buf_text(&status, "not ended");
    set(event, "dur", json_integer((json_int_t)(end - number)));
    set(event, "cat", json_string("call"));
    set(event, "args", json_pack("{s:s,s:s}", "status", buf_string(&status), "rule", rule ? rule->id : ""));
    buf_free(&status);
}

static void add_wait(struct trace *trace, uint64_t number, const zxp_event *block) {
    uint64_t end = end_of(trace, number, block->thread, ZXP_EVENT_WAKE);
    json_t *event = add(trace, "X", "waits", THREADS, track_of(block->thread), number);
    set(event, "dur", json_integer((json_int_t)(end - number)));
    set(event, "cat", json_string("wait"));
}

/* ---- Packets ---- */

static void set_id(json_t *event, const char *category, const zxp_event *packet) {
    char id[120];
    (void)snprintf(id, sizeof id, "%" PRIu64 "/%" PRIu64 "/%u/%" PRIx64 "/%" PRIx64, packet->koid, packet->key,
                   packet->command, packet->offset, packet->length);
    set(event, "cat", json_string(category));
    set(event, "id", json_string(id));
}

static void add_packet(struct trace *trace, uint64_t number, const zxp_event *packet) {
    struct buf name = {0};
    bool queued = packet->what == ZXP_WHAT_QUEUED, dequeued = packet->what == ZXP_WHAT_DEQUEUED;
    export_packet(trace->shell, packet, &name);
    set_id(add(trace, queued ? "b" : "e", buf_string(&name), PORTS, (uint32_t)packet->koid, number), "packet", packet);
    json_t *instant = add(trace, "i", buf_string(&name), THREADS, track_of(trace->running), number);
    set(instant, "s", json_string("t"));
    if (queued || dequeued) {
        json_t *flow = add(trace, queued ? "s" : "f", "packet", THREADS, track_of(trace->running), number);
        set_id(flow, "flow", packet);
        if (dequeued) set(flow, "bp", json_string("e"));
    }
    buf_free(&name);
}

/* ---- Counters ---- */

static struct counter *counter_of(struct trace *trace, zx_koid_t koid) {
    for (size_t i = 0; i < trace->counter_count; i++) {
        if (trace->counters[i].koid == koid) return &trace->counters[i];
    }
    if (trace->counter_count == VMOS) return NULL;
    trace->counters[trace->counter_count].koid = koid;
    return &trace->counters[trace->counter_count++];
}

static bool is_one_of(const char *letters, char letter) { return letter && strchr(letters, letter) != NULL; }

static void count(struct counter *counter, const zxp_event *event, int sign) {
    static const char committed[] = "CDWP", dirty[] = "DWZY";
    int64_t pages = (int64_t)(event->length / ZXP_PAGE_SIZE) * sign;
    counter->committed += pages * (is_one_of(committed, event->after) - is_one_of(committed, event->before));
    counter->dirty += pages * (is_one_of(dirty, event->after) - is_one_of(dirty, event->before));
}

static void add_counter(struct trace *trace, uint64_t number, const zxp_event *event) {
    struct counter *counter = counter_of(trace, event->koid);
    struct buf name = {0};
    if (!counter) return;
    count(counter, event, 1);
    buf_text(&name, "pages of ");
    shell_object(trace->shell, &name, event->koid);
    json_t *sample = add(trace, "C", buf_string(&name), PAGES, 0, number);
    set(sample, "args",
        json_pack("{s:I,s:I}", "committed", (json_int_t)(counter->committed > 0 ? counter->committed : 0), "dirty",
                  (json_int_t)(counter->dirty > 0 ? counter->dirty : 0)));
    buf_free(&name);
}

/* What the VMOs that live hold now; counting the events backwards gives what they held at the first of them. */
static void count_now(struct trace *trace) {
    const zxp_world *world = trace->shell->in->world;
    zxp_object_view view = {0};
    for (zx_koid_t after = 0; zxp_object_next(world, after, &view); after = view.koid) {
        struct counter *counter = view.type == ZX_OBJ_TYPE_VMO ? counter_of(trace, view.koid) : NULL;
        zxp_page_run run = {0};
        for (uint64_t page = 0; counter && zxp_page_run_at(world, view.koid, page, &run); page += run.count)
            count(counter, &(zxp_event){.after = run.letter, .length = run.count * ZXP_PAGE_SIZE}, 1);
    }
    for (uint64_t number = trace->shell->event_count; number >= trace->first; number--) {
        const zxp_event *event = shell_event(trace->shell, number);
        struct counter *counter = event && event->kind == ZXP_EVENT_PAGE ? counter_of(trace, event->koid) : NULL;
        if (counter) count(counter, event, -1);
    }
}

/* ---- All of it ---- */

static void add_event(struct trace *trace, uint64_t number, const zxp_event *event) {
    bool on_thread = event->thread != ZXP_NO_THREAD;
    if (on_thread && (event->kind == ZXP_EVENT_CALL || event->kind == ZXP_EVENT_WAKE)) trace->running = event->thread;
    if (on_thread && event->kind == ZXP_EVENT_CALL)
        add_call(trace, number, event);
    else if (on_thread && event->kind == ZXP_EVENT_BLOCK)
        add_wait(trace, number, event);
    else if (event->kind == ZXP_EVENT_PACKET)
        add_packet(trace, number, event);
    else if (event->kind == ZXP_EVENT_PAGE)
        add_counter(trace, number, event);
}

static void add_statements(struct trace *trace) {
    for (size_t i = 0; i < trace->shell->entry_count; i++) {
        const struct entry *entry = &trace->shell->entries[i];
        if (!entry->moment || entry->last_event < trace->first || entry->last_event == entry->first_event) continue;
        json_t *event = add(trace, "X", entry->text, SCRIPT, 1, entry->first_event + 1);
        json_t *came = json_string(entry->came ? entry->came : "");
        set(event, "dur", json_integer((json_int_t)(entry->last_event - entry->first_event)));
        set(event, "args", json_pack("{s:o}", "outcome", came ? came : json_string("")));
    }
}

static void add_names(struct trace *trace) {
    struct export_lanes lanes = export_find_lanes(trace->shell, trace->first);
    static const char *const processes[] = {NULL, "threads", "script", "ports", "pages"};
    for (int i = THREADS; i <= PAGES; i++) name_track(trace, "process_name", i, 0, processes[i]);
    name_track(trace, "thread_name", SCRIPT, 1, "statements");
    for (size_t i = 0; i < lanes.count; i++) {
        struct buf name = {0};
        shell_thread(trace->shell, &name, lanes.threads[i]);
        name_track(trace, "thread_name", THREADS, track_of(lanes.threads[i]), buf_string(&name));
        buf_free(&name);
    }
}

bool export_trace(const struct shell *shell, struct buf *out) {
    struct trace *trace = mem_alloc(sizeof *trace);
    *trace = (struct trace){.shell = shell, .events = json_array(), .first = export_first_event(shell)};
    add_names(trace);
    count_now(trace);
    add_statements(trace);
    for (uint64_t number = trace->first; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        if (event) add_event(trace, number, event);
    }
    json_t *root =
        json_pack("{s:o,s:s,s:{s:s,s:s}}", "traceEvents", trace->events, "displayTimeUnit", "ns", "otherData", "clock",
                  "one microsecond is one event; virtual time stands still while calls run", "program", "zxpager-repl");
    char *text = json_dumps(root, JSON_COMPACT);
    buf_text(out, text ? text : "");
    buf_char(out, '\n');
    free(text);
    json_decref(root);
    free(trace);
    return text != NULL;
}

#else

bool export_trace(const struct shell *shell, struct buf *out) {
    (void)shell;
    (void)out;
    return false;
}

#endif
