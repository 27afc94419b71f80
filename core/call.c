/*
 * call.c - how a call is made, decided, parked and ended (call.h).
 */
#include "call.h"

#include "content.h"
#include "node.h"
#include "object.h"
#include "port.h"
#include "request.h"
#include "thread.h"
#include "transfer.h"

/* ---- Decisions and events ---- */

bool observed(const zxp_world *w) { return w->context != NULL && w->context->observe != NULL; }

void tell(zxp_world *w, const zxp_event *event) {
    if (observed(w)) w->context->observe(w->context->user, event);
}

bool interrupted(const zxp_world *w) {
    return w->context != NULL && w->context->interrupted != NULL && w->context->interrupted(w->context->user);
}

static void count_pair(zxp_context *context, enum rule_number rule) {
    uint32_t hash = ((uint32_t)context->last_rule * 0x9E37u + (uint32_t)rule) * 0x85EBCA6Bu;
    uint8_t *hits = &context->pair_hits[(hash >> 8) & (context->pair_count - 1)];
    if (*hits != UINT8_MAX) ++*hits;
    context->last_rule = (uint16_t)rule;
}

void count_rule(zxp_world *w, enum rule_number rule) {
    zxp_context *context = w->context;
    if (context == NULL) return;
    if (context->rule_hits != NULL && context->rule_hits[rule] != UINT32_MAX) context->rule_hits[rule]++;
    if (context->pair_hits != NULL) count_pair(context, rule);
}

void apply_rule(zxp_world *w, enum rule_number rule) {
    assert(rule != RULE_none);
    count_rule(w, rule);
    if (!observed(w)) return;
    tell(w, &(zxp_event){.kind = ZXP_EVENT_RULE, .thread = ZXP_NO_THREAD, .rule = (uint16_t)rule});
}

void tell_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end, char before, char after,
                enum rule_number rule) {
    count_rule(w, rule);
    if (!observed(w) || first == end) return;
    const struct node *node = node_at(w, n);
    zx_koid_t koid = vmo_is(node->owner)       ? vmo_at(w, node->owner)->object.koid
                     : source_is(node->source) ? source_at(w, node->source)->koid
                                               : ZX_KOID_INVALID;
    tell(w, &(zxp_event){.kind = ZXP_EVENT_PAGE,
                         .thread = ZXP_NO_THREAD,
                         .rule = (uint16_t)rule,
                         .koid = koid,
                         .before = before,
                         .after = after,
                         .offset = first * PAGE,
                         .length = (end - first) * PAGE});
}

void tell_decision(zxp_world *w, const zxp_event *event) {
    count_rule(w, (enum rule_number)event->rule);
    tell(w, event);
}

step refuse_with(zxp_world *w, thread_ref t, enum rule_number rule, zx_status_t status) {
    struct call *call = call_of(w, t);
    call->status = status;
    call->rule = (uint16_t)rule;
    count_rule(w, rule);
    return STEP_RETURN;
}

step refuse(zxp_world *w, thread_ref t, enum rule_number rule) {
    return refuse_with(w, t, rule, zxp_rule_info_of((uint16_t)rule)->status);
}

step accept(zxp_world *w, thread_ref t, enum rule_number rule) { return refuse_with(w, t, rule, ZX_OK); }

step no_memory(zxp_world *w, thread_ref t) { return refuse(w, t, RULE_no_memory); }

/* ---- Results ---- */

enum { INLINE_VALUES = 4 };

void set_value(zxp_world *w, thread_ref t, unsigned index, uint64_t value) {
    struct call *call = call_of(w, t);
    call->value[index] = value;
    if (call->values <= index) call->values = (uint8_t)(index + 1);
}

uint64_t values_bytes(unsigned count) { return arena_size(count * sizeof(uint64_t)); }

void set_values(zxp_world *w, thread_ref t, const uint64_t *values, unsigned count) {
    uint32_t block = count <= INLINE_VALUES ? 0 : arena_alloc(w, count * sizeof(uint64_t));
    struct call *call = call_of(w, t);
    memcpy(block == 0 ? (void *)call->value : arena_at(w, block), values, count * sizeof(uint64_t));
    call->more_values = block;
    call->values = (uint8_t)count;
}

void hold_vmo(zxp_world *w, thread_ref t, unsigned slot, vmo_ref vmo) {
    struct call *call = call_of(w, t);
    if (vmo_is(vmo)) vmo_hold(w, vmo);
    vmo_ref before = call->held[slot];
    call->held[slot] = vmo;
    if (vmo_is(before)) vmo_release(w, before);
}

/* ---- The end of a call ---- */

static void free_buffer(zxp_world *w, thread_ref t) {
    struct buffer *buffer = &call_of(w, t)->buffer;
    arena_free(w, buffer->bytes, (size_t)buffer->length);
    buffer->bytes = 0;
}

/* Undoes what an unfinished call has begun, and lets go of all that it waits on and holds. */
static void let_go(zxp_world *w, thread_ref t) {
    uint16_t op = call_of(w, t)->op;
    request_cancel(w, t);
    if (op == ZXP_OP_OBJECT_WAIT_ONE || op == ZXP_OP_OBJECT_WAIT_MANY) observers_of_thread_remove(w, t);
    port_waiter_remove(w, t);
    taken_free(w, t);
    if (op == ZXP_OP_PIN) pin_abandon(w, t);
    thread_at(w, t)->timed = 0;
    call_of(w, t)->uninterruptible = 0;
    hold_vmo(w, t, 0, vmo_none());
    hold_vmo(w, t, 1, vmo_none());
    port_ref port = call_of(w, t)->held_port;
    call_of(w, t)->held_port = port_none();
    if (port_is(port)) port_release(w, port);
}

void call_release(zxp_world *w, thread_ref t) {
    let_go(w, t);
    free_buffer(w, t);
}

/* Forgets the last call and its result (values, data, list): before a new call. */
static void call_forget(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    data_free(w, &call->data);
    arena_free(w, call->more_values, call->values * sizeof(uint64_t));
    arena_free(w, call->list, call->list_bytes);
    memset(call, 0, sizeof *call);
}

void call_restart(zxp_world *w, thread_ref t) {
    let_go(w, t);
    struct call *call = call_of(w, t);
    data_free(w, &call->data);
    arena_free(w, call->more_values, call->values * sizeof(uint64_t));
    call->more_values = 0;
    call->values = 0;
    memset(call->value, 0, sizeof call->value);
    call->phase = 0;
    call->cursor = 0;
    memset(call->local, 0, sizeof call->local);
}

/* ---- Running ---- */

static void tell_result(zxp_world *w, thread_ref t, zxp_event_kind kind) {
    if (!observed(w)) return;
    const struct call *call = call_of(w, t);
    const uint64_t *values = call->more_values != 0 ? arena_at(w, call->more_values) : call->value;
    tell(w, &(zxp_event){.kind = kind,
                         .thread = thread_at(w, t)->number,
                         .op = call->op,
                         .rule = call->rule,
                         .status = call->status,
                         .value = values[0]}); /* 0 if there is none */
}

static void end_call(zxp_world *w, thread_ref t, zxp_thread_state state) {
    call_release(w, t);
    struct thread *thread = thread_at(w, t);
    if (state == ZXP_THREAD_READY && thread->suspended) state = ZXP_THREAD_SUSPENDED;
    if (thread->dying) state = ZXP_THREAD_KILLED;
    thread->dying = 0;
    thread->state = (uint8_t)state;
    thread->waits_for = ZXP_WAIT_NONE;
    tell_result(w, t, ZXP_EVENT_RESULT);
}

void call_step(zxp_world *w, thread_ref t) {
    struct thread *thread = thread_at(w, t);
    arena_forget(w);
    thread->state = ZXP_THREAD_READY;
    thread->waits_for = ZXP_WAIT_NONE;
    switch (op_handler_of(thread->call.op)(w, t)) {
    case STEP_RETURN: end_call(w, t, ZXP_THREAD_READY); break;
    case STEP_FAULT: end_call(w, t, ZXP_THREAD_FAULTED); break;
    case STEP_BLOCK: tell_result(w, t, ZXP_EVENT_BLOCK); break;
    }
}

/* ---- Making a call ---- */

static size_t list_bytes_of(const zxp_op_call *call) {
    if (call->handles != NULL) return call->count * sizeof(zx_handle_t);
    if (call->items != NULL) return call->count * sizeof(zxp_wait_item);
    return 0;
}

/* Everything that the caller points to is copied, so that the call may outlive the caller. */
static bool copy_input(zxp_world *w, thread_ref t, const zxp_op_call *from) {
    size_t list_bytes = list_bytes_of(from);
    uint64_t bytes = from->buffer.kind == ZXP_BUFFER_BYTES ? from->buffer.length : 0;
    if (list_bytes != 0 || bytes != 0) {
        uint64_t body = arena_size(bytes);
        if (body == UINT64_MAX || !arena_reserve(w, body + arena_size(list_bytes))) return false;
    }
    uint32_t block = bytes == 0 ? 0 : arena_alloc(w, (size_t)bytes);
    uint32_t list = list_bytes == 0 ? 0 : arena_alloc(w, list_bytes);
    if (block != 0) memcpy(arena_at(w, block), from->buffer.bytes, (size_t)bytes);
    if (list != 0)
        memcpy(arena_at(w, list), from->handles != NULL ? (const void *)from->handles : from->items, list_bytes);
    struct call *call = call_of(w, t);
    call->buffer = (struct buffer){.kind = (uint8_t)from->buffer.kind,
                                   .fill = from->buffer.fill,
                                   .phase = from->buffer.phase,
                                   .bytes = block,
                                   .length = from->buffer.length,
                                   .address = from->buffer.address};
    call->list = list;
    call->list_count = from->count;
    call->list_bytes = (uint32_t)list_bytes;
    return true;
}

static void set_arguments(zxp_world *w, thread_ref t, const zxp_op_info *info, const zxp_op_call *from) {
    struct call *call = call_of(w, t);
    call->op = info->number;
    for (unsigned i = 0; i < info->param_count; i++) {
        call->args[i] = info->params[i].bits == 32 ? (uint32_t)from->args[i] : from->args[i];
    }
}

static void begin(zxp_world *w, thread_ref t, const zxp_op_info *info, const zxp_op_call *call) {
    call_forget(w, t);
    set_arguments(w, t, info, call);
    if (observed(w)) {
        tell(w, &(zxp_event){.kind = ZXP_EVENT_CALL, .thread = call->thread, .op = call->op, .call = call});
    }
    if (copy_input(w, t, call)) {
        call_step(w, t);
    } else {
        no_memory(w, t);
        end_call(w, t, ZXP_THREAD_READY);
    }
}

static zxp_outcome outcome_of(const zxp_world *w, thread_ref t) {
    switch (thread_at(w, t)->state) {
    case ZXP_THREAD_READY: return ZXP_RETURNED;
    case ZXP_THREAD_FAULTED: return ZXP_FAULTED;
    case ZXP_THREAD_KILLED: return ZXP_KILLED;
    default: return ZXP_BLOCKED;
    }
}

/* The kernel's own activity runs on a thread of its own, so that it never disturbs another's call; its result is left
 * on the thread that was named, if that one can take it. */
static zxp_outcome call_of_the_kernel(zxp_world *w, const zxp_op_info *info, const zxp_op_call *call) {
    thread_ref hidden = kernel_of(w)->kernel_thread, t = thread_by_number(w, call->thread);
    bool takes_result = thread_is(t) && thread_at(w, t)->state == ZXP_THREAD_READY;
    begin(w, hidden, info, call);
    threads_drain(w);
    if (takes_result && thread_at(w, t)->state == ZXP_THREAD_READY) {
        call_forget(w, t);
        *call_of(w, t) = *call_of(w, hidden); /* these calls have no list, data or further values: nothing is shared */
    }
    return ZXP_RETURNED;
}

zxp_outcome zxp_call(zxp_world *world, const zxp_op_call *call) {
    const zxp_op_info *info = zxp_op_info_of(call->op);
    if (info == NULL) return ZXP_KILLED;
    if (info->number >= ZXP_OP_EVICT) return call_of_the_kernel(world, info, call);
    thread_ref t = thread_by_number(world, call->thread);
    if (!thread_is(t) || thread_at(world, t)->state != ZXP_THREAD_READY) return ZXP_KILLED;
    begin(world, t, info, call);
    threads_drain(world);
    return outcome_of(world, t);
}
