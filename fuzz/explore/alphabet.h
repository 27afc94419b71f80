/*
 * alphabet.h - the default alphabet of a world: the steps of clients, of a pager and of the kernel within small bounds.
 */
#ifndef FUZZ_EXPLORE_ALPHABET_H
#define FUZZ_EXPLORE_ALPHABET_H

#include "explore.h"

struct explore_thread {
    uint32_t number;
    const char *name;
};

struct explore_bounds {
    uint64_t pages;                       /* of each VMO: pages 0 .. pages-1 are touched */
    const struct explore_thread *threads; /* that make the clients' calls */
    unsigned thread_count;
    /* Words of the steps wanted, separated by commas or blanks: read write commit zero wide supply fail dirty
     * writeback next detach evict resize suspend. NULL: read write supply fail dirty writeback next detach evict. */
    const char *words;
    /* An anonymous VMO of at least a page, from which pages are supplied;
     * ZX_HANDLE_INVALID: each supply makes one of its own, which takes longer. */
    uint64_t aux;
    /* Name of the VMO or port with this koid, as the script calls it. */
    const char *(*name)(void *user, zx_koid_t koid);
    void *user;
};

bool explore_is_word(const char *word, size_t length);
/* Steps for every pager-backed VMO that has a handle and whose pager has one. False when memory is short. */
bool explore_default_alphabet(const zxp_world *world, const struct explore_bounds *bounds,
                              struct explore_alphabet *alphabet);

#endif
