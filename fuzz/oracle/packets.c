/*
 * packets.c - from request to packet: at most one packet of a pager VMO is in its port (chapter 4 section 8).
 */
#include <string.h>

#include "state.h"

/* Builds the packet of the active request, or COMPLETE, and puts it at the tail of the port. */
static void push(oracle *o, int source, int t) {
    source_t *s = &o->source[source];
    packet_t p = {.key = s->key, .type = ZX_PKT_TYPE_PAGE_REQUEST, .status = ZX_OK, .source = (int16_t)source};
    s->busy = true;
    s->active = (int16_t)t;
    if (t < 0) {
        p.command = ZX_PAGER_VMO_COMPLETE;
    } else {
        const request_t *r = &o->thread[t].request;
        p.command = r->type == READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY;
        p.offset = r->first * PAGE;
        p.length = r->count * PAGE;
    }
    if (orc_port_push(o, s->port, &p) && t < 0) {
        s->complete = true;
    }
}

/* Section 8.1. */
void orc_proxy_send(oracle *o, int source, int t) {
    source_t *s = &o->source[source];
    if (s->busy) {
        s->pending[s->pending_count++] = (int16_t)t;
    } else {
        push(o, source, t);
    }
}

void orc_proxy_send_complete(oracle *o, int source) {
    source_t *s = &o->source[source];
    if (s->busy) {
        s->complete_waits = true; /* only in the stuck states of section 8.4: for ever */
    } else {
        push(o, source, -1);
    }
}

static void send_next(oracle *o, int source) {
    source_t *s = &o->source[source];
    if (s->pending_count > 0) {
        int t = s->pending[0];
        memmove(&s->pending[0], &s->pending[1], (s->pending_count - 1u) * sizeof(s->pending[0]));
        s->pending_count--;
        push(o, source, t);
    } else if (s->complete_waits) {
        s->complete_waits = false;
        push(o, source, -1);
    }
}

/* Section 8.2: part of the dequeue. */
void orc_proxy_dequeued(oracle *o, int source, bool complete) {
    source_t *s = &o->source[source];
    s->busy = false;
    s->active = -1;
    if (complete) {
        s->complete = false;
        orc_source_free_if_done(o, source);
    } else {
        send_next(o, source);
    }
}

/* Section 8.3. */
void orc_proxy_take_back(oracle *o, int source, int t) {
    source_t *s = &o->source[source];
    for (unsigned i = 0; i < s->pending_count; i++) {
        if (s->pending[i] == t) {
            memmove(&s->pending[i], &s->pending[i + 1], (s->pending_count - i - 1u) * sizeof(s->pending[0]));
            s->pending_count--;
            return;
        }
    }
    if (s->active == t) {
        s->active = -1;
        int i = orc_port_find(o, s->port, source);
        if (i >= 0) { /* else it was lost with the port or by zx_port_cancel_key: busy for ever */
            (void)orc_port_remove(o, s->port, (unsigned)i);
            s->busy = false;
            send_next(o, source);
        }
    }
}

/* Section 7.3: the heir takes the place of the request that leaves. */
void orc_proxy_swap(oracle *o, int source, int from, int to) {
    source_t *s = &o->source[source];
    if (s->active == from) {
        s->active = (int16_t)to;
    }
    for (unsigned i = 0; i < s->pending_count; i++) {
        if (s->pending[i] == from) {
            s->pending[i] = (int16_t)to;
        }
    }
}

/* A source of a dead node lives until nothing of it can be seen. */
void orc_source_free_if_done(oracle *o, int source) {
    source_t *s = &o->source[source];
    if (s->used && !s->alive && !s->complete) {
        s->used = false;
        orc_port_free_if_done(o, s->port);
    }
}
