/*
 * findings.c - judging, deduplicating, minimising, writing (findings.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "findings.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cli/scene.h"
#include "../harness/harness.h"
#include "../minimise/minimise.h"

enum { SECONDS_FOR_ONE = 10 };

static size_t read_file(const char *path, uint8_t *bytes, size_t capacity) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    size_t length = fread(bytes, 1, capacity, file);
    fclose(file);
    return length;
}

/* ---- The verdict on one program, from a process of its own ---- */

struct verdict {
    bool failed;
    struct finding finding;
};

static void judge_here(const struct fuzz_program *program, unsigned checks, struct verdict *verdict) {
    struct harness harness;
    if (!harness_create(&harness)) _exit(2);
    verdict->failed = !harness_run(&harness, program, checks);
    verdict->finding = harness.finding;
    harness_destroy(&harness);
}

static struct verdict judge_apart(const struct fuzz_program *program, unsigned checks) {
    struct verdict verdict = {0};
    int ends[2], status = 0;
    if (pipe(ends) != 0) exit(2);
    pid_t child = fork();
    if (child < 0) exit(2);
    if (child == 0) {
        alarm(SECONDS_FOR_ONE);
        judge_here(program, checks, &verdict);
        _exit(write(ends[1], &verdict, sizeof verdict) == (ssize_t)sizeof verdict ? 0 : 2);
    }
    close(ends[1]);
    bool told = read(ends[0], &verdict, sizeof verdict) == (ssize_t)sizeof verdict;
    close(ends[0]);
    waitpid(child, &status, 0);
    if (told) return verdict;
    verdict = (struct verdict){.failed = true};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        snprintf(verdict.finding.signature, sizeof verdict.finding.signature, "takes longer than %d s",
                 SECONDS_FOR_ONE);
    } else {
        snprintf(verdict.finding.signature, sizeof verdict.finding.signature, "ends by %s %d",
                 WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return verdict;
}

/* ---- The question of the minimiser ---- */

struct question {
    const char *signature;
    unsigned checks;
    bool apart; /* the failure ends the process */
    struct harness harness;
};

static bool still_fails(void *user, const struct fuzz_program *program) {
    struct question *q = user;
    if (q->apart) {
        struct verdict verdict = judge_apart(program, q->checks);
        return verdict.failed && strcmp(verdict.finding.signature, q->signature) == 0;
    }
    return !harness_run(&q->harness, program, q->checks) && strcmp(q->harness.finding.signature, q->signature) == 0;
}

/* ---- Writing ---- */

/* "page-age-after-zx_vmo_op_range": the signature in what every file system takes. */
static void name_of(const char *signature, char *name, size_t capacity) {
    size_t n = 0;
    for (; *signature != '\0' && n + 1 < capacity && n < 90; signature++) {
        bool plain = isalnum((unsigned char)*signature) || *signature == '_';
        if (plain) {
            name[n++] = *signature;
        } else if (n > 0 && name[n - 1] != '-') {
            name[n++] = '-';
        }
    }
    while (n > 0 && name[n - 1] == '-') n--;
    name[n] = '\0';
}

static FILE *open_in(const char *folder, const char *name, const char *file) {
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0777);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    return fopen(path, "wb");
}

static void write_input(const char *folder, const char *name, const struct fuzz_program *program) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    size_t length = fuzz_encode(program, bytes, sizeof bytes);
    FILE *file = open_in(folder, name, "input");
    if (file == NULL) return;
    fwrite(bytes, 1, length, file);
    fclose(file);
}

static void write_page(const char *folder, const char *name, const char *script) {
    struct buf page = {0};
    FILE *file = scene_page(NULL, script, &page) ? open_in(folder, name, "replay.html") : NULL;
    if (file != NULL) {
        fwrite(page.s, 1, page.n, file);
        fclose(file);
    }
    buf_free(&page);
}

static void write_script(const char *folder, const char *name, const struct fuzz_program *program, unsigned checks) {
    static struct script script;
    struct harness harness;
    if (!harness_create(&harness)) return;
    harness.script = &script;
    harness_run(&harness, program, checks);
    FILE *file = open_in(folder, name, "script.zxp");
    if (file != NULL) {
        fprintf(file, "# %s\n# %s\n%s", harness.finding.signature, harness.finding.detail,
                script.text != NULL ? script.text : "");
        fclose(file);
    }
    if (script.text != NULL) write_page(folder, name, script.text);
    script_clear(&script);
    harness_destroy(&harness);
}

static void write_report(const char *folder, const char *name, const struct verdict *verdict, const char *path,
                         uint64_t tries, uint32_t before, uint32_t after) {
    FILE *file = open_in(folder, name, "report.txt");
    if (file == NULL) return;
    fprintf(file, "SIGNATURE: %s\n%s\n\nfirst seen in %s\nminimised from %u to %u operations in %llu tries\n",
            verdict->finding.signature, verdict->finding.detail, path, before, after, (unsigned long long)tries);
    fclose(file);
}

/* In a process of its own, since what it does may crash. */
static void keep(const struct findings *findings, const char *path, struct fuzz_program *program,
                 struct verdict verdict) {
    char name[100];
    struct question q = {.signature = verdict.finding.signature,
                         .checks = findings->checks,
                         .apart = verdict.finding.kind == FINDING_NONE};
    struct minimise m = {.same = still_fails, .user = &q, .budget = q.apart ? findings->budget / 20 : findings->budget};
    uint32_t before = program->count;
    if (!harness_create(&q.harness)) _exit(2);
    fuzz_minimise(&m, program);
    harness_destroy(&q.harness);
    name_of(verdict.finding.signature, name, sizeof name);
    write_input(findings->folder, name, program);
    write_report(findings->folder, name, &verdict, path, m.asked, before, program->count);
    write_script(findings->folder, name, program, findings->checks);
}

static struct finding_seen *seen_before(struct findings *findings, const char *signature, bool *fresh) {
    for (unsigned i = 0; i < findings->count; i++) {
        if (strcmp(findings->seen[i].signature, signature) == 0) return &findings->seen[i];
    }
    *fresh = true;
    struct finding_seen *seen = &findings->seen[findings->count < MAX_FINDINGS ? findings->count++ : MAX_FINDINGS - 1];
    snprintf(seen->signature, sizeof seen->signature, "%s", signature);
    seen->count = 0;
    return seen;
}

bool findings_judge(struct findings *findings, const char *path, bool *fresh) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    static struct fuzz_program program;
    *fresh = false;
    fuzz_decode(bytes, read_file(path, bytes, sizeof bytes), &program);
    struct verdict verdict = judge_apart(&program, findings->checks);
    if (!verdict.failed) return false;
    seen_before(findings, verdict.finding.signature, fresh)->count++;
    if (!*fresh) return true;
    pid_t child = fork();
    if (child == 0) {
        keep(findings, path, &program, verdict);
        _exit(0);
    }
    if (child > 0) waitpid(child, NULL, 0);
    return true;
}

void findings_print(const struct findings *findings) {
    for (unsigned i = 0; i < findings->count; i++) {
        char name[100];
        name_of(findings->seen[i].signature, name, sizeof name);
        printf("  %5u x  %s\n           %s/%s/\n", findings->seen[i].count, findings->seen[i].signature,
               findings->folder, name);
    }
}
