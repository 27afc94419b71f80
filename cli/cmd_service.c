/*
 * cmd_service.c - services in the language: the block, run and verify (fuzz/service, docs/services.md).
 *
 *     service NAME [trap-dirty] [resizable] [space N] [damaged PAGE]
 *       on READ V P N: ...
 *       task flush: ...
 *     end
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/service/service.h"
#include "cmd.h"
#include "commands.h"
#include "exec.h"
#include "flow.h"
#include "mem.h"

enum { MOST_STATES = 400000, MOST_ROUNDS = 1000 };

/* ---- The block ---- */

static struct service *find(const struct interp *in, const char *name, size_t length) {
    for (size_t i = 0; i < in->service_count; i++) {
        const char *known = in->services[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) return &in->services[i];
    }
    return NULL;
}

bool service_define(struct stmt *s, struct span head, struct source *source, size_t begin, size_t end) {
    struct interp *in = s->in;
    struct service_error error;
    struct service service;
    if (!service_parse(s->text.s + head.begin, span_length(head), source->text + begin, end - begin, &service,
                       &error)) {
        return error.in_head ? stmt_error(s, head.begin + error.at, "%s", error.message)
                             : interp_error(in, source, begin + error.at, "%s", error.message);
    }
    struct service *old = find(in, service.name, strlen(service.name));
    if (old == NULL) {
        in->services = mem_grow(in->services, in->service_count, &in->service_capacity, sizeof *in->services);
        old = &in->services[in->service_count++];
    }
    *old = service;
    session_disk(&in->session, service.name)->n = 0;
    return true;
}

void flow_clear_services(struct interp *in) {
    free(in->services);
    in->services = NULL;
    in->service_count = in->service_capacity = 0;
}

static struct service *take_service(struct stmt *s) {
    struct span word;
    if (!stmt_take_name(s, "a service's name", &word)) return NULL;
    struct service *service = find(s->in, s->text.s + word.begin, span_length(word));
    if (service == NULL) stmt_set_error(s, word.begin, "there is no such service; write `service NAME ... end' first");
    return service;
}

/* ---- verify ---- */

static bool progress(void *user, uint64_t states, uint32_t depth) {
    const struct interp *in = user;
    (void)states;
    (void)depth;
    return in->interrupt == NULL || *in->interrupt == 0;
}

static bool take_small(struct stmt *s, struct span value, uint64_t most, uint8_t *number) {
    uint64_t wide;
    if (!stmt_eval(s, value, 0, &wide)) return false;
    if (wide > most) return stmt_error(s, value.begin, "at most %" PRIu64, most);
    *number = (uint8_t)wide;
    return true;
}

static bool take_option(struct stmt *s, struct service_options *o) {
    const struct {
        const char *name;
        uint64_t most;
        uint8_t *number;
    } options[] = {{"pages=", SERVICE_PAGES, &o->pages}, {"readers=", 2, &o->readers},   {"writers=", 2, &o->writers},
                   {"evictions=", 9, &o->evictions},     {"failures=", 9, &o->failures}, {"runs=", 9, &o->runs}};
    struct span value;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (cmd_take_option(s, options[i].name, &value))
            return take_small(s, value, options[i].most, options[i].number);
    }
    if (cmd_take_option(s, "states=", &value)) return stmt_eval(s, value, 0, &o->max_states);
    return stmt_error(s, s->words[s->at_word].begin,
                      "pages=, readers=, writers=, evictions=, failures=, runs=, states= or page=");
}

static void tell(struct stmt *s, const struct service *service, const struct service_result *result,
                 const struct buf *page) {
    struct interp *in = s->in;
    bool found = result->finding.rule[0] != 0;
    const char *how = found                   ? "up to the finding"
                      : result->complete      ? "all of them"
                      : result->out_of_memory ? "memory is short"
                                              : "bounded";
    interp_printf(in, "%s: %" PRIu64 " states (%s), %" PRIu64 " steps, depth %" PRIu32 "\n", service->name,
                  result->states, how, result->transitions, result->depth);
    if (!found) {
        interp_print(in, result->complete ? "no breach: every interleaving keeps the rules\n" : "no breach so far\n");
        return;
    }
    interp_printf(in, "%s: %s\n", result->finding.rule, result->finding.fact);
    if (result->script.s == NULL) return;
    interp_print(in, result->script.s);
    cmd_tell_page(s, NULL, result->script.s, page);
}

bool cmd_verify(struct stmt *s) {
    struct service_options options = {.pages = 1,
                                      .readers = 1,
                                      .writers = 1,
                                      .evictions = 1,
                                      .failures = 1,
                                      .runs = 1,
                                      .max_states = MOST_STATES,
                                      .progress = progress,
                                      .user = s->in};
    struct service_result result;
    struct buf page = {0};
    const struct service *service = take_service(s);
    if (service == NULL) return false;
    while (stmt_more(s)) {
        bool well = true;
        if (cmd_take_file(s, "page=", &page, &well) ? well : take_option(s, &options)) continue;
        buf_free(&page);
        return false;
    }
    if (s->in->options.dry) {
        buf_free(&page);
        return true;
    }
    service_verify(service, &options, &result);
    tell(s, service, &result, &page);
    buf_free(&page);
    free(result.script.s);
    cmd_set_status(s, result.finding.rule[0] != 0 ? ZX_ERR_BAD_STATE : result.complete ? ZX_OK : ZX_ERR_OUT_OF_RANGE);
    return true;
}

/* ---- run ---- */

/* The pager-backed VMO with this key, if it is small enough for the model disk. */
static bool find_vmo(const struct interp *in, uint64_t key, struct service_setting *set) {
    zxp_object_view view;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct binding *binding = &in->session.bindings[in->session.names.entries[i].value];
        if (binding->kind != BIND_VMO || !zxp_object_get(in->world, binding->koid, &view) || !view.pager_root) continue;
        const struct vmo_fact *fact = session_fact(&in->session, binding->koid);
        if (fact == NULL || fact->key != key || view.size > SERVICE_PAGES * ZXP_PAGE_SIZE) continue;
        set->vmo = (zx_handle_t)binding->value;
        set->vmo_koid = binding->koid;
        set->pager = fact->pager;
        set->port = fact->port;
        set->port_koid = zxp_koid_of(in->world, fact->port);
        set->pages = (uint8_t)(view.size / ZXP_PAGE_SIZE);
        return true;
    }
    return false;
}

static void finish(const struct service_setting *set, struct service_state *state, uint8_t who,
                   struct service_finding *finding, struct service_text *text) {
    for (unsigned i = 0; i < MOST_ROUNDS && service_can_step(set, state, who) && finding->rule[0] == 0; i++) {
        service_apply(set, state, (struct service_action){SERVICE_STEP, who, 0}, finding, text);
    }
}

static void serve(const struct service_setting *set, struct service_state *state, struct service_finding *finding,
                  struct service_text *text) {
    const struct service_action take = {SERVICE_TAKE, 0, 0};
    for (unsigned i = 0; i < MOST_ROUNDS && service_enabled(set, state, take) && finding->rule[0] == 0; i++) {
        service_apply(set, state, take, finding, text);
        finish(set, state, 0, finding, text);
    }
}

static void run_tasks(const struct service_setting *set, struct service_state *state, const char *name, size_t length,
                      struct service_finding *finding, struct service_text *text) {
    uint8_t task = 0;
    for (uint8_t i = 0; i < set->service->block_count; i++) {
        const struct service_block *block = &set->service->block[i];
        if (block->kind != SERVICE_TASK) continue;
        if (strlen(block->name) == length && memcmp(block->name, name, length) == 0) {
            state->ghost.runs[task] = 1;
            service_apply(set, state, (struct service_action){SERVICE_START, task, 0}, finding, text);
            finish(set, state, (uint8_t)(SERVICE_HANDLERS + task), finding, text);
        }
        task++;
    }
}

static struct service_ghost first_disk(const struct service *service) {
    struct service_ghost ghost = {.space = service->space};
    for (int p = 0; p < SERVICE_PAGES; p++) ghost.disk[p] = (uint8_t)('A' + p);
    return ghost;
}

static void run_on(struct stmt *s, struct service_setting *set, struct span task) {
    struct service_finding finding = {0};
    struct service_text text = {0};
    struct service_state state = {s->in->world, first_disk(set->service)};
    struct buf *disk = session_disk(&s->in->session, set->service->name);
    if (disk->n == sizeof state.ghost) memcpy(&state.ghost, disk->s, sizeof state.ghost);
    serve(set, &state, &finding, &text);
    run_tasks(set, &state, s->text.s + task.begin, span_length(task), &finding, &text);
    serve(set, &state, &finding, &text);
    disk->n = 0;
    buf_add(disk, (const char *)&state.ghost, sizeof state.ghost);
    if (text.s != NULL) interp_print(s->in, text.s);
    if (finding.rule[0] != 0) interp_printf(s->in, "%s: %s\n", finding.rule, finding.fact);
    free(text.s);
}

/* The thread of the service's name, if it can do something; a new one, of that name if it is free. */
static uint32_t thread_for(struct interp *in, const char *name) {
    uint32_t thread;
    zxp_thread_view view;
    bool taken = session_thread(&in->session, name, strlen(name), &thread);
    if (taken && zxp_thread_get(in->world, thread, &view) && view.state == ZXP_THREAD_READY) return thread;
    thread = exec_new_thread(in);
    if (!taken && thread != ZXP_NO_THREAD) session_name_thread(&in->session, name, strlen(name), thread);
    return thread;
}

bool cmd_run(struct stmt *s) {
    struct span task = {0};
    const struct service *service = take_service(s);
    if (service == NULL || (stmt_more(s) && !stmt_take_name(s, "a task's name", &task)) || !stmt_end(s)) return false;
    if (s->in->options.dry) return true;
    struct service_setting set = {.service = service, .damaged = service->bad};
    uint64_t key = 1;
    while (key < s->in->session.next_key && !find_vmo(s->in, key, &set)) key++;
    if (set.vmo == 0)
        return stmt_error(s, s->words[0].begin,
                          "there is no pager-backed VMO of at most %d pages with a key of its own", SERVICE_PAGES);
    uint32_t thread = thread_for(s->in, service->name);
    if (thread == ZXP_NO_THREAD) return stmt_error(s, s->words[0].begin, "memory is short");
    set.main = thread;
    for (int i = 0; i < SERVICE_ACTORS; i++) set.actor_thread[i] = thread;
    run_on(s, &set, task);
    return true;
}
