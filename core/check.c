/*
 * check.c - zxp_check, zxp_check_step, and the sentences of the invariants.
 */
#include "check.h"

#include "pager.h"
#include "thread.h"

/* ---- Texts ---- */

#define INVARIANT(number, text) [number] = (text),
static const char *const texts[] = {
#include "invariants.def"
};
#undef INVARIANT

enum { TEXTS = sizeof texts / sizeof texts[0] };

const char *zxp_invariant_text(uint16_t n) { return n < TEXTS ? texts[n] : NULL; }

void violated(struct report *r, uint16_t n, zx_koid_t koid, uint64_t page) {
    if (r->count < r->capacity)
        r->out[r->count] = (zxp_violation){.invariant = n, .koid = koid, .page = page, .fact = texts[n]};
    r->count++;
}

/* ---- Walks ---- */

zx_koid_t node_koid(const zxp_world *w, node_ref n) {
    const struct node *node = node_at(w, n);
    if (vmo_is(node->owner)) return vmo_at(w, node->owner)->object.koid;
    return source_is(node->source) ? source_at(w, node->source)->koid : ZX_KOID_INVALID;
}

vmo_ref next_vmo(const zxp_world *w, vmo_ref v) {
    object_ref o = vmo_is(v) ? vmo_at(w, v)->object.next : kernel_of(w)->first_object;
    while (object_is(o) && object_at(w, o)->type != ZX_OBJ_TYPE_VMO) o = object_at(w, o)->next;
    return vmo_of_object(o);
}

/* ---- One state ---- */

size_t zxp_check(const zxp_world *world, zxp_violation *out, size_t capacity) {
    struct report r = {.out = out, .capacity = capacity};
    check_structure(world, &r);
    if (r.count > 0) return r.count;
    check_slots(world, &r);
    check_requests(world, &r);
    check_mappings(world, &r);
    check_account(world, &r);
    return r.count;
}

/* ---- A step ---- */

node_ref same_node(const struct step_check *s, node_ref before) {
    const struct node *node = node_at(s->before, before);
    for (node_ref n = kernel_of(s->after)->first_node; node_is(n); n = node_at(s->after, n)->next_node) {
        const struct node *other = node_at(s->after, n);
        if (source_is(node->source) != source_is(other->source)) continue;
        if (source_is(node->source)) {
            if (source_at(s->before, node->source)->koid == source_at(s->after, other->source)->koid) return n;
        } else if (vmo_is(node->owner) && vmo_is(other->owner) &&
                   node_koid(s->before, before) == node_koid(s->after, n)) {
            return n;
        }
    }
    return node_none();
}

vmo_ref vmo_by_koid(const zxp_world *w, zx_koid_t koid) {
    for (vmo_ref v = next_vmo(w, vmo_none()); vmo_is(v); v = next_vmo(w, v))
        if (vmo_at(w, v)->object.koid == koid) return v;
    return vmo_none();
}

vmo_ref vmo_of_argument(const struct step_check *s, unsigned argument) {
    return vmo_by_koid(s->before, zxp_koid_of(s->before, (zx_handle_t)s->call->args[argument]));
}

bool is_pager_op(const struct step_check *s, uint32_t op) {
    return s->call->op == ZXP_OP_PAGER_OP_RANGE && (uint32_t)s->call->args[1] == op;
}

bool is_range_operation(const struct step_check *s, uint32_t op) {
    return (s->call->op == ZXP_OP_VMO_OP_RANGE || s->call->op == ZXP_OP_VMAR_OP_RANGE) &&
           (uint32_t)s->call->args[1] == op;
}

/* In a fault of its buffer a call may wait for another page than before and be no further: a direct copy that goes over
 * a border of pages begins anew (chapter 7 section 13.2). */
static bool waits_elsewhere(const struct thread *before, const struct thread *after) {
    return after->call.uninterruptible && before->request.offset != after->request.offset;
}

/* Has a thread run? Its call has got further, or its state is another; to be attached or detached is not to run. */
static bool has_run(const struct step_check *s, uint32_t number) {
    const struct thread *before = thread_at(s->before, thread_number(s->before, number));
    const struct thread *after = thread_at(s->after, thread_number(s->after, number));
    const struct call *a = &before->call, *b = &after->call;
    return before->state != after->state || a->cursor != b->cursor || a->phase != b->phase || a->status != b->status ||
           a->fault_at != b->fault_at || memcmp(a->local, b->local, sizeof a->local) != 0 ||
           waits_elsewhere(before, after);
}

static bool is_quiet(const struct step_check *s) {
    uint32_t count = kernel_of(s->before)->thread_count;
    if (count != kernel_of(s->after)->thread_count) return false;
    for (uint32_t i = 0; i < count; i++)
        if (i != s->call->thread && has_run(s, i)) return false;
    return true;
}

size_t zxp_check_step(const zxp_world *before, const zxp_world *after, const zxp_op_call *call, zxp_violation *out,
                      size_t capacity) {
    struct report r = {.out = out, .capacity = capacity};
    struct step_check s = {.before = before, .after = after, .call = call, .report = &r};
    thread_ref t = thread_by_number(after, call->thread);
    if (!thread_is(t)) return 0;
    s.returned = thread_at(after, t)->state == ZXP_THREAD_READY && call_of(after, t)->op == call->op;
    s.status = call_of(after, t)->status;
    s.quiet = is_quiet(&s);
    check_transitions(&s);
    check_effects(&s);
    return r.count;
}
