#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"

struct source *source_create(const char *name, const char *text, size_t length) {
    struct source *source = mem_alloc(sizeof *source);
    source->name = mem_copy_text(name, strlen(name));
    source->text = mem_copy_text(text, length);
    source->length = length;
    source->references = 1;
    source->first_line = 1;
    return source;
}

static bool read_all(FILE *file, char **text, size_t *length) {
    size_t capacity = 1 << 16, n = 0;
    char *bytes = mem_alloc(capacity);
    size_t got;
    while ((got = fread(bytes + n, 1, capacity - n, file)) > 0) {
        n += got;
        if (n == capacity) bytes = mem_resize(bytes, capacity *= 2);
    }
    *text = bytes;
    *length = n;
    return !ferror(file);
}

static bool is_directory(FILE *file) {
    struct stat info;
    return fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode);
}

struct source *source_read(const char *path, char *reason, size_t capacity) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file || is_directory(file)) {
        (void)snprintf(reason, capacity, "%s", file ? strerror(EISDIR) : strerror(errno));
        if (file && !standard) (void)fclose(file);
        return NULL;
    }
    char *text;
    size_t length;
    bool good = read_all(file, &text, &length);
    if (!good) (void)snprintf(reason, capacity, "%s", strerror(errno));
    if (!standard) (void)fclose(file);
    struct source *source = good ? source_create(standard ? "stdin" : path, text, length) : NULL;
    if (source && !standard) source->path = mem_copy_text(path, strlen(path));
    free(text);
    return source;
}

struct source *source_hold(struct source *source) {
    source->references++;
    return source;
}

void source_release(struct source *source) {
    if (!source || --source->references) return;
    free(source->name);
    free(source->path);
    free(source->text);
    free(source);
}

static bool is_continuation(char c) { return ((unsigned char)c & 0xc0u) == 0x80u; }

struct place source_place(const struct source *source, size_t offset) {
    struct place place = {.line = source->first_line, .column = 1};
    if (offset > source->length) offset = source->length;
    for (size_t i = 0; i < offset; i++) {
        if (source->text[i] == '\n') {
            place.line++;
            place.line_begin = i + 1;
        }
    }
    for (size_t i = place.line_begin; i < offset; i++) place.column += !is_continuation(source->text[i]);
    place.line_end = place.line_begin;
    while (place.line_end < source->length && source->text[place.line_end] != '\n') place.line_end++;
    if (place.line_end > place.line_begin && source->text[place.line_end - 1] == '\r') place.line_end--;
    return place;
}
