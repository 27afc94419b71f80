/*
 * prompt.h - what the interactive prompt provides to the program. prompt_default.c
 * has weak stand-ins, so that the script runner is complete without it.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <signal.h>
#include <stdbool.h>

struct interp;
struct interp_options;

/* Runs the prompt on the terminal, after the statements given (NULL: none); the exit status. */
int prompt_run(const struct interp_options *options, bool color, const char *statements,
               volatile sig_atomic_t *interrupt);
/* What --from opens, as statements; the caller frees them. NULL: this is no word that `share' printed. */
char *prompt_statements_of(const char *token);
/* Runs a script as if it were typed at the prompt, with its comments as narration; the exit status. */
int prompt_play(const char *path, const struct interp_options *options, bool color, volatile sig_atomic_t *interrupt);
/* Registers views and commands of the prompt (in->views), for scripts and -c too. */
void prompt_register(struct interp *in);
/* zxpager-repl replay INPUT ...; the exit status. */
int prompt_replay(int count, char **inputs);

#endif
