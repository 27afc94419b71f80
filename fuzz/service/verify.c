/*
 * verify.c - all interleavings of a service with its clients,
 * breadth first: a finding comes with a shortest script (service.h).
 *
 * Worlds are kept only for the states of the level that is being gone on from and of the next one;
 * of every state its parent and the step from it are kept, from which scripts are made again.
 */
#include <stdlib.h>
#include <string.h>

#include "service.h"

struct node {
    uint32_t parent;
    struct service_action action;
};

struct level {
    struct service_state *state;
    uint32_t *node;
    size_t count, capacity;
};

struct search {
    struct service_setting setting;
    const struct service_options *options;
    struct service_result *result;
    struct service_state first, scratch;
    struct node *nodes;
    size_t node_count, node_capacity;
    uint64_t *seen; /* open addressing; 0: empty */
    size_t seen_capacity;
    struct level now, next;
    bool over;
};

/* ---- Setting up ---- */

static uint64_t call(zxp_world *world, zxp_op_call made) {
    uint64_t handle = 0;
    zxp_call(world, &made);
    zxp_field(world, made.thread, "handle", &handle);
    return handle;
}

static void make_world(struct search *s) {
    struct service_setting *set = &s->setting;
    zxp_world *world = s->first.world;
    uint64_t options =
        (set->service->trap_dirty ? ZX_VMO_TRAP_DIRTY : 0u) | (set->service->resizable ? ZX_VMO_RESIZABLE : 0u);
    set->main = ZXP_MAIN_THREAD;
    set->pager = (zx_handle_t)call(world, (zxp_op_call){.op = ZXP_OP_PAGER_CREATE});
    set->port = (zx_handle_t)call(world, (zxp_op_call){.op = ZXP_OP_PORT_CREATE});
    set->vmo = (zx_handle_t)call(
        world, (zxp_op_call){.op = ZXP_OP_PAGER_CREATE_VMO,
                             .args = {set->pager, options, set->port, 1, set->pages * ZXP_PAGE_SIZE}});
    set->vmo_koid = zxp_koid_of(world, set->vmo);
    set->port_koid = zxp_koid_of(world, set->port);
    for (unsigned i = 0; i < SERVICE_ACTORS; i++) zxp_thread_create(world, &set->actor_thread[i]);
    for (uint8_t i = 0; i < set->client_count; i++) zxp_thread_create(world, &set->client_thread[i]);
}

static void make_ghost(struct search *s) {
    struct service_ghost *g = &s->first.ghost;
    const struct service_options *o = s->options;
    for (uint8_t p = 0; p < s->setting.pages; p++) g->disk[p] = g->truth[p] = (uint8_t)('A' + p);
    g->space = s->setting.service->space;
    g->evictions = o->evictions;
    g->failures = o->failures;
    for (unsigned i = 0; i < SERVICE_TASKS; i++) g->runs[i] = o->runs;
    for (uint8_t i = 0; i < s->setting.client_count; i++) {
        g->client[i] = (struct service_client){.kind = i < o->writers ? SERVICE_WRITER : SERVICE_READER,
                                               .left = i < o->writers ? 2 : 1};
    }
}

/* ---- States ---- */

static bool grow_seen(struct search *s) {
    size_t capacity = s->seen_capacity == 0 ? 1 << 16 : s->seen_capacity * 2;
    uint64_t *seen = calloc(capacity, sizeof *seen);
    if (seen == NULL) return false;
    for (size_t i = 0; i < s->seen_capacity; i++) {
        size_t at = s->seen[i] & (capacity - 1);
        if (s->seen[i] == 0) continue;
        while (seen[at] != 0) at = (at + 1) & (capacity - 1);
        seen[at] = s->seen[i];
    }
    free(s->seen);
    s->seen = seen;
    s->seen_capacity = capacity;
    return true;
}

/* True if it is new. */
static bool add_seen(struct search *s, uint64_t hash) {
    hash += hash == 0;
    if (s->node_count * 2 >= s->seen_capacity && !grow_seen(s)) {
        s->result->out_of_memory = s->over = true;
        return false;
    }
    size_t at = hash & (s->seen_capacity - 1);
    for (; s->seen[at] != 0; at = (at + 1) & (s->seen_capacity - 1)) {
        if (s->seen[at] == hash) return false;
    }
    s->seen[at] = hash;
    return true;
}

static void *grown(void *array, size_t count, size_t *capacity, size_t element) {
    if (count < *capacity) return array;
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *new = realloc(array, wanted * element);
    if (new != NULL) *capacity = wanted;
    return new;
}

static bool add_node(struct search *s, uint32_t parent, struct service_action action) {
    struct node *nodes = grown(s->nodes, s->node_count, &s->node_capacity, sizeof *nodes);
    if (nodes == NULL) return false;
    s->nodes = nodes;
    s->nodes[s->node_count++] = (struct node){parent, action};
    return true;
}

/* The scratch state goes to the next level; a new scratch is made. */
static bool keep_scratch(struct search *s) {
    struct level *level = &s->next;
    if (level->count == level->capacity) {
        size_t capacity = level->capacity;
        struct service_state *state = grown(level->state, level->count, &capacity, sizeof *state);
        if (state == NULL) return false;
        level->state = state;
        uint32_t *node = realloc(level->node, capacity * sizeof *node);
        if (node == NULL) return false;
        level->node = node;
        level->capacity = capacity;
    }
    zxp_world *copy = zxp_world_clone(s->scratch.world);
    if (copy == NULL) return false;
    level->state[level->count] = (struct service_state){copy, s->scratch.ghost};
    level->node[level->count++] = (uint32_t)(s->node_count - 1);
    return true;
}

/* ---- Findings ---- */

static void write_script(struct search *s, uint32_t node) {
    uint32_t *path = malloc((size_t)(s->result->depth + 2) * sizeof *path);
    struct service_finding ignored = {0};
    size_t count = 0;
    if (path == NULL || zxp_world_copy(s->scratch.world, s->first.world) != ZX_OK) {
        free(path);
        return;
    }
    s->scratch.ghost = s->first.ghost;
    for (; node != 0; node = s->nodes[node].parent) path[count++] = node;
    service_say(&s->result->script, "create v %u%s%s\n", s->setting.pages,
                s->setting.service->trap_dirty ? " trap-dirty" : "", s->setting.service->resizable ? " resizable" : "");
    while (count > 0)
        service_apply(&s->setting, &s->scratch, s->nodes[path[--count]].action, &ignored, &s->result->script);
    free(path);
}

/* ---- Going on ---- */

static void try_action(struct search *s, size_t i, struct service_action action, bool *any) {
    const struct service_state *from = &s->now.state[i];
    if (s->over || !service_enabled(&s->setting, from, action)) return;
    *any = true;
    if (zxp_world_copy(s->scratch.world, from->world) != ZX_OK) {
        s->result->out_of_memory = s->over = true;
        return;
    }
    s->scratch.ghost = from->ghost;
    s->result->transitions++;
    service_apply(&s->setting, &s->scratch, action, &s->result->finding, NULL);
    service_check(&s->setting, &s->scratch, &s->result->finding);
    bool found = s->result->finding.rule[0] != 0;
    if (!found && !add_seen(s, service_hash(&s->scratch))) return;
    if (!add_node(s, s->now.node[i], action) || (!found && !keep_scratch(s))) {
        s->result->out_of_memory = s->over = true;
        return;
    }
    if (!found) return;
    s->over = true;
    write_script(s, (uint32_t)(s->node_count - 1));
}

static void expand(struct search *s, size_t i) {
    bool any = false;
    for (unsigned kind = SERVICE_CLIENT; kind <= SERVICE_EVICT; kind++) {
        bool by_page = kind == SERVICE_CLIENT || kind == SERVICE_EVICT;
        uint8_t who = kind == SERVICE_CLIENT  ? s->setting.client_count
                      : kind == SERVICE_TAKE  ? SERVICE_HANDLERS
                      : kind == SERVICE_START ? SERVICE_TASKS
                      : kind == SERVICE_EVICT ? 1
                                              : SERVICE_ACTORS;
        for (uint8_t w = 0; w < who; w++) {
            bool taken = kind == SERVICE_TAKE && any && w > 0 && s->now.state[i].ghost.actor[w - 1].running == 0;
            for (uint8_t p = 0; p < (by_page ? s->setting.pages : 1) && !taken; p++)
                try_action(s, i, (struct service_action){(uint8_t)kind, w, p}, &any);
        }
    }
    if (any || s->over) return;
    service_check_end(&s->setting, &s->now.state[i], &s->result->finding);
    if (s->result->finding.rule[0] == 0) return;
    s->over = true;
    write_script(s, s->now.node[i]);
}

static void clear_level(struct level *level) {
    for (size_t i = 0; i < level->count; i++) zxp_world_destroy(level->state[i].world);
    level->count = 0;
}

static void search(struct search *s) {
    const struct service_options *o = s->options;
    while (!s->over && s->next.count > 0) {
        struct level now = s->now;
        s->now = s->next;
        s->next = now;
        for (size_t i = 0; i < s->now.count && !s->over; i++) {
            expand(s, i);
            if (o->max_states != 0 && s->node_count >= o->max_states) s->over = true;
            if (i % 256 == 0 && o->progress != NULL && !o->progress(o->user, s->node_count, s->result->depth))
                s->over = true;
        }
        clear_level(&s->now);
        s->result->depth++;
    }
    s->result->complete = !s->over;
    s->result->states = s->node_count;
}

void service_verify(const struct service *service, const struct service_options *options,
                    struct service_result *result) {
    struct search s = {.options = options, .result = result};
    memset(result, 0, sizeof *result);
    s.setting = (struct service_setting){
        .service = service, .pages = options->pages, .damaged = service->bad, .failures = options->failures};
    s.setting.client_count = (uint8_t)(options->readers + options->writers);
    if (s.setting.client_count > SERVICE_CLIENTS) s.setting.client_count = SERVICE_CLIENTS;
    s.first.world = zxp_world_create(NULL);
    result->out_of_memory = s.first.world == NULL;
    if (s.first.world != NULL) {
        make_world(&s);
        make_ghost(&s);
        s.scratch.world = zxp_world_clone(s.first.world);
        s.scratch.ghost = s.first.ghost;
        result->out_of_memory =
            s.scratch.world == NULL || !add_node(&s, 0, (struct service_action){0}) || !keep_scratch(&s);
    }
    if (!result->out_of_memory) search(&s);
    clear_level(&s.now);
    clear_level(&s.next);
    zxp_world_destroy(s.first.world);
    zxp_world_destroy(s.scratch.world);
    free(s.now.state);
    free(s.now.node);
    free(s.next.state);
    free(s.next.node);
    free(s.nodes);
    free(s.seen);
}
