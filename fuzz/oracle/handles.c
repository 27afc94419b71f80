/*
 * handles.c - handle values, rights and the life of objects (chapter 1 sections 3 and 4).
 */
#include <string.h>

#include "state.h"

static zx_handle_t handle_value(const oracle *o, int i) {
    return (((uint32_t)o->handle[i].generation << 18 | (uint32_t)i) << 2) | 3u;
}

/* Slot of a live handle value, or -1. */
int orc_handle_index(const oracle *o, uint32_t value) {
    uint32_t i = (value >> 2) & 0x3ffff;
    if ((value & 3) != 3 || i >= o->fresh_handles || !o->handle[i].used || handle_value(o, (int)i) != value) {
        return -1;
    }
    return (int)i;
}

zx_rights_t orc_handle_rights(const oracle *o, uint32_t value) {
    int i = orc_handle_index(o, value);
    return i < 0 ? 0 : o->handle[i].rights;
}

/* Chapter 1 section 4.2. type 0: any. */
zx_status_t orc_handle_get(oracle *o, int t, uint32_t value, int type, zx_rights_t rights, int *object) {
    int i = orc_handle_index(o, value);
    if (i < 0) {
        return orc_rule(o, t, "1 section 4.2 step 1: not a live handle", ZX_ERR_BAD_HANDLE);
    }
    *object = o->handle[i].object;
    if (type != 0 && o->object[*object].type != type) {
        return orc_rule(o, t, "1 section 4.2 step 2: object of another type", ZX_ERR_WRONG_TYPE);
    }
    if ((o->handle[i].rights & rights) != rights) {
        return orc_rule(o, t, "1 section 4.2 step 3: right missing", ZX_ERR_ACCESS_DENIED);
    }
    return ZX_OK;
}

/* Chapter 1 section 4.1: fresh slots in rising order, freed ones last-freed-first. */
zx_handle_t orc_handle_make(oracle *o, int object, zx_rights_t rights) {
    int i;
    if (o->freed_handles > 0) {
        i = o->freed[--o->freed_handles];
        o->handle[i].generation = (uint16_t)((o->handle[i].generation + 1) & 0xfff);
    } else if (o->fresh_handles < HANDLE_MAX) {
        i = o->fresh_handles++;
        o->handle[i].generation = 1;
    } else {
        orc_out_of_bounds(o, "handles");
        return 0;
    }
    o->handle[i].used = true;
    o->handle[i].object = (int16_t)object;
    o->handle[i].rights = rights;
    o->object[object].handles++;
    return handle_value(o, i);
}

/* Takes the value out of the table, cancels waits begun through it; *last: no handle is left. */
void orc_handle_unlink(oracle *o, int index, bool *last) {
    int object = o->handle[index].object;
    zx_handle_t value = handle_value(o, index);
    o->handle[index].used = false;
    o->freed[o->freed_handles++] = (uint16_t)index;
    orc_observers_cancel_handle(o, value, object);
    *last = --o->object[object].handles == 0;
}

/* The action at zero handles (chapter 1 section 3.3). */
void orc_handles_gone(oracle *o, int object) {
    object_t *x = &o->object[object];
    switch (x->type) {
    case ZX_OBJ_TYPE_VMO: orc_vmo_check_death(o, object); break;
    case ZX_OBJ_TYPE_PAGER: {
        uint64_t before = NEVER; /* chapter 4 section 9: most recently created first */
        for (;;) {
            int best = -1;
            for (int s = 0; s < SOURCE_MAX; s++) {
                const source_t *c = &o->source[s];
                if (c->used && c->pager == object && c->seq < before && (best < 0 || c->seq > o->source[best].seq)) {
                    best = s;
                }
            }
            if (best < 0) {
                break;
            }
            before = o->source[best].seq;
            orc_source_pager_closed(o, best);
        }
        x->used = false;
        break;
    }
    case ZX_OBJ_TYPE_PORT: orc_port_close(o, object); break;
    case ZX_OBJ_TYPE_EVENT: x->used = false; break;
    default: break; /* VMAR: nothing */
    }
}

void orc_handle_remove(oracle *o, int index) {
    int object = o->handle[index].object;
    bool last;
    orc_handle_unlink(o, index, &last);
    if (last) {
        orc_handles_gone(o, object);
    }
}

int orc_object_make(oracle *o, uint8_t type) {
    for (int i = 0; i < OBJECT_MAX; i++) {
        if (!o->object[i].used) {
            object_t *x = &o->object[i];
            memset(x, 0, sizeof(*x));
            x->used = true;
            x->type = type;
            x->koid = o->next_koid++;
            x->node = x->parent = x->port = x->stream = -1;
            o->objects = i < o->objects ? o->objects : (uint16_t)(i + 1);
            return i;
        }
    }
    orc_out_of_bounds(o, "objects");
    return OBJECT_MAX - 1;
}

/* Chapter 1 section 4.4. */
zx_status_t orc_op_handle_close(oracle *o, int t) {
    uint32_t value = (uint32_t)o->thread[t].a[0];
    int i = orc_handle_index(o, value);
    if (value == 0) {
        return orc_rule(o, t, "1 section 4.4: zero is ignored", ZX_OK);
    }
    if (i < 0) {
        return orc_rule(o, t, "1 section 4.4: not a live handle", ZX_ERR_BAD_HANDLE);
    }
    orc_handle_remove(o, i);
    return ZX_OK;
}

zx_status_t orc_op_handle_close_many(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t result = ZX_OK;
    if (x->list_count > 0 && x->list_null) {
        return orc_rule(o, t, "1 section 4.4: unreadable array", ZX_ERR_INVALID_ARGS);
    }
    for (uint32_t k = 0; k < x->list_count; k++) {
        if (k % 64 == 0) {
            result = ZX_OK; /* the status is that of the last group */
        }
        int i = orc_handle_index(o, x->list_handle[k]);
        if (i >= 0) {
            orc_handle_remove(o, i);
        } else if (x->list_handle[k] != 0) {
            result = orc_rule(o, t, "1 section 4.4: an entry of the last group is not live", ZX_ERR_BAD_HANDLE);
        }
    }
    return result;
}

/* Chapter 1 section 4.6. */
zx_status_t orc_op_handle_check_valid(oracle *o, int t) {
    uint32_t value = (uint32_t)o->thread[t].a[0];
    if (value == 0) {
        return orc_rule(o, t, "1 section 4.6: zero", ZX_ERR_INVALID_ARGS);
    }
    if ((value & 3) != 3) {
        return orc_rule(o, t, "1 section 4.6: low bits", ZX_ERR_OUT_OF_RANGE);
    }
    return orc_handle_index(o, value) < 0 ? orc_rule(o, t, "1 section 4.6: not live", ZX_ERR_NOT_FOUND) : ZX_OK;
}

static bool rights_subset(zx_rights_t *wanted, zx_rights_t have) {
    if (*wanted == ZX_RIGHT_SAME_RIGHTS) {
        *wanted = have;
    }
    return (*wanted & ~have) == 0;
}

/* Chapter 1 section 4.5. */
zx_status_t orc_op_handle_duplicate(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    int object = -1;
    zx_rights_t rights = (zx_rights_t)x->a[1];
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], 0, ZX_RIGHT_DUPLICATE, &object);
    if (status != ZX_OK) {
        return status;
    }
    if (!rights_subset(&rights, orc_handle_rights(o, (uint32_t)x->a[0]))) {
        return orc_rule(o, t, "1 section 4.5 step 3: not a subset", ZX_ERR_INVALID_ARGS);
    }
    orc_add_field(o, t, "handle", orc_handle_make(o, object, rights));
    return ZX_OK;
}

zx_status_t orc_op_handle_replace(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_rights_t rights = (zx_rights_t)x->a[1];
    int i = orc_handle_index(o, (uint32_t)x->a[0]);
    if (i < 0) {
        return orc_rule(o, t, "1 section 4.5 replace step 1", ZX_ERR_BAD_HANDLE);
    }
    if (!rights_subset(&rights, o->handle[i].rights)) {
        orc_handle_remove(o, i);
        return orc_rule(o, t, "1 section 4.5 replace step 2: closed", ZX_ERR_INVALID_ARGS);
    }
    orc_add_field(o, t, "handle", orc_handle_make(o, o->handle[i].object, rights));
    orc_handle_remove(o, i);
    return ZX_OK;
}
