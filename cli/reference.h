/* reference.h - what help and explain tell, computed from the tables of operations, rules and commands. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "shell.h"

struct command;
struct stmt;

/* Everything that is known by this name; false: nothing. And the error for that. view_help.c */
bool help_tell(struct stmt *s, const char *word, struct buf *out);
bool help_unknown(struct stmt *s, const char *word);

/* Prototype, results, statuses, refusals in order, and an example. */
void reference_call(const struct shell *shell, const zxp_op_info *op, struct buf *out);
void reference_command(const struct shell *shell, const struct command *command, struct buf *out);
void reference_rule(const struct shell *shell, uint16_t rule, struct buf *out);
/* Is the rule one of the operation's section? (If two share one, by the name that the rule begins with.) */
bool reference_owns(const zxp_op_info *op, const zxp_rule_info *rule);
enum reference_rules { RULES_ALL, RULES_REFUSALS, RULES_OTHERS };
/* The rule behind `after` (0: the first) in the order of the operation's steps; 0: none. */
uint16_t reference_next_rule(const zxp_op_info *op, enum reference_rules which, uint16_t after);
void reference_refusals(const struct shell *shell, const zxp_op_info *op, struct buf *out);
/* All of them, numbered, in the order in which the call decides. */
void reference_decisions(const struct shell *shell, const zxp_op_info *op, struct buf *out);
/* The rules that give this status. */
void reference_status(const struct shell *shell, zx_status_t status, struct buf *out);
/* What would help against this refusal, or is to be known beside a success; NULL: nothing is said (advice.def). */
const char *reference_advice(const char *rule);

#endif
