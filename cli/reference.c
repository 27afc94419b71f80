/* reference.c - help on calls, commands and rules. Nothing
 * here is a second copy of a table: all is computed from them. */
#include "reference.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "example.h"
#include "print.h"

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

static bool is_wanted(const zxp_rule_info *rule, enum reference_rules which) {
    return which == RULES_ALL || (rule->status != ZX_OK) == (which == RULES_REFUSALS);
}

bool reference_owns(const zxp_op_info *op, const zxp_rule_info *rule) {
    const zxp_op_info *named = zxp_op_by_name(rule->id, strcspn(rule->id, "."));
    return owns(op->chapter, rule->chapter) && (!named || named == op);
}

uint16_t reference_next_rule(const zxp_op_info *op, enum reference_rules which, uint16_t after) {
    const char *place = after ? zxp_rule_info_of(after)->chapter : NULL;
    uint16_t best = 0;
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        const zxp_rule_info *rule = zxp_rule_info_of(i);
        int behind = place ? compare_places(rule->chapter, place) : 1;
        if (!reference_owns(op, rule) || !is_wanted(rule, which)) continue;
        if (behind < 0 || (behind == 0 && i <= after)) continue;
        if (!best || compare_places(rule->chapter, zxp_rule_info_of(best)->chapter) < 0) best = i;
    }
    return best;
}

void reference_refusals(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    for (uint16_t number = 0; (number = reference_next_rule(op, RULES_REFUSALS, number)) != 0;) {
        const zxp_rule_info *rule = zxp_rule_info_of(number);
        struct buf text = {0};
        print_status(&text, rule->status);
        buf_format(&text, "  %s: %s", rule->id, rule->sentence);
        shell_row(shell, out, 4, TINT_NONE, "  -", buf_string(&text));
        buf_free(&text);
    }
}

void reference_decisions(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    unsigned count = 0;
    for (uint16_t number = 0; (number = reference_next_rule(op, RULES_ALL, number)) != 0;) {
        const zxp_rule_info *rule = zxp_rule_info_of(number);
        struct buf text = {0};
        char title[16];
        (void)snprintf(title, sizeof title, "%4u.", ++count);
        print_status(&text, rule->status);
        buf_format(&text, "  %s: %s (%s)", rule->id, rule->sentence, rule->chapter);
        shell_row(shell, out, 6, TINT_NONE, title, buf_string(&text));
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
        shell_row(shell, out, 4, TINT_NONE, "  -", buf_string(&text));
        buf_free(&text);
    }
}

/* ---- Advice ---- */

static const struct {
    const char *rule, *advice;
} advices[] = {
#define ADVICE(rule, advice) {rule, advice},
#include "advice.def"
#undef ADVICE
};

const char *reference_advice(const char *rule) {
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
        if (strcmp(advices[i].rule, rule) == 0) return advices[i].advice;
    }
    return NULL;
}

/* ---- Examples ---- */

static void put_example(const char *name, struct buf *out) {
    const char *line = example_of(name);
    buf_text(out, line ? "example:\n" : "");
    while (line && *line) {
        size_t n = strcspn(line, "\n") + 1;
        buf_format(out, "  %.*s", (int)n, line);
        line += n;
    }
}

/* ---- Calls ---- */

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
    reference_refusals(shell, op, &refusals);
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
    put_example(op->name, out);
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
    put_example(command->name, out);
}
