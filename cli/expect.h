/*
 * expect.h - what stands behind `=>` (LANGUAGE.md section 4), parsed and evaluated before its statement runs.
 */
#ifndef CLI_EXPECT_H
#define CLI_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "zxpager/zxpager.h"

struct stmt;

enum want_kind { WANT_NOTHING, WANT_STATUS, WANT_BLOCKED, WANT_FAULT, WANT_KILLED, WANT_ANY, WANT_NONE, WANT_PACKET };
enum want_form { FORM_NUMBER, FORM_TEXT, FORM_DATA, FORM_PAGES, FORM_RANGES, FORM_OBSERVED };

struct want_range {
    uint64_t first, length;
    bool zero, unit; /* unit: a unit was written, which is wrong where pages are counted */
};

struct want_field {
    struct span name, value;
    enum want_form form;
    bool differs; /* field!=value */
    bool masked;  /* field&MASK */
    uint64_t mask;
    uint64_t number;
    zxp_buffer buffer; /* DATA, TEXT */
    const char *pages; /* PAGES: decoded */
    size_t page_count;
    struct want_range *ranges; /* RANGES */
    uint64_t *observed;        /* OBSERVED */
    size_t count;              /* of ranges or observed */
};

struct expect {
    enum want_kind kind;
    zx_status_t status; /* STATUS, FAULT */
    bool has_address;
    uint64_t address; /* FAULT */
    bool named;       /* BLOCKED as NAME, FAULT as NAME */
    struct span name;
    struct want_field *fields; /* STATUS */
    size_t field_count;
    zxp_packet_view packet;  /* PACKET */
    struct span packet_name; /* how the line calls the VMO, for --update */
    struct span whole;       /* the text behind => */
};

/* Parses s->expectation into s->want. False: error set. */
bool expect_parse(struct stmt *s);
/* `READ V P N` and its like, as words of `next` expectations and of `take`. False: error set. */
bool expect_packet(struct stmt *s, const struct span *words, size_t count, zxp_packet_view *packet);
/* Are all fields such that this operation can have them? False: error set. op 0: unknown, everything may be. */
bool expect_check_fields(struct stmt *s, uint16_t op, bool in_pages);

#endif
