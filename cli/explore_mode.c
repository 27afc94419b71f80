/*
 * explore_mode.c - the program mode `zxpager-repl explore`
 * (explore_mode.h). It only makes a statement of its arguments.
 */
#include "explore_mode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../fuzz/explore/result_file.h"
#include "buf.h"
#include "prompt.h"
#include "runner.h"
#include "shell.h"
#include "source.h"

static int misuse(const char *what) {
    (void)fprintf(stderr, "zxpager-repl explore: error: %s (see --help)\n", what);
    return 2;
}

static int merge(int count, char **files) {
    uint64_t states;
    const char *bad;
    if (count == 0) return misuse("files are missing behind --merge");
    if (!explore_results_merge((const char *const *)files, (size_t)count, &states, &bad)) {
        (void)fprintf(stderr, "zxpager-repl explore: error: %s is no whole file of states\n", bad);
        return 2;
    }
    (void)printf("%" PRIu64 " states in %d files\n", states, count);
    return 0;
}

/* An option of the program and what the command has for it. */
static const struct {
    const char *option, *word;
    bool joined; /* to the value behind it */
} program_options[] = {
    {"--shard", "shard=", true}, {"--to", "to=", true}, {"--page", "page=", true}, {"--profiles", "profiles", false}};

/* The words behind the set-up, as those of the command: those with a value first, for behind `never` all is a
 * condition. False: an option has no value. */
static bool add_words(struct buf *statement, int count, char **words) {
    struct buf others = {0};
    bool well = true;
    for (int i = 0; i < count && well; i++) {
        const char *word = words[i], *value = "";
        struct buf *to = &others;
        for (size_t k = 0; k < sizeof program_options / sizeof *program_options; k++) {
            if (strcmp(words[i], program_options[k].option) != 0) continue;
            well = i + 1 < count;
            word = program_options[k].word;
            if (!program_options[k].joined || !well) continue;
            to = statement;
            value = words[++i];
        }
        buf_format(to, " %s%s", word, value);
    }
    buf_text(statement, buf_string(&others));
    buf_free(&others);
    return well;
}

/* One source, as each has a world of its own: first the set-up, then, on a line of its own, the statement. */
static int run(const char *name, const struct buf *text, volatile sig_atomic_t *interrupt) {
    struct interp_options options = {0};
    struct runner runner;
    runner_init(&runner, RUN_ECHO, &options, false);
    runner.in.interrupt = interrupt;
    prompt_register(&runner.in);
    shell_attach(runner.in.shell); /* the set-up is a part of the page that --page asks for */
    runner_text(&runner, source_create(name, text->s, text->n));
    return runner_finish(&runner);
}

static bool add_file(struct buf *text, const char *path) {
    char reason[200];
    struct source *source = source_read(path, reason, sizeof reason);
    if (source == NULL) {
        (void)fprintf(stderr, "%s: error: %s\n", path, reason);
        return false;
    }
    buf_format(text, "%.*s\n", (int)source->length, source->text);
    source_release(source);
    return true;
}

int explore_mode(int count, char **arguments, volatile sig_atomic_t *interrupt) {
    struct buf text = {0};
    if (count == 0) return misuse("a script is missing");
    if (strcmp(arguments[0], "--merge") == 0) return merge(count - 1, arguments + 1);
    bool given = strcmp(arguments[0], "-c") == 0;
    if (given && count < 2) return misuse("statements are missing behind -c");
    int used = given ? 2 : 1, status = 2;
    if (given) buf_format(&text, "%s\n", arguments[1]);
    bool well = given || add_file(&text, arguments[0]);
    buf_text(&text, "explore");
    if (well && !add_words(&text, count - used, arguments + used))
        status = misuse("a value is missing behind the last option");
    else if (well)
        status = run(arguments[0], &text, interrupt);
    buf_free(&text);
    return status;
}
