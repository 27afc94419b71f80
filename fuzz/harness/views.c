/*
 * views.c - what must hold of what a world shows, without an oracle: nothing is there beyond the last, data comes alike
 * in one piece and in parts, and a call that nobody can make changes nothing.
 */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

enum { PART = 1000, WHOLE = 2 * ZXP_PAGE_SIZE };

static bool beyond(struct harness *h, const char *what, uint64_t which) {
    return harness_found(h, FINDING_PROPERTY, "a view goes beyond the end", "%s %" PRIu64, what, which);
}

/* Also of a thread that waits, is over, has made no call or is none. */
static bool check_results(struct harness *h, uint32_t thread) {
    uint64_t value;
    zxp_dirty_range range;
    zxp_piece piece;
    size_t ranges = zxp_range_count(h->core, thread), masks = zxp_observed_count(h->core, thread);
    if (zxp_field_at(h->core, thread, zxp_field_count(h->core, thread), &value) != NULL)
        return beyond(h, "fields of thread", thread);
    if (zxp_range_at(h->core, thread, ranges, &range)) return beyond(h, "ranges of thread", thread);
    if (zxp_observed_at(h->core, thread, masks) != ZX_SIGNAL_NONE) return beyond(h, "observed of thread", thread);
    if (zxp_data_piece(h->core, thread, zxp_data_length(h->core, thread), &piece))
        return beyond(h, "data of thread", thread);
    return true;
}

/* A name comes of a call that has succeeded, and ends. */
static bool check_name(struct harness *h, uint32_t thread) {
    char name[ZX_MAX_NAME_LEN];
    zxp_thread_view view = {0};
    zxp_thread_get(h->core, thread, &view);
    if (!zxp_name(h->core, thread, name)) return true;
    return (view.status == ZX_OK && memchr(name, 0, sizeof name) != NULL) || beyond(h, "name of thread", thread);
}

static bool check_data(struct harness *h, uint32_t thread) {
    uint8_t whole[WHOLE], parts[WHOLE];
    size_t length = zxp_data_copy(h->core, thread, 0, whole, WHOLE), done = 0;
    for (size_t more = 1; done < length && more > 0; done += more) {
        size_t most = WHOLE - done < PART ? WHOLE - done : PART;
        more = zxp_data_copy(h->core, thread, done, parts + done, most);
    }
    if (done == length && memcmp(whole, parts, length) == 0) return true;
    return harness_found(h, FINDING_PROPERTY, "data in parts", "of thread %" PRIu32, thread);
}

static bool check_space(struct harness *h) {
    zxp_handle_view handle;
    zxp_mapping_view mapping;
    zxp_request_view request;
    zxp_page_run run;
    uint32_t permissions, record;
    size_t handles = 0, mappings = 0, requests = 0;
    for (zx_handle_t at = 0; zxp_handle_next(h->core, at, &handle); at = handle.handle) handles++;
    for (zx_vaddr_t at = 0; zxp_mapping_after(h->core, at, &mapping); at = mapping.base + mapping.size) mappings++;
    for (; zxp_request_at(h->core, requests, &request); requests++) {
        if (zxp_request_attached(h->core, requests, HARNESS_THREADS) != ZXP_NO_THREAD)
            return beyond(h, "threads of request", requests);
    }
    if (zxp_handle_at(h->core, handles, &handle)) return beyond(h, "handle", handles);
    if (zxp_mapping_at(h->core, mappings, &mapping)) return beyond(h, "mapping", mappings);
    if (zxp_request_attached(h->core, requests, 0) != ZXP_NO_THREAD) return beyond(h, "request", requests);
    if (zxp_address_get(h->core, 0, &permissions, &record)) return beyond(h, "address", 0);
    for (zx_koid_t koid = 0; koid <= ZX_KOID_FIRST; koid += ZX_KOID_FIRST) { /* no object; the root VMAR */
        if (zxp_page_run_at(h->core, koid, 0, &run)) return beyond(h, "pages of object", koid);
    }
    return true;
}

/* An operation that there is not, a thread that there is not, and one that cannot take a call. */
static bool check_no_calls(struct harness *h) {
    uint64_t before = zxp_world_hash(h->core, ZXP_FORM_FULL);
    zxp_thread_view view;
    zxp_outcome outcome = zxp_call(h->core, &(zxp_op_call){.op = ZXP_OP_LIMIT});
    for (uint32_t i = 0; i <= zxp_thread_count(h->core); i++) {
        if (zxp_thread_get(h->core, i, &view) && view.state == ZXP_THREAD_READY) continue;
        if (outcome == ZXP_KILLED) outcome = zxp_call(h->core, &(zxp_op_call){.op = ZXP_OP_EVENT_CREATE, .thread = i});
    }
    return (outcome == ZXP_KILLED && zxp_world_hash(h->core, ZXP_FORM_FULL) == before) ||
           harness_found(h, FINDING_PROPERTY, "a call that nobody makes", "is made, or changes the world");
}

bool harness_views(struct harness *h) {
    for (uint32_t i = 0; i <= zxp_thread_count(h->core); i++) {
        if (!check_results(h, i) || !check_name(h, i) || !check_data(h, i)) return false;
    }
    return check_space(h) && check_no_calls(h);
}
