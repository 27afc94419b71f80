/*
 * saves.c - fuzz inputs to saved worlds: make_saves FOLDER INPUTS
 *
 * The world at the end of each input of the folder INPUTS becomes a file of FOLDER of the same
 * name: what fuzz_save begins with, which would hardly find the form of a save by itself.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../harness/harness.h"

static bool write_world(const zxp_world *world, const char *path) {
    size_t length = zxp_world_encode(world, ZXP_FORM_FULL, NULL, 0);
    uint8_t *bytes = malloc(length);
    FILE *file = fopen(path, "wb");
    bool written = false;
    if (bytes != NULL && file != NULL) {
        zxp_world_encode(world, ZXP_FORM_FULL, bytes, length);
        written = fwrite(bytes, 1, length, file) == length;
    }
    free(bytes);
    return file != NULL && fclose(file) == 0 && written;
}

/* The world of one input: the core alone has run it. */
static bool convert(struct harness *h, const char *from, const char *to) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    static struct fuzz_program program;
    FILE *file = fopen(from, "rb");
    if (file == NULL) return false;
    fuzz_decode(bytes, fread(bytes, 1, sizeof bytes, file), &program);
    fclose(file);
    harness_run(h, &program, 0);
    return write_world(h->core, to);
}

int main(int argc, char **argv) {
    struct harness harness;
    DIR *folder = argc == 3 ? opendir(argv[2]) : NULL;
    unsigned count = 0;
    if (folder == NULL || !harness_create(&harness)) {
        fprintf(stderr, "usage: make_saves FOLDER INPUTS\n");
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char from[1024], to[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(from, sizeof from, "%s/%s", argv[2], entry->d_name);
        snprintf(to, sizeof to, "%s/%s", argv[1], entry->d_name);
        if (!convert(&harness, from, to)) {
            perror(to);
            return 1;
        }
        count++;
    }
    closedir(folder);
    harness_destroy(&harness);
    printf("%u saved worlds\n", count);
    return 0;
}
