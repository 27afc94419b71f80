/* twin.c - the session run once more (twin.h). */
#include "twin.h"

#include <string.h>

#include "../fuzz/agree/agree.h"
#include "past.h"

void twin_threads(oracle *o, uint32_t count) {
    while (oracle_thread_count(o) < count && oracle_thread_create(o) != ZXP_NO_THREAD) {
    }
}

static void tell_oracle(void *user, const zxp_event *event) {
    oracle *o = user;
    if (event->kind != ZXP_EVENT_CALL || event->call == NULL) return;
    twin_threads(o, event->call->thread + 1);
    (void)oracle_call(o, event->call);
}

static const char *step_text(const struct interp *in, uint64_t step) { return past_text(in, past_at(in, step)); }

static bool run_step(struct interp *twin, const char *text) {
    interp_run(twin, source_create("session", text, strlen(text)));
    return !twin->had_error;
}

static bool begin(struct stmt *s, zxp_profile profile, struct interp *twin) {
    struct interp_options options = s->in->options;
    if (past_first(s->in) > 0)
        return stmt_error(s, s->words[0].begin, "the session is too long: its beginning is forgotten");
    options.profile = profile;
    options.interactive = true;
    options.keep_history = options.update = false;
    interp_init(twin, &options);
    twin->interrupt = s->in->interrupt;
    return true;
}

/* Statement by statement on both, up to the first that differs. */
static bool run_both(struct stmt *s, struct interp twin[2], struct buf *difference) {
    char fact[320];
    for (uint64_t step = 1; step <= past_depth(s->in); step++) {
        const char *text = step_text(s->in, step);
        if (!run_step(&twin[0], text) || !run_step(&twin[1], text))
            return stmt_error(s, s->words[0].begin, "`%.60s' is an error there", text);
        if (agree_same_worlds(twin[0].world, twin[1].world, fact, sizeof fact)) continue;
        buf_format(difference, "after `%s': %s", text, fact);
        return false;
    }
    return true;
}

bool twin_worlds(struct stmt *s, const zxp_profile profile[2], zxp_world *world[2], struct buf *difference) {
    struct interp twin[2];
    if (!begin(s, profile[0], &twin[0])) return false;
    (void)begin(s, profile[1], &twin[1]);
    bool well = run_both(s, twin, difference);
    for (int i = 0; i < 2; i++) {
        world[i] = well ? zxp_world_clone(twin[i].world) : NULL;
        interp_clear(&twin[i]);
    }
    if (well && (world[0] == NULL || world[1] == NULL)) return stmt_error(s, s->words[0].begin, "memory is short");
    return well;
}

/* What has brought the world here must be calls that can be made again. */
static bool is_like_the_session(struct stmt *s, const struct interp *twin, const oracle *o) {
    bool same = zxp_world_hash(twin->world, ZXP_FORM_FULL) == zxp_world_hash(s->in->world, ZXP_FORM_FULL);
    if (!same) return stmt_error(s, s->words[0].begin, "the session cannot be run again by its statements alone");
    if (!oracle_out_of_bounds(o)) return true;
    return stmt_error(s, s->words[0].begin, "the oracle has no room for it: %s", oracle_out_of_bounds_reason(o));
}

oracle *twin_oracle(struct stmt *s) {
    struct interp twin;
    zxp_profile profile = zxp_world_profile(s->in->world);
    oracle *o = oracle_create(profile);
    if (o == NULL) stmt_set_error(s, s->words[0].begin, "memory is short");
    if (o == NULL || !begin(s, profile, &twin)) {
        oracle_destroy(o);
        return NULL;
    }
    twin.hooks = (struct interp_hooks){.user = o, .event = tell_oracle};
    for (uint64_t step = 1; step <= past_depth(s->in) && run_step(&twin, step_text(s->in, step)); step++) {
    }
    twin_threads(o, zxp_thread_count(twin.world));
    bool well = is_like_the_session(s, &twin, o);
    interp_clear(&twin);
    if (well) return o;
    oracle_destroy(o);
    return NULL;
}
