/*
 * main.c - the command line of zxpager-repl (LANGUAGE.md section 7).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore_mode.h"
#include "lint.h"
#include "number.h"
#include "prompt.h"
#include "runner.h"

#ifndef ZXP_VERSION
#define ZXP_VERSION "unknown"
#endif

static volatile sig_atomic_t interrupt_flag;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    interrupt_flag = 1;
}

static const char usage[] =
    "usage: zxpager-repl                        the prompt\n"
    "       zxpager-repl FILE.zxp ...           run scripts; - is standard input\n"
    "       zxpager-repl -c 'STATEMENTS'        run them\n"
    "       zxpager-repl --from WORD            the prompt, in the session that `share' made a word of\n"
    "       zxpager-repl --play FILE ...        runs scripts as if typed at the prompt; comments are the narration\n"
    "       zxpager-repl --check FILE ...       parse only\n"
    "       zxpager-repl --tap FILE ...         results as TAP, then \"N passed, N failed\"\n"
    "       zxpager-repl --update FILE ...      rewrite the expectations of FILE to what came\n"
    "       zxpager-repl --json FILE ...        every event as one JSON object a line\n"
    "       zxpager-repl explore FILE.zxp|-c STATEMENTS [--profiles A B] [--shard I/N] [--to FILE] [--page FILE]\n"
    "                           [WORD ...]      all states that the script's world can reach; words as of the command\n"
    "       zxpager-repl explore --merge FILE ...\n"
    "                                           how many states the shards of a run found together\n"
    "       zxpager-repl lint EVENTS ...        sessions that --json wrote: the first rule for services that each "
    "breaks\n"
    "       zxpager-repl replay [--as-c|--as-zxtest|--as-page|--share] INPUT|--from TOKEN ...\n"
    "                                           a fuzz input, printed as a script and run, or in another form\n"
    "options:\n"
    "  --profile NAME       head (the newest kernel), 2020 or 2018\n"
    "  --max-steps N        give up after N statements\n"
    "  --max-memory BYTES   give up when a world takes more\n"
    "  --no-files           refuse source, save, load, export\n"
    "  --no-color           no colors\n"
    "  --version, --help\n"
    "exit status: 2 after a script error or an unreadable or unwritable file, else 1 if a case failed, else 0\n";

struct command_line {
    enum run_mode mode;
    struct interp_options options;
    const char *statements; /* -c */
    char *shared;           /* --from: its statements */
    char **files;
    int file_count;
    bool color, play;
};

static int misuse(const char *what, const char *argument) {
    (void)fprintf(stderr, "zxpager-repl: error: %s `%s' (see --help)\n", what, argument);
    return 2;
}

static int set_profile(struct command_line *line, const char *name) {
    static const char *const names[] = {"head", "2020", "2018"};
    static const zxp_profile profiles[] = {ZXP_PROFILE_HEAD, ZXP_PROFILE_2020, ZXP_PROFILE_2018};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(names[i], name) == 0) {
            line->options.profile = profiles[i];
            return 0;
        }
    }
    return misuse("unknown profile", name);
}

static int set_number(uint64_t *value, const char *text) {
    struct number number;
    bool digit = text[0] >= '0' && text[0] <= '9';
    if (!digit || number_parse(text, strlen(text), &number) || number.length != strlen(text))
        return misuse("not a number:", text);
    *value = number.value;
    return 0;
}

static int set_shared(struct command_line *line, const char *word) {
    free(line->shared);
    line->shared = prompt_statements_of(word);
    return line->shared ? 0 : misuse("no word that `share' prints:", word);
}

static bool set_mode(struct command_line *line, const char *option) {
    static const struct {
        const char *option;
        enum run_mode mode;
    } modes[] = {{"--check", RUN_CHECK}, {"--tap", RUN_TAP}, {"--update", RUN_UPDATE}, {"--json", RUN_JSON}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].option, option) == 0) {
            line->mode = modes[i].mode;
            return true;
        }
    }
    return false;
}

static bool set_flag(struct command_line *line, const char *option) {
    if (strcmp(option, "--no-files") == 0)
        line->options.no_files = true;
    else if (strcmp(option, "--no-color") == 0)
        line->color = false;
    else if (strcmp(option, "--play") == 0)
        line->play = true;
    else
        return set_mode(line, option);
    return true;
}

/* An option with a value. -1: it is none. */
static int set_value(struct command_line *line, const char *option, const char *value) {
    bool steps = strcmp(option, "--max-steps") == 0, memory = strcmp(option, "--max-memory") == 0;
    bool profile = strcmp(option, "--profile") == 0, statements = strcmp(option, "-c") == 0;
    bool from = strcmp(option, "--from") == 0;
    if (!steps && !memory && !profile && !statements && !from) return -1;
    if (!value) return misuse("a value is missing behind", option);
    if (from) return set_shared(line, value);
    if (statements) line->statements = value;
    return profile  ? set_profile(line, value)
           : steps  ? set_number(&line->options.max_steps, value)
           : memory ? set_number(&line->options.memory_limit, value)
                    : 0;
}

static int parse(struct command_line *line, int argc, char **argv) {
    bool options = true;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (options && strcmp(argument, "--") == 0) {
            options = false;
            continue;
        }
        if (!options || argument[0] != '-' || !argument[1]) {
            line->files[line->file_count++] = argv[i];
            continue;
        }
        int status = set_value(line, argument, argv[i + 1]);
        if (status > 0) return status;
        if (status == 0)
            i++;
        else if (!set_flag(line, argument))
            return misuse("unknown option", argument);
    }
    return 0;
}

static int run(struct command_line *line) {
    struct runner runner;
    bool echo = line->statements && line->mode == RUN_PLAIN;
    runner_init(&runner, echo ? RUN_ECHO : line->mode, &line->options, line->color);
    runner.in.interrupt = &interrupt_flag;
    prompt_register(&runner.in);
    if (line->statements) runner_text(&runner, source_create("-c", line->statements, strlen(line->statements)));
    for (int i = 0; i < line->file_count && !runner.in.quit; i++) runner_file(&runner, line->files[i]);
    if (!line->statements && !line->file_count) runner_file(&runner, "-");
    return runner_finish(&runner);
}

/* Output that cannot be written is an error of its own. */
static int close_output(int status) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "zxpager-repl: error: standard output: %s\n", strerror(errno));
        return 2;
    }
    return status;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &action, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL); /* a closed pipe is a write error, with a message and a status */
}

static int play(const struct command_line *line) {
    int worst = line->file_count ? 0 : misuse("files are missing behind", "--play");
    for (int i = 0; i < line->file_count; i++) {
        int status = prompt_play(line->files[i], &line->options, line->color, &interrupt_flag);
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* --update needs a file to write to. */
static bool reads_input(const struct command_line *line) {
    for (int i = 0; i < line->file_count; i++) {
        if (strcmp(line->files[i], "-") == 0) return true;
    }
    return line->file_count == 0;
}

static int dispatch(struct command_line *line) {
    if (line->play) return play(line);
    bool nothing = !line->statements && !line->file_count;
    bool prompts = nothing && line->mode == RUN_PLAIN && isatty(STDIN_FILENO);
    if (line->mode == RUN_UPDATE && (line->statements || reads_input(line)))
        return misuse("--update takes files, not", line->statements ? "-c" : "-");
    if (prompts) return prompt_run(&line->options, line->color, line->shared, &interrupt_flag);
    if (!line->statements) line->statements = line->shared;
    return run(line);
}

int main(int argc, char **argv) {
    struct command_line line = {.color = true};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--version") == 0) {
            (void)fputs(argv[i][2] == 'h' ? usage : "zxpager-repl " ZXP_VERSION "\n", stdout);
            return close_output(0);
        }
        if (strcmp(argv[i], "--") == 0 || strcmp(argv[i], "-c") == 0) break;
    }
    catch_signals();
    if (argc > 1 && strcmp(argv[1], "explore") == 0)
        return close_output(explore_mode(argc - 2, argv + 2, &interrupt_flag));
    if (argc > 1 && strcmp(argv[1], "lint") == 0) return close_output(lint_mode(argc - 2, argv + 2));
    if (argc > 1 && strcmp(argv[1], "replay") == 0) return close_output(prompt_replay(argc - 2, argv + 2));
    line.files = calloc((size_t)argc + 1, sizeof *line.files);
    if (!line.files) return 2;
    int status = parse(&line, argc, argv);
    if (status == 0) status = dispatch(&line);
    free(line.files);
    free(line.shared);
    return close_output(status);
}
