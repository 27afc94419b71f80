/*
 * flow.h - what runs next: files, loops, defs and cases as a stack of frames (LANGUAGE.md section 1).
 */
#ifndef CLI_FLOW_H
#define CLI_FLOW_H

#include "statement.h"

struct def {
    char *name;
    size_t parameter_count;
    char **parameters;
    struct source *source; /* held */
    size_t begin, end;     /* the body */
};

/* for, def, end, case, skip, source: false if the word is none of them. *good: false after an error. */
bool flow_statement(struct stmt *s, struct span word, bool *good);
/* A def of this name, or NULL. */
const struct def *flow_def(const struct interp *in, const char *name, size_t length);
bool flow_call_def(struct stmt *s, const struct def *def);
void flow_clear_defs(struct interp *in);
/* cmd_service.c: the block of a service, whose body stands at [begin, end) of the source. */
bool service_define(struct stmt *s, struct span head, struct source *source, size_t begin, size_t end);
void flow_clear_services(struct interp *in);

/* cases.c */
bool flow_case(struct stmt *s);
bool flow_skip(struct stmt *s);
/* Opens the case that is named after the file, if none is open. */
void flow_open_case(struct interp *in, const char *name);
/* Ends the running case; true if another combination of it is to be run (its frames are then set up). */
bool flow_close_case(struct interp *in);
void flow_clear_case(struct interp *in);
/* frames.c */
void flow_push(struct interp *in, struct frame frame);
void flow_pop(struct interp *in);
void flow_pop_all(struct interp *in);
bool flow_in_block(const struct interp *in);
/* Tells of the error that is set, and marks the running case as failed. */
void flow_report_error(struct interp *in);

#endif
