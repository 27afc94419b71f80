/*
 * sys_port.c - zx_port_create, _queue, _wait, _cancel, _cancel_key (chapter 1 section 8.1).
 */
#include "handle.h"
#include "op_handlers.h"
#include "port.h"
#include "request.h"
#include "thread.h"

step op_port_create(zxp_world *w, thread_ref t) {
    if ((arg32(w, t, 0) & ~ZX_PORT_BIND_TO_INTERRUPT) != 0) return refuse(w, t, RULE_port_options);
    if (!handle_room(w)) return refuse(w, t, RULE_handle_none_left);
    if (!arena_reserve(w, arena_size(sizeof(struct port)) + handle_make_bytes(w))) return no_memory(w, t);
    object_ref o = {arena_alloc(w, sizeof(struct port))};
    object_init(w, o, ZX_OBJ_TYPE_PORT, ZX_SIGNAL_NONE);
    set_value(w, t, 0, handle_make(w, o, (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHTS_IO));
    return accept(w, t, RULE_port_created);
}

/* The limit is tested before appending, with "more than": 4097 fit. */
step op_port_queue(zxp_world *w, thread_ref t) {
    enum { MOST_USER_PACKETS = 4096 };
    port_ref port;
    enum rule_number refusal = handle_to_port(w, arg32(w, t, 0), ZX_RIGHT_WRITE, &port);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (port_at(w, port)->user_packets > MOST_USER_PACKETS) return refuse(w, t, RULE_port_full);
    if (!arena_reserve(w, arena_size(sizeof(struct packet)))) return no_memory(w, t);
    packet_ref packet = packet_make(w, ZX_PKT_TYPE_USER, arg(w, t, 1));
    packet_at(w, packet)->status = (zx_status_t)arg32(w, t, 2);
    port_append(w, port, packet);
    return accept(w, t, RULE_port_queued);
}

/* ---- zx_port_wait ---- */

/* key type status, and four more of a page request or a signal (result_view.c names them) */
enum { PACKET_VALUES = 7 };

static unsigned packet_values(const struct packet *packet, uint64_t values[PACKET_VALUES]) {
    values[0] = packet->key;
    values[1] = packet->type;
    values[2] = (uint64_t)(int64_t)packet->status;
    switch (packet->type) {
    case ZX_PKT_TYPE_PAGE_REQUEST:
        values[3] = packet->command;
        values[4] = 0; /* flags: none is defined */
        values[5] = packet->offset;
        values[6] = packet->length;
        return 7;
    case ZX_PKT_TYPE_SIGNAL_ONE:
        values[3] = packet->trigger;
        values[4] = packet->observed;
        values[5] = packet->offset; /* count */
        values[6] = packet->length; /* timestamp */
        return 7;
    default: return 3;
    }
}

/* Takes the oldest packet. Its source sends the next one in the same step (chapter 4 section 8.2). */
static step take_packet(zxp_world *w, thread_ref t, port_ref port) {
    uint64_t values[PACKET_VALUES];
    if (!arena_reserve(w, values_bytes(PACKET_VALUES))) {
        port_wake_waiter(w, port);
        return no_memory(w, t);
    }
    packet_ref packet = port_at(w, port)->first;
    source_ref source = packet_at(w, packet)->embedded ? (source_ref){packet.index} : source_none();
    unsigned count = packet_values(packet_at(w, packet), values);
    set_values(w, t, values, count);
    port_unlink(w, port, packet, ZXP_WHAT_DEQUEUED);
    if (source_is(source)) source_packet_dequeued(w, source);
    return accept(w, t, RULE_port_taken);
}

/* A waiter is woken by each packet, but the packet may be gone
 * when it runs: then it goes on waiting in its place (N9). */
step op_port_wait(zxp_world *w, thread_ref t) {
    int64_t deadline = (int64_t)arg(w, t, 1);
    bool waits_already = call_of(w, t)->phase == WAIT_REGISTERED;
    port_ref port = call_of(w, t)->held_port;
    enum rule_number refusal = waits_already ? RULE_none : handle_to_port(w, arg32(w, t, 0), ZX_RIGHT_READ, &port);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (packet_is(port_at(w, port)->first)) return take_packet(w, t, port);
    if (deadline_passed(w, deadline)) return refuse(w, t, RULE_port_wait_timed_out);
    if (!waits_already) port_waiter_append(w, port, t);
    call_of(w, t)->phase = WAIT_REGISTERED;
    return thread_block(w, t, ZXP_WAIT_PORT, deadline);
}

/* ---- Cancelling ---- */

/* Removes the registered waits of the port with the key, only those made through `handle` unless it is 0. */
static bool remove_waits(zxp_world *w, port_ref port, zx_handle_t handle, uint64_t key) {
    bool removed = false;
    observer_ref next;
    for (observer_ref ob = port_at(w, port)->first_wait; observer_is(ob); ob = next) {
        const struct observer *observer = observer_at(w, ob);
        next = observer->next_on_port;
        if (observer->key != key || (handle != ZX_HANDLE_INVALID && observer->handle != handle)) continue;
        observer_remove(w, ob);
        removed = true;
    }
    return removed;
}

/* Drops the queued packets with the key: all of them, or only signals that were registered through `handle`. */
static bool drop_packets(zxp_world *w, port_ref port, zx_handle_t handle, uint64_t key) {
    bool dropped = false;
    packet_ref next;
    for (packet_ref packet = port_at(w, port)->first; packet_is(packet); packet = next) {
        const struct packet *pk = packet_at(w, packet);
        next = pk->next;
        bool mine = handle == ZX_HANDLE_INVALID || (pk->type == ZX_PKT_TYPE_SIGNAL_ONE && pk->handle == handle);
        if (pk->key != key || !mine) continue;
        port_packet_drop(w, port, packet);
        dropped = true;
    }
    return dropped;
}

static bool cancel(zxp_world *w, port_ref port, zx_handle_t handle, uint64_t key) {
    bool removed = remove_waits(w, port, handle, key);
    return drop_packets(w, port, handle, key) || removed;
}

step op_port_cancel(zxp_world *w, thread_ref t) {
    zx_handle_t source = arg32(w, t, 1);
    port_ref port;
    object_ref o;
    enum rule_number refusal = handle_to_port(w, arg32(w, t, 0), ZX_RIGHT_WRITE, &port);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    refusal = handle_look_up(w, source, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (!cancel(w, port, source, arg(w, t, 2))) return refuse(w, t, RULE_port_no_such_wait);
    return accept(w, t, RULE_port_wait_cancelled);
}

/* QUIRK: takes page requests along, and their VMO sends nothing any more (chapter 4 section 8.4). */
step op_port_cancel_key(zxp_world *w, thread_ref t) {
    port_ref port;
    if (arg32(w, t, 1) != 0) return refuse(w, t, RULE_port_cancel_key_options);
    enum rule_number refusal = handle_to_port(w, arg32(w, t, 0), ZX_RIGHT_WRITE, &port);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (!cancel(w, port, ZX_HANDLE_INVALID, arg(w, t, 2))) return refuse(w, t, RULE_port_no_such_key);
    return accept(w, t, RULE_port_key_cancelled);
}
