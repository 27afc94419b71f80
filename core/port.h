/*
 * port.h - ports and packets (chapter 1 section 8, chapter 4 section 8).
 */
#ifndef CORE_PORT_H
#define CORE_PORT_H

#include "object.h"

/* Appends a packet (already filled in) to the port's tail and lets the first thread in zx_port_wait run. A dead port
 * drops it (it is a source's, for nobody else sends to one): it just is not linked. Returns false if dropped. */
bool port_append(zxp_world *w, port_ref p, packet_ref packet);
/* Takes a queued packet back: unlinks it; frees it unless embedded. Does not tell the source. */
void port_remove(zxp_world *w, port_ref p, packet_ref packet);
/* The same as port_remove for a packet that leaves for another
 * reason: ZXP_WHAT_DEQUEUED, _WITHDRAWN or _DROPPED (events). */
void port_unlink(zxp_world *w, port_ref p, packet_ref packet, zxp_event_what what);
/* Drops a queued packet behind the back of its source, if it is a source's (chapter 4 section 8.4). */
void port_packet_drop(zxp_world *w, port_ref p, packet_ref packet);
/* Packets that a kernel-made event needs are made before it: a zeroed packet of its own. Reserve
 * arena_size(sizeof(struct packet)). */
packet_ref packet_make(zxp_world *w, uint32_t type, uint64_t key);
/* Last handle closed: packets dropped, async waits removed, later packets dropped silently (1 section 3.3). */
void port_zero_handles(zxp_world *w, port_ref p);
/* Puts a thread behind those that are in zx_port_wait on the
 * port already; its call keeps the port object (held_port). */
void port_waiter_append(zxp_world *w, port_ref p, thread_ref t);
/* Each packet wakes one waiter: the first that sleeps. For port_append, and for waiters that cannot take theirs. */
void port_wake_waiter(zxp_world *w, port_ref p);
/* Takes a thread out of the queue of those in zx_port_wait, if it is there (done, time-out, suspend, kill). */
void port_waiter_remove(zxp_world *w, thread_ref t);
/* A source, or a waiting call, has let go of the port (port.sources lowered, or the waiter taken out, by the caller
 * before): frees the block when no handle, source or waiter is left. */
void port_release(zxp_world *w, port_ref p);

#endif
