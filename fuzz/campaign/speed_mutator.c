/*
 * speed_mutator.c - a mutator that changes nothing: it hands out the inputs that speed is measured on, one after the
 * other, so that libFuzzer and AFL++ run the same ones. ZXP_SPEED_INPUTS names their folder.
 */
#include <stdlib.h>
#include <string.h>

#include "../targets/targets.h"
#include "speed_inputs.h"

void *afl_custom_init(void *afl, unsigned int seed);
void afl_custom_deinit(void *data);
size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *other, size_t other_length,
                       size_t capacity);

static struct speed_inputs inputs;
static unsigned last;

static unsigned next_input(void) {
    if (inputs.count == 0) speed_inputs_add(&inputs, getenv("ZXP_SPEED_INPUTS"));
    if (inputs.count == 0) exit(2);
    last = (last + 1) % inputs.count;
    return last;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    unsigned i = next_input();
    (void)seed;
    if (inputs.length[i] > max_size) return size;
    memcpy(data, inputs.bytes[i], inputs.length[i]);
    return inputs.length[i];
}

void *afl_custom_init(void *afl, unsigned int seed) {
    (void)afl, (void)seed;
    return &inputs;
}

void afl_custom_deinit(void *data) { speed_inputs_clear(data); }

size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *other, size_t other_length,
                       size_t capacity) {
    unsigned i = next_input();
    (void)data, (void)bytes, (void)other, (void)other_length;
    if (inputs.length[i] > capacity) return length;
    *out = inputs.bytes[i];
    return inputs.length[i];
}
