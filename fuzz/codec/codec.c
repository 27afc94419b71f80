/*
 * codec.c - bytes <-> programs: the format (codec.h). Resolving records against a world is resolve.c.
 */
#include "codec.h"

#include <string.h>

static void decode_header(const uint8_t *bytes, size_t length, struct fuzz_header *header) {
    uint8_t raw[FUZZ_HEADER_BYTES] = {0};
    memcpy(raw, bytes, length < sizeof raw ? length : sizeof raw);
    memcpy(header, raw, sizeof *header);
}

static uint16_t load16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static uint64_t load64(const uint8_t *p) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)p[i] << 8 * i;
    return value;
}

static void decode_record(const uint8_t *p, struct fuzz_record *record) {
    record->op = p[0];
    record->thread = p[1];
    record->buffer = p[2];
    for (unsigned i = 0; i < FUZZ_RECORD_PARAMS; i++) {
        record->param[i].mode = p[3 + 3 * i];
        record->param[i].value = load16(p + 4 + (size_t)3 * i);
    }
}

_Static_assert(sizeof(struct fuzz_header) == FUZZ_HEADER_BYTES, "the header has no padding");
_Static_assert(3 + 3 * FUZZ_RECORD_PARAMS == FUZZ_RECORD_BYTES, "a record is full");

void fuzz_decode(const uint8_t *bytes, size_t length, struct fuzz_program *program) {
    decode_header(bytes, length, &program->header);
    size_t at = length < FUZZ_HEADER_BYTES ? length : FUZZ_HEADER_BYTES;
    size_t words = program->header.pool_words;
    if (words > (length - at) / 8) words = (length - at) / 8;
    program->header.pool_words = (uint8_t)words;
    for (size_t i = 0; i < words; i++, at += 8) program->pool[i] = load64(bytes + at);
    program->count = 0;
    for (; length - at >= FUZZ_RECORD_BYTES && program->count < FUZZ_MAX_OPS; at += FUZZ_RECORD_BYTES) {
        decode_record(bytes + at, &program->record[program->count++]);
    }
}

size_t fuzz_encoded_size(const struct fuzz_program *program) {
    return FUZZ_HEADER_BYTES + (size_t)8 * program->header.pool_words + (size_t)FUZZ_RECORD_BYTES * program->count;
}

static void encode_record(const struct fuzz_record *record, uint8_t *p) {
    p[0] = record->op;
    p[1] = record->thread;
    p[2] = record->buffer;
    for (unsigned i = 0; i < FUZZ_RECORD_PARAMS; i++) {
        p[3 + 3 * i] = record->param[i].mode;
        p[4 + 3 * i] = (uint8_t)record->param[i].value;
        p[5 + 3 * i] = (uint8_t)(record->param[i].value >> 8);
    }
}

size_t fuzz_encode(const struct fuzz_program *program, uint8_t *bytes, size_t capacity) {
    size_t size = fuzz_encoded_size(program);
    if (size > capacity) return 0;
    memcpy(bytes, &program->header, FUZZ_HEADER_BYTES);
    uint8_t *p = bytes + FUZZ_HEADER_BYTES;
    for (unsigned i = 0; i < program->header.pool_words; i++, p += 8) {
        for (unsigned k = 0; k < 8; k++) p[k] = (uint8_t)(program->pool[i] >> 8 * k);
    }
    for (uint32_t i = 0; i < program->count; i++, p += FUZZ_RECORD_BYTES) encode_record(&program->record[i], p);
    return size;
}
