/*
 * port.h - ports and packets (chapter 1 section 8, chapter 4 section 8).
 */
#ifndef CORE_PORT_H
#define CORE_PORT_H

#include "object.h"

/* Appends a packet (already filled in) to the port's tail and lets the first thread in zx_port_wait run. A dead port drops it:
 * a packet of its own is freed, an embedded one just is not linked. Returns false if dropped. */
bool port_append(zxp_world *w, port_ref p, packet_ref packet);
/* Unlinks a queued packet; frees it unless embedded. Does not tell the source. */
void port_remove(zxp_world *w, port_ref p, packet_ref packet);
/* Last handle closed: packets dropped, async waits removed, later packets dropped silently (chapter 1 section 3.3). */
void port_zero_handles(zxp_world *w, port_ref p);
/* Takes a thread out of the queue of those in zx_port_wait, if it is there (done, time-out, suspend, kill). */
void port_waiter_remove(zxp_world *w, thread_ref t);
/* A source, or a waiting call, lets go of the port: frees the block when nothing holds it. */
void port_release(zxp_world *w, port_ref p);

#endif
