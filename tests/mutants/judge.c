/*
 * judge.c - which mutants of the core the tests kill, and by what (make mutants).
 *
 *   judge [-k|-a] [-j JOBS] [-s STRIDE] FOLDER EXPLAINED PROGRAM ... -- FILE.zxp ... CORPUS ...
 *
 * FOLDER/list names the mutants (mutate.awk). First every unit (units.h) runs without a mutant: it must
 * pass, and tells its time and which mutants it reaches. Then a process for each mutant runs the units that
 * reach it, those first that killed its neighbours, then the quickest, until one fails. FOLDER/results keeps
 * what was killed, so that an interrupted run goes on where it stopped; survivors are judged again, unless
 * -k keeps them, too, or -a asks for those without a reason alone. STRIDE takes only each so-manieth mutant. EXPLAINED
 * (survivors.txt) gives the reason of each survivor: one without a reason fails, and so does a reason for a
 * mutant that is killed or is none.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/mem.h"
#include "units.h"
#include "zxpager/zxpager.h"

enum { MOST_JOBS = 64, NEAR = 6 };
#define MOST_MEMORY ((rlim_t)2 << 30)

static const char *const verdict_names[VERDICTS] = {"survives", "expectation", "invariant", "events", "rules",
                                                    "leak",     "oracle",      "unit test", "crash",  "endless"};

struct mutant {
    char *key;
    enum verdict verdict;
    bool judged, known; /* in this run; from an earlier one */
    unsigned killer;    /* number of the unit that killed it in this run, plus 1 */
    const char *reason; /* of a survivor; NULL: not explained */
};

static struct {
    struct mutant at[MOST_MUTANTS]; /* from 1 */
    unsigned count;
    struct units units;
    unsigned *order; /* numbers of units, the quickest first, programs last */
    size_t programs;
    volatile unsigned *unit; /* shared: the unit that each mutant's process runs */
    struct {
        pid_t process;
        unsigned mutant;
    } jobs[MOST_JOBS];
    uint32_t *rules; /* taken by the units of the running mutant */
    unsigned most_jobs, stride;
    bool keeps_survivors, only_survivors;
    FILE *results;
} all;

static char *chomp(char *line) {
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static FILE *open_in(const char *folder, const char *name, const char *mode) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, mode);
}

/* ---- Lists ---- */

static void read_list(const char *folder) {
    char line[4096];
    FILE *file = open_in(folder, "list", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL && all.count + 1 < MOST_MUTANTS)
        all.at[++all.count].key = mem_copy_text(chomp(line), strlen(chomp(line)));
    if (file == NULL || !feof(file) || all.count == 0) {
        (void)fprintf(stderr, "%s/list: missing, empty, or too many mutants\n", folder);
        exit(2);
    }
    (void)fclose(file);
}

static struct mutant *find(const char *key) {
    for (unsigned n = 1; n <= all.count; n++)
        if (strcmp(all.at[n].key, key) == 0) return &all.at[n];
    return NULL;
}

/* Lines VERDICT TAB KEY TAB UNIT. */
static void read_results(const char *folder) {
    char line[4096];
    FILE *file = open_in(folder, "results", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *key = strchr(line, '\t'), *unit = key != NULL ? strchr(key + 1, '\t') : NULL;
        if (unit == NULL) continue;
        *key = *unit = '\0';
        struct mutant *mutant = find(key + 1);
        bool keeps = all.keeps_survivors || all.only_survivors;
        for (int verdict = keeps ? FINE : BY_EXPECTATION; mutant != NULL && verdict < VERDICTS; verdict++)
            if (strcmp(line, verdict_names[verdict]) == 0)
                *mutant = (struct mutant){.key = mutant->key, .verdict = (enum verdict)verdict, .known = true};
    }
    if (file != NULL) (void)fclose(file);
}

/* A line "= REASON", then the keys of the mutants that it explains. Returns how many lines are wrong. */
static unsigned read_reasons(const char *path) {
    char line[4096];
    const char *reason = NULL;
    unsigned wrong = 0;
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)chomp(line);
        if (line[0] == '#' || line[0] == '\0') continue;
        if (line[0] == '=') {
            reason = mem_copy_text(line + 2, strlen(line) < 2 ? 0 : strlen(line) - 2);
            continue;
        }
        struct mutant *mutant = find(line);
        bool good = reason != NULL && mutant != NULL && mutant->reason == NULL;
        if (good) mutant->reason = reason;
        if (!good) (void)printf("%s: no such mutant, or explained before: %s\n", path, line);
        wrong += !good;
    }
    if (file != NULL) (void)fclose(file);
    return wrong;
}

/* ---- Units without a mutant ---- */

static double seconds_of(int who) {
    struct rusage usage;
    (void)getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void read_reached(const char *path, unsigned char *reached) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(reached, 1, MOST_MUTANTS, file) != MOST_MUTANTS) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    (void)fclose(file);
}

static void measure(struct unit *unit, const char *folder) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/reached", folder);
    memset(zxp_reached, 0, MOST_MUTANTS);
    unit->seconds = 60;
    if (unit->kind == UNIT_PROGRAM) (void)setenv("ZXP_REACHED", path, 1);
    double before = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN);
    if (unit_run(unit, unit->rules) != FINE) {
        (void)fprintf(stderr, "%s: fails without any mutant\n", unit->name);
        exit(2);
    }
    unit->seconds = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN) - before;
    if (unit->kind == UNIT_PROGRAM)
        read_reached(path, unit->reached);
    else
        memcpy(unit->reached, zxp_reached, MOST_MUTANTS);
    (void)unsetenv("ZXP_REACHED");
}

/* A survivor runs all that reaches it: what takes as long as all the others together is not worth it. */
static bool is_slow(const struct unit *unit) { return unit->kind != UNIT_PROGRAM && unit->seconds > 0.3; }

static void leave_out(struct unit *unit) {
    (void)printf("%s: left out, takes %.1f s\n", unit->name, unit->seconds);
    memset(unit->reached, 0, MOST_MUTANTS);
    memset(unit->rules, 0, zxp_rule_count() * sizeof *unit->rules);
    unit->seconds = 0;
}

/* Programs last: starting one takes longer than most cases. */
static int compare(const void *a, const void *b) {
    const struct unit *x = &all.units.at[*(const unsigned *)a], *y = &all.units.at[*(const unsigned *)b];
    int programs = (x->kind == UNIT_PROGRAM) - (y->kind == UNIT_PROGRAM);
    if (programs != 0) return programs;
    return x->seconds < y->seconds ? -1 : x->seconds > y->seconds;
}

static void measure_units(const char *folder) {
    double seconds[UNIT_KINDS] = {0};
    all.order = mem_alloc(all.units.count * sizeof *all.order);
    all.rules = mem_alloc(zxp_rule_count() * sizeof *all.rules);
    for (unsigned i = 0; i < all.units.count; i++) {
        measure(&all.units.at[i], folder);
        if (is_slow(&all.units.at[i])) leave_out(&all.units.at[i]);
        seconds[all.units.at[i].kind] += all.units.at[i].seconds;
        all.order[i] = i;
    }
    qsort(all.order, all.units.count, sizeof *all.order, compare);
    (void)printf("%u mutants, %zu units; without a mutant: cases %.1f s, corpus %.1f s, unit tests %.1f s\n", all.count,
                 all.units.count, seconds[UNIT_CASE], seconds[UNIT_INPUT], seconds[UNIT_PROGRAM]);
}

/* ---- One mutant ---- */

static bool is_of_reservations(const char *key) {
    return strstr(key, "reserve") != NULL || strstr(key, "bytes") != NULL || strstr(key, "memory") != NULL;
}

static void limit_time(double seconds) {
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};
    timer.it_value.tv_usec = (suseconds_t)(1e6 * (seconds - (double)timer.it_value.tv_sec));
    (void)setitimer(ITIMER_PROF, &timer, NULL);
}

/* Returns only if the unit passes. */
static void run_unit(unsigned n, unsigned i) {
    const struct unit *unit = &all.units.at[i];
    if (!unit->reached[n]) return;
    all.unit[n] = i;
    limit_time(unit->kind == UNIT_PROGRAM ? 0 : 0.2 + 20 * unit->seconds);
    enum verdict verdict = unit_run(unit, all.rules);
    limit_time(0);
    if (verdict != FINE) _exit(verdict);
}

static void run_without_memory(unsigned n, unsigned i) {
    const struct unit *unit = &all.units.at[i];
    if (unit->kind != UNIT_CASE || !unit->reached[n] || unit->seconds > 0.02) return;
    all.unit[n] = i;
    limit_time(1 + 100 * unit->seconds);
    (void)unit_run_without_memory(unit);
    limit_time(0);
}

/* A rule that was taken by cases that reach the mutant, and by no other, and now is not. */
static void compare_rules(unsigned n) {
    for (unsigned rule = 1; rule < zxp_rule_count(); rule++) {
        uint64_t here = 0, elsewhere = 0;
        for (unsigned i = 0; i < all.units.count; i++)
            *(all.units.at[i].reached[n] ? &here : &elsewhere) += all.units.at[i].rules[rule];
        if (here > 0 && elsewhere == 0 && all.rules[rule] == 0) _exit(BY_RULES);
    }
}

static void run_mutant(unsigned n) {
    struct rlimit memory = {MOST_MEMORY, MOST_MEMORY}, core = {0, 0};
    (void)setrlimit(RLIMIT_AS, &memory);
    (void)setrlimit(RLIMIT_CORE, &core);
    if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL) abort();
    zxp_mutant = n;
    for (unsigned i = n > NEAR ? n - NEAR : 1; i <= n + NEAR && i <= all.count; i++)
        if (all.at[i].killer != 0) run_unit(n, all.at[i].killer - 1);
    memset(all.rules, 0, zxp_rule_count() * sizeof *all.rules);
    for (size_t i = 0; i < all.units.count - all.programs; i++) run_unit(n, all.order[i]);
    compare_rules(n);
    for (unsigned i = 0; i < all.units.count && is_of_reservations(all.at[n].key); i++)
        run_without_memory(n, all.order[i]);
    for (size_t i = all.units.count - all.programs; i < all.units.count; i++) run_unit(n, all.order[i]);
    _exit(FINE);
}

static enum verdict verdict_of(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) < VERDICTS) return (enum verdict)WEXITSTATUS(status);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF ? BY_TIME : BY_CRASH;
}

static void record(unsigned n, enum verdict verdict) {
    all.at[n].verdict = verdict;
    all.at[n].judged = true;
    const struct unit *unit = &all.units.at[all.unit[n]];
    (void)fprintf(all.results, "%s\t%s\t%s\n", verdict_names[verdict], all.at[n].key,
                  verdict == FINE ? "" : unit->name);
    (void)fflush(all.results);
    if (verdict == FINE) return;
    if (unit->kind != UNIT_PROGRAM) all.at[n].killer = all.unit[n] + 1;
}

/* ---- All mutants ---- */

static unsigned running(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < all.most_jobs; i++) count += all.jobs[i].process != 0;
    return count;
}

static void await_one(void) {
    int status;
    pid_t ended = wait(&status);
    for (unsigned i = 0; i < all.most_jobs; i++) {
        if (all.jobs[i].process != ended) continue;
        all.jobs[i].process = 0;
        record(all.jobs[i].mutant, verdict_of(status));
    }
}

static void begin(unsigned n) {
    unsigned i = 0;
    while (running() == all.most_jobs) await_one();
    while (all.jobs[i].process != 0) i++;
    pid_t process = fork();
    if (process == 0) run_mutant(n);
    if (process < 0) abort();
    all.jobs[i].process = process;
    all.jobs[i].mutant = n;
}

static unsigned common_divisor(unsigned a, unsigned b) {
    while (b != 0) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* All over the core, so that a part of them is a fair sample of all. */
static void judge_all(void) {
    unsigned step = all.count / 8 * 5 + 1, n = 0;
    while (common_divisor(step, all.count) != 1) step++;
    for (unsigned i = 0; i < all.count / all.stride; i++) {
        n = (n + step) % all.count;
        const struct mutant *mutant = &all.at[n + 1];
        bool survived = mutant->known && mutant->verdict == FINE && mutant->reason == NULL;
        if (all.only_survivors ? survived : !mutant->known) begin(n + 1);
        if ((i + 1) % 500 == 0) (void)fprintf(stderr, "%u of %u\n", i + 1, all.count / all.stride);
    }
    while (running() > 0) await_one();
}

/* ---- The report ---- */

static bool is_of_file(const char *key, const char *file) {
    size_t length = strcspn(file, ":");
    return strncmp(key, file, length + 1) == 0;
}

static void print_file(const char *file) {
    unsigned killed = 0, total = 0;
    for (unsigned n = 1; n <= all.count; n++) {
        bool counts = (all.at[n].judged || all.at[n].known) && is_of_file(all.at[n].key, file);
        total += counts;
        killed += counts && all.at[n].verdict != FINE;
    }
    if (total > 0) (void)printf("%-28.*s %5u of %5u killed\n", (int)strcspn(file, ":"), file, killed, total);
}

static unsigned print_survivors(const char *folder) {
    unsigned wrong = 0;
    FILE *file = open_in(folder, "survivors", "w");
    for (unsigned n = 1; n <= all.count; n++) {
        const struct mutant *mutant = &all.at[n];
        if (!mutant->judged && !mutant->known) continue;
        bool survives = mutant->verdict == FINE;
        if (survives && file != NULL) (void)fprintf(file, "%s\n", mutant->key);
        if (survives == (mutant->reason != NULL)) continue;
        (void)printf("%s: %s\n", survives ? "survives, not explained" : "killed, but explained", mutant->key);
        wrong++;
    }
    return file == NULL || fclose(file) != 0 ? wrong + 1 : wrong;
}

static unsigned report(const char *folder) {
    unsigned by[VERDICTS] = {0}, total = 0;
    unsigned wrong = print_survivors(folder);
    for (unsigned n = 1; n <= all.count; n++) {
        if (n == 1 || !is_of_file(all.at[n].key, all.at[n - 1].key)) print_file(all.at[n].key);
        if (!all.at[n].judged && !all.at[n].known) continue;
        by[all.at[n].verdict]++;
        total++;
    }
    for (int i = BY_EXPECTATION; i < VERDICTS; i++) (void)printf("killed by %-14s %5u\n", verdict_names[i], by[i]);
    unsigned tenths = total == 0 ? 0 : (unsigned)(1000ull * (total - by[FINE]) / total);
    (void)printf("%u of %u mutants killed: %u.%u %%; %u survive, %u lines of survivors.txt missing or wrong\n",
                 total - by[FINE], total, tenths / 10, tenths % 10, by[FINE], wrong);
    return wrong;
}

static void add_units(char **arguments) {
    for (; *arguments != NULL && strcmp(*arguments, "--") != 0; arguments++)
        all.programs += units_add_program(&all.units, *arguments) != NULL;
    bool good = *arguments != NULL;
    for (arguments += good; *arguments != NULL; arguments++) {
        bool script = strstr(*arguments, ".zxp") != NULL;
        good &= script ? units_add_script(&all.units, *arguments) : units_add_folder(&all.units, *arguments);
    }
    if (!good) exit(2);
}

int main(int argc, char **argv) {
    int option;
    all.most_jobs = 2;
    all.stride = 1;
    while ((option = getopt(argc, argv, "+akj:s:")) != -1) {
        if (option == 'k') all.keeps_survivors = true;
        if (option == 'a') all.only_survivors = true;
        if (option == 'j') all.most_jobs = (unsigned)strtoul(optarg, NULL, 10);
        if (option == 's') all.stride = (unsigned)strtoul(optarg, NULL, 10);
    }
    if (argc - optind < 3 || all.stride == 0 || all.most_jobs == 0 || all.most_jobs > MOST_JOBS) return 2;
    const char *folder = argv[optind], *explained = argv[optind + 1];
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    read_list(folder);
    read_results(folder);
    unsigned wrong = read_reasons(explained);
    add_units(argv + optind + 2);
    measure_units(folder);
    all.unit = mmap(NULL, MOST_MUTANTS * sizeof *all.unit, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    all.results = open_in(folder, "results", "a");
    if (all.unit == MAP_FAILED || all.results == NULL) return 2;
    judge_all();
    return report(folder) + wrong != 0;
}
