/* The parts of the language that need no world: cutting, numbers, page maps, suggestions, texts, maps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cut.h"
#include "cli/diag.h"
#include "cli/fold.h"
#include "cli/map.h"
#include "cli/number.h"
#include "cli/source.h"
#include "cli/summary.h"
#include "cli/text.h"

static struct source *source_of(const char *text) { return source_create("test", text, strlen(text)); }

/* The statements of a text, joined by `|`. */
static void assert_cuts(const char *text, const char *expected) {
    struct source *source = source_of(text);
    struct cut cut;
    char out[256] = "";
    size_t used = 0;
    for (size_t at = 0; cut_next(source, at, source->length, &cut); at = cut.next) {
        int length = (int)(cut.end - cut.begin);
        used += (size_t)snprintf(out + used, sizeof out - used, "%.*s|", length, text + cut.begin);
    }
    assert_string_equal(out, expected);
    source_release(source);
}

static void statements_are_cut(void **state) {
    (void)state;
    assert_cuts("", "");
    assert_cuts("a; b ;; c\n\n d # e; f\n", "a|b|c|d|");
    assert_cuts("f(a;b); [c;d]; \"e;f#\"", "f(a;b)|[c;d]|\"e;f#\"|");
    assert_cuts("a\r\nb\r\n", "a|b|");
    assert_cuts("a \"b\\\";c\" ; d", "a \"b\\\";c\"|d|");
    assert_cuts("a )); b", "a ))|b|");
    assert_cuts("\"open; a\nb", "\"open; a|b|");
    assert_cuts("a # c \\\n d\nb", "a|b|");
    assert_cuts("\xef\xbb\xbf"
                "a",
                "a|");
}

static void bad_bytes_are_found(void **state) {
    static const struct {
        const char *text;
        size_t length;
        bool bad;
    } rows[] = {
        {"a\0b", 3, true},
        {"# \0", 3, true},
        {"\"\0\"", 3, true},
        {"a\xff", 2, true},
        {"\"\xff\"", 3, false},
        {"# \xff", 3, false},
        {"a \xc3\xa4", 4, false},
        {"\xc0\x80", 2, true},
        {"\xed\xa0\x80", 3, true},
        {"\xf4\x90\x80\x80", 4, true},
        {"\xf0\x9f\x98\x80", 4, false},
        {"\xe2\x82", 2, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct source *source = source_create("test", rows[i].text, rows[i].length);
        struct cut cut = {0};
        bool found = cut_next(source, 0, source->length, &cut);
        assert_int_equal(found && cut.bad, rows[i].bad);
        source_release(source);
    }
}

static enum block_result block_of(const char *text) {
    struct source *source = source_of(text);
    struct cut close;
    enum block_result result = cut_block(source, 0, source->length, &close);
    source_release(source);
    return result;
}

static void blocks_are_closed(void **state) {
    (void)state;
    assert_int_equal(block_of("a; end"), BLOCK_CLOSED);
    assert_int_equal(block_of("for i in 0..1; end; end"), BLOCK_CLOSED);
    assert_int_equal(block_of("def f; for i in 0..1; end; end"), BLOCK_OPEN);
    assert_int_equal(block_of("end: a; for: b; t: end; \"end\""), BLOCK_OPEN);
    assert_int_equal(block_of("a; case \"x\"; end"), BLOCK_BROKEN);
    assert_int_equal(block_of("# end\nend"), BLOCK_CLOSED);
    assert_true(cut_needs_more("for i in 0..2", 13));
    assert_true(cut_needs_more("a \\\n", 4));
    assert_false(cut_needs_more("for i in 0..2; a; end", 21));
}

static void numbers_are_read(void **state) {
    static const struct {
        const char *text;
        uint64_t value;
        bool good;
    } rows[] = {
        {"0", 0, true},
        {"2p", 8192, true},
        {"0x10", 16, true},
        {"0xFF_ff", 0xffff, true},
        {"1_000k", 1024000, true},
        {"0x1p", 4096, true},
        {"3m", 3u << 20, true},
        {"1t", UINT64_C(1) << 40, true},
        {"18446744073709551615", UINT64_MAX, true},
        {"18446744073709551616", 0, false},
        {"0x1_0000_0000_0000_0000", 0, false},
        {"5000000000000000p", 0, false},
        {"1_", 0, false},
        {"1__0", 0, false},
        {"0x", 0, false},
        {"0x_1", 0, false},
        {"12q", 0, false},
        {"2pp", 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number number;
        const char *why = number_parse(rows[i].text, strlen(rows[i].text), &number);
        assert_int_equal(why == NULL, rows[i].good);
        if (!why) {
            assert_int_equal(number.value, rows[i].value);
            assert_int_equal(number.length, strlen(rows[i].text));
        }
    }
}

static void page_maps_are_read(void **state) {
    struct map_run run;
    size_t at = 0;
    (void)state;
    assert_null(summary_map_run("C*500.", 6, &at, &run));
    assert_true(run.letter == 'C' && run.count == 500);
    assert_null(summary_map_run("C*500.", 6, &at, &run));
    assert_true(run.letter == '.' && run.count == 1 && at == 6);
    at = 0;
    assert_non_null(summary_map_run("X", 1, &at, &run));
    assert_non_null(summary_map_run("C*", 2, &at, &run));
    assert_non_null(summary_map_run("C*99999999999999999999", 22, &at, &run));
}

static const char *nearest(const char *word) {
    static const char *const candidates[] = {"read", "write", "writeback", "create", "clone"};
    struct suggestion s;
    suggest_begin(&s, word, strlen(word));
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) suggest_try(&s, candidates[i]);
    return suggest_best(&s);
}

static void suggestions_are_near(void **state) {
    (void)state;
    assert_string_equal(nearest("raed"), "read");
    assert_string_equal(nearest("wriet"), "write");
    assert_string_equal(nearest("creat"), "create");
    assert_null(nearest("xyzzy"));
    assert_null(nearest("x"));
}

static void places_count_characters(void **state) {
    (void)state;
    struct source *source = source_of("a\n\xc3\xa4 b\r\n");
    struct place place = source_place(source, 5);
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 3);
    assert_int_equal(place.line_end - place.line_begin, 4);
    source_release(source);
}

static struct text text_of(const char *string) {
    struct text text = {0};
    for (size_t i = 0; string[i]; i++) text_add(&text, string[i], i);
    return text;
}

static void words_keep_brackets_and_quotes(void **state) {
    struct text text = text_of("  a (b c) d=\"e \\\" f\" [g, h]i ");
    static const char *const words[] = {"a", "(b c)", "d=\"e \\\" f\"", "[g, h]i"};
    struct span word;
    size_t at = 0, n = 0;
    (void)state;
    while (text_next_word(&text, &at, text.n, &word)) assert_true(n < 4 && span_is(&text, word, words[n++]));
    assert_int_equal(n, 4);
    assert_int_equal(text_find(&text, (struct span){0, text.n}, ","), text.n);
    text_free(&text);
}

static void maps_find_and_copy(void **state) {
    struct map map = {0}, copy;
    char name[16];
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "v%u", i);
        map_put(&map, name, strlen(name), i);
    }
    map_copy(&copy, &map);
    map_put(&map, "v5", 2, 99);
    assert_int_equal(*map_get(&map, "v5", 2), 99);
    assert_int_equal(*map_get(&copy, "v5", 2), 5);
    assert_int_equal(copy.count, 1000);
    assert_null(map_get(&copy, "w", 1));
    map_clear(&map);
    map_clear(&copy);
}

static void assert_folds(const char *text, size_t columns, const char *expected) {
    struct buf out = {0};
    fold_lines(text, strlen(text), columns, &out);
    assert_string_equal(buf_string(&out), expected);
    buf_free(&out);
}

static void long_lines_are_folded(void **state) {
    (void)state;
    assert_folds("", 10, "");
    assert_folds("ten chars!\n", 10, "ten chars!\n");
    assert_folds("one two three four\n", 10, "one two\n    three\n    four\n");
    assert_folds("  one two three\nx\n", 10, "  one two\n     three\nx\n");
    assert_folds("abc|defg|hij|\n", 10, "abc|defg|\n    hij|\n");
    assert_folds("a_word_without_blanks and\n", 10, "a_word_without_blanks\n    and\n");
    assert_folds("  a_word_without_blanks", 10, "  a_word_without_blanks");
    assert_folds("\033[32mone two\033[0m xy\n", 10, "\033[32mone two\033[0m xy\n");
    assert_folds("\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4 zz", 10,
                 "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4 zz");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_cut),      cmocka_unit_test(bad_bytes_are_found),
        cmocka_unit_test(blocks_are_closed),       cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(page_maps_are_read),      cmocka_unit_test(suggestions_are_near),
        cmocka_unit_test(places_count_characters), cmocka_unit_test(words_keep_brackets_and_quotes),
        cmocka_unit_test(maps_find_and_copy),      cmocka_unit_test(long_lines_are_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
