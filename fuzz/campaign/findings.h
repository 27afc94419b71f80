/*
 * findings.h - what a campaign has found: one folder a signature, with the smallest input known.
 *
 *   FOLDER/NAME/input        the bytes, minimised
 *   FOLDER/NAME/script.zxp   the same as a script with what came as expectations
 *   FOLDER/NAME/report.txt   what failed, both sides, how often it was seen
 *   FOLDER/NAME/replay.html  the script as a page that replays it
 *
 * An input is judged in a process of its own, so that a crash ends that process and not the campaign.
 */
#ifndef FUZZ_FINDINGS_H
#define FUZZ_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_FINDINGS = 256 };

struct finding_seen {
    char signature[192];
    unsigned count;
};

struct findings {
    const char *folder;
    unsigned checks; /* CHECK_... */
    unsigned budget; /* tries of the minimiser for one finding */
    unsigned count;
    struct finding_seen seen[MAX_FINDINGS];
};

/* Judges a file; a finding that is new is minimised and written. True: it failed. *fresh: in a new way. */
bool findings_judge(struct findings *findings, const char *path, bool *fresh);
/* One line each. */
void findings_print(const struct findings *findings);

#endif
