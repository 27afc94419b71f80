/*
 * replay.h - fuzz inputs for people: as scripts, as C, as tests for the kernel, as tokens.
 */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include <stdio.h>

#include "../fuzz/codec/codec.h"
#include "buf.h"

enum replay_form { REPLAY_SCRIPT, REPLAY_C, REPLAY_ZXTEST, REPLAY_PAGE };

/* replay_source.c: the program as C against libzxpager, or as a test in the style of the kernel's test framework. */
void replay_source(const struct fuzz_program *program, enum replay_form form, const char *name, FILE *out);

/* replay_token.c: a program as one word of letters, digits, - and _ . */
void replay_token(const struct fuzz_program *program, struct buf *out);
bool replay_from_token(const char *token, struct fuzz_program *program);

#endif
