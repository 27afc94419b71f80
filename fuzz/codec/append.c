/*
 * append.c - a concrete call as a record that resolves to it in any world (codec.h).
 */
#include <string.h>

#include "codec.h"

/* A number as a parameter field: in the field itself if it fits, else a word of the pool, shared with equal ones. */
static bool put_number(struct fuzz_program *program, struct fuzz_record *record, unsigned slot, uint64_t number) {
    if (number <= UINT16_MAX) {
        record->param[slot].mode = MODE_NUMBER;
        record->param[slot].value = (uint16_t)number;
        return true;
    }
    unsigned word = 0, words = program->header.pool_words;
    while (word < words && program->pool[word] != number) word++;
    if (word == FUZZ_MAX_POOL) return false;
    if (word == words) {
        program->pool[word] = number;
        program->header.pool_words++;
    }
    record->param[slot].mode = MODE_POOL;
    record->param[slot].value = (uint16_t)word;
    return true;
}

/* Words in a row at the end of the pool. Returns the index of the first, or FUZZ_MAX_POOL if they do not fit. */
static unsigned put_words(struct fuzz_program *program, const uint64_t *words, unsigned count) {
    unsigned first = program->header.pool_words;
    if (count > FUZZ_MAX_POOL - first) return FUZZ_MAX_POOL;
    memcpy(&program->pool[first], words, count * sizeof words[0]);
    program->header.pool_words = (uint8_t)(first + count);
    return first;
}

/* At most 255 bytes: their number stands in the high byte of the value. */
static bool put_bytes(struct fuzz_program *program, struct fuzz_record *record, unsigned slot,
                      const zxp_buffer *buffer) {
    uint64_t words[32] = {0};
    if (buffer->length == 0 || buffer->length > 255) return false;
    for (size_t i = 0; i < buffer->length; i++)
        words[i / 8] |= (uint64_t)((const uint8_t *)buffer->bytes)[i] << 8 * (i % 8);
    unsigned first = put_words(program, words, (unsigned)(buffer->length + 7) / 8);
    if (first == FUZZ_MAX_POOL) return false;
    record->param[slot].mode = MODE_NUMBER;
    record->param[slot].value = (uint16_t)(first | (unsigned)buffer->length << 8);
    return true;
}

static bool put_buffer(struct fuzz_program *program, struct fuzz_record *record, unsigned slot,
                       const zxp_buffer *buffer) {
    record->buffer = (uint8_t)buffer->kind;
    switch (buffer->kind) {
    case ZXP_BUFFER_FILL: return put_number(program, record, slot, buffer->fill);
    case ZXP_BUFFER_LETTERS: return put_number(program, record, slot, buffer->phase);
    case ZXP_BUFFER_USER: return put_number(program, record, slot, buffer->address);
    case ZXP_BUFFER_BYTES: return put_bytes(program, record, slot, buffer);
    case ZXP_BUFFER_NONE: return slot < FUZZ_RECORD_PARAMS;
    }
    return false;
}

static bool put_list(struct fuzz_program *program, struct fuzz_record *record, unsigned slot, const zxp_op_call *call) {
    uint64_t words[15];
    if (call->count > 15) return false;
    for (unsigned i = 0; i < call->count; i++) {
        words[i] =
            call->handles != NULL ? call->handles[i] : call->items[i].handle | (uint64_t)call->items[i].signals << 32;
    }
    unsigned first = put_words(program, words, call->count);
    if (first == FUZZ_MAX_POOL) return false;
    record->param[slot].mode = MODE_POOL;
    record->param[slot].value = (uint16_t)(call->count | first << 4);
    return true;
}

static bool put_argument(struct fuzz_program *program, struct fuzz_record *record, const zxp_op_info *op, unsigned i,
                         const zxp_op_call *call) {
    switch (op->params[i].kind) {
    case ZXP_PARAM_BUFFER: return put_buffer(program, record, i, &call->buffer);
    case ZXP_PARAM_HANDLES:
    case ZXP_PARAM_WAIT_ITEMS: return put_list(program, record, i, call);
    default: return put_number(program, record, i, call->args[i]);
    }
}

static bool has_buffer(const zxp_op_info *op) {
    for (unsigned i = 0; i < op->param_count; i++) {
        if (op->params[i].kind == ZXP_PARAM_BUFFER) return true;
    }
    return false;
}

bool fuzz_append_call(struct fuzz_program *program, const zxp_op_call *call) {
    const zxp_op_info *op = zxp_op_info_of(call->op);
    if (op == NULL || program->count == FUZZ_MAX_OPS || call->thread > UINT8_MAX) return false;
    uint8_t words_before = program->header.pool_words;
    struct fuzz_record record = {.op = (uint8_t)call->op, .thread = (uint8_t)call->thread};
    bool put = true;
    for (unsigned i = 0; put && i < op->param_count; i++) put = put_argument(program, &record, op, i, call);
    if (put && !has_buffer(op) && call->buffer.kind == ZXP_BUFFER_USER) {
        put = put_buffer(program, &record, op->param_count, &call->buffer);
    }
    if (!put) {
        program->header.pool_words = words_before;
        return false;
    }
    program->record[program->count++] = record;
    return true;
}
