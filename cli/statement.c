/*
 * statement.c - what a statement is, in the order of LANGUAGE.md section 1, and what is done about its outcome.
 */
#include "statement.h"

#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "commands.h"
#include "exec.h"
#include "flow.h"
#include "past.h"
#include "print.h"
#include "told.h"
#include "verdict.h"

/* ---- The thread ---- */

static const char *state_word(zxp_thread_state state) {
    switch (state) {
    case ZXP_THREAD_BLOCKED: return "blocked";
    case ZXP_THREAD_SUSPENDED: return "suspended";
    case ZXP_THREAD_FAULTED: return "over (a fatal page fault)";
    case ZXP_THREAD_KILLED: return "over (killed)";
    default: return "ready";
    }
}

static bool check_ready(struct stmt *s, struct span place, uint32_t thread) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(s->in->world, thread, &view);
    if (view.state == ZXP_THREAD_READY || s->in->options.dry) return true;
    const char *name = interp_name_of_thread(s->in, thread);
    return stmt_error(s, place.begin, "thread `%s' cannot run: it is %s", name ? name : "?", state_word(view.state));
}

/* The thread named in front, made when first named. */
static bool named_thread(struct stmt *s) {
    const char *name = s->text.s + s->prefix.begin;
    size_t length = span_length(s->prefix);
    if (length > 63) return stmt_error(s, s->prefix.begin, "a thread's name has at most 63 characters");
    if (session_thread(&s->in->session, name, length, &s->thread)) return check_ready(s, s->prefix, s->thread);
    if (s->in->options.dry) return true;
    s->thread = exec_new_thread(s->in);
    if (s->thread == ZXP_NO_THREAD) return stmt_error(s, s->prefix.begin, "no memory for another thread");
    session_name_thread(&s->in->session, name, length, s->thread);
    return true;
}

bool stmt_thread(struct stmt *s) {
    if (s->thread_settled) return true;
    s->thread_settled = true;
    return s->prefixed ? named_thread(s) : (exec_main(s->in, &s->thread), true);
}

bool stmt_ready(struct stmt *s) { return s->prefixed || check_ready(s, s->body, s->thread); }

bool stmt_call(struct stmt *s, zxp_op_call *call) {
    s->outcome = (struct outcome){.kind = OUT_STATUS};
    if (s->in->options.dry) return true;
    if (!stmt_thread(s)) return false;
    bool on_thread = call->op < ZXP_OP_EVICT; /* the kernel's own activity runs on no thread */
    if (on_thread && !stmt_ready(s)) return false;
    call->thread = s->thread;
    (void)exec_call(s->in, call);
    s->outcome = exec_outcome(s->in, s->thread);
    return !interp_interrupted(s->in) || stmt_error(s, s->body.begin, "interrupted");
}

bool stmt_op(struct stmt *s, uint16_t op, size_t count, const uint64_t *args) {
    zxp_op_call call = {.op = op};
    memcpy(call.args, args, count * sizeof *args);
    return stmt_call(s, &call);
}

/* ---- Parts ---- */

static void split_prefix(struct stmt *s) {
    struct span all = span_trim(&s->text, (struct span){0, s->text.n});
    size_t i = all.begin;
    while (i < all.end && is_name_char(s->text.s[i])) i++;
    s->body = all;
    struct span name = {all.begin, i};
    if (i >= all.end || s->text.s[i] != ':' || !span_is_name(&s->text, name)) return;
    s->has_prefix = true;
    s->prefixed = !span_is(&s->text, name, "main");
    s->prefix = name;
    s->body = span_trim(&s->text, (struct span){i + 1, all.end});
}

static void split_expectation(struct stmt *s) {
    size_t arrow = text_find(&s->text, s->body, "=>");
    if (arrow >= s->body.end) return;
    s->has_expectation = true;
    s->expectation = span_trim(&s->text, (struct span){arrow + 2, s->body.end});
    s->body = span_trim(&s->text, (struct span){s->body.begin, arrow});
}

/* In the body of a def that was called behind a prefix, statements without their own run on that thread. */
static void inherit_prefix(struct stmt *s) {
    const struct interp *in = s->in;
    const char *thread = NULL;
    for (size_t i = 0; i < in->frame_count; i++) {
        if (in->frames[i].kind == FRAME_DEF) thread = in->frames[i].thread ? in->frames[i].thread : thread;
    }
    if (!thread || s->has_prefix) return;
    struct span name = {s->text.n + 1, s->text.n + 1 + strlen(thread)};
    size_t n = s->text.n, at = s->text.at[n];
    text_add(&s->text, 0, at);
    for (const char *c = thread; *c; c++) text_add(&s->text, *c, at);
    s->text.n = n; /* the name stands behind the end, where nothing else reads it */
    s->has_prefix = true;
    s->prefixed = strcmp(thread, "main") != 0;
    s->prefix = name;
}

static void split_words(struct stmt *s) {
    struct span word;
    size_t count = 0;
    for (size_t at = s->body.begin; text_next_word(&s->text, &at, s->body.end, &word);) count++;
    s->words = pool_alloc(&s->pool, (count + 1) * sizeof *s->words);
    for (size_t at = s->body.begin; text_next_word(&s->text, &at, s->body.end, &word);)
        s->words[s->word_count++] = word;
}

/* ---- Kinds of statements ---- */

static bool run_call(struct stmt *s) {
    zxp_op_call call;
    size_t end;
    if (!call_parse(s, s->body, &call, &end)) return false;
    if (end != s->body.end) return stmt_error(s, end, "something stands behind the call");
    return expect_check_fields(s, call.op, false) && call_make(s, &call);
}

/* let NAME = CALL.field */
static bool let_field(struct stmt *s, struct span value, uint64_t *number) {
    zxp_op_call call;
    size_t end;
    char field[64] = {0};
    if (!call_parse(s, value, &call, &end)) return false;
    struct span name = {end + 1, value.end};
    if (end >= value.end || s->text.s[end] != '.' || !span_is_name(&s->text, name) || span_length(name) >= sizeof field)
        return stmt_error(s, end, "let takes one field of a call: let NAME = CALL.field");
    memcpy(field, s->text.s + name.begin, span_length(name));
    if (!expect_check_fields(s, call.op, false) || !call_make(s, &call)) return false;
    *number = 0;
    bool returned = s->outcome.kind == OUT_STATUS && s->outcome.status == ZX_OK;
    if (s->in->options.dry || zxp_field(s->in->world, s->thread, field, number) || !returned) return true;
    return stmt_error(s, name.begin, "this call has no field `%s'", field);
}

static bool is_call(const struct stmt *s, struct span span) {
    size_t i = span.begin;
    while (i < span.end && is_name_char(s->text.s[i])) i++;
    struct span name = {span.begin, i};
    return i < span.end && s->text.s[i] == '(' && span_is_name(&s->text, name);
}

static bool let_value(struct stmt *s, struct span value, uint64_t *number) {
    if (is_call(s, value)) return let_field(s, value, number);
    if (s->has_expectation) return stmt_error(s, s->expectation.begin, "nothing can be expected of an expression");
    return stmt_eval(s, value, 0, number);
}

static bool run_let(struct stmt *s) {
    size_t at = s->body.begin + 3, equal = text_find(&s->text, s->body, "=");
    struct span name = span_trim(&s->text, (struct span){at, equal});
    if (equal >= s->body.end) return stmt_error(s, s->body.end, "`=' is missing: let NAME = EXPRESSION");
    if (!span_is_name(&s->text, name)) return stmt_error(s, name.begin, "a name is missing behind `let'");
    struct span value = span_trim(&s->text, (struct span){equal + 1, s->body.end});
    uint64_t number;
    if (!let_value(s, value, &number)) return false;
    session_bind(&s->in->session, s->text.s + name.begin, span_length(name),
                 (struct binding){.kind = BIND_NUMBER, .value = number});
    return true;
}

static bool run_assignment(struct stmt *s, size_t equal) {
    struct span name = span_trim(&s->text, (struct span){s->body.begin, equal});
    struct span call = span_trim(&s->text, (struct span){equal + 1, s->body.end});
    if (!is_call(s, call))
        return stmt_error(s, call.begin,
                          "a call is missing here: NAME = zx_...(...); for a number: let NAME = EXPRESSION");
    return call_assign(s, name, call);
}

/* Offset of the `=` of `WORD =`, or 0. */
static size_t assignment(const struct stmt *s) {
    size_t i = s->body.begin;
    while (i < s->body.end && is_name_char(s->text.s[i])) i++;
    struct span name = {s->body.begin, i};
    if (!span_is_name(&s->text, name)) return 0;
    while (i < s->body.end && (s->text.s[i] == ' ' || s->text.s[i] == '\t')) i++;
    return i < s->body.end && s->text.s[i] == '=' ? i : 0;
}

static bool unknown_command(struct stmt *s) {
    struct suggestion suggestion;
    struct span word = s->words[0];
    suggest_begin(&suggestion, s->text.s + word.begin, span_length(word));
    for (size_t i = 0; i < command_count(); i++) suggest_try(&suggestion, command_at(i)->name);
    for (size_t i = 0; i < s->in->def_count; i++) suggest_try(&suggestion, s->in->def_list[i].name);
    return stmt_unknown(s, word, "command", &suggestion);
}

static bool parse_expectation(struct stmt *s) {
    if (!s->has_expectation) return true;
    if (s->command && (s->command->flags & CMD_NO_RESULT))
        return stmt_error(s, s->expectation.begin, "nothing can be expected of `%s'", s->command->name);
    if (!expect_parse(s)) return false;
    if (s->want.named && s->has_prefix) return stmt_error(s, s->want.name.begin, "`as' only where no thread is named");
    return true;
}

static bool run_command(struct stmt *s) {
    struct span word = s->words[0];
    if (!s->command) return unknown_command(s);
    if (s->in->options.no_files && (s->command->flags & CMD_FILES))
        return stmt_error(s, word.begin, "`%s' is refused (--no-files)", s->command->name);
    s->op = s->command->op;
    s->at_word = 1;
    if (s->op && !expect_check_fields(s, s->op, s->op == ZXP_OP_PAGER_QUERY_DIRTY_RANGES)) return false;
    return s->command->run(s);
}

/* The name characters that the statement begins with. */
static struct span lead(const struct stmt *s) {
    struct span word = {s->body.begin, s->body.begin};
    while (word.end < s->body.end && is_name_char(s->text.s[word.end])) word.end++;
    return word;
}

static bool run_kind(struct stmt *s) {
    size_t equal = assignment(s);
    if (span_is(&s->text, lead(s), "let")) return run_let(s);
    if (equal) return run_assignment(s, equal);
    return is_call(s, s->body) ? run_call(s) : run_command(s);
}

/* ---- What came of it ---- */

static bool name_moved(struct stmt *s) {
    struct interp *in = s->in;
    if (s->want.named) {
        size_t n = span_length(s->want.name) < sizeof in->moved - 1 ? span_length(s->want.name) : sizeof in->moved - 1;
        memcpy(in->moved, s->text.s + s->want.name.begin, n);
        in->moved[n] = 0;
    } else {
        session_free_name(&in->session, in->moved, sizeof in->moved);
    }
    exec_move_main(in, in->moved, strlen(in->moved));
    return true;
}

/* LANGUAGE.md section 3: main is never over and never blocked; in a script an unexpected block is an error. */
static bool settle_thread(struct stmt *s) {
    bool blocked = s->outcome.kind == OUT_BLOCKED, fault = s->outcome.kind == OUT_FAULT;
    const struct interp_options *options = &s->in->options;
    bool expected = s->want.kind == WANT_BLOCKED || s->want.kind == WANT_ANY;
    if (s->keeps_thread || (!blocked && !fault)) return true;
    if (blocked && !expected && !options->interactive && !options->update)
        return stmt_error(s, s->body.begin, "this statement blocks, and its line does not expect that (=> blocked)");
    bool of_main = !s->prefixed && s->outcome.thread == s->in->session.main_thread;
    return !of_main || name_moved(s);
}

static void tell_failure(struct stmt *s, const char *expected, const char *came) {
    struct buf told = {0};
    told_text(s->in, s->text.s, s->text.n, &told);
    struct failure failure = {.file = s->text.source->name, .statement = told.s, .expected = expected, .came = came};
    failure.line = source_place(s->text.source, s->text.at[0]).line;
    if (s->in->hooks.failed) s->in->hooks.failed(s->in->hooks.user, &failure);
    s->in->had_failure = true;
    buf_free(&told);
}

static bool fails_silently(const struct stmt *s) {
    bool fault = s->outcome.kind == OUT_FAULT && s->want.kind == WANT_NOTHING;
    return fault && !s->keeps_thread && !s->in->options.interactive;
}

static void offer_rewrite(struct stmt *s, const char *came) {
    struct interp *in = s->in;
    if (!in->hooks.rewrite || s->expected.n || !s->has_expectation || s->expectation.begin >= s->text.n) return;
    size_t begin = s->text.at[s->expectation.begin], end = s->text.at[s->expectation.end];
    if (end > begin) in->hooks.rewrite(in->hooks.user, s->text.source, begin, end, came);
}

static bool judge(struct stmt *s) {
    bool holds = true;
    struct buf came = {0}, expected = {0};
    if (s->in->options.dry) return true;
    if (!s->mismatch && s->has_expectation && !verdict_of(s, &holds)) return false;
    if (s->in->hooks.rewrite && s->has_expectation && holds && !s->mismatch) offer_rewrite(s, NULL);
    if (holds && !s->mismatch && !fails_silently(s)) return true;
    if (s->mismatch) {
        buf_text(&came, buf_string(&s->came));
        buf_text(&expected, buf_string(&s->expected));
    } else {
        verdict_came(s, &came);
        if (s->has_expectation)
            buf_add(&expected, s->text.s + s->expectation.begin, span_length(s->expectation));
        else
            buf_text(&expected, "no fault");
        offer_rewrite(s, buf_string(&came));
    }
    tell_failure(s, buf_string(&expected), buf_string(&came));
    s->mismatch = true;
    buf_free(&s->came);
    buf_free(&s->expected);
    s->came = came;
    s->expected = expected;
    return s->in->options.interactive || s->in->options.update;
}

static void report(struct stmt *s) {
    struct interp *in = s->in;
    if (!in->hooks.statement || in->options.dry) return;
    struct place place = source_place(s->text.source, s->text.at[0]);
    struct report report = {.file = s->text.source->name, .line = place.line, .column = place.column};
    struct buf told = {0};
    told_text(in, s->text.s, s->text.n, &told);
    report.statement = told.s;
    report.statement_length = told.n;
    report.outcome = s->outcome;
    report.calls = in->calls;
    report.call_count = in->call_count;
    report.moved = in->moved[0] ? in->moved : NULL;
    report.failed = s->mismatch;
    report.expected = buf_string(&s->expected);
    report.came = buf_string(&s->came);
    in->hooks.statement(in->hooks.user, in, &report);
    buf_free(&told);
}

/* ---- History ---- */

static bool changes(const struct stmt *s) { return !s->command || !(s->command->flags & (CMD_VIEW | CMD_HISTORY)); }

/* After a statement that is a step: an error takes back what it did. */
static void settle_history(const struct stmt *s) {
    struct buf told = {0}, came = {0};
    if (s->in->diag.set) {
        past_restore(s->in);
        return;
    }
    told_text(s->in, s->text.s, s->body.end, &told);
    print_outcome(&came, s->in, &s->outcome);
    past_add(s->in, told.s, told.n, buf_string(&came));
    buf_free(&told);
    buf_free(&came);
}

/* ---- One statement ---- */

static bool run_plain(struct stmt *s) {
    const struct def *def = flow_def(s->in, s->text.s + s->words[0].begin, span_length(s->words[0]));
    if (def && !assignment(s) && !span_is(&s->text, lead(s), "let")) return flow_call_def(s, def);
    s->command = command_find(s->text.s + s->words[0].begin, span_length(s->words[0]));
    bool kept = s->in->options.keep_history && changes(s);
    if (kept) past_begin(s->in);
    inherit_prefix(s);
    bool any_thread = s->command && (s->command->flags & CMD_ANY_THREAD) && !s->has_prefix;
    bool good = (any_thread || s->in->options.dry || stmt_thread(s)) && parse_expectation(s) && run_kind(s);
    good = good && (s->in->options.dry || settle_thread(s)) && judge(s);
    s->in->current.begun = true;
    if (kept) settle_history(s);
    report(s);
    return good;
}

static bool run_parts(struct stmt *s) {
    bool good;
    split_prefix(s);
    split_expectation(s);
    split_words(s);
    if (s->word_count == 0) return stmt_error(s, s->body.end, "a statement is missing here");
    if (flow_statement(s, lead(s), &good)) {
        s->in->current.begun |= !span_is(&s->text, lead(s), "case");
        return good;
    }
    return run_plain(s);
}

bool stmt_run(struct interp *in, struct text *text, struct scope *scope) {
    struct stmt s = {.in = in, .text = *text, .scope = scope};
    in->call_count = 0;
    told_clear(in);
    in->moved[0] = 0;
    bool good = run_parts(&s);
    *text = s.text; /* inherit_prefix may have made it grow */
    buf_free(&s.came);
    buf_free(&s.expected);
    pool_free(&s.pool);
    return good && !in->diag.set;
}
