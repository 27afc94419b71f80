/*
 * mutant.h - which mutant is on, of all that mutate.awk compiles in, and which of them a run reaches.
 *
 * In a program of its own (a unit test) ZXP_MUTANT in the environment chooses, and ZXP_REACHED names a file that gets
 * the bytes of zxp_reached at the end.
 */
#ifndef TESTS_MUTANT_H
#define TESTS_MUTANT_H

#include <stdbool.h>
#include <string.h>

#define MOST_MUTANTS 16384u

extern unsigned zxp_mutant; /* 0: none */
extern unsigned char zxp_reached[MOST_MUTANTS];

#define CHOSEN(number) (zxp_mutant == (number))
#define MUTANT(number) (zxp_reached[number] = 1, CHOSEN(number))
/* Reached if the other expression has another value. */
#define DIFFERENT(number, other, expression)                                                                           \
    __extension__({                                                                                                    \
        if (zxp_mutant == 0) {                                                                                         \
            const __typeof__(expression) zxp_is_ = (expression), zxp_other_ = (other);                                 \
            if (memcmp(&zxp_is_, &zxp_other_, sizeof zxp_is_) != 0) zxp_reached[number] = 1;                           \
        }                                                                                                              \
        CHOSEN(number);                                                                                                \
    })
/* A condition that never holds differs where it held, and one that always holds where it did not. */
#define TOLD(never, always, condition) zxp_tell_condition(never, always, condition)

static inline bool zxp_tell_condition(unsigned never, unsigned always, bool value) {
    zxp_reached[value ? never : always] = 1;
    return value;
}

#endif
