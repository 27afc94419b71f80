/*
 * rule-coverage.c - runs script files and tells which rules of rules.def they never took, which statuses each operation
 * returned that its row of ops.def does not name, and which of the row it never returned.
 *
 *   rule-coverage [-x EXCEPTIONS] FILE.zxp ...
 *
 * EXCEPTIONS holds lines `rule NAME: reason` and `status OPERATION STATUS: reason`, for
 * what no script can bring about. An exception for something that does happen is a failure
 * too. Reservations that fail bring about what only short memory does: the files are run
 * again with one failing reservation a case, and only ZX_ERR_NO_MEMORY is counted of that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

enum { MOST_STATUSES = 64, FAILING_RUNS = 12, MOST_EXCEPTIONS = 200 };

struct exception {
    char what[120];
    bool used;
};

static struct {
    uint32_t *hits;                         /* rules */
    bool seen[ZXP_OP_LIMIT][MOST_STATUSES]; /* by -status */
    struct exception exceptions[MOST_EXCEPTIONS];
    size_t exception_count;
    size_t passed, failed;
    uint64_t fail_reservation; /* of each case of this run; 0: none fails */
    struct watcher watcher;
} all;

static void on_event(void *user, const zxp_event *event) {
    (void)user;
    if (event->kind != ZXP_EVENT_RESULT || event->op >= ZXP_OP_LIMIT || event->rule == 0) return;
    if (all.fail_reservation != 0 && event->status != ZX_ERR_NO_MEMORY) return;
    int index = -event->status;
    if (index >= 0 && index < MOST_STATUSES)
        all.seen[event->op][index] = true;
    else
        (void)printf("# %s returned status %d\n", zxp_op_info_of(event->op)->name, event->status);
}

static void on_case_begin(void *user, const char *name) {
    (void)user;
    (void)name;
    all.watcher.in->context.reservations = 0;
    all.watcher.in->context.fail_reservation = all.fail_reservation;
}

/* ---- Exceptions ---- */

static bool read_exceptions(const char *path) {
    char line[400];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file) && all.exception_count < MOST_EXCEPTIONS) {
        char *colon = strstr(line, ": ");
        if (line[0] == '#' || line[0] == '\n') continue;
        if (!colon || colon - line >= (long)sizeof all.exceptions[0].what) return false;
        struct exception *e = &all.exceptions[all.exception_count++];
        memcpy(e->what, line, (size_t)(colon - line));
    }
    return file && fclose(file) == 0;
}

static struct exception *exception_for(const char *what) {
    for (size_t i = 0; i < all.exception_count; i++) {
        if (strcmp(all.exceptions[i].what, what) == 0) return &all.exceptions[i];
    }
    return NULL;
}

/* ---- The verdict ---- */

/* `happened` is what should be, unless an exception says that it cannot. */
static void judge(bool happened, const char *what, const char *chapter) {
    struct exception *e = exception_for(what);
    if (e) e->used = true;
    if (happened == !e) {
        all.passed++;
        return;
    }
    all.failed++;
    (void)printf(happened ? "%s: listed as an exception, but it happens\n" : "%s: never (chapter %s)\n", what, chapter);
}

static void judge_rules(void) {
    char what[120];
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        (void)snprintf(what, sizeof what, "rule %s", zxp_rule_info_of(i)->id);
        judge(all.hits[i] > 0, what, zxp_rule_info_of(i)->chapter);
    }
}

static bool is_listed(const zxp_op_info *op, zx_status_t status) {
    for (size_t i = 0; i < op->status_count; i++) {
        if (op->statuses[i] == status) return true;
    }
    return false;
}

/* A load or store ends in a fault where a call returns a status. */
static bool faults(const zxp_op_info *op) { return op->number == ZXP_OP_LOAD || op->number == ZXP_OP_STORE; }

static void judge_statuses(const zxp_op_info *op) {
    char what[120];
    bool forwarded = false;
    for (int i = 0; i < MOST_STATUSES; i++) {
        zx_status_t status = -i;
        bool seen = all.seen[op->number][i], listed = is_listed(op, status);
        listed |= status == ZX_ERR_NO_MEMORY && (op->traits & ZXP_TRAIT_ALLOCATES) != 0;
        forwarded |= seen && !listed;
        (void)snprintf(what, sizeof what, "status %s %s", op->name, status_text(status));
        if (listed) judge(seen, what, op->chapter);
        if (!seen || listed || faults(op) || zxp_op_may_return(op, status)) continue;
        all.failed++;
        (void)printf("%s: returned, but not in the operation's row (chapter %s)\n", what, op->chapter);
    }
    (void)snprintf(what, sizeof what, "status %s FORWARDS", op->name);
    if ((op->traits & ZXP_TRAIT_FORWARDS) != 0) judge(forwarded, what, op->chapter);
}

static void judge_exceptions(void) {
    for (size_t i = 0; i < all.exception_count; i++) {
        if (all.exceptions[i].used) continue;
        all.failed++;
        (void)printf("%s: an exception for something that does not exist\n", all.exceptions[i].what);
    }
}

/* ---- Running ---- */

static void run_files(char **files, int count) {
    size_t failed = 0;
    for (int i = 0; i < count; i++) {
        bool good = suite_run(&all.watcher, files[i], &failed);
        if (good && (failed == 0 || all.fail_reservation != 0)) continue;
        all.failed++;
        (void)printf("%s: failed\n", files[i]);
    }
}

static void run_with_failures(char **files, int count) {
    uint32_t *kept = all.hits;
    all.watcher.rule_hits = mem_alloc(zxp_rule_count() * sizeof *kept);
    all.watcher.go_on = true;
    for (all.fail_reservation = 1; all.fail_reservation <= FAILING_RUNS; all.fail_reservation++)
        run_files(files, count);
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        if (zxp_rule_info_of(i)->status == ZX_ERR_NO_MEMORY) kept[i] += all.watcher.rule_hits[i];
    }
    free(all.watcher.rule_hits);
}

int main(int argc, char **argv) {
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-x") == 0) {
        first = 3;
        if (!read_exceptions(argv[2])) {
            (void)printf("%s: cannot be read, or a line without a reason\n0 passed, 1 failed\n", argv[2]);
            return 1;
        }
    }
    all.hits = mem_alloc(zxp_rule_count() * sizeof *all.hits);
    all.watcher.hooks = (struct interp_hooks){.event = on_event, .case_begin = on_case_begin};
    all.watcher.rule_hits = all.hits;
    run_files(argv + first, argc - first);
    run_with_failures(argv + first, argc - first);
    judge_rules();
    for (size_t i = 0; i < zxp_op_count(); i++) judge_statuses(zxp_op_at(i));
    judge_exceptions();
    free(all.hits);
    (void)printf("%zu passed, %zu failed\n", all.passed, all.failed);
    return all.failed != 0;
}
