/* call.h - calls: NAME(ARGUMENTS), driven by the table of operations (LANGUAGE.md section 2). */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include "statement.h"

/* Parses the call that begins at span.begin; *end: behind its `)'. Sets s->op. False: error set. */
bool call_parse(struct stmt *s, struct span span, zxp_op_call *call, size_t *end);
/* Makes it; what can be remembered of a read is remembered. */
bool call_make(struct stmt *s, zxp_op_call *call);
/* NAME = CALL */
bool call_assign(struct stmt *s, struct span name, struct span call);
/* Does this operation return a handle or an address? "handle", "address" or NULL. */
const char *call_result_field(const zxp_op_info *op);
/* Binds a name to what the last call on s->thread returned. */
void call_bind(struct stmt *s, struct span name, const zxp_op_call *call);

#endif
