/*
 * beside.h - the oracle makes the calls of a script, too, and all that can be seen of both is compared after each
 * statement.
 *
 * It follows from a new world on. What changes a world without a call (undo, load) loses it, until the next new world;
 * so does what it has no room for.
 */
#ifndef TESTS_TOOLS_BESIDE_H
#define TESTS_TOOLS_BESIDE_H

#include "zxpager/zxpager.h"

/* Before the first statement. */
void beside_begin(const zxp_world *world);
/* For the observer of the world. */
void beside_event(const zxp_event *event);
/* After each statement: what differs. NULL: nothing, or the oracle cannot follow. */
const char *beside_differs(zxp_world *world);

/* How many statements were compared. */
extern uint64_t beside_compared;

#endif
