/*
 * decode_check.c - whether a world that has been read could have come about (decoder.h).
 *
 * The sections are well formed by now, and all names are known. What is left: everything is held by something, pages
 * are pinned at least as often as there are pins (a pin that could not be undone for want of memory stays for ever),
 * calls that have not ended are where their handlers can have left them (they trust their cursor and locals), and the
 * invariants of chapter 8 hold.
 */
#include "decoder.h"
#include "handle.h"
#include "node.h"
#include "object.h"
#include "slots.h"
#include "thread.h"

/* ---- What is held ---- */

static bool is_held(const zxp_world *w, object_ref o) {
    const struct object *object = object_at(w, o);
    const struct vmo *vmo = vmo_at(w, vmo_of_object(o));
    const struct port *port = port_at(w, port_of_object(o));
    if (object->handle_count > 0) return true;
    switch (object->type) {
    case ZX_OBJ_TYPE_VMAR: return true;
    case ZX_OBJ_TYPE_PORT: return port->sources > 0 || thread_is(port->first_waiter);
    case ZX_OBJ_TYPE_VMO: return vmo->mappings > 0 || vmo->pins > 0 || vmo->calls > 0;
    default: return false;
    }
}

static bool port_is_right(const zxp_world *w, object_ref o) {
    if (object_at(w, o)->type != ZX_OBJ_TYPE_PORT) return true;
    return port_at(w, port_of_object(o))->dead == (object_at(w, o)->handle_count == 0);
}

/* What nothing holds would have died. */
static void check_held(struct decoder *d) {
    const zxp_world *w = d->world;
    for (object_ref o = kernel_of(w)->first_object; object_is(o); o = object_at(w, o)->next)
        expect(d, is_held(w, o) && port_is_right(w, o), "an object that nothing holds");
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node)
        expect(d, vmo_is(node_at(w, n)->first_user) || node_is(node_at(w, n)->first_below),
               "a node that nothing holds");
}

/* ---- Calls that have not ended ---- */

static bool all_items_are_live(const zxp_world *w, const struct call *call) {
    const zxp_wait_item *items = arena_at(w, call->list);
    if (call->list_count > ZX_WAIT_MANY_MAX_ITEMS || call->list == 0) return call->list_count == 0;
    for (uint32_t i = 0; i < call->list_count; i++)
        if (!object_is(handle_object(w, items[i].handle))) return false;
    return true;
}

static bool is_pager_root(const zxp_world *w, vmo_ref v) {
    return vmo_is(v) && vmo_at(w, v)->kind == ZXP_VMO_ROOT && node_is_root(w, vmo_at(w, v)->node);
}

/* sys_vmo_copy.c: `length` bytes from `offset`, of which the cursor says how many are done. */
static bool copy_fits(const struct call *call, uint64_t offset, uint64_t length) {
    return vmo_is(call->held[0]) && !wraps(offset, length) && call->cursor < length;
}

/* transfer.c: the list is as long as the range, and filled up to the cursor. */
static bool taking_fits(const struct call *call, uint64_t offset, uint64_t length) {
    if (!vmo_is(call->held[0]) || !vmo_is(call->held[1]) || call->transit.root == 0) return false;
    if (!is_page_aligned(offset) || !is_page_aligned(length) || wraps(offset, length)) return false;
    return call->transit.pages == length / PAGE && call->cursor < length / PAGE;
}

/* sys_vmo_size.c: local[4] the stage, local[5] the lower of the sizes; from there to the new one zeros are written. */
static bool stream_fits(const struct call *call, uint64_t size) {
    uint64_t up;
    if (!vmo_is(call->held[0]) || call->local[4] != 1 || call->local[5] > size || !round_up(size, &up)) return false;
    return call->cursor < up - call->local[5];
}

/* sys_vmar.c: local[4], local[5] the piece, local[6] its place in the VMO. */
static bool piece_fits(const struct call *call) {
    uint64_t from = call->args[2], length = call->args[3], at = call->local[4], piece = call->local[5], up;
    if (!vmo_is(call->held[0]) || call->phase != 2 || !round_up(length, &up) || wraps(from, up)) return false;
    if (at < from || !in_range(at - from, piece, up) || wraps(call->local[6], piece)) return false;
    return is_page_aligned(at) && is_page_aligned(piece) && is_page_aligned(call->local[6]);
}

/* sys_pin.c: local[0] pages pinned, local[1] of these dirtied, local[5] finished. */
static bool pin_fits(const zxp_world *w, const struct call *call) {
    uint64_t offset = call->args[1], length = call->args[2], pinned = call->local[0];
    if (!vmo_is(call->held[0]) || !is_page_aligned(offset) || !is_page_aligned(length)) return false;
    if (pinned > length / PAGE || call->local[1] > pinned || call->local[5] != 0) return false;
    return in_range(offset, pinned * PAGE, vmo_size(w, call->held[0]));
}

/* By operation, as the handlers in sys_*.c and fault.c leave it when they wait. */
static bool progress_fits(const zxp_world *w, const struct call *call) {
    const uint64_t *args = call->args;
    switch (call->op) {
    case ZXP_OP_OBJECT_SET_PROPERTY: return args[1] == ZX_PROP_VMO_CONTENT_SIZE && stream_fits(call, args[2]);
    case ZXP_OP_OBJECT_WAIT_ONE: return object_is(handle_object(w, (zx_handle_t)args[0])) && call->local[0] == 0;
    case ZXP_OP_OBJECT_WAIT_MANY: return all_items_are_live(w, call);
    case ZXP_OP_PORT_WAIT: return port_is(call->held_port);
    case ZXP_OP_PAGER_SUPPLY_PAGES: return is_pager_root(w, call->held[0]) && taking_fits(call, args[5], args[3]);
    case ZXP_OP_PAGER_QUERY_DIRTY_RANGES: return is_pager_root(w, call->held[0]);
    case ZXP_OP_VMO_READ: return copy_fits(call, args[1], args[2]);
    case ZXP_OP_VMO_WRITE: return copy_fits(call, args[2], args[3]);
    case ZXP_OP_VMO_SET_STREAM_SIZE: return stream_fits(call, args[1]);
    case ZXP_OP_VMO_TRANSFER_DATA: return taking_fits(call, args[5], args[3]);
    case ZXP_OP_VMAR_OP_RANGE: return piece_fits(call);
    case ZXP_OP_LOAD: return call->cursor < args[1];
    case ZXP_OP_STORE: return call->cursor < args[2];
    case ZXP_OP_PIN: return pin_fits(w, call);
    default: return vmo_is(call->held[0]);
    }
}

/* Each kind of wait has its calls. */
static bool waits_rightly(const struct thread *thread) {
    switch (thread->call.op) {
    case ZXP_OP_OBJECT_WAIT_ONE:
    case ZXP_OP_OBJECT_WAIT_MANY: return thread->waits_for == ZXP_WAIT_SIGNALS;
    case ZXP_OP_PORT_WAIT: return thread->waits_for == ZXP_WAIT_PORT;
    default: return thread->waits_for == ZXP_WAIT_REQUEST;
    }
}

/* user_copy.c: the rest of the range that a buffer in user memory still has to be faulted in. */
static bool buffer_fault_fits(const struct call *call) {
    bool copies = call->op == ZXP_OP_VMO_READ || call->op == ZXP_OP_VMO_WRITE;
    bool to_user = copies || call->op == ZXP_OP_PAGER_QUERY_DIRTY_RANGES;
    if (call->uninterruptible && (!to_user || call->buffer.kind != ZXP_BUFFER_USER)) return false;
    if (call->fault_at == 0 && call->fault_end == 0) return !copies || !call->uninterruptible;
    if (!copies || !call->uninterruptible || call->fault_at >= call->fault_end) return false;
    return is_page_aligned(call->fault_at) && is_page_aligned(call->fault_end);
}

/* Suspended in a wait: a call begins anew, an instruction goes on (thread.c, park). */
static bool begins_anew(const struct call *call) {
    for (unsigned i = 0; i < CALL_LOCALS; i++)
        if (call->local[i] != 0) return false;
    return call->phase == 0 && call->cursor == 0 && call->data.count == 0 && call->transit.root == 0 &&
           call->fault_at == 0 && call->fault_end == 0 && !call->uninterruptible && !vmo_is(call->held[0]) &&
           !vmo_is(call->held[1]);
}

static bool call_fits(const zxp_world *w, const struct thread *thread) {
    const struct call *call = &thread->call;
    bool instruction = call->op == ZXP_OP_LOAD || call->op == ZXP_OP_STORE;
    bool starts_at_0 = call->op == ZXP_OP_OBJECT_SET_PROPERTY; /* knows by held[0] that it has begun */
    if (thread->state == ZXP_THREAD_SUSPENDED && !instruction) return begins_anew(call);
    if (thread->state == ZXP_THREAD_BLOCKED && !waits_rightly(thread)) return false;
    return (call->phase > 0 || starts_at_0) && progress_fits(w, call) && buffer_fault_fits(call);
}

static void check_calls(struct decoder *d) {
    const zxp_world *w = d->world;
    for (uint32_t i = 0; i < kernel_of(w)->thread_count && fine(d); i++) {
        const struct thread *thread = thread_at(w, thread_by_number(w, i));
        if (thread_in_call(thread)) expect(d, call_fits(w, thread), "a call is where it cannot be");
    }
}

/* ---- Pins ---- */

/* A range of pages of a node that is pinned once. */
struct pinned {
    node_ref node;
    uint64_t first, end;
};

static struct pinned pinned_range(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t pages) {
    uint64_t first = (vmo_at(w, v)->base + offset) / PAGE;
    return (struct pinned){vmo_at(w, v)->node, first, first + pages};
}

/* One more pin of the page if the range has it; the range changes at a border of the pin. */
static unsigned count_pin(const struct pinned *pin, node_ref n, uint64_t page, uint64_t *end) {
    if (!node_same(pin->node, n) || pin->end <= page) return 0;
    *end = min_u64(*end, pin->first > page ? pin->first : pin->end);
    return pin->first <= page;
}

/* How often the page is pinned, by drivers and by calls that are about to; *end: as far as that is so. */
static unsigned pins_of(const zxp_world *w, node_ref n, uint64_t page, uint64_t *end) {
    unsigned pins = 0;
    for (pin_ref p = kernel_of(w)->first_pin; pin_is(p); p = pin_at(w, p)->next) {
        struct pinned pin = pinned_range(w, pin_at(w, p)->vmo, pin_at(w, p)->offset, pin_at(w, p)->length / PAGE);
        pins += count_pin(&pin, n, page, end);
    }
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) {
        const struct thread *thread = thread_at(w, thread_by_number(w, i));
        const struct call *call = &thread->call;
        if (call->op != ZXP_OP_PIN || thread->state != ZXP_THREAD_BLOCKED) continue;
        struct pinned pin = pinned_range(w, call->held[0], call->args[1], call->local[0]);
        pins += count_pin(&pin, n, page, end);
    }
    return pins;
}

static void check_pins(struct decoder *d) {
    const zxp_world *w = d->world;
    bool pinning = pin_is(kernel_of(w)->first_pin);
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++)
        pinning |= call_of(w, thread_by_number(w, i))->op == ZXP_OP_PIN;
    for (node_ref n = kernel_of(w)->first_node; node_is(n) && fine(d); n = node_at(w, n)->next_node) {
        if (!pinning && node_at(w, n)->pinned == 0) continue;
        struct page_run run;
        struct page_walk walk = page_walk_begin(w, &node_at(w, n)->map, 0, UINT64_MAX);
        while (page_walk_next(&walk, &run) && fine(d)) {
            for (uint64_t page = run.first, end; page < run.end && fine(d); page = end) {
                end = run.end;
                expect(d, pins_of(w, n, page, &end) <= run.key.pins, "pages are not pinned as often as pins say");
            }
        }
    }
}

void check_world(struct decoder *d) {
    check_held(d);
    check_calls(d);
    if (fine(d)) check_pins(d);
    if (fine(d)) expect(d, zxp_check(d->world, NULL, 0) == 0, "an invariant does not hold");
}
