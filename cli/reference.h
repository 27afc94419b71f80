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
/* The rules whose section is the operation's, in the order of their steps. */
void reference_rules(const struct shell *shell, const zxp_op_info *op, bool refusals, struct buf *out);
/* All of them, numbered, in the order in which the call decides. */
void reference_decisions(const struct shell *shell, const zxp_op_info *op, struct buf *out);
/* The rules that give this status. */
void reference_status(const struct shell *shell, zx_status_t status, struct buf *out);
/* An example of a call, from the kinds of its parameters. */
void reference_example(const zxp_op_info *op, struct buf *out);

#endif
