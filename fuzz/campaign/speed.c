/*
 * speed.c - executions a second of the body of fuzz_ops: speed FOLDER
 *
 * On the inputs of the folder that have 12 to 20 operations; median of five rounds of processor time. Built twice: with
 * the sanitizers, as under libFuzzer (coverage of the core included), and plain.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../harness/harness.h"

enum { ROUNDS = 5, MAX_INPUTS = 400, LEAST = 12, MOST = 20 };

static struct fuzz_program *programs[MAX_INPUTS];
static unsigned count;

static double processor_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add_file(const char *path) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    static struct fuzz_program program;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return;
    fuzz_decode(bytes, fread(bytes, 1, sizeof bytes, file), &program);
    fclose(file);
    if (program.count < LEAST || program.count > MOST || count == MAX_INPUTS) return;
    programs[count] = malloc(sizeof program);
    if (programs[count] == NULL) exit(2);
    *programs[count++] = program;
}

static void add_folder(const char *path) {
    char file[4096];
    DIR *folder = opendir(path);
    if (folder == NULL) return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.' && snprintf(file, sizeof file, "%s/%s", path, entry->d_name) < (int)sizeof file)
            add_file(file);
    }
    closedir(folder);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double per_second(struct harness *harness, unsigned checks) {
    double sample[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        unsigned runs = 0;
        double begin = processor_seconds(), end;
        do {
            for (unsigned k = 0; k < count; k++) harness_run(harness, programs[k], checks);
            runs += count;
            end = processor_seconds();
        } while (end - begin < 0.2);
        sample[i] = runs / (end - begin);
    }
    qsort(sample, ROUNDS, sizeof sample[0], compare);
    return sample[ROUNDS / 2];
}

int main(int argc, char **argv) {
    struct harness harness;
    for (int i = 1; i < argc; i++) add_folder(argv[i]);
    if (count == 0 || !harness_create(&harness)) {
        fprintf(stderr, "usage: speed FOLDER...\n");
        return 2;
    }
    printf("%u inputs of %d to %d operations\n", count, LEAST, MOST);
    printf("%-44s %10.0f executions/s\n", "core alone", per_second(&harness, 0));
    printf("%-44s %10.0f executions/s\n", "with invariants", per_second(&harness, CHECK_INVARIANTS));
    printf("%-44s %10.0f executions/s\n", "with oracle, comparison, invariants",
           per_second(&harness, CHECK_ORACLE | CHECK_INVARIANTS));
    harness_destroy(&harness);
    for (unsigned i = 0; i < count; i++) free(programs[i]);
    return 0;
}
