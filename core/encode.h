/*
 * encode.h - the one canonical form of a world, in two variants (docs/architecture.md, "one encoder, two forms").
 *
 * FULL names things as the kernel does: objects by koid, threads by number, handles by value. It holds all that can
 * influence a later answer or that a view shows, and nothing else: no indices, no free blocks, no shapes of trees, no
 * lists whose order follows from koids. decode.c reads it back. STATE is the same walk with other names: koids by rank,
 * handle values by slot, stamps by rank, generations by age, deadlines from now; counters and the results of calls that
 * have ended are left out. Worlds with equal STATE behave alike but for these names.
 *
 * FORM_SHAPE is STATE in which all bytes of pages that are not zero are alike: nothing the kernel does depends on which
 * byte it is. For exploring only (fuzz/explore): no reader takes it.
 *
 * Numbers are little-endian. In this order (encode.c and decode.c have one function for each):
 *
 *   head      form, profile; FULL: secret, clock, counters, generations, value of the VMAR's handle
 *   objects   in order of creation: type, signals, koid, then what its type has (a VMO: node, parent, stream, ...)
 *   handles   slots: object, rights, generation; then the free slots, next to be used first
 *   nodes     in order of creation: size, where it hangs, family, source, pages
 *   threads   in order of number: state, last call and result; of an unfinished call also how far it is
 *   queues    of each port: packets, waiting threads; of each source: requests, in the order in which they are served
 *   observers of each object that has some, in order
 *   space     mappings in order of address; pins, most recent first
 *
 * Pages are written in normal form, which depends only on what a page holds: runs of equal keys and bodies of equal
 * bytes are joined; a run of two or more pages of successive letters is LETTERS, everything else uniform is a FILL.
 */
#ifndef CORE_ENCODE_H
#define CORE_ENCODE_H

#include "world.h"

/* First byte of an encoding. Changes with the format. */
#define ENCODED_FULL  0xF1u
#define ENCODED_STATE 0x51u

#define FORM_SHAPE ((zxp_form)(ZXP_FORM_STATE + 1))

/* At most so many pages of one body in one run of an encoding. */
#define ENCODED_BODY_PAGES 4096u

/* Bits that say what follows in a record. */
enum { ENCODED_VMO_WINDOW = 1, ENCODED_VMO_LOCKS = 2, ENCODED_VMO_NAME = 4, ENCODED_VMO_STREAM = 8 };
enum { ENCODED_NODE_UP = 1, ENCODED_NODE_FAMILY = 2, ENCODED_NODE_SOURCE = 4, ENCODED_NODE_IN_PAGER_TREE = 8 };
enum { ENCODED_CALL_LIST = 1, ENCODED_CALL_DATA = 2, ENCODED_CALL_BYTES = 4, ENCODED_CALL_TRANSIT = 8 };
/* Kinds of a piece of data: enum content_kind; bodies are plain bytes. ENCODED_END ends a sequence. */
#define ENCODED_END 0xFFu

/* Does the world encode to exactly these bytes? */
bool encodes_to(const zxp_world *w, zxp_form form, const uint8_t *bytes, uint64_t length);

/* A call that has begun and not ended: what it has done so far counts. */
static inline bool thread_in_call(const struct thread *thread) {
    return thread->state == ZXP_THREAD_BLOCKED || (thread->state == ZXP_THREAD_SUSPENDED && thread->restart);
}

#endif
