/* prompt_default.c - weak stand-ins for prompt.h. */
#include "prompt.h"

#include <stdio.h>
#include <string.h>

#include "runner.h"

__attribute__((weak)) void prompt_register(struct interp *in) { (void)in; }

__attribute__((weak)) int prompt_replay(int count, char **inputs) {
    (void)count;
    (void)inputs;
    (void)fputs("zxpager-repl: error: this build cannot replay fuzz inputs\n", stderr);
    return 2;
}

__attribute__((weak)) char *prompt_statements_of(const char *token) {
    (void)token;
    return NULL;
}

/* Line by line, without editing. */
__attribute__((weak)) int prompt_run(const struct interp_options *options, bool color, const char *statements,
                                     volatile sig_atomic_t *interrupt) {
    struct runner runner;
    struct interp_options own = *options;
    char line[4096];
    own.interactive = own.keep_history = true;
    runner_init(&runner, RUN_ECHO, &own, color);
    runner.in.interrupt = interrupt;
    if (statements) runner_text(&runner, source_create("--from", statements, strlen(statements)));
    while (!runner.in.quit && fputs("zxpager> ", stdout) >= 0 && fflush(stdout) == 0 &&
           fgets(line, sizeof line, stdin)) {
        size_t n = 0;
        while (line[n]) n++;
        *interrupt = 0;
        runner_text(&runner, source_create("prompt", line, n));
    }
    (void)runner_finish(&runner);
    return 0;
}
