/*
 * object.c - kernel objects, koids, signals, and who waits on them (object.h, chapter 1 sections 3, 6, 7).
 */
#include "object.h"

#include "handle.h"
#include "node.h"
#include "pager.h"
#include "port.h"
#include "thread.h"

/* ---- Koids and the list of all objects ---- */

static void tell_object(zxp_world *w, object_ref o, zxp_event_what what) {
    if (!observed(w)) return;
    zx_koid_t koid = object_at(w, o)->koid;
    tell(w, &(zxp_event){.kind = ZXP_EVENT_OBJECT, .what = what, .thread = ZXP_NO_THREAD, .koid = koid});
}

void object_init(zxp_world *w, object_ref o, uint32_t type, zx_signals_t signals) {
    struct kernel *kernel = kernel_of(w);
    struct object *object = object_at(w, o);
    object->koid = kernel->next_koid++;
    object->type = type;
    object->signals = signals;
    object->previous = kernel->last_object;
    if (object_is(kernel->last_object)) {
        object_at(w, kernel->last_object)->next = o;
    } else {
        kernel->first_object = o;
    }
    kernel->last_object = o;
    tell_object(w, o, ZXP_WHAT_CREATED);
}

void object_remove(zxp_world *w, object_ref o) {
    struct kernel *kernel = kernel_of(w);
    const struct object *object = object_at(w, o);
    tell_object(w, o, ZXP_WHAT_DESTROYED);
    if (object_is(object->previous)) {
        object_at(w, object->previous)->next = object->next;
    } else {
        kernel->first_object = object->next;
    }
    if (object_is(object->next)) {
        object_at(w, object->next)->previous = object->previous;
    } else {
        kernel->last_object = object->previous;
    }
}

object_ref object_by_koid(const zxp_world *w, zx_koid_t koid) {
    object_ref o = kernel_of(w)->first_object;
    while (object_is(o) && object_at(w, o)->koid != koid) o = object_at(w, o)->next;
    return o;
}

/* Section 3.3. A VMAR lives on, with its mappings. */
void object_zero_handles(zxp_world *w, object_ref o) {
    switch (object_at(w, o)->type) {
    case ZX_OBJ_TYPE_VMO: vmo_check_death(w, vmo_of_object(o)); break;
    case ZX_OBJ_TYPE_PAGER: pager_zero_handles(w, pager_of_object(o)); break;
    case ZX_OBJ_TYPE_PORT: port_zero_handles(w, port_of_object(o)); break;
    case ZX_OBJ_TYPE_EVENT:
        object_remove(w, o);
        arena_free(w, o.index, sizeof(struct event));
        break;
    default: break;
    }
}

/* ---- Observers ---- */

static void unlink_from_object(zxp_world *w, observer_ref ob) {
    const struct observer *observer = observer_at(w, ob);
    if (observer_is(observer->previous)) {
        observer_at(w, observer->previous)->next = observer->next;
    } else {
        object_at(w, observer->object)->observers = observer->next;
    }
    if (observer_is(observer->next)) observer_at(w, observer->next)->previous = observer->previous;
}

static void unlink_from_port(zxp_world *w, observer_ref ob) {
    const struct observer *observer = observer_at(w, ob);
    if (observer_is(observer->previous_on_port)) {
        observer_at(w, observer->previous_on_port)->next_on_port = observer->next_on_port;
    } else {
        port_at(w, observer->port)->first_wait = observer->next_on_port;
    }
    if (observer_is(observer->next_on_port)) {
        observer_at(w, observer->next_on_port)->previous_on_port = observer->previous_on_port;
    }
}

void observer_add(zxp_world *w, object_ref o, observer_ref ob) {
    struct observer *observer = observer_at(w, ob);
    struct object *object = object_at(w, o);
    observer->object = o;
    observer->next = object->observers;
    if (observer_is(object->observers)) observer_at(w, object->observers)->previous = ob;
    object->observers = ob;
    if (!port_is(observer->port)) return;
    struct port *port = port_at(w, observer->port);
    observer->next_on_port = port->first_wait;
    if (observer_is(port->first_wait)) observer_at(w, port->first_wait)->previous_on_port = ob;
    port->first_wait = ob;
}

void observer_remove(zxp_world *w, observer_ref ob) {
    unlink_from_object(w, ob);
    if (port_is(observer_at(w, ob)->port)) unlink_from_port(w, ob);
    arena_free(w, observer_at(w, ob)->packet.index, sizeof(struct packet));
    arena_free(w, ob.index, sizeof(struct observer));
}

/* What a waiting thread will find when it runs: the mask of
 * the moment, in place of the item (a live handle is never 0). */
static void tell_waiter(zxp_world *w, observer_ref ob, zx_signals_t mask, zx_status_t status) {
    thread_ref t = observer_at(w, ob)->thread;
    struct call *call = call_of(w, t);
    if (call->op == ZXP_OP_OBJECT_WAIT_MANY) {
        zxp_wait_item *items = arena_at(w, call->list);
        items[observer_at(w, ob)->item] = (zxp_wait_item){.handle = ZX_HANDLE_INVALID, .signals = mask};
    } else {
        call->local[WAIT_ONE_TRIGGERED] = 1;
        call->local[WAIT_ONE_OBSERVED] = mask;
    }
    thread_wake(w, t, status);
}

void signal_packet_send(zxp_world *w, port_ref p, packet_ref packet, zx_signals_t mask, uint32_t options) {
    struct packet *pk = packet_at(w, packet);
    bool stamped = (options & (ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP)) != 0;
    pk->observed = mask;
    pk->offset = 1; /* count */
    pk->length = stamped ? kernel_of(w)->now : 0;
    port_append(w, p, packet);
}

static void send_packet(zxp_world *w, observer_ref ob, zx_signals_t mask) {
    struct observer *observer = observer_at(w, ob);
    packet_ref packet = observer->packet;
    observer->packet = packet_none(); /* it is the port's now */
    apply_rule(w, RULE_wait_async_triggered);
    signal_packet_send(w, observer->port, packet, mask, observer->options);
}

static void trigger(zxp_world *w, observer_ref ob, zx_signals_t mask) {
    if (thread_is(observer_at(w, ob)->thread)) {
        tell_waiter(w, ob, mask, ZX_OK);
    } else {
        send_packet(w, ob, mask);
    }
    observer_remove(w, ob);
}

/* Section 7.2: only a newly active bit makes anybody look, but then any active bit counts. The signals of an object
 * without handles are frozen (section 3.3): nobody can wait on it any more. */
void object_signal(zxp_world *w, object_ref o, zx_signals_t clear, zx_signals_t set) {
    struct object *object = object_at(w, o);
    if (object->handle_count == 0) return;
    zx_signals_t before = object->signals;
    zx_signals_t mask = (before & ~clear) | set;
    object->signals = mask;
    if (mask != before && observed(w)) {
        tell(w, &(zxp_event){.kind = ZXP_EVENT_SIGNAL,
                             .thread = ZXP_NO_THREAD,
                             .koid = object->koid,
                             .offset = before,
                             .length = mask});
    }
    if ((set & ~before) == 0) return;
    observer_ref next;
    for (observer_ref ob = object->observers; observer_is(ob); ob = next) {
        next = observer_at(w, ob)->next;
        if ((observer_at(w, ob)->signals & mask) != 0) trigger(w, ob, mask);
    }
}

void observers_of_handle_cancel(zxp_world *w, object_ref o, zx_handle_t handle) {
    zx_signals_t mask = object_at(w, o)->signals | ZX_SIGNAL_HANDLE_CLOSED;
    observer_ref next;
    for (observer_ref ob = object_at(w, o)->observers; observer_is(ob); ob = next) {
        const struct observer *observer = observer_at(w, ob);
        next = observer->next;
        if (observer->handle != handle) continue;
        if (thread_is(observer->thread)) tell_waiter(w, ob, mask, ZX_ERR_CANCELED);
        observer_remove(w, ob);
    }
}

static void remove_waits_through(zxp_world *w, zx_handle_t handle, thread_ref t) {
    object_ref o = handle_object(w, handle);
    if (!object_is(o)) return;
    observer_ref next;
    for (observer_ref ob = object_at(w, o)->observers; observer_is(ob); ob = next) {
        next = observer_at(w, ob)->next;
        if (thread_same(observer_at(w, ob)->thread, t)) observer_remove(w, ob);
    }
}

/* A wait that was not triggered still has its live handle: a closed one would have triggered it. */
void observers_of_thread_remove(zxp_world *w, thread_ref t) {
    const struct call *call = call_of(w, t);
    if (call->phase != WAIT_REGISTERED) return;
    if (call->op == ZXP_OP_OBJECT_WAIT_ONE) remove_waits_through(w, (zx_handle_t)call->args[0], t);
    const zxp_wait_item *items = arena_at(w, call->list); /* none but of zx_object_wait_many */
    for (uint32_t i = 0; i < call->list_count; i++) remove_waits_through(w, items[i].handle, t);
}
