/*
 * mutant.h - which mutant is on, of all that mutate.awk compiles in, and which of them a run reaches.
 *
 * In a program of its own (a unit test) ZXP_MUTANT in the environment chooses, and ZXP_REACHED names a file that gets
 * the bytes of zxp_reached at the end.
 */
#ifndef TESTS_MUTANT_H
#define TESTS_MUTANT_H

#include <stdbool.h>

#define MOST_MUTANTS 16384u

extern unsigned zxp_mutant; /* 0: none */
extern unsigned char zxp_reached[MOST_MUTANTS];
#define MUTANT(number) (zxp_reached[number] = 1, zxp_mutant == (number))

#endif
