/*
 * mapping_view.c - mappings as users of the library see them (zxpager.h).
 */
#include "mapping.h"

bool zxp_mapping_after(const zxp_world *world, zx_vaddr_t address, zxp_mapping_view *view) {
    mapping_ref m = mapping_after(world, address);
    if (!mapping_is(m)) return false;
    const struct mapping *mapping = mapping_at(world, m);
    *view = (zxp_mapping_view){.base = mapping->base,
                               .size = mapping->size,
                               .vmo = vmo_at(world, mapping->vmo)->object.koid,
                               .vmo_offset = mapping->vmo_offset,
                               .max_permissions = mapping->max_permissions,
                               .fault_beyond_stream_size = mapping->fault_beyond_stream_size != 0};
    return true;
}

bool zxp_mapping_at(const zxp_world *world, size_t i, zxp_mapping_view *view) {
    zx_vaddr_t address = 0;
    do {
        if (!zxp_mapping_after(world, address, view)) return false;
        address = view->base + view->size;
    } while (i-- > 0);
    return true;
}

bool zxp_address_get(const zxp_world *world, zx_vaddr_t address, uint32_t *permissions, uint32_t *record) {
    mapping_ref m = mapping_find(world, address);
    if (!mapping_is(m)) return false;
    const struct mapping *mapping = mapping_at(world, m);
    struct page_run run = page_map_find(world, &mapping->pages, (address - mapping->base) / PAGE);
    *permissions = key_permissions(&run.key);
    *record = (uint32_t)key_record(&run.key);
    return true;
}
