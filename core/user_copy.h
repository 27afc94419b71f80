/*
 * user_copy.h - copies between a call and user memory that may fault (chapter 7 section 13).
 *
 * Origin KERNEL: such a wait is not suspendable, and a failure is no exception but the call's status.
 */
#ifndef CORE_USER_COPY_H
#define CORE_USER_COPY_H

#include "lookup.h"

/* Captured copies (13.1 steps 3, 4) for zx_vmo_read (buffer is written) and zx_vmo_write (buffer is read): between
 * the node's bytes at `offset`, whose page the caller has resolved, and user memory at `address`. `left`: bytes
 * that the call has still to copy. A copy goes to the end of the VMO's page at most; a fault takes in all that is
 * left. *done is 0 before. Returns LOOK_OK with *done > 0 bytes copied; LOOK_OK with *done == 0 after a range fault
 * that succeeded (look again); LOOK_WAIT (waits in the buffer fault, uninterruptible); LOOK_FAILED, the status is in
 * the call. */
enum look captured_copy(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t left, zx_vaddr_t address,
                        bool to_user, uint64_t *done);

/* A call that uses captured_copy begins each round with this, before it looks at its VMO again: a range fault of
 * its buffer that had to wait goes on where it was (13.1 step 4). LOOK_OK: none is under way (any more). LOOK_WAIT,
 * LOOK_FAILED: as captured_copy; the status of a failed wait is taken care of here, so that request_failed need
 * only be asked when no range fault was under way (call.fault_end == 0). */
enum look captured_resume(zxp_world *w, thread_ref t);

/* Direct copy out (13.2) of a small record to user memory, resumable: *done bytes are copied, the caller keeps the
 * count over a wait and calls again. Any failure is ZX_ERR_INVALID_ARGS. The thread's request is the buffer's until
 * the call ends. */
enum look direct_copy_out(zxp_world *w, thread_ref t, zx_vaddr_t address, const uint8_t *bytes, uint32_t length,
                          uint32_t *done);

#endif
