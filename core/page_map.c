/*
 * page_map.c - the B+ tree of runs.
 *
 *   leaf   32 bytes of header, then firsts[capacity], then keys[capacity]. Full size: 31 runs in 1024 bytes. A map of
 *          one leaf starts with a capacity of 1 (64 bytes) and grows to 3, 7, 15, 31. Leaves are chained both ways.
 *   inner  up to 84 children, each with the first page of its subtree. These are exact, not mere separators: the end
 *          of the last run of a leaf can then be read off the way down, without touching the next leaf.
 *
 * Filling is lazy: a node that loses an entry is joined with a neighbour of the same parent if both fit in three
 * quarters of a node. So two neighbours hold more than that together (but where their parents were joined), and a
 * change splits or joins each level at most a few times. A full rightmost leaf that grows at its end is not halved:
 * maps that are written in ascending order get full leaves.
 */
#include "page_map.h"

#ifndef ZXP_TEST_SMALL_NODES
#define LEAF_RUNS   31u
#define LEAF_JOIN   24u
#define FANOUT      84u
#define FANOUT_JOIN 63u
#define NODE_BYTES  1024u
#else /* a handful of runs makes a tree: every test splits and joins nodes */
#define LEAF_RUNS   3u
#define LEAF_JOIN   2u
#define FANOUT      8u
#define FANOUT_JOIN 6u
#define NODE_BYTES  128u
#endif
/* A tree of 2^27 nodes (all that 32-bit indices can name) is far lower. */
#define MAX_HEIGHT 24u

struct leaf {
    uint32_t count, capacity;
    uint32_t next, previous;
    uint64_t reserved[2];
};

struct inner {
    uint32_t count, reserved;
    uint64_t first[FANOUT]; /* first page of each child's subtree */
    uint32_t child[FANOUT];
};

static_assert(sizeof(struct leaf) == 32 && sizeof(struct page_key) == 24, "a leaf of 31 runs is 1024 bytes");
static_assert(NODE_BYTES == 32 + LEAF_RUNS * 32, "a full leaf is a node");
static_assert(sizeof(struct inner) <= NODE_BYTES, "an inner node is as large as a full leaf");

/* The way from the root to one run: inner node and child index at each level, then the leaf and the index in it. */
struct path {
    uint32_t node[MAX_HEIGHT];
    uint32_t index[MAX_HEIGHT];
    uint32_t leaf, at;
};

static struct leaf *leaf_at(const zxp_world *w, uint32_t index) { return arena_at(w, index); }
static struct inner *inner_at(const zxp_world *w, uint32_t index) { return arena_at(w, index); }
/* Both kinds of nodes begin with their count. */
static uint32_t count_at(const zxp_world *w, uint32_t index) { return *(const uint32_t *)arena_at(w, index); }
static uint64_t *firsts_of(struct leaf *leaf) { return (uint64_t *)(void *)(leaf + 1); }
static struct page_key *keys_of(struct leaf *leaf) {
    return (struct page_key *)(void *)(firsts_of(leaf) + leaf->capacity);
}
static size_t leaf_bytes(uint32_t capacity) { return 32u + (size_t)capacity * 32u; }

/* The last index with a[index] <= page, or 0. Few branches: the compiler makes conditional moves of the loop's body. */
static inline uint32_t search(const uint64_t *a, uint32_t count, uint64_t page) {
    uint32_t base = 0;
    while (count > 1) {
        uint32_t half = count / 2;
        base = a[base + half] <= page ? base + half : base;
        count -= half;
    }
    return base;
}

/* ---- Making, freeing ---- */

static uint32_t leaf_make(zxp_world *w, uint32_t capacity) {
    uint32_t index = arena_alloc(w, leaf_bytes(capacity));
    leaf_at(w, index)->capacity = capacity;
    return index;
}

uint64_t page_map_init_bytes(void) { return arena_size(leaf_bytes(1)); }

void page_map_init(zxp_world *w, struct page_map *map, uint64_t pages, struct page_key key) {
    *map = (struct page_map){.pages = pages, .root = leaf_make(w, 1), .capacity = 1};
    if (pages == 0) return;
    struct leaf *leaf = leaf_at(w, map->root);
    leaf->count = 1;
    keys_of(leaf)[0] = key;
    map->runs = 1;
}

/* The nodes from the root down to where it is now are on a stack. */
void page_map_free(zxp_world *w, struct page_map *map) {
    uint32_t node[MAX_HEIGHT + 1], index[MAX_HEIGHT + 1];
    uint32_t depth = 1;
    assert(map->root != 0);
    node[0] = map->root;
    index[0] = 0;
    while (depth > 0) {
        uint32_t level = depth - 1;
        if (level == map->height) {
            arena_free(w, node[level], leaf_bytes(leaf_at(w, node[level])->capacity));
            depth--;
        } else if (index[level] < inner_at(w, node[level])->count) {
            node[depth] = inner_at(w, node[level])->child[index[level]++];
            index[depth++] = 0;
        } else {
            arena_free(w, node[level], NODE_BYTES);
            depth--;
        }
    }
    memset(map, 0, sizeof *map);
}

/* Each run that begins may split every level and add a root; k of them take no more than k times that, though the tree
 * may become higher meanwhile, for a new root is not split before it has got many children. Nor do they split more
 * leaves than there can be half full ones, and fewer nodes above. A lone leaf instead moves to bigger blocks (each has
 * twice the one before), or to smaller ones if it has become much too large. */
uint64_t page_map_runs_bytes(const struct page_map *map, uint64_t runs) {
    uint64_t after = map->runs + runs;
    if (after > LEAF_RUNS) {
        uint64_t nodes = min_u64(runs * (map->height + 2u), 2 * (after / (LEAF_RUNS / 2)));
        return nodes * NODE_BYTES + runs * ARENA_RUN;
    }
    uint32_t largest = map->capacity;
    while (largest < after) largest = 2 * largest + 1;
    return 2 * leaf_bytes(largest) + runs * ARENA_RUN;
}

static const struct page_map fresh = {.runs = 1, .capacity = 1};

uint64_t page_map_fill_bytes(uint64_t runs) { return page_map_runs_bytes(&fresh, runs); }

/* ---- Finding ---- */

/* Goes down to the run that holds `page`. Returns where that run's leaf ends. */
static uint64_t descend(const zxp_world *w, const struct page_map *map, uint64_t page, struct path *path) {
    uint32_t index = map->root;
    uint64_t bound = map->pages;
    for (uint32_t level = 0; level < map->height; level++) {
        const struct inner *inner = inner_at(w, index);
        uint32_t i = search(inner->first, inner->count, page);
        if (i + 1 < inner->count) bound = inner->first[i + 1];
        path->node[level] = index;
        path->index[level] = i;
        index = inner->child[i];
    }
    struct leaf *leaf = leaf_at(w, index);
    path->leaf = index;
    path->at = search(firsts_of(leaf), leaf->count, page);
    return bound;
}

/* Where a run is stored, and where it ends. */
struct place {
    struct leaf *leaf;
    uint32_t index, at; /* of the leaf; in it */
    uint64_t end;
};

/* Is the page in the leaf that was used last? Its last run does not count: only the next leaf knows where that ends. */
static inline bool in_last_leaf(const zxp_world *w, const struct page_map *map, uint64_t page) {
    if (map->height == 0 || map->last_leaf == 0) return false;
    struct leaf *leaf = leaf_at(w, map->last_leaf);
    return firsts_of(leaf)[0] <= page && page < firsts_of(leaf)[leaf->count - 1];
}

/* The nodes of a large map are far away: one is called for as a whole, before the search asks for its parts. */
static inline void call_for(const void *node) {
#if defined(__GNUC__)
    for (unsigned line = 0; line < NODE_BYTES; line += 64) __builtin_prefetch((const char *)node + line);
#else
    (void)node;
#endif
}

static inline struct place locate(const zxp_world *w, const struct page_map *map, uint64_t page) {
    bool near = in_last_leaf(w, map, page);
    struct place place = {.index = near ? map->last_leaf : map->root, .end = map->pages};
    for (uint32_t level = near ? map->height : 0; level < map->height; level++) {
        const struct inner *inner = inner_at(w, place.index);
        uint32_t i = search(inner->first, inner->count, page);
        if (i + 1 < inner->count) place.end = inner->first[i + 1];
        place.index = inner->child[i];
        if (map->height > 1) call_for(arena_at(w, place.index));
    }
    place.leaf = leaf_at(w, place.index);
    const uint64_t *firsts = firsts_of(place.leaf);
    place.at = search(firsts, place.leaf->count, page);
    if (place.at + 1 < place.leaf->count) place.end = firsts[place.at + 1];
    return place;
}

static inline struct page_run run_at(const struct place *place) {
    return (struct page_run){firsts_of(place->leaf)[place->at], place->end, keys_of(place->leaf)[place->at]};
}

struct page_run page_map_find(const zxp_world *w, const struct page_map *map, uint64_t page) {
    struct place place = locate(w, map, page);
    return run_at(&place);
}

void page_map_approach(const zxp_world *w, struct page_map *map, uint64_t page) {
    if (map->height > 0) map->last_leaf = locate(w, map, page).index;
}

/* ---- Inserting ---- */

/* Moves the entries from index `at` on by one, and stores an entry there. There is room. */
static void leaf_insert(struct leaf *leaf, uint32_t at, uint64_t page, struct page_key key) {
    uint64_t *firsts = firsts_of(leaf);
    struct page_key *keys = keys_of(leaf);
    memmove(firsts + at + 1, firsts + at, (leaf->count - at) * sizeof *firsts);
    memmove(keys + at + 1, keys + at, (leaf->count - at) * sizeof *keys);
    firsts[at] = page;
    keys[at] = key;
    leaf->count++;
}

/* Appends entries [from, count) of one leaf to another. */
static void leaf_append(struct leaf *to, struct leaf *leaf, uint32_t from) {
    uint32_t n = leaf->count - from;
    memcpy(firsts_of(to) + to->count, firsts_of(leaf) + from, n * sizeof(uint64_t));
    memcpy(keys_of(to) + to->count, keys_of(leaf) + from, n * sizeof(struct page_key));
    to->count += n;
    leaf->count = from;
}

/* The lone leaf of a map moves to a block of another capacity. */
static void root_leaf_move(zxp_world *w, struct page_map *map, uint32_t capacity) {
    uint32_t old = map->root;
    map->root = leaf_make(w, capacity);
    leaf_append(leaf_at(w, map->root), leaf_at(w, old), 0);
    arena_free(w, old, leaf_bytes(map->capacity));
    map->capacity = (uint16_t)capacity;
}

static void inner_insert(struct inner *inner, uint32_t at, uint64_t first, uint32_t child) {
    memmove(inner->first + at + 1, inner->first + at, (inner->count - at) * sizeof inner->first[0]);
    memmove(inner->child + at + 1, inner->child + at, (inner->count - at) * sizeof inner->child[0]);
    inner->first[at] = first;
    inner->child[at] = child;
    inner->count++;
}

static void inner_append(struct inner *to, struct inner *inner, uint32_t from) {
    uint32_t n = inner->count - from;
    memcpy(to->first + to->count, inner->first + from, n * sizeof inner->first[0]);
    memcpy(to->child + to->count, inner->child + from, n * sizeof inner->child[0]);
    to->count += n;
    inner->count = from;
}

static void root_add(zxp_world *w, struct page_map *map, uint64_t first, uint32_t child) {
    uint32_t root = arena_alloc(w, NODE_BYTES);
    inner_insert(inner_at(w, root), 0, 0, map->root);
    inner_insert(inner_at(w, root), 1, first, child);
    map->root = root;
    map->height++;
}

/* A subtree has a new right neighbour: puts it into the parents, splitting those that are full. */
static void add_child(zxp_world *w, struct page_map *map, const struct path *path, uint64_t first, uint32_t child) {
    for (uint32_t level = map->height; level-- > 0;) {
        struct inner *inner = inner_at(w, path->node[level]);
        uint32_t at = path->index[level] + 1;
        if (inner->count < FANOUT) {
            inner_insert(inner, at, first, child);
            return;
        }
        uint32_t right = arena_alloc(w, NODE_BYTES);
        uint32_t keep = at == FANOUT ? FANOUT - 1 : FANOUT / 2;
        inner_append(inner_at(w, right), inner, keep);
        if (at <= keep)
            inner_insert(inner, at, first, child);
        else
            inner_insert(inner_at(w, right), at - keep, first, child);
        first = inner_at(w, right)->first[0];
        child = right;
    }
    root_add(w, map, first, child);
}

/* Splits a full leaf and puts the entry where it belongs: at index path->at + 1. */
static void split_leaf(zxp_world *w, struct page_map *map, const struct path *path, uint64_t page,
                       struct page_key key) {
    uint32_t right = leaf_make(w, LEAF_RUNS);
    struct leaf *leaf = leaf_at(w, path->leaf), *new = leaf_at(w, right);
    uint32_t at = path->at + 1;
    uint32_t keep = at == LEAF_RUNS && leaf->next == 0 ? LEAF_RUNS : LEAF_RUNS / 2;
    leaf_append(new, leaf, keep);
    if (at <= keep && keep < LEAF_RUNS)
        leaf_insert(leaf, at, page, key);
    else
        leaf_insert(new, at - keep, page, key);
    new->next = leaf->next;
    new->previous = path->leaf;
    if (leaf->next != 0) leaf_at(w, leaf->next)->previous = right;
    leaf->next = right;
    add_child(w, map, path, firsts_of(new)[0], right);
}

/* A run begins at `page`, in the middle of another. */
static void insert(zxp_world *w, struct page_map *map, uint64_t page, struct page_key key) {
    struct path path;
    descend(w, map, page, &path);
    map->runs++;
    if (leaf_at(w, path.leaf)->count == LEAF_RUNS) {
        split_leaf(w, map, &path, page, key);
        return;
    }
    if (map->height == 0 && leaf_at(w, path.leaf)->count == map->capacity) {
        root_leaf_move(w, map, 2u * map->capacity + 1);
        path.leaf = map->root;
    }
    leaf_insert(leaf_at(w, path.leaf), path.at + 1, page, key);
}

/* ---- Erasing ---- */

/* The first page of the subtree at `level` of the path changed: the levels above learn it, as far as they begin with
 * it. It never was page 0, whose run stays: the way up ends below the root's first child. */
static void new_first(const zxp_world *w, const struct path *path, uint32_t level, uint64_t first) {
    do {
        level--;
        inner_at(w, path->node[level])->first[path->index[level]] = first;
    } while (path->index[level] == 0);
}

static void inner_remove(struct inner *inner, uint32_t at) {
    inner->count--;
    memmove(inner->first + at, inner->first + at + 1, (inner->count - at) * sizeof inner->first[0]);
    memmove(inner->child + at, inner->child + at + 1, (inner->count - at) * sizeof inner->child[0]);
}

static void leaf_drop(zxp_world *w, uint32_t index) {
    const struct leaf *leaf = leaf_at(w, index);
    leaf_at(w, leaf->previous)->next = leaf->next; /* the first leaf stays: the run of page 0 is in it */
    if (leaf->next != 0) leaf_at(w, leaf->next)->previous = leaf->previous;
    arena_free(w, index, leaf_bytes(leaf->capacity));
}

/* Joins a child of `parent` with its right neighbour if there is one and both fit well in one node. */
static bool join(zxp_world *w, struct inner *parent, uint32_t at, bool leaves) {
    if (at + 1 >= parent->count) return false;
    uint32_t left = parent->child[at], right = parent->child[at + 1];
    if (count_at(w, left) + count_at(w, right) > (leaves ? LEAF_JOIN : FANOUT_JOIN)) return false;
    if (leaves) {
        leaf_append(leaf_at(w, left), leaf_at(w, right), 0);
        leaf_drop(w, right);
    } else {
        inner_append(inner_at(w, left), inner_at(w, right), 0);
        arena_free(w, right, NODE_BYTES);
    }
    inner_remove(parent, at + 1);
    return true;
}

/* The node at `level` of the path has fewer entries, or none: drops or joins it, and so on upwards. */
static void shrink(zxp_world *w, struct page_map *map, const struct path *path) {
    for (uint32_t level = map->height; level-- > 0;) {
        struct inner *parent = inner_at(w, path->node[level]);
        uint32_t at = path->index[level], child = parent->child[at];
        bool leaves = level + 1u == map->height;
        if (count_at(w, child) == 0) {
            if (leaves)
                leaf_drop(w, child);
            else
                arena_free(w, child, NODE_BYTES);
            inner_remove(parent, at);
            if (at == 0) new_first(w, path, level, parent->first[0]);
            if (at > 0) join(w, parent, at - 1, leaves);
        } else {
            bool joined = join(w, parent, at, leaves);
            joined |= at > 0 && join(w, parent, at - 1, leaves);
            if (!joined) return;
        }
    }
}

/* A root with one child is none. */
static void lower_root(zxp_world *w, struct page_map *map) {
    while (map->height > 0 && inner_at(w, map->root)->count == 1) {
        uint32_t root = map->root;
        map->root = inner_at(w, root)->child[0];
        map->height--;
        arena_free(w, root, NODE_BYTES);
    }
}

/* Removes the entries that begin in [first, end), 0 < first < end: the run before them grows over their pages. */
static void erase(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end) {
    for (;;) {
        struct path path;
        descend(w, map, end - 1, &path);
        struct leaf *leaf = leaf_at(w, path.leaf);
        uint64_t *firsts = firsts_of(leaf);
        uint32_t from = search(firsts, leaf->count, first), to = path.at + 1;
        if (firsts[from] < first) from++;
        memmove(firsts + from, firsts + to, (leaf->count - to) * sizeof *firsts);
        memmove(keys_of(leaf) + from, keys_of(leaf) + to, (leaf->count - to) * sizeof(struct page_key));
        leaf->count -= to - from;
        map->runs -= to - from;
        if (from == 0) new_first(w, &path, map->height, firsts[0]);
        shrink(w, map, &path);
        lower_root(w, map);
        if (from > 0) break;
    }
}

/* A lone leaf that has become much too large gives memory back. */
static void trim(zxp_world *w, struct page_map *map) {
    uint32_t capacity = map->capacity;
    while (map->runs <= capacity / 4) capacity /= 2;
    if (map->height == 0 && capacity < map->capacity) root_leaf_move(w, map, capacity);
}

/* ---- Changing ---- */

/* The neighbours' keys; NULL at the ends of the map. */
static const struct page_key *key_before(const zxp_world *w, const struct place *place) {
    if (place->at > 0) return keys_of(place->leaf) + place->at - 1;
    if (place->leaf->previous == 0) return NULL;
    struct leaf *previous = leaf_at(w, place->leaf->previous);
    return keys_of(previous) + previous->count - 1;
}

static const struct page_key *key_after(const zxp_world *w, const struct place *place) {
    if (place->at + 1 < place->leaf->count) return keys_of(place->leaf) + place->at + 1;
    return place->leaf->next == 0 ? NULL : keys_of(leaf_at(w, place->leaf->next));
}

/* Left end: the run that holds `first` reaches to the end of the change. */
static void set_left(zxp_world *w, struct page_map *map, uint64_t first, const struct page_key *key) {
    struct place place = locate(w, map, first);
    struct page_key *at = keys_of(place.leaf) + place.at;
    if (firsts_of(place.leaf)[place.at] < first) {
        if (!page_key_equal(at, key)) insert(w, map, first, *key);
        return;
    }
    const struct page_key *before = key_before(w, &place);
    if (before && page_key_equal(before, key))
        erase(w, map, first, first + 1);
    else
        *at = *key;
}

/* Right end: what was there before the change goes on, or the change does. */
static void set_right(zxp_world *w, struct page_map *map, uint64_t end, const struct page_run *right,
                      const struct page_key *key) {
    bool merges = page_key_equal(&right->key, key);
    if (right->first < end && !merges) insert(w, map, end, right->key);
    if (right->first == end && merges) erase(w, map, end, end + 1);
}

/* Most changes lie in one run, and touch no other: done in its leaf, if that has room. False: nothing was done. */
static bool set_in_leaf(zxp_world *w, struct page_map *map, const struct place *place, uint64_t first, uint64_t end,
                        const struct page_key *key) {
    struct leaf *leaf = place->leaf;
    struct page_run run = run_at(place);
    bool head = run.first < first, tail = end < run.end;
    const struct page_key *before = head ? NULL : key_before(w, place), *after = tail ? NULL : key_after(w, place);
    bool joins = (before && page_key_equal(before, key)) || (after && page_key_equal(after, key));
    if (end > run.end || joins || leaf->count + head + tail > leaf->capacity) return false;
    if (tail) leaf_insert(leaf, place->at + 1, end, run.key);
    if (head)
        leaf_insert(leaf, place->at + 1, first, *key);
    else
        keys_of(leaf)[place->at] = *key;
    map->runs += (uint32_t)head + tail;
    return true;
}

/* The change continues the run before it, or the one after it, and leaves some of its own run: only a border moves. */
static bool move_border(const zxp_world *w, const struct place *place, uint64_t first, uint64_t end,
                        const struct page_key *key) {
    struct leaf *leaf = place->leaf;
    uint64_t *firsts = firsts_of(leaf);
    bool from_start = firsts[place->at] == first, to_end = end == place->end;
    if (end > place->end || from_start == to_end) return false;
    if (from_start && place->at > 0 && page_key_equal(key_before(w, place), key)) {
        firsts[place->at] = end;
        return true;
    }
    if (to_end && place->at + 1 < leaf->count && page_key_equal(key_after(w, place), key)) {
        firsts[place->at + 1] = first;
        return true;
    }
    return false;
}

static void set_across(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end, const struct page_key *key) {
    struct page_run run = page_map_find(w, map, first);
    struct page_run right = page_map_find(w, map, end); /* behind the map: its last run, which is not used */
    map->last_leaf = 0;
    if (run.end < end) erase(w, map, first + 1, end);
    set_left(w, map, first, key);
    if (end < map->pages) set_right(w, map, end, &right, key);
    trim(w, map);
}

/* In a test build: the runs that a change may begin are used up, whether it begins them or not. */
static void use_runs(zxp_world *w, const struct page_map *map, uint64_t first, uint64_t end) {
#ifdef ZXP_TEST_MOVE
    bool head = page_map_find(w, map, first).first < first;
    bool tail = end < map->pages && page_map_find(w, map, end).first < end;
    arena_use(w, (uint64_t)head + tail);
#else
    (void)w, (void)map, (void)first, (void)end;
#endif
}

void page_map_set(zxp_world *w, struct page_map *map, uint64_t first, uint64_t end, struct page_key key) {
    if (first >= end) return;
    struct place place = locate(w, map, first);
    if (place.end >= end && page_key_equal(keys_of(place.leaf) + place.at, &key)) return;
    use_runs(w, map, first, end);
    if (set_in_leaf(w, map, &place, first, end, &key) || move_border(w, &place, first, end, &key))
        map->last_leaf = place.index;
    else
        set_across(w, map, first, end, &key);
}

void page_map_resize(zxp_world *w, struct page_map *map, uint64_t pages, struct page_key key) {
    uint64_t old = map->pages;
    if (pages == 0 || old == 0) {
        page_map_free(w, map);
        page_map_init(w, map, pages, key);
        return;
    }
    map->pages = pages;
    map->last_leaf = 0;
    if (pages <= old) {
        erase(w, map, pages, old);
        trim(w, map);
        return;
    }
    struct page_run last = page_map_find(w, map, old); /* it reaches over the new pages */
    arena_use(w, 1);
    if (!page_key_equal(&last.key, &key)) insert(w, map, old, key);
}

/* ---- Walking ---- */

struct page_walk page_walk_begin(const zxp_world *w, const struct page_map *map, uint64_t first, uint64_t end) {
    struct page_walk walk = {.world = w, .map = map, .at = first, .end = min_u64(end, map->pages)};
    if (walk.at >= walk.end) return walk;
    struct place place = locate(w, map, first);
    walk.leaf = place.index;
    walk.index = place.at;
    return walk;
}

bool page_walk_next(struct page_walk *walk, struct page_run *run) {
    if (walk->at >= walk->end) return false;
    struct leaf *leaf = leaf_at(walk->world, walk->leaf);
    run->key = keys_of(leaf)[walk->index++];
    uint64_t end = walk->map->pages;
    if (walk->index < leaf->count) {
        end = firsts_of(leaf)[walk->index];
    } else if (leaf->next != 0) {
        walk->leaf = leaf->next;
        walk->index = 0;
        end = firsts_of(leaf_at(walk->world, walk->leaf))[0];
    }
    run->first = walk->at;
    run->end = walk->at = min_u64(end, walk->end);
    return true;
}

uint64_t page_map_count(const zxp_world *w, const struct page_map *map, uint64_t first, uint64_t end) {
    uint64_t count = 0;
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, map, first, end); page_walk_next(&walk, &run);) count++;
    return count;
}

uint64_t page_map_first(const zxp_world *w, const struct page_map *map, uint64_t page, uint64_t end,
                        bool (*test)(const struct page_key *)) {
    struct page_run run;
    for (struct page_walk walk = page_walk_begin(w, map, page, end); page_walk_next(&walk, &run);)
        if (test(&run.key)) return run.first;
    return end;
}

/* ---- Checking ---- */

static bool inner_valid(const zxp_world *w, uint32_t index, uint64_t first, uint32_t child_height) {
    const struct inner *inner = inner_at(w, index);
    if (inner->count == 0 || inner->count > FANOUT || inner->first[0] != first) return false;
    for (uint32_t i = 0; i < inner->count; i++) {
        if (i > 0 && inner->first[i] <= inner->first[i - 1]) return false;
        uint32_t child = inner->child[i];
        uint64_t begins = child_height == 0 ? firsts_of(leaf_at(w, child))[0] : inner_at(w, child)->first[0];
        if (begins != inner->first[i]) return false;
    }
    return true;
}

/* The levels above the leaves: each leaf is reached in turn, and each node on the way names it rightly. */
static bool levels_valid(const zxp_world *w, const struct page_map *map) {
    if (map->height > 0 && inner_at(w, map->root)->count < 2) return false;
    uint32_t expected = 0;
    uint64_t page = 0;
    do {
        struct path path;
        uint64_t bound = descend(w, map, page, &path);
        const struct leaf *leaf = leaf_at(w, path.leaf);
        if (path.at != 0 || (expected != 0 && path.leaf != expected)) return false;
        uint64_t first = page;
        for (uint32_t level = map->height; level-- > 0;) {
            if (path.index[level] > 0) break;
            if (!inner_valid(w, path.node[level], first, map->height - 1 - level)) return false;
        }
        expected = leaf->next;
        page = bound;
    } while (page < map->pages);
    return expected == 0;
}

bool page_map_valid(const zxp_world *w, const struct page_map *map) {
    if (map->pages == 0) return map->runs == 0 && map->height == 0;
    if (map->height == 0 && map->last_leaf != 0 && map->last_leaf != map->root) return false;
    if (!levels_valid(w, map)) return false;
    struct path path;
    descend(w, map, 0, &path);
    uint32_t runs = 0, previous = 0;
    const struct page_key *before = NULL;
    uint64_t page = 0;
    for (uint32_t index = path.leaf; index != 0; index = leaf_at(w, index)->next) {
        struct leaf *leaf = leaf_at(w, index);
        if (leaf->previous != previous || leaf->count == 0 || leaf->count > leaf->capacity) return false;
        if (leaf->capacity != (map->height > 0 ? LEAF_RUNS : map->capacity)) return false;
        for (uint32_t i = 0; i < leaf->count; i++, runs++) {
            uint64_t first = firsts_of(leaf)[i];
            if (runs == 0 ? first != 0 : first <= page) return false;
            if (before && page_key_equal(before, keys_of(leaf) + i)) return false;
            before = keys_of(leaf) + i;
            page = first;
        }
        previous = index;
    }
    return runs == map->runs && page < map->pages;
}
