/*
 * fault.h - one attempt of an access to user memory (chapter 7 section 6).
 *
 * An attempt starts from the address, sees the world as it is now, and is one
 * indivisible step: found, resolved, recorded. Nothing of it is kept over a wait.
 * Loads and stores (fault.c) and the kernel's copies (user_copy.c) are built on it.
 */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include "mapping.h"
#include "range_op.h"

/* Where an access lands. `left`: pages from `index` on, alike in permissions
 * and record, that lie in the mapping and below its limit; at least 1. `performs`: the load,
 * store or copy follows at once, and marks the page accessed (chapter 7 section 12). */
struct target {
    mapping_ref mapping;
    uint64_t index, left; /* pages of the mapping */
    node_ref node;
    uint64_t page; /* in the node */
    uint32_t permissions;
    enum translation record;
    bool performs;
};

/* Section 6.1 steps 1 to 5. access: ZX_VM_PERM_READ or ZX_VM_PERM_WRITE.
 * Returns the rule that refuses, or RULE_none and the target. */
enum rule_number target_find(const zxp_world *w, zx_vaddr_t address, uint32_t access, struct target *target);
/* Pages from the target's on that a range fault may take: alike in
 * permissions, whatever their records (13.1 step 4). At most `most`. */
uint64_t target_range(const zxp_world *w, const struct target *target, uint64_t most);
/* Would resolving the target need a page request now? */
bool target_needs_request(const zxp_world *w, const struct target *target, uint32_t access);

/* Steps 6 to 8 for reading, without the copying: up to min(most, target.left) pages that can
 * be read alike, marked accessed if the target performs, and recorded. If the pager must be asked: for at most `ask`
 * pages, LOOK_WAIT. LOOK_FAILED: status in the call. Reserves, and `then` bytes more for
 * what the caller does after it, so that a copy that cannot be made has changed nothing. */
enum look target_read(zxp_world *w, thread_ref t, const struct target *target, uint64_t ask, uint64_t most,
                      uint64_t then, struct seen *seen);
/* The same for writing: *count pages may be stored to; `modified` is set if this is a write fault. */
enum look target_write(zxp_world *w, thread_ref t, const struct target *target, uint64_t ask, uint64_t most,
                       uint64_t then, uint64_t *count);
#endif
