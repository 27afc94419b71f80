/* number.h - number literals: decimal or 0x, `_` between digits, a unit p k m g t (LANGUAGE.md section 1). */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number {
    uint64_t value;
    size_t length; /* characters */
    bool unit;
};
/* Reads the literal at s, which begins with a digit. NULL, or why it is none. */
const char *number_parse(const char *s, size_t left, struct number *number);

#endif
