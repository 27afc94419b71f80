/*
 * codec.h - a fuzz input is a program: bytes <-> operations of ops.def.
 *
 * Every byte string decodes, and every program encodes to bytes that decode to it. The format (version 1):
 *
 *   header   32 bytes   what world to begin with, and the swarm configuration (struct fuzz_header)
 *   pool     8 bytes x header.pool_words: constants that a two-byte field cannot hold, bytes of buffers, items of lists
 *   records  24 bytes each, one operation: op, thread, buffer kind, and for each parameter a mode and a 16-bit value
 *
 * Fields have fixed places, so that a changed byte changes one thing. Operation numbers are those
 * of ops.def, stable for ever; a byte that is no operation, or one that the swarm has switched
 * off, chooses among those that are on. Arguments are drawn from what exists when the operation
 * runs (the n-th VMO, a page near its end, an outstanding request) or are plain numbers and
 * boundary values, as the mode says; so a record is resolved against the world at its turn.
 */
#ifndef FUZZ_CODEC_H
#define FUZZ_CODEC_H

#include "zxpager/zxpager.h"

enum {
    FUZZ_VERSION = 1,
    FUZZ_HEADER_BYTES = 32,
    FUZZ_RECORD_BYTES = 24,
    FUZZ_RECORD_PARAMS = 7,
    FUZZ_MAX_POOL = 255,
    FUZZ_MAX_OPS = 512, /* longer inputs are cut */
    FUZZ_MAX_BYTES = FUZZ_HEADER_BYTES + 8 * FUZZ_MAX_POOL + FUZZ_RECORD_BYTES * FUZZ_MAX_OPS
};

/* Torture: what the harness does to a program all the time (harness.h). */
enum {
    TORTURE_EVICT = 1,  /* after each operation everything evictable is evicted */
    TORTURE_SPLIT = 2,  /* each answer to several pages is made page by page */
    TORTURE_LATE = 4,   /* each answer is held back until other operations have been made */
    TORTURE_SUSPEND = 8 /* after each operation every thread that waits for a page is suspended and resumed */
};

struct fuzz_header {
    uint8_t version;
    uint8_t profile; /* 0: 2018, 1: 2020, else head */
    uint8_t torture; /* bits above */
    uint8_t threads; /* 0..3 + 1 threads besides main (bits 0-1) */
    uint8_t vmos; /* prologue: bits 0-1 how many pager VMOs; bits 2-3 anonymous VMOs; bit 4 map each; bit 5 a clone of
                     the first */
    uint8_t options;  /* of the pager VMOs: bit 0 resizable, 1 trap-dirty, 2 unbounded; bits 4-6 the same for the second
                         and later */
    uint8_t pages;    /* bits 0-3: size of the first pager VMO, bits 4-7 of the others */
    uint8_t supplied; /* bit i: page i of the first pager VMO is supplied in the prologue */
    uint8_t enabled[16]; /* operations by number; all zero: every one */
    uint8_t pool_words;
    uint8_t large; /* bits 0-5: pages of a further VMO, discardable, in two runs of different bytes; bit 6: unlocked */
    uint8_t reserved[6];
};

/* How a 16-bit value becomes an argument. A mode byte is taken modulo FUZZ_MODES. */
enum fuzz_mode {
    MODE_NATURAL, /* by the kind of the parameter: the value-th handle of the right type, value pages, a bit set, ... */
    MODE_NUMBER,  /* the value */
    MODE_PAGES,   /* value pages in bytes */
    MODE_END,     /* size of the VMO named before + (signed) value pages */
    MODE_END_BYTES, /* size + (signed) value bytes */
    MODE_REQUEST,   /* offset or length (by kind) of the value-th outstanding request */
    MODE_BOUNDARY,  /* a boundary value */
    MODE_NEGATIVE,  /* 2^64 - value */
    MODE_SHIFTED,   /* low byte << high byte */
    MODE_ANY,       /* handles: the value-th of any type; else as NUMBER */
    MODE_POOL,      /* a word of the pool */
    FUZZ_MODES
};

struct fuzz_record {
    uint8_t op, thread, buffer; /* buffer: zxp_buffer_kind modulo 5 for operations that have one */
    struct {
        uint8_t mode;
        uint16_t value;
    } param[FUZZ_RECORD_PARAMS];
};

/* A program in its parsed form. ~14 KB; lives on the stack or in a static of the target. */
struct fuzz_program {
    struct fuzz_header header;
    uint64_t pool[FUZZ_MAX_POOL];
    uint32_t count;
    struct fuzz_record record[FUZZ_MAX_OPS];
};

/* Bytes to program; any bytes will do. Missing header bytes are zero, a last partial record is dropped. */
void fuzz_decode(const uint8_t *bytes, size_t length, struct fuzz_program *program);
/* Program to bytes; returns their number (at most FUZZ_MAX_BYTES), or 0 if they do not fit `capacity`. */
size_t fuzz_encode(const struct fuzz_program *program, uint8_t *bytes, size_t capacity);
size_t fuzz_encoded_size(const struct fuzz_program *program);

/* Where a resolved call's lists and bytes live until it has been made. */
struct fuzz_scratch {
    zx_handle_t handles[16];
    zxp_wait_item items[16];
    uint8_t bytes[8 * FUZZ_MAX_POOL];
};

/* A record against the world as it is now: the call to make. Pointers in *call point into *scratch. */
void fuzz_resolve(const struct fuzz_program *program, uint32_t index, const zxp_world *world,
                  struct fuzz_scratch *scratch, zxp_op_call *call);
/* The reverse: appends to `program` a record that resolves to `call` in any world (constants go to the pool). False if
 * the program is full, or if a buffer of bytes or a list does not fit the pool: then nothing is appended. */
bool fuzz_append_call(struct fuzz_program *program, const zxp_op_call *call);
/* The same for a call about to be made on `world`, said in terms of what exists there as far as possible (the n-th VMO,
 * pages): such a record keeps its sense when a mutator changes what stands before it. */
bool fuzz_append_natural(struct fuzz_program *program, const zxp_world *world, const zxp_op_call *call);

#endif
