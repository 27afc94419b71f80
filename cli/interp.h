/*
 * interp.h - the interpreter of the zxpager language, as a library for the script runner and the prompt.
 *
 * Feed it texts with interp_run(); it tells what happens through `hooks`. It prints nothing itself.
 *
 *   struct interp in;
 *   interp_init(&in, &(struct interp_options){.interactive = true});
 *   in.hooks = (struct interp_hooks){.user = me, .statement = show_result, .error = show_error, ...};
 *   while (reads a line) {
 *       add it to pending; if (cut_needs_more(pending)) continue;
 *       interp_run(&in, source_create("prompt", pending, n));    // takes the reference
 *       if (in.quit) break;
 *   }
 *   interp_finish(&in); interp_clear(&in);
 */
#ifndef CLI_INTERP_H
#define CLI_INTERP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "expect.h"
#include "mem.h"
#include "outcome.h"
#include "session.h"
#include "source.h"
#include "text.h"
#include "zxpager/zxpager.h"

struct interp;
struct noted;
struct past;
struct service;
struct shell;

/* Words that stand for text in a def's body or in a case with combinations (LANGUAGE.md section 1). */
struct scope {
    struct scope *caller; /* where the words of a def's call came from; NULL for a case */
    uint32_t references;
    size_t count;
    char **names;
    char **words;
};

enum case_result { CASE_PASSED, CASE_FAILED, CASE_SKIPPED };

/* A failed expectation. */
struct failure {
    const char *file;
    uint32_t line;
    const char *statement;
    const char *expected;
    const char *came;
};

/* All may be NULL. Pointers are valid during the callback only. */
struct interp_hooks {
    void *user;
    void (*statement)(void *user, struct interp *in, const struct report *report);
    void (*event)(void *user, const zxp_event *event); /* the core's event stream; must not call into the world */
    void (*error)(void *user, const struct diag *diag);
    void (*failed)(void *user, const struct failure *failure);
    void (*case_begin)(void *user, const char *name);
    void (*case_end)(void *user, const char *name, enum case_result result, const char *why); /* why: of a skip */
    void (*output)(void *user, const char *text, size_t length);                              /* what views print */
    /* --update: the expectation at [begin, end) of the source should read `text`. */
    void (*rewrite)(void *user, struct source *source, size_t begin, size_t end, const char *text);
};

struct interp_options {
    zxp_profile profile;
    uint64_t memory_limit; /* --max-memory; 0: none */
    uint64_t max_steps;    /* --max-steps; 0: none */
    bool no_files;         /* --no-files */
    bool interactive;      /* the prompt: blocks are no errors, history is kept, cases stay open */
    bool dry;              /* --check: parse only */
    bool keep_history;     /* for undo; the prompt sets it, scripts that say `undo` get it by themselves */
    bool update;           /* --update: a failed expectation does not end its case */
};

enum frame_kind { FRAME_FILE, FRAME_LOOP, FRAME_DEF };

struct frame {
    enum frame_kind kind;
    struct source *source; /* held */
    size_t at, begin, end; /* position in, and range of, the source */
    struct scope *scope;   /* held; NULL: none */
    char *variable;        /* LOOP */
    uint64_t index, last;  /* LOOP: half open */
    char *thread;          /* DEF called behind a prefix: its unprefixed statements run on this thread; else NULL */
    char *expectation;     /* DEF called with `=>`: stands behind its last statement; else NULL */
};

/* `case`, as far as it has come. */
struct case_state {
    bool open;
    bool failed, skipped;
    bool begun; /* a statement has run: `profile` comes too late */
    struct buf name;
    struct buf why;       /* of a skip */
    struct source *title; /* held; where the name stands, to replace names in it for each combination: */
    size_t title_begin, title_end;
    size_t with_count, combination, combination_count;
    char **with_names;
    char **with_words;    /* per name, joined by NUL bytes */
    size_t *with_choices; /* number of words per name */
    struct frame *resume; /* where the body begins, to run it once more */
    size_t resume_count;
};

/* World and session together. */
struct snapshot {
    zxp_world *world;
    struct session session;
};

struct interp {
    struct interp_options options;
    struct interp_hooks hooks;
    zxp_world *world;
    zxp_context context;
    struct session session;
    struct map defs; /* value: index of `def_list` */
    struct def *def_list;
    size_t def_count, def_capacity;
    struct frame *frames;
    size_t frame_count, frame_capacity;
    struct case_state current;
    struct scope *case_scope; /* of the running combination */
    struct diag diag;         /* of the running statement */
    struct noted *noted;      /* of the running statement: told.h */
    size_t noted_count, noted_capacity;
    struct made_call *calls; /* of the running statement */
    size_t call_count, call_capacity;
    struct past *past;        /* past.h; NULL: nothing remembered */
    struct service *services; /* cmd_service.c */
    size_t service_count, service_capacity;
    char moved[64]; /* name given to main's blocked or ended thread by this statement; "" */
    uint64_t steps;
    size_t cases_passed, cases_failed, cases_skipped;
    bool had_error; /* a script error, or a file that could not be read */
    bool had_failure;
    bool quit;
    const void *views;                /* for whoever registers views; see commands.h */
    struct shell *shell;              /* what the prompt and its views keep; shell.h */
    volatile sig_atomic_t *interrupt; /* set by a signal handler; polled */
};

void interp_init(struct interp *in, const struct interp_options *options);
void interp_clear(struct interp *in);
/* Runs a text to its end; takes the caller's reference. At
 * the prompt the case stays open, else it ends with the text. */
void interp_run(struct interp *in, struct source *source);
/* Ends the open case. */
void interp_finish(struct interp *in);
/* A new world, names, counters; the first statement of a case may then set a profile. */
void interp_reset(struct interp *in, zxp_profile profile);
/* 2 after a script error or an unreadable file, else 1 after a failed case, else 0. */
int interp_exit_status(const struct interp *in);

/* Sets the error of the running statement (the first one counts); returns false. */
__attribute__((format(printf, 4, 5))) bool interp_error(struct interp *in, struct source *source, size_t offset,
                                                        const char *format, ...);
/* The word that a parameter stands for, and the scope in which
 * that word is to be read; NULL if the name is no parameter. */
const char *scope_find(const struct interp *in, struct scope *scope, const char *name, size_t length,
                       struct scope **outer);
void scope_release(struct scope *scope);
/* True once the user wants to stop (SIGINT). */
bool interp_interrupted(const struct interp *in);

/* Prints to hooks.output. */
void interp_print(struct interp *in, const char *text);
__attribute__((format(printf, 2, 3))) void interp_printf(struct interp *in, const char *format, ...);
/* Replaces world and session (load); takes both. */
void interp_adopt(struct interp *in, zxp_world *world, struct session *session);
void snapshot_clear(struct snapshot *snapshot);
/* Undo and redo by so many statements; false if there are not so many (then nothing happens). */
bool interp_undo(struct interp *in, uint64_t count);
bool interp_redo(struct interp *in, uint64_t count);

/* "v" for a VMO bound to v, the name a handle is bound to; NULL if none. Static until the session changes. */
const char *interp_name_of_koid(const struct interp *in, zx_koid_t koid);
const char *interp_name_of_thread(const struct interp *in, uint32_t thread);

#endif
