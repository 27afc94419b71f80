/*
 * mapping.h - mappings, their permissions and their translation records (chapter 7 sections 2, 5).
 */
#ifndef CORE_MAPPING_H
#define CORE_MAPPING_H

#include "page_map.h"
#include "call.h"

/* The mapping that contains an address, none if none does. */
mapping_ref mapping_find(const zxp_world *w, zx_vaddr_t address);

/* Chapter 7 section 5, first table: the translations of pages [first, end) of node n, in the mappings of every VMO that uses it and of the
 * descendants that see those pages, are removed (or lose write). Never allocates more than what mappings_change_bytes reserved; does nothing
 * when the world has no mapping. */
void mappings_unmap_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
void mappings_protect_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* Worst case of all translation changes that one call can make: add it to every reservation that changes slots. 0 without mappings. */
uint64_t mappings_change_bytes(const zxp_world *w);

#endif
