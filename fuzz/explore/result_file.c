/*
 * result_file.c - the states of a run, written and joined (result_file.h).
 */
#include "result_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "zxpager states 1\n";

static bool put64(FILE *file, uint64_t value) {
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> 8 * i);
    return fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes;
}

static bool get64(FILE *file, uint64_t *value) {
    uint8_t bytes[8];
    if (fread(bytes, 1, sizeof bytes, file) != sizeof bytes) return false;
    *value = 0;
    for (unsigned i = 0; i < 8; i++) *value |= (uint64_t)bytes[i] << 8 * i;
    return true;
}

static bool put_all(const struct explore_result *result, FILE *file) {
    bool well = fwrite(head, 1, sizeof head - 1, file) == sizeof head - 1 && put64(file, result->fingerprint_count);
    for (uint64_t i = 0; well && i < result->fingerprint_count; i++) well = put64(file, result->fingerprints[i]);
    return well;
}

bool explore_result_write(const struct explore_result *result, const char *path) {
    size_t length = strlen(path) + sizeof ".part";
    char *part = malloc(length);
    if (part == NULL) return false;
    snprintf(part, length, "%s.part", path);
    FILE *file = fopen(part, "wb");
    bool well = file != NULL && put_all(result, file);
    if (file != NULL && fclose(file) != 0) well = false;
    well = well && rename(part, path) == 0;
    if (!well && file != NULL) (void)remove(part);
    free(part);
    return well;
}

/* One file while it is being joined: `next` is its first fingerprint not yet counted. */
struct input {
    FILE *file;
    uint64_t left, next;
};

static bool advance(struct input *in) {
    uint64_t before = in->next;
    if (in->left == 0) return true;
    if (--in->left == 0) return fgetc(in->file) == EOF; /* the end, and nothing behind it */
    return get64(in->file, &in->next) && in->next > before;
}

static bool open_input(struct input *in, const char *path) {
    char line[sizeof head - 1];
    uint64_t count;
    in->file = fopen(path, "rb");
    if (in->file == NULL || fread(line, 1, sizeof line, in->file) != sizeof line ||
        memcmp(line, head, sizeof line) != 0)
        return false;
    if (!get64(in->file, &count)) return false;
    in->left = count;
    return count == 0 ? fgetc(in->file) == EOF : get64(in->file, &in->next);
}

/* Takes the least fingerprint that is left away from every
 * file that has it. False: `bad` is the file that breaks off. */
static bool take_least(struct input *in, size_t count, bool *any, size_t *bad) {
    uint64_t least = UINT64_MAX;
    *any = false;
    for (size_t i = 0; i < count; i++) {
        if (in[i].left == 0) continue;
        *any = true;
        if (in[i].next < least) least = in[i].next;
    }
    for (size_t i = 0; i < count; i++) {
        if (in[i].left == 0 || in[i].next != least) continue;
        *bad = i;
        if (!advance(&in[i])) return false;
    }
    return true;
}

static bool join(struct input *in, size_t count, const char *const *paths, uint64_t *states, const char **bad) {
    bool any = true;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        *bad = paths[i];
        if (!open_input(&in[i], paths[i])) return false;
    }
    for (*states = 0; any; *states += any) {
        if (take_least(in, count, &any, &at)) continue;
        *bad = paths[at];
        return false;
    }
    return true;
}

bool explore_results_merge(const char *const *paths, size_t count, uint64_t *states, const char **bad) {
    struct input *in = calloc(count + 1, sizeof *in);
    *bad = "memory";
    bool well = in != NULL && join(in, count, paths, states, bad);
    for (size_t i = 0; in != NULL && i < count; i++) {
        if (in[i].file != NULL) (void)fclose(in[i].file);
    }
    free(in);
    return well;
}
