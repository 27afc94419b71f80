/* The constants of the kernel interface by name: a table made from constants.def. */
#include <zxpager/names.h>

#include <string.h>

typedef struct {
    const char *name;
    size_t length;
    uint64_t value; /* signed constants sign-extended: the cast from their own type does it */
} constant;

static const constant constants[] = {
#define CONSTANT(NAME) {#NAME, sizeof #NAME - 1, (uint64_t)(NAME)},
#include "constants.def"
};

enum { CONSTANT_COUNT = sizeof constants / sizeof constants[0] };

/*
 * A scan, not a search tree: the lengths tell most names apart without looking at them, and a table in the order of the
 * groups needs neither a second list to keep sorted nor any state to sort at run time.
 */
bool zxp_constant_by_name(const char *name, size_t length, uint64_t *value) {
    for (size_t i = 0; i < CONSTANT_COUNT; i++) {
        const constant *c = &constants[i];
        if (c->length == length && memcmp(c->name, name, length) == 0) {
            if (value != NULL) {
                *value = c->value;
            }
            return true;
        }
    }
    return false;
}

static bool is_status(const constant *c) {
    return strncmp(c->name, "ZX_ERR_", 7) == 0 || strcmp(c->name, "ZX_OK") == 0;
}

const char *zxp_status_name(zx_status_t status) {
    for (size_t i = 0; i < CONSTANT_COUNT; i++) {
        const constant *c = &constants[i];
        if (c->value == (uint64_t)status && is_status(c)) {
            return c->name;
        }
    }
    return NULL;
}

size_t zxp_constant_count(void) { return CONSTANT_COUNT; }

const char *zxp_constant_name(size_t i) { return i < CONSTANT_COUNT ? constants[i].name : NULL; }
