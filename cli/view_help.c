/* view_help.c - help. */
#include <string.h>

#include "commands.h"
#include "reference.h"
#include "statement.h"
#include "views.h"

/* ---- help ---- */

enum { TOPIC = 13, NAME = 13 }; /* columns of titles */

/* The commands by what they are for, so that an overview fits into a small window. */
static const struct topic {
    const char *title, *commands;
} topics[] = {
    {"learning", "lesson hint quiz answer help explain why choices"},
    {"making", "create anon clone map unmap protect resize close"},
    {"touching", "read write fault commit decommit zero prefetch always-need dont-need lock try-lock unlock pin unpin"},
    {"paging", "next take supply fail dirty writeback ranges stats detach run"},
    {"reclaiming", "evict reclaim age advance"},
    {"threading", "wait suspend resume kill"},
    {"looking", "show objects threads requests tree timeline history diff check"},
    {"travelling", "undo redo goto back branch switch branches random until break"},
    {"testing", "expect record share export save load reset profile set"},
    {"searching", "reach explore verify lint"},
};

static bool lists(const char *words, const char *word) {
    size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += n) {
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0)) return true;
    }
    return false;
}

static bool has_topic(const char *command) {
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (lists(topics[i].commands, command)) return true;
    }
    return false;
}

static void help_overview(struct shell *shell, struct buf *out) {
    struct buf others = {0};
    buf_text(out, "New here? `lesson 1\' begins a course; or try these lines, one after the other:\n"
                  "    create v 4 trap-dirty\n    t1: write v 1\n    why t1\n    choices\n\n");
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        shell_row(shell, out, TOPIC, TINT_BOLD, topics[i].title, topics[i].commands);
    for (size_t i = 0; i < command_count(); i++) {
        const char *name = command_at(i)->name;
        if (!has_topic(name) && strcmp(name, "quit") != 0) buf_format(&others, "%s%s", others.n ? " " : "", name);
    }
    if (others.n) shell_row(shell, out, TOPIC, TINT_BOLD, "others", others.s);
    buf_free(&others);
    buf_char(out, '\n');
    shell_wrap(
        shell, out, 0,
        "`help WORD' tells of a command, a call, a constant, a rule or of `letters'; `help paging' has a line for "
        "each command of that row, `help commands' one for every command. Every call goes by its C name, too; "
        "THREAD: STATEMENT does it on a thread; `quit' leaves.");
}

/* Those of one topic, a line each; false: there is no such topic. */
static bool help_topic(const struct shell *shell, const char *title, struct buf *out) {
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (strcmp(topics[i].title, title) != 0) continue;
        for (size_t k = 0; k < command_count(); k++) {
            const struct command *command = command_at(k);
            if (lists(topics[i].commands, command->name))
                shell_row(shell, out, NAME, TINT_BOLD, command->name, command->help);
        }
        return true;
    }
    return false;
}

static void help_commands(struct shell *shell, struct buf *out) {
    for (size_t i = 0; i < command_count(); i++) {
        shell_row(shell, out, NAME, TINT_BOLD, command_at(i)->name, command_at(i)->help);
    }
    shell_wrap(
        shell, out, 0,
        "Also: let NAME = EXPRESSION, for I in A..B ... end, def NAME ... end, case \"name\", skip, source FILE, "
        "THREAD: STATEMENT, STATEMENT => EXPECTATION, and every call by its C name.");
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

/* Everything that has this name. A command of the same name as its call tells of both. */
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
        help_overview(s->in->shell, &out);
    else if (strcmp(arguments, "commands") == 0)
        help_commands(s->in->shell, &out);
    else if (!help_topic(s->in->shell, arguments, &out) && !help_tell(s, arguments, &out))
        return help_unknown(s, arguments);
    shell_print(s->in->shell, &out);
    return true;
}
