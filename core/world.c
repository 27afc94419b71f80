/*
 * world.c - worlds as values: made, copied, reset.
 */
#include "world.h"

#include <stdlib.h>

#include "handle.h"
#include "page_map.h"
#include "thread.h"

static const uint64_t vmar_base = 0x10000,
                      vmar_end = 0x7fffffff0000; /* chapter 7 section 2: the first pages stay unmapped */

static void begin_kernel(zxp_world *w, zxp_profile profile, uint32_t secret) {
    struct kernel *kernel = kernel_of(w);
    memset(kernel, 0, sizeof *kernel);
    kernel->top = (uint32_t)(arena_size(sizeof *kernel) / ARENA_UNIT);
    kernel->profile = (uint32_t)profile;
    kernel->handle_secret = secret;
    kernel->next_koid = ZX_KOID_FIRST;
    kernel->next_stamp = 1;
    kernel->next_share = 1;
    kernel->newest_generation = 6; /* chapter 8 section 1.2: lru 0, mru 6 */
}

static uint64_t first_objects_bytes(const zxp_world *w) {
    return arena_size(sizeof(struct vmar)) + page_map_init_bytes() + handle_make_bytes(w) + 2 * thread_make_bytes(w) +
           arena_size(sizeof(struct thread));
}

/* The root VMAR (koid 1024, handle slot 0), thread main (number 0) and the kernel's own thread. */
static void make_first_objects(zxp_world *w) {
    vmar_ref vmar = {arena_alloc(w, sizeof(struct vmar))};
    object_init(w, (object_ref){vmar.index}, ZX_OBJ_TYPE_VMAR, 0);
    vmar_at(w, vmar)->base = vmar_base;
    vmar_at(w, vmar)->size = vmar_end - vmar_base;
    struct page_map space;
    page_map_init(w, &space, (vmar_end - vmar_base) / PAGE, (struct page_key){0});
    vmar_at(w, vmar)->space = space;
    kernel_of(w)->vmar = vmar;
    /* chapter 1 section 5.2: the root VMAR's handle */
    zx_rights_t rights = (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHT_OP_CHILDREN | ZX_RIGHTS_IO | ZX_RIGHT_EXECUTE;
    zx_handle_t handle = handle_make(w, (object_ref){vmar.index}, rights);
    kernel_of(w)->vmar_handle = handle;
    thread_make(w);
    kernel_of(w)->kernel_thread = (thread_ref){arena_alloc(w, sizeof(struct thread))};
    thread_at(w, kernel_of(w)->kernel_thread)->number = ZXP_NO_THREAD;
}

static bool fill(zxp_world *w, zxp_profile profile, uint32_t secret) {
    begin_kernel(w, profile, secret);
    if (!arena_reserve(w, first_objects_bytes(w))) return false;
    make_first_objects(w);
    return true;
}

static zxp_world *empty_world(size_t capacity) {
    zxp_world *w = calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    w->memory = malloc(capacity);
    w->capacity = capacity;
    if (w->memory == NULL) {
        free(w);
        return NULL;
    }
    return w;
}

zxp_world *zxp_world_create(const zxp_options *options) {
    static const zxp_options defaults;
    if (options == NULL) options = &defaults;
    zxp_world *w = empty_world((size_t)arena_size(sizeof(struct kernel)));
    if (w == NULL) return NULL;
    w->limit = options->memory_limit;
    if (!fill(w, options->profile, options->handle_secret)) {
        zxp_world_destroy(w);
        return NULL;
    }
    return w;
}

void zxp_world_destroy(zxp_world *world) {
    if (world == NULL) return;
    free(world->memory);
    free(world);
}

/* A world is never smaller than what fill() needed, and fill() needs the same each time: the reservation is met. It is
 * not one of a call's, so the context does not count it. */
void zxp_world_reset(zxp_world *world, zxp_profile profile) {
    zxp_context *context = world->context;
    world->context = NULL;
    bool filled = fill(world, profile, kernel_of(world)->handle_secret);
    assert(filled);
    (void)filled;
    world->context = context;
}

static size_t used_bytes(const zxp_world *w) { return (size_t)kernel_of(w)->top * ARENA_UNIT; }

zx_status_t zxp_world_copy(zxp_world *dst, const zxp_world *src) {
    size_t bytes = used_bytes(src);
    if (dst->capacity < bytes) {
        uint8_t *memory = malloc(bytes);
        if (memory == NULL) return ZX_ERR_NO_MEMORY;
        free(dst->memory);
        dst->memory = memory;
        dst->capacity = bytes;
    }
    memcpy(dst->memory, src->memory, bytes);
    dst->limit = src->limit;
    return ZX_OK;
}

zxp_world *zxp_world_clone(const zxp_world *world) {
    zxp_world *copy = empty_world(used_bytes(world));
    if (copy == NULL) return NULL;
    memcpy(copy->memory, world->memory, used_bytes(world));
    copy->limit = world->limit;
    return copy;
}

void zxp_world_attach(zxp_world *world, zxp_context *context) { world->context = context; }

zxp_context *zxp_world_context(const zxp_world *world) { return world->context; }

zxp_profile zxp_world_profile(const zxp_world *world) { return (zxp_profile)kernel_of(world)->profile; }

size_t zxp_world_bytes(const zxp_world *world) { return used_bytes(world); }

zx_time_t zxp_world_now(const zxp_world *world) { return (zx_time_t)kernel_of(world)->now; }

zx_handle_t zxp_root_vmar(const zxp_world *world) { return kernel_of(world)->vmar_handle; }

zx_vaddr_t zxp_root_vmar_base(const zxp_world *world) { return vmar_at(world, kernel_of(world)->vmar)->base; }

zx_status_t zxp_thread_create(zxp_world *world, uint32_t *thread) {
    if (!arena_reserve(world, thread_make_bytes(world))) return ZX_ERR_NO_MEMORY;
    thread_ref t = thread_make(world);
    *thread = thread_at(world, t)->number;
    return ZX_OK;
}

uint32_t zxp_thread_count(const zxp_world *world) { return kernel_of(world)->thread_count; }
