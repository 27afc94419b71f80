/* recorder.c - what the world is after a statement, as compact JSON (recorder.h says how it reads). */
#include "recorder.h"

#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "print.h"

void recorder_free(struct shell *shell, struct moment *moment) {
    if (!moment) return;
    shell->recorded -= moment->bytes;
    free(moment->calls);
    free(moment->state);
    free(moment);
}

#ifdef ZXP_HAVE_JANSSON
#include <jansson.h>

/* Bytes that are not UTF-8 may stand in strings; JSON has no place for them. Frees the buffer. */
static json_t *take_text(struct buf *text) {
    json_t *string = json_string(buf_string(text));
    buf_free(text);
    return string ? string : json_string("(not UTF-8)");
}

static void set_text(json_t *object, const char *name, struct buf *text) {
    if (text->n) (void)json_object_set_new(object, name, take_text(text));
}

static void set_object(const struct shell *shell, json_t *object, const char *name, zx_koid_t koid) {
    struct buf text = {0};
    shell_object(shell, &text, koid);
    set_text(object, name, &text);
}

static void set_thread(const struct shell *shell, json_t *object, const char *name, uint32_t thread) {
    struct buf text = {0};
    shell_thread(shell, &text, thread);
    set_text(object, name, &text);
}

/* ---- VMOs ---- */

static json_t *run_of(const zxp_page_run *run) {
    static const int kinds[] = {[ZXP_CONTENT_FILL] = 2, [ZXP_CONTENT_LETTERS] = 1, [ZXP_CONTENT_BYTES] = 3};
    char letter[2] = {run->letter, 0};
    bool frame = strchr("CDWP", run->letter) != NULL;
    int value = run->content == ZXP_CONTENT_BYTES ? run->bytes[0] : run->fill;
    return json_pack("[I,s,i,i,i,i]", (json_int_t)run->count, letter, frame ? kinds[run->content] : 0,
                     frame ? value : 0, run->pins, run->always_need);
}

static json_t *runs_of(const zxp_world *world, zx_koid_t koid, uint64_t pages) {
    json_t *runs = json_array();
    zxp_page_run run;
    for (uint64_t page = 0; page < pages && json_array_size(runs) < RUNS_RECORDED; page += run.count) {
        if (!zxp_page_run_at(world, koid, page, &run)) break;
        (void)json_array_append_new(runs, run_of(&run));
    }
    return runs;
}

static void set_flags(json_t *vmo, const zxp_object_view *view) {
    const struct {
        bool holds;
        const char *word;
    } flags[] = {{view->pager_root, "pager-backed"},     {view->kind == ZXP_VMO_CLONE, "clone"},
                 {view->kind == ZXP_VMO_SLICE, "slice"}, {view->kind == ZXP_VMO_REFERENCE, "reference"},
                 {view->trap_dirty, "trap-dirty"},       {view->resizable, "resizable"},
                 {view->discardable, "discardable"},     {view->detached, "detached"},
                 {!view->handle_count, "closed"}};
    struct buf words = {0};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].holds) buf_format(&words, words.n ? ", %s" : "%s", flags[i].word);
    }
    set_text(vmo, "f", &words);
}

static json_t *vmo_of(const struct shell *shell, const zxp_object_view *view) {
    uint64_t pages = (view->size + ZXP_PAGE_SIZE - 1) / ZXP_PAGE_SIZE;
    json_t *vmo = json_pack("{s:I}", "z", (json_int_t)pages);
    set_object(shell, vmo, "n", view->koid);
    if (view->parent) set_object(shell, vmo, "p", view->parent);
    if (view->stream_size != view->size)
        (void)json_object_set_new(vmo, "b", json_integer((json_int_t)view->stream_size));
    set_flags(vmo, view);
    (void)json_object_set_new(vmo, "r", runs_of(shell->in->world, view->koid, pages));
    return vmo;
}

static json_t *port_of(const struct shell *shell, zx_koid_t koid) {
    json_t *port = json_object(), *packets = json_array();
    zxp_packet_view packet;
    set_object(shell, port, "n", koid);
    for (size_t i = 0; i < OBJECTS_RECORDED && zxp_packet_at(shell->in->world, koid, i, &packet); i++) {
        struct buf text = {0};
        print_packet(&text, shell->in, &packet);
        (void)json_array_append_new(packets, take_text(&text));
    }
    (void)json_object_set_new(port, "p", packets);
    return port;
}

/* A VMO that nothing can name any more, and the auxiliary VMOs of the commands, would only stand in the way. */
static bool is_worth(const struct shell *shell, const zxp_object_view *view) {
    return interp_name_of_koid(shell->in, view->koid) || view->handle_count || view->children || view->mappings;
}

static void add_objects(const struct shell *shell, json_t *state) {
    json_t *vmos = json_array(), *ports = json_array();
    zxp_object_view view = {0};
    for (zx_koid_t after = 0; zxp_object_next(shell->in->world, after, &view); after = view.koid) {
        if (json_array_size(vmos) + json_array_size(ports) >= OBJECTS_RECORDED) break;
        if (view.type == ZX_OBJ_TYPE_VMO && is_worth(shell, &view))
            (void)json_array_append_new(vmos, vmo_of(shell, &view));
        else if (view.type == ZX_OBJ_TYPE_PORT)
            (void)json_array_append_new(ports, port_of(shell, view.koid));
    }
    (void)json_object_set_new(state, "v", vmos);
    (void)json_object_set_new(state, "q", ports);
}

/* ---- Threads and requests ---- */

static void set_wait(const struct shell *shell, json_t *thread, const zxp_thread_view *view) {
    struct buf text = {0};
    if (view->waits_for == ZXP_WAIT_REQUEST)
        shell_request(shell, &text, view->command, view->koid, view->offset, view->length);
    else if (view->waits_for == ZXP_WAIT_PORT)
        shell_object(shell, &text, view->koid);
    else if (view->waits_for == ZXP_WAIT_SIGNALS)
        buf_text(&text, "signals");
    set_text(thread, "w", &text);
}

static json_t *thread_of(const struct shell *shell, uint32_t number, const zxp_thread_view *view) {
    static const char *const states[] = {"ready", "blocked", "suspended", "faulted", "killed"};
    const zxp_op_info *op = zxp_op_info_of(view->op);
    json_t *thread = json_pack("{s:s}", "s", states[view->state]);
    struct buf status = {0};
    set_thread(shell, thread, "n", number);
    if (view->op && op) (void)json_object_set_new(thread, "c", json_string(op->name));
    set_wait(shell, thread, view);
    if (view->op && view->state != ZXP_THREAD_BLOCKED) print_status(&status, view->status);
    set_text(thread, "o", &status);
    return thread;
}

static void add_threads(const struct shell *shell, json_t *state) {
    json_t *threads = json_array();
    zxp_thread_view view;
    for (uint32_t i = 0; i < OBJECTS_RECORDED && zxp_thread_get(shell->in->world, i, &view); i++) {
        if (interp_name_of_thread(shell->in, i) || view.state == ZXP_THREAD_BLOCKED)
            (void)json_array_append_new(threads, thread_of(shell, i, &view));
    }
    (void)json_object_set_new(state, "t", threads);
}

static const char *packet_word(char packet) {
    return packet == 'p'   ? "in the port"
           : packet == 'w' ? "waits for its turn"
           : packet == 'd' ? "taken off the port"
                           : "never comes";
}

static void add_requests(const struct shell *shell, json_t *state) {
    json_t *requests = json_array();
    zxp_request_view view;
    for (size_t i = 0; i < OBJECTS_RECORDED && zxp_request_at(shell->in->world, i, &view); i++) {
        struct buf text = {0};
        json_t *request = json_pack("{s:s,s:i}", "p", packet_word(view.packet), "a", (int)view.attached);
        shell_request(shell, &text, view.command, view.vmo, view.offset, view.length);
        set_text(request, "w", &text);
        set_thread(shell, request, "o", view.owner);
        (void)json_array_append_new(requests, request);
    }
    (void)json_object_set_new(state, "r", requests);
}

/* ---- Calls ---- */

static void put_outcome(const struct made_call *call, struct buf *out) {
    if (call->outcome == ZXP_BLOCKED)
        buf_text(out, "blocked");
    else if (call->outcome == ZXP_KILLED)
        buf_text(out, "killed");
    else
        print_status(out, call->status);
}

static json_t *calls_of(const struct shell *shell, const struct report *report) {
    enum { CALLS_RECORDED = 16 };
    json_t *calls = json_array();
    size_t first = report->call_count > CALLS_RECORDED ? report->call_count - CALLS_RECORDED : 0;
    for (size_t i = first; i < report->call_count; i++) {
        const struct made_call *made = &report->calls[i];
        struct buf call = {0}, outcome = {0};
        const zxp_rule_info *rule = made->outcome == ZXP_BLOCKED ? NULL : zxp_rule_info_of(made->rule);
        print_call(&call, shell->in, made);
        put_outcome(made, &outcome);
        json_t *row = json_array();
        (void)json_array_append_new(row, take_text(&call));
        (void)json_array_append_new(row, take_text(&outcome));
        (void)json_array_append_new(row, json_string(rule ? rule->id : ""));
        (void)json_array_append_new(calls, row);
    }
    return calls;
}

static char *dump(json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static void drop_oldest(struct shell *shell) {
    for (size_t i = 0; i < shell->entry_count && shell->recorded > RECORDED_MOST / 2; i++) {
        recorder_free(shell, shell->entries[i].moment);
        shell->entries[i].moment = NULL;
    }
}

void recorder_take(struct shell *shell, const struct report *report) {
    json_t *state = json_object();
    if (shell->recorded > RECORDED_MOST) drop_oldest(shell);
    add_objects(shell, state);
    add_threads(shell, state);
    add_requests(shell, state);
    struct moment *moment = mem_alloc(sizeof *moment);
    *moment = (struct moment){.calls = dump(calls_of(shell, report)), .state = dump(state), .failed = report->failed};
    moment->bytes = (moment->calls ? strlen(moment->calls) : 0) + (moment->state ? strlen(moment->state) : 0);
    shell->recorded += moment->bytes;
    shell->entries[shell->entry_count - 1].moment = moment;
}

#else

void recorder_take(struct shell *shell, const struct report *report) {
    (void)shell;
    (void)report;
}

#endif
