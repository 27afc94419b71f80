/*
 * properties.c - what must hold of any world, without an oracle (DESIGN.md): a copy is equal and independent; what is
 * encoded decodes to the same bytes; equal worlds hash alike.
 */
#include <stdlib.h>

#include "harness.h"

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

bool harness_properties(struct harness *h) {
    size_t length = zxp_world_encode(h->core, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) return true;
    zxp_world_encode(h->core, ZXP_FORM_FULL, bytes, length);
    bool holds = check_decoded(h, bytes, length);
    free(bytes);
    return holds;
}
