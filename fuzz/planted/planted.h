/*
 * planted.h - the switch of the planted bugs (bugs.txt): at most one is on in a run, by its number in
 * the environment variable ZXP_PLANTED. Only the copy of the core that plant.awk makes includes this.
 */
#ifndef FUZZ_PLANTED_H
#define FUZZ_PLANTED_H

#include <stdbool.h>

/* True if bug `bug` is on; counts that its place was reached,
 * and, if `matters`, that it made a difference there (triggered). */
bool planted_bug(unsigned bug, bool matters);

#define BUG_WHEN(number, matters) planted_bug((number), (matters))
#define BUG(number)               planted_bug((number), true)

#endif
