/* lesson_progress.c - which lessons were solved:
 * $XDG_STATE_HOME/zxpager/lessons, one line `NAME STATEMENTS` for each. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "lesson.h"
#include "save.h"
#include "source.h"

/* Beside the prompt's history. NULL: no place. */
static char *progress_path(void) {
    char *path = history_path();
    char *slash = path ? strrchr(path, '/') : NULL;
    if (slash) memcpy(slash, "/lessons", sizeof "/lessons"); /* as long as /history */
    return path;
}

static struct source *open_progress(void) {
    char reason[200];
    char *path = progress_path();
    bool exists = path && access(path, R_OK) == 0; /* a first time is no error */
    struct source *source = exists ? source_read(path, reason, sizeof reason) : NULL;
    free(path);
    return source;
}

/* Is this line about the lesson? */
static bool names(const char *line, const char *slug) {
    size_t n = strlen(slug);
    return strncmp(line, slug, n) == 0 && line[n] == ' ';
}

unsigned progress_of(const char *slug) {
    unsigned best = 0;
    struct source *source = open_progress();
    for (const char *line = source ? source->text : ""; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (names(line, slug)) best = (unsigned)strtoul(line + strlen(slug), NULL, 10);
    }
    if (source) source_release(source);
    return best;
}

bool progress_keep(const char *slug, unsigned statements) {
    struct buf all = {0};
    char reason[200];
    unsigned best = progress_of(slug);
    struct source *source = open_progress();
    for (const char *line = source ? source->text : ""; *line;) {
        size_t n = strcspn(line, "\n");
        if (!names(line, slug)) {
            buf_add(&all, line, n);
            buf_char(&all, '\n');
        }
        line += n + (line[n] == '\n');
    }
    buf_format(&all, "%s %u\n", slug, best && best < statements ? best : statements);
    char *path = progress_path();
    mode_t mask = umask(077);
    bool kept = path && save_replace(path, all.s, all.n, reason, sizeof reason);
    (void)umask(mask);
    free(path);
    buf_free(&all);
    if (source) source_release(source);
    return kept;
}
