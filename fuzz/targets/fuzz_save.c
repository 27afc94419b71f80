/*
 * fuzz_save.c - hostile saved worlds: what decodes must be a sound world that encodes to the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "targets.h"
#include "zxpager/zxpager.h"

static void fail(const char *what) {
    fprintf(stderr, "\nFINDING: %s\nSIGNATURE: %s\n", what, what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *reason = NULL;
    zxp_world *world = zxp_world_decode(data, size, &reason);
    if (world == NULL) {
        if (reason == NULL) fail("refused without a reason");
        return 0;
    }
    zxp_violation violation;
    size_t length = zxp_world_encode(world, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) exit(2);
    zxp_world_encode(world, ZXP_FORM_FULL, bytes, length);
    if (length != size || memcmp(bytes, data, size) != 0) fail("a world was accepted that encodes to other bytes");
    if (zxp_check(world, &violation, 1) != 0) fail("an unsound world was accepted");
    free(bytes);
    zxp_world_destroy(world);
    return 0;
}
