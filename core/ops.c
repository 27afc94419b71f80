/*
 * ops.c - ops.def as data (zxpager/ops.h).
 */
#include "zxpager/ops.h"

#include <string.h>

/* The items of a list in ops.def stand one after the other;
 * each brings its comma, and a last element ends the array. */
#define EXPAND(...)          __VA_ARGS__
#define P(name, kind, ctype) {#name, #ctype, ZXP_PARAM_##kind, (uint8_t)(sizeof(ctype) * 8)},
#define F(name)              #name,
#define S(status)            ZX_##status,

#define OP(id, number, name, params, fields, statuses, traits, chapter, help)                                          \
    static const zxp_param_info params_##id[] = {EXPAND params{NULL, NULL, ZXP_PARAM_VALUE, 0}};                       \
    static const char *const fields_##id[] = {EXPAND fields NULL};                                                     \
    static const zx_status_t statuses_##id[] = {EXPAND statuses 0};
#include "ops.def"
#undef OP

enum {
    NONE = 0,
    BLOCKS = ZXP_TRAIT_BLOCKS,
    FORWARDS = ZXP_TRAIT_FORWARDS,
    ALLOCATES = ZXP_TRAIT_ALLOCATES,
    MODEL = ZXP_TRAIT_MODEL
};

#define LENGTH(array) (uint8_t)(sizeof(array) / sizeof((array)[0]) - 1)

#define OP(id, number, name, params, fields, statuses, traits, chapter, help)                                          \
    {#id,  name,   params_##id,         fields_##id,         statuses_##id,         chapter,                           \
     help, number, LENGTH(params_##id), LENGTH(fields_##id), LENGTH(statuses_##id), traits},
static const zxp_op_info rows[] = {
#include "ops.def"
};
#undef OP

#define OP(id, number, name, params, fields, statuses, traits, chapter, help)                                          \
    _Static_assert(ZXP_OP_##id == (number), "op_numbers.h has another number");
#include "ops.def"
#undef OP

#define OP(id, number, name, params, fields, statuses, traits, chapter, help) ROW_##id,
enum {
#include "ops.def"
    ROWS
};
#undef OP

/* Row + 1 by number; 0: no such operation. */
#define OP(id, number, name, params, fields, statuses, traits, chapter, help) [number] = ROW_##id + 1,
static const uint8_t row_of[ZXP_OP_LIMIT] = {
#include "ops.def"
};
#undef OP

const zxp_op_info *zxp_op_info_of(uint16_t number) {
    if (number >= ZXP_OP_LIMIT || row_of[number] == 0) return NULL;
    return &rows[row_of[number] - 1];
}

const zxp_op_info *zxp_op_by_name(const char *name, size_t length) {
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0) return &rows[i];
    }
    return NULL;
}

size_t zxp_op_count(void) { return ROWS; }

const zxp_op_info *zxp_op_at(size_t i) { return i < ROWS ? &rows[i] : NULL; }

/* What ZX_PAGER_OP_FAIL accepts: chapter 1 section 2. */
static bool is_failure_code(zx_status_t status) {
    return status == ZX_ERR_IO || status == ZX_ERR_IO_DATA_INTEGRITY || status == ZX_ERR_BAD_STATE ||
           status == ZX_ERR_NO_SPACE || status == ZX_ERR_BUFFER_TOO_SMALL;
}

bool zxp_op_may_return(const zxp_op_info *op, zx_status_t status) {
    for (unsigned i = 0; i < op->status_count; i++) {
        if (op->statuses[i] == status) return true;
    }
    if (status == ZX_ERR_NO_MEMORY) return (op->traits & ZXP_TRAIT_ALLOCATES) != 0;
    return (op->traits & ZXP_TRAIT_FORWARDS) != 0 && is_failure_code(status);
}
