/* lesson_file.c - where the lessons lie, and what stands in one. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lesson.h"
#include "mem.h"
#include "source.h"

#ifndef ZXP_DATADIR
#define ZXP_DATADIR "/usr/local/share/zxpager"
#endif

/* ---- Finding ---- */

static int is_lesson(const struct dirent *entry) {
    const char *name = entry->d_name;
    size_t n = strlen(name);
    return n > 6 && name[0] >= '0' && name[0] <= '9' && strcmp(name + n - 3, ".md") == 0;
}

static struct dirent **list(const char *folder, unsigned *count) {
    struct dirent **names = NULL;
    int n = scandir(folder, &names, is_lesson, alphasort);
    *count = n > 0 ? (unsigned)n : 0;
    if (n > 0) return names;
    free(names);
    return NULL;
}

static void free_list(struct dirent **names, unsigned count) {
    for (unsigned i = 0; i < count; i++) free(names[i]);
    free(names);
}

/* The folder of the running program; "" if unknown. */
static void program_folder(char *path, size_t capacity) {
    ssize_t n = readlink("/proc/self/exe", path, capacity - 1);
    path[n > 0 ? n : 0] = 0;
    char *slash = strrchr(path, '/');
    if (slash) *slash = 0;
}

/* The first folder that has lessons: what ZXP_LESSONS names; beside
 * the program, built or installed; where make installed them. */
static struct dirent **find(struct buf *folder, unsigned *count) {
    static const char *const beside[] = {"/../docs/lessons", "/../../docs/lessons", "/../share/zxpager/lessons"};
    const char *given = getenv("ZXP_LESSONS");
    char program[4096];
    struct dirent **names;
    program_folder(program, sizeof program);
    for (size_t i = 0; !given && program[0] && i < sizeof beside / sizeof *beside; i++) {
        buf_clear(folder);
        buf_format(folder, "%s%s", program, beside[i]);
        if ((names = list(folder->s, count))) return names;
    }
    buf_clear(folder);
    buf_text(folder, given ? given : ZXP_DATADIR "/lessons");
    return list(folder->s, count);
}

unsigned lesson_count(void) {
    struct buf folder = {0};
    unsigned count = 0;
    struct dirent **names = find(&folder, &count);
    free_list(names, count);
    buf_free(&folder);
    return count;
}

/* ---- Reading ---- */

struct reading {
    struct lesson *lesson;
    struct buf *block; /* where the lines of the open block go; NULL: in no block */
    struct buf wrong;  /* the ways that are for the tests alone */
    bool shown;        /* the open block is a part of the text */
};

static bool begins(const char *line, size_t n, const char *with) {
    size_t m = strlen(with);
    return n >= m && memcmp(line, with, m) == 0;
}

static void open_block(struct reading *r, const char *line, size_t n) {
    r->block = begins(line, n, "```zxp start")      ? &r->lesson->start
               : begins(line, n, "```zxp goal")     ? &r->lesson->goal
               : begins(line, n, "```zxp solution") ? &r->lesson->solution
               : begins(line, n, "```zxp wrong")    ? &r->wrong
                                                    : &r->lesson->text;
    r->shown = r->block == &r->lesson->text;
}

static void block_line(struct reading *r, const char *line, size_t n) {
    if (begins(line, n, "```")) {
        r->block = NULL;
        return;
    }
    if (r->shown) buf_char(r->block, '\1');
    buf_add(r->block, line, n);
    buf_char(r->block, '\n');
}

static void text_line(struct reading *r, const char *line, size_t n) {
    struct lesson *lesson = r->lesson;
    if (begins(line, n, "```")) {
        open_block(r, line, n);
    } else if (begins(line, n, "Hint: ")) {
        if (lesson->hint_count < HINTS) lesson->hints[lesson->hint_count++] = mem_copy_text(line + 6, n - 6);
    } else if (begins(line, n, "Par: ")) {
        lesson->par = (unsigned)strtoul(line + 5, NULL, 10);
    } else if (begins(line, n, "# ") && !lesson->title) {
        lesson->title = mem_copy_text(line + 2, n - 2);
    } else {
        buf_add(&lesson->text, line, n);
        buf_char(&lesson->text, '\n');
    }
}

static void read_lines(struct lesson *lesson, const struct source *source) {
    struct reading r = {.lesson = lesson};
    for (const char *line = source->text; *line;) {
        size_t n = strcspn(line, "\n"), kept = n && line[n - 1] == '\r' ? n - 1 : n;
        if (r.block)
            block_line(&r, line, kept);
        else
            text_line(&r, line, kept);
        line += n + (line[n] == '\n');
    }
    buf_free(&r.wrong);
}

struct lesson *lesson_read(unsigned number) {
    struct buf path = {0};
    unsigned count = 0;
    char reason[200];
    struct lesson *lesson = NULL;
    struct dirent **names = find(&path, &count);
    if (number && number <= count) {
        const char *name = names[number - 1]->d_name;
        buf_format(&path, "/%s", name);
        struct source *source = source_read(path.s, reason, sizeof reason);
        if (source) {
            lesson = mem_alloc(sizeof *lesson);
            lesson->number = number;
            lesson->slug = mem_copy_text(name, strlen(name) - 3);
            read_lines(lesson, source);
            source_release(source);
        }
    }
    free_list(names, count);
    buf_free(&path);
    return lesson;
}

void lesson_free(struct lesson *lesson) {
    if (!lesson) return;
    for (unsigned i = 0; i < lesson->hint_count; i++) free(lesson->hints[i]);
    free(lesson->slug);
    free(lesson->title);
    buf_free(&lesson->text);
    buf_free(&lesson->start);
    buf_free(&lesson->goal);
    buf_free(&lesson->solution);
    free(lesson);
}
