/*
 * fail-reservations.c - every reservation of memory that the suites make fails once.
 *
 *   fail-reservations [-c SECONDS] [-r SECONDS] FILE.zxp ...
 *
 * Calls: zxp_call is wrapped at link time. Before each call that the interpreter makes, the world is kept; after it,
 * the call is made again on a copy once for each reservation n that it made, with the n-th one failing (a call that
 * made thousands: a sample of them). After each: the invariants hold, only the operations named below may hide the
 * failure, a refused call has changed nothing unless its operation works page by page, the same call then works as
 * before, and once everything is closed no block of the arena is left over. Cases: then the files run again and again,
 * in run n the n-th reservation of every case fails and the case goes on.
 *
 * -c, -r: a budget for the calls and one for the runs of the cases; what is left out then is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suites.h"
#include "teardown.h"

enum { MOST_PER_CALL = 200, MOST_REPORTS = 50 };

static struct {
    zxp_world *before, *trial;
    zxp_context context; /* of trials */
    bool no_memory;      /* a call of the trial ended with ZX_ERR_NO_MEMORY */
    const char *file;
    const char *name; /* of the case */
    bool probing;
    uint64_t run;   /* of the cases: the number of the reservation that fails */
    uint64_t *most; /* of each file: the reservations of the case that made most of them */
    int current;    /* number of the file */
    uint64_t calls, trials, hidden, partial;
    uint64_t hidden_by[ZXP_OP_LIMIT], partial_by[ZXP_OP_LIMIT];
    size_t failed;
    time_t deadline;
    struct watcher watcher;
} all;

/* The linker's --wrap gives the names. */
zxp_outcome __real_zxp_call(zxp_world *world, const zxp_op_call *call);
zxp_outcome __wrap_zxp_call(zxp_world *world, const zxp_op_call *call);

/* ---- Reports ---- */

static void report(const zxp_op_call *call, uint64_t n, const char *what) {
    if (++all.failed > MOST_REPORTS) return;
    (void)printf("not ok - %s: %s: %s, reservation %llu: %s\n", all.file, all.name, zxp_op_info_of(call->op)->name,
                 (unsigned long long)n, what);
}

static bool out_of_time(void) { return all.deadline != 0 && time(NULL) >= all.deadline; }

static void check_invariants(const zxp_world *world, const zxp_op_call *call, uint64_t n, const char *when) {
    zxp_violation violation;
    char text[300];
    if (zxp_check(world, &violation, 1) == 0) return;
    (void)snprintf(text, sizeof text, "INV-%u %s: %s", violation.invariant, when, violation.fact);
    report(call, n, text);
}

static void check_leak(zxp_world *w, const zxp_op_call *call, uint64_t n) {
    char text[200];
    if (!torn_down_is_clean(w, text, sizeof text)) report(call, n, text);
}

/* ---- Calls ---- */

static void on_trial_event(void *user, const zxp_event *event) {
    (void)user;
    if (event->kind == ZXP_EVENT_RESULT && event->status == ZX_ERR_NO_MEMORY) all.no_memory = true;
}

/* The state without results of finished calls: the same before and after a refused call. */
static bool same_state(const zxp_world *a, const zxp_world *b) { return zxp_world_equal(a, b, ZXP_FORM_STATE); }

static void call_again(const zxp_op_call *call, uint64_t n) {
    zxp_thread_view view;
    if (zxp_thread_get(all.trial, call->thread, &view) && view.state == ZXP_THREAD_READY) {
        (void)__real_zxp_call(all.trial, call);
        check_invariants(all.trial, call, n, "after the same call again");
    }
}

/* What goes on although a part of it had no memory: set_size ignores its tail
 * (chapter 5 section 4.5), ALWAYS_NEED skips a page (section 7), and a pin that
 * is given up stays on its pages if it cannot be taken off them (sys_pin.c). */
static bool op_may_hide(uint16_t op) {
    return op == ZXP_OP_VMO_SET_SIZE || op == ZXP_OP_VMO_OP_RANGE || op == ZXP_OP_VMAR_OP_RANGE || op == ZXP_OP_PIN;
}

/* The call itself, or the call of a thread that it made runnable. */
static bool may_hide(const zxp_op_call *call) {
    bool may = op_may_hide(call->op);
    zxp_thread_view view;
    for (uint32_t i = 0; zxp_thread_get(all.before, i, &view); i++)
        may |= view.state == ZXP_THREAD_BLOCKED && op_may_hide(view.op);
    return may;
}

/* Operations that work page by page: what was done before the failure stays done
 * (chapter 5 section 1). ZX_PAGER_OP_DIRTY releases the requests that it refuses
 * (chapter 2 section 7, step 8); the other pager operations do all or nothing. */
static bool may_be_partial(const zxp_op_call *call) {
    static const uint16_t ops[] = {ZXP_OP_OBJECT_SET_PROPERTY,
                                   ZXP_OP_PAGER_SUPPLY_PAGES,
                                   ZXP_OP_PAGER_VMO_OP,
                                   ZXP_OP_PAGER_QUERY_DIRTY_RANGES,
                                   ZXP_OP_VMO_READ,
                                   ZXP_OP_VMO_WRITE,
                                   ZXP_OP_VMO_SET_STREAM_SIZE,
                                   ZXP_OP_VMO_OP_RANGE,
                                   ZXP_OP_VMO_TRANSFER_DATA,
                                   ZXP_OP_VMAR_OP_RANGE,
                                   ZXP_OP_LOAD,
                                   ZXP_OP_STORE,
                                   ZXP_OP_PIN,
                                   ZXP_OP_RECLAIM};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (call->op == ops[i]) return true;
    }
    return call->op == ZXP_OP_PAGER_OP_RANGE && (uint32_t)call->args[1] == ZX_PAGER_OP_DIRTY;
}

static void judge(const zxp_op_call *call, uint64_t n, zxp_outcome outcome) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(all.trial, call->thread, &view);
    bool refused = outcome == ZXP_RETURNED && view.op == call->op && view.status == ZX_ERR_NO_MEMORY;
    if (!all.no_memory) {
        all.hidden++;
        all.hidden_by[call->op]++;
        if (!may_hide(call)) report(call, n, "the failure is hidden");
    } else if (refused && !same_state(all.before, all.trial)) {
        all.partial++;
        all.partial_by[call->op]++;
        if (!may_be_partial(call)) report(call, n, "refused, but something has happened");
    }
}

static void try_call(const zxp_op_call *call, uint64_t n) {
    if (zxp_world_copy(all.trial, all.before) != ZX_OK) abort();
    all.trials++;
    all.no_memory = false;
    all.context = (zxp_context){.observe = on_trial_event, .fail_reservation = n};
    zxp_world_attach(all.trial, &all.context);
    zxp_outcome outcome = __real_zxp_call(all.trial, call);
    zxp_world_attach(all.trial, NULL);
    check_invariants(all.trial, call, n, "after the failure");
    judge(call, n, outcome);
    call_again(call, n);
    check_leak(all.trial, call, n);
}

/* n = 1, 2, 3, ... of a call with few reservations; of one with many also all over the rest. */
static uint64_t next_reservation(uint64_t n, uint64_t count) {
    return n < MOST_PER_CALL / 2 || count <= MOST_PER_CALL ? n + 1 : n + 1 + count / MOST_PER_CALL;
}

zxp_outcome __wrap_zxp_call(zxp_world *world, const zxp_op_call *call) {
    zxp_context *context = zxp_world_context(world);
    if (!all.probing || context == NULL || out_of_time()) return __real_zxp_call(world, call);
    if (zxp_world_copy(all.before, world) != ZX_OK) abort();
    uint64_t first = context->reservations;
    zxp_outcome outcome = __real_zxp_call(world, call);
    uint64_t count = context->reservations - first;
    all.calls++;
    for (uint64_t n = 1; n <= count && !out_of_time(); n = next_reservation(n, count)) try_call(call, n);
    return outcome;
}

/* ---- Cases ---- */

static void on_case_begin(void *user, const char *name) {
    (void)user;
    all.name = name;
    all.watcher.in->context.reservations = 0;
    all.watcher.in->context.fail_reservation = all.run;
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    (void)user, (void)name, (void)result, (void)why;
    const zxp_context *context = &all.watcher.in->context;
    uint64_t *most = &all.most[all.current];
    *most = context->reservations > *most ? context->reservations : *most;
    if (all.probing || context->reservations < all.run) return;
    const zxp_op_call none = {.op = ZXP_OP_HANDLE_CLOSE};
    check_invariants(all.watcher.in->world, &none, all.run, "at the end of a case");
    if (zxp_world_copy(all.trial, all.watcher.in->world) != ZX_OK) abort();
    check_leak(all.trial, &none, all.run);
}

static void run_files(char **files, int count) {
    size_t failed = 0;
    for (int i = 0; i < count && !out_of_time(); i++) {
        all.file = files[i];
        all.current = i;
        if (all.run > all.most[i] && all.run > 1) continue; /* no case of it makes so many */
        if (!suite_run(&all.watcher, files[i], &failed) || (failed != 0 && all.run == 0)) all.failed++;
    }
}

static void budget(long seconds) { all.deadline = seconds == 0 ? 0 : time(NULL) + seconds; }

static void print_by(const char *what, const uint64_t *counts) {
    for (size_t i = 0; i < zxp_op_count(); i++) {
        const zxp_op_info *op = zxp_op_at(i);
        if (counts[op->number] != 0)
            (void)printf("# %s: %s %llu\n", what, op->name, (unsigned long long)counts[op->number]);
    }
}

static void run_calls(char **files, int count, long seconds) {
    all.probing = true;
    budget(seconds);
    run_files(files, count);
    (void)printf("# %llu calls, %llu failed reservations in them, %llu hidden, %llu partial%s\n",
                 (unsigned long long)all.calls, (unsigned long long)all.trials, (unsigned long long)all.hidden,
                 (unsigned long long)all.partial, out_of_time() ? " (sample)" : "");
    print_by("hidden", all.hidden_by);
    print_by("partial", all.partial_by);
    all.probing = false;
}

static void run_cases(char **files, int count, long seconds) {
    uint64_t most = 0;
    for (int i = 0; i < count; i++) most = all.most[i] > most ? all.most[i] : most;
    all.watcher.go_on = true;
    budget(seconds);
    for (all.run = 1; all.run <= most && !out_of_time(); all.run++) run_files(files, count);
    (void)printf("# reservations 1 to %llu of each case failed, of %llu%s\n", (unsigned long long)all.run - 1,
                 (unsigned long long)most, out_of_time() ? " (sample)" : "");
}

int main(int argc, char **argv) {
    long calls = 0, cases = 0;
    int first = 1;
    for (; first + 1 < argc && argv[first][0] == '-'; first += 2)
        *(argv[first][1] == 'c' ? &calls : &cases) = strtol(argv[first + 1], NULL, 10);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    all.most = mem_alloc((size_t)argc * sizeof *all.most);
    all.before = zxp_world_create(NULL);
    all.trial = zxp_world_create(NULL);
    if (!all.before || !all.trial) return 2;
    all.watcher.hooks = (struct interp_hooks){.case_begin = on_case_begin, .case_end = on_case_end};
    run_calls(argv + first, argc - first, calls);
    run_cases(argv + first, argc - first, cases);
    zxp_world_destroy(all.before);
    zxp_world_destroy(all.trial);
    free(all.most);
    (void)printf("%d passed, %zu failed\n", argc - first, all.failed);
    return all.failed != 0;
}
