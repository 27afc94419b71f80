/*
 * harness.c - one run: prologue, operations, checks (harness.h).
 */
#include "harness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool harness_create(struct harness *h) {
    memset(h, 0, sizeof *h);
    h->core = zxp_world_create(NULL);
    h->before = zxp_world_create(NULL);
    h->oracle = oracle_create(ZXP_PROFILE_HEAD);
    if (h->core != NULL && h->before != NULL && h->oracle != NULL) return true;
    harness_destroy(h);
    return false;
}

void harness_destroy(struct harness *h) {
    zxp_world_destroy(h->core);
    zxp_world_destroy(h->before);
    if (h->oracle != NULL) oracle_destroy(h->oracle);
    memset(h, 0, sizeof *h);
}

bool harness_found(struct harness *h, enum finding_kind kind, const char *signature, const char *format, ...) {
    h->finding.kind = kind;
    h->finding.operation = h->calls;
    snprintf(h->finding.signature, sizeof h->finding.signature, "%s", signature);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(h->finding.detail, sizeof h->finding.detail, format, arguments);
    va_end(arguments);
    return false;
}

static bool violated(struct harness *h, const zxp_violation *violation, const char *when) {
    char signature[80];
    snprintf(signature, sizeof signature, "INV-%u%s", violation->invariant, when);
    return harness_found(h, FINDING_INVARIANT, signature, "%s: object %" PRIu64 ", page %" PRIu64 ": %s", signature,
                         violation->koid, violation->page, violation->fact);
}

bool harness_check_world(struct harness *h, const zxp_world *world, const char *when) {
    zxp_violation violation;
    return zxp_check(world, &violation, 1) == 0 || violated(h, &violation, when);
}

static bool check_step(struct harness *h, const zxp_op_call *call) {
    zxp_violation violation;
    return zxp_check_step(h->before, h->core, call, &violation, 1) == 0 || violated(h, &violation, " step");
}

bool harness_call(struct harness *h, const zxp_op_call *call) {
    if ((h->checks & CHECK_MEMORY) != 0 && !harness_memory(h, call)) return false;
    if ((h->checks & CHECK_STEPS) != 0 && zxp_world_copy(h->before, h->core) != ZX_OK) return true;
    zxp_outcome core = zxp_call(h->core, call);
    h->calls++;
    if (h->script != NULL) script_call(h->script, h->core, call, core, true);
    if (h->told != NULL) h->told(h->user, h->core, call, core);
    if ((h->checks & CHECK_ORACLE) != 0 && !h->oracle_lost) {
        zxp_outcome other = oracle_call(h->oracle, call);
        h->oracle_lost = oracle_out_of_bounds(h->oracle);
        if (!h->oracle_lost && !harness_compare(h, call, core, other)) return false;
    }
    if ((h->checks & CHECK_INVARIANTS) != 0 && !harness_check_world(h, h->core, "")) return false;
    if ((h->checks & CHECK_STEPS) != 0 && !check_step(h, call)) return false;
    return (h->checks & CHECK_PROPERTIES) == 0 || harness_statuses(h);
}

/* One more thread on both sides. */
bool harness_thread(struct harness *h) {
    uint32_t number;
    if (zxp_thread_create(h->core, &number) != ZX_OK) return false;
    if ((h->checks & CHECK_ORACLE) == 0 || h->oracle_lost) return true;
    uint32_t other = oracle_thread_create(h->oracle);
    h->oracle_lost = oracle_out_of_bounds(h->oracle);
    return h->oracle_lost || other == number;
}

/* The thread that the record names if it can take a call, else the next that can, else a new one. ZXP_NO_THREAD: none.
 */
static uint32_t ready_thread(struct harness *h, uint32_t wanted) {
    uint32_t count = zxp_thread_count(h->core);
    zxp_thread_view view;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = (wanted + i) % count;
        if (zxp_thread_get(h->core, number, &view) && view.state == ZXP_THREAD_READY) return number;
    }
    if (count >= HARNESS_THREADS || !harness_thread(h)) return ZXP_NO_THREAD;
    return count;
}

bool harness_issue(struct harness *h, const zxp_op_call *call) {
    zxp_op_call made = *call;
    made.thread = ready_thread(h, call->thread);
    return made.thread == ZXP_NO_THREAD || harness_call(h, &made);
}

static bool run_records(struct harness *h) {
    h->late_count = 0;
    for (uint32_t i = 0; i < h->program->count; i++) {
        zxp_op_call call;
        fuzz_resolve(h->program, i, h->core, &h->scratch, &call);
        if (!harness_operation(h, &call)) return false;
    }
    return harness_operations_end(h);
}

static zxp_profile profile_of(const struct fuzz_header *header) {
    return header->profile == 0 ? ZXP_PROFILE_2018 : header->profile == 1 ? ZXP_PROFILE_2020 : ZXP_PROFILE_HEAD;
}

bool harness_run(struct harness *h, const struct fuzz_program *program, unsigned checks) {
    h->program = program;
    h->checks = checks;
    h->calls = 0;
    h->oracle_lost = false;
    memset(h->result_seen, 0, sizeof h->result_seen);
    h->finding = (struct finding){.kind = FINDING_NONE};
    zxp_profile profile = profile_of(&program->header);
    zxp_world_reset(h->core, profile);
    zxp_world_attach(h->core, &h->context);
    if ((checks & CHECK_ORACLE) != 0) oracle_reset(h->oracle, profile);
    if (h->script != NULL) script_begin(h->script, "fuzz input", profile);
    if (!harness_prologue(h) || !run_records(h)) return false;
    return (checks & CHECK_PROPERTIES) == 0 || harness_properties(h);
}
