/*
 * object.h - kernel objects, koids, signals, and who waits on them (chapter 1 sections 3, 6, 7).
 */
#ifndef CORE_OBJECT_H
#define CORE_OBJECT_H

#include "call.h"

/* Links a new, zeroed object (allocated by its kind) into the world: next koid, type, signals. */
void object_init(zxp_world *w, object_ref o, uint32_t type, zx_signals_t signals);
/* Unlinks it; the caller frees the block. */
void object_remove(zxp_world *w, object_ref o);
object_ref object_by_koid(const zxp_world *w, zx_koid_t koid);

/* A handle count reached zero: the action of the object's type (chapter 1 section 3.3). */
void object_zero_handles(zxp_world *w, object_ref o);

/* new = (old & ~clear) | set, and notification as chapter 1
 * section 7.2. Cannot fail: packets were made at registration. */
void object_signal(zxp_world *w, object_ref o, zx_signals_t clear, zx_signals_t set);
/* The handle value is going away: sync waits through it end with
 * ZX_ERR_CANCELED, async ones vanish (sections 7.1, 7.3). */
void observers_of_handle_cancel(zxp_world *w, object_ref o, zx_handle_t handle);
/* Links a new observer, filled in but for its links, into the object's list and, if asynchronous, the port's. */
void observer_add(zxp_world *w, object_ref o, observer_ref ob);
/* Completes a signal packet with what a wait registered under `options` tells, and appends it to the port. */
void signal_packet_send(zxp_world *w, port_ref p, packet_ref packet, zx_signals_t mask, uint32_t options);

/* What zx_object_wait_one and _many leave in their call: phase, and local[] of wait_one. wait_many's list holds items
 * until the wait ends (a triggered one as {0, mask}), then masks. */
enum { WAIT_REGISTERED = 1, WAIT_ENDED = 2 };
enum { WAIT_ONE_TRIGGERED, WAIT_ONE_OBSERVED };
/* Takes back the waits of a thread (time-out, suspend, kill, done). */
void observers_of_thread_remove(zxp_world *w, thread_ref t);
void observer_remove(zxp_world *w, observer_ref ob);

static inline vmo_ref vmo_of_object(object_ref o) { return (vmo_ref){o.index}; }
static inline port_ref port_of_object(object_ref o) { return (port_ref){o.index}; }
static inline pager_ref pager_of_object(object_ref o) { return (pager_ref){o.index}; }
static inline object_ref object_of_vmo(vmo_ref v) { return (object_ref){v.index}; }
static inline object_ref object_of_port(port_ref p) { return (object_ref){p.index}; }
static inline object_ref object_of_pager(pager_ref p) { return (object_ref){p.index}; }

#endif
