/* lint.c - lint FILE: reads what --json wrote (lint.h). */
#include "lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/service/trace.h"
#include "cmd.h"
#include "commands.h"
#include "runner.h"
#include "source.h"

#ifdef ZXP_HAVE_JANSSON
#include <jansson.h>

struct linting {
    struct trace *trace; /* of the case at hand */
    struct trace_finding finding;
    uint64_t line, events;
    char title[80]; /* of the case */
};

/* ---- One event ---- */

static const char *word(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* Numbers above 2^63-1 are written as text. */
static uint64_t number(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10) : (uint64_t)json_integer_value(value);
}

static int position(const char *const *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++) {
        if (words[i] != NULL && strcmp(words[i], word) == 0) return (int)i;
    }
    return -1;
}

static zx_status_t status_of(const json_t *object) {
    uint64_t value = 0;
    const char *name = word(object, "status");
    return zxp_constant_by_name(name, strlen(name), &value) ? (zx_status_t)value : ZX_ERR_INTERNAL;
}

static void take_arguments(const json_t *object, const zxp_op_info *op, uint64_t *args) {
    const json_t *given = json_object_get(object, "args");
    for (size_t i = 0; i < op->param_count; i++) args[i] = number(given, op->params[i].name);
}

static void take_event(struct linting *lint, const json_t *object, zxp_event_kind kind) {
    const char *name = word(object, "op");
    const zxp_op_info *op = zxp_op_by_name(name, strlen(name));
    int what = position(json_words_of_what, json_words_of_what_count, word(object, "what"));
    uint64_t args[ZXP_MAX_PARAMS] = {0};
    zxp_event event = {.kind = kind,
                       .what = what < 0 ? ZXP_WHAT_NONE : (zxp_event_what)what,
                       .thread = json_object_get(object, "thread") ? (uint32_t)number(object, "thread") : ZXP_NO_THREAD,
                       .op = op != NULL ? op->number : 0,
                       .status = status_of(object),
                       .command = (uint16_t)number(object, "command"),
                       .before = word(object, "before")[0],
                       .after = word(object, "after")[0],
                       .koid = number(object, "koid"),
                       .key = number(object, "key"),
                       .offset = number(object, "offset"),
                       .length = number(object, "length"),
                       .value = number(object, "value")};
    if (op != NULL && kind == ZXP_EVENT_CALL) take_arguments(object, op, args);
    trace_event(lint->trace, &event, args, event.value, lint->line, &lint->finding);
}

/* ---- Cases and lines ---- */

static bool new_case(struct linting *lint, const char *title) {
    trace_destroy(lint->trace);
    lint->trace = trace_create();
    (void)snprintf(lint->title, sizeof lint->title, "%s", title);
    return lint->trace != NULL;
}

/* False: the line is no event. */
static bool take_object(struct linting *lint, const json_t *object) {
    const char *event = word(object, "event");
    int kind = position(json_words_of_kind, json_words_of_kind_count, event);
    if (lint->trace == NULL && !new_case(lint, "")) return false;
    lint->events++;
    if (kind >= 0)
        take_event(lint, object, (zxp_event_kind)kind);
    else if (strcmp(event, "statement") == 0)
        trace_statement(lint->trace, json_object_get(object, "moved") != NULL, &lint->finding);
    else if (strcmp(event, "end") == 0)
        trace_end(lint->trace, lint->line, &lint->finding);
    else if (strcmp(event, "case") == 0)
        return new_case(lint, word(object, "name"));
    return event[0] != 0;
}

static bool take_line(struct linting *lint, const char *text, size_t length) {
    json_t *object = json_loadb(text, length, 0, NULL);
    lint->line++;
    bool well = json_is_object(object) && take_object(lint, object);
    json_decref(object);
    return well;
}

static bool take_lines(struct linting *lint, const struct source *source) {
    for (size_t at = 0; at < source->length && lint->finding.rule[0] == 0;) {
        const char *line = source->text + at, *end = memchr(line, '\n', source->length - at);
        size_t length = end != NULL ? (size_t)(end - line) : source->length - at;
        if (length > 0 && !take_line(lint, line, length)) return false;
        lint->line += length == 0;
        at += length + 1;
    }
    return true;
}

static enum lint_result tell(const struct linting *lint, const char *path, bool well, struct buf *out) {
    if (!well || lint->events == 0) {
        buf_format(out, "%s:%llu: no event of --json\n", path, (unsigned long long)lint->line);
        return LINT_UNREADABLE;
    }
    if (lint->finding.rule[0] == 0) {
        buf_format(out, "%s: no breach in %llu events\n", path, (unsigned long long)lint->events);
        return LINT_GOOD;
    }
    buf_format(out, "%s:%llu: %s: %s", path, (unsigned long long)lint->finding.at, lint->finding.rule,
               lint->finding.fact);
    buf_format(out, lint->title[0] != 0 ? " (case \"%s\")\n" : "%s\n", lint->title);
    return LINT_BREACH;
}

enum lint_result lint_file(const char *path, struct buf *out) {
    char reason[200];
    struct linting lint = {0};
    struct source *source = source_read(path, reason, sizeof reason);
    if (source == NULL) {
        buf_format(out, "%s: %s\n", path, reason);
        return LINT_UNREADABLE;
    }
    bool well = take_lines(&lint, source);
    if (well && lint.trace != NULL) trace_end(lint.trace, lint.line, &lint.finding);
    enum lint_result result = tell(&lint, path, well, out);
    trace_destroy(lint.trace);
    source_release(source);
    return result;
}

#else

enum lint_result lint_file(const char *path, struct buf *out) {
    buf_format(out, "%s: built without jansson: no lint\n", path);
    return LINT_UNREADABLE;
}

#endif

/* ---- The command and the program's mode ---- */

bool cmd_lint(struct stmt *s) {
    struct span file;
    struct buf out = {0};
    if (!stmt_take_word(s, "a file", &file) || !stmt_end(s)) return false;
    if (s->in->options.no_files) return stmt_error(s, file.begin, "reading a file is refused (--no-files)");
    if (s->in->options.dry) return true;
    bool quoted = s->text.s[file.begin] == '"' && file.end - file.begin > 1;
    struct buf path = {0};
    buf_add(&path, s->text.s + file.begin + quoted, span_length(file) - (quoted ? 2 : 0));
    enum lint_result result = lint_file(buf_string(&path), &out);
    bool readable = result != LINT_UNREADABLE || stmt_error(s, file.begin, "%.*s", (int)out.n - 1, out.s);
    if (readable) interp_print(s->in, out.s);
    if (readable) cmd_set_status(s, result == LINT_GOOD ? ZX_OK : ZX_ERR_BAD_STATE);
    buf_free(&path);
    buf_free(&out);
    return readable;
}

int lint_mode(int count, char **files) {
    int worst = count == 0 ? 2 : 0;
    if (count == 0) (void)fputs("zxpager-repl lint: error: a file is missing (see --help)\n", stderr);
    for (int i = 0; i < count; i++) {
        struct buf out = {0};
        int result = (int)lint_file(files[i], &out);
        (void)fputs(out.s, result == LINT_UNREADABLE ? stderr : stdout);
        worst = result > worst ? result : worst;
        buf_free(&out);
    }
    return worst;
}
