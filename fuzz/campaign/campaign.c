/*
 * campaign.c - a campaign: engines side by side for a time, what they do while they do it, and a summary.
 *
 *   run_campaign [-e libfuzzer|afl] [-t TARGET] [-s SECONDS] [-j JOBS] [-b FOLDER-OF-PROGRAMS] [-o FOLDER-OF-FINDINGS]
 *
 * What engines learn stays in BUILD/corpus (libFuzzer; of targets other than fuzz_ops: BUILD/corpus.TARGET)
 * and BUILD/afl.out (AFL++). A libFuzzer process that ends at a finding is started again. Findings of fuzz_ops
 * are judged, told apart, minimised and written (findings.h); the exit status is 1 if there are any.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../harness/harness.h"
#include "findings.h"
#include "reach.h"

enum { MAX_JOBS = 64, TEXT = 1200 };

/* Eighty operations. Everything is compared after each, so the time of an input grows with the square of its length. */
#define MAX_OPS_LENGTH "2048"

struct campaign {
    bool afl;
    const char *target, *programs;
    long seconds;
    int jobs;
    pid_t worker[MAX_JOBS];
    unsigned started[MAX_JOBS];          /* times that the worker was started; 0: not yet */
    unsigned long long before[MAX_JOBS]; /* executions of its earlier lives */
    char work[TEXT], corpus[TEXT], artifacts[TEXT];
    struct findings findings;
    unsigned crashes;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    (void)number;
    stopped = 1;
}

static void make_folder(char *out, size_t capacity, const char *a, const char *b) {
    if (snprintf(out, capacity, "%s/%s", a, b) >= (int)capacity) exit(2);
    mkdir(out, 0777);
}

/* What an earlier campaign left. */
static void empty_folder(const char *path) {
    char file[2 * TEXT];
    DIR *folder = opendir(path);
    if (folder == NULL) return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.' && snprintf(file, sizeof file, "%s/%s", path, entry->d_name) < (int)sizeof file)
            unlink(file);
    }
    closedir(folder);
}

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long)t.tv_sec;
}

/* ---- Engines ---- */

static void log_path(const struct campaign *c, int i, char *path, size_t capacity) {
    snprintf(path, capacity, "%s/log.%d", c->work, i);
}

static void exec_libfuzzer(const struct campaign *c, long left) {
    char program[TEXT], seconds[40], prefix[TEXT + 40], saves[TEXT + 10];
    bool ops = strcmp(c->target, "fuzz_ops") == 0, script = strcmp(c->target, "fuzz_script") == 0;
    snprintf(program, sizeof program, "%s/%s", c->programs, c->target);
    snprintf(seconds, sizeof seconds, "-max_total_time=%ld", left);
    snprintf(prefix, sizeof prefix, "-artifact_prefix=%s/", c->artifacts);
    const char *seeds = ops ? "corpus/seeds" : script ? "tests/scripts" : saves;
    snprintf(saves, sizeof saves, "%s/saves", c->programs);
    /* What other jobs found; to look costs much: one job alone was found to spend a fifth of its time on it. */
    const char *reload = c->jobs > 1 ? "-reload=20" : "-reload=0";
    execl(program, program, seconds, prefix, ops ? "-max_len=" MAX_OPS_LENGTH : "-max_len=4096", "-timeout=20", reload,
          "-print_final_stats=1", "-entropic=0", script ? "-dict=fuzz/zxp.dict" : "-use_value_profile=0", c->corpus,
          seeds, (char *)NULL);
}

static void exec_afl(const struct campaign *c, int i, long left) {
    char program[TEXT], seconds[40], name[40], library[TEXT];
    snprintf(program, sizeof program, "%s/afl_ops", c->programs);
    snprintf(library, sizeof library, "%s/libzxp_mutator.so", c->programs);
    snprintf(seconds, sizeof seconds, "%ld", left);
    snprintf(name, sizeof name, "job%d", i);
    setenv("AFL_NO_UI", "1", 1);
    setenv("AFL_SKIP_CPUFREQ", "1", 1);
    setenv("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "1", 1);
    setenv("AFL_NO_AFFINITY", "1", 1);
    setenv("AFL_AUTORESUME", "1", 1);
    setenv("AFL_CUSTOM_MUTATOR_LIBRARY", library, 1);
    setenv("AFL_CUSTOM_MUTATOR_ONLY", "1", 1);
    setenv("ZXP_FUZZ_CHECKS", "3", 0);
    execlp("afl-fuzz", "afl-fuzz", i == 0 ? "-M" : "-S", name, "-i", "corpus/seeds", "-o", c->corpus, "-V", seconds,
           "-t", "2000", "-G", MAX_OPS_LENGTH, "--", program, (char *)NULL);
}

static void start(struct campaign *c, int i, long left) {
    char path[TEXT + 20];
    log_path(c, i, path, sizeof path);
    pid_t child = fork();
    if (child == 0) {
        int log = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (log >= 0) {
            dup2(log, STDOUT_FILENO);
            dup2(log, STDERR_FILENO);
        }
        if (c->afl)
            exec_afl(c, i, left);
        else
            exec_libfuzzer(c, left);
        perror("exec");
        _exit(127);
    }
    c->worker[i] = child;
    c->started[i]++;
}

/* ---- What the engines say ---- */

struct said {
    unsigned long long executions, per_second, edges, corpus;
};

/* The last line "#N ... cov: C ... corp: K ... exec/s: S" of a libFuzzer log. */
static void read_libfuzzer(const char *path, struct said *said) {
    char line[600];
    FILE *log = fopen(path, "r");
    if (log == NULL) return;
    while (fgets(line, sizeof line, log) != NULL) {
        const char *cov = strstr(line, "cov: "), *corp = strstr(line, "corp: "), *speed = strstr(line, "exec/s: ");
        if (line[0] != '#' || cov == NULL || speed == NULL) continue;
        said->executions = strtoull(line + 1, NULL, 10);
        said->edges = strtoull(cov + 5, NULL, 10);
        if (corp != NULL) said->corpus = strtoull(corp + 6, NULL, 10);
        said->per_second = strtoull(speed + 8, NULL, 10);
    }
    fclose(log);
}

static void read_afl(const struct campaign *c, int i, struct said *said) {
    char path[TEXT + 60], line[600];
    snprintf(path, sizeof path, "%s/job%d/fuzzer_stats", c->corpus, i);
    FILE *file = fopen(path, "r");
    if (file == NULL) return;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (colon == NULL) continue;
        if (strncmp(line, "execs_done", 10) == 0) said->executions = strtoull(colon + 1, NULL, 10);
        if (strncmp(line, "execs_per_sec", 13) == 0) said->per_second = strtoull(colon + 1, NULL, 10);
        if (strncmp(line, "edges_found", 11) == 0) said->edges = strtoull(colon + 1, NULL, 10);
        if (strncmp(line, "corpus_count", 12) == 0) said->corpus = strtoull(colon + 1, NULL, 10);
    }
    fclose(file);
}

static struct said read_all(const struct campaign *c) {
    struct said sum = {0};
    for (int i = 0; i < c->jobs; i++) {
        char path[TEXT + 20];
        struct said said = {0};
        log_path(c, i, path, sizeof path);
        if (c->afl)
            read_afl(c, i, &said);
        else
            read_libfuzzer(path, &said);
        sum.executions += said.executions + c->before[i];
        sum.per_second += said.per_second;
        if (said.edges > sum.edges) sum.edges = said.edges;
        if (said.corpus > sum.corpus) sum.corpus = said.corpus;
    }
    return sum;
}

/* ---- Findings ---- */

static void judge_folder(struct campaign *c, const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL) return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[2 * TEXT];
        bool fresh, note = strncmp(entry->d_name, "README", 6) == 0;
        if (entry->d_name[0] == '.' || note) continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (strcmp(c->target, "fuzz_ops") != 0 || findings_judge(&c->findings, file, &fresh)) c->crashes++;
    }
    closedir(folder);
}

static void judge_all(struct campaign *c) {
    char path[TEXT + 60];
    if (!c->afl) judge_folder(c, c->artifacts);
    for (int i = 0; c->afl && i < c->jobs; i++) {
        snprintf(path, sizeof path, "%s/job%d/crashes", c->corpus, i);
        judge_folder(c, path);
    }
}

/* ---- The run ---- */

/* An engine that ended early has found something: it goes on, with the corpus that it has. */
static void restart_ended(struct campaign *c, long left) {
    for (int i = 0; i < c->jobs; i++) {
        int status;
        if (c->worker[i] <= 0 || waitpid(c->worker[i], &status, WNOHANG) != c->worker[i]) continue;
        char path[TEXT + 20];
        struct said said = {0};
        c->worker[i] = 0;
        log_path(c, i, path, sizeof path);
        if (!c->afl) read_libfuzzer(path, &said);
        if (left < 2 || c->started[i] > 1000 || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) continue;
        c->before[i] += said.executions;
        start(c, i, left);
    }
}

static void run(struct campaign *c) {
    long begin = now();
    bool live = isatty(STDERR_FILENO) != 0;
    for (int i = 0; i < c->jobs; i++) start(c, i, c->seconds);
    for (long last = begin; !stopped && now() - begin < c->seconds;) {
        nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
        restart_ended(c, c->seconds - (now() - begin));
        if (now() - last < (live ? 1 : 20)) continue;
        last = now();
        struct said said = read_all(c);
        fprintf(stderr, "%s%5ld s  %llu executions, %llu/s, %llu edges, corpus %llu%s", live ? "\r" : "", last - begin,
                said.executions, said.per_second, said.edges, said.corpus, live ? "   " : "\n");
    }
    if (live) fputc('\n', stderr);
    for (int i = 0; i < c->jobs; i++) {
        if (c->worker[i] > 0) kill(c->worker[i], SIGTERM);
    }
    for (int i = 0; i < c->jobs; i++) {
        if (c->worker[i] > 0) waitpid(c->worker[i], NULL, 0);
    }
    struct said said = read_all(c);
    long took = now() - begin > 0 ? now() - begin : 1;
    printf("target %s, %s, %d jobs, %ld s\nexecutions %llu, %llu a second\nedges %llu, corpus %llu\n", c->target,
           c->afl ? "AFL++" : "libFuzzer", c->jobs, took, said.executions, said.executions / (unsigned long long)took,
           said.edges, said.corpus);
}

static void print_reach(const struct campaign *c) {
    static struct reach reach;
    char path[TEXT + 60];
    if (strcmp(c->target, "fuzz_ops") != 0) return;
    reach_folder(&reach, "corpus/seeds");
    reach_folder(&reach, "corpus/regressions");
    if (!c->afl) reach_folder(&reach, c->corpus);
    for (int i = 0; c->afl && i < c->jobs; i++) {
        snprintf(path, sizeof path, "%s/job%d/queue", c->corpus, i);
        reach_folder(&reach, path);
    }
    printf("rules %zu of %zu, pairs of rules in sequence %zu, from %zu inputs\n", reach.rules, reach_rule_count(),
           reach.pairs, reach.inputs);
}

static void parse(struct campaign *c, int argc, char **argv) {
    for (int option; (option = getopt(argc, argv, "e:t:s:j:b:o:")) != -1;) {
        switch (option) {
        case 'e': c->afl = strcmp(optarg, "afl") == 0; break;
        case 't': c->target = optarg; break;
        case 's': c->seconds = strtol(optarg, NULL, 10); break;
        case 'j': c->jobs = (int)strtol(optarg, NULL, 10); break;
        case 'b': c->programs = optarg; break;
        case 'o': c->findings.folder = optarg; break;
        default: exit(2);
        }
    }
    if (c->jobs < 1) c->jobs = 1;
    if (c->jobs > MAX_JOBS) c->jobs = MAX_JOBS;
}

int main(int argc, char **argv) {
    static struct campaign c = {.target = "fuzz_ops",
                                .programs = "build/fuzz",
                                .seconds = 300,
                                .jobs = 1,
                                .findings = {.folder = "corpus/crashes", .checks = CHECK_ALL, .budget = 20000}};
    char work[100], corpus[100];
    parse(&c, argc, argv);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    bool ops = strcmp(c.target, "fuzz_ops") == 0;
    snprintf(work, sizeof work, "campaign.%s", c.afl ? "afl" : c.target); /* both engines may run at once */
    make_folder(c.work, sizeof c.work, c.programs, work);
    snprintf(corpus, sizeof corpus, "corpus.%s", c.target);
    make_folder(c.corpus, sizeof c.corpus, c.programs, c.afl ? "afl.out" : ops ? "corpus" : corpus);
    make_folder(c.artifacts, sizeof c.artifacts, c.work, "artifacts");
    empty_folder(c.artifacts);
    run(&c);
    judge_all(&c);
    print_reach(&c);
    printf("findings: %u inputs, %u ways\n", c.crashes, c.findings.count);
    findings_print(&c.findings);
    if (!ops && c.crashes > 0) printf("  see %s and the logs in %s\n", c.artifacts, c.work);
    return c.crashes > 0;
}
