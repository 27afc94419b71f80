/*
 * units.h - what judges a mutant, in pieces that can be run one by one: each case of the script suites (the oracle
 * beside it), each input of the corpus through the harness, each program of unit tests.
 */
#ifndef TESTS_MUTANTS_UNITS_H
#define TESTS_MUTANTS_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/source.h"
#include "mutant.h"

enum unit_kind { UNIT_CASE, UNIT_INPUT, UNIT_PROGRAM, UNIT_KINDS };

/* How a unit ended: exit status of the process that ran it. */
enum verdict {
    FINE,
    BY_EXPECTATION,
    BY_INVARIANT,
    BY_EVENTS,
    BY_RULES, /* a rule that only its units take is not taken any more: tests/suites/rules.sh */
    BY_LEAK,  /* blocks left over when all is closed: tests/tools/teardown.h */
    BY_ORACLE,
    BY_UNIT_TEST,
    BY_CRASH,
    BY_TIME,
    VERDICTS
};

struct unit {
    enum unit_kind kind;
    char *name;
    struct source *source;  /* a case: the definitions before the first one of its file, and the case */
    uint8_t *bytes;         /* an input */
    size_t length;          /* of it */
    char *command;          /* a program, with its arguments */
    double seconds;         /* of processor time */
    unsigned char *reached; /* MOST_MUTANTS; which mutants it comes to */
    uint32_t *rules;        /* a case: how often it takes each rule */
};

struct units {
    struct unit *at;
    size_t count, capacity;
};

/* False and a message if it cannot be read. */
bool units_add_script(struct units *units, const char *path);
bool units_add_folder(struct units *units, const char *path);
struct unit *units_add_program(struct units *units, const char *command);

/* Runs a unit in this process; may crash, or never end. Adds the rules that it takes to `rules`. */
enum verdict unit_run(const struct unit *unit, uint32_t *rules);
/* Runs a case again and again, the n-th reservation of memory failing in run n. */
enum verdict unit_run_without_memory(const struct unit *unit);

#endif
