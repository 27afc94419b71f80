/*
 * minimise.h - a smaller program that fails in the same way.
 *
 * In process, for findings of either engine. The caller's question "does this one still fail so?" keeps the failure's
 * signature, so that the result shows the same bug and not another one.
 */
#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "../codec/codec.h"

struct minimise {
    bool (*same)(void *user, const struct fuzz_program *program); /* still the same failure? */
    void *user;
    uint64_t budget; /* questions that may be asked */
    uint64_t asked;
};

/* Makes `program`, which fails, smaller: cuts the tail, removes operations (halves,
 * quarters, ..., one by one), empties the header, makes arguments small, drops
 * words of the pool; again and again until nothing helps or the budget is spent. */
void fuzz_minimise(struct minimise *m, struct fuzz_program *program);

#endif
