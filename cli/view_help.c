/* view_help.c - help. */
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

bool help_unknown(struct stmt *s, const char *word) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, word, strlen(word));
    for (size_t i = 0; i < command_count(); i++) suggest_try(&suggestion, command_at(i)->name);
    for (size_t i = 0; i < zxp_op_count(); i++) suggest_try(&suggestion, zxp_op_at(i)->name);
    for (uint16_t i = 1; i < zxp_rule_count(); i++) suggest_try(&suggestion, zxp_rule_info_of(i)->id);
    return stmt_unknown(s, s->words[1], "word", &suggestion);
}

/* Everything that has this name: a word may be a command and a call. */
bool help_tell(struct stmt *s, const char *word, struct buf *out) {
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
    else if (!help_tell(s, arguments, &out))
        return help_unknown(s, arguments);
    shell_print(s->in->shell, &out);
    return true;
}
