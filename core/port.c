/*
 * port.c - ports and packets (port.h, chapter 1 section 8, chapter 4 section 8).
 */
#include "port.h"

#include "request.h"
#include "thread.h"

static void tell_packet(zxp_world *w, port_ref p, packet_ref packet, zxp_event_what what) {
    if (!observed(w)) return;
    const struct packet *pk = packet_at(w, packet);
    zxp_event event = {.kind = ZXP_EVENT_PACKET,
                       .what = what,
                       .thread = ZXP_NO_THREAD,
                       .key = pk->key,
                       .status = pk->status,
                       .koid = port_at(w, p)->object.koid};
    if (pk->type == ZX_PKT_TYPE_PAGE_REQUEST) {
        event.command = pk->command;
        event.offset = pk->offset;
        event.length = pk->length;
    }
    tell(w, &event);
}

packet_ref packet_make(zxp_world *w, uint32_t type, uint64_t key) {
    packet_ref packet = {arena_alloc(w, sizeof(struct packet))};
    packet_at(w, packet)->type = type;
    packet_at(w, packet)->key = key;
    return packet;
}

/* The packet of a source is part of it and stays. */
static void free_packet(zxp_world *w, packet_ref packet) {
    if (!packet_at(w, packet)->embedded) arena_free(w, packet.index, sizeof(struct packet));
}

void port_wake_waiter(zxp_world *w, port_ref p) {
    for (thread_ref t = port_at(w, p)->first_waiter; thread_is(t); t = thread_at(w, t)->next_waiter) {
        const struct thread *thread = thread_at(w, t);
        if (thread->waits_for != ZXP_WAIT_PORT) continue; /* woken already */
        thread_wake(w, t, ZX_OK);
        return;
    }
}

bool port_append(zxp_world *w, port_ref p, packet_ref packet) {
    struct port *port = port_at(w, p);
    struct packet *pk = packet_at(w, packet);
    if (port->dead) {
        assert(pk->embedded); /* no other wait outlives its port */
        apply_rule(w, RULE_port_dead);
        tell_packet(w, p, packet, ZXP_WHAT_DROPPED);
        return false;
    }
    assert(!packet_is(pk->next));
    pk->previous = port->last;
    if (packet_is(port->last)) {
        packet_at(w, port->last)->next = packet;
    } else {
        port->first = packet;
    }
    port->last = packet;
    if (pk->type == ZX_PKT_TYPE_USER) port->user_packets++;
    tell_packet(w, p, packet, ZXP_WHAT_QUEUED);
    port_wake_waiter(w, p);
    return true;
}

void port_unlink(zxp_world *w, port_ref p, packet_ref packet, zxp_event_what what) {
    struct port *port = port_at(w, p);
    struct packet *pk = packet_at(w, packet);
    tell_packet(w, p, packet, what);
    if (packet_is(pk->previous)) {
        packet_at(w, pk->previous)->next = pk->next;
    } else {
        port->first = pk->next;
    }
    if (packet_is(pk->next)) {
        packet_at(w, pk->next)->previous = pk->previous;
    } else {
        port->last = pk->previous;
    }
    if (pk->type == ZX_PKT_TYPE_USER) port->user_packets--;
    free_packet(w, packet);
}

void port_remove(zxp_world *w, port_ref p, packet_ref packet) { port_unlink(w, p, packet, ZXP_WHAT_WITHDRAWN); }

void port_packet_drop(zxp_world *w, port_ref p, packet_ref packet) {
    bool embedded = packet_at(w, packet)->embedded;
    source_ref source = {packet.index}; /* world.h: a source begins with its packet */
    port_unlink(w, p, packet, ZXP_WHAT_DROPPED);
    if (!embedded) return;
    apply_rule(w, RULE_port_packet_lost);
    source_packet_lost(w, source);
}

/* Threads that wait on the port already go on waiting (chapter 1 section 3.3); they and the sources keep it. */
void port_zero_handles(zxp_world *w, port_ref p) {
    apply_rule(w, RULE_port_closed);
    port_at(w, p)->dead = 1;
    port_at(w, p)->sources++; /* a source that dies with its last packet must not free the port here */
    while (packet_is(port_at(w, p)->first)) port_packet_drop(w, p, port_at(w, p)->first);
    while (observer_is(port_at(w, p)->first_wait)) observer_remove(w, port_at(w, p)->first_wait);
    port_at(w, p)->sources--;
    port_release(w, p);
}

void port_waiter_append(zxp_world *w, port_ref p, thread_ref t) {
    struct port *port = port_at(w, p);
    assert(!thread_is(thread_at(w, t)->next_waiter));
    thread_at(w, t)->previous_waiter = port->last_waiter;
    if (thread_is(port->last_waiter)) {
        thread_at(w, port->last_waiter)->next_waiter = t;
    } else {
        port->first_waiter = t;
    }
    port->last_waiter = t;
    call_of(w, t)->held_port = p;
}

void port_waiter_remove(zxp_world *w, thread_ref t) {
    port_ref p = call_of(w, t)->held_port;
    struct thread *thread = thread_at(w, t);
    if (!port_is(p)) return;
    struct port *port = port_at(w, p);
    if (thread_is(thread->previous_waiter)) {
        thread_at(w, thread->previous_waiter)->next_waiter = thread->next_waiter;
    } else if (thread_same(port->first_waiter, t)) {
        port->first_waiter = thread->next_waiter;
    } else {
        return; /* out of the queue already */
    }
    if (thread_is(thread->next_waiter)) {
        thread_at(w, thread->next_waiter)->previous_waiter = thread->previous_waiter;
    } else {
        port->last_waiter = thread->previous_waiter;
    }
    thread->next_waiter = thread->previous_waiter = thread_none();
}

void port_release(zxp_world *w, port_ref p) {
    const struct port *port = port_at(w, p);
    if (port->object.handle_count != 0 || port->sources != 0 || thread_is(port->first_waiter)) return;
    object_remove(w, object_of_port(p));
    arena_free(w, p.index, sizeof(struct port));
}
