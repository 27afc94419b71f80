#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "summary.h"

/* ---- Single fields ---- */

static bool name_is(const struct stmt *s, const struct want_field *field, const char *name) {
    return span_is(&s->text, field->name, name);
}

static bool number_of(const struct stmt *s, const struct want_field *field, uint64_t *value) {
    char name[64];
    size_t n = span_length(field->name);
    if (n >= sizeof name) return false;
    memcpy(name, s->text.s + field->name.begin, n);
    name[n] = 0;
    return !s->outcome.own && zxp_field(s->in->world, s->outcome.thread, name, value);
}

static bool same_number(const struct stmt *s, const struct want_field *field) {
    uint64_t value;
    if (!number_of(s, field, &value)) return false;
    uint64_t mask = field->masked ? field->mask : UINT64_MAX;
    return (value & mask) == (field->number & mask);
}

static bool piece_is(const zxp_piece *piece, const uint8_t *bytes, uint8_t fill) {
    for (uint64_t i = 0; i < piece->length; i++) {
        uint8_t byte = piece->kind == ZXP_CONTENT_BYTES  ? piece->bytes[i]
                       : piece->kind == ZXP_CONTENT_FILL ? piece->fill
                                                         : (uint8_t)('A' + (piece->fill + i / ZXP_PAGE_SIZE) % 26);
        if (byte != (bytes ? bytes[i] : fill)) return false;
        if (!bytes && piece->kind == ZXP_CONTENT_FILL) return true; /* all its bytes are equal */
    }
    return true;
}

static bool same_read_data(const struct stmt *s, const zxp_buffer *buffer) {
    const zxp_world *world = s->in->world;
    uint64_t length = zxp_data_length(world, s->outcome.thread);
    const uint8_t *bytes = buffer->kind == ZXP_BUFFER_BYTES ? buffer->bytes : NULL;
    if (bytes && buffer->length != length) return false;
    zxp_piece piece;
    for (uint64_t at = 0; at < length && zxp_data_piece(world, s->outcome.thread, at, &piece); at += piece.length) {
        if (piece.length == 0 || piece.length > length - at) piece.length = length - at;
        if (!piece_is(&piece, bytes ? bytes + at : NULL, buffer->fill)) return false;
    }
    return true;
}

static bool same_data(const struct stmt *s, const zxp_buffer *buffer) {
    const struct thread_record *record = &s->in->session.records[s->outcome.thread];
    if (!record->by_page) return same_read_data(s, buffer);
    if (buffer->kind == ZXP_BUFFER_BYTES)
        return buffer->length == record->bytes.n &&
               memcmp(buffer->bytes, buf_string(&record->bytes), record->bytes.n) == 0;
    for (size_t i = 0; i < record->bytes.n; i++) {
        if ((uint8_t)record->bytes.s[i] != buffer->fill) return false;
    }
    return true;
}

/* ZX_PROP_NAME: the name up to the first NUL. */
static size_t text_of(const struct stmt *s, char bytes[ZX_MAX_NAME_LEN]) {
    if (!zxp_name(s->in->world, s->outcome.thread, bytes)) return 0;
    const char *nul = memchr(bytes, 0, ZX_MAX_NAME_LEN);
    return nul ? (size_t)(nul - bytes) : ZX_MAX_NAME_LEN;
}

static bool same_text(const struct stmt *s, const struct want_field *field) {
    char bytes[ZX_MAX_NAME_LEN];
    size_t n = text_of(s, bytes);
    return n == field->buffer.length && memcmp(bytes, field->buffer.bytes, n) == 0;
}

static bool in_pages(const struct stmt *s) { return s->in->session.records[s->outcome.thread].in_pages; }

static bool same_ranges(const struct stmt *s, const struct want_field *field) {
    uint64_t unit = in_pages(s) ? ZXP_PAGE_SIZE : 1;
    if (zxp_range_count(s->in->world, s->outcome.thread) != field->count) return false;
    for (size_t i = 0; i < field->count; i++) {
        zxp_dirty_range range = {0};
        const struct want_range *want = &field->ranges[i];
        (void)zxp_range_at(s->in->world, s->outcome.thread, i, &range);
        bool zero = range.options & ZX_VMO_DIRTY_RANGE_IS_ZERO;
        if (range.offset != want->first * unit || range.length != want->length * unit || zero != want->zero)
            return false;
    }
    return true;
}

static bool same_observed(const struct stmt *s, const struct want_field *field) {
    if (!name_is(s, field, "observed") || zxp_observed_count(s->in->world, s->outcome.thread) != field->count)
        return false;
    for (size_t i = 0; i < field->count; i++) {
        if (zxp_observed_at(s->in->world, s->outcome.thread, i) != field->observed[i]) return false;
    }
    return true;
}

static bool same_pages(struct stmt *s, const struct want_field *field, bool *same) {
    struct buf pages = {0};
    bool good = summary_of(s->in, s->outcome.thread, &pages);
    *same = good && pages.n == field->page_count && memcmp(buf_string(&pages), field->pages, pages.n) == 0;
    buf_free(&pages);
    return good || stmt_error(s, field->name.begin, "a page summary is for at most 65,536 pages");
}

static bool field_holds(struct stmt *s, const struct want_field *field, bool *holds) {
    bool same = false, good = true;
    switch (field->form) {
    case FORM_DATA: same = same_data(s, &field->buffer); break;
    case FORM_TEXT: same = same_text(s, field); break;
    case FORM_PAGES: good = same_pages(s, field, &same); break;
    case FORM_RANGES: same = same_ranges(s, field); break;
    case FORM_OBSERVED: same = same_observed(s, field); break;
    default: same = same_number(s, field); break;
    }
    uint64_t ignored;
    if (field->differs && field->form == FORM_NUMBER && !number_of(s, field, &ignored))
        same = true; /* no value is not another value */
    *holds = *holds && same != field->differs;
    return good;
}

/* ---- The whole outcome ---- */

static bool same_packet(const zxp_packet_view *want, const zxp_packet_view *came) {
    if (want->type != came->type || want->key != came->key) return false;
    if (want->type != ZX_PKT_TYPE_PAGE_REQUEST) return true;
    bool range =
        want->command == ZX_PAGER_VMO_COMPLETE || (want->offset == came->offset && want->length == came->length);
    return want->command == came->command && range;
}

static bool status_holds(struct stmt *s, bool *holds) {
    const struct outcome *outcome = &s->outcome;
    bool packet = outcome->kind == OUT_PACKET, none = outcome->kind == OUT_NO_PACKET;
    zx_status_t status = packet ? ZX_OK : none ? ZX_ERR_TIMED_OUT : outcome->status;
    *holds = (outcome->kind == OUT_STATUS || packet || none) && status == s->want.status;
    for (size_t i = 0; *holds && i < s->want.field_count; i++) {
        if (!field_holds(s, &s->want.fields[i], holds)) return false;
    }
    return true;
}

bool verdict_of(struct stmt *s, bool *holds) {
    const struct outcome *outcome = &s->outcome;
    const struct expect *want = &s->want;
    *holds = true;
    switch (want->kind) {
    case WANT_STATUS: return status_holds(s, holds);
    case WANT_BLOCKED: *holds = outcome->kind == OUT_BLOCKED; break;
    case WANT_FAULT:
        *holds = outcome->kind == OUT_FAULT && outcome->status == want->status &&
                 (!want->has_address || outcome->address == want->address);
        break;
    case WANT_KILLED: *holds = outcome->kind == OUT_KILLED; break;
    case WANT_NONE: *holds = outcome->kind == OUT_NO_PACKET; break;
    case WANT_PACKET: *holds = outcome->kind == OUT_PACKET && same_packet(&want->packet, &outcome->packet); break;
    default: break;
    }
    return true;
}

/* ---- What came, as text ---- */

static void came_data(const struct stmt *s, struct buf *out) {
    enum { SHOWN = 32 };
    uint8_t bytes[SHOWN];
    const struct thread_record *record = &s->in->session.records[s->outcome.thread];
    uint64_t length = record->by_page ? record->bytes.n : zxp_data_length(s->in->world, s->outcome.thread);
    zxp_buffer fill = {.kind = ZXP_BUFFER_FILL};
    size_t n = record->by_page ? 0 : zxp_data_copy(s->in->world, s->outcome.thread, 0, bytes, SHOWN);
    for (; record->by_page && n < SHOWN && n < length; n++) bytes[n] = (uint8_t)record->bytes.s[n];
    fill.fill = n ? bytes[0] : 0;
    if (length > 0 && (length > SHOWN || n == 1) && same_data(s, &fill)) {
        buf_format(out, "byte(0x%02x)", fill.fill);
        return;
    }
    buf_text(out, "hex(\"");
    for (size_t i = 0; i < n; i++) buf_format(out, "%02x", bytes[i]);
    buf_text(out, length > SHOWN ? "...\")" : "\")");
}

static void came_pages(const struct stmt *s, struct buf *out) {
    struct buf pages = {0};
    (void)summary_of(s->in, s->outcome.thread, &pages);
    buf_char(out, '"');
    for (size_t i = 0; i < pages.n; i++) {
        if (pages.s[i] == '\\' || pages.s[i] == '$') buf_char(out, '\\');
        buf_char(out, pages.s[i]);
    }
    buf_char(out, '"');
    buf_free(&pages);
}

static void print_bytes(struct buf *out, uint64_t bytes) {
    if (bytes && bytes % ZXP_PAGE_SIZE == 0)
        buf_format(out, "%" PRIu64 "p", bytes / ZXP_PAGE_SIZE);
    else
        buf_format(out, "%" PRIu64, bytes);
}

static void came_ranges(const struct stmt *s, struct buf *out) {
    buf_char(out, '[');
    for (size_t i = 0; i < zxp_range_count(s->in->world, s->outcome.thread); i++) {
        zxp_dirty_range range = {0};
        (void)zxp_range_at(s->in->world, s->outcome.thread, i, &range);
        buf_text(out, i ? ", " : "");
        if (in_pages(s)) {
            buf_format(out, "%" PRIu64 "+%" PRIu64, range.offset / ZXP_PAGE_SIZE, range.length / ZXP_PAGE_SIZE);
        } else {
            print_bytes(out, range.offset);
            buf_char(out, '+');
            print_bytes(out, range.length);
        }
        buf_text(out, range.options & ZX_VMO_DIRTY_RANGE_IS_ZERO ? " zero" : "");
    }
    buf_char(out, ']');
}

static void came_observed(const struct stmt *s, struct buf *out) {
    buf_char(out, '[');
    for (size_t i = 0; i < zxp_observed_count(s->in->world, s->outcome.thread); i++)
        buf_format(out, "%s0x%" PRIx32, i ? ", " : "", zxp_observed_at(s->in->world, s->outcome.thread, i));
    buf_char(out, ']');
}

static void came_text(const struct stmt *s, struct buf *out) {
    char bytes[ZX_MAX_NAME_LEN];
    size_t n = text_of(s, bytes);
    buf_char(out, '"');
    for (size_t i = 0; i < n; i++)
        buf_format(out, bytes[i] >= 0x20 && bytes[i] < 0x7f && bytes[i] != '"' && bytes[i] != '\\' ? "%c" : "\\%03o",
                   (unsigned char)bytes[i]);
    buf_char(out, '"');
}

static void came_number(const struct stmt *s, const struct want_field *field, struct buf *out) {
    uint64_t value;
    if (!number_of(s, field, &value))
        buf_text(out, "(none)");
    else
        buf_format(out, "%" PRIu64, field->masked ? value & field->mask : value);
}

static void came_field(const struct stmt *s, const struct want_field *field, struct buf *out) {
    size_t end = field->value.begin - 1 - field->differs;
    buf_char(out, ' ');
    buf_add(out, s->text.s + field->name.begin, end - field->name.begin);
    buf_char(out, '=');
    switch (field->form) {
    case FORM_DATA: came_data(s, out); break;
    case FORM_PAGES: came_pages(s, out); break;
    case FORM_RANGES: came_ranges(s, out); break;
    case FORM_OBSERVED: came_observed(s, out); break;
    case FORM_TEXT: came_text(s, out); break;
    default: came_number(s, field, out); break;
    }
}

void verdict_came(const struct stmt *s, struct buf *out) {
    const struct outcome *outcome = &s->outcome;
    switch (outcome->kind) {
    case OUT_STATUS:
        print_status(out, outcome->status);
        for (size_t i = 0; i < s->want.field_count; i++) came_field(s, &s->want.fields[i], out);
        break;
    case OUT_BLOCKED: buf_text(out, "blocked"); break;
    case OUT_FAULT:
        buf_text(out, "fault ");
        print_status(out, outcome->status);
        if (s->want.kind != WANT_FAULT || s->want.has_address) buf_format(out, " addr=0x%" PRIx64, outcome->address);
        break;
    case OUT_KILLED: buf_text(out, "killed"); break;
    case OUT_PACKET: print_packet(out, s->in, &outcome->packet); break;
    case OUT_NO_PACKET: buf_text(out, "none"); break;
    default: buf_text(out, "nothing"); break;
    }
}
