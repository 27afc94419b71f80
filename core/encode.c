/*
 * encode.c - the walk over a world that writes its canonical form (encode.h), and what is done with the bytes.
 */
#include "encode.h"

#include "encoder.h"
#include "handle.h"
#include "node.h"
#include "object.h"
#include "page_map.h"
#include "thread.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- Bytes ---- */

void pass_on(struct encoder *e) {
    size_t length = (size_t)(e->at - e->buffer);
    e->pass(e, e->buffer, length);
    e->passed += length;
    e->at = e->buffer;
}

void put_bytes(struct encoder *e, const uint8_t *bytes, uint64_t length) {
    for (uint64_t done = 0, n; done < length; done += n) {
        uint8_t *p = room(e);
        n = min_u64(length - done, (uint64_t)(e->buffer + ENCODER_BUFFER - p));
        memcpy(p, bytes + done, n);
        e->at = p + n;
    }
}

/* ---- Names ---- */

void ranks_sort(struct ranks *ranks) {
    uint32_t kept = 0;
    if (ranks_are_raw(ranks)) return;
    for (uint32_t i = 0; i < ranks->count; i++) { /* nearly sorted, mostly */
        uint64_t value = ranks->value[i];
        uint32_t at = kept;
        while (at > 0 && ranks->value[at - 1] >= value) at--;
        if (at < kept && ranks->value[at] == value) continue;
        memmove(ranks->value + at + 1, ranks->value + at, (kept - at) * sizeof value);
        ranks->value[at] = value;
        kept++;
    }
    ranks->count = kept;
}

uint64_t rank_search(const struct ranks *ranks, uint64_t value) {
    uint32_t base = 0;
    if (value == 0 || ranks_are_raw(ranks)) return value;
    for (uint32_t count = ranks->count; count > 1;) {
        uint32_t half = count / 2;
        base = ranks->value[base + half] <= value ? base + half : base;
        count -= half;
    }
    return base + 1;
}

/* The koids in use: objects, then nodes that have lost their VMO. */
static void note_koids(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        rank_note(&e->koids, object_at(w, o)->koid);
    uint32_t objects = e->koids.count;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        if (!vmo_is(node_at(w, n)->owner)) rank_note(&e->koids, node_at(w, n)->koid);
    if (e->koids.count != objects) ranks_sort(&e->koids);
}

/* FULL: the koid. STATE: its rank. */
static inline uint8_t *put_koid(const struct encoder *e, uint8_t *p, zx_koid_t koid) {
    if (e->wide_names) return put64(p, koid);
    return put16(p, rank_of(&e->koids, koid));
}

static uint8_t *put_none(const struct encoder *e, uint8_t *p) {
    return e->wide_names ? put64(p, ZX_KOID_INVALID) : put16(p, 0);
}

static inline uint8_t *put_object(const struct encoder *e, uint8_t *p, object_ref o) {
    return object_is(o) ? put_koid(e, p, object_at(e->world, o)->koid) : put_none(e, p);
}

static uint8_t *put_vmo(const struct encoder *e, uint8_t *p, vmo_ref v) { return put_object(e, p, object_of_vmo(v)); }

static uint8_t *put_node(const struct encoder *e, uint8_t *p, node_ref n) {
    return put_koid(e, p, node_at(e->world, n)->koid);
}

/* Number + 1; 0: none. */
static uint8_t *put_thread(const struct encoder *e, uint8_t *p, thread_ref t) {
    return put32(p, thread_is(t) ? (uint64_t)thread_at(e->world, t)->number + 1 : 0);
}

/* In a sequence of threads, that none ends. */
static void put_next_thread(struct encoder *e, thread_ref t) { e->at = put_thread(e, room(e), t); }

/* FULL: the value. STATE: slot + 1 of a live handle, else 0. */
static uint8_t *put_handle(const struct encoder *e, uint8_t *p, zx_handle_t value) {
    const zxp_world *w = e->world;
    if (e->is_full) return put32(p, value);
    const struct handle_slot *slot = handle_slot_of(w, value), *slots = arena_at(w, kernel_of(w)->handles);
    return put32(p, slot == NULL ? 0 : (uint64_t)(slot - slots) + 1);
}

/* STATE: how long from now; what has passed is 0. */
static uint8_t *put_deadline(const struct encoder *e, uint8_t *p, uint64_t time) {
    int64_t now = (int64_t)kernel_of(e->world)->now, at = (int64_t)time;
    if (e->is_full || at == ZX_TIME_INFINITE) return put64(p, time);
    return put64(p, at <= now ? 0 : time - kernel_of(e->world)->now);
}

/* ---- Head ---- */

static void put_head(struct encoder *e) {
    const struct kernel *kernel = kernel_of(e->world);
    uint8_t *p = room(e);
    p = put8(p, e->is_full ? ENCODED_FULL : ENCODED_STATE);
    p = put8(p, kernel->profile);
    if (e->is_full) {
        p = put32(p, kernel->handle_secret);
        p = put64(p, kernel->now);
        p = put64(p, kernel->next_koid);
        p = put64(p, kernel->next_stamp);
        p = put32(p, kernel->next_share);
        p = put64(p, kernel->newest_generation);
        p = put64(p, kernel->oldest_generation);
        p = put32(p, kernel->vmar_handle);
    } else {
        p = put64(p, kernel->newest_generation - kernel->oldest_generation);
    }
    e->at = p;
}

/* ---- Objects ---- */

/* VMOs that share a stream use one node; the first made of them stands for it. */
static vmo_ref stream_owner(const zxp_world *w, vmo_ref v) {
    stream_ref stream = vmo_at(w, v)->stream;
    vmo_ref owner = v;
    if (stream_at(w, stream)->users == 1) return v;
    for (vmo_ref u = node_at(w, vmo_at(w, v)->node)->first_user; vmo_is(u); u = vmo_at(w, u)->next_user) {
        bool older = vmo_at(w, u)->object.koid < vmo_at(w, owner)->object.koid;
        if (older && stream_same(vmo_at(w, u)->stream, stream)) owner = u;
    }
    return owner;
}

static unsigned vmo_parts(const struct vmo *vmo, bool owns_stream) {
    unsigned parts = 0;
    if (vmo->base != 0 || vmo->window != NEVER) parts |= ENCODED_VMO_WINDOW;
    if (vmo->lock_count != 0 || vmo->lock != LOCK_UNSET) parts |= ENCODED_VMO_LOCKS;
    if (vmo->name != 0) parts |= ENCODED_VMO_NAME;
    if (owns_stream) parts |= ENCODED_VMO_STREAM;
    return parts;
}

static uint8_t *put_vmo_parts(const struct encoder *e, uint8_t *p, const struct vmo *vmo, unsigned parts) {
    if (parts & ENCODED_VMO_WINDOW) {
        p = put64(p, vmo->base);
        p = put64(p, vmo->window);
    }
    if (parts & ENCODED_VMO_LOCKS) {
        p = put8(p, vmo->lock);
        p = put64(p, vmo->lock_count);
    }
    if (parts & ENCODED_VMO_NAME) {
        memcpy(p, arena_at(e->world, vmo->name), ZX_MAX_NAME_LEN);
        p += ZX_MAX_NAME_LEN;
    }
    return p;
}

static uint8_t *put_vmo_object(const struct encoder *e, uint8_t *p, vmo_ref v) {
    const zxp_world *w = e->world;
    const struct vmo *vmo = vmo_at(w, v);
    vmo_ref streams = stream_owner(w, v);
    unsigned parts = vmo_parts(vmo, vmo_same(streams, v));
    p = put8(p, parts);
    p = put8(p, vmo->kind);
    p = put8(p, (unsigned)vmo->resizable | (unsigned)vmo->immutable << 1 | (unsigned)vmo->discardable << 2);
    p = put8(p, vmo->cache_policy);
    if (vmo->kind == ZXP_VMO_SLICE || vmo->kind == ZXP_VMO_REFERENCE) p = put_node(e, p, vmo->node);
    p = put_vmo(e, p, vmo->parent);
    p = put_vmo_parts(e, p, vmo, parts);
    if (parts & ENCODED_VMO_STREAM) return put64(p, stream_at(w, vmo->stream)->size);
    return put_vmo(e, p, streams);
}

static void put_objects(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next) {
        const struct object *object = object_at(w, o);
        uint8_t *p = room(e);
        p = put8(p, object->type);
        p = put32(p, object->signals);
        if (e->is_full) p = put64(p, object->koid);
        if (object->type == ZX_OBJ_TYPE_VMO) p = put_vmo_object(e, p, vmo_of_object(o));
        if (object->type == ZX_OBJ_TYPE_PORT) p = put8(p, port_at(w, port_of_object(o))->dead);
        e->at = p;
    }
    put_end(e);
}

/* ---- Handles ---- */

static void put_handles(struct encoder *e) {
    const zxp_world *w = e->world;
    const struct kernel *kernel = kernel_of(w);
    const struct handle_slot *slots = arena_at(w, kernel->handles);
    e->at = put32(room(e), kernel->handle_used);
    for (uint32_t i = 0; i < kernel->handle_used; i++) {
        uint8_t *p = put_object(e, room(e), slots[i].object);
        if (object_is(slots[i].object)) p = put32(p, slots[i].rights);
        if (e->is_full) p = put16(p, slots[i].generation);
        e->at = p;
    }
    for (uint32_t free = kernel->first_free_handle; free != 0; free = slots[free - 1].next_free)
        e->at = put32(room(e), free);
}

/* ---- Nodes and sources ---- */

static uint8_t *put_source(const struct encoder *e, uint8_t *p, const struct source *source) {
    p = put64(p, source->key);
    p = put_object(e, p, object_of_pager(source->pager));
    p = put_object(e, p, object_of_port(source->port));
    p = put8(p, (unsigned)source->trap | (unsigned)source->detached << 1 | (unsigned)source->modified << 2 |
                    (unsigned)source->busy << 3 | (unsigned)source->complete_pending << 4 |
                    (unsigned)source->complete_sent << 5);
    p = put8(p, source->place);
    if (e->is_full) p = put64(p, source->koid);
    if (source->place != PACKET_IN_PORT) return p;
    p = put16(p, source->packet.command);
    p = put64(p, source->packet.offset);
    return put64(p, source->packet.length);
}

/* FULL: the next one in the ring. STATE: the first made of them, as the order in the ring means nothing. */
static uint8_t *put_family(const struct encoder *e, uint8_t *p, node_ref n) {
    const zxp_world *w = e->world;
    node_ref first = n;
    if (e->is_full) return put_node(e, p, node_at(w, n)->next_in_family);
    for (node_ref m = node_at(w, n)->next_in_family; !node_same(m, n); m = node_at(w, m)->next_in_family)
        if (node_at(w, m)->koid < node_at(w, first)->koid) first = m;
    return put_node(e, p, first);
}

static unsigned node_parts(const struct node *node, node_ref n) {
    unsigned parts = 0;
    if (node_is(node->up)) parts |= ENCODED_NODE_UP;
    if (!node_same(node->next_in_family, n)) parts |= ENCODED_NODE_FAMILY;
    if (source_is(node->source)) parts |= ENCODED_NODE_SOURCE;
    if (node->in_pager_tree) parts |= ENCODED_NODE_IN_PAGER_TREE;
    return parts;
}

static void put_node_record(struct encoder *e, node_ref n) {
    const struct node *node = node_at(e->world, n);
    unsigned parts = node_parts(node, n);
    uint8_t *p = room(e);
    p = put8(p, parts);
    p = put_koid(e, p, node->koid);
    p = put64(p, node->root_offset);
    if (e->is_full) p = put64(p, node->reclaim_events);
    if (parts & ENCODED_NODE_UP) {
        p = put_node(e, p, node->up);
        p = put64(p, node->up_offset);
        p = put64(p, node->limit);
    }
    if (parts & ENCODED_NODE_FAMILY) p = put_family(e, p, n);
    if (parts & ENCODED_NODE_SOURCE) p = put_source(e, p, source_at(e->world, node->source));
    e->at = p;
    put_map(e, &node->map, true);
}

/* The node made first: the list begins with the last. */
static node_ref oldest_node(const zxp_world *w) {
    node_ref n = kernel_of(w)->first_node;
    while (node_is(n) && node_is(node_at(w, n)->next_node)) n = node_at(w, n)->next_node;
    return n;
}

static void put_nodes(struct encoder *e) {
    for (node_ref n = oldest_node(e->world); node_is(n); n = node_at(e->world, n)->previous_node) put_node_record(e, n);
    put_end(e);
}

/* ---- Threads ---- */

static bool is_handle_kind(zxp_param_kind kind) { return kind <= ZXP_PARAM_EVENT; }

static uint8_t *put_arguments(const struct encoder *e, uint8_t *p, const struct call *call) {
    const zxp_op_info *info = zxp_op_info_of(call->op);
    for (unsigned i = 0; i < info->param_count; i++) {
        if (!e->is_full && is_handle_kind(info->params[i].kind))
            p = put_handle(e, p, (zx_handle_t)call->args[i]);
        else if (info->params[i].kind == ZXP_PARAM_DEADLINE)
            p = put_deadline(e, p, call->args[i]);
        else
            p = put64(p, call->args[i]);
    }
    return p;
}

static void put_values(struct encoder *e, const struct call *call) {
    const uint64_t *values = call->more_values != 0 ? arena_at(e->world, call->more_values) : call->value;
    for (unsigned i = 0; i < call->values; i++) e->at = put64(room(e), values[i]);
}

/* STATE: handles in a list of items by slot; an item that was triggered has none. */
static void put_items(struct encoder *e, const struct call *call) {
    const zxp_wait_item *items = arena_at(e->world, call->list);
    for (uint32_t i = 0; i < call->list_count; i++) {
        uint8_t *p = put8(room(e), items[i].handle != ZX_HANDLE_INVALID);
        p = put_handle(e, p, items[i].handle);
        e->at = put32(p, items[i].signals);
    }
}

static void put_list(struct encoder *e, const struct call *call) {
    e->at = put32(put32(room(e), call->list_count), call->list_bytes);
    if (!e->is_full && call->op == ZXP_OP_OBJECT_WAIT_MANY)
        put_items(e, call);
    else
        put_bytes(e, arena_at(e->world, call->list), call->list_bytes);
}

static void put_request(struct encoder *e, const struct request *r) {
    uint8_t *p = put8(room(e), r->role);
    p = put8(p, (unsigned)r->early | (unsigned)r->latched << 1 | (unsigned)r->waiting << 2);
    p = put32(p, (uint32_t)r->latched_status);
    if (r->role != ROLE_NONE) {
        p = put_koid(e, p, source_at(e->world, r->source)->koid);
        p = put8(p, r->type);
        p = put64(p, r->offset);
        p = put64(p, r->length);
        p = put64(p, r->wake);
        p = put64(p, r->pending);
        p = put32(p, (uint32_t)r->status);
    }
    e->at = p;
}

static void put_buffer(struct encoder *e, const struct buffer *buffer) {
    uint8_t *p = put8(room(e), buffer->kind);
    p = put8(p, buffer->fill);
    p = put8(p, buffer->phase);
    p = put64(p, buffer->length);
    e->at = put64(p, buffer->address);
    if (buffer->bytes != 0) put_bytes(e, arena_at(e->world, buffer->bytes), buffer->length);
}

/* What a call that has not ended has done so far. */
static void put_progress(struct encoder *e, const struct thread *thread) {
    const struct call *call = &thread->call;
    uint8_t *p = put64(room(e), call->cursor);
    for (unsigned i = 0; i < CALL_LOCALS; i++) p = put64(p, call->local[i]);
    p = put64(p, call->fault_at);
    p = put64(p, call->fault_end);
    p = put_vmo(e, p, call->held[0]);
    p = put_vmo(e, p, call->held[1]);
    p = put_object(e, p, object_of_port(call->held_port));
    e->at = put8(p, (unsigned)call->uninterruptible | (unsigned)call->fault_early << 1);
    put_buffer(e, &call->buffer);
    if (call->transit.root != 0) put_map(e, &call->transit, true);
    put_request(e, &thread->request);
}

static unsigned call_parts(const struct call *call, bool in_call) {
    unsigned parts = 0;
    if (call->list != 0) parts |= ENCODED_CALL_LIST;
    if (call->data.count != 0) parts |= ENCODED_CALL_DATA;
    if (in_call && call->buffer.bytes != 0) parts |= ENCODED_CALL_BYTES;
    if (in_call && call->transit.root != 0) parts |= ENCODED_CALL_TRANSIT;
    return parts;
}

static void put_call(struct encoder *e, const struct thread *thread) {
    const struct call *call = &thread->call;
    bool in_call = thread_in_call(thread);
    unsigned parts = call_parts(call, in_call);
    uint8_t *p = put16(room(e), call->op);
    e->at = p;
    if (call->op == ZXP_OP_NONE) return;
    if (e->is_full) p = put32(put16(p, call->rule), (uint32_t)call->status);
    p = put8(p, call->phase);
    p = put8(p, call->values);
    p = put8(p, parts);
    e->at = put_arguments(e, p, call);
    put_values(e, call);
    if (parts & ENCODED_CALL_LIST) put_list(e, call);
    if (parts & ENCODED_CALL_DATA) put_data(e, &call->data);
    if (in_call) put_progress(e, thread);
}

static void put_thread_record(struct encoder *e, const struct thread *thread) {
    uint8_t *p = put8(room(e), thread->state);
    p = put8(p, (unsigned)thread->suspended | (unsigned)thread->restart << 1 | (unsigned)thread->timed << 2 |
                    (unsigned)thread->fault_kind << 3);
    p = put8(p, thread->waits_for);
    if (thread->timed) p = put_deadline(e, p, thread->deadline);
    if (e->is_full && thread->state == ZXP_THREAD_FAULTED) p = put64(p, thread->fault_address);
    e->at = p;
    if (e->is_full || thread_in_call(thread)) put_call(e, thread);
}

static void put_threads(struct encoder *e) {
    const zxp_world *w = e->world;
    const thread_ref *threads = arena_at(w, kernel_of(w)->threads);
    e->at = put32(room(e), kernel_of(w)->thread_count);
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) put_thread_record(e, thread_at(w, threads[i]));
}

/* ---- Queues ---- */

/* A source that has lost its node is known to nobody but the port. */
static uint8_t *put_source_packet(const struct encoder *e, uint8_t *p, const struct source *source) {
    if (node_is(source->node)) return put_koid(e, put8(p, 1), source->koid);
    return put_source(e, put8(p, 2), source);
}

/* STATE: how long ago instead of the time; 0 stays 0. */
static uint8_t *put_own_packet(const struct encoder *e, uint8_t *p, const struct packet *packet) {
    bool stamped = packet->type == ZX_PKT_TYPE_SIGNAL_ONE && packet->length != 0;
    uint64_t length = packet->length;
    if (!e->is_full && stamped) length = kernel_of(e->world)->now - length + 1;
    p = put8(p, 0);
    p = put8(p, packet->type);
    p = put64(p, packet->key);
    p = put32(p, (uint32_t)packet->status);
    p = put64(p, packet->offset);
    p = put64(p, length);
    p = put32(p, packet->trigger);
    p = put32(p, packet->observed);
    return put_handle(e, p, packet->handle);
}

static void put_port_queues(struct encoder *e, const struct port *port) {
    const zxp_world *w = e->world;
    for (packet_ref packet = port->first; packet_is(packet); packet = packet_at(w, packet)->next) {
        uint8_t *p = room(e);
        bool embedded = packet_at(w, packet)->embedded;
        e->at = embedded ? put_source_packet(e, p, source_at(w, (source_ref){packet.index}))
                         : put_own_packet(e, p, packet_at(w, packet));
    }
    put_end(e);
    for (thread_ref t = port->first_waiter; thread_is(t); t = thread_at(w, t)->next_waiter) put_next_thread(e, t);
    put_next_thread(e, thread_none());
}

/* The owners, each followed by those attached to it; each sequence ends with none. */
static void put_owners(struct encoder *e, thread_ref owner) {
    const zxp_world *w = e->world;
    for (; thread_is(owner); owner = thread_at(w, owner)->request.next) {
        const struct request *r = &thread_at(w, owner)->request;
        put_next_thread(e, owner);
        for (thread_ref t = r->first_attached; thread_is(t); t = thread_at(w, t)->request.next) put_next_thread(e, t);
        put_next_thread(e, thread_none());
    }
    put_next_thread(e, thread_none());
}

static bool has_queues(const struct source *source) {
    return thread_is(source->owners[REQUEST_READ]) || thread_is(source->owners[REQUEST_DIRTY]) ||
           thread_is(source->active);
}

static void put_source_queues(struct encoder *e, const struct source *source) {
    const zxp_world *w = e->world;
    bool any = has_queues(source);
    e->at = put8(room(e), any);
    if (!any) return;
    for (int type = 0; type < REQUEST_TYPES; type++) put_owners(e, source->owners[type]);
    put_next_thread(e, source->active);
    for (thread_ref t = source->pending_first; thread_is(t); t = thread_at(w, t)->request.next_pending)
        put_next_thread(e, t);
    put_next_thread(e, thread_none());
}

static void put_queues(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        if (object_at(w, o)->type == ZX_OBJ_TYPE_PORT) put_port_queues(e, port_at(w, port_of_object(o)));
    for (node_ref n = oldest_node(w); node_is(n); n = node_at(w, n)->previous_node)
        if (source_is(node_at(w, n)->source)) put_source_queues(e, source_at(w, node_at(w, n)->source));
}

/* ---- Observers, space, pins ---- */

static uint8_t *put_observer(const struct encoder *e, uint8_t *p, const struct observer *observer) {
    bool of_thread = thread_is(observer->thread);
    p = put8(p, of_thread ? 0 : 1);
    p = put_handle(e, p, observer->handle);
    p = put32(p, observer->signals);
    if (of_thread) return put32(put_thread(e, p, observer->thread), observer->item);
    p = put_object(e, p, object_of_port(observer->port));
    p = put32(p, observer->options);
    return put64(p, observer->key);
}

static void put_observers(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next) {
        if (!observer_is(object_at(w, o)->observers)) continue;
        e->at = put_object(e, room(e), o);
        for (observer_ref ob = object_at(w, o)->observers; observer_is(ob); ob = observer_at(w, ob)->next)
            e->at = put_observer(e, room(e), observer_at(w, ob));
        put_end(e);
    }
    e->at = put_object(e, room(e), object_none());
}

static void put_mapping(struct encoder *e, const struct mapping *mapping) {
    uint8_t *p = put64(room(e), mapping->base);
    p = put64(p, mapping->vmo_offset);
    p = put_vmo(e, p, mapping->vmo);
    p = put8(p, mapping->max_permissions);
    e->at = put8(p, mapping->fault_beyond_stream_size);
    put_map(e, &mapping->pages, false);
}

static void put_space(struct encoder *e) {
    const zxp_world *w = e->world;
    const struct page_map *space = &vmar_at(w, kernel_of(w)->vmar)->space;
    struct page_run run;
    e->at = put32(room(e), kernel_of(w)->mappings);
    if (kernel_of(w)->mappings == 0) return;
    for (struct page_walk k = page_walk_begin(w, space, 0, space->pages); page_walk_next(&k, &run);)
        if (run.key.state != 0) put_mapping(e, mapping_at(w, (mapping_ref){run.key.content}));
}

static void put_pins(struct encoder *e) {
    const zxp_world *w = e->world;
    for (pin_ref p = kernel_of(w)->first_pin; pin_is(p); p = pin_at(w, p)->next) {
        const struct pin *pin = pin_at(w, p);
        uint8_t *to = put8(room(e), pin->write != 0);
        to = put_vmo(e, to, pin->vmo);
        to = put64(to, pin->offset);
        e->at = put64(to, pin->length);
    }
    put_end(e);
}

/* ---- The whole ---- */

static void encode_world(struct encoder *e, const zxp_world *w, zxp_form form) {
    e->world = w;
    e->is_full = form == ZXP_FORM_FULL;
    e->is_shape = form == FORM_SHAPE;
    e->at = e->buffer;
    e->passed = 0;
    e->koids.count = e->stamps.count = e->shares.count = 0;
    if (!e->is_full) {
        note_koids(e);
        note_stamps(e);
    }
    e->wide_names = e->is_full || ranks_are_raw(&e->koids);
    put_head(e);
    put_objects(e);
    put_handles(e);
    put_nodes(e);
    put_threads(e);
    put_queues(e);
    put_observers(e);
    put_space(e);
    put_pins(e);
}

/* ---- To memory ---- */

struct memory {
    uint8_t *out;
    size_t capacity;
};

static void pass_to_memory(struct encoder *e, const uint8_t *bytes, size_t length) {
    const struct memory *memory = e->to;
    if (e->passed >= memory->capacity) return;
    memcpy(memory->out + e->passed, bytes, (size_t)min_u64(length, memory->capacity - e->passed));
}

size_t zxp_world_encode(const zxp_world *world, zxp_form form, uint8_t *out, size_t capacity) {
    struct memory memory = {out, capacity};
    struct encoder e;
    e.pass = pass_to_memory;
    e.to = &memory;
    encode_world(&e, world, form);
    pass_on(&e);
    return (size_t)e.passed;
}

/* ---- To a hash ---- */

static void pass_to_hash(struct encoder *e, const uint8_t *bytes, size_t length) {
    XXH3_state_t *state = e->to;
    if (e->passed == 0) XXH3_64bits_reset(state);
    XXH3_64bits_update(state, bytes, length);
}

/* What fits in the buffer is hashed at once; the result is the same. */
uint64_t zxp_world_hash(const zxp_world *world, zxp_form form) {
    XXH3_state_t state;
    struct encoder e;
    e.pass = pass_to_hash;
    e.to = &state;
    encode_world(&e, world, form);
    if (e.passed == 0) return XXH3_64bits(e.buffer, (size_t)(e.at - e.buffer));
    pass_on(&e);
    return XXH3_64bits_digest(&state);
}

/* ---- Compared with another ---- */

struct other {
    const uint8_t *bytes;
    uint64_t length;
    bool differs;
};

static void pass_to_compare(struct encoder *e, const uint8_t *bytes, size_t length) {
    struct other *other = e->to;
    if (other->differs) return;
    other->differs = length > other->length - e->passed || memcmp(other->bytes + e->passed, bytes, length) != 0;
}

bool encodes_to(const zxp_world *w, zxp_form form, const uint8_t *bytes, uint64_t length) {
    struct other other = {.bytes = bytes, .length = length};
    struct encoder e;
    e.pass = pass_to_compare;
    e.to = &other;
    encode_world(&e, w, form);
    pass_on(&e);
    return !other.differs && e.passed == length;
}

/* A large world is encoded into a block of a world of its own, which has nothing else to do. If there is no memory for
 * it, equal lengths and hashes have to do. */
static bool large_equal(const zxp_world *a, const zxp_world *b, zxp_form form, size_t length) {
    if (zxp_world_hash(a, form) != zxp_world_hash(b, form)) return false;
    zxp_world *scratch = zxp_world_create(NULL);
    bool equal = true;
    if (scratch != NULL && arena_reserve(scratch, arena_size(length))) {
        uint8_t *bytes = arena_at(scratch, arena_alloc(scratch, length));
        zxp_world_encode(a, form, bytes, length);
        equal = encodes_to(b, form, bytes, length);
    } else {
        equal = zxp_world_encode(b, form, NULL, 0) == length;
    }
    zxp_world_destroy(scratch);
    return equal;
}

bool zxp_world_equal(const zxp_world *a, const zxp_world *b, zxp_form form) {
    uint8_t bytes[ENCODER_BUFFER];
    size_t length = zxp_world_encode(a, form, bytes, sizeof bytes);
    if (length <= sizeof bytes) return encodes_to(b, form, bytes, length);
    return large_equal(a, b, form, length);
}
