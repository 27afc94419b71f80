/*
 * object_view.c - handles, objects, packets and threads, for those who use the library (zxpager.h). Changes nothing.
 */
#include "handle.h"
#include "node.h"
#include "thread.h"

/* ---- Handles ---- */

zx_koid_t zxp_koid_of(const zxp_world *world, zx_handle_t handle) {
    object_ref o = handle_object(world, handle);
    return object_is(o) ? object_at(world, o)->koid : ZX_KOID_INVALID;
}

static void view_handle(const zxp_world *w, const struct handle_slot *slot, zx_handle_t value, zxp_handle_view *view) {
    const struct object *object = object_at(w, slot->object);
    *view = (zxp_handle_view){.handle = value, .koid = object->koid, .type = object->type, .rights = slot->rights};
}

bool zxp_handle_next(const zxp_world *world, zx_handle_t after, zxp_handle_view *view) {
    uint32_t index = after == ZX_HANDLE_INVALID ? 0 : handle_index(world, after) + 1;
    for (; index < kernel_of(world)->handle_used; index++) {
        zx_handle_t value = handle_in_slot(world, index);
        if (value == ZX_HANDLE_INVALID) continue;
        view_handle(world, handle_slot_of(world, value), value, view);
        return true;
    }
    return false;
}

bool zxp_handle_at(const zxp_world *world, size_t i, zxp_handle_view *view) {
    zx_handle_t after = ZX_HANDLE_INVALID;
    do {
        if (!zxp_handle_next(world, after, view)) return false;
        after = view->handle;
    } while (i-- > 0);
    return true;
}

/* ---- Objects ---- */

static zx_koid_t koid_of_vmo(const zxp_world *w, vmo_ref v) {
    return vmo_is(v) ? vmo_at(w, v)->object.koid : ZX_KOID_INVALID;
}

static void view_source(const zxp_world *w, source_ref s, zxp_object_view *view) {
    const struct source *source = source_at(w, s);
    view->trap_dirty = source->trap;
    view->detached = source->detached;
    view->modified = source->modified;
    if (!view->pager_root) return;
    view->key = source->key;
    view->pager = pager_is(source->pager) ? pager_at(w, source->pager)->object.koid : ZX_KOID_INVALID;
    const struct port *port = port_at(w, source->port);
    view->port = port->dead ? ZX_KOID_INVALID : port->object.koid;
}

static void view_vmo(const zxp_world *w, vmo_ref v, zxp_object_view *view) {
    const struct vmo *vmo = vmo_at(w, v);
    const struct node *node = node_at(w, vmo->node);
    view->kind = (zxp_vmo_kind)vmo->kind;
    view->parent = koid_of_vmo(w, vmo->parent);
    view->root = koid_of_vmo(w, node->owner);
    view->size = vmo_size(w, v);
    view->stream_size = stream_at(w, vmo->stream)->size;
    view->window = vmo->base;
    view->resizable = vmo->resizable;
    view->discardable = vmo->discardable;
    view->immutable = vmo->immutable;
    view->pager_root = node_is_root(w, vmo->node) && vmo_same(node->owner, v);
    view->in_pager_tree = node->in_pager_tree;
    view->lock_state = vmo->lock;
    view->lock_count = vmo->lock_count;
    view->cache_policy = vmo->cache_policy;
    view->children = vmo->children;
    view->mappings = vmo->mappings;
    view->pins = vmo->pins;
    if (vmo->name != 0) memcpy(view->name, arena_at(w, vmo->name), sizeof view->name);
    node_ref root = node_pager_root(w, vmo->node);
    if (node_is(root)) view_source(w, node_at(w, root)->source, view);
}

static bool view_object(const zxp_world *w, object_ref o, zxp_object_view *view) {
    if (!object_is(o)) return false;
    const struct object *object = object_at(w, o);
    memset(view, 0, sizeof *view);
    view->koid = object->koid;
    view->type = object->type;
    view->handle_count = object->handle_count;
    view->signals = object->signals;
    if (object->type == ZX_OBJ_TYPE_VMO) view_vmo(w, vmo_of_object(o), view);
    return true;
}

/* Koids count up in order of creation, so the next object is the first with a larger one. */
bool zxp_object_next(const zxp_world *world, zx_koid_t after, zxp_object_view *view) {
    object_ref o = kernel_of(world)->first_object;
    while (object_is(o) && object_at(world, o)->koid <= after) o = object_at(world, o)->next;
    return view_object(world, o, view);
}

bool zxp_object_get(const zxp_world *world, zx_koid_t koid, zxp_object_view *view) {
    return view_object(world, object_by_koid(world, koid), view);
}

/* ---- Packets ---- */

static void view_packet(const struct packet *packet, zxp_packet_view *view) {
    *view = (zxp_packet_view){.key = packet->key,
                              .type = packet->type,
                              .status = packet->status,
                              .command = packet->command,
                              .trigger = packet->trigger,
                              .observed = packet->observed};
    if (packet->type != ZX_PKT_TYPE_PAGE_REQUEST) return;
    view->offset = packet->offset;
    view->length = packet->length;
}

bool zxp_packet_at(const zxp_world *world, zx_koid_t port, size_t i, zxp_packet_view *view) {
    object_ref o = object_by_koid(world, port);
    if (!object_is(o) || object_at(world, o)->type != ZX_OBJ_TYPE_PORT) return false;
    packet_ref packet = port_at(world, port_of_object(o))->first;
    for (; packet_is(packet) && i > 0; i--) packet = packet_at(world, packet)->next;
    if (!packet_is(packet)) return false;
    view_packet(packet_at(world, packet), view);
    return true;
}

/* ---- Threads ---- */

/* Chapter 7 section 14.1. A thread that was woken and has not run yet is running. */
static uint32_t kernel_state(const struct thread *thread) {
    switch (thread->state) {
    case ZXP_THREAD_SUSPENDED: return ZX_THREAD_STATE_SUSPENDED;
    case ZXP_THREAD_FAULTED: return ZX_THREAD_STATE_BLOCKED_EXCEPTION;
    case ZXP_THREAD_KILLED: return ZX_THREAD_STATE_DEAD;
    default: break;
    }
    switch (thread->waits_for) {
    case ZXP_WAIT_REQUEST: return ZX_THREAD_STATE_BLOCKED_PAGER;
    case ZXP_WAIT_PORT: return ZX_THREAD_STATE_BLOCKED_PORT;
    case ZXP_WAIT_SIGNALS:
        if (thread->call.op == ZXP_OP_OBJECT_WAIT_ONE) return ZX_THREAD_STATE_BLOCKED_WAIT_ONE;
        return ZX_THREAD_STATE_BLOCKED_WAIT_MANY;
    default: return ZX_THREAD_STATE_RUNNING;
    }
}

static void view_request(const zxp_world *w, const struct request *r, zxp_thread_view *view) {
    if (r->role == ROLE_NONE) return;
    view->koid = source_at(w, r->source)->koid;
    view->command = r->type == REQUEST_DIRTY ? ZX_PAGER_VMO_DIRTY : ZX_PAGER_VMO_READ;
    view->attached = r->role == ROLE_ATTACHED;
    view->offset = r->offset;
    view->length = r->length;
    view->wake = r->wake;
}

static void view_wait(const zxp_world *w, const struct thread *thread, zxp_thread_view *view) {
    const struct call *call = &thread->call;
    if (thread->waits_for == ZXP_WAIT_REQUEST) view_request(w, &thread->request, view);
    if (thread->waits_for == ZXP_WAIT_PORT) view->koid = port_at(w, call->held_port)->object.koid;
    if (thread->waits_for == ZXP_WAIT_SIGNALS && call->op == ZXP_OP_OBJECT_WAIT_ONE) {
        view->koid = zxp_koid_of(w, (zx_handle_t)call->args[0]);
    }
}

bool zxp_thread_get(const zxp_world *world, uint32_t thread, zxp_thread_view *view) {
    thread_ref t = thread_by_number(world, thread);
    if (!thread_is(t)) return false;
    const struct thread *from = thread_at(world, t);
    *view = (zxp_thread_view){
        .state = (zxp_thread_state)from->state,
        .suspend_pending = from->suspended && from->state == ZXP_THREAD_BLOCKED,
        .op = from->call.op,
        .rule = from->call.rule,
        .status = from->call.status,
        .fault_address = from->state == ZXP_THREAD_FAULTED ? from->fault_address : 0,
        .thread_state = kernel_state(from),
        .waits_for = (zxp_wait_kind)from->waits_for,
        .wake = UINT64_MAX,
        .deadline = from->timed ? (zx_time_t)from->deadline : ZX_TIME_INFINITE,
    };
    view_wait(world, from, view);
    return true;
}
