/*
 * call.h - how a call runs, is refused, waits and goes on.
 *
 * Each operation of ops.def has one handler, op_<id>. A handler reads like its chapter: a flat list of questions, one
 * rule a line, then an effect that cannot fail:
 *
 *     if (!is_page_aligned(offset)) return refuse(w, t, RULE_supply_unaligned);
 *
 * A handler that must wait stores in its call record how far it got (phase, cursor, local) and returns STEP_BLOCK. When
 * the thread becomes runnable the same handler is called again; phase tells it where it was. It then looks everything
 * up anew: no pointer, size or page is remembered across a wait, only indices of objects that it holds (hold_vmo).
 */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "world.h"

/* Rule numbers, generated from rules.def. RULE_none is 0. */
#define RULE(id, name, status, sentence, chapter) RULE_##id,
enum rule_number {
    RULE_none,
#include "rules.def"
    RULE_COUNT
};
#undef RULE

typedef enum step { STEP_RETURN, STEP_BLOCK, STEP_FAULT } step;
typedef step (*op_handler)(zxp_world *w, thread_ref t);

/* Ends the call with the rule's status. Returns STEP_RETURN. */
step refuse(zxp_world *w, thread_ref t, enum rule_number rule);
/* Ends the call with a status that is not the rule's own (a pager's failure code). */
step refuse_with(zxp_world *w, thread_ref t, enum rule_number rule, zx_status_t status);
/* Ends the call with ZX_OK; the rule tells why. */
step accept(zxp_world *w, thread_ref t, enum rule_number rule);
/* Ends the call with ZX_ERR_NO_MEMORY: a reservation failed. */
step no_memory(zxp_world *w, thread_ref t);

/* A rule decided something that is told in another way, or to nobody. */
void count_rule(zxp_world *w, enum rule_number rule);
/* A rule decided something inside a call (a transition, a wake, a packet): counts it and tells the observer. */
void apply_rule(zxp_world *w, enum rule_number rule);
/* True if an event reader is attached: build events only then. */
bool observed(const zxp_world *w);
void tell(zxp_world *w, const zxp_event *event);
/* An event that carries the rule that decided it: counts the rule and tells the observer. */
void tell_decision(zxp_world *w, const zxp_event *event);
/* Pages [first, end) of the node went from `before` to `after`, by letter. Cheap when nobody reads. */
void tell_pages(zxp_world *w, node_ref n, uint64_t first, uint64_t end, char before, char after, enum rule_number rule);
/* Long loops call this now and then; true: end with ZX_ERR_CANCELED if nothing was done yet. */
bool interrupted(const zxp_world *w);

/* Arguments, cut to their width already. */
static inline uint64_t arg(const zxp_world *w, thread_ref t, unsigned i) { return call_of(w, t)->args[i]; }
static inline uint32_t arg32(const zxp_world *w, thread_ref t, unsigned i) { return (uint32_t)call_of(w, t)->args[i]; }

/* Result fields, in the order of ops.def. set_value: at most 4 fields (index 0..3). */
void set_value(zxp_world *w, thread_ref t, unsigned index, uint64_t value);
/* Room for `count` fields beyond the inline four was reserved
 * with values_bytes(count); then set_values stores them all. */
uint64_t values_bytes(unsigned count);
void set_values(zxp_world *w, thread_ref t, const uint64_t *values, unsigned count);

/* Keeps a VMO alive while the call runs or waits (chapter 1
 * section 3.3). slot 0 or 1. Released when the call ends, however. */
void hold_vmo(zxp_world *w, thread_ref t, unsigned slot, vmo_ref vmo);

/* The caller's buffer while its call is being made for the first time; a call that blocks copies BYTES into the arena
 * (zxp_call does that, after reserving; failing that the call ends with ZX_ERR_NO_MEMORY). */

/* Ends what a finished, suspended or killed call still has: its
 * request (cancelled), waiters, held VMOs. The result stays. */
void call_release(zxp_world *w, thread_ref t);
/* Suspended in a wait: everything begun is undone or let go of,
 * and the call will start from the beginning with its arguments. */
void call_restart(zxp_world *w, thread_ref t);

/* Undoes the pins that an unfinished op_pin has made so far; idempotent
 * (sys_pin.c). Called when such a call ends, however, and when it is suspended or
 * killed: op_pin marks itself finished (local[5] = 1) when its pins are to stay. */
void pin_abandon(zxp_world *w, thread_ref t);

/* Runs the handler of the thread's call once, and ends or parks the thread by what it returns. */
void call_step(zxp_world *w, thread_ref t);

/* Handlers: one for each row of ops.def; op_table.c lists them. */
op_handler op_handler_of(uint16_t op);

#endif
