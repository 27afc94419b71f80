/* explain.c - why the last call was decided as it was: rule, sentence,
 * chapter, the state that it looked at, and what would help. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "print.h"
#include "reference.h"
#include "session.h"
#include "statement.h"
#include "views.h"

enum { PAGES_SHOWN = 64 };

/* ---- Advice ---- */

static void put_advice(const struct shell *shell, const zxp_rule_info *rule, struct buf *out) {
    const char *advice = reference_advice(rule->id);
    struct buf text = {0};
    if (rule->status == ZX_OK && !advice) return;
    buf_text(&text, rule->status == ZX_OK ? "note: " : "to succeed: ");
    if (advice)
        buf_text(&text, advice);
    else
        buf_format(&text, "make this untrue, then repeat the call: %s", rule->sentence);
    shell_wrap(shell, out, 2, buf_string(&text));
    buf_free(&text);
}

/* ---- The state ---- */

static void put_vmo(const struct shell *shell, const zxp_object_view *vmo, struct buf *out) {
    buf_text(out, "  ");
    shell_object(shell, out, vmo->koid);
    buf_format(out, ": %" PRIu64 " page%s", vmo->size / ZXP_PAGE_SIZE, plural(vmo->size / ZXP_PAGE_SIZE));
    if (vmo->stream_size != vmo->size) buf_format(out, ", stream size %" PRIu64, vmo->stream_size);
    buf_text(out, vmo->pager_root ? ", pager-backed" : "");
    buf_text(out, vmo->trap_dirty ? ", trap-dirty" : "");
    buf_text(out, vmo->resizable ? ", resizable" : "");
    buf_text(out, vmo->detached ? ", detached" : "");
    if (vmo->pins) buf_format(out, ", pinned %" PRIu32 " times", vmo->pins);
}

/* The letters of the range that the call was about, and the end of the VMO where the range reaches beyond it. */
static void put_range(const struct shell *shell, const zxp_object_view *vmo, uint64_t offset, uint64_t length,
                      struct buf *out) {
    uint64_t first = offset / ZXP_PAGE_SIZE, pages = vmo->size / ZXP_PAGE_SIZE;
    uint64_t count = length / ZXP_PAGE_SIZE + (length % ZXP_PAGE_SIZE != 0);
    if (count == 0) return;
    if (count == 1)
        buf_format(out, "; page %" PRIu64, first);
    else
        buf_format(out, "; pages %" PRIu64 " to %" PRIu64, first, first + count - 1);
    uint64_t inside = first >= pages ? 0 : pages - first < count ? pages - first : count;
    if (inside) {
        buf_text(out, count == 1 ? " is \"" : " are \"");
        print_page_map(out, shell->in->world, vmo->koid, first, inside < PAGES_SHOWN ? inside : PAGES_SHOWN);
        buf_text(out, inside > PAGES_SHOWN ? "...\"" : "\"");
    }
    if (inside > 0 && inside < count) buf_format(out, ", and %" PRIu64, count - inside);
    if (inside < count) buf_text(out, count - inside == 1 ? " lies beyond its end" : " lie beyond its end");
}

static bool is_vmo(zxp_param_kind kind) {
    return kind == ZXP_PARAM_VMO || kind == ZXP_PARAM_PAGER_VMO || kind == ZXP_PARAM_HANDLE ||
           kind == ZXP_PARAM_VMO_OBJECT;
}

/* The range that belongs to the VMO parameter `at`: the offset
 * and the length behind it (a source's length stands before it). */
static bool range_of(const zxp_op_info *op, const zxp_op_call *call, size_t at, uint64_t *offset, uint64_t *length) {
    bool has_offset = false, has_length = false;
    for (size_t i = 0; i < op->param_count; i++) {
        zxp_param_kind kind = op->params[i].kind;
        bool is_offset = kind == ZXP_PARAM_OFFSET || kind == ZXP_PARAM_BYTES_AT;
        if (i > at && is_offset && !has_offset) {
            *offset = call->args[i];
            has_offset = true;
        }
        if ((kind == ZXP_PARAM_LENGTH || kind == ZXP_PARAM_BYTE_COUNT) && !has_length) {
            *length = call->args[i];
            has_length = true;
        }
    }
    return has_offset && has_length;
}

/* Every VMO that the call names, as it is now: a refusal has not changed it. */
static void put_state(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    const zxp_op_call *call = &shell->last_call.call;
    bool any = false;
    for (size_t i = 0; op && call->op == op->number && i < op->param_count; i++) {
        zxp_object_view vmo;
        uint64_t offset = 0, length = 0;
        if (!is_vmo(op->params[i].kind)) continue;
        bool by_koid = op->params[i].kind == ZXP_PARAM_VMO_OBJECT;
        zx_koid_t koid = by_koid ? call->args[i] : zxp_koid_of(shell->in->world, (zx_handle_t)call->args[i]);
        if (!zxp_object_get(shell->in->world, koid, &vmo) || vmo.type != ZX_OBJ_TYPE_VMO) continue;
        if (!any) buf_text(out, "what it looked at, as it is now:\n");
        any = true;
        put_vmo(shell, &vmo, out);
        if (range_of(op, call, i, &offset, &length)) put_range(shell, &vmo, offset, length, out);
        buf_char(out, '\n');
    }
}

/* ---- explain ---- */

/* What happened by that rule, in brackets. */
static void put_what(const struct shell *shell, const zxp_event *event, struct buf *out) {
    struct buf what = {0};
    bool own_name = event->kind != ZXP_EVENT_PAGE || interp_name_of_koid(shell->in, event->koid);
    if (event->kind != ZXP_EVENT_RESULT && own_name && shell_event_line(shell, event, &what))
        buf_format(out, " [%s]", what.s);
    buf_free(&what);
}

/* The rules of the last statement, in order; nothing if there are none beside the one that decided. */
static void put_way(const struct shell *shell, struct buf *out) {
    uint64_t from = shell->entry_count ? shell->entries[shell->entry_count - 1].first_event : 0;
    struct buf way = {0};
    size_t others = 0;
    for (uint64_t number = from + 1; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        const zxp_rule_info *rule = event ? zxp_rule_info_of(event->rule) : NULL;
        struct buf text = {0};
        char title[24];
        if (!rule || event->kind == ZXP_EVENT_EVICT) continue; /* whose page has been told of */
        others += event->rule != shell->last_rule;
        (void)snprintf(title, sizeof title, "%6" PRIu64, number);
        buf_format(&text, "%s: %s", rule->id, rule->sentence);
        put_what(shell, event, &text);
        shell_row(shell, &way, 8, TINT_DIM, title, text.s);
        buf_free(&text);
    }
    if (others) buf_format(out, "on the way:\n%s", way.s);
    buf_free(&way);
}

static void explain_wait(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    const char *thread = interp_name_of_thread(shell->in, shell->last_call.call.thread);
    buf_format(out, "%s has not ended: it waits", op ? op->name : "the call");
    bool ask = thread && shell->prints; /* there is somebody who can */
    buf_format(out, ask ? ". `why %s' tells for what, and what would wake it\n" : "\n", thread);
    put_state(shell, op, out);
    put_way(shell, out);
}

static void explain_last(const struct shell *shell, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(shell->last_waits ? shell->last_call.call.op : shell->last_op);
    if (shell->last_waits) {
        explain_wait(shell, op, out);
        return;
    }
    if (!shell->last_rule) {
        buf_text(out, "no call has ended yet, so there is nothing to explain\n");
        return;
    }
    if (shell->last_op && op) buf_format(out, "%s was decided by the rule\n", op->name);
    reference_rule(shell, shell->last_rule, out);
    put_advice(shell, zxp_rule_info_of(shell->last_rule), out);
    put_state(shell, op, out);
    put_way(shell, out);
}

static void explain_call(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    struct buf text = {0};
    reference_decisions(shell, op, &text);
    buf_format(out, text.n ? "%s decides in this order:\n" : "%s has no rule of its own\n", op->name);
    buf_add(out, buf_string(&text), text.n);
    buf_free(&text);
    shell_wrap(shell, out, 0,
               "Handles are looked up by handle.bad, handle.wrong-type and handle.access-denied, in this order, at the "
               "step that the "
               "section of the call names.");
}

static void explain_rule(const struct shell *shell, uint16_t rule, struct buf *out) {
    reference_rule(shell, rule, out);
    put_advice(shell, zxp_rule_info_of(rule), out);
}

bool view_explain(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    const zxp_op_info *op = zxp_op_by_name(arguments, strlen(arguments));
    uint16_t rule = zxp_rule_by_id(arguments, strlen(arguments));
    uint32_t thread;
    shell_attach(s->in->shell);
    if (!*arguments)
        explain_last(s->in->shell, &out);
    else if (op)
        explain_call(s->in->shell, op, &out);
    else if (rule)
        explain_rule(s->in->shell, rule, &out);
    else if (session_thread(&s->in->session, arguments, strlen(arguments), &thread))
        return view_why(s, arguments);
    else if (!help_tell(s, arguments, &out))
        return help_unknown(s, arguments);
    shell_print(s->in->shell, &out);
    return true;
}
