/* past.c - the tree of moments (past.h). */
#include "past.h"

#include <stdlib.h>
#include <string.h>

#include "patch.h"
#include "save.h"
#include "zxpager/delta.h"

enum { MOMENTS_KEPT = 1 << 20 };

struct moment {
    uint32_t before, children;
    uint64_t depth;
    zxp_delta *delta; /* between this moment and the one before it, away from the present one; the first one: NULL */
    struct patch *session; /* likewise */
    char *text;            /* NUL, then what came */
};

struct branch {
    char *name;
    uint32_t head;
};

struct past {
    struct moment *moments;
    size_t count, capacity;
    uint32_t *free; /* slots of `moments` */
    size_t free_count, free_capacity;
    uint32_t first, present;
    zxp_world *mirror, *spare; /* the mirror is at `present`, or on a visit elsewhere */
    struct buf session, spare_session;
    struct branch *branches;
    size_t branch_count, branch_capacity, current;
};

static struct moment *moment(const struct past *past, uint32_t i) { return &past->moments[i]; }

static uint32_t head(const struct past *past) { return past->branches[past->current].head; }

/* ---- Moments ---- */

static uint32_t new_moment(struct past *past, uint32_t before, const char *text, size_t length, const char *came) {
    uint32_t slot;
    if (past->free_count > 0) {
        slot = past->free[--past->free_count];
    } else {
        past->moments = mem_grow(past->moments, past->count, &past->capacity, sizeof *past->moments);
        slot = (uint32_t)past->count++;
    }
    size_t came_length = strlen(came);
    char *texts = mem_alloc(length + came_length + 2);
    memcpy(texts, text, length); // NOLINT(bugprone-not-null-terminated-result): the block is zeroed
    memcpy(texts + length + 1, came, came_length + 1);
    past->moments[slot] = (struct moment){.before = before, .text = texts};
    if (before != PAST_NO_MOMENT) {
        past->moments[before].children++;
        past->moments[slot].depth = past->moments[before].depth + 1;
    }
    return slot;
}

static void clear_moment(struct moment *m) {
    zxp_delta_destroy(m->delta);
    free(m->session);
    free(m->text);
    *m = (struct moment){0};
}

static void free_moment(struct past *past, uint32_t slot) {
    clear_moment(moment(past, slot));
    past->free = mem_grow(past->free, past->free_count, &past->free_capacity, sizeof *past->free);
    past->free[past->free_count++] = slot;
}

static bool is_head(const struct past *past, uint32_t slot) {
    for (size_t i = 0; i < past->branch_count; i++) {
        if (past->branches[i].head == slot) return true;
    }
    return false;
}

/* Forgets what no branch leads to, from a moment backwards. */
static void prune(struct past *past, uint32_t slot) {
    while (slot != past->present && moment(past, slot)->children == 0 && !is_head(past, slot)) {
        uint32_t before = moment(past, slot)->before;
        free_moment(past, slot);
        moment(past, before)->children--;
        slot = before;
    }
}

/* Forgets an eighth of the oldest moments, as far as no branch leaves the line there. */
static void forget_oldest(struct past *past) {
    uint64_t until = moment(past, past->first)->depth + MOMENTS_KEPT / 8;
    uint32_t slot = past->present, line = PAST_NO_MOMENT;
    for (uint32_t at = slot; at != PAST_NO_MOMENT; at = moment(past, at)->before) {
        if (moment(past, at)->children > 1 || is_head(past, at)) line = at;
    }
    if (line == PAST_NO_MOMENT) line = slot;
    if (moment(past, line)->depth < until) until = moment(past, line)->depth;
    while (moment(past, slot)->depth > until) slot = moment(past, slot)->before;
    for (uint32_t at = slot; at != past->first;) {
        uint32_t before = moment(past, at)->before;
        if (at != slot) free_moment(past, at);
        at = before;
    }
    if (slot == past->first) return;
    free_moment(past, past->first);
    zxp_delta_destroy(moment(past, slot)->delta);
    free(moment(past, slot)->session);
    moment(past, slot)->delta = NULL;
    moment(past, slot)->session = NULL;
    moment(past, slot)->before = PAST_NO_MOMENT;
    past->first = slot;
}

/* ---- The mirror ---- */

static void add_branch(struct past *past, const char *name, uint32_t at) {
    past->branches = mem_grow(past->branches, past->branch_count, &past->branch_capacity, sizeof *past->branches);
    past->branches[past->branch_count] = (struct branch){mem_copy_text(name, strlen(name)), at};
    past->current = past->branch_count++;
}

static bool start(struct interp *in) {
    struct past *past = mem_alloc(sizeof *past);
    in->past = past;
    past->mirror = zxp_world_clone(in->world);
    past->spare = zxp_world_clone(in->world);
    save_put_session(&past->session, &in->session);
    past->first = past->present = new_moment(past, PAST_NO_MOMENT, "", 0, "");
    add_branch(past, "main", past->first);
    return past->mirror != NULL && past->spare != NULL;
}

void past_clear(struct interp *in) {
    struct past *past = in->past;
    if (past == NULL) return;
    for (size_t i = 0; i < past->count; i++) clear_moment(&past->moments[i]);
    for (size_t i = 0; i < past->branch_count; i++) free(past->branches[i].name);
    zxp_world_destroy(past->mirror);
    zxp_world_destroy(past->spare);
    buf_free(&past->session);
    buf_free(&past->spare_session);
    free(past->moments);
    free(past->free);
    free(past->branches);
    free(past);
    in->past = NULL;
}

/* The spare becomes what the interpreter has now; false when memory is short. */
static bool look(struct interp *in) {
    struct past *past = in->past;
    past->spare_session.n = 0;
    save_put_session(&past->spare_session, &in->session);
    return zxp_world_copy(past->spare, in->world) == ZX_OK;
}

static void exchange(struct past *past) {
    zxp_world *world = past->mirror;
    struct buf session = past->session;
    past->mirror = past->spare;
    past->session = past->spare_session;
    past->spare = world;
    past->spare_session = session;
}

/* The edge before the moment becomes what turns the mirror into the spare. */
static bool set_edge(struct past *past, uint32_t slot) {
    struct moment *m = moment(past, slot);
    zxp_delta *delta = zxp_delta_create(past->mirror, past->spare);
    if (delta == NULL) return false;
    zxp_delta_destroy(m->delta);
    free(m->session);
    m->delta = delta;
    m->session = patch_create(&past->session, &past->spare_session);
    return true;
}

/* Takes the mirror over the edge before a moment, in whatever direction it leads now. */
static bool cross(struct past *past, uint32_t slot) {
    const struct moment *m = moment(past, slot);
    past->spare_session.n = 0;
    buf_add(&past->spare_session, past->session.s, past->session.n);
    if (zxp_world_copy(past->spare, past->mirror) != ZX_OK || zxp_delta_apply(past->mirror, m->delta) != ZX_OK)
        return false;
    patch_apply(&past->session, m->session);
    return set_edge(past, slot);
}

/* Takes the mirror from one moment to another: up to where their lines meet, then down. */
static bool walk(struct past *past, uint32_t from, uint32_t to) {
    uint32_t *down = NULL;
    size_t count = 0, capacity = 0;
    bool good = true;
    while (good && from != to) {
        if (moment(past, from)->depth >= moment(past, to)->depth) {
            good = cross(past, from);
            from = moment(past, from)->before;
            continue;
        }
        down = mem_grow(down, count, &capacity, sizeof *down);
        down[count++] = to;
        to = moment(past, to)->before;
    }
    while (good && count > 0) good = cross(past, down[--count]);
    free(down);
    return good;
}

/* ---- Steps ---- */

/* What differs between mirror and interpreter is no step of its own: the present moment becomes as it is now. */
static bool amend(struct interp *in) {
    struct past *past = in->past;
    if (past->present == past->first) {
        exchange(past);
        return true;
    }
    struct moment *m = moment(past, past->present);
    if (zxp_delta_apply(past->mirror, m->delta) != ZX_OK) return false;
    patch_apply(&past->session, m->session);
    exchange(past);
    return set_edge(past, past->present);
}

static bool is_at_mirror(const struct past *past) {
    zxp_delta *delta = zxp_delta_create(past->mirror, past->spare);
    zxp_delta *none = zxp_delta_create(past->spare, past->spare);
    bool same = delta != NULL && none != NULL && zxp_delta_bytes(delta) == zxp_delta_bytes(none);
    zxp_delta_destroy(delta);
    zxp_delta_destroy(none);
    return same && past->session.n == past->spare_session.n &&
           memcmp(past->session.s, past->spare_session.s, past->session.n) == 0;
}

void past_begin(struct interp *in) {
    if (in->past == NULL) {
        if (!start(in)) past_clear(in);
        return;
    }
    /* With moments ahead the edges after the present one would not
     * fit any more: then what differs becomes part of the next step. */
    if (moment(in->past, in->past->present)->children > 0) return;
    if (!look(in) || (!is_at_mirror(in->past) && !amend(in))) past_clear(in);
}

void past_add(struct interp *in, const char *text, size_t length, const char *came) {
    struct past *past = in->past;
    if (past == NULL) return;
    uint32_t old = head(past), slot = new_moment(past, past->present, text, length, came);
    bool good = look(in);
    exchange(past);
    if (!good || !set_edge(past, slot)) {
        past_clear(in);
        return;
    }
    past->present = slot;
    past->branches[past->current].head = slot;
    prune(past, old);
    if (past->count - past->free_count > MOMENTS_KEPT) forget_oldest(past);
}

static void adopt_mirror(struct interp *in) {
    struct session session;
    if (zxp_world_copy(in->world, in->past->mirror) != ZX_OK) return;
    if (!save_get_session(&in->past->session, &session, in->world)) {
        session_clear(&session);
        return;
    }
    session_clear(&in->session);
    in->session = session;
}

void past_restore(struct interp *in) {
    if (in->past != NULL) adopt_mirror(in);
}

/* ---- Where we are ---- */

uint64_t past_depth(const struct interp *in) {
    return in->past == NULL ? 0 : moment(in->past, in->past->present)->depth;
}

uint64_t past_ahead(const struct interp *in) {
    return in->past == NULL ? 0 : moment(in->past, head(in->past))->depth - past_depth(in);
}

uint64_t past_first(const struct interp *in) { return in->past == NULL ? 0 : moment(in->past, in->past->first)->depth; }

uint32_t past_at(const struct interp *in, uint64_t depth) {
    if (in->past == NULL) return PAST_NO_MOMENT;
    uint32_t slot = depth <= past_depth(in) ? in->past->present : head(in->past);
    while (slot != PAST_NO_MOMENT && moment(in->past, slot)->depth > depth) slot = moment(in->past, slot)->before;
    return slot != PAST_NO_MOMENT && moment(in->past, slot)->depth == depth ? slot : PAST_NO_MOMENT;
}

const char *past_text(const struct interp *in, uint32_t slot) { return moment(in->past, slot)->text; }

const char *past_came(const struct interp *in, uint32_t slot) {
    const char *text = moment(in->past, slot)->text;
    return text + strlen(text) + 1;
}

uint32_t past_before(const struct interp *in, uint32_t slot) { return moment(in->past, slot)->before; }

/* ---- Going ---- */

void past_go(struct interp *in, uint32_t slot) {
    if (!walk(in->past, in->past->present, slot)) {
        past_clear(in); /* memory is short: the world stays as it is, without its past */
        return;
    }
    in->past->present = slot;
    adopt_mirror(in);
}

uint32_t past_find_back(struct interp *in, bool (*holds)(const void *user, const zxp_world *world), const void *user) {
    struct past *past = in->past;
    if (past == NULL) return PAST_NO_MOMENT;
    uint32_t slot = past->present, found = PAST_NO_MOMENT;
    while (slot != past->first && found == PAST_NO_MOMENT) {
        if (!cross(past, slot)) break;
        slot = moment(past, slot)->before;
        if (holds(user, past->mirror)) found = slot;
    }
    if (!walk(past, slot, past->present)) past_clear(in);
    return in->past == NULL ? PAST_NO_MOMENT : found;
}

bool past_visit(struct interp *in, uint32_t slot, struct snapshot *snapshot) {
    struct past *past = in->past;
    if (!walk(past, past->present, slot)) return false;
    snapshot->world = zxp_world_clone(past->mirror);
    bool good = snapshot->world != NULL && save_get_session(&past->session, &snapshot->session, past->mirror);
    return walk(past, slot, past->present) && good;
}

/* ---- Branches ---- */

bool past_branch_at(const struct interp *in, size_t i, struct past_branch *branch) {
    if (in->past == NULL || i >= in->past->branch_count) return false;
    const struct branch *b = &in->past->branches[i];
    *branch = (struct past_branch){b->name, b->head, moment(in->past, b->head)->depth, i == in->past->current};
    return true;
}

static bool find_branch(const struct past *past, const char *name, size_t *index) {
    for (*index = 0; *index < past->branch_count; ++*index) {
        if (strcmp(past->branches[*index].name, name) == 0) return true;
    }
    return false;
}

bool past_new_branch(struct interp *in, const char *name) {
    size_t index;
    if (in->past == NULL && !start(in)) past_clear(in);
    if (in->past == NULL || find_branch(in->past, name, &index)) return false;
    add_branch(in->past, name, in->past->present);
    return true;
}

bool past_switch(struct interp *in, const char *name) {
    size_t index;
    if (in->past == NULL || !find_branch(in->past, name, &index)) return false;
    in->past->current = index;
    past_go(in, head(in->past));
    return true;
}

size_t past_bytes(const struct interp *in) {
    const struct past *past = in->past;
    if (past == NULL) return 0;
    size_t bytes = past->capacity * sizeof *past->moments + past->free_capacity * sizeof *past->free;
    for (size_t i = 0; i < past->count; i++) {
        const struct moment *m = &past->moments[i];
        if (m->text == NULL) continue;
        bytes += m->delta == NULL ? 0 : zxp_delta_bytes(m->delta);
        bytes += patch_bytes(m->session) + strlen(m->text) + strlen(m->text + strlen(m->text) + 1) + 2;
    }
    return bytes + 2 * zxp_world_bytes(past->mirror);
}
