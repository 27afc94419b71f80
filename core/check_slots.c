/*
 * check_slots.c - INV-1..6, 20, 21, 23..27, 56: sizes, states, bodies, queues, pins, limits of one world.
 */
#include "check.h"

/* ---- Sizes and states of slots ---- */

static void inv_1_no_slot_beyond_the_end(const zxp_world *w, node_ref n, struct report *r) {
    const struct node *node = node_at(w, n);
    if (node->map.pages != node->size / PAGE) violated(r, 1, node_koid(w, n), node->size / PAGE);
    if (!page_map_valid(w, &node->map)) violated(r, 1, node_koid(w, n), 0);
}

void check_structure(const zxp_world *w, struct report *r) {
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        inv_1_no_slot_beyond_the_end(w, n, r);
}

/* A zx_vmo_set_size that waits to zero the tail of the last page, or was interrupted in that: the new size shows,
 * the stream size would have come at its end (chapter 5 section 4.5). */
static bool has_unfinished_resize(const zxp_world *w) {
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) {
        const struct thread *thread = thread_at(w, thread_number(w, i));
        if (thread->call.op == ZXP_OP_VMO_SET_SIZE && thread->state != ZXP_THREAD_READY) return true;
    }
    return false;
}

static void inv_2_aligned_size(const zxp_world *w, vmo_ref v, struct report *r) {
    const struct vmo *vmo = vmo_at(w, v);
    bool beyond =
        stream_is(vmo->stream) && stream_at(w, vmo->stream)->size > vmo_size(w, v) && !has_unfinished_resize(w);
    if (!is_page_aligned(node_at(w, vmo->node)->size) || beyond) violated(r, 2, vmo->object.koid, 0);
}

static bool has_frame_fields(const struct page_key *k) {
    return k->content != 0 || k->share != 0 || k->kind != 0 || k->pins != 0 || k->always_need != 0 ||
           k->list != LIST_NONE || k->list_generation != 0 || k->generation != 0 || k->ascending != 0;
}

/* A page of no queue has nothing of one: pages that are alike have equal keys. */
static bool has_queue_fields(const struct page_key *k) {
    return k->order != 0 || k->list_generation != 0 || k->generation != 0 || k->ascending != 0;
}

static void inv_3_one_state_per_slot(const struct page_run *run, const struct page_run *last, zx_koid_t koid,
                                     struct report *r) {
    const struct page_key *k = &run->key;
    bool unknown = k->state >= PAGE_STATES;
    bool unmerged = last->end == run->first && is_interval(k) && last->key.state == k->state;
    bool acl = k->state == ZERO_UNTRACKED && k->order != 0;
    bool fields = (k->state == ABSENT || k->state == MARKER) && (has_frame_fields(k) || k->order != 0);
    bool queue = is_frame(k) && k->list == LIST_NONE && has_queue_fields(k);
    if (unknown || unmerged || acl || fields || queue) violated(r, 3, koid, run->first);
}

static void inv_4_dirty_states_in_roots_only(const zxp_world *w, node_ref n, const struct page_run *run,
                                             struct report *r) {
    bool in_root = node_is_root(w, n);
    bool wrong = run->key.state == OWNED ? in_root : run->key.state != ABSENT && run->key.state != MARKER && !in_root;
    if (wrong) violated(r, 4, node_koid(w, n), run->first);
}

static void inv_5_no_clean_intervals(const struct page_run *run, zx_koid_t koid, struct report *r) {
    if (is_interval(&run->key) && has_frame_fields(&run->key)) violated(r, 5, koid, run->first);
}

static void inv_6_markers_in_pager_trees_only(const zxp_world *w, node_ref n, const struct page_run *run,
                                              struct report *r) {
    if (run->key.state == MARKER && !node_at(w, n)->in_pager_tree) violated(r, 6, node_koid(w, n), run->first);
}

/* ---- Queues ---- */

static bool is_discardable(const zxp_world *w, node_ref n) {
    vmo_ref owner = node_at(w, n)->owner;
    return vmo_is(owner) && vmo_at(w, owner)->discardable;
}

/* The queues are fields of the pages: reclaimable is in one, every other queue is the state itself. */
static bool belongs_in_list(const zxp_world *w, node_ref n, const struct page_key *k) {
    return k->pins == 0 && (k->state == CLEAN || (k->state == OWNED && is_discardable(w, n)));
}

static void inv_23_queue_function(const zxp_world *w, node_ref n, const struct page_run *run, struct report *r) {
    const struct page_key *k = &run->key;
    bool listed = k->list != LIST_NONE;
    bool missing = belongs_in_list(w, n, k) && !listed;
    bool wrong = k->state == OWNED && listed && !belongs_in_list(w, n, k);
    if (missing || wrong) violated(r, 23, node_koid(w, n), run->first);
}

static void inv_25_evictable_is_clean(const zxp_world *w, node_ref n, const struct page_run *run, struct report *r) {
    if (run->key.state == CLEAN && run->key.list != LIST_NONE && run->key.pins > 0)
        violated(r, 25, node_koid(w, n), run->first);
}

static void inv_26_dirty_queue(const zxp_world *w, node_ref n, const struct page_run *run, struct report *r) {
    bool dirty = run->key.state == DIRTY || run->key.state == AWAITING;
    if (dirty && run->key.list != LIST_NONE) violated(r, 26, node_koid(w, n), run->first);
}

enum { GENERATIONS = 8, MOST_AGE_AT_REST = 6 };

static bool is_live_generation(const struct kernel *kernel, uint8_t generation) {
    uint64_t age = (kernel->newest_generation - generation) % GENERATIONS;
    return generation < GENERATIONS && age <= kernel->newest_generation - kernel->oldest_generation;
}

static void inv_27_generations(const zxp_world *w, node_ref n, const struct page_run *run, struct report *r) {
    const struct kernel *kernel = kernel_of(w);
    bool listed = run->key.list == LIST_GENERATION;
    bool dead = listed && (!is_live_generation(kernel, run->key.list_generation) ||
                           !is_live_generation(kernel, run->key.generation));
    if (dead) violated(r, 27, node_koid(w, n), run->first);
}

static void inv_27_counters(const zxp_world *w, struct report *r) {
    uint64_t span = kernel_of(w)->newest_generation - kernel_of(w)->oldest_generation;
    if (span < 1 || span > MOST_AGE_AT_REST) violated(r, 27, ZX_KOID_INVALID, 0);
}

/* ---- Bodies and blocks ---- */

static uint64_t references_in_map(const zxp_world *w, const struct page_map *map, uint32_t body) {
    uint64_t references = 0;
    struct page_run run;
    if (map->root == 0) return 0;
    for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run);)
        if (is_frame(&run.key) && run.key.kind == CONTENT_BODY && run.key.content == body)
            references += run.end - run.first;
    return references;
}

static uint64_t references_in_call(const zxp_world *w, thread_ref t, uint32_t body) {
    const struct call *call = call_of(w, t);
    const struct piece *pieces = arena_at(w, call->data.pieces);
    uint64_t references = references_in_map(w, &call->transit, body);
    for (uint32_t i = 0; i < call->data.count; i++)
        if (pieces[i].kind == CONTENT_BODY && pieces[i].value == body) references++;
    return references;
}

static uint64_t references_in_world(const zxp_world *w, uint32_t body) {
    uint64_t references = 0;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        references += references_in_map(w, &node_at(w, n)->map, body);
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++)
        references += references_in_call(w, thread_number(w, i), body);
    return references;
}

static void inv_20_single_owner(const zxp_world *w, node_ref n, const struct page_run *run, struct report *r) {
    if (!is_frame(&run->key) || run->key.kind != CONTENT_BODY) return;
    uint32_t references = body_at(w, (body_ref){run->key.content})->references;
    if (references != references_in_world(w, run->key.content)) violated(r, 20, node_koid(w, n), run->first);
}

/* Each free block is in the arena, and the list of a class is not longer than the arena could hold. */
static void inv_21_conservation(const zxp_world *w, struct report *r) {
    const struct kernel *kernel = kernel_of(w);
    uint64_t free_blocks = 0;
    for (unsigned class = 0; class < ARENA_CLASSES; class ++) {
        for (uint32_t block = kernel->free_blocks[class]; block != 0;
             memcpy(&block, arena_at(w, block), sizeof block)) {
            if (block < kernel->top && ++free_blocks <= kernel->top) continue;
            violated(r, 21, ZX_KOID_INVALID, block);
            return;
        }
    }
}

/* ---- Pins ---- */

static void inv_24_pins_are_counted(const zxp_world *w, node_ref n, struct report *r) {
    uint64_t pinned = 0;
    struct page_run run;
    const struct page_map *map = &node_at(w, n)->map;
    for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run);) {
        if (run.key.pins > 0) pinned += run.end - run.first;
        if (is_frame(&run.key) && run.key.pins > 31) violated(r, 24, node_koid(w, n), run.first);
    }
    if (pinned != node_at(w, n)->pinned) violated(r, 24, node_koid(w, n), 0);
}

static void inv_24_pinned_pages_stay(const zxp_world *w, pin_ref p, struct report *r) {
    const struct pin *pin = pin_at(w, p);
    const struct vmo *vmo = vmo_at(w, pin->vmo);
    uint64_t first = (vmo->base + pin->offset) / PAGE;
    struct page_run run;
    for (struct page_walk k = page_walk_begin(w, &node_at(w, vmo->node)->map, first, first + pin->length / PAGE);
         page_walk_next(&k, &run);)
        if (!is_frame(&run.key) || run.key.pins == 0) violated(r, 24, vmo->object.koid, run.first);
}

/* ---- Limits ---- */

static void inv_56_limit_inside_parent(const zxp_world *w, node_ref n, struct report *r) {
    const struct node *node = node_at(w, n);
    if (node->limit == 0) return;
    bool inside = node_is(node->up) && node->limit <= node->size &&
                  in_range(node->up_offset, node->limit, node_at(w, node->up)->size);
    if (!inside) violated(r, 56, node_koid(w, n), node->limit / PAGE);
}

/* ---- Together ---- */

static void check_run(const zxp_world *w, node_ref n, const struct page_run *run, const struct page_run *last,
                      struct report *r) {
    inv_3_one_state_per_slot(run, last, node_koid(w, n), r);
    inv_4_dirty_states_in_roots_only(w, n, run, r);
    inv_5_no_clean_intervals(run, node_koid(w, n), r);
    inv_6_markers_in_pager_trees_only(w, n, run, r);
    inv_23_queue_function(w, n, run, r);
    inv_25_evictable_is_clean(w, n, run, r);
    inv_26_dirty_queue(w, n, run, r);
    inv_27_generations(w, n, run, r);
}

/* INV-20 counts the whole world for each body: worth it only while there are few. */
static bool can_count_bodies(const zxp_world *w) {
    uint64_t runs = 0;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        runs += node_at(w, n)->map.runs;
    return runs <= 1024;
}

static void check_node(const zxp_world *w, node_ref n, bool bodies, struct report *r) {
    struct page_run run, last = {0};
    const struct page_map *map = &node_at(w, n)->map;
    for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run); last = run) {
        check_run(w, n, &run, &last, r);
        if (bodies) inv_20_single_owner(w, n, &run, r);
    }
    inv_24_pins_are_counted(w, n, r);
    inv_56_limit_inside_parent(w, n, r);
}

void check_slots(const zxp_world *w, struct report *r) {
    bool bodies = can_count_bodies(w);
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node) check_node(w, n, bodies, r);
    for (vmo_ref v = next_vmo(w, vmo_none()); vmo_is(v); v = next_vmo(w, v)) inv_2_aligned_size(w, v, r);
    for (pin_ref p = kernel_of(w)->first_pin; pin_is(p); p = pin_at(w, p)->next) inv_24_pinned_pages_stay(w, p, r);
    inv_27_counters(w, r);
    inv_21_conservation(w, r);
}
