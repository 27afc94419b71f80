/*
 * resolve.c - a record against the world as it is: which handle, which page, which number (codec.h).
 */
#include <string.h>

#include "codec.h"

static const uint64_t page = ZXP_PAGE_SIZE;

/* ---- Which operation ---- */

static bool is_enabled(const struct fuzz_header *header, unsigned op) {
    return (header->enabled[op / 8] >> op % 8 & 1) != 0;
}

static bool any_enabled(const struct fuzz_header *header) {
    uint64_t half[2];
    _Static_assert(sizeof half == sizeof header->enabled, "two halves");
    memcpy(half, header->enabled, sizeof half);
    return (half[0] | half[1]) != 0;
}

static const zxp_op_info *choose_op(const struct fuzz_header *header, uint8_t byte) {
    bool swarm = any_enabled(header);
    const zxp_op_info *exact = zxp_op_info_of(byte);
    if (exact != NULL && (!swarm || is_enabled(header, byte))) return exact;
    size_t rows = zxp_op_count();
    const zxp_op_info *any = zxp_op_at(byte % rows);
    for (size_t i = 0; i < rows; i++) {
        const zxp_op_info *op = zxp_op_at((byte + i) % rows);
        if (!swarm || is_enabled(header, op->number)) return op;
    }
    return any; /* the swarm has switched on numbers that are no operations */
}

/* ---- What exists ---- */

static zx_obj_type_t type_wanted(zxp_param_kind kind) {
    switch (kind) {
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_PAGER_VMO: return ZX_OBJ_TYPE_VMO;
    case ZXP_PARAM_PAGER: return ZX_OBJ_TYPE_PAGER;
    case ZXP_PARAM_PORT: return ZX_OBJ_TYPE_PORT;
    case ZXP_PARAM_VMAR: return ZX_OBJ_TYPE_VMAR;
    case ZXP_PARAM_EVENT: return ZX_OBJ_TYPE_EVENT;
    default: return ZX_OBJ_TYPE_NONE;
    }
}

static bool fits(const zxp_world *world, const zxp_handle_view *view, zxp_param_kind kind) {
    zx_obj_type_t type = type_wanted(kind);
    if (type != ZX_OBJ_TYPE_NONE && view->type != type) return false;
    if (kind != ZXP_PARAM_PAGER_VMO) return true;
    zxp_object_view object;
    return zxp_object_get(world, view->koid, &object) && object.pager_root;
}

/* The n-th handle (modulo their number) that fits; 0 if there is none. */
static zx_handle_t nth_handle(const zxp_world *world, unsigned n, zxp_param_kind kind) {
    zx_handle_t found[64];
    unsigned count = 0;
    zxp_handle_view view;
    for (zx_handle_t at = ZX_HANDLE_INVALID; count < 64 && zxp_handle_next(world, at, &view); at = view.handle) {
        if (!fits(world, &view, kind)) continue;
        if (count == n) return view.handle;
        found[count++] = view.handle;
    }
    return count == 0 ? ZX_HANDLE_INVALID : found[n % count];
}

static zx_koid_t nth_vmo(const zxp_world *world, unsigned n) {
    zx_koid_t found[64];
    unsigned count = 0;
    zxp_object_view view = {0};
    for (zx_koid_t at = 0; count < 64 && zxp_object_next(world, at, &view); at = view.koid) {
        if (view.type == ZX_OBJ_TYPE_VMO) found[count++] = view.koid;
    }
    return count == 0 ? 0 : found[n % count];
}

static uint64_t nth_address(const zxp_world *world, unsigned value) {
    zxp_mapping_view view = {0};
    size_t count = 0;
    while (zxp_mapping_after(world, view.base + view.size, &view)) count++;
    if (count == 0 || !zxp_mapping_at(world, value % count, &view)) return zxp_root_vmar_base(world);
    uint64_t step = value / count;
    return view.base + step % 16 * page + (step / 16) % 4096 * 8;
}

static bool nth_request(const zxp_world *world, unsigned n, zxp_request_view *view) {
    size_t count = 0;
    while (zxp_request_at(world, count, view)) count++;
    return count != 0 && zxp_request_at(world, n % count, view);
}

/* ---- One argument ---- */

static const uint64_t boundaries[] = {0,
                                      1,
                                      2,
                                      3,
                                      4095,
                                      4096,
                                      4097,
                                      8191,
                                      8192,
                                      8193,
                                      65535,
                                      65536,
                                      (uint64_t)1 << 31,
                                      ((uint64_t)1 << 32) - 1,
                                      (uint64_t)1 << 32,
                                      ((uint64_t)1 << 63) - 1,
                                      (uint64_t)1 << 63,
                                      ZXP_MAX_VMO_SIZE - 4096,
                                      ZXP_MAX_VMO_SIZE,
                                      ZXP_MAX_VMO_SIZE + 1,
                                      ZXP_MAX_VMO_SIZE + 4096,
                                      0xFFFFFFFFFFFF0000,
                                      UINT64_MAX - 4096,
                                      UINT64_MAX - 4095,
                                      UINT64_MAX - 1,
                                      UINT64_MAX};

static const uint32_t topics[] = {ZX_INFO_VMO, ZX_INFO_HANDLE_BASIC, ZX_INFO_HANDLE_COUNT, ZX_INFO_VMAR,
                                  ZX_INFO_HANDLE_VALID};
static const zx_status_t failures[] = {
    ZX_ERR_IO, ZX_ERR_IO_DATA_INTEGRITY, ZX_ERR_BAD_STATE, ZX_ERR_NO_SPACE, ZX_ERR_BUFFER_TOO_SMALL, ZX_ERR_NO_MEMORY,
    ZX_OK};

/* The state of resolving one record. */
struct resolving {
    const struct fuzz_program *program;
    const zxp_world *world;
    const zxp_op_info *op;
    const zxp_op_call *call;
    unsigned resolved; /* parameters whose arguments stand in the call */
};

/* The size of the VMO that `argument` names. False: it names none. */
static bool size_of_named(const zxp_world *world, const zxp_param_info *param, uint64_t argument, uint64_t *size) {
    zxp_object_view view;
    bool by_handle = type_wanted(param->kind) == ZX_OBJ_TYPE_VMO;
    if (!by_handle && param->kind != ZXP_PARAM_VMO_OBJECT) return false;
    zx_koid_t koid = by_handle ? zxp_koid_of(world, (zx_handle_t)argument) : argument;
    if (!zxp_object_get(world, koid, &view) || view.type != ZX_OBJ_TYPE_VMO) return false;
    *size = view.size;
    return true;
}

/* Of the VMO named last; 0 if there is none. */
static uint64_t vmo_size(const struct resolving *r) {
    uint64_t size = 0;
    for (unsigned i = r->resolved; i > 0; i--) {
        if (size_of_named(r->world, &r->op->params[i - 1], r->call->args[i - 1], &size)) break;
    }
    return size;
}

static uint64_t natural(const struct resolving *r, const zxp_param_info *param, unsigned value) {
    switch (param->kind) {
    case ZXP_PARAM_HANDLE:
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_PAGER_VMO:
    case ZXP_PARAM_PAGER:
    case ZXP_PARAM_PORT:
    case ZXP_PARAM_VMAR:
    case ZXP_PARAM_EVENT: return nth_handle(r->world, value, param->kind);
    case ZXP_PARAM_OFFSET:
    case ZXP_PARAM_LENGTH: return value % 16 * page;
    case ZXP_PARAM_SPAN: return (value % 8 + (param->name[0] != 'v')) * page; /* vmar_offset is 0 in normal use */
    case ZXP_PARAM_BYTES_AT:
    case ZXP_PARAM_BYTE_COUNT: return value < 0xC000 ? value % 16 * page : value % 0x4000;
    case ZXP_PARAM_ADDRESS: return nth_address(r->world, value);
    case ZXP_PARAM_SIZE: return value < 0xC000 ? value % 12 * page : value % 0x4000;
    case ZXP_PARAM_RIGHTS: return value < 0x8000 ? ZX_RIGHT_SAME_RIGHTS : (uint64_t)(value & 0x7FFF) << 2 | 3;
    case ZXP_PARAM_SIGNALS: return (value & 1 ? 8u : 0u) | (uint64_t)(value >> 8) << 24;
    case ZXP_PARAM_DEADLINE: return value % 4 == 0 ? 0 : value % 4 == 1 ? (uint64_t)ZX_TIME_INFINITE : value;
    case ZXP_PARAM_STATUS: return (uint64_t)(int64_t)failures[value % (sizeof failures / sizeof failures[0])];
    case ZXP_PARAM_DATA:
        return value % 8 < 3 ? value % 8 % 2
                             : (uint64_t)(int64_t)failures[value / 8 % (sizeof failures / sizeof failures[0])];
    case ZXP_PARAM_OPERATION: return value % 16;
    case ZXP_PARAM_TOPIC: return topics[value % (sizeof topics / sizeof topics[0])];
    case ZXP_PARAM_PROPERTY: return value % 2 ? ZX_PROP_VMO_CONTENT_SIZE : ZX_PROP_NAME;
    case ZXP_PARAM_VMO_OBJECT: return nth_vmo(r->world, value);
    case ZXP_PARAM_THREAD: return value % zxp_thread_count(r->world);
    default: return value;
    }
}

static uint64_t from_request(const struct resolving *r, const zxp_param_info *param, unsigned value) {
    zxp_request_view view;
    if (!nth_request(r->world, value, &view)) return natural(r, param, value);
    bool is_length =
        param->kind == ZXP_PARAM_LENGTH || param->kind == ZXP_PARAM_BYTE_COUNT || param->kind == ZXP_PARAM_SIZE;
    return is_length ? view.length : view.offset;
}

static uint64_t resolve_argument(const struct resolving *r, const zxp_param_info *param, unsigned mode,
                                 uint16_t value) {
    switch ((enum fuzz_mode)(mode % FUZZ_MODES)) {
    case MODE_NUMBER: return value;
    case MODE_PAGES: return value * page;
    case MODE_END: return vmo_size(r) + (uint64_t)(int64_t)(int16_t)value * page;
    case MODE_END_BYTES: return vmo_size(r) + (uint64_t)(int64_t)(int16_t)value;
    case MODE_REQUEST: return from_request(r, param, value);
    case MODE_BOUNDARY: return boundaries[value % (sizeof boundaries / sizeof boundaries[0])];
    case MODE_NEGATIVE: return (uint64_t)0 - value;
    case MODE_SHIFTED: return (uint64_t)(value & 0xFF) << (value >> 8) % 64;
    case MODE_ANY:
        return type_wanted(param->kind) != ZX_OBJ_TYPE_NONE ? nth_handle(r->world, value, ZXP_PARAM_HANDLE) : value;
    case MODE_POOL: return value < r->program->header.pool_words ? r->program->pool[value] : value;
    default: return natural(r, param, value);
    }
}

/* ---- Buffers and lists ---- */

static void resolve_buffer(const struct resolving *r, const struct fuzz_record *record, uint64_t argument,
                           uint16_t value, struct fuzz_scratch *scratch, zxp_op_call *call) {
    zxp_buffer *buffer = &call->buffer;
    buffer->kind = (zxp_buffer_kind)(record->buffer % 5);
    switch (buffer->kind) {
    case ZXP_BUFFER_NONE: buffer->kind = ZXP_BUFFER_FILL; /* there must be one */ /* fall through */
    case ZXP_BUFFER_FILL: buffer->fill = (uint8_t)argument; break;
    case ZXP_BUFFER_LETTERS: buffer->phase = (uint8_t)(argument % 26); break;
    case ZXP_BUFFER_USER: buffer->address = argument; break;
    case ZXP_BUFFER_BYTES: {
        /* bytes of the pool from word `value` (low byte), as many as there are: their number is the length of the call
         */
        unsigned first = value & 0xFF, words = r->program->header.pool_words;
        size_t length = first < words ? 8u * (words - first) : 0;
        size_t wanted = value >> 8 == 0 ? length : (size_t)(value >> 8);
        if (wanted < length) length = wanted;
        for (size_t i = 0; i < length; i++)
            scratch->bytes[i] = (uint8_t)(r->program->pool[first + i / 8] >> 8 * (i % 8));
        buffer->bytes = scratch->bytes;
        buffer->length = length;
        break;
    }
    }
}

/* value: low nibble how many, the rest where: in the pool (MODE_POOL), else the handles from the n-th on. */
static void resolve_list(const struct resolving *r, const zxp_param_info *param, unsigned mode, uint16_t value,
                         struct fuzz_scratch *scratch, zxp_op_call *call) {
    unsigned count = value & 15, from = value >> 4;
    for (unsigned i = 0; i < count; i++) {
        uint64_t word = nth_handle(r->world, from + i, ZXP_PARAM_HANDLE) | (uint64_t)8 << 32;
        if (mode % FUZZ_MODES == MODE_POOL && from + i < r->program->header.pool_words)
            word = r->program->pool[from + i];
        scratch->handles[i] = (zx_handle_t)word;
        scratch->items[i] = (zxp_wait_item){(zx_handle_t)word, (zx_signals_t)(word >> 32)};
    }
    call->count = count;
    if (param->kind == ZXP_PARAM_HANDLES) call->handles = scratch->handles;
    if (param->kind == ZXP_PARAM_WAIT_ITEMS) call->items = scratch->items;
}

static bool has_length_of_bytes(const zxp_op_call *call, const zxp_param_info *param) {
    return call->buffer.kind == ZXP_BUFFER_BYTES && param->kind == ZXP_PARAM_BYTE_COUNT;
}

/* Reads may copy to user memory: said by the buffer byte, with the address in the slot behind the last parameter. */
static void resolve_destination(const struct resolving *r, const struct fuzz_record *record, const zxp_op_info *op,
                                zxp_op_call *call) {
    if (record->buffer % 5 != ZXP_BUFFER_USER) return;
    static const zxp_param_info address = {"address", "zx_vaddr_t", ZXP_PARAM_ADDRESS, 64};
    unsigned slot = op->param_count;
    call->buffer.kind = ZXP_BUFFER_USER;
    call->buffer.address = resolve_argument(r, &address, record->param[slot].mode, record->param[slot].value);
}

void fuzz_resolve(const struct fuzz_program *program, uint32_t index, const zxp_world *world,
                  struct fuzz_scratch *scratch, zxp_op_call *call) {
    const struct fuzz_record *record = &program->record[index];
    const zxp_op_info *op = choose_op(&program->header, record->op);
    struct resolving r = {program, world, op, call, 0};
    *call = (zxp_op_call){.op = op->number, .thread = record->thread % zxp_thread_count(world)};
    for (unsigned i = 0; i < op->param_count; i++) {
        const zxp_param_info *param = &op->params[i];
        unsigned mode = record->param[i].mode;
        uint16_t value = record->param[i].value;
        r.resolved = i;
        if (param->kind == ZXP_PARAM_HANDLES || param->kind == ZXP_PARAM_WAIT_ITEMS) {
            resolve_list(&r, param, mode, value, scratch, call);
            continue;
        }
        uint64_t argument = resolve_argument(&r, param, mode, value);
        if (param->kind == ZXP_PARAM_BUFFER) {
            resolve_buffer(&r, record, argument, value, scratch, call);
            continue;
        }
        call->args[i] = has_length_of_bytes(call, param) ? call->buffer.length : argument;
    }
    r.resolved = op->param_count;
    if (op->number == ZXP_OP_VMO_READ || op->number == ZXP_OP_PAGER_QUERY_DIRTY_RANGES)
        resolve_destination(&r, record, op, call);
}
