/*
 * proxy.c - from owner requests to packets (proxy.h; chapter 4 section 8).
 */
#include "proxy.h"

#include "pager.h"
#include "port.h"
#include "request.h"

static packet_ref packet_of(source_ref s) { return (packet_ref){s.index}; }

/* ---- The one packet ---- */

/* The range is copied now: what happens to the request later does not change the packet (section 2). */
static void fill_packet(zxp_world *w, source_ref s, uint16_t command, uint64_t offset, uint64_t length) {
    struct source *source = source_at(w, s);
    source->packet = (struct packet){.key = source->key,
                                     .type = ZX_PKT_TYPE_PAGE_REQUEST,
                                     .status = ZX_OK,
                                     .command = command,
                                     .offset = offset,
                                     .length = length,
                                     .embedded = 1,
                                     .source = s};
}

/* A dead port drops it, and the packet then counts as taken for ever (section 8.4). */
static void put_in_port(zxp_world *w, source_ref s) {
    source_at(w, s)->busy = 1;
    source_at(w, s)->place = PACKET_IN_PORT;
    if (port_append(w, source_at(w, s)->port, packet_of(s))) return;
    source_at(w, s)->place = PACKET_LOST;
    apply_rule(w, RULE_proxy_port_dead);
}

static void take_out_of_port(zxp_world *w, source_ref s) {
    port_remove(w, source_at(w, s)->port, packet_of(s));
    source_at(w, s)->place = PACKET_IDLE;
    source_at(w, s)->busy = 0;
}

/* ---- The queue of those that wait for their turn ---- */

static void queue_append(zxp_world *w, source_ref s, thread_ref t) {
    struct source *source = source_at(w, s);
    struct request *r = &thread_at(w, t)->request;
    r->is_pending = 1;
    r->previous_pending = source->pending_last;
    if (thread_is(source->pending_last)) {
        thread_at(w, source->pending_last)->request.next_pending = t;
    } else {
        source->pending_first = t;
    }
    source->pending_last = t;
}

/* Whoever stands beside `t` in the queue gets `before` and `after` as neighbours. */
static void queue_join(zxp_world *w, source_ref s, const struct request *r, thread_ref after, thread_ref before) {
    struct source *source = source_at(w, s);
    if (thread_is(r->previous_pending)) {
        thread_at(w, r->previous_pending)->request.next_pending = after;
    } else {
        source->pending_first = after;
    }
    if (thread_is(r->next_pending)) {
        thread_at(w, r->next_pending)->request.previous_pending = before;
    } else {
        source->pending_last = before;
    }
}

static void queue_remove(zxp_world *w, source_ref s, thread_ref t) {
    struct request *r = &thread_at(w, t)->request;
    queue_join(w, s, r, r->next_pending, r->previous_pending);
    r->is_pending = 0;
}

/* ---- Sending, taking back ---- */

static void send_now(zxp_world *w, source_ref s, thread_ref owner) {
    const struct request *r = &thread_at(w, owner)->request;
    source_at(w, s)->active = owner;
    fill_packet(w, s, r->type == REQUEST_READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY, r->offset, r->length);
    apply_rule(w, r->type == REQUEST_READ ? RULE_proxy_read : RULE_proxy_dirty);
    put_in_port(w, s);
}

static void send_next(zxp_world *w, source_ref s) {
    thread_ref head = source_at(w, s)->pending_first;
    if (!thread_is(head)) return;
    queue_remove(w, s, head);
    apply_rule(w, RULE_proxy_next);
    send_now(w, s, head);
}

void proxy_send(zxp_world *w, source_ref s, thread_ref owner) {
    if (source_at(w, s)->busy) {
        apply_rule(w, RULE_proxy_waits);
        queue_append(w, s, owner);
    } else {
        send_now(w, s, owner);
    }
}

void proxy_take_back(zxp_world *w, source_ref s, thread_ref owner) {
    if (thread_at(w, owner)->request.is_pending) {
        apply_rule(w, RULE_proxy_never_sent);
        queue_remove(w, s, owner);
        return;
    }
    if (!thread_same(source_at(w, s)->active, owner)) return; /* dequeued before: nothing more comes for it */
    source_at(w, s)->active = thread_none();
    if (source_at(w, s)->place == PACKET_LOST) return;
    apply_rule(w, RULE_proxy_withdrawn);
    take_out_of_port(w, s);
    send_next(w, s);
}

void proxy_swap(zxp_world *w, source_ref s, thread_ref owner, thread_ref heir) {
    struct source *source = source_at(w, s);
    const struct request *from = &thread_at(w, owner)->request;
    struct request *to = &thread_at(w, heir)->request;
    if (thread_same(source->active, owner)) source->active = heir;
    if (!from->is_pending) return;
    queue_join(w, s, from, heir, heir);
    to->is_pending = 1;
    to->next_pending = from->next_pending;
    to->previous_pending = from->previous_pending;
}

/* ---- COMPLETE ---- */

void proxy_send_complete(zxp_world *w, source_ref s) {
    struct source *source = source_at(w, s);
    source->complete_sent = 1;
    if (source->busy) { /* every request was taken back: only a lost packet keeps it busy */
        apply_rule(w, RULE_proxy_complete_stuck);
        return;
    }
    source->complete_pending = 1;
    fill_packet(w, s, ZX_PAGER_VMO_COMPLETE, 0, 0);
    apply_rule(w, RULE_proxy_complete);
    put_in_port(w, s);
}

void proxy_withdraw_complete(zxp_world *w, source_ref s) {
    if (source_at(w, s)->place != PACKET_IN_PORT) return; /* it is COMPLETE: the source is detached */
    source_at(w, s)->complete_pending = 0;
    apply_rule(w, RULE_proxy_complete_withdrawn);
    take_out_of_port(w, s);
}

/* ---- What the port tells ---- */

void source_packet_dequeued(zxp_world *w, source_ref s) {
    struct source *source = source_at(w, s);
    bool complete = source->complete_pending;
    source->place = PACKET_IDLE;
    source->busy = 0;
    source->complete_pending = 0;
    source->active = thread_none();
    send_next(w, s);
    if (complete && !node_is(source_at(w, s)->node)) source_free(w, s);
}

void source_packet_lost(zxp_world *w, source_ref s) {
    source_at(w, s)->place = PACKET_LOST;
    apply_rule(w, RULE_proxy_lost);
    if (!node_is(source_at(w, s)->node)) source_free(w, s);
}
