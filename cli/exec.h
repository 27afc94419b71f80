/*
 * exec.h - making calls: on which thread, what happens after them, and what came of them (LANGUAGE.md section 3).
 */
#ifndef CLI_EXEC_H
#define CLI_EXEC_H

#include "interp.h"
#include "outcome.h"

/* Readers of the core's events; in->context.observe. */
void exec_observe(void *user, const zxp_event *event);
/* Makes a call and lets everything run that can, the rest of commands over several pages too. */
zxp_outcome exec_call(struct interp *in, const zxp_op_call *call);
/* zx_pager_create(0) or zx_port_create(0) for the predefined names; the handle. */
zx_handle_t exec_make(struct interp *in, uint16_t op);
/* A thread on which main's calls can be made: a fresh one if main is over. False: main is suspended. */
bool exec_main(struct interp *in, uint32_t *thread);
/* What the last call, or command, of a thread came to. */
struct outcome exec_outcome(const struct interp *in, uint32_t thread);
/* Begins the accesses of a `read`, `write` or `fault` through a mapping, and makes as many as can be made. */
void exec_touch(struct interp *in, uint32_t thread, struct touch touch);
/* Gives main's thread, which is blocked or over, another name; main gets a fresh thread. */
void exec_move_main(struct interp *in, const char *name, size_t length);
uint32_t exec_new_thread(struct interp *in);

#endif
