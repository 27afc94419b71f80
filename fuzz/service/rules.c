/* rules.c - rules about single calls of a service (rules.h). */
#include "rules.h"

#include <stddef.h>

const struct service_rule service_rule_blocks = {
    "INV-S10", "a thread of the service waits for a page that only the service can give"};
const struct service_rule service_rule_shrinks = {"INV-S8",
                                                  "the VMO shrinks between a query and the END of what it returned"};
const struct service_rule service_rule_damaged = {"INV-S11", "pages are supplied although their data is damaged"};
const struct service_rule service_rule_forgets = {
    "INV-S13", "it is given up (COMPLETE, or its last handle), but dirty pages are left"};

const struct service_rule *service_rule_fail(zx_status_t status, bool reads, bool dirties) {
    static const struct service_rule no_code = {"INV-S3", "FAIL with none of the codes of FAIL"};
    static const struct service_rule space = {"INV-S3", "ZX_ERR_NO_SPACE answers a READ"};
    static const struct service_rule data = {"INV-S3", "ZX_ERR_IO_DATA_INTEGRITY answers a DIRTY"};
    switch (status) {
    case ZX_ERR_IO:
    case ZX_ERR_BAD_STATE:
    case ZX_ERR_BUFFER_TOO_SMALL: return NULL;
    case ZX_ERR_NO_SPACE: return reads && !dirties ? &space : NULL;
    case ZX_ERR_IO_DATA_INTEGRITY: return dirties && !reads ? &data : NULL;
    default: return &no_code;
    }
}

const struct service_rule *service_rule_write(const struct service_writeback *page, bool zeros) {
    static const struct service_rule not_zero = {"INV-S7", "it is written back as zeros, but its BEGIN had no IS_ZERO"};
    static const struct service_rule is_zero = {"INV-S7", "it is written back as data, but its BEGIN had IS_ZERO"};
    static const struct service_rule early = {"INV-S6", "its data was read before its BEGIN"};
    if (zeros) return page->begun && !page->zero ? &not_zero : NULL;
    if (page->begun && page->zero) return &is_zero;
    return page->copied ? NULL : &early;
}

const struct service_rule *service_rule_end(bool begun, bool held_by_reader) {
    static const struct service_rule no_begin = {"INV-S5", "END without a BEGIN"};
    static const struct service_rule held = {"INV-S9",
                                             "END while a READ handler holds data from before the disk write"};
    return !begun ? &no_begin : held_by_reader ? &held : NULL;
}

const struct service_rule *service_rule_late(uint16_t op, uint64_t operation) {
    static const struct service_rule supply = {"INV-S17", "supply after detach"};
    static const struct service_rule fail = {"INV-S17", "FAIL after detach"};
    static const struct service_rule dirty = {"INV-S17", "OP_DIRTY after detach"};
    static const struct service_rule resize = {"INV-S17", "a resize after detach"};
    if (op == ZXP_OP_PAGER_SUPPLY_PAGES) return &supply;
    if (op == ZXP_OP_VMO_SET_SIZE) return &resize;
    if (op != ZXP_OP_PAGER_OP_RANGE) return NULL;
    return operation == ZX_PAGER_OP_FAIL ? &fail : operation == ZX_PAGER_OP_DIRTY ? &dirty : NULL;
}
