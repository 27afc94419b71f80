/* Completion: in one world, text -> all candidates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/buf.h"
#include "cli/complete.h"
#include "cli/interp.h"

static const char world[] =
    "create v 4 trap-dirty; create w 8; anon a 2; map m v; create port q; supply v 3; supply w 4 4\n"
    "writeback begin w 0 0; zz: read v 0 2; zy: read w 1\n"
    "def twice x\nage\nend\n";

static const struct {
    const char *text, *words; /* sorted, a bar between them; "...": at least these */
} table[] = {
    {"suppl", "supply"},
    {"rec", "reclaim|record"},
    {"twi", "twice"},
    {"zz", "zz:"},
    {"zx_pager_s", "zx_pager_supply_pages("},
    {"x = zx_pager_c", "zx_pager_create(|zx_pager_create_vmo("},
    {"supply ", "v|w"},
    {"t1: supply ", "v|w"},
    {"detach ", "v|w"},
    {"read ", "a|m|v|w"},
    {"unmap ", "m"},
    {"clone c ", "a|v|w"},
    {"create ", "pager|port"},
    {"supply v ", "0 2"},
    {"supply w ", "1 1"},
    {"fail v ", "0 2"},
    {"dirty v ", ""},
    {"evict w ", "4 4"},
    {"supply v 0 2 ", "byte=|from="},
    {"supply v 0 2 from=", "from=a"},
    {"supply v 0 2 byte=1 ", "from="},
    {"create x 4 trap-dirty ", "key=|pager=|port=|resizable|unbounded"},
    {"create x 4 port=", "port=port|port=q"},
    {"create x 4 pager=", "pager=pager"},
    {"writeback ", "begin|end"},
    {"writeback begin ", "v|w"},
    {"wait ", "main|zy|zz"},
    {"why z", "zy|zz"},
    {"next ", "port|q"},
    {"take ", "COMPLETE|DIRTY|READ"},
    {"take READ ", "v|w"},
    {"help zx_pager_d", "zx_pager_detach_vmo"},
    {"help supply.aux-p", "supply.aux-pager|supply.aux-pinned"},
    {"explain ZX_ERR_BAD_S", "ZX_ERR_BAD_STATE|ZX_ERR_BAD_SYSCALL"},
    {"fail v 0 2 ZX_ERR_IO",
     "ZX_ERR_IO|ZX_ERR_IO_DATA_INTEGRITY|ZX_ERR_IO_DATA_LOSS|ZX_ERR_IO_INVALID|ZX_ERR_IO_MISSED_DEADLINE|"
     "ZX_ERR_IO_NOT_PRESENT|ZX_ERR_IO_OVERRUN|ZX_ERR_IO_REFUSED"},
    {"zx_pager_detach_vmo(", "pager"},
    {"zx_pager_detach_vmo(pager, ", "v|w"},
    {"zx_vmo_read(", "a|v|w"},
    {"zx_vmo_op_range(v, ZX_VMO_OP_COM", "ZX_VMO_OP_COMMIT"},
    {"zx_object_get_info(v, ZX_INFO_HANDLE_B", "ZX_INFO_HANDLE_BASIC"},
    {"zx_vmo_write(v, ", "at(|byte(|hex("},
    {"read v 0 => blo", "blocked"},
    {"next => READ ", "v|w"},
    {"break on supply.aux-p", "supply.aux-pager|supply.aux-pinned"},
    {"read v 0 # comm", ""},
    {"t1: exp", ""},
    {"t1: sou", ""},
    {"t1: re", "read|reclaim|resize|resume"},
    {"record \"", ""},
    {"nothing ", ""},
};

static void join(const struct candidates *candidates, struct buf *out) {
    for (size_t i = 0; i < candidates->count; i++) buf_format(out, "%s%s", i ? "|" : "", candidates->words[i]);
}

static void start(struct interp *in) {
    interp_init(in, &(struct interp_options){.interactive = true});
    interp_run(in, source_create("test", world, sizeof world - 1));
    assert_false(in->had_error);
}

static void completions(void **state) {
    struct interp in;
    size_t bad = 0;
    (void)state;
    start(&in);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct candidates candidates;
        struct buf words = {0};
        complete_at(&in, table[i].text, strlen(table[i].text), &candidates);
        join(&candidates, &words);
        if (strcmp(buf_string(&words), table[i].words) != 0)
            print_error("behind \"%s\": %s\n", table[i].text, buf_string(&words));
        bad += strcmp(buf_string(&words), table[i].words) != 0;
        complete_free(&candidates);
        buf_free(&words);
    }
    assert_int_equal(bad, 0);
    interp_finish(&in);
    interp_clear(&in);
}

static void place_and_common_part(void **state) {
    struct interp in;
    struct candidates candidates;
    (void)state;
    start(&in);
    complete_at(&in, "help supply.aux-p", 17, &candidates);
    assert_int_equal(candidates.begin, 5);
    assert_int_equal(complete_common(&candidates), strlen("supply.aux-p"));
    complete_free(&candidates);
    complete_at(&in, "t1:read", 7, &candidates);
    assert_int_equal(candidates.begin, 3);
    assert_int_equal(candidates.count, 1);
    complete_free(&candidates);
    assert_int_equal(complete_common(&candidates), 0);
    interp_finish(&in);
    interp_clear(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(completions), cmocka_unit_test(place_and_common_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
