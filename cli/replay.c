/*
 * replay.c - zxpager-repl replay: fuzz inputs printed as scripts and run; as source; as tokens (replay.h).
 */
#include "replay.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../fuzz/harness/harness.h"
#include "capture.h"
#include "mem.h"
#include "prompt.h"
#include "runner.h"
#include "scene.h"

static const char usage[] =
    "usage: zxpager-repl replay [--as-c|--as-zxtest|--as-page|--share] INPUT ...     fuzz inputs, "
    "scripts (.zxp), or folders of inputs\n"
    "       zxpager-repl replay [--as-c|--as-zxtest|--as-page] --from TOKEN\n"
    "Prints an input as a script with what came, judges it (core against oracle, invariants) "
    "and runs the script. Of a folder, one line\n"
    "for each input. Exit status 1 if anything failed.\n";

struct replay {
    enum replay_form form;
    bool share;
    size_t passed, failed;
};

static bool read_input(const char *path, struct fuzz_program *program) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return false;
    }
    fuzz_decode(bytes, fread(bytes, 1, sizeof bytes, file), program);
    (void)fclose(file);
    return true;
}

/* The script must say what the harness saw. */
static bool script_holds(const char *name, const struct script *script) {
    struct runner runner;
    runner_init(&runner, RUN_PLAIN, &(struct interp_options){0}, false);
    runner_text(&runner, source_create(name, script->text, script->length));
    return runner_finish(&runner) == 0;
}

static bool judge(const struct fuzz_program *program, const char *name, bool prints) {
    struct script script = {0};
    struct harness harness;
    if (!harness_create(&harness)) return false;
    harness.script = &script;
    bool sound = harness_run(&harness, program, CHECK_ALL);
    if (prints && script.text) (void)fputs(script.text, stdout);
    if (!sound) (void)printf("# FINDING: %s\n# %s\n", harness.finding.signature, harness.finding.detail);
    if (sound && script.text) sound = script_holds(name, &script);
    script_clear(&script);
    harness_destroy(&harness);
    return sound;
}

/* What the core does, as a page; a finding ends it there, and both sides stand in the report beside it. */
static bool print_page(const struct fuzz_program *program) {
    struct script script = {0};
    struct harness harness;
    struct buf page = {0};
    if (!harness_create(&harness)) return false;
    harness.script = &script;
    (void)harness_run(&harness, program, CHECK_ALL);
    bool made = scene_page(NULL, script.text ? script.text : "", &page);
    if (made)
        (void)fputs(buf_string(&page), stdout);
    else
        (void)fputs("zxpager-repl: error: this program was built without jansson: no pages\n", stderr);
    buf_free(&page);
    script_clear(&script);
    harness_destroy(&harness);
    return made;
}

static void print_token(const struct fuzz_program *program) {
    struct buf token = {0};
    replay_token(program, &token);
    (void)puts(buf_string(&token));
    buf_free(&token);
}

static void replay_program(struct replay *replay, const struct fuzz_program *program, const char *name, bool prints) {
    if (replay->share) {
        print_token(program);
    } else if (replay->form == REPLAY_PAGE) {
        replay->failed += !print_page(program);
    } else if (replay->form != REPLAY_SCRIPT) {
        replay_source(program, replay->form, "Replay", stdout);
    } else if (judge(program, name, prints)) {
        replay->passed++;
        (void)printf("%s%s\n", prints ? "# ok: " : "ok ", name);
    } else {
        replay->failed++;
        (void)printf("%s%s\n", prints ? "# fails: " : "not ok ", name);
    }
}

static void on_case(void *user, const char *name, const struct fuzz_program *program) {
    replay_program(user, program, name, true);
}

static void replay_file(struct replay *replay, const char *path, bool prints) {
    struct fuzz_program *program = mem_alloc(sizeof *program);
    char reason[200];
    size_t n = strlen(path);
    if (n > 4 && strcmp(path + n - 4, ".zxp") == 0) {
        struct source *source = source_read(path, reason, sizeof reason);
        if (!source || !capture_script(source, on_case, replay)) replay->failed++;
    } else if (read_input(path, program)) {
        replay_program(replay, program, path, prints);
    } else {
        replay->failed++;
    }
    free(program);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void replay_folder(struct replay *replay, const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        struct buf file = {0};
        struct stat status;
        size_t n = strlen(entries[i]->d_name);
        bool note = n > 3 && strcmp(entries[i]->d_name + n - 3, ".md") == 0;
        buf_format(&file, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && !note && stat(buf_string(&file), &status) == 0 && S_ISREG(status.st_mode))
            replay_file(replay, buf_string(&file), false);
        buf_free(&file);
        free(entries[i]);
    }
    free(entries);
}

static void replay_path(struct replay *replay, const char *path) {
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        replay_folder(replay, path);
    else
        replay_file(replay, path, true);
}

static bool replay_word(struct replay *replay, const char *token) {
    struct fuzz_program *program = mem_alloc(sizeof *program);
    bool sound = replay_from_token(token, program);
    if (sound)
        replay_program(replay, program, "token", true);
    else
        (void)fputs("zxpager-repl: error: this is no token\n", stderr);
    free(program);
    return sound;
}

int prompt_replay(int count, char **inputs) {
    struct replay replay = {0};
    int given = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(inputs[i], "--as-c") == 0) {
            replay.form = REPLAY_C;
        } else if (strcmp(inputs[i], "--as-zxtest") == 0) {
            replay.form = REPLAY_ZXTEST;
        } else if (strcmp(inputs[i], "--as-page") == 0) {
            replay.form = REPLAY_PAGE;
        } else if (strcmp(inputs[i], "--share") == 0) {
            replay.share = true;
        } else if (strcmp(inputs[i], "--from") == 0 && i + 1 < count) {
            given++;
            if (!replay_word(&replay, inputs[++i])) return 2;
        } else if (inputs[i][0] == '-') {
            (void)fputs(usage, stderr);
            return 2;
        } else {
            given++;
            replay_path(&replay, inputs[i]);
        }
    }
    if (given == 0)
        (void)fputs(usage, stderr);
    else if (replay.passed + replay.failed > 1)
        (void)printf("%zu passed, %zu failed\n", replay.passed, replay.failed);
    return given == 0 ? 2 : replay.failed != 0;
}
