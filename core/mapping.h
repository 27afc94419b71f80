/*
 * mapping.h - mappings, their permissions and their translation records (chapter 7 sections 2, 5).
 *
 * The one address space is a map page -> mapping (vmar.space). A mapping has a map of its own, page ->
 * {permissions, record}: several zx_vmar_protect leave several permission ranges. The record says what translation
 * the model assumes for a page: none, RO, RW. It decides nothing but `modified` and how far a captured copy got
 * (chapter 7 section 5.1); every access is resolved from the mapping and the VMO.
 */
#ifndef CORE_MAPPING_H
#define CORE_MAPPING_H

#include "call.h"
#include "page_map.h"

enum { PERMISSION_BITS = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE };

/* The key of a page in mapping.pages, and its two halves. */
static inline struct page_key mapping_key(uint32_t permissions, enum translation record) {
    return (struct page_key){.state = (uint8_t)(permissions | (uint32_t)record << 4)};
}
static inline uint32_t key_permissions(const struct page_key *k) { return k->state & PERMISSION_BITS; }
static inline enum translation key_record(const struct page_key *k) { return (enum translation)(k->state >> 4); }

/* ---- The address space (mapping.c) ---- */

/* The mapping that contains an address, none if none does. */
mapping_ref mapping_find(const zxp_world *w, zx_vaddr_t address);
/* The lowest mapping that reaches beyond `address`, none if there is none:
 * to walk the mappings in ascending order, pass the end of the last. */
mapping_ref mapping_after(const zxp_world *w, zx_vaddr_t address);

/* A new mapping of `model` (base, size, vmo_offset, vmo, max_permissions, fault_beyond_stream_size are used) over a
 * hole, all pages with `permissions` and no translation. Reserve mapping_make_bytes(). */
uint64_t mapping_make_bytes(const zxp_world *w);
mapping_ref mapping_make(zxp_world *w, const struct mapping *model, uint32_t permissions);
/* Links a mapping with its pages into its VMO and shows it in the address space. Reserve as for one made. */
void mapping_appear(zxp_world *w, mapping_ref m);
/* Removes everything mapped in [address, end), pages; what is cut in the middle becomes two mappings. VMOs that
 * nothing holds any more die, lowest mapping first. Reserve mapping_remove_bytes(). */
uint64_t mapping_remove_bytes(const zxp_world *w, zx_vaddr_t address, zx_vaddr_t end);
void mapping_remove(zxp_world *w, zx_vaddr_t address, zx_vaddr_t end);
/* Gives the mapped pages of [address, end) these permissions; records follow (5.1). Reserve mapping_protect_bytes(). */
uint64_t mapping_protect_bytes(const zxp_world *w, zx_vaddr_t address, zx_vaddr_t end);
void mapping_protect(zxp_world *w, zx_vaddr_t address, zx_vaddr_t end, uint32_t permissions);

/* Bytes of the VMO that the mapping shows: section 6.1 step 4 and 6.3. */
uint64_t mapping_limit(const zxp_world *w, mapping_ref m);

/* ---- Translation records (translation.c) ---- */

/* Sets the record of pages [first, end) of the mapping, all alike in permissions. Reserve mapping_record_bytes(). */
uint64_t mapping_record_bytes(const zxp_world *w, mapping_ref m);
void mapping_record(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end, enum translation record);
/* MAP_RANGE, and the end of COMMIT, PREFETCH, ALWAYS_NEED (section 5.1): enters
 * records for the pages of [first, end) of the mapping that are present now,
 * trimmed at the limit. False: a reservation failed, the rest is not entered. */
bool mapping_enter(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end);
/* True if a store to page `page` of node n needs neither request nor state change now: own page, D or unshared P.
 * *alike: for how many pages from there, at most what it held before, that is so. */
bool mapping_writable(const zxp_world *w, node_ref n, uint64_t page, uint64_t *alike);

/* Chapter 7 section 5, first table: the translations of pages [first, end) of node n, in the mappings of every VMO
 * that uses it and of the descendants that see those pages, are removed (or lose write). Never allocates more than
 * what mappings_change_bytes reserved; does nothing when the world has no mapping. */
void mappings_unmap_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
void mappings_protect_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end);
/* Worst case of all that so many changes of pages take back. Part of slots_bytes. 0 without mappings. */
uint64_t mappings_change_bytes(const zxp_world *w, uint64_t changes);

#endif
