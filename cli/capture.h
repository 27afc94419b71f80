/*
 * capture.h - scripts as fuzz programs: every call that a case makes, in order (codec.h).
 */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H

#include "../fuzz/codec/codec.h"
#include "source.h"

/* Runs a script; at the end of each case that made calls, tells its name and its program. A case with more calls,
 * threads or constants than a program can hold is cut there. Takes the reference. False after a script error. */
bool capture_script(struct source *source,
                    void (*told)(void *user, const char *name, const struct fuzz_program *program), void *user);

#endif
