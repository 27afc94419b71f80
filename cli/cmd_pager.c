/* cmd_pager.c - what a pager service does: supply, fail, dirty, writeback, detach, and its two queries. */
#include "cmd.h"
#include "commands.h"

enum { DIRTY_RANGE_BYTES = 24, STATS_BYTES = 4 }; /* chapter 1 section 13: sizes of the structures */

/* ---- supply ---- */

struct supply {
    struct binding vmo, aux;
    uint64_t offset, length, aux_offset, byte;
    bool has_aux, has_byte;
};

/* from=AUX[@PAGE] */
static bool take_aux(struct stmt *s, struct span value, struct supply *supply) {
    size_t sign = text_find(&s->text, value, "@");
    struct span name = {value.begin, sign};
    if (!span_is_name(&s->text, name)) return stmt_error(s, value.begin, "a VMO's name is missing behind `from='");
    if (!stmt_binding(s, name, &supply->aux)) return false;
    supply->has_aux = true;
    if (sign >= value.end) return true;
    if (!stmt_eval(s, (struct span){sign + 1, value.end}, EVAL_PAGES, &supply->aux_offset)) return false;
    supply->aux_offset *= ZXP_PAGE_SIZE;
    return true;
}

static bool take_supply(struct stmt *s, struct supply *supply) {
    static const char *const keywords[] = {"byte=", "from=", NULL};
    if (!cmd_take_vmo(s, &supply->vmo) || !cmd_take_range(s, keywords, &supply->offset, &supply->length)) return false;
    while (stmt_more(s)) {
        struct span value;
        size_t place = s->words[s->at_word].begin;
        bool byte = cmd_take_option(s, "byte=", &value);
        if (!byte && !cmd_take_option(s, "from=", &value)) return stmt_end(s);
        if (supply->has_aux || supply->has_byte)
            return stmt_error(s, place, "only one of `byte=' and `from=' may stand here");
        supply->has_byte |= byte;
        if (byte ? !stmt_eval(s, value, 0, &supply->byte) : !take_aux(s, value, supply)) return false;
    }
    return true;
}

/* In profile 2018 there is only zx_pager_vmo_op (chapter 9 section 4.3). */
static bool call_supply(struct stmt *s, const struct supply *x, uint64_t pager, uint64_t aux) {
    if (!s->in->options.dry && zxp_world_profile(s->in->world) == ZXP_PROFILE_2018)
        return stmt_op(
            s, ZXP_OP_PAGER_VMO_OP, 7,
            (uint64_t[]){pager, x->vmo.value, ZX_PAGER_SUPPLY_PAGES, x->offset, x->length, aux, x->aux_offset});
    return stmt_op(s, ZXP_OP_PAGER_SUPPLY_PAGES, 6,
                   (uint64_t[]){pager, x->vmo.value, x->offset, x->length, aux, x->aux_offset});
}

/* Every byte of page i of the VMO is the letter 'A' + i mod 26. */
static bool fill_aux(struct stmt *s, const struct supply *x, uint64_t aux) {
    zxp_op_call call = {.op = ZXP_OP_VMO_WRITE, .args = {aux, 0, 0, x->length}};
    call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_LETTERS, .phase = (uint8_t)(x->offset / ZXP_PAGE_SIZE % 26)};
    if (x->has_byte) call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)x->byte};
    return stmt_call(s, &call);
}

static bool supply_fresh(struct stmt *s, const struct supply *x, uint64_t pager) {
    uint64_t aux = 0;
    if (!stmt_op(s, ZXP_OP_VMO_CREATE, 2, (uint64_t[]){x->length, 0})) return false;
    if (!cmd_ok(s) || (!s->in->options.dry && !zxp_field(s->in->world, s->thread, "handle", &aux))) return true;
    if (!fill_aux(s, x, aux) || (cmd_ok(s) && !call_supply(s, x, pager, aux))) return false;
    if (s->outcome.kind != OUT_STATUS) return true;
    zx_status_t status = s->outcome.status;
    if (!stmt_op(s, ZXP_OP_HANDLE_CLOSE, 1, &aux)) return false;
    cmd_set_result(s, status);
    return true;
}

bool cmd_supply(struct stmt *s) {
    struct supply supply = {0};
    if (!take_supply(s, &supply)) return false;
    uint64_t pager = cmd_pager(s, &supply.vmo);
    return supply.has_aux ? call_supply(s, &supply, pager, supply.aux.value) : supply_fresh(s, &supply, pager);
}

/* ---- fail, dirty, writeback ---- */

static bool op_range(struct stmt *s, const struct binding *vmo, uint64_t op, uint64_t offset, uint64_t length,
                     uint64_t data) {
    return stmt_op(s, ZXP_OP_PAGER_OP_RANGE, 6, (uint64_t[]){cmd_pager(s, vmo), op, vmo->value, offset, length, data});
}

bool cmd_fail(struct stmt *s) {
    static const char *const keywords[] = {"ZX_", NULL};
    struct binding vmo;
    uint64_t offset, length, status = (uint64_t)(int64_t)ZX_ERR_IO;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, keywords, &offset, &length)) return false;
    if (stmt_more(s) && !stmt_take_number(s, "a status", &status)) return false;
    return stmt_end(s) && op_range(s, &vmo, ZX_PAGER_OP_FAIL, offset, length, status);
}

bool cmd_dirty(struct stmt *s) {
    struct binding vmo;
    uint64_t offset, length;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, NULL, &offset, &length) || !stmt_end(s)) return false;
    return op_range(s, &vmo, ZX_PAGER_OP_DIRTY, offset, length, 0);
}

bool cmd_writeback(struct stmt *s) {
    static const char *const keywords[] = {"zero", NULL};
    struct binding vmo;
    uint64_t offset, length;
    bool begin = stmt_take_keyword(s, "begin");
    if (!begin && !stmt_take_keyword(s, "end"))
        return stmt_error(s, stmt_more(s) ? s->words[s->at_word].begin : s->body.end,
                          "`begin' or `end' is missing here");
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, keywords, &offset, &length)) return false;
    bool zero = stmt_take_keyword(s, "zero");
    return stmt_end(s) && op_range(s, &vmo, begin ? ZX_PAGER_OP_WRITEBACK_BEGIN : ZX_PAGER_OP_WRITEBACK_END, offset,
                                   length, zero ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0);
}

bool cmd_detach(struct stmt *s) {
    struct binding vmo;
    if (!cmd_take_vmo(s, &vmo) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_PAGER_DETACH_VMO, 2, (uint64_t[]){cmd_pager(s, &vmo), vmo.value});
}

/* ---- ranges, stats ---- */

/* Room for every range that there can be, within reason. */
static uint64_t room_for(uint64_t length) {
    uint64_t pages = length / ZXP_PAGE_SIZE + 1;
    return (pages < 65536 ? pages : 65536) * DIRTY_RANGE_BYTES;
}

bool cmd_ranges(struct stmt *s) {
    struct binding vmo;
    uint64_t offset = 0, length = 0;
    bool given;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_optional_range(s, NULL, &given, &offset, &length) || !stmt_end(s))
        return false;
    if (!given) length = cmd_size(s, vmo.koid);
    if (!stmt_op(s, ZXP_OP_PAGER_QUERY_DIRTY_RANGES, 5,
                 (uint64_t[]){cmd_pager(s, &vmo), vmo.value, offset, length, room_for(length)}))
        return false;
    if (!s->in->options.dry) session_record(&s->in->session, s->thread)->in_pages = true;
    return true;
}

bool cmd_stats(struct stmt *s) {
    struct binding vmo;
    if (!cmd_take_vmo(s, &vmo)) return false;
    bool reset = stmt_take_keyword(s, "reset");
    return stmt_end(s) &&
           stmt_op(s, ZXP_OP_PAGER_QUERY_VMO_STATS, 4,
                   (uint64_t[]){cmd_pager(s, &vmo), vmo.value, reset ? ZX_PAGER_RESET_VMO_STATS : 0, STATS_BYTES});
}
