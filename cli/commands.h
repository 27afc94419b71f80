/*
 * commands.h - the table of commands (LANGUAGE.md section 5): adding one is a row in commands.c and one function.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stmt;
struct interp;

enum {
    CMD_VIEW = 1,        /* changes nothing: no undo step */
    CMD_PACKET = 2,      /* its result is a packet or none (next) */
    CMD_TAKE = 4,        /* its result is ZX_OK or none (take) */
    CMD_HISTORY = 8,     /* undo, redo, goto: manages history itself */
    CMD_FILES = 16,      /* reads or writes files: refused by --no-files */
    CMD_NO_RESULT = 32,  /* nothing can be expected of it */
    CMD_ANY_THREAD = 64, /* needs no thread that can run */
    CMD_PROMPT = 128     /* only useful at the prompt; accepted and silent in scripts */
};

struct command {
    const char *name;
    const char *syntax; /* "create V PAGES [resizable] ..." */
    const char *help;   /* one line */
    uint16_t op;        /* ZXP_OP_... that names its result and fields; 0: none */
    unsigned flags;
    /* The words are s->words (words[0] is the command). Returns false after stmt_error(). */
    bool (*run)(struct stmt *s);
};

size_t command_count(void);
const struct command *command_at(size_t i);
const struct command *command_find(const char *name, size_t length);

/*
 * Views. The prompt fills in what it can show; a view without a function is
 * accepted and shows nothing. `arguments` is the text behind the command, trimmed.
 * Return false after stmt_error(s, s->body.begin, ...). Print with interp_print().
 */
typedef bool (*view_function)(struct stmt *s, const char *arguments);
struct view_row {
    const char *name;
    view_function show;
};
/* Registers functions by command name: {"show", view_show}, ..., {NULL, NULL}. in->views = rows. */
view_function view_find(const struct interp *in, const char *name);

/* Handlers, by file. */
bool cmd_create(struct stmt *s); /* cmd_make.c */
bool cmd_anon(struct stmt *s);
bool cmd_clone(struct stmt *s);
bool cmd_map(struct stmt *s);
bool cmd_unmap(struct stmt *s);
bool cmd_protect(struct stmt *s);
bool cmd_close(struct stmt *s);
bool cmd_read(struct stmt *s); /* cmd_access.c */
bool cmd_write(struct stmt *s);
bool cmd_fault(struct stmt *s);
bool cmd_range_op(struct stmt *s);
bool cmd_lock(struct stmt *s);
bool cmd_pin(struct stmt *s);
bool cmd_unpin(struct stmt *s);
bool cmd_resize(struct stmt *s);
bool cmd_supply(struct stmt *s); /* cmd_pager.c */
bool cmd_fail(struct stmt *s);
bool cmd_dirty(struct stmt *s);
bool cmd_writeback(struct stmt *s);
bool cmd_detach(struct stmt *s);
bool cmd_ranges(struct stmt *s);
bool cmd_stats(struct stmt *s);
bool cmd_next(struct stmt *s); /* cmd_packet.c */
bool cmd_take(struct stmt *s);
bool cmd_expect(struct stmt *s); /* cmd_expect.c */
bool cmd_wait(struct stmt *s);   /* cmd_thread.c */
bool cmd_suspend(struct stmt *s);
bool cmd_resume(struct stmt *s);
bool cmd_kill(struct stmt *s);
bool cmd_evict(struct stmt *s); /* cmd_kernel.c */
bool cmd_reclaim(struct stmt *s);
bool cmd_age(struct stmt *s);
bool cmd_advance(struct stmt *s);
bool cmd_goto(struct stmt *s); /* cmd_past.c */
bool cmd_back(struct stmt *s);
bool cmd_history(struct stmt *s);
bool cmd_branch(struct stmt *s);
bool cmd_switch(struct stmt *s);
bool cmd_branches(struct stmt *s);
bool cmd_diff(struct stmt *s);
bool cmd_reach(struct stmt *s); /* cmd_explore.c */
bool cmd_explore(struct stmt *s);
bool cmd_lint(struct stmt *s);   /* lint.c */
bool cmd_verify(struct stmt *s); /* cmd_service.c */
bool cmd_run(struct stmt *s);
bool cmd_check(struct stmt *s); /* cmd_world.c */
bool cmd_reset(struct stmt *s);
bool cmd_undo(struct stmt *s);
bool cmd_redo(struct stmt *s);
bool cmd_save(struct stmt *s);
bool cmd_load(struct stmt *s);
bool cmd_profile(struct stmt *s);
bool cmd_set(struct stmt *s);
bool cmd_quit(struct stmt *s);
bool cmd_help(struct stmt *s);
bool cmd_view(struct stmt *s); /* show, objects, threads, ...: view_find() */

#endif
