/*
 * reclaim.c - the reclaim lists, ageing, the eviction loop (chapter 8 sections 1.1 to 1.9).
 *
 * A list is a set of runs, scattered over the nodes; a walk over one copies its runs to a scratch array, sorts it head
 * first and goes through that. Whoever ages or reclaims has reserved the array and the changes with reclaim_bytes.
 *
 *   a generation   head = most recent stamp     (last in, first out)
 *   Isolate        head = earliest stamp        (first in, first out)
 *
 * Pages of one stamp lie in one node and came in one direction:
 * `ascending` says whether the lowest of them is nearest the head.
 */
#include "reclaim.h"

#include "mapping.h"
#include "node.h"

/* ---- Which list: section 1.1 ---- */

static bool is_discardable(const zxp_world *w, node_ref n) {
    vmo_ref owner = node_at(w, n)->owner;
    return vmo_is(owner) && vmo_at(w, owner)->discardable;
}

static uint8_t newest(const zxp_world *w) { return (uint8_t)(kernel_of(w)->newest_generation % 8); }

/* A ticket is stamp * 64, the newest generation * 8, and which states may enter a list. */
#define TICKET_CLEAN 1u
#define TICKET_OWNED 2u

static uint64_t who_enters(const zxp_world *w, node_ref n) {
    if (node_is_root(w, n)) return TICKET_CLEAN;
    return is_discardable(w, n) ? TICKET_OWNED : 0;
}

uint64_t reclaim_ticket(zxp_world *w, node_ref n) {
    uint64_t who = who_enters(w, n);
    if (who == 0) return 0;
    kernel_of(w)->pages_in_lists = 1;
    return kernel_of(w)->next_stamp++ * 64 + newest(w) * UINT64_C(8) + who;
}

void reclaim_leave(struct page_key *key) {
    key->order = 0;
    key->list = LIST_NONE;
    key->list_generation = key->generation = key->ascending = 0;
}

void reclaim_place(struct page_key *key, uint64_t ticket) {
    reclaim_leave(key);
    uint64_t wanted = key->state == CLEAN ? TICKET_CLEAN : TICKET_OWNED; /* no ticket lets D, W or M enter */
    if ((ticket & wanted) == 0 || key->pins > 0) return;
    key->order = ticket / 64;
    key->list = LIST_GENERATION;
    key->list_generation = key->generation = (uint8_t)(ticket / 8 % 8);
}

void reclaim_enter(zxp_world *w, node_ref n, struct page_key *key) { reclaim_place(key, reclaim_ticket(w, n)); }

/* ---- Access: section 1.3 ---- */

static void mark_accessed(struct page_key *key, uint64_t ticket) {
    if (key->list == LIST_ISOLATE)
        reclaim_place(key, ticket);
    else if (key->list == LIST_GENERATION)
        key->generation = (uint8_t)(ticket / 8 % 8); /* relinked when its old list is processed */
}

static bool is_newest(const struct page_key *key, uint8_t generation) {
    return key->list == LIST_NONE || (key->list == LIST_GENERATION && key->generation == generation);
}

void reclaim_mark_accessed(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    if (kernel_of(w)->pages_in_lists == 0) return;
    const struct page_map *map = &node_at(w, n)->map;
    struct page_run run;
    struct page_walk walk = page_walk_begin(w, map, first, end);
    while (page_walk_next(&walk, &run) && is_newest(&run.key, newest(w))) first = run.end;
    if (first >= end) return;
    slots_change(w, n, first, end, mark_accessed, reclaim_ticket(w, n), VIEWS_KEEP, RULE_reclaim_accessed);
}

/* To the tail of Isolate; pages that come together come in ascending order, or as their old list had them. */
static void isolate(struct page_key *key, uint64_t stamp) {
    reclaim_leave(key);
    key->order = stamp;
    key->list = LIST_ISOLATE;
}

static void isolate_ascending(struct page_key *key, uint64_t stamp) {
    isolate(key, stamp);
    key->ascending = 1;
}

void reclaim_isolate(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    slots_change(w, n, first, end, isolate_ascending, kernel_of(w)->next_stamp++, VIEWS_KEEP, RULE_reclaim_hinted);
}

/* ---- A list, head first ---- */

/* A run of a list. 32 bytes, in a scratch array. */
struct queued {
    uint64_t stamp, first, end;
    node_ref node;
    uint32_t ascending;
};

struct queue {
    uint32_t index; /* of the scratch array */
    uint32_t capacity, count, at;
    bool oldest_first; /* Isolate */
};

static struct queued *queued_at(const zxp_world *w, const struct queue *q, uint32_t i) {
    return (struct queued *)arena_at(w, q->index) + i;
}

/* Does a come nearer the head than b? Equal stamps: one node, one direction. */
static bool nearer(const struct queued *a, const struct queued *b, bool oldest_first) {
    if (a->stamp != b->stamp) return (a->stamp < b->stamp) == oldest_first;
    return (a->first < b->first) == (a->ascending != 0);
}

static void swap(struct queued *a, struct queued *b) {
    struct queued c = *a;
    *a = *b;
    *b = c;
}

static void sift_down(struct queued *a, uint32_t i, uint32_t count, bool oldest_first) {
    for (uint32_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && nearer(a + child, a + child + 1, oldest_first)) child++;
        if (!nearer(a + i, a + child, oldest_first)) return;
        swap(a + i, a + child);
    }
}

static void sort(struct queued *a, uint32_t count, bool oldest_first) {
    for (uint32_t i = count / 2; i-- > 0;) sift_down(a, i, count, oldest_first);
    for (uint32_t last = count; last-- > 1;) {
        swap(a, a + last);
        sift_down(a, 0, last, oldest_first);
    }
}

/* How many runs of a node are in a list. */
static uint32_t listed_runs(const zxp_world *w, node_ref n) {
    uint32_t runs = 0;
    struct page_run run;
    if (who_enters(w, n) == 0) return 0;
    for (struct page_walk k = page_walk_begin(w, &node_at(w, n)->map, 0, UINT64_MAX); page_walk_next(&k, &run);)
        runs += run.key.list != LIST_NONE;
    return runs;
}

/* Room for every run of every list. Pieces of runs leave the list that they were gathered from for one that is not
 * gathered any more: Isolate, or the newest generation. */
static uint32_t scratch_runs(const zxp_world *w) {
    uint32_t runs = 0;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node) runs += listed_runs(w, n);
    return runs + 1; /* no block is empty */
}

/* A run is cut where a batch ends in it, and behind its last whole batch: one change. One more is cut where enough is
 * freed, or above the first page of a discardable VMO. */
uint64_t reclaim_bytes(const zxp_world *w) {
    uint64_t bytes = arena_size((uint64_t)scratch_runs(w) * sizeof(struct queued));
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        bytes += slots_bytes(w, n, listed_runs(w, n) + 1);
    return bytes;
}

static struct queue queue_make(zxp_world *w) {
    struct queue q = {.capacity = scratch_runs(w)};
    q.index = arena_alloc(w, q.capacity * sizeof(struct queued));
    return q;
}

static void queue_free(zxp_world *w, struct queue *q) { arena_free(w, q->index, q->capacity * sizeof(struct queued)); }

static void gather_node(const zxp_world *w, struct queue *q, node_ref n, enum reclaim_list list, uint8_t generation) {
    struct page_run run;
    if (who_enters(w, n) == 0) return;
    for (struct page_walk k = page_walk_begin(w, &node_at(w, n)->map, 0, UINT64_MAX); page_walk_next(&k, &run);)
        if (run.key.list == list && run.key.list_generation == generation)
            *queued_at(w, q, q->count++) = (struct queued){run.key.order, run.first, run.end, n, run.key.ascending};
}

/* Fills the queue with a list: Isolate, or the generation's. */
static void gather(const zxp_world *w, struct queue *q, enum reclaim_list list, uint64_t generation) {
    q->count = q->at = 0;
    q->oldest_first = list == LIST_ISOLATE;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        gather_node(w, q, n, list, (uint8_t)(generation % 8));
    sort(queued_at(w, q, 0), q->count, q->oldest_first);
}

static bool is_finished(const struct queue *q) { return q->at == q->count; }

/* The first `most` pages of a queued run, seen from the head. */
static struct queued front(struct queued run, uint64_t most) {
    uint64_t pages = min_u64(most, run.end - run.first);
    if (run.ascending)
        run.end = run.first + pages;
    else
        run.first = run.end - pages;
    return run;
}

/* What is left of a run behind that. */
static struct queued behind(struct queued run, const struct queued *taken) {
    if (run.ascending)
        run.first = taken->end;
    else
        run.end = taken->first;
    return run;
}

static struct queued take(const zxp_world *w, struct queue *q, uint64_t most) {
    struct queued *head = queued_at(w, q, q->at), taken = front(*head, most);
    *head = behind(*head, &taken);
    if (head->first == head->end) q->at++;
    return taken;
}

/* ---- Moving pages between lists ---- */

/* Off one head and on another, page by page, turns the order round. */
static void to_head(struct page_key *key, uint64_t stamp) {
    key->order = stamp;
    key->list_generation = key->generation;
    key->ascending = !key->ascending;
}

static void to_newest_head(struct page_key *key, uint64_t ticket) {
    uint8_t turned = !key->ascending;
    reclaim_place(key, ticket);
    key->ascending = turned;
}

static void to_isolate(struct page_key *key, uint64_t stamp) {
    uint8_t ascending = key->ascending;
    isolate(key, stamp);
    key->ascending = ascending;
}

static void move(zxp_world *w, const struct queued *run, void (*change)(struct page_key *, uint64_t), uint64_t argument,
                 enum rule_number rule) {
    slots_change(w, run->node, run->first, run->end, change, argument, VIEWS_KEEP, rule);
}

/* A page that could not be reclaimed leaves Isolate for the head of the newest generation. */
static void give_up(zxp_world *w, const struct queued *run, enum rule_number why) {
    apply_rule(w, why);
    move(w, run, to_newest_head, reclaim_ticket(w, run->node), RULE_reclaim_accessed);
}

/* ---- Evictability: sections 1.4, 1.9 ---- */

/* What the attempt to reclaim a page comes to. */
enum attempt { ATTEMPT_EVICT, ATTEMPT_DISCARD, ATTEMPT_FAIL };

/* Checks 3 to 6 of a root's page; the translations (check 7) never refuse. */
static enum rule_number refuses_eviction(const zxp_world *w, const struct page_key *key, bool ignore_hints) {
    if (profile_is(w, ZXP_PROFILE_2018)) return RULE_reclaim_no_eviction;
    if (key->pins > 0) return RULE_reclaim_pinned;
    if (key->state != CLEAN) return RULE_reclaim_not_clean;
    if (key->always_need && !ignore_hints && profile_is(w, ZXP_PROFILE_HEAD)) return RULE_reclaim_always_need;
    return RULE_none;
}

static void tell_evicted(zxp_world *w, node_ref n, uint64_t first, uint64_t end, enum rule_number rule) {
    if (!observed(w)) return;
    vmo_ref owner = node_at(w, n)->owner;
    zxp_event event = {.kind = ZXP_EVENT_EVICT,
                       .thread = ZXP_NO_THREAD,
                       .rule = (uint16_t)rule,
                       .offset = first * PAGE,
                       .length = (end - first) * PAGE};
    if (vmo_is(owner)) event.koid = vmo_at(w, owner)->object.koid;
    if (node_is_root(w, n)) event.koid = source_at(w, node_at(w, n)->source)->koid;
    tell(w, &event);
}

static void evict(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    slots_set(w, n, first, end, key_absent(), VIEWS_UNMAP, RULE_reclaim_evicted);
    node_at(w, n)->reclaim_events += end - first;
    tell_evicted(w, n, first, end, RULE_reclaim_evicted);
}

/* Frees every frame of a discardable VMO; returns how many. */
static uint64_t discard(zxp_world *w, node_ref n) {
    uint64_t freed = 0, pages = node_at(w, n)->map.pages;
    struct page_run run;
    for (struct page_walk k = page_walk_begin(w, &node_at(w, n)->map, 0, pages); page_walk_next(&k, &run);)
        if (is_frame(&run.key)) freed += run.end - run.first;
    slots_set(w, n, 0, pages, key_absent(), VIEWS_UNMAP, RULE_reclaim_discarded);
    vmo_at(w, node_at(w, n)->owner)->lock = LOCK_DISCARDED;
    node_at(w, n)->reclaim_events++; /* once, not for each page */
    tell_evicted(w, n, 0, pages, RULE_reclaim_discarded);
    return freed;
}

static bool holds_frame(const struct page_key *key) { return is_frame(key); }

/* Only the first resident page of a reclaimable VMO without pins will do; it stands for all of them. */
static enum attempt judge_discardable(const zxp_world *w, struct queued *run) {
    const struct node *node = node_at(w, run->node);
    if (vmo_at(w, node->owner)->lock != LOCK_RECLAIMABLE || node->pinned > 0) return ATTEMPT_FAIL;
    uint64_t lowest = page_map_first(w, &node->map, 0, node->map.pages, holds_frame);
    if (run->first > lowest) return ATTEMPT_FAIL;
    if (run->ascending || run->end == lowest + 1) return ATTEMPT_DISCARD;
    run->first = lowest + 1;
    return ATTEMPT_FAIL;
}

/* What the attempts on the pages of a run come to; the run is cut to those, from the head on, that fare alike. */
static enum attempt judge(const zxp_world *w, struct queued *run, enum reclaim_level level, enum rule_number *why) {
    *why = RULE_reclaim_discard_refused;
    if (!node_is_root(w, run->node)) return judge_discardable(w, run);
    struct page_key key = slot_at(w, run->node, run->first);
    *why = refuses_eviction(w, &key, level == INCLUDE_NEWEST);
    return *why == RULE_none ? ATTEMPT_EVICT : ATTEMPT_FAIL;
}

/* A discard frees pages that stand further back in a queue. */
static bool still_queued(const zxp_world *w, const struct queued *run) {
    return slot_at(w, run->node, run->first).list != LIST_NONE;
}

/* Attempts the pages of a run of Isolate, from the head on, until `wanted` are freed. Returns how many were. */
static uint64_t attempt(zxp_world *w, struct queued run, uint64_t wanted, enum reclaim_level level) {
    uint64_t freed = 0;
    while (run.first < run.end && freed < wanted && still_queued(w, &run)) {
        enum rule_number why;
        struct queued part = run;
        enum attempt outcome = judge(w, &part, level, &why);
        if (outcome == ATTEMPT_DISCARD) return freed + discard(w, run.node);
        if (outcome == ATTEMPT_EVICT) part = front(part, wanted - freed);
        run = behind(run, &part);
        if (outcome == ATTEMPT_FAIL) {
            give_up(w, &part, why);
        } else {
            evict(w, part.node, part.first, part.end);
            freed += part.end - part.first;
        }
    }
    return freed;
}

/* ---- Generations: section 1.2 ---- */

static uint8_t recorded(const zxp_world *w, const struct queued *run) {
    return slot_at(w, run->node, run->first).generation;
}

/* Processes the head of the queue of generation g: relinks it if it was accessed since, else isolates at most `most`
 * pages of it. Returns the pages isolated, and in *run which. */
static uint64_t process(zxp_world *w, struct queue *q, uint64_t g, uint64_t most, struct queued *run) {
    if (recorded(w, queued_at(w, q, q->at)) != g % 8) {
        *run = take(w, q, UINT64_MAX);
        move(w, run, to_head, kernel_of(w)->next_stamp++, RULE_reclaim_relinked);
        return 0;
    }
    *run = take(w, q, most);
    move(w, run, to_isolate, kernel_of(w)->next_stamp++, RULE_reclaim_aged_out);
    return run->end - run->first;
}

void reclaim_age(zxp_world *w) {
    struct kernel *kernel = kernel_of(w);
    kernel->newest_generation++;
    if (kernel->newest_generation - kernel->oldest_generation < 7) return;
    uint64_t oldest = kernel->oldest_generation;
    struct queued run;
    struct queue q = queue_make(w);
    gather(w, &q, LIST_GENERATION, oldest);
    while (!is_finished(&q)) process(w, &q, oldest, UINT64_MAX, &run);
    queue_free(w, &q);
    kernel_of(w)->oldest_generation = oldest + 1;
}

/* ---- The eviction loop: section 1.5 ---- */

#define BATCH 16u /* pages isolated at a time */

/* Whole batches of one run that fare alike, without the way through Isolate. Returns the pages freed; 0 if there are
 * none such at the head of the queue. */
static uint64_t whole_batches(zxp_world *w, struct queue *q, uint64_t g, uint64_t wanted, enum reclaim_level level) {
    enum rule_number why;
    struct queued run = *queued_at(w, q, q->at);
    if (recorded(w, &run) != g % 8) return 0;
    enum attempt outcome = judge(w, &run, level, &why);
    if (outcome == ATTEMPT_DISCARD) return 0;
    uint64_t pages = run.end - run.first;
    if (outcome == ATTEMPT_EVICT) pages = min_u64(pages, wanted);
    pages -= pages % BATCH;
    if (pages == 0) return 0;
    run = take(w, q, pages);
    if (outcome == ATTEMPT_FAIL) {
        give_up(w, &run, why);
        return 0;
    }
    evict(w, run.node, run.first, run.end);
    return pages;
}

/* Is there another run in the generation? A batch before may have discarded a VMO with pages further back in it. */
static bool has_next(const zxp_world *w, struct queue *q) {
    while (!is_finished(q) && !still_queued(w, queued_at(w, q, q->at))) q->at++;
    return !is_finished(q);
}

/* Isolates up to 16 pages off the generation's list, then attempts
 * them. Returns the pages freed; the rest stays in Isolate. */
static uint64_t one_batch(zxp_world *w, struct queue *q, uint64_t g, uint64_t wanted, enum reclaim_level level) {
    struct queued batch[BATCH];
    uint32_t runs = 0;
    for (uint64_t pages = 0, isolated; pages < BATCH && has_next(w, q); pages += isolated) {
        isolated = process(w, q, g, BATCH - pages, &batch[runs]);
        if (isolated > 0) runs++;
    }
    uint64_t freed = 0;
    for (uint32_t i = 0; i < runs; i++) freed += attempt(w, batch[i], wanted - min_u64(wanted, freed), level);
    return freed;
}

static uint64_t reclaim_generation(zxp_world *w, struct queue *q, uint64_t wanted, enum reclaim_level level) {
    uint64_t g = kernel_of(w)->oldest_generation, freed = 0;
    gather(w, q, LIST_GENERATION, g);
    while (freed < wanted && has_next(w, q)) {
        freed += whole_batches(w, q, g, wanted - freed, level);
        if (!is_finished(q) && freed < wanted) freed += one_batch(w, q, g, wanted - freed, level);
    }
    if (is_finished(q)) kernel_of(w)->oldest_generation = g + 1;
    return freed;
}

static uint64_t reclaim_isolated(zxp_world *w, struct queue *q, uint64_t wanted, enum reclaim_level level) {
    uint64_t freed = 0;
    gather(w, q, LIST_ISOLATE, 0);
    while (!is_finished(q) && freed < wanted) freed += attempt(w, take(w, q, UINT64_MAX), wanted - freed, level);
    return freed;
}

uint64_t reclaim_pages(zxp_world *w, uint64_t n, enum reclaim_level level) {
    uint64_t minimum_age = level == ONLY_OLDEST ? 6 : 2;
    struct queue q = queue_make(w);
    uint64_t freed = reclaim_isolated(w, &q, n, level);
    while (freed < n && kernel_of(w)->oldest_generation + minimum_age <= kernel_of(w)->newest_generation)
        freed += reclaim_generation(w, &q, n - freed, level);
    queue_free(w, &q);
    return freed;
}

/* ---- evict_page: section 1.12 ---- */

uint64_t reclaim_evict_bytes(const zxp_world *w, node_ref n) { return slots_bytes(w, n, 1); }

/* Why no page of the run may be reclaimed, or RULE_none. */
static enum rule_number refuses_page(const zxp_world *w, node_ref n, const struct page_key *key, bool ignore_hints) {
    if (!node_is_root(w, n)) return RULE_reclaim_no_pager;
    if (!is_frame(key)) return RULE_reclaim_no_frame;
    return refuses_eviction(w, key, ignore_hints);
}

uint64_t reclaim_evict_range(zxp_world *w, node_ref n, uint64_t first, uint64_t end, bool ignore_hints) {
    uint64_t evicted = 0;
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, n, page);
        next = min_u64(run.end, end);
        enum rule_number why = refuses_page(w, n, &run.key, ignore_hints);
        if (why == RULE_none) {
            evict(w, n, page, next);
            evicted += next - page;
            continue;
        }
        apply_rule(w, why);
        if (why == RULE_reclaim_always_need || why == RULE_reclaim_no_eviction)
            reclaim_mark_accessed(w, n, page, next); /* checks 1 and 6: the page becomes newest */
    }
    return evicted;
}
