/*
 * judge.c - judges inputs one by one: judge [-o FOLDER] [-x FILE] INPUT|FOLDER...
 *
 * Each is run in the core and in the oracle, with every check. What fails is told apart by its signature, minimised and
 * written to FOLDER (default corpus/crashes). -x: the folders together must reach every rule that FILE does not
 * except (reach.h). Exit status 1 if anything failed.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../harness/harness.h"
#include "findings.h"
#include "reach.h"

static struct findings findings = {.folder = "corpus/crashes", .checks = CHECK_ALL, .budget = 20000};
static unsigned judged, failed;

static void judge_file(const char *path) {
    bool fresh;
    judged++;
    if (findings_judge(&findings, path, &fresh)) failed++;
}

static void judge_folder(const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[4096];
        struct stat status;
        if (entry->d_name[0] == '.' || snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file)
            continue;
        if (stat(file, &status) == 0 && S_ISREG(status.st_mode)) judge_file(file);
    }
    closedir(folder);
}

int main(int argc, char **argv) {
    static struct reach reach;
    const char *excepted = NULL;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
            findings.folder = argv[++i];
        } else if (strcmp(argv[i], "-x") == 0 && i + 1 < argc) {
            excepted = argv[++i];
        } else if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode)) {
            judge_folder(argv[i]);
            if (excepted != NULL) reach_folder(&reach, argv[i]);
        } else {
            judge_file(argv[i]);
        }
    }
    printf("%u inputs, %u fail, in %u ways\n", judged, failed, findings.count);
    findings_print(&findings);
    if (excepted != NULL) {
        printf("%zu of %zu rules reached\n", reach.rules, reach_rule_count());
        if (reach_compare(&reach, excepted) != 0) failed++;
    }
    return failed != 0;
}
