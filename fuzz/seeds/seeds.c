/*
 * seeds.c - scripts to fuzz inputs: make_seeds FOLDER SCRIPT...
 *
 * Each case of each script becomes one input FOLDER/NAME, named by script and number.
 */
#include <stdio.h>
#include <string.h>

#include "../../cli/capture.h"

struct writing {
    const char *folder, *script;
    unsigned number;
    int failed;
};

/* "pager-1" of "corpus/conformance/pager-1.zxp". */
static void stem_of(const char *path, char *stem, size_t capacity) {
    const char *base = strrchr(path, '/');
    snprintf(stem, capacity, "%s", base != NULL ? base + 1 : path);
    char *dot = strrchr(stem, '.');
    if (dot != NULL) *dot = '\0';
}

static void write_case(void *user, const char *name, const struct fuzz_program *program) {
    static uint8_t bytes[FUZZ_MAX_BYTES];
    struct writing *w = user;
    char stem[100], path[1024];
    (void)name;
    stem_of(w->script, stem, sizeof stem);
    snprintf(path, sizeof path, "%s/%s-%03u", w->folder, stem, ++w->number);
    size_t length = fuzz_encode(program, bytes, sizeof bytes);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length) w->failed = 1;
    if (file != NULL && fclose(file) != 0) w->failed = 1;
    if (w->failed != 0) perror(path);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: make_seeds FOLDER SCRIPT...\n");
        return 2;
    }
    struct writing w = {.folder = argv[1]};
    for (int i = 2; i < argc; i++) {
        char reason[200];
        w.script = argv[i];
        w.number = 0;
        struct source *source = source_read(argv[i], reason, sizeof reason);
        if (source == NULL) {
            fprintf(stderr, "%s: error: %s\n", argv[i], reason);
            return 2;
        }
        if (!capture_script(source, write_case, &w)) fprintf(stderr, "%s: ended by a script error\n", argv[i]);
        printf("%s: %u inputs\n", argv[i], w.number);
    }
    return w.failed;
}
