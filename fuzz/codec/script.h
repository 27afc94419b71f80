/*
 * script.h - calls printed in the language: a fuzz input is a readable script.
 *
 * Every operation is printed as a call with numbers, handles by the names that the script itself gives them, on thread
 * tN of its number; suspend, resume and kill as commands. With expectations, the script is a regression.
 */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include "zxpager/zxpager.h"

struct script_name {
    zx_handle_t handle;
    char name[12];
};

/* A growing text. When memory is short it stops growing and `truncated` is set. */
struct script {
    char *text; /* NUL-terminated once anything was printed */
    size_t length, capacity;
    bool truncated;
    uint32_t name_count;
    uint32_t made[40]; /* objects named so far, by type */
    uint32_t threads;  /* how many of t0, t1, ... the script has named, at least */
    struct script_name names[256];
};

void script_begin(struct script *script, const char *case_name, zxp_profile profile);
void script_clear(struct script *script);
__attribute__((format(printf, 2, 3))) void script_printf(struct script *script, const char *format, ...);
/* One line for a call that has been made on `world` with this outcome; `expect`: with what came as its expectation. */
void script_call(struct script *script, const zxp_world *world, const zxp_op_call *call, zxp_outcome outcome,
                 bool expect);

#endif
