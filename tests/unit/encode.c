/* The canonical encoding: what it tells apart, what it does not, and that a decoded world goes on as the original. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zxpager/zxpager.h"

#define PAGE ((uint64_t)ZXP_PAGE_SIZE)

static uint64_t seed;

static uint64_t random_below(uint64_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* ---- Calls ---- */

static uint64_t call(zxp_world *w, uint32_t thread, uint16_t op, const uint64_t *args, unsigned count,
                     zxp_buffer buffer) {
    zxp_op_call made = {.op = op, .thread = thread, .buffer = buffer};
    uint64_t handle = 0;
    memcpy(made.args, args, count * sizeof *args);
    zxp_call(w, &made);
    return zxp_field(w, thread, "handle", &handle) ? handle : 0;
}
#define COUNT(...)                  (sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define LIST(...)                   (const uint64_t[]){__VA_ARGS__}, COUNT(__VA_ARGS__)
#define CALL(w, op, ...)            call(w, 0, ZXP_OP_##op, LIST(__VA_ARGS__), (zxp_buffer){0})
#define CALL_ON(w, thread, op, ...) call(w, thread, ZXP_OP_##op, LIST(__VA_ARGS__), (zxp_buffer){0})

static void write_pages(zxp_world *w, uint64_t vmo, uint64_t page, uint64_t pages, zxp_buffer buffer) {
    call(w, 0, ZXP_OP_VMO_WRITE, LIST(vmo, 0, page * PAGE, pages * PAGE), buffer);
}

static zxp_buffer fill(uint8_t byte) { return (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = byte}; }

struct scene {
    zxp_world *w;
    uint64_t pager, port, vmo;
};

static struct scene scene_begin(uint64_t pages) {
    struct scene s = {.w = zxp_world_create(NULL)};
    uint32_t thread;
    assert_non_null(s.w);
    s.pager = CALL(s.w, PAGER_CREATE, 0);
    s.port = CALL(s.w, PORT_CREATE, 0);
    s.vmo = CALL(s.w, PAGER_CREATE_VMO, s.pager, ZX_VMO_TRAP_DIRTY, s.port, 7, pages * PAGE);
    assert_int_equal(zxp_thread_create(s.w, &thread), ZX_OK);
    return s;
}

static void supply(struct scene *s, uint64_t page, uint64_t pages, zxp_buffer content) {
    uint64_t aux = CALL(s->w, VMO_CREATE, pages * PAGE, 0);
    write_pages(s->w, aux, 0, pages, content);
    CALL(s->w, PAGER_SUPPLY_PAGES, s->pager, s->vmo, page * PAGE, pages * PAGE, aux, 0);
    CALL(s->w, HANDLE_CLOSE, aux);
}

/* ---- Bytes ---- */

struct bytes {
    uint8_t *at;
    size_t length;
};

static struct bytes encoded(const zxp_world *w, zxp_form form) {
    struct bytes b = {.length = zxp_world_encode(w, form, NULL, 0)};
    b.at = malloc(b.length + 1);
    assert_non_null(b.at);
    assert_int_equal(zxp_world_encode(w, form, b.at, b.length), b.length);
    return b;
}

static bool same(const zxp_world *a, const zxp_world *b, zxp_form form) {
    struct bytes x = encoded(a, form), y = encoded(b, form);
    bool equal = x.length == y.length && memcmp(x.at, y.at, x.length) == 0;
    assert_int_equal(zxp_world_equal(a, b, form), equal);
    assert_int_equal(zxp_world_hash(a, form) == zxp_world_hash(b, form), equal);
    free(x.at);
    free(y.at);
    return equal;
}

static zxp_world *decoded(const zxp_world *w) {
    struct bytes b = encoded(w, ZXP_FORM_FULL);
    const char *reason = "";
    zxp_world *d = zxp_world_decode(b.at, b.length, &reason);
    if (d == NULL) fail_msg("not decoded: %s", reason);
    assert_null(reason);
    assert_true(same(w, d, ZXP_FORM_FULL));
    assert_true(same(w, d, ZXP_FORM_STATE));
    free(b.at);
    return d;
}

static void a_small_buffer_gets_the_beginning(void **state) {
    (void)state;
    struct scene s = scene_begin(4);
    struct bytes b = encoded(s.w, ZXP_FORM_FULL);
    uint8_t part[64];
    memset(part, 0xEE, sizeof part);
    assert_int_equal(zxp_world_encode(s.w, ZXP_FORM_FULL, part, 63), b.length);
    assert_memory_equal(part, b.at, 63);
    assert_int_equal(part[63], 0xEE);
    free(b.at);
    zxp_world_destroy(s.w);
}

/* ---- What is equal ---- */

static void content_counts_not_how_it_came(void **state) {
    (void)state;
    enum { WAYS = 5 };
    struct scene s[WAYS];
    uint8_t bytes[5 * ZXP_PAGE_SIZE];
    uint64_t vmo[WAYS];
    for (unsigned i = 0; i < 5; i++) memset(bytes + i * PAGE, i < 4 ? (int)('A' + i) : 'D', PAGE);
    for (unsigned i = 0; i < WAYS; i++) {
        s[i] = scene_begin(1);
        vmo[i] = CALL(s[i].w, VMO_CREATE, 5 * PAGE, 0);
    }
    write_pages(s[0].w, vmo[0], 0, 4, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS});
    write_pages(s[0].w, vmo[0], 4, 1, fill('D'));
    for (unsigned i = 0; i < 5; i++) write_pages(s[1].w, vmo[1], 4 - i, 1, fill((uint8_t)(i < 2 ? 'D' : 'E' - i)));
    write_pages(s[2].w, vmo[2], 0, 5, (zxp_buffer){.kind = ZXP_BUFFER_BYTES, .bytes = bytes, .length = sizeof bytes});
    write_pages(s[3].w, vmo[3], 0, 1, fill('A'));
    write_pages(s[3].w, vmo[3], 1, 2, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS, .phase = 1});
    write_pages(s[3].w, vmo[3], 3, 2, fill('D'));
    write_pages(s[4].w, vmo[4], 3, 2, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS, .phase = 3});
    write_pages(s[4].w, vmo[4], 0, 3, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS});
    for (unsigned i = 0; i < WAYS; i++) CALL(s[i].w, VMO_READ, vmo[i], 0, 5 * PAGE);
    for (unsigned i = 1; i < WAYS; i++)
        assert_int_equal(same(s[0].w, s[i].w, ZXP_FORM_FULL), i < 4); /* the last has E */
    for (unsigned i = 0; i < WAYS; i++) {
        zxp_world_destroy(decoded(s[i].w));
        zxp_world_destroy(s[i].w);
    }
}

static void state_forgets_names_and_counters(void **state) {
    (void)state;
    struct scene a = scene_begin(4), b = scene_begin(4);
    supply(&a, 0, 2, fill('x'));
    /* The same by another way: objects that came and went, time that passed, generations, results of other calls. */
    CALL(b.w, HANDLE_CLOSE, CALL(b.w, VMO_CREATE, PAGE, 0));
    CALL(b.w, HANDLE_CLOSE, CALL(b.w, EVENT_CREATE, 0));
    CALL(b.w, ADVANCE, 12345);
    supply(&b, 0, 2, fill('x'));
    CALL(b.w, VMO_READ, b.vmo, 0, PAGE);
    assert_true(same(a.w, b.w, ZXP_FORM_STATE));
    assert_false(same(a.w, b.w, ZXP_FORM_FULL));
    CALL_ON(a.w, 1, VMO_READ, a.vmo, 2 * PAGE, PAGE);
    assert_false(same(a.w, b.w, ZXP_FORM_STATE));
    CALL_ON(b.w, 1, VMO_READ, b.vmo, 2 * PAGE, PAGE);
    assert_true(same(a.w, b.w, ZXP_FORM_STATE));
    supply(&a, 3, 1, fill('y'));
    supply(&b, 3, 1, fill('z'));
    assert_false(same(a.w, b.w, ZXP_FORM_STATE));
    zxp_world_destroy(a.w);
    zxp_world_destroy(b.w);
}

static void deadlines_count_from_now(void **state) {
    (void)state;
    struct scene a = scene_begin(1), b = scene_begin(1);
    CALL(b.w, ADVANCE, 500);
    CALL_ON(a.w, 1, PORT_WAIT, a.port, 100);
    CALL_ON(b.w, 1, PORT_WAIT, b.port, 600);
    assert_true(same(a.w, b.w, ZXP_FORM_STATE));
    CALL(a.w, ADVANCE, 1);
    assert_false(same(a.w, b.w, ZXP_FORM_STATE));
    zxp_world_destroy(decoded(a.w));
    zxp_world_destroy(a.w);
    zxp_world_destroy(b.w);
}

static void many_objects(void **state) {
    (void)state;
    struct scene a = scene_begin(4);
    for (unsigned i = 0; i < 1500; i++) {
        uint64_t vmo = CALL(a.w, VMO_CREATE, 4 * PAGE, 0);
        write_pages(a.w, vmo, i % 4, 1, fill((uint8_t)i));
        if (i % 7 == 0) CALL(a.w, HANDLE_CLOSE, vmo);
    }
    zxp_world *b = decoded(a.w);
    CALL(a.w, VMO_CREATE, PAGE, 0);
    assert_false(same(a.w, b, ZXP_FORM_FULL));
    CALL(b, VMO_CREATE, PAGE, 0);
    assert_true(same(a.w, b, ZXP_FORM_FULL));
    zxp_world_destroy(a.w);
    zxp_world_destroy(b);
}

/* ---- Random worlds ---- */

static uint64_t some_handle(const zxp_world *w, zx_obj_type_t type) {
    zxp_handle_view view;
    uint64_t found = 0;
    unsigned seen = 0;
    for (size_t i = 0; zxp_handle_at(w, i, &view); i++)
        if ((type == ZX_OBJ_TYPE_NONE || view.type == type) && random_below(++seen) == 0) found = view.handle;
    return found;
}

static uint64_t some_koid(const zxp_world *w) {
    zxp_object_view view;
    uint64_t found = 0;
    unsigned seen = 0;
    for (zx_koid_t k = 0; zxp_object_next(w, k, &view); k = view.koid)
        if (view.type == ZX_OBJ_TYPE_VMO && random_below(++seen) == 0) found = view.koid;
    return found;
}

static uint64_t some_address(const zxp_world *w) {
    zxp_mapping_view view;
    uint64_t found = 0x10000 + random_below(16) * PAGE;
    unsigned seen = 0;
    for (size_t i = 0; zxp_mapping_at(w, i, &view); i++)
        if (random_below(++seen) == 0) found = view.base + random_below(view.size);
    return found;
}

static uint64_t argument(const zxp_world *w, zxp_param_kind kind) {
    switch (kind) {
    case ZXP_PARAM_HANDLE: return some_handle(w, ZX_OBJ_TYPE_NONE);
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_PAGER_VMO: return some_handle(w, ZX_OBJ_TYPE_VMO);
    case ZXP_PARAM_PAGER: return some_handle(w, ZX_OBJ_TYPE_PAGER);
    case ZXP_PARAM_PORT: return some_handle(w, ZX_OBJ_TYPE_PORT);
    case ZXP_PARAM_VMAR: return some_handle(w, ZX_OBJ_TYPE_VMAR);
    case ZXP_PARAM_EVENT: return some_handle(w, ZX_OBJ_TYPE_EVENT);
    case ZXP_PARAM_VMO_OBJECT: return some_koid(w);
    case ZXP_PARAM_THREAD: return random_below(zxp_thread_count(w));
    case ZXP_PARAM_ADDRESS: return some_address(w);
    case ZXP_PARAM_BYTES_AT:
    case ZXP_PARAM_BYTE_COUNT: return random_below(2) ? random_below(8) * PAGE : random_below(9 * PAGE);
    case ZXP_PARAM_OFFSET:
    case ZXP_PARAM_LENGTH:
    case ZXP_PARAM_SPAN:
    case ZXP_PARAM_SIZE: return random_below(8) * PAGE;
    case ZXP_PARAM_OPERATION: return random_below(20);
    case ZXP_PARAM_OPTIONS: return random_below(2) ? 0 : UINT64_C(1) << random_below(12);
    case ZXP_PARAM_RIGHTS: return ZX_RIGHT_SAME_RIGHTS;
    case ZXP_PARAM_DEADLINE: return random_below(2) ? (uint64_t)ZX_TIME_INFINITE : random_below(100000);
    case ZXP_PARAM_DATA: return random_below(2) ? (uint64_t)ZX_ERR_IO : random_below(2);
    case ZXP_PARAM_SIGNALS: return UINT64_C(1) << random_below(32);
    default: return random_below(4);
    }
}

struct made {
    zxp_op_call call;
    zx_handle_t handles[3];
    zxp_wait_item items[3];
    uint8_t bytes[9 * ZXP_PAGE_SIZE];
};

static void draw(const zxp_world *w, struct made *made) {
    const zxp_op_info *op = zxp_op_at(random_below(zxp_op_count()));
    made->call = (zxp_op_call){.op = op->number, .thread = (uint32_t)random_below(zxp_thread_count(w))};
    for (unsigned i = 0; i < op->param_count; i++) {
        made->call.args[i] = argument(w, op->params[i].kind);
        made->call.count = (uint32_t)random_below(4);
        for (unsigned k = 0; k < 3; k++) {
            made->handles[k] = (zx_handle_t)some_handle(w, ZX_OBJ_TYPE_NONE);
            made->items[k] = (zxp_wait_item){made->handles[k], (zx_signals_t)random_below(UINT32_MAX)};
        }
        if (op->params[i].kind == ZXP_PARAM_HANDLES) made->call.handles = made->handles;
        if (op->params[i].kind == ZXP_PARAM_WAIT_ITEMS) made->call.items = made->items;
    }
    zxp_buffer *buffer = &made->call.buffer;
    buffer->kind = (zxp_buffer_kind)random_below(5);
    buffer->fill = buffer->phase = (uint8_t)random_below(26);
    buffer->address = some_address(w);
    if (buffer->kind != ZXP_BUFFER_BYTES) return;
    for (unsigned i = 0; i < 3; i++) made->bytes[random_below(sizeof made->bytes)] = (uint8_t)random_below(256);
    buffer->bytes = made->bytes;
    buffer->length = sizeof made->bytes;
}

static void furnish(zxp_world *w) {
    uint64_t port = CALL(w, PORT_CREATE, 0), pager = CALL(w, PAGER_CREATE, 0);
    uint32_t thread;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t options = i == 0 ? 0 : i == 1 ? ZX_VMO_TRAP_DIRTY : ZX_VMO_RESIZABLE;
        CALL(w, PAGER_CREATE_VMO, pager, options, port, i, 8 * PAGE);
        assert_int_equal(zxp_thread_create(w, &thread), ZX_OK);
    }
    write_pages(w, CALL(w, VMO_CREATE, 8 * PAGE, 0), 0, 8, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS});
}

/* Every world met is decoded; its image makes the next calls too, and must come to the same. */
static void play(zxp_profile profile, uint64_t from, unsigned steps) {
    zxp_world *w = zxp_world_create(&(zxp_options){.profile = profile, .handle_secret = (uint32_t)from});
    struct made *made = calloc(1, sizeof *made);
    assert_non_null(w);
    assert_non_null(made);
    seed = from;
    furnish(w);
    zxp_world *image = decoded(w);
    for (unsigned i = 0; i < steps; i++) {
        draw(w, made);
        assert_int_equal(zxp_call(w, &made->call), zxp_call(image, &made->call));
        assert_true(zxp_world_equal(w, image, ZXP_FORM_FULL));
        assert_int_equal(zxp_world_hash(w, ZXP_FORM_STATE), zxp_world_hash(image, ZXP_FORM_STATE));
        zxp_world_destroy(image);
        image = decoded(w);
    }
    zxp_world_destroy(image);
    zxp_world_destroy(w);
    free(made);
}

static void decoded_worlds_go_on_alike(void **state) {
    (void)state;
    for (uint64_t i = 1; i <= 40; i++) play((zxp_profile)(i % 3), i * 2654435761u, 250);
}

/* ---- Damage ---- */

static struct bytes busy_world(void) {
    struct scene s = scene_begin(6);
    supply(&s, 0, 2, (zxp_buffer){.kind = ZXP_BUFFER_LETTERS});
    CALL_ON(s.w, 1, VMO_READ, s.vmo, 0, 4 * PAGE);
    uint64_t anonymous = CALL(s.w, VMO_CREATE, 4 * PAGE, 0);
    write_pages(s.w, anonymous, 1, 2, fill('q'));
    CALL(s.w, VMO_CREATE_CHILD, anonymous, ZX_VMO_CHILD_SNAPSHOT, 0, 4 * PAGE);
    CALL(s.w, VMAR_MAP, zxp_root_vmar(s.w), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, anonymous, 0, 4 * PAGE);
    CALL(s.w, OBJECT_WAIT_ASYNC, anonymous, s.port, 3, ZX_USER_SIGNAL_0, 0);
    CALL(s.w, PIN, anonymous, PAGE, PAGE, 0);
    struct bytes b = encoded(s.w, ZXP_FORM_FULL);
    zxp_world_destroy(s.w);
    return b;
}

static void damage_is_refused_with_a_reason(void **state) {
    (void)state;
    struct bytes b = busy_world();
    const char *reason;
    zxp_world *w = zxp_world_decode(b.at, b.length, &reason);
    assert_non_null(w);
    zxp_world_destroy(w);
    for (size_t length = 0; length < b.length; length++) {
        reason = NULL;
        assert_null(zxp_world_decode(b.at, length, &reason));
        assert_non_null(reason);
    }
    assert_null(zxp_world_decode(b.at, b.length + 1, NULL));
    seed = 1;
    for (size_t i = 0; i < b.length; i++) {
        uint8_t before = b.at[i];
        for (unsigned k = 0; k < 6; k++) {
            b.at[i] = k < 2 ? (uint8_t)(before + (k ? 1 : 255)) : (uint8_t)random_below(256);
            reason = NULL;
            w = zxp_world_decode(b.at, b.length, &reason);
            assert_true((w == NULL) == (reason != NULL));
            if (w == NULL) continue;
            struct bytes again = encoded(w, ZXP_FORM_FULL);
            assert_int_equal(again.length, b.length);
            assert_memory_equal(again.at, b.at, b.length);
            assert_int_equal(zxp_check(w, NULL, 0), 0);
            free(again.at);
            zxp_world_destroy(w);
        }
        b.at[i] = before;
    }
    free(b.at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_buffer_gets_the_beginning),
        cmocka_unit_test(content_counts_not_how_it_came),
        cmocka_unit_test(state_forgets_names_and_counters),
        cmocka_unit_test(deadlines_count_from_now),
        cmocka_unit_test(many_objects),
        cmocka_unit_test(decoded_worlds_go_on_alike),
        cmocka_unit_test(damage_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
