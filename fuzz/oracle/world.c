/*
 * world.c - making, copying and resetting an oracle; small arithmetic.
 */
#include <stdlib.h>
#include <string.h>

#include "state.h"

bool orc_add_wraps(uint64_t a, uint64_t b) { return a + b < a; }

bool orc_in_range(uint64_t off, uint64_t len, uint64_t max) { return !orc_add_wraps(off, len) && off + len <= max; }

uint64_t orc_round_down(uint64_t x) { return x & ~(PAGE - 1); }

uint64_t orc_round_up(uint64_t x) { return orc_round_down(x + (PAGE - 1)); }

uint64_t orc_pages_up(uint64_t bytes) { return bytes / PAGE + (bytes % PAGE != 0 ? 1 : 0); }

bool orc_aligned(uint64_t x) { return x % PAGE == 0; }

uint64_t orc_min64(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t orc_max64(uint64_t a, uint64_t b) { return a > b ? a : b; }

bool orc_head_profile(const oracle *o) { return o->profile == ZXP_PROFILE_HEAD; }

void orc_out_of_bounds(oracle *o, const char *why) {
    if (!o->oob) {
        o->oob = true;
        o->oob_reason = why;
    }
}

bool orc_walk_step(oracle *o) {
    if (o->walk == 0) {
        orc_out_of_bounds(o, "pages touched by one call");
        return false;
    }
    o->walk--;
    return true;
}

zx_status_t orc_rule(oracle *o, int t, const char *name, zx_status_t status) {
    if (t >= 0) {
        o->thread[t].rule = name;
    }
    return status;
}

static void thread_init(thread_t *x) {
    memset(x, 0, sizeof(*x));
    x->state = ZXP_THREAD_READY;
    x->rule = "";
    for (int k = 0; k < REF_MAX; k++) {
        x->ref[k] = -1;
    }
}

/* What has been used is free again; the rest never was in use. */
static void free_all(oracle *o) {
    for (int i = 0; i < PORT_MAX; i++) {
        o->port[i].used = false;
    }
    for (int i = 0; i < NODE_MAX; i++) {
        o->node[i].used = false;
    }
    for (int i = 0; i < o->frames; i++) {
        o->frame[i].used = false;
    }
    memset(o, 0, offsetof(oracle, port));
}

void oracle_reset(oracle *o, zxp_profile profile) {
    free_all(o);
    o->profile = profile;
    o->oob_reason = "";
    o->next_koid = 1024;
    o->mru = 6;
    o->isolate_head = o->isolate_tail = -1;
    for (int i = 0; i < GENERATIONS; i++) {
        o->head[i] = o->tail[i] = -1;
    }
    o->frame[0].used = true;
    o->frame[0].shares = 1;
    o->frame[0].state = 'P';
    o->frame[0].node = o->frame[0].prev = o->frame[0].next = -1;
    o->body_used[0] = true;
    o->frame_low = o->body_low = o->body_high = o->frames = 1;
    o->threads = 1;
    thread_init(&o->thread[0]);
    int vmar = orc_object_make(o, ZX_OBJ_TYPE_VMAR);
    zx_rights_t rights = (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHT_OP_CHILDREN | ZX_RIGHTS_IO | ZX_RIGHT_EXECUTE;
    (void)orc_handle_make(o, vmar, rights);
}

oracle *oracle_create(zxp_profile profile) {
    oracle *o = calloc(1, sizeof(*o));
    if (o != NULL) {
        oracle_reset(o, profile);
    }
    return o;
}

void oracle_destroy(oracle *o) { free(o); }

size_t oracle_bytes(const oracle *o) { return offsetof(oracle, body) + (size_t)o->body_high * PAGE; }

void oracle_copy(oracle *dst, const oracle *src) {
    if (dst != src) {
        memcpy(dst, src, oracle_bytes(src));
    }
}

bool oracle_out_of_bounds(const oracle *o) { return o->oob; }

const char *oracle_out_of_bounds_reason(const oracle *o) { return o->oob_reason; }

uint32_t oracle_thread_create(oracle *o) {
    if (o->threads == THREAD_MAX) {
        orc_out_of_bounds(o, "threads");
        return ZXP_NO_THREAD;
    }
    thread_init(&o->thread[o->threads]);
    return o->threads++;
}
