/*
 * trace.h - the events of a session, judged as the doings of a pager service: INV-S1 to S3,
 * S5 to S13, S17 as far as calls and packets show them (docs/services.md, lint). What a
 * service does with its disk and why it does something is in no trace: S4, S14, S15, S16.
 *
 * A thread serves a VMO once it has made a call of a pager on it.
 */
#ifndef FUZZ_SERVICE_TRACE_H
#define FUZZ_SERVICE_TRACE_H

#include "rules.h"

struct trace; /* of one world */

struct trace_finding {
    char rule[12]; /* "INV-S6"; "": none */
    char fact[160];
    uint64_t at; /* number of the event, as given to trace_event() */
};

struct trace *trace_create(void);
void trace_destroy(struct trace *trace);
/* Events in order. args: those of a CALL, else NULL. value: the first field of a
 * RESULT, 0 if it has none. The first breach is put into finding, which then stays. */
void trace_event(struct trace *trace, const zxp_event *event, const uint64_t *args, uint64_t value, uint64_t at,
                 struct trace_finding *finding);
/* After a statement: a call that blocks belongs, by the prompt's
 * convention, to a thread of its own if it was `moved`. */
void trace_statement(struct trace *trace, bool moved, struct trace_finding *finding);
/* At the end of the session. */
void trace_end(struct trace *trace, uint64_t at, struct trace_finding *finding);
bool trace_short_of_memory(const struct trace *trace);

#endif
