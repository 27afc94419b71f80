/*
 * handle.c - the handle table and the look-up rule (handle.h, chapter 1 section 4).
 *
 * The table is one block of slots. A value is composed of a slot's index and its generation; a closed slot goes to
 * the head of the list of free ones, and its generation moves on when it is used again.
 */
#include "handle.h"

enum { INDEX_BITS = 18, GENERATION_BITS = 12, FIRST_CAPACITY = 4, MOST_HANDLES = 1 << INDEX_BITS };

static struct handle_slot *slots(const zxp_world *w) { return arena_at(w, kernel_of(w)->handles); }

/* ---- Values: section 4.1 ---- */

static zx_handle_t value_of(const zxp_world *w, uint32_t index, uint32_t generation) {
    uint32_t slot = generation << INDEX_BITS | index;
    return (slot << 2 | ZX_HANDLE_FIXED_BITS_MASK) ^ (kernel_of(w)->handle_secret << 2);
}

uint32_t handle_index(const zxp_world *w, zx_handle_t value) {
    return ((value ^ (kernel_of(w)->handle_secret << 2)) >> 2) & (MOST_HANDLES - 1);
}

struct handle_slot *handle_slot_of(const zxp_world *w, zx_handle_t value) {
    uint32_t index = handle_index(w, value);
    if (index >= kernel_of(w)->handle_used) return NULL;
    struct handle_slot *slot = &slots(w)[index];
    if (!object_is(slot->object) || value_of(w, index, slot->generation) != value) return NULL;
    return slot;
}

zx_handle_t handle_in_slot(const zxp_world *w, uint32_t index) {
    const struct handle_slot *slot = &slots(w)[index];
    return object_is(slot->object) ? value_of(w, index, slot->generation) : ZX_HANDLE_INVALID;
}

object_ref handle_object(const zxp_world *w, zx_handle_t value) {
    const struct handle_slot *slot = handle_slot_of(w, value);
    return slot == NULL ? object_none() : slot->object;
}

zx_rights_t handle_rights(const zxp_world *w, zx_handle_t value) {
    const struct handle_slot *slot = handle_slot_of(w, value);
    return slot == NULL ? ZX_RIGHT_NONE : slot->rights;
}

/* ---- Look-up: section 4.2 ---- */

enum rule_number handle_look_up(const zxp_world *w, zx_handle_t value, uint32_t type, zx_rights_t rights,
                                object_ref *object) {
    const struct handle_slot *slot = handle_slot_of(w, value);
    if (slot == NULL) return RULE_handle_bad;
    if (type != ZX_OBJ_TYPE_NONE && object_at(w, slot->object)->type != type) return RULE_handle_wrong_type;
    if ((slot->rights & rights) != rights) return RULE_handle_access_denied;
    *object = slot->object;
    return RULE_none;
}

enum rule_number handle_to_vmo(const zxp_world *w, zx_handle_t value, zx_rights_t rights, vmo_ref *vmo) {
    object_ref o = object_none();
    enum rule_number refusal = handle_look_up(w, value, ZX_OBJ_TYPE_VMO, rights, &o);
    *vmo = vmo_of_object(o);
    return refusal;
}

enum rule_number handle_to_pager(const zxp_world *w, zx_handle_t value, zx_rights_t rights, pager_ref *pager) {
    object_ref o = object_none();
    enum rule_number refusal = handle_look_up(w, value, ZX_OBJ_TYPE_PAGER, rights, &o);
    *pager = pager_of_object(o);
    return refusal;
}

enum rule_number handle_to_port(const zxp_world *w, zx_handle_t value, zx_rights_t rights, port_ref *port) {
    object_ref o = object_none();
    enum rule_number refusal = handle_look_up(w, value, ZX_OBJ_TYPE_PORT, rights, &o);
    *port = port_of_object(o);
    return refusal;
}

enum rule_number handle_to_vmar(const zxp_world *w, zx_handle_t value, zx_rights_t rights, vmar_ref *vmar) {
    object_ref o = object_none();
    enum rule_number refusal = handle_look_up(w, value, ZX_OBJ_TYPE_VMAR, rights, &o);
    *vmar = (vmar_ref){o.index};
    return refusal;
}

/* ---- Making and closing ---- */

static bool table_is_full(const zxp_world *w) {
    const struct kernel *kernel = kernel_of(w);
    return kernel->first_free_handle == 0 && kernel->handle_used == kernel->handle_capacity;
}

static uint32_t grown_capacity(const zxp_world *w) {
    uint32_t capacity = kernel_of(w)->handle_capacity;
    return capacity == 0 ? FIRST_CAPACITY : capacity * 2;
}

uint64_t handle_make_bytes(const zxp_world *w) {
    return table_is_full(w) ? arena_size(grown_capacity(w) * sizeof(struct handle_slot)) : 0;
}

bool handle_room(const zxp_world *w) { return kernel_of(w)->live_handles < MOST_HANDLES; }

static void grow_table(zxp_world *w) {
    uint32_t capacity = grown_capacity(w);
    uint32_t block = arena_alloc(w, capacity * sizeof(struct handle_slot));
    struct kernel *kernel = kernel_of(w);
    size_t before = kernel->handle_capacity * sizeof(struct handle_slot);
    if (before != 0) memcpy(arena_at(w, block), slots(w), before);
    arena_free(w, kernel->handles, before);
    kernel->handles = block;
    kernel->handle_capacity = capacity;
}

/* The index of a slot to use: the one freed last, else a fresh one. */
static uint32_t take_slot(zxp_world *w) {
    struct kernel *kernel = kernel_of(w);
    if (kernel->first_free_handle == 0) {
        slots(w)[kernel->handle_used].generation = 1;
        return kernel->handle_used++;
    }
    uint32_t index = kernel->first_free_handle - 1;
    struct handle_slot *slot = &slots(w)[index];
    kernel->first_free_handle = slot->next_free;
    slot->generation = (slot->generation + 1) % (1u << GENERATION_BITS);
    return index;
}

zx_handle_t handle_make(zxp_world *w, object_ref object, zx_rights_t rights) {
    if (table_is_full(w)) grow_table(w);
    uint32_t index = take_slot(w);
    struct handle_slot *slot = &slots(w)[index];
    slot->object = object;
    slot->rights = rights;
    kernel_of(w)->live_handles++;
    object_at(w, object)->handle_count++;
    return value_of(w, index, slot->generation);
}

/* Section 4.4: in this order the value becomes invalid, waits begun
 * through it end, the count drops, the zero-handle action runs. */
void handle_close(zxp_world *w, zx_handle_t value) {
    struct handle_slot *slot = handle_slot_of(w, value);
    object_ref object = slot->object;
    slot->object = object_none();
    slot->next_free = kernel_of(w)->first_free_handle;
    kernel_of(w)->first_free_handle = handle_index(w, value) + 1;
    kernel_of(w)->live_handles--;
    observers_of_handle_cancel(w, object, value);
    if (--object_at(w, object)->handle_count == 0) object_zero_handles(w, object);
}
