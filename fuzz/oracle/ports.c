/*
 * ports.c - ports and their packets (chapter 1 section 8).
 */
#include <string.h>

#include "state.h"

/* The first waiter that is not yet on its way is woken; it finds the packet when it runs (chapter 4 section 12 N9). */
void orc_port_wake_one(oracle *o, int port_object) {
    port_t *p = &o->port[o->object[port_object].port];
    unsigned on_their_way = 0;
    for (unsigned i = 0; i < p->waiters; i++) {
        on_their_way += o->thread[p->waiter[i]].runnable ? 1 : 0;
    }
    for (unsigned i = 0; i < p->waiters && on_their_way < p->packets; i++) {
        if (!o->thread[p->waiter[i]].runnable) {
            orc_make_runnable(o, p->waiter[i], ZX_OK);
            return;
        }
    }
}

/* False if the port is gone: dropped silently. */
bool orc_port_push(oracle *o, int port_object, const packet_t *packet) {
    if (port_object < 0 || o->object[port_object].handles == 0) {
        return false;
    }
    port_t *p = &o->port[o->object[port_object].port];
    if (p->packets == PACKET_MAX) {
        orc_out_of_bounds(o, "packets of a port");
        return false;
    }
    p->packet[p->packets++] = *packet;
    orc_port_wake_one(o, port_object);
    return true;
}

/* Index of the page-request packet of a source in the port, or -1. */
int orc_port_find(const oracle *o, int port_object, int source) {
    if (port_object < 0) {
        return -1;
    }
    const port_t *p = &o->port[o->object[port_object].port];
    for (unsigned i = 0; i < p->packets; i++) {
        if (p->packet[i].source == source) {
            return (int)i;
        }
    }
    return -1;
}

packet_t orc_port_remove(oracle *o, int port_object, unsigned i) {
    port_t *p = &o->port[o->object[port_object].port];
    packet_t packet = p->packet[i];
    memmove(&p->packet[i], &p->packet[i + 1], (p->packets - i - 1u) * sizeof(packet_t));
    p->packets--;
    return packet;
}

/* VMOs keep the port object that they were made with (chapter 2 section 4.4), a blocked waiter too. */
void orc_port_free_if_done(oracle *o, int object) {
    object_t *x = &o->object[object];
    bool needed = x->handles > 0 || o->port[x->port].waiters > 0;
    for (int s = 0; s < SOURCE_MAX; s++) {
        needed = needed || (o->source[s].used && o->source[s].port == object);
    }
    if (!needed) {
        o->port[x->port].used = false;
        x->used = false;
    }
}

/* A packet leaves the port without the proxy being told; a source that only waited for it may be forgotten. */
static void packet_lost(oracle *o, const packet_t *p) {
    if (p->source >= 0 && p->command == ZX_PAGER_VMO_COMPLETE) {
        o->source[p->source].complete = false;
        orc_source_free_if_done(o, p->source);
    }
}

/* Chapter 1 section 3.3: the last handle is closed. Blocked waiters stay. */
void orc_port_close(oracle *o, int object) {
    port_t *p = &o->port[o->object[object].port];
    orc_observers_drop_port(o, object);
    while (p->packets > 0) {
        packet_t packet = orc_port_remove(o, object, p->packets - 1u);
        packet_lost(o, &packet);
    }
    orc_port_free_if_done(o, object);
}

/* The thread no longer waits on its port. */
void orc_port_leave(oracle *o, int t) {
    for (int k = 0; k < PORT_MAX; k++) {
        port_t *p = &o->port[k];
        for (unsigned i = 0; p->used && i < p->waiters; i++) {
            if (p->waiter[i] == t) {
                memmove(&p->waiter[i], &p->waiter[i + 1], (p->waiters - i - 1u) * sizeof(p->waiter[0]));
                p->waiters--;
                orc_port_free_if_done(o, p->object);
                return;
            }
        }
    }
}

/* Chapter 1 section 8.1. */
zx_status_t orc_op_port_create(oracle *o, int t) {
    uint32_t options = (uint32_t)o->thread[t].a[0];
    if (options != 0 && options != ZX_PORT_BIND_TO_INTERRUPT) {
        return orc_rule(o, t, "1 section 8.1: port options", ZX_ERR_INVALID_ARGS);
    }
    int k = 0;
    while (k < PORT_MAX && o->port[k].used) {
        k++;
    }
    if (k == PORT_MAX) {
        orc_out_of_bounds(o, "ports");
        return ZX_ERR_NO_MEMORY;
    }
    int object = orc_object_make(o, ZX_OBJ_TYPE_PORT);
    o->port[k].used = true;
    o->port[k].packets = 0;
    o->port[k].waiters = 0;
    o->port[k].object = (int16_t)object;
    o->object[object].port = (int16_t)k;
    zx_rights_t rights = (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHTS_IO;
    orc_add_field(o, t, "handle", orc_handle_make(o, object, rights));
    return ZX_OK;
}

static void packet_fields(oracle *o, int t, const packet_t *p) {
    orc_add_field(o, t, "key", p->key);
    orc_add_field(o, t, "type", p->type);
    orc_add_field(o, t, "status", (uint64_t)(int64_t)p->status);
    if (p->type == ZX_PKT_TYPE_PAGE_REQUEST) {
        orc_add_field(o, t, "command", p->command);
        orc_add_field(o, t, "flags", 0);
        orc_add_field(o, t, "offset", p->offset);
        orc_add_field(o, t, "length", p->length);
    } else if (p->type == ZX_PKT_TYPE_SIGNAL_ONE) {
        orc_add_field(o, t, "trigger", p->trigger);
        orc_add_field(o, t, "observed", p->observed);
        orc_add_field(o, t, "count", p->count);
        orc_add_field(o, t, "timestamp", (uint64_t)p->timestamp);
    }
}

/* Takes the oldest packet; chapter 4 section 8.2 for page requests. */
static zx_status_t take_packet(oracle *o, int t, int object) {
    packet_t p = orc_port_remove(o, object, 0);
    packet_fields(o, t, &p);
    if (p.source >= 0) {
        orc_proxy_dequeued(o, p.source, p.command == ZX_PAGER_VMO_COMPLETE);
    }
    return ZX_OK;
}

zx_status_t orc_op_port_wait(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int object = x->ref[0];
    if (x->phase == 0) {
        zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PORT, ZX_RIGHT_READ, &object);
        if (status != ZX_OK) {
            return status;
        }
        x->deadline = (int64_t)x->a[1];
    }
    port_t *p = &o->port[o->object[object].port];
    zx_status_t woke = orc_take_woke(o, t);
    if (woke == ZX_OK && p->packets > 0) {
        zx_status_t status = take_packet(o, t, object);
        orc_port_leave(o, t);
        return status;
    }
    if (woke == ZX_OK && x->deadline <= o->now && x->deadline != INT64_MAX) {
        woke = orc_rule(o, t, "1 section 8.1: nothing came before the deadline", ZX_ERR_TIMED_OUT);
    }
    if (woke != ZX_OK) {
        orc_port_leave(o, t);
        return woke;
    }
    if (x->phase == 0) {
        p->waiter[p->waiters++] = (int16_t)t;
        x->phase = 1;
        x->ref[0] = (int16_t)object;
    }
    x->wait = ZXP_WAIT_PORT;
    return ST_WAIT;
}

zx_status_t orc_op_port_queue(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int object;
    unsigned users = 0;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &object);
    if (status != ZX_OK) {
        return status;
    }
    const port_t *p = &o->port[o->object[object].port];
    for (unsigned i = 0; i < p->packets; i++) {
        users += p->packet[i].type == ZX_PKT_TYPE_USER ? 1 : 0;
    }
    if (users > 4096) {
        return orc_rule(o, t, "1 section 8.1: too many user packets", ZX_ERR_SHOULD_WAIT);
    }
    packet_t packet = {
        .key = x->a[1], .type = ZX_PKT_TYPE_USER, .status = (zx_status_t)(uint32_t)x->a[2], .source = -1};
    (void)orc_port_push(o, object, &packet);
    return ZX_OK;
}

zx_status_t orc_op_port_cancel(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_handle_t source = (uint32_t)x->a[1];
    uint64_t key = x->a[2];
    bool found = false;
    int port, object;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, source, 0, ZX_RIGHT_WAIT, &object);
    }
    if (status != ZX_OK) {
        return status;
    }
    for (unsigned i = o->observers; i-- > 0;) {
        const observer_t *w = &o->observer[i];
        if (w->async && w->port == port && w->handle == source && w->key == key) {
            memmove(&o->observer[i], &o->observer[i + 1], (o->observers - i - 1u) * sizeof(observer_t));
            o->observers--;
            found = true;
        }
    }
    port_t *p = &o->port[o->object[port].port];
    for (unsigned i = p->packets; i-- > 0;) {
        if (p->packet[i].type == ZX_PKT_TYPE_SIGNAL_ONE && p->packet[i].handle == source && p->packet[i].key == key) {
            (void)orc_port_remove(o, port, i);
            found = true;
        }
    }
    return found ? ZX_OK : orc_rule(o, t, "1 section 8.1: nothing to cancel", ZX_ERR_NOT_FOUND);
}

zx_status_t orc_op_port_cancel_key(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint64_t key = x->a[2];
    bool found = false;
    int port;
    if ((uint32_t)x->a[1] != 0) {
        return orc_rule(o, t, "1 section 8.1: options", ZX_ERR_INVALID_ARGS);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    if (status != ZX_OK) {
        return status;
    }
    for (unsigned i = o->observers; i-- > 0;) {
        const observer_t *w = &o->observer[i];
        if (w->async && w->port == port && w->key == key) {
            memmove(&o->observer[i], &o->observer[i + 1], (o->observers - i - 1u) * sizeof(observer_t));
            o->observers--;
            found = true;
        }
    }
    port_t *p = &o->port[o->object[port].port];
    for (unsigned i = p->packets; i-- > 0;) {
        if (p->packet[i].key == key) {
            packet_t packet = orc_port_remove(o, port, i); /* the proxy is not told: chapter 4 section 8.4 */
            packet_lost(o, &packet);
            found = true;
        }
    }
    return found ? ZX_OK : orc_rule(o, t, "1 section 8.1: nothing with this key", ZX_ERR_NOT_FOUND);
}
