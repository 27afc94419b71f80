/*
 * frames.c - the stack of frames, and the loop that takes one statement after the other from the top one.
 */
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "flow.h"
#include "subst.h"

void flow_push(struct interp *in, struct frame frame) {
    in->frames = mem_grow(in->frames, in->frame_count, &in->frame_capacity, sizeof *in->frames);
    in->frames[in->frame_count++] = frame;
}

void flow_pop(struct interp *in) {
    struct frame *frame = &in->frames[--in->frame_count];
    source_release(frame->source);
    scope_release(frame->scope);
    free(frame->variable);
    free(frame->thread);
    free(frame->expectation);
}

void flow_pop_all(struct interp *in) {
    while (in->frame_count) flow_pop(in);
}

bool flow_in_block(const struct interp *in) {
    for (size_t i = 0; i < in->frame_count; i++) {
        if (in->frames[i].kind != FRAME_FILE) return true;
    }
    return false;
}

static struct frame *top(struct interp *in) { return &in->frames[in->frame_count - 1]; }

/* ---- After a failure: on to the next case ---- */

static void leave_blocks(struct interp *in) {
    while (flow_in_block(in)) flow_pop(in);
}

/* Steps over what is left of a case that failed or is skipped. Nothing of it is parsed. */
static void seek_case(struct interp *in) {
    leave_blocks(in);
    struct frame *frame = top(in);
    struct cut cut;
    while (cut_next(frame->source, frame->at, frame->end, &cut)) {
        if (cut_block_word(frame->source, &cut) == BLOCK_CASE) return;
        frame->at = cut.next;
    }
    frame->at = frame->end;
}

void flow_report_error(struct interp *in) {
    if (in->diag.set && in->hooks.error) in->hooks.error(in->hooks.user, &in->diag);
    in->had_error |= in->diag.set;
    diag_clear(&in->diag);
    in->current.failed = !in->options.interactive;
}

static void fail_case(struct interp *in) {
    flow_report_error(in);
    if (in->options.interactive || in->quit) flow_pop_all(in);
}

/* ---- One statement ---- */

/* A def called with `=>` hands its expectation to the last statement of its body. */
static bool add_expectation(struct interp *in, struct text *text) {
    struct frame *frame = top(in);
    struct cut cut;
    if (frame->kind != FRAME_DEF || !frame->expectation || cut_next(frame->source, frame->at, frame->end, &cut))
        return true;
    if (text_find(text, (struct span){0, text->n}, "=>") < text->n)
        return interp_error(in, text->source, text->at[0],
                            "this def was called with an expectation, but its last statement has its own");
    size_t at = text->at[text->n];
    for (const char *c = " => "; *c; c++) text_add(text, *c, at);
    for (const char *c = frame->expectation; *c; c++) text_add(text, *c, at);
    return true;
}

static bool limits(struct interp *in, struct source *source, size_t at) {
    if (interp_interrupted(in)) {
        in->quit = !in->options.interactive;
        return interp_error(in, source, at, "interrupted");
    }
    if (in->options.max_steps && ++in->steps > in->options.max_steps) {
        in->quit = true;
        return interp_error(in, source, at, "more than %llu steps (--max-steps)",
                            (unsigned long long)in->options.max_steps);
    }
    if (in->options.memory_limit && zxp_world_bytes(in->world) > in->options.memory_limit) {
        in->quit = true;
        return interp_error(in, source, at, "more memory than --max-memory allows");
    }
    return true;
}

static bool is_case(const struct source *source, const struct cut *cut) {
    return cut_block_word(source, cut) == BLOCK_CASE;
}

/* A case's words are not replaced here: its combinations are not known yet (cases.c). */
static bool build(struct interp *in, struct source *source, const struct cut *cut, struct scope *scope,
                  struct text *text) {
    if (is_case(source, cut)) return subst_join(in, source, cut, text);
    return subst_build(in, source, cut, scope, text) && add_expectation(in, text);
}

static void run_cut(struct interp *in, const struct cut *cut) {
    struct frame *frame = top(in);
    struct source *source = source_hold(frame->source);
    struct scope *scope = frame->scope;
    struct text text = {0};
    frame->at = cut->next;
    if (scope) scope->references++;
    if (!is_case(source, cut)) flow_open_case(in, source->name);
    bool good = limits(in, source, cut->begin) && build(in, source, cut, scope, &text) &&
                (text.n == 0 || stmt_run(in, &text, scope));
    if (!good) flow_open_case(in, source->name);
    if (!good) fail_case(in);
    text_free(&text);
    scope_release(scope);
    source_release(source);
}

static void next_iteration(struct interp *in, struct frame *frame) {
    if (in->options.dry || frame->last - frame->index <= 1) {
        flow_pop(in);
        return;
    }
    if (!limits(in, frame->source, frame->begin)) {
        fail_case(in);
        return;
    }
    frame->index++;
    frame->at = frame->begin;
    session_bind(&in->session, frame->variable, strlen(frame->variable),
                 (struct binding){.kind = BIND_NUMBER, .value = frame->index});
}

static void end_frame(struct interp *in) {
    struct frame *frame = top(in);
    if (frame->kind == FRAME_LOOP)
        next_iteration(in, frame);
    else
        flow_pop(in);
}

static void step(struct interp *in) {
    struct frame *frame = top(in);
    struct cut cut;
    if (cut_next(frame->source, frame->at, frame->end, &cut))
        run_cut(in, &cut);
    else
        end_frame(in);
}

static bool over(const struct interp *in) { return in->current.failed || in->current.skipped; }

/* A case that failed ends at once, so that its next combination can begin. */
static void advance(struct interp *in) {
    if (!over(in)) {
        step(in);
        return;
    }
    if (in->current.open && flow_close_case(in)) return;
    seek_case(in);
    if (top(in)->at < top(in)->end)
        in->current.failed = in->current.skipped = false;
    else
        flow_pop(in);
}

void interp_run(struct interp *in, struct source *source) {
    static const char *const travels[] = {"undo",    "goto", "back until", "branch",
                                          "history", "diff", "agree",      "profiles"};
    for (size_t i = 0; i < sizeof travels / sizeof *travels; i++)
        in->options.keep_history |= strstr(source->text, travels[i]) != NULL;
    flow_push(in, (struct frame){.kind = FRAME_FILE, .source = source, .end = source->length});
    do {
        while (in->frame_count && !in->quit) advance(in);
        if (in->quit) flow_pop_all(in);
    } while (!in->options.interactive && flow_close_case(in));
    in->current.failed = in->current.skipped = false;
}

void interp_finish(struct interp *in) {
    (void)flow_close_case(in);
    flow_pop_all(in);
    flow_clear_case(in);
}
