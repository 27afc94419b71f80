/*
 * mutant.h - which mutant is on, of all that mutate.awk compiles in: ZXP_MUTANT in the environment.
 */
#ifndef TESTS_MUTANT_H
#define TESTS_MUTANT_H

#include <stdbool.h>

extern unsigned zxp_mutant; /* mutant.c; 0: none */
#define MUTANT(number) (zxp_mutant == (number))

#endif
