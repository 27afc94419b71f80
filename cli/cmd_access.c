/* cmd_access.c - commands that touch pages, and those that work on a range of a VMO or a mapping. */
#include <string.h>

#include "call.h"
#include "cmd.h"
#include "commands.h"
#include "exec.h"

/* ---- read, write, fault ---- */

struct access {
    struct target target;
    uint64_t offset, length;
    bool write;
    uint8_t byte;
};

static bool run_on_vmo(struct stmt *s, const struct access *a) {
    zxp_op_call call = {.op = a->write ? ZXP_OP_VMO_WRITE : ZXP_OP_VMO_READ};
    call.args[0] = a->target.value;
    call.args[a->write ? 2 : 1] = a->offset;
    call.args[a->write ? 3 : 2] = a->length;
    if (a->write) call.buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = a->byte};
    return call_make(s, &call);
}

static bool run_on_mapping(struct stmt *s, const struct access *a) {
    struct touch touch = {.write = a->write, .byte = a->byte, .address = a->target.value + a->offset};
    touch.left = a->length / ZXP_PAGE_SIZE;
    s->outcome = (struct outcome){.kind = OUT_STATUS};
    if (s->in->options.dry) return true;
    if (!stmt_ready(s)) return false;
    exec_touch(s->in, s->thread, touch);
    s->outcome = exec_outcome(s->in, s->thread);
    return !interp_interrupted(s->in) || stmt_error(s, s->body.begin, "interrupted");
}

static bool run_access(struct stmt *s, const struct access *a) {
    return a->target.mapping ? run_on_mapping(s, a) : run_on_vmo(s, a);
}

bool cmd_read(struct stmt *s) {
    struct access a = {0};
    if (!cmd_take_target(s, &a.target) || !cmd_take_range(s, NULL, &a.offset, &a.length) || !stmt_end(s)) return false;
    return run_access(s, &a);
}

bool cmd_write(struct stmt *s) {
    static const char *const keywords[] = {"byte=", NULL};
    struct access a = {.write = true, .byte = 'w'};
    struct span value;
    uint64_t byte = 'w';
    if (!cmd_take_target(s, &a.target) || !cmd_take_range(s, keywords, &a.offset, &a.length)) return false;
    if (cmd_take_option(s, "byte=", &value) && !stmt_eval(s, value, 0, &byte)) return false;
    a.byte = (uint8_t)byte;
    return stmt_end(s) && run_access(s, &a);
}

/* The same access, always on a fresh thread, which it names. */
bool cmd_fault(struct stmt *s) {
    static const char *const keywords[] = {"write", NULL};
    struct access a = {.byte = 'w'};
    if (s->has_prefix)
        return stmt_error(s, s->prefix.begin, "`fault' always takes a fresh thread; for this one: read or write");
    if (!cmd_take_target(s, &a.target) || !cmd_take_range(s, keywords, &a.offset, &a.length)) return false;
    a.write = stmt_take_keyword(s, "write");
    if (!stmt_end(s) || s->in->options.dry) return !s->in->diag.set;
    char *name = s->in->moved;
    s->thread = exec_new_thread(s->in);
    if (s->thread == ZXP_NO_THREAD) return stmt_error(s, s->body.begin, "no memory for another thread");
    s->thread_settled = s->prefixed = true;
    if (s->want.named)
        (void)strncat(name, s->text.s + s->want.name.begin,
                      span_length(s->want.name) < 63 ? span_length(s->want.name) : 63);
    else
        session_free_name(&s->in->session, name, sizeof s->in->moved);
    session_name_thread(&s->in->session, name, strlen(name), s->thread);
    return run_access(s, &a);
}

/* ---- commit, decommit, zero, prefetch, always-need, dont-need ---- */

struct range_op {
    const char *word;
    uint32_t vmo, vmar;
};

static const struct range_op range_ops[] = {
    {"commit", ZX_VMO_OP_COMMIT, ZX_VMAR_OP_COMMIT},
    {"decommit", ZX_VMO_OP_DECOMMIT, ZX_VMAR_OP_DECOMMIT},
    {"zero", ZX_VMO_OP_ZERO, ZX_VMAR_OP_ZERO},
    {"prefetch", ZX_VMO_OP_PREFETCH, ZX_VMAR_OP_PREFETCH},
    {"always-need", ZX_VMO_OP_ALWAYS_NEED, ZX_VMAR_OP_ALWAYS_NEED},
    {"dont-need", ZX_VMO_OP_DONT_NEED, ZX_VMAR_OP_DONT_NEED},
};

bool cmd_range_op(struct stmt *s) {
    struct target target;
    uint64_t offset, length;
    const struct range_op *op = range_ops;
    while (!span_is(&s->text, s->words[0], op->word)) op++;
    if (!cmd_take_target(s, &target) || !cmd_take_range(s, NULL, &offset, &length) || !stmt_end(s)) return false;
    if (target.mapping)
        return stmt_op(s, ZXP_OP_VMAR_OP_RANGE, 4,
                       (uint64_t[]){zxp_root_vmar(s->in->world), op->vmar, target.value + offset, length});
    return stmt_op(s, ZXP_OP_VMO_OP_RANGE, 4, (uint64_t[]){target.value, op->vmo, offset, length});
}

bool cmd_lock(struct stmt *s) {
    struct binding vmo;
    uint64_t op = span_is(&s->text, s->words[0], "lock")     ? ZX_VMO_OP_LOCK
                  : span_is(&s->text, s->words[0], "unlock") ? ZX_VMO_OP_UNLOCK
                                                             : ZX_VMO_OP_TRY_LOCK;
    if (!cmd_take_vmo(s, &vmo) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_VMO_OP_RANGE, 4, (uint64_t[]){vmo.value, op, 0, cmd_size(s, vmo.koid)});
}

/* ---- pin, unpin, resize ---- */

bool cmd_pin(struct stmt *s) {
    static const char *const keywords[] = {"read", NULL};
    struct binding vmo;
    uint64_t offset, length;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, keywords, &offset, &length)) return false;
    bool read = stmt_take_keyword(s, "read");
    return stmt_end(s) && stmt_op(s, ZXP_OP_PIN, 4, (uint64_t[]){vmo.value, offset, length, !read});
}

bool cmd_unpin(struct stmt *s) {
    struct binding vmo;
    uint64_t offset, length;
    if (!cmd_take_vmo(s, &vmo) || !cmd_take_range(s, NULL, &offset, &length) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_UNPIN, 3, (uint64_t[]){vmo.koid, offset, length});
}

bool cmd_resize(struct stmt *s) {
    struct binding vmo;
    uint64_t pages;
    if (!cmd_take_vmo(s, &vmo) || !stmt_take_pages(s, "a number of pages", &pages) || !stmt_end(s)) return false;
    return stmt_op(s, ZXP_OP_VMO_SET_SIZE, 2, (uint64_t[]){vmo.value, pages * ZXP_PAGE_SIZE});
}
