/*
 * threads.c - virtual threads: the run queue, waiting, results, suspend and kill (chapter 4 sections 6, 10, 12).
 */
#include <string.h>

#include "state.h"

void orc_make_runnable(oracle *o, int t, zx_status_t woke) {
    thread_t *x = &o->thread[t];
    if (!x->runnable) {
        x->runnable = true;
        x->woke = woke;
        o->run[o->run_count++] = (int16_t)t;
    }
}

/* The request is populated: wait for it (chapter 4 section 6, wait). */
zx_status_t orc_wait_for_request(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    request_t *r = &x->request;
    if (r->latched) {
        r->latched = false;
        return r->latched_status == ZX_OK ? ST_AGAIN : r->latched_status;
    }
    if (x->kill_pending) {
        orc_request_cancel(o, t);
        return ZX_ERR_INTERNAL_INTR_KILLED;
    }
    if (x->suspend_pending && !x->unsuspendable) {
        orc_request_cancel(o, t);
        return ST_RETRY;
    }
    x->wait = ZXP_WAIT_REQUEST;
    return ST_WAIT;
}

zx_status_t orc_take_woke(oracle *o, int t) {
    zx_status_t woke = o->thread[t].woke;
    o->thread[t].woke = ZX_OK;
    return woke;
}

/* The call keeps a VMO alive. */
void orc_hold(oracle *o, int t, int k, int object) {
    orc_drop(o, t, k);
    o->thread[t].ref[k] = (int16_t)object;
    o->object[object].running++;
}

void orc_drop(oracle *o, int t, int k) {
    int object = o->thread[t].ref[k];
    o->thread[t].ref[k] = -1;
    if (object >= 0 && o->object[object].used && o->object[object].type == ZX_OBJ_TYPE_VMO) {
        o->object[object].running--;
        orc_vmo_check_death(o, object);
    }
}

/* ---- results ---- */

void orc_results_clear(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    for (unsigned i = 0; i < x->pieces; i++) {
        if (x->piece[i].kind == KIND_BODY) {
            orc_body_free(o, x->piece[i].body);
        }
    }
    x->pieces = 0;
    x->fields = 0;
    x->ranges = 0;
    x->observed_count = 0;
    x->fault_address = 0;
    x->rule = "";
}

static void buffer_clear(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    while (x->buffer_bodies > 0) {
        orc_body_free(o, x->buffer_body[--x->buffer_bodies]);
    }
}

void orc_add_field(oracle *o, int t, const char *name, uint64_t value) {
    thread_t *x = &o->thread[t];
    if (x->fields < FIELD_MAX) {
        x->field_name[x->fields] = name;
        x->field_value[x->fields++] = value;
    }
}

static piece_t *new_piece(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    if (x->pieces == PIECE_MAX) {
        orc_out_of_bounds(o, "pieces of data");
        return &x->piece[PIECE_MAX - 1];
    }
    return &x->piece[x->pieces++];
}

void orc_data_fill(oracle *o, int t, uint64_t length, uint8_t byte) {
    thread_t *x = &o->thread[t];
    if (x->pieces > 0 && x->piece[x->pieces - 1].kind == KIND_FILL && x->piece[x->pieces - 1].fill == byte) {
        x->piece[x->pieces - 1].length += length;
    } else if (length > 0) {
        *new_piece(o, t) = (piece_t){.length = length, .kind = KIND_FILL, .fill = byte};
    }
}

void orc_data_bytes(oracle *o, int t, uint64_t length, const uint8_t *bytes) {
    if (length > 0) {
        uint16_t body = orc_body_new(o);
        memcpy(o->body[body], bytes, length);
        *new_piece(o, t) = (piece_t){.length = length, .kind = KIND_BODY, .body = body};
    }
}

/* Bytes of a frame (-1: zeros) join the thread's data. */
void orc_data_frame(oracle *o, int t, int frame, uint64_t off, uint64_t len) {
    if (frame < 0 || o->frame[frame].kind == KIND_FILL) {
        orc_data_fill(o, t, len, frame < 0 ? 0 : o->frame[frame].fill);
    } else {
        orc_data_bytes(o, t, len, o->body[o->frame[frame].body] + off);
    }
}

/* ---- the call's own buffer ---- */

static void buffer_store(oracle *o, int t, const void *bytes, uint64_t length) {
    thread_t *x = &o->thread[t];
    if (length > BUFFER_BODIES * PAGE) {
        orc_out_of_bounds(o, "a buffer of bytes");
        length = BUFFER_BODIES * PAGE;
    }
    for (uint64_t done = 0; done < length; done += PAGE) {
        uint16_t body = orc_body_new(o);
        memcpy(o->body[body], (const uint8_t *)bytes + done, orc_min64(PAGE, length - done));
        x->buffer_body[x->buffer_bodies++] = body;
    }
}

static uint8_t letter_at(const zxp_buffer *b, uint64_t off) { return (uint8_t)('A' + (b->phase + off / PAGE) % 26); }

/* [off, off+len) of the buffer; what lies beyond BYTES reads as zero. */
void orc_buffer_read(const oracle *o, int t, uint64_t buffer_off, uint64_t len, uint8_t *out) {
    const thread_t *x = &o->thread[t];
    for (uint64_t i = 0; i < len;) {
        uint64_t at = buffer_off + i;
        uint64_t part = orc_min64(PAGE - at % PAGE, len - i);
        if (x->buffer.kind == ZXP_BUFFER_LETTERS) {
            memset(out + i, letter_at(&x->buffer, at), part);
        } else if (x->buffer.kind == ZXP_BUFFER_BYTES && at / PAGE < x->buffer_bodies) {
            memcpy(out + i, o->body[x->buffer_body[at / PAGE]] + at % PAGE, part);
        } else {
            memset(out + i, x->buffer.kind == ZXP_BUFFER_FILL ? x->buffer.fill : 0, part);
        }
        i += part;
    }
}

void orc_buffer_to_frame(oracle *o, int t, uint64_t buffer_off, int frame, uint64_t off, uint64_t len) {
    const zxp_buffer *b = &o->thread[t].buffer;
    uint8_t bytes[4096];
    if (b->kind == ZXP_BUFFER_FILL) {
        orc_frame_fill(o, frame, off, len, b->fill);
    } else if (b->kind == ZXP_BUFFER_LETTERS && buffer_off / PAGE == (buffer_off + len - 1) / PAGE) {
        orc_frame_fill(o, frame, off, len, letter_at(b, buffer_off));
    } else {
        orc_buffer_read(o, t, buffer_off, len, bytes);
        orc_frame_write(o, frame, off, len, bytes);
    }
}

/* ---- running ---- */

typedef zx_status_t (*op_function)(oracle *o, int t);

static const op_function op_table[ZXP_OP_LIMIT] = {
    [ZXP_OP_HANDLE_CLOSE] = orc_op_handle_close,
    [ZXP_OP_HANDLE_CLOSE_MANY] = orc_op_handle_close_many,
    [ZXP_OP_HANDLE_CHECK_VALID] = orc_op_handle_check_valid,
    [ZXP_OP_HANDLE_DUPLICATE] = orc_op_handle_duplicate,
    [ZXP_OP_HANDLE_REPLACE] = orc_op_handle_replace,
    [ZXP_OP_OBJECT_GET_INFO] = orc_op_object_get_info,
    [ZXP_OP_OBJECT_GET_PROPERTY] = orc_op_object_get_property,
    [ZXP_OP_OBJECT_SET_PROPERTY] = orc_op_object_set_property,
    [ZXP_OP_OBJECT_SIGNAL] = orc_op_object_signal,
    [ZXP_OP_OBJECT_WAIT_ONE] = orc_op_object_wait_one,
    [ZXP_OP_OBJECT_WAIT_MANY] = orc_op_object_wait_many,
    [ZXP_OP_OBJECT_WAIT_ASYNC] = orc_op_object_wait_async,
    [ZXP_OP_EVENT_CREATE] = orc_op_event_create,
    [ZXP_OP_PORT_CREATE] = orc_op_port_create,
    [ZXP_OP_PORT_WAIT] = orc_op_port_wait,
    [ZXP_OP_PORT_QUEUE] = orc_op_port_queue,
    [ZXP_OP_PORT_CANCEL] = orc_op_port_cancel,
    [ZXP_OP_PORT_CANCEL_KEY] = orc_op_port_cancel_key,
    [ZXP_OP_PAGER_CREATE] = orc_op_pager_create,
    [ZXP_OP_PAGER_CREATE_VMO] = orc_op_pager_create_vmo,
    [ZXP_OP_PAGER_DETACH_VMO] = orc_op_pager_detach_vmo,
    [ZXP_OP_PAGER_SUPPLY_PAGES] = orc_op_pager_supply_pages,
    [ZXP_OP_PAGER_OP_RANGE] = orc_op_pager_op_range,
    [ZXP_OP_PAGER_QUERY_DIRTY_RANGES] = orc_op_pager_query_dirty_ranges,
    [ZXP_OP_PAGER_QUERY_VMO_STATS] = orc_op_pager_query_vmo_stats,
    [ZXP_OP_PAGER_VMO_OP] = orc_op_pager_vmo_op,
    [ZXP_OP_VMO_CREATE] = orc_op_vmo_create,
    [ZXP_OP_VMO_READ] = orc_op_vmo_read,
    [ZXP_OP_VMO_WRITE] = orc_op_vmo_write,
    [ZXP_OP_VMO_GET_SIZE] = orc_op_vmo_get_size,
    [ZXP_OP_VMO_GET_STREAM_SIZE] = orc_op_vmo_get_stream_size,
    [ZXP_OP_VMO_SET_SIZE] = orc_op_vmo_set_size,
    [ZXP_OP_VMO_SET_STREAM_SIZE] = orc_op_vmo_set_stream_size,
    [ZXP_OP_VMO_OP_RANGE] = orc_op_vmo_op_range,
    [ZXP_OP_VMO_CREATE_CHILD] = orc_op_vmo_create_child,
    [ZXP_OP_VMO_SET_CACHE_POLICY] = orc_op_vmo_set_cache_policy,
    [ZXP_OP_VMO_REPLACE_AS_EXECUTABLE] = orc_op_vmo_replace_as_executable,
    [ZXP_OP_VMO_TRANSFER_DATA] = orc_op_vmo_transfer_data,
    [ZXP_OP_VMAR_MAP] = orc_op_vmar_map,
    [ZXP_OP_VMAR_UNMAP] = orc_op_vmar_unmap,
    [ZXP_OP_VMAR_PROTECT] = orc_op_vmar_protect,
    [ZXP_OP_VMAR_OP_RANGE] = orc_op_vmar_op_range,
    [ZXP_OP_LOAD] = orc_op_load,
    [ZXP_OP_STORE] = orc_op_store,
    [ZXP_OP_PIN] = orc_op_pin,
};

static zx_status_t op_clock(oracle *o, int t) {
    orc_add_field(o, t, "time", (uint64_t)o->now);
    return ZX_OK;
}

/* Whatever the call still holds goes: its request, pages in transit, pins of a failed pin, references. */
static void release_all(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    orc_request_cancel(o, t);
    memset(&x->request, 0, sizeof(x->request));
    orc_observers_drop_thread(o, t);
    orc_port_leave(o, t);
    orc_take_discard(o, t);
    x->wait = ZXP_WAIT_NONE;
    x->f_active = false;
    for (int k = 0; k < REF_MAX; k++) {
        orc_drop(o, t, k);
    }
}

static bool is_processor(const thread_t *x) { return x->op == ZXP_OP_LOAD || x->op == ZXP_OP_STORE; }

static void end_killed(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    buffer_clear(o, t);
    x->suspend_pending = x->kill_pending = x->restart = false;
    x->state = ZXP_THREAD_KILLED;
}

static void finish(oracle *o, int t, zx_status_t status) {
    thread_t *x = &o->thread[t];
    if (status != ZX_OK && x->op == ZXP_OP_PIN) {
        orc_pin_undo(o, t);
    }
    release_all(o, t);
    if (x->kill_pending) {
        end_killed(o, t);
        return;
    }
    if (status == ST_RETRY) { /* chapter 4 section 10: parked; the call starts again at resume */
        x->state = ZXP_THREAD_SUSPENDED;
        x->restart = true;
        if (!is_processor(x)) {
            orc_results_clear(o, t); /* also if it is killed before it runs again */
        }
        x->suspend_pending = false;
        return;
    }
    x->status = status;
    buffer_clear(o, t);
    if (x->suspend_pending) {
        x->suspend_pending = false;
        x->state = ZXP_THREAD_SUSPENDED;
    } else {
        x->state = ZXP_THREAD_READY;
    }
    if (is_processor(x) && status != ZX_OK) { /* chapter 7 section 8 */
        x->state = ZXP_THREAD_FAULTED;
        x->fault_address = x->addr;
    }
}

/* One step of a thread: from its start or its wake to its next block or its end. */
static void step(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    op_function function = x->op < ZXP_OP_LIMIT ? op_table[x->op] : NULL;
    if (x->op == ZXP_OP_CLOCK_GET_MONOTONIC) {
        function = op_clock;
    }
    x->wait = ZXP_WAIT_NONE;
    if (function == NULL) {
        finish(o, t, ZX_ERR_BAD_SYSCALL);
        return;
    }
    zx_status_t status = function(o, t);
    if (status == ST_WAIT) {
        x->state = ZXP_THREAD_BLOCKED;
        if (x->wait_seq == 0) {
            x->wait_seq = ++o->seq;
        }
    } else {
        finish(o, t, status);
    }
}

/* (Re)starts the thread's call from its beginning. A load or store goes on where it was (chapter 7 section 16.3). */
void orc_start(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    if (!is_processor(x) || !x->restart) {
        orc_results_clear(o, t);
        x->cursor = 0;
    }
    x->restart = false;
    x->phase = 0;
    x->woke = ZX_OK;
    x->wait_seq = 0;
    x->unsuspendable = false;
    x->early_op = false;
    x->f_active = false;
    x->z_writing = false;
    x->r_op = 0;
    x->p_first = x->p_pinned = x->p_dirtied = x->p_end = 0;
    x->state = ZXP_THREAD_BLOCKED;
    step(o, t);
}

void orc_drain(oracle *o) {
    while (o->run_count > 0) {
        int t = o->run[0];
        memmove(&o->run[0], &o->run[1], (o->run_count - 1u) * sizeof(o->run[0]));
        o->run_count--;
        o->thread[t].runnable = false;
        if (o->thread[t].restart) {
            orc_start(o, t);
        } else {
            step(o, t);
        }
    }
}

/* ---- suspend, resume, kill (chapter 4 section 10) ---- */

static bool is_over(const thread_t *x) { return x->state == ZXP_THREAD_FAULTED || x->state == ZXP_THREAD_KILLED; }

zx_status_t orc_thread_suspend(oracle *o, uint32_t number) {
    if (number >= o->threads) {
        return ZX_ERR_NOT_FOUND;
    }
    thread_t *x = &o->thread[number];
    if (is_over(x)) {
        return ZX_ERR_BAD_STATE;
    }
    if (x->state == ZXP_THREAD_READY) {
        x->state = ZXP_THREAD_SUSPENDED;
    } else if (x->state == ZXP_THREAD_BLOCKED && !x->suspend_pending) {
        x->suspend_pending = true;
        if (!x->unsuspendable) {
            orc_request_cancel(o, (int)number);
            orc_make_runnable(o, (int)number, ST_RETRY);
        }
    }
    return ZX_OK;
}

zx_status_t orc_thread_resume(oracle *o, uint32_t number) {
    if (number >= o->threads) {
        return ZX_ERR_NOT_FOUND;
    }
    thread_t *x = &o->thread[number];
    if (x->state == ZXP_THREAD_BLOCKED && x->suspend_pending) {
        x->suspend_pending = false;
        return ZX_OK;
    }
    if (x->state != ZXP_THREAD_SUSPENDED) {
        return ZX_ERR_BAD_STATE;
    }
    if (x->restart) {
        x->state = ZXP_THREAD_BLOCKED;
        orc_make_runnable(o, (int)number, ZX_OK);
    } else {
        x->state = ZXP_THREAD_READY;
    }
    return ZX_OK;
}

zx_status_t orc_thread_kill(oracle *o, uint32_t number) {
    if (number >= o->threads) {
        return ZX_ERR_NOT_FOUND;
    }
    thread_t *x = &o->thread[number];
    if (is_over(x)) {
        return ZX_ERR_BAD_STATE;
    }
    if (x->state == ZXP_THREAD_BLOCKED) { /* the call unwinds: its wait, and every further one, ends at once */
        x->kill_pending = true;
        orc_request_cancel(o, (int)number);
        orc_make_runnable(o, (int)number, ZX_ERR_INTERNAL_INTR_KILLED);
    } else {
        end_killed(o, (int)number);
    }
    return ZX_OK;
}

/* ---- time ---- */

void orc_time_out(oracle *o, int t) { orc_make_runnable(o, t, ZX_ERR_TIMED_OUT); }

/* Chapter 1 section 7: waits whose deadline is reached end, in order of their deadlines. */
void orc_clock_advance(oracle *o, uint64_t nanoseconds) {
    uint64_t room = (uint64_t)(INT64_MAX - o->now);
    o->now += (int64_t)orc_min64(nanoseconds, room);
    for (;;) {
        int best = -1;
        for (int t = 0; t < o->threads; t++) {
            const thread_t *x = &o->thread[t];
            bool timed = x->state == ZXP_THREAD_BLOCKED && (x->wait == ZXP_WAIT_PORT || x->wait == ZXP_WAIT_SIGNALS);
            if (timed && !x->runnable && x->deadline <= o->now && x->deadline != INT64_MAX) {
                const thread_t *b = &o->thread[best < 0 ? 0 : best];
                if (best < 0 || x->deadline < b->deadline ||
                    (x->deadline == b->deadline && x->wait_seq < b->wait_seq)) {
                    best = t;
                }
            }
        }
        if (best < 0) {
            return;
        }
        orc_time_out(o, best);
    }
}

/* ---- calls ---- */

static void copy_arguments(oracle *o, int t, const zxp_op_call *call) {
    thread_t *x = &o->thread[t];
    x->op = call->op;
    memcpy(x->a, call->args, sizeof(x->a));
    x->buffer = call->buffer;
    buffer_clear(o, t);
    if (call->buffer.kind == ZXP_BUFFER_BYTES && call->buffer.bytes != NULL) {
        buffer_store(o, t, call->buffer.bytes, call->buffer.length);
    }
    x->buffer.bytes = NULL;
    x->list_count = call->count;
    x->list_null = call->handles == NULL && call->items == NULL;
    if (call->count > HANDLES_MAX) {
        orc_out_of_bounds(o, "a list of handles");
        x->list_count = HANDLES_MAX;
    }
    for (uint32_t i = 0; i < x->list_count; i++) {
        if (call->items != NULL) {
            x->list_handle[i] = call->items[i].handle;
            if (i < ITEM_MAX) {
                x->list_signals[i] = call->items[i].signals;
            }
        } else if (call->handles != NULL) {
            x->list_handle[i] = call->handles[i];
        }
    }
}

/* Calls from EVICT on: no thread runs them. */
static zx_status_t model_call(oracle *o, const zxp_op_call *call, uint64_t *evicted) {
    const uint64_t *a = call->args;
    switch (call->op) {
    case ZXP_OP_UNPIN: return orc_unpin_command(o, a[0], a[1], a[2]);
    case ZXP_OP_EVICT: return orc_evict_command(o, a[0], a[1], a[2], (uint32_t)a[3] != 0, evicted);
    case ZXP_OP_RECLAIM: *evicted = orc_reclaim_command(o, a[0]); return ZX_OK;
    case ZXP_OP_AGE: orc_age_step(o); return ZX_OK;
    case ZXP_OP_ADVANCE: orc_clock_advance(o, a[0]); return ZX_OK;
    case ZXP_OP_SUSPEND: return orc_thread_suspend(o, (uint32_t)a[0]);
    case ZXP_OP_RESUME: return orc_thread_resume(o, (uint32_t)a[0]);
    case ZXP_OP_KILL: return orc_thread_kill(o, (uint32_t)a[0]);
    default: return ZX_ERR_BAD_SYSCALL;
    }
}

static bool ready(const oracle *o, uint32_t t) { return t < o->threads && o->thread[t].state == ZXP_THREAD_READY; }

static zxp_outcome call_model(oracle *o, const zxp_op_call *call) {
    uint64_t evicted = 0;
    bool was_ready = ready(o, call->thread);
    zx_status_t status = model_call(o, call, &evicted);
    orc_drain(o);
    if (was_ready && ready(o, call->thread)) {
        int t = (int)call->thread;
        orc_results_clear(o, t);
        o->thread[t].op = call->op;
        o->thread[t].status = status;
        if (call->op == ZXP_OP_EVICT || call->op == ZXP_OP_RECLAIM) {
            orc_add_field(o, t, "evicted", evicted);
        }
    }
    return ZXP_RETURNED;
}

zxp_outcome oracle_call(oracle *o, const zxp_op_call *call) {
    o->walk = WALK_MAX;
    if (call->op >= ZXP_OP_EVICT && call->op <= ZXP_OP_KILL) {
        return call_model(o, call);
    }
    if (!ready(o, call->thread)) {
        return ZXP_KILLED;
    }
    if (call->op == ZXP_OP_UNPIN) {
        return call_model(o, call);
    }
    int t = (int)call->thread;
    copy_arguments(o, t, call);
    orc_start(o, t);
    orc_drain(o);
    switch (o->thread[t].state) {
    case ZXP_THREAD_BLOCKED:
    case ZXP_THREAD_SUSPENDED: return ZXP_BLOCKED;
    case ZXP_THREAD_FAULTED: return ZXP_FAULTED;
    case ZXP_THREAD_KILLED: return ZXP_KILLED;
    default: return ZXP_RETURNED;
    }
}
