#include "units.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/harness/harness.h"
#include "tests/tools/beside.h"
#include "tests/tools/events.h"
#include "tests/tools/suites.h"
#include "tests/tools/teardown.h"

enum { MOST_BYTES = 100000, FAILING_RUNS = 8 };

static struct unit *add(struct units *units, enum unit_kind kind, const char *name) {
    if (units->count == units->capacity) {
        units->capacity = units->capacity == 0 ? 1024 : 2 * units->capacity;
        units->at = mem_resize(units->at, units->capacity * sizeof *units->at);
    }
    struct unit *unit = &units->at[units->count++];
    *unit = (struct unit){.kind = kind, .name = mem_copy_text(name, strlen(name)), .reached = mem_alloc(MOST_MUTANTS)};
    unit->rules = mem_alloc(zxp_rule_count() * sizeof *unit->rules);
    return unit;
}

/* ---- Cases ---- */

static const char *next_case(const char *text) {
    const char *found = strncmp(text, "case ", 5) == 0 ? text : strstr(text, "\ncase ");
    return found != NULL && *found == '\n' ? found + 1 : found;
}

static void add_case(struct units *units, const struct source *file, size_t head, const char *begin, const char *end) {
    size_t length = (size_t)(end - begin), line = strcspn(begin, "\n");
    char *text = mem_alloc(head + length + 1), name[300];
    memcpy(text, file->text, head);
    memcpy(text + head, begin, length);
    (void)snprintf(name, sizeof name, "%s: %.*s", file->name, (int)(line > 150 ? 150 : line), begin);
    add(units, UNIT_CASE, name)->source = source_create(name, text, head + length);
    free(text);
}

bool units_add_script(struct units *units, const char *path) {
    char reason[200];
    struct source *file = source_read(path, reason, sizeof reason);
    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, reason);
        return false;
    }
    const char *end = file->text + file->length, *begin = next_case(file->text);
    size_t head = begin != NULL ? (size_t)(begin - file->text) : 0;
    for (const char *next; begin != NULL; begin = next) {
        next = next_case(begin + 1);
        add_case(units, file, head, begin, next != NULL ? next : end);
    }
    source_release(file);
    return true;
}

static struct {
    struct watcher watcher;
    uint64_t fail_reservation; /* of the case; 0: none */
} stage;

static void begin_case(void *user, const char *name) {
    (void)user, (void)name;
    stage.watcher.in->context.reservations = 0;
    stage.watcher.in->context.fail_reservation = stage.fail_reservation;
    beside_begin(stage.watcher.in->world);
}

static void tell_oracle(void *user, const zxp_event *event) {
    (void)user;
    beside_event(event);
}

/* What is found first ends the process: what runs afterwards would only be slower. */
static void check_state(void *user, struct interp *in, const struct report *report) {
    (void)user, (void)report;
    if (zxp_check(in->world, NULL, 0) != 0) _exit(BY_INVARIANT);
    if (events_wrong() != NULL) _exit(BY_EVENTS);
    if (stage.fail_reservation == 0 && beside_differs(in->world) != NULL) _exit(BY_ORACLE);
}

static void check_leaks(void *user, const char *name, enum case_result result, const char *why) {
    char text[200];
    (void)user, (void)name, (void)why;
    if (result == CASE_SKIPPED || zxp_world_bytes(stage.watcher.in->world) > MOST_BYTES) return;
    zxp_world *copy = zxp_world_clone(stage.watcher.in->world);
    if (copy == NULL) abort();
    if (!torn_down_is_clean(copy, text, sizeof text)) _exit(BY_LEAK);
    zxp_world_destroy(copy);
}

static enum verdict run_case(const struct unit *unit, uint32_t *rules) {
    size_t failed = 0;
    stage.watcher = (struct watcher){
        .hooks = {.statement = check_state, .event = tell_oracle, .case_begin = begin_case, .case_end = check_leaks},
        .rule_hits = rules};
    stage.watcher.go_on = stage.fail_reservation != 0;
    suite_run_source(&stage.watcher, source_hold(unit->source), &failed);
    return failed == 0 || stage.watcher.go_on ? FINE : BY_EXPECTATION;
}

enum verdict unit_run_without_memory(const struct unit *unit) {
    for (stage.fail_reservation = 1; stage.fail_reservation <= FAILING_RUNS; stage.fail_reservation++)
        (void)run_case(unit, NULL);
    stage.fail_reservation = 0;
    return FINE;
}

/* ---- Inputs ---- */

static bool add_input(struct units *units, const char *folder, const char *name) {
    char path[4096];
    uint8_t bytes[1 << 14];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return false;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    struct unit *unit = add(units, UNIT_INPUT, path);
    unit->length = fread(bytes, 1, sizeof bytes, file);
    unit->bytes = mem_alloc(unit->length + 1);
    memcpy(unit->bytes, bytes, unit->length);
    return fclose(file) == 0;
}

bool units_add_folder(struct units *units, const char *path) {
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    bool good = count >= 0;
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') good = good && add_input(units, path, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    if (!good) perror(path);
    return good;
}

static enum verdict run_input(const struct unit *unit) {
    static struct harness harness;
    static struct fuzz_program program;
    if (harness.core == NULL && !harness_create(&harness)) abort();
    fuzz_decode(unit->bytes, unit->length, &program);
    bool good = harness_run(&harness, &program, CHECK_ALL);
    if (good) return events_wrong() == NULL ? FINE : BY_EVENTS;
    return harness.finding.kind == FINDING_INVARIANT ? BY_INVARIANT : BY_ORACLE;
}

/* ---- Programs ---- */

struct unit *units_add_program(struct units *units, const char *command) {
    struct unit *unit = add(units, UNIT_PROGRAM, command);
    unit->command = unit->name;
    return unit;
}

static void exec_program(const struct unit *unit) {
    char number[16];
    struct rlimit limit = {.rlim_cur = 2 + (rlim_t)(10 * unit->seconds), .rlim_max = RLIM_INFINITY};
    (void)snprintf(number, sizeof number, "%u", zxp_mutant);
    (void)setenv("ZXP_MUTANT", number, 1);
    (void)setrlimit(RLIMIT_CPU, &limit);
    (void)execl("/bin/sh", "sh", "-c", unit->command, (char *)NULL);
    _exit(127);
}

static enum verdict run_program(const struct unit *unit) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) exec_program(unit);
    if (child < 0 || waitpid(child, &status, 0) != child) abort();
    return status == 0 ? FINE : BY_UNIT_TEST;
}

enum verdict unit_run(const struct unit *unit, uint32_t *rules) {
    switch (unit->kind) {
    case UNIT_CASE: return run_case(unit, rules);
    case UNIT_INPUT: return run_input(unit);
    default: return run_program(unit);
    }
}
