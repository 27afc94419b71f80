/*
 * signals.c - signals and waiting for them (chapter 1 sections 6 and 7).
 */
#include <string.h>

#include "state.h"

static void observer_remove(oracle *o, unsigned i) {
    memmove(&o->observer[i], &o->observer[i + 1], (o->observers - i - 1u) * sizeof(observer_t));
    o->observers--;
}

static void observer_add(oracle *o, observer_t observer) {
    if (o->observers == OBSERVER_MAX) {
        orc_out_of_bounds(o, "registered waits");
        return;
    }
    o->observer[o->observers++] = observer;
}

static void push_signal_packet(oracle *o, const observer_t *w, zx_signals_t observed) {
    packet_t p = {.key = w->key, .type = ZX_PKT_TYPE_SIGNAL_ONE, .status = ZX_OK, .source = -1, .trigger = w->signals};
    p.observed = observed;
    p.count = 1;
    p.handle = w->handle;
    if ((w->options & (ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP)) != 0) {
        p.timestamp = o->now;
    }
    (void)orc_port_push(o, w->port, &p);
}

/* A waiter is triggered: an asynchronous one gives its packet, a thread is woken. It is already out of the list. */
static void trigger(oracle *o, const observer_t *w, zx_signals_t observed, zx_status_t status) {
    if (w->async) {
        push_signal_packet(o, w, observed);
        return;
    }
    thread_t *x = &o->thread[w->thread];
    x->item_done[w->item] = true;
    x->observed[w->item] = observed;
    if (!x->runnable) {
        orc_make_runnable(o, w->thread, status);
    }
}

/* Chapter 1 section 7.2: newly active bits trigger every waiter that meets the new mask, latest registered first. */
void orc_signals_change(oracle *o, int object, zx_signals_t clear, zx_signals_t set) {
    object_t *x = &o->object[object];
    zx_signals_t old = x->signals;
    x->signals = (old & ~clear) | set;
    if ((set & ~old) == 0) {
        return;
    }
    for (unsigned i = o->observers; i-- > 0;) {
        if (o->observer[i].object == object && (o->observer[i].signals & x->signals) != 0) {
            observer_t w = o->observer[i];
            observer_remove(o, i);
            trigger(o, &w, x->signals, ZX_OK);
        }
    }
}

/* The handle is closed or replaced: asynchronous waits go silently, threads get ZX_ERR_CANCELED. */
void orc_observers_cancel_handle(oracle *o, zx_handle_t handle, int object) {
    for (unsigned i = o->observers; i-- > 0;) {
        if (o->observer[i].handle == handle) {
            observer_t w = o->observer[i];
            observer_remove(o, i);
            if (!w.async) {
                trigger(o, &w, o->object[object].signals | ZX_SIGNAL_HANDLE_CLOSED, ZX_ERR_CANCELED);
            }
        }
    }
}

void orc_observers_drop_port(oracle *o, int port_object) {
    for (unsigned i = o->observers; i-- > 0;) {
        if (o->observer[i].async && o->observer[i].port == port_object) {
            observer_remove(o, i);
        }
    }
}

void orc_observers_drop_thread(oracle *o, int t) {
    for (unsigned i = o->observers; i-- > 0;) {
        if (!o->observer[i].async && o->observer[i].thread == t) {
            observer_remove(o, i);
        }
    }
}

zx_status_t orc_op_event_create(oracle *o, int t) {
    if ((uint32_t)o->thread[t].a[0] != 0) {
        return orc_rule(o, t, "1 section 14: event options", ZX_ERR_INVALID_ARGS);
    }
    orc_add_field(o, t, "handle",
                  orc_handle_make(o, orc_object_make(o, ZX_OBJ_TYPE_EVENT), ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL));
    return ZX_OK;
}

/* Chapter 1 section 6.2. */
zx_status_t orc_op_object_signal(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int object;
    zx_signals_t clear = (uint32_t)x->a[1];
    zx_signals_t set = (uint32_t)x->a[2];
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], 0, ZX_RIGHT_SIGNAL, &object);
    if (status != ZX_OK) {
        return status;
    }
    zx_signals_t allowed = ZX_USER_SIGNAL_ALL;
    if (o->object[object].type == ZX_OBJ_TYPE_EVENT) {
        allowed |= ZX_EVENT_SIGNALED;
    }
    if (((clear | set) & ~allowed) != 0) {
        return orc_rule(o, t, "1 section 6.2 step 3", ZX_ERR_INVALID_ARGS);
    }
    orc_signals_change(o, object, clear, set);
    return ZX_OK;
}

/* What a thread that waited for signals shows at its end: items that nothing triggered have the mask of now. */
static zx_status_t wait_finish(oracle *o, int t, bool many) {
    thread_t *x = &o->thread[t];
    zx_status_t status = orc_take_woke(o, t);
    bool closed = false;
    for (unsigned k = 0; k < x->list_count; k++) {
        if (!x->item_done[k]) {
            int i = orc_handle_index(o, x->list_handle[k]);
            x->observed[k] = i < 0 ? 0 : o->object[o->handle[i].object].signals;
        }
        closed = closed || (x->observed[k] & ZX_SIGNAL_HANDLE_CLOSED) != 0;
    }
    orc_observers_drop_thread(o, t);
    x->observed_count = many ? (uint8_t)x->list_count : 0;
    if (!many) {
        orc_add_field(o, t, "observed", x->observed[0]);
    }
    if (closed) {
        return orc_rule(o, t, "1 section 7.1 step 4: the handle was closed", ZX_ERR_CANCELED);
    }
    return status;
}

/* Items are in list_handle, list_signals. */
static zx_status_t wait_items(oracle *o, int t, bool many) {
    thread_t *x = &o->thread[t];
    int object[ITEM_MAX] = {0};
    bool match = false;
    if (x->phase == 1) {
        return wait_finish(o, t, many);
    }
    for (unsigned k = 0; k < x->list_count; k++) {
        zx_status_t status = orc_handle_get(o, t, x->list_handle[k], 0, ZX_RIGHT_WAIT, &object[k]);
        if (status != ZX_OK) {
            return status;
        }
        match = match || (o->object[object[k]].signals & x->list_signals[k]) != 0;
        x->item_done[k] = false;
    }
    x->phase = 1;
    if (match || (x->deadline <= o->now && x->deadline != INT64_MAX)) {
        x->woke = match ? ZX_OK : orc_rule(o, t, "1 section 7.1 step 4: deadline", ZX_ERR_TIMED_OUT);
        return wait_finish(o, t, many);
    }
    for (unsigned k = 0; k < x->list_count; k++) {
        observer_t w = {
            .async = false, .object = (int16_t)object[k], .port = -1, .thread = (int16_t)t, .item = (uint8_t)k};
        w.handle = x->list_handle[k];
        w.signals = x->list_signals[k];
        observer_add(o, w);
    }
    x->wait = ZXP_WAIT_SIGNALS;
    return ST_WAIT;
}

zx_status_t orc_op_object_wait_one(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    x->list_count = 1;
    x->list_handle[0] = (uint32_t)x->a[0];
    x->list_signals[0] = (uint32_t)x->a[1];
    x->deadline = (int64_t)x->a[2];
    return wait_items(o, t, false);
}

zx_status_t orc_op_object_wait_many(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    x->deadline = (int64_t)x->a[1];
    if (x->list_count > ZX_WAIT_MANY_MAX_ITEMS) {
        return orc_rule(o, t, "1 section 7.1: more than 64 items", ZX_ERR_OUT_OF_RANGE);
    }
    if (x->list_count > 0 && x->list_null) {
        return orc_rule(o, t, "1 section 7.1: unreadable array", ZX_ERR_INVALID_ARGS);
    }
    return wait_items(o, t, true);
}

/* Chapter 1 section 7.3. */
zx_status_t orc_op_object_wait_async(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t options = (uint32_t)x->a[4];
    uint32_t stamps = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
    int object, port;
    if ((options & ~(stamps | ZX_WAIT_ASYNC_EDGE)) != 0 || (options & stamps) == stamps) {
        return orc_rule(o, t, "1 section 7.3 steps 1, 2", ZX_ERR_INVALID_ARGS);
    }
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[1], ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)x->a[0], 0, ZX_RIGHT_WAIT, &object);
    }
    if (status != ZX_OK) {
        return status;
    }
    observer_t w = {.async = true, .object = (int16_t)object, .port = (int16_t)port, .thread = -1, .options = options};
    w.handle = (uint32_t)x->a[0];
    w.signals = (uint32_t)x->a[3];
    w.key = x->a[2];
    if ((options & ZX_WAIT_ASYNC_EDGE) == 0 && (o->object[object].signals & w.signals) != 0) {
        push_signal_packet(o, &w, o->object[object].signals);
    } else {
        observer_add(o, w);
    }
    return ZX_OK;
}
