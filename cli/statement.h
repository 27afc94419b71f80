/*
 * statement.h - one statement while it is parsed and run. Handlers of commands get
 * it (commands.h); they parse and evaluate everything first and only then make
 * calls, so that a script error leaves the world as it was (LANGUAGE.md section 4).
 */
#ifndef CLI_STATEMENT_H
#define CLI_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expect.h"
#include "interp.h"
#include "mem.h"
#include "outcome.h"
#include "text.h"

struct command;

struct stmt {
    struct interp *in;
    struct text text;
    struct scope *scope; /* for bare names that are parameters */
    struct pool pool;
    struct span prefix;            /* the thread named in front */
    struct span body;              /* without prefix and expectation */
    struct span expectation;       /* behind => */
    struct expect want;            /* what stands there */
    const struct command *command; /* NULL for calls, let, ... */
    struct span *words;            /* commands: words[0] is the command */
    size_t word_count;
    size_t at_word; /* next word to be taken */
    struct outcome outcome;
    struct buf expected, came; /* for failures of `expect`: what came, if not the outcome */
    uint32_t thread;           /* that it runs on; settled by stmt_thread() */
    uint16_t op;               /* whose fields the result has; 0: none or unknown */
    bool has_prefix;           /* a thread was named in front, */
    bool prefixed;             /* other than main */
    bool keeps_thread;         /* a result that is no call's of its own: main is not moved (wait) */
    bool thread_settled;
    bool has_expectation;
    bool mismatch; /* `expect ...` did not hold: `expected` and `came` say why */
};

/* ---- Errors: the first one of a statement counts. All return false, so that `return stmt_error(...)` works. ---- */
__attribute__((format(printf, 3, 4))) void stmt_set_error(struct stmt *s, size_t at, const char *format, ...);
#define stmt_error(...) (stmt_set_error(__VA_ARGS__), false) /* each file shows by itself that it is false */
/* "unknown WHAT `word'; did you mean ...?" from the suggestion. */
bool stmt_unknown(struct stmt *s, struct span word, const char *what, const struct suggestion *suggestion);

/* ---- Words of a command ---- */
bool stmt_more(const struct stmt *s);
bool stmt_take_word(struct stmt *s, const char *what, struct span *word); /* error if there is none */
bool stmt_take_keyword(struct stmt *s, const char *keyword);              /* true and taken if it is the next word */
bool stmt_end(struct stmt *s);                                            /* error if a word is left */
bool stmt_take_name(struct stmt *s, const char *what, struct span *word); /* error if it is no name */
bool stmt_take_number(struct stmt *s, const char *what, uint64_t *value);
bool stmt_take_pages(struct stmt *s, const char *what, uint64_t *pages); /* no units, at most 2^52 */

/* ---- Values ---- */
enum { EVAL_PAGES = 1 }; /* refuses units and values above 2^52 */
bool stmt_eval(struct stmt *s, struct span span, unsigned flags, uint64_t *value);
/* The binding of a name; makes pager and port when first mentioned; error with a suggestion if unbound. */
bool stmt_binding(struct stmt *s, struct span name, struct binding *binding);
/* A buffer expression: byte(), "text", hex(), at(). */
bool stmt_buffer(struct stmt *s, struct span span, zxp_buffer *buffer);
/* "text" with C escapes decoded; NUL behind the end. */
bool stmt_string(struct stmt *s, struct span span, char **bytes, size_t *length);

/* ---- Running ---- */
/* Settles which thread the statement runs on; error if it cannot run. */
bool stmt_thread(struct stmt *s);
/* Can the settled thread make calls? Error if not. */
bool stmt_ready(struct stmt *s);
/* Makes one call on s->thread and runs everything that can run after it; the call's outcome is put into s->outcome.
 * False only on an error (interrupted, thread cannot run); a status is no error. Does nothing in a dry run. */
bool stmt_call(struct stmt *s, zxp_op_call *call);
/* An operation with plain arguments. */
bool stmt_op(struct stmt *s, uint16_t op, size_t count, const uint64_t *args);

/* Runs one statement that stands at the cut of the top frame; defined in statement.c. False: the case has failed. */
bool stmt_run(struct interp *in, struct text *text, struct scope *scope);

#endif
