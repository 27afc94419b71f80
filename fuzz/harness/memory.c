/*
 * memory.c - however little memory there is, a world stays sound: each call is made first on a copy of the world, once
 * for each reservation of memory that it makes, with that one failing.
 */
#include "harness.h"

/* More reservations than this of one call are alike: it goes on page by page. */
enum { MOST_FAILURES = 40 };

bool harness_memory(struct harness *h, const zxp_op_call *call) {
    for (uint64_t n = 1; n <= MOST_FAILURES; n++) {
        zxp_context context = {.fail_reservation = n};
        if (zxp_world_copy(h->before, h->core) != ZX_OK) return true;
        zxp_world_attach(h->before, &context);
        (void)zxp_call(h->before, call);
        zxp_world_attach(h->before, NULL);
        if (context.reservations < n) return true; /* every one has failed */
        if (!harness_check_world(h, h->before, ", memory is short")) return false;
    }
    return true;
}
