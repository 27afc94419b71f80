/*
 * check_account.c - INV-32..35: what the VMOs of one world are
 * charged with (chapter 6 section 10.3, chapter 8 section 1.10).
 */
#include "account.h"
#include "check.h"

static uint64_t frames_of(const zxp_world *w, node_ref n) {
    uint64_t frames = 0;
    struct page_run run;
    const struct page_map *map = &node_at(w, n)->map;
    for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run);)
        if (is_frame(&run.key)) frames += run.end - run.first;
    return frames;
}

static bool owns_node(const zxp_world *w, vmo_ref v) { return vmo_same(node_at(w, vmo_at(w, v)->node)->owner, v); }

static void inv_32_root_bytes(const zxp_world *w, vmo_ref v, const struct attribution *a, struct report *r) {
    if (!owns_node(w, v) || !node_is_root(w, vmo_at(w, v)->node)) return;
    uint64_t bytes = frames_of(w, vmo_at(w, v)->node) * PAGE;
    bool right = a->committed == bytes && a->private_bytes == bytes && a->scaled == bytes && a->scaled_fraction == 0;
    if (!right) violated(r, 32, vmo_at(w, v)->object.koid, 0);
}

static void inv_33_slices_and_references_report_nothing(const zxp_world *w, vmo_ref v, const struct attribution *a,
                                                        struct report *r) {
    if (!owns_node(w, v) && (a->committed | a->private_bytes | a->scaled | a->scaled_fraction) != 0)
        violated(r, 33, vmo_at(w, v)->object.koid, 0);
}

/* What the members of a family are charged with together lies between
 * the largest member and all of them; without sharing it is all. */
static void inv_33_no_double_count(const zxp_world *w, node_ref n, struct report *r) {
    uint64_t most = 0, all = 0, scaled = 0, members = 0;
    node_ref m = n;
    if (node_is_root(w, n)) return; /* never shared: INV-32 */
    do {
        uint64_t frames = frames_of(w, m);
        if (!vmo_is(node_at(w, m)->owner)) return;
        if (m.index < n.index) return; /* asked once for each family */
        most = max_u64(most, frames);
        all += frames;
        scaled += vmo_attribution(w, node_at(w, m)->owner).scaled;
        members++;
        m = node_at(w, m)->next_in_family;
    } while (!node_same(m, n));
    uint64_t rounding = members > 1 ? members : 0; /* the fractions */
    bool right = scaled + rounding >= most * PAGE && scaled <= all * PAGE && (members > 1 || scaled == all * PAGE);
    if (!right) violated(r, 33, node_koid(w, n), 0);
}

static void inv_34_ordering(const zxp_world *w, vmo_ref v, const struct attribution *a, struct report *r) {
    bool right = a->private_bytes <= a->scaled && a->scaled <= a->committed && a->committed <= vmo_size(w, v);
    if (!right) violated(r, 34, vmo_at(w, v)->object.koid, 0);
}

static bool is_listed(const struct page_key *k) { return k->list != LIST_NONE; }

static void inv_35_queue_totals(const zxp_world *w, node_ref n, struct report *r) {
    const struct page_map *map = &node_at(w, n)->map;
    if (kernel_of(w)->pages_in_lists != 0) return;
    uint64_t page = page_map_first(w, map, 0, map->pages, is_listed);
    if (page < map->pages) violated(r, 35, node_koid(w, n), page);
}

void check_account(const zxp_world *w, struct report *r) {
    for (vmo_ref v = next_vmo(w, vmo_none()); vmo_is(v); v = next_vmo(w, v)) {
        struct attribution a = vmo_attribution(w, v);
        inv_32_root_bytes(w, v, &a, r);
        inv_33_slices_and_references_report_nothing(w, v, &a, r);
        inv_34_ordering(w, v, &a, r);
    }
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node) {
        inv_33_no_double_count(w, n, r);
        inv_35_queue_totals(w, n, r);
    }
}
