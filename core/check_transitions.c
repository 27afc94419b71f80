/*
 * check_transitions.c - INV-8..13, 16, 17, 19, 24, 28..31, 48, 55: what became of each page in one step.
 *
 * Two maps of one node are walked side by side; each stretch of pages that are alike before and
 * alike after is one change. A step is a call and whatever it let run. When no other thread ran
 * (quiet), the call must account for all that changed; otherwise a page may have gone several
 * ways of the table one after the other, and only what no sequence explains is reported.
 */
#include "check.h"

struct change {
    const struct step_check *step;
    node_ref before, after;
    struct page_key old, new;
    uint64_t page, count;
    char from, to; /* letters */
    bool root, trap;
};

/* ---- What kind of call was it? ---- */

static bool op_is(const struct change *c, uint16_t op) { return c->step->call->op == op; }
static bool is_supply(const struct change *c) {
    return op_is(c, ZXP_OP_PAGER_SUPPLY_PAGES) || op_is(c, ZXP_OP_PAGER_VMO_OP);
}
static bool is_reclaim(const struct change *c) {
    return op_is(c, ZXP_OP_EVICT) || op_is(c, ZXP_OP_RECLAIM) || op_is(c, ZXP_OP_AGE);
}
static bool is_detach(const struct change *c) { return op_is(c, ZXP_OP_PAGER_DETACH_VMO); }

static bool may_set_stream_size(const struct change *c) {
    return op_is(c, ZXP_OP_VMO_SET_STREAM_SIZE) || op_is(c, ZXP_OP_OBJECT_SET_PROPERTY) || !c->step->quiet;
}

static bool may_zero(const struct change *c) {
    return is_range_operation(c->step, ZX_VMO_OP_ZERO) || may_set_stream_size(c);
}

static bool covers(const struct change *c) {
    uint64_t offset = c->step->call->args[3], length = c->step->call->args[4];
    return c->page * PAGE >= offset && (c->page + c->count) * PAGE - offset <= length;
}

/* ---- Contents ---- */

static bool same_content(const struct change *c) {
    uint8_t before[ZXP_PAGE_SIZE], after[ZXP_PAGE_SIZE];
    struct content old = key_content(&c->old), new = key_content(&c->new);
    if (old.kind != CONTENT_BODY && new.kind == old.kind &&new.value == old.value) return true;
    const uint8_t *a = content_bytes(c->step->before, old, c->page, before),
                  *b = content_bytes(c->step->after, new, c->page, after);
    return memcmp(a, b, ZXP_PAGE_SIZE) == 0;
}

static bool is_changed(const struct change *c) { return c->from != c->to || (is_frame(&c->old) && !same_content(c)); }

/* ---- By the letter that a page has become; the number of the invariant that does not hold, or 0 ---- */

/* The step may have supplied the page and let a writer of a plain VMO run. */
static uint16_t became_dirty(const struct change *c) {
    if (c->from == '.') return c->step->quiet || c->trap ? 9 : 0;
    if (c->trap && !(is_pager_op(c->step, ZX_PAGER_OP_DIRTY) && covers(c))) return 8;
    return 0;
}

static uint16_t became_awaiting(const struct change *c) {
    if (c->from != 'D') return 9;
    if (!is_pager_op(c->step, ZX_PAGER_OP_WRITEBACK_BEGIN)) return 10;
    if (c->step->call->args[5] == ZX_VMO_DIRTY_RANGE_IS_ZERO) return 12;
    return c->old.pins > 0 ? 13 : 0;
}

static uint16_t became_clean(const struct change *c) {
    switch (c->from) {
    case '.': return is_supply(c) || !c->step->quiet ? 0 : 9;
    case 'M': return 0;
    case 'W': return is_pager_op(c->step, ZX_PAGER_OP_WRITEBACK_END) ? 0 : 11;
    default: return 9;
    }
}

static uint16_t became_marker(const struct change *c) {
    if (c->from != '.') return 9;
    if (source_at(c->step->before, node_at(c->step->before, c->before)->source)->detached) return 48;
    return is_supply(c) || !c->step->quiet ? 0 : 9;
}

static uint16_t became_absent(const struct change *c) {
    switch (c->from) {
    case 'C': return is_reclaim(c) || is_detach(c) ? 0 : 9;
    case 'M': return is_detach(c) ? 0 : 9;
    case 'Z':
    case 'Y': return is_pager_op(c->step, ZX_PAGER_OP_WRITEBACK_END) ? 0 : 11;
    case 'D':
    case 'W': return 11;
    default: return 9;
    }
}

static uint16_t became_zero(const struct change *c) {
    if (c->from == 'Z' || c->from == 'Y') return 0;
    if (c->from == 'M') return c->step->quiet ? 9 : 0;
    if (may_zero(c)) return 0;
    if (c->trap) return 8;
    return c->from == 'D' || c->from == 'W' ? 11 : 9;
}

static uint16_t became_untracked(const struct change *c) {
    if (may_set_stream_size(c)) return 0;
    return c->from == '.' || c->from == 'M' || c->from == 'C' ? 9 : 11;
}

static uint16_t broken_by_letter(const struct change *c) {
    switch (c->to) {
    case 'D': return became_dirty(c);
    case 'W': return became_awaiting(c);
    case 'C': return became_clean(c);
    case 'M': return became_marker(c);
    case '.': return became_absent(c);
    case 'Z':
    case 'Y': return became_zero(c);
    case 'U': return became_untracked(c);
    default: return 0;
    }
}

/* ---- By the call ---- */

static bool inv_16_supply_overwrote(const struct change *c) {
    return c->root && c->step->quiet && is_supply(c) && c->from != '.' && is_changed(c);
}

static bool inv_17_fail_touched_a_page(const struct change *c) {
    return c->step->quiet && is_pager_op(c->step, ZX_PAGER_OP_FAIL) && is_changed(c);
}

/* A clean page whose bytes changed: something wrote to it
 * without making it dirty. The old profiles have no dirty state. */
static bool inv_19_clean_content_changed(const struct change *c) {
    return c->from == 'C' && c->to == 'C' && profile_is(c->step->after, ZXP_PROFILE_HEAD) && !same_content(c);
}

static bool inv_24_pinned_page_lost(const struct change *c) {
    return c->old.pins > 0 && !is_frame(&c->new) && c->step->quiet;
}

static bool inv_28_reclaim_was_not_silent(const struct change *c) {
    if (!is_reclaim(c) || !is_changed(c)) return false;
    return c->to != '.' || (c->from != 'C' && c->from != 'P');
}

static bool inv_29_hint_not_honoured(const struct change *c) {
    bool honours = op_is(c, ZXP_OP_RECLAIM) || (op_is(c, ZXP_OP_EVICT) && c->step->call->args[3] == 0);
    return honours && c->from == 'C' && c->to == '.' && c->old.always_need &&
           profile_is(c->step->after, ZXP_PROFILE_HEAD);
}

static bool inv_30_hint_outlived_its_page(const struct change *c) {
    if (!c->step->quiet) return false;
    bool hinted = is_supply(c) && c->from == '.' && is_frame(&c->new) && c->new.always_need;
    bool freed = is_range_operation(c->step, ZX_VMO_OP_DONT_NEED) && is_frame(&c->old) && !is_frame(&c->new);
    return hinted || freed;
}

/* Calls on a root, and no other VMO: what a clone owns is not theirs. */
static bool inv_55_root_changed_a_clone(const struct change *c) {
    if (c->root || c->from != 'P' || !node_at(c->step->before, c->before)->in_pager_tree || !c->step->quiet)
        return false;
    vmo_ref aux = is_supply(c) ? vmo_of_argument(c->step, 4) : vmo_none();
    bool is_aux = vmo_is(aux) && node_same(vmo_at(c->step->before, aux)->node, c->before);
    return (op_is(c, ZXP_OP_PAGER_OP_RANGE) || is_detach(c) || (is_supply(c) && !is_aux)) && is_changed(c);
}

static bool inv_55_clone_changed_a_root(const struct change *c) {
    if (!c->root || !op_is(c, ZXP_OP_VMO_WRITE) || !c->step->quiet || c->step->call->buffer.kind == ZXP_BUFFER_USER)
        return false;
    vmo_ref v = vmo_of_argument(c->step, 0);
    return vmo_is(v) && vmo_at(c->step->before, v)->kind == ZXP_VMO_CLONE && is_changed(c);
}

static uint16_t broken_by_call(const struct change *c) {
    if (inv_17_fail_touched_a_page(c)) return 17;
    if (inv_16_supply_overwrote(c)) return 16;
    if (inv_24_pinned_page_lost(c)) return 24;
    if (inv_28_reclaim_was_not_silent(c)) return 28;
    if (inv_29_hint_not_honoured(c)) return 29;
    if (inv_30_hint_outlived_its_page(c)) return 30;
    if (inv_55_root_changed_a_clone(c) || inv_55_clone_changed_a_root(c)) return 55;
    return inv_19_clean_content_changed(c) ? 19 : 0;
}

static uint16_t broken(const struct change *c) {
    uint16_t n = broken_by_call(c);
    bool dirty_states = c->root && profile_is(c->step->after, ZXP_PROFILE_HEAD);
    return n != 0 || c->from == c->to || !dirty_states ? n : broken_by_letter(c);
}

/* ---- The walk ---- */

/* Pages from `page` on that have one letter. */
static uint64_t letter_end(const struct page_run *run, uint64_t page) {
    bool awaiting = run->key.state == ZERO_DIRTY && page - run->first < run->key.order;
    return awaiting ? min_u64(run->end, run->first + run->key.order) : run->end;
}

static struct change change_at(struct step_check *s, node_ref before, node_ref after, uint64_t page, uint64_t end) {
    struct page_run old = slot_run(s->before, before, page), new = slot_run(s->after, after, page);
    struct change c = {.step = s, .before = before, .after = after, .old = old.key, .new = new.key, .page = page};
    end = min_u64(end, min_u64(letter_end(&old, page), letter_end(&new, page)));
    c.count = end - page;
    c.from = key_letter(&old.key, old.first, page);
    c.to = key_letter(&new.key, new.first, page);
    c.root = node_is_root(s->before, before);
    c.trap = c.root && source_at(s->before, node_at(s->before, before)->source)->trap;
    return c;
}

/* Slots that a growing root has got. */
static void inv_9_new_slots_are_zero(struct step_check *s, node_ref after, uint64_t first) {
    const struct page_map *map = &node_at(s->after, after)->map;
    if (first >= map->pages || !s->quiet || !profile_is(s->after, ZXP_PROFILE_HEAD)) return;
    struct page_run run = slot_run(s->after, after, first);
    if (run.key.state != ZERO_DIRTY) violated(s->report, 9, node_koid(s->after, after), first);
}

static void inv_31_event_counter(struct step_check *s, node_ref before, node_ref after, uint64_t evicted) {
    uint64_t events = node_at(s->after, after)->reclaim_events - node_at(s->before, before)->reclaim_events;
    uint16_t op = s->call->op;
    bool reclaims = op == ZXP_OP_EVICT || op == ZXP_OP_RECLAIM || op == ZXP_OP_AGE;
    bool root = node_is_root(s->before, before);
    uint64_t expected = !reclaims ? 0 : root ? evicted : min_u64(evicted, 1);
    if (events != expected) violated(s->report, 31, node_koid(s->before, before), 0);
}

static void check_node(struct step_check *s, node_ref before, node_ref after) {
    uint64_t common = min_u64(node_at(s->before, before)->map.pages, node_at(s->after, after)->map.pages), evicted = 0;
    for (uint64_t page = 0; page < common;) {
        struct change c = change_at(s, before, after, page, common);
        uint16_t n = broken(&c);
        if (n != 0) violated(s->report, n, node_koid(s->before, before), page);
        if (is_frame(&c.old) && c.to == '.') evicted += c.count;
        page += c.count;
    }
    if (node_is_root(s->before, before)) inv_9_new_slots_are_zero(s, after, common);
    inv_31_event_counter(s, before, after, evicted);
}

void check_transitions(struct step_check *s) {
    for (node_ref n = kernel_of(s->before)->first_node; node_is(n); n = node_at(s->before, n)->next_node) {
        node_ref after = same_node(s, n);
        if (node_is(after)) check_node(s, n, after);
    }
}
