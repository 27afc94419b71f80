/*
 * condition.h - an expectation about a world, compiled so that it can
 * be asked of any number of worlds, by several real threads at once:
 *
 *     CONDITION = ATOM [and ATOM ...]
 *     ATOM      = pages V [P N] "MAP" | packets [PORT] none | blocked THREAD ... | done THREAD ...
 *                 | result THREAD STATUS
 *
 * A `.` in a map matches a `.` only; `?` matches every letter.
 */
#ifndef CLI_CONDITION_H
#define CLI_CONDITION_H

#include "statement.h"

enum { CONDITION_ATOMS = 16 };

enum atom_kind { ATOM_PAGES, ATOM_NO_PACKETS, ATOM_BLOCKED, ATOM_DONE, ATOM_RESULT };

struct atom {
    enum atom_kind kind;
    zx_koid_t koid;        /* VMO or port */
    uint64_t first, count; /* pages */
    bool whole;            /* the map is of the whole VMO, whatever its size then is */
    const char *map;       /* owned by the statement's pool */
    size_t length;
    uint32_t thread;
    zx_status_t status;
};

struct condition {
    struct atom atom[CONDITION_ATOMS];
    size_t count;
};

/* Takes words of the statement up to its end or up to the word
 * `stop` (which is not taken; NULL: none). False: error set. */
bool condition_take(struct stmt *s, const char *stop, struct condition *condition);
/* Can it hold while each VMO has the size that it has in `world`? If not, `fact` says why. */
bool condition_fits(const struct condition *condition, const zxp_world *world, struct buf *fact);
bool condition_holds(const struct condition *condition, const zxp_world *world);

#endif
