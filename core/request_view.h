/*
 * request_view.h - what a thread waits for in a source, for zxp_thread_get.
 */
#ifndef CORE_REQUEST_VIEW_H
#define CORE_REQUEST_VIEW_H

#include "world.h"

/* Fills koid, command, attached, offset, length and wake of a thread that waits on a request. */
void request_view_of_thread(const zxp_world *w, thread_ref t, zxp_thread_view *view);

#endif
