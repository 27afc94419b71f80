/*
 * calls.h - the calls of the modelled kernel as typed functions.
 *
 * Each takes a world and the number of the virtual thread that calls, then the parameters of the system call in the
 * order of its C prototype, without the output parameters: results are read from the thread (zxp_status, zxp_field,
 * zxp_result, zxp_data_copy, zxp_range_at). Each returns what became of the call: ZXP_RETURNED (look at the status),
 * ZXP_BLOCKED (its end comes in a later call), ZXP_FAULTED, ZXP_KILLED (also: the thread cannot make a call now; then
 * nothing was done).
 *
 * Nothing is owned by these functions: buffers and lists are the caller's, and copied when a call must keep them.
 * Handles that calls make belong to the modelled process until closed.
 */
#ifndef ZXPAGER_CALLS_H
#define ZXPAGER_CALLS_H

#include <string.h>

#include "zxpager/zxpager.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline zxp_op_call zxp_call_begin_(uint16_t op, uint32_t thread) {
    zxp_op_call call;
    memset(&call, 0, sizeof call);
    call.op = op;
    call.thread = thread;
    return call;
}

static inline void zxp_call_bytes_(zxp_op_call *call, const void *bytes, uint64_t length) {
    call->buffer.kind = bytes == NULL ? ZXP_BUFFER_NONE : ZXP_BUFFER_BYTES;
    call->buffer.bytes = bytes;
    call->buffer.length = length;
}

/* A result field of the thread's last call, 0 if it has none of that name: zxp_result(world, thread, "handle"). */
static inline uint64_t zxp_result(const zxp_world *world, uint32_t thread, const char *field) {
    uint64_t value = 0;
    return zxp_field(world, thread, field, &value) ? value : 0;
}

/* The status of the thread's last call that ended; ZX_ERR_NOT_FOUND if there is no such thread. */
static inline zx_status_t zxp_status(const zxp_world *world, uint32_t thread) {
    zxp_thread_view view;
    return zxp_thread_get(world, thread, &view) ? view.status : ZX_ERR_NOT_FOUND;
}

/* ---- Handles (chapter 1 section 4) ---- */

/* Close a handle. The handle value is gone, whatever happens. Errors: ZX_ERR_BAD_HANDLE. Chapter 1 section 4.4. */
static inline zxp_outcome zxp_handle_close(zxp_world *world, uint32_t thread, zx_handle_t handle) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_HANDLE_CLOSE, thread);
    call.args[0] = handle;
    return zxp_call(world, &call);
}

/* Close several handles; the status is that of the last group of 64. All are closed; the status is that of the last
 * group of 64. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_INVALID_ARGS. Chapter 1 section 4.4. */
static inline zxp_outcome zxp_handle_close_many(zxp_world *world, uint32_t thread, const zx_handle_t *handles,
                                                uint32_t count) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_HANDLE_CLOSE_MANY, thread);
    call.handles = handles;
    call.count = count;
    return zxp_call(world, &call);
}

/* Is this value a live handle? Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_OUT_OF_RANGE, ZX_ERR_NOT_FOUND. Chapter 1 section
 * 4.6. */
static inline zxp_outcome zxp_handle_check_valid(zxp_world *world, uint32_t thread, zx_handle_t handle) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_HANDLE_CHECK_VALID, thread);
    call.args[0] = handle;
    return zxp_call(world, &call);
}

/* A second handle to the same object. rights: a subset, or ZX_RIGHT_SAME_RIGHTS. The caller owns the new handle
 * (field `handle`). Field: handle. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS,
 * ZX_ERR_NO_MEMORY. Chapter 1 section 4.5. */
static inline zxp_outcome zxp_handle_duplicate(zxp_world *world, uint32_t thread, zx_handle_t handle,
                                               zx_rights_t rights) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_HANDLE_DUPLICATE, thread);
    call.args[0] = handle;
    call.args[1] = rights;
    return zxp_call(world, &call);
}

/* A new handle in place of an old one. The old handle is gone, also on failure, unless it is bad. The caller owns
 * the new one (field `handle`). Field: handle. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY.
 * Chapter 1 section 4.5. */
static inline zxp_outcome zxp_handle_replace(zxp_world *world, uint32_t thread, zx_handle_t handle,
                                             zx_rights_t rights) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_HANDLE_REPLACE, thread);
    call.args[0] = handle;
    call.args[1] = rights;
    return zxp_call(world, &call);
}

/* ---- Objects, signals, waiting (chapter 1 sections 6, 7, 9, 10) ---- */

/* The members of an information structure. Fields are named as the members of the structure of the topic. Errors:
 * ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_NO_MEMORY. Chapter 1
 * section 9. */
static inline zxp_outcome zxp_object_get_info(zxp_world *world, uint32_t thread, zx_handle_t handle, uint32_t topic) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_GET_INFO, thread);
    call.args[0] = handle;
    call.args[1] = topic;
    return zxp_call(world, &call);
}

/* A property of an object. ZX_PROP_NAME: the bytes are the data of the call. Field: value. Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED, ZX_ERR_NOT_SUPPORTED, ZX_ERR_WRONG_TYPE, ZX_ERR_NO_MEMORY. Chapter 1
 * section 10.1. */
static inline zxp_outcome zxp_object_get_property(zxp_world *world, uint32_t thread, zx_handle_t handle,
                                                  uint32_t property) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_GET_PROPERTY, thread);
    call.args[0] = handle;
    call.args[1] = property;
    return zxp_call(world, &call);
}

/* Set a property of an object. value: at least 8 bytes, or the name. It is copied. Errors: ZX_ERR_BAD_HANDLE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_NOT_SUPPORTED, ZX_ERR_WRONG_TYPE, ZX_ERR_OUT_OF_RANGE, ZX_ERR_BAD_STATE,
 * ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block. Chapter 1 section 10.2. */
static inline zxp_outcome zxp_object_set_property(zxp_world *world, uint32_t thread, zx_handle_t handle,
                                                  uint32_t property, const void *value, size_t value_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_SET_PROPERTY, thread);
    call.args[0] = handle;
    call.args[1] = property;
    if (property == ZX_PROP_NAME)
        zxp_call_bytes_(&call, value, value_size);
    else
        memcpy(&call.args[2], value, value_size < sizeof call.args[2] ? value_size : sizeof call.args[2]);
    return zxp_call(world, &call);
}

/* Set and clear user signals. Only the user signals of an object can be changed. Errors: ZX_ERR_BAD_HANDLE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. Chapter 1 section 6.2. */
static inline zxp_outcome zxp_object_signal(zxp_world *world, uint32_t thread, zx_handle_t handle, uint32_t clear_mask,
                                            uint32_t set_mask) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_SIGNAL, thread);
    call.args[0] = handle;
    call.args[1] = clear_mask;
    call.args[2] = set_mask;
    return zxp_call(world, &call);
}

/* Wait until a signal is active. deadline: absolute virtual nanoseconds, or ZX_TIME_INFINITE. Field: observed.
 * Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED, ZX_ERR_TIMED_OUT, ZX_ERR_CANCELED, ZX_ERR_NO_MEMORY. May block.
 * Chapter 1 section 7.1. */
static inline zxp_outcome zxp_object_wait_one(zxp_world *world, uint32_t thread, zx_handle_t handle,
                                              zx_signals_t signals, zx_time_t deadline) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_WAIT_ONE, thread);
    call.args[0] = handle;
    call.args[1] = signals;
    call.args[2] = (uint64_t)deadline;
    return zxp_call(world, &call);
}

/* Wait on up to 64 objects. At most 64 items, copied. Signals seen: zxp_observed_at. Field: observed. Errors:
 * ZX_ERR_OUT_OF_RANGE, ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED, ZX_ERR_TIMED_OUT,
 * ZX_ERR_CANCELED, ZX_ERR_NO_MEMORY. May block. Chapter 1 section 7.1. */
static inline zxp_outcome zxp_object_wait_many(zxp_world *world, uint32_t thread, const zxp_wait_item *items,
                                               uint32_t count, zx_time_t deadline) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_WAIT_MANY, thread);
    call.args[1] = (uint64_t)deadline;
    call.items = items;
    call.count = count;
    return zxp_call(world, &call);
}

/* One packet on a port when a signal becomes active. options: ZX_WAIT_ASYNC_EDGE, _TIMESTAMP. Errors:
 * ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_NO_MEMORY. Chapter 1
 * section 7.3. */
static inline zxp_outcome zxp_object_wait_async(zxp_world *world, uint32_t thread, zx_handle_t handle, zx_handle_t port,
                                                uint64_t key, zx_signals_t signals, uint32_t options) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_OBJECT_WAIT_ASYNC, thread);
    call.args[0] = handle;
    call.args[1] = port;
    call.args[2] = key;
    call.args[3] = signals;
    call.args[4] = options;
    return zxp_call(world, &call);
}

/* An event object. options: 0. The caller owns the handle. Field: handle. Errors: ZX_ERR_INVALID_ARGS,
 * ZX_ERR_NO_MEMORY. Chapter 1 section 14. */
static inline zxp_outcome zxp_event_create(zxp_world *world, uint32_t thread, uint32_t options) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_EVENT_CREATE, thread);
    call.args[0] = options;
    return zxp_call(world, &call);
}

/* ---- Ports (chapter 1 section 8) ---- */

/* A port, where packets are read. options: 0. The caller owns the handle. Field: handle. Errors:
 * ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. Chapter 1 section 8.1. */
static inline zxp_outcome zxp_port_create(zxp_world *world, uint32_t thread, uint32_t options) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PORT_CREATE, thread);
    call.args[0] = options;
    return zxp_call(world, &call);
}

/* Take the oldest packet off a port. The packet is taken off the port; its members are the fields. Fields: key,
 * type, status, command, flags, offset, length, trigger, observed, count, timestamp. Errors: ZX_ERR_BAD_HANDLE,
 * ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_TIMED_OUT, ZX_ERR_NO_MEMORY. May block. Chapter 1 section 8.1. */
static inline zxp_outcome zxp_port_wait(zxp_world *world, uint32_t thread, zx_handle_t port, zx_time_t deadline) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PORT_WAIT, thread);
    call.args[0] = port;
    call.args[1] = (uint64_t)deadline;
    return zxp_call(world, &call);
}

/* Queue a user packet. At most 2048 user packets wait in a port. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_SHOULD_WAIT, ZX_ERR_NO_MEMORY. Chapter 1 section 8.1. */
static inline zxp_outcome zxp_port_queue(zxp_world *world, uint32_t thread, zx_handle_t port, uint64_t key,
                                         zx_status_t status) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PORT_QUEUE, thread);
    call.args[0] = port;
    call.args[1] = key;
    call.args[2] = (uint64_t)status;
    return zxp_call(world, &call);
}

/* Cancel the waits that one handle registered under a key. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_NOT_FOUND. Chapter 1 section 8.1. */
static inline zxp_outcome zxp_port_cancel(zxp_world *world, uint32_t thread, zx_handle_t port, zx_handle_t source,
                                          uint64_t key) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PORT_CANCEL, thread);
    call.args[0] = port;
    call.args[1] = source;
    call.args[2] = key;
    return zxp_call(world, &call);
}

/* Remove every wait and every packet with a key. Takes a pager's packets too: that VMO then never sends another.
 * Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_NOT_FOUND. Chapter
 * 1 section 8.1. */
static inline zxp_outcome zxp_port_cancel_key(zxp_world *world, uint32_t thread, zx_handle_t port, uint32_t options,
                                              uint64_t key) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PORT_CANCEL_KEY, thread);
    call.args[0] = port;
    call.args[1] = options;
    call.args[2] = key;
    return zxp_call(world, &call);
}

/* ---- Pagers (chapter 2) ---- */

/* A pager. options: 0. The caller owns the handle; closing the last one detaches the pager's VMOs. Field: handle.
 * Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. Chapter 2 section 3. */
static inline zxp_outcome zxp_pager_create(zxp_world *world, uint32_t thread, uint32_t options) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_CREATE, thread);
    call.args[0] = options;
    return zxp_call(world, &call);
}

/* A VMO whose pages the pager supplies. options: ZX_VMO_RESIZABLE, _TRAP_DIRTY, _UNBOUNDED. size: bytes, rounded up
 * to pages; its exact value is the stream size. key: of all packets of this VMO. The caller owns the handle. Field:
 * handle. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS,
 * ZX_ERR_OUT_OF_RANGE, ZX_ERR_NO_MEMORY. Chapter 2 section 4. */
static inline zxp_outcome zxp_pager_create_vmo(zxp_world *world, uint32_t thread, zx_handle_t pager, uint32_t options,
                                               zx_handle_t port, uint64_t key, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_CREATE_VMO, thread);
    call.args[0] = pager;
    call.args[1] = options;
    call.args[2] = port;
    call.args[3] = key;
    call.args[4] = size;
    return zxp_call(world, &call);
}

/* End the requests of a VMO for ever. Clean pages and zero markers are dropped; COMPLETE is queued once. Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. Chapter 2
 * section 5. */
static inline zxp_outcome zxp_pager_detach_vmo(zxp_world *world, uint32_t thread, zx_handle_t pager,
                                               zx_handle_t pager_vmo) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_DETACH_VMO, thread);
    call.args[0] = pager;
    call.args[1] = pager_vmo;
    return zxp_call(world, &call);
}

/* Move pages from an auxiliary VMO into absent pages. Offsets and length: bytes, page multiples. The pages leave
 * aux_vmo, also when the supply fails after taking them; present pages of pager_vmo stay as they are. Errors:
 * ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE,
 * ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE, ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY, or what the pager failed the request
 * with. May block. Chapter 2 section 6. */
static inline zxp_outcome zxp_pager_supply_pages(zxp_world *world, uint32_t thread, zx_handle_t pager,
                                                 zx_handle_t pager_vmo, uint64_t offset, uint64_t length,
                                                 zx_handle_t aux_vmo, uint64_t aux_offset) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_SUPPLY_PAGES, thread);
    call.args[0] = pager;
    call.args[1] = pager_vmo;
    call.args[2] = offset;
    call.args[3] = length;
    call.args[4] = aux_vmo;
    call.args[5] = aux_offset;
    return zxp_call(world, &call);
}

/* Fail requests, grant dirtying, begin or end a writeback. Offset and length: bytes, page multiples. op:
 * ZX_PAGER_OP_FAIL (data: the status, sign-extended), _DIRTY, _WRITEBACK_BEGIN (data: 0 or
 * ZX_VMO_DIRTY_RANGE_IS_ZERO), _WRITEBACK_END. Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE, ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND,
 * ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY. Chapter 2 section 7. */
static inline zxp_outcome zxp_pager_op_range(zxp_world *world, uint32_t thread, zx_handle_t pager, uint32_t op,
                                             zx_handle_t pager_vmo, uint64_t offset, uint64_t length, uint64_t data) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_OP_RANGE, thread);
    call.args[0] = pager;
    call.args[1] = op;
    call.args[2] = pager_vmo;
    call.args[3] = offset;
    call.args[4] = length;
    call.args[5] = data;
    return zxp_call(world, &call);
}

/* What is dirty, as ranges. Offset and length: bytes. buffer_size: bytes of room, 24 for each range. Ranges found:
 * zxp_range_at. Fields: actual, avail, ranges. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED,
 * ZX_ERR_INVALID_ARGS, ZX_ERR_OUT_OF_RANGE, ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY. May block. Chapter 2 section 8. */
static inline zxp_outcome zxp_pager_query_dirty_ranges(zxp_world *world, uint32_t thread, zx_handle_t pager,
                                                       zx_handle_t pager_vmo, uint64_t offset, uint64_t length,
                                                       size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_QUERY_DIRTY_RANGES, thread);
    call.args[0] = pager;
    call.args[1] = pager_vmo;
    call.args[2] = offset;
    call.args[3] = length;
    call.args[4] = buffer_size;
    return zxp_call(world, &call);
}

/* Was the VMO modified since the last reset? options: 0 or ZX_PAGER_RESET_VMO_STATS. buffer_size: at least 4. Field:
 * modified. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS,
 * ZX_ERR_BUFFER_TOO_SMALL, ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY. Chapter 2 section 9. */
static inline zxp_outcome zxp_pager_query_vmo_stats(zxp_world *world, uint32_t thread, zx_handle_t pager,
                                                    zx_handle_t pager_vmo, uint32_t options, size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_QUERY_VMO_STATS, thread);
    call.args[0] = pager;
    call.args[1] = pager_vmo;
    call.args[2] = options;
    call.args[3] = buffer_size;
    return zxp_call(world, &call);
}

/* The oldest pager interface: supply only (profile 2018). Profile 2018 only. Errors: ZX_ERR_INVALID_ARGS,
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE, ZX_ERR_BAD_STATE,
 * ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY. Chapter 9 section 4.3. */
static inline zxp_outcome zxp_pager_vmo_op(zxp_world *world, uint32_t thread, zx_handle_t pager, zx_handle_t pager_vmo,
                                           uint32_t op, uint64_t offset, uint64_t length, zx_handle_t aux_vmo,
                                           uint64_t aux_offset) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PAGER_VMO_OP, thread);
    call.args[0] = pager;
    call.args[1] = pager_vmo;
    call.args[2] = op;
    call.args[3] = offset;
    call.args[4] = length;
    call.args[5] = aux_vmo;
    call.args[6] = aux_offset;
    return zxp_call(world, &call);
}

/* ---- VMOs (chapters 5, 6) ---- */

/* An anonymous VMO. size: bytes, rounded up to pages; its exact value is the stream size. options: ZX_VMO_RESIZABLE,
 * _DISCARDABLE, _UNBOUNDED. The caller owns the handle. Field: handle. Errors: ZX_ERR_INVALID_ARGS,
 * ZX_ERR_OUT_OF_RANGE, ZX_ERR_NO_MEMORY. Chapter 5 section 2. */
static inline zxp_outcome zxp_vmo_create(zxp_world *world, uint32_t thread, uint64_t size, uint32_t options) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_CREATE, thread);
    call.args[0] = size;
    call.args[1] = options;
    return zxp_call(world, &call);
}

/* Copy bytes out of a VMO. Bytes. What was copied, also on failure: zxp_data_copy. Field: data. Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE, ZX_ERR_BAD_STATE,
 * ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block. Chapter 5 section 3. */
static inline zxp_outcome zxp_vmo_read(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint64_t offset,
                                       size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_READ, thread);
    call.args[0] = vmo;
    call.args[1] = offset;
    call.args[2] = buffer_size;
    return zxp_call(world, &call);
}

/* The same, into user memory at `buffer`, so that the copy itself may fault (chapter 7 section 13.1). Further errors:
 * what such a fault reports. */
static inline zxp_outcome zxp_vmo_read_user(zxp_world *world, uint32_t thread, zx_handle_t vmo, zx_vaddr_t buffer,
                                            uint64_t offset, size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_READ, thread);
    call.args[0] = vmo;
    call.args[1] = offset;
    call.args[2] = buffer_size;
    call.buffer.kind = ZXP_BUFFER_USER;
    call.buffer.address = buffer;
    return zxp_call(world, &call);
}

/* Copy bytes into a VMO. Bytes. The buffer is copied if the call has to wait. On failure the bytes before the
 * failing page are written. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE,
 * ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block.
 * Chapter 5 section 3. */
static inline zxp_outcome zxp_vmo_write(zxp_world *world, uint32_t thread, zx_handle_t vmo, const void *buffer,
                                        uint64_t offset, size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_WRITE, thread);
    call.args[0] = vmo;
    call.args[2] = offset;
    call.args[3] = buffer_size;
    zxp_call_bytes_(&call, buffer, buffer_size);
    return zxp_call(world, &call);
}

/* The same, from user memory at `buffer`, so that the copy itself may fault (chapter 7 section 13.1). Further errors:
 * what such a fault reports. */
static inline zxp_outcome zxp_vmo_write_user(zxp_world *world, uint32_t thread, zx_handle_t vmo, zx_vaddr_t buffer,
                                             uint64_t offset, size_t buffer_size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_WRITE, thread);
    call.args[0] = vmo;
    call.args[2] = offset;
    call.args[3] = buffer_size;
    call.buffer.kind = ZXP_BUFFER_USER;
    call.buffer.address = buffer;
    return zxp_call(world, &call);
}

/* The size, a multiple of the page size. Field: size. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE,
 * ZX_ERR_NO_MEMORY. Chapter 5 section 4.1. */
static inline zxp_outcome zxp_vmo_get_size(zxp_world *world, uint32_t thread, zx_handle_t vmo) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_GET_SIZE, thread);
    call.args[0] = vmo;
    return zxp_call(world, &call);
}

/* The stream size, to the byte. Field: size. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_BAD_SYSCALL,
 * ZX_ERR_NO_MEMORY. Chapter 5 section 4.2. */
static inline zxp_outcome zxp_vmo_get_stream_size(zxp_world *world, uint32_t thread, zx_handle_t vmo) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_GET_STREAM_SIZE, thread);
    call.args[0] = vmo;
    return zxp_call(world, &call);
}

/* Resize a VMO. size: bytes; it becomes the stream size. A page cut off is lost, dirty or not. Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE, ZX_ERR_UNAVAILABLE,
 * ZX_ERR_BAD_STATE, ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. May block. Chapter 5 section 4.5. */
static inline zxp_outcome zxp_vmo_set_size(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_SET_SIZE, thread);
    call.args[0] = vmo;
    call.args[1] = size;
    return zxp_call(world, &call);
}

/* Set the stream size; what lies beyond becomes zero. size: bytes, at most the VMO size. What lies beyond reads as
 * zero afterwards. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE,
 * ZX_ERR_BAD_STATE, ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block.
 * Chapter 5 section 4.4. */
static inline zxp_outcome zxp_vmo_set_stream_size(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_SET_STREAM_SIZE, thread);
    call.args[0] = vmo;
    call.args[1] = size;
    return zxp_call(world, &call);
}

/* Commit, decommit, zero, hint, lock a range. Bytes. op: ZX_VMO_OP_.... For ZX_VMO_OP_LOCK the fields are the lock
 * state. Fields: offset, size, discarded_offset, discarded_size. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE,
 * ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_OUT_OF_RANGE, ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE,
 * ZX_ERR_NOT_FOUND, ZX_ERR_UNAVAILABLE, ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block.
 * Chapter 5 section 5. */
static inline zxp_outcome zxp_vmo_op_range(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint32_t op,
                                           uint64_t offset, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_OP_RANGE, thread);
    call.args[0] = vmo;
    call.args[1] = op;
    call.args[2] = offset;
    call.args[3] = size;
    return zxp_call(world, &call);
}

/* A clone, slice or reference. options: ZX_VMO_CHILD_.... Offset: bytes, a page multiple; size: bytes. The caller
 * owns the handle. Field: handle. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED,
 * ZX_ERR_INVALID_ARGS, ZX_ERR_OUT_OF_RANGE, ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE, ZX_ERR_NO_MEMORY. Chapter 6
 * section 3. */
static inline zxp_outcome zxp_vmo_create_child(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint32_t options,
                                               uint64_t offset, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_CREATE_CHILD, thread);
    call.args[0] = vmo;
    call.args[1] = options;
    call.args[2] = offset;
    call.args[3] = size;
    return zxp_call(world, &call);
}

/* Set the cache policy. Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED,
 * ZX_ERR_BAD_STATE. Chapter 5 section 10. */
static inline zxp_outcome zxp_vmo_set_cache_policy(zxp_world *world, uint32_t thread, zx_handle_t vmo,
                                                   uint32_t cache_policy) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_SET_CACHE_POLICY, thread);
    call.args[0] = vmo;
    call.args[1] = cache_policy;
    return zxp_call(world, &call);
}

/* A handle with the right to execute, in place of this one. The old handle is gone, also on failure, unless it is
 * bad. vmex: ZX_HANDLE_INVALID. Field: handle. Errors: ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_NO_MEMORY.
 * Chapter 5 section 11. */
static inline zxp_outcome zxp_vmo_replace_as_executable(zxp_world *world, uint32_t thread, zx_handle_t vmo,
                                                        zx_handle_t vmex) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_REPLACE_AS_EXECUTABLE, thread);
    call.args[0] = vmo;
    call.args[1] = vmex;
    return zxp_call(world, &call);
}

/* Move pages from one VMO to another. Offsets and length: bytes, page multiples. options: 0. The pages leave
 * src_vmo. Errors: ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED,
 * ZX_ERR_OUT_OF_RANGE, ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE, ZX_ERR_BAD_SYSCALL, ZX_ERR_NO_MEMORY, or what the
 * pager failed the request with. May block. Chapter 5 section 12. */
static inline zxp_outcome zxp_vmo_transfer_data(zxp_world *world, uint32_t thread, zx_handle_t dst_vmo,
                                                uint32_t options, uint64_t offset, uint64_t length, zx_handle_t src_vmo,
                                                uint64_t src_offset) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMO_TRANSFER_DATA, thread);
    call.args[0] = dst_vmo;
    call.args[1] = options;
    call.args[2] = offset;
    call.args[3] = length;
    call.args[4] = src_vmo;
    call.args[5] = src_offset;
    return zxp_call(world, &call);
}

/* ---- Mappings (chapter 7 section 3) ---- */

/* Map a VMO. vmar_offset: bytes from the base of the VMAR; vmo_offset: bytes, a page multiple; len: bytes, rounded
 * up to pages. The mapping keeps the VMO alive without any handle. Field: address. Errors: ZX_ERR_BAD_HANDLE,
 * ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_NOT_SUPPORTED, ZX_ERR_OUT_OF_RANGE,
 * ZX_ERR_ALREADY_EXISTS, ZX_ERR_NO_RESOURCES, ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY. Chapter 7 section 3.1. */
static inline zxp_outcome zxp_vmar_map(zxp_world *world, uint32_t thread, zx_handle_t vmar, zx_vm_option_t options,
                                       size_t vmar_offset, zx_handle_t vmo, uint64_t vmo_offset, size_t len) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMAR_MAP, thread);
    call.args[0] = vmar;
    call.args[1] = options;
    call.args[2] = vmar_offset;
    call.args[3] = vmo;
    call.args[4] = vmo_offset;
    call.args[5] = len;
    return zxp_call(world, &call);
}

/* Remove mappings. Bytes; len is rounded up to pages. A VMO that only its mapping kept dies. Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_INVALID_ARGS, ZX_ERR_NO_MEMORY. Chapter 7 section 3.2. */
static inline zxp_outcome zxp_vmar_unmap(zxp_world *world, uint32_t thread, zx_handle_t vmar, zx_vaddr_t addr,
                                         size_t len) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMAR_UNMAP, thread);
    call.args[0] = vmar;
    call.args[1] = addr;
    call.args[2] = len;
    return zxp_call(world, &call);
}

/* Change the permissions of mappings. Bytes; len is rounded up to pages. options: ZX_VM_PERM_.... Errors:
 * ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_NOT_FOUND,
 * ZX_ERR_NO_MEMORY. Chapter 7 section 3.3. */
static inline zxp_outcome zxp_vmar_protect(zxp_world *world, uint32_t thread, zx_handle_t vmar, zx_vm_option_t options,
                                           zx_vaddr_t addr, size_t len) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMAR_PROTECT, thread);
    call.args[0] = vmar;
    call.args[1] = options;
    call.args[2] = addr;
    call.args[3] = len;
    return zxp_call(world, &call);
}

/* A VMO operation, by address. Bytes; size is rounded up to pages. op: ZX_VMAR_OP_.... Errors: ZX_ERR_BAD_HANDLE,
 * ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_INVALID_ARGS, ZX_ERR_OUT_OF_RANGE, ZX_ERR_BAD_STATE,
 * ZX_ERR_NOT_SUPPORTED, ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block.
 * Chapter 7 section 3.4. */
static inline zxp_outcome zxp_vmar_op_range(zxp_world *world, uint32_t thread, zx_handle_t vmar, uint32_t op,
                                            zx_vaddr_t addr, size_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_VMAR_OP_RANGE, thread);
    call.args[0] = vmar;
    call.args[1] = op;
    call.args[2] = addr;
    call.args[3] = size;
    return zxp_call(world, &call);
}

/* ---- The clock ---- */

/* The virtual clock. Virtual nanoseconds. Field: time. Errors: ZX_ERR_NO_MEMORY. Chapter 1 section 14. */
static inline zxp_outcome zxp_clock_get_monotonic(zxp_world *world, uint32_t thread) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_CLOCK_GET_MONOTONIC, thread);
    return zxp_call(world, &call);
}

/* ---- The processor (chapter 7 section 6): not system calls ---- */

/* A user thread reads memory. Bytes. A failure is a fatal page fault: ZXP_FAULTED, zxp_thread_get has status and
 * address. Field: data. Errors: ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block. Chapter 7
 * section 6. */
static inline zxp_outcome zxp_load(zxp_world *world, uint32_t thread, zx_vaddr_t addr, size_t length) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_LOAD, thread);
    call.args[0] = addr;
    call.args[1] = length;
    return zxp_call(world, &call);
}

/* A user thread writes memory. Bytes. A failure is a fatal page fault: ZXP_FAULTED. The buffer is copied if the
 * store has to wait. Errors: ZX_ERR_NO_MEMORY, or what the pager failed the request with. May block. Chapter 7
 * section 6. */
static inline zxp_outcome zxp_store(zxp_world *world, uint32_t thread, zx_vaddr_t addr, const void *buffer,
                                    size_t length) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_STORE, thread);
    call.args[0] = addr;
    call.args[2] = length;
    zxp_call_bytes_(&call, buffer, length);
    return zxp_call(world, &call);
}

/* ---- A driver (chapter 5 section 8) ---- */

/* Pin pages as a driver does. Bytes, page multiples. write: for writing (not 0) or only for reading. Errors:
 * ZX_ERR_INVALID_ARGS, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_ACCESS_DENIED, ZX_ERR_OUT_OF_RANGE,
 * ZX_ERR_UNAVAILABLE, ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY, or what the pager failed the request
 * with. May block. Chapter 5 section 8. */
static inline zxp_outcome zxp_pin(zxp_world *world, uint32_t thread, zx_handle_t vmo, uint64_t offset, uint64_t size,
                                  uint32_t write) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_PIN, thread);
    call.args[0] = vmo;
    call.args[1] = offset;
    call.args[2] = size;
    call.args[3] = write;
    return zxp_call(world, &call);
}

/* Undo the latest pin of exactly this range. vmo: a koid. Bytes, as pinned. Errors: ZX_ERR_NOT_FOUND,
 * ZX_ERR_NO_MEMORY. Chapter 5 section 8. */
static inline zxp_outcome zxp_unpin(zxp_world *world, uint32_t thread, zx_koid_t vmo, uint64_t offset, uint64_t size) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_UNPIN, thread);
    call.args[0] = vmo;
    call.args[1] = offset;
    call.args[2] = size;
    return zxp_call(world, &call);
}

/* ---- The kernel's own activity, and time: `thread` only gets the result ---- */

/* Reclaim those pages of a range that may be reclaimed. vmo: a koid. Bytes, rounded outward to pages. Field:
 * evicted. Errors: ZX_ERR_NOT_FOUND, ZX_ERR_OUT_OF_RANGE, ZX_ERR_NO_MEMORY. Chapter 8 section 1.12. */
static inline zxp_outcome zxp_evict(zxp_world *world, uint32_t thread, zx_koid_t vmo, uint64_t offset, uint64_t length,
                                    uint32_t ignore_hints) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_EVICT, thread);
    call.args[0] = vmo;
    call.args[1] = offset;
    call.args[2] = length;
    call.args[3] = ignore_hints;
    return zxp_call(world, &call);
}

/* Reclaim pages in the kernel's order, letting time pass as needed. pages: how many; UINT64_MAX for all. Field:
 * evicted. Errors: ZX_ERR_NO_MEMORY. Chapter 8 section 1.12. */
static inline zxp_outcome zxp_reclaim(zxp_world *world, uint32_t thread, uint64_t pages) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_RECLAIM, thread);
    call.args[0] = pages;
    return zxp_call(world, &call);
}

/* One step of ageing. Errors: ZX_ERR_NO_MEMORY. Chapter 8 section 1.2. */
static inline zxp_outcome zxp_age(zxp_world *world, uint32_t thread) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_AGE, thread);
    return zxp_call(world, &call);
}

/* Let time pass; waits whose deadline is reached time out. nanoseconds: how long. Errors: ZX_ERR_NO_MEMORY. Chapter
 * 1 section 7. */
static inline zxp_outcome zxp_advance(zxp_world *world, uint32_t thread, uint64_t nanoseconds) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_ADVANCE, thread);
    call.args[0] = nanoseconds;
    return zxp_call(world, &call);
}

/* Suspend a thread. Errors: ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND. Chapter 4 section 10. */
static inline zxp_outcome zxp_suspend(zxp_world *world, uint32_t thread, uint32_t target) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_SUSPEND, thread);
    call.args[0] = target;
    return zxp_call(world, &call);
}

/* Resume a thread; an interrupted call starts again. Errors: ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND, ZX_ERR_NO_MEMORY.
 * Chapter 4 section 10. */
static inline zxp_outcome zxp_resume(zxp_world *world, uint32_t thread, uint32_t target) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_RESUME, thread);
    call.args[0] = target;
    return zxp_call(world, &call);
}

/* Kill a thread. Errors: ZX_ERR_BAD_STATE, ZX_ERR_NOT_FOUND. Chapter 4 section 10. */
static inline zxp_outcome zxp_kill(zxp_world *world, uint32_t thread, uint32_t target) {
    zxp_op_call call = zxp_call_begin_(ZXP_OP_KILL, thread);
    call.args[0] = target;
    return zxp_call(world, &call);
}

#ifdef __cplusplus
}
#endif
#endif
