/*
 * encode_pages.c - pages and data in normal form (encode.h).
 *
 * How a page came to its content must not show: a run of letters, fills of single letters, and bodies of equal bytes
 * are told apart by the page map, but not by anybody who reads. So runs are taken to pieces and put together again,
 * from left to right, each piece as long as it can be.
 */
#include "content.h"
#include "encoder.h"
#include "page_map.h"
#include "slots.h"

/* What has been gathered and not written yet: pages with one key apart from the content, and content of one kind. */
enum piece_kind { PIECE_NONE, PIECE_ONE, PIECE_FILL, PIECE_LETTERS, PIECE_BODY };

struct gathered {
    uint64_t pages;
    struct page_key plain; /* without content */
    uint32_t body;
    uint8_t kind; /* enum piece_kind; ONE: one page, may become either */
    uint8_t byte; /* of the first page */
};

/* ---- Keys ---- */

static uint8_t age(const struct encoder *e, uint8_t generation) {
    return (uint8_t)((kernel_of(e->world)->newest_generation - generation) % 8);
}

/* Snapshots in the order in which the walk meets them. */
static uint32_t share_name(struct encoder *e, uint32_t share) {
    struct ranks *shares = &e->shares;
    uint32_t i = 0;
    if (share == 0) return 0;
    while (i < shares->count && shares->value[i] != share) i++;
    if (i == RANKS) return share + RANKS;
    if (i == shares->count) shares->value[shares->count++] = share;
    return i + 1;
}

static void rename_for_state(struct encoder *e, struct page_key *key) {
    key->share = share_name(e, key->share);
    if (key->list == LIST_NONE) return;
    key->order = rank_of(&e->stamps, key->order);
    if (key->list != LIST_GENERATION) return;
    key->list_generation = age(e, key->list_generation);
    key->generation = age(e, key->generation);
}

static uint8_t *put_run(struct encoder *e, uint64_t pages, const struct page_key *key) {
    return put64(put8(room(e), key->state), pages);
}

static void put_frames(struct encoder *e, uint64_t pages, struct page_key key) {
    if (!e->is_full) rename_for_state(e, &key);
    uint8_t *p = put_run(e, pages, &key);
    p = put64(p, key.order);
    p = put32(p, key.content);
    p = put32(p, key.share);
    p = put8(p, key.kind);
    p = put8(p, key.pins);
    p = put8(p, key.always_need);
    p = put8(p, key.list);
    p = put8(p, key.list_generation);
    p = put8(p, key.generation);
    e->at = put8(p, key.ascending);
}

/* ---- Gathering ---- */

static const uint8_t *bytes_of(const struct encoder *e, uint32_t body) {
    return body_at(e->world, (body_ref){body})->bytes;
}

static void put_bodies(struct encoder *e, const struct gathered *g) {
    for (uint64_t left = g->pages, n; left > 0; left -= n) {
        struct page_key key = g->plain;
        n = min_u64(left, ENCODED_BODY_PAGES);
        key.kind = CONTENT_BODY;
        put_frames(e, n, key);
        put_bytes(e, bytes_of(e, g->body), PAGE);
    }
}

static void write_gathered(struct encoder *e, struct gathered *g) {
    struct page_key key = g->plain;
    switch (g->kind) {
    case PIECE_NONE: return;
    case PIECE_BODY: put_bodies(e, g); return;
    case PIECE_LETTERS:
        key.kind = CONTENT_LETTERS;
        key.content = (uint32_t)g->byte - 'A';
        break;
    default: key.content = g->byte; break;
    }
    put_frames(e, g->pages, key);
}

static bool letters_go_on(uint8_t first, uint64_t pages, uint8_t byte) {
    if (first < 'A' || first > 'Z' || byte < 'A' || byte > 'Z') return false;
    return (first - 'A' + pages) % 26 == (uint64_t)(byte - 'A');
}

/* How many of n pages (a fill of `byte`, or letters from `byte` on) go on with what is gathered. */
static uint64_t joins(struct gathered *g, bool letters, uint8_t byte, uint64_t n) {
    bool alike = g->kind != PIECE_LETTERS && byte == g->byte;
    if (!alike && (g->kind == PIECE_FILL || !letters_go_on(g->byte, g->pages, byte))) return 0;
    g->kind = alike ? PIECE_FILL : PIECE_LETTERS;
    return letters != alike ? n : 1;
}

static void gather_uniform(struct encoder *e, struct gathered *g, struct page_key plain, bool letters, uint8_t byte,
                           uint64_t n) {
    bool open = g->kind == PIECE_ONE || g->kind == PIECE_FILL || g->kind == PIECE_LETTERS;
    if (open && page_key_equal(&g->plain, &plain)) {
        uint64_t joined = joins(g, letters, byte, n);
        g->pages += joined;
        n -= joined;
        if (n == 0) return;
        if (letters) byte = (uint8_t)('A' + (byte - 'A' + joined) % 26);
    }
    write_gathered(e, g);
    uint8_t kind = n == 1 ? PIECE_ONE : letters ? PIECE_LETTERS : PIECE_FILL;
    *g = (struct gathered){.pages = n, .plain = plain, .kind = kind, .byte = byte};
}

static bool same_body(const struct encoder *e, const struct gathered *g, const struct page_key *plain, uint32_t body) {
    if (g->kind != PIECE_BODY || !page_key_equal(&g->plain, plain)) return false;
    return g->body == body || memcmp(bytes_of(e, g->body), bytes_of(e, body), PAGE) == 0;
}

static void gather_frames(struct encoder *e, struct gathered *g, const struct page_run *run) {
    uint64_t n = run->end - run->first;
    struct content c = key_content(&run->key);
    struct page_key plain = run->key;
    uint8_t byte;
    plain.content = 0;
    plain.kind = 0;
    if (content_byte(c, run->first, &byte)) {
        if (e->is_shape) byte = byte != 0;
        gather_uniform(e, g, plain, c.kind == CONTENT_LETTERS && !e->is_shape, byte, n);
    } else if (same_body(e, g, &plain, c.value)) {
        g->pages += n;
    } else {
        write_gathered(e, g);
        *g = (struct gathered){.pages = n, .plain = plain, .kind = PIECE_BODY, .body = c.value};
    }
}

static void gather(struct encoder *e, struct gathered *g, const struct page_run *run) {
    if (is_frame(&run->key)) {
        gather_frames(e, g, run);
        return;
    }
    if (g->kind != PIECE_NONE) write_gathered(e, g);
    g->kind = PIECE_NONE;
    uint8_t *p = put_run(e, run->end - run->first, &run->key);
    e->at = run->key.state == ZERO_DIRTY ? put64(p, run->key.order) : p; /* what awaits cleaning */
}

/* Pages that are all alike and have no frames need no walk. */
static bool put_simple_map(struct encoder *e, const struct page_map *map) {
    if (map->runs != 1) return false;
    struct page_run run = page_map_find(e->world, map, 0);
    if (is_frame(&run.key) || run.key.state == ZERO_DIRTY) return false;
    e->at = put_run(e, map->pages, &run.key);
    return true;
}

/* The reader knows the number of pages from the head of the map, and so where the runs end. */
void put_map(struct encoder *e, const struct page_map *map, bool pages) {
    struct gathered g;
    struct page_run run;
    g.kind = PIECE_NONE;
    e->at = put64(room(e), map->pages);
    if (pages && put_simple_map(e, map)) return;
    for (struct page_walk k = page_walk_begin(e->world, map, 0, map->pages); page_walk_next(&k, &run);) {
        if (pages)
            gather(e, &g, &run);
        else
            e->at = put_run(e, run.end - run.first, &run.key);
    }
    if (g.kind != PIECE_NONE) write_gathered(e, &g);
}

void note_stamps(struct encoder *e) {
    const zxp_world *w = e->world;
    struct page_run run;
    if (kernel_of(w)->pages_in_lists == 0) return;
    for (node_ref n = kernel_of(w)->first_node; node_is(n); n = node_at(w, n)->next_node) {
        const struct page_map *map = &node_at(w, n)->map;
        for (struct page_walk k = page_walk_begin(w, map, 0, map->pages); page_walk_next(&k, &run);)
            if (run.key.list != LIST_NONE) rank_note(&e->stamps, run.key.order);
    }
    ranks_sort(&e->stamps);
}

/* ---- Data ---- */

static void put_page_bytes(struct encoder *e, const struct piece *piece, uint64_t length) {
    const uint8_t *bytes = bytes_of(e, piece->value);
    for (uint64_t done = 0, n; done < length; done += n) {
        uint64_t at = (piece->skip + done) % PAGE;
        n = min_u64(PAGE - at, length - done);
        put_bytes(e, bytes + at, n);
    }
}

static uint64_t begin_of(const struct piece *pieces, uint32_t i) { return i == 0 ? 0 : pieces[i - 1].end; }

/* Pieces that are bytes are written as one, however they were cut. The others are in normal form (content.c). */
void put_data(struct encoder *e, const struct data *data) {
    const struct piece *pieces = arena_at(e->world, data->pieces);
    for (uint32_t i = 0, next; i < data->count; i = next) {
        bool bytes = pieces[i].kind == CONTENT_BODY;
        next = i + 1;
        while (bytes && next < data->count && pieces[next].kind == CONTENT_BODY) next++;
        uint8_t *p = room(e);
        p = put8(p, pieces[i].kind);
        p = put64(p, pieces[next - 1].end - begin_of(pieces, i));
        if (!bytes) p = put8(p, pieces[i].value);
        e->at = p;
        for (uint32_t j = i; bytes && j < next; j++) put_page_bytes(e, &pieces[j], pieces[j].end - begin_of(pieces, j));
    }
    put_end(e);
}
