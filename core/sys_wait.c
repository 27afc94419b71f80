/*
 * sys_wait.c - signals of the user, waiting for signals, events, time (chapter 1 sections 6.2 and 7).
 */
#include "handle.h"
#include "op_handlers.h"
#include "port.h"
#include "thread.h"

/* ---- zx_object_signal: section 6.2, zx_event_create: section 14 ---- */

/* An object that cannot be waited on has no handle with the right to signal: step 2 cannot be reached. */
step op_object_signal(zxp_world *w, thread_ref t) {
    zx_signals_t clear = arg32(w, t, 1), set = arg32(w, t, 2);
    object_ref o;
    enum rule_number refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_SIGNAL, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    bool is_event = object_at(w, o)->type == ZX_OBJ_TYPE_EVENT;
    zx_signals_t allowed = ZX_USER_SIGNAL_ALL | (is_event ? ZX_EVENT_SIGNALED : ZX_SIGNAL_NONE);
    if (((clear | set) & ~allowed) != 0) return refuse(w, t, RULE_signal_not_allowed);
    object_signal(w, o, clear, set);
    return accept(w, t, RULE_signal_changed);
}

step op_event_create(zxp_world *w, thread_ref t) {
    if (arg32(w, t, 0) != 0) return refuse(w, t, RULE_event_options);
    if (!handle_room(w)) return refuse(w, t, RULE_handle_none_left);
    if (!arena_reserve(w, arena_size(sizeof(struct event)) + handle_make_bytes(w))) return no_memory(w, t);
    object_ref o = {arena_alloc(w, sizeof(struct event))};
    object_init(w, o, ZX_OBJ_TYPE_EVENT, ZX_SIGNAL_NONE);
    set_value(w, t, 0, handle_make(w, o, ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL));
    return accept(w, t, RULE_event_created);
}

/* ---- zx_object_wait_one: section 7.1 ---- */

static void watch(zxp_world *w, thread_ref t, object_ref o, zxp_wait_item item, uint32_t index) {
    observer_ref ob = {arena_alloc(w, sizeof(struct observer))};
    struct observer *observer = observer_at(w, ob);
    observer->handle = item.handle;
    observer->signals = item.signals;
    observer->thread = t;
    observer->item = index;
    observer_add(w, o, ob);
}

static zx_signals_t mask_of(const zxp_world *w, zx_handle_t handle) {
    return object_at(w, handle_object(w, handle))->signals;
}

/* The thread runs again: what ended its wait is in local[]; nothing there means that time did. */
static step wait_one_ended(zxp_world *w, thread_ref t) {
    const struct call *call = call_of(w, t);
    if (!call->local[WAIT_ONE_TRIGGERED]) {
        set_value(w, t, 0, mask_of(w, arg32(w, t, 0)));
        return refuse(w, t, RULE_wait_timed_out);
    }
    uint64_t mask = call->local[WAIT_ONE_OBSERVED];
    set_value(w, t, 0, mask);
    if ((mask & ZX_SIGNAL_HANDLE_CLOSED) != 0) return refuse(w, t, RULE_wait_handle_closed);
    return accept(w, t, RULE_wait_matched);
}

step op_object_wait_one(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->phase == WAIT_REGISTERED) return wait_one_ended(w, t);
    zxp_wait_item item = {.handle = arg32(w, t, 0), .signals = arg32(w, t, 1)};
    int64_t deadline = (int64_t)arg(w, t, 2);
    object_ref o;
    enum rule_number refusal = handle_look_up(w, item.handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    set_value(w, t, 0, object_at(w, o)->signals);
    if ((object_at(w, o)->signals & item.signals) != 0) return accept(w, t, RULE_wait_active_already);
    if (deadline_passed(w, deadline)) return refuse(w, t, RULE_wait_timed_out);
    if (!arena_reserve(w, arena_size(sizeof(struct observer)))) return no_memory(w, t);
    watch(w, t, o, item, 0);
    call_of(w, t)->phase = WAIT_REGISTERED;
    return thread_block(w, t, ZXP_WAIT_SIGNALS, deadline);
}

/* ---- zx_object_wait_many: section 7.1 ---- */

static zxp_wait_item item_of(const zxp_world *w, thread_ref t, uint32_t i) {
    const zxp_wait_item *items = arena_at(w, call_of(w, t)->list);
    return items[i];
}

/* The first item's error, in the order of the items. */
static enum rule_number check_items(const zxp_world *w, thread_ref t) {
    for (uint32_t i = 0; i < call_of(w, t)->list_count; i++) {
        object_ref o;
        enum rule_number refusal = handle_look_up(w, item_of(w, t, i).handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &o);
        if (refusal != RULE_none) return refusal;
    }
    return RULE_none;
}

static bool any_item_active(const zxp_world *w, thread_ref t) {
    for (uint32_t i = 0; i < call_of(w, t)->list_count; i++) {
        zxp_wait_item item = item_of(w, t, i);
        if ((mask_of(w, item.handle) & item.signals) != 0) return true;
    }
    return false;
}

/* Puts the masks in place of the items: those of triggered ones stand there, the others' are the present ones.
 * Returns all that is in them. */
static zx_signals_t items_to_masks(zxp_world *w, thread_ref t) {
    observers_of_thread_remove(w, t);
    struct call *call = call_of(w, t);
    call->phase = WAIT_ENDED;
    uint8_t *list = arena_at(w, call->list);
    zx_signals_t seen = ZX_SIGNAL_NONE;
    for (uint32_t i = 0; i < call->list_count; i++) {
        zxp_wait_item item = item_of(w, t, i);
        zx_signals_t mask = item.handle == ZX_HANDLE_INVALID ? item.signals : mask_of(w, item.handle);
        seen |= mask;
        memcpy(list + i * sizeof mask, &mask, sizeof mask); /* never beyond the item read last */
    }
    size_t used = call->list_count * sizeof(zx_signals_t);
    memset(list + used, 0, call->list_bytes - used);
    return seen;
}

static step wait_many_ended(zxp_world *w, thread_ref t) {
    bool matched = false;
    for (uint32_t i = 0; i < call_of(w, t)->list_count; i++) matched |= item_of(w, t, i).handle == ZX_HANDLE_INVALID;
    zx_signals_t seen = items_to_masks(w, t); /* no live object has the signal that its handle is closed */
    if ((seen & ZX_SIGNAL_HANDLE_CLOSED) != 0) return refuse(w, t, RULE_wait_handle_closed);
    if (!matched) return refuse(w, t, RULE_wait_timed_out);
    return accept(w, t, RULE_wait_matched);
}

static void watch_items(zxp_world *w, thread_ref t) {
    for (uint32_t i = 0; i < call_of(w, t)->list_count; i++) {
        zxp_wait_item item = item_of(w, t, i);
        watch(w, t, handle_object(w, item.handle), item, i);
    }
}

step op_object_wait_many(zxp_world *w, thread_ref t) {
    if (call_of(w, t)->phase == WAIT_REGISTERED) return wait_many_ended(w, t);
    uint32_t count = call_of(w, t)->list_count;
    int64_t deadline = (int64_t)arg(w, t, 1);
    if (count > ZX_WAIT_MANY_MAX_ITEMS) return refuse(w, t, RULE_wait_too_many_items);
    if (count != 0 && call_of(w, t)->list == 0) return refuse(w, t, RULE_wait_items_unreadable);
    enum rule_number refusal = check_items(w, t);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (any_item_active(w, t)) {
        items_to_masks(w, t);
        return accept(w, t, RULE_wait_active_already);
    }
    if (deadline_passed(w, deadline)) {
        items_to_masks(w, t);
        return refuse(w, t, RULE_wait_timed_out);
    }
    if (!arena_reserve(w, count * arena_size(sizeof(struct observer)))) return no_memory(w, t);
    watch_items(w, t);
    call_of(w, t)->phase = WAIT_REGISTERED;
    return thread_block(w, t, ZXP_WAIT_SIGNALS, deadline);
}

/* ---- zx_object_wait_async: section 7.3 ---- */

static packet_ref make_signal_packet(zxp_world *w, thread_ref t) {
    packet_ref packet = packet_make(w, ZX_PKT_TYPE_SIGNAL_ONE, arg(w, t, 2));
    packet_at(w, packet)->handle = arg32(w, t, 0);
    packet_at(w, packet)->trigger = arg32(w, t, 3);
    return packet;
}

static void watch_for_port(zxp_world *w, thread_ref t, object_ref o, port_ref port, packet_ref packet) {
    observer_ref ob = {arena_alloc(w, sizeof(struct observer))};
    struct observer *observer = observer_at(w, ob);
    observer->handle = arg32(w, t, 0);
    observer->signals = arg32(w, t, 3);
    observer->options = arg32(w, t, 4);
    observer->key = arg(w, t, 2);
    observer->port = port;
    observer->packet = packet;
    observer_add(w, o, ob);
}

step op_object_wait_async(zxp_world *w, thread_ref t) {
    const uint32_t both_timestamps = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
    zx_signals_t signals = arg32(w, t, 3);
    uint32_t options = arg32(w, t, 4);
    object_ref o;
    port_ref port;
    if ((options & ~(both_timestamps | ZX_WAIT_ASYNC_EDGE)) != 0) return refuse(w, t, RULE_wait_async_options);
    if ((options & both_timestamps) == both_timestamps) return refuse(w, t, RULE_wait_async_timestamps);
    enum rule_number refusal = handle_to_port(w, arg32(w, t, 1), ZX_RIGHT_WRITE, &port);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    uint64_t bytes = arena_size(sizeof(struct packet)) + arena_size(sizeof(struct observer));
    if (!arena_reserve(w, bytes)) return no_memory(w, t);
    packet_ref packet = make_signal_packet(w, t);
    zx_signals_t mask = object_at(w, o)->signals;
    if ((options & ZX_WAIT_ASYNC_EDGE) == 0 && (mask & signals) != 0) {
        signal_packet_send(w, port, packet, mask, options);
        return accept(w, t, RULE_wait_async_at_once);
    }
    watch_for_port(w, t, o, port, packet);
    return accept(w, t, RULE_wait_async_registered);
}

/* ---- Time ---- */

step op_clock_get_monotonic(zxp_world *w, thread_ref t) {
    set_value(w, t, 0, kernel_of(w)->now);
    return accept(w, t, RULE_clock_read);
}

/* The thread whose wait for signals or for a packet times out
 * first, not after `until`; of equal ones the lowest number. */
static thread_ref first_to_time_out(const zxp_world *w, int64_t until) {
    thread_ref first = thread_none();
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) {
        thread_ref t = thread_by_number(w, i);
        const struct thread *thread = thread_at(w, t);
        bool waits = thread->waits_for == ZXP_WAIT_SIGNALS || thread->waits_for == ZXP_WAIT_PORT;
        if (!waits || !thread->timed) continue;
        int64_t deadline = (int64_t)thread->deadline;
        if (deadline > until) continue;
        if (!thread_is(first) || deadline < (int64_t)thread_at(w, first)->deadline) first = t;
    }
    return first;
}

/* The clock stops at each deadline on its way, and those who waited for it run: they only end, so this is no recursion.
 * It never passes ZX_TIME_INFINITE. */
step op_advance(zxp_world *w, thread_ref t) {
    uint64_t rest = (uint64_t)ZX_TIME_INFINITE - kernel_of(w)->now;
    uint64_t end = kernel_of(w)->now + min_u64(arg(w, t, 0), rest);
    thread_ref next;
    while (thread_is(next = first_to_time_out(w, (int64_t)end))) {
        kernel_of(w)->now = thread_at(w, next)->deadline;
        thread_wake(w, next, ZX_ERR_TIMED_OUT);
        threads_drain(w);
    }
    kernel_of(w)->now = end;
    return accept(w, t, RULE_clock_advanced);
}
