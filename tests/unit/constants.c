/* Constants by name: values against chapter 1 of the specification, look-up, statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zxpager/names.h>

static uint64_t value_of(const char *name) {
    uint64_t value = 0xDEAD;
    assert_true(zxp_constant_by_name(name, strlen(name), &value));
    return value;
}

static void values_are_those_of_chapter_1(void **state) {
    (void)state;
    assert_int_equal(value_of("ZX_OK"), 0);
    assert_int_equal(value_of("ZX_RIGHTS_BASIC"), 0xC003);
    assert_int_equal(value_of("ZX_RIGHTS_IO"), 0xC);
    assert_int_equal(value_of("ZX_RIGHTS_PROPERTY"), 0xC0);
    assert_int_equal(value_of("ZX_RIGHTS_POLICY"), 0xC00);
    assert_int_equal(value_of("ZX_RIGHT_MANAGE_VMO"), 0x1000000);
    assert_int_equal(value_of("ZX_RIGHT_SAME_RIGHTS"), 0x80000000);
    assert_int_equal(value_of("ZX_USER_SIGNAL_7"), 0x80000000);
    assert_int_equal(value_of("ZX_INFO_VMO"), 0x30000017);
    assert_int_equal(value_of("ZX_VMO_CHILD_SNAPSHOT_MODIFIED"), 0x80);
    assert_int_equal(value_of("ZX_VM_FAULT_BEYOND_STREAM_SIZE"), 0x8000);
    assert_int_equal(value_of("ZX_VM_FLAG_REQUIRE_NON_RESIZABLE"), 0x800);
    assert_int_equal(value_of("ZX_VM_ALIGN_1KB"), 0x0A000000);
    assert_int_equal(value_of("ZX_VM_ALIGN_4KB"), 0x0C000000);
    assert_int_equal(value_of("ZX_VM_ALIGN_2MB"), 0x15000000);
    assert_int_equal(value_of("ZX_VM_ALIGN_1GB"), 0x1E000000);
    assert_int_equal(value_of("ZX_VM_ALIGN_4GB"), 0x20000000);
    assert_int_equal(ZXP_PAGE_SIZE, 1u << ZX_MIN_PAGE_SHIFT);
    assert_int_equal(ZXP_MAX_VMO_SIZE, UINT64_MAX - 0x20000 + 1);
}

static void signed_constants_are_sign_extended(void **state) {
    (void)state;
    assert_int_equal(value_of("ZX_ERR_IO"), UINT64_C(0xFFFFFFFFFFFFFFD8));
    assert_int_equal(value_of("ZX_TIME_INFINITE"), INT64_MAX);
    assert_int_equal(value_of("ZX_TIME_INFINITE_PAST"), UINT64_C(1) << 63);
}

static void unknown_names_are_refused(void **state) {
    (void)state;
    uint64_t value = 7;
    assert_false(zxp_constant_by_name(NULL, 0, &value));
    assert_false(zxp_constant_by_name("ZX_ERR_I", 8, &value));
    assert_false(zxp_constant_by_name("ZX_ERR_IO2", 10, &value));
    assert_false(zxp_constant_by_name("zx_err_io", 9, &value));
    assert_int_equal(value, 7);
    assert_true(zxp_constant_by_name("ZX_ERR_IO2", 9, NULL));
}

static void every_name_is_found_and_unique(void **state) {
    (void)state;
    assert_true(zxp_constant_count() > 200);
    for (size_t i = 0; i < zxp_constant_count(); i++) {
        const char *name = zxp_constant_name(i);
        value_of(name);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(name, zxp_constant_name(j));
        }
    }
    assert_null(zxp_constant_name(zxp_constant_count()));
    assert_null(zxp_constant_name(SIZE_MAX));
}

static void statuses_have_names(void **state) {
    (void)state;
    assert_string_equal(zxp_status_name(ZX_OK), "ZX_OK");
    assert_string_equal(zxp_status_name(-40), "ZX_ERR_IO");
    assert_string_equal(zxp_status_name(-502), "ZX_ERR_INTERNAL_INTR_KILLED");
    assert_null(zxp_status_name(-5));
    assert_null(zxp_status_name(-1028)); /* a return code, not a status */
    assert_null(zxp_status_name(1));
    assert_null(zxp_status_name(INT32_MIN));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_chapter_1), cmocka_unit_test(signed_constants_are_sign_extended),
        cmocka_unit_test(unknown_names_are_refused),     cmocka_unit_test(every_name_is_found_and_unique),
        cmocka_unit_test(statuses_have_names),
    };
    return cmocka_run_group_tests_name("constants", tests, NULL, NULL);
}
