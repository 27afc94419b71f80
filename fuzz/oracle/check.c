/*
 * check.c - what must hold of the oracle's own structures after every call (chapter 3 section 15, chapter 4 section 16,
 * chapter 8 part 3), as far as one state shows it.
 */
#include <string.h>

#include "state.h"

#define MUST(condition, text)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            return text;                                                                                               \
        }                                                                                                              \
    } while (0)

static const char *check_slots(const oracle *o, const node_t *n) {
    for (unsigned i = 0; i < n->entries; i++) {
        const entry_t *e = &n->entry[i];
        MUST(e->page < n->pages, "INV-1: a slot beyond the end");
        MUST(i == 0 || n->entry[i - 1].page < e->page, "entries in order");
        if (e->frame < 0) {
            MUST(n->tracked_tree, "INV-6: a marker outside a pager tree");
            continue;
        }
        const frame_t *f = &o->frame[e->frame];
        MUST(f->used, "a slot holds a frame");
        MUST((n->source >= 0) == (f->state != 'P'), "INV-4: states of roots only in roots");
        MUST(f->pins == 0 || f->queue == QUEUE_NONE, "INV-23: a pinned page is wired");
        MUST(f->state != 'D' || f->queue == QUEUE_NONE, "INV-26: a dirty page is in no generation");
    }
    return NULL;
}

static const char *check_intervals(const oracle *o, int index) {
    const node_t *n = &o->node[index];
    for (unsigned i = 0; i < n->intervals; i++) {
        const interval_t *v = &n->interval[i];
        MUST(n->source >= 0, "INV-4: intervals only in roots");
        MUST(v->first <= v->last && v->last < n->pages, "INV-1: an interval beyond the end");
        MUST(v->dirty || v->acl == 0, "INV-3: an untracked interval has no awaiting-clean length");
        uint64_t e = orc_entry_next(o, index, v->first);
        MUST(e == NEVER || e > v->last, "INV-3: a page inside an interval");
        if (i > 0) {
            const interval_t *w = &n->interval[i - 1];
            MUST(w->last < v->first, "INV-3: intervals overlap");
            MUST(w->last + 1 < v->first || w->dirty != v->dirty, "INV-3: neighbours of one kind are merged");
        }
    }
    return NULL;
}

static const char *check_request(const oracle *o, int t) {
    const thread_t *x = &o->thread[t];
    const request_t *r = &x->request;
    if (!r->active) {
        MUST(x->state != ZXP_THREAD_BLOCKED || x->wait != ZXP_WAIT_REQUEST, "INV-36: blocked has a reason");
        return NULL;
    }
    const source_t *s = &o->source[r->source];
    MUST(x->state == ZXP_THREAD_BLOCKED, "INV-36: a request without a waiter");
    MUST(s->used && !s->detached, "INV-46: a request of a detached VMO");
    MUST(r->type == READ || s->trap, "INV-7: a DIRTY request without TRAP");
    if (r->is_owner) {
        MUST(r->pending > 0 && r->pending <= r->count, "INV-38: pending");
        return NULL;
    }
    const request_t *w = &o->thread[r->owner].request;
    MUST(w->active && w->is_owner && w->type == r->type && w->source == r->source, "INV-36: attached to an owner");
    MUST(r->first >= w->first && r->first < w->first + w->count, "INV-36: starts inside its owner");
    return NULL;
}

static const char *check_source(const oracle *o, int index) {
    const source_t *s = &o->source[index];
    unsigned packets = 0;
    for (int type = READ; type <= DIRTY; type++) {
        for (unsigned i = 0; i < s->owner_count[type]; i++) {
            const request_t *r = &o->thread[s->owner[type][i]].request;
            MUST(r->active && r->is_owner && r->source == index && r->type == type, "owners own");
            const request_t *w = i > 0 ? &o->thread[s->owner[type][i - 1]].request : NULL;
            MUST(w == NULL || w->first + w->count <= r->first, "INV-37: owners are disjoint");
        }
    }
    MUST(s->pending_count == 0 || s->busy, "requests wait only while the slot is busy");
    if (s->port >= 0) {
        const port_t *p = &o->port[o->object[s->port].port];
        for (unsigned i = 0; i < p->packets; i++) {
            packets += p->packet[i].source == index ? 1 : 0;
        }
    }
    MUST(packets <= 1, "INV-44: one packet per VMO");
    MUST(packets == 0 || s->busy, "a packet in the port makes the slot busy");
    return NULL;
}

/* Every frame is owned as often as it says. */
static const char *check_frames(const oracle *o) {
    uint16_t owners[FRAME_MAX] = {0};
    for (int n = 0; n < NODE_MAX; n++) {
        for (unsigned i = 0; o->node[n].used && i < o->node[n].entries; i++) {
            if (o->node[n].entry[i].frame > 0) {
                owners[o->node[n].entry[i].frame]++;
            }
        }
    }
    for (int t = 0; t < o->threads; t++) {
        for (unsigned i = 0; i < o->thread[t].transits; i++) {
            owners[o->thread[t].transit[i].frame]++;
        }
    }
    for (int f = 1; f < FRAME_MAX; f++) {
        MUST(owners[f] == (o->frame[f].used ? o->frame[f].shares : 0), "INV-20: owners of a frame");
    }
    return NULL;
}

/* A set_size that waits for its tail has cut the VMO, but not yet set the stream size (chapter 5 section 4.5). */
static bool half_resized(const oracle *o) {
    for (int t = 0; t < o->threads; t++) {
        const thread_t *x = &o->thread[t];
        if (x->state == ZXP_THREAD_BLOCKED && x->op == ZXP_OP_VMO_SET_SIZE) {
            return true;
        }
    }
    return false;
}

static const char *check_objects(const oracle *o) {
    bool half = half_resized(o);
    for (int i = 0; i < OBJECT_MAX; i++) {
        const object_t *x = &o->object[i];
        uint32_t handles = 0, mappings = 0;
        for (int h = 0; h < HANDLE_MAX && x->used; h++) {
            handles += o->handle[h].used && o->handle[h].object == i ? 1 : 0;
        }
        for (int m = 0; m < o->mappings && x->used; m++) {
            mappings += o->mapping[m].object == i ? 1 : 0;
        }
        MUST(!x->used || (x->handles == handles && x->mappings == mappings), "counts of handles and mappings");
        if (x->used && x->type == ZX_OBJ_TYPE_VMO) {
            MUST(x->handles + x->mappings + x->pins + x->running > 0, "a VMO that should be dead");
            MUST(half || orc_stream_size(o, i) <= orc_vmo_bytes(o, i), "INV-2: the stream size");
            bool none = orc_child_count(o, i) == 0;
            MUST(x->handles == 0 || none == ((x->signals & ZX_VMO_ZERO_CHILDREN) != 0), "ZERO_CHILDREN");
        }
    }
    return NULL;
}

/* NULL, or what is broken. */
const char *oracle_check(const oracle *o) {
    const char *broken = check_frames(o);
    for (int n = 0; n < NODE_MAX && broken == NULL; n++) {
        if (o->node[n].used) {
            broken = check_slots(o, &o->node[n]);
            broken = broken == NULL ? check_intervals(o, n) : broken;
        }
    }
    for (int s = 0; s < SOURCE_MAX && broken == NULL; s++) {
        broken = o->source[s].used ? check_source(o, s) : NULL;
    }
    for (int t = 0; t < o->threads && broken == NULL; t++) {
        broken = check_request(o, t);
    }
    if (broken == NULL) {
        broken = check_objects(o);
    }
    if (broken == NULL && (o->mru - o->lru < 1 || o->mru - o->lru > 6 || o->run_count != 0)) {
        broken = "INV-27: generations at rest, an empty run queue";
    }
    return broken;
}
