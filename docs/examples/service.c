/*
 * service.c - a test of a pager service (store.c) against the model, in cmocka: what no test against a real kernel
 * can do, such as a write that comes exactly between the two halves of a writeback, is a few lines here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before it. */
#include <cmocka.h>

#include "store.h"

static const uint64_t PAGE = ZXP_PAGE_SIZE;

struct bench {
    zxp_world *world;
    uint32_t reader, writer;
    struct service service;
};

static int set_up(void **state) {
    static struct bench bench;
    uint32_t thread = 0;
    bench.world = zxp_world_create(NULL);
    if (!bench.world || zxp_thread_create(bench.world, &bench.reader) != ZX_OK ||
        zxp_thread_create(bench.world, &bench.writer) != ZX_OK || zxp_thread_create(bench.world, &thread) != ZX_OK)
        return -1;
    *state = &bench;
    return service_begin(&bench.service, bench.world, thread) ? 0 : -1;
}

static int tear_down(void **state) {
    const struct bench *bench = *state;
    size_t violations = zxp_check(bench->world, NULL, 0);
    zxp_world_destroy(bench->world);
    return violations ? -1 : 0;
}

static char letter(const struct bench *bench, uint64_t page) {
    zxp_page_run run;
    assert_true(zxp_page_run_at(bench->world, zxp_koid_of(bench->world, bench->service.vmo), page, &run));
    return run.letter;
}

static zx_status_t status(const struct bench *bench, uint32_t thread) {
    zxp_thread_view view;
    assert_true(zxp_thread_get(bench->world, thread, &view));
    assert_int_equal(view.state, ZXP_THREAD_READY);
    return view.status;
}

static void test_read(void **state) {
    struct bench *bench = *state;
    char byte = 0;
    assert_int_equal(zxp_vmo_read(bench->world, bench->reader, bench->service.vmo, 2 * PAGE, 1), ZXP_BLOCKED);
    assert_int_equal(service_run(&bench->service), 1);
    assert_int_equal(status(bench, bench->reader), ZX_OK);
    assert_int_equal(zxp_data_copy(bench->world, bench->reader, 0, &byte, 1), 1);
    assert_int_equal(byte, 's');
    assert_int_equal(letter(bench, 2), 'C');
}

static void test_write_and_sync(void **state) {
    struct bench *bench = *state;
    assert_int_equal(zxp_vmo_write(bench->world, bench->writer, bench->service.vmo, "x", 0, 1), ZXP_BLOCKED);
    assert_int_equal(service_run(&bench->service), 2); /* READ, then DIRTY */
    assert_int_equal(status(bench, bench->writer), ZX_OK);
    assert_int_equal(letter(bench, 0), 'D');
    assert_true(service_sync(&bench->service));
    assert_int_equal(letter(bench, 0), 'C');
    assert_int_equal(bench->service.page[0], 'x');
    assert_int_equal(bench->service.writes, 1);
}

/* The write that comes during a writeback is not lost: the page stays dirty. */
static void test_write_during_writeback(void **state) {
    struct bench *bench = *state;
    const struct service *service = &bench->service;
    (void)zxp_vmo_write(bench->world, bench->writer, service->vmo, "x", 0, 1);
    (void)service_run(&bench->service);
    (void)zxp_pager_op_range(bench->world, service->thread, service->pager, ZX_PAGER_OP_WRITEBACK_BEGIN, service->vmo,
                             0, PAGE, 0);
    assert_int_equal(letter(bench, 0), 'W');
    (void)zxp_vmo_write(bench->world, bench->writer, service->vmo, "y", 0, 1);
    (void)service_run(&bench->service);
    (void)zxp_pager_op_range(bench->world, service->thread, service->pager, ZX_PAGER_OP_WRITEBACK_END, service->vmo, 0,
                             PAGE, 0);
    assert_int_equal(letter(bench, 0), 'D');
    assert_true(service_sync(&bench->service));
    assert_int_equal(service->page[0], 'y');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_and_sync, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_during_writeback, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
