/*
 * reach.h - which rules, and which pairs of rules in sequence, a set of inputs reaches in the core.
 */
#ifndef FUZZ_REACH_H
#define FUZZ_REACH_H

#include <stddef.h>
#include <stdint.h>

struct reach {
    uint32_t rule[1024];           /* how often each decided, saturating */
    uint8_t pair[1024 * 1024 / 8]; /* exact, one bit a pair */
    uint16_t last;
    size_t inputs, rules, pairs;
};

/* Runs every file of a folder; a missing folder is an empty one. */
void reach_folder(struct reach *reach, const char *folder);
/* Rules that exist. */
size_t reach_rule_count(void);
/* The file has lines "rule NAME: why no input can reach it". Prints each rule that is neither reached nor there, or is
 * both; returns their number. */
size_t reach_compare(const struct reach *reach, const char *path);

#endif
