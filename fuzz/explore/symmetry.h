/*
 * symmetry.h - states that differ only in names that mean nothing
 * are one (explore.h, options.threads and options.bytes_alike).
 *
 * Threads that the alphabet uses alike are interchangeable: of all worlds that come from one another by exchanging
 * them, one stands for all. Handles are told apart by slot and objects by age in every form of a world already.
 */
#ifndef FUZZ_EXPLORE_SYMMETRY_H
#define FUZZ_EXPLORE_SYMMETRY_H

#include "zxpager/zxpager.h"

enum { SYMMETRY_THREADS = 8 };

/* Exchanges the threads of these numbers (ascending) so that they stand in an order that does not
 * depend on their numbers. `order` gets what symmetry_undo() needs. False: nothing was exchanged. */
bool symmetry_order(zxp_world *world, const uint32_t *threads, unsigned count, unsigned order[SYMMETRY_THREADS]);
void symmetry_undo(zxp_world *world, const uint32_t *threads, unsigned count, const unsigned order[SYMMETRY_THREADS]);

#endif
