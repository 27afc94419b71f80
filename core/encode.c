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

/* ---- Bytes and names ---- */

void put_bytes(struct encoder *e, const uint8_t *bytes, uint64_t length) {
    for (uint64_t done = 0, n; done < length; done += n) {
        room(e);
        n = min_u64(length - done, (uint64_t)(e->buffer + ENCODER_BUFFER - e->at));
        memcpy(e->at, bytes + done, n);
        e->at += n;
    }
    room(e);
}

void rank_note(struct ranks *ranks, uint64_t value) {
    if (ranks->count > 0 && ranks->count <= RANKS && ranks->value[ranks->count - 1] == value) return;
    if (ranks->count < RANKS) ranks->value[ranks->count] = value;
    if (ranks->count <= RANKS) ranks->count++; /* one more than fit: ranks_are_raw */
}

static bool ranks_are_raw(const struct ranks *ranks) {
    return ranks->count > RANKS;
}

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

uint64_t rank_of(const struct ranks *ranks, uint64_t value) {
    uint32_t base = 0;
    if (value == 0 || ranks_are_raw(ranks)) return value;
    for (uint32_t count = ranks->count; count > 1;) {
        uint32_t half = count / 2;
        base = ranks->value[base + half] <= value ? base + half : base;
        count -= half;
    }
    return base + 1;
}

void put_handle(struct encoder *e, zx_handle_t value) {
    const zxp_world *w = e->world;
    if (e->is_full) {
        put32(e, value);
        return;
    }
    const struct handle_slot *slot = handle_slot_of(w, value);
    put32(e, slot == NULL ? 0 : (uint64_t)(slot - (struct handle_slot *)arena_at(w, kernel_of(w)->handles)) + 1);
}

static void put_object(struct encoder *e, object_ref o) {
    put_koid(e, object_is(o) ? object_at(e->world, o)->koid : ZX_KOID_INVALID);
}

static void put_vmo(struct encoder *e, vmo_ref v) {
    put_object(e, object_of_vmo(v));
}

static void put_node(struct encoder *e, node_ref n) {
    put_koid(e, node_is(n) ? node_at(e->world, n)->koid : ZX_KOID_INVALID);
}

/* Number + 1; 0: none. */
static void put_thread(struct encoder *e, thread_ref t) {
    put32(e, thread_is(t) ? (uint64_t)thread_at(e->world, t)->number + 1 : 0);
}

/* STATE: how long from now; what has passed is 0. */
static void put_deadline(struct encoder *e, uint64_t time) {
    int64_t now = (int64_t)kernel_of(e->world)->now, at = (int64_t)time;
    if (e->is_full || at == ZX_TIME_INFINITE)
        put64(e, time);
    else
        put64(e, at <= now ? 0 : (uint64_t)at - (uint64_t)now);
}

/* ---- Names of STATE ---- */

/* The koids in use: objects, then nodes and sources that have lost their VMO. */
static void note_koids(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        rank_note(&e->koids, object_at(w, o)->koid);
    uint32_t objects = e->koids.count;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        if (!vmo_is(node_at(w, n)->owner)) rank_note(&e->koids, node_at(w, n)->koid);
    if (e->koids.count != objects) ranks_sort(&e->koids);
}

/* ---- Head ---- */

static void put_head(struct encoder *e) {
    const struct kernel *kernel = kernel_of(e->world);
    room(e);
    put8(e, e->is_full ? ENCODED_FULL : ENCODED_STATE);
    put8(e, kernel->profile);
    if (!e->is_full) {
        put64(e, kernel->newest_generation - kernel->oldest_generation);
        return;
    }
    put32(e, kernel->handle_secret);
    put64(e, kernel->now);
    put64(e, kernel->next_koid);
    put64(e, kernel->next_stamp);
    put32(e, kernel->next_share);
    put64(e, kernel->newest_generation);
    put64(e, kernel->oldest_generation);
    put32(e, kernel->vmar_handle);
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

static uint8_t vmo_parts(const struct vmo *vmo, bool owns_stream) {
    unsigned parts = 0;
    if (vmo->base != 0 || vmo->window != NEVER) parts |= ENCODED_VMO_WINDOW;
    if (vmo->lock_count != 0 || vmo->lock != LOCK_UNSET) parts |= ENCODED_VMO_LOCKS;
    if (vmo->name != 0) parts |= ENCODED_VMO_NAME;
    if (owns_stream) parts |= ENCODED_VMO_STREAM;
    return (uint8_t)parts;
}

static void put_vmo_object(struct encoder *e, vmo_ref v) {
    const zxp_world *w = e->world;
    const struct vmo *vmo = vmo_at(w, v);
    vmo_ref streams = stream_owner(w, v);
    uint8_t parts = vmo_parts(vmo, vmo_same(streams, v));
    put8(e, parts);
    put8(e, vmo->kind);
    put8(e, (unsigned)vmo->resizable | (unsigned)vmo->immutable << 1 | (unsigned)vmo->discardable << 2);
    put8(e, vmo->cache_policy);
    put_node(e, vmo->node);
    put_vmo(e, vmo->parent);
    if (parts & ENCODED_VMO_WINDOW) {
        put64(e, vmo->base);
        put64(e, vmo->window);
    }
    if (parts & ENCODED_VMO_LOCKS) {
        put8(e, vmo->lock);
        put64(e, vmo->lock_count);
    }
    if (parts & ENCODED_VMO_NAME) put_bytes(e, arena_at(w, vmo->name), ZX_MAX_NAME_LEN);
    if (parts & ENCODED_VMO_STREAM)
        put64(e, stream_at(w, vmo->stream)->size);
    else
        put_vmo(e, streams);
}

static void put_objects(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next) {
        const struct object *object = object_at(w, o);
        room(e);
        put8(e, object->type);
        put32(e, object->signals);
        put_koid(e, object->koid);
        if (object->type == ZX_OBJ_TYPE_VMO) put_vmo_object(e, vmo_of_object(o));
        if (object->type == ZX_OBJ_TYPE_PORT) put8(e, port_at(w, port_of_object(o))->dead);
    }
    room(e);
    put8(e, ENCODED_END);
}

/* ---- Handles ---- */

static void put_handles(struct encoder *e) {
    const zxp_world *w = e->world;
    const struct kernel *kernel = kernel_of(w);
    const struct handle_slot *slots = arena_at(w, kernel->handles);
    room(e);
    put32(e, kernel->handle_used);
    for (uint32_t i = 0; i < kernel->handle_used; i++) {
        room(e);
        put_object(e, slots[i].object);
        if (object_is(slots[i].object)) put32(e, slots[i].rights);
        if (e->is_full) put16(e, slots[i].generation);
    }
    for (uint32_t free = kernel->first_free_handle; free != 0; free = slots[free - 1].next_free) {
        room(e);
        put32(e, free);
    }
}

/* ---- Nodes and sources ---- */

static void put_source(struct encoder *e, const struct source *source) {
    room(e);
    put64(e, source->key);
    put_object(e, object_of_pager(source->pager));
    put_object(e, object_of_port(source->port));
    put8(e, (unsigned)source->trap | (unsigned)source->detached << 1 | (unsigned)source->modified << 2 |
                (unsigned)source->busy << 3 | (unsigned)source->complete_pending << 4 |
                (unsigned)source->complete_sent << 5);
    put8(e, source->place);
    if (e->is_full) put64(e, source->koid);
    if (source->place != PACKET_IN_PORT) return;
    put16(e, source->packet.command);
    put64(e, source->packet.offset);
    put64(e, source->packet.length);
}

/* FULL: the next one in the ring. STATE: the first made of them, as the order in the ring means nothing. */
static void put_family(struct encoder *e, node_ref n) {
    const zxp_world *w = e->world;
    node_ref first = n;
    if (e->is_full) {
        put_node(e, node_at(w, n)->next_in_family);
        return;
    }
    for (node_ref m = node_at(w, n)->next_in_family; !node_same(m, n); m = node_at(w, m)->next_in_family)
        if (node_at(w, m)->koid < node_at(w, first)->koid) first = m;
    put_node(e, first);
}

static void put_node_record(struct encoder *e, node_ref n) {
    const zxp_world *w = e->world;
    const struct node *node = node_at(w, n);
    bool family = !node_same(node->next_in_family, n);
    unsigned parts = node->in_pager_tree ? ENCODED_NODE_IN_PAGER_TREE : 0;
    if (node_is(node->up)) parts |= ENCODED_NODE_UP;
    if (family) parts |= ENCODED_NODE_FAMILY;
    if (source_is(node->source)) parts |= ENCODED_NODE_SOURCE;
    room(e);
    put8(e, parts);
    put_koid(e, node->koid);
    put64(e, node->root_offset);
    if (e->is_full) put64(e, node->reclaim_events);
    if (node_is(node->up)) {
        put_node(e, node->up);
        put64(e, node->up_offset);
        put64(e, node->limit);
    }
    if (family) put_family(e, n);
    if (source_is(node->source)) put_source(e, source_at(w, node->source));
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
    room(e);
    put8(e, ENCODED_END);
}

/* ---- Threads ---- */

static bool is_handle_kind(zxp_param_kind kind) {
    return kind <= ZXP_PARAM_EVENT;
}

static void put_arguments(struct encoder *e, const struct call *call) {
    const zxp_op_info *info = zxp_op_info_of(call->op);
    for (unsigned i = 0; i < info->param_count; i++) {
        if (e->is_full)
            put64(e, call->args[i]);
        else if (is_handle_kind(info->params[i].kind))
            put_handle(e, (zx_handle_t)call->args[i]);
        else if (info->params[i].kind == ZXP_PARAM_DEADLINE)
            put_deadline(e, call->args[i]);
        else
            put64(e, call->args[i]);
    }
}

static void put_values(struct encoder *e, const struct call *call) {
    const uint64_t *values = call->more_values != 0 ? arena_at(e->world, call->more_values) : call->value;
    for (unsigned i = 0; i < call->values; i++) {
        room(e);
        put64(e, values[i]);
    }
    room(e);
}

/* STATE: handles in a list by slot. Only waits and closes of several handles have them; a triggered item has none. */
static void put_items(struct encoder *e, const struct call *call) {
    const zxp_wait_item *items = arena_at(e->world, call->list);
    for (uint32_t i = 0; i < call->list_count; i++) {
        room(e);
        put8(e, items[i].handle != ZX_HANDLE_INVALID);
        put_handle(e, items[i].handle);
        put32(e, items[i].signals);
    }
}

static void put_list(struct encoder *e, const struct call *call) {
    put32(e, call->list_count);
    put32(e, call->list_bytes);
    if (!e->is_full && call->op == ZXP_OP_OBJECT_WAIT_MANY)
        put_items(e, call);
    else
        put_bytes(e, arena_at(e->world, call->list), call->list_bytes);
}

static void put_request(struct encoder *e, const struct request *r) {
    room(e);
    put8(e, r->role);
    put8(e, (unsigned)r->early | (unsigned)r->latched << 1 | (unsigned)r->waiting << 2);
    put32(e, (uint32_t)r->latched_status);
    if (r->role == ROLE_NONE) return;
    put_koid(e, source_at(e->world, r->source)->koid);
    put8(e, r->type);
    put64(e, r->offset);
    put64(e, r->length);
    put64(e, r->wake);
    put64(e, r->pending);
    put32(e, (uint32_t)r->status);
}

static void put_buffer(struct encoder *e, const struct buffer *buffer) {
    put8(e, buffer->kind);
    put8(e, buffer->fill);
    put8(e, buffer->phase);
    put64(e, buffer->length);
    put64(e, buffer->address);
    if (buffer->bytes != 0) put_bytes(e, arena_at(e->world, buffer->bytes), buffer->length);
}

/* What a call that has not ended has done so far. */
static void put_progress(struct encoder *e, const struct thread *thread) {
    const struct call *call = &thread->call;
    room(e);
    put64(e, call->cursor);
    for (unsigned i = 0; i < CALL_LOCALS; i++) put64(e, call->local[i]);
    put64(e, call->fault_at);
    put64(e, call->fault_end);
    put_vmo(e, call->held[0]);
    put_vmo(e, call->held[1]);
    put_object(e, object_of_port(call->held_port));
    put8(e, (unsigned)call->uninterruptible | (unsigned)call->fault_early << 1);
    put_buffer(e, &call->buffer);
    if (call->transit.root != 0) put_map(e, &call->transit, true);
    put_request(e, &thread->request);
}

static void put_call(struct encoder *e, const struct thread *thread) {
    const struct call *call = &thread->call;
    bool in_call = thread_in_call(thread);
    unsigned parts = 0;
    if (call->list != 0) parts |= ENCODED_CALL_LIST;
    if (call->data.count != 0) parts |= ENCODED_CALL_DATA;
    if (in_call && call->buffer.bytes != 0) parts |= ENCODED_CALL_BYTES;
    if (in_call && call->transit.root != 0) parts |= ENCODED_CALL_TRANSIT;
    room(e);
    put16(e, call->op);
    if (call->op == ZXP_OP_NONE) return;
    if (e->is_full) {
        put16(e, call->rule);
        put32(e, (uint32_t)call->status);
    }
    put8(e, call->phase);
    put8(e, call->values);
    put8(e, parts);
    put_arguments(e, call);
    put_values(e, call);
    if (call->list != 0) put_list(e, call);
    if (call->data.count != 0) put_data(e, &call->data);
    if (in_call) put_progress(e, thread);
}

static void put_thread_record(struct encoder *e, const struct thread *thread) {
    room(e);
    put8(e, thread->state);
    put8(e, (unsigned)thread->suspended | (unsigned)thread->restart << 1 | (unsigned)thread->timed << 2 |
                (unsigned)thread->fault_kind << 3);
    put8(e, thread->waits_for);
    if (thread->timed) put_deadline(e, thread->deadline);
    if (e->is_full && thread->state == ZXP_THREAD_FAULTED) put64(e, thread->fault_address);
    if (e->is_full || thread_in_call(thread)) put_call(e, thread);
}

static void put_threads(struct encoder *e) {
    const zxp_world *w = e->world;
    const thread_ref *threads = arena_at(w, kernel_of(w)->threads);
    room(e);
    put32(e, kernel_of(w)->thread_count);
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) put_thread_record(e, thread_at(w, threads[i]));
}

/* ---- Queues ---- */

/* A source that has lost its node is known to nobody but the port. */
static void put_source_packet(struct encoder *e, const struct source *source) {
    put8(e, node_is(source->node) ? 1 : 2);
    if (node_is(source->node))
        put_koid(e, source->koid);
    else
        put_source(e, source);
}

static void put_own_packet(struct encoder *e, const struct packet *packet) {
    uint64_t stamp = packet->type == ZX_PKT_TYPE_SIGNAL_ONE ? packet->length : 0;
    put8(e, 0);
    put8(e, packet->type);
    put64(e, packet->key);
    put32(e, (uint32_t)packet->status);
    put64(e, packet->offset);
    if (e->is_full || stamp == 0)
        put64(e, packet->length);
    else
        put64(e, kernel_of(e->world)->now - stamp + 1);
    put32(e, packet->trigger);
    put32(e, packet->observed);
    put_handle(e, packet->handle);
}

static void put_port_queues(struct encoder *e, const struct port *port) {
    const zxp_world *w = e->world;
    for (packet_ref p = port->first; packet_is(p); p = packet_at(w, p)->next) {
        room(e);
        if (packet_at(w, p)->embedded)
            put_source_packet(e, source_at(w, (source_ref){p.index}));
        else
            put_own_packet(e, packet_at(w, p));
    }
    room(e);
    put8(e, ENCODED_END);
    for (thread_ref t = port->first_waiter; thread_is(t); t = thread_at(w, t)->next_waiter) {
        room(e);
        put_thread(e, t);
    }
    room(e);
    put_thread(e, thread_none());
}

/* The owners, each followed by those attached to it; each sequence ends with none. */
static void put_owners(struct encoder *e, thread_ref owner) {
    const zxp_world *w = e->world;
    for (; thread_is(owner); owner = thread_at(w, owner)->request.next) {
        room(e);
        put_thread(e, owner);
        for (thread_ref t = thread_at(w, owner)->request.first_attached; thread_is(t);
             t = thread_at(w, t)->request.next) {
            room(e);
            put_thread(e, t);
        }
        put_thread(e, thread_none());
    }
    room(e);
    put_thread(e, thread_none());
}

static void put_source_queues(struct encoder *e, const struct source *source) {
    const zxp_world *w = e->world;
    for (int type = 0; type < REQUEST_TYPES; type++) put_owners(e, source->owners[type]);
    put_thread(e, source->active);
    for (thread_ref t = source->pending_first; thread_is(t); t = thread_at(w, t)->request.next_pending) {
        room(e);
        put_thread(e, t);
    }
    room(e);
    put_thread(e, thread_none());
}

static void put_queues(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        if (object_at(w, o)->type == ZX_OBJ_TYPE_PORT) put_port_queues(e, port_at(w, port_of_object(o)));
    for (node_ref n = oldest_node(w); node_is(n); n = node_at(w, n)->previous_node)
        if (source_is(node_at(w, n)->source)) put_source_queues(e, source_at(w, node_at(w, n)->source));
}

/* ---- Observers, space, pins ---- */

static void put_observer(struct encoder *e, const struct observer *observer) {
    room(e);
    put8(e, thread_is(observer->thread) ? 0 : 1);
    put_handle(e, observer->handle);
    put32(e, observer->signals);
    if (thread_is(observer->thread)) {
        put_thread(e, observer->thread);
        put32(e, observer->item);
        return;
    }
    put_object(e, object_of_port(observer->port));
    put32(e, observer->options);
    put64(e, observer->key);
}

static void put_observers(struct encoder *e) {
    const zxp_world *w = e->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next) {
        for (observer_ref ob = object_at(w, o)->observers; observer_is(ob); ob = observer_at(w, ob)->next)
            put_observer(e, observer_at(w, ob));
        room(e);
        put8(e, ENCODED_END);
    }
}

static void put_mapping(struct encoder *e, const struct mapping *mapping) {
    room(e);
    put64(e, mapping->base);
    put64(e, mapping->vmo_offset);
    put_vmo(e, mapping->vmo);
    put8(e, mapping->max_permissions);
    put8(e, mapping->fault_beyond_stream_size);
    put_map(e, &mapping->pages, false);
}

static void put_space(struct encoder *e) {
    const zxp_world *w = e->world;
    const struct page_map *space = &vmar_at(w, kernel_of(w)->vmar)->space;
    struct page_run run;
    room(e);
    put32(e, kernel_of(w)->mappings);
    if (kernel_of(w)->mappings == 0) return;
    for (struct page_walk k = page_walk_begin(w, space, 0, space->pages); page_walk_next(&k, &run);)
        if (run.key.state != 0) put_mapping(e, mapping_at(w, (mapping_ref){run.key.content}));
}

static void put_pins(struct encoder *e) {
    const zxp_world *w = e->world;
    for (pin_ref p = kernel_of(w)->first_pin; pin_is(p); p = pin_at(w, p)->next) {
        const struct pin *pin = pin_at(w, p);
        room(e);
        put8(e, pin->write != 0);
        put_vmo(e, pin->vmo);
        put64(e, pin->offset);
        put64(e, pin->length);
    }
    room(e);
    put8(e, ENCODED_END);
}

/* ---- The whole ---- */

static void encode_world(struct encoder *e, const zxp_world *w, zxp_form form) {
    e->world = w;
    e->is_full = form == ZXP_FORM_FULL;
    e->at = e->buffer;
    e->passed = 0;
    e->koids.count = e->stamps.count = e->shares.count = 0;
    if (!e->is_full) {
        note_koids(e);
        note_stamps(e);
    }
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
