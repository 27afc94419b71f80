/* mutant.c - reads ZXP_MUTANT before main. */
#include "mutant.h"

#include <stdlib.h>

unsigned zxp_mutant;

__attribute__((constructor)) static void select_mutant(void) {
    const char *text = getenv("ZXP_MUTANT");
    if (text != NULL) zxp_mutant = (unsigned)strtoul(text, NULL, 10);
}
