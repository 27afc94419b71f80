/*
 * reach.c - rules and pairs of rules, by the event stream (reach.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "reach.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../harness/harness.h"

enum { RULES = 1024 };

size_t reach_rule_count(void) { return zxp_rule_count() - 1; /* number 0 is no rule */ }

static void count_pair(struct reach *reach, uint16_t rule) {
    if (rule == 0 || rule >= RULES) return;
    uint32_t pair = (uint32_t)reach->last * RULES + rule;
    if (reach->last != 0 && (reach->pair[pair / 8] >> pair % 8 & 1) == 0) {
        reach->pair[pair / 8] = (uint8_t)(reach->pair[pair / 8] | 1u << pair % 8);
        reach->pairs++;
    }
    reach->last = rule;
}

static void on_event(void *user, const zxp_event *event) {
    if (event->kind != ZXP_EVENT_CALL && event->kind != ZXP_EVENT_BLOCK) count_pair(user, event->rule);
}

static void run_file(struct reach *reach, struct harness *harness, const char *path) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    static struct fuzz_program program;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return;
    fuzz_decode(bytes, fread(bytes, 1, sizeof bytes, file), &program);
    fclose(file);
    reach->last = 0;
    harness->context.observe = on_event;
    harness->context.user = reach;
    harness->context.rule_hits = reach->rule;
    harness_run(harness, &program, 0);
    reach->inputs++;
}

void reach_folder(struct reach *reach, const char *path) {
    struct harness harness;
    DIR *folder = opendir(path);
    if (folder == NULL || !harness_create(&harness)) {
        if (folder != NULL) closedir(folder);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[4096];
        struct stat status;
        if (entry->d_name[0] == '.' || snprintf(file, sizeof file, "%s/%s", path, entry->d_name) >= (int)sizeof file)
            continue;
        if (stat(file, &status) == 0 && S_ISREG(status.st_mode)) run_file(reach, &harness, file);
    }
    closedir(folder);
    harness_destroy(&harness);
    reach->rules = 0;
    for (size_t rule = 1; rule < zxp_rule_count(); rule++) reach->rules += reach->rule[rule] != 0;
}

static bool is_listed(FILE *file, const char *id) {
    char line[400], name[100];
    rewind(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "rule %99[^:]:", name) == 1 && strcmp(name, id) == 0) return true;
    }
    return false;
}

size_t reach_compare(const struct reach *reach, const char *path) {
    size_t wrong = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    for (size_t rule = 1; rule < zxp_rule_count(); rule++) {
        const char *id = zxp_rule_info_of((uint16_t)rule)->id;
        bool reached = reach->rule[rule] != 0;
        if (reached != is_listed(file, id)) continue;
        printf("rule %s: %s\n", id, reached ? "is reached, but stands among those that cannot be" : "is not reached");
        wrong++;
    }
    fclose(file);
    return wrong;
}
