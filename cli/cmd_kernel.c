/* cmd_kernel.c - the kernel's own activity and time: evict, reclaim, age, advance. */
#include "cmd.h"
#include "commands.h"

bool cmd_evict(struct stmt *s) {
    static const char *const keywords[] = {"ignore-hints", NULL};
    struct binding vmo;
    uint64_t offset, length;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, keywords, &offset, &length)) return false;
    bool ignore = stmt_take_keyword(s, "ignore-hints");
    return stmt_end(s) && stmt_op(s, ZXP_OP_EVICT, 4, (uint64_t[]){vmo.koid, offset, length, ignore});
}

bool cmd_reclaim(struct stmt *s) {
    uint64_t pages;
    if (!stmt_take_pages(s, "a number of pages", &pages) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_RECLAIM, 1, &pages);
}

bool cmd_age(struct stmt *s) { return stmt_end(s) && stmt_op(s, ZXP_OP_AGE, 0, (uint64_t[]){0}); }

bool cmd_advance(struct stmt *s) {
    uint64_t nanoseconds;
    if (!stmt_take_number(s, "a number of nanoseconds", &nanoseconds) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_ADVANCE, 1, &nanoseconds);
}
