/*
 * record.c - the statements of the session with what came of them, and `record`, which writes them as a case: what a
 * person tried at the prompt becomes a test.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "exec.h"
#include "print.h"
#include "recorder.h"
#include "save.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

/* ---- What could be expected ---- */

static bool ends_with(const char *word, size_t n, const char *end) {
    size_t m = strlen(end);
    return m <= n && memcmp(word + n - m, end, m) == 0;
}

/* Handles, addresses, koids and times are what they are because of what else is in the session: not worth expecting. */
static bool worth_expecting(const char *word, size_t n) {
    static const char *const never[] = {"handle", "address", "koid", "time", "timestamp", "base"};
    const char *equal = memchr(word, '=', n);
    size_t name = equal ? (size_t)(equal - word) : 0;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        if (name && ends_with(word, name, never[i])) return false;
    }
    return !name || (!ends_with(word, n, "...\"") && !ends_with(word, n, "=\"\""));
}

/* The outcome in the words of an expectation. */
void record_came(const struct shell *shell, const struct outcome *outcome, struct buf *out) {
    struct buf all = {0};
    print_outcome(&all, shell->in, outcome);
    struct text text = {.s = all.s, .n = all.n};
    struct span word;
    for (size_t at = 0; text_next_word(&text, &at, text.n, &word);) {
        if (!worth_expecting(text.s + word.begin, span_length(word))) continue;
        buf_text(out, out->n ? " " : "");
        buf_add(out, text.s + word.begin, span_length(word));
    }
    buf_free(&all);
}

/* ---- Entries ---- */

static void free_entry(struct shell *shell, struct entry *entry) {
    recorder_free(shell, entry->moment);
    free(entry->text);
    free(entry->came);
}

/* Takes the texts of the buffers. */
static void add_entry(struct shell *shell, struct buf *text, struct buf *came, bool step) {
    while (shell->entry_total > shell->entry_count) /* what was undone cannot be redone any more */
        free_entry(shell, &shell->entries[--shell->entry_total]);
    shell->entries = mem_grow(shell->entries, shell->entry_count, &shell->entry_capacity, sizeof *shell->entries);
    shell->entries[shell->entry_count] = (struct entry){.text = mem_copy_text(buf_string(text), text->n), .step = step};
    struct entry *entry = &shell->entries[shell->entry_count++];
    entry->came = came->n ? mem_copy_text(came->s, came->n) : NULL;
    entry->first_event = shell->last_event;
    entry->last_event = shell->event_count;
    shell->entry_total = shell->entry_count;
    buf_free(text);
    buf_free(came);
}

void record_clear(struct shell *shell) {
    while (shell->entry_total) free_entry(shell, &shell->entries[--shell->entry_total]);
    shell->entry_count = 0;
    shell->waiting_count = 0;
}

static bool has_word(const char *text, const char *word) {
    size_t n = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n) {
        if ((at == text || !is_name_char(at[-1])) && !is_name_char(at[n])) return true;
    }
    return false;
}

/* Where a name is needed, the variable of a loop cannot be told by its value (told.h). */
static void add_loop_variables(struct shell *shell, const char *statement) {
    const struct interp *in = shell->in;
    for (size_t i = 0; i < in->frame_count; i++) {
        struct buf text = {0}, none = {0};
        if (in->frames[i].kind != FRAME_LOOP || !has_word(statement, in->frames[i].variable)) continue;
        buf_format(&text, "let %s = %llu", in->frames[i].variable, (unsigned long long)in->frames[i].index);
        add_entry(shell, &text, &none, false);
    }
}

/* ---- Threads whose calls end later ---- */

static bool waits(const struct outcome *outcome) { return outcome->kind == OUT_BLOCKED; }

static void grow_waiting(struct shell *shell, size_t count) {
    if (count <= shell->waiting_count) return;
    shell->waiting = mem_resize(shell->waiting, count * sizeof *shell->waiting);
    for (; shell->waiting_count < count; shell->waiting_count++) shell->waiting[shell->waiting_count] = false;
}

static void add_ended_threads(struct shell *shell) {
    const struct interp *in = shell->in;
    grow_waiting(shell, in->session.record_count);
    for (uint32_t i = 0; i < in->session.record_count; i++) {
        struct outcome outcome = exec_outcome(in, i);
        const char *name = interp_name_of_thread(in, i);
        bool ended = shell->waiting[i] && !waits(&outcome);
        shell->waiting[i] = waits(&outcome);
        if (!ended || !name) continue;
        struct buf text = {0}, came = {0};
        buf_format(&text, "wait %s", name);
        record_came(shell, &outcome, &came);
        add_entry(shell, &text, &came, false);
    }
}

/* ---- One statement ---- */

static const struct command *command_of(const struct text *text) {
    struct span word;
    size_t at = 0;
    if (!text_next_word(text, &at, text->n, &word)) return NULL;
    if (text->s[word.end - 1] == ':' && !text_next_word(text, &at, text->n, &word)) return NULL;
    return command_find(text->s + word.begin, span_length(word));
}

static bool is_recorded(const struct command *command, bool step) {
    return step || strcmp(command->name, "expect") == 0 || strcmp(command->name, "wait") == 0 ||
           strcmp(command->name, "profile") == 0;
}

static bool has_prefix(const char *text) {
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return n && text[n] == ':';
}

void record_statement(struct shell *shell, const struct report *report) {
    struct buf statement = {0}, came = {0};
    buf_add(&statement, report->statement, report->statement_length);
    struct text text = {.s = statement.s, .n = statement.n};
    if (!text.n) return;
    struct span body = span_trim(&text, (struct span){0, text_find(&text, (struct span){0, text.n}, "=>")});
    statement.s[statement.n = text.n = body.end] = 0;
    const struct command *command = command_of(&text);
    bool step = !command || !(command->flags & (CMD_VIEW | CMD_HISTORY));
    if (!is_recorded(command, step)) {
        buf_free(&statement);
        return;
    }
    if (report->outcome.kind != OUT_NOTHING) record_came(shell, &report->outcome, &came);
    bool stays = report->outcome.kind == OUT_BLOCKED || report->outcome.kind == OUT_FAULT;
    if (report->moved && stays && !has_prefix(statement.s)) buf_format(&came, " as %s", report->moved);
    if (step) add_loop_variables(shell, statement.s);
    add_entry(shell, &statement, &came, step);
    recorder_take(shell, report);
    add_ended_threads(shell);
}

void record_step(struct shell *shell, const char *text, const char *came) {
    struct buf statement = {0}, outcome = {0};
    buf_text(&statement, text);
    buf_text(&outcome, came);
    add_entry(shell, &statement, &outcome, true);
}

static void to_events(struct shell *shell, uint64_t number) { shell->event_count = shell->last_event = number; }

void record_new_world(struct shell *shell) {
    record_clear(shell);
    to_events(shell, 0);
}

bool record_undone(struct shell *shell, size_t steps) {
    while (steps && shell->entry_count) steps -= shell->entries[--shell->entry_count].step;
    if (shell->entry_count < shell->entry_total) to_events(shell, shell->entries[shell->entry_count].first_event);
    shell->waiting_count = 0;
    return steps == 0;
}

bool record_redone(struct shell *shell, size_t steps) {
    while (shell->entry_count < shell->entry_total && (steps || !shell->entries[shell->entry_count].step))
        steps -= shell->entries[shell->entry_count++].step;
    if (shell->entry_count) to_events(shell, shell->entries[shell->entry_count - 1].last_event);
    shell->waiting_count = 0;
    return steps == 0;
}

/* ---- record, export ---- */

static void put_threads(const struct interp *in, enum outcome_kind kind, const char *word, struct buf *out) {
    bool any = false;
    for (uint32_t i = 0; i < in->session.record_count; i++) {
        const char *name = interp_name_of_thread(in, i);
        zxp_thread_view view;
        bool blocked = zxp_thread_get(in->world, i, &view) && view.state == ZXP_THREAD_BLOCKED;
        if (!name || !blocked || exec_outcome(in, i).kind != kind) continue;
        buf_format(out, any ? " %s" : "expect %s", any ? name : word);
        if (!any) buf_format(out, " %s", name);
        any = true;
    }
    buf_text(out, any ? "\n" : "");
}

/* What the world has come to: the page maps of what has a name, who waits, and an empty port. */
static void put_state(const struct interp *in, struct buf *out) {
    enum { LONGEST_MAP = 256 };
    const struct binding *port = session_find(&in->session, "port", 4);
    zxp_packet_view packet;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *name = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[name->value];
        zxp_object_view view;
        if (binding->kind != BIND_VMO || !zxp_object_get(in->world, binding->koid, &view) ||
            view.size / ZXP_PAGE_SIZE > LONGEST_MAP)
            continue;
        buf_format(out, "expect pages %s \"", name->name);
        print_page_map(out, in->world, binding->koid, 0, view.size / ZXP_PAGE_SIZE);
        buf_text(out, "\"\n");
    }
    put_threads(in, OUT_BLOCKED, "blocked", out);
    if (port && !zxp_packet_at(in->world, port->koid, 0, &packet) && zxp_koid_of(in->world, (zx_handle_t)port->value))
        buf_text(out, "expect packets none\n");
}

/* A `wait` or an `expect` that says what an entry said since the last step. */
static bool is_said(const struct shell *shell, size_t at) {
    const struct entry *entry = &shell->entries[at];
    const char *came = entry->came ? entry->came : "";
    if (entry->step) return false;
    while (at && !shell->entries[--at].step) {
        const struct entry *before = &shell->entries[at];
        if (strcmp(before->text, entry->text) == 0 && strcmp(before->came ? before->came : "", came) == 0) return true;
    }
    return false;
}

void record_case(const struct shell *shell, const char *name, size_t length, struct buf *out) {
    buf_format(out, "case \"%.*s\"\n", (int)length, name);
    for (size_t i = 0; i < shell->entry_count; i++) {
        const struct entry *entry = &shell->entries[i];
        if (is_said(shell, i)) continue;
        buf_text(out, entry->text);
        if (entry->came) buf_format(out, " => %s", entry->came);
        buf_char(out, '\n');
    }
    put_state(shell->in, out);
}

static bool to_file(struct stmt *s, const char *path, struct buf *out) {
    char reason[300];
    if (s->in->options.no_files) return stmt_error(s, s->body.begin, "writing a file is refused (--no-files)");
    if (!save_replace(path, out->s, out->n, reason, sizeof reason)) return stmt_error(s, s->body.begin, "%s", reason);
    interp_printf(s->in, "written to %s\n", path);
    return true;
}

/* The next word of the arguments, or the text in quotes. */
static size_t take_word(const char **arguments, const char **word) {
    const char *s = *arguments + strspn(*arguments, " \t");
    bool quoted = *s == '"';
    *word = s += quoted;
    size_t n = strcspn(s, quoted ? "\"" : " \t");
    *arguments = s + n + (quoted && s[n]);
    return n;
}

bool view_record(struct stmt *s, const char *arguments) {
    const char *name, *path;
    struct buf out = {0};
    size_t length = take_word(&arguments, &name);
    size_t file = take_word(&arguments, &path);
    if (!length) return stmt_error(s, s->body.end, "a name is missing: record NAME, or record \"a name\" FILE");
    record_case(s->in->shell, name, length, &out);
    bool good = true;
    if (file) {
        char *copy = mem_copy_text(path, file);
        good = to_file(s, copy, &out);
        free(copy);
    } else {
        interp_print(s->in, buf_string(&out));
    }
    buf_free(&out);
    return good;
}
