/*
 * cases.c - cases and their combinations: `case "name" with a=x,y b=0,1` runs its body once
 * for each combination, the first name's words changing slowest (LANGUAGE.md section 1).
 */
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "flow.h"
#include "subst.h"

enum { MOST_COMBINATIONS = 1000000 };

static bool name_case(struct interp *in);

static void free_words(struct case_state *current) {
    for (size_t i = 0; i < current->with_count; i++) {
        free(current->with_names[i]);
        free(current->with_words[i]);
    }
    free(current->with_names);
    free(current->with_words);
    free(current->with_choices);
    for (size_t i = 0; i < current->resume_count; i++) source_release(current->resume[i].source);
    free(current->resume);
    source_release(current->title);
    current->title = NULL;
    current->with_names = current->with_words = NULL;
    current->with_choices = NULL;
    current->resume = NULL;
    current->with_count = current->resume_count = current->combination_count = current->combination = 0;
}

/* ---- Opening and closing ---- */

/* A new world and new names; false if the title of this combination is wrong (error set). */
static bool begin_case(struct interp *in) {
    struct case_state *current = &in->current;
    current->open = true;
    current->failed = current->skipped = current->begun = false;
    buf_clear(&current->why);
    flow_clear_defs(in);
    interp_reset(in, in->options.profile);
    bool good = !current->title || name_case(in);
    if (in->hooks.case_begin) in->hooks.case_begin(in->hooks.user, buf_string(&current->name));
    return good;
}

static const char *base_name(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

void flow_open_case(struct interp *in, const char *name) {
    if (in->current.open) return;
    free_words(&in->current);
    scope_release(in->case_scope);
    in->case_scope = NULL;
    buf_clear(&in->current.name);
    buf_text(&in->current.name, base_name(name));
    (void)begin_case(in);
}

void flow_clear_case(struct interp *in) {
    free_words(&in->current);
    buf_free(&in->current.name);
    buf_free(&in->current.why);
    scope_release(in->case_scope);
    in->case_scope = NULL;
    in->current = (struct case_state){0};
}

/* ---- Combinations ---- */

static const char *choice(const struct case_state *current, size_t i, size_t combination) {
    for (size_t k = i + 1; k < current->with_count; k++) combination /= current->with_choices[k];
    const char *word = current->with_words[i];
    for (size_t k = combination % current->with_choices[i]; k > 0; k--) word += strlen(word) + 1;
    return word;
}

static struct scope *make_scope(const struct case_state *current) {
    struct scope *scope = mem_alloc(sizeof *scope);
    scope->references = 1;
    scope->count = current->with_count;
    scope->names = mem_alloc(scope->count * sizeof *scope->names);
    scope->words = mem_alloc(scope->count * sizeof *scope->words);
    for (size_t i = 0; i < scope->count; i++) {
        const char *word = choice(current, i, current->combination);
        scope->names[i] = mem_copy_text(current->with_names[i], strlen(current->with_names[i]));
        scope->words[i] = mem_copy_text(word, strlen(word));
    }
    return scope;
}

/* Does the title mention $NAME or ${NAME}? */
static bool mentions(const struct case_state *current, const char *name) {
    const char *title = current->title->text;
    size_t n = strlen(name);
    for (size_t i = current->title_begin; i + 1 < current->title_end; i++) {
        size_t at = i + 1 + (title[i + 1] == '{');
        if (title[i] == '$' && at + n <= current->title_end && memcmp(title + at, name, n) == 0 &&
            !is_name_char(title[at + n]))
            return true;
    }
    return false;
}

/* Distinguishes combinations whose title does not. */
static void add_words(struct interp *in) {
    const struct scope *scope = in->case_scope;
    bool any = false;
    for (size_t i = 0; scope && i < scope->count; i++) {
        if (mentions(&in->current, scope->names[i])) continue;
        buf_format(&in->current.name, "%s%s=%s", any ? " " : " (", scope->names[i], scope->words[i]);
        any = true;
    }
    if (any) buf_char(&in->current.name, ')');
}

/* The title with the words of this combination: names are replaced in it (LANGUAGE.md section 1, "Substitution"). */
static bool name_case(struct interp *in) {
    struct case_state *current = &in->current;
    struct cut cut = {.begin = current->title_begin, .end = current->title_end};
    struct stmt named = {.in = in};
    char *bytes;
    size_t length, quote = 0;
    bool good = subst_build(in, current->title, &cut, NULL, &named.text);
    while (good && quote < named.text.n && named.text.s[quote] != '"') quote++;
    good = good && stmt_string(&named, (struct span){quote, named.text.n}, &bytes, &length);
    if (good) {
        buf_clear(&current->name);
        buf_add(&current->name, bytes, length);
        add_words(in);
    }
    text_free(&named.text);
    pool_free(&named.pool);
    return good;
}

static void keep_place(struct interp *in) {
    struct case_state *current = &in->current;
    current->resume = mem_alloc(in->frame_count * sizeof *current->resume);
    current->resume_count = in->frame_count;
    for (size_t i = 0; i < in->frame_count; i++) {
        current->resume[i] = in->frames[i];
        (void)source_hold(current->resume[i].source);
    }
}

static void restore_place(struct interp *in) {
    struct case_state *current = &in->current;
    flow_pop_all(in);
    for (size_t i = 0; i < current->resume_count; i++) {
        struct frame frame = current->resume[i];
        (void)source_hold(frame.source);
        flow_push(in, frame);
    }
}

bool flow_close_case(struct interp *in) {
    struct case_state *current = &in->current;
    if (!current->open) return false;
    enum case_result result = current->failed ? CASE_FAILED : current->skipped ? CASE_SKIPPED : CASE_PASSED;
    in->cases_failed += result == CASE_FAILED;
    in->cases_passed += result == CASE_PASSED;
    in->cases_skipped += result == CASE_SKIPPED;
    current->open = false;
    if (in->hooks.case_end)
        in->hooks.case_end(in->hooks.user, buf_string(&current->name), result, buf_string(&current->why));
    if (in->quit || in->options.dry || current->combination + 1 >= current->combination_count) return false;
    current->combination++;
    restore_place(in);
    scope_release(in->case_scope);
    in->case_scope = make_scope(current);
    if (!begin_case(in)) flow_report_error(in);
    return true;
}

/* ---- The statement ---- */

static bool add_name(struct stmt *s, struct span word, size_t equal) {
    struct case_state *current = &s->in->current;
    struct span name = {word.begin, equal};
    if (equal >= word.end || !span_is_name(&s->text, name))
        return stmt_error(s, word.begin, "combinations are written NAME=WORD,WORD,...");
    for (size_t i = 0; i < current->with_count; i++) {
        if (span_is(&s->text, name, current->with_names[i]))
            return stmt_error(s, word.begin, "this name has its words already");
    }
    size_t n = current->with_count;
    current->with_names = mem_resize(current->with_names, (n + 1) * sizeof *current->with_names);
    current->with_words = mem_resize(current->with_words, (n + 1) * sizeof *current->with_words);
    current->with_choices = mem_resize(current->with_choices, (n + 1) * sizeof *current->with_choices);
    current->with_names[n] = mem_copy_text(s->text.s + name.begin, span_length(name));
    current->with_words[n] = mem_copy_text("", 0);
    current->with_choices[n] = 0;
    current->with_count++;
    return true;
}

static bool add_choices(struct stmt *s, struct span word) {
    struct case_state *current = &s->in->current;
    size_t equal = text_find(&s->text, word, "="), n = current->with_count;
    if (!add_name(s, word, equal)) return false;
    struct buf words = {0};
    size_t at = equal + 1;
    do {
        size_t comma = text_find(&s->text, (struct span){at, word.end}, ",");
        buf_add(&words, s->text.s + at, comma - at);
        buf_char(&words, 0);
        current->with_choices[n]++;
        at = comma + 1;
    } while (at <= word.end);
    free(current->with_words[n]);
    current->with_words[n] = words.s;
    current->combination_count *= current->with_choices[n];
    if (current->combination_count > MOST_COMBINATIONS)
        return stmt_error(s, word.begin, "more than %d combinations", MOST_COMBINATIONS);
    return true;
}

static bool parse_with(struct stmt *s, size_t at) {
    struct span word;
    if (!text_next_word(&s->text, &at, s->body.end, &word)) return true;
    if (!span_is(&s->text, word, "with"))
        return stmt_error(s, word.begin, "only `with NAME=WORD,WORD ...' may stand behind a case's name");
    s->in->current.combination_count = 1;
    while (text_next_word(&s->text, &at, s->body.end, &word)) {
        if (!add_choices(s, word)) return false;
    }
    return s->in->current.with_count || stmt_error(s, s->body.end, "NAME=WORD,WORD is missing behind `with'");
}

static bool start(struct stmt *s, struct span title) {
    struct interp *in = s->in;
    struct case_state *current = &in->current;
    current->title = source_hold(s->text.source);
    current->title_begin = s->text.at[s->body.begin];
    current->title_end = s->text.at[title.end];
    if (current->with_count) keep_place(in);
    scope_release(in->case_scope);
    in->case_scope = current->with_count ? make_scope(current) : NULL;
    return begin_case(in);
}

bool flow_case(struct stmt *s) {
    struct interp *in = s->in;
    struct span title;
    size_t at = s->body.begin + 4; /* behind the word */
    if (flow_in_block(in)) return stmt_error(s, s->body.begin, "`case' inside of a loop or def");
    if (flow_close_case(in)) return true;
    free_words(&in->current);
    if (!text_next_word(&s->text, &at, s->body.end, &title) || s->text.s[title.begin] != '"')
        return stmt_error(s, s->body.begin, "a case needs a name in quotes");
    return parse_with(s, at) && start(s, title);
}

bool flow_skip(struct stmt *s) {
    char *why;
    size_t length;
    if (flow_in_block(s->in)) return stmt_error(s, s->body.begin, "`skip' inside of a loop or def");
    struct span text = span_trim(&s->text, (struct span){s->body.begin + 4, s->body.end});
    if (!stmt_string(s, text, &why, &length)) return false;
    buf_clear(&s->in->current.why);
    buf_add(&s->in->current.why, why, length);
    s->in->current.skipped = true;
    return true;
}
