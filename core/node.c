/*
 * node.c - the page tree: nodes, clones, families, who sees whose pages (node.h; chapter 6 section 4).
 *
 * Hidden nodes of the kernel do not exist here: a bidirectional clone copies the entries of its source, and pages
 * that two members of a family own in common carry the number of the snapshot that shared them (page_key.share).
 */
#include "node.h"

#include "mapping.h"
#include "page_state.h"
#include "slots.h"

/* ---- Making ---- */

uint64_t node_make_bytes(void) { return arena_size(sizeof(struct node)) + page_map_init_bytes(); }

static void link_into_all(zxp_world *w, node_ref n) {
    struct kernel *kernel = kernel_of(w);
    node_at(w, n)->next_node = kernel->first_node;
    if (node_is(kernel->first_node)) node_at(w, kernel->first_node)->previous_node = n;
    kernel->first_node = n;
}

static void unlink_from_all(zxp_world *w, node_ref n) {
    node_ref next = node_at(w, n)->next_node, previous = node_at(w, n)->previous_node;
    if (node_is(next)) node_at(w, next)->previous_node = previous;
    if (node_is(previous))
        node_at(w, previous)->next_node = next;
    else
        kernel_of(w)->first_node = next;
}

node_ref node_make(zxp_world *w, uint64_t size) {
    node_ref n = {arena_alloc(w, sizeof(struct node))};
    struct page_map map;
    page_map_init(w, &map, size / PAGE, key_absent());
    struct node *node = node_at(w, n);
    node->map = map;
    node->size = size;
    node->next_in_family = node->previous_in_family = n;
    link_into_all(w, n);
    return n;
}

void node_attach(zxp_world *w, node_ref n, node_ref up, uint64_t offset, uint64_t limit) {
    struct node *node = node_at(w, n), *above = node_at(w, up);
    node->up = up;
    node->up_offset = offset;
    node->limit = limit;
    node->next_below = above->first_below;
    if (node_is(above->first_below)) node_at(w, above->first_below)->previous_below = n;
    above->first_below = n;
}

static void detach(zxp_world *w, node_ref n) {
    struct node *node = node_at(w, n);
    if (!node_is(node->up)) return;
    if (node_is(node->next_below)) node_at(w, node->next_below)->previous_below = node->previous_below;
    if (node_is(node->previous_below))
        node_at(w, node->previous_below)->next_below = node->next_below;
    else
        node_at(w, node->up)->first_below = node->next_below;
}

static void join_family(zxp_world *w, node_ref n, node_ref of) {
    node_ref next = node_at(w, of)->next_in_family;
    node_at(w, n)->previous_in_family = of;
    node_at(w, n)->next_in_family = next;
    node_at(w, of)->next_in_family = n;
    node_at(w, next)->previous_in_family = n;
}

static void leave_family(zxp_world *w, node_ref n) {
    node_ref next = node_at(w, n)->next_in_family, previous = node_at(w, n)->previous_in_family;
    node_at(w, previous)->next_in_family = next;
    node_at(w, next)->previous_in_family = previous;
}

/* ---- Cloning: section 4.3 ---- */

/* The part of length `length` at `offset` that lies below `limit`. offset + length does not wrap. */
static uint64_t clamp(uint64_t offset, uint64_t length, uint64_t limit) {
    return max_u64(min_u64(offset + length, limit), offset) - offset;
}

static bool is_entry(const struct page_key *key) { return key->state != ABSENT; }

static bool owns_something(const zxp_world *w, node_ref n, uint64_t offset, uint64_t length) {
    uint64_t first = offset / PAGE, end = first + length / PAGE;
    return length > 0 && page_map_first(w, &node_at(w, n)->map, first, end, is_entry) < end;
}

uint64_t node_clone_bytes(const zxp_world *w, node_ref u, bool bidirectional) {
    if (!bidirectional) return node_make_bytes();
    return node_make_bytes() + page_map_fill_bytes(node_at(w, u)->map.runs) + mappings_change_bytes(w, 1);
}

/* The new node hangs below the nearest ancestor that owns something in the window, else below the root. */
node_ref node_clone_unidirectional(zxp_world *w, node_ref u, uint64_t offset, uint64_t size) {
    node_ref above = u;
    uint64_t at = offset, length = clamp(offset, size, node_at(w, u)->size);
    while (node_is(node_at(w, above)->up) && !owns_something(w, above, at, length)) {
        const struct node *node = node_at(w, above);
        length = clamp(at, length, node->limit);
        at += node->up_offset;
        above = node->up;
    }
    node_ref n = node_make(w, size);
    node_at(w, n)->root_offset = node_at(w, u)->root_offset + offset;
    node_at(w, n)->in_pager_tree = 1;
    node_attach(w, n, above, at, length);
    return n;
}

static void set_share(struct page_key *key, uint64_t share) {
    if (key->state == OWNED && key->share == 0) key->share = (uint32_t)share;
}

static bool is_unshared(const struct page_key *key) { return key->state == OWNED && key->share == 0; }

/* Every page that u owns and has written since the last snapshot gets the number of this one; those that it shares
 * already keep theirs. Its mappings lose write: the next store forks. */
static void share_pages(zxp_world *w, node_ref u) {
    uint64_t pages = node_at(w, u)->map.pages;
    if (page_map_first(w, &node_at(w, u)->map, 0, pages, is_unshared) < pages) {
        slots_change(w, u, 0, pages, set_share, kernel_of(w)->next_share++, VIEWS_KEEP, RULE_child_shared);
    }
    mappings_protect_pages(w, u, 0, pages);
}

/* The same entry for `to` pages of n, with references of its own. */
static void copy_run(zxp_world *w, node_ref n, const struct page_run *run, uint64_t to) {
    struct page_key key = run->key;
    uint64_t count = run->end - run->first;
    if (key.state == OWNED) {
        struct content content = content_moved(key_content(&key), run->first, to);
        key.content = content.value;
        if (content.kind == CONTENT_BODY) body_retain(w, content.value, count);
    }
    slots_set(w, n, to, to + count, key, VIEWS_KEEP, RULE_child_shared);
}

static void copy_entries(zxp_world *w, node_ref n, node_ref u, uint64_t offset, uint64_t size) {
    uint64_t first = offset / PAGE, end = (offset + clamp(offset, size, node_at(w, u)->size)) / PAGE;
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, &node_at(w, u)->map, first, end); page_walk_next(&walk, &run);) {
        if (run.key.state != ABSENT) copy_run(w, n, &run, run.first - first);
    }
}

node_ref node_clone_bidirectional(zxp_world *w, node_ref u, uint64_t offset, uint64_t size) {
    share_pages(w, u);
    node_ref n = node_make(w, size);
    const struct node *source = node_at(w, u);
    node_at(w, n)->root_offset = source->root_offset + offset;
    node_at(w, n)->in_pager_tree = source->in_pager_tree;
    if (node_is(source->up)) {
        uint64_t limit = clamp(offset, clamp(offset, size, source->size), source->limit);
        node_attach(w, n, source->up, source->up_offset + offset, limit);
    }
    join_family(w, n, u);
    copy_entries(w, n, u, offset, size);
    return n;
}

/* ---- Looking: sections 4.2, 6.1 ---- */

node_ref node_pager_root(const zxp_world *w, node_ref n) {
    if (!node_at(w, n)->in_pager_tree) return node_none();
    while (node_is(node_at(w, n)->up)) n = node_at(w, n)->up;
    return n;
}

static struct found nothing(uint64_t run) { return (struct found){.run = run}; }

struct found node_find(const zxp_world *w, node_ref n, uint64_t page, uint64_t max) {
    for (;;) {
        const struct node *node = node_at(w, n);
        if (page >= node->map.pages) return nothing(max);
        struct page_run run = page_map_find(w, &node->map, page);
        max = min_u64(max, run.end - page);
        if (run.key.state != ABSENT || source_is(node->source)) {
            return (struct found){.owner = n, .page = page, .run = max, .key = run.key};
        }
        uint64_t limit = node->limit / PAGE;
        if (page >= limit) return nothing(max);
        max = min_u64(max, limit - page);
        page += node->up_offset / PAGE;
        n = node->up;
    }
}

struct found node_find_above(const zxp_world *w, node_ref n, uint64_t page, uint64_t max) {
    const struct node *node = node_at(w, n);
    uint64_t limit = node->limit / PAGE;
    if (page >= limit) return nothing(max);
    return node_find(w, node->up, page + node->up_offset / PAGE, min_u64(max, limit - page));
}

static bool is_pinned(const struct page_key *key) { return key->pins > 0; }

bool node_any_pinned(const zxp_world *w, node_ref n, uint64_t first, uint64_t end) {
    const struct node *node = node_at(w, n);
    if (node->pinned == 0) return false;
    end = min_u64(end, node->map.pages);
    return first < end && page_map_first(w, &node->map, first, end, is_pinned) < end;
}

/* ---- Resizing: section 4.6 ---- */

void node_cut_children(zxp_world *w, node_ref n, uint64_t size) {
    for (node_ref c = node_at(w, n)->first_below; node_is(c); c = node_at(w, c)->next_below) {
        struct node *child = node_at(w, c);
        child->limit = clamp(child->up_offset, child->limit, size);
    }
}

void node_resize(zxp_world *w, node_ref n, uint64_t size) {
    uint64_t old = node_at(w, n)->map.pages, pages = size / PAGE;
    slots_set(w, n, pages, old, key_absent(), VIEWS_KEEP, RULE_vmo_size_shrunk);
    mappings_unmap_pages(w, n, pages, old);
    node_cut_children(w, n, size);
    struct node *node = node_at(w, n);
    page_map_resize(w, &node->map, pages, key_absent());
    node->size = size;
    node->limit = min_u64(node->limit, size);
}

/* ---- Death: section 4.7 ---- */

static void drop_entries(zxp_world *w, node_ref n) {
    struct page_map map = node_at(w, n)->map;
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, &map, 0, map.pages); page_walk_next(&walk, &run);) {
        if (is_frame(&run.key) && run.key.kind == CONTENT_BODY) body_release(w, run.key.content, run.end - run.first);
    }
    page_map_free(w, &map);
}

static void die(zxp_world *w, node_ref n) {
    source_ref source = node_at(w, n)->source;
    drop_entries(w, n);
    leave_family(w, n);
    detach(w, n);
    unlink_from_all(w, n);
    if (source_is(source)) source_node_died(w, source);
    arena_free(w, n.index, sizeof(struct node));
}

/* A node without users and without nodes below it dies, and then perhaps the one it hung on, and so on. */
void node_check_death(zxp_world *w, node_ref n) {
    while (node_is(n) && !vmo_is(node_at(w, n)->first_user) && !node_is(node_at(w, n)->first_below)) {
        node_ref up = node_at(w, n)->up;
        die(w, n);
        n = up;
    }
}
