/*
 * decode_call.c - what a thread is doing, or did last (decoder.h).
 */
#include "content.h"
#include "decoder.h"
#include "info.h"
#include "node.h"
#include "object.h"

static struct call *call_at(const struct decoder *d, thread_ref t) { return call_of(d->world, t); }

/* ---- Result ---- */

/* How many values the call can have; their names are looked up by index. */
static unsigned most_values(const struct call *call, const zxp_op_info *info) {
    if (call->op == ZXP_OP_PORT_WAIT) return 7; /* packet_fields() */
    if (call->op != ZXP_OP_OBJECT_GET_INFO) return info->field_count;
    switch (call->args[1]) {
    case ZX_INFO_HANDLE_BASIC: return 5;
    case ZX_INFO_HANDLE_COUNT: return 1;
    case ZX_INFO_VMAR: return 2;
    case ZX_INFO_VMO_V1:
    case ZX_INFO_VMO_V2:
    case ZX_INFO_VMO_V3:
    case ZX_INFO_VMO: return INFO_VMO_FIELDS;
    default: return 0;
    }
}

static void get_values(struct decoder *d, thread_ref t, const zxp_op_info *info, unsigned count) {
    uint64_t values[INFO_VMO_FIELDS];
    unsigned most = most_values(call_at(d, t), info);
    assert(most <= INFO_VMO_FIELDS);
    if (!expect(d, count <= most, "too many results")) return;
    for (unsigned i = 0; i < count; i++) values[i] = get64(d);
    if (take_room(d, values_bytes(count))) set_values(d->world, t, values, count);
}

static void get_arguments(struct decoder *d, thread_ref t, const zxp_op_info *info) {
    for (unsigned i = 0; i < info->param_count; i++) {
        uint64_t value = get64(d);
        expect(d, info->params[i].bits == 64 || value <= UINT32_MAX, "an argument is too large");
        call_at(d, t)->args[i] = value;
    }
}

/* Bytes that a list must have, at least or exactly. */
static bool list_fits(const struct call *call, uint64_t count, uint64_t bytes) {
    switch (call->op) {
    case ZXP_OP_HANDLE_CLOSE_MANY: return bytes == count * sizeof(zx_handle_t);
    case ZXP_OP_OBJECT_WAIT_MANY: return bytes == count * sizeof(zxp_wait_item);
    case ZXP_OP_PAGER_QUERY_DIRTY_RANGES: return count * sizeof(zxp_dirty_range) <= bytes;
    case ZXP_OP_OBJECT_GET_PROPERTY:
    case ZXP_OP_OBJECT_GET_INFO: return bytes == ZX_MAX_NAME_LEN;
    default: return false;
    }
}

static void get_list(struct decoder *d, thread_ref t) {
    uint32_t count = get32(d), bytes = get32(d);
    if (!expect(d, bytes > 0 && list_fits(call_at(d, t), count, bytes), "a list of a strange size")) return;
    uint32_t block = get_block(d, bytes);
    struct call *call = call_at(d, t);
    call->list = block;
    call->list_count = count;
    call->list_bytes = bytes;
}

static void append(struct decoder *d, thread_ref t, struct content c, uint64_t length) {
    if (take_room(d, data_append_bytes(&call_at(d, t)->data))) data_append(d->world, t, c, 0, 0, length);
}

/* Plain bytes come back as a body for each page of them. */
static void get_data_bytes(struct decoder *d, thread_ref t, uint64_t length) {
    const uint8_t *bytes = get_bytes(d, length);
    for (uint64_t done = 0, n; done < length && fine(d); done += n) {
        n = min_u64(PAGE, length - done);
        uint32_t body = take(d, sizeof(struct body));
        if (body == 0) return;
        memcpy(body_at(d->world, (body_ref){body})->bytes, bytes + done, n);
        body_retain(d->world, body, 1);
        append(d, t, (struct content){body, CONTENT_BODY}, n);
        body_release(d->world, body, 1);
    }
}

static void get_data(struct decoder *d, thread_ref t) {
    while (!at_end(d)) {
        uint8_t kind = get8(d);
        uint64_t length = get64(d), before = data_length(d->world, &call_at(d, t)->data);
        if (!expect(d, length > 0 && !wraps(before, length), "data of a strange length")) return;
        if (kind == CONTENT_BODY) {
            get_data_bytes(d, t, length);
            continue;
        }
        uint8_t value = get8(d);
        bool letters = kind == CONTENT_LETTERS;
        expect(d, kind <= CONTENT_LETTERS, "data of no known kind");
        expect(d, !letters || (value < 26 && is_page_aligned(length)), "letters out of the alphabet");
        if (fine(d)) append(d, t, (struct content){value, kind}, length);
    }
}

/* ---- A call that has not ended ---- */

static void get_held(struct decoder *d, thread_ref t) {
    for (unsigned i = 0; i < 2; i++) {
        vmo_ref held = vmo_of_object(get_object(d, ZX_OBJ_TYPE_VMO, true));
        if (vmo_is(held)) hold_vmo(d->world, t, i, held);
    }
    port_ref port = port_of_object(get_object(d, ZX_OBJ_TYPE_PORT, true));
    expect(d, !port_is(port) || call_at(d, t)->op == ZXP_OP_PORT_WAIT, "a port that nobody waits on is kept");
    call_at(d, t)->held_port = port;
}

static void get_buffer(struct decoder *d, thread_ref t, bool has_bytes) {
    struct buffer read = {.kind = get8(d)};
    read.fill = get8(d);
    read.phase = get8(d);
    read.length = get64(d);
    read.address = get64(d);
    expect(d, read.kind <= ZXP_BUFFER_USER, "a buffer of no known kind");
    if (has_bytes) {
        expect(d, read.kind == ZXP_BUFFER_BYTES && read.length > 0, "a buffer of no known kind");
        read.bytes = get_block(d, read.length);
    }
    call_at(d, t)->buffer = read;
}

static void get_transit(struct decoder *d, thread_ref t) {
    uint16_t op = call_at(d, t)->op;
    struct page_map map;
    uint64_t pinned;
    expect(d, op == ZXP_OP_PAGER_SUPPLY_PAGES || op == ZXP_OP_VMO_TRANSFER_DATA, "a call that takes no pages has some");
    if (!get_map(d, &map, MAP_OF_TRANSIT, &pinned)) return;
    expect(d, pinned == 0, "pages in transit are pinned");
    call_at(d, t)->transit = map;
}

/* The source of a node with this koid. */
static source_ref get_source_name(struct decoder *d) {
    node_ref n = get_node(d);
    if (!fine(d) || !expect(d, source_is(node_at(d->world, n)->source), "a request to no pager")) return source_none();
    return node_at(d->world, n)->source;
}

static void get_request_range(struct decoder *d, struct request *r) {
    r->source = get_source_name(d);
    r->type = get8(d);
    r->offset = get64(d);
    r->length = get64(d);
    r->wake = get64(d);
    r->pending = get64(d);
    r->status = (zx_status_t)get32(d);
    if (!fine(d)) return;
    const struct source *source = source_at(d->world, r->source);
    expect(d, r->type < REQUEST_TYPES && !source->detached, "a request to no pager");
    expect(d, r->type == REQUEST_READ || source->trap, "a request that nobody makes");
    bool aligned = is_page_aligned(r->offset) && is_page_aligned(r->length);
    expect(d, aligned && r->length > 0, "a request is not page aligned");
    expect(d, !wraps(r->offset, r->length), "a request reaches too far");
    expect(d, r->role == ROLE_ATTACHED || (r->pending > 0 && r->pending <= r->length), "a request waits for nothing");
}

static void get_request(struct decoder *d, thread_ref t) {
    struct request read = {.role = get8(d)};
    uint8_t flags = get8(d);
    read.early = flags & 1;
    read.latched = flags >> 1 & 1;
    read.waiting = flags >> 2 & 1;
    read.latched_status = (zx_status_t)get32(d);
    expect(d, read.role <= ROLE_ATTACHED && flags < 8, "a request of no known kind");
    if (read.role != ROLE_NONE) get_request_range(d, &read);
    const struct thread *thread = thread_at(d->world, t);
    bool waits = thread->state == ZXP_THREAD_BLOCKED && thread->waits_for == ZXP_WAIT_REQUEST;
    expect(d, waits == (read.role != ROLE_NONE) && waits == read.waiting, "a thread and its request disagree");
    thread_at(d->world, t)->request = read;
}

static void get_progress(struct decoder *d, thread_ref t, unsigned parts) {
    struct call *call = call_at(d, t);
    call->cursor = get64(d);
    for (unsigned i = 0; i < CALL_LOCALS; i++) call->local[i] = get64(d);
    call->fault_at = get64(d);
    call->fault_end = get64(d);
    get_held(d, t);
    uint8_t flags = get8(d);
    expect(d, flags < 4, "a call of no known kind");
    call_at(d, t)->uninterruptible = flags & 1;
    call_at(d, t)->fault_early = flags >> 1 & 1;
    get_buffer(d, t, (parts & ENCODED_CALL_BYTES) != 0);
    if (parts & ENCODED_CALL_TRANSIT) get_transit(d, t);
    get_request(d, t);
}

void get_call(struct decoder *d, thread_ref t) {
    uint16_t op = get16(d);
    bool in_call = thread_in_call(thread_at(d->world, t));
    const zxp_op_info *info = zxp_op_info_of(op);
    if (op == ZXP_OP_NONE) {
        expect(d, !in_call, "a call of no known kind");
        return;
    }
    if (!expect(d, info != NULL && (!in_call || (info->traits & ZXP_TRAIT_BLOCKS)), "a call of no known kind")) return;
    struct call *call = call_at(d, t);
    call->op = op;
    call->rule = get16(d);
    call->status = (zx_status_t)get32(d);
    call->phase = get8(d);
    unsigned values = get8(d), parts = get8(d);
    expect(d, call->rule < RULE_COUNT && parts < 16, "a call of no known kind");
    get_arguments(d, t, info);
    if (fine(d)) get_values(d, t, info, values);
    if (fine(d) && (parts & ENCODED_CALL_LIST)) get_list(d, t);
    if (fine(d) && (parts & ENCODED_CALL_DATA)) get_data(d, t);
    if (fine(d) && in_call) get_progress(d, t, parts);
}
