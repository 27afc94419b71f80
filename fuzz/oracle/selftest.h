/* selftest.h - the worked examples of the chapters, as small scripts (see selftest.c for their language). */
#ifndef ZXPAGER_FUZZ_ORACLE_SELFTEST_H
#define ZXPAGER_FUZZ_ORACLE_SELFTEST_H

typedef struct selftest_case {
    const char *name;    /* chapter, section, example */
    const char *profile; /* "head", "2020", "2018" */
    const char *script;
} selftest_case;

/* Ends with a case whose name is NULL. */
extern const selftest_case selftest_cases[];

#endif
