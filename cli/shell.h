/*
 * shell.h - what a person's session is beside the interpreter: the numbered events
 * so far, the statements with what came of them, the choices last shown, and what
 * should stop a running script. The views (show, timeline, choices, ...) read it.
 *
 * Events are numbered from 1 in each world (after a reset, a load, another case or branch names mean other things);
 * undo takes their numbers back, and redo gives the same ones again.
 */
#ifndef CLI_SHELL_H
#define CLI_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "interp.h"

enum {
    EVENTS_KEPT = 8192, /* the latest ones; a power of two */
    BREAKS_KEPT = 16
};

struct entry {
    char *text;            /* the statement, as it ran, without its expectation */
    char *came;            /* what could be expected of it; NULL: nothing */
    uint64_t first_event;  /* the number of the event before it, */
    uint64_t last_event;   /* and of its last one */
    bool step;             /* an undo step */
    struct moment *moment; /* the state after it; recorder.h; NULL: not kept */
};

struct choice {
    const char *group; /* static */
    char *statement;
    char *why;
};

struct walk { /* random N */
    uint64_t left, state;
};

struct shell {
    struct interp *in;
    struct interp_hooks below; /* whose hooks these were before */
    bool prints;               /* the prompt: tells what each statement did */
    bool color;
    unsigned columns;     /* 0: find out */
    zxp_event *events;    /* ring of EVENTS_KEPT */
    uint64_t event_count; /* the number of the latest event */
    uint64_t last_event;  /* the same, at the end of the last statement */
    struct entry *entries;
    size_t entry_count, entry_capacity;
    size_t entry_total;   /* with those that were undone */
    uint64_t future_seen; /* past_ahead() after the last statement */
    bool *waiting;        /* per thread: its call had not ended when last looked at */
    size_t waiting_count;
    struct choice *choices;
    size_t choice_count, choice_capacity;
    struct walk walk;
    char *until; /* `until ...`, NULL: none */
    uint16_t breaks[BREAKS_KEPT];
    size_t break_count;
    bool break_packet;
    char stopped[160];  /* why the running script is to stop; "" */
    uint16_t last_rule; /* that decided the last result, for `explain` */
    uint16_t last_op;
    zx_status_t last_status;
    struct made_call last_call; /* its lists and bytes are gone */
    bool last_waits;            /* it has not ended */
    uint64_t shown;             /* statements shown of this entry */
    size_t failures;            /* failed expectations and errors */
    size_t recorded;            /* bytes of the states kept */
};

struct shell *shell_create(struct interp *in, bool prints, bool color);
void shell_destroy(struct shell *shell);
/* Hooks it between the interpreter and its reader; until then it keeps no events. Twice is once. */
void shell_attach(struct shell *shell);
/* The event of a number, or NULL if it is no longer kept. */
const zxp_event *shell_event(const struct shell *shell, uint64_t number);
/* Before each text that is run: how much is shown of it is counted anew. */
void shell_entry_begins(struct shell *shell);
unsigned shell_columns(const struct shell *shell);

/* ---- Writing for people ---- */

enum tint { TINT_NONE, TINT_GOOD, TINT_BAD, TINT_WAIT, TINT_PACKET, TINT_DIM, TINT_BOLD };
/* Colour on, or off again with TINT_NONE; nothing where there is no colour. */
void shell_tint(const struct shell *shell, struct buf *out, enum tint tint);
void shell_tinted(const struct shell *shell, struct buf *out, enum tint tint, const char *text);
/* A text in lines of the window's width, all indented; ends with a line end. */
void shell_wrap(const struct shell *shell, struct buf *out, unsigned indent, const char *text);
/* The same between two columns. */
void shell_wrap_at(struct buf *out, size_t indent, size_t end, const char *text);
/* A title, and beside it, from column `width` on, a text in lines of its own. The title must be shorter than that. */
void shell_row(const struct shell *shell, struct buf *out, unsigned width, enum tint tint, const char *title,
               const char *text);
void shell_print(struct shell *shell, struct buf *out); /* prints and frees */
/* "v", or "VMO 1027". */
void shell_object(const struct shell *shell, struct buf *out, zx_koid_t koid);
void shell_thread(const struct shell *shell, struct buf *out, uint32_t thread);
/* "READ v 0 4" */
void shell_request(const struct shell *shell, struct buf *out, uint16_t command, zx_koid_t vmo, uint64_t offset,
                   uint64_t length);
/* One event in words; false: not worth a line. */
bool shell_event_line(const struct shell *shell, const zxp_event *event, struct buf *out);

/* delta.c: what a statement did, as the prompt tells it. */
void delta_print(struct shell *shell, const struct report *report);
/* choices.c */
void choices_find(struct shell *shell);
void choices_clear(struct shell *shell);
/* Adds what `random` may do beside: accesses. */
void choices_find_accesses(struct shell *shell);
/* walk.c: reads "[N] [seed=S]", for random and quiz: 1 if there is no N, a seed of the clock if there is none. */
bool walk_arguments(const char *text, uint64_t *count, uint64_t *seed);
/* The next random number (splitmix64); one of the choices, drawn by shell->walk.state. */
uint64_t walk_draw(uint64_t *state);
const struct choice *walk_choice(struct shell *shell);
/* stop.c: called by the hooks. */
void stop_on_event(struct shell *shell, const zxp_event *event);
void stop_on_statement(struct shell *shell, const struct report *report);
/* record.c */
void record_statement(struct shell *shell, const struct report *report);
/* The outcome in the words of an expectation, without what is only by chance as it is (handles, addresses). */
void record_came(const struct shell *shell, const struct outcome *outcome, struct buf *out);
/* A step that is known by its text alone. */
void record_step(struct shell *shell, const char *text, const char *came);
/* False: not all of these steps are recorded. */
bool record_undone(struct shell *shell, size_t steps);
bool record_redone(struct shell *shell, size_t steps);
void record_clear(struct shell *shell);
/* What was recorded, and the events, are of a world that is no more. */
void record_new_world(struct shell *shell);
/* The session as a case that expects what came. */
void record_case(const struct shell *shell, const char *name, size_t length, struct buf *out);

#endif
