/* state.c - the steps of clients, of the kernel and of the service as a whole, and what must hold (service.h). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "service.h"

/* ---- Texts ---- */

void service_say(struct service_text *text, const char *format, ...) {
    char line[200];
    va_list args;
    if (text == NULL) return;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = (text->length + length + 1) * 2;
        char *s = realloc(text->s, capacity);
        if (s == NULL) return;
        text->s = s;
        text->capacity = capacity;
    }
    memcpy(text->s + text->length, line, length + 1);
    text->length += length;
}

void service_breach(struct service_finding *finding, const char *rule, const char *format, ...) {
    va_list args;
    if (finding->rule[0] != 0) return;
    va_start(args, format);
    snprintf(finding->rule, sizeof finding->rule, "%s", rule);
    vsnprintf(finding->fact, sizeof finding->fact, format, args);
    va_end(args);
}

/* ---- What holds ---- */

static uint8_t size_of(const struct service_setting *set, const struct service_state *state) {
    zxp_object_view view;
    if (!zxp_object_get(state->world, set->vmo_koid, &view)) return 0;
    uint64_t pages = view.size / ZXP_PAGE_SIZE;
    return pages < set->pages ? (uint8_t)pages : set->pages;
}

uint8_t service_content(const struct service_setting *set, const struct service_state *state, uint8_t page) {
    zxp_page_run run;
    if (!zxp_page_run_at(state->world, set->vmo_koid, page, &run) || run.letter == '.') return state->ghost.disk[page];
    if (run.letter != 'C' && run.letter != 'D' && run.letter != 'W') return 0;
    return run.content == ZXP_CONTENT_BYTES ? run.bytes[0] : run.fill;
}

static void check_page(const struct service_setting *set, const struct service_state *state, uint8_t page,
                       struct service_finding *finding) {
    zxp_page_run run = {0};
    uint8_t content = service_content(set, state, page), truth = state->ghost.truth[page];
    if (content == truth || (set->damaged >> page & 1) != 0) return;
    (void)zxp_page_run_at(state->world, set->vmo_koid, page, &run);
    if (run.letter == 'C')
        service_breach(finding, "lost update", "page %u is clean and reads as %u, but should as %u", page, content,
                       truth);
    else
        service_breach(finding, "lost update", "page %u (%c) would read as %u, but should as %u", page, run.letter,
                       content, truth);
}

void service_check(const struct service_setting *set, const struct service_state *state,
                   struct service_finding *finding) {
    zxp_page_run run;
    uint8_t dirty = 0;
    for (uint8_t p = 0; p < size_of(set, state); p++) {
        check_page(set, state, p, finding);
        if (zxp_page_run_at(state->world, set->vmo_koid, p, &run))
            dirty = (uint8_t)(dirty + (run.letter == 'D' || run.letter == 'W'));
    }
    if (set->service->reserves && dirty > state->ghost.reserved) {
        service_breach(finding, "INV-S4", "%u dirty pages, but space for %u is reserved", dirty, state->ghost.reserved);
    }
}

static bool anything_dirty(const struct service_setting *set, const struct service_state *state) {
    zxp_page_run run;
    for (uint8_t p = 0; zxp_page_run_at(state->world, set->vmo_koid, p, &run); p++) {
        if (strchr("DWZY", run.letter) != NULL) return true;
    }
    return false;
}

void service_check_end(const struct service_setting *set, const struct service_state *state,
                       struct service_finding *finding) {
    zxp_thread_view view;
    for (unsigned a = 0; a < SERVICE_ACTORS; a++) {
        if (state->ghost.actor[a].running != 0)
            service_breach(finding, "deadlock", "a handler or task of the service can never go on");
    }
    for (uint8_t i = 0; i < set->client_count; i++) {
        if (zxp_thread_get(state->world, set->client_thread[i], &view) && view.state == ZXP_THREAD_BLOCKED) {
            service_breach(finding, "INV-S1", "t%u waits, and nothing will ever answer it", i + 1u);
        }
    }
    if (state->ghost.complete != 0 && state->ghost.failures == set->failures && anything_dirty(set, state)) {
        service_breach(finding, service_rule_forgets.invariant, "%s", service_rule_forgets.fact);
    }
}

/* ---- Steps ---- */

static bool is_ready(const struct service_state *state, uint32_t thread) {
    zxp_thread_view view;
    return zxp_thread_get(state->world, thread, &view) && view.state == ZXP_THREAD_READY;
}

static bool can_evict(const struct service_setting *set, const struct service_state *state, uint8_t page) {
    zxp_page_run run;
    return state->ghost.evictions > 0 && zxp_page_run_at(state->world, set->vmo_koid, page, &run) && run.letter == 'C';
}

static uint8_t task_block(const struct service *service, uint8_t task) {
    for (uint8_t i = 0; i < service->block_count; i++) {
        if (service->block[i].kind == SERVICE_TASK && task-- == 0) return i;
    }
    return SERVICE_BLOCKS;
}

static bool can_fail(const struct service_setting *set, const struct service_state *state, uint8_t who) {
    const struct service_actor *a = &state->ghost.actor[who];
    if (state->ghost.failures == 0 || !service_can_step(set, state, who)) return false;
    enum service_verb verb = set->service->statement[a->at].verb;
    return verb == SERVICE_DISK_WRITE || verb == SERVICE_DISK_ZERO;
}

/* Then a task that may give some back is started as often as needed. */
static bool somebody_waits_for_space(const struct service_setting *set, const struct service_state *state) {
    for (unsigned a = 0; a < SERVICE_ACTORS; a++) {
        const struct service_actor *actor = &state->ghost.actor[a];
        if (actor->running == 0 || service_can_step(set, state, (uint8_t)a)) continue;
        if (set->service->statement[actor->at].verb == SERVICE_RESERVE) return true;
    }
    return false;
}

bool service_enabled(const struct service_setting *set, const struct service_state *state,
                     struct service_action action) {
    const struct service_ghost *g = &state->ghost;
    zxp_packet_view packet;
    switch ((enum service_action_kind)action.kind) {
    case SERVICE_CLIENT:
        return action.who < set->client_count && g->client[action.who].left > 0 && !g->client[action.who].pending &&
               !g->detached && action.page < size_of(set, state) && is_ready(state, set->client_thread[action.who]);
    case SERVICE_TAKE:
        return g->actor[action.who].running == 0 && zxp_packet_at(state->world, set->port_koid, 0, &packet);
    case SERVICE_STEP: return service_can_step(set, state, action.who);
    case SERVICE_STEP_FAILS: return can_fail(set, state, action.who);
    case SERVICE_START:
        return (g->runs[action.who] > 0 || somebody_waits_for_space(set, state)) &&
               g->actor[SERVICE_HANDLERS + action.who].running == 0 && !g->detached &&
               task_block(set->service, action.who) < SERVICE_BLOCKS;
    case SERVICE_EVICT: return can_evict(set, state, action.page);
    }
    return false;
}

static void client_step(const struct service_setting *set, struct service_state *state, struct service_action action,
                        struct service_text *text) {
    struct service_client *c = &state->ghost.client[action.who];
    uint64_t offset = action.page * ZXP_PAGE_SIZE;
    zxp_op_call call = {.op = ZXP_OP_VMO_READ, .thread = set->client_thread[action.who], .args = {set->vmo, offset, 1}};
    c->left--;
    c->pending = 1;
    c->page = action.page;
    if (c->kind == SERVICE_WRITER) {
        c->value = (uint8_t)('a' + state->ghost.writes++);
        call = (zxp_op_call){.op = ZXP_OP_VMO_WRITE,
                             .thread = call.thread,
                             .args = {set->vmo, 0, offset, ZXP_PAGE_SIZE},
                             .buffer = {.kind = ZXP_BUFFER_FILL, .fill = c->value}};
        service_say(text, "t%u: write v %u 1 byte=%u", action.who + 1u, action.page, c->value);
    } else {
        service_say(text, "t%u: read v %u", action.who + 1u, action.page);
    }
    service_say(text, zxp_call(state->world, &call) == ZXP_BLOCKED ? " => blocked\n" : "\n");
}

static void start(const struct service_setting *set, struct service_state *state, uint8_t who, uint8_t block) {
    struct service_actor *a = &state->ghost.actor[who];
    a->running = (uint8_t)(block + 1);
    a->at = set->service->block[block].begin;
    a->late = state->ghost.detached;
    service_settle(set->service, a);
}

static void take_packet(const struct service_setting *set, struct service_state *state, uint8_t who,
                        struct service_text *text) {
    static const enum service_block_kind kinds[] = {SERVICE_ON_READ, SERVICE_ON_COMPLETE, SERVICE_ON_DIRTY};
    static const char *const words[] = {"READ", "COMPLETE", "DIRTY"};
    zxp_packet_view packet = {0};
    zxp_packet_at(state->world, set->port_koid, 0, &packet);
    zxp_op_call call = {.op = ZXP_OP_PORT_WAIT, .thread = set->actor_thread[who], .args = {set->port, 0}};
    zxp_call(state->world, &call);
    if (packet.type != ZX_PKT_TYPE_PAGE_REQUEST || packet.command > ZX_PAGER_VMO_DIRTY) return;
    struct service_actor *a = &state->ghost.actor[who];
    a->page = (uint8_t)(packet.offset / ZXP_PAGE_SIZE);
    a->count = (uint8_t)(packet.length / ZXP_PAGE_SIZE);
    if (packet.command == ZX_PAGER_VMO_COMPLETE)
        service_say(text, "next => COMPLETE v\n");
    else
        service_say(text, "next => %s v %u %u\n", words[packet.command], a->page, a->count);
    if (packet.command == ZX_PAGER_VMO_COMPLETE) state->ghost.complete = 1;
    for (uint8_t i = 0; i < set->service->block_count; i++) {
        if (set->service->block[i].kind != kinds[packet.command]) continue;
        start(set, state, who, i);
        return;
    }
    memset(a, 0, sizeof *a);
}

static void start_task(const struct service_setting *set, struct service_state *state, uint8_t task,
                       struct service_text *text) {
    uint8_t block = task_block(set->service, task);
    if (state->ghost.runs[task] > 0) state->ghost.runs[task]--;
    service_say(text, "# task %s begins\n", set->service->block[block].name);
    start(set, state, (uint8_t)(SERVICE_HANDLERS + task), block);
}

static void evict(const struct service_setting *set, struct service_state *state, uint8_t page,
                  struct service_text *text) {
    zxp_op_call call = {
        .op = ZXP_OP_EVICT, .thread = set->main, .args = {set->vmo_koid, page * ZXP_PAGE_SIZE, ZXP_PAGE_SIZE, 1}};
    zxp_call(state->world, &call);
    state->ghost.evictions--;
    service_say(text, "evict v %u 1\n", page);
}

static bool has_written(const struct service_setting *set, const struct service_state *state, uint8_t i) {
    zxp_thread_view view;
    const struct service_client *c = &state->ghost.client[i];
    return c->pending && c->kind == SERVICE_WRITER && zxp_thread_get(state->world, set->client_thread[i], &view) &&
           view.state == ZXP_THREAD_READY && view.status == ZX_OK;
}

/* What clients that have finished were promised. Of two writes to a
 * page that end in one step the later one counts: the one that is seen. */
static void take_results(const struct service_setting *set, struct service_state *state) {
    bool any[SERVICE_PAGES] = {false};
    zxp_thread_view view;
    for (uint8_t i = 0; i < set->client_count; i++) {
        struct service_client *c = &state->ghost.client[i];
        if (!has_written(set, state, i)) continue;
        if (!any[c->page] || service_content(set, state, c->page) == c->value) state->ghost.truth[c->page] = c->value;
        any[c->page] = true;
    }
    for (uint8_t i = 0; i < set->client_count; i++) {
        struct service_client *c = &state->ghost.client[i];
        if (!c->pending || !zxp_thread_get(state->world, set->client_thread[i], &view) ||
            view.state == ZXP_THREAD_BLOCKED)
            continue;
        *c = (struct service_client){.kind = c->kind, .left = c->left};
    }
}

void service_apply(const struct service_setting *set, struct service_state *state, struct service_action action,
                   struct service_finding *finding, struct service_text *text) {
    switch ((enum service_action_kind)action.kind) {
    case SERVICE_CLIENT: client_step(set, state, action, text); break;
    case SERVICE_TAKE: take_packet(set, state, action.who, text); break;
    case SERVICE_STEP: service_step(set, state, action.who, false, finding, text); break;
    case SERVICE_STEP_FAILS:
        state->ghost.failures--;
        service_step(set, state, action.who, true, finding, text);
        break;
    case SERVICE_START: start_task(set, state, action.who, text); break;
    case SERVICE_EVICT: evict(set, state, action.page, text); break;
    }
    take_results(set, state);
}

uint64_t service_hash(const struct service_state *state) {
    uint64_t hash = zxp_world_hash(state->world, ZXP_FORM_STATE);
    const uint8_t *bytes = (const uint8_t *)&state->ghost;
    for (size_t i = 0; i < sizeof state->ghost; i++) hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}
