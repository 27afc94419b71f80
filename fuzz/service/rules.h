/*
 * rules.h - the rules INV-S1 to S17 about single calls (chapter 8 section 3.7), for all who judge: verify, which
 * knows the service and its disk, and lint, which knows a trace. Each function returns what is broken, or NULL.
 */
#ifndef FUZZ_SERVICE_RULES_H
#define FUZZ_SERVICE_RULES_H

#include "zxpager/zxpager.h"

struct service_rule {
    char invariant[12]; /* "INV-S3" */
    const char *fact;   /* static */
};

/* FAIL with this status, for a range in which READs or DIRTYs are asked (both: not known). */
const struct service_rule *service_rule_fail(zx_status_t status, bool reads, bool dirties);

/* One page that is written back, as far as it is known. */
struct service_writeback {
    bool begun, zero;  /* BEGIN, with IS_ZERO */
    bool copied;       /* its data was read since */
    bool copied_early; /* it was read before, not since */
};
/* What is written to the disk, or was, for END is here: the page's data, or zeros in its place. */
const struct service_rule *service_rule_write(const struct service_writeback *page, bool zeros);
/* END of a page: begun, and not held by a READ handler from before the disk write. */
const struct service_rule *service_rule_end(bool begun, bool held_by_reader);

/* Calls of a service on its VMO after detach: may `op` (of PAGER_OP_RANGE: with `operation`) be used? */
const struct service_rule *service_rule_late(uint16_t op, uint64_t operation);

/* Others that have but one reason. */
extern const struct service_rule service_rule_blocks, service_rule_shrinks, service_rule_damaged, service_rule_forgets;

#endif
