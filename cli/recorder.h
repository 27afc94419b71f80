/*
 * recorder.h - the states that a session went through: beside each recorded statement what it called and what the world
 * then was, as compact JSON, so that `export` can replay the session without running it again. Undo and redo take it
 * along; the oldest states go first when they take more than RECORDED_MOST.
 */
#ifndef CLI_RECORDER_H
#define CLI_RECORDER_H

#include "shell.h"

enum {
    RECORDED_MOST = 8 << 20, /* bytes of states kept */
    RUNS_RECORDED = 2048,    /* of a page map; a VMO with more is cut there */
    OBJECTS_RECORDED = 256
};

/*
 * The texts are JSON:
 *   calls   [[call, outcome, rule], ...]
 *   state   {"v": [vmo ...], "t": [thread ...], "q": [port ...], "r": [request ...]}
 *     vmo      {"n": name, "z": pages, "b": bytes of the stream size, "f": words, "p": parent, "r": [run ...]}
 *     run      [pages, letter, content, value, pins, always needed]; content 0 none 1 letters 2 one byte 3 mixed bytes
 *     thread   {"n": name, "s": state, "c": call, "w": what it waits for, "o": outcome}
 *     port     {"n": name, "p": [packet ...]}
 *     request  {"w": what, "o": owner, "a": attached threads, "p": where its packet is}
 */
struct moment {
    char *calls;
    char *state;
    size_t bytes;
    bool failed; /* an expectation did not hold */
};

/* Beside the latest entry. */
void recorder_take(struct shell *shell, const struct report *report);
void recorder_free(struct shell *shell, struct moment *moment);

#endif
