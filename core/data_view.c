/*
 * data_view.c - `data` as users see it: what a read or a load has copied (zxpager.h).
 */
#include "content.h"
#include "thread.h"

static const struct data *data_of(const zxp_world *w, uint32_t number) {
    static const struct data none;
    thread_ref t = thread_by_number(w, number);
    return thread_is(t) ? &call_of(w, t)->data : &none;
}

uint64_t zxp_data_length(const zxp_world *world, uint32_t thread) { return data_length(world, data_of(world, thread)); }

/* Index of the piece that holds byte `offset` of the data; the offset is inside. */
static uint32_t piece_of(const struct piece *pieces, uint32_t count, uint64_t offset) {
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (pieces[middle].end > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Letters cut in the middle of a page: the rest of that page is a fill. */
static void cut_letters(const struct piece *from, uint64_t into, zxp_piece *piece) {
    uint8_t phase = (uint8_t)((from->value + into / PAGE) % 26);
    bool whole = into % PAGE == 0;
    piece->kind = whole ? ZXP_CONTENT_LETTERS : ZXP_CONTENT_FILL;
    piece->fill = whole ? phase : (uint8_t)('A' + phase);
    if (!whole) piece->length = PAGE - into % PAGE;
}

/* A body goes to the end of its page; what follows in the same piece is the same page again. */
static void cut_body(const zxp_world *w, const struct piece *from, uint64_t into, zxp_piece *piece) {
    uint64_t at = (from->skip + into) % PAGE;
    piece->kind = ZXP_CONTENT_BYTES;
    piece->bytes = body_at(w, (body_ref){from->value})->bytes + at;
    piece->length = min_u64(piece->length, PAGE - at);
}

bool zxp_data_piece(const zxp_world *world, uint32_t thread, uint64_t offset, zxp_piece *piece) {
    const struct data *d = data_of(world, thread);
    if (offset >= data_length(world, d)) return false;
    const struct piece *pieces = arena_at(world, d->pieces);
    uint32_t i = piece_of(pieces, d->count, offset);
    uint64_t into = offset - (i == 0 ? 0 : pieces[i - 1].end);
    *piece = (zxp_piece){.offset = offset, .length = pieces[i].end - offset, .kind = ZXP_CONTENT_FILL};
    switch (pieces[i].kind) {
    case CONTENT_FILL: piece->fill = (uint8_t)pieces[i].value; break;
    case CONTENT_LETTERS: cut_letters(&pieces[i], into, piece); break;
    default: cut_body(world, &pieces[i], into, piece); break;
    }
    return true;
}

/* Copies the part of a piece that fits; letters page by page. Returns how many bytes. */
static size_t copy_piece(const zxp_piece *piece, uint8_t *out, size_t length) {
    size_t n = (size_t)min_u64(piece->length, length);
    if (piece->kind == ZXP_CONTENT_LETTERS) {
        n = (size_t)min_u64(n, PAGE);
        memset(out, 'A' + piece->fill, n);
    } else if (piece->kind == ZXP_CONTENT_FILL) {
        memset(out, piece->fill, n);
    } else {
        memcpy(out, piece->bytes, n);
    }
    return n;
}

size_t zxp_data_copy(const zxp_world *world, uint32_t thread, uint64_t offset, void *out, size_t length) {
    zxp_piece piece;
    size_t done = 0;
    while (done < length && zxp_data_piece(world, thread, offset + done, &piece))
        done += copy_piece(&piece, (uint8_t *)out + done, length - done);
    return done;
}
