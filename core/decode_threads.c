/*
 * decode_threads.c - threads, and the queues in which they and their packets stand (decoder.h).
 */
#include "decoder.h"
#include "handle.h"
#include "node.h"
#include "object.h"
#include "pager.h"
#include "port.h"
#include "thread.h"

/* ---- Threads ---- */

static bool thread_fits(const struct thread *thread) {
    bool blocked = thread->state == ZXP_THREAD_BLOCKED;
    if (thread->state > ZXP_THREAD_KILLED || thread->waits_for > ZXP_WAIT_SIGNALS) return false;
    if (blocked != (thread->waits_for != ZXP_WAIT_NONE)) return false;
    if (thread->state == ZXP_THREAD_SUSPENDED && !thread->suspended) return false;
    if (thread->state == ZXP_THREAD_READY && thread->suspended) return false;
    if (thread->restart && thread->state != ZXP_THREAD_SUSPENDED) return false;
    return !thread->timed || (blocked && thread->waits_for != ZXP_WAIT_REQUEST);
}

static void get_thread_record(struct decoder *d, thread_ref t) {
    struct thread *thread = thread_at(d->world, t);
    thread->state = get8(d);
    uint8_t flags = get8(d);
    thread->suspended = flags & 1;
    thread->restart = flags >> 1 & 1;
    thread->timed = flags >> 2 & 1;
    thread->fault_kind = flags >> 3 & 1;
    thread->waits_for = get8(d);
    if (!expect(d, flags < 16 && thread_fits(thread), "a thread in an impossible state")) return;
    if (thread->timed) thread->deadline = get64(d);
    if (thread->state == ZXP_THREAD_FAULTED) thread->fault_address = get64(d);
    get_call(d, t);
    thread = thread_at(d->world, t);
    bool waits_out = thread->state == ZXP_THREAD_BLOCKED && thread->suspended;
    expect(d, !waits_out || thread->call.uninterruptible, "a suspended thread waits");
}

/* The first is there already. */
void get_threads(struct decoder *d) {
    uint32_t count = get32(d);
    expect(d, count >= 1 && count <= bytes_left(d), "too many threads");
    for (uint32_t i = 0; i < count && fine(d); i++) {
        if (i > 0 && take_room(d, thread_make_bytes(d->world))) thread_make(d->world);
        if (fine(d)) get_thread_record(d, thread_by_number(d->world, i));
    }
}

/* Number + 1 of a thread; 0: none. */
static thread_ref get_thread(struct decoder *d) {
    uint32_t number = get32(d);
    if (number == 0) return thread_none();
    thread_ref t = thread_by_number(d->world, number - 1);
    expect(d, thread_is(t), "no such thread");
    return t;
}

static struct request *request_of(const struct decoder *d, thread_ref t) { return &thread_at(d->world, t)->request; }

/* ---- Ports ---- */

static void queue_packet(struct decoder *d, port_ref p, packet_ref packet) {
    struct port *port = port_at(d->world, p);
    if (!expect(d, !port->dead, "a packet in a dead port")) return;
    packet_at(d->world, packet)->previous = port->last;
    if (packet_is(port->last))
        packet_at(d->world, port->last)->next = packet;
    else
        port->first = packet;
    port->last = packet;
}

/* A source's packet is marked as embedded when it is found in its port. */
static void queue_source(struct decoder *d, port_ref p, source_ref s) {
    if (!fine(d)) return;
    struct source *source = source_at(d->world, s);
    bool expected = source->place == PACKET_IN_PORT && port_same(source->port, p) && !source->packet.embedded;
    if (!expect(d, expected, "a source's packet in the wrong place")) return;
    source->packet.embedded = 1;
    queue_packet(d, p, (packet_ref){s.index});
}

static void get_live_source_packet(struct decoder *d, port_ref p) {
    node_ref n = get_node(d);
    if (fine(d) && expect(d, source_is(node_at(d->world, n)->source), "a source's packet in the wrong place"))
        queue_source(d, p, node_at(d->world, n)->source);
}

/* Its node is dead: only its last packet keeps it. */
static void get_dead_source_packet(struct decoder *d, port_ref p) {
    source_ref s = get_source(d, node_none());
    if (!fine(d)) return;
    const struct source *source = source_at(d->world, s);
    expect(d, source->complete_pending && source->koid < d->next_koid, "a dead source has not ended");
    expect(d, name_find(d, &d->nodes, source->koid) == NULL, "a dead source has a node");
    queue_source(d, p, s);
}

static void get_own_packet(struct decoder *d, port_ref p) {
    struct packet read = {.type = get8(d)};
    read.key = get64(d);
    read.status = (zx_status_t)get32(d);
    read.offset = get64(d);
    read.length = get64(d);
    read.trigger = get32(d);
    read.observed = get32(d);
    read.handle = get32(d);
    expect(d, read.type == ZX_PKT_TYPE_USER || read.type == ZX_PKT_TYPE_SIGNAL_ONE, "a packet of no known kind");
    packet_ref packet = {take(d, sizeof read)};
    if (!packet_is(packet)) return;
    *packet_at(d->world, packet) = read;
    if (read.type == ZX_PKT_TYPE_USER) port_at(d->world, p)->user_packets++;
    queue_packet(d, p, packet);
}

static void get_packet(struct decoder *d, port_ref p) {
    switch (get8(d)) {
    case 0: get_own_packet(d, p); break;
    case 1: get_live_source_packet(d, p); break;
    case 2: get_dead_source_packet(d, p); break;
    default: wrong(d, "a packet of no known kind");
    }
}

static bool waits_on(const struct decoder *d, thread_ref t, port_ref p) {
    const struct thread *thread = thread_at(d->world, t);
    const struct port *port = port_at(d->world, p);
    bool linked = thread_is(thread->previous_waiter) || thread_same(port->first_waiter, t);
    return thread->waits_for == ZXP_WAIT_PORT && port_same(thread->call.held_port, p) && !linked;
}

static void get_port_queues(struct decoder *d, port_ref p, uint32_t *waiters) {
    while (!at_end(d)) get_packet(d, p);
    for (thread_ref t = get_thread(d); thread_is(t); t = get_thread(d)) {
        if (!expect(d, waits_on(d, t, p), "a thread waits on another port")) return;
        port_waiter_append(d->world, p, t);
        ++*waiters;
    }
}

/* ---- Sources ---- */

struct found_requests {
    uint32_t owners, attached;
};

static bool is_request_to(const struct request *r, source_ref s, unsigned type, enum request_role role) {
    return r->role == role && r->type == type && source_same(r->source, s);
}

static void attach_request(struct decoder *d, thread_ref owner, thread_ref t) {
    struct request *o = request_of(d, owner), *r = request_of(d, t);
    bool fits = is_request_to(r, o->source, o->type, ROLE_ATTACHED) && !thread_is(r->owner) && r->offset >= o->offset &&
                r->offset - o->offset < o->length;
    if (!expect(d, fits, "a request hangs on a stranger")) return;
    r->owner = owner;
    r->previous = o->last_attached;
    if (thread_is(o->last_attached))
        request_of(d, o->last_attached)->next = t;
    else
        o->first_attached = t;
    o->last_attached = t;
}

/* Owners ascend and do not overlap; so none can stand there twice. */
static void get_owners(struct decoder *d, source_ref s, unsigned type, struct found_requests *found) {
    thread_ref last = thread_none();
    for (thread_ref t = get_thread(d); thread_is(t); t = get_thread(d)) {
        struct request *r = request_of(d, t);
        if (!expect(d, is_request_to(r, s, type, ROLE_OWNER), "a request in a strange queue")) return;
        bool ascends = !thread_is(last) || request_of(d, last)->offset + request_of(d, last)->length <= r->offset;
        if (!expect(d, ascends, "requests overlap")) return;
        r->previous = last;
        if (thread_is(last))
            request_of(d, last)->next = t;
        else
            source_at(d->world, s)->owners[type] = t;
        last = t;
        found->owners++;
        for (thread_ref a = get_thread(d); thread_is(a); a = get_thread(d), found->attached++) attach_request(d, t, a);
    }
}

static bool is_owner_of(const struct decoder *d, thread_ref t, source_ref s) {
    const struct request *r = request_of(d, t);
    return r->role == ROLE_OWNER && source_same(r->source, s);
}

static void get_pending(struct decoder *d, source_ref s) {
    struct source *source = source_at(d->world, s);
    for (thread_ref t = get_thread(d); thread_is(t); t = get_thread(d)) {
        struct request *r = request_of(d, t);
        bool fits = source->busy && is_owner_of(d, t, s) && !r->is_pending && !thread_same(t, source->active);
        if (!expect(d, fits, "a request in a strange queue")) return;
        r->is_pending = 1;
        r->previous_pending = source->pending_last;
        if (thread_is(source->pending_last))
            request_of(d, source->pending_last)->next_pending = t;
        else
            source->pending_first = t;
        source->pending_last = t;
    }
}

static void get_source_queues(struct decoder *d, source_ref s, struct found_requests *found) {
    uint8_t any = get8(d);
    bool in_port = source_at(d->world, s)->place == PACKET_IN_PORT;
    expect(d, any <= 1 && (!in_port || source_at(d->world, s)->packet.embedded), "a packet is lost");
    if (!any) expect(d, !in_port || source_at(d->world, s)->complete_pending, "a packet of no request");
    if (!any || !fine(d)) return;
    for (unsigned type = 0; type < REQUEST_TYPES && fine(d); type++) get_owners(d, s, type, found);
    thread_ref active = get_thread(d);
    if (!fine(d)) return;
    struct source *source = source_at(d->world, s);
    bool waits_in_port = source->place == PACKET_IN_PORT;
    expect(d, !thread_is(active) || (source->busy && is_owner_of(d, active, s)), "a packet of no request");
    expect(d, !waits_in_port || thread_is(active) != source->complete_pending, "a packet of no request");
    source->active = active;
    get_pending(d, s);
}

/* Every waiting thread has been met in a queue. */
static void check_all_found(struct decoder *d, uint32_t waiters, const struct found_requests *found) {
    struct found_requests there = {0};
    uint32_t on_ports = 0;
    for (uint32_t i = 0; i < kernel_of(d->world)->thread_count; i++) {
        const struct thread *thread = thread_at(d->world, thread_by_number(d->world, i));
        there.owners += thread->request.role == ROLE_OWNER;
        there.attached += thread->request.role == ROLE_ATTACHED;
        on_ports += port_is(thread->call.held_port);
    }
    expect(d, there.owners == found->owners && there.attached == found->attached, "a request in no queue");
    expect(d, on_ports == waiters, "a thread waits in no queue");
}

void get_queues(struct decoder *d) {
    struct found_requests found = {0};
    uint32_t waiters = 0;
    for (uint32_t i = 0; i < d->objects.count && fine(d); i++) {
        struct named named = *named_at(d, &d->objects, i);
        if (named.type == ZX_OBJ_TYPE_PORT) get_port_queues(d, (port_ref){named.index}, &waiters);
    }
    for (uint32_t i = 0; i < d->nodes.count && fine(d); i++) {
        source_ref s = node_at(d->world, (node_ref){named_at(d, &d->nodes, i)->index})->source;
        if (source_is(s)) get_source_queues(d, s, &found);
    }
    if (fine(d)) check_all_found(d, waiters, &found);
}

/* ---- Observers ---- */

/* A wait was registered through a live handle to the object. */
static bool observes(const struct decoder *d, const struct observer *ob) {
    if (!object_same(handle_object(d->world, ob->handle), ob->object)) return false;
    if (!thread_is(ob->thread)) return true;
    const struct thread *thread = thread_at(d->world, ob->thread);
    const struct call *call = &thread->call;
    if (thread->waits_for != ZXP_WAIT_SIGNALS || call->phase != WAIT_REGISTERED) return false;
    if (call->op == ZXP_OP_OBJECT_WAIT_ONE) return ob->item == 0 && (zx_handle_t)call->args[0] == ob->handle;
    const zxp_wait_item *items = arena_at(d->world, call->list);
    return call->op == ZXP_OP_OBJECT_WAIT_MANY && ob->item < call->list_count && items[ob->item].handle == ob->handle;
}

static void get_thread_observer(struct decoder *d, struct observer *ob) {
    ob->thread = get_thread(d);
    ob->item = get32(d);
    expect(d, thread_is(ob->thread), "no such thread");
}

static void get_port_observer(struct decoder *d, struct observer *ob) {
    ob->port = port_of_object(get_object(d, ZX_OBJ_TYPE_PORT, false));
    ob->options = get32(d);
    ob->key = get64(d);
    if (!fine(d) || !expect(d, !port_at(d->world, ob->port)->dead, "a wait for a dead port")) return;
    ob->packet = (packet_ref){take(d, sizeof(struct packet))};
    if (!packet_is(ob->packet)) return;
    *packet_at(d->world, ob->packet) =
        (struct packet){.key = ob->key, .type = ZX_PKT_TYPE_SIGNAL_ONE, .handle = ob->handle, .trigger = ob->signals};
}

/* They are read from the first to the last, and a new one is put in front: so the list is turned round at the end. */
static void get_observer(struct decoder *d, object_ref o) {
    uint8_t kind = get8(d);
    struct observer read = {.object = o, .handle = get32(d)};
    read.signals = get32(d);
    if (kind == 0)
        get_thread_observer(d, &read);
    else if (kind == 1)
        get_port_observer(d, &read);
    else
        wrong(d, "a wait of no known kind");
    if (!fine(d) || !expect(d, observes(d, &read), "a wait that nobody made")) return;
    observer_ref ob = {take(d, sizeof read)};
    if (!observer_is(ob)) return;
    *observer_at(d->world, ob) = read;
    observer_add(d->world, o, ob);
}

static void turn_round(struct decoder *d, object_ref o) {
    observer_ref ob = object_at(d->world, o)->observers, last = observer_none();
    while (observer_is(ob)) {
        struct observer *observer = observer_at(d->world, ob);
        observer_ref next = observer->next;
        observer->next = last;
        observer->previous = next;
        last = ob;
        ob = next;
    }
    object_at(d->world, o)->observers = last;
}

/* Objects ascend, so that none comes twice. */
static object_ref get_next_object(struct decoder *d, zx_koid_t *last) {
    object_ref o = get_object(d, ZX_OBJ_TYPE_NONE, true);
    if (!object_is(o)) return o;
    expect(d, object_at(d->world, o)->koid > *last, "koids do not ascend");
    *last = object_at(d->world, o)->koid;
    return o;
}

void get_observers(struct decoder *d) {
    zx_koid_t last = ZX_KOID_INVALID;
    for (object_ref o = get_next_object(d, &last); object_is(o) && fine(d); o = get_next_object(d, &last)) {
        while (!at_end(d)) get_observer(d, o);
        turn_round(d, o);
    }
}
