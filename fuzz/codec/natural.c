/*
 * natural.c - a concrete call as a record in terms of what exists in a world (codec.h): each argument by trial.
 */
#include "codec.h"

enum { NATURAL_TRIED = 48 };

static bool resolves(const struct fuzz_program *program, const zxp_world *world, unsigned i, uint64_t wanted) {
    struct fuzz_scratch scratch;
    zxp_op_call call;
    fuzz_resolve(program, program->count - 1, world, &scratch, &call);
    return call.args[i] == wanted;
}

static bool try_mode(struct fuzz_program *program, const zxp_world *world, unsigned i, enum fuzz_mode mode,
                     uint64_t values, uint64_t wanted) {
    struct fuzz_record *record = &program->record[program->count - 1];
    for (uint64_t v = 0; v < values; v++) {
        record->param[i].mode = (uint8_t)mode;
        record->param[i].value = (uint16_t)v;
        if (resolves(program, world, i, wanted)) return true;
    }
    return false;
}

static bool by_pages(struct fuzz_program *program, unsigned i, uint64_t wanted) {
    struct fuzz_record *record = &program->record[program->count - 1];
    if (wanted == 0 || wanted % ZXP_PAGE_SIZE != 0 || wanted / ZXP_PAGE_SIZE > UINT16_MAX) return false;
    record->param[i].mode = MODE_PAGES;
    record->param[i].value = (uint16_t)(wanted / ZXP_PAGE_SIZE);
    return true;
}

static bool is_handle(zxp_param_kind kind) { return kind <= ZXP_PARAM_EVENT; }

static void say_naturally(struct fuzz_program *program, const zxp_world *world, const zxp_param_info *param, unsigned i,
                          uint64_t wanted) {
    struct fuzz_record *record = &program->record[program->count - 1];
    uint8_t mode = record->param[i].mode;
    uint16_t value = record->param[i].value;
    bool exists = is_handle(param->kind) || param->kind == ZXP_PARAM_VMO_OBJECT || param->kind == ZXP_PARAM_ADDRESS;
    if (exists && try_mode(program, world, i, MODE_NATURAL, NATURAL_TRIED, wanted)) return;
    if (!exists && by_pages(program, i, wanted)) return;
    if (!exists && mode == MODE_POOL) {
        if (try_mode(program, world, i, MODE_NATURAL, NATURAL_TRIED, wanted)) return;
        if (try_mode(program, world, i, MODE_BOUNDARY, NATURAL_TRIED, wanted)) return;
    }
    record->param[i].mode = mode;
    record->param[i].value = value;
}

/* Does the record need the words that came with it? Lists and bytes do. */
static bool uses_words(const struct fuzz_record *record, const zxp_op_info *op, const zxp_op_call *call,
                       uint8_t first) {
    for (unsigned i = 0; i < FUZZ_RECORD_PARAMS; i++) {
        if (record->param[i].mode == MODE_POOL && record->param[i].value >= first) return true;
        if (i >= op->param_count) continue;
        if (op->params[i].kind == ZXP_PARAM_HANDLES || op->params[i].kind == ZXP_PARAM_WAIT_ITEMS) return true;
        if (op->params[i].kind == ZXP_PARAM_BUFFER && call->buffer.kind == ZXP_BUFFER_BYTES) return true;
    }
    return false;
}

bool fuzz_append_natural(struct fuzz_program *program, const zxp_world *world, const zxp_op_call *call) {
    uint8_t words = program->header.pool_words;
    if (!fuzz_append_call(program, call)) return false;
    const zxp_op_info *op = zxp_op_info_of(call->op);
    for (unsigned i = 0; i < op->param_count; i++) {
        zxp_param_kind kind = op->params[i].kind;
        if (kind == ZXP_PARAM_BUFFER || kind == ZXP_PARAM_HANDLES || kind == ZXP_PARAM_WAIT_ITEMS) continue;
        say_naturally(program, world, &op->params[i], i, call->args[i]);
    }
    if (!uses_words(&program->record[program->count - 1], op, call, words)) program->header.pool_words = words;
    return true;
}
