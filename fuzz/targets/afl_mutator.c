/*
 * afl_mutator.c - the mutator of programs (codec/mutate.h) behind
 * AFL++'s custom mutator interface, and trimming by operations.
 */
#include <stdlib.h>
#include <string.h>

#include "../codec/mutate.h"

struct mutator {
    uint64_t seed;
    uint8_t out[FUZZ_MAX_BYTES];
    /* trimming: the operations [at, at + step) are left out next */
    struct fuzz_program trimmed, tried;
    uint32_t at, step;
};

void *afl_custom_init(void *afl, unsigned int seed);
void afl_custom_deinit(void *data);
size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *other, size_t other_length,
                       size_t capacity);
int32_t afl_custom_init_trim(void *data, uint8_t *bytes, size_t length);
size_t afl_custom_trim(void *data, uint8_t **out);
int32_t afl_custom_post_trim(void *data, unsigned char success);

void *afl_custom_init(void *afl, unsigned int seed) {
    (void)afl;
    struct mutator *m = calloc(1, sizeof *m);
    if (m != NULL) m->seed = seed;
    return m;
}

void afl_custom_deinit(void *data) { free(data); }

/* Half of the time a crossover with another input comes first. */
size_t afl_custom_fuzz(void *data, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *other, size_t other_length,
                       size_t capacity) {
    struct mutator *m = data;
    size_t limit = capacity < sizeof m->out ? capacity : sizeof m->out;
    size_t size = length < limit ? length : limit;
    m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
    memcpy(m->out, bytes, size);
    if (other != NULL && (m->seed >> 40 & 1) != 0) {
        size_t mixed = fuzz_crossover_bytes(bytes, length, other, other_length, m->out, limit, m->seed >> 8);
        if (mixed != 0) size = mixed;
    }
    *out = m->out;
    return fuzz_mutate_bytes(m->out, size, limit, m->seed >> 16);
}

/* The number of steps that trimming takes at most: halves, quarters, ..., single operations. */
int32_t afl_custom_init_trim(void *data, uint8_t *bytes, size_t length) {
    struct mutator *m = data;
    fuzz_decode(bytes, length, &m->trimmed);
    m->at = 0;
    m->step = m->trimmed.count / 2;
    return m->step == 0 ? 0 : (int32_t)(2 * m->trimmed.count);
}

size_t afl_custom_trim(void *data, uint8_t **out) {
    struct mutator *m = data;
    m->tried = m->trimmed;
    uint32_t step = m->step < m->tried.count - m->at ? m->step : m->tried.count - m->at;
    memmove(&m->tried.record[m->at], &m->tried.record[m->at + step],
            (m->tried.count - m->at - step) * sizeof m->tried.record[0]);
    m->tried.count -= step;
    *out = m->out;
    return fuzz_encode(&m->tried, m->out, sizeof m->out);
}

/* The number of the next step; as many as announced means the end. */
int32_t afl_custom_post_trim(void *data, unsigned char success) {
    struct mutator *m = data;
    static const int32_t end = INT32_MAX;
    if (success) {
        m->trimmed = m->tried;
    } else {
        m->at += m->step;
    }
    if (m->at >= m->trimmed.count) {
        m->at = 0;
        m->step /= 2;
    }
    return m->step == 0 || m->trimmed.count == 0 ? end : 0;
}
