/*
 * speed_inputs.h - the inputs that speed is measured on: those of a folder that have 12 to 20 operations, the same for
 * every engine.
 */
#ifndef FUZZ_SPEED_INPUTS_H
#define FUZZ_SPEED_INPUTS_H

#include <stddef.h>
#include <stdint.h>

enum { SPEED_MAX_INPUTS = 400, SPEED_LEAST = 12, SPEED_MOST = 20 };

struct speed_inputs {
    unsigned count;
    uint8_t *bytes[SPEED_MAX_INPUTS];
    size_t length[SPEED_MAX_INPUTS];
};

/* Adds those of a folder, in the order of their names. */
void speed_inputs_add(struct speed_inputs *inputs, const char *folder);
void speed_inputs_clear(struct speed_inputs *inputs);

#endif
