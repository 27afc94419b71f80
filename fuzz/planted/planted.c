/*
 * planted.c - which planted bug is on, and whether it was reached and triggered (planted.h). At exit the counts go to the file that
 * ZXP_PLANTED_REPORT names: "REACHED TRIGGERED".
 */
#include "planted.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned long reached, triggered;

static void report(void) {
    const char *path = getenv("ZXP_PLANTED_REPORT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL) return;
    fprintf(file, "%lu %lu\n", reached, triggered);
    fclose(file);
}

static unsigned selected(void) {
    static unsigned number, known;
    if (known) return number;
    known = 1;
    const char *text = getenv("ZXP_PLANTED");
    number = text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
    if (number != 0) atexit(report);
    return number;
}

bool planted_bug(unsigned number, bool matters) {
    if (selected() != number) return false;
    reached++;
    if (matters) triggered++;
    return matters;
}
