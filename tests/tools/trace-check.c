/*
 * trace-check [--json] FILE...: is each a trace in the Chrome trace event format? What
 * each phase must have, that slices of a track nest, that what begins also ends, and
 * that every phase that the program writes is there. With --json: is each JSON at all?
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *phase;
    const char *members[2]; /* beside those that every event has */
} phases[] = {{"X", {"dur", NULL}}, {"C", {"args", NULL}}, {"M", {"args", NULL}}, {"i", {"s", NULL}},
              {"b", {"id", "cat"}}, {"e", {"id", "cat"}},  {"s", {"id", "cat"}},  {"f", {"id", "cat"}}};

enum { PHASES = sizeof phases / sizeof *phases };

static size_t wrong;

static void complain(const char *what, const json_t *event) {
    char *text = event ? json_dumps(event, JSON_COMPACT) : NULL;
    wrong++;
    (void)printf("%s%s%s\n", what, text ? ": " : "", text ? text : "");
    free(text);
}

static const char *word(const json_t *event, const char *member) {
    const char *text = json_string_value(json_object_get(event, member));
    return text ? text : "";
}

static double number(const json_t *event, const char *member) {
    return json_number_value(json_object_get(event, member));
}

static size_t phase_of(const json_t *event) {
    size_t i = 0;
    while (i < PHASES && strcmp(phases[i].phase, word(event, "ph")) != 0) i++;
    return i;
}

static void check_members(const json_t *event) {
    static const char *const every[] = {"name", "pid", "tid", "ts"};
    size_t phase = phase_of(event);
    if (phase == PHASES) {
        complain("an unknown phase", event);
        return;
    }
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        if (!json_object_get(event, every[i])) complain(every[i], event);
    }
    for (size_t i = 0; i < 2 && phases[phase].members[i]; i++) {
        if (!json_object_get(event, phases[phase].members[i])) complain(phases[phase].members[i], event);
    }
}

/* Counters count what exists: never less than nothing. */
static void check_counter(json_t *event) {
    const char *name;
    json_t *value;
    if (strcmp(word(event, "ph"), "C") != 0) return;
    json_object_foreach(json_object_get(event, "args"), name, value) {
        if (!json_is_number(value) || json_number_value(value) < 0) complain("a counter", event);
    }
}

static bool same_track(const json_t *a, const json_t *b) {
    return number(a, "pid") == number(b, "pid") && number(a, "tid") == number(b, "tid");
}

/* Two slices of a track lie beside each other, or one in the other. */
static void check_nesting(const json_t *a, const json_t *b) {
    double a_begin = number(a, "ts"), a_end = a_begin + number(a, "dur");
    double b_begin = number(b, "ts"), b_end = b_begin + number(b, "dur");
    bool beside = a_end <= b_begin || b_end <= a_begin;
    bool inside = (a_begin <= b_begin && b_end <= a_end) || (b_begin <= a_begin && a_end <= b_end);
    if (!beside && !inside) complain("it crosses another slice of its track", b);
}

/* How many events of this phase have the id and name of that one. */
static size_t count_partners(const json_t *events, const json_t *one, const char *phase) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        count += strcmp(word(event, "ph"), phase) == 0 && strcmp(word(event, "name"), word(one, "name")) == 0 &&
                 json_equal(json_object_get(event, "id"), json_object_get(one, "id"));
    }
    return count;
}

static void check_pairs(const json_t *events, const json_t *event) {
    const char *phase = word(event, "ph");
    if (strcmp(phase, "e") == 0 && count_partners(events, event, "b") != 1) complain("it ends what never began", event);
    if (strcmp(phase, "f") == 0 && count_partners(events, event, "s") != 1) complain("it comes from nowhere", event);
}

static void check_trace(const json_t *trace) {
    const json_t *events = json_object_get(trace, "traceEvents");
    bool seen[PHASES] = {false};
    if (json_array_size(events) == 0) complain("no traceEvents", NULL);
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        size_t phase = phase_of(event);
        check_members(event);
        check_counter(event);
        check_pairs(events, event);
        if (phase < PHASES) seen[phase] = true;
        for (size_t j = 0; strcmp(word(event, "ph"), "X") == 0 && j < i; j++) {
            const json_t *other = json_array_get(events, j);
            if (strcmp(word(other, "ph"), "X") == 0 && same_track(event, other)) check_nesting(other, event);
        }
    }
    for (size_t i = 0; i < PHASES; i++) {
        if (!seen[i]) complain(phases[i].phase, NULL);
    }
}

int main(int argc, char **argv) {
    bool only_json = argc > 1 && strcmp(argv[1], "--json") == 0;
    for (int i = only_json ? 2 : 1; i < argc; i++) {
        json_error_t error;
        json_t *json = json_load_file(argv[i], JSON_REJECT_DUPLICATES, &error);
        if (!json) (void)printf("%s:%d: %s\n", argv[i], error.line, error.text);
        wrong += !json;
        if (json && !only_json) check_trace(json);
        json_decref(json);
    }
    (void)printf("%d files, %zu complaints\n", argc - (only_json ? 2 : 1), wrong);
    return wrong || argc < 2;
}
