/*
 * info.c - zx_object_get_info, properties, accounting (chapter 1 sections 9, 10; chapter 6 section 10).
 */
#include <string.h>

#include "state.h"

/* Chapter 6 section 10.3. */
account_t orc_account(const oracle *o, int object) {
    const object_t *v = &o->object[object];
    account_t a = {0, 0, 0, 0};
    if (v->kind == ZXP_VMO_SLICE || v->kind == ZXP_VMO_REFERENCE) {
        return a;
    }
    const node_t *n = &o->node[v->node];
    const uint64_t one = UINT64_C(1) << 63;
    for (unsigned i = 0; i < n->entries; i++) {
        if (n->entry[i].frame < 0 || n->entry[i].page >= n->pages) {
            continue;
        }
        uint64_t owners = o->frame[n->entry[i].frame].shares;
        a.committed += PAGE;
        a.private_bytes += owners == 1 ? PAGE : 0;
        a.scaled += PAGE / owners;
        a.fraction += owners == 1 ? 0 : (one / owners) * (PAGE % owners);
        if (a.fraction >= one) {
            a.fraction -= one;
            a.scaled++;
        }
    }
    return a;
}

static uint32_t vmo_flags(const oracle *o, int object) {
    const object_t *v = &o->object[object];
    const node_t *n = &o->node[v->node];
    uint32_t flags = ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE;
    flags |= v->resizable ? ZX_INFO_VMO_RESIZABLE : 0;
    flags |= v->kind == ZXP_VMO_CLONE && v->parent >= 0 ? ZX_INFO_VMO_IS_COW_CLONE : 0;
    flags |= n->tracked_tree ? ZX_INFO_VMO_PAGER_BACKED : 0;
    flags |= n->discardable ? ZX_INFO_VMO_DISCARDABLE : 0;
    flags |= v->immutable ? ZX_INFO_VMO_IMMUTABLE : 0;
    return flags;
}

/* Chapter 1 section 9.4; version 1 to 4. */
static void vmo_info(oracle *o, int t, int object, int version) {
    const object_t *v = &o->object[object];
    account_t a = orc_account(o, object);
    orc_add_field(o, t, "koid", v->koid);
    orc_add_field(o, t, "size_bytes", orc_vmo_bytes(o, object));
    orc_add_field(o, t, "parent_koid", v->parent >= 0 ? o->object[v->parent].koid : 0);
    orc_add_field(o, t, "num_children", orc_child_count(o, object));
    orc_add_field(o, t, "num_mappings", v->mappings);
    orc_add_field(o, t, "share_count", 1);
    orc_add_field(o, t, "flags", vmo_flags(o, object));
    orc_add_field(o, t, "committed_bytes", a.committed);
    orc_add_field(o, t, "handle_rights", orc_handle_rights(o, (uint32_t)o->thread[t].a[0]));
    orc_add_field(o, t, "cache_policy", v->cache_policy);
    if (version >= 2) {
        orc_add_field(o, t, "metadata_bytes", 0);
        orc_add_field(o, t, "committed_change_events", o->node[v->node].events);
    }
    if (version >= 3) {
        orc_add_field(o, t, "populated_bytes", a.committed);
    }
    if (version >= 4) {
        orc_add_field(o, t, "committed_private_bytes", a.private_bytes);
        orc_add_field(o, t, "populated_private_bytes", a.private_bytes);
        orc_add_field(o, t, "committed_scaled_bytes", a.scaled);
        orc_add_field(o, t, "populated_scaled_bytes", a.scaled);
        orc_add_field(o, t, "committed_fractional_scaled_bytes", a.fraction);
        orc_add_field(o, t, "populated_fractional_scaled_bytes", a.fraction);
    }
}

/* Chapter 1 section 9.1: topics of kinds of objects that the model has not. */
static bool foreign_topic(uint32_t topic) {
    static const uint32_t known[] = {4,          8,          9,          10,         15,         16,         18,
                                     20,         21,         22,         24,         25,         26,         27,
                                     28,         29,         31,         32,         33,         34,         35,
                                     37,         38,         39,         40,         11,         12,         13,
                                     14,         17,         30,         0x10000003, 0x1000000B, 0x1000000C, 0x1000000D,
                                     0x2000000D, 0x1000000E, 0x2000000E, 0x3000000E, 0x10000011, 0x1000001E};
    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] == topic) {
            return true;
        }
    }
    return false;
}

zx_status_t orc_op_object_get_info(oracle *o, int t) {
    uint32_t value = (uint32_t)o->thread[t].a[0];
    uint32_t topic = (uint32_t)o->thread[t].a[1];
    bool vmo = topic == ZX_INFO_VMO_V1 || topic == ZX_INFO_VMO_V2 || topic == ZX_INFO_VMO_V3 || topic == ZX_INFO_VMO;
    bool vmar = topic == ZX_INFO_VMAR || topic == ZX_INFO_VMAR_MAPS;
    bool any = topic == ZX_INFO_HANDLE_VALID || topic == ZX_INFO_HANDLE_BASIC || topic == ZX_INFO_HANDLE_COUNT;
    int object;
    if (!vmo && !vmar && !any && !foreign_topic(topic)) {
        return orc_rule(o, t, "1 section 9.1 step 1: unknown topic", ZX_ERR_NOT_SUPPORTED);
    }
    int type = (int)(vmo ? ZX_OBJ_TYPE_VMO : vmar ? ZX_OBJ_TYPE_VMAR : any ? 0 : ZX_OBJ_TYPE_PROCESS);
    zx_rights_t rights = vmar || topic == ZX_INFO_HANDLE_COUNT ? ZX_RIGHT_INSPECT : 0;
    zx_status_t status = orc_handle_get(o, t, value, type, rights, &object);
    if (status != ZX_OK) {
        return status;
    }
    const object_t *x = &o->object[object];
    if (vmo) {
        vmo_info(o, t, object,
                 topic == ZX_INFO_VMO_V1   ? 1
                 : topic == ZX_INFO_VMO_V2 ? 2
                 : topic == ZX_INFO_VMO_V3 ? 3
                                           : 4);
    } else if (topic == ZX_INFO_VMAR) {
        orc_add_field(o, t, "base", ROOT_BASE);
        orc_add_field(o, t, "len", ROOT_END - ROOT_BASE);
    } else if (topic == ZX_INFO_VMAR_MAPS) {
        return orc_rule(o, t, "1 section 9.1: out of the model", ZX_ERR_NOT_SUPPORTED);
    } else if (topic == ZX_INFO_HANDLE_BASIC) {
        orc_add_field(o, t, "koid", x->koid);
        orc_add_field(o, t, "rights", orc_handle_rights(o, value));
        orc_add_field(o, t, "type", x->type);
        orc_add_field(o, t, "related_koid", 0);
    } else if (topic == ZX_INFO_HANDLE_COUNT) {
        orc_add_field(o, t, "handle_count", x->handles);
    }
    return ZX_OK;
}

/* Chapter 1 section 10.1. */
zx_status_t orc_op_object_get_property(oracle *o, int t) {
    int object;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)o->thread[t].a[0], 0, ZX_RIGHT_GET_PROPERTY, &object);
    if (status != ZX_OK) {
        return status;
    }
    bool vmo = o->object[object].type == ZX_OBJ_TYPE_VMO;
    switch ((uint32_t)o->thread[t].a[1]) {
    case ZX_PROP_NAME:
        if (vmo) {
            orc_data_bytes(o, t, sizeof(o->object[object].name), (const uint8_t *)o->object[object].name);
            return ZX_OK;
        }
        break;
    case ZX_PROP_VMO_CONTENT_SIZE:
        if (vmo) {
            orc_add_field(o, t, "value", orc_stream_size(o, object));
            return ZX_OK;
        }
        break;
    case ZX_PROP_PROCESS_DEBUG_ADDR:
    case ZX_PROP_PROCESS_VDSO_BASE_ADDRESS:
    case ZX_PROP_PROCESS_BREAK_ON_LOAD:
    case ZX_PROP_SOCKET_RX_THRESHOLD:
    case ZX_PROP_SOCKET_TX_THRESHOLD:
    case ZX_PROP_EXCEPTION_STATE:
    case ZX_PROP_EXCEPTION_STRATEGY:
    case ZX_PROP_STREAM_MODE_APPEND: break;
    default: return orc_rule(o, t, "1 section 10.1: unknown property", ZX_ERR_NOT_SUPPORTED);
    }
    return orc_rule(o, t, "1 section 10.1: of another kind of object", ZX_ERR_WRONG_TYPE);
}
