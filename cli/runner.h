/*
 * runner.h - running scripts and telling what came: plain, TAP, JSON, --update (LANGUAGE.md section 7).
 */
#ifndef CLI_RUNNER_H
#define CLI_RUNNER_H

#include "interp.h"

enum run_mode { RUN_PLAIN, RUN_ECHO, RUN_TAP, RUN_JSON, RUN_CHECK, RUN_UPDATE };

struct runner {
    enum run_mode mode;
    struct interp in;
    struct buf details; /* of the running case, for TAP */
    size_t tests;       /* TAP: numbered so far */
    struct update *update;
    bool color;
    bool unresolved;   /* --update: something that failed could not be rewritten */
    bool files_failed; /* a file could not be read or written */
};

void runner_init(struct runner *runner, enum run_mode mode, const struct interp_options *options, bool color);
/* Runs one text; takes the reference. */
void runner_text(struct runner *runner, struct source *source);
/* Runs one file; a file that cannot be read is told of, and counts as an error. */
void runner_file(struct runner *runner, const char *path);
/* Ends the report; the exit status. */
int runner_finish(struct runner *runner);

void runner_print_failure(const struct failure *failure);

/* json.c: hooks that print one object a line. */
void json_hooks(struct interp_hooks *hooks);
void json_summary(const struct interp *in);
/* How kinds of events and what happened are called there, by number; NULL: not at all. */
extern const char *const json_words_of_kind[], *const json_words_of_what[];
extern const size_t json_words_of_kind_count, json_words_of_what_count;

/* update.c */
struct update *update_create(void);
void update_hooks(struct interp_hooks *hooks, struct update *update);
/* Writes the file anew if anything changed. False: a reason. */
bool update_write(struct update *update, const char *path, char *reason, size_t capacity);
/* Was everything that failed rewritten? */
bool update_resolved(const struct update *update);
void update_destroy(struct update *update);

#endif
