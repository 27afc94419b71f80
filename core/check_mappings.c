/*
 * check_mappings.c - INV-52..54: translations of one world (chapter 7 section 5).
 */
#include "check.h"

/* Pages of a mapping that are alike in permissions, record and what they show. */
struct shown {
    mapping_ref mapping;
    uint64_t page, count;
    uint32_t permissions;
    enum translation record;
    bool beyond; /* the VMO ends before the first of them */
    node_ref node;
    uint64_t node_page;
};

static void report_shown(const zxp_world *w, const struct shown *s, uint16_t n, struct report *r) {
    violated(r, n, vmo_at(w, mapping_at(w, s->mapping)->vmo)->object.koid,
             mapping_at(w, s->mapping)->vmo_offset / PAGE + s->page);
}

static void inv_52_translation_can_be_read(const zxp_world *w, const struct shown *s, struct report *r) {
    bool readable = (s->permissions & ZX_VM_PERM_READ) != 0;
    if (!readable || s->record > TRANSLATION_RW) report_shown(w, s, 52, r);
}

static void inv_53_writable_is_dirty(const zxp_world *w, const struct shown *s, struct report *r) {
    if (s->record != TRANSLATION_RW || s->beyond) return;
    uint64_t alike = s->count;
    bool own = mapping_writable(w, s->node, s->node_page, &alike);
    if (!own || (s->permissions & ZX_VM_PERM_WRITE) == 0) report_shown(w, s, 53, r);
}

static void inv_54_no_stale_view(const zxp_world *w, const struct shown *s, struct report *r) {
    if (s->beyond) {
        report_shown(w, s, 54, r);
        return;
    }
    struct found found = node_find(w, s->node, s->node_page, s->count);
    bool zero_of_old = !profile_is(w, ZXP_PROFILE_HEAD) &&
                       !node_same(found.owner, s->node); /* chapter 9 section 3: detached, by clone */
    if (node_is(found.owner) && found.key.state == ABSENT && !zero_of_old) report_shown(w, s, 54, r);
}

/* Clips the run to pages that are alike behind it too. */
static struct shown shown_from(const zxp_world *w, mapping_ref m, const struct page_run *run) {
    const struct mapping *mapping = mapping_at(w, m);
    const struct vmo *vmo = vmo_at(w, mapping->vmo);
    uint64_t page = mapping->vmo_offset / PAGE + run->first, size = vmo_size(w, mapping->vmo) / PAGE;
    struct shown s = {.mapping = m,
                      .page = run->first,
                      .count = run->end - run->first,
                      .permissions = key_permissions(&run->key),
                      .record = key_record(&run->key),
                      .beyond = page >= size,
                      .node = vmo->node,
                      .node_page = vmo->base / PAGE + page};
    if (s.beyond) return s;
    s.count = min_u64(s.count, size - page);
    s.count = node_find(w, s.node, s.node_page, s.count).run;
    if (s.record == TRANSLATION_RW) (void)mapping_writable(w, s.node, s.node_page, &s.count);
    return s;
}

static void check_run(const zxp_world *w, mapping_ref m, struct page_run run, struct report *r) {
    if (key_record(&run.key) == TRANSLATION_NONE) return;
    while (run.first < run.end) {
        struct shown s = shown_from(w, m, &run);
        inv_52_translation_can_be_read(w, &s, r);
        inv_53_writable_is_dirty(w, &s, r);
        inv_54_no_stale_view(w, &s, r);
        run.first += s.count;
    }
}

void check_mappings(const zxp_world *w, struct report *r) {
    for (mapping_ref m = mapping_after(w, 0); mapping_is(m);
         m = mapping_after(w, mapping_at(w, m)->base + mapping_at(w, m)->size)) {
        struct page_run run;
        const struct page_map *pages = &mapping_at(w, m)->pages;
        for (struct page_walk k = page_walk_begin(w, pages, 0, pages->pages); page_walk_next(&k, &run);)
            check_run(w, m, run, r);
    }
}
