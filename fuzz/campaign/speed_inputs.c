/*
 * speed_inputs.c - the inputs that speed is measured on (speed_inputs.h).
 */
#define _POSIX_C_SOURCE 200809L
#include "speed_inputs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../codec/codec.h"

static void add_file(struct speed_inputs *inputs, const char *path) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    static struct fuzz_program program;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return;
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    fuzz_decode(bytes, length, &program);
    if (program.count < SPEED_LEAST || program.count > SPEED_MOST || inputs->count == SPEED_MAX_INPUTS) return;
    uint8_t *copy = malloc(length);
    if (copy == NULL) exit(2);
    memcpy(copy, bytes, length);
    inputs->bytes[inputs->count] = copy;
    inputs->length[inputs->count++] = length;
}

void speed_inputs_add(struct speed_inputs *inputs, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        const char *name = entries[i]->d_name;
        if (name[0] != '.' && snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
            add_file(inputs, path);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

void speed_inputs_clear(struct speed_inputs *inputs) {
    for (unsigned i = 0; i < inputs->count; i++) free(inputs->bytes[i]);
    inputs->count = 0;
}
