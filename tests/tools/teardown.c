#include "teardown.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/world.h"

/* Two things keep room for more than they hold: the map of the address space, and what a killed thread had read. */
static uint64_t room_for_more(const zxp_world *w) {
    const struct page_map *space = &vmar_at(w, kernel_of(w)->vmar)->space;
    uint64_t room = space->height == 0 ? arena_size((space->capacity + UINT64_C(1)) * 32) : 0;
    for (uint32_t i = 0; i < kernel_of(w)->thread_count; i++) {
        thread_ref t = ((const thread_ref *)arena_at(w, kernel_of(w)->threads))[i];
        room += arena_size(call_of(w, t)->data.capacity * sizeof(struct piece));
    }
    return room;
}

static size_t live_bytes(const zxp_world *w) {
    const struct kernel *kernel = kernel_of(w);
    uint64_t units = kernel->top;
    for (unsigned class = 0; class < ARENA_CLASSES; class ++) {
        uint64_t size = class < 16    ? class + 1
                        : class == 16 ? (sizeof(struct body) + ARENA_UNIT - 1) / ARENA_UNIT
                                      : (uint64_t)1 << (class - 17 + 5);
        for (uint32_t at = kernel->free_blocks[class]; at != 0; memcpy(&at, arena_at(w, at), sizeof at)) units -= size;
    }
    return (size_t)(units * ARENA_UNIT - room_for_more(w));
}

static void simple_call(zxp_world *w, uint16_t op, uint32_t thread, uint64_t a, uint64_t b, uint64_t c) {
    zxp_op_call call = {.op = op, .thread = thread, .args = {a, b, c}};
    (void)zxp_call(w, &call);
}

static void end_threads(zxp_world *w, uint32_t self) {
    for (uint32_t i = 0; i < self; i++) simple_call(w, ZXP_OP_KILL, self, i, 0, 0);
}

static void close_handles(zxp_world *w, uint32_t self) {
    for (uint32_t i = kernel_of(w)->handle_used; i > 0; i--) {
        const struct handle_slot *slot = (const struct handle_slot *)arena_at(w, kernel_of(w)->handles) + i - 1;
        zx_handle_t value = (((slot->generation << 18 | (i - 1)) << 2) | ZX_HANDLE_FIXED_BITS_MASK) ^
                            (kernel_of(w)->handle_secret << 2);
        if (object_is(slot->object) && value != zxp_root_vmar(w))
            simple_call(w, ZXP_OP_HANDLE_CLOSE, self, value, 0, 0);
    }
}

static void unpin_all(zxp_world *w, uint32_t self) {
    while (pin_is(kernel_of(w)->first_pin)) {
        struct pin pin = *pin_at(w, kernel_of(w)->first_pin);
        simple_call(w, ZXP_OP_UNPIN, self, vmo_at(w, pin.vmo)->object.koid, pin.offset, pin.length);
    }
}

/* Results of the last calls are part of a thread: a call without any takes their place. */
static void forget_results(zxp_world *w) {
    for (uint32_t i = 0; i < zxp_thread_count(w); i++) simple_call(w, ZXP_OP_HANDLE_CLOSE, i, 0, 0, 0);
}

static void tear_down(zxp_world *w) {
    uint32_t self = 0;
    (void)zxp_thread_create(w, &self);
    forget_results(w);
    end_threads(w, self);
    unpin_all(w, self);
    if (zxp_koid_of(w, zxp_root_vmar(w)) != ZX_KOID_INVALID) {
        const struct vmar *vmar = vmar_at(w, kernel_of(w)->vmar);
        simple_call(w, ZXP_OP_VMAR_UNMAP, self, zxp_root_vmar(w), vmar->base, vmar->size);
    }
    close_handles(w, self);
    forget_results(w);
}

bool torn_down_is_clean(zxp_world *w, char *text, size_t capacity) {
    tear_down(w);
    size_t length = zxp_world_encode(w, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    const char *reason = "short memory";
    if (bytes) (void)zxp_world_encode(w, ZXP_FORM_FULL, bytes, length);
    zxp_world *loaded = bytes ? zxp_world_decode(bytes, length, &reason) : NULL;
    bool clean = loaded && live_bytes(w) == live_bytes(loaded);
    if (!loaded)
        (void)snprintf(text, capacity, "the world torn down cannot be loaded: %s", reason);
    else if (!clean)
        (void)snprintf(text, capacity, "%zu bytes live after all is closed, %zu if loaded", live_bytes(w),
                       live_bytes(loaded));
    zxp_world_destroy(loaded);
    free(bytes);
    return clean;
}
