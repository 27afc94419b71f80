/* steps.c - one statement of a service (service.h). */
#include <string.h>

#include "rules.h"
#include "service.h"

struct step {
    const struct service_setting *setting;
    struct service_state *state;
    struct service_ghost *ghost;
    struct service_actor *actor;
    const struct service_statement *s;
    struct service_finding *finding;
    struct service_text *text;
    uint8_t who, page, count; /* the range */
    bool fails;               /* the disk does */
};

static uint8_t bit(uint8_t page) { return (uint8_t)(1u << page); }

static bool in_range(const struct step *t, uint8_t page) { return page >= t->page && page < t->page + t->count; }

static void breach(const struct step *t, const struct service_rule *rule) {
    if (rule != NULL) service_breach(t->finding, rule->invariant, "%s", rule->fact);
}

static void breach_of_page(const struct step *t, uint8_t page, const struct service_rule *rule) {
    if (rule != NULL) service_breach(t->finding, rule->invariant, "page %u: %s", page, rule->fact);
}

/* ---- Calls ---- */

static zx_status_t call(const struct step *t, zxp_op_call made) {
    zxp_thread_view view = {0};
    made.thread = t->setting->actor_thread[t->who];
    zxp_outcome outcome = zxp_call(t->state->world, &made);
    if (outcome == ZXP_BLOCKED) breach(t, &service_rule_blocks);
    zxp_thread_get(t->state->world, made.thread, &view);
    return view.status;
}

static uint64_t handle_of(const struct step *t) {
    uint64_t handle = 0;
    zxp_field(t->state->world, t->setting->actor_thread[t->who], "handle", &handle);
    return handle;
}

static zx_status_t range_call(const struct step *t, uint32_t op, uint64_t data) {
    const struct service_setting *set = t->setting;
    return call(
        t, (zxp_op_call){.op = ZXP_OP_PAGER_OP_RANGE,
                         .args = {set->pager, op, set->vmo, t->page * ZXP_PAGE_SIZE, t->count * ZXP_PAGE_SIZE, data}});
}

/* A handler that began before detach may still answer. */
static void judge_late(const struct step *t, uint16_t op, uint64_t operation) {
    if (t->actor->late != 0) breach(t, service_rule_late(op, operation));
}

/* ---- The disk ---- */

static bool disk_read(const struct step *t) {
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (!in_range(t, p)) continue;
        t->actor->buffer[p] = t->ghost->disk[p];
        t->actor->held |= bit(p);
        t->actor->stale &= (uint8_t)~bit(p);
        if (t->setting->damaged & bit(p)) t->actor->bad |= bit(p);
    }
    service_say(t->text, "# disk read v %u %u\n", t->page, t->count);
    return true;
}

/* What a reader took from the disk before this is old now. */
static void outdate(const struct step *t, uint8_t page) {
    for (unsigned a = 0; a < SERVICE_ACTORS; a++) {
        struct service_actor *other = &t->ghost->actor[a];
        if (other != t->actor && (other->held & bit(page)) && other->buffer[page] != t->ghost->disk[page])
            other->stale |= bit(page);
    }
}

static void judge_write(const struct step *t, uint8_t page, bool zeros) {
    uint8_t begun = t->ghost->begun[page];
    struct service_writeback known = {begun != 0, begun == 2, (t->ghost->copied & bit(page)) != 0, false};
    breach_of_page(t, page, service_rule_write(&known, zeros));
}

static bool disk_write(const struct step *t, bool zeros) {
    service_say(t->text, "# disk %s v %u %u%s\n", zeros ? "zero" : "write", t->page, t->count,
                t->fails ? ": fails" : "");
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (!in_range(t, p)) continue;
        judge_write(t, p, zeros);
        if (t->fails) {
            t->ghost->failed |= bit(p);
            continue;
        }
        t->ghost->disk[p] = zeros ? 0 : t->actor->buffer[p];
        t->ghost->written |= bit(p);
        t->ghost->failed &= (uint8_t)~bit(p);
        outdate(t, p);
    }
    return !t->fails;
}

static bool copy(const struct step *t) {
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        uint8_t byte = 0;
        if (!in_range(t, p)) continue;
        zx_status_t status =
            call(t, (zxp_op_call){.op = ZXP_OP_VMO_READ, .args = {t->setting->vmo, p * ZXP_PAGE_SIZE, 1}});
        service_say(t->text, "zx_vmo_read(v, %up, 1)\n", p);
        if (status != ZX_OK) return false;
        zxp_data_copy(t->state->world, t->setting->actor_thread[t->who], 0, &byte, 1);
        t->actor->buffer[p] = byte;
        t->actor->held |= bit(p);
        if (t->ghost->begun[p] != 0) t->ghost->copied |= bit(p);
    }
    return true;
}

static bool check(const struct step *t) {
    service_say(t->text, "# check: %s\n", t->actor->bad ? "damaged" : "good");
    return t->actor->bad == 0;
}

/* ---- Answers ---- */

static bool supply_page(const struct step *t, uint8_t page) {
    const struct service_setting *set = t->setting;
    uint8_t byte = t->actor->held & bit(page) ? t->actor->buffer[page] : 0;
    call(t, (zxp_op_call){.op = ZXP_OP_VMO_CREATE, .args = {ZXP_PAGE_SIZE, 0}});
    uint64_t aux = handle_of(t);
    if (byte != 0) {
        call(t, (zxp_op_call){.op = ZXP_OP_VMO_WRITE,
                              .args = {aux, 0, 0, ZXP_PAGE_SIZE},
                              .buffer = {.kind = ZXP_BUFFER_FILL, .fill = byte}});
    }
    zx_status_t status =
        call(t, (zxp_op_call){.op = ZXP_OP_PAGER_SUPPLY_PAGES,
                              .args = {set->pager, set->vmo, page * ZXP_PAGE_SIZE, ZXP_PAGE_SIZE, aux, 0}});
    call(t, (zxp_op_call){.op = ZXP_OP_HANDLE_CLOSE, .args = {aux}});
    service_say(t->text, byte ? "supply v %u 1 byte=%u\n" : "supply v %u 1 byte=%u # zeros\n", page, byte);
    return status == ZX_OK;
}

static bool supply(const struct step *t) {
    bool good = true;
    judge_late(t, ZXP_OP_PAGER_SUPPLY_PAGES, 0);
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (!in_range(t, p)) continue;
        if (t->actor->bad & bit(p)) breach_of_page(t, p, &service_rule_damaged);
        good = supply_page(t, p) && good;
        t->actor->held &= (uint8_t)~bit(p);
    }
    return good;
}

static bool fail(const struct step *t) {
    zx_status_t status = t->s->status;
    enum service_block_kind kind = t->setting->service->block[t->actor->running - 1].kind;
    const char *name = zxp_status_name(status);
    judge_late(t, ZXP_OP_PAGER_OP_RANGE, ZX_PAGER_OP_FAIL);
    breach(t, service_rule_fail(status, kind == SERVICE_ON_READ, kind == SERVICE_ON_DIRTY));
    service_say(t->text, "fail v %u %u %s\n", t->page, t->count, name ? name : "?");
    return range_call(t, ZX_PAGER_OP_FAIL, (uint64_t)(int64_t)status) == ZX_OK;
}

static bool dirty(const struct step *t) {
    judge_late(t, ZXP_OP_PAGER_OP_RANGE, ZX_PAGER_OP_DIRTY);
    service_say(t->text, "dirty v %u %u\n", t->page, t->count);
    return range_call(t, ZX_PAGER_OP_DIRTY, 0) == ZX_OK;
}

/* ---- Writing back ---- */

static bool begin(const struct step *t) {
    bool zero = t->s->zero || (t->s->by_range && t->actor->zero);
    service_say(t->text, "writeback begin v %u %u%s\n", t->page, t->count, zero ? " zero" : "");
    if (range_call(t, ZX_PAGER_OP_WRITEBACK_BEGIN, zero ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0) != ZX_OK) return false;
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (!in_range(t, p)) continue;
        t->ghost->begun[p] = zero ? 2 : 1;
        t->ghost->copied &= (uint8_t)~bit(p);
        t->ghost->written &= (uint8_t)~bit(p);
        t->ghost->failed &= (uint8_t)~bit(p);
    }
    return true;
}

static bool held_by_a_reader(const struct step *t, uint8_t page) {
    for (unsigned a = 0; a < SERVICE_HANDLERS; a++) {
        const struct service_actor *other = &t->ghost->actor[a];
        if (other->running != 0 && (other->held & other->stale & bit(page))) return true;
    }
    return false;
}

static void judge_end(const struct step *t, uint8_t page) {
    bool begun = t->ghost->begun[page] != 0;
    breach_of_page(t, page, service_rule_end(begun, false));
    if (t->ghost->failed & bit(page))
        service_breach(t->finding, "INV-S16", "END of page %u, whose disk write failed", page);
    else if (!(t->ghost->written & bit(page)))
        service_breach(t->finding, "INV-S5", "END of page %u without a disk write since its BEGIN", page);
    breach_of_page(t, page, service_rule_end(begun, held_by_a_reader(t, page)));
}

static bool end(const struct step *t) {
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (in_range(t, p)) judge_end(t, p);
    }
    service_say(t->text, "writeback end v %u %u\n", t->page, t->count);
    if (range_call(t, ZX_PAGER_OP_WRITEBACK_END, 0) != ZX_OK) return false;
    for (uint8_t p = 0; p < t->setting->pages; p++) {
        if (in_range(t, p)) t->ghost->begun[p] = 0;
    }
    return true;
}

static bool ranges(const struct step *t) {
    const struct service_setting *set = t->setting;
    uint32_t thread = set->actor_thread[t->who];
    uint64_t size = 0;
    zxp_object_view view;
    zxp_dirty_range range;
    if (zxp_object_get(t->state->world, set->vmo_koid, &view)) size = view.size;
    zx_status_t status = call(t, (zxp_op_call){.op = ZXP_OP_PAGER_QUERY_DIRTY_RANGES,
                                               .args = {set->pager, set->vmo, 0, size, UINT64_C(24) * SERVICE_PAGES}});
    service_say(t->text, "ranges v\n");
    t->actor->range_count = t->actor->range = 0;
    for (size_t i = 0; status == ZX_OK && i < SERVICE_PAGES && zxp_range_at(t->state->world, thread, i, &range); i++) {
        uint8_t *kept = t->actor->ranges[t->actor->range_count++];
        kept[0] = (uint8_t)(range.offset / ZXP_PAGE_SIZE);
        kept[1] = (uint8_t)(range.length / ZXP_PAGE_SIZE);
        kept[2] = (range.options & ZX_VMO_DIRTY_RANGE_IS_ZERO) != 0;
    }
    return status == ZX_OK;
}

/* ---- Space, locks, sizes ---- */

static uint8_t dirty_pages(const struct step *t) {
    zxp_page_run run;
    uint8_t count = 0;
    for (uint8_t p = 0; p < t->setting->pages && zxp_page_run_at(t->state->world, t->setting->vmo_koid, p, &run); p++) {
        count = (uint8_t)(count + (run.letter == 'D' || run.letter == 'W'));
    }
    return count;
}

static uint8_t pages_of(const struct step *t) { return t->s->own_range ? t->actor->count : t->s->count; }

static bool reserve(const struct step *t) {
    uint8_t pages = pages_of(t);
    bool good = t->ghost->space >= pages;
    service_say(t->text, "# reserve %u%s\n", pages, good ? "" : ": no space");
    if (!good) return false;
    t->ghost->space = (uint8_t)(t->ghost->space - pages);
    t->ghost->reserved = (uint8_t)(t->ghost->reserved + pages);
    return true;
}

static bool release(const struct step *t) {
    uint8_t needed = dirty_pages(t), reserved = t->ghost->reserved;
    uint8_t pages = !t->s->all ? pages_of(t) : reserved > needed ? (uint8_t)(reserved - needed) : 0;
    if (pages > reserved) pages = reserved;
    service_say(t->text, "# release %u\n", pages);
    t->ghost->space = (uint8_t)(t->ghost->space + pages);
    t->ghost->reserved = (uint8_t)(reserved - pages);
    return true;
}

static bool resize(const struct step *t) {
    const struct service_setting *set = t->setting;
    zxp_object_view view = {0};
    zxp_object_get(t->state->world, set->vmo_koid, &view);
    judge_late(t, ZXP_OP_VMO_SET_SIZE, 0);
    for (unsigned a = 0; a < SERVICE_ACTORS; a++) {
        if (&t->ghost->actor[a] != t->actor && t->ghost->actor[a].range_count > 0 &&
            t->s->count * ZXP_PAGE_SIZE < view.size)
            breach(t, &service_rule_shrinks);
    }
    service_say(t->text, "resize v %u\n", t->s->count);
    zx_status_t status =
        call(t, (zxp_op_call){.op = ZXP_OP_VMO_SET_SIZE, .args = {set->vmo, t->s->count * ZXP_PAGE_SIZE}});
    for (uint8_t p = 0; status == ZX_OK && p < SERVICE_PAGES; p++) {
        if (p >= t->s->count || p >= view.size / ZXP_PAGE_SIZE) t->ghost->truth[p] = 0;
        if (p >= t->s->count) t->ghost->begun[p] = 0;
    }
    return status == ZX_OK;
}

static bool detach(const struct step *t) {
    service_say(t->text, "detach v\n");
    zx_status_t status =
        call(t, (zxp_op_call){.op = ZXP_OP_PAGER_DETACH_VMO, .args = {t->setting->pager, t->setting->vmo}});
    t->ghost->detached = 1;
    return status == ZX_OK;
}

static bool access(const struct step *t, bool writes) {
    uint64_t offset = t->page * ZXP_PAGE_SIZE;
    service_say(t->text, "%s v %u 1\n", writes ? "write" : "read", t->page);
    zxp_op_call made = {.op = writes ? ZXP_OP_VMO_WRITE : ZXP_OP_VMO_READ, .args = {t->setting->vmo, offset, 1}};
    if (writes)
        made = (zxp_op_call){
            .op = ZXP_OP_VMO_WRITE, .args = {t->setting->vmo, 0, offset, 1}, .buffer = {.kind = ZXP_BUFFER_FILL}};
    return call(t, made) == ZX_OK;
}

static bool run(const struct step *t) {
    switch (t->s->verb) {
    case SERVICE_DISK_READ: return disk_read(t);
    case SERVICE_DISK_WRITE: return disk_write(t, false);
    case SERVICE_DISK_ZERO: return disk_write(t, true);
    case SERVICE_CHECK: return check(t);
    case SERVICE_COPY: return copy(t);
    case SERVICE_SUPPLY: return supply(t);
    case SERVICE_FAIL: return fail(t);
    case SERVICE_DIRTY: return dirty(t);
    case SERVICE_BEGIN: return begin(t);
    case SERVICE_END: return end(t);
    case SERVICE_RANGES: return ranges(t);
    case SERVICE_RESERVE: return reserve(t);
    case SERVICE_RELEASE: return release(t);
    case SERVICE_LOCK: t->ghost->lock = (uint8_t)(t->who + 1); return true;
    case SERVICE_UNLOCK: t->ghost->lock = 0; return true;
    case SERVICE_RESIZE: return resize(t);
    case SERVICE_DETACH: return detach(t);
    case SERVICE_READ: return access(t, false);
    case SERVICE_WRITE: return access(t, true);
    case SERVICE_BARRIER:
    case SERVICE_STOP: return true;
    }
    return true;
}

/* ---- Where an actor goes on ---- */

static void next_range(struct service_actor *a) {
    memcpy(&a->page, a->ranges[a->range], 3); /* page, count, zero */
    a->range++;
    a->at = a->loop;
    a->held = a->bad = a->stale = 0;
}

void service_settle(const struct service *service, struct service_actor *a) {
    while (a->running != 0) {
        const struct service_block *block = &service->block[a->running - 1];
        if (a->at < block->end) {
            enum service_when when = service->statement[a->at].when;
            if (when == SERVICE_ALWAYS || (when == SERVICE_IF_ZERO) == (a->zero != 0)) return;
            a->at++;
        } else if (a->loop != 0 && a->range < a->range_count) {
            next_range(a);
        } else {
            memset(a, 0, sizeof *a);
        }
    }
}

static void after(const struct step *t, bool good) {
    struct service_actor *a = t->actor;
    bool ends = t->s->verb == SERVICE_STOP;
    if (!good && t->s->otherwise != 0) {
        struct step other = *t;
        other.s = &t->setting->service->statement[t->s->otherwise];
        other.page = other.s->own_range ? a->page : other.s->page;
        other.count = other.s->own_range ? a->count : other.s->count;
        (void)run(&other);
        ends = true;
    }
    if (t->s->verb == SERVICE_RANGES) {
        a->loop = (uint8_t)(a->at + 1);
        a->at = t->setting->service->block[a->running - 1].end;
    } else {
        a->at++;
    }
    if (ends)
        memset(a, 0, sizeof *a);
    else
        service_settle(t->setting->service, a);
    if (a->running == 0 && t->ghost->lock == t->who + 1) t->ghost->lock = 0;
}

static bool readers_are_busy(const struct service_setting *set, const struct service_state *state, bool all) {
    for (unsigned a = 0; a < SERVICE_HANDLERS; a++) {
        uint8_t running = state->ghost.actor[a].running;
        if (running != 0 && (all || set->service->block[running - 1].kind == SERVICE_ON_READ)) return true;
    }
    return false;
}

bool service_can_step(const struct service_setting *set, const struct service_state *state, uint8_t who) {
    const struct service_actor *a = &state->ghost.actor[who];
    if (a->running == 0) return false;
    const struct service_statement *s = &set->service->statement[a->at];
    if (s->verb == SERVICE_LOCK) return state->ghost.lock == 0;
    if (s->verb == SERVICE_BARRIER) return !readers_are_busy(set, state, s->all);
    if (s->verb == SERVICE_RESERVE && s->wait) return state->ghost.space >= (s->own_range ? a->count : s->count);
    return true;
}

void service_step(const struct service_setting *set, struct service_state *state, uint8_t who, bool fails,
                  struct service_finding *finding, struct service_text *text) {
    struct service_actor *a = &state->ghost.actor[who];
    const struct service_statement *s = &set->service->statement[a->at];
    struct step t = {set, state, &state->ghost, a, s, finding, text, who, s->page, s->count, fails};
    if (s->own_range) {
        t.page = a->page;
        t.count = a->count;
    }
    after(&t, run(&t));
}
