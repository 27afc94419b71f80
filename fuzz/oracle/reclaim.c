/*
 * reclaim.c - ageing and eviction (chapter 8 sections 1.1 to 1.5, 1.9, 1.12). Lists are linked through the frames; the
 * head of a generation is its most recently added page.
 */
#include "state.h"

static int16_t *list_head(oracle *o, const frame_t *f) {
    return f->queue == QUEUE_ISOLATE ? &o->isolate_head : &o->head[f->list % GENERATIONS];
}

static int16_t *list_tail(oracle *o, const frame_t *f) {
    return f->queue == QUEUE_ISOLATE ? &o->isolate_tail : &o->tail[f->list % GENERATIONS];
}

void orc_queue_leave(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    if (frame->queue == QUEUE_NONE) {
        return;
    }
    if (frame->prev >= 0) {
        o->frame[frame->prev].next = frame->next;
    } else {
        *list_head(o, frame) = frame->next;
    }
    if (frame->next >= 0) {
        o->frame[frame->next].prev = frame->prev;
    } else {
        *list_tail(o, frame) = frame->prev;
    }
    frame->prev = frame->next = -1;
    frame->queue = QUEUE_NONE;
}

static void push_generation(oracle *o, int f, uint32_t list) {
    frame_t *frame = &o->frame[f];
    orc_queue_leave(o, f);
    frame->queue = QUEUE_GENERATION;
    frame->list = list;
    int16_t *head = list_head(o, frame);
    frame->next = *head;
    if (*head >= 0) {
        o->frame[*head].prev = (int16_t)f;
    } else {
        *list_tail(o, frame) = (int16_t)f;
    }
    *head = (int16_t)f;
}

static void append_isolate(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    orc_queue_leave(o, f);
    frame->queue = QUEUE_ISOLATE;
    frame->prev = o->isolate_tail;
    if (o->isolate_tail >= 0) {
        o->frame[o->isolate_tail].next = (int16_t)f;
    } else {
        o->isolate_head = (int16_t)f;
    }
    o->isolate_tail = (int16_t)f;
}

/* Chapter 8 section 1.1: the queue follows from the state; a reclaimable frame enters the newest generation. */
void orc_queue_enter(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    if (f <= 0 || frame->node < 0) {
        return;
    }
    const node_t *node = &o->node[frame->node];
    bool reclaimable = frame->pins == 0 && ((node->source >= 0 && frame->state == 'C') || node->discardable);
    if (reclaimable) {
        frame->generation = o->mru;
        push_generation(o, f, o->mru);
    } else {
        orc_queue_leave(o, f);
    }
}

void orc_queue_dont_need(oracle *o, int f) { append_isolate(o, f); }

/* Chapter 8 section 1.3. */
void orc_mark_accessed(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    if (f <= 0 || frame->queue == QUEUE_NONE) {
        return;
    }
    frame->generation = o->mru;
    if (frame->queue == QUEUE_ISOLATE) {
        push_generation(o, f, o->mru);
    }
}

/* Chapter 8 section 1.2, process generation lru with at most `limit` isolations; lru advances when its list is empty.
 */
static void process_oldest(oracle *o, unsigned limit) {
    uint32_t g = o->lru;
    while (o->head[g % GENERATIONS] >= 0 && limit > 0) {
        int f = o->head[g % GENERATIONS];
        frame_t *frame = &o->frame[f];
        if (frame->generation != g) {
            push_generation(o, f, frame->generation);
        } else {
            append_isolate(o, f);
            limit--;
        }
    }
    if (o->head[g % GENERATIONS] < 0) {
        o->lru = g + 1;
    }
}

void orc_age_step(oracle *o) {
    o->mru++;
    if (o->mru - o->lru == GENERATIONS - 1) {
        process_oldest(o, FRAME_MAX);
    }
}

static void evict_frame(oracle *o, int f) {
    int n = o->frame[f].node;
    uint64_t page = o->frame[f].page;
    orc_entry_drop(o, n, page);
    orc_unmap_node_pages(o, n, page, 1);
    o->node[n].events++;
}

/* Chapter 8 section 1.4, checks 2 to 7; chapter 9 sections 4.4, 5.5. */
static bool try_evict(oracle *o, int f, bool ignore_hints) {
    frame_t *frame = &o->frame[f];
    if (o->profile == ZXP_PROFILE_2018) {
        orc_mark_accessed(o, f);
        return false;
    }
    if (frame->pins > 0) {
        orc_mark_accessed(o, f);
        return false;
    }
    if (frame->state != 'C') {
        return false;
    }
    if (frame->always_need && !ignore_hints && orc_head_profile(o)) {
        orc_mark_accessed(o, f);
        return false;
    }
    evict_frame(o, f);
    return true;
}

/* Chapter 8 section 1.9: only the first resident page of a Reclaimable VMO, nothing pinned; then all pages go. */
static uint64_t try_discard(oracle *o, int f) {
    int n = o->frame[f].node;
    node_t *node = &o->node[n];
    bool first = node->entries > 0 && node->entry[0].frame == f;
    if (node->lock_state != 2 || !first || orc_any_pinned(o, n, 0, NEVER)) {
        orc_mark_accessed(o, f);
        return 0;
    }
    uint64_t freed = node->entries;
    while (node->entries > 0) {
        orc_entry_drop(o, n, node->entry[node->entries - 1].page);
    }
    orc_unmap_node_pages(o, n, 0, NEVER);
    node->lock_state = 3;
    node->events++;
    return freed;
}

/* Chapter 8 section 1.5, level OnlyOldest. */
static uint64_t reclaim_oldest(oracle *o, uint64_t wanted) {
    const uint32_t min_age = 6;
    uint64_t freed = 0;
    while (freed < wanted) {
        while (o->isolate_head < 0 && o->lru + 1 + (min_age - 1) <= o->mru) {
            process_oldest(o, 16);
        }
        if (o->isolate_head < 0) {
            break;
        }
        int f = o->isolate_head;
        if (o->node[o->frame[f].node].source >= 0) {
            freed += try_evict(o, f, false) ? 1 : 0;
        } else {
            freed += try_discard(o, f);
        }
    }
    return freed;
}

/* Chapter 8 section 1.12: `reclaim N`. */
uint64_t orc_reclaim_command(oracle *o, uint64_t pages) {
    uint64_t freed = 0;
    for (int i = 0; i < 8; i++) {
        freed += reclaim_oldest(o, pages - freed);
        if (freed >= pages) {
            break;
        }
        orc_age_step(o);
    }
    return freed;
}

/* Chapter 8 section 1.12: `evict V P N`, each page of the range, ascending, whatever its age. */
zx_status_t orc_evict_command(oracle *o, zx_koid_t koid, uint64_t off, uint64_t len, bool ignore_hints,
                              uint64_t *evicted) {
    *evicted = 0;
    int v = orc_vmo_by_koid(o, koid);
    if (v < 0) {
        return ZX_ERR_NOT_FOUND;
    }
    uint64_t start = orc_round_down(off);
    uint64_t end = orc_round_up(off + len);
    if (orc_add_wraps(off, len) || (end == 0 && off + len != 0) || end > orc_vmo_bytes(o, v)) {
        return ZX_ERR_OUT_OF_RANGE;
    }
    int n = o->object[v].node;
    if (o->node[n].source < 0) {
        return ZX_OK;
    }
    uint64_t page = o->object[v].base + start / PAGE;
    uint64_t stop = o->object[v].base + end / PAGE;
    while ((page = orc_entry_next(o, n, page)) < stop) {
        int f = o->node[n].entry[orc_entry_find(o, n, page)].frame;
        if (f >= 0 && try_evict(o, f, ignore_hints)) {
            (*evicted)++;
        }
        page++;
    }
    return ZX_OK;
}
