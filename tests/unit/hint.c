/* The grey hints: text -> what may follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "cli/example.h"
#include "cli/hint.h"
#include "cli/interp.h"

static const struct {
    const char *text, *hint;
} table[] = {
    {"", ""},
    {"x", ""},
    {"sup", "ply V P [N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply", " V P [N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply ", "V P [N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply v", " P [N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply v 0", " [N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply v 0 ", "[N] [byte=B] [from=AUX[@PAGE]]"},
    {"supply v 0 byte=1 ", "[N] [from=AUX[@PAGE]]"},
    {"supply v 0 2 from=a", " [byte=B]"},
    {"supply v 0 2 3", ""},
    {"supply v (1 + 2) ", "[N] [byte=B] [from=AUX[@PAGE]]"},
    {"t1: supply v", " P [N] [byte=B] [from=AUX[@PAGE]]"},
    {"t1:read", " T P [N]"},
    {"age; read v", " P [N]"},
    {"read v 0 => ", ""},
    {"read v 0 => ZX", ""},
    {"read v 0 # a comment", ""},
    {"unmap m ", "[P N]"},
    {"unmap m 1", " N"},
    {"take ", "READ|DIRTY V P N"},
    {"take READ v", " P N"},
    {"take COMPLETE ", "V"},
    {"create pager ", "NAME"},
    {"create v ", "PAGES [resizable] [trap-dirty] [unbounded] [key=K] [pager=NAME] [port=NAME]"},
    {"create v 4 trap-dirty ", "[resizable] [unbounded] [key=K] [pager=NAME] [port=NAME]"},
    {"clone c v slice ", "[P N] [resizable] [no-write]"},
    {"writeback ", "begin|end V P [N] [zero]"},
    {"writeback end v", " P [N] [zero]"},
    {"close a ", "NAME ..."},
    {"age", ""},
    {"let", " NAME = EXPRESSION"},
    {"for ", "NAME in FIRST..LAST"},
    {"case", " \"NAME\" [with NAME=WORD,WORD ...]"},
    {"zx_vmo_rea", "d(vmo, offset, buffer_size)"},
    {"zx_vmo_read", "(vmo, offset, buffer_size)"},
    {"zx_vmo_read(", "vmo, offset, buffer_size)"},
    {"zx_vmo_read(v", ", offset, buffer_size)"},
    {"zx_vmo_read(v,", " offset, buffer_size)"},
    {"zx_vmo_read(v, ", "offset, buffer_size)"},
    {"zx_vmo_read(v, (1 + 2) * 4, 1", ")"},
    {"zx_vmo_read(v, 0, 1)", ""},
    {"zx_vmo_write(v, byte(0x77", ", offset, buffer_size)"},
    {"zx_vmo_write(v, \"a,b\"", ", offset, buffer_size)"},
    {"zx_handle_close_many([v, w", ")"},
    {"c = zx_vmo_create(", "size, options)"},
    {"c = zx_vmo_create", "(size, options)"},
    {"say_nothing_of_this ", ""},
};

static void hints(void **state) {
    struct interp in;
    size_t bad = 0;
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true});
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf out = {0};
        hint_of(&in, table[i].text, strlen(table[i].text), &out);
        if (strcmp(buf_string(&out), table[i].hint) != 0)
            print_error("behind \"%s\": %s\n", table[i].text, buf_string(&out));
        bad += strcmp(buf_string(&out), table[i].hint) != 0;
        buf_free(&out);
    }
    assert_int_equal(bad, 0);
    interp_clear(&in);
}

static void hints_of_a_def(void **state) {
    struct interp in;
    struct buf out = {0};
    static const char def[] = "def twice a b\nage\nend\n";
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true});
    interp_run(&in, source_create("test", def, sizeof def - 1));
    hint_of(&in, "twice", 5, &out);
    assert_string_equal(buf_string(&out), " a b");
    buf_clear(&out);
    hint_of(&in, "twice 1 ", 8, &out);
    assert_string_equal(buf_string(&out), "b");
    buf_free(&out);
    interp_clear(&in);
}

/* Whatever is typed, letter by letter, of any example: never a crash, and a hint never has a line end. */
static void every_prefix(void **state) {
    struct interp in;
    (void)state;
    interp_init(&in, &(struct interp_options){.interactive = true});
    for (size_t i = 0; i < command_count(); i++) {
        const char *example = example_of(command_at(i)->name);
        for (size_t n = 0; example && n <= strlen(example); n++) {
            struct buf out = {0};
            hint_of(&in, example, n, &out);
            assert_null(strchr(buf_string(&out), '\n'));
            buf_free(&out);
        }
    }
    interp_clear(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(hints), cmocka_unit_test(hints_of_a_def),
                                       cmocka_unit_test(every_prefix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
