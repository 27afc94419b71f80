/*
 * key.c - a number for all that can influence a later answer of an oracle, up to names: for exploring (oracle.h).
 *
 * Objects are named by their rank in order of creation, sources likewise, nodes and
 * frames in the order in which they are met; handles by slot; times from now; generations
 * by age. Results of calls that have ended are left out, and counters that only count.
 */
#include <string.h>

#include "state.h"

/* The number so far, and what nodes, frames and families are called. */
typedef struct {
    const oracle *o;
    uint64_t value;
    int16_t nodes, frames, families;
    int16_t node_order[NODE_MAX], node_name[NODE_MAX], frame_name[FRAME_MAX];
    uint32_t family[NODE_MAX];
} walk_t;

static void put(walk_t *k, uint64_t number) {
    k->value = (k->value ^ number) * UINT64_C(0x9E3779B97F4A7C15);
    k->value ^= k->value >> 29;
}

static void put_bytes(walk_t *k, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, length - i < sizeof(word) ? length - i : sizeof(word));
        put(k, word);
    }
}

/* ---- names ---- */

static void put_object(walk_t *k, int object) {
    const oracle *o = k->o;
    uint64_t rank = 1;
    if (object < 0 || !o->object[object].used) {
        put(k, 0);
        return;
    }
    for (int i = 0; i < OBJECT_MAX; i++) {
        rank += o->object[i].used && o->object[i].koid < o->object[object].koid;
    }
    put(k, rank);
}

static void put_source(walk_t *k, int source) {
    uint64_t rank = 1;
    for (int i = 0; source >= 0 && i < SOURCE_MAX; i++) {
        rank += k->o->source[i].used && k->o->source[i].seq < k->o->source[source].seq;
    }
    put(k, source < 0 ? 0 : rank);
}

static void put_handle(walk_t *k, zx_handle_t value) { put(k, (uint64_t)orc_handle_index(k->o, value) + 1); }

static void put_age(walk_t *k, uint32_t generation) { put(k, k->o->mru - generation); }

/* Time is counted from now; 0 and the infinite stay what they are. */
static void put_time(walk_t *k, int64_t time) {
    bool special = time == 0 || time == ZX_TIME_INFINITE;
    put(k, special ? (uint64_t)time : (uint64_t)(time - k->o->now));
}

static void meet_node(walk_t *k, int node) {
    for (int n = node; n >= 0 && k->node_name[n] == 0; n = k->o->node[n].up) {
        k->node_order[k->nodes] = (int16_t)n;
        k->node_name[n] = ++k->nodes;
    }
}

static void put_node(walk_t *k, int node) { put(k, node < 0 ? 0 : (uint64_t)k->node_name[node]); }

/* The object made next after one of koid `after`; -1 at the end. */
static int next_object(const oracle *o, zx_koid_t after) {
    int best = -1;
    for (int i = 0; i < OBJECT_MAX; i++) {
        const object_t *x = &o->object[i];
        if (x->used && x->koid > after && (best < 0 || x->koid < o->object[best].koid)) {
            best = i;
        }
    }
    return best;
}

static void meet_nodes(walk_t *k) {
    const oracle *o = k->o;
    for (int i = next_object(o, 0); i >= 0; i = next_object(o, o->object[i].koid)) {
        meet_node(k, o->object[i].node);
    }
    for (int n = 0; n < NODE_MAX; n++) {
        if (o->node[n].used) {
            meet_node(k, n);
        }
    }
}

/* ---- objects, handles, ports ---- */

static void put_vmo(walk_t *k, const object_t *x) {
    put_node(k, x->node);
    put_object(k, x->parent);
    put(k, x->kind);
    put(k, (uint64_t)x->resizable | (uint64_t)x->immutable << 1);
    put(k, x->base);
    put(k, x->maxpages);
    put(k, (uint64_t)x->stream + 1);
    put(k, x->stream >= 0 ? k->o->stream[x->stream].size : 0);
    put(k, x->cache_policy);
    put_bytes(k, (const uint8_t *)x->name, sizeof(x->name));
}

static void put_packet(walk_t *k, const packet_t *p) {
    put(k, p->key);
    put(k, p->type);
    put(k, (uint64_t)p->status);
    put(k, p->command);
    put_source(k, p->source);
    put(k, p->offset);
    put(k, p->length);
    put(k, (uint64_t)p->trigger << 32 | p->observed);
    put(k, p->count);
    put_time(k, p->timestamp);
    put_handle(k, p->handle);
}

static void put_port(walk_t *k, const port_t *port) {
    put(k, port->packets);
    for (unsigned i = 0; i < port->packets; i++) {
        put_packet(k, &port->packet[i]);
    }
    put(k, port->waiters);
    for (unsigned i = 0; i < port->waiters; i++) {
        put(k, (uint64_t)port->waiter[i]);
    }
}

static void put_objects(walk_t *k) {
    const oracle *o = k->o;
    for (int i = next_object(o, 0); i >= 0; i = next_object(o, o->object[i].koid)) {
        const object_t *x = &o->object[i];
        put(k, x->type);
        put(k, x->signals);
        if (x->type == ZX_OBJ_TYPE_VMO) {
            put_vmo(k, x);
        }
        if (x->type == ZX_OBJ_TYPE_PORT && x->port >= 0) {
            put_port(k, &o->port[x->port]);
        }
    }
}

static void put_handles(walk_t *k) {
    const oracle *o = k->o;
    put(k, o->fresh_handles);
    for (unsigned i = 0; i < o->fresh_handles; i++) {
        put_object(k, o->handle[i].used ? o->handle[i].object : -1);
        put(k, o->handle[i].used ? o->handle[i].rights : 0);
    }
    for (unsigned i = 0; i < o->freed_handles; i++) {
        put(k, o->freed[i]);
    }
}

static void put_observers(walk_t *k) {
    for (unsigned i = 0; i < k->o->observers; i++) {
        const observer_t *x = &k->o->observer[i];
        put_object(k, x->object);
        put_object(k, x->async ? x->port : -1);
        put(k, x->async ? 0 : (uint64_t)x->thread + 1);
        put_handle(k, x->handle);
        put(k, x->signals);
        put(k, x->key);
        put(k, (uint64_t)x->options << 8 | x->item);
    }
}

/* ---- pages ---- */

static void put_frame(walk_t *k, int f) {
    const frame_t *x = &k->o->frame[f];
    if (k->frame_name[f] != 0) {
        put(k, (uint64_t)k->frame_name[f]);
        return;
    }
    k->frame_name[f] = ++k->frames;
    put(k, (uint64_t)x->state << 32 | (uint64_t)x->pins << 16 | (uint64_t)x->queue << 1 | x->always_need);
    if (x->queue != QUEUE_NONE) {
        put_age(k, x->generation);
    }
    if (x->kind == KIND_BODY) {
        put_bytes(k, k->o->body[x->body], PAGE);
    } else {
        put(k, x->fill);
    }
}

static void put_family(walk_t *k, uint32_t family) {
    int i = 0;
    while (i < k->families && k->family[i] != family) {
        i++;
    }
    if (i == k->families) {
        k->family[k->families++] = family;
    }
    put(k, (uint64_t)i);
}

static void put_slots(walk_t *k, const node_t *node) {
    put(k, node->entries);
    for (unsigned i = 0; i < node->entries; i++) {
        const entry_t *entry = &node->entry[i];
        put(k, entry->page << 1 | entry->held);
        if (entry->frame < 0) {
            put(k, NEVER);
        } else {
            put_frame(k, entry->frame);
        }
    }
    put(k, node->intervals);
    for (unsigned i = 0; i < node->intervals; i++) {
        put(k, node->interval[i].first);
        put(k, node->interval[i].last);
        put(k, node->interval[i].acl << 1 | node->interval[i].dirty);
    }
}

static void put_nodes(walk_t *k) {
    for (int i = 0; i < k->nodes; i++) {
        const node_t *node = &k->o->node[k->node_order[i]];
        put_node(k, node->up);
        put_source(k, node->source);
        put_family(k, node->family);
        put(k, (uint64_t)node->tracked_tree << 1 | node->discardable);
        put(k, node->pages);
        put(k, node->up_off);
        put(k, node->limit);
        put(k, node->root_off);
        put(k, node->lock_count << 8 | node->lock_state);
        put_slots(k, node);
    }
}

static void put_list(walk_t *k, int f) {
    for (; f >= 0; f = k->o->frame[f].next) {
        put(k, (uint64_t)k->frame_name[f]);
    }
    put(k, NEVER);
}

static void put_reclaim(walk_t *k) {
    put_age(k, k->o->lru);
    for (uint32_t age = 0; age < GENERATIONS; age++) {
        put_list(k, k->o->head[(k->o->mru - age) % GENERATIONS]);
    }
    put_list(k, k->o->isolate_head);
}

/* ---- sources and threads ---- */

static void put_threads_of(walk_t *k, const int16_t *thread, unsigned count) {
    put(k, count);
    for (unsigned i = 0; i < count; i++) {
        put(k, (uint64_t)thread[i]);
    }
}

/* In order of creation. */
static void put_sources(walk_t *k) {
    const oracle *o = k->o;
    for (uint64_t seq = 0;;) {
        const source_t *x = NULL;
        for (int i = 0; i < SOURCE_MAX; i++) {
            const source_t *s = &o->source[i];
            if (s->used && s->seq > seq && (x == NULL || s->seq < x->seq)) {
                x = s;
            }
        }
        if (x == NULL) {
            return;
        }
        seq = x->seq;
        put(k, (uint64_t)x->trap | (uint64_t)x->detached << 1 | (uint64_t)x->modified << 2 | (uint64_t)x->busy << 3 |
                   (uint64_t)x->complete << 4 | (uint64_t)x->complete_waits << 5 | (uint64_t)x->alive << 6);
        put_node(k, x->alive ? x->node : -1);
        put_object(k, x->pager);
        put_object(k, x->port);
        put(k, x->key);
        put(k, (uint64_t)x->active + 1);
        put_threads_of(k, x->pending, x->pending_count);
        put_threads_of(k, x->owner[READ], x->owner_count[READ]);
        put_threads_of(k, x->owner[DIRTY], x->owner_count[DIRTY]);
    }
}

static void put_request(walk_t *k, const request_t *r) {
    put(k, (uint64_t)r->active | (uint64_t)r->latched << 1);
    put(k, r->latched ? (uint64_t)r->latched_status : 0);
    if (!r->active) {
        return;
    }
    put(k, (uint64_t)r->is_owner | (uint64_t)r->early << 1 | (uint64_t)r->type << 2);
    put_source(k, r->source);
    put(k, r->first);
    put(k, r->count);
    put(k, r->wake);
    put(k, r->pending);
    put(k, (uint64_t)r->status);
    put(k, r->is_owner ? 0 : (uint64_t)r->owner + 1);
    put_threads_of(k, r->attached, r->is_owner ? r->attached_count : 0);
}

static void put_data(walk_t *k, const thread_t *x) {
    put(k, x->pieces);
    for (unsigned i = 0; i < x->pieces; i++) {
        put(k, x->piece[i].length);
        if (x->piece[i].kind == KIND_BODY) {
            put_bytes(k, k->o->body[x->piece[i].body], x->piece[i].length);
        } else {
            put(k, x->piece[i].fill);
        }
    }
}

static void put_call(walk_t *k, const thread_t *x) {
    put(k, x->op);
    for (unsigned i = 0; i < ZXP_MAX_PARAMS; i++) {
        put(k, x->a[i]);
    }
    put(k, (uint64_t)x->buffer.kind << 16 | (uint64_t)x->buffer.fill << 8 | x->buffer.phase);
    put(k, x->buffer.address);
    for (unsigned i = 0; i < x->buffer_bodies; i++) {
        put_bytes(k, k->o->body[x->buffer_body[i]], PAGE);
    }
    put_bytes(k, (const uint8_t *)x->list_handle, x->list_count * sizeof(x->list_handle[0]));
}

/* A call that starts again begins anew; a load or store goes on where it was (chapter 7 section 16.3). */
static void put_interrupted(walk_t *k, const thread_t *x) {
    put_call(k, x);
    if (x->op == ZXP_OP_LOAD || x->op == ZXP_OP_STORE) {
        put(k, x->cursor);
        put_data(k, x);
    }
}

/* How far a call is that waits. */
static void put_progress(walk_t *k, const thread_t *x) {
    put(k, (uint64_t)x->phase << 8 | x->wait);
    put_time(k, x->deadline);
    put(k, x->cursor);
    put(k, x->end);
    put(k, x->addr);
    for (int i = 0; i < REF_MAX; i++) {
        put_object(k, x->ref[i]);
    }
    put(k, (uint64_t)x->early_op | (uint64_t)x->z_writing << 1 | (uint64_t)x->f_active << 2 |
               (uint64_t)x->f_modified << 3 | (uint64_t)x->unsuspendable << 4);
    if (x->r_op != 0) {
        put(k, x->r_op);
        put(k, x->r_cursor);
        put(k, x->r_end);
        put(k, x->z_writing ? x->z_off : 0);
        put(k, x->z_writing ? x->z_len : 0);
    }
    put(k, x->f_active ? x->f_next : 0);
    put(k, x->f_active ? x->f_last : 0);
    put(k, x->p_first);
    put(k, x->p_pinned);
    put(k, x->p_dirtied);
    put(k, x->p_end);
    put(k, x->transits);
    for (unsigned i = 0; i < x->transits; i++) {
        put(k, x->transit[i].page);
        put_frame(k, x->transit[i].frame);
    }
    put_request(k, &x->request);
}

static void put_threads(walk_t *k) {
    put(k, k->o->threads);
    for (unsigned t = 0; t < k->o->threads; t++) {
        const thread_t *x = &k->o->thread[t];
        put(k, (uint64_t)x->state << 8 | (uint64_t)x->suspend_pending << 1 | x->restart);
        if (x->state == ZXP_THREAD_BLOCKED) {
            put_call(k, x);
            put_data(k, x);
            put_progress(k, x);
        } else if (x->restart) {
            put_interrupted(k, x);
        }
    }
}

/* ---- address space, pins ---- */

static void put_mappings(walk_t *k) {
    for (unsigned i = 0; i < k->o->mappings; i++) {
        const mapping_t *m = &k->o->mapping[i];
        put(k, m->base);
        put(k, m->pages);
        put(k, m->vmo_offset);
        put_object(k, m->object);
        put(k, (uint64_t)m->max << 16 | (uint64_t)m->rest << 8 | m->beyond_stream);
        size_t pages = (size_t)orc_min64(m->pages, MAPPING_PAGES);
        put_bytes(k, m->permission, pages);
        put_bytes(k, m->record, pages);
    }
}

/* In order of pinning. */
static void put_pins(walk_t *k) {
    for (uint64_t seq = 0;;) {
        const pin_t *next = NULL;
        for (int i = 0; i < PIN_MAX; i++) {
            const pin_t *p = &k->o->pin[i];
            if (p->used && p->seq > seq && (next == NULL || p->seq < next->seq)) {
                next = p;
            }
        }
        if (next == NULL) {
            return;
        }
        seq = next->seq;
        put_object(k, next->object);
        put(k, next->offset);
        put(k, next->pages);
    }
}

uint64_t oracle_key(const oracle *o) {
    walk_t k = {.o = o, .value = (uint64_t)o->profile + 1};
    meet_nodes(&k);
    put_objects(&k);
    put_handles(&k);
    put_nodes(&k);
    put_reclaim(&k);
    put_threads(&k);
    put_sources(&k);
    put_observers(&k);
    put_mappings(&k);
    put_pins(&k);
    return k.value;
}
