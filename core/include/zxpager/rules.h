/*
 * rules.h - the rules that decide outcomes (core/rules.def) as data.
 */
#ifndef ZXPAGER_RULES_H
#define ZXPAGER_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "zxpager/zircon.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zxp_rule_info {
    const char *id;       /* "supply.aux-pinned" */
    zx_status_t status;   /* what it gives; ZX_OK for transitions, wakes and packets */
    const char *sentence; /* why, in one sentence */
    const char *chapter;  /* "2 section 6.1 step 11" */
} zxp_rule_info;

/* Rules are numbered 0 .. zxp_rule_count()-1; number 0 means "none". */
uint16_t zxp_rule_count(void);
/* NULL for 0 and beyond the end. */
const zxp_rule_info *zxp_rule_info_of(uint16_t number);
/* Number of a rule by its identifier; 0 if unknown. */
uint16_t zxp_rule_by_id(const char *id, size_t length);

#ifdef __cplusplus
}
#endif
#endif
