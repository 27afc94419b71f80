#include "beside.h"

#include <stdlib.h>

#include "cli/twin.h"
#include "fuzz/harness/harness.h"

uint64_t beside_compared;

static struct {
    struct harness harness; /* its oracle, and what harness_compare needs */
    zxp_op_call last;
    bool called;    /* by this statement */
    uint64_t world; /* hash, after the last statement */
} all;

static uint64_t hash_of_new_world(zxp_profile profile) {
    zxp_world *world = zxp_world_create(&(zxp_options){.profile = profile});
    if (world == NULL) abort();
    uint64_t hash = zxp_world_hash(world, ZXP_FORM_FULL);
    zxp_world_destroy(world);
    return hash;
}

void beside_begin(const zxp_world *world) {
    oracle *o = all.harness.oracle;
    zxp_profile profile = zxp_world_profile(world);
    if (o == NULL) o = oracle_create(profile);
    if (o == NULL) abort();
    oracle_reset(o, profile);
    all.world = zxp_world_hash(world, ZXP_FORM_FULL);
    all.harness = (struct harness){.oracle = o, .oracle_lost = all.world != hash_of_new_world(profile)};
    all.called = false;
}

void beside_event(const zxp_event *event) {
    if (event->kind != ZXP_EVENT_CALL || event->call == NULL || all.harness.oracle_lost) return;
    all.last = *event->call;
    all.called = true;
    twin_threads(all.harness.oracle, event->call->thread + 1);
    (void)oracle_call(all.harness.oracle, event->call);
    all.harness.oracle_lost = oracle_out_of_bounds(all.harness.oracle);
}

const char *beside_differs(zxp_world *world) {
    uint64_t hash = zxp_world_hash(world, ZXP_FORM_FULL);
    bool changed = hash != all.world;
    all.world = hash;
    if (changed && !all.called) beside_begin(world);
    if (!all.called || all.harness.oracle_lost) return NULL;
    all.called = false;
    all.harness.core = world;
    twin_threads(all.harness.oracle, zxp_thread_count(world));
    beside_compared++;
    return harness_compare(&all.harness, &all.last, ZXP_RETURNED, ZXP_RETURNED) ? NULL : all.harness.finding.detail;
}
