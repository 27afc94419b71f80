/*
 * capture.c - scripts as fuzz programs (capture.h).
 *
 * The calls are taken down as they are made, with plain numbers; afterwards they are made once more in a new world and
 * said in terms of what exists there, so that they keep their sense under mutation.
 */
#include "capture.h"

#include <stdlib.h>

#include "interp.h"
#include "mem.h"

struct capture {
    struct interp in;
    struct fuzz_program *plain, *natural; /* numbers; what exists */
    bool full;
    void (*told)(void *user, const char *name, const struct fuzz_program *program);
    void *user;
};

static void begin(struct capture *c) {
    c->plain->header = (struct fuzz_header){.version = FUZZ_VERSION};
    c->plain->count = 0;
    c->full = false;
}

static void on_event(void *user, const zxp_event *event) {
    struct capture *c = user;
    if (event->kind != ZXP_EVENT_CALL || c->full) return;
    zxp_profile profile = zxp_world_profile(c->in.world);
    c->plain->header.profile = profile == ZXP_PROFILE_2018 ? 0 : profile == ZXP_PROFILE_2020 ? 1 : 2;
    c->full = !fuzz_append_call(c->plain, event->call);
    if (!c->full && event->thread != ZXP_NO_THREAD && event->call->thread > c->plain->header.threads)
        c->plain->header.threads = (uint8_t)event->call->thread;
}

static void say_naturally(struct capture *c) {
    static const zxp_profile profiles[] = {ZXP_PROFILE_2018, ZXP_PROFILE_2020, ZXP_PROFILE_HEAD};
    zxp_options options = {.profile = profiles[c->plain->header.profile]};
    zxp_world *world = zxp_world_create(&options);
    struct fuzz_scratch scratch;
    zxp_op_call call;
    uint32_t thread;
    c->natural->header = c->plain->header;
    c->natural->header.pool_words = 0;
    c->natural->header.threads = c->plain->header.threads < 3 ? c->plain->header.threads : 3;
    c->natural->count = 0;
    for (uint32_t i = 0; world && i < c->plain->header.threads; i++) (void)zxp_thread_create(world, &thread);
    for (uint32_t i = 0; world && i < c->plain->count; i++) {
        fuzz_resolve(c->plain, i, world, &scratch, &call);
        if (!fuzz_append_natural(c->natural, world, &call)) break;
        (void)zxp_call(world, &call);
    }
    zxp_world_destroy(world);
}

static void on_case_begin(void *user, const char *name) {
    (void)name;
    begin(user);
}

static void on_case_end(void *user, const char *name, enum case_result result, const char *why) {
    struct capture *c = user;
    (void)result;
    (void)why;
    if (c->plain->count == 0) return;
    say_naturally(c);
    c->told(c->user, name, c->natural);
    begin(c);
}

bool capture_script(struct source *source,
                    void (*told)(void *user, const char *name, const struct fuzz_program *program), void *user) {
    struct capture c = {.told = told, .user = user};
    struct interp_options options = {.no_files = false};
    c.plain = mem_alloc(sizeof *c.plain);
    c.natural = mem_alloc(sizeof *c.natural);
    begin(&c);
    interp_init(&c.in, &options);
    c.in.hooks =
        (struct interp_hooks){.user = &c, .event = on_event, .case_begin = on_case_begin, .case_end = on_case_end};
    interp_run(&c.in, source);
    interp_finish(&c.in);
    bool sound = interp_exit_status(&c.in) < 2;
    interp_clear(&c.in);
    free(c.plain);
    free(c.natural);
    return sound;
}
