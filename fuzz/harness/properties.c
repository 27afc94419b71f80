/*
 * properties.c - what must hold of any world, without an oracle: what is encoded decodes to the same bytes; equal
 * worlds hash alike; the difference between two worlds leads from the one to the other and back; a call returns what
 * its table says that it may.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "zxpager/delta.h"

static bool check_decoded(struct harness *h, const uint8_t *bytes, size_t length) {
    const char *reason = NULL;
    zxp_world *decoded = zxp_world_decode(bytes, length, &reason);
    if (decoded == NULL)
        return harness_found(h, FINDING_PROPERTY, "decode refuses what encode wrote", "%s",
                             reason != NULL ? reason : "?");
    bool equal = zxp_world_equal(h->core, decoded, ZXP_FORM_FULL);
    bool same_hash = zxp_world_hash(h->core, ZXP_FORM_FULL) == zxp_world_hash(decoded, ZXP_FORM_FULL) &&
                     zxp_world_hash(h->core, ZXP_FORM_STATE) == zxp_world_hash(decoded, ZXP_FORM_STATE);
    zxp_world_destroy(decoded);
    if (!equal) return harness_found(h, FINDING_PROPERTY, "save and load", "the decoded world is not equal");
    if (!same_hash)
        return harness_found(h, FINDING_PROPERTY, "hash of save and load", "equal worlds have different hashes");
    return true;
}

static bool check_save(struct harness *h) {
    size_t length = zxp_world_encode(h->core, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) return true;
    zxp_world_encode(h->core, ZXP_FORM_FULL, bytes, length);
    bool holds = check_decoded(h, bytes, length);
    free(bytes);
    return holds;
}

/* Worlds are equal if their hashes are. */
static bool differ_rightly(struct harness *h) {
    bool alike = zxp_world_hash(h->core, ZXP_FORM_FULL) == zxp_world_hash(h->before, ZXP_FORM_FULL);
    return zxp_world_equal(h->core, h->before, ZXP_FORM_FULL) == alike ||
           harness_found(h, FINDING_PROPERTY, "hash and comparison", "disagree whether two worlds are equal");
}

/* The difference from `from` to `to` leads there. */
static bool leads_to(struct harness *h, zxp_world *from, const zxp_world *to) {
    zxp_delta *delta = zxp_delta_create(from, to);
    bool applied = delta != NULL && zxp_delta_apply(from, delta) == ZX_OK;
    zxp_delta_destroy(delta);
    return !applied || zxp_world_equal(from, to, ZXP_FORM_FULL) ||
           harness_found(h, FINDING_PROPERTY, "undo and redo", "the difference between two worlds leads elsewhere");
}

/* From the world at its beginning to the one at the end and back. */
static bool check_undo(struct harness *h) {
    zxp_world_reset(h->before, zxp_world_profile(h->core));
    zxp_world *moving = zxp_world_clone(h->before);
    if (moving == NULL) return true;
    bool holds = differ_rightly(h) && leads_to(h, moving, h->core) && leads_to(h, moving, h->before);
    zxp_world_destroy(moving);
    return holds;
}

bool harness_properties(struct harness *h) { return check_save(h) && check_undo(h) && harness_views(h); }

bool harness_statuses(struct harness *h) {
    zxp_thread_view view;
    char signature[80];
    for (uint32_t i = 0; zxp_thread_get(h->core, i, &view); i++) {
        const zxp_op_info *op = zxp_op_info_of(view.op);
        if (op == NULL || view.state != ZXP_THREAD_READY || zxp_op_may_return(op, view.status)) continue;
        snprintf(signature, sizeof signature, "%s returns what it may not", op->name);
        return harness_found(h, FINDING_PROPERTY, signature, "thread %" PRIu32 ": status %" PRId32, i, view.status);
    }
    return true;
}
