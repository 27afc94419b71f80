/*
 * translation.c - the records of translations: entered by
 * accesses, taken back by changes of pages (chapter 7 section 5).
 */
#include "account.h"
#include "mapping.h"
#include "node.h"
#include "slots.h"

/* ---- Entering ---- */

uint64_t mapping_record_bytes(const zxp_world *w, mapping_ref m) {
    return page_map_change_bytes(&mapping_at(w, m)->pages, 1);
}

void mapping_record(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end, enum translation record) {
    struct page_map *pages = &mapping_at(w, m)->pages;
    struct page_key key = page_map_find(w, pages, first).key;
    page_map_set(w, pages, first, end, mapping_key(key_permissions(&key), record));
}

/* A page of a family is shared as long as another member owns it too. */
static bool is_shared(const zxp_world *w, node_ref n, uint64_t page, const struct page_key *key, uint64_t *alike) {
    if (key->share == 0 || !node_has_family(w, n)) return false;
    uint64_t end = page + *alike, owners = owners_of_run(w, n, page, &end, key->share);
    *alike = end - page;
    return owners > 1;
}

bool mapping_writable(const zxp_world *w, node_ref n, uint64_t page, uint64_t *alike) {
    struct page_run run = slot_run(w, n, page);
    *alike = min_u64(*alike, run.end - page);
    switch (run.key.state) {
    case DIRTY: return true;
    case CLEAN: return !profile_is(w, ZXP_PROFILE_HEAD); /* the old profiles have no dirty state: chapter 9 section 3 */
    case OWNED: return !is_shared(w, n, page, &run.key, alike);
    default: return false;
    }
}

/* What MAP_RANGE enters for pages from `page` of the node on; *alike as above. */
static enum translation translation_to_enter(const zxp_world *w, node_ref n, uint64_t page, uint32_t permissions,
                                             uint64_t *alike) {
    if ((permissions & ZX_VM_PERM_READ) == 0) return TRANSLATION_NONE;
    if (!node_is_root(w, n) && (permissions & ZX_VM_PERM_WRITE) != 0)
        return mapping_writable(w, n, page, alike) ? TRANSLATION_RW : TRANSLATION_NONE;
    struct found found = node_find(w, n, page, *alike);
    *alike = found.run;
    return node_is(found.owner) && is_frame(&found.key) ? TRANSLATION_RO : TRANSLATION_NONE;
}

bool mapping_enter(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end) {
    struct mapping mapping = *mapping_at(w, m);
    node_ref n = vmo_at(w, mapping.vmo)->node;
    uint64_t node_first = (vmo_at(w, mapping.vmo)->base + mapping.vmo_offset) / PAGE;
    uint64_t limit = mapping_limit(w, m);
    end = min_u64(end, (max_u64(limit, mapping.vmo_offset) - mapping.vmo_offset) / PAGE);
    for (uint64_t page = first; page < end;) {
        struct page_run run = page_map_find(w, &mapping_at(w, m)->pages, page);
        uint64_t alike = min_u64(run.end, end) - page;
        if (key_record(&run.key) == TRANSLATION_NONE) {
            enum translation record = translation_to_enter(w, n, node_first + page, key_permissions(&run.key), &alike);
            if (!arena_reserve(w, mapping_record_bytes(w, m))) return false;
            mapping_record(w, m, page, page + alike, record);
        }
        page += alike;
    }
    return true;
}

/* ---- Taking back ---- */

static void lower_in_mapping(zxp_world *w, mapping_ref m, uint64_t first, uint64_t end, enum translation most) {
    struct page_map *pages = &mapping_at(w, m)->pages;
    for (uint64_t page = first; page < end;) {
        struct page_run run = page_map_find(w, pages, page);
        uint64_t stop = min_u64(run.end, end);
        enum translation record = (enum translation)min_u64(key_record(&run.key), most);
        page_map_set(w, pages, page, stop, mapping_key(key_permissions(&run.key), record));
        page = stop;
    }
}

/* Pages [first, end) of a node, in the mappings of one VMO that uses it. */
static void lower_in_vmo(zxp_world *w, vmo_ref v, uint64_t first, uint64_t end, enum translation most) {
    const struct vmo *vmo = vmo_at(w, v);
    uint64_t base = vmo->base / PAGE;
    first = max_u64(first, base) - base;
    end = min_u64(max_u64(end, base) - base, vmo->window / PAGE);
    for (mapping_ref m = vmo->first_mapping; mapping_is(m); m = mapping_at(w, m)->next) {
        const struct mapping *mapping = mapping_at(w, m);
        uint64_t offset = mapping->vmo_offset / PAGE;
        uint64_t from = max_u64(first, offset), to = max_u64(offset, min_u64(end, offset + mapping->size / PAGE));
        lower_in_mapping(w, m, from - offset, to - offset, most);
    }
}

static void lower_in_users(zxp_world *w, node_ref n, uint64_t first, uint64_t end, enum translation most) {
    for (vmo_ref v = node_at(w, n)->first_user; vmo_is(v); v = vmo_at(w, v)->next_user)
        lower_in_vmo(w, v, first, end, most);
}

static bool has_mappings(const zxp_world *w, node_ref n) {
    for (vmo_ref v = node_at(w, n)->first_user; vmo_is(v); v = vmo_at(w, v)->next_user)
        if (vmo_at(w, v)->mappings > 0) return true;
    return false;
}

struct pages {
    uint64_t first, end;
};

/* Pages [first, end) of n as pages of its descendant `below`, where the limits on the way let them be seen. */
static struct pages pages_below(const zxp_world *w, node_ref n, node_ref below, uint64_t first, uint64_t end) {
    uint64_t shift = 0, limit = UINT64_MAX;
    for (node_ref x = below; !node_same(x, n); x = node_at(w, x)->up) {
        uint64_t pages = node_at(w, x)->limit / PAGE;
        limit = min_u64(limit, max_u64(pages, shift) - shift);
        shift += node_at(w, x)->up_offset / PAGE;
    }
    return (struct pages){max_u64(first, shift) - shift, min_u64(limit, max_u64(end, shift) - shift)};
}

/* Is page `page` of `below` empty in every node from there up to (not including) n, so that n's page is seen?
 * *alike: for how many pages from there the answer is the same, at most what it held before. */
static bool is_seen(const zxp_world *w, node_ref n, node_ref below, uint64_t page, uint64_t *alike) {
    for (node_ref x = below; !node_same(x, n); x = node_at(w, x)->up) {
        struct page_run run = slot_run(w, x, page);
        *alike = min_u64(*alike, run.end - page);
        if (run.key.state != ABSENT) return false;
        page += node_at(w, x)->up_offset / PAGE;
    }
    return true;
}

static void lower_where_seen(zxp_world *w, node_ref n, node_ref below, struct pages range, enum translation most) {
    while (range.first < range.end) {
        uint64_t alike = range.end - range.first;
        if (is_seen(w, n, below, range.first, &alike)) lower_in_users(w, below, range.first, range.first + alike, most);
        range.first += alike;
    }
}

/* The node after `x` in the tree below n, without going below x; none at the end. */
static node_ref next_beside(const zxp_world *w, node_ref n, node_ref x) {
    while (!node_same(x, n)) {
        if (node_is(node_at(w, x)->next_below)) return node_at(w, x)->next_below;
        x = node_at(w, x)->up;
    }
    return node_none();
}

static void lower(zxp_world *w, node_ref n, uint64_t first, uint64_t end, enum translation most) {
    if (kernel_of(w)->mappings == 0) return;
    lower_in_users(w, n, first, end, most);
    node_ref x = node_at(w, n)->first_below;
    while (node_is(x)) {
        struct pages range = pages_below(w, n, x, first, end);
        if (range.first < range.end && has_mappings(w, x)) lower_where_seen(w, n, x, range, most);
        node_ref deeper = range.first < range.end ? node_at(w, x)->first_below : node_none();
        x = node_is(deeper) ? deeper : next_beside(w, n, x);
    }
}

void mappings_unmap_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    lower(w, n, first, end, TRANSLATION_NONE);
}

void mappings_protect_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    lower(w, n, first, end, TRANSLATION_RO);
}

/* A change takes translations back run by run of the nodes that a mapping sees, and within a range: only there do its
 * own runs begin. */
uint64_t mappings_change_bytes(const zxp_world *w, uint64_t changes) {
    uint64_t bytes = 0;
    if (kernel_of(w)->mappings == 0) return 0;
    for (mapping_ref m = mapping_after(w, 0); mapping_is(m);) {
        const struct mapping *mapping = mapping_at(w, m);
        uint64_t runs = 2 * changes;
        for (node_ref n = vmo_at(w, mapping->vmo)->node; node_is(n); n = node_at(w, n)->up)
            runs += node_at(w, n)->map.runs;
        bytes += page_map_runs_bytes(&mapping->pages, runs);
        m = mapping_after(w, mapping->base + mapping->size);
    }
    return bytes;
}
