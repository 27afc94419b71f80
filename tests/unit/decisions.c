/* Which rule decides, where two would give the same status: how often each is taken by a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/suites.h"
#include "zxpager/rules.h"
#include "zxpager/zxpager.h"

static const struct decision {
    const char *script, *rule;
    uint32_t times;
} decisions[] = {
    {"anon a 2; zx_vmo_op_range(a, ZX_VMO_OP_DONT_NEED, 0, 2p)", "vmo-hint.anonymous", 1},
    {"anon a 2; zx_vmo_op_range(a, ZX_VMO_OP_PREFETCH, 0, 2p)", "vmo-hint.anonymous", 1},
    {"create v 3; detach v; always-need v 0 3", "vmo-hint.skipped", 1},
    {"create v 3; t: always-need v 0 1 => blocked; fail v 0", "vmo-hint.skipped", 1},
    {"create v 2; supply v 0 2; clone k v; zero k 0; zero k 0", "vmo-zero.already", 1},
    {"create v 2; supply v 0 2; clone k v; zero k 0; zx_vmo_op_range(k, ZX_VMO_OP_ZERO, 0, 5)", "vmo-zero.already", 1},
    {"create v 4; zero v 0 4; writeback begin v 0 4; writeback end v 1 1", "page.writeback-inside", 1},
    {"create v 4; zero v 0 4; writeback begin v 1 1", "page.writeback-inside", 1},
    {"create v 4; supply v 0 2; write v 0; writeback begin v 0 2", "page.writeback-begun", 1},
    {"create v 4; zero v 0 4; writeback begin v 0 4; writeback begin v 0 4", "page.writeback-zero", 1},
    {"create v 9; t1: commit v 4 4 => blocked; t2: commit v 2 2 => blocked", "request.trimmed-start", 0},
    {"create v 9; t1: commit v 4 4 => blocked; t2: commit v 2 3 => blocked", "request.trimmed-start", 1},
    {"create v 9; t1: commit v 0 4 => blocked; t2: commit v 2 2 => blocked", "request.trimmed-end", 0},
    {"create v 9; t1: commit v 0 4 => blocked; t2: commit v 2 3 => blocked", "request.trimmed-end", 1},
    {"create v 4; t: commit v 0 4 => blocked; fail v 0", "request.error-at-start", 1},
    {"create v 4; t: commit v 0 4 => blocked; fail v 0", "request.error-at-wake", 0},
    {"create v 4; t: read v 0 4 => blocked; supply v 0; fail v 1", "request.error-at-wake", 1},
    {"create v 4; t: read v 0 4 => blocked; supply v 0; fail v 1", "request.error-at-start", 0},
    {"create v 4; t: read v 0 4 => blocked; u: read v 0 4 => blocked; supply v 0; supply v 1", "request.passed-by", 0},
    {"create v 5; t: read v 0 5 => blocked; u: read v 1 3 => blocked; supply v 0 2; supply v 2", "request.passed-by",
     0},
    {"create v 4; read v 0 => blocked; supply v 0", "request.cancelled", 0},
    {"create v 3; anon e 2; supply v 0 1 from=e; supply v 1; supply v 2", "page.supplied-zero", 1},
    {"create v 3; anon e 2; supply v 0 1 from=e; supply v 1; supply v 2", "page.supplied", 2},
    {"create v 1; t: read v 0 => blocked", "packet.read", 1},
    {"create v 1 trap-dirty; supply v 0; t: write v 0 => blocked", "packet.dirty", 1},
    {"create v 2; supply v 0 2; write v 0; write v 1", "page.modified", 1},
    {"create v 4; zero v 0; writeback begin v 0; write v 0", "page.interval-split", 0},
    {"create v 2 trap-dirty; supply v 0 2; age; read v 1; t: zx_vmo_write(v, byte(1), 0, 2p) => blocked",
     "reclaim.accessed", 2},
    {"anon a 3; write a 0; clone k a snapshot; zero k 1", "vmo-zero.dropped", 0},
    {"create v 1; supply v 0; k = zx_vmo_create_child(v, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, 2p); zero k 1",
     "vmo-zero.already", 1},
    {"create v 1; supply v 0; clone k v; write k 0; evict v 0; zero k 0", "vmo-zero.filled", 0},
    {"create v 4; t: commit v 0 4 => blocked; u: commit v 0 1 => blocked; fail v 1", "request.error-missed", 1},
    {"create v 4; t: read v 2 2 => blocked; supply v 0 2", "request.early-wake", 0},
    {"anon a 1; map m a; store(m, byte(1), 1)", "fault.write-fault", 0},
    {"create v 1; t: read v 0 => blocked; kill t; resume t", "thread.over", 1},
    {"anon a 3; write a 0 3; pin a 1 1; zero a 0 3", "vmo-zero.pinned", 1},
    {"create v 3; supply v 0 3; clone k v; write k 0 3; pin k 1 1; zero k 0 3", "vmo-zero.pinned", 1},
    {"create v 2; zx_pager_op_range(pager, ZX_PAGER_OP_FAIL, v, 0, 1p, 0x7fffffff)", "fail.status", 1},
    {"create v 2; zx_pager_op_range(pager, ZX_PAGER_OP_FAIL, v, 0, 1p, 0xffffffff80000000)", "fail.status", 1},
    {"anon a 2; anon b 2; zx_vmo_transfer_data(b, 0, 0, 2p, a, 0)", "transfer.taken", 0},
    {"anon d 4 discardable; commit d 0 4; lock d; unlock d; age; read d 0; reclaim 1", "reclaim.discard-refused", 1},
};

static uint32_t hits[1024];

static bool passes(const char *script) {
    char text[300];
    size_t failed = 0;
    struct watcher watcher = {.rule_hits = hits};
    int length = snprintf(text, sizeof text, "case \"decision\"\n%s\n", script);
    assert_true(length > 0 && length < (int)sizeof text);
    memset(hits, 0, sizeof hits);
    suite_run_source(&watcher, source_create("decision", text, (size_t)length), &failed);
    return failed == 0;
}

static void rules_are_taken_where_they_decide(void **state) {
    (void)state;
    bool good = true;
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
        const struct decision *d = &decisions[i];
        uint16_t rule = zxp_rule_by_id(d->rule, strlen(d->rule));
        bool taken = rule != 0 && passes(d->script) && hits[rule] == d->times;
        if (!taken) (void)printf("# %s: %s %u times, not %u\n", d->script, d->rule, (unsigned)hits[rule], d->times);
        good &= taken;
    }
    assert_true(good);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_are_taken_where_they_decide)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
