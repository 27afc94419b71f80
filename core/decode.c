/*
 * decode.c - a world from the bytes of its FULL form (encode.h), which may come from anywhere.
 *
 * Every name must be that of something made before, every list must be one, every number must fit what it counts; at
 * the end the invariants are checked, and the world is encoded again: the bytes must be the same. What has no place in
 * the encoding (indices, counts of references, lists whose order follows from koids) is made anew.
 */
#include "decoder.h"

#include "content.h"
#include "handle.h"
#include "mapping.h"
#include "node.h"
#include "object.h"
#include "slots.h"

#define MOST_BYTES UINT64_C(0xFFFFFFFFFFFF0000) /* chapter 9 section 3: the largest size of any profile */

/* ---- Bytes ---- */

bool wrong(struct decoder *d, const char *reason) {
    if (d->reason == NULL) d->reason = reason;
    d->at = d->end;
    return false;
}

const uint8_t *get_bytes(struct decoder *d, uint64_t length) {
    if (length > bytes_left(d)) {
        wrong(d, "the data ends too early");
        return NULL;
    }
    const uint8_t *bytes = d->at;
    d->at += length;
    return bytes;
}

static uint64_t get_number(struct decoder *d, unsigned size) {
    const uint8_t *bytes = get_bytes(d, size);
    uint64_t v = 0;
    for (unsigned i = 0; bytes != NULL && i < size; i++) v |= (uint64_t)bytes[i] << 8 * i;
    return v;
}

uint8_t get8(struct decoder *d) { return (uint8_t)get_number(d, 1); }

uint16_t get16(struct decoder *d) { return (uint16_t)get_number(d, 2); }

uint32_t get32(struct decoder *d) { return (uint32_t)get_number(d, 4); }

uint64_t get64(struct decoder *d) { return get_number(d, 8); }

bool at_end(struct decoder *d) {
    if (!expect(d, d->at != d->end, "the data ends too early")) return true;
    if (*d->at != ENCODED_END) return false;
    d->at++;
    return true;
}

/* ---- Memory and names ---- */

bool take_room(struct decoder *d, uint64_t bytes) {
    return fine(d) && expect(d, arena_reserve(d->world, bytes), "memory is short");
}

uint32_t take(struct decoder *d, uint64_t bytes) {
    return take_room(d, arena_size(bytes)) ? arena_alloc(d->world, (size_t)bytes) : 0;
}

uint32_t get_block(struct decoder *d, uint64_t length) {
    const uint8_t *bytes = get_bytes(d, length);
    uint32_t block = take(d, length);
    if (block != 0) memcpy(arena_at(d->world, block), bytes, (size_t)length);
    return block;
}

struct named *named_at(const struct decoder *d, const struct names *names, uint32_t i) {
    return (struct named *)arena_at(d->scratch, names->block) + i;
}

struct named *name_find(const struct decoder *d, const struct names *names, zx_koid_t koid) {
    uint32_t low = 0, high = names->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (named_at(d, names, middle)->koid < koid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < names->count && named_at(d, names, low)->koid == koid ? named_at(d, names, low) : NULL;
}

static bool names_grow(struct decoder *d, struct names *names) {
    uint32_t capacity = names->capacity == 0 ? 16 : 2 * names->capacity;
    uint64_t bytes = capacity * (uint64_t)sizeof(struct named);
    if (!expect(d, arena_reserve(d->scratch, arena_size(bytes)), "memory is short")) return false;
    uint32_t block = arena_alloc(d->scratch, (size_t)bytes);
    if (names->count > 0) {
        memcpy(arena_at(d->scratch, block), named_at(d, names, 0), names->count * sizeof(struct named));
        arena_free(d->scratch, names->block, names->capacity * sizeof(struct named));
    }
    names->block = block;
    names->capacity = capacity;
    return true;
}

/* Adds the next name; koids must ascend and be below next_koid. */
static bool name_add(struct decoder *d, struct names *names, struct named named) {
    bool ascends = names->count == 0 || named_at(d, names, names->count - 1)->koid < named.koid;
    if (!expect(d, ascends && named.koid < d->next_koid, "koids do not ascend")) return false;
    if (names->count == names->capacity && !names_grow(d, names)) return false;
    *named_at(d, names, names->count++) = named;
    return true;
}

object_ref get_object(struct decoder *d, uint32_t type, bool optional) {
    zx_koid_t koid = get64(d);
    if (koid == ZX_KOID_INVALID && optional) return object_none();
    const struct named *named = name_find(d, &d->objects, koid);
    if (named != NULL && (type == ZX_OBJ_TYPE_NONE || named->type == type)) return (object_ref){named->index};
    expect(d, false, "no such object");
    return object_none();
}

node_ref get_node(struct decoder *d) {
    const struct named *named = name_find(d, &d->nodes, get64(d));
    return expect(d, named != NULL, "no such node") ? (node_ref){named->index} : node_none();
}

/* ---- Head ---- */

static bool read_head(struct decoder *d, zxp_options *options) {
    expect(d, get8(d) == ENCODED_FULL, "not a world, or of another version");
    unsigned profile = get8(d);
    expect(d, profile <= ZXP_PROFILE_2018, "no such profile");
    *options = (zxp_options){.profile = (zxp_profile)profile, .handle_secret = get32(d)};
    d->now = get64(d);
    d->next_koid = get64(d);
    d->next_stamp = get64(d);
    d->next_share = get32(d);
    d->newest = get64(d);
    d->oldest = get64(d);
    expect(d, d->now <= (uint64_t)ZX_TIME_INFINITE, "the clock is out of range");
    expect(d, d->next_koid > ZX_KOID_FIRST && d->next_koid < UINT64_MAX / 2, "a counter is out of range");
    expect(d, d->next_stamp > 0 && d->next_stamp < UINT64_MAX / 128 && d->next_share > 0, "a counter is out of range");
    expect(d, d->newest < UINT64_MAX / 2 && d->oldest <= d->newest && d->newest - d->oldest < 8,
           "the generations are out of range");
    return fine(d);
}

static void store_counters(struct decoder *d) {
    struct kernel *kernel = kernel_of(d->world);
    kernel->now = d->now;
    kernel->next_koid = d->next_koid;
    kernel->next_stamp = d->next_stamp;
    kernel->next_share = d->next_share;
    kernel->newest_generation = d->newest;
    kernel->oldest_generation = d->oldest;
}

/* ---- Objects ---- */

/* Number of bytes of an object of a type; 0: no such type, or only the world makes it. */
static size_t object_size(uint32_t type) {
    switch (type) {
    case ZX_OBJ_TYPE_VMO: return sizeof(struct vmo);
    case ZX_OBJ_TYPE_PAGER: return sizeof(struct pager);
    case ZX_OBJ_TYPE_PORT: return sizeof(struct port);
    case ZX_OBJ_TYPE_EVENT: return sizeof(struct event);
    default: return 0;
    }
}

static void get_parent(struct decoder *d, vmo_ref v) {
    object_ref parent = get_object(d, ZX_OBJ_TYPE_VMO, true);
    if (!object_is(parent)) return;
    if (!expect(d, object_at(d->world, parent)->koid < vmo_at(d->world, v)->object.koid, "a child is its own parent"))
        return;
    vmo_adopt(d->world, vmo_of_object(parent), v);
}

static void get_window(struct decoder *d, vmo_ref v, uint8_t parts) {
    uint64_t base = 0, window = NEVER;
    if (parts & ENCODED_VMO_WINDOW) {
        base = get64(d);
        window = get64(d);
        expect(d, is_page_aligned(base) && is_page_aligned(window), "a slice is not page aligned");
    }
    vmo_at(d->world, v)->base = base;
    vmo_at(d->world, v)->window = window;
}

static void get_locks(struct decoder *d, vmo_ref v) {
    uint8_t lock = get8(d);
    uint64_t count = get64(d);
    expect(d, lock <= LOCK_DISCARDED && vmo_at(d->world, v)->discardable, "a lock of what cannot be locked");
    vmo_at(d->world, v)->lock = lock;
    vmo_at(d->world, v)->lock_count = count;
}

static void get_name(struct decoder *d, vmo_ref v) {
    uint32_t block = get_block(d, ZX_MAX_NAME_LEN);
    vmo_at(d->world, v)->name = block;
}

static void get_own_stream(struct decoder *d, vmo_ref v) {
    uint64_t size = get64(d);
    stream_ref stream = {take(d, sizeof(struct stream))};
    if (!stream_is(stream)) return;
    *stream_at(d->world, stream) = (struct stream){.size = size, .users = 1};
    vmo_at(d->world, v)->stream = stream;
}

static void get_shared_stream(struct decoder *d, vmo_ref v, zx_koid_t node) {
    vmo_ref owner = vmo_of_object(get_object(d, ZX_OBJ_TYPE_VMO, false));
    if (!fine(d)) return;
    zx_koid_t koid = vmo_at(d->world, owner)->object.koid;
    bool same = name_find(d, &d->objects, koid)->other == node;
    if (!expect(d, same, "a stream is shared with a stranger")) return;
    stream_at(d->world, vmo_at(d->world, owner)->stream)->users++;
    vmo_at(d->world, v)->stream = vmo_at(d->world, owner)->stream;
}

/* Its node is not there yet: its name is noted. */
static void get_vmo(struct decoder *d, vmo_ref v, struct named *named) {
    uint8_t parts = get8(d), kind = get8(d), flags = get8(d), policy = get8(d);
    expect(d, parts < 16 && kind <= ZXP_VMO_REFERENCE && flags < 8 && policy <= ZX_CACHE_POLICY_MASK,
           "a VMO of no known kind");
    struct vmo *vmo = vmo_at(d->world, v);
    vmo->kind = kind;
    vmo->resizable = flags & 1;
    vmo->immutable = flags >> 1 & 1;
    vmo->discardable = flags >> 2 & 1;
    vmo->cache_policy = policy;
    bool owns = kind == ZXP_VMO_ROOT || kind == ZXP_VMO_CLONE;
    named->other = owns ? named->koid : get64(d);
    get_parent(d, v);
    get_window(d, v, parts);
    if (parts & ENCODED_VMO_LOCKS) get_locks(d, v);
    if (parts & ENCODED_VMO_NAME) get_name(d, v);
    if (parts & ENCODED_VMO_STREAM)
        get_own_stream(d, v);
    else
        get_shared_stream(d, v, named->other);
}

static void get_object_record(struct decoder *d) {
    uint32_t type = get8(d);
    zx_signals_t signals = get32(d);
    struct named named = {.koid = get64(d), .type = type};
    size_t size = object_size(type);
    if (!expect(d, size != 0, "an object of no known type")) return;
    if (!expect(d, named.koid > ZX_KOID_FIRST && named.koid < d->next_koid, "koids do not ascend")) return;
    if ((named.index = take(d, size)) == 0) return;
    kernel_of(d->world)->next_koid = named.koid;
    object_init(d->world, (object_ref){named.index}, type, signals);
    if (type == ZX_OBJ_TYPE_VMO) get_vmo(d, (vmo_ref){named.index}, &named);
    if (type == ZX_OBJ_TYPE_PORT) {
        uint8_t dead = get8(d);
        expect(d, dead <= 1, "a port of no known kind");
        port_at(d->world, (port_ref){named.index})->dead = dead;
    }
    name_add(d, &d->objects, named);
}

/* The VMAR is the first object, and there already. */
static void get_objects(struct decoder *d) {
    struct object *vmar = object_at(d->world, kernel_of(d->world)->first_object);
    expect(d, get8(d) == ZX_OBJ_TYPE_VMAR, "the first object is not the root VMAR");
    vmar->signals = get32(d);
    expect(d, get64(d) == vmar->koid, "the first object is not the root VMAR");
    uint32_t index = kernel_of(d->world)->first_object.index;
    name_add(d, &d->objects, (struct named){.koid = vmar->koid, .type = ZX_OBJ_TYPE_VMAR, .index = index});
    while (!at_end(d)) get_object_record(d);
}

/* ---- Handles ---- */

enum { MOST_HANDLES = 1 << 18, MOST_GENERATION = 4095, FIRST_CAPACITY = 4 };

static struct handle_slot *slots_of(const struct decoder *d) {
    return arena_at(d->world, kernel_of(d->world)->handles);
}

/* An empty table of the size that the world would have given it. */
static bool make_table(struct decoder *d, uint32_t used) {
    uint32_t capacity = FIRST_CAPACITY;
    while (capacity < used) capacity *= 2;
    uint32_t block = take(d, capacity * sizeof(struct handle_slot));
    if (block == 0) return false;
    struct kernel *kernel = kernel_of(d->world);
    object_at(d->world, kernel->first_object)->handle_count = 0;
    arena_free(d->world, kernel->handles, kernel->handle_capacity * sizeof(struct handle_slot));
    kernel->handles = block;
    kernel->handle_capacity = capacity;
    kernel->handle_used = used;
    kernel->live_handles = kernel->first_free_handle = 0;
    return true;
}

/* A free slot that has not been met in the list of free ones is marked by this. */
#define NOT_LISTED UINT32_MAX

static void get_slot(struct decoder *d, uint32_t i) {
    object_ref o = get_object(d, ZX_OBJ_TYPE_NONE, true);
    zx_rights_t rights = object_is(o) ? get32(d) : 0;
    uint16_t generation = get16(d);
    if (!expect(d, generation <= MOST_GENERATION, "a handle of a strange generation")) return;
    slots_of(d)[i] = (struct handle_slot){.object = o, .rights = rights, .generation = generation};
    if (!object_is(o)) {
        slots_of(d)[i].next_free = NOT_LISTED;
        return;
    }
    object_at(d->world, o)->handle_count++;
    kernel_of(d->world)->live_handles++;
}

static void get_free_slots(struct decoder *d) {
    struct kernel *kernel = kernel_of(d->world);
    uint32_t *link = &kernel->first_free_handle;
    for (uint32_t left = kernel->handle_used - kernel->live_handles; left > 0 && fine(d); left--) {
        uint32_t slot = get32(d);
        bool free = slot >= 1 && slot <= kernel->handle_used && slots_of(d)[slot - 1].next_free == NOT_LISTED;
        if (!expect(d, free, "the free handles are no list")) return;
        *link = slot;
        link = &slots_of(d)[slot - 1].next_free;
        *link = 0;
    }
}

static void get_handles(struct decoder *d) {
    uint32_t used = get32(d);
    if (!expect(d, used >= 1 && used <= MOST_HANDLES && used <= bytes_left(d), "too many handles")) return;
    if (!make_table(d, used)) return;
    for (uint32_t i = 0; i < used && fine(d); i++) get_slot(d, i);
    get_free_slots(d);
}

/* ---- Sources ---- */

static void get_source_packet(struct decoder *d, struct source *source, source_ref s) {
    uint16_t command = get16(d);
    uint64_t offset = get64(d), length = get64(d);
    bool known = command == ZX_PAGER_VMO_READ || command == ZX_PAGER_VMO_DIRTY || command == ZX_PAGER_VMO_COMPLETE;
    expect(d, known && (command == ZX_PAGER_VMO_COMPLETE) == source->complete_pending, "a packet of no known kind");
    source->packet = (struct packet){.key = source->key,
                                     .type = ZX_PKT_TYPE_PAGE_REQUEST,
                                     .command = command,
                                     .offset = offset,
                                     .length = length,
                                     .source = s};
}

/* The pager lists its sources in the order in which they were made, the last first. */
static void join_pager(struct decoder *d, source_ref s) {
    zxp_world *w = d->world;
    struct source *source = source_at(w, s);
    source_ref *link = &pager_at(w, source->pager)->first_source;
    while (source_is(*link) && source_at(w, *link)->koid > source->koid) {
        source->previous = *link;
        link = &source_at(w, *link)->next;
    }
    source->next = *link;
    if (source_is(source->next)) source_at(w, source->next)->previous = s;
    *link = s;
}

static void get_source_state(struct decoder *d, struct source *source) {
    uint8_t flags = get8(d);
    source->trap = flags & 1;
    source->detached = flags >> 1 & 1;
    source->modified = flags >> 2 & 1;
    source->busy = flags >> 3 & 1;
    source->complete_pending = flags >> 4 & 1;
    source->complete_sent = flags >> 5 & 1;
    source->place = get8(d);
    source->koid = get64(d);
    expect(d, flags < 64 && source->place <= PACKET_LOST, "a source of no known kind");
    expect(d, source->busy == (source->place != PACKET_IDLE), "a source is busy with nothing");
    expect(d, pager_is(source->pager) || source->detached, "a source has lost its pager and not noticed");
    expect(d, source->complete_sent == source->detached, "a source has not told that it is complete");
    expect(d, !source->complete_pending || source->detached, "a source has told too early that it is complete");
}

source_ref get_source(struct decoder *d, node_ref n) {
    struct source read = {.key = get64(d), .node = n};
    read.pager = (pager_ref){get_object(d, ZX_OBJ_TYPE_PAGER, true).index};
    read.port = port_of_object(get_object(d, ZX_OBJ_TYPE_PORT, false));
    get_source_state(d, &read);
    source_ref s = {take(d, sizeof(struct source))};
    if (!source_is(s)) return s;
    if (read.place == PACKET_IN_PORT) get_source_packet(d, &read, s);
    *source_at(d->world, s) = read;
    if (!fine(d)) return source_none();
    port_at(d->world, read.port)->sources++;
    if (pager_is(read.pager)) join_pager(d, s);
    return s;
}

/* ---- Pages ---- */

static bool is_listed_well(const struct decoder *d, const struct page_key *key) {
    bool generations = key->list_generation != 0 || key->generation != 0;
    if (key->list == LIST_NONE) return key->order == 0 && !generations && key->ascending == 0;
    if (key->list > LIST_ISOLATE || key->pins > 0 || key->ascending > 1) return false;
    if (key->list_generation > 7 || key->generation > 7 || key->order >= d->next_stamp) return false;
    if (key->list == LIST_ISOLATE) return !generations;
    uint64_t list_age = (d->newest - key->list_generation) % 8, age = (d->newest - key->generation) % 8;
    return age <= list_age && list_age <= d->newest - d->oldest; /* accessed since, perhaps, but not before */
}

/* C, D, W in roots, P elsewhere. */
static bool frame_fits(const struct decoder *d, const struct page_key *key, enum map_kind kind) {
    bool in_root = kind == MAP_OF_ROOT, owned = key->state == OWNED;
    if (in_root == owned || !is_listed_well(d, key)) return false;
    if (key->share != 0 && (!owned || key->share >= d->next_share)) return false;
    if (key->list != LIST_NONE && key->state != CLEAN && !owned) return false;
    return key->kind <= CONTENT_BODY && key->pins <= 31 && key->always_need <= 1;
}

static bool plain_fits(const struct page_key *key, enum map_kind kind) {
    if (kind == MAP_OF_MAPPING) return (key->state & ~0x37u) == 0 && key->state >> 4 <= TRANSLATION_RW;
    if (is_interval(key)) return kind == MAP_OF_ROOT && key->order <= MOST_BYTES / PAGE;
    return key->state == ABSENT || key->state == MARKER;
}

static void get_frame_fields(struct decoder *d, struct page_key *key) {
    key->order = get64(d);
    key->content = get32(d);
    key->share = get32(d);
    key->kind = get8(d);
    key->pins = get8(d);
    key->always_need = get8(d);
    key->list = get8(d);
    key->list_generation = get8(d);
    key->generation = get8(d);
    key->ascending = get8(d);
}

/* One body for all pages of the run; with a reference for each. */
static void get_body(struct decoder *d, uint64_t pages, struct page_key *key) {
    expect(d, pages <= ENCODED_BODY_PAGES && key->content == 0, "too many pages of one body");
    const uint8_t *bytes = get_bytes(d, PAGE);
    if (bytes == NULL || !expect(d, memcmp(bytes, bytes + 1, PAGE - 1) != 0, "a body is uniform")) return;
    key->content = take(d, sizeof(struct body));
    if (key->content == 0) return;
    struct body *body = body_at(d->world, (body_ref){key->content});
    body->references = (uint32_t)pages;
    memcpy(body->bytes, bytes, PAGE);
}

static void get_content(struct decoder *d, uint64_t first, uint64_t pages, struct page_key *key) {
    if (key->kind == CONTENT_FILL) expect(d, key->content <= UINT8_MAX, "a byte is too large");
    if (key->kind == CONTENT_LETTERS && expect(d, key->content < 26 && pages > 1, "letters out of the alphabet"))
        key->content = content_moved(key_content(key), 0, first).value;
    if (key->kind == CONTENT_BODY) get_body(d, pages, key);
}

/* The run that begins at page `first` of a map of `all` pages; its length. */
static uint64_t get_run(struct decoder *d, uint64_t first, uint64_t all, enum map_kind kind, struct page_key *key) {
    *key = (struct page_key){.state = get8(d)};
    uint64_t pages = get64(d);
    bool frames = kind != MAP_OF_MAPPING && is_frame(key);
    if (frames) get_frame_fields(d, key);
    if (!frames && kind != MAP_OF_MAPPING && key->state == ZERO_DIRTY) key->order = get64(d);
    expect(d, pages > 0 && pages <= all - first, "runs do not fill their map");
    expect(d, frames ? frame_fits(d, key, kind) : plain_fits(key, kind), "a page in an impossible state");
    if (frames && fine(d)) get_content(d, first, pages, key);
    return pages;
}

bool get_map(struct decoder *d, struct page_map *map, enum map_kind kind, uint64_t *pinned) {
    uint64_t all = get64(d);
    *pinned = 0;
    if (!expect(d, all <= MOST_BYTES / PAGE, "a map is too large")) return false;
    if (!take_room(d, page_map_init_bytes())) return false;
    page_map_init(d->world, map, all, key_absent());
    for (uint64_t first = 0, pages; first < all; first += pages) {
        struct page_key key;
        pages = get_run(d, first, all, kind, &key);
        if (!take_room(d, page_map_change_bytes(map, 1))) return false;
        page_map_set(d->world, map, first, all, key);
        if (kind != MAP_OF_MAPPING && key.pins > 0) *pinned += pages;
        if (kind != MAP_OF_MAPPING && key.list != LIST_NONE) kernel_of(d->world)->pages_in_lists = 1;
    }
    return true;
}

/* ---- Nodes ---- */

static void get_up(struct decoder *d, node_ref n) {
    node_ref up = get_node(d);
    uint64_t offset = get64(d), limit = get64(d);
    if (!fine(d)) return;
    zxp_world *w = d->world;
    bool inside = limit == 0 || in_range(offset, limit, node_at(w, up)->size);
    if (!expect(d, is_page_aligned(offset) && is_page_aligned(limit) && inside, "a node looks out of another")) return;
    node_attach(w, n, up, offset, limit);
}

/* What is above, beside and behind it. */
static void get_relations(struct decoder *d, node_ref n, unsigned parts, struct named *named) {
    bool in_pager_tree = (parts & ENCODED_NODE_IN_PAGER_TREE) != 0, has_up = (parts & ENCODED_NODE_UP) != 0;
    bool has_source = (parts & ENCODED_NODE_SOURCE) != 0;
    expect(d, in_pager_tree ? has_up != has_source : !has_up && !has_source, "a node hangs on nothing");
    node_at(d->world, n)->in_pager_tree = in_pager_tree;
    if (has_up) get_up(d, n);
    named->other = parts & ENCODED_NODE_FAMILY ? get64(d) : named->koid;
    if (!has_source) return;
    source_ref source = get_source(d, n);
    if (!source_is(source)) return;
    expect(d, source_at(d->world, source)->koid == named->koid, "a source of another node");
    node_at(d->world, n)->source = source;
}

static void get_pages(struct decoder *d, node_ref n) {
    struct page_map map;
    uint64_t pinned;
    if (!get_map(d, &map, source_is(node_at(d->world, n)->source) ? MAP_OF_ROOT : MAP_OF_NODE, &pinned)) return;
    struct node *node = node_at(d->world, n);
    page_map_free(d->world, &node->map);
    node->map = map;
    node->size = map.pages * PAGE;
    node->pinned = pinned;
    expect(d, node->limit <= node->size, "a node looks further than it reaches");
    expect(d, !wraps(node->root_offset, node->size), "a node lies too far");
}

static void get_node_record(struct decoder *d) {
    unsigned parts = get8(d);
    struct named named = {.koid = get64(d)};
    expect(d, parts < 16, "a node of no known kind");
    if (!take_room(d, node_make_bytes())) return;
    node_ref n = node_make(d->world, 0);
    struct node *node = node_at(d->world, n);
    named.index = n.index;
    node->koid = named.koid;
    node->root_offset = get64(d);
    node->reclaim_events = get64(d);
    node->previous_in_family = node_none(); /* until families are joined */
    expect(d, is_page_aligned(node->root_offset), "a node is not page aligned");
    get_relations(d, n, parts, &named);
    get_pages(d, n);
    name_add(d, &d->nodes, named);
}

/* Every node is the next of exactly one: then all are in rings. */
static void join_families(struct decoder *d) {
    for (uint32_t i = 0; i < d->nodes.count && fine(d); i++) {
        const struct named *named = named_at(d, &d->nodes, i), *next = name_find(d, &d->nodes, named->other);
        if (!expect(d, next != NULL, "no such node")) return;
        struct node *a = node_at(d->world, (node_ref){named->index}), *b = node_at(d->world, (node_ref){next->index});
        bool alike = node_same(a->up, b->up) && a->in_pager_tree == b->in_pager_tree;
        bool alone = a == b || (!source_is(a->source) && !source_is(b->source));
        expect(d, alike && alone && !node_is(b->previous_in_family), "a family is no ring");
        a->next_in_family = (node_ref){next->index};
        b->previous_in_family = (node_ref){named->index};
    }
}

static bool window_fits(const struct vmo *vmo, const struct node *node) {
    if (vmo->window == NEVER) return true;
    bool owns = vmo->kind == ZXP_VMO_ROOT || vmo->kind == ZXP_VMO_CLONE;
    return !owns && in_range(vmo->base, vmo->window, node->size);
}

static void join_node(struct decoder *d, const struct named *named) {
    vmo_ref v = {named->index};
    const struct named *on = name_find(d, &d->nodes, named->other);
    if (!expect(d, on != NULL, "no such node")) return;
    struct vmo *vmo = vmo_at(d->world, v);
    struct node *node = node_at(d->world, (node_ref){on->index});
    bool owns = vmo->kind == ZXP_VMO_ROOT || vmo->kind == ZXP_VMO_CLONE;
    expect(d, owns ? node->koid == named->koid : node->koid < named->koid, "a VMO on another's node");
    expect(d, window_fits(vmo, node), "a slice reaches too far");
    vmo->node = (node_ref){on->index};
    vmo->next_user = node->first_user;
    if (vmo_is(node->first_user)) vmo_at(d->world, node->first_user)->previous_user = v;
    node->first_user = v;
    if (owns) node->owner = v;
}

static void get_nodes(struct decoder *d) {
    while (!at_end(d)) get_node_record(d);
    join_families(d);
    for (uint32_t i = 0; i < d->objects.count && fine(d); i++) {
        const struct named *named = named_at(d, &d->objects, i);
        if (named->type == ZX_OBJ_TYPE_VMO) join_node(d, named);
    }
}

/* ---- Space and pins ---- */

static void get_mapping(struct decoder *d, zx_vaddr_t *from) {
    zxp_world *w = d->world;
    struct mapping read = {.base = get64(d)};
    read.vmo_offset = get64(d);
    read.vmo = vmo_of_object(get_object(d, ZX_OBJ_TYPE_VMO, false));
    read.max_permissions = get8(d);
    read.fault_beyond_stream_size = get8(d);
    uint64_t pinned, last = vmar_at(w, kernel_of(w)->vmar)->base + vmar_at(w, kernel_of(w)->vmar)->size;
    if (!fine(d) || !get_map(d, &read.pages, MAP_OF_MAPPING, &pinned)) return;
    read.size = read.pages.pages * PAGE;
    expect(d, read.base >= *from && in_range(read.base, read.size, last) && read.size > 0, "mappings overlap");
    expect(d, is_page_aligned(read.base) && is_page_aligned(read.vmo_offset), "a mapping is not page aligned");
    expect(d, !wraps(read.vmo_offset, read.size), "a mapping reaches too far");
    expect(d, read.max_permissions < 8 && read.fault_beyond_stream_size < 2, "a mapping of no known kind");
    if (!fine(d)) return;
    *from = read.base + read.size;
    if (!take_room(d, mapping_make_bytes(w))) return;
    mapping_ref m = {arena_alloc(w, sizeof read)};
    *mapping_at(w, m) = read;
    mapping_appear(w, m);
}

static void get_space(struct decoder *d) {
    zx_vaddr_t from = vmar_at(d->world, kernel_of(d->world)->vmar)->base;
    for (uint32_t left = get32(d); left > 0 && fine(d); left--) get_mapping(d, &from);
}

static void get_pin(struct decoder *d, pin_ref *last) {
    zxp_world *w = d->world;
    struct pin read = {.write = get8(d)};
    read.vmo = vmo_of_object(get_object(d, ZX_OBJ_TYPE_VMO, false));
    read.offset = get64(d);
    read.length = get64(d);
    if (!expect(d, read.write <= 1, "a pin of no known kind")) return;
    bool inside = in_range(read.offset, read.length, vmo_size(w, read.vmo)) && read.length > 0;
    expect(d, inside && is_page_aligned(read.offset) && is_page_aligned(read.length), "a pin is out of its VMO");
    pin_ref p = {take(d, sizeof read)};
    if (!pin_is(p)) return;
    *pin_at(w, p) = read;
    vmo_at(w, read.vmo)->pins++;
    if (pin_is(*last))
        pin_at(w, *last)->next = p;
    else
        kernel_of(w)->first_pin = p;
    *last = p;
}

static void get_pins(struct decoder *d) {
    pin_ref last = pin_none();
    while (!at_end(d)) get_pin(d, &last);
}

/* ---- The whole ---- */

static void get_world(struct decoder *d, const uint8_t *bytes, size_t length) {
    expect(d, get32(d) == kernel_of(d->world)->vmar_handle, "the handle of the root VMAR is another");
    get_objects(d);
    get_handles(d);
    get_nodes(d);
    get_threads(d);
    get_queues(d);
    get_observers(d);
    get_space(d);
    get_pins(d);
    expect(d, d->at == d->end, "there is more than a world");
    if (!fine(d)) return;
    store_counters(d);
    check_world(d);
    expect(d, encodes_to(d->world, ZXP_FORM_FULL, bytes, length), "not in canonical form");
}

zxp_world *zxp_world_decode(const uint8_t *bytes, size_t length, const char **reason) {
    struct decoder d = {.at = bytes, .end = bytes + length};
    zxp_options options;
    if (read_head(&d, &options)) {
        d.world = zxp_world_create(&options);
        d.scratch = zxp_world_create(NULL);
        if (expect(&d, d.world != NULL && d.scratch != NULL, "memory is short")) get_world(&d, bytes, length);
    }
    zxp_world_destroy(d.scratch);
    if (reason != NULL) *reason = d.reason;
    if (fine(&d)) return d.world;
    zxp_world_destroy(d.world);
    return NULL;
}
