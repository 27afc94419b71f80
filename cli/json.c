/*
 * json.c - --json: every event as one object a line; docs/json.md describes them.
 */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

#include "print.h"

#ifdef ZXP_HAVE_JANSSON
#include <jansson.h>

/* Bytes that are not UTF-8 may stand in strings; JSON has no place for them. */
static json_t *text_of(const char *text) {
    json_t *string = json_string(text);
    return string ? string : json_string("(not UTF-8)");
}

static void emit(json_t *object) {
    char *line = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (line) (void)puts(line);
    free(line);
    json_decref(object);
}

static void set_u64(json_t *object, const char *name, uint64_t value) {
    (void)json_object_set_new(object, name, value <= INT64_MAX ? json_integer((json_int_t)value) : NULL);
    if (value > INT64_MAX) { /* a JSON integer of jansson is signed: larger ones are written as text */
        char digits[24];
        (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
        (void)json_object_set_new(object, name, json_string(digits));
    }
}

static void set_status(json_t *object, zx_status_t status) {
    struct buf text = {0};
    print_status(&text, status);
    (void)json_object_set_new(object, "status", text_of(buf_string(&text)));
    buf_free(&text);
}

static json_t *start(const char *event) { return json_pack("{s:s}", "event", event); }

const char *const json_words_of_kind[] = {"call",  "result", "rule",  "page",   "request", "packet",
                                          "block", "wake",   "evict", "signal", "object"};
const size_t json_words_of_kind_count = sizeof json_words_of_kind / sizeof *json_words_of_kind;

static const char *kind_word(zxp_event_kind kind) {
    return (size_t)kind < json_words_of_kind_count ? json_words_of_kind[kind] : "other";
}

const char *const json_words_of_what[] = {NULL,         "created", "attached", "continued", "resolved", "cancelled",
                                          "taken over", "queued",  "dequeued", "withdrawn", "dropped",  "destroyed"};
const size_t json_words_of_what_count = sizeof json_words_of_what / sizeof *json_words_of_what;

static const char *what_word(zxp_event_what what) {
    return (size_t)what < json_words_of_what_count ? json_words_of_what[what] : NULL;
}

static void set_call(json_t *object, const zxp_event *event) {
    const zxp_op_info *op = zxp_op_info_of(event->op);
    if (op && event->op) (void)json_object_set_new(object, "op", json_string(op->name));
    if (!event->call || !op) return;
    json_t *args = json_object();
    for (size_t i = 0; i < op->param_count; i++) set_u64(args, op->params[i].name, event->call->args[i]);
    (void)json_object_set_new(object, "args", args);
}

static void set_range(json_t *object, const zxp_event *event) {
    char letter[2] = {0};
    if (event->before) {
        letter[0] = event->before;
        (void)json_object_set_new(object, "before", json_string(letter));
        letter[0] = event->after ? event->after : '.';
        (void)json_object_set_new(object, "after", json_string(letter));
    }
    if (event->koid) set_u64(object, "koid", event->koid);
    if (event->kind == ZXP_EVENT_PACKET) set_u64(object, "key", event->key);
    if (event->command) (void)json_object_set_new(object, "command", json_integer(event->command));
    if (event->offset || event->length) {
        set_u64(object, "offset", event->offset);
        set_u64(object, "length", event->length);
    }
}

static void on_event(void *user, const zxp_event *event) {
    (void)user;
    json_t *object = start(kind_word(event->kind));
    const zxp_rule_info *rule = zxp_rule_info_of(event->rule);
    const char *what = what_word(event->what);
    if (event->thread != ZXP_NO_THREAD) (void)json_object_set_new(object, "thread", json_integer(event->thread));
    if (what) (void)json_object_set_new(object, "what", json_string(what));
    if (event->op) set_call(object, event);
    if (event->kind == ZXP_EVENT_RESULT || event->kind == ZXP_EVENT_WAKE) set_status(object, event->status);
    if (event->kind == ZXP_EVENT_RESULT && event->value) set_u64(object, "value", event->value);
    if (rule) (void)json_object_set_new(object, "rule", json_string(rule->id));
    set_range(object, event);
    emit(object);
}

static void on_statement(void *user, struct interp *in, const struct report *report) {
    (void)user;
    struct buf outcome = {0};
    print_outcome(&outcome, in, &report->outcome);
    json_t *object = start("statement");
    (void)json_object_set_new(object, "file", text_of(report->file));
    set_u64(object, "line", report->line);
    (void)json_object_set_new(object, "text", text_of(report->statement));
    (void)json_object_set_new(object, "outcome", text_of(buf_string(&outcome)));
    (void)json_object_set_new(object, "failed", json_boolean(report->failed));
    if (report->moved) (void)json_object_set_new(object, "moved", json_string(report->moved));
    emit(object);
    buf_free(&outcome);
}

static void on_case_begin(void *user, const char *name) {
    (void)user;
    json_t *object = start("case");
    (void)json_object_set_new(object, "name", text_of(name));
    emit(object);
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    static const char *const words[] = {"passed", "failed", "skipped"};
    (void)user;
    json_t *object = start("end");
    (void)json_object_set_new(object, "name", text_of(name));
    (void)json_object_set_new(object, "result", json_string(words[result]));
    if (result == CASE_SKIPPED) (void)json_object_set_new(object, "why", text_of(why));
    emit(object);
}

static void on_error(void *user, const struct diag *diag) {
    (void)user;
    json_t *object = start("error");
    if (diag->source) {
        struct place place = source_place(diag->source, diag->offset);
        (void)json_object_set_new(object, "file", text_of(diag->source->name));
        set_u64(object, "line", place.line);
        set_u64(object, "column", place.column);
    }
    (void)json_object_set_new(object, "message", text_of(diag->message));
    emit(object);
}

static void on_failed(void *user, const struct failure *failure) {
    (void)user;
    json_t *object = start("failed");
    (void)json_object_set_new(object, "file", text_of(failure->file));
    set_u64(object, "line", failure->line);
    (void)json_object_set_new(object, "text", text_of(failure->statement));
    (void)json_object_set_new(object, "expected", text_of(failure->expected));
    (void)json_object_set_new(object, "came", text_of(failure->came));
    emit(object);
}

static void on_output(void *user, const char *text, size_t length) {
    (void)user;
    (void)length;
    json_t *object = start("output");
    (void)json_object_set_new(object, "text", text_of(text));
    emit(object);
}

void json_hooks(struct interp_hooks *hooks) {
    hooks->event = on_event;
    hooks->statement = on_statement;
    hooks->case_begin = on_case_begin;
    hooks->case_end = on_case_end;
    hooks->error = on_error;
    hooks->failed = on_failed;
    hooks->output = on_output;
}

void json_summary(const struct interp *in) {
    json_t *object = start("summary");
    set_u64(object, "passed", in->cases_passed);
    set_u64(object, "failed", in->cases_failed);
    set_u64(object, "skipped", in->cases_skipped);
    emit(object);
}

#else

void json_hooks(struct interp_hooks *hooks) {
    (void)hooks;
    (void)fputs("zxpager-repl: error: built without jansson: no --json\n", stderr);
    exit(2);
}

void json_summary(const struct interp *in) { (void)in; }

#endif
