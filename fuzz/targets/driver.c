/*
 * driver.c - the default engine: runs a target on the files named, or on all files of the folders named.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "targets.h"

enum { MAX_INPUT = 1 << 20, MAX_PATH = 4096 };

static int run_file(const char *path) {
    static uint8_t input[MAX_INPUT];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t length = fread(input, 1, sizeof input, file);
    fclose(file);
    /* A copy of exactly this size, so that a sanitizer sees a read beyond the end. */
    uint8_t *copy = malloc(length == 0 ? 1 : length);
    if (copy == NULL) return 1;
    memcpy(copy, input, length);
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
    return 0;
}

static int run_folder(const char *path, size_t *count) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        return 1;
    }
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[MAX_PATH];
        struct stat status;
        if (entry->d_name[0] == '.') continue;
        if (snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file) continue;
        if (stat(file, &status) != 0 || !S_ISREG(status.st_mode)) continue;
        failed |= run_file(file);
        ++*count;
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv) {
    size_t count = 0;
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode)) {
            failed |= run_folder(argv[i], &count);
        } else {
            failed |= run_file(argv[i]);
            count++;
        }
    }
    printf("%zu inputs run\n", count);
    return failed;
}
