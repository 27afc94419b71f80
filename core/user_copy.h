/*
 * user_copy.h - copies between a call and user memory that may fault (chapter 7 sections 6 and 13).
 */
#ifndef CORE_USER_COPY_H
#define CORE_USER_COPY_H

#include "lookup.h"

/* One attempt of chapter 7 section 6.1 for the page of `address`: the node and page that the access may use. access: ZX_VM_PERM_READ or _WRITE. ask: pages that a request
 * may cover. LOOK_OK: *n, *page (in the node). LOOK_FAILED: status in the call. */
enum look fault_resolve(zxp_world *w, thread_ref t, zx_vaddr_t address, uint32_t access, uint64_t ask, node_ref *n, uint64_t *page);

/* Captured copies (13.1 steps 3, 4) for zx_vmo_read (buffer is written) and zx_vmo_write (buffer is read): copies as many of `length` bytes
 * between the node's bytes at `offset` and user memory at `address` as have translations; the VMO page is resolved already.
 * Returns LOOK_OK with *done > 0 bytes copied, LOOK_WAIT (waits in the buffer fault; uninterruptible), LOOK_OK with *done == 0 after a range fault that succeeded (look again), or
 * LOOK_FAILED with the status. */
enum look captured_copy(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t length, zx_vaddr_t address, bool to_user, uint64_t *done);

/* A call that uses captured_copy begins each round with this, before it looks at its VMO again: a range fault of its buffer that had to wait
 * goes on where it was (13.1 step 4). LOOK_OK: none is under way (any more). LOOK_WAIT, LOOK_FAILED: as captured_copy; the status of a
 * failed wait is taken care of here, so that request_failed need only be asked after LOOK_OK. */
enum look captured_resume(zxp_world *w, thread_ref t);

/* Direct copy out (13.2) of a small record to user memory, resumable by cursor; any failure is ZX_ERR_INVALID_ARGS. */
enum look direct_copy_out(zxp_world *w, thread_ref t, zx_vaddr_t address, const uint8_t *bytes, uint32_t length, uint32_t *done);

#endif
