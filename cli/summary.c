#include "summary.h"

#include <string.h>

static char letter_of(uint8_t byte) {
    bool printable = byte >= 0x20 && byte <= 0x7e && byte != '.' && byte != '?' && byte != '"';
    return byte == 0 ? '.' : printable ? (char)byte : '?';
}

/* What is known of the page that is being summed up. */
struct page {
    bool begun, mixed;
    uint8_t byte;
};

static void add_fill(struct page *page, uint8_t byte) {
    if (page->begun && page->byte != byte) page->mixed = true;
    page->begun = true;
    page->byte = byte;
}

static void add_bytes(struct page *page, const uint8_t *bytes, uint64_t length) {
    add_fill(page, bytes[0]);
    if (!page->mixed && length > 1) page->mixed = memcmp(bytes, bytes + 1, (size_t)length - 1) != 0;
}

/* Adds the first `length` bytes of the piece, which lie in one page. */
static void add_piece(struct page *page, const zxp_piece *piece, uint64_t length) {
    if (piece->kind == ZXP_CONTENT_BYTES)
        add_bytes(page, piece->bytes, length);
    else
        add_fill(page, piece->kind == ZXP_CONTENT_FILL ? piece->fill : (uint8_t)('A' + piece->fill % 26));
}

static void end_page(struct page *page, struct buf *out) {
    buf_char(out, page->mixed ? '?' : letter_of(page->byte));
    *page = (struct page){0};
}

static bool sum_data(const struct interp *in, uint32_t thread, uint64_t origin, struct buf *out) {
    uint64_t end = zxp_data_length(in->world, thread), at = 0;
    struct page page = {0};
    zxp_piece piece;
    while (at < end && zxp_data_piece(in->world, thread, at, &piece)) {
        uint64_t in_page = ZXP_PAGE_SIZE - (origin + at) % ZXP_PAGE_SIZE;
        uint64_t length = piece.length < in_page ? piece.length : in_page;
        if (piece.kind ==
            ZXP_CONTENT_LETTERS) { /* letters change with the pages of the content, not those of the VMO */
            uint64_t letter = ZXP_PAGE_SIZE;
            length = length < letter ? length : letter;
        }
        if (length == 0) break;
        add_piece(&page, &piece, length);
        at += length;
        if ((origin + at) % ZXP_PAGE_SIZE == 0 || at == end) end_page(&page, out);
        if (out->n > SUMMARY_LIMIT) return false;
    }
    return true;
}

bool summary_of(const struct interp *in, uint32_t thread, struct buf *out) {
    const struct thread_record *record = &in->session.records[thread];
    if (!record->by_page) return sum_data(in, thread, record->origin, out);
    for (size_t i = 0; i < record->bytes.n; i++) buf_char(out, letter_of((uint8_t)record->bytes.s[i]));
    return record->bytes.n <= SUMMARY_LIMIT;
}

const char *summary_map_run(const char *map, size_t length, size_t *at, struct map_run *run) {
    size_t i = *at;
    *run = (struct map_run){map[i], 1};
    if (!map[i] || !strchr(".CDWMZYUP", map[i])) return "this is no letter of a page map (. C D W M Z Y U P)";
    if (++i < length && map[i] == '*') {
        size_t digits = ++i;
        for (run->count = 0; i < length && map[i] >= '0' && map[i] <= '9'; i++) {
            if (run->count > UINT64_MAX / 16) return "the count behind `*' is too large";
            run->count = run->count * 10 + (uint64_t)(map[i] - '0');
        }
        if (i == digits) return "a decimal count is missing behind `*'";
    }
    *at = i;
    return NULL;
}
