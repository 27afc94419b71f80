/* reference.c - help on calls, commands and rules. Nothing
 * here is a second copy of a table: all is computed from them. */
#include "reference.h"

#include <string.h>

#include "commands.h"
#include "print.h"
#include "syntax.h"

/* ---- Rules of a call ---- */

/* "2 section 6" owns "2 section 6.1 step 3" and "2 section 6 step 1", not "2 section 61". */
static bool owns(const char *chapter, const char *place) {
    size_t n = strlen(chapter);
    return strncmp(chapter, place, n) == 0 && (place[n] == 0 || place[n] == ' ' || place[n] == '.');
}

/* Compares two places by their numbers in turn, so that step 10 comes behind step 9. */
static int compare_places(const char *a, const char *b) {
    while (*a && *b) {
        size_t n = strspn(a, "0123456789"), m = strspn(b, "0123456789");
        if (n && m && n != m) return n < m ? -1 : 1;
        if (*a != *b) return *a < *b ? -1 : 1;
        a++;
        b++;
    }
    return *a ? 1 : *b ? -1 : 0;
}

enum which { REFUSALS, OTHERS, ALL };

static bool is_wanted(const zxp_rule_info *rule, enum which which) {
    return which == ALL || (rule->status != ZX_OK) == (which == REFUSALS);
}

/* Two operations may share a section; a rule that begins with the name of the other is not this one's. */
static bool is_of_another(const zxp_op_info *op, const zxp_rule_info *rule) {
    const zxp_op_info *named = zxp_op_by_name(rule->id, strcspn(rule->id, "."));
    return named && named != op;
}

/* The next rule behind (place, number) in order; 0: none. */
static uint16_t next_rule(const zxp_op_info *op, enum which which, const char *place, uint16_t number) {
    uint16_t best = 0;
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        const zxp_rule_info *rule = zxp_rule_info_of(i);
        int behind = place ? compare_places(rule->chapter, place) : 1;
        if (!rule || !owns(op->chapter, rule->chapter) || !is_wanted(rule, which) || is_of_another(op, rule)) continue;
        if (behind < 0 || (behind == 0 && i <= number)) continue;
        if (!best || compare_places(rule->chapter, zxp_rule_info_of(best)->chapter) < 0) best = i;
    }
    return best;
}

void reference_rules(const struct shell *shell, const zxp_op_info *op, bool refusals, struct buf *out) {
    uint16_t number = 0;
    const char *place = NULL;
    while ((number = next_rule(op, refusals ? REFUSALS : OTHERS, place, number)) != 0) {
        const zxp_rule_info *rule = zxp_rule_info_of(number);
        struct buf text = {0};
        place = rule->chapter;
        if (refusals) {
            print_status(&text, rule->status);
            buf_text(&text, "  ");
        }
        buf_format(&text, "%s: %s", rule->id, rule->sentence);
        shell_wrap(shell, out, 2, buf_string(&text));
        buf_free(&text);
    }
}

void reference_decisions(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    uint16_t number = 0;
    unsigned count = 0;
    const char *place = NULL;
    while ((number = next_rule(op, ALL, place, number)) != 0) {
        const zxp_rule_info *rule = zxp_rule_info_of(number);
        struct buf text = {0};
        place = rule->chapter;
        buf_format(&text, "%2u. ", ++count);
        print_status(&text, rule->status);
        buf_format(&text, "  %s: %s (%s)", rule->id, rule->sentence, rule->chapter);
        shell_wrap(shell, out, 2, buf_string(&text));
        buf_free(&text);
    }
}

void reference_rule(const struct shell *shell, uint16_t number, struct buf *out) {
    const zxp_rule_info *rule = zxp_rule_info_of(number);
    shell_tinted(shell, out, TINT_BOLD, rule->id);
    buf_char(out, '\n');
    shell_wrap(shell, out, 2, rule->sentence);
    buf_text(out, "  gives ");
    print_status(out, rule->status);
    buf_format(out, "; chapter %s\n", rule->chapter);
}

void reference_status(const struct shell *shell, zx_status_t status, struct buf *out) {
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        const zxp_rule_info *rule = zxp_rule_info_of(i);
        struct buf text = {0};
        if (rule->status != status) continue;
        buf_format(&text, "%s: %s", rule->id, rule->sentence);
        shell_wrap(shell, out, 2, buf_string(&text));
        buf_free(&text);
    }
}

/* ---- Calls ---- */

static const char *sample(zxp_param_kind kind) {
    switch (kind) {
    case ZXP_PARAM_HANDLE:
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_PAGER_VMO:
    case ZXP_PARAM_VMO_OBJECT: return "v";
    case ZXP_PARAM_PAGER: return "pager";
    case ZXP_PARAM_PORT: return "port";
    case ZXP_PARAM_VMAR: return "vmar";
    case ZXP_PARAM_EVENT: return "e";
    case ZXP_PARAM_HANDLES: return "[v, w]";
    case ZXP_PARAM_WAIT_ITEMS: return "[v:ZX_VMO_ZERO_CHILDREN]";
    case ZXP_PARAM_LENGTH:
    case ZXP_PARAM_BYTE_COUNT:
    case ZXP_PARAM_SPAN: return "1p";
    case ZXP_PARAM_SIZE: return "4p";
    case ZXP_PARAM_ADDRESS: return "m";
    case ZXP_PARAM_BUFFER: return "byte(0x77)";
    case ZXP_PARAM_RIGHTS: return "ZX_RIGHT_SAME_RIGHTS";
    case ZXP_PARAM_SIGNALS: return "ZX_USER_SIGNAL_0";
    case ZXP_PARAM_KEY:
    case ZXP_PARAM_COUNT:
    case ZXP_PARAM_THREAD: return "1";
    case ZXP_PARAM_TOPIC: return "ZX_INFO_VMO";
    case ZXP_PARAM_PROPERTY: return "ZX_PROP_VMO_CONTENT_SIZE";
    case ZXP_PARAM_POLICY: return "ZX_CACHE_POLICY_CACHED";
    default: return "0";
    }
}

static const char *sample_operation(uint16_t op) {
    return op == ZXP_OP_PAGER_OP_RANGE  ? "ZX_PAGER_OP_DIRTY"
           : op == ZXP_OP_VMAR_OP_RANGE ? "ZX_VMAR_OP_COMMIT"
           : op == ZXP_OP_VMO_OP_RANGE  ? "ZX_VMO_OP_COMMIT"
                                        : "0";
}

void reference_example(const zxp_op_info *op, struct buf *out) {
    bool makes = op->field_count && (strcmp(op->fields[0], "handle") == 0 || strcmp(op->fields[0], "address") == 0);
    buf_format(out, "%s%s(", makes ? "x = " : "", op->name);
    for (size_t i = 0; i < op->param_count; i++) {
        bool aux = i && strncmp(op->params[i].name, "aux", 3) == 0 && op->params[i].kind == ZXP_PARAM_VMO;
        bool operation = op->params[i].kind == ZXP_PARAM_OPERATION;
        buf_format(out, "%s%s", i ? ", " : "",
                   aux         ? "a"
                   : operation ? sample_operation(op->number)
                               : sample(op->params[i].kind));
    }
    buf_char(out, ')');
}

static void put_prototype(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    struct buf text = {0};
    buf_format(&text, "zx_status_t %s(", op->name);
    for (size_t i = 0; i < op->param_count; i++)
        buf_format(&text, "%s%s %s", i ? ", " : "", op->params[i].ctype, op->params[i].name);
    buf_text(&text, op->param_count ? ")" : "void)");
    shell_wrap(shell, out, 0, buf_string(&text));
    buf_free(&text);
}

static void put_results(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    struct buf text = {0};
    if (op->field_count) {
        buf_text(&text, "results:");
        for (size_t i = 0; i < op->field_count; i++) buf_format(&text, " %s", op->fields[i]);
        shell_wrap(shell, out, 2, buf_string(&text));
        buf_clear(&text);
    }
    buf_text(&text, "statuses:");
    for (size_t i = 0; i < op->status_count; i++) {
        buf_char(&text, ' ');
        print_status(&text, op->statuses[i]);
    }
    buf_text(&text, op->traits & ZXP_TRAIT_FORWARDS ? "; and what a pager fails a request with" : "");
    shell_wrap(shell, out, 2, buf_string(&text));
    buf_free(&text);
}

static void put_refusals(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    struct buf refusals = {0};
    reference_rules(shell, op, true, &refusals);
    if (refusals.n) {
        buf_text(out, "refusals, in the order of its checks:\n");
        buf_add(out, refusals.s, refusals.n);
    }
    buf_free(&refusals);
}

void reference_call(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    put_prototype(shell, op, out);
    buf_format(out, "  %s%s (chapter %s)\n", op->help, op->traits & ZXP_TRAIT_BLOCKS ? "; may wait" : "", op->chapter);
    put_results(shell, op, out);
    put_refusals(shell, op, out);
    buf_text(out, "example:\n  ");
    reference_example(op, out);
    buf_char(out, '\n');
}

/* ---- Commands ---- */

void reference_command(const struct shell *shell, const struct command *command, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(command->op);
    shell_wrap(shell, out, 0, command->syntax);
    buf_format(out, "  %s\n", command->help);
    bool same = command->op && op && strcmp(command->name, op->name) == 0;
    if (same)
        put_refusals(shell, op, out);
    else if (command->op && op)
        buf_format(out, "  result: that of %s (`help %s' has its refusals)\n", op->name, op->name);
    buf_text(out, "example:\n  ");
    syntax_example(command, out);
    buf_char(out, '\n');
}
