/*
 * result_view.c - the result of a thread's last call, for those who use the library (zxpager.h).
 *
 * A call keeps its values in the order of ops.def. Two calls have values that
 * depend on what was asked or found: zx_object_get_info (the members of the
 * topic's structure) and zx_port_wait (by the kind of packet); info.h names them.
 */
#include "info.h"
#include "object.h"
#include "thread.h"

/* ---- Names ---- */

static const char *const basic_fields[] = {"koid", "rights", "type", "related_koid", "reserved"};
static const char *const count_fields[] = {"handle_count"};
static const char *const vmar_fields[] = {"base", "len"};
static const char *const vmo_fields[INFO_VMO_FIELDS] = {
    "koid",
    "size_bytes",
    "parent_koid",
    "num_children",
    "num_mappings",
    "share_count",
    "flags",
    "committed_bytes",
    "handle_rights",
    "cache_policy",
    "metadata_bytes",
    "committed_change_events",
    "populated_bytes",
    "committed_private_bytes",
    "populated_private_bytes",
    "committed_scaled_bytes",
    "populated_scaled_bytes",
    "committed_fractional_scaled_bytes",
    "populated_fractional_scaled_bytes",
};
static const char *const page_request_fields[] = {"key", "type", "status", "command", "flags", "offset", "length"};
static const char *const signal_fields[] = {"key", "type", "status", "trigger", "observed", "count", "timestamp"};

/* As many as the topic's record has values; NULL for a topic without a record. */
static const char *const *info_fields(uint32_t topic) {
    switch (topic) {
    case ZX_INFO_HANDLE_BASIC: return basic_fields;
    case ZX_INFO_HANDLE_COUNT: return count_fields;
    case ZX_INFO_VMAR: return vmar_fields;
    case ZX_INFO_VMO_V1:
    case ZX_INFO_VMO_V2:
    case ZX_INFO_VMO_V3:
    case ZX_INFO_VMO: return vmo_fields;
    default: return NULL;
    }
}

static const char *const *packet_fields(uint32_t type) {
    return type == ZX_PKT_TYPE_SIGNAL_ONE ? signal_fields : page_request_fields; /* a user packet has the first three */
}

/* ---- Values ---- */

/* The thread's last call, none if it has made none. */
static const struct call *last_call(const zxp_world *w, uint32_t thread) {
    thread_ref t = thread_by_number(w, thread);
    return thread_is(t) && call_of(w, t)->op != ZXP_OP_NONE ? call_of(w, t) : NULL;
}

static const uint64_t *values_of(const zxp_world *w, const struct call *call) {
    return call->more_values != 0 ? arena_at(w, call->more_values) : call->value;
}

static const char *const *names_of(const zxp_world *w, const struct call *call) {
    if (call->op == ZXP_OP_OBJECT_GET_INFO) return info_fields((uint32_t)call->args[1]);
    if (call->op == ZXP_OP_PORT_WAIT) return packet_fields((uint32_t)values_of(w, call)[1]);
    return zxp_op_info_of(call->op)->fields;
}

size_t zxp_field_count(const zxp_world *world, uint32_t thread) {
    const struct call *call = last_call(world, thread);
    return call == NULL ? 0 : call->values;
}

const char *zxp_field_at(const zxp_world *world, uint32_t thread, size_t i, uint64_t *value) {
    const struct call *call = last_call(world, thread);
    if (call == NULL || i >= call->values) return NULL;
    *value = values_of(world, call)[i];
    return names_of(world, call)[i]; // NOLINT(clang-analyzer-core.uninitialized.UndefReturn): as many names as values
}

bool zxp_field(const zxp_world *world, uint32_t thread, const char *name, uint64_t *value) {
    uint64_t found = 0;
    for (size_t i = 0; i < zxp_field_count(world, thread); i++) {
        if (strcmp(zxp_field_at(world, thread, i, &found), name) != 0) continue;
        *value = found;
        return true;
    }
    return false;
}

/* ---- Lists ---- */

/* The call, if it has ended and is `op`: a list is its input before. */
static const struct call *ended_call(const zxp_world *w, uint32_t thread, uint16_t op) {
    const struct call *call = last_call(w, thread);
    if (call == NULL || call->op != op || call->list == 0) return NULL;
    uint8_t state = thread_at(w, thread_by_number(w, thread))->state;
    return state == ZXP_THREAD_BLOCKED || state == ZXP_THREAD_KILLED ? NULL : call;
}

size_t zxp_range_count(const zxp_world *world, uint32_t thread) {
    const struct call *call = ended_call(world, thread, ZXP_OP_PAGER_QUERY_DIRTY_RANGES);
    return call == NULL ? 0 : call->list_count;
}

bool zxp_range_at(const zxp_world *world, uint32_t thread, size_t i, zxp_dirty_range *range) {
    if (i >= zxp_range_count(world, thread)) return false;
    const struct call *call = last_call(world, thread);
    const zxp_dirty_range *ranges = arena_at(world, call->list);
    *range = ranges[i];
    return true;
}

size_t zxp_observed_count(const zxp_world *world, uint32_t thread) {
    const struct call *call = ended_call(world, thread, ZXP_OP_OBJECT_WAIT_MANY);
    return call == NULL || call->phase != WAIT_ENDED ? 0 : call->list_count;
}

zx_signals_t zxp_observed_at(const zxp_world *world, uint32_t thread, size_t i) {
    if (i >= zxp_observed_count(world, thread)) return ZX_SIGNAL_NONE;
    const struct call *call = last_call(world, thread);
    const zx_signals_t *masks = arena_at(world, call->list);
    return masks[i];
}

/* ---- Names of objects ---- */

static bool returns_name(const struct call *call) {
    if (call->status != ZX_OK) return false;
    if (call->op == ZXP_OP_OBJECT_GET_PROPERTY) return call->args[1] == ZX_PROP_NAME;
    return call->op == ZXP_OP_OBJECT_GET_INFO && info_fields((uint32_t)call->args[1]) == vmo_fields;
}

bool zxp_name(const zxp_world *world, uint32_t thread, char name[32]) {
    const struct call *call = last_call(world, thread);
    if (call == NULL || !returns_name(call)) return false;
    memset(name, 0, ZX_MAX_NAME_LEN);
    if (call->list != 0) memcpy(name, arena_at(world, call->list), ZX_MAX_NAME_LEN);
    return true;
}
