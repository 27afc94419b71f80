/*
 * views.c - asking a world for what it has not: every view of the library says so, and touches nothing of the caller's.
 * And what it has, at the first and the last place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/scene.h"
#include "zxpager/ops.h"
#include "zxpager/rules.h"
#include "zxpager/zxpager.h"

enum { UNUSED = 0x5A, NO_KOID = 99999, T1 = 1, FAR = 1000 };

/* main has no list; t1 waits for READ v 1 2, t2 hangs on it. */
static zxp_world *waiting(void) {
    zxp_world *w = scene("create v 4; t1: read v 1 2 => blocked; t2: read v 2 1 => blocked; anon a 2; map m a 0 1; "
                         "write a 0 2; advance 5");
    assert_non_null(w);
    return w;
}

static zx_koid_t nth(const zxp_world *w, zx_obj_type_t type, unsigned n) {
    zxp_object_view view = {.koid = 0};
    while (zxp_object_next(w, view.koid, &view))
        if (view.type == type && n-- == 0) return view.koid;
    fail_msg("no such object");
    return 0;
}

/* ---- Tables ---- */

static void rules_by_number_and_name(void **state) {
    (void)state;
    uint16_t count = zxp_rule_count();
    assert_null(zxp_rule_info_of(0));
    assert_null(zxp_rule_info_of(count));
    assert_null(zxp_rule_info_of(UINT16_MAX));
    for (uint16_t i = 1; i < count; i++) {
        const char *id = zxp_rule_info_of(i)->id;
        assert_int_equal(zxp_rule_by_id(id, strlen(id)), i);
        assert_int_not_equal(zxp_rule_by_id(id, strlen(id) - 1), i);
    }
    assert_int_equal(zxp_rule_by_id("no.such-rule", 12), 0);
    assert_int_equal(zxp_rule_by_id("", 0), 0);
}

static void operations_by_number_and_name(void **state) {
    (void)state;
    assert_null(zxp_op_info_of(ZXP_OP_NONE));
    assert_null(zxp_op_info_of(ZXP_OP_LIMIT));
    assert_null(zxp_op_info_of(UINT16_MAX));
    assert_null(zxp_op_at(zxp_op_count()));
    for (size_t i = 0; i < zxp_op_count(); i++) {
        const zxp_op_info *op = zxp_op_at(i);
        assert_ptr_equal(zxp_op_info_of(op->number), op);
        assert_ptr_equal(zxp_op_by_name(op->name, strlen(op->name)), op);
        assert_ptr_not_equal(zxp_op_by_name(op->name, strlen(op->name) - 1), op);
    }
    assert_null(zxp_op_by_name("zx_nothing", 10));
}

/* A row's own statuses, ZX_ERR_NO_MEMORY if it allocates, a pager's failure codes if it forwards them: no other. */
static void statuses_that_may_come(void **state) {
    (void)state;
    const zxp_op_info *read = zxp_op_info_of(ZXP_OP_VMO_READ), *close = zxp_op_info_of(ZXP_OP_HANDLE_CLOSE);
    static const zx_status_t failures[] = {ZX_ERR_IO, ZX_ERR_IO_DATA_INTEGRITY, ZX_ERR_BAD_STATE, ZX_ERR_NO_SPACE,
                                           ZX_ERR_BUFFER_TOO_SMALL};
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        assert_true(zxp_op_may_return(read, failures[i]));
        assert_false(zxp_op_may_return(close, failures[i]));
    }
    assert_true(zxp_op_may_return(read, ZX_OK));
    assert_true(zxp_op_may_return(close, ZX_OK));
    assert_true(zxp_op_may_return(read, ZX_ERR_NO_MEMORY));
    assert_false(zxp_op_may_return(close, ZX_ERR_NO_MEMORY));
    assert_false(zxp_op_may_return(read, ZX_ERR_PEER_CLOSED));
    assert_true(zxp_op_may_return(close, ZX_ERR_BAD_HANDLE));
}

/* ---- Threads and results ---- */

static void threads_and_fields(void **state) {
    (void)state;
    zxp_world *w = waiting();
    zxp_thread_view view;
    uint64_t value = UNUSED;
    assert_int_equal(zxp_thread_count(w), 3);
    assert_true(zxp_thread_get(w, 2, &view));
    assert_true(view.attached);
    assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
    assert_int_equal(view.deadline, ZX_TIME_INFINITE);
    assert_int_equal(view.fault_address, 0);
    zxp_op_call wait = {.op = ZXP_OP_OBJECT_WAIT_ONE, .args = {zxp_root_vmar(w), ZX_VMO_ZERO_CHILDREN, 0}};
    assert_int_equal(zxp_call(w, &wait), ZXP_RETURNED); /* done: it names nothing any more */
    assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
    assert_int_equal(view.koid, ZX_KOID_INVALID);
    assert_false(zxp_thread_get(w, 3, &view));
    assert_false(zxp_thread_get(w, ZXP_NO_THREAD, &view));
    assert_int_equal(zxp_field_count(w, FAR), 0);
    for (uint32_t count = zxp_thread_count(w), number; count <= 16; count++) {
        assert_false(zxp_thread_get(w, count, &view));
        assert_int_equal(zxp_thread_create(w, &number), ZX_OK);
        assert_int_equal(number, count);
    }
    assert_null(zxp_field_at(w, FAR, 0, &value));
    assert_null(zxp_field_at(w, T1, zxp_field_count(w, T1), &value));
    assert_false(zxp_field(w, T1, "nothing", &value));
    assert_false(zxp_field(w, FAR, "actual", &value));
    assert_int_equal(value, UNUSED);
    zxp_op_call unknown = {.op = ZXP_OP_LIMIT}, blocked = {.op = ZXP_OP_HANDLE_CLOSE, .thread = T1};
    assert_int_equal(zxp_call(w, &unknown), ZXP_KILLED);
    assert_int_equal(zxp_call(w, &blocked), ZXP_KILLED);
    blocked.thread = FAR;
    assert_int_equal(zxp_call(w, &blocked), ZXP_KILLED);
    zxp_world_destroy(w);
}

static void data_and_lists(void **state) {
    (void)state;
    zxp_world *w =
        scene("anon a 2; write a 0 2; zx_vmo_read(a, 0, 2p); "
              "t1: read a 0 1; create v 2; supply v 0; write v 0; zx_pager_query_dirty_ranges(pager, v, 0, 2p, 48)");
    assert_non_null(w);
    zxp_piece piece;
    zxp_dirty_range range;
    char out[4] = "abc";
    assert_int_equal(zxp_data_length(w, T1), ZXP_PAGE_SIZE);
    assert_int_equal(zxp_data_length(w, FAR), 0);
    assert_true(zxp_data_piece(w, T1, ZXP_PAGE_SIZE - 1, &piece));
    assert_int_equal(piece.length, 1);
    assert_false(zxp_data_piece(w, T1, ZXP_PAGE_SIZE, &piece));
    assert_false(zxp_data_piece(w, FAR, 0, &piece));
    assert_int_equal(zxp_data_copy(w, T1, ZXP_PAGE_SIZE, out, 4), 0);
    assert_int_equal(zxp_data_copy(w, FAR, 0, out, 4), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(zxp_data_copy(w, T1, ZXP_PAGE_SIZE - 2, out, 4), 2);
    assert_int_equal(zxp_range_count(w, ZXP_MAIN_THREAD), 1);
    assert_true(zxp_range_at(w, ZXP_MAIN_THREAD, 0, &range));
    assert_false(zxp_range_at(w, ZXP_MAIN_THREAD, 1, &range));
    assert_int_equal(zxp_range_count(w, T1), 0);
    assert_int_equal(zxp_range_count(w, FAR), 0);
    assert_int_equal(zxp_observed_count(w, ZXP_MAIN_THREAD), 0);
    assert_int_equal(zxp_observed_at(w, ZXP_MAIN_THREAD, 0), ZX_SIGNAL_NONE);
    zxp_world_destroy(w);
}

static void observed_signals(void **state) {
    (void)state;
    zxp_world *w = scene("e = zx_event_create(0); f = zx_event_create(0); zx_object_signal(e, 0, ZX_USER_SIGNAL_0); "
                         "t1: zx_object_wait_many([e:ZX_USER_SIGNAL_0, f:ZX_USER_SIGNAL_1], 0) => ZX_OK; "
                         "t2: zx_object_wait_many([f:ZX_USER_SIGNAL_1], ZX_TIME_INFINITE) => blocked");
    assert_non_null(w);
    assert_int_equal(zxp_observed_count(w, T1), 2);
    assert_int_equal(zxp_observed_at(w, T1, 0) & ZX_USER_SIGNAL_0, ZX_USER_SIGNAL_0);
    assert_int_equal(zxp_observed_at(w, T1, 2), ZX_SIGNAL_NONE);
    assert_int_equal(zxp_observed_at(w, 2, 0), ZX_SIGNAL_NONE);
    assert_int_equal(zxp_observed_at(w, FAR, 0), ZX_SIGNAL_NONE);
    assert_int_equal(zxp_observed_count(w, 2), 0);
    assert_int_equal(zxp_observed_count(w, FAR), 0);
    zxp_world_destroy(w);
}

static void names(void **state) {
    (void)state;
    char name[32] = "kept";
    zxp_world *w =
        scene("anon a 1; zx_object_set_property(a, ZX_PROP_NAME, \"blue\"); "
              "t1: zx_object_get_property(a, ZX_PROP_NAME); "
              "t2: zx_object_get_property(a, ZX_PROP_VMO_CONTENT_SIZE); t3: zx_object_get_info(a, ZX_INFO_VMO); "
              "t4: zx_object_get_info(a, ZX_INFO_HANDLE_BASIC); t5: zx_object_get_property(0, ZX_PROP_NAME)");
    assert_non_null(w);
    assert_false(zxp_name(w, ZXP_MAIN_THREAD, name));
    assert_false(zxp_name(w, 2, name));
    assert_false(zxp_name(w, 4, name));
    assert_false(zxp_name(w, 5, name));
    assert_false(zxp_name(w, FAR, name));
    assert_string_equal(name, "kept");
    assert_true(zxp_name(w, T1, name));
    assert_string_equal(name, "blue");
    memset(name, UNUSED, sizeof name);
    assert_true(zxp_name(w, 3, name));
    assert_string_equal(name, "blue");
    assert_int_equal(name[31], 0);
    assert_int_equal(zxp_field_count(w, 4), 5); /* of zx_info_handle_basic_t */
    zxp_world_destroy(w);
    w = scene("anon a 1; zx_object_set_property(a, ZX_PROP_NAME, \"b\"); zx_object_get_property(a, ZX_PROP_NAME)");
    assert_non_null(w);
    assert_true(zxp_name(w, ZXP_MAIN_THREAD, name));
    assert_string_equal(name, "b");
    zxp_world_destroy(w);
}

/* ---- The world ---- */

static void pages_requests_packets(void **state) {
    (void)state;
    zxp_world *w = waiting();
    zx_koid_t v = nth(w, ZX_OBJ_TYPE_VMO, 0), port = nth(w, ZX_OBJ_TYPE_PORT, 0);
    zxp_page_run run;
    zxp_request_view request;
    zxp_packet_view packet;
    assert_true(zxp_page_run_at(w, v, 3, &run));
    assert_false(zxp_page_run_at(w, v, 4, &run));
    assert_false(zxp_page_run_at(w, port, 0, &run));
    zxp_object_view object = {.koid = 0};
    while (zxp_object_next(w, object.koid, &object))
        if (object.type != ZX_OBJ_TYPE_VMO) assert_false(zxp_page_run_at(w, object.koid, 0, &run));
    assert_false(zxp_page_run_at(w, NO_KOID, 0, &run));
    assert_true(zxp_request_at(w, 0, &request));
    assert_int_equal(request.owner, T1);
    assert_int_equal(request.vmo, v);
    assert_int_equal(request.attached, 1);
    assert_int_equal(request.packet, 'p');
    assert_false(zxp_request_at(w, 1, &request));
    assert_int_equal(zxp_request_attached(w, 0, 0), 2);
    assert_int_equal(zxp_request_attached(w, 0, 1), ZXP_NO_THREAD);
    assert_int_equal(zxp_request_attached(w, 1, 0), ZXP_NO_THREAD);
    assert_true(zxp_packet_at(w, port, 0, &packet));
    assert_false(zxp_packet_at(w, port, 1, &packet));
    assert_false(zxp_packet_at(w, v, 0, &packet));
    assert_false(zxp_packet_at(w, NO_KOID, 0, &packet));
    zxp_world_destroy(w);
}

static zxp_page_run run_at(const zxp_world *w, zx_koid_t vmo, uint64_t page, uint64_t count) {
    zxp_page_run run;
    assert_true(zxp_page_run_at(w, vmo, page, &run));
    assert_int_equal(run.first, page);
    assert_int_equal(run.count, count);
    return run;
}

/* Runs go as far as pages look alike, whatever the core keeps of them beside. */
static void runs_of_pages(void **state) {
    (void)state;
    zxp_world *w = scene("create v 90; supply v 0 30; supply v 30 30; supply v 60 4 byte=7; supply v 64 4 byte=7; "
                         "supply v 68 4 byte=8; anon p 6; write p 0 6; clone k p snapshot; write k 2 2; "
                         "anon q 2; write q 0 2; clone l q snapshot; close l");
    assert_non_null(w);
    zx_koid_t v = nth(w, ZX_OBJ_TYPE_VMO, 0), p = nth(w, ZX_OBJ_TYPE_VMO, 1), q = nth(w, ZX_OBJ_TYPE_VMO, 3);
    zxp_page_run run = run_at(w, v, 0, 60);
    assert_int_equal(run.content, ZXP_CONTENT_LETTERS);
    for (uint64_t page = 0; page < 60; page++) assert_int_equal(run_at(w, v, page, 60 - page).fill, page % 26);
    assert_int_equal(run_at(w, v, 60, 8).fill, 7);
    assert_int_equal(run_at(w, v, 68, 4).fill, 8);
    assert_int_equal(run_at(w, v, 72, 18).fill, 0);
    assert_int_not_equal(run_at(w, p, 0, 2).share, 0);
    assert_int_equal(run_at(w, p, 2, 2).share, 0);
    assert_int_not_equal(run_at(w, p, 4, 2).share, 0);
    assert_int_equal(run_at(w, q, 0, 2).share, 0); /* with nobody any more */
    zxp_world_destroy(w);
}

/* The VMO is gone, a child still asks its node's pager. */
static void a_request_of_a_node_alone(void **state) {
    (void)state;
    zxp_world *w = scene("create v 4; clone k v; close v; t1: read k 1 => blocked");
    zxp_request_view request;
    assert_non_null(w);
    assert_true(zxp_request_at(w, 0, &request));
    assert_int_equal(request.vmo, ZX_KOID_INVALID);
    assert_int_equal(request.owner, T1);
    zxp_world_destroy(w);
}

static void objects_handles_mappings(void **state) {
    (void)state;
    zxp_world *w = waiting();
    zxp_object_view object;
    zxp_mapping_view mapping;
    zxp_handle_view handle;
    uint32_t permissions, record;
    size_t handles = 0;
    while (zxp_handle_at(w, handles, &handle)) handles++;
    assert_int_equal(handles, 5); /* vmar, pager, port, v, a */
    assert_false(zxp_object_get(w, NO_KOID, &object));
    assert_false(zxp_object_get(w, ZX_KOID_INVALID, &object));
    assert_true(zxp_object_get(w, nth(w, ZX_OBJ_TYPE_VMO, 1), &object));
    assert_false(zxp_object_next(w, object.koid, &object));
    assert_true(zxp_mapping_at(w, 0, &mapping));
    assert_false(zxp_mapping_at(w, 1, &mapping));
    assert_int_equal(zxp_koid_of(w, ZX_HANDLE_INVALID), ZX_KOID_INVALID);
    assert_int_equal(zxp_koid_of(w, handle.handle), handle.koid);
    assert_false(zxp_address_get(w, mapping.base - 1, &permissions, &record));
    assert_true(zxp_address_get(w, mapping.base, &permissions, &record));
    assert_false(zxp_address_get(w, mapping.base + mapping.size, &permissions, &record));
    assert_int_equal(zxp_world_now(w), 5);
    assert_null(zxp_invariant_text(0));
    zxp_world_destroy(w);
}

/* ---- Arguments ---- */

/* Chapter 1: an argument of 32 bits has no more. */
static void arguments_are_as_wide_as_their_types(void **state) {
    (void)state;
    zxp_world *w = zxp_world_create(NULL);
    zxp_op_call call = {.op = ZXP_OP_EVENT_CREATE, .args = {UINT64_C(1) << 32}};
    zxp_thread_view view;
    for (unsigned bit = 31; bit <= 32; bit++) {
        call.args[0] = UINT64_C(1) << bit;
        assert_int_equal(zxp_call(w, &call), ZXP_RETURNED);
        assert_true(zxp_thread_get(w, ZXP_MAIN_THREAD, &view));
        assert_int_equal(view.status, bit < 32 ? ZX_ERR_INVALID_ARGS : ZX_OK);
    }
    zxp_world_destroy(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_by_number_and_name),
        cmocka_unit_test(operations_by_number_and_name),
        cmocka_unit_test(statuses_that_may_come),
        cmocka_unit_test(threads_and_fields),
        cmocka_unit_test(data_and_lists),
        cmocka_unit_test(observed_signals),
        cmocka_unit_test(names),
        cmocka_unit_test(pages_requests_packets),
        cmocka_unit_test(runs_of_pages),
        cmocka_unit_test(a_request_of_a_node_alone),
        cmocka_unit_test(objects_handles_mappings),
        cmocka_unit_test(arguments_are_as_wide_as_their_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
