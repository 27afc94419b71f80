#include "interp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "flow.h"
#include "past.h"
#include "told.h"

bool interp_interrupted(const struct interp *in) { return in->interrupt && *in->interrupt; }

static bool interrupted(void *user) { return interp_interrupted(user); }

void interp_init(struct interp *in, const struct interp_options *options) {
    *in = (struct interp){.options = *options};
    zxp_options world = {.profile = options->profile, .memory_limit = options->memory_limit};
    in->world = zxp_world_create(&world);
    if (!in->world) {
        (void)fputs("zxpager-repl: error: no memory for a world (see --max-memory)\n", stderr);
        exit(2);
    }
    in->context = (zxp_context){.observe = exec_observe, .interrupted = interrupted, .user = in};
    zxp_world_attach(in->world, &in->context);
    session_init(&in->session, in->world);
}

void interp_clear(struct interp *in) {
    past_clear(in);
    flow_pop_all(in);
    flow_clear_defs(in);
    flow_clear_services(in);
    flow_clear_case(in);
    map_clear(&in->defs);
    free(in->def_list);
    free(in->frames);
    session_clear(&in->session);
    diag_clear(&in->diag);
    zxp_world_destroy(in->world);
    told_clear(in);
    free(in->noted);
    free(in->calls);
    *in = (struct interp){0};
}

void interp_reset(struct interp *in, zxp_profile profile) {
    past_clear(in);
    zxp_world_reset(in->world, profile);
    session_clear(&in->session);
    session_init(&in->session, in->world);
}

int interp_exit_status(const struct interp *in) { return in->had_error ? 2 : in->had_failure ? 1 : 0; }

bool interp_error(struct interp *in, struct source *source, size_t offset, const char *format, ...) {
    if (in->diag.set) return false;
    va_list args;
    va_start(args, format);
    in->diag.set = true;
    in->diag.source = source ? source_hold(source) : NULL;
    in->diag.offset = offset;
    (void)vsnprintf(in->diag.message, sizeof in->diag.message, format, args);
    va_end(args);
    return false;
}

/* ---- Scopes ---- */

static const char *find_in(const struct scope *scope, const char *name, size_t length) {
    for (size_t i = 0; scope && i < scope->count; i++) {
        if (strlen(scope->names[i]) == length && memcmp(scope->names[i], name, length) == 0) return scope->words[i];
    }
    return NULL;
}

const char *scope_find(const struct interp *in, struct scope *scope, const char *name, size_t length,
                       struct scope **outer) {
    const char *word = find_in(scope, name, length);
    *outer = word ? scope->caller : NULL;
    if (!word && in->case_scope && scope != in->case_scope) word = find_in(in->case_scope, name, length);
    return word;
}

void scope_release(struct scope *scope) {
    while (scope && --scope->references == 0) {
        struct scope *caller = scope->caller;
        for (size_t i = 0; i < scope->count; i++) {
            free(scope->names[i]);
            free(scope->words[i]);
        }
        free(scope->names);
        free(scope->words);
        free(scope);
        scope = caller;
    }
}

/* ---- Output ---- */

void interp_print(struct interp *in, const char *text) {
    if (in->hooks.output) in->hooks.output(in->hooks.user, text, strlen(text));
}

void interp_printf(struct interp *in, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    interp_print(in, text);
}

/* ---- Snapshots, undo ---- */

void snapshot_clear(struct snapshot *snapshot) {
    zxp_world_destroy(snapshot->world);
    session_clear(&snapshot->session);
}

void interp_adopt(struct interp *in, zxp_world *world, struct session *session) {
    zxp_world_attach(in->world, NULL);
    zxp_world_destroy(in->world);
    session_clear(&in->session);
    in->world = world;
    in->session = *session;
    *session = (struct session){0};
    zxp_world_attach(in->world, &in->context);
}

bool interp_undo(struct interp *in, uint64_t count) {
    uint64_t depth = past_depth(in);
    uint32_t moment = count <= depth ? past_at(in, depth - count) : PAST_NO_MOMENT;
    if (moment == PAST_NO_MOMENT) return count == 0;
    past_go(in, moment);
    return true;
}

bool interp_redo(struct interp *in, uint64_t count) {
    if (count > past_ahead(in)) return false;
    if (count > 0) past_go(in, past_at(in, past_depth(in) + count));
    return true;
}
