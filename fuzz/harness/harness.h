/*
 * harness.h - runs a fuzz program in the core and in the oracle, and compares everything after each operation.
 *
 * A run ends at the first finding: a difference between the two, a broken invariant,
 * or a broken property that needs no oracle (save and load, copies, determinism).
 * The finding's signature says what failed, for deduplication and for the minimiser.
 */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include "../codec/codec.h"
#include "../codec/script.h"
#include "../oracle/oracle.h"

enum finding_kind { FINDING_NONE, FINDING_DIFFERENCE, FINDING_INVARIANT, FINDING_PROPERTY };

struct finding {
    enum finding_kind kind;
    uint32_t operation;  /* calls made before and including the failing one */
    char signature[160]; /* what failed: field and rules, or INV-n, or the property */
    char detail[512];    /* both sides, for a person */
};

enum {
    CHECK_ORACLE = 1,     /* compare with the oracle after each operation */
    CHECK_INVARIANTS = 2, /* zxp_check after each operation */
    CHECK_STEPS = 4,      /* zxp_check_step after each operation (copies the world) */
    CHECK_PROPERTIES = 8, /* statuses after each operation; save and load, undo and redo at the end */
    CHECK_MEMORY = 16,    /* before each operation: on a copy, with each of its reservations of memory failing once */
    CHECK_ALL = 31
};

enum { HARNESS_THREADS = 6 }; /* as many as a run makes at most */

/* An answer of a pager that comes late (TORTURE_LATE), and how many operations it still lets pass. */
enum { HARNESS_LATE = 4 };
struct late_answer {
    zxp_op_call call;
    uint32_t left;
};

struct harness {
    zxp_world *core;
    zxp_world *before; /* CHECK_STEPS; CHECK_MEMORY: the copy */
    oracle *oracle;
    zxp_context context; /* of the core; rule_hits and observe may be set by the owner */
    const struct fuzz_program *program;
    unsigned checks;
    bool oracle_lost;      /* the input left the oracle's bounds: not compared any more */
    struct script *script; /* NULL, or where each call is printed */
    void (*told)(void *user, const zxp_world *core, const zxp_op_call *call,
                 zxp_outcome outcome); /* NULL, or after each call */
    void *user;
    uint32_t calls;
    bool result_seen[HARNESS_THREADS]; /* the thread's last result has been compared */
    struct finding finding;
    struct fuzz_scratch scratch;
    struct late_answer late[HARNESS_LATE]; /* in the order in which they were given */
    uint32_t late_count;
};

/* False when memory is short. */
bool harness_create(struct harness *h);
void harness_destroy(struct harness *h);
/* Runs a program from a new world. True: no finding. The finding stands in h->finding. */
bool harness_run(struct harness *h, const struct fuzz_program *program, unsigned checks);

/* For compare.c and torture.c: makes one call on both sides and checks everything. False: a finding. */
bool harness_call(struct harness *h, const zxp_op_call *call);
bool harness_thread(struct harness *h);
/* Compares all that can be seen. `call` names the thread whose result is new. False: a finding. */
bool harness_compare(struct harness *h, const zxp_op_call *call, zxp_outcome core, zxp_outcome other);
/* The same on the thread that the call names if that is ready, else on another; on none: nothing. False: a finding. */
bool harness_issue(struct harness *h, const zxp_op_call *call);
/* One operation of the program with what the torture bits of the header make of it and add to it (torture.c); and, when
 * there are no more, what they have held back. False: a finding. */
bool harness_operation(struct harness *h, const zxp_op_call *call);
bool harness_operations_end(struct harness *h);
/* The world that the header asks for. False: a finding. */
bool harness_prologue(struct harness *h);
bool harness_properties(struct harness *h);
bool harness_views(struct harness *h);
/* What calls have returned is what their operations may return. False: a finding. */
bool harness_statuses(struct harness *h);
/* What must hold of the world however little memory there is for this call. False: a finding. */
bool harness_memory(struct harness *h, const zxp_op_call *call);
/* The invariants of `world`; `when` becomes a part of the signature. False: a finding. */
bool harness_check_world(struct harness *h, const zxp_world *world, const char *when);

__attribute__((format(printf, 4, 5))) bool harness_found(struct harness *h, enum finding_kind kind,
                                                         const char *signature, const char *format, ...);

#endif
