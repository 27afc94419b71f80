/*
 * sys_reclaim.c - evict, reclaim, age: the kernel's own activity, when a script asks for it (chapter 8 section 1.12).
 */
#include "node.h"
#include "object.h"
#include "op_handlers.h"
#include "reclaim.h"

/* evict(vmo, offset, length, ignore_hints) */
step op_evict(zxp_world *w, thread_ref t) {
    object_ref object = object_by_koid(w, arg(w, t, 0));
    uint64_t offset = round_down(arg(w, t, 1)), end;
    set_value(w, t, 0, 0);
    if (!object_is(object) || object_at(w, object)->type != ZX_OBJ_TYPE_VMO) return refuse(w, t, RULE_evict_no_vmo);
    vmo_ref v = vmo_of_object(object);
    if (wraps(arg(w, t, 1), arg(w, t, 2))) return refuse(w, t, RULE_evict_out_of_range);
    if (!round_up(arg(w, t, 1) + arg(w, t, 2), &end)) return refuse(w, t, RULE_evict_out_of_range);
    if (!in_range(offset, end - offset, vmo_size(w, v))) return refuse(w, t, RULE_evict_out_of_range);
    node_ref n = vmo_at(w, v)->node;
    uint64_t base = vmo_at(w, v)->base;
    if (!arena_reserve(w, reclaim_evict_bytes(w, n))) return no_memory(w, t);
    set_value(w, t, 0, reclaim_evict_range(w, n, (base + offset) / PAGE, (base + end) / PAGE, arg32(w, t, 3) != 0));
    return accept(w, t, RULE_evict_done);
}

/* reclaim(pages): lets time pass as far as needed; eight steps make the newest page old enough. */
step op_reclaim(zxp_world *w, thread_ref t) {
    uint64_t wanted = arg(w, t, 0), freed = 0;
    for (int i = 0; i < 8; i++) {
        if (!arena_reserve(w, reclaim_bytes(w))) return no_memory(w, t);
        freed += reclaim_pages(w, wanted - freed, ONLY_OLDEST);
        if (freed >= wanted) break; /* the discard of a whole VMO may go beyond */
        if (!arena_reserve(w, reclaim_bytes(w))) return no_memory(w, t);
        reclaim_age(w);
    }
    set_value(w, t, 0, freed);
    return accept(w, t, RULE_reclaim_done);
}

/* age() */
step op_age(zxp_world *w, thread_ref t) {
    if (!arena_reserve(w, reclaim_bytes(w))) return no_memory(w, t);
    reclaim_age(w);
    return accept(w, t, RULE_age_done);
}
