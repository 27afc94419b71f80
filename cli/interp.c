#include "interp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "flow.h"

bool interp_interrupted(const struct interp *in) {
    return in->interrupt && *in->interrupt;
}

static bool interrupted(void *user) {
    return interp_interrupted(user);
}

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

static void clear_history(struct interp *in) {
    while (in->history_count)
        snapshot_clear(&in->history[--in->history_count]);
    while (in->future_count)
        snapshot_clear(&in->future[--in->future_count]);
}

void interp_clear(struct interp *in) {
    clear_history(in);
    flow_pop_all(in);
    flow_clear_defs(in);
    flow_clear_case(in);
    map_clear(&in->defs);
    free(in->def_list);
    free(in->frames);
    session_clear(&in->session);
    diag_clear(&in->diag);
    zxp_world_destroy(in->world);
    free(in->history);
    free(in->future);
    free(in->calls);
    *in = (struct interp){0};
}

void interp_reset(struct interp *in, zxp_profile profile) {
    clear_history(in);
    zxp_world_reset(in->world, profile);
    session_clear(&in->session);
    session_init(&in->session, in->world);
}

int interp_exit_status(const struct interp *in) {
    return in->had_error ? 2 : in->had_failure ? 1 : 0;
}

bool interp_error(struct interp *in, struct source *source, size_t offset, const char *format, ...) {
    if (in->diag.set)
        return false;
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
        if (strlen(scope->names[i]) == length && memcmp(scope->names[i], name, length) == 0)
            return scope->words[i];
    }
    return NULL;
}

const char *scope_find(const struct interp *in, struct scope *scope, const char *name, size_t length,
                       struct scope **outer) {
    const char *word = find_in(scope, name, length);
    *outer = word ? scope->caller : NULL;
    if (!word && in->case_scope && scope != in->case_scope)
        word = find_in(in->case_scope, name, length);
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
    if (in->hooks.output)
        in->hooks.output(in->hooks.user, text, strlen(text));
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

struct snapshot interp_snapshot(const struct interp *in) {
    struct snapshot snapshot = {.world = zxp_world_clone(in->world)};
    session_copy(&snapshot.session, &in->session);
    return snapshot;
}

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

void interp_restore(struct interp *in, const struct snapshot *snapshot) {
    if (!snapshot->world || zxp_world_copy(in->world, snapshot->world) != ZX_OK)
        return;
    session_clear(&in->session);
    session_copy(&in->session, &snapshot->session);
}

/* Moves `count` states from one stack to the other; the present state goes first, the last one taken becomes present.
 * */
static void shift_states(struct interp *in, struct snapshot *from, size_t *from_count, struct snapshot **to,
                         size_t *to_count, size_t *to_capacity, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        *to = mem_grow(*to, *to_count, to_capacity, sizeof **to);
        (*to)[(*to_count)++] = interp_snapshot(in);
        struct snapshot *state = &from[--*from_count];
        interp_restore(in, state);
        snapshot_clear(state);
    }
}

bool interp_undo(struct interp *in, uint64_t count) {
    if (count > in->history_count)
        return false;
    shift_states(in, in->history, &in->history_count, &in->future, &in->future_count, &in->future_capacity, count);
    return true;
}

bool interp_redo(struct interp *in, uint64_t count) {
    if (count > in->future_count)
        return false;
    shift_states(in, in->future, &in->future_count, &in->history, &in->history_count, &in->history_capacity, count);
    return true;
}
