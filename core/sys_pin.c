/*
 * sys_pin.c - pinning as a driver does it through a BTI, and unpinning (chapter 5 section 8, chapter 4 section 3.6).
 *
 * A pin goes from the front: pages are committed, and pinned at once; a write pin
 * of a pager root then makes those dirty, and goes on. What it has pinned so far
 * stays pinned while it waits, and is undone if it fails, is killed or suspended.
 */
#include "reclaim.h"
#include "slots.h"
#include "sys_vmo.h"

enum { PINNED, DIRTIED, FINISHED = 5 }; /* locals: pages pinned; of these, pages made dirty; the pins are to stay */
enum { MOST_PINS = 31 };

/* ---- Pin counts ---- */

/* To reserve for one pin more or less on pages [first, end): a run may join the one before it, and be parted again. */
static uint64_t pins_bytes(const zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    const struct page_map *map = &node_at(w, n)->map;
    return page_map_runs_bytes(map, page_map_count(w, map, first, end) + 1);
}

/* One pin more or less on pages of n that are frames. Pinned frames are in
 * no reclaim list; unpinned ones enter one anew (chapter 8 section 1.3). */
static void change_pins(zxp_world *w, node_ref n, uint64_t first, uint64_t end, int by, enum rule_number rule) {
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, n, page);
        next = min_u64(run.end, end);
        struct page_key key = key_frame((enum page_state)run.key.state, key_content(&run.key));
        key.share = run.key.share; /* nothing is written */
        key.always_need = run.key.always_need;
        key.pins = (uint8_t)(run.key.pins + by);
        reclaim_enter(w, n, &key);
        if (key.kind == CONTENT_BODY) body_retain(w, key.content, next - page);
        slots_set(w, n, page, next, key, VIEWS_KEEP, rule);
    }
}

static bool is_full(const struct page_key *key) { return key->pins == MOST_PINS; }

static bool any_full(const zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    return page_map_first(w, &node_at(w, n)->map, first, end, is_full) < end;
}

/* ---- The pin ---- */

static uint64_t first_page(const zxp_world *w, thread_ref t) {
    return (vmo_at(w, call_of(w, t)->held[0])->base + arg(w, t, 1)) / PAGE;
}

/* Takes back what the call has pinned. Short of memory, it stays pinned
 * for ever, as the kernel's quarantine keeps pages of a driver that died. */
void pin_abandon(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    if (call->local[FINISHED] || call->local[PINNED] == 0) return;
    uint64_t page = first_page(w, t), end = page + call->local[PINNED];
    node_ref n = vmo_at(w, call->held[0])->node;
    call->local[PINNED] = 0;
    if (arena_reserve(w, pins_bytes(w, n, page, end))) change_pins(w, n, page, end, -1, RULE_pin_undone);
}

/* Steps 1, 4 and 5: before anything, and after each wait. */
static enum rule_number pin_refusal(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!in_range(offset, length, vmo_size(w, v))) return RULE_pin_beyond;
    return vmo_is_discarded(w, v) ? RULE_pin_discarded : RULE_none;
}

/* Would committing this page of a root have to wait? A write pin makes the pages before it dirty first, so that the
 * request for it is never seen to be taken back. */
static bool would_wait(const zxp_world *w, node_ref n, uint64_t page) {
    struct page_key key = slot_at(w, n, page);
    return key.state == ABSENT || (is_interval(&key) && source_at(w, node_at(w, n)->source)->trap);
}

static enum look commit_and_pin(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t left) {
    uint64_t count;
    if (!arena_reserve(w, look_bytes(w, n))) return look_no_memory(w, t);
    enum look look = look_own(w, t, n, page, OWN_COMMIT, left, &count);
    if (look != LOOK_OK) return look;
    if (any_full(w, n, page, page + count)) return look_refused(w, t, RULE_pin_too_often);
    if (!arena_reserve(w, pins_bytes(w, n, page, page + count))) return look_no_memory(w, t);
    change_pins(w, n, page, page + count, 1, RULE_pin_pages);
    call_of(w, t)->local[PINNED] += count;
    return LOOK_OK;
}

/* The pages pinned in this pass and not yet dirty, run by run, without the cap of writes. */
static enum look make_dirty(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t left) {
    uint64_t count;
    if (!arena_reserve(w, look_bytes(w, n))) return look_no_memory(w, t);
    enum look look = look_own(w, t, n, page, OWN_WRITE, left, &count);
    if (look == LOOK_OK) call_of(w, t)->local[DIRTIED] += count;
    return look;
}

/* Step 2. */
static enum look pin_pages(zxp_world *w, thread_ref t, node_ref n, uint64_t pages, bool dirties) {
    for (;;) {
        const struct call *call = call_of(w, t);
        uint64_t first = first_page(w, t), pinned = call->local[PINNED], dirtied = call->local[DIRTIED];
        bool undirtied = dirties && dirtied < pinned;
        enum look look;
        if (undirtied && (pinned == pages || would_wait(w, n, first + pinned)))
            look = make_dirty(w, t, n, first + dirtied, pinned - dirtied);
        else if (pinned < pages)
            look = commit_and_pin(w, t, n, first + pinned, pages - pinned);
        else
            return LOOK_OK;
        if (look != LOOK_OK) return look;
    }
}

static step finish(zxp_world *w, thread_ref t, vmo_ref v, uint64_t offset, uint64_t length, bool write) {
    if (!arena_reserve(w, arena_size(sizeof(struct pin)))) return no_memory(w, t);
    pin_ref pin = {arena_alloc(w, sizeof(struct pin))};
    *pin_at(w, pin) =
        (struct pin){.vmo = v, .next = kernel_of(w)->first_pin, .offset = offset, .length = length, .write = write};
    kernel_of(w)->first_pin = pin;
    vmo_at(w, v)->pins++;
    call_of(w, t)->local[FINISHED] = 1;
    if (write) root_modified(w, vmo_at(w, v)->node);
    return accept(w, t, RULE_pin_done);
}

/* Once, and again after each wait. What is pinned when it fails is undone when the call ends. */
static step pin_on(zxp_world *w, thread_ref t) {
    vmo_ref v = call_of(w, t)->held[0];
    node_ref n = vmo_at(w, v)->node;
    uint64_t offset = arg(w, t, 1), length = arg(w, t, 2);
    bool write = arg32(w, t, 3) != 0;
    enum rule_number rule = pin_refusal(w, v, offset, length);
    if (rule != RULE_none) return refuse(w, t, rule);
    enum look look = pin_pages(w, t, n, length / PAGE, write && node_is_root(w, n));
    return look == LOOK_OK ? finish(w, t, v, offset, length, write) : look_end(w, t, look);
}

static step pin_resume(zxp_world *w, thread_ref t) {
    zx_status_t status;
    if (request_failed(w, t, &status)) return refuse_with(w, t, RULE_pin_failed, status);
    return pin_on(w, t);
}

step op_pin(zxp_world *w, thread_ref t) {
    zx_rights_t right = arg32(w, t, 3) != 0 ? ZX_RIGHT_WRITE : ZX_RIGHT_READ;
    vmo_ref v;
    if (call_of(w, t)->phase != 0) return pin_resume(w, t);
    if (!is_page_aligned(arg(w, t, 1)) || !is_page_aligned(arg(w, t, 2))) return refuse(w, t, RULE_pin_unaligned);
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), ZX_RIGHT_MAP | right, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (arg(w, t, 2) == 0) return refuse(w, t, RULE_pin_empty);
    hold_vmo(w, t, 0, v);
    call_of(w, t)->phase = 1;
    return pin_on(w, t);
}

/* ---- Unpin ---- */

/* The link to the latest pin of exactly this range of this VMO. */
static pin_ref find_pin(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length, pin_ref *before) {
    *before = pin_none();
    pin_ref pin = kernel_of(w)->first_pin;
    for (; pin_is(pin); pin = pin_at(w, pin)->next) {
        const struct pin *p = pin_at(w, pin);
        if (vmo_same(p->vmo, v) && p->offset == offset && p->length == length) break;
        *before = pin;
    }
    return pin;
}

static void forget_pin(zxp_world *w, pin_ref pin, pin_ref before) {
    vmo_ref v = pin_at(w, pin)->vmo;
    pin_ref next = pin_at(w, pin)->next;
    if (pin_is(before))
        pin_at(w, before)->next = next;
    else
        kernel_of(w)->first_pin = next;
    arena_free(w, pin.index, sizeof(struct pin));
    vmo_at(w, v)->pins--;
    vmo_check_death(w, v);
}

step op_unpin(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 1), length = arg(w, t, 2);
    pin_ref before;
    vmo_ref v = vmo_of_object(object_by_koid(w, arg(w, t, 0))); /* if it is none, nothing has pinned it */
    pin_ref pin = find_pin(w, v, offset, length, &before);
    if (!pin_is(pin)) return refuse(w, t, RULE_unpin_none);
    node_ref n = vmo_at(w, v)->node;
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE, end = first + length / PAGE;
    if (!arena_reserve(w, pins_bytes(w, n, first, end))) return no_memory(w, t);
    change_pins(w, n, first, end, -1, RULE_pin_undone);
    forget_pin(w, pin, before);
    return accept(w, t, RULE_unpin_done);
}
