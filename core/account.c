/*
 * account.c - what memory a VMO is charged for (account.h; chapter 6 section 10.3).
 */
#include "account.h"

#include "slots.h"

#define ONE_BYTE ((uint64_t)1 << 63) /* a fraction counts 2^-63 bytes */

/* A number of bytes with a fraction below ONE_BYTE. */
struct fixed {
    uint64_t whole, fraction;
};

static struct fixed fixed_add(struct fixed a, struct fixed b) {
    uint64_t fraction = a.fraction + b.fraction;
    return (struct fixed){a.whole + b.whole + fraction / ONE_BYTE, fraction % ONE_BYTE};
}

static struct fixed fixed_times(struct fixed a, uint64_t n) {
    struct fixed sum = {0, 0};
    for (; n > 0; n >>= 1, a = fixed_add(a, a))
        if (n & 1) sum = fixed_add(sum, a);
    return sum;
}

/* The share of one page that each of n owners bears. */
static struct fixed page_share(uint64_t n) { return (struct fixed){PAGE / n, ONE_BYTE / n * (PAGE % n)}; }

uint64_t owners_of_run(const zxp_world *w, node_ref n, uint64_t page, uint64_t *end, uint32_t share) {
    uint64_t owners = 1, place = page + node_at(w, n)->root_offset / PAGE;
    for (node_ref m = node_at(w, n)->next_in_family; !node_same(m, n); m = node_at(w, m)->next_in_family) {
        uint64_t begins = node_at(w, m)->root_offset / PAGE, pages = node_at(w, m)->map.pages;
        if (place < begins) {
            *end = min_u64(*end, page + (begins - place));
        } else if (place - begins < pages) {
            struct page_run run = slot_run(w, m, place - begins);
            *end = min_u64(*end, page + (run.end - (place - begins)));
            owners += run.key.state == OWNED && run.key.share == share;
        }
    }
    return owners;
}

static void charge(struct attribution *sum, uint64_t pages, uint64_t owners) {
    struct fixed before = {sum->scaled, sum->scaled_fraction};
    struct fixed scaled = fixed_add(before, fixed_times(page_share(owners), pages));
    sum->committed += pages * PAGE;
    if (owners == 1) sum->private_bytes += pages * PAGE;
    sum->scaled = scaled.whole;
    sum->scaled_fraction = scaled.fraction;
}

/* Pages of one run are shared by different members in different parts of it. */
static void charge_run(const zxp_world *w, node_ref n, const struct page_run *run, struct attribution *sum) {
    bool alone = run->key.share == 0 || !node_has_family(w, n);
    for (uint64_t page = run->first, end; page < run->end; page = end) {
        end = run->end;
        uint64_t owners = alone ? 1 : owners_of_run(w, n, page, &end, run->key.share);
        charge(sum, end - page, owners);
    }
}

struct attribution vmo_attribution(const zxp_world *w, vmo_ref v) {
    struct attribution sum = {0};
    const struct vmo *vmo = vmo_at(w, v);
    if (vmo->kind == ZXP_VMO_SLICE || vmo->kind == ZXP_VMO_REFERENCE) return sum;
    const struct page_map *map = &node_at(w, vmo->node)->map;
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, map, 0, map->pages); page_walk_next(&walk, &run);) {
        if (is_frame(&run.key)) charge_run(w, vmo->node, &run, &sum);
    }
    return sum;
}
