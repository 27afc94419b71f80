/*
 * content.c - bodies, the buffer of a call, and the data that a call has copied (content.h).
 *
 * Data is kept in normal form as it grows, so that equal bytes give equal pieces however they were read: neighbouring
 * fills of one byte are one piece; two or more fills of exactly a page each, of consecutive letters, are LETTERS.
 */
#include "content.h"

#define LETTERS 26u

static struct body *body_of(const zxp_world *w, uint32_t body) { return body_at(w, (body_ref){body}); }

static uint32_t letter_phase(uint64_t n) { return (uint32_t)(n % LETTERS); }

/* ---- Bodies ---- */

uint64_t body_bytes(void) { return arena_size(sizeof(struct body)); }

void body_retain(zxp_world *w, uint32_t body, uint64_t references) {
    body_of(w, body)->references += (uint32_t)references;
}

void body_release(zxp_world *w, uint32_t body, uint64_t references) {
    struct body *b = body_of(w, body);
    assert(b->references >= references);
    b->references -= (uint32_t)references;
    if (b->references == 0) arena_free(w, body, sizeof *b);
}

/* ---- One page ---- */

bool content_byte(struct content c, uint64_t page, uint8_t *byte) {
    if (c.kind == CONTENT_BODY) return false;
    *byte = c.kind == CONTENT_FILL ? (uint8_t)c.value : (uint8_t)('A' + letter_phase(c.value + letter_phase(page)));
    return true;
}

const uint8_t *content_bytes(const zxp_world *w, struct content c, uint64_t page, uint8_t *scratch) {
    uint8_t byte;
    if (!content_byte(c, page, &byte)) return body_of(w, c.value)->bytes;
    return memset(scratch, byte, PAGE);
}

struct content content_moved(struct content c, uint64_t page, uint64_t to) {
    if (c.kind == CONTENT_LETTERS) c.value = letter_phase(c.value + letter_phase(page) + LETTERS - letter_phase(to));
    return c;
}

static bool uniform(const uint8_t *bytes, uint32_t length) {
    return length < 2 || memcmp(bytes, bytes + 1, length - 1u) == 0;
}

/* A body of our own that holds what `old` holds: the old one itself if nobody else refers to it. */
static uint32_t body_to_change(zxp_world *w, struct content old, uint64_t page) {
    if (old.kind == CONTENT_BODY && body_of(w, old.value)->references == 1) {
        body_retain(w, old.value, 1);
        return old.value;
    }
    uint32_t body = arena_alloc(w, sizeof(struct body));
    struct body *b = body_of(w, body);
    const uint8_t *bytes = content_bytes(w, old, page, b->bytes);
    if (bytes != b->bytes) memcpy(b->bytes, bytes, PAGE);
    b->references = 1;
    return body;
}

/* Normal form: a body full of one byte is a fill. */
static struct content content_of_body(zxp_world *w, uint32_t body) {
    const uint8_t *bytes = body_of(w, body)->bytes;
    if (!uniform(bytes, PAGE)) return (struct content){body, CONTENT_BODY};
    struct content fill = content_fill(bytes[0]);
    body_release(w, body, 1);
    return fill;
}

static struct content overwrite_with_fill(zxp_world *w, struct content old, uint64_t page, uint32_t at, uint32_t length,
                                          uint8_t byte) {
    uint8_t was;
    if (length == PAGE) return content_fill(byte);
    if (content_byte(old, page, &was) && (was == byte || length == 0)) return old;
    uint32_t body = body_to_change(w, old, page);
    memset(body_of(w, body)->bytes + at, byte, length);
    return content_of_body(w, body);
}

struct content content_overwrite(zxp_world *w, struct content old, uint64_t page, uint32_t at, uint32_t length,
                                 const uint8_t *from) {
    if (length > 0 && uniform(from, length)) return overwrite_with_fill(w, old, page, at, length, from[0]);
    uint32_t body = body_to_change(w, old, page);
    memmove(body_of(w, body)->bytes + at, from, length);
    return content_of_body(w, body);
}

/* ---- The buffer of a call ---- */

/* Bytes that the caller's block does not have are zeros. */
static void copy_block(const zxp_world *w, const struct buffer *buffer, uint64_t from, uint32_t length, uint8_t *out) {
    uint64_t have = buffer->bytes != 0 && from < buffer->length ? min_u64(length, buffer->length - from) : 0;
    if (have > 0) memcpy(out, (const uint8_t *)arena_at(w, buffer->bytes) + from, have);
    memset(out + have, 0, length - have);
}

void buffer_copy(const zxp_world *w, thread_ref t, uint64_t from, uint32_t length, uint8_t *out) {
    const struct buffer *buffer = &call_of(w, t)->buffer;
    if (buffer->kind != ZXP_BUFFER_LETTERS) {
        if (buffer->kind == ZXP_BUFFER_FILL)
            memset(out, buffer->fill, length);
        else
            copy_block(w, buffer, from, length, out);
        return;
    }
    for (uint32_t done = 0; done < length;) {
        uint64_t page = (from + done) / PAGE;
        uint32_t n = (uint32_t)min_u64(PAGE - (from + done) % PAGE, length - done);
        memset(out + done, (int)('A' + letter_phase(buffer->phase + letter_phase(page))), n);
        done += n;
    }
}

bool buffer_pages(const zxp_world *w, thread_ref t, uint64_t from, uint64_t page, uint64_t pages, struct content *c,
                  uint64_t *count) {
    const struct buffer *buffer = &call_of(w, t)->buffer;
    *count = pages;
    if (buffer->kind == ZXP_BUFFER_FILL) {
        *c = content_fill(buffer->fill);
        return true;
    }
    if (buffer->kind != ZXP_BUFFER_LETTERS || !is_page_aligned(from)) return false;
    *c = content_moved((struct content){letter_phase(buffer->phase), CONTENT_LETTERS}, from / PAGE, page);
    return true;
}

/* ---- Data ---- */

enum { FIRST_PIECES = 2 };

static struct piece *pieces_of(const zxp_world *w, const struct data *d) { return arena_at(w, d->pieces); }

static uint64_t piece_length(const struct piece *pieces, uint32_t i) {
    return pieces[i].end - (i == 0 ? 0 : pieces[i - 1].end);
}

/* One append adds at most two pieces: letters may break up. */
uint64_t data_append_bytes(const struct data *d) {
    if (d->count + 2 <= d->capacity) return 0;
    return arena_size((d->capacity == 0 ? FIRST_PIECES : 2 * (uint64_t)d->capacity) * sizeof(struct piece));
}

static void make_room(zxp_world *w, struct data *d) {
    if (d->count + 2 <= d->capacity) return;
    uint32_t capacity = d->capacity == 0 ? FIRST_PIECES : 2 * d->capacity;
    uint32_t block = arena_alloc(w, capacity * sizeof(struct piece));
    if (d->count > 0) memcpy(arena_at(w, block), pieces_of(w, d), d->count * sizeof(struct piece));
    arena_free(w, d->pieces, d->capacity * sizeof(struct piece));
    d->pieces = block;
    d->capacity = capacity;
}

static void add_piece(const zxp_world *w, struct data *d, struct piece piece, uint64_t length) {
    piece.end = length + data_length(w, d);
    pieces_of(w, d)[d->count++] = piece;
}

static bool is_letter(uint32_t byte) { return byte >= 'A' && byte < 'A' + LETTERS; }

/* What the piece's last page is full of, if the piece is letters or a fill. */
static uint32_t last_byte(const struct piece *pieces, uint32_t i) {
    const struct piece *p = &pieces[i];
    return p->kind == CONTENT_FILL ? p->value : 'A' + letter_phase(p->value + piece_length(pieces, i) / PAGE - 1);
}

/* The last piece is letters and the byte of its last page goes on: that page becomes a fill. */
static void break_letters(const zxp_world *w, struct data *d) {
    struct piece *pieces = pieces_of(w, d), *last = &pieces[d->count - 1];
    uint32_t byte = last_byte(pieces, d->count - 1);
    last->end -= PAGE;
    if (piece_length(pieces, d->count - 1) == PAGE) {
        last->kind = CONTENT_FILL;
        last->value += 'A';
    }
    add_piece(w, d, (struct piece){.kind = CONTENT_FILL, .value = byte}, PAGE);
}

/* The last piece is a fill of a page, and continues letters: it is
 * joined at once, and broken off again if more of the same byte follows. */
static void join_letters(const zxp_world *w, struct data *d) {
    if (d->count < 2) return;
    uint32_t i = d->count - 1;
    struct piece *pieces = pieces_of(w, d), *last = &pieces[i], *before = last - 1;
    if (last->kind != CONTENT_FILL || piece_length(pieces, i) != PAGE || !is_letter(last->value)) return;
    if (before->kind == CONTENT_BODY || (before->kind == CONTENT_FILL && piece_length(pieces, i - 1) != PAGE)) return;
    uint32_t byte = last_byte(pieces, i - 1);
    if (!is_letter(byte) || letter_phase(byte - 'A' + 1) != last->value - 'A') return;
    if (before->kind == CONTENT_FILL) before->value -= 'A';
    before->kind = CONTENT_LETTERS;
    before->end = last->end;
    d->count--;
}

static void append_fill(const zxp_world *w, struct data *d, uint8_t byte, uint64_t length) {
    struct piece *pieces = pieces_of(w, d);
    if (d->count > 0 && pieces[d->count - 1].kind != CONTENT_BODY && last_byte(pieces, d->count - 1) == byte) {
        if (pieces[d->count - 1].kind == CONTENT_LETTERS) break_letters(w, d);
        pieces[d->count - 1].end += length;
    } else {
        add_piece(w, d, (struct piece){.kind = CONTENT_FILL, .value = byte}, length);
    }
    join_letters(w, d);
}

/* Whole pages of letters: the first may join what is before it, the rest follows in one piece. */
static void append_letters(const zxp_world *w, struct data *d, uint32_t phase, uint64_t pages) {
    assert(pages > 1);
    append_fill(w, d, (uint8_t)('A' + phase), PAGE);
    struct piece *pieces = pieces_of(w, d), *last = &pieces[d->count - 1];
    uint64_t rest = pages - 1;
    if (last->kind == CONTENT_LETTERS || piece_length(pieces, d->count - 1) == PAGE) {
        if (last->kind == CONTENT_FILL) last->value -= 'A';
        last->kind = CONTENT_LETTERS;
        last->end += rest * PAGE;
    } else {
        bool one = rest == 1;
        uint32_t next = letter_phase(phase + 1);
        struct piece piece = {.kind = one ? CONTENT_FILL : CONTENT_LETTERS, .value = one ? 'A' + next : next};
        add_piece(w, d, piece, rest * PAGE);
    }
}

static void append_body(zxp_world *w, struct data *d, uint32_t body, uint32_t skip, uint64_t length) {
    struct piece *pieces = pieces_of(w, d), *last = d->count > 0 ? &pieces[d->count - 1] : NULL;
    if (last && last->kind == CONTENT_BODY && last->value == body &&
        (last->skip + piece_length(pieces, d->count - 1)) % PAGE == skip) {
        last->end += length;
        return;
    }
    body_retain(w, body, 1);
    add_piece(w, d, (struct piece){.kind = CONTENT_BODY, .value = body, .skip = (uint16_t)skip}, length);
}

void data_append(zxp_world *w, thread_ref t, struct content c, uint64_t page, uint32_t skip, uint64_t length) {
    if (length == 0) return;
    struct data *d = &call_of(w, t)->data;
    make_room(w, d);
    uint8_t byte = 0;
    bool alike = content_byte(c, page, &byte);
    if (!alike)
        append_body(w, d, c.value, skip, length);
    else if (c.kind == CONTENT_LETTERS && skip == 0 && length > PAGE)
        append_letters(w, d, (uint32_t)byte - 'A', length / PAGE);
    else
        append_fill(w, d, byte, length);
}

uint64_t data_length(const zxp_world *w, const struct data *d) {
    return d->count == 0 ? 0 : pieces_of(w, d)[d->count - 1].end;
}

void data_free(zxp_world *w, struct data *d) {
    for (uint32_t i = 0; i < d->count; i++) {
        const struct piece *piece = &pieces_of(w, d)[i];
        if (piece->kind == CONTENT_BODY) body_release(w, piece->value, 1);
    }
    arena_free(w, d->pieces, d->capacity * sizeof(struct piece));
    *d = (struct data){0};
}
