/*
 * requests.c - page requests: populate, resolve, cancel, detach (chapter 4 sections 4
 * to 7 and 9; chapter 9 for the old profiles). A request is part of its thread; owners
 * and attached requests are lists of thread numbers. Ranges are pages of the root.
 */
#include <string.h>

#include "state.h"

static request_t *req(oracle *o, int t) { return &o->thread[t].request; }

static uint64_t req_end(oracle *o, int t) { return req(o, t)->first + req(o, t)->count; }

static void list_remove(int16_t *list, uint8_t *count, int t) {
    for (unsigned i = 0; i < *count; i++) {
        if (list[i] == t) {
            memmove(&list[i], &list[i + 1], (*count - i - 1u) * sizeof(list[0]));
            (*count)--;
            return;
        }
    }
}

static void owner_insert(oracle *o, source_t *s, int type, int t) {
    unsigned i = 0;
    while (i < s->owner_count[type] && req_end(o, s->owner[type][i]) < req_end(o, t)) {
        i++;
    }
    memmove(&s->owner[type][i + 1], &s->owner[type][i], (s->owner_count[type] - i) * sizeof(s->owner[type][0]));
    s->owner[type][i] = (int16_t)t;
    s->owner_count[type]++;
}

/* Chapter 4 section 6: signal. A latched status is never replaced. */
static void signal_request(oracle *o, int t, zx_status_t status) {
    thread_t *x = &o->thread[t];
    if (x->wait == ZXP_WAIT_REQUEST && !x->runnable) {
        orc_make_runnable(o, t, status);
    } else if (!x->request.latched) {
        x->request.latched = true;
        x->request.latched_status = status;
    }
}

/* Chapter 4 section 4. Ends in the wait: ST_WAIT, or what the wait returned at once, or ZX_ERR_BAD_STATE. */
zx_status_t orc_populate(oracle *o, int t, int source, int type, uint64_t first, uint64_t count) {
    source_t *s = &o->source[source];
    request_t *r = req(o, t);
    if (s->detached) {
        zx_status_t status = orc_head_profile(o) ? ZX_ERR_BAD_STATE : ZX_ERR_NOT_FOUND;
        return orc_rule(o, t, "4 section 4 step 2: the source is detached", status);
    }
    if (r->active) {
        bool same = r->early && r->source == source && r->type == type && !o->thread[t].f_active;
        if (same && first >= r->first && first - r->first < r->count) {
            r->wake = first - r->first; /* step 3: continuation */
            return orc_wait_for_request(o, t);
        }
        orc_request_cancel(o, t);
    }
    memset(r, 0, sizeof(*r)); /* step 4 */
    r->active = true;
    r->type = (uint8_t)type;
    r->source = (int16_t)source;
    r->first = first;
    r->count = count;
    r->early = orc_head_profile(o) && o->thread[t].early_op && !o->thread[t].f_active;
    r->wake = r->early ? 0 : NEVER;
    r->owner = -1;
    int n = -1; /* step 5: the owner with the smallest end beyond the start */
    for (unsigned i = 0; i < s->owner_count[type] && n < 0; i++) {
        if (req_end(o, s->owner[type][i]) > first) {
            n = s->owner[type][i];
        }
    }
    if (n >= 0 && req(o, n)->first <= first) {
        r->count = orc_min64(count, req_end(o, n) - first);
        r->owner = (int16_t)n;
        req(o, n)->attached[req(o, n)->attached_count++] = (int16_t)t;
        return orc_wait_for_request(o, t);
    }
    if (n >= 0) {
        r->count = orc_min64(count, req(o, n)->first - first);
    }
    r->is_owner = true;
    r->pending = r->count;
    orc_proxy_send(o, source, t);
    owner_insert(o, s, type, t);
    return orc_wait_for_request(o, t);
}

/* Chapter 4 section 5.2, complete. */
static void complete(oracle *o, int source, int t) {
    request_t *r = req(o, t);
    orc_proxy_take_back(o, source, t);
    list_remove(o->source[source].owner[r->type], &o->source[source].owner_count[r->type], t);
    for (unsigned i = 0; i < r->attached_count; i++) {
        request_t *x = req(o, r->attached[i]);
        x->active = false;
        x->owner = -1;
        signal_request(o, r->attached[i], x->status);
    }
    r->attached_count = 0;
    r->active = false;
    r->is_owner = false;
    signal_request(o, t, r->status);
}

/* Chapter 4 section 5.2, early_wake: [a, b) relative to the owner. */
static void early_wake(oracle *o, int t, uint64_t a, uint64_t b) {
    request_t *r = req(o, t);
    uint64_t from = a + r->first;
    uint64_t to = b + r->first;
    r->wake = b;
    signal_request(o, t, r->status);
    for (unsigned i = 0; i < r->attached_count; i++) {
        request_t *x = req(o, r->attached[i]);
        if (!x->early) {
            continue;
        }
        if (from > x->first && from - x->first > x->wake) {
            x->wake = r->count; /* passed by */
            signal_request(o, r->attached[i], x->status);
        } else if (from < x->first + x->count && to > x->first) {
            uint64_t begin = orc_max64(from, x->first) - x->first;
            uint64_t end = orc_min64(to, x->first + x->count) - x->first;
            if (begin <= x->wake && x->wake < end) {
                x->wake = end;
                signal_request(o, r->attached[i], x->status);
            }
        }
    }
}

/* Chapter 4 section 5.2 step 2.2: where does the error stick? [first, end) is the answered range. */
static void stick_error(oracle *o, int t, uint64_t first, uint64_t end, zx_status_t err) {
    request_t *r = req(o, t);
    uint64_t a = orc_max64(first, r->first) - r->first;
    if (a == 0 || a == r->wake) {
        r->status = err;
    }
    for (unsigned i = 0; i < r->attached_count; i++) {
        request_t *x = req(o, r->attached[i]);
        if (end > x->first && first < x->first + x->count) {
            uint64_t begin = orc_max64(first, x->first) - x->first;
            if (begin == 0 || begin == x->wake) {
                x->status = err;
            }
        }
    }
}

/* Chapter 9 section 5.3: in 2020 a FAIL that touches a request ends it as a whole. */
static void fail_whole(oracle *o, int t, zx_status_t err) {
    request_t *r = req(o, t);
    r->status = err;
    for (unsigned i = 0; i < r->attached_count; i++) {
        req(o, r->attached[i])->status = err;
    }
}

void orc_resolve(oracle *o, int source, int type, uint64_t first, uint64_t count, zx_status_t err) {
    source_t *s = &o->source[source];
    uint64_t end = first + count;
    int16_t owners[THREAD_MAX];
    unsigned n = s->owner_count[type];
    if (s->detached) {
        return;
    }
    memcpy(owners, s->owner[type], n * sizeof(owners[0]));
    for (unsigned i = 0; i < n; i++) {
        int t = owners[i];
        request_t *r = req(o, t);
        if (req_end(o, t) <= first || r->first >= end) {
            continue;
        }
        uint64_t a = orc_max64(first, r->first) - r->first;
        uint64_t b = orc_min64(end, req_end(o, t)) - r->first;
        if (err != ZX_OK && !orc_head_profile(o)) {
            fail_whole(o, t, err);
            complete(o, source, t);
            continue;
        }
        if (err != ZX_OK) {
            stick_error(o, t, first, end, err);
        }
        if (b - a < r->pending) {
            if (a == r->wake) {
                early_wake(o, t, a, b);
            }
            r->pending -= b - a;
        } else {
            complete(o, source, t);
        }
    }
}

/* Chapter 4 section 7. */
void orc_request_cancel(oracle *o, int t) {
    request_t *r = req(o, t);
    if (!r->active) {
        return;
    }
    source_t *s = &o->source[r->source];
    r->active = false;
    if (!r->is_owner) {
        request_t *owner = req(o, r->owner);
        list_remove(owner->attached, &owner->attached_count, t);
        r->owner = -1;
        return;
    }
    r->is_owner = false;
    if (r->attached_count == 0) {
        list_remove(s->owner[r->type], &s->owner_count[r->type], t);
        orc_proxy_take_back(o, r->source, t);
        return;
    }
    int heir = r->attached[0]; /* section 7.3: take-over */
    request_t *x = req(o, heir);
    x->is_owner = true;
    x->owner = -1;
    x->first = r->first;
    x->count = r->count;
    x->pending = r->pending;
    x->attached_count = (uint8_t)(r->attached_count - 1);
    memcpy(x->attached, &r->attached[1], x->attached_count * sizeof(x->attached[0]));
    for (unsigned i = 0; i < x->attached_count; i++) {
        req(o, x->attached[i])->owner = (int16_t)heir;
    }
    for (unsigned i = 0; i < s->owner_count[r->type]; i++) {
        if (s->owner[r->type][i] == t) {
            s->owner[r->type][i] = (int16_t)heir;
        }
    }
    r->attached_count = 0;
    orc_proxy_swap(o, r->source, t, heir);
}

/* Chapter 4 section 9, detach steps 2 and 3; first time only. */
void orc_source_detach(oracle *o, int source) {
    source_t *s = &o->source[source];
    if (s->detached) {
        return;
    }
    for (int type = READ; type <= DIRTY; type++) {
        while (s->owner_count[type] > 0) {
            complete(o, source, s->owner[type][0]);
        }
    }
    s->detached = true;
    orc_proxy_send_complete(o, source);
}

/* The node died. */
void orc_source_close(oracle *o, int source) {
    orc_source_detach(o, source);
    o->source[source].alive = false;
    o->source[source].node = -1;
    orc_source_free_if_done(o, source);
}

/* Chapter 4 section 9: the pager's last handle is closed; also a COMPLETE that was not read goes. */
void orc_source_pager_closed(oracle *o, int source) {
    source_t *s = &o->source[source];
    orc_source_detach(o, source);
    if (s->complete) {
        int i = orc_port_find(o, s->port, source);
        if (i >= 0) {
            (void)orc_port_remove(o, s->port, (unsigned)i);
            s->busy = false;
        }
        s->complete = false;
    }
    s->complete_waits = false;
    s->pager = -1;
    orc_source_free_if_done(o, source);
}
