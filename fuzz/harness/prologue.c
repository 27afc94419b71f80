/*
 * prologue.c - the world that a program begins with, by its header: pager VMOs, anonymous VMOs, mappings, a clone.
 */
#include "harness.h"

static const uint64_t page = ZXP_PAGE_SIZE;

static bool make(struct harness *h, uint16_t op, const uint64_t *args, unsigned count, uint64_t *handle) {
    zxp_op_call call = {.op = op, .thread = ZXP_MAIN_THREAD};
    for (unsigned i = 0; i < count; i++) call.args[i] = args[i];
    if (!harness_call(h, &call)) return false;
    *handle = 0;
    if (!zxp_field(h->core, ZXP_MAIN_THREAD, "handle", handle)) zxp_field(h->core, ZXP_MAIN_THREAD, "address", handle);
    return true;
}

/* Pages whose bit is set in the header are supplied, a page a call, from an auxiliary VMO full of a letter. */
static bool supply(struct harness *h, uint64_t pager, uint64_t vmo, uint64_t pages) {
    for (unsigned i = 0; i < 8 && i < pages; i++) {
        if ((h->program->header.supplied >> i & 1) == 0) continue;
        uint64_t aux, nothing;
        if (!make(h, ZXP_OP_VMO_CREATE, (const uint64_t[]){page, 0}, 2, &aux)) return false;
        zxp_op_call write = {.op = ZXP_OP_VMO_WRITE,
                             .args = {aux, 0, 0, page},
                             .buffer = {.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)('A' + i)}};
        if (!harness_call(h, &write)) return false;
        uint16_t op = zxp_world_profile(h->core) == ZXP_PROFILE_2018 ? ZXP_OP_PAGER_VMO_OP : ZXP_OP_PAGER_SUPPLY_PAGES;
        const uint64_t now[] = {pager, vmo, i * page, page, aux, 0}, then[] = {pager, vmo, 1, i * page, page, aux, 0};
        if (!make(h, op, op == ZXP_OP_PAGER_VMO_OP ? then : now, op == ZXP_OP_PAGER_VMO_OP ? 7 : 6, &nothing))
            return false;
        if (!make(h, ZXP_OP_HANDLE_CLOSE, (const uint64_t[]){aux}, 1, &nothing)) return false;
    }
    return true;
}

static bool map(struct harness *h, uint64_t vmo, uint64_t pages) {
    uint64_t address;
    if ((h->program->header.vmos & 16) == 0 || pages == 0) return true;
    const uint64_t args[] = {
        zxp_root_vmar(h->core), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, pages * page};
    return make(h, ZXP_OP_VMAR_MAP, args, 6, &address);
}

static uint64_t vmo_options(uint8_t bits) {
    return (bits & 1 ? ZX_VMO_RESIZABLE : 0u) | (bits & 2 ? ZX_VMO_TRAP_DIRTY : 0u) |
           (bits & 4 ? ZX_VMO_UNBOUNDED : 0u);
}

static bool pager_vmos(struct harness *h, uint64_t *first) {
    const struct fuzz_header *header = &h->program->header;
    unsigned count = header->vmos & 3;
    uint64_t pager, port, vmo;
    if (count == 0) return true;
    if (!make(h, ZXP_OP_PAGER_CREATE, (const uint64_t[]){0}, 1, &pager)) return false;
    if (!make(h, ZXP_OP_PORT_CREATE, (const uint64_t[]){0}, 1, &port)) return false;
    for (unsigned i = 0; i < count; i++) {
        uint64_t pages = i == 0 ? header->pages & 15 : header->pages >> 4;
        uint8_t bits = i == 0 ? header->options : header->options >> 4;
        const uint64_t args[] = {pager, vmo_options(bits), port, i + 1, pages * page};
        if (!make(h, ZXP_OP_PAGER_CREATE_VMO, args, 5, &vmo)) return false;
        if (i == 0) *first = vmo;
        if (i == 0 && vmo != 0 && !supply(h, pager, vmo, pages)) return false;
        if (vmo != 0 && !map(h, vmo, pages)) return false;
    }
    return true;
}

/* More pages than a batch of reclaim takes, in more runs than one. */
static bool large_vmo(struct harness *h) {
    uint8_t large = h->program->header.large;
    uint64_t pages = large & 63u, half = pages / 2, vmo, nothing;
    if (pages == 0) return true;
    if (!make(h, ZXP_OP_VMO_CREATE, (const uint64_t[]){pages * page, ZX_VMO_DISCARDABLE}, 2, &vmo)) return false;
    const uint64_t lock[] = {vmo, ZX_VMO_OP_LOCK, 0, pages * page}, unlock[] = {vmo, ZX_VMO_OP_UNLOCK, 0, pages * page};
    if (!make(h, ZXP_OP_VMO_OP_RANGE, lock, 4, &nothing)) return false;
    for (unsigned i = 0; i < 2; i++) {
        zxp_op_call write = {.op = ZXP_OP_VMO_WRITE,
                             .args = {vmo, 0, i * half * page, (i == 0 ? half : pages - half) * page},
                             .buffer = {.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)('a' + i)}};
        if (!harness_call(h, &write)) return false;
    }
    return (large & 64) == 0 || make(h, ZXP_OP_VMO_OP_RANGE, unlock, 4, &nothing);
}

bool harness_prologue(struct harness *h) {
    const struct fuzz_header *header = &h->program->header;
    uint64_t first = 0, vmo;
    for (unsigned i = 0; i < (header->threads & 3u); i++) {
        if (!harness_thread(h)) return true;
    }
    if (!pager_vmos(h, &first)) return false;
    for (unsigned i = 0; i < (header->vmos >> 2 & 3u); i++) {
        uint64_t pages = header->pages >> 4;
        uint64_t options = i == 1 ? ZX_VMO_DISCARDABLE : i == 2 ? ZX_VMO_RESIZABLE : 0;
        if (!make(h, ZXP_OP_VMO_CREATE, (const uint64_t[]){pages * page, options}, 2, &vmo)) return false;
        if (vmo != 0 && !map(h, vmo, pages)) return false;
    }
    if (!large_vmo(h)) return false;
    if ((header->vmos & 32) == 0 || first == 0) return true;
    const uint64_t args[] = {first, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, (header->pages & 15) * page};
    return make(h, ZXP_OP_VMO_CREATE_CHILD, args, 4, &vmo);
}
