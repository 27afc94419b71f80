/* Handles, waiting and ports where a script cannot look: exact
 * values, limits, memory shortage, views, names (chapter 1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <zxpager/zxpager.h>

/* ---- Calls ---- */

static zxp_context context;

static zxp_outcome call_on(zxp_world *w, uint32_t thread, uint16_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                           uint64_t e) {
    zxp_op_call call = {.op = op, .thread = thread, .args = {a, b, c, d, e}};
    return zxp_call(w, &call);
}

static zx_status_t status_of(const zxp_world *w, uint32_t thread) {
    zxp_thread_view view;
    assert_true(zxp_thread_get(w, thread, &view));
    return view.status;
}

#define CALL(w, op, ...) call_main(w, ZXP_OP_##op, (const uint64_t[8]){__VA_ARGS__})

static zx_status_t call_main(zxp_world *w, uint16_t op, const uint64_t args[8]) {
    zxp_op_call call = {.op = op};
    memcpy(call.args, args, sizeof call.args);
    assert_int_equal(zxp_call(w, &call), ZXP_RETURNED);
    return status_of(w, ZXP_MAIN_THREAD);
}

static uint64_t field(const zxp_world *w, uint32_t thread, const char *name) {
    uint64_t value = 0xDEAD;
    assert_true(zxp_field(w, thread, name, &value));
    return value;
}

static zx_handle_t handle_field(const zxp_world *w) { return (zx_handle_t)field(w, ZXP_MAIN_THREAD, "handle"); }

static zx_handle_t event(zxp_world *w) {
    assert_int_equal(CALL(w, EVENT_CREATE, 0), ZX_OK);
    return handle_field(w);
}

static zx_handle_t port(zxp_world *w) {
    assert_int_equal(CALL(w, PORT_CREATE, 0), ZX_OK);
    return handle_field(w);
}

static zx_handle_t vmo(zxp_world *w) {
    assert_int_equal(CALL(w, VMO_CREATE, ZXP_PAGE_SIZE, 0), ZX_OK);
    return handle_field(w);
}

static uint32_t thread(zxp_world *w) {
    uint32_t number;
    assert_int_equal(zxp_thread_create(w, &number), ZX_OK);
    return number;
}

static int make_world(void **state) {
    *state = zxp_world_create(NULL);
    memset(&context, 0, sizeof context);
    return *state == NULL ? -1 : 0;
}

static int destroy_world(void **state) {
    zxp_world_destroy(*state);
    return 0;
}

/* ---- Handle values: section 4.1 ---- */

static void first_values_with_secret_0(void **state) {
    zxp_world *w = *state;
    assert_int_equal(zxp_root_vmar(w), 0x00100003);
    assert_int_equal(event(w), 0x00100007);
    assert_int_equal(event(w), 0x0010000B);
    assert_int_equal(CALL(w, HANDLE_CLOSE, 0x00100007), ZX_OK);
    assert_int_equal(event(w), 0x00200007);
    assert_int_equal(event(w), 0x0010000F);
}

static void secret_only_changes_the_values(void **state) {
    (void)state;
    const zxp_options options = {.handle_secret = 0x2BCDEF12};
    zxp_world *w = zxp_world_create(&options);
    assert_non_null(w);
    zx_handle_t e = event(w);
    assert_int_equal(e & 3, 3);
    assert_int_equal(e ^ (0x2BCDEF12u << 2), 0x00100007);
    assert_int_equal(CALL(w, HANDLE_CHECK_VALID, e), ZX_OK);
    assert_int_equal(CALL(w, HANDLE_CHECK_VALID, 0x00100007), ZX_ERR_NOT_FOUND);
    zxp_world_destroy(w);
}

static void at_most_262144_handles(void **state) {
    zxp_world *w = *state;
    zx_handle_t e = event(w), p = port(w), made[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        uint64_t value = 0;
        assert_int_equal(i == 0 ? CALL(w, PAGER_CREATE, 0) : CALL(w, VMO_CREATE, 4096, 0), ZX_OK);
        assert_true(zxp_field(w, ZXP_MAIN_THREAD, "handle", &value));
        made[i] = (zx_handle_t)value;
    }
    for (uint32_t i = 5; i < 262144; i++) {
        assert_int_equal(CALL(w, HANDLE_DUPLICATE, e, ZX_RIGHT_SAME_RIGHTS), ZX_OK);
    }
    assert_int_equal(CALL(w, HANDLE_DUPLICATE, e, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, HANDLE_REPLACE, e, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, HANDLE_CHECK_VALID, e), ZX_OK); /* replace leaves it open in this case */
    assert_int_equal(CALL(w, EVENT_CREATE, 0), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, PORT_CREATE, 0), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, PAGER_CREATE, 0), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, PAGER_CREATE_VMO, made[0], 0, p, 1, 4096), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, VMO_CREATE, 4096, 0), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, VMO_CREATE_CHILD, made[1], ZX_VMO_CHILD_SNAPSHOT, 0, 4096), ZX_ERR_NO_MEMORY);
    assert_int_equal(CALL(w, HANDLE_REPLACE, e, 0xFFFFFFFF), ZX_ERR_INVALID_ARGS);
    assert_int_equal(CALL(w, EVENT_CREATE, 0), ZX_OK);
}

static void live_handles_are_listed_in_slot_order(void **state) {
    zxp_world *w = *state;
    zx_handle_t a = event(w), b = port(w), c = event(w);
    zxp_handle_view view;
    CALL(w, HANDLE_CLOSE, a);
    assert_true(zxp_handle_at(w, 0, &view));
    assert_int_equal(view.handle, zxp_root_vmar(w));
    assert_int_equal(view.koid, 1024);
    assert_int_equal(view.rights, 0x20801F);
    assert_true(zxp_handle_at(w, 1, &view));
    assert_int_equal(view.handle, b);
    assert_int_equal(view.type, ZX_OBJ_TYPE_PORT);
    assert_int_equal(view.koid, 1026);
    assert_true(zxp_handle_at(w, 2, &view));
    assert_int_equal(view.handle, c);
    assert_false(zxp_handle_at(w, 3, &view));
    assert_int_equal(zxp_koid_of(w, a), ZX_KOID_INVALID);
    assert_int_equal(zxp_koid_of(w, c), 1027);
}

/* ---- close_many: section 4.4 ---- */

static void close_many_reports_its_last_group(void **state) {
    zxp_world *w = *state;
    zx_handle_t handles[65];
    for (int bad = 0; bad < 65; bad++) {
        for (int i = 0; i < 65; i++) handles[i] = i == bad ? 0x4 : event(w);
        zxp_op_call call = {.op = ZXP_OP_HANDLE_CLOSE_MANY, .handles = handles, .count = 65};
        zxp_call(w, &call);
        assert_int_equal(status_of(w, ZXP_MAIN_THREAD), bad == 64 ? ZX_ERR_BAD_HANDLE : ZX_OK);
    }
    zxp_handle_view view;
    assert_false(zxp_handle_at(w, 1, &view)); /* all good ones are closed */
}

static void lists_that_cannot_be_read(void **state) {
    zxp_world *w = *state;
    zxp_op_call call = {.op = ZXP_OP_HANDLE_CLOSE_MANY, .count = 3};
    zxp_call(w, &call);
    assert_int_equal(status_of(w, ZXP_MAIN_THREAD), ZX_ERR_INVALID_ARGS);
    call = (zxp_op_call){.op = ZXP_OP_OBJECT_WAIT_MANY, .count = 3};
    zxp_call(w, &call);
    assert_int_equal(status_of(w, ZXP_MAIN_THREAD), ZX_ERR_INVALID_ARGS);
    call.count = 65;
    zxp_call(w, &call);
    assert_int_equal(status_of(w, ZXP_MAIN_THREAD), ZX_ERR_OUT_OF_RANGE);
}

/* ---- Names: section 10 ---- */

static zx_status_t set_name(zxp_world *w, zx_handle_t h, const char *bytes, size_t length) {
    zxp_op_call call = {.op = ZXP_OP_OBJECT_SET_PROPERTY, .args = {h, ZX_PROP_NAME}};
    call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = length};
    zxp_call(w, &call);
    return status_of(w, ZXP_MAIN_THREAD);
}

static void expect_name(zxp_world *w, zx_handle_t h, const char *wanted) {
    char name[32], padded[32] = {0};
    memcpy(padded, wanted, strlen(wanted) + 1);
    memset(name, 'x', sizeof name);
    assert_int_equal(CALL(w, OBJECT_GET_PROPERTY, h, ZX_PROP_NAME), ZX_OK);
    assert_true(zxp_name(w, ZXP_MAIN_THREAD, name));
    assert_memory_equal(name, padded, sizeof name);
    assert_int_equal(CALL(w, OBJECT_GET_INFO, h, ZX_INFO_VMO), ZX_OK);
    assert_true(zxp_name(w, ZXP_MAIN_THREAD, name));
    assert_memory_equal(name, padded, sizeof name);
    zxp_object_view view;
    assert_true(zxp_object_get(w, zxp_koid_of(w, h), &view));
    assert_memory_equal(view.name, padded, sizeof view.name);
}

static void names_are_cut_and_ended(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = vmo(w);
    expect_name(w, v, "");
    assert_int_equal(set_name(w, v, "blob", 4), ZX_OK);
    expect_name(w, v, "blob");
    assert_int_equal(set_name(w, v, "a\0b", 3), ZX_OK);
    expect_name(w, v, "a");
    assert_int_equal(set_name(w, v, "0123456789abcdef0123456789abcdefXYZ", 35), ZX_OK);
    expect_name(w, v, "0123456789abcdef0123456789abcde");
    assert_int_equal(set_name(w, v, "", 0), ZX_OK);
    expect_name(w, v, "");
    assert_int_equal(set_name(w, v, "again", 5), ZX_OK);
    assert_int_equal(CALL(w, OBJECT_SET_PROPERTY, v, ZX_PROP_NAME, 0x4344), ZX_OK);
    expect_name(w, v, ""); /* no bytes */
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_HANDLE_BASIC), ZX_OK);
    char name[32];
    assert_false(zxp_name(w, ZXP_MAIN_THREAD, name));
}

static void children_copy_the_name(void **state) {
    zxp_world *w = *state;
    zx_handle_t v = vmo(w);
    set_name(w, v, "parent", 6);
    assert_int_equal(CALL(w, VMO_CREATE_CHILD, v, ZX_VMO_CHILD_SNAPSHOT, 0, ZXP_PAGE_SIZE), ZX_OK);
    zx_handle_t c = handle_field(w);
    expect_name(w, c, "parent");
    set_name(w, v, "other", 5);
    expect_name(w, c, "parent");
    CALL(w, HANDLE_DUPLICATE, v, ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ);
    zx_handle_t weak = handle_field(w);
    assert_int_equal(CALL(w, VMO_CREATE_CHILD, weak, ZX_VMO_CHILD_SNAPSHOT, 0, ZXP_PAGE_SIZE), ZX_OK);
    expect_name(w, handle_field(w), "");
}

/* ---- Fields ---- */

static void fields_of_a_vmo_record(void **state) {
    zxp_world *w = *state;
    static const char *const names[] = {"koid",          "size_bytes",  "parent_koid", "num_children",
                                        "num_mappings",  "share_count", "flags",       "committed_bytes",
                                        "handle_rights", "cache_policy"};
    zx_handle_t v = vmo(w);
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_VMO_V1), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 10);
    uint64_t value;
    for (size_t i = 0; i < 10; i++) assert_string_equal(zxp_field_at(w, 0, i, &value), names[i]);
    assert_null(zxp_field_at(w, 0, 10, &value));
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_VMO_V2), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 12);
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_VMO_V3), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 13);
    assert_int_equal(CALL(w, OBJECT_GET_INFO, v, ZX_INFO_VMO), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 19);
    assert_int_equal(field(w, 0, "size_bytes"), ZXP_PAGE_SIZE);
    assert_false(zxp_field(w, 0, "handle", &value));
    assert_false(zxp_field(w, 99, "koid", &value));
}

static void packets_have_the_fields_of_their_kind(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w), e = event(w);
    uint64_t value;
    zxp_packet_view view;
    CALL(w, PORT_QUEUE, q, 7, (uint64_t)ZX_ERR_IO);
    CALL(w, OBJECT_SIGNAL, e, 0, 8);
    CALL(w, OBJECT_WAIT_ASYNC, e, q, 9, 8, 0);
    assert_true(zxp_packet_at(w, zxp_koid_of(w, q), 1, &view));
    assert_int_equal(view.key, 9);
    assert_int_equal(view.trigger, 8);
    assert_int_equal(view.observed, 8);
    assert_int_equal(view.length, 0);
    assert_false(zxp_packet_at(w, zxp_koid_of(w, q), 2, &view));
    assert_false(zxp_packet_at(w, zxp_koid_of(w, e), 0, &view));
    assert_int_equal(CALL(w, PORT_WAIT, q, 0), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 3);
    assert_int_equal(field(w, 0, "status"), (uint64_t)(int64_t)ZX_ERR_IO);
    assert_false(zxp_field(w, 0, "offset", &value));
    assert_int_equal(CALL(w, PORT_WAIT, q, 0), ZX_OK);
    assert_int_equal(zxp_field_count(w, 0), 7);
    assert_int_equal(field(w, 0, "count"), 1);
    assert_false(zxp_field(w, 0, "offset", &value));
    assert_int_equal(CALL(w, PORT_WAIT, q, 0), ZX_ERR_TIMED_OUT);
    assert_int_equal(zxp_field_count(w, 0), 0);
}

static void observed_masks_only_after_the_wait(void **state) {
    zxp_world *w = *state;
    zx_handle_t a = event(w), b = event(w);
    uint32_t t = thread(w);
    const zxp_wait_item items[] = {{a, 8}, {b, 8}};
    zxp_op_call call = {
        .op = ZXP_OP_OBJECT_WAIT_MANY, .thread = t, .args = {0, ZX_TIME_INFINITE}, .items = items, .count = 2};
    assert_int_equal(zxp_call(w, &call), ZXP_BLOCKED);
    assert_int_equal(zxp_observed_count(w, t), 0);
    CALL(w, OBJECT_SIGNAL, b, 0, 8 | ZX_USER_SIGNAL_0);
    assert_int_equal(zxp_observed_count(w, t), 2);
    assert_int_equal(zxp_observed_at(w, t, 0), 0);
    assert_int_equal(zxp_observed_at(w, t, 1), 8 | ZX_USER_SIGNAL_0);
    assert_int_equal(zxp_observed_at(w, t, 2), 0);
    CALL(w, HANDLE_CLOSE, a);
    assert_int_equal(zxp_call(w, &call), ZXP_RETURNED);
    assert_int_equal(status_of(w, t), ZX_ERR_BAD_HANDLE);
    assert_int_equal(zxp_observed_count(w, t), 0); /* nothing is written on this error */
}

/* ---- Threads ---- */

static void what_a_waiting_thread_shows(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w), e = event(w);
    uint32_t t = thread(w), u = thread(w), x = thread(w);
    zxp_thread_view view;
    const zxp_wait_item items[] = {{e, 8}};
    zxp_op_call many = {.op = ZXP_OP_OBJECT_WAIT_MANY, .thread = x, .args = {0, 9}, .items = items, .count = 1};
    assert_int_equal(call_on(w, t, ZXP_OP_PORT_WAIT, q, 5, 0, 0, 0), ZXP_BLOCKED);
    assert_int_equal(call_on(w, u, ZXP_OP_OBJECT_WAIT_ONE, e, 8, ZX_TIME_INFINITE, 0, 0), ZXP_BLOCKED);
    assert_int_equal(zxp_call(w, &many), ZXP_BLOCKED);
    zxp_thread_get(w, t, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_BLOCKED_PORT);
    assert_int_equal(view.koid, zxp_koid_of(w, q));
    assert_int_equal(view.deadline, 5);
    zxp_thread_get(w, u, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    assert_int_equal(view.koid, zxp_koid_of(w, e));
    assert_int_equal(view.deadline, ZX_TIME_INFINITE);
    zxp_thread_get(w, x, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_BLOCKED_WAIT_MANY);
    CALL(w, KILL, t);
    CALL(w, SUSPEND, u);
    zxp_thread_get(w, t, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_DEAD);
    zxp_thread_get(w, u, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_SUSPENDED);
    CALL(w, ADVANCE, 100);
    zxp_thread_get(w, x, &view);
    assert_int_equal(view.thread_state, ZX_THREAD_STATE_RUNNING);
    assert_int_equal(view.status, ZX_ERR_TIMED_OUT);
    assert_false(zxp_thread_get(w, 4, &view));
}

/* The order in which waits time out is that of their deadlines: read off the event stream. */
static uint32_t order[8];
static size_t ordered;

static void note_wake(void *user, const zxp_event *event) {
    (void)user;
    if (event->kind == ZXP_EVENT_WAKE && ordered < 8) order[ordered++] = event->thread;
}

static void deadlines_in_order(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w), e = event(w);
    uint32_t threads[4];
    const uint64_t deadlines[] = {30, 10, 20, 10};
    for (size_t i = 0; i < 4; i++) {
        threads[i] = thread(w);
        uint16_t op = i % 2 == 0 ? ZXP_OP_PORT_WAIT : ZXP_OP_OBJECT_WAIT_ONE;
        call_on(w, threads[i], op, i % 2 == 0 ? q : e, i % 2 == 0 ? deadlines[i] : 8, deadlines[i], 0, 0);
    }
    ordered = 0;
    context.observe = note_wake;
    zxp_world_attach(w, &context);
    CALL(w, ADVANCE, 30);
    assert_int_equal(ordered, 4);
    assert_int_equal(order[0], threads[1]);
    assert_int_equal(order[1], threads[3]);
    assert_int_equal(order[2], threads[2]);
    assert_int_equal(order[3], threads[0]);
    zxp_world_attach(w, NULL);
}

/* ---- A closed port ---- */

static bool object_exists(const zxp_world *w, zx_koid_t koid) {
    zxp_object_view view;
    return zxp_object_get(w, koid, &view);
}

static void a_closed_port_lives_while_somebody_waits(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w);
    zx_koid_t koid = zxp_koid_of(w, q);
    uint32_t t = thread(w), u = thread(w);
    call_on(w, t, ZXP_OP_PORT_WAIT, q, 5, 0, 0, 0);
    call_on(w, u, ZXP_OP_PORT_WAIT, q, ZX_TIME_INFINITE, 0, 0, 0);
    CALL(w, HANDLE_CLOSE, q);
    assert_true(object_exists(w, koid));
    CALL(w, ADVANCE, 5);
    assert_int_equal(status_of(w, t), ZX_ERR_TIMED_OUT);
    assert_true(object_exists(w, koid));
    CALL(w, KILL, u);
    assert_false(object_exists(w, koid));
}

static void a_closed_port_lives_while_a_source_has_it(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w);
    zx_koid_t koid = zxp_koid_of(w, q);
    CALL(w, PAGER_CREATE, 0);
    zx_handle_t p = handle_field(w);
    assert_int_equal(CALL(w, PAGER_CREATE_VMO, p, 0, q, 3, ZXP_PAGE_SIZE), ZX_OK);
    zx_handle_t v = handle_field(w);
    CALL(w, HANDLE_CLOSE, q);
    assert_true(object_exists(w, koid));
    CALL(w, HANDLE_CLOSE, v);
    CALL(w, HANDLE_CLOSE, p);
    assert_false(object_exists(w, koid));
}

/* Everything that was made is given back: the world grows no more after the first rounds. */
static void nothing_is_left_behind(void **state) {
    zxp_world *w = *state;
    size_t most = 0;
    for (int round = 0; round < 40; round++) {
        zx_handle_t q = port(w), e = event(w), v = vmo(w);
        set_name(w, v, "name", 4);
        CALL(w, OBJECT_WAIT_ASYNC, e, q, 1, 8, 0);
        CALL(w, OBJECT_WAIT_ASYNC, e, q, 2, 16, 0);
        CALL(w, OBJECT_WAIT_ASYNC, v, q, 3, 8, 0);
        CALL(w, PORT_QUEUE, q, 4, 0);
        CALL(w, OBJECT_SIGNAL, e, 0, 8);
        const zx_handle_t handles[] = {v, q, e};
        zxp_op_call call = {.op = ZXP_OP_HANDLE_CLOSE_MANY, .handles = handles, .count = 3};
        zxp_call(w, &call);
        if (round < 4 && zxp_world_bytes(w) > most) most = zxp_world_bytes(w);
        assert_true(zxp_world_bytes(w) <= most);
    }
}

/* ---- Short memory: the call is refused with nothing done ---- */

struct try {
    uint16_t op;
    uint64_t args[5];
};

static void refused_for_memory_without_effect(zxp_world *w, uint32_t t, const struct try *try) {
    for (uint64_t number = 1;; number++) {
        zxp_world *copy = zxp_world_clone(w);
        assert_non_null(copy);
        zxp_context failing = {.fail_reservation = number};
        zxp_world_attach(copy, &failing);
        call_on(copy, t, try->op, try->args[0], try->args[1], try->args[2], try->args[3], try->args[4]);
        zxp_world_attach(copy, NULL);
        bool failed = failing.reservations >= number;
        if (failed) {
            assert_int_equal(status_of(copy, t), ZX_ERR_NO_MEMORY);
            /* After a harmless call on the same thread in both, nothing tells them apart. */
            zxp_world *same = zxp_world_clone(w);
            call_on(copy, t, ZXP_OP_HANDLE_CHECK_VALID, 0, 0, 0, 0, 0);
            call_on(same, t, ZXP_OP_HANDLE_CHECK_VALID, 0, 0, 0, 0, 0);
            assert_true(zxp_world_equal(copy, same, ZXP_FORM_FULL));
            zxp_world_destroy(same);
        }
        zxp_world_destroy(copy);
        if (!failed) return;
    }
}

static void short_memory(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w), e = event(w), v = vmo(w);
    uint32_t t = thread(w);
    CALL(w, OBJECT_WAIT_ASYNC, v, q, 3, 8, 0);
    const struct try tries[] = {
        {ZXP_OP_HANDLE_DUPLICATE, {e, ZX_RIGHT_SAME_RIGHTS}},
        {ZXP_OP_HANDLE_REPLACE, {e, ZX_RIGHT_SAME_RIGHTS}},
        {ZXP_OP_OBJECT_GET_INFO, {v, ZX_INFO_VMO}},
        {ZXP_OP_OBJECT_GET_INFO, {v, ZX_INFO_HANDLE_BASIC}},
        {ZXP_OP_OBJECT_GET_PROPERTY, {v, ZX_PROP_NAME}},
        {ZXP_OP_OBJECT_WAIT_ONE, {e, 8, ZX_TIME_INFINITE}},
        {ZXP_OP_OBJECT_WAIT_ASYNC, {e, q, 1, 8, 0}},
        {ZXP_OP_EVENT_CREATE, {0}},
        {ZXP_OP_PORT_CREATE, {0}},
        {ZXP_OP_PORT_QUEUE, {q, 1, 0}},
        {ZXP_OP_PORT_WAIT, {q, 0}},
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) refused_for_memory_without_effect(w, t, &tries[i]);
}

/* ---- Waits are part of the world ---- */

static zxp_world *saved_and_loaded(const zxp_world *w) {
    size_t length = zxp_world_encode(w, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    assert_non_null(bytes);
    assert_int_equal(zxp_world_encode(w, ZXP_FORM_FULL, bytes, length), length);
    const char *reason = "";
    zxp_world *loaded = zxp_world_decode(bytes, length, &reason);
    free(bytes);
    if (loaded == NULL) fail_msg("%s", reason);
    assert_true(zxp_world_equal(w, loaded, ZXP_FORM_FULL));
    return loaded;
}

static void expect_no_violation(const zxp_world *w) {
    zxp_violation violation;
    if (zxp_check(w, &violation, 1) != 0) fail_msg("INV-%u: %s", violation.invariant, violation.fact);
}

/* Every kind of wait, a dead port that is waited on, a signal packet, names. */
static void fill_with_waits(zxp_world *w, uint32_t t[5], zx_handle_t h[3]) {
    zx_handle_t dead = port(w);
    h[0] = event(w), h[1] = vmo(w), h[2] = port(w);
    for (size_t i = 0; i < 5; i++) t[i] = thread(w);
    set_name(w, h[1], "named", 5);
    const zxp_wait_item items[] = {{h[0], 8}, {h[1], ZX_USER_SIGNAL_0}, {h[0], ZX_USER_SIGNAL_1}};
    zxp_op_call many = {.op = ZXP_OP_OBJECT_WAIT_MANY, .thread = t[0], .args = {0, 70}, .items = items, .count = 3};
    assert_int_equal(zxp_call(w, &many), ZXP_BLOCKED);
    call_on(w, t[1], ZXP_OP_OBJECT_WAIT_ONE, h[0], 8, 60, 0, 0);
    call_on(w, t[2], ZXP_OP_PORT_WAIT, dead, 50, 0, 0, 0);
    call_on(w, t[3], ZXP_OP_OBJECT_GET_PROPERTY, h[1], ZX_PROP_NAME, 0, 0, 0);
    call_on(w, t[4], ZXP_OP_OBJECT_WAIT_ONE, h[0], 8, ZX_TIME_INFINITE, 0, 0);
    CALL(w, SUSPEND, t[4]);
    CALL(w, HANDLE_CLOSE, dead);
    CALL(w, OBJECT_WAIT_ASYNC, h[0], h[2], 1, 8, ZX_WAIT_ASYNC_TIMESTAMP);
    CALL(w, OBJECT_WAIT_ASYNC, h[0], h[2], 2, 8, ZX_WAIT_ASYNC_EDGE);
    CALL(w, OBJECT_WAIT_ASYNC, h[1], h[2], 3, 8, 0);
    CALL(w, ADVANCE, 10);
}

static void waits_go_on_after_loading(void **state) {
    zxp_world *w = *state;
    uint32_t t[5];
    zx_handle_t h[3];
    fill_with_waits(w, t, h);
    expect_no_violation(w);
    zxp_world *loaded = saved_and_loaded(w);
    zxp_world *both[] = {w, loaded};
    for (size_t i = 0; i < 2; i++) {
        CALL(both[i], RESUME, t[4]);
        CALL(both[i], OBJECT_SIGNAL, h[0], 0, 8);
        assert_int_equal(status_of(both[i], t[0]), ZX_OK);
        assert_int_equal(zxp_observed_at(both[i], t[0], 1), 8);
        CALL(both[i], ADVANCE, 100);
        assert_int_equal(status_of(both[i], t[2]), ZX_ERR_TIMED_OUT);
        const uint64_t keys[] = {3, 2, 1};
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(CALL(both[i], PORT_WAIT, h[2], 0), ZX_OK);
            assert_int_equal(field(both[i], 0, "key"), keys[k]);
        }
        assert_int_equal(field(both[i], 0, "timestamp"), 10);
        char name[32];
        assert_true(zxp_name(both[i], t[3], name));
        assert_string_equal(name, "named");
        expect_no_violation(both[i]);
    }
    assert_true(zxp_world_equal(w, loaded, ZXP_FORM_FULL));
    zxp_world_destroy(saved_and_loaded(w));
    zxp_world_destroy(loaded);
}

static void content_size_in_the_old_profiles(void **state) {
    (void)state;
    const zxp_options options = {.profile = ZXP_PROFILE_2018};
    zxp_world *w = zxp_world_create(&options);
    assert_non_null(w);
    zx_handle_t v = vmo(w);
    assert_int_equal(CALL(w, OBJECT_SET_PROPERTY, v, ZX_PROP_VMO_CONTENT_SIZE, ZXP_PAGE_SIZE + 1), ZX_ERR_OUT_OF_RANGE);
    assert_int_equal(CALL(w, OBJECT_SET_PROPERTY, v, ZX_PROP_VMO_CONTENT_SIZE, 10), ZX_OK);
    assert_int_equal(CALL(w, OBJECT_GET_PROPERTY, v, ZX_PROP_VMO_CONTENT_SIZE), ZX_OK);
    assert_int_equal(field(w, 0, "value"), 10);
    expect_no_violation(w);
    zxp_world_destroy(saved_and_loaded(w));
    zxp_world_destroy(w);
}

/* A waiter that was woken for a packet but is refused the memory for it hands the packet on to the next. */
static void a_packet_finds_another_waiter(void **state) {
    zxp_world *w = *state;
    zx_handle_t q = port(w), e = event(w);
    uint32_t t = thread(w), u = thread(w);
    call_on(w, t, ZXP_OP_PORT_WAIT, q, ZX_TIME_INFINITE, 0, 0, 0);
    call_on(w, u, ZXP_OP_PORT_WAIT, q, ZX_TIME_INFINITE, 0, 0, 0);
    CALL(w, OBJECT_WAIT_ASYNC, e, q, 5, 8, 0);
    context.fail_reservation = 1;
    zxp_world_attach(w, &context);
    CALL(w, OBJECT_SIGNAL, e, 0, 8);
    zxp_world_attach(w, NULL);
    assert_int_equal(status_of(w, t), ZX_ERR_NO_MEMORY);
    assert_int_equal(status_of(w, u), ZX_OK);
    assert_int_equal(field(w, u, "key"), 5);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, destroy_world)
    const struct CMUnitTest tests[] = {
        TEST(first_values_with_secret_0),
        TEST(secret_only_changes_the_values),
        TEST(at_most_262144_handles),
        TEST(live_handles_are_listed_in_slot_order),
        TEST(close_many_reports_its_last_group),
        TEST(lists_that_cannot_be_read),
        TEST(names_are_cut_and_ended),
        TEST(children_copy_the_name),
        TEST(fields_of_a_vmo_record),
        TEST(packets_have_the_fields_of_their_kind),
        TEST(observed_masks_only_after_the_wait),
        TEST(what_a_waiting_thread_shows),
        TEST(deadlines_in_order),
        TEST(a_closed_port_lives_while_somebody_waits),
        TEST(a_closed_port_lives_while_a_source_has_it),
        TEST(nothing_is_left_behind),
        TEST(short_memory),
        TEST(waits_go_on_after_loading),
        TEST(content_size_in_the_old_profiles),
        TEST(a_packet_finds_another_waiter),
    };
    return cmocka_run_group_tests_name("handles", tests, NULL, NULL);
}
