/*
 * explore_mode.h - zxpager-repl explore: a script that sets up a world, then all states that it can reach.
 */
#ifndef CLI_EXPLORE_MODE_H
#define CLI_EXPLORE_MODE_H

#include "interp.h"

/*
 *     explore FILE.zxp|-c STATEMENTS [--shard I/N] [--to FILE] [WORD of the command explore] ...
 *     explore --merge FILE ...
 *
 * Arguments behind the word explore. Returns the exit status.
 */
int explore_mode(int count, char **arguments, volatile sig_atomic_t *interrupt);

#endif
