/*
 * export_page.c - export FILE.html: one page without network that replays
 * the session. The page itself is cli/replay/, its data are these:
 *
 *   {"parts": [...], "rules": {id: [status, sentence, chapter]}, "left": statements left out at the beginning,
 *    "steps": [{"s": statement, "o": outcome, "c": calls, "x": failed, "e": [[what happened, rule], ...],
 *               "v": [part ...], "t": [...], "q": [...], "r": [...]}]}
 *
 * Parts are the objects of all states (recorder.h), each once; a state lists their numbers.
 */
#include "export.h"

#ifdef ZXP_HAVE_JANSSON
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "recorder.h"
#include "replay_page.h"

enum { PAGE_MOST = 1000000, EVENTS_OF_STEP = 200 };

struct page {
    const struct shell *shell;
    json_t *parts, *rules, *steps;
    json_t *numbers; /* text of a part -> its number */
};

static json_t *part_number(struct page *page, json_t *part) {
    char *key = json_dumps(part, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!key) return json_integer(0);
    json_t *number = json_object_get(page->numbers, key);
    if (!number) {
        (void)json_object_set_new(page->numbers, key, json_integer((json_int_t)json_array_size(page->parts)));
        (void)json_array_append(page->parts, part);
        number = json_object_get(page->numbers, key);
    }
    free(key);
    return json_incref(number);
}

static void add_state(struct page *page, json_t *step, const char *text) {
    json_t *state = json_loads(text, 0, NULL), *list;
    const char *key;
    json_object_foreach(state, key, list) {
        json_t *numbers = json_array();
        for (size_t i = 0; i < json_array_size(list); i++)
            (void)json_array_append_new(numbers, part_number(page, json_array_get(list, i)));
        (void)json_object_set_new(step, key, numbers);
    }
    json_decref(state);
}

static void add_rule(struct page *page, const char *id) {
    const zxp_rule_info *rule = zxp_rule_info_of(zxp_rule_by_id(id, strlen(id)));
    struct buf status = {0};
    if (!rule || json_object_get(page->rules, id)) return;
    print_status(&status, rule->status);
    (void)json_object_set_new(page->rules, id,
                              json_pack("[s,s,s]", buf_string(&status), rule->sentence, rule->chapter));
    buf_free(&status);
}

static void add_calls(struct page *page, json_t *step, const char *text) {
    json_t *calls = json_loads(text, 0, NULL);
    for (size_t i = 0; i < json_array_size(calls); i++) {
        const char *rule = json_string_value(json_array_get(json_array_get(calls, i), 2));
        add_rule(page, rule ? rule : "");
    }
    (void)json_object_set_new(step, "c", calls);
}

static void add_events(struct page *page, json_t *step, const struct entry *entry) {
    json_t *events = json_array();
    for (uint64_t i = entry->first_event + 1; i <= entry->last_event && json_array_size(events) < EVENTS_OF_STEP; i++) {
        const zxp_event *event = shell_event(page->shell, i);
        const zxp_rule_info *rule = event ? zxp_rule_info_of(event->rule) : NULL;
        struct buf line = {0};
        bool told = event && event->kind != ZXP_EVENT_RESULT && shell_event_line(page->shell, event, &line);
        if (told || (event && event->kind == ZXP_EVENT_RULE && rule)) {
            json_t *words = json_string(told ? buf_string(&line) : rule->sentence);
            add_rule(page, rule ? rule->id : "");
            (void)json_array_append_new(events,
                                        json_pack("[o,s]", words ? words : json_string("?"), rule ? rule->id : ""));
        }
        buf_free(&line);
    }
    (void)json_object_set_new(step, "e", events);
}

static json_t *text_of(const char *text) {
    json_t *string = json_string(text ? text : "");
    return string ? string : json_string("(not UTF-8)");
}

static void add_step(struct page *page, const struct entry *entry) {
    json_t *step = json_object();
    (void)json_object_set_new(step, "s", text_of(entry->text));
    (void)json_object_set_new(step, "o", text_of(entry->came));
    if (entry->moment->failed) (void)json_object_set_new(step, "x", json_true());
    add_calls(page, step, entry->moment->calls);
    add_events(page, step, entry);
    add_state(page, step, entry->moment->state);
    (void)json_array_append_new(page->steps, step);
}

static bool is_kept(const struct entry *entry) { return entry->moment && entry->moment->state && entry->moment->calls; }

/* A script element ends at "</": no "<" stands in its JSON as itself. */
static void put_json(struct buf *out, const char *text) {
    for (; *text; text++) {
        if (*text == '<')
            buf_text(out, "\\u003c");
        else
            buf_char(out, *text);
    }
}

static char *data_of(const struct shell *shell, size_t first) {
    struct page page = {
        .shell = shell, .parts = json_array(), .rules = json_object(), .steps = json_array(), .numbers = json_object()};
    for (size_t i = first; i < shell->entry_count; i++) {
        if (is_kept(&shell->entries[i])) add_step(&page, &shell->entries[i]);
    }
    json_t *root = json_pack("{s:I,s:o,s:o,s:o}", "left", (json_int_t)first, "parts", page.parts, "rules", page.rules,
                             "steps", page.steps);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    json_decref(page.numbers);
    return text;
}

/* The steps that fit: of a longer session its end. */
static char *fitting_data(const struct shell *shell) {
    for (size_t first = 0;; first += (shell->entry_count - first + 1) / 2) {
        char *text = data_of(shell, first);
        if (!text || strlen(text) <= PAGE_MOST - 64 * 1024 || first >= shell->entry_count) return text;
        free(text);
    }
}

bool export_page(const struct shell *shell, struct buf *out) {
    char *text = fitting_data(shell);
    if (!text) return false;
    for (size_t i = 0; i < sizeof replay_page / sizeof *replay_page; i++) {
        bool here = strcmp(replay_page[i], "@DATA@\n") == 0;
        if (here) put_json(out, text);
        buf_text(out, here ? "\n" : replay_page[i]);
    }
    free(text);
    return true;
}

#else

bool export_page(const struct shell *shell, struct buf *out) {
    (void)shell;
    (void)out;
    return false;
}

#endif
