/* view_help.c - help and explain. */
#include <string.h>

#include "commands.h"
#include "reference.h"
#include "statement.h"
#include "views.h"

/* ---- help ---- */

static void help_all(struct shell *shell, struct buf *out) {
    size_t width = shell_columns(shell) > 60 ? shell_columns(shell) - 16 : 44;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        shell_tint(shell, out, TINT_BOLD);
        buf_format(out, "%-12s", command->name);
        shell_tint(shell, out, TINT_NONE);
        buf_format(out, " %.*s\n", (int)width, command->help);
    }
    shell_wrap(
        shell, out, 0,
        "Also: let NAME = EXPRESSION, for I in A..B ... end, def NAME ... end, case \"name\", skip, source FILE, "
        "THREAD: STATEMENT, STATEMENT => EXPECTATION, and every call by its C name.");
    shell_wrap(shell, out, 0,
               "help WORD tells of a command, a call, a constant or a rule; `choices' what could be done now.");
}

static void help_letters(const struct shell *shell, struct buf *out) {
    shell_wrap(
        shell, out, 0,
        ".  nothing here\nC  clean   D  dirty   W  awaiting clean (writeback under way)\nM  zero page without memory\n"
        "Z  dirty zeros   Y  dirty zeros awaiting clean   U  untracked zeros\nP  page of an anonymous VMO or a clone");
}

static void help_constant(const struct shell *shell, const char *word, uint64_t value, struct buf *out) {
    const char *name = zxp_status_name((zx_status_t)(int64_t)value);
    buf_format(out, "%s = 0x%llx\n", word, (unsigned long long)value);
    if (name && strcmp(name, word) == 0 && (int64_t)value < 0) {
        buf_text(out, "rules that give it:\n");
        reference_status(shell, (zx_status_t)(int64_t)value, out);
    }
}

static bool unknown(struct stmt *s, const char *word) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, word, strlen(word));
    for (size_t i = 0; i < command_count(); i++) suggest_try(&suggestion, command_at(i)->name);
    for (size_t i = 0; i < zxp_op_count(); i++) suggest_try(&suggestion, zxp_op_at(i)->name);
    for (uint16_t i = 1; i < zxp_rule_count(); i++) suggest_try(&suggestion, zxp_rule_info_of(i)->id);
    return stmt_unknown(s, s->words[1], "word", &suggestion);
}

/* Everything that has this name: a word may be a command and a call. */
static bool tell(struct stmt *s, const char *word, struct buf *out) {
    struct shell *shell = s->in->shell;
    size_t n = strlen(word);
    const struct command *command = command_find(word, n);
    const zxp_op_info *op = zxp_op_by_name(word, n);
    uint16_t rule = zxp_rule_by_id(word, n);
    uint64_t value;
    if (command)
        reference_command(shell, command, out);
    else if (op)
        reference_call(shell, op, out);
    if (rule) reference_rule(shell, rule, out);
    if (zxp_constant_by_name(word, n, &value)) help_constant(shell, word, value, out);
    if (strcmp(word, "letters") == 0 || strcmp(word, "pages") == 0) help_letters(shell, out);
    return out->n > 0;
}

bool view_help(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    if (!*arguments)
        help_all(s->in->shell, &out);
    else if (!tell(s, arguments, &out))
        return unknown(s, arguments);
    shell_print(s->in->shell, &out);
    return true;
}

/* ---- explain ---- */

static void explain_last(struct shell *shell, struct buf *out) {
    const zxp_op_info *op = zxp_op_info_of(shell->last_op);
    if (!shell->last_rule) {
        buf_text(out, "no call has ended yet, so there is nothing to explain\n");
        return;
    }
    if (shell->last_op && op) buf_format(out, "%s was decided by the rule\n", op->name);
    reference_rule(shell, shell->last_rule, out);
    buf_text(out, "on the way:\n");
    uint64_t from = shell->entry_count ? shell->entries[shell->entry_count - 1].first_event : 0;
    for (uint64_t number = from + 1; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        const zxp_rule_info *rule = event ? zxp_rule_info_of(event->rule) : NULL;
        struct buf text = {0};
        if (!rule) continue;
        buf_format(&text, "%llu  %s: %s", (unsigned long long)number, rule->id, rule->sentence);
        shell_wrap(shell, out, 2, text.s);
        buf_free(&text);
    }
}

/* `explain CALL`: every rule of its sections, refusals first. */
static void explain_call(const struct shell *shell, const zxp_op_info *op, struct buf *out) {
    buf_format(out, "%s is refused by\n", op->name);
    reference_rules(shell, op, true, out);
    buf_text(out, "and otherwise\n");
    reference_rules(shell, op, false, out);
}

bool view_explain(struct stmt *s, const char *arguments) {
    struct buf out = {0};
    const zxp_op_info *op = zxp_op_by_name(arguments, strlen(arguments));
    shell_attach(s->in->shell);
    if (!*arguments)
        explain_last(s->in->shell, &out);
    else if (op)
        explain_call(s->in->shell, op, &out);
    else if (!tell(s, arguments, &out))
        return unknown(s, arguments);
    shell_print(s->in->shell, &out);
    return true;
}
