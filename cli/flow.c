/*
 * flow.c - for, def, source, and calls of defs.
 */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cut.h"

enum { DEEPEST_SOURCE = 16, DEEPEST_FRAME = DEEPEST_BLOCK };

static struct frame *top(struct interp *in) { return &in->frames[in->frame_count - 1]; }

static bool deep(struct stmt *s) {
    if (s->in->frame_count < DEEPEST_FRAME) return false;
    stmt_set_error(s, s->body.begin, "loops and defs nest more than %d deep", DEEPEST_FRAME);
    return true;
}

/* ---- Blocks ---- */

static bool is_plain_end(const struct source *source, const struct cut *close) {
    return close->end - close->begin == 3 && memcmp(source->text + close->begin, "end", 3) == 0;
}

/* A case stands inside. If the block has an `end` behind it the case belongs to
 * the mistake, else the `end` was forgotten and the run goes on with that case. */
static bool broken_block(struct stmt *s, struct frame *frame, size_t place) {
    struct cut close;
    bool ends = cut_broken_block(frame->source, frame->at, frame->end, &close) == BLOCK_CLOSED;
    frame->at = ends ? close.next : place;
    return interp_error(s->in, frame->source, place, "`case' or `skip' inside of a loop or def");
}

/* Finds the end of the block that this statement opens, and goes on behind it. */
static bool take_block(struct stmt *s, const char *word, size_t *begin, size_t *end) {
    struct frame *frame = top(s->in);
    struct source *source = frame->source;
    struct cut close;
    *begin = frame->at;
    enum block_result result = cut_block(source, frame->at, frame->end, &close);
    if (result == BLOCK_OPEN || result == BLOCK_DEEP) {
        frame->at = frame->end;
        return result == BLOCK_OPEN ? stmt_error(s, s->body.begin, "this `%s' has no `end'", word)
                                    : stmt_error(s, s->body.begin, "blocks nest more than %d deep", DEEPEST_BLOCK);
    }
    if (result == BLOCK_BROKEN) return broken_block(s, frame, close.begin);
    frame->at = close.next;
    if (!is_plain_end(source, &close))
        return interp_error(s->in, source, close.begin + 3, "nothing may stand behind `end'");
    *end = close.begin;
    return true;
}

/* ---- for ---- */

static bool parse_bounds(struct stmt *s, size_t at, uint64_t *first, uint64_t *last) {
    struct span rest = span_trim(&s->text, (struct span){at, s->body.end});
    size_t dots = text_find(&s->text, rest, "..");
    if (rest.begin >= rest.end || dots >= rest.end) return stmt_error(s, rest.begin, "FIRST..LAST is missing here");
    return stmt_eval(s, (struct span){rest.begin, dots}, 0, first) &&
           stmt_eval(s, (struct span){dots + 2, rest.end}, 0, last);
}

static bool parse_variable(struct stmt *s, size_t *at, struct span *name) {
    struct span in = {0, 0};
    if (!text_next_word(&s->text, at, s->body.end, name) || !span_is_name(&s->text, *name))
        return stmt_error(s, name->begin, "a name is missing behind `for'");
    if (!text_next_word(&s->text, at, s->body.end, &in) || !span_is(&s->text, in, "in"))
        return stmt_error(s, in.begin, "`in' is missing here: for NAME in FIRST..LAST");
    return true;
}

static bool run_for(struct stmt *s, size_t at) {
    struct span name;
    uint64_t first = 0, last = 0;
    size_t begin = 0, end = 0;
    bool good = parse_variable(s, &at, &name) && parse_bounds(s, at, &first, &last);
    size_t mark = top(s->in)->at;
    if (!take_block(s, "for", &begin, &end) || !good) {
        if (!good) top(s->in)->at = mark;
        return false;
    }
    if ((first >= last && !s->in->options.dry) || deep(s)) return !s->in->diag.set;
    struct frame loop = {.kind = FRAME_LOOP, .source = source_hold(top(s->in)->source), .at = begin, .begin = begin};
    loop.end = end;
    loop.index = first;
    loop.last = last;
    loop.scope = top(s->in)->scope;
    if (loop.scope) loop.scope->references++;
    loop.variable = mem_copy_text(s->text.s + name.begin, span_length(name));
    session_bind(&s->in->session, loop.variable, span_length(name),
                 (struct binding){.kind = BIND_NUMBER, .value = first});
    flow_push(s->in, loop);
    return true;
}

/* ---- def ---- */

static void free_def(struct def *def) {
    for (size_t i = 0; i < def->parameter_count; i++) free(def->parameters[i]);
    free(def->parameters);
    free(def->name);
    source_release(def->source);
}

void flow_clear_defs(struct interp *in) {
    while (in->def_count) free_def(&in->def_list[--in->def_count]);
    map_clear(&in->defs);
}

const struct def *flow_def(const struct interp *in, const char *name, size_t length) {
    const uint32_t *index = map_get(&in->defs, name, length);
    return index ? &in->def_list[*index] : NULL;
}

static bool add_parameter(struct stmt *s, struct def *def, struct span word) {
    if (!span_is_name(&s->text, word)) return stmt_error(s, word.begin, "a parameter must be a name");
    for (size_t i = 0; i < def->parameter_count; i++) {
        if (span_is(&s->text, word, def->parameters[i]))
            return stmt_error(s, word.begin, "two parameters have this name");
    }
    def->parameters = mem_resize(def->parameters, (def->parameter_count + 1) * sizeof *def->parameters);
    def->parameters[def->parameter_count++] = mem_copy_text(s->text.s + word.begin, span_length(word));
    return true;
}

static bool parse_def(struct stmt *s, size_t at, struct def *def) {
    struct span word = {at, at};
    if (!text_next_word(&s->text, &at, s->body.end, &word) || !span_is_name(&s->text, word))
        return stmt_error(s, word.begin, "a name is missing behind `def'");
    def->name = mem_copy_text(s->text.s + word.begin, span_length(word));
    while (text_next_word(&s->text, &at, s->body.end, &word)) {
        if (!add_parameter(s, def, word)) return false;
    }
    return true;
}

static void store_def(struct interp *in, struct def def) {
    uint32_t *old = map_get(&in->defs, def.name, strlen(def.name));
    if (old) {
        free_def(&in->def_list[*old]);
        in->def_list[*old] = def;
        return;
    }
    in->def_list = mem_grow(in->def_list, in->def_count, &in->def_capacity, sizeof *in->def_list);
    in->def_list[in->def_count] = def;
    map_put(&in->defs, def.name, strlen(def.name), (uint32_t)in->def_count++);
}

static bool run_def(struct stmt *s, size_t at) {
    struct def def = {0};
    if (!parse_def(s, at, &def) || !take_block(s, "def", &def.begin, &def.end)) {
        free_def(&def);
        return false;
    }
    def.source = source_hold(top(s->in)->source);
    store_def(s->in, def);
    return true;
}

static struct scope *make_scope(struct stmt *s, const struct def *def) {
    struct scope *scope = mem_alloc(sizeof *scope);
    scope->references = 1;
    scope->caller = s->scope;
    if (scope->caller) scope->caller->references++;
    scope->count = def->parameter_count;
    scope->names = mem_alloc(scope->count * sizeof *scope->names);
    scope->words = mem_alloc(scope->count * sizeof *scope->words);
    for (size_t i = 0; i < scope->count; i++) {
        struct span word = s->words[i + 1];
        scope->names[i] = mem_copy_text(def->parameters[i], strlen(def->parameters[i]));
        scope->words[i] = mem_copy_text(s->text.s + word.begin, span_length(word));
    }
    return scope;
}

bool flow_call_def(struct stmt *s, const struct def *def) {
    if (s->word_count - 1 != def->parameter_count)
        return stmt_error(
            s, s->word_count - 1 > def->parameter_count ? s->words[def->parameter_count + 1].begin : s->body.end,
            "`%s' takes %zu word%s", def->name, def->parameter_count, def->parameter_count == 1 ? "" : "s");
    if (deep(s)) return false;
    struct cut cut;
    if (s->has_expectation && !cut_next(def->source, def->begin, def->end, &cut))
        return stmt_error(s, s->expectation.begin, "`%s' does nothing: nothing can be expected of it", def->name);
    struct frame frame = {.kind = FRAME_DEF, .source = source_hold(def->source), .at = def->begin, .begin = def->begin};
    frame.end = def->end;
    frame.scope = make_scope(s, def);
    if (s->has_prefix) frame.thread = mem_copy_text(s->text.s + s->prefix.begin, span_length(s->prefix));
    if (s->has_expectation)
        frame.expectation = mem_copy_text(s->text.s + s->expectation.begin, span_length(s->expectation));
    flow_push(s->in, frame);
    return true;
}

/* ---- service ---- */

/* A VMO may be called service: only `service NAME` is a block. */
static bool is_service(const struct stmt *s) { return s->word_count > 1 && !span_is(&s->text, s->words[1], "="); }

static bool run_service(struct stmt *s, size_t at) {
    size_t begin = 0, end = 0;
    struct span head = span_trim(&s->text, (struct span){at, s->body.end});
    return take_block(s, "service", &begin, &end) && service_define(s, head, top(s->in)->source, begin, end);
}

/* ---- source ---- */

static char *resolve(const struct source *from, const char *name) {
    struct buf path = {0};
    const char *slash = from->path && name[0] != '/' ? strrchr(from->path, '/') : NULL;
    if (slash) buf_add(&path, from->path, (size_t)(slash - from->path) + 1);
    buf_text(&path, name);
    return path.s;
}

static bool same_file(const char *a, const char *b) {
    struct stat one, two;
    return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* At most 16 deep, and no file sources itself. */
static bool may_source(struct stmt *s, const char *path, size_t place) {
    size_t depth = 0;
    for (size_t i = 0; i < s->in->frame_count; i++) {
        const struct frame *frame = &s->in->frames[i];
        depth += frame->kind == FRAME_FILE;
        if (frame->source->path && same_file(frame->source->path, path))
            return stmt_error(s, place, "`%.200s' sources itself", path);
    }
    return depth <= DEEPEST_SOURCE || stmt_error(s, place, "files source each other more than %d deep", DEEPEST_SOURCE);
}

static bool file_name(struct stmt *s, size_t at, struct span *word, char **name) {
    size_t length;
    *word = span_trim(&s->text, (struct span){at, s->body.end});
    if (word->begin >= word->end) return stmt_error(s, word->begin, "a file's name is missing here");
    if (s->text.s[word->begin] == '"') return stmt_string(s, *word, name, &length);
    *name = pool_alloc(&s->pool, span_length(*word) + 1);
    memcpy(*name, s->text.s + word->begin, span_length(*word));
    (*name)[span_length(*word)] = 0;
    return true;
}

static bool run_source(struct stmt *s, size_t at) {
    struct span word;
    char *name, reason[200];
    if (s->in->options.no_files) return stmt_error(s, s->body.begin, "`source' is refused (--no-files)");
    if (!file_name(s, at, &word, &name)) return false;
    char *path = resolve(top(s->in)->source, name);
    bool good = may_source(s, path, word.begin);
    struct source *source = good ? source_read(path, reason, sizeof reason) : NULL;
    if (good && !source) stmt_set_error(s, word.begin, "%.200s: %s", path, reason);
    free(path);
    if (source) flow_push(s->in, (struct frame){.kind = FRAME_FILE, .source = source, .end = source->length});
    return source != NULL;
}

/* ---- All of them ---- */

static bool refuse_decoration(struct stmt *s, struct span word) {
    int n = (int)span_length(word);
    if (s->has_prefix) return stmt_error(s, s->prefix.begin, "`%.*s' runs on no thread", n, s->text.s + word.begin);
    if (s->has_expectation)
        return stmt_error(s, s->expectation.begin, "nothing can be expected of `%.*s'", n, s->text.s + word.begin);
    return true;
}

bool flow_statement(struct stmt *s, struct span word, bool *good) {
    static const char *const words[] = {"for", "def", "source", "case", "skip", "service", "end"};
    size_t i = 0;
    while (i < 7 && !span_is(&s->text, word, words[i])) i++;
    if (i == 7 || (i == 5 && !is_service(s))) return false;
    *good = refuse_decoration(s, word);
    if (!*good) return true;
    switch (i) {
    case 0: *good = run_for(s, word.end); break;
    case 1: *good = run_def(s, word.end); break;
    case 2: *good = run_source(s, word.end); break;
    case 3: *good = flow_case(s); break;
    case 4: *good = flow_skip(s); break;
    case 5: *good = run_service(s, word.end); break;
    default: *good = stmt_error(s, word.begin, "`end' without `for' or `def'"); break;
    }
    return true;
}
