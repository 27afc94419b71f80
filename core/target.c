/*
 * target.c - finding and resolving the page of an access (chapter 7 sections 6.1 and 6.2).
 */
#include "fault.h"

#include "reclaim.h"

/* ---- Finding: steps 1 to 5 ---- */

static bool is_permitted(uint32_t permissions, uint32_t access) { return (permissions & access) != 0; }

enum rule_number target_find(const zxp_world *w, zx_vaddr_t address, uint32_t access, struct target *target) {
    mapping_ref m = mapping_find(w, address);
    if (!mapping_is(m)) return RULE_fault_not_mapped;
    const struct mapping *mapping = mapping_at(w, m);
    uint64_t index = (address - mapping->base) / PAGE, offset = mapping->vmo_offset + index * PAGE,
             limit = mapping_limit(w, m);
    struct page_run run = page_map_find(w, &mapping->pages, index);
    if (!is_permitted(key_permissions(&run.key), access)) return RULE_fault_permission;
    if (offset >= limit) return RULE_fault_beyond;
    const struct vmo *vmo = vmo_at(w, mapping->vmo);
    if (vmo->lock == LOCK_DISCARDED) return RULE_fault_discarded;
    *target = (struct target){.mapping = m,
                              .index = index,
                              .left = min_u64(run.end - index, (limit - offset) / PAGE),
                              .node = vmo->node,
                              .page = (vmo->base + offset) / PAGE,
                              .permissions = key_permissions(&run.key),
                              .record = key_record(&run.key),
                              .performs = true};
    return RULE_none;
}

uint64_t target_range(const zxp_world *w, const struct target *target, uint64_t most) {
    const struct mapping *mapping = mapping_at(w, target->mapping);
    uint64_t limit = mapping_limit(w, target->mapping) - mapping->vmo_offset; /* the target lies below it */
    uint64_t end = min_u64(mapping->pages.pages, limit / PAGE), page = target->index;
    end = min_u64(end, target->index + min_u64(most, end));
    while (page < end) {
        struct page_run run = page_map_find(w, &mapping->pages, page);
        if (key_permissions(&run.key) != target->permissions) break;
        page = min_u64(run.end, end);
    }
    return page - target->index;
}

/* ---- Resolving: steps 6 to 8 ---- */

static bool is_absent_in_root(const struct found *found) { return node_is(found->owner) && found->key.state == ABSENT; }

static bool needs_read(const zxp_world *w, const struct target *target) {
    struct found found = node_find_one(w, target->node, target->page);
    return is_absent_in_root(&found);
}

static bool needs_dirty(const zxp_world *w, const struct target *target) {
    source_ref source = node_at(w, target->node)->source;
    return source_is(source) && source_at(w, source)->trap && slot_at(w, target->node, target->page).state != DIRTY;
}

bool target_needs_request(const zxp_world *w, const struct target *target, uint32_t access) {
    return needs_read(w, target) || (access == ZX_VM_PERM_WRITE && needs_dirty(w, target));
}

/* Section 5.1: a load enters RW where the page may be stored to as it is, else RO. Returns for how many pages of
 * `count`: one change of the records is enough. */
static uint64_t record_read(zxp_world *w, const struct target *target, uint64_t count) {
    if (target->record != TRANSLATION_NONE) return count;
    bool rw =
        mapping_writable(w, target->node, target->page, &count) && is_permitted(target->permissions, ZX_VM_PERM_WRITE);
    mapping_record(w, target->mapping, target->index, target->index + count, rw ? TRANSLATION_RW : TRANSLATION_RO);
    return count;
}

static uint64_t resolve_bytes(const zxp_world *w, const struct target *target) {
    return look_bytes(w, target->node) + mapping_record_bytes(w, target->mapping);
}

enum look target_read(zxp_world *w, thread_ref t, const struct target *target, uint64_t ask, uint64_t most,
                      uint64_t then, struct seen *seen) {
    if (!arena_reserve(w, resolve_bytes(w, target) + then)) return look_no_memory(w, t);
    uint64_t pages = needs_read(w, target) ? ask : min_u64(most, target->left);
    enum look look = look_read(w, t, target->node, target->page, pages, target->performs, seen);
    if (look != LOOK_OK) return look;
    seen->count = record_read(w, target, min_u64(seen->count, min_u64(most, target->left)));
    return LOOK_OK;
}

enum look target_write(zxp_world *w, thread_ref t, const struct target *target, uint64_t ask, uint64_t most,
                       uint64_t then, uint64_t *count) {
    if (!arena_reserve(w, resolve_bytes(w, target) + then)) return look_no_memory(w, t);
    uint64_t pages = target_needs_request(w, target, ZX_VM_PERM_WRITE) ? ask : min_u64(most, target->left);
    enum own_mode mode = target->performs ? OWN_WRITE : OWN_FAULT;
    enum look look = look_own(w, t, target->node, target->page, mode, pages, count);
    if (look != LOOK_OK) return look;
    assert(*count <= min_u64(most, target->left));
    if (target->record == TRANSLATION_RW) return LOOK_OK;
    mapping_record(w, target->mapping, target->index, target->index + *count, TRANSLATION_RW);
    if (!node_is_root(w, target->node)) return LOOK_OK;
    root_modified(w, target->node);
    apply_rule(w, RULE_fault_write_fault);
    return LOOK_OK;
}
