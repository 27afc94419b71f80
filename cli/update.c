/*
 * update.c - --update: the expectations of a file become what came. An expectation that stands in a
 * loop is rewritten only if the same came each time; what cannot be rewritten is told of as failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "save.h"

struct edit {
    size_t begin, end;
    char *text;    /* NULL: as written held */
    bool conflict; /* different things came at different times */
};

struct update {
    struct source *source; /* the first one that is rewritten; held */
    struct edit *edits;
    size_t count, capacity;
    bool offered;    /* the failure that is told of next has a rewrite */
    bool unresolved; /* something failed that cannot be rewritten */
};

struct update *update_create(void) {
    return mem_alloc(sizeof(struct update));
}

static struct edit *find(struct update *update, size_t begin, size_t end) {
    for (size_t i = update->count; i-- > 0;) {
        if (update->edits[i].begin == begin && update->edits[i].end == end) return &update->edits[i];
    }
    return NULL;
}

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static void on_rewrite(void *user, struct source *source, size_t begin, size_t end, const char *text) {
    struct runner *runner = user;
    struct update *update = runner->update;
    if (!update->source) update->source = source_hold(source);
    if (update->source != source) return; /* a sourced file is not the file that was named */
    struct edit *edit = find(update, begin, end);
    update->offered = text != NULL;
    if (edit) {
        edit->conflict |= !same(edit->text, text);
        return;
    }
    update->edits = mem_grow(update->edits, update->count, &update->capacity, sizeof *update->edits);
    update->edits[update->count++] = (struct edit){begin, end, text ? mem_copy_text(text, strlen(text)) : NULL, false};
}

static void on_failed(void *user, const struct failure *failure) {
    struct update *update = ((struct runner *)user)->update;
    if (!update->offered) {
        update->unresolved = true;
        runner_print_failure(failure);
    }
    update->offered = false;
}

void update_hooks(struct interp_hooks *hooks, struct update *update) {
    (void)update;
    hooks->rewrite = on_rewrite;
    hooks->failed = on_failed;
}

static void tell_conflict(struct update *update, const struct edit *edit) {
    update->unresolved = true;
    (void)printf("%s:%u: not updated: it does not come out the same each time\n", update->source->name,
                 source_place(update->source, edit->begin).line);
}

bool update_resolved(const struct update *update) { return !update->unresolved; }

static int by_place(const void *a, const void *b) {
    const struct edit *one = a, *two = b;
    return one->begin < two->begin ? -1 : one->begin > two->begin;
}

bool update_write(struct update *update, const char *path, char *reason, size_t capacity) {
    struct buf text = {0};
    size_t at = 0, changed = 0;
    if (!update->source) return true;
    qsort(update->edits, update->count, sizeof *update->edits, by_place);
    for (size_t i = 0; i < update->count; i++) {
        const struct edit *edit = &update->edits[i];
        if (edit->conflict) tell_conflict(update, edit);
        if (!edit->text || edit->conflict || edit->begin < at) continue;
        buf_add(&text, update->source->text + at, edit->begin - at);
        buf_text(&text, edit->text);
        at = edit->end;
        changed++;
    }
    buf_add(&text, update->source->text + at, update->source->length - at);
    bool good = !changed || save_replace(path, buf_string(&text), text.n, reason, capacity);
    buf_free(&text);
    return good;
}

void update_destroy(struct update *update) {
    for (size_t i = 0; i < update->count; i++) free(update->edits[i].text);
    free(update->edits);
    source_release(update->source);
    free(update);
}
