/*
 * request.c - page requests (request.h; chapter 4 sections 4 to 7 and 9).
 *
 *   populate -> owner (has a packet) or attached (hangs on an owner), inactive again after
 *   complete    everything of the owner has been counted
 *   cancel      its thread leaves; the first attached takes the owner's place
 *
 * Invariants (chapter 4 section 16): owners of one type are disjoint and stand in ascending order; an attached request
 * lies inside its owner's range; every owner has pending > 0; a detached source has no request.
 */
#include "request.h"

#include "pager.h"
#include "proxy.h"
#include "thread.h"

static struct request *request_of(const zxp_world *w, thread_ref t) { return &thread_at(w, t)->request; }

static uint64_t end_of(const struct request *r) { return r->offset + r->length; }

static void tell_request(zxp_world *w, thread_ref t, zxp_event_what what, enum rule_number rule) {
    const struct request *r = request_of(w, t);
    const struct source *source = source_at(w, r->source);
    tell_decision(w, &(zxp_event){.kind = ZXP_EVENT_REQUEST,
                                  .what = what,
                                  .thread = thread_at(w, t)->number,
                                  .rule = (uint16_t)rule,
                                  .status = r->status,
                                  .command = r->type == REQUEST_READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY,
                                  .koid = source->koid,
                                  .key = source->key,
                                  .offset = r->offset,
                                  .length = r->length});
}

/* ---- The signal: auto-reset, with a latched status (section 6) ---- */

static void signal_thread(zxp_world *w, thread_ref t, zx_status_t status) {
    struct request *r = request_of(w, t);
    if (r->waiting) {
        r->waiting = 0;
        thread_wake(w, t, status);
    } else if (r->latched) {
        apply_rule(w, RULE_request_signal_lost);
    } else {
        r->latched = 1;
        r->latched_status = status;
        apply_rule(w, RULE_request_signal_latched);
    }
}

/* ---- Owners in ascending order, attached requests in order of attaching ---- */

static thread_ref first_owner_beyond(const zxp_world *w, source_ref s, enum request_type type, uint64_t offset) {
    thread_ref t = source_at(w, s)->owners[type];
    while (thread_is(t) && end_of(request_of(w, t)) <= offset) t = request_of(w, t)->next;
    return t;
}

/* The neighbours in the source's list get `next` and `previous` in the place of r. */
static void owners_join(zxp_world *w, const struct request *r, thread_ref next, thread_ref previous) {
    if (thread_is(r->previous)) {
        request_of(w, r->previous)->next = next;
    } else {
        source_at(w, r->source)->owners[r->type] = next;
    }
    if (thread_is(r->next)) request_of(w, r->next)->previous = previous;
}

static void owners_insert(zxp_world *w, thread_ref t) {
    struct request *r = request_of(w, t);
    thread_ref at = source_at(w, r->source)->owners[r->type];
    while (thread_is(at) && end_of(request_of(w, at)) <= r->offset) {
        r->previous = at;
        at = request_of(w, at)->next;
    }
    r->next = at;
    owners_join(w, r, t, t);
}

static void owners_remove(zxp_world *w, thread_ref t) {
    const struct request *r = request_of(w, t);
    owners_join(w, r, r->next, r->previous);
}

static void attached_append(zxp_world *w, thread_ref owner, thread_ref t) {
    struct request *o = request_of(w, owner), *r = request_of(w, t);
    r->owner = owner;
    r->previous = o->last_attached;
    if (thread_is(o->last_attached)) {
        request_of(w, o->last_attached)->next = t;
    } else {
        o->first_attached = t;
    }
    o->last_attached = t;
}

static void attached_remove(zxp_world *w, thread_ref t) {
    struct request *r = request_of(w, t), *o = request_of(w, r->owner);
    if (thread_is(r->previous)) {
        request_of(w, r->previous)->next = r->next;
    } else {
        o->first_attached = r->next;
    }
    if (thread_is(r->next)) {
        request_of(w, r->next)->previous = r->previous;
    } else {
        o->last_attached = r->previous;
    }
}

/* Inactive: everything is forgotten but what belongs to the operation (early) and to the signal. */
static void deactivate(struct request *r) {
    *r = (struct request){
        .early = r->early, .latched = r->latched, .latched_status = r->latched_status, .waiting = r->waiting};
}

/* ---- Populating (section 4) ---- */

static enum look refuse_detached(zxp_world *w, thread_ref t) {
    bool head = profile_is(w, ZXP_PROFILE_HEAD);
    enum rule_number rule = head ? RULE_request_detached : RULE_request_detached_old;
    call_of(w, t)->status = head ? ZX_ERR_BAD_STATE : ZX_ERR_NOT_FOUND;
    call_of(w, t)->rule = (uint16_t)rule;
    return LOOK_FAILED;
}

/* Step 3: an early-waking reader comes back for a page of the request that it has. */
static bool continues(zxp_world *w, thread_ref t, source_ref s, uint64_t offset) {
    struct request *r = request_of(w, t);
    if (!r->early || !source_same(r->source, s) || offset < r->offset || offset >= end_of(r)) return false;
    r->wake = offset - r->offset;
    tell_request(w, t, ZXP_WHAT_CONTINUED, RULE_request_continued);
    return true;
}

static void abandon(zxp_world *w, thread_ref t);

/* Step 5: not over the end of the owner that it begins in, not over the start of the one that follows. */
static void trim(zxp_world *w, struct request *r, const struct request *n) {
    if (n->offset <= r->offset && end_of(r) > end_of(n)) {
        r->length = end_of(n) - r->offset;
        apply_rule(w, RULE_request_trimmed_end);
    } else if (n->offset > r->offset && end_of(r) > n->offset) {
        r->length = n->offset - r->offset;
        apply_rule(w, RULE_request_trimmed_start);
    }
}

static void become_owner(zxp_world *w, thread_ref t) {
    struct request *r = request_of(w, t);
    r->role = ROLE_OWNER;
    r->pending = r->length;
    tell_request(w, t, ZXP_WHAT_CREATED, RULE_request_owner);
    proxy_send(w, r->source, t);
    owners_insert(w, t);
}

static void become_attached(zxp_world *w, thread_ref t, thread_ref owner) {
    request_of(w, t)->role = ROLE_ATTACHED;
    attached_append(w, owner, t);
    tell_request(w, t, ZXP_WHAT_ATTACHED, RULE_request_attached);
}

enum look request_populate(zxp_world *w, thread_ref t, source_ref s, enum request_type type, uint64_t offset,
                           uint64_t length) {
    if (source_at(w, s)->detached) return refuse_detached(w, t);
    struct request *r = request_of(w, t);
    if (r->role != ROLE_NONE) {
        if (r->type == type && continues(w, t, s, offset)) return LOOK_WAIT;
        abandon(w, t);
    }
    thread_ref n = first_owner_beyond(w, s, type, offset);
    *r = (struct request){.offset = offset,
                          .length = length,
                          .wake = r->early ? 0 : NEVER,
                          .source = s,
                          .type = (uint8_t)type,
                          .early = r->early};
    if (thread_is(n)) trim(w, r, request_of(w, n));
    if (thread_is(n) && request_of(w, n)->offset <= offset) {
        become_attached(w, t, n);
    } else {
        become_owner(w, t);
    }
    return LOOK_WAIT;
}

/* ---- The operation's side: begin, wait, fail ---- */

void request_begin(zxp_world *w, thread_ref t, bool early) {
    request_cancel(w, t);
    request_of(w, t)->early = early && profile_is(w, ZXP_PROFILE_HEAD); /* chapter 9 section 3: no early wake before */
    thread_at(w, t)->wake_status = ZX_OK;
}

step wait_for_request(zxp_world *w, thread_ref t) {
    struct request *r = request_of(w, t);
    if (r->latched) { /* section 6 (1): even if the thread is being suspended */
        r->latched = 0;
        return thread_go_on(w, t, r->latched_status);
    }
    r->waiting = 1;
    return thread_block(w, t, ZXP_WAIT_REQUEST, ZX_TIME_INFINITE);
}

bool request_failed(const zxp_world *w, thread_ref t, zx_status_t *status) {
    *status = thread_at(w, t)->wake_status;
    return *status != ZX_OK;
}

/* ---- Cancelling (section 7) ---- */

/* Section 7.3: the heir inherits range, count and the others, and keeps its early, wake and status. No packet moves. */
static void take_over(zxp_world *w, thread_ref owner) {
    struct request *o = request_of(w, owner);
    thread_ref heir = o->first_attached;
    struct request *h = request_of(w, heir);
    attached_remove(w, heir);
    h->role = ROLE_OWNER;
    h->offset = o->offset;
    h->length = o->length;
    h->pending = o->pending;
    h->first_attached = o->first_attached;
    h->last_attached = o->last_attached;
    for (thread_ref x = h->first_attached; thread_is(x); x = request_of(w, x)->next) request_of(w, x)->owner = heir;
    owners_join(w, o, heir, heir);
    h->next = o->next;
    h->previous = o->previous;
    proxy_swap(w, o->source, owner, heir);
    tell_request(w, heir, ZXP_WHAT_TAKEN_OVER, RULE_request_taken_over);
}

/* What stays in the request is the past: the caller makes it anew. */
static void leave(zxp_world *w, thread_ref t) {
    const struct request *r = request_of(w, t);
    if (r->role == ROLE_ATTACHED) {
        tell_request(w, t, ZXP_WHAT_CANCELLED, RULE_request_attached_leaves);
        attached_remove(w, t);
    } else if (thread_is(r->first_attached)) {
        take_over(w, t);
    } else {
        tell_request(w, t, ZXP_WHAT_CANCELLED, RULE_request_cancelled);
        owners_remove(w, t);
        proxy_take_back(w, r->source, t);
    }
}

/* Section 4 step 3: the page came from elsewhere, and the reader now wants one outside its request. */
static void abandon(zxp_world *w, thread_ref t) {
    apply_rule(w, RULE_request_abandoned);
    leave(w, t);
}

void request_cancel(zxp_world *w, thread_ref t) {
    if (request_of(w, t)->role != ROLE_NONE) leave(w, t);
    *request_of(w, t) = (struct request){0};
}

/* ---- Resolving (section 5) ---- */

static void complete(zxp_world *w, thread_ref owner, enum rule_number rule) {
    struct request *o = request_of(w, owner);
    tell_request(w, owner, ZXP_WHAT_RESOLVED, rule);
    owners_remove(w, owner);
    proxy_take_back(w, o->source, owner);
    for (thread_ref x = o->first_attached, next; thread_is(x); x = next) {
        next = request_of(w, x)->next;
        zx_status_t status = request_of(w, x)->status;
        deactivate(request_of(w, x));
        signal_thread(w, x, status);
    }
    zx_status_t status = o->status;
    deactivate(o);
    signal_thread(w, owner, status);
}

/* Section 5.2 step 2.2: only a part that begins at the start of a request, or at its wake page, gives it the error. */
static void mark_failed(zxp_world *w, struct request *r, uint64_t offset, uint64_t end, zx_status_t status) {
    if (end <= r->offset || offset >= end_of(r)) return;
    uint64_t a = max_u64(offset, r->offset) - r->offset;
    if (a != 0 && a != r->wake) {
        apply_rule(w, RULE_request_error_missed);
        return;
    }
    apply_rule(w, a == 0 ? RULE_request_error_at_start : RULE_request_error_at_wake);
    r->status = status;
}

static void mark_all_failed(zxp_world *w, thread_ref owner, uint64_t offset, uint64_t end, zx_status_t status) {
    struct request *o = request_of(w, owner);
    mark_failed(w, o, offset, end, status);
    for (thread_ref x = o->first_attached; thread_is(x); x = request_of(w, x)->next) {
        mark_failed(w, request_of(w, x), offset, end, status);
    }
}

static void wake_early(zxp_world *w, thread_ref t, uint64_t wake, enum rule_number rule) {
    request_of(w, t)->wake = wake;
    apply_rule(w, rule);
    signal_thread(w, t, request_of(w, t)->status);
}

/* Bytes [first, end) of the root have come; x hangs on an owner of `length` bytes that wakes for them. Where `wake` is
 * NEVER, nothing wakes it early. */
static void wake_attached_early(zxp_world *w, thread_ref t, uint64_t length, uint64_t first, uint64_t end) {
    const struct request *x = request_of(w, t);
    if (max_u64(first, x->offset) - x->offset > x->wake) {
        wake_early(w, t, length, RULE_request_passed_by);
        return;
    }
    /* The part begins at the wake page, or before; 0: what has come lies before the request. */
    uint64_t b = max_u64(min_u64(end, end_of(x)), x->offset) - x->offset;
    if (x->wake < b) wake_early(w, t, b, RULE_request_attached_early_wake);
}

/* a, b: the part that has come, relative to the owner. */
static void early_wake(zxp_world *w, thread_ref owner, uint64_t a, uint64_t b) {
    struct request *o = request_of(w, owner);
    wake_early(w, owner, b, RULE_request_early_wake);
    for (thread_ref x = o->first_attached; thread_is(x); x = request_of(w, x)->next) {
        wake_attached_early(w, x, o->length, o->offset + a, o->offset + b);
    }
}

/* Chapter 9 section 5.3: in profile 2020 a FAIL that touches a request completes it as a whole. */
static void fail_whole(zxp_world *w, thread_ref owner, zx_status_t status, enum rule_number rule) {
    struct request *o = request_of(w, owner);
    apply_rule(w, RULE_request_failed_whole);
    o->status = status;
    for (thread_ref x = o->first_attached; thread_is(x); x = request_of(w, x)->next) request_of(w, x)->status = status;
    complete(w, owner, rule);
}

static void resolve_owner(zxp_world *w, thread_ref owner, uint64_t offset, uint64_t end, zx_status_t status,
                          enum rule_number rule) {
    struct request *o = request_of(w, owner);
    if (status != ZX_OK && profile_is(w, ZXP_PROFILE_2020)) {
        fail_whole(w, owner, status, rule);
        return;
    }
    uint64_t a = max_u64(offset, o->offset) - o->offset, b = min_u64(end, end_of(o)) - o->offset;
    if (status != ZX_OK) mark_all_failed(w, owner, offset, end, status);
    if (b - a >= o->pending) {
        complete(w, owner, rule);
        return;
    }
    apply_rule(w, RULE_request_counted);
    if (a == o->wake) early_wake(w, owner, a, b);
    o->pending -= b - a;
}

void request_resolve(zxp_world *w, source_ref s, enum request_type type, uint64_t offset, uint64_t length,
                     zx_status_t status, enum rule_number rule) {
    uint64_t end = offset + length;
    thread_ref owner = first_owner_beyond(w, s, type, offset);
    while (thread_is(owner) && request_of(w, owner)->offset < end) {
        thread_ref next = request_of(w, owner)->next;
        resolve_owner(w, owner, offset, end, status, rule);
        owner = next;
    }
}

/* ---- Detach, pager close, death (section 9) ---- */

void source_detach(zxp_world *w, source_ref s) {
    if (source_at(w, s)->detached) return;
    source_at(w, s)->detached = 1;
    for (int type = 0; type < REQUEST_TYPES; type++) {
        while (thread_is(source_at(w, s)->owners[type]))
            complete(w, source_at(w, s)->owners[type], RULE_request_ended_by_detach);
    }
    proxy_send_complete(w, s);
}

void source_pager_closed(zxp_world *w, source_ref s) {
    source_detach(w, s);
    proxy_withdraw_complete(w, s);
    source_leave_pager(w, s);
    if (!node_is(source_at(w, s)->node)) source_free(w, s);
}

void source_node_died(zxp_world *w, source_ref s) {
    source_detach(w, s);
    source_at(w, s)->node = node_none();
    if (source_at(w, s)->place != PACKET_IN_PORT) source_free(w, s);
}
