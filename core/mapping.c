/*
 * mapping.c - the address space: which mapping is where, and with which permissions (chapter 7 sections 2 and 3).
 */
#include "mapping.h"

#include "node.h"

enum { HOLE, MAPPED };

static struct vmar *vmar_of(const zxp_world *w) { return vmar_at(w, kernel_of(w)->vmar); }
static uint64_t space_page(const zxp_world *w, zx_vaddr_t address) { return (address - vmar_of(w)->base) / PAGE; }
static zx_vaddr_t mapping_end(const zxp_world *w, mapping_ref m) {
    return mapping_at(w, m)->base + mapping_at(w, m)->size;
}

static bool in_space(const zxp_world *w, zx_vaddr_t address) {
    return address >= vmar_of(w)->base && address - vmar_of(w)->base < vmar_of(w)->size;
}

mapping_ref mapping_find(const zxp_world *w, zx_vaddr_t address) {
    if (!in_space(w, address)) return mapping_none();
    return (mapping_ref){page_map_find(w, &vmar_of(w)->space, space_page(w, address)).key.content};
}

static bool is_mapped(const struct page_key *key) { return key->state == MAPPED; }

mapping_ref mapping_after(const zxp_world *w, zx_vaddr_t address) {
    const struct page_map *space = &vmar_of(w)->space;
    uint64_t page = address <= vmar_of(w)->base ? 0 : min_u64(space_page(w, address), space->pages);
    page = page_map_first(w, space, page, space->pages, is_mapped);
    return page == space->pages ? mapping_none() : (mapping_ref){page_map_find(w, space, page).key.content};
}

uint64_t mapping_limit(const zxp_world *w, mapping_ref m) {
    const struct mapping *mapping = mapping_at(w, m);
    uint64_t size = vmo_size(w, mapping->vmo), rounded;
    stream_ref stream = vmo_at(w, mapping->vmo)->stream;
    if (!mapping->fault_beyond_stream_size || !stream_is(stream)) return size;
    if (!round_up(stream_at(w, stream)->size, &rounded)) return size;
    return min_u64(size, rounded);
}

/* ---- Making ---- */

uint64_t mapping_make_bytes(const zxp_world *w) {
    return arena_size(sizeof(struct mapping)) + page_map_init_bytes() + page_map_change_bytes(&vmar_of(w)->space, 1);
}

void mapping_appear(zxp_world *w, mapping_ref m) {
    struct mapping *mapping = mapping_at(w, m);
    struct vmo *vmo = vmo_at(w, mapping->vmo);
    mapping->next = vmo->first_mapping;
    if (mapping_is(mapping->next)) mapping_at(w, mapping->next)->previous = m;
    vmo->first_mapping = m;
    vmo->mappings++;
    kernel_of(w)->mappings++;
    uint64_t first = space_page(w, mapping->base);
    page_map_set(w, &vmar_of(w)->space, first, first + mapping->size / PAGE,
                 (struct page_key){.state = MAPPED, .content = m.index});
}

static mapping_ref mapping_alloc(zxp_world *w, const struct mapping *model) {
    mapping_ref m = {arena_alloc(w, sizeof(struct mapping))};
    *mapping_at(w, m) = (struct mapping){.base = model->base,
                                         .size = model->size,
                                         .vmo_offset = model->vmo_offset,
                                         .vmo = model->vmo,
                                         .max_permissions = model->max_permissions,
                                         .fault_beyond_stream_size = model->fault_beyond_stream_size};
    return m;
}

mapping_ref mapping_make(zxp_world *w, const struct mapping *model, uint32_t permissions) {
    mapping_ref m = mapping_alloc(w, model);
    page_map_init(w, &mapping_at(w, m)->pages, model->size / PAGE, mapping_key(permissions, TRANSLATION_NONE));
    mapping_appear(w, m);
    return m;
}

/* ---- Removing ---- */

static void disappear(zxp_world *w, mapping_ref m) {
    struct mapping *mapping = mapping_at(w, m);
    struct vmo *vmo = vmo_at(w, mapping->vmo);
    if (mapping_is(mapping->next)) mapping_at(w, mapping->next)->previous = mapping->previous;
    if (mapping_is(mapping->previous))
        mapping_at(w, mapping->previous)->next = mapping->next;
    else
        vmo->first_mapping = mapping->next;
    vmo->mappings--;
    kernel_of(w)->mappings--;
}

/* Pages [first, end) of a page map become a map of their own, so that what is left keeps permissions and records. */
static uint64_t part_bytes(const zxp_world *w, const struct page_map *from, uint64_t first, uint64_t end) {
    return page_map_init_bytes() + page_map_fill_bytes(page_map_count(w, from, first, end));
}

static struct page_map part_of(zxp_world *w, struct page_map from, uint64_t first, uint64_t end) {
    struct page_map part;
    page_map_init(w, &part, end - first, page_map_find(w, &from, first).key);
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, &from, first, end); page_walk_next(&walk, &run);)
        page_map_set(w, &part, run.first - first, run.end - first, run.key);
    return part;
}

/* The part of a mapping from `address` on, as a mapping of its own. */
static void split_tail(zxp_world *w, mapping_ref m, zx_vaddr_t address) {
    struct mapping model = *mapping_at(w, m);
    uint64_t cut = address - model.base;
    model.base += cut;
    model.size -= cut;
    model.vmo_offset += cut;
    mapping_ref tail = mapping_alloc(w, &model);
    struct page_map pages = part_of(w, model.pages, cut / PAGE, model.pages.pages);
    mapping_at(w, tail)->pages = pages;
    mapping_appear(w, tail);
}

static void cut_head(zxp_world *w, mapping_ref m, zx_vaddr_t address) {
    struct mapping *mapping = mapping_at(w, m);
    uint64_t cut = address - mapping->base;
    struct page_map pages = part_of(w, mapping->pages, cut / PAGE, mapping->pages.pages);
    page_map_free(w, &mapping->pages);
    mapping->pages = pages;
    mapping->base += cut;
    mapping->size -= cut;
    mapping->vmo_offset += cut;
}

static void cut_tail(zxp_world *w, mapping_ref m, zx_vaddr_t address) {
    struct mapping *mapping = mapping_at(w, m);
    mapping->size = address - mapping->base;
    page_map_resize(w, &mapping->pages, mapping->size / PAGE, (struct page_key){0});
}

static void remove_whole(zxp_world *w, mapping_ref m) {
    vmo_ref vmo = mapping_at(w, m)->vmo;
    disappear(w, m);
    page_map_free(w, &mapping_at(w, m)->pages);
    arena_free(w, m.index, sizeof(struct mapping));
    vmo_check_death(w, vmo);
}

/* Removes [address, end) from one mapping. The address space shows the hole first: nothing may still find what goes. */
static void remove_from(zxp_world *w, mapping_ref m, zx_vaddr_t address, zx_vaddr_t end) {
    bool head_stays = mapping_at(w, m)->base < address;
    bool tail_stays = mapping_end(w, m) > end;
    page_map_set(w, &vmar_of(w)->space, space_page(w, address), space_page(w, end), (struct page_key){.state = HOLE});
    if (head_stays && tail_stays) split_tail(w, m, end);
    if (head_stays)
        cut_tail(w, m, address);
    else if (tail_stays)
        cut_head(w, m, end);
    else
        remove_whole(w, m);
}

uint64_t mapping_remove_bytes(const zxp_world *w, zx_vaddr_t address, zx_vaddr_t end) {
    uint64_t bytes = page_map_change_bytes(&vmar_of(w)->space, 1) + arena_size(sizeof(struct mapping));
    mapping_ref first = mapping_find(w, address), last = mapping_find(w, end);
    if (mapping_is(first)) bytes += page_map_change_bytes(&mapping_at(w, first)->pages, 1);
    if (mapping_is(last)) {
        const struct mapping *mapping = mapping_at(w, last);
        bytes += part_bytes(w, &mapping->pages, (end - mapping->base) / PAGE, mapping->pages.pages);
    }
    return bytes;
}

void mapping_remove(zxp_world *w, zx_vaddr_t address, zx_vaddr_t end) {
    for (;;) {
        mapping_ref m = mapping_after(w, address);
        if (!mapping_is(m) || mapping_at(w, m)->base >= end) return;
        zx_vaddr_t from = max_u64(address, mapping_at(w, m)->base), to = min_u64(end, mapping_end(w, m));
        remove_from(w, m, from, to);
    }
}

/* ---- Protecting ---- */

/* 5.1: read taken away: none; write taken away: RW becomes RO; given: unchanged. */
static struct page_key protected_key(const struct page_key *key, uint32_t permissions) {
    enum translation record = key_record(key);
    if ((permissions & ZX_VM_PERM_READ) == 0) record = TRANSLATION_NONE;
    if ((permissions & ZX_VM_PERM_WRITE) == 0 && record == TRANSLATION_RW) record = TRANSLATION_RO;
    return mapping_key(permissions, record);
}

uint64_t mapping_protect_bytes(const zxp_world *w, zx_vaddr_t address, zx_vaddr_t end) {
    uint64_t bytes = 0;
    for (mapping_ref m = mapping_after(w, address); mapping_is(m) && mapping_at(w, m)->base < end;
         m = mapping_after(w, mapping_end(w, m)))
        bytes += page_map_change_bytes(&mapping_at(w, m)->pages, 1);
    return bytes;
}

static void protect_in(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end, uint32_t permissions) {
    struct page_map *pages = &mapping_at(w, m)->pages;
    for (uint64_t page = first; page < end;) {
        struct page_run run = page_map_find(w, pages, page);
        uint64_t stop = min_u64(run.end, end);
        page_map_set(w, pages, page, stop, protected_key(&run.key, permissions));
        page = stop;
    }
}

void mapping_protect(zxp_world *w, zx_vaddr_t address, zx_vaddr_t end, uint32_t permissions) {
    for (mapping_ref m = mapping_after(w, address); mapping_is(m) && mapping_at(w, m)->base < end;
         m = mapping_after(w, mapping_end(w, m))) {
        zx_vaddr_t base = mapping_at(w, m)->base;
        protect_in(w, m, (max_u64(address, base) - base) / PAGE, (min_u64(end, mapping_end(w, m)) - base) / PAGE,
                   permissions);
    }
}
