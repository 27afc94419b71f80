/*
 * sys_object.c - zx_object_get_info, zx_object_get_property, zx_object_set_property (chapter 1 sections 9 and 10).
 */
#include "account.h"
#include "content.h"
#include "handle.h"
#include "info.h"
#include "op_handlers.h"
#include "sys_vmo.h"

/* ---- zx_object_get_info: section 9 ---- */

/* Topics of objects that the model does not have: a bit for each number, by version. */
static const uint64_t other_topics[] = {
    [0] = UINT64_C(0x000001EFFF77FF10), /* 4 8-18 20-22 24-35 37-40 */
    [1] = UINT64_C(0x0000000040027808), /* 3 11-14 17 30 */
    [2] = UINT64_C(0x0000000000006000), /* 13 14 */
    [3] = UINT64_C(0x0000000000004000), /* 14 */
};

static bool is_other_topic(uint32_t topic) {
    uint32_t version = topic >> 28, number = topic & 0x0FFFFFFF;
    if (version >= sizeof other_topics / sizeof other_topics[0] || number >= 64) return false;
    return (other_topics[version] >> number & 1) != 0;
}

static step info_other(zxp_world *w, thread_ref t) {
    if (handle_slot_of(w, arg32(w, t, 0)) == NULL) return refuse(w, t, RULE_handle_bad);
    return refuse(w, t, RULE_info_topic_of_other_type);
}

static step info_handle_valid(zxp_world *w, thread_ref t) {
    if (handle_slot_of(w, arg32(w, t, 0)) == NULL) return refuse(w, t, RULE_handle_bad);
    return accept(w, t, RULE_info_handle_valid);
}

static step give(zxp_world *w, thread_ref t, const uint64_t *values, unsigned count) {
    if (!arena_reserve(w, values_bytes(count))) return no_memory(w, t);
    set_values(w, t, values, count);
    return accept(w, t, RULE_info_given);
}

/* Section 9.2: no right is needed */
static step info_handle_basic(zxp_world *w, thread_ref t) {
    object_ref o;
    enum rule_number refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_NONE, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    const struct object *object = object_at(w, o);
    const uint64_t values[] = {object->koid, handle_rights(w, arg32(w, t, 0)), object->type, ZX_KOID_INVALID, 0};
    return give(w, t, values, 5);
}

/* Section 9.3 */
static step info_handle_count(zxp_world *w, thread_ref t) {
    object_ref o;
    enum rule_number refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_INSPECT, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    const uint64_t values[] = {object_at(w, o)->handle_count};
    return give(w, t, values, 1);
}

static step info_vmar(zxp_world *w, thread_ref t) {
    vmar_ref vmar;
    enum rule_number refusal = handle_to_vmar(w, arg32(w, t, 0), ZX_RIGHT_INSPECT, &vmar);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    const uint64_t values[] = {vmar_at(w, vmar)->base, vmar_at(w, vmar)->size};
    return give(w, t, values, 2);
}

static step info_vmar_maps(zxp_world *w, thread_ref t) {
    vmar_ref vmar;
    enum rule_number refusal = handle_to_vmar(w, arg32(w, t, 0), ZX_RIGHT_INSPECT, &vmar);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    return refuse(w, t, RULE_info_no_maps);
}

/* Section 9.4 */
static uint32_t vmo_flags(const zxp_world *w, vmo_ref v) {
    const struct vmo *vmo = vmo_at(w, v);
    uint32_t flags = ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE;
    if (vmo->resizable) flags |= ZX_INFO_VMO_RESIZABLE;
    if (vmo->kind == ZXP_VMO_CLONE && vmo_is(vmo->parent)) flags |= ZX_INFO_VMO_IS_COW_CLONE;
    if (node_at(w, vmo->node)->in_pager_tree) flags |= ZX_INFO_VMO_PAGER_BACKED;
    if (vmo->discardable) flags |= ZX_INFO_VMO_DISCARDABLE;
    if (vmo->immutable) flags |= ZX_INFO_VMO_IMMUTABLE;
    return flags;
}

static void vmo_record(const zxp_world *w, vmo_ref v, zx_rights_t rights, uint64_t values[INFO_VMO_FIELDS]) {
    const struct vmo *vmo = vmo_at(w, v);
    struct attribution a = vmo_attribution(w, v);
    const uint64_t record[INFO_VMO_FIELDS] = {
        vmo->object.koid,
        vmo_size(w, v),
        vmo_is(vmo->parent) ? vmo_at(w, vmo->parent)->object.koid : ZX_KOID_INVALID,
        vmo->children,
        vmo->mappings,
        1, /* share_count: there is one address space */
        vmo_flags(w, v),
        a.committed,
        rights,
        vmo->cache_policy,
        0, /* metadata_bytes: out of the model */
        node_at(w, vmo->node)->reclaim_events,
        a.committed, /* populated: there is no compression */
        a.private_bytes,
        a.private_bytes,
        a.scaled,
        a.scaled,
        a.scaled_fraction,
        a.scaled_fraction,
    };
    memcpy(values, record, sizeof record);
}

/* The name is kept as the call's list, if it is not empty. Reserved before. */
static void give_name(zxp_world *w, thread_ref t, vmo_ref v) {
    if (vmo_at(w, v)->name == 0) return;
    uint32_t block = arena_alloc(w, ZX_MAX_NAME_LEN);
    memcpy(arena_at(w, block), arena_at(w, vmo_at(w, v)->name), ZX_MAX_NAME_LEN);
    struct call *call = call_of(w, t);
    call->list = block;
    call->list_bytes = ZX_MAX_NAME_LEN;
}

static step info_vmo(zxp_world *w, thread_ref t, unsigned fields) {
    uint64_t values[INFO_VMO_FIELDS];
    vmo_ref v;
    enum rule_number refusal = handle_to_vmo(w, arg32(w, t, 0), ZX_RIGHT_NONE, &v);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    if (!arena_reserve(w, values_bytes(fields) + arena_size(ZX_MAX_NAME_LEN))) return no_memory(w, t);
    vmo_record(w, v, handle_rights(w, arg32(w, t, 0)), values);
    set_values(w, t, values, fields);
    give_name(w, t, v);
    return accept(w, t, RULE_info_given);
}

step op_object_get_info(zxp_world *w, thread_ref t) {
    uint32_t topic = arg32(w, t, 1);
    switch (topic) {
    case ZX_INFO_HANDLE_VALID: return info_handle_valid(w, t);
    case ZX_INFO_HANDLE_BASIC: return info_handle_basic(w, t);
    case ZX_INFO_HANDLE_COUNT: return info_handle_count(w, t);
    case ZX_INFO_VMAR: return info_vmar(w, t);
    case ZX_INFO_VMAR_MAPS: return info_vmar_maps(w, t);
    case ZX_INFO_VMO_V1: return info_vmo(w, t, INFO_VMO_V1_FIELDS);
    case ZX_INFO_VMO_V2: return info_vmo(w, t, INFO_VMO_V2_FIELDS);
    case ZX_INFO_VMO_V3: return info_vmo(w, t, INFO_VMO_V3_FIELDS);
    case ZX_INFO_VMO: return info_vmo(w, t, INFO_VMO_FIELDS);
    default: break;
    }
    if (is_other_topic(topic)) return info_other(w, t);
    return refuse(w, t, RULE_info_topic_unknown);
}

/* ---- zx_object_get_property: section 10.1 ---- */

static bool is_vmo(const zxp_world *w, object_ref o) { return object_at(w, o)->type == ZX_OBJ_TYPE_VMO; }

static step get_name(zxp_world *w, thread_ref t, object_ref o) {
    if (!is_vmo(w, o)) return refuse(w, t, RULE_property_no_name);
    if (!arena_reserve(w, arena_size(ZX_MAX_NAME_LEN))) return no_memory(w, t);
    give_name(w, t, vmo_of_object(o));
    return accept(w, t, RULE_property_given);
}

static step get_content_size(zxp_world *w, thread_ref t, object_ref o) {
    if (!is_vmo(w, o)) return refuse(w, t, RULE_property_not_vmo);
    set_value(w, t, 0, stream_at(w, vmo_at(w, vmo_of_object(o))->stream)->size);
    return accept(w, t, RULE_property_given);
}

step op_object_get_property(zxp_world *w, thread_ref t) {
    object_ref o;
    enum rule_number refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_GET_PROPERTY, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    switch (arg32(w, t, 1)) {
    case ZX_PROP_NAME: return get_name(w, t, o);
    case ZX_PROP_VMO_CONTENT_SIZE: return get_content_size(w, t, o);
    case ZX_PROP_PROCESS_DEBUG_ADDR:
    case ZX_PROP_PROCESS_VDSO_BASE_ADDRESS:
    case ZX_PROP_PROCESS_BREAK_ON_LOAD:
    case ZX_PROP_SOCKET_RX_THRESHOLD:
    case ZX_PROP_SOCKET_TX_THRESHOLD:
    case ZX_PROP_EXCEPTION_STATE:
    case ZX_PROP_EXCEPTION_STRATEGY:
    case ZX_PROP_STREAM_MODE_APPEND: return refuse(w, t, RULE_property_of_other_type);
    default: return refuse(w, t, RULE_property_unknown);
    }
}

/* ---- zx_object_set_property: section 10.2 ---- */

/* The call's bytes: at most 31 of them, up to the first NUL, zero padded. No bytes: the empty name. */
static void name_of_value(const zxp_world *w, thread_ref t, char name[ZX_MAX_NAME_LEN]) {
    const struct buffer *buffer = &call_of(w, t)->buffer;
    uint8_t bytes[ZX_MAX_NAME_LEN - 1];
    uint32_t length = buffer->kind == ZXP_BUFFER_BYTES ? (uint32_t)min_u64(buffer->length, sizeof bytes) : 0;
    buffer_copy(w, t, 0, length, bytes);
    memset(name, 0, ZX_MAX_NAME_LEN);
    for (uint32_t i = 0; i < length && bytes[i] != 0; i++) name[i] = (char)bytes[i];
}

static step set_name(zxp_world *w, thread_ref t, object_ref o) {
    if (!is_vmo(w, o)) return refuse(w, t, RULE_property_no_name);
    vmo_ref v = vmo_of_object(o);
    char name[ZX_MAX_NAME_LEN];
    name_of_value(w, t, name);
    bool empty = name[0] == 0, had_one = vmo_at(w, v)->name != 0;
    if (!empty && !had_one && !arena_reserve(w, arena_size(ZX_MAX_NAME_LEN))) return no_memory(w, t);
    if (empty && had_one) {
        arena_free(w, vmo_at(w, v)->name, ZX_MAX_NAME_LEN);
        vmo_at(w, v)->name = 0;
    } else if (!empty) {
        uint32_t block = had_one ? vmo_at(w, v)->name : arena_alloc(w, ZX_MAX_NAME_LEN);
        memcpy(arena_at(w, block), name, ZX_MAX_NAME_LEN);
        vmo_at(w, v)->name = block;
    }
    return accept(w, t, RULE_property_name_set);
}

/* Then as zx_vmo_set_stream_size, to which every wake leads back: the call holds the VMO from here on. In the old
 * profiles only a number (chapter 9 section 3). */
static step set_content_size(zxp_world *w, thread_ref t, object_ref o) {
    uint64_t size = arg(w, t, 2);
    if ((handle_rights(w, arg32(w, t, 0)) & ZX_RIGHT_WRITE) == 0) return refuse(w, t, RULE_property_no_write);
    if (!is_vmo(w, o)) return refuse(w, t, RULE_property_not_vmo);
    if (profile_is(w, ZXP_PROFILE_HEAD)) {
        hold_vmo(w, t, 0, vmo_of_object(o));
        return vmo_set_stream_size_from(w, t, vmo_of_object(o), size);
    }
    if (size > vmo_size(w, vmo_of_object(o))) return refuse(w, t, RULE_vmo_stream_beyond);
    stream_at(w, vmo_at(w, vmo_of_object(o))->stream)->size = size;
    return accept(w, t, RULE_property_content_size_set);
}

step op_object_set_property(zxp_world *w, thread_ref t) {
    vmo_ref held = call_of(w, t)->held[0];
    if (vmo_is(held)) return vmo_set_stream_size_from(w, t, held, arg(w, t, 2));
    object_ref o;
    enum rule_number refusal = handle_look_up(w, arg32(w, t, 0), ZX_OBJ_TYPE_NONE, ZX_RIGHT_SET_PROPERTY, &o);
    if (refusal != RULE_none) return refuse(w, t, refusal);
    switch (arg32(w, t, 1)) {
    case ZX_PROP_NAME: return set_name(w, t, o);
    case ZX_PROP_VMO_CONTENT_SIZE: return set_content_size(w, t, o);
    case ZX_PROP_PROCESS_DEBUG_ADDR:
    case ZX_PROP_PROCESS_BREAK_ON_LOAD:
    case ZX_PROP_SOCKET_RX_THRESHOLD:
    case ZX_PROP_SOCKET_TX_THRESHOLD:
    case ZX_PROP_JOB_KILL_ON_OOM:
    case ZX_PROP_EXCEPTION_STATE:
    case ZX_PROP_EXCEPTION_STRATEGY:
    case ZX_PROP_STREAM_MODE_APPEND: return refuse(w, t, RULE_property_of_other_type);
    default: return refuse(w, t, RULE_property_unknown);
    }
}
