/*
 * sys_vmar.c - zx_vmar_map, _unmap, _protect, _op_range (chapter 7 section 3).
 *
 * The root VMAR is the only one: it may map everything, is never destroyed and has no sub-regions, so the checks of
 * the chapter that ask for these have no line here (3.1 steps 16, 20, 22, 26; 3.2 steps 4, 6; 3.3 step 7; 3.4 steps
 * 7, 8d). Every VMO has a stream size (3.1 steps 3, 11).
 */
#include "fault.h"
#include "handle.h"
#include "op_handlers.h"
#include "range_op.h"

enum { MAP_VMAR, MAP_OPTIONS, MAP_VMAR_OFFSET, MAP_VMO, MAP_VMO_OFFSET, MAP_LENGTH };
enum { UNMAP_VMAR, UNMAP_ADDRESS, UNMAP_LENGTH };
enum { PROTECT_VMAR, PROTECT_OPTIONS, PROTECT_ADDRESS, PROTECT_LENGTH };
enum { RANGE_VMAR, RANGE_OP, RANGE_ADDRESS, RANGE_LENGTH };

enum {
    CAN_MAP = ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_EXECUTE,
    PLACED = ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE,
    UNKNOWN_OPTIONS = 0x00FF0000,
    ALIGN_SHIFT = 24,
    ALIGN_LEAST = 10,
    ALIGN_MOST = 32
};

/* Rounded up to pages; 0 if it is, or if that does not fit: three of the four calls take both as empty. */
static uint64_t rounded_length(uint64_t length) {
    uint64_t rounded;
    return round_up(length, &rounded) ? rounded : 0;
}

static bool is_inside(const zxp_world *w, vmar_ref v, zx_vaddr_t address, uint64_t length) {
    const struct vmar *vmar = vmar_at(w, v);
    return address >= vmar->base && in_range(address - vmar->base, length, vmar->size);
}

static bool has(uint32_t options, uint32_t bits) { return (options & bits) != 0; }

/* READ_IF_XOM_UNSUPPORTED: the model has no execute-only memory. */
static uint32_t with_xom_read(uint32_t options) {
    return has(options, ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED) ? options | ZX_VM_PERM_READ : options;
}

static bool writes_or_executes_unread(uint32_t options) {
    return has(options, ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE) && !has(options, ZX_VM_PERM_READ);
}

/* The permissions that rights give, and the other way round. */
static uint32_t permissions_of(zx_rights_t rights) {
    return (has(rights, ZX_RIGHT_READ) ? ZX_VM_PERM_READ : 0u) | (has(rights, ZX_RIGHT_WRITE) ? ZX_VM_PERM_WRITE : 0u) |
           (has(rights, ZX_RIGHT_EXECUTE) ? ZX_VM_PERM_EXECUTE : 0u);
}

static zx_rights_t rights_of(uint32_t permissions) {
    return (has(permissions, ZX_VM_PERM_READ) ? ZX_RIGHT_READ : 0u) |
           (has(permissions, ZX_VM_PERM_WRITE) ? ZX_RIGHT_WRITE : 0u) |
           (has(permissions, ZX_VM_PERM_EXECUTE) ? ZX_RIGHT_EXECUTE : 0u);
}

/* ---- zx_vmar_map ---- */

static bool is_bad_alignment(uint32_t options) {
    uint32_t exponent = options >> ALIGN_SHIFT;
    return exponent != 0 && (exponent < ALIGN_LEAST || exponent > ALIGN_MOST);
}

static uint64_t alignment_of(uint32_t options) { return max_u64(PAGE, (uint64_t)1 << (options >> ALIGN_SHIFT)); }

/* Step 27. */
static bool fits_not(const zxp_world *w, vmar_ref v, uint32_t options, uint64_t vmar_offset, uint64_t length) {
    uint64_t size = vmar_at(w, v)->size;
    if (has(options, ZX_VM_OFFSET_IS_UPPER_LIMIT)) return vmar_offset > size || length > size || length > vmar_offset;
    return !in_range(vmar_offset, length, size);
}

static bool is_taken(const zxp_world *w, zx_vaddr_t base, uint64_t length) {
    mapping_ref m = mapping_after(w, base);
    return mapping_is(m) && mapping_at(w, m)->base < base + length;
}

/* The lowest aligned place that is free and ends at or before `end`. */
static bool find_place(const zxp_world *w, vmar_ref v, uint64_t length, uint64_t alignment, zx_vaddr_t end,
                       zx_vaddr_t *base) {
    zx_vaddr_t from = vmar_at(w, v)->base;
    for (;;) {
        mapping_ref m = mapping_after(w, from);
        zx_vaddr_t hole_end = mapping_is(m) ? min_u64(mapping_at(w, m)->base, end) : end;
        *base = from + (alignment - from % alignment) % alignment;
        if (in_range(*base, length, hole_end)) return true;
        if (!mapping_is(m) || mapping_at(w, m)->base >= end) return false;
        from = mapping_at(w, m)->base + mapping_at(w, m)->size;
    }
}

/* Step 29. */
static enum rule_number choose_place(const zxp_world *w, vmar_ref v, uint32_t options, uint64_t vmar_offset,
                                     uint64_t length, zx_vaddr_t *base) {
    const struct vmar *vmar = vmar_at(w, v);
    *base = vmar->base + vmar_offset;
    if (has(options, ZX_VM_SPECIFIC_OVERWRITE)) return RULE_none;
    if (has(options, ZX_VM_SPECIFIC)) return is_taken(w, *base, length) ? RULE_vmar_map_taken : RULE_none;
    zx_vaddr_t end = has(options, ZX_VM_OFFSET_IS_UPPER_LIMIT) ? *base : vmar->base + vmar->size;
    return find_place(w, v, length, alignment_of(options), end, base) ? RULE_none : RULE_vmar_map_full;
}

/* Steps 29 to 31. */
static step map_at(zxp_world *w, thread_ref t, const struct mapping *model, uint32_t options) {
    zx_vaddr_t end = model->base + model->size;
    if (!arena_reserve(w, mapping_remove_bytes(w, model->base, end) + mapping_make_bytes(w))) return no_memory(w, t);
    bool discarded = has(options, ZX_VM_MAP_RANGE) && vmo_at(w, model->vmo)->lock == LOCK_DISCARDED;
    if (discarded) return refuse(w, t, RULE_vmar_map_discarded);
    mapping_remove(w, model->base, end);
    mapping_ref m = mapping_make(w, model, options & PERMISSION_BITS);
    set_value(w, t, 0, model->base);
    if (has(options, ZX_VM_MAP_RANGE) && !mapping_enter(w, m, 0, model->size / PAGE)) {
        mapping_remove(w, model->base, end);
        return no_memory(w, t);
    }
    return accept(w, t, RULE_vmar_map_done);
}

/* What is asked for: steps 6 to 15. `most`: what both handles allow. */
static enum rule_number check_map_options(const zxp_world *w, vmo_ref vmo, uint32_t options, uint32_t most) {
    if (writes_or_executes_unread(options)) return RULE_vmar_map_without_read;
    if (has(options, ZX_VM_MAP_RANGE) && has(options, ZX_VM_SPECIFIC_OVERWRITE))
        return RULE_vmar_map_range_and_overwrite;
    if (has(options, CAN_MAP)) return RULE_vmar_map_can_map;
    if (has(options & PERMISSION_BITS, ~most)) return RULE_vmar_map_permission_denied;
    if (has(options, ZX_VM_FAULT_BEYOND_STREAM_SIZE) && !has(options, ZX_VM_ALLOW_FAULTS))
        return RULE_vmar_map_stream_without_faults;
    if (has(options, UNKNOWN_OPTIONS) || is_bad_alignment(options)) return RULE_vmar_map_bad_option;
    if (has(options, ZX_VM_REQUIRE_NON_RESIZABLE) && vmo_at(w, vmo)->resizable) return RULE_vmar_map_resizable;
    if (!has(options, ZX_VM_ALLOW_FAULTS) && vmo_at(w, vmo)->discardable) return RULE_vmar_map_discardable;
    if (has(options, ZX_VM_COMPACT | ZX_VM_CAN_MAP_SPECIFIC)) return RULE_vmar_map_refused_option;
    return RULE_none;
}

/* Where: steps 17 to 28. *length: rounded up to pages. */
static enum rule_number check_map_place(const zxp_world *w, thread_ref t, vmar_ref vmar, uint32_t options,
                                        uint64_t *length) {
    uint64_t vmar_offset = arg(w, t, MAP_VMAR_OFFSET), vmo_offset = arg(w, t, MAP_VMO_OFFSET);
    bool limited = has(options, ZX_VM_OFFSET_IS_UPPER_LIMIT), placed = has(options, PLACED);
    if (!is_page_aligned(vmo_offset)) return RULE_vmar_map_offset_unaligned;
    if (!round_up(arg(w, t, MAP_LENGTH), length)) return RULE_vmar_map_length_wraps;
    if (wraps(vmo_offset, *length)) return RULE_vmar_map_range_wraps;
    if (*length == 0) return RULE_vmar_map_empty;
    if (limited && placed) return RULE_vmar_map_limit_and_place;
    if (!limited && !placed && vmar_offset != 0) return RULE_vmar_map_offset_unused;
    if (!is_page_aligned(vmar_offset)) return RULE_vmar_map_place_unaligned;
    if (fits_not(w, vmar, options, vmar_offset, *length)) return RULE_vmar_map_outside;
    if (placed && (vmar_at(w, vmar)->base + vmar_offset) % alignment_of(options) != 0) return RULE_vmar_map_misaligned;
    return RULE_none;
}

step op_vmar_map(zxp_world *w, thread_ref t) {
    uint32_t options = with_xom_read(arg32(w, t, MAP_OPTIONS));
    struct mapping model = {.fault_beyond_stream_size = has(options, ZX_VM_FAULT_BEYOND_STREAM_SIZE)};
    vmar_ref vmar;
    enum rule_number refused = handle_to_vmar(w, arg32(w, t, MAP_VMAR), 0, &vmar);
    if (refused != RULE_none) return refuse(w, t, refused);
    refused = handle_to_vmo(w, arg32(w, t, MAP_VMO), 0, &model.vmo);
    if (refused != RULE_none) return refuse(w, t, refused);
    zx_rights_t vmo_rights = handle_rights(w, arg32(w, t, MAP_VMO)),
                vmar_rights = handle_rights(w, arg32(w, t, MAP_VMAR));
    model.max_permissions = (uint8_t)permissions_of(vmo_rights & vmar_rights);
    if (!has(vmo_rights, ZX_RIGHT_MAP)) return refuse(w, t, RULE_vmar_map_no_map_right);
    refused = check_map_options(w, model.vmo, options, model.max_permissions);
    if (refused != RULE_none) return refuse(w, t, refused);
    refused = check_map_place(w, t, vmar, options, &model.size);
    if (refused != RULE_none) return refuse(w, t, refused);
    refused = choose_place(w, vmar, options, arg(w, t, MAP_VMAR_OFFSET), model.size, &model.base);
    if (refused != RULE_none) return refuse(w, t, refused);
    /* The quirk of 3.1: below an upper limit a mapping starts at offset 0 of the VMO, whatever was given. */
    model.vmo_offset = has(options, ZX_VM_OFFSET_IS_UPPER_LIMIT) ? 0 : arg(w, t, MAP_VMO_OFFSET);
    return map_at(w, t, &model, options);
}

/* ---- zx_vmar_unmap ---- */

step op_vmar_unmap(zxp_world *w, thread_ref t) {
    zx_vaddr_t address = arg(w, t, UNMAP_ADDRESS);
    uint64_t length = rounded_length(arg(w, t, UNMAP_LENGTH));
    vmar_ref vmar;
    enum rule_number refused = handle_to_vmar(w, arg32(w, t, UNMAP_VMAR), 0, &vmar);
    if (refused != RULE_none) return refuse(w, t, refused);
    if (!is_page_aligned(address)) return refuse(w, t, RULE_vmar_unmap_unaligned);
    if (length == 0) return refuse(w, t, RULE_vmar_unmap_empty);
    if (!is_inside(w, vmar, address, length)) return refuse(w, t, RULE_vmar_unmap_outside);
    if (!arena_reserve(w, mapping_remove_bytes(w, address, address + length))) return no_memory(w, t);
    mapping_remove(w, address, address + length);
    return accept(w, t, RULE_vmar_unmap_done);
}

/* ---- zx_vmar_protect ---- */

/* Step 9: the walk that validates, from low to high. */
static enum rule_number may_protect(const zxp_world *w, zx_vaddr_t address, zx_vaddr_t end, uint32_t permissions) {
    while (address < end) {
        mapping_ref m = mapping_find(w, address);
        if (!mapping_is(m)) return RULE_vmar_protect_hole;
        if (has(permissions, ~(uint32_t)mapping_at(w, m)->max_permissions)) return RULE_vmar_protect_maximum;
        address = mapping_at(w, m)->base + mapping_at(w, m)->size;
    }
    return RULE_none;
}

step op_vmar_protect(zxp_world *w, thread_ref t) {
    uint32_t options = with_xom_read(arg32(w, t, PROTECT_OPTIONS)), permissions = options & PERMISSION_BITS;
    zx_vaddr_t address = arg(w, t, PROTECT_ADDRESS);
    uint64_t length = rounded_length(arg(w, t, PROTECT_LENGTH));
    vmar_ref vmar;
    enum rule_number refused = handle_to_vmar(w, arg32(w, t, PROTECT_VMAR), rights_of(permissions), &vmar);
    if (refused != RULE_none) return refuse(w, t, refused);
    if (writes_or_executes_unread(options)) return refuse(w, t, RULE_vmar_protect_without_read);
    if (!is_page_aligned(address)) return refuse(w, t, RULE_vmar_protect_unaligned);
    if (has(options, ~(uint32_t)(PERMISSION_BITS | ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED)))
        return refuse(w, t, RULE_vmar_protect_bad_option);
    if (length == 0) return refuse(w, t, RULE_vmar_protect_empty);
    if (!is_inside(w, vmar, address, length)) return refuse(w, t, RULE_vmar_protect_outside);
    refused = may_protect(w, address, address + length, permissions);
    if (refused != RULE_none) return refuse(w, t, refused);
    if (!arena_reserve(w, mapping_protect_bytes(w, address, address + length))) return no_memory(w, t);
    mapping_protect(w, address, address + length, permissions);
    return accept(w, t, RULE_vmar_protect_done);
}

/* ---- zx_vmar_op_range ---- */

/* Over a wait: where the piece in progress begins (before: where
 * the next will), and its place in the VMO that the call holds. */
enum { LOCAL_AT = 4, LOCAL_LENGTH = 5, LOCAL_OFFSET = 6 };
enum { PHASE_CHECKS, PHASE_NEXT_PIECE, PHASE_IN_PIECE };

static bool is_range_op(uint32_t op) {
    return op == ZX_VMAR_OP_COMMIT || op == ZX_VMAR_OP_DECOMMIT || op == ZX_VMAR_OP_MAP_RANGE ||
           op == ZX_VMAR_OP_ZERO || op == ZX_VMAR_OP_DONT_NEED || op == ZX_VMAR_OP_ALWAYS_NEED ||
           op == ZX_VMAR_OP_PREFETCH;
}

static zx_rights_t range_rights(uint32_t op) {
    switch (op) {
    case ZX_VMAR_OP_COMMIT:
    case ZX_VMAR_OP_DECOMMIT:
    case ZX_VMAR_OP_ZERO: return ZX_RIGHT_WRITE;
    case ZX_VMAR_OP_PREFETCH:
    case ZX_VMAR_OP_MAP_RANGE: return ZX_RIGHT_READ;
    default: return 0;
    }
}

/* Of the mapping's maximum: the table. */
static uint32_t range_permission(uint32_t op) {
    return op == ZX_VMAR_OP_MAP_RANGE ? 0 : permissions_of(range_rights(op));
}

static bool enters_translations(uint32_t op) {
    return op == ZX_VMAR_OP_COMMIT || op == ZX_VMAR_OP_MAP_RANGE || op == ZX_VMAR_OP_PREFETCH ||
           op == ZX_VMAR_OP_ALWAYS_NEED;
}

static enum rule_number check_range(const zxp_world *w, thread_ref t) {
    uint32_t op = arg32(w, t, RANGE_OP);
    zx_handle_t handle = arg32(w, t, RANGE_VMAR);
    uint64_t length = rounded_length(arg(w, t, RANGE_LENGTH));
    vmar_ref vmar;
    enum rule_number refused = handle_to_vmar(w, handle, 0, &vmar);
    if (refused != RULE_none) return refused;
    if (!is_range_op(op)) return RULE_vmar_op_unknown;
    if ((handle_rights(w, handle) & range_rights(op)) != range_rights(op)) return RULE_vmar_op_denied;
    if (length == 0 || !is_page_aligned(arg(w, t, RANGE_ADDRESS))) return RULE_vmar_op_empty;
    if (!is_inside(w, vmar, arg(w, t, RANGE_ADDRESS), length)) return RULE_vmar_op_outside;
    return RULE_none;
}

/* Step 8 a, b, and the permission of the table: what is mapped at LOCAL_AT now becomes the piece. */
static enum rule_number begin_piece(zxp_world *w, thread_ref t, zx_vaddr_t end) {
    struct call *call = call_of(w, t);
    zx_vaddr_t at = call->local[LOCAL_AT];
    mapping_ref m = mapping_find(w, at);
    if (!mapping_is(m)) return RULE_vmar_op_hole;
    const struct mapping *mapping = mapping_at(w, m);
    uint64_t length = min_u64(end, mapping->base + mapping->size) - at,
             offset = mapping->vmo_offset + (at - mapping->base);
    uint32_t needed = range_permission(arg32(w, t, RANGE_OP));
    if (mapping->fault_beyond_stream_size && !in_range(offset, length, mapping_limit(w, m)))
        return RULE_vmar_op_beyond_stream;
    if ((mapping->max_permissions & needed) != needed) return RULE_vmar_op_maximum;
    call->local[LOCAL_LENGTH] = length;
    call->local[LOCAL_OFFSET] = offset;
    call->phase = PHASE_IN_PIECE;
    range_begin(w, t);
    hold_vmo(w, t, 0, mapping->vmo);
    return RULE_none;
}

/* The present pages of the piece get translations wherever they are still mapped as they were when it began: what was
 * unmapped or replaced over a wait gets none. False: short of memory. */
static bool enter_piece(zxp_world *w, const struct call *call) {
    zx_vaddr_t begin = call->local[LOCAL_AT], end = begin + call->local[LOCAL_LENGTH];
    uint64_t offset = call->local[LOCAL_OFFSET];
    for (zx_vaddr_t at = begin; at < end;) {
        mapping_ref m = mapping_after(w, at);
        if (!mapping_is(m)) return true;
        const struct mapping mapping = *mapping_at(w, m);
        at = max_u64(at, mapping.base);
        uint64_t first = (at - mapping.base) / PAGE, shown = mapping.vmo_offset + (at - mapping.base),
                 stop = max_u64(at, min_u64(end, mapping.base + mapping.size));
        bool same = vmo_same(mapping.vmo, call->held[0]) && shown == offset + (at - begin);
        if (same && !mapping_enter(w, m, first, (stop - mapping.base) / PAGE)) return false;
        at = stop;
    }
    return true;
}

/* The operation succeeded. False: short of memory. */
static bool end_piece(zxp_world *w, thread_ref t) {
    struct call call = *call_of(w, t);
    bool entered = !enters_translations(arg32(w, t, RANGE_OP)) || enter_piece(w, &call);
    call_of(w, t)->local[LOCAL_AT] += call.local[LOCAL_LENGTH];
    call_of(w, t)->phase = PHASE_NEXT_PIECE;
    return entered;
}

/* MAP_RANGE never asks a pager and allocates nothing; the rest is the VMO's business. */
static enum look work_on_piece(zxp_world *w, thread_ref t) {
    struct call *call = call_of(w, t);
    uint32_t op = arg32(w, t, RANGE_OP);
    vmo_ref vmo = call->held[0];
    if (op != ZX_VMAR_OP_MAP_RANGE)
        return range_op(w, t, vmo, op, call->local[LOCAL_OFFSET], call->local[LOCAL_LENGTH]);
    return vmo_at(w, vmo)->lock == LOCK_DISCARDED ? look_refused(w, t, RULE_vmar_op_discarded) : LOOK_OK;
}

step op_vmar_op_range(zxp_world *w, thread_ref t) {
    zx_vaddr_t end = arg(w, t, RANGE_ADDRESS) + rounded_length(arg(w, t, RANGE_LENGTH));
    enum rule_number refused = call_of(w, t)->phase == PHASE_CHECKS ? check_range(w, t) : RULE_none;
    if (refused != RULE_none) return refuse(w, t, refused);
    if (call_of(w, t)->phase == PHASE_CHECKS) call_of(w, t)->local[LOCAL_AT] = arg(w, t, RANGE_ADDRESS);
    while (call_of(w, t)->phase == PHASE_IN_PIECE || call_of(w, t)->local[LOCAL_AT] < end) {
        if (call_of(w, t)->phase != PHASE_IN_PIECE) refused = begin_piece(w, t, end);
        if (refused != RULE_none) return refuse(w, t, refused);
        switch (work_on_piece(w, t)) {
        case LOOK_OK: break;
        case LOOK_WAIT: return wait_for_request(w, t);
        case LOOK_FAILED: return look_end(w, t, LOOK_FAILED);
        }
        if (!end_piece(w, t)) return no_memory(w, t);
    }
    return accept(w, t, RULE_vmar_op_done);
}
