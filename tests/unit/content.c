/* Contents as values: pages that are overwritten, the buffer of a call, the data that a read returns, slots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "slots.h"
#include "thread.h"

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static zxp_world *world_with(uint64_t bytes) {
    zxp_world *w = zxp_world_create(NULL);
    assert_non_null(w);
    assert_true(arena_reserve(w, bytes));
    return w;
}

static struct content letters(uint32_t phase) { return (struct content){phase, CONTENT_LETTERS}; }

static bool holds(const zxp_world *w, struct content c, uint64_t page, const uint8_t *bytes) {
    uint8_t scratch[ZXP_PAGE_SIZE];
    return memcmp(content_bytes(w, c, page, scratch), bytes, PAGE) == 0;
}

/* ---- Pages ---- */

static void letters_keep_their_bytes_when_moved(void **state) {
    (void)state;
    uint8_t before, after;
    for (uint64_t page = 0; page < 60; page++) {
        struct content moved = content_moved(letters(3), page, 1000 + page * page);
        assert_true(content_byte(letters(3), page, &before));
        assert_true(content_byte(moved, 1000 + page * page, &after));
        assert_int_equal(before, 'A' + (3 + page) % 26);
        assert_int_equal(before, after);
        assert_true(moved.value < 26);
    }
    assert_true(content_byte(letters(25), UINT64_MAX, &after));
}

static void a_body_of_one_byte_becomes_a_fill(void **state) {
    (void)state;
    zxp_world *w = world_with(4 * body_bytes());
    uint32_t top = kernel_of(w)->top;
    struct content c = content_overwrite(w, content_fill(1), 0, 10, 3, (const uint8_t *)"abc");
    assert_int_equal(c.kind, CONTENT_BODY);
    struct content d = content_overwrite(w, c, 0, 10, 3, (const uint8_t *)"\1\1\1");
    assert_int_equal(d.kind, CONTENT_FILL);
    assert_int_equal(d.value, 1);
    body_release(w, c.value, 1);
    assert_int_equal(kernel_of(w)->top, top);
    d = content_overwrite(w, letters(0), 4, 0, 5, (const uint8_t *)"EEEEE");
    assert_int_equal(d.kind, CONTENT_LETTERS);
    zxp_world_destroy(w);
}

static void a_shared_body_is_not_changed(void **state) {
    (void)state;
    zxp_world *w = world_with(4 * body_bytes());
    struct content c = content_overwrite(w, content_zero(), 0, 0, 2, (const uint8_t *)"hi");
    struct content same = content_overwrite(w, c, 0, 2, 1, (const uint8_t *)"!");
    assert_int_equal(same.value, c.value); /* nobody else has it: changed in place, with a reference of its own */
    struct content other = content_overwrite(w, same, 0, 0, 1, (const uint8_t *)"H");
    assert_int_not_equal(other.value, c.value);
    uint8_t scratch[ZXP_PAGE_SIZE];
    assert_memory_equal(content_bytes(w, c, 0, scratch), "hi!", 4);
    assert_memory_equal(content_bytes(w, other, 0, scratch), "Hi!", 4);
    zxp_world_destroy(w);
}

static void random_overwrites_agree_with_bytes(void **state) {
    (void)state;
    zxp_world *w = world_with(64 * body_bytes());
    uint8_t naive[ZXP_PAGE_SIZE] = {0}, from[ZXP_PAGE_SIZE];
    struct content c = content_zero();
    for (unsigned i = 0; i < 3000; i++) {
        uint32_t at = (uint32_t)random_below(PAGE), n = (uint32_t)random_below(PAGE - at + 1);
        if (random_below(8) == 0) n = (uint32_t)PAGE - at;
        uint8_t byte = (uint8_t)random_below(3);
        for (uint32_t k = 0; k < n; k++) from[k] = random_below(2) ? byte : (uint8_t)random_below(3);
        struct content old = c;
        if (random_below(2) == 0) memset(from, byte, n);
        c = content_overwrite(w, old, 7, at, n, from);
        if (old.kind == CONTENT_BODY) body_release(w, old.value, 1);
        memcpy(naive + at, from, n);
        assert_true(holds(w, c, 7, naive));
        bool uniform = memcmp(naive, naive + 1, PAGE - 1) == 0;
        assert_int_equal(uniform, c.kind != CONTENT_BODY);
        if (c.kind == CONTENT_BODY) assert_int_equal(body_at(w, (body_ref){c.value})->references, 1);
    }
    zxp_world_destroy(w);
}

/* ---- The buffer of a call ---- */

static void lettered_buffers_become_pages(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    thread_ref t = thread_by_number(w, ZXP_MAIN_THREAD);
    call_of(w, t)->buffer = (struct buffer){.kind = ZXP_BUFFER_LETTERS, .phase = 24};
    struct content c;
    uint64_t count;
    uint8_t byte, bytes[ZXP_PAGE_SIZE];
    assert_false(buffer_pages(w, t, 100, 0, 5, &c, &count));
    assert_true(buffer_pages(w, t, 3 * PAGE, 100, 5, &c, &count));
    assert_int_equal(count, 5);
    for (uint64_t i = 0; i < 5; i++) {
        assert_true(content_byte(c, 100 + i, &byte));
        assert_int_equal(byte, 'A' + (24 + 3 + i) % 26);
    }
    buffer_copy(w, t, 2 * PAGE - 10, 20, bytes); /* the end of the second page, Z, and the begin of the third, A */
    for (unsigned i = 0; i < 20; i++) assert_int_equal(bytes[i], i < 10 ? 'Z' : 'A');
    zxp_world_destroy(w);
}

/* ---- Data ---- */

struct reader {
    zxp_world *w;
    thread_ref t;
    uint8_t naive[64 * ZXP_PAGE_SIZE];
    uint64_t length;
};

static void append(struct reader *r, struct content c, uint64_t page, uint32_t skip, uint64_t length) {
    uint8_t scratch[ZXP_PAGE_SIZE];
    assert_true(arena_reserve(r->w, data_append_bytes(&call_of(r->w, r->t)->data)));
    data_append(r->w, r->t, c, page, skip, length);
    for (uint64_t i = 0; i < length; i++) {
        const uint8_t *bytes = content_bytes(r->w, c, page + (skip + i) / PAGE, scratch);
        uint64_t n = min_u64(length - i, PAGE - (skip + i) % PAGE);
        memcpy(r->naive + r->length + i, bytes + (skip + i) % PAGE, n);
        i += n - 1;
    }
    r->length += length;
}

static void check_data(const struct reader *r) {
    static uint8_t copy[64 * ZXP_PAGE_SIZE];
    assert_int_equal(zxp_data_length(r->w, 0), r->length);
    assert_int_equal(zxp_data_copy(r->w, 0, 0, copy, sizeof copy), r->length);
    assert_memory_equal(copy, r->naive, r->length);
    for (unsigned i = 0; i < 20 && r->length > 0; i++) {
        uint64_t from = random_below(r->length), n = random_below(9000);
        size_t got = zxp_data_copy(r->w, 0, from, copy, n);
        assert_int_equal(got, min_u64(n, r->length - from));
        assert_memory_equal(copy, r->naive + from, got);
    }
    zxp_piece piece;
    assert_false(zxp_data_piece(r->w, 0, r->length, &piece));
}

static struct reader *reader_begin(void) {
    struct reader *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->w = zxp_world_create(NULL);
    r->t = thread_by_number(r->w, ZXP_MAIN_THREAD);
    return r;
}

static void reader_end(struct reader *r) {
    data_free(r->w, &call_of(r->w, r->t)->data);
    zxp_world_destroy(r->w);
    free(r);
}

static void random_appends_agree_with_bytes(void **state) {
    (void)state;
    for (unsigned round = 0; round < 150; round++) {
        struct reader *r = reader_begin();
        assert_true(arena_reserve(r->w, 2 * body_bytes()));
        struct content body = content_overwrite(r->w, content_fill('B'), 0, 100, 4, (const uint8_t *)"bcde");
        while (r->length < 50 * PAGE) {
            uint64_t page = random_below(4), kind = random_below(4);
            struct content c = kind == 0 ? letters((uint32_t)random_below(2)) : content_fill((uint8_t)('A' + page));
            if (kind == 1) c = body;
            bool whole = random_below(4) > 0;
            uint32_t skip = whole ? 0 : (uint32_t)random_below(PAGE);
            append(r, c, page, skip, whole ? (1 + random_below(4)) * PAGE : 1 + random_below(PAGE - skip));
        }
        check_data(r);
        body_release(r->w, body.value, 1);
        reader_end(r);
    }
}

static void data_read_in_steps_is_the_same_value(void **state) {
    (void)state;
    struct reader *at_once = reader_begin(), *stepwise = reader_begin(), *fills = reader_begin();
    append(at_once, letters(5), 2, 0, 7 * PAGE);
    for (uint64_t i = 0; i < 7; i++) append(stepwise, letters(5), 2 + i, 0, PAGE);
    for (uint64_t i = 0; i < 7; i++) {
        uint8_t byte = (uint8_t)('A' + 7 + i);
        append(fills, content_fill(byte), 0, 0, 1000);
        append(fills, content_fill(byte), 0, 1000, PAGE - 1000);
    }
    struct reader *all[] = {at_once, stepwise, fills};
    for (unsigned i = 0; i < 3; i++) {
        zxp_piece piece;
        check_data(all[i]);
        assert_true(zxp_data_piece(all[i]->w, 0, 0, &piece));
        assert_int_equal(piece.kind, ZXP_CONTENT_LETTERS);
        assert_int_equal(piece.length, 7 * PAGE);
        assert_int_equal(piece.fill, 7);
        assert_true(zxp_data_piece(all[i]->w, 0, PAGE + 5, &piece));
        assert_int_equal(piece.kind, ZXP_CONTENT_FILL);
        assert_int_equal(piece.fill, 'I');
        assert_int_equal(piece.length, PAGE - 5);
        reader_end(all[i]);
    }
}

/* ---- The normal form of data ---- */

/* Stretches of one byte, or of one body; neighbours differ. */
struct stretch {
    bool body;
    uint32_t value, skip;
    uint64_t length;
};

struct stretches {
    struct stretch at[400];
    unsigned count;
};

static void stretch_add(struct stretches *s, struct stretch next) {
    struct stretch *last = s->count > 0 ? &s->at[s->count - 1] : NULL;
    bool goes_on = last != NULL && last->body == next.body && last->value == next.value &&
                   (!next.body || (last->skip + last->length) % PAGE == next.skip);
    if (goes_on)
        last->length += next.length;
    else
        s->at[s->count++] = next;
}

/* A page of one letter, after another page of the letter before it. */
static bool continues_letters(const struct stretch *s) {
    return !s[0].body && !s[1].body && s[0].length == PAGE && s[1].length == PAGE && s[0].value >= 'A' &&
           s[0].value <= 'Z' && s[1].value >= 'A' && s[1].value <= 'Z' &&
           s[1].value == 'A' + (s[0].value - 'A' + 1) % 26;
}

static void pieces_are_normal(const struct reader *r, const struct stretches *s) {
    const struct data *d = &call_of(r->w, r->t)->data;
    const struct piece *piece = arena_at(r->w, d->pieces);
    uint64_t end = 0;
    unsigned n = 0;
    for (unsigned i = 0, next; i < s->count; i = next, n++) {
        for (next = i + 1; next < s->count && continues_letters(&s->at[next - 1]);) next++;
        for (unsigned k = i; k < next; k++) end += s->at[k].length;
        bool lettered = next > i + 1;
        assert_true(n < d->count);
        assert_int_equal(piece[n].end, end);
        assert_int_equal(piece[n].kind, s->at[i].body ? CONTENT_BODY : lettered ? CONTENT_LETTERS : CONTENT_FILL);
        assert_int_equal(piece[n].value, lettered ? s->at[i].value - 'A' : s->at[i].value);
        if (s->at[i].body) assert_int_equal(piece[n].skip, s->at[i].skip);
    }
    assert_int_equal(n, d->count);
}

static const char few_bytes[] = {'A' - 1, 'A', 'B', 'Y', 'Z', 'Z' + 1};

static void append_something(struct reader *r, struct stretches *s, struct content body) {
    uint64_t pages = 1 + random_below(3), skip = random_below(3) == 0 ? random_below(PAGE) : 0;
    uint8_t byte = (uint8_t)few_bytes[random_below(sizeof few_bytes)];
    switch (random_below(4)) {
    case 0: /* a page of letters, or some */
        append(r, letters(byte == 'Z' ? 25 : 24), 0, 0, pages * PAGE);
        for (uint32_t i = 0; i < pages; i++)
            stretch_add(s, (struct stretch){.value = 'A' + ((byte == 'Z' ? 25 : 24) + i) % 26, .length = PAGE});
        return;
    case 1: /* of a body, perhaps where the last left off */
        if (s->count > 0 && s->at[s->count - 1].body && random_below(2) == 0)
            skip = (s->at[s->count - 1].skip + s->at[s->count - 1].length) % PAGE;
        append(r, body, 0, (uint32_t)skip, PAGE - skip);
        stretch_add(s, (struct stretch){true, body.value, (uint32_t)skip, PAGE - skip});
        return;
    default: /* a fill: a page in one or two parts, or an odd length */
        if (random_below(4) == 0) pages = 0;
        uint64_t length = pages > 0 ? PAGE - skip : 1 + random_below(PAGE);
        for (int part = 0; part < (pages > 0 && skip > 0 ? 2 : 1); part++) {
            append(r, content_fill(byte), 0, 0, part == 0 ? length : skip);
            stretch_add(s, (struct stretch){.value = byte, .length = part == 0 ? length : skip});
        }
    }
}

static void data_is_in_normal_form_at_every_step(void **state) {
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        struct reader *r = reader_begin();
        static struct stretches s;
        s.count = 0;
        assert_true(arena_reserve(r->w, 2 * body_bytes()));
        struct content body = content_overwrite(r->w, content_fill('B'), 0, 100, 4, (const uint8_t *)"bcde");
        while (r->length < 40 * PAGE) {
            append_something(r, &s, body);
            pieces_are_normal(r, &s);
        }
        check_data(r);
        body_release(r->w, body.value, 1);
        reader_end(r);
    }
}

/* ---- Slots ---- */

static void letters_of_pages(void **state) {
    (void)state;
    struct page_key zero = {.state = ZERO_DIRTY, .order = 3}, clean = key_frame(CLEAN, content_fill(1));
    assert_int_equal(key_letter(&zero, 10, 12), 'Y');
    assert_int_equal(key_letter(&zero, 10, 13), 'Z');
    assert_int_equal(key_letter(&clean, 0, 5), 'C');
    const char expected[] = ".MCDWZUP";
    for (unsigned s = 0; s < PAGE_STATES; s++) {
        struct page_key key = key_of((enum page_state)s);
        assert_int_equal(key_letter(&key, 0, 0), expected[s]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_keep_their_bytes_when_moved),  cmocka_unit_test(a_body_of_one_byte_becomes_a_fill),
        cmocka_unit_test(a_shared_body_is_not_changed),         cmocka_unit_test(random_overwrites_agree_with_bytes),
        cmocka_unit_test(lettered_buffers_become_pages),        cmocka_unit_test(random_appends_agree_with_bytes),
        cmocka_unit_test(data_read_in_steps_is_the_same_value), cmocka_unit_test(letters_of_pages),
        cmocka_unit_test(data_is_in_normal_form_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
