/*
 * reference.c - prints a page of the reference from the tables of operations, rules, commands and examples:
 * reference calls|rules|commands (make reference).
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/example.h"
#include "cli/reference.h"
#include "zxpager/zxpager.h"

static const char made[] =
    "<!-- Made by make reference from core/ops.def, core/rules/, cli/commands.c and examples/: do not edit. -->\n\n";

static const char *status_name(zx_status_t status) {
    const char *name = zxp_status_name(status);
    return name ? name : "?";
}

/* ---- Calls ---- */

/* On one line where that is short, else with a line for each parameter. */
static void put_prototype(const zxp_op_info *op) {
    enum { SHORT = 3 };
    bool breaks = op->param_count > SHORT;
    printf("```c\n%s%s(", op->traits & ZXP_TRAIT_MODEL ? "" : "zx_status_t ", op->name);
    for (size_t i = 0; i < op->param_count; i++)
        printf("%s%s%s %s", i ? "," : "", breaks ? "\n    " : i ? " " : "", op->params[i].ctype, op->params[i].name);
    puts(op->param_count ? ")\n```\n" : "void)\n```\n");
}

static const char *kind_text(zxp_param_kind kind) {
    static const char *const texts[] = {[ZXP_PARAM_HANDLE] = "a handle of any type",
                                        [ZXP_PARAM_VMO] = "a VMO",
                                        [ZXP_PARAM_PAGER_VMO] = "a VMO that a pager made",
                                        [ZXP_PARAM_PAGER] = "a pager",
                                        [ZXP_PARAM_PORT] = "a port",
                                        [ZXP_PARAM_VMAR] = "a VMAR",
                                        [ZXP_PARAM_EVENT] = "an event",
                                        [ZXP_PARAM_HANDLES] = "a list of handles",
                                        [ZXP_PARAM_WAIT_ITEMS] = "a list of handle:signals",
                                        [ZXP_PARAM_OFFSET] = "bytes, a multiple of the page size",
                                        [ZXP_PARAM_LENGTH] = "bytes, a multiple of the page size",
                                        [ZXP_PARAM_BYTES_AT] = "bytes, any alignment",
                                        [ZXP_PARAM_BYTE_COUNT] = "bytes, any number",
                                        [ZXP_PARAM_ADDRESS] = "a user address",
                                        [ZXP_PARAM_SPAN] = "bytes of the address space",
                                        [ZXP_PARAM_SIZE] = "a size in bytes",
                                        [ZXP_PARAM_BUFFER] = "the content to copy from",
                                        [ZXP_PARAM_RIGHTS] = "rights",
                                        [ZXP_PARAM_SIGNALS] = "signals",
                                        [ZXP_PARAM_KEY] = "a key of packets",
                                        [ZXP_PARAM_DEADLINE] = "virtual nanoseconds",
                                        [ZXP_PARAM_DURATION] = "virtual nanoseconds",
                                        [ZXP_PARAM_STATUS] = "a status",
                                        [ZXP_PARAM_DATA] = "depends on the operation",
                                        [ZXP_PARAM_OPTIONS] = "option bits",
                                        [ZXP_PARAM_OPERATION] = "an operation",
                                        [ZXP_PARAM_TOPIC] = "a topic",
                                        [ZXP_PARAM_PROPERTY] = "a property",
                                        [ZXP_PARAM_VALUE] = "a value",
                                        [ZXP_PARAM_POLICY] = "a cache policy",
                                        [ZXP_PARAM_COUNT] = "a number",
                                        [ZXP_PARAM_BOOLEAN] = "0 or 1",
                                        [ZXP_PARAM_VMO_OBJECT] = "a VMO, by its koid, open or not",
                                        [ZXP_PARAM_THREAD] = "a thread"};
    return (size_t)kind < sizeof texts / sizeof *texts ? texts[kind] : "";
}

static void put_parameters(const zxp_op_info *op) {
    if (op->param_count) puts("| parameter | what |\n| --- | --- |");
    for (size_t i = 0; i < op->param_count; i++)
        printf("| `%s` | %s |\n", op->params[i].name, kind_text(op->params[i].kind));
    puts("");
}

static void put_statuses(const zxp_op_info *op) {
    printf("Statuses:");
    for (size_t i = 0; i < op->status_count; i++) printf("%s `%s`", i ? "," : "", status_name(op->statuses[i]));
    printf("%s", op->traits & ZXP_TRAIT_ALLOCATES ? ", `ZX_ERR_NO_MEMORY`" : "");
    puts(op->traits & ZXP_TRAIT_FORWARDS ? ", and what the pager failed the request with.\n" : ".\n");
    if (op->traits & ZXP_TRAIT_BLOCKS) puts("It may wait.\n");
}

static void put_rules(const zxp_op_info *op, bool refusals) {
    bool any = false;
    for (uint16_t i = 0; (i = reference_next_rule(op, refusals ? RULES_REFUSALS : RULES_OTHERS, i)) != 0;) {
        const zxp_rule_info *rule = zxp_rule_info_of(i);
        if (refusals && !zxp_op_may_return(op, rule->status)) continue;
        if (!any) puts(refusals ? "Refusals:\n" : "What may come of it:\n");
        any = true;
        printf(refusals ? "1. " : "- ");
        if (refusals) printf("`%s`: ", status_name(rule->status));
        printf("%s ([%s](rules.md#%s))\n", rule->sentence, rule->id, rule->id);
    }
    if (any) puts("");
}

static bool put_example(const char *name, const char *language) {
    const char *example = example_of(name);
    if (example)
        printf("```%s\n%s```\n\n", language, example);
    else
        (void)fprintf(stderr, "reference: docs/reference/examples/%s.zxp is missing\n", name);
    return example != NULL;
}

static bool put_call(const zxp_op_info *op) {
    printf("<a id=\"%s\"></a>\n\n## %s\n\n%c%s. Chapter %s.\n\n", op->name, op->name,
           toupper((unsigned char)op->help[0]), op->help + 1, op->chapter);
    put_prototype(op);
    put_parameters(op);
    for (size_t i = 0; i < op->field_count; i++)
        printf("%s`%s`%s", i ? ", " : "Result fields: ", op->fields[i], i + 1 == op->field_count ? ".\n\n" : "");
    put_statuses(op);
    put_rules(op, true);
    put_rules(op, false);
    return put_example(op->name, "zxp");
}

static bool put_calls(void) {
    bool good = true;
    printf("%s# Calls\n\nEvery call with its refusals in the order in which they are decided, and an example that the "
           "tests run. Handles are looked up by [handle.bad](rules.md#handle.bad), "
           "[handle.wrong-type](rules.md#handle.wrong-type) and [handle.access-denied](rules.md#handle.access-denied), "
           "in this order, at the step that the section of the call names.\n\n",
           made);
    for (size_t i = 0; i < zxp_op_count(); i++)
        printf("%s[%s](#%s)", i ? " · " : "", zxp_op_at(i)->name, zxp_op_at(i)->name);
    puts("\n");
    for (size_t i = 0; i < zxp_op_count(); i++) good = put_call(zxp_op_at(i)) && good;
    return good;
}

/* ---- Rules ---- */

static void put_rule(const zxp_rule_info *rule) {
    const char *space = " Decides in:";
    printf("<a id=\"%s\"></a>\n\n## %s\n\n%s\n\nGives `%s`. Chapter %s.", rule->id, rule->id, rule->sentence,
           status_name(rule->status), rule->chapter);
    for (size_t i = 0; i < zxp_op_count(); i++) {
        const zxp_op_info *op = zxp_op_at(i);
        if (!reference_owns(op, rule)) continue;
        printf("%s [%s](calls.md#%s)", space, op->name, op->name);
        space = ",";
    }
    puts(*space == ',' ? ".\n" : "\n");
    const char *advice = reference_advice(rule->id);
    if (advice) printf("%s %c%s\n\n", rule->status == ZX_OK ? "Note:" : "To succeed:", *advice, advice + 1);
}

static bool put_all_rules(void) {
    printf("%s# Rules\n\nEvery rule that can decide what comes of a call, by area, in the order of the sources. "
           "`explain` names them.\n\n",
           made);
    for (uint16_t i = 1; i < zxp_rule_count(); i++) put_rule(zxp_rule_info_of(i));
    return true;
}

/* ---- Commands ---- */

static bool ends_sentence(const char *text) { return *text && strchr(".?!", text[strlen(text) - 1]) != NULL; }

static bool put_command(const struct command *command) {
    const zxp_op_info *op = zxp_op_info_of(command->op);
    printf("<a id=\"%s\"></a>\n\n## %s\n\n```text\n%s\n```\n\n%c%s%s", command->name, command->name, command->syntax,
           toupper((unsigned char)command->help[0]), command->help + 1, ends_sentence(command->help) ? "" : ".");
    if (op) printf(" Its result is that of [%s](calls.md#%s).", op->name, op->name);
    if (command->flags & CMD_VIEW) printf(" It changes nothing.");
    if (command->flags & CMD_FILES) printf(" Refused by `--no-files`.");
    if (command->flags & CMD_PROMPT) printf(" For the prompt.");
    puts("\n");
    return put_example(command->name, "zxp-example");
}

static bool put_commands(void) {
    bool good = true;
    printf(
        "%s# Commands\n\n`P` and `N` are pages, `V` a VMO, `T` a VMO or a mapping. Each has an example that the tests "
        "run; behind `=>` stands what comes of a line, behind `#` what it prints.\n\n",
        made);
    for (size_t i = 0; i < command_count(); i++)
        printf("%s[%s](#%s)", i ? " · " : "", command_at(i)->name, command_at(i)->name);
    puts("\n");
    for (size_t i = 0; i < command_count(); i++) good = put_command(command_at(i)) && good;
    return good;
}

int main(int argc, char **argv) {
    const struct {
        const char *name;
        bool (*put)(void);
    } pages[] = {{"calls", put_calls}, {"rules", put_all_rules}, {"commands", put_commands}};
    for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].name, argv[1]) == 0) return pages[i].put() && fflush(stdout) == 0 ? 0 : 1;
    }
    (void)fputs("usage: reference calls|rules|commands\n", stderr);
    return 2;
}
