/*
 * mappings.c - the VMAR syscalls and what the model remembers of translations (chapter 7 sections 2, 3, 5).
 */
#include <string.h>

#include "state.h"

enum { PERM_ALL = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE };

/* ---- looking at mappings ---- */

static zx_vaddr_t mapping_end(const mapping_t *m) { return m->base + m->pages * PAGE; }

int orc_mapping_find(const oracle *o, zx_vaddr_t addr) {
    for (int i = 0; i < o->mappings; i++) {
        if (o->mapping[i].base <= addr && addr < mapping_end(&o->mapping[i])) {
            return i;
        }
    }
    return -1;
}

uint8_t orc_mapping_permission(const mapping_t *m, uint64_t page) {
    return page < MAPPING_PAGES ? m->permission[page] : m->rest;
}

uint8_t orc_record_get(const mapping_t *m, uint64_t page) { return page < MAPPING_PAGES ? m->record[page] : REC_NONE; }

void orc_record_set(oracle *o, mapping_t *m, uint64_t page, uint8_t record) {
    if (page >= MAPPING_PAGES) {
        if (record != REC_NONE) {
            orc_out_of_bounds(o, "pages of a mapping");
        }
        return;
    }
    m->records = (uint16_t)(m->records + (record != REC_NONE) - (m->record[page] != REC_NONE));
    m->record[page] = record;
}

/* Chapter 7 section 6.3: bytes of the VMO that may be touched. */
uint64_t orc_mapping_limit(const oracle *o, const mapping_t *m) {
    uint64_t size = orc_vmo_bytes(o, m->object);
    uint64_t stream = orc_stream_size(o, m->object);
    return !m->beyond_stream || stream > size ? size : orc_round_up(stream);
}

/* Page of node n through which page k of the mapping is seen now; NEVER if the mapping does not look into n there. */
static uint64_t seen_page(const oracle *o, const mapping_t *m, uint64_t k, int n) {
    const object_t *v = &o->object[m->object];
    int at = v->node;
    uint64_t page = v->base + m->vmo_offset / PAGE + k;
    while (at != n) {
        const node_t *node = &o->node[at];
        if (node->up < 0 || page >= node->limit || orc_entry_find(o, at, page) >= 0) {
            return NEVER;
        }
        page += node->up_off;
        at = node->up;
    }
    return page;
}

static void change_records(oracle *o, int n, uint64_t first, uint64_t count, bool remove) {
    for (int i = 0; i < o->mappings; i++) {
        mapping_t *m = &o->mapping[i];
        for (uint64_t k = 0; k < MAPPING_PAGES && m->records > 0; k++) {
            if (m->record[k] == REC_NONE || (!remove && m->record[k] != REC_RW)) {
                continue;
            }
            uint64_t page = seen_page(o, m, k, n);
            if (page != NEVER && page >= first && page - first < count) {
                orc_record_set(o, m, k, remove ? REC_NONE : REC_RO);
            }
        }
    }
}

void orc_unmap_node_pages(oracle *o, int n, uint64_t first, uint64_t count) {
    change_records(o, n, first, count, true);
}

void orc_protect_node_pages(oracle *o, int n, uint64_t first, uint64_t count) {
    change_records(o, n, first, count, false);
}

/* Translations of the pages that are present now (section 5.1, row MAP_RANGE); addresses still mapped to this VMO as
 * they were, the first at `offset`. */
void orc_map_range(oracle *o, zx_vaddr_t addr, zx_vaddr_t end, int object, uint64_t offset) {
    for (zx_vaddr_t begin = addr; addr < end && orc_walk_step(o); addr += PAGE) {
        int i = orc_mapping_find(o, addr);
        uint64_t off = offset + (addr - begin);
        if (i < 0 || o->mapping[i].object != object || off != o->mapping[i].vmo_offset + (addr - o->mapping[i].base)) {
            continue;
        }
        mapping_t *m = &o->mapping[i];
        uint64_t k = (addr - m->base) / PAGE;
        uint8_t permission = orc_mapping_permission(m, k);
        int n = o->object[object].node;
        if (off >= orc_mapping_limit(o, m)) {
            addr = orc_min64(end, mapping_end(m)) - PAGE; /* nothing of it lies beyond */
            continue;
        }
        if (orc_record_get(m, k) != REC_NONE || (permission & ZX_VM_PERM_READ) == 0) {
            continue;
        }
        place_t at = orc_find(o, n, o->object[object].base + off / PAGE);
        if (at.frame < 0) {
            continue;
        }
        if (orc_tracked(o, n) || (permission & ZX_VM_PERM_WRITE) == 0) {
            orc_record_set(o, m, k, REC_RO);
        } else if (at.node == n && o->frame[at.frame].shares == 1) {
            orc_record_set(o, m, k, REC_RW);
        }
    }
}

/* ---- making and removing ---- */

static mapping_t *mapping_insert(oracle *o, const mapping_t *mapping) {
    int i = 0;
    if (o->mappings == MAPPING_MAX) {
        orc_out_of_bounds(o, "mappings");
        return NULL;
    }
    while (i < o->mappings && o->mapping[i].base < mapping->base) {
        i++;
    }
    memmove(&o->mapping[i + 1], &o->mapping[i], (size_t)(o->mappings - i) * sizeof(mapping_t));
    o->mapping[i] = *mapping;
    o->mappings++;
    o->object[mapping->object].mappings++;
    return &o->mapping[i];
}

static void mapping_remove(oracle *o, int i) {
    int object = o->mapping[i].object;
    memmove(&o->mapping[i], &o->mapping[i + 1], (size_t)(o->mappings - i - 1) * sizeof(mapping_t));
    o->mappings--;
    o->object[object].mappings--;
    orc_vmo_check_death(o, object);
}

static void count_records(mapping_t *m) {
    m->records = 0;
    for (uint64_t k = 0; k < MAPPING_PAGES; k++) {
        m->records = (uint16_t)(m->records + (m->record[k] != REC_NONE));
    }
}

/* The part of m from page `first` on, `pages` long. */
static mapping_t mapping_part(const mapping_t *m, uint64_t first, uint64_t pages) {
    mapping_t part = *m;
    part.base += first * PAGE;
    part.vmo_offset += first * PAGE;
    part.pages = pages;
    for (uint64_t k = 0; k < MAPPING_PAGES; k++) {
        bool inside = k < pages && first + k < MAPPING_PAGES;
        part.record[k] = inside ? m->record[first + k] : REC_NONE;
        part.permission[k] = first + k < MAPPING_PAGES ? m->permission[first + k] : m->rest;
    }
    count_records(&part);
    return part;
}

/* Section 3.2 step 7: everything mapped in [addr, end) goes. */
static void unmap(oracle *o, zx_vaddr_t addr, zx_vaddr_t end) {
    for (int i = 0; i < o->mappings;) {
        mapping_t old = o->mapping[i];
        zx_vaddr_t old_end = mapping_end(&old);
        if (old_end <= addr || old.base >= end) {
            i++;
            continue;
        }
        if (old.base < addr) {
            o->mapping[i] = mapping_part(&old, 0, (addr - old.base) / PAGE);
        }
        if (old_end > end) {
            mapping_t right = mapping_part(&old, (end - old.base) / PAGE, (old_end - end) / PAGE);
            if (old.base < addr) {
                (void)mapping_insert(o, &right);
            } else {
                o->mapping[i] = right;
            }
        }
        if (old.base >= addr && old_end <= end) {
            mapping_remove(o, i);
        } else {
            i++;
        }
    }
}

static bool inside_vmar(uint64_t addr, uint64_t len) {
    return addr >= ROOT_BASE && addr <= ROOT_END && len <= ROOT_END - addr;
}

/* Lowest address that fits, below `top`; 0: none. */
static zx_vaddr_t place(const oracle *o, uint64_t len, uint64_t align, zx_vaddr_t top) {
    zx_vaddr_t at = (ROOT_BASE + align - 1) / align * align;
    for (int i = 0; i < o->mappings; i++) {
        const mapping_t *m = &o->mapping[i];
        if (at < mapping_end(m) && m->base < at + len) {
            at = (mapping_end(m) + align - 1) / align * align;
        }
    }
    return at <= top && len <= top - at ? at : 0;
}

static bool overlaps(const oracle *o, zx_vaddr_t addr, uint64_t len) {
    for (int i = 0; i < o->mappings; i++) {
        if (o->mapping[i].base < addr + len && addr < mapping_end(&o->mapping[i])) {
            return true;
        }
    }
    return false;
}

/* ---- zx_vmar_map (section 3.1) ---- */

typedef struct {
    uint32_t options;
    uint64_t vmar_offset, vmo_offset, len, align;
    int object;
    uint8_t max;
} map_args;

static bool bad_alignment(uint32_t options) {
    uint32_t exponent = options >> ZX_VM_ALIGN_BASE;
    return exponent != 0 && (exponent < 10 || exponent > 32);
}

/* Steps 4 to 16. */
static zx_status_t map_options(oracle *o, int t, map_args *m, zx_rights_t vmo_rights, zx_rights_t vmar_rights) {
    const struct {
        uint32_t perm;
        zx_rights_t right;
    } pairs[3] = {
        {ZX_VM_PERM_READ, ZX_RIGHT_READ}, {ZX_VM_PERM_WRITE, ZX_RIGHT_WRITE}, {ZX_VM_PERM_EXECUTE, ZX_RIGHT_EXECUTE}};
    if ((vmo_rights & ZX_RIGHT_MAP) == 0) {
        return orc_rule(o, t, "7 section 3.1 step 4", ZX_ERR_ACCESS_DENIED);
    }
    if ((m->options & ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED) != 0) {
        m->options |= ZX_VM_PERM_READ;
    }
    if ((m->options & (ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE)) != 0 && (m->options & ZX_VM_PERM_READ) == 0) {
        return orc_rule(o, t, "7 section 3.1 step 6", ZX_ERR_INVALID_ARGS);
    }
    if ((m->options & ZX_VM_MAP_RANGE) != 0 && (m->options & ZX_VM_SPECIFIC_OVERWRITE) != 0) {
        return orc_rule(o, t, "7 section 3.1 step 7", ZX_ERR_INVALID_ARGS);
    }
    if ((m->options & (ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_EXECUTE)) != 0) {
        return orc_rule(o, t, "7 section 3.1 step 8", ZX_ERR_INVALID_ARGS);
    }
    for (int i = 0; i < 3; i++) {
        bool have = (vmo_rights & vmar_rights & pairs[i].right) != 0;
        if ((m->options & pairs[i].perm) != 0 && !have) {
            return orc_rule(o, t, "7 section 3.1 step 9", ZX_ERR_ACCESS_DENIED);
        }
        m->max |= have ? (uint8_t)pairs[i].perm : 0;
    }
    if ((m->options & ZX_VM_FAULT_BEYOND_STREAM_SIZE) != 0 && (m->options & ZX_VM_ALLOW_FAULTS) == 0) {
        return orc_rule(o, t, "7 section 3.1 step 10", ZX_ERR_INVALID_ARGS);
    }
    if ((m->options & 0x00ff0000u) != 0 || bad_alignment(m->options)) {
        return orc_rule(o, t, "7 section 3.1 step 12", ZX_ERR_INVALID_ARGS);
    }
    if ((m->options & ZX_VM_REQUIRE_NON_RESIZABLE) != 0 && o->object[m->object].resizable) {
        return orc_rule(o, t, "7 section 3.1 step 13", ZX_ERR_NOT_SUPPORTED);
    }
    if ((m->options & ZX_VM_ALLOW_FAULTS) == 0 && o->node[o->object[m->object].node].discardable) {
        return orc_rule(o, t, "7 section 3.1 step 14", ZX_ERR_NOT_SUPPORTED);
    }
    if ((m->options & (ZX_VM_COMPACT | ZX_VM_CAN_MAP_SPECIFIC)) != 0) {
        return orc_rule(o, t, "7 section 3.1 step 15", ZX_ERR_INVALID_ARGS);
    }
    return ZX_OK;
}

/* Steps 17 to 28; rounds len. */
static zx_status_t map_range_checks(oracle *o, int t, map_args *m) {
    const uint64_t size = ROOT_END - ROOT_BASE;
    bool specific = (m->options & (ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE)) != 0;
    bool upper = (m->options & ZX_VM_OFFSET_IS_UPPER_LIMIT) != 0;
    uint64_t len = orc_round_up(m->len);
    if (!orc_aligned(m->vmo_offset)) {
        return orc_rule(o, t, "7 section 3.1 step 17", ZX_ERR_INVALID_ARGS);
    }
    if (len < m->len || orc_add_wraps(m->vmo_offset, len)) {
        return orc_rule(o, t, "7 section 3.1 steps 18, 19", ZX_ERR_OUT_OF_RANGE);
    }
    if (len == 0) {
        return orc_rule(o, t, "7 section 3.1 step 21", ZX_ERR_INVALID_ARGS);
    }
    if ((upper && specific) || (!upper && !specific && m->vmar_offset != 0) || !orc_aligned(m->vmar_offset)) {
        return orc_rule(o, t, "7 section 3.1 steps 23 to 25", ZX_ERR_INVALID_ARGS);
    }
    m->len = len;
    if (upper ? m->vmar_offset > size || len > size || len > m->vmar_offset
              : m->vmar_offset >= size || len > size - m->vmar_offset) {
        return orc_rule(o, t, "7 section 3.1 step 27", ZX_ERR_INVALID_ARGS);
    }
    uint32_t exponent = m->options >> ZX_VM_ALIGN_BASE;
    m->align = exponent > 12 ? UINT64_C(1) << exponent : PAGE;
    if (specific && (ROOT_BASE + m->vmar_offset) % m->align != 0) {
        return orc_rule(o, t, "7 section 3.1 step 28", ZX_ERR_INVALID_ARGS);
    }
    return ZX_OK;
}

/* Steps 29 to 31. */
static zx_status_t map_make(oracle *o, int t, const map_args *m) {
    bool upper = (m->options & ZX_VM_OFFSET_IS_UPPER_LIMIT) != 0;
    zx_vaddr_t at = ROOT_BASE + m->vmar_offset;
    if ((m->options & ZX_VM_SPECIFIC_OVERWRITE) != 0) {
        orc_hold(o, t, 0, m->object);
        unmap(o, at, at + m->len);
    } else if ((m->options & ZX_VM_SPECIFIC) != 0) {
        if (overlaps(o, at, m->len)) {
            return orc_rule(o, t, "7 section 3.1 step 29", ZX_ERR_ALREADY_EXISTS);
        }
    } else {
        at = place(o, m->len, m->align, upper ? at : ROOT_END);
        if (at == 0) {
            return orc_rule(o, t, "7 section 3.1 step 29: no place", ZX_ERR_NO_RESOURCES);
        }
    }
    mapping_t mapping = {.base = at, .pages = m->len / PAGE, .vmo_offset = upper ? 0 : m->vmo_offset};
    mapping.object = (int16_t)m->object;
    mapping.max = m->max;
    mapping.rest = (uint8_t)(m->options & PERM_ALL);
    mapping.beyond_stream = (m->options & ZX_VM_FAULT_BEYOND_STREAM_SIZE) != 0;
    memset(mapping.permission, mapping.rest, sizeof(mapping.permission));
    if (mapping_insert(o, &mapping) == NULL) {
        return ZX_ERR_NO_MEMORY;
    }
    if ((m->options & ZX_VM_MAP_RANGE) != 0) {
        if (orc_vmo_discarded(o, m->object)) {
            unmap(o, at, at + m->len);
            return orc_rule(o, t, "7 section 3.1 step 30: discarded", ZX_ERR_NOT_FOUND);
        }
        orc_map_range(o, at, at + m->len, m->object, mapping.vmo_offset);
    }
    orc_add_field(o, t, "address", at);
    return ZX_OK;
}

/* a: vmar, options, vmar_offset, vmo, vmo_offset, len. */
zx_status_t orc_op_vmar_map(oracle *o, int t) {
    const uint64_t *a = o->thread[t].a;
    map_args m = {.options = (uint32_t)a[1], .vmar_offset = a[2], .vmo_offset = a[4], .len = a[5]};
    int vmar;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_VMAR, 0, &vmar);
    if (status == ZX_OK) {
        status = orc_handle_get(o, t, (uint32_t)a[3], ZX_OBJ_TYPE_VMO, 0, &m.object);
    }
    if (status == ZX_OK) {
        status = map_options(o, t, &m, orc_handle_rights(o, (uint32_t)a[3]), orc_handle_rights(o, (uint32_t)a[0]));
    }
    if (status == ZX_OK) {
        status = map_range_checks(o, t, &m);
    }
    return status == ZX_OK ? map_make(o, t, &m) : status;
}

/* ---- zx_vmar_unmap (section 3.2), zx_vmar_protect (section 3.3) ---- */

zx_status_t orc_op_vmar_unmap(oracle *o, int t) {
    const uint64_t *a = o->thread[t].a;
    uint64_t len = orc_round_up(a[2]);
    int vmar;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_VMAR, 0, &vmar);
    if (status != ZX_OK) {
        return status;
    }
    if (!orc_aligned(a[1]) || len == 0 || !inside_vmar(a[1], len)) {
        return orc_rule(o, t, "7 section 3.2 steps 2 to 5", ZX_ERR_INVALID_ARGS);
    }
    unmap(o, a[1], a[1] + len);
    return ZX_OK;
}

/* Step 9. */
static zx_status_t protect_check(oracle *o, int t, zx_vaddr_t addr, zx_vaddr_t end, uint8_t permissions) {
    while (addr < end) {
        int i = orc_mapping_find(o, addr);
        if (i < 0) {
            return orc_rule(o, t, "7 section 3.3 step 9: hole", ZX_ERR_NOT_FOUND);
        }
        if ((permissions & ~o->mapping[i].max) != 0) {
            return orc_rule(o, t, "7 section 3.3 step 9: maximum", ZX_ERR_ACCESS_DENIED);
        }
        addr = mapping_end(&o->mapping[i]);
    }
    return ZX_OK;
}

static void protect(oracle *o, mapping_t *m, zx_vaddr_t addr, zx_vaddr_t end, uint8_t permissions) {
    zx_vaddr_t from = orc_max64(addr, m->base);
    zx_vaddr_t to = orc_min64(end, mapping_end(m));
    if (from >= to) {
        return;
    }
    uint64_t first = (from - m->base) / PAGE;
    uint64_t last = (to - m->base) / PAGE;
    for (uint64_t k = first; k < last && k < MAPPING_PAGES; k++) {
        m->permission[k] = permissions;
        if ((permissions & ZX_VM_PERM_READ) == 0) {
            orc_record_set(o, m, k, REC_NONE);
        } else if ((permissions & ZX_VM_PERM_WRITE) == 0 && m->record[k] == REC_RW) {
            orc_record_set(o, m, k, REC_RO);
        }
    }
    if (last > MAPPING_PAGES) {
        if (last < m->pages || first > MAPPING_PAGES) {
            orc_out_of_bounds(o, "permissions of a large mapping");
        }
        m->rest = permissions;
    }
}

/* a: vmar, options, addr, len. */
zx_status_t orc_op_vmar_protect(oracle *o, int t) {
    const uint64_t *a = o->thread[t].a;
    uint32_t options = (uint32_t)a[1];
    uint64_t len = orc_round_up(a[3]);
    zx_rights_t rights = 0;
    int vmar;
    if ((options & ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED) != 0) {
        options = (options | ZX_VM_PERM_READ) & ~ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED;
    }
    rights |= (options & ZX_VM_PERM_READ) != 0 ? ZX_RIGHT_READ : 0;
    rights |= (options & ZX_VM_PERM_WRITE) != 0 ? ZX_RIGHT_WRITE : 0;
    rights |= (options & ZX_VM_PERM_EXECUTE) != 0 ? ZX_RIGHT_EXECUTE : 0;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)a[0], ZX_OBJ_TYPE_VMAR, rights, &vmar);
    if (status != ZX_OK) {
        return status;
    }
    bool unreadable = (options & (ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE)) != 0 && (options & ZX_VM_PERM_READ) == 0;
    if (unreadable || !orc_aligned(a[2]) || (options & ~(uint32_t)PERM_ALL) != 0 || len == 0 ||
        !inside_vmar(a[2], len)) {
        return orc_rule(o, t, "7 section 3.3 steps 3 to 8", ZX_ERR_INVALID_ARGS);
    }
    status = protect_check(o, t, a[2], a[2] + len, (uint8_t)options);
    for (int i = 0; i < o->mappings && status == ZX_OK; i++) {
        protect(o, &o->mapping[i], a[2], a[2] + len, (uint8_t)options);
    }
    return status;
}

/* ---- zx_vmar_op_range (section 3.4) ---- */

/* addr: next address; end: end of the range; cursor: end of the piece under way. */

static zx_status_t op_range_begin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t op = (uint32_t)x->a[1];
    uint64_t len = orc_round_up(x->a[3]);
    int vmar;
    zx_status_t status = orc_handle_get(o, t, (uint32_t)x->a[0], ZX_OBJ_TYPE_VMAR, 0, &vmar);
    if (status != ZX_OK) {
        return status;
    }
    zx_rights_t rights = orc_handle_rights(o, (uint32_t)x->a[0]);
    bool changes = op == ZX_VMO_OP_COMMIT || op == ZX_VMO_OP_DECOMMIT || op == ZX_VMO_OP_ZERO;
    bool reads = op == 3 || op == ZX_VMO_OP_PREFETCH; /* 3: ZX_VMAR_OP_MAP_RANGE */
    if (!changes && !reads && op != ZX_VMO_OP_DONT_NEED && op != ZX_VMO_OP_ALWAYS_NEED) {
        return orc_rule(o, t, "7 section 3.4 step 2", ZX_ERR_INVALID_ARGS);
    }
    if ((changes && (rights & ZX_RIGHT_WRITE) == 0) || (reads && (rights & ZX_RIGHT_READ) == 0)) {
        return orc_rule(o, t, "7 section 3.4 step 3", ZX_ERR_ACCESS_DENIED);
    }
    if (len == 0 || !orc_aligned(x->a[2])) {
        return orc_rule(o, t, "7 section 3.4 step 5", ZX_ERR_INVALID_ARGS);
    }
    if (!inside_vmar(x->a[2], len)) {
        return orc_rule(o, t, "7 section 3.4 step 6", ZX_ERR_OUT_OF_RANGE);
    }
    x->addr = x->a[2];
    x->end = x->addr + len;
    return ZX_OK;
}

/* Steps 8 a to c for the piece at addr. ST_GO: orc_rangeop_run() is to go on. */
static zx_status_t piece_begin(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t op = (uint32_t)x->a[1];
    int i = orc_mapping_find(o, x->addr);
    if (i < 0) {
        return orc_rule(o, t, "7 section 3.4 step 8a: hole", ZX_ERR_BAD_STATE);
    }
    const mapping_t *m = &o->mapping[i];
    uint64_t off = m->vmo_offset + (x->addr - m->base);
    x->cursor = orc_min64(x->end, mapping_end(m));
    uint64_t len = x->cursor - x->addr;
    uint64_t limit = orc_mapping_limit(o, m);
    if (m->beyond_stream && (off > limit || len > limit - off)) {
        return orc_rule(o, t, "7 section 3.4 step 8b", ZX_ERR_OUT_OF_RANGE);
    }
    bool changes = op == ZX_VMO_OP_COMMIT || op == ZX_VMO_OP_DECOMMIT || op == ZX_VMO_OP_ZERO;
    if ((changes && (m->max & ZX_VM_PERM_WRITE) == 0) ||
        (op == ZX_VMO_OP_PREFETCH && (m->max & ZX_VM_PERM_READ) == 0)) {
        return orc_rule(o, t, "7 section 3.4: maximum permissions", ZX_ERR_ACCESS_DENIED);
    }
    x->piece_offset = off;
    orc_hold(o, t, 0, m->object);
    if (op == 3) {
        return orc_vmo_discarded(o, x->ref[0]) ? orc_rule(o, t, "7 section 3.4: MAP_RANGE, discarded", ZX_ERR_NOT_FOUND)
                                               : ZX_OK;
    }
    return orc_rangeop_begin(o, t, x->ref[0], op, off, len);
}

/* Ops that enter translations when they return OK. */
static void piece_end(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    uint32_t op = (uint32_t)x->a[1];
    if (op == 3 || op == ZX_VMO_OP_COMMIT || op == ZX_VMO_OP_PREFETCH || op == ZX_VMO_OP_ALWAYS_NEED) {
        orc_map_range(o, x->addr, x->cursor, x->ref[0], x->piece_offset);
    }
    x->addr = x->cursor;
    orc_drop(o, t, 0);
}

zx_status_t orc_op_vmar_op_range(oracle *o, int t) {
    thread_t *x = &o->thread[t];
    zx_status_t status = ZX_OK;
    if (x->phase == 1) {
        status = orc_rangeop_run(o, t, x->ref[0], orc_take_woke(o, t));
        if (status != ZX_OK) {
            return status;
        }
        piece_end(o, t);
    } else {
        status = op_range_begin(o, t);
        if (status != ZX_OK) {
            return status;
        }
        x->phase = 1;
    }
    while (x->addr < x->end) {
        status = piece_begin(o, t);
        if (status == ST_GO) {
            status = orc_rangeop_run(o, t, x->ref[0], ZX_OK);
        }
        if (status != ZX_OK) {
            return status;
        }
        piece_end(o, t);
    }
    return ZX_OK;
}
