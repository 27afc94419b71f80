/*
 * mutate.c - changes to programs (mutate.h).
 */
#include "mutate.h"

#include <string.h>

/* splitmix64: small, seedable, no state beside the seed. */
static uint64_t next_random(uint64_t *seed) {
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint32_t below(uint64_t *seed, uint32_t n) { return n == 0 ? 0 : (uint32_t)(next_random(seed) % n); }

/* ---- Records ---- */

static uint8_t random_op(uint64_t *seed) { return (uint8_t)zxp_op_at(below(seed, (uint32_t)zxp_op_count()))->number; }

/* Most arguments are natural; a few are anything. */
static uint8_t random_mode(uint64_t *seed) {
    return below(seed, 4) != 0 ? MODE_NATURAL : (uint8_t)below(seed, FUZZ_MODES);
}

static uint16_t random_value(uint64_t *seed) {
    uint32_t kind = below(seed, 8);
    if (kind < 5) return (uint16_t)below(seed, 6);
    return kind < 7 ? (uint16_t)below(seed, 64) : (uint16_t)next_random(seed);
}

static struct fuzz_record random_record(uint64_t *seed, uint8_t op) {
    struct fuzz_record record = {.op = op, .thread = (uint8_t)below(seed, 4), .buffer = (uint8_t)below(seed, 5)};
    for (unsigned i = 0; i < FUZZ_RECORD_PARAMS; i++) {
        record.param[i].mode = random_mode(seed);
        record.param[i].value = random_value(seed);
    }
    return record;
}

static bool insert(struct fuzz_program *program, uint32_t at, struct fuzz_record record) {
    if (program->count == FUZZ_MAX_OPS) return false;
    memmove(&program->record[at + 1], &program->record[at], (program->count - at) * sizeof record);
    program->record[at] = record;
    program->count++;
    return true;
}

static void delete_range(struct fuzz_program *program, uint32_t at, uint32_t count) {
    memmove(&program->record[at], &program->record[at + count],
            (program->count - at - count) * sizeof program->record[0]);
    program->count -= count;
}

/* ---- Idioms: what a pager service and its clients do, right or wrong ---- */

#define NATURAL(v)                                                                                                     \
    { MODE_NATURAL, (v) }
#define REQUEST(v)                                                                                                     \
    { MODE_REQUEST, (v) }

/* Fresh auxiliary VMO, and a supply of the request's range from it (pages of zero become markers), or of a part of it.
 */
static void answer_read(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    uint16_t which = (uint16_t)below(seed, 3);
    struct fuzz_record make = {.op = ZXP_OP_VMO_CREATE, .param = {{MODE_PAGES, 16}, {MODE_NUMBER, 0}}};
    struct fuzz_record fill = {
        .op = ZXP_OP_VMO_WRITE,
        .buffer = ZXP_BUFFER_FILL,
        .param = {{MODE_ANY, (uint16_t)below(seed, 16)}, {MODE_NUMBER, 'a'}, {MODE_NUMBER, 0}, {MODE_PAGES, 4}}};
    struct fuzz_record supply = {.op = ZXP_OP_PAGER_SUPPLY_PAGES,
                                 .param = {NATURAL(0),
                                           NATURAL((uint16_t)below(seed, 2)),
                                           REQUEST(which),
                                           REQUEST(which),
                                           NATURAL((uint16_t)(0xFFFF - below(seed, 4))),
                                           {MODE_NUMBER, 0}}};
    if (below(seed, 3) == 0) supply.param[3] = (__typeof__(supply.param[3])){MODE_PAGES, 1};
    if (below(seed, 6) == 0) supply.param[2] = (__typeof__(supply.param[2])){MODE_NATURAL, (uint16_t)below(seed, 8)};
    if (below(seed, 2) == 0) insert(program, at, make);
    if (below(seed, 2) == 0) insert(program, at, fill);
    insert(program, program->count < at + 2 ? program->count : at + 2, supply);
}

static void pager_op(struct fuzz_program *program, uint32_t at, uint64_t *seed, uint16_t op, uint16_t data_mode,
                     uint16_t data) {
    uint16_t which = (uint16_t)below(seed, 3);
    struct fuzz_record record = {.op = ZXP_OP_PAGER_OP_RANGE,
                                 .param = {NATURAL(0),
                                           {MODE_NUMBER, op},
                                           NATURAL((uint16_t)below(seed, 2)),
                                           REQUEST(which),
                                           REQUEST(which),
                                           {(uint8_t)data_mode, data}}};
    if (op >= ZX_PAGER_OP_WRITEBACK_BEGIN) {
        record.param[3] = (__typeof__(record.param[3])){MODE_PAGES, (uint16_t)below(seed, 3)};
        record.param[4] = (__typeof__(record.param[4])){MODE_PAGES, (uint16_t)below(seed, 6)};
    } else if (below(seed, 4) == 0) {
        record.param[4] = (__typeof__(record.param[4])){MODE_PAGES, 1};
    }
    insert(program, at, record);
}

static void write_back(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    pager_op(program, at, seed, ZX_PAGER_OP_WRITEBACK_BEGIN, MODE_NUMBER, (uint16_t)below(seed, 2));
    uint32_t later = at + 1 + below(seed, 3);
    pager_op(program, later < program->count ? later : program->count, seed, ZX_PAGER_OP_WRITEBACK_END, MODE_NUMBER, 0);
}

static void evict_something(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    struct fuzz_record record = {.op = ZXP_OP_EVICT,
                                 .param = {NATURAL((uint16_t)below(seed, 3)),
                                           {MODE_PAGES, (uint16_t)below(seed, 4)},
                                           {MODE_PAGES, (uint16_t)(1 + below(seed, 2))},
                                           {MODE_NUMBER, (uint16_t)below(seed, 2)}}};
    insert(program, at, record);
}

/* Ends inside the range of an outstanding request. */
static void shrink_into_request(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    struct fuzz_record record = {
        .op = ZXP_OP_VMO_SET_SIZE,
        .param = {NATURAL((uint16_t)below(seed, 3)), {MODE_REQUEST, (uint16_t)below(seed, 2)}}};
    if (below(seed, 2) == 0) record.param[1] = (__typeof__(record.param[1])){MODE_PAGES, (uint16_t)below(seed, 5)};
    insert(program, at, record);
}

static void access_pages(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    static const uint8_t ops[] = {ZXP_OP_VMO_READ, ZXP_OP_VMO_WRITE,    ZXP_OP_LOAD,
                                  ZXP_OP_STORE,    ZXP_OP_VMO_OP_RANGE, ZXP_OP_PIN};
    struct fuzz_record record = random_record(seed, ops[below(seed, sizeof ops)]);
    record.thread = (uint8_t)(1 + below(seed, 3));
    insert(program, at, record);
}

static void insert_idiom(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    switch (below(seed, 8)) {
    case 0: answer_read(program, at, seed); break;
    case 1: pager_op(program, at, seed, ZX_PAGER_OP_DIRTY, MODE_NUMBER, 0); break;
    case 2: pager_op(program, at, seed, ZX_PAGER_OP_FAIL, MODE_NATURAL, (uint16_t)(3 + below(seed, 60))); break;
    case 3: write_back(program, at, seed); break;
    case 4: evict_something(program, at, seed); break;
    case 5: shrink_into_request(program, at, seed); break;
    default: access_pages(program, at, seed); break;
    }
}

/* ---- One change ---- */

static void change_argument(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    struct fuzz_record *record = &program->record[at];
    unsigned i = below(seed, FUZZ_RECORD_PARAMS);
    switch (below(seed, 4)) {
    case 0: record->param[i].mode = (uint8_t)below(seed, FUZZ_MODES); break;
    case 1: record->param[i].value = (uint16_t)(record->param[i].value + 1); break;
    case 2: record->param[i].value = (uint16_t)(record->param[i].value - 1); break;
    default: record->param[i].value = random_value(seed); break;
    }
}

static void change_header(struct fuzz_program *program, uint64_t *seed) {
    uint8_t *bytes = (uint8_t *)&program->header;
    switch (below(seed, 7)) {
    case 0: program->header.profile = (uint8_t)below(seed, 12); break;
    case 1: program->header.torture = (uint8_t)(below(seed, 3) == 0 ? below(seed, 16) : 0); break;
    case 2: bytes[offsetof(struct fuzz_header, vmos) + below(seed, 4)] = (uint8_t)next_random(seed); break;
    case 3: memset(program->header.enabled, 0, sizeof program->header.enabled); break;
    case 4: program->header.enabled[below(seed, 16)] ^= (uint8_t)next_random(seed); break;
    case 5: program->header.large = (uint8_t)(below(seed, 2) == 0 ? next_random(seed) : 0); break;
    default: program->header.threads = (uint8_t)below(seed, 4); break;
    }
}

static void swap(struct fuzz_program *program, uint32_t a, uint32_t b) {
    struct fuzz_record record = program->record[a];
    program->record[a] = program->record[b];
    program->record[b] = record;
}

static void duplicate(struct fuzz_program *program, uint32_t at, uint64_t *seed) {
    uint32_t from = below(seed, program->count);
    uint32_t count = 1 + below(seed, 4);
    for (uint32_t i = 0; i < count && from + i < program->count; i++) {
        struct fuzz_record record = program->record[from + i];
        if (!insert(program, at + i < program->count ? at + i : program->count, record)) return;
    }
}

void fuzz_mutate(struct fuzz_program *program, uint64_t seed) {
    if (program->count == 0) {
        if (below(&seed, 2) == 0) change_header(program, &seed);
        insert(program, 0, random_record(&seed, random_op(&seed)));
        return;
    }
    uint32_t at = below(&seed, program->count), place = below(&seed, program->count + 1);
    switch (below(&seed, 16)) {
    case 0: insert(program, place, random_record(&seed, random_op(&seed))); break;
    case 1:
    case 2: delete_range(program, at, 1); break;
    case 3: duplicate(program, place, &seed); break;
    case 4: swap(program, at, below(&seed, program->count)); break;
    case 5: program->record[at].thread = (uint8_t)below(&seed, 4); break;
    case 6: program->record[at].op = random_op(&seed); break;
    case 7: change_header(program, &seed); break;
    case 8: delete_range(program, at, 1 + below(&seed, program->count - at)); break;
    case 9:
    case 10:
    case 11: change_argument(program, at, &seed); break;
    default: insert_idiom(program, place, &seed); break;
    }
}

void fuzz_crossover(const struct fuzz_program *a, const struct fuzz_program *b, uint64_t seed,
                    struct fuzz_program *out) {
    *out = *a;
    uint32_t head = below(&seed, a->count + 1), tail = below(&seed, b->count + 1);
    out->count = head;
    if (a->header.pool_words == 0) {
        out->header.pool_words = b->header.pool_words;
        memcpy(out->pool, b->pool, sizeof out->pool);
    }
    for (uint32_t i = tail; i < b->count && out->count < FUZZ_MAX_OPS; i++) out->record[out->count++] = b->record[i];
}

/* ---- On bytes ---- */

static size_t encode_within(struct fuzz_program *program, uint8_t *bytes, size_t capacity) {
    while (program->count > 0 && fuzz_encoded_size(program) > capacity) program->count--;
    if (fuzz_encoded_size(program) > capacity) program->header.pool_words = 0;
    return fuzz_encode(program, bytes, capacity);
}

size_t fuzz_mutate_bytes(uint8_t *bytes, size_t length, size_t capacity, uint64_t seed) {
    struct fuzz_program program;
    fuzz_decode(bytes, length, &program);
    uint32_t changes = 1 + below(&seed, 4);
    for (uint32_t i = 0; i < changes; i++) fuzz_mutate(&program, next_random(&seed));
    size_t size = encode_within(&program, bytes, capacity);
    return size != 0 ? size : length;
}

size_t fuzz_crossover_bytes(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length, uint8_t *out,
                            size_t capacity, uint64_t seed) {
    struct fuzz_program first, second, mixed;
    fuzz_decode(a, a_length, &first);
    fuzz_decode(b, b_length, &second);
    fuzz_crossover(&first, &second, seed, &mixed);
    return encode_within(&mixed, out, capacity);
}
