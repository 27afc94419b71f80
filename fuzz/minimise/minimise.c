/*
 * minimise.c - a smaller program that fails in the same way (minimise.h).
 * Every step tries a change and keeps it if the failure stays.
 */
#include "minimise.h"

#include <string.h>

static bool keeps(struct minimise *m, const struct fuzz_program *tried) {
    if (m->asked >= m->budget) return false;
    m->asked++;
    return m->same(m->user, tried);
}

/* Takes `tried` over if it still fails. */
static bool try_it(struct minimise *m, struct fuzz_program *program, const struct fuzz_program *tried) {
    if (!keeps(m, tried)) return false;
    *program = *tried;
    return true;
}

static bool try_without(struct minimise *m, struct fuzz_program *program, uint32_t at, uint32_t count) {
    struct fuzz_program tried = *program;
    memmove(&tried.record[at], &tried.record[at + count], (tried.count - at - count) * sizeof tried.record[0]);
    tried.count -= count;
    return try_it(m, program, &tried);
}

/* From the back: what stands behind the failure goes first. */
static bool remove_records(struct minimise *m, struct fuzz_program *program) {
    bool helped = false;
    for (uint32_t step = program->count / 2 > 0 ? program->count / 2 : 1;; step /= 2) {
        for (uint32_t end = program->count; end > 0;) {
            uint32_t count = step < end ? step : end;
            helped |= try_without(m, program, end - count, count);
            end -= count;
            if (end > program->count) end = program->count;
        }
        if (step <= 1) return helped;
    }
}

static bool empty_header(struct minimise *m, struct fuzz_program *program) {
    bool helped = false;
    for (size_t i = 1; i < offsetof(struct fuzz_header, pool_words); i++) {
        struct fuzz_program tried = *program;
        uint8_t *byte = (uint8_t *)&tried.header + i;
        uint8_t rest = i == offsetof(struct fuzz_header, profile) ? 2 : 0;
        if (*byte == rest) continue;
        *byte = rest;
        if (try_it(m, program, &tried)) {
            helped = true;
            continue;
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            tried = *program;
            if ((*byte >> bit & 1) == 0 || rest != 0) continue;
            *byte = (uint8_t)(*byte & ~(1u << bit));
            helped |= try_it(m, program, &tried);
        }
    }
    return helped;
}

static bool try_param(struct minimise *m, struct fuzz_program *program, uint32_t at, unsigned i, uint8_t mode,
                      uint16_t value) {
    const struct fuzz_record *old = &program->record[at];
    if (old->param[i].mode == mode && old->param[i].value <= value) return false;
    struct fuzz_program tried = *program;
    tried.record[at].param[i].mode = mode;
    tried.record[at].param[i].value = value;
    return try_it(m, program, &tried);
}

/* Smallest first: 0, a page, the first that exists, half. */
static bool shrink_param(struct minimise *m, struct fuzz_program *program, uint32_t at, unsigned i) {
    uint8_t mode = program->record[at].param[i].mode;
    uint16_t value = program->record[at].param[i].value;
    if (mode == MODE_NUMBER && value == 0) return false;
    if (try_param(m, program, at, i, MODE_NUMBER, 0)) return true;
    if (mode == MODE_NATURAL && value == 0) return false;
    if (try_param(m, program, at, i, MODE_NATURAL, 0)) return true;
    if (mode == MODE_PAGES && value == 1) return false;
    if (try_param(m, program, at, i, MODE_PAGES, 1)) return true;
    for (uint16_t smaller = 1; smaller < value; smaller = (uint16_t)(smaller * 2)) {
        if (try_param(m, program, at, i, mode, smaller)) return true;
        if (smaller >= 0x8000) break;
    }
    return value > 1 && try_param(m, program, at, i, mode, (uint16_t)(value - 1));
}

static bool shrink_record(struct minimise *m, struct fuzz_program *program, uint32_t at) {
    bool helped = false;
    struct fuzz_program tried = *program;
    if (tried.record[at].thread != 0) {
        tried.record[at].thread = 0;
        helped |= try_it(m, program, &tried);
    }
    tried = *program;
    if (tried.record[at].buffer > ZXP_BUFFER_FILL) {
        tried.record[at].buffer = ZXP_BUFFER_FILL;
        helped |= try_it(m, program, &tried);
    }
    for (unsigned i = 0; i < FUZZ_RECORD_PARAMS; i++) helped |= shrink_param(m, program, at, i);
    return helped;
}

static bool drop_pool(struct minimise *m, struct fuzz_program *program) {
    bool helped = false;
    while (program->header.pool_words > 0) {
        struct fuzz_program tried = *program;
        tried.header.pool_words /= 2;
        if (!try_it(m, program, &tried)) {
            tried.header.pool_words = (uint8_t)(program->header.pool_words - 1);
            if (!try_it(m, program, &tried)) break;
        }
        helped = true;
    }
    return helped;
}

void fuzz_minimise(struct minimise *m, struct fuzz_program *program) {
    bool helped = true;
    while (helped && m->asked < m->budget) {
        helped = remove_records(m, program);
        helped |= empty_header(m, program);
        for (uint32_t at = program->count; at > 0; at--) {
            if (at <= program->count) helped |= shrink_record(m, program, at - 1);
        }
        helped |= drop_pool(m, program);
    }
}
