/*
 * ops.h - the table of operations (core/ops.def) as data.
 */
#ifndef ZXPAGER_OPS_H
#define ZXPAGER_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zxpager/zircon.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ZXP_MAX_PARAMS 8

/* Numbers are stable: fuzz inputs and save files hold them. */
#define ZXP_OPERATION(id, number) ZXP_OP_##id = (number),
enum {
    ZXP_OP_NONE = 0,
#include "zxpager/op_numbers.h"
    ZXP_OP_LIMIT = 128 /* every number is below */
};
#undef ZXP_OPERATION

typedef enum zxp_param_kind {
    ZXP_PARAM_HANDLE,
    ZXP_PARAM_VMO,
    ZXP_PARAM_PAGER_VMO,
    ZXP_PARAM_PAGER,
    ZXP_PARAM_PORT,
    ZXP_PARAM_VMAR,
    ZXP_PARAM_EVENT,
    ZXP_PARAM_HANDLES,
    ZXP_PARAM_WAIT_ITEMS,
    ZXP_PARAM_OFFSET,
    ZXP_PARAM_LENGTH,
    ZXP_PARAM_BYTES_AT,
    ZXP_PARAM_BYTE_COUNT,
    ZXP_PARAM_ADDRESS,
    ZXP_PARAM_SPAN,
    ZXP_PARAM_SIZE,
    ZXP_PARAM_BUFFER,
    ZXP_PARAM_RIGHTS,
    ZXP_PARAM_SIGNALS,
    ZXP_PARAM_KEY,
    ZXP_PARAM_DEADLINE,
    ZXP_PARAM_DURATION,
    ZXP_PARAM_STATUS,
    ZXP_PARAM_DATA,
    ZXP_PARAM_OPTIONS,
    ZXP_PARAM_OPERATION,
    ZXP_PARAM_TOPIC,
    ZXP_PARAM_PROPERTY,
    ZXP_PARAM_VALUE,
    ZXP_PARAM_POLICY,
    ZXP_PARAM_COUNT,
    ZXP_PARAM_BOOLEAN,
    ZXP_PARAM_VMO_OBJECT,
    ZXP_PARAM_THREAD
} zxp_param_kind;

typedef struct zxp_param_info {
    const char *name;
    const char *ctype; /* as in the C prototype */
    zxp_param_kind kind;
    uint8_t bits; /* 32 or 64: arguments are cut to this */
} zxp_param_info;

enum {
    ZXP_TRAIT_BLOCKS = 1,    /* may wait */
    ZXP_TRAIT_FORWARDS = 2,  /* may return a pager's failure status */
    ZXP_TRAIT_ALLOCATES = 4, /* may return ZX_ERR_NO_MEMORY */
    ZXP_TRAIT_MODEL = 8      /* not a system call */
};

typedef struct zxp_op_info {
    const char *id;   /* "VMO_READ" */
    const char *name; /* "zx_vmo_read" */
    const zxp_param_info *params;
    const char *const *fields;
    const zx_status_t *statuses; /* every status of its own */
    const char *chapter;         /* "5 section 3" */
    const char *help;
    uint16_t number;
    uint8_t param_count, field_count, status_count;
    uint8_t traits; /* ZXP_TRAIT_... */
} zxp_op_info;

/* The row of an operation number, or NULL. */
const zxp_op_info *zxp_op_info_of(uint16_t number);
/* The row of a name ("zx_vmo_read", "load"), or NULL. */
const zxp_op_info *zxp_op_by_name(const char *name, size_t length);
/* Rows in the order of ops.def: 0 .. zxp_op_count()-1. */
size_t zxp_op_count(void);
const zxp_op_info *zxp_op_at(size_t i);
/* True if the row allows this status (its own, or by its traits). */
bool zxp_op_may_return(const zxp_op_info *op, zx_status_t status);

#ifdef __cplusplus
}
#endif
#endif
