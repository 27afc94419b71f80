/*
 * page_view.c - the page map of a VMO, as its user sees it (zxp_page_run_at).
 *
 * Runs that differ only in what nobody sees (stamps, the rest of an interval's awaiting-clean length) are shown as one.
 */
#include "lookup.h"
#include "object.h"

/* Where the window of the VMO ends, in pages of its node. */
static uint64_t window_end(const zxp_world *w, vmo_ref v) { return (vmo_at(w, v)->base + vmo_size(w, v)) / PAGE; }

static int age_of(const zxp_world *w, const struct page_key *key) {
    if (key->list == LIST_NONE) return -1;
    if (key->list == LIST_ISOLATE) return -2;
    return (int)((kernel_of(w)->newest_generation - key->generation) % 8);
}

/* The letter of the page, and where in its run the next letter begins (Y goes over into Z). */
static char letter_of(const struct page_run *run, uint64_t page, uint64_t *end) {
    *end = run->end;
    if (run->key.state == ZERO_DIRTY && page - run->first < run->key.order)
        *end = run->first + min_u64(run->key.order, run->end - run->first);
    return key_letter(&run->key, run->first, page);
}

/* What is no frame is a fill of zeros. */
static void show_content(const zxp_world *w, const struct page_key *key, uint64_t page, zxp_page_run *view) {
    switch (key->kind) {
    case CONTENT_BODY:
        view->content = ZXP_CONTENT_BYTES;
        view->bytes = content_bytes(w, key_content(key), page, NULL);
        break;
    case CONTENT_LETTERS:
        view->content = ZXP_CONTENT_LETTERS;
        view->fill = (uint8_t)((key->content + page % 26) % 26);
        break;
    default: view->content = ZXP_CONTENT_FILL; view->fill = (uint8_t)key->content;
    }
}

/* What is seen of page `page` of the node, and in *end up to where that comes from one run. */
static zxp_page_run show(const zxp_world *w, node_ref n, uint64_t page, uint64_t *end) {
    struct page_run run = slot_run(w, n, page);
    zxp_page_run view = {.letter = letter_of(&run, page, end),
                         .always_need = run.key.always_need,
                         .pins = run.key.pins,
                         .age = age_of(w, &run.key)};
    show_content(w, &run.key, page, &view);
    uint64_t shared = *end - page;
    if (run.key.state == OWNED && run.key.share != 0 && node_shared(w, n, page, &shared)) view.share = run.key.share;
    *end = page + shared;
    return view;
}

/* Do the pages look alike? LETTERS go on in order from the first page of `a`, which is `pages` before that of `b`. */
static bool alike(const zxp_page_run *a, const zxp_page_run *b, uint64_t pages) {
    uint8_t fill = a->content == ZXP_CONTENT_LETTERS ? (uint8_t)((a->fill + pages % 26) % 26) : a->fill;
    return a->letter == b->letter && a->always_need == b->always_need && a->pins == b->pins && a->age == b->age &&
           a->content == b->content && fill == b->fill && a->bytes == b->bytes && a->share == b->share;
}

bool zxp_page_run_at(const zxp_world *world, zx_koid_t vmo, uint64_t page, zxp_page_run *run) {
    object_ref object = object_by_koid(world, vmo);
    if (!object_is(object) || object_at(world, object)->type != ZX_OBJ_TYPE_VMO) return false;
    vmo_ref v = vmo_of_object(object);
    if (page >= vmo_size(world, v) / PAGE) return false;
    node_ref n = vmo_at(world, v)->node;
    uint64_t first = page + vmo_at(world, v)->base / PAGE, last = window_end(world, v), end, next;
    *run = show(world, n, first, &end);
    while (end < last) {
        zxp_page_run more = show(world, n, end, &next);
        if (!alike(run, &more, end - first)) break;
        end = next;
    }
    run->first = page;
    run->count = min_u64(end, last) - first;
    return true;
}
