/*
 * events.h - the event stream tells all that a call changes, and nothing that did not happen.
 *
 * Linked with -Wl,--wrap=zxp_call: each call through it is followed with an observer, and what the views show before
 * and after it must fit what was told of objects, signals, pages, packets, requests, threads and rules.
 */
#ifndef TESTS_TOOLS_EVENTS_H
#define TESTS_TOOLS_EVENTS_H

#include "zxpager/zxpager.h"

/* What did not fit first, since the last call of this function; NULL: nothing. */
const char *events_wrong(void);

/* How many calls and events were followed. */
extern uint64_t events_calls, events_told;

#endif
