/*
 * proxy.h - from owner requests to packets (chapter 4 section 8).
 *
 * A source has one packet. At most one request of it is in the port at any time (`active`), the others wait their turn
 * in a queue (`pending_first`). `busy` says that the packet is taken. A packet that vanished from the port without the
 * proxy being told (place LOST) leaves it busy for ever: nothing of that source is sent any more.
 *
 *   send --> in the port --> dequeued by zx_port_wait   (the next one is sent)
 *        \-> waits         \-> taken back: withdrawn     (the next one is sent)
 */
#ifndef CORE_PROXY_H
#define CORE_PROXY_H

#include "world.h"

/* A new owner request (section 8.1): into the port, or behind the others. */
void proxy_send(zxp_world *w, source_ref s, thread_ref owner);
/* The owner is complete or cancelled (section 8.3): its packet is withdrawn, or never sent, or was dequeued before. */
void proxy_take_back(zxp_world *w, source_ref s, thread_ref owner);
/* Take-over (section 7.3): `heir` stands where `owner` stood, the packet stays as it is. */
void proxy_swap(zxp_world *w, source_ref s, thread_ref owner, thread_ref heir);
/* COMPLETE, the last packet of a source. Every request has been taken back. */
void proxy_send_complete(zxp_world *w, source_ref s);
/* The pager's handle is closed: an unread COMPLETE leaves the port (section 9). */
void proxy_withdraw_complete(zxp_world *w, source_ref s);

#endif
