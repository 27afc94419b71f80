/*
 * handle.h - the handle table and the look-up rule (chapter 1 section 4).
 */
#ifndef CORE_HANDLE_H
#define CORE_HANDLE_H

#include "object.h"

/* The slot of a live handle value, or NULL. The pointer lives until the next reservation. */
struct handle_slot *handle_slot_of(const zxp_world *w, zx_handle_t value);
/* The object behind it, none if not live. */
object_ref handle_object(const zxp_world *w, zx_handle_t value);
zx_rights_t handle_rights(const zxp_world *w, zx_handle_t value); /* 0 if not live */

/* The index of the slot that a value names, live or not. */
uint32_t handle_index(const zxp_world *w, zx_handle_t value);
/* The live value of a slot by index below handle_used; ZX_HANDLE_INVALID if the slot is free. */
zx_handle_t handle_in_slot(const zxp_world *w, uint32_t index);

/* The three steps of section 4.2: BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED. type 0: any; rights 0: none needed. Returns
 * the rule that refuses (handle_bad, handle_wrong_type, handle_access_denied), or RULE_none and the object. */
enum rule_number handle_look_up(const zxp_world *w, zx_handle_t value, uint32_t type, zx_rights_t rights,
                                object_ref *object);
/* The same for the types that the callers want most. */
enum rule_number handle_to_vmo(const zxp_world *w, zx_handle_t value, zx_rights_t rights, vmo_ref *vmo);
enum rule_number handle_to_pager(const zxp_world *w, zx_handle_t value, zx_rights_t rights, pager_ref *pager);
enum rule_number handle_to_port(const zxp_world *w, zx_handle_t value, zx_rights_t rights, port_ref *port);
enum rule_number handle_to_vmar(const zxp_world *w, zx_handle_t value, zx_rights_t rights, vmar_ref *vmar);

/* Bytes to reserve for one new handle. */
uint64_t handle_make_bytes(const zxp_world *w);
/* False if 262,144 handles are live (a caller then answers ZX_ERR_NO_MEMORY). */
bool handle_room(const zxp_world *w);
/* A new handle to an object; raises its handle count. Reserved and handle_room() before. */
zx_handle_t handle_make(zxp_world *w, object_ref object, zx_rights_t rights);
/* Closes a live handle: value invalid, waits cancelled, count drops, zero-handle action. */
void handle_close(zxp_world *w, zx_handle_t value);

#endif
