#include "expect.h"

#include <string.h>

#include "commands.h"
#include "names.h"
#include "statement.h"

static bool unknown_expectation(struct stmt *s, struct span word) {
    static const char *const words[] = {"ZX_OK", "blocked", "fault",    "killed", "any",   "none",
                                        "READ",  "DIRTY",   "COMPLETE", "USER",   "SIGNAL"};
    struct suggestion suggestion;
    suggest_begin(&suggestion, s->text.s + word.begin, span_length(word));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) suggest_try(&suggestion, words[i]);
    return stmt_unknown(s, word, "expectation", &suggestion);
}

static bool parse_status(struct stmt *s, struct span word, zx_status_t *status) {
    uint64_t value;
    if (!span_is(&s->text, word, "ZX_OK") && !span_begins(&s->text, word, "ZX_ERR_"))
        return unknown_expectation(s, word);
    if (!stmt_eval(s, word, 0, &value)) return false;
    *status = (zx_status_t)(int64_t)value;
    return true;
}

/* ---- Field values ---- */

/* FIRST+LENGTH [zero]: here + and the blank separate (LANGUAGE.md section 2). */
static bool parse_range(struct stmt *s, struct span item, struct want_range *range) {
    size_t at = item.begin;
    struct span word, zero;
    if (!text_next_word(&s->text, &at, item.end, &word))
        return stmt_error(s, item.begin, "a range is missing here: FIRST+LENGTH [zero]");
    size_t plus = text_find(&s->text, word, "+");
    if (plus >= word.end) return stmt_error(s, word.begin, "a range is FIRST+LENGTH [zero]");
    range->zero = text_next_word(&s->text, &at, item.end, &zero);
    if (range->zero && !span_is(&s->text, zero, "zero"))
        return stmt_error(s, zero.begin, "only `zero' may stand behind a range");
    if (text_next_word(&s->text, &at, item.end, &zero))
        return stmt_error(s, zero.begin, "ranges are separated by commas");
    for (size_t i = word.begin; i < word.end; i++)
        range->unit |=
            i > word.begin && strchr("pkmgt", s->text.s[i]) && s->text.s[i - 1] >= '0' && s->text.s[i - 1] <= '9';
    return stmt_eval(s, (struct span){word.begin, plus}, 0, &range->first) &&
           stmt_eval(s, (struct span){plus + 1, word.end}, 0, &range->length);
}

static bool list_inside(struct stmt *s, struct span value, struct span *inside, size_t *count) {
    if (value.begin >= value.end || s->text.s[value.begin] != '[' || s->text.s[value.end - 1] != ']')
        return stmt_error(s, value.begin, "a list in brackets is missing here");
    *inside = span_trim(&s->text, (struct span){value.begin + 1, value.end - 1});
    *count = inside->begin < inside->end;
    for (size_t at = inside->begin; (at = text_find(&s->text, (struct span){at, inside->end}, ",")) < inside->end; at++)
        ++*count;
    return true;
}

static struct span next_item(const struct stmt *s, struct span inside, size_t *at) {
    size_t comma = text_find(&s->text, (struct span){*at, inside.end}, ",");
    struct span item = span_trim(&s->text, (struct span){*at, comma});
    *at = comma + 1;
    return item;
}

static bool parse_ranges(struct stmt *s, struct want_field *field) {
    struct span inside;
    if (!list_inside(s, field->value, &inside, &field->count)) return false;
    field->ranges = pool_alloc(&s->pool, field->count * sizeof *field->ranges);
    memset(field->ranges, 0, field->count * sizeof *field->ranges);
    size_t at = inside.begin;
    for (size_t i = 0; i < field->count; i++) {
        if (!parse_range(s, next_item(s, inside, &at), &field->ranges[i])) return false;
    }
    return true;
}

static bool parse_observed(struct stmt *s, struct want_field *field) {
    struct span inside;
    if (!list_inside(s, field->value, &inside, &field->count)) return false;
    field->observed = pool_alloc(&s->pool, field->count * sizeof *field->observed);
    size_t at = inside.begin;
    for (size_t i = 0; i < field->count; i++) {
        if (!stmt_eval(s, next_item(s, inside, &at), 0, &field->observed[i])) return false;
    }
    return true;
}

static bool parse_data(struct stmt *s, struct want_field *field) {
    if (!stmt_buffer(s, field->value, &field->buffer)) return false;
    if (field->buffer.kind == ZXP_BUFFER_USER)
        return stmt_error(s, field->value.begin, "at() names no bytes to compare with");
    if (field->buffer.kind == ZXP_BUFFER_LETTERS)
        return stmt_error(s, field->value.begin, "letters() is for writing; pages= compares letters");
    return true;
}

static bool parse_pages(struct stmt *s, struct want_field *field) {
    char *pages;
    if (!stmt_string(s, field->value, &pages, &field->page_count)) return false;
    field->pages = pages;
    return true;
}

static enum want_form form_of(const struct stmt *s, const struct want_field *field) {
    char first = field->value.begin < field->value.end ? s->text.s[field->value.begin] : 0;
    if (span_is(&s->text, field->name, "data")) return FORM_DATA;
    if (span_is(&s->text, field->name, "pages")) return FORM_PAGES;
    if (span_is(&s->text, field->name, "ranges")) return FORM_RANGES;
    return first == '[' ? FORM_OBSERVED : first == '"' ? FORM_TEXT : FORM_NUMBER;
}

static bool parse_value(struct stmt *s, struct want_field *field) {
    field->form = form_of(s, field);
    if (field->masked && field->form != FORM_NUMBER)
        return stmt_error(s, field->name.end, "only numbers can be masked");
    switch (field->form) {
    case FORM_DATA:
    case FORM_TEXT: return parse_data(s, field);
    case FORM_PAGES: return parse_pages(s, field);
    case FORM_RANGES: return parse_ranges(s, field);
    case FORM_OBSERVED: return parse_observed(s, field);
    default: return stmt_eval(s, field->value, 0, &field->number);
    }
}

/* field=value, field!=value, field&MASK=value */
static bool parse_field(struct stmt *s, struct span word, struct want_field *field) {
    size_t equal = text_find(&s->text, word, "=");
    if (equal >= word.end) return stmt_error(s, word.begin, "field=value is missing here");
    field->value = (struct span){equal + 1, word.end};
    field->differs = equal > word.begin && s->text.s[equal - 1] == '!';
    struct span left = {word.begin, equal - field->differs};
    size_t mask = text_find(&s->text, left, "&");
    field->masked = mask < left.end;
    field->name = (struct span){left.begin, mask};
    if (!span_is_name(&s->text, field->name)) return stmt_error(s, word.begin, "a field's name is missing here");
    if (field->masked && !stmt_eval(s, (struct span){mask + 1, left.end}, 0, &field->mask)) return false;
    return parse_value(s, field);
}

/* ---- Packets ---- */

static bool packet_key(struct stmt *s, struct span word, zxp_packet_view *packet) {
    struct binding binding;
    struct vmo_fact fact;
    if (span_begins(&s->text, word, "key="))
        return stmt_eval(s, (struct span){word.begin + 4, word.end}, 0, &packet->key);
    if (!span_is_name(&s->text, word)) return stmt_error(s, word.begin, "a VMO's name or key=K is missing here");
    if (!stmt_binding(s, word, &binding)) return false;
    if (!names_fact(s->in, &binding, &fact)) {
        packet->key = 0;
        return s->in->options.dry ||
               stmt_error(s, word.begin, "no pager made this VMO: it has no packets (key=K names any)");
    }
    packet->key = fact.key;
    return true;
}

static bool packet_range(struct stmt *s, const struct span *words, zxp_packet_view *packet) {
    if (!stmt_eval(s, words[2], EVAL_PAGES, &packet->offset) || !stmt_eval(s, words[3], EVAL_PAGES, &packet->length))
        return false;
    packet->offset *= ZXP_PAGE_SIZE;
    packet->length *= ZXP_PAGE_SIZE;
    return true;
}

static bool page_packet(struct stmt *s, const struct span *words, size_t count, uint16_t command,
                        zxp_packet_view *packet) {
    size_t wanted = command == ZX_PAGER_VMO_COMPLETE ? 2 : 4;
    if (count < wanted)
        return stmt_error(s, words[count - 1].end, "this packet is written %s",
                          wanted == 2 ? "COMPLETE V" : "READ V P N or DIRTY V P N");
    if (count > wanted) return stmt_error(s, words[wanted].begin, "nothing may stand behind the packet");
    packet->type = ZX_PKT_TYPE_PAGE_REQUEST;
    packet->command = command;
    return packet_key(s, words[1], packet) && (wanted == 2 || packet_range(s, words, packet));
}

static bool other_packet(struct stmt *s, const struct span *words, size_t count, uint32_t type,
                         zxp_packet_view *packet) {
    packet->type = type;
    if (count != 2 || !span_begins(&s->text, words[1], "key="))
        return stmt_error(s, words[count > 1 ? 1 : 0].begin, "this packet is written USER key=K or SIGNAL key=K");
    return packet_key(s, words[1], packet);
}

bool expect_packet(struct stmt *s, const struct span *words, size_t count, zxp_packet_view *packet) {
    *packet = (zxp_packet_view){0};
    if (span_is(&s->text, words[0], "READ")) return page_packet(s, words, count, ZX_PAGER_VMO_READ, packet);
    if (span_is(&s->text, words[0], "DIRTY")) return page_packet(s, words, count, ZX_PAGER_VMO_DIRTY, packet);
    if (span_is(&s->text, words[0], "COMPLETE")) return page_packet(s, words, count, ZX_PAGER_VMO_COMPLETE, packet);
    if (span_is(&s->text, words[0], "USER")) return other_packet(s, words, count, ZX_PKT_TYPE_USER, packet);
    if (span_is(&s->text, words[0], "SIGNAL")) return other_packet(s, words, count, ZX_PKT_TYPE_SIGNAL_ONE, packet);
    return stmt_error(s, words[0].begin, "a packet is missing here: READ, DIRTY, COMPLETE, USER or SIGNAL");
}

/* ---- The whole expectation ---- */

struct words {
    struct span *list;
    size_t count;
};

static struct words split(struct stmt *s) {
    struct words words = {0};
    struct span word;
    for (size_t at = s->expectation.begin; text_next_word(&s->text, &at, s->expectation.end, &word);) words.count++;
    words.list = pool_alloc(&s->pool, (words.count + 1) * sizeof *words.list);
    size_t n = 0;
    for (size_t at = s->expectation.begin; text_next_word(&s->text, &at, s->expectation.end, &word);)
        words.list[n++] = word;
    return words;
}

static bool nothing_behind(struct stmt *s, const struct words *words, size_t from) {
    if (words->count <= from) return true;
    return stmt_error(s, words->list[from].begin, "nothing more is expected here");
}

/* as NAME */
static bool parse_as(struct stmt *s, const struct words *words, size_t from) {
    uint32_t thread;
    struct expect *want = &s->want;
    if (words->count <= from) return true;
    if (!span_is(&s->text, words->list[from], "as"))
        return stmt_error(s, words->list[from].begin, "only `as NAME' may stand here");
    if (words->count < from + 2 || !span_is_name(&s->text, words->list[from + 1]))
        return stmt_error(s, words->list[from].end, "a thread's name is missing behind `as'");
    want->named = true;
    want->name = words->list[from + 1];
    if (session_thread(&s->in->session, s->text.s + want->name.begin, span_length(want->name), &thread))
        return stmt_error(s, want->name.begin, "there is a thread of this name already");
    return nothing_behind(s, words, from + 2);
}

static bool parse_fault(struct stmt *s, const struct words *words) {
    size_t next = 2;
    if (words->count < 2) return stmt_error(s, words->list[0].end, "a status is missing behind `fault'");
    if (!parse_status(s, words->list[1], &s->want.status)) return false;
    if (words->count > 2 && span_begins(&s->text, words->list[2], "addr=")) {
        struct span value = {words->list[2].begin + 5, words->list[2].end};
        s->want.has_address = true;
        next = 3;
        if (!stmt_eval(s, value, 0, &s->want.address)) return false;
    }
    return parse_as(s, words, next);
}

static bool parse_fields(struct stmt *s, const struct words *words) {
    struct expect *want = &s->want;
    want->field_count = words->count - 1;
    want->fields = pool_alloc(&s->pool, words->count * sizeof *want->fields);
    memset(want->fields, 0, words->count * sizeof *want->fields);
    for (size_t i = 0; i < want->field_count; i++) {
        if (!parse_field(s, words->list[i + 1], &want->fields[i])) return false;
    }
    return true;
}

static bool parse_packet(struct stmt *s, const struct words *words) {
    bool none = span_is(&s->text, words->list[0], "none");
    unsigned flags = s->command ? s->command->flags : 0;
    s->want.kind = none ? WANT_NONE : WANT_PACKET;
    if (!(flags & CMD_PACKET) && !(none && (flags & CMD_TAKE)))
        return stmt_error(s, words->list[0].begin, "only `next' and `take' can give a packet or none");
    if (none) return nothing_behind(s, words, 1);
    if (words->count > 1) s->want.packet_name = words->list[1];
    return expect_packet(s, words->list, words->count, &s->want.packet);
}

static bool is_packet_word(const struct stmt *s, struct span word) {
    static const char *const words[] = {"none", "READ", "DIRTY", "COMPLETE", "USER", "SIGNAL"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (span_is(&s->text, word, words[i])) return true;
    }
    return false;
}

bool expect_parse(struct stmt *s) {
    struct words words = split(s);
    struct expect *want = &s->want;
    want->whole = s->expectation;
    if (!words.count) return stmt_error(s, s->expectation.begin, "an expectation is missing behind `=>'");
    struct span first = words.list[0];
    if (is_packet_word(s, first)) return parse_packet(s, &words);
    if (span_is(&s->text, first, "blocked")) {
        want->kind = WANT_BLOCKED;
        return parse_as(s, &words, 1);
    }
    if (span_is(&s->text, first, "fault")) {
        want->kind = WANT_FAULT;
        return parse_fault(s, &words);
    }
    if (span_is(&s->text, first, "killed") || span_is(&s->text, first, "any")) {
        want->kind = span_is(&s->text, first, "any") ? WANT_ANY : WANT_KILLED;
        return nothing_behind(s, &words, 1);
    }
    want->kind = WANT_STATUS;
    return parse_status(s, first, &want->status) && parse_fields(s, &words);
}

/* ---- Can the result have these fields? ---- */

static bool has_field(const struct stmt *s, const zxp_op_info *op, const struct want_field *field) {
    struct span name = field->name;
    if (span_is(&s->text, name, "pages")) name = (struct span){0, 0};
    for (size_t i = 0; i < op->field_count; i++) {
        bool data = strcmp(op->fields[i], "data") == 0;
        if (span_is(&s->text, name, op->fields[i]) || (data && name.end == 0)) return true;
    }
    return false;
}

static bool no_field(struct stmt *s, const zxp_op_info *op, const struct want_field *field) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, s->text.s + field->name.begin, span_length(field->name));
    for (size_t i = 0; i < op->field_count; i++) suggest_try(&suggestion, op->fields[i]);
    return stmt_unknown(s, field->name, "field", &suggestion);
}

static bool check_units(struct stmt *s, const struct want_field *field) {
    for (size_t i = 0; i < field->count && field->form == FORM_RANGES; i++) {
        if (field->ranges[i].unit) return stmt_error(s, field->value.begin, "a unit where pages are counted");
    }
    return true;
}

bool expect_check_fields(struct stmt *s, uint16_t number, bool in_pages) {
    const zxp_op_info *op = zxp_op_info_of(number);
    for (size_t i = 0; i < s->want.field_count; i++) {
        const struct want_field *field = &s->want.fields[i];
        if (op && !has_field(s, op, field)) return no_field(s, op, field);
        if (in_pages && !check_units(s, field)) return false;
    }
    return true;
}
