/* outcome.h - what came of one statement. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "zxpager/zxpager.h"

enum outcome_kind {
    OUT_NOTHING, /* the statement has no result: let, expect that held, views */
    OUT_STATUS,  /* status; fields, data and ranges are those of `thread` */
    OUT_BLOCKED, /* thread */
    OUT_FAULT,   /* status, address, thread */
    OUT_KILLED,
    OUT_PACKET,   /* next: packet */
    OUT_NO_PACKET /* next, take: none */
};

struct outcome {
    enum outcome_kind kind;
    zx_status_t status;
    uint64_t address;
    uint32_t thread;
    zxp_packet_view packet;
    bool own; /* the status is a command's own, without a call behind it: no fields, no rule */
};

/* One call as it was made, for printing. Lists and bytes live as long as the report. */
struct made_call {
    zxp_op_call call;
    zxp_outcome outcome;
    zx_status_t status; /* of a call that returned or faulted */
    uint16_t rule;      /* that decided it; 0: none */
};

/* After every statement (hooks.statement). */
struct report {
    const char *file;
    uint32_t line, column;
    const char *statement; /* as it ran, after substitution */
    size_t statement_length;
    struct outcome outcome;
    const struct made_call *calls;
    size_t call_count;
    const char *moved;           /* name of the thread that main's call was moved to; NULL */
    bool failed;                 /* its expectation did not hold: */
    const char *expected, *came; /* texts, then */
};

#endif
