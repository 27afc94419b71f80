/* The codec: any bytes decode, any program encodes to bytes that
 * decode to it, any call becomes a record that resolves to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/codec/codec.h"
#include "fuzz/codec/mutate.h"

static uint64_t random_state = 1;

static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Small numbers, pages, boundaries, anything. */
static uint64_t random_number(unsigned bits) {
    uint64_t number = next_random();
    switch (next_random() % 4) {
    case 0: number %= 70000; break;
    case 1: number = number % 1000 * ZXP_PAGE_SIZE; break;
    case 2: number = UINT64_MAX - number % 4; break;
    default: break;
    }
    return bits == 32 ? (uint32_t)number : number;
}

struct random_call {
    zxp_op_call call;
    uint8_t bytes[255];
    zx_handle_t handles[15];
    zxp_wait_item items[15];
};

static void fill_buffer(struct random_call *r) {
    r->call.buffer.kind = (zxp_buffer_kind)(ZXP_BUFFER_FILL + next_random() % 4);
    for (size_t i = 0; i < sizeof r->bytes; i++) r->bytes[i] = (uint8_t)next_random();
    switch (r->call.buffer.kind) {
    case ZXP_BUFFER_FILL: r->call.buffer.fill = (uint8_t)next_random(); break;
    case ZXP_BUFFER_LETTERS: r->call.buffer.phase = (uint8_t)(next_random() % 26); break;
    case ZXP_BUFFER_USER: r->call.buffer.address = random_number(64); break;
    default: r->call.buffer.bytes = r->bytes; r->call.buffer.length = 1 + next_random() % sizeof r->bytes;
    }
}

static void fill_list(struct random_call *r, zxp_param_kind kind) {
    r->call.count = (uint32_t)(next_random() % 16);
    for (uint32_t i = 0; i < r->call.count; i++) {
        r->handles[i] = (zx_handle_t)next_random();
        r->items[i] = (zxp_wait_item){(zx_handle_t)next_random(), (zx_signals_t)next_random()};
    }
    if (kind == ZXP_PARAM_HANDLES) r->call.handles = r->handles;
    if (kind == ZXP_PARAM_WAIT_ITEMS) r->call.items = r->items;
}

static void make_call(struct random_call *r, uint32_t threads) {
    const zxp_op_info *op = zxp_op_at(next_random() % zxp_op_count());
    r->call = (zxp_op_call){.op = op->number, .thread = (uint32_t)(next_random() % threads)};
    for (unsigned i = 0; i < op->param_count; i++) {
        zxp_param_kind kind = op->params[i].kind;
        if (kind == ZXP_PARAM_BUFFER)
            fill_buffer(r);
        else if (kind == ZXP_PARAM_HANDLES || kind == ZXP_PARAM_WAIT_ITEMS)
            fill_list(r, kind);
        else
            r->call.args[i] = random_number(op->params[i].bits);
    }
    bool copies_out = op->number == ZXP_OP_VMO_READ || op->number == ZXP_OP_PAGER_QUERY_DIRTY_RANGES;
    if (copies_out && next_random() % 2 == 0)
        r->call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_USER, .address = random_number(64)};
    /* the length of a buffer of bytes is the call's */
    for (unsigned i = 0; i < op->param_count; i++) {
        if (op->params[i].kind == ZXP_PARAM_BYTE_COUNT && r->call.buffer.kind == ZXP_BUFFER_BYTES)
            r->call.args[i] = r->call.buffer.length;
    }
}

static void assert_same_buffer(const zxp_buffer *a, const zxp_buffer *b) {
    assert_int_equal(a->kind, b->kind);
    if (a->kind == ZXP_BUFFER_FILL) assert_int_equal(a->fill, b->fill);
    if (a->kind == ZXP_BUFFER_LETTERS) assert_int_equal(a->phase, b->phase);
    if (a->kind == ZXP_BUFFER_USER) assert_true(a->address == b->address);
    if (a->kind != ZXP_BUFFER_BYTES) return;
    assert_true(a->length == b->length);
    assert_memory_equal(a->bytes, b->bytes, a->length);
}

static void assert_same_call(const zxp_op_call *a, const zxp_op_call *b) {
    const zxp_op_info *op = zxp_op_info_of(a->op);
    assert_int_equal(a->op, b->op);
    assert_int_equal(a->thread, b->thread);
    for (unsigned i = 0; i < op->param_count; i++) assert_true(a->args[i] == b->args[i]);
    assert_same_buffer(&a->buffer, &b->buffer);
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->handles != NULL) assert_int_equal(a->handles[i], b->handles[i]);
        if (a->items != NULL) assert_int_equal(a->items[i].handle, b->items[i].handle);
        if (a->items != NULL) assert_int_equal(a->items[i].signals, b->items[i].signals);
    }
}

static struct fuzz_program program, decoded;
static struct random_call calls[FUZZ_MAX_OPS];

/* As many random calls as fit; returns their number. Most sequences are short: it is their number that counts. */
static uint32_t fill_program(uint32_t threads) {
    uint32_t count = 0, wanted = (uint32_t)(1 + next_random() % (next_random() % 16 == 0 ? 40 : 6));
    program.header = (struct fuzz_header){.version = FUZZ_VERSION};
    program.count = 0;
    while (count < wanted) {
        make_call(&calls[count], threads);
        if (!fuzz_append_call(&program, &calls[count].call)) break;
        count++;
    }
    return count;
}

/* A million sequences in the long round. */
static void sequences_come_back(void **state) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    const unsigned sequences = getenv("ZXP_LONG") != NULL ? 1000000 : 100000;
    (void)state;
    zxp_world *world = zxp_world_create(NULL);
    uint32_t thread;
    for (int i = 0; i < 3; i++) assert_int_equal(zxp_thread_create(world, &thread), ZX_OK);
    for (unsigned made = 0; made < sequences; made++) {
        uint32_t count = fill_program(4);
        size_t length = fuzz_encode(&program, bytes, sizeof bytes);
        assert_true(length != 0);
        fuzz_decode(bytes, length, &decoded);
        assert_int_equal(decoded.count, count);
        for (uint32_t i = 0; i < count; i++) {
            struct fuzz_scratch scratch;
            zxp_op_call call;
            fuzz_resolve(&decoded, i, world, &scratch, &call);
            assert_same_call(&calls[i].call, &call);
        }
    }
    zxp_world_destroy(world);
}

static void any_bytes_decode_and_stay(void **state) {
    static uint8_t bytes[FUZZ_MAX_BYTES + 64], again[FUZZ_MAX_BYTES], third[FUZZ_MAX_BYTES];
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t length = next_random() % (round % 100 == 0 ? sizeof bytes : 600);
        for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)next_random();
        fuzz_decode(bytes, length, &program);
        size_t size = fuzz_encode(&program, again, sizeof again);
        assert_true(size != 0);
        fuzz_decode(again, size, &decoded);
        assert_int_equal(fuzz_encode(&decoded, third, sizeof third), size);
        assert_memory_equal(again, third, size);
    }
}

/* Same seed, same change; never beyond the capacity. */
static void mutation_is_a_function_of_the_seed(void **state) {
    static uint8_t a[4096], b[4096];
    (void)state;
    size_t length = 0;
    memset(a, 0, sizeof a);
    for (uint64_t seed = 0; seed < 20000; seed++) {
        memcpy(b, a, sizeof a);
        size_t first = fuzz_mutate_bytes(a, length, 3000, seed), second = fuzz_mutate_bytes(b, length, 3000, seed);
        assert_int_equal(first, second);
        assert_true(first <= 3000);
        assert_memory_equal(a, b, first);
        length = first;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_come_back),
        cmocka_unit_test(any_bytes_decode_and_stay),
        cmocka_unit_test(mutation_is_a_function_of_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
