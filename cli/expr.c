/*
 * expr.c - expressions with two explicit stacks, values and operators: 100,000 nested parentheses are data, not
 * depth of the program's own stack. A bare name that is a parameter stands for the value of its word, read where
 * the word came from (LANGUAGE.md section 1, "Substitution"); for that the readers of words form a stack too.
 */
#include "expr.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "number.h"
#include "told.h"

enum { EXPANSIONS = 100000 }; /* words of parameters read in one expression: defs can nest them without end */

struct reader {
    const char *s;
    size_t at, end;
    struct scope *scope;
};

struct operation {
    char code; /* ( + - * / % & | ^ < > and the unary n ~ */
    size_t at;
};

struct expr {
    struct interp *in;
    const struct text *text;
    size_t shown;      /* place of the outermost word that is being read */
    const char *named; /* the object that it names, if it does */
    unsigned flags;
    struct reader *readers;
    size_t reader_count, reader_capacity;
    struct operation *operations;
    size_t operation_count, operation_capacity;
    uint64_t *values;
    size_t value_count, value_capacity;
    size_t expansions;
    bool want_operator; /* a value has been read */
};

static struct reader *reader_of(struct expr *e) { return &e->readers[e->reader_count - 1]; }

/* Place in the source of the current character. */
static size_t place_of(struct expr *e) {
    return e->reader_count == 1 ? e->text->at[reader_of(e)->at] : e->text->at[e->shown];
}

static bool fail(struct expr *e, size_t place, const char *message) {
    return interp_error(e->in, e->text->source, place, "%s", message);
}

static void push_value(struct expr *e, uint64_t value) {
    e->values = mem_grow(e->values, e->value_count, &e->value_capacity, sizeof *e->values);
    e->values[e->value_count++] = value;
    e->want_operator = true;
}

static void push_operation(struct expr *e, char code, size_t at) {
    e->operations = mem_grow(e->operations, e->operation_count, &e->operation_capacity, sizeof *e->operations);
    e->operations[e->operation_count++] = (struct operation){code, at};
    e->want_operator = false;
}

static void push_reader(struct expr *e, const char *s, size_t begin, size_t end, struct scope *scope) {
    e->readers = mem_grow(e->readers, e->reader_count, &e->reader_capacity, sizeof *e->readers);
    e->readers[e->reader_count++] = (struct reader){s, begin, end, scope};
}

static int precedence(char code) {
    switch (code) {
    case '|': return 1;
    case '^': return 2;
    case '&': return 3;
    case '<':
    case '>': return 4;
    case '+':
    case '-': return 5;
    case '*':
    case '/':
    case '%': return 6;
    case 'n':
    case '~': return 7;
    default: return 0; /* ( */
    }
}

static uint64_t shift(char code, uint64_t a, uint64_t b) {
    if (b >= 64) return 0; /* C leaves it open */
    return code == '<' ? a << b : a >> b;
}

static bool divide(struct expr *e, const struct operation *operation, uint64_t a, uint64_t b, uint64_t *result) {
    if (b == 0 && !e->in->options.dry) return fail(e, operation->at, "division by zero");
    *result = b == 0 ? 0 : operation->code == '/' ? a / b : a % b;
    return true;
}

static bool compute(struct expr *e, const struct operation *operation, uint64_t a, uint64_t b, uint64_t *result) {
    switch (operation->code) {
    case '+': *result = a + b; return true;
    case '-': *result = a - b; return true;
    case '*': *result = a * b; return true;
    case '&': *result = a & b; return true;
    case '|': *result = a | b; return true;
    case '^': *result = a ^ b; return true;
    case '/':
    case '%': return divide(e, operation, a, b, result);
    default: *result = shift(operation->code, a, b); return true;
    }
}

static bool apply(struct expr *e) {
    struct operation operation = e->operations[--e->operation_count];
    uint64_t *top = &e->values[e->value_count - 1];
    if (operation.code == 'n' || operation.code == '~') {
        *top = operation.code == 'n' ? 0 - *top : ~*top;
        return true;
    }
    e->value_count--;
    return compute(e, &operation, top[-1], top[0], &top[-1]);
}

/* Applies what binds at least as tightly as `level`, down to the last open parenthesis. */
static bool apply_down_to(struct expr *e, int level) {
    while (e->operation_count && e->operations[e->operation_count - 1].code != '(' &&
           precedence(e->operations[e->operation_count - 1].code) >= level) {
        if (!apply(e)) return false;
    }
    return true;
}

static bool close_parenthesis(struct expr *e, size_t place) {
    if (!apply_down_to(e, 1)) return false;
    if (!e->operation_count) return fail(e, place, "`)' without `('");
    e->operation_count--;
    e->want_operator = true;
    return true;
}

static bool read_number(struct expr *e) {
    struct reader *reader = reader_of(e);
    struct number number;
    size_t place = place_of(e);
    const char *why = number_parse(reader->s + reader->at, reader->end - reader->at, &number);
    if (why) return fail(e, place, why);
    if (number.unit && (e->flags & EXPR_NO_UNITS)) return fail(e, place, "a unit where pages are counted");
    reader->at += number.length;
    push_value(e, number.value);
    return true;
}

/* The bare name at `begin` of the statement, which ends where its reader stands, was worth this. */
static void note(const struct expr *e, size_t begin, const char *word, uint64_t value) {
    if (e->flags & EXPR_NOTED) told_note(e->in, begin, e->readers[0].at, word, value);
}

/* A parameter's word, if it names an object: better said so than by the value of its handle. */
static const char *object_named(const struct expr *e, const char *word, struct scope *scope) {
    struct scope *outer;
    const struct binding *binding = session_find(&e->in->session, word, strlen(word));
    bool object = binding && binding->kind != BIND_NUMBER;
    return object && !scope_find(e->in, scope, word, strlen(word), &outer) ? word : NULL;
}

/* The word of a parameter, as if in parentheses. */
static bool open_word(struct expr *e, const char *word, struct scope *outer, size_t place) {
    if (++e->expansions > EXPANSIONS) return fail(e, place, "parameters nest too often in this expression");
    push_operation(e, '(', place);
    push_reader(e, word, 0, strlen(word), outer);
    return true;
}

static bool read_name(struct expr *e) {
    struct reader *reader = reader_of(e);
    size_t place = place_of(e), begin = reader->at;
    if (e->reader_count == 1) e->shown = begin;
    while (reader->at < reader->end && is_name_char(reader->s[reader->at])) reader->at++;
    const char *name = reader->s + begin;
    size_t length = reader->at - begin;
    struct scope *outer;
    const char *word = scope_find(e->in, reader->scope, name, length, &outer);
    if (word) {
        if (e->reader_count == 1) e->named = object_named(e, word, outer);
        return open_word(e, word, outer, place);
    }
    uint64_t value;
    if (!names_value(e->in, name, length, &value))
        return names_unknown(e->in, e->text->source, place, reader->scope, name, length);
    if (e->reader_count == 1 && told_is_variable(e->in, name, length)) note(e, begin, NULL, value);
    push_value(e, value);
    return true;
}

static bool read_value(struct expr *e, char c) {
    size_t place = place_of(e);
    if (c >= '0' && c <= '9') return read_number(e);
    if (is_name_start(c)) return read_name(e);
    if (c != '(' && c != '-' && c != '~' && c != '+') return fail(e, place, "a number or a name is missing here");
    reader_of(e)->at++;
    if (c != '+') push_operation(e, c == '-' ? 'n' : c, place);
    return true;
}

static bool read_operator(struct expr *e, char c) {
    struct reader *reader = reader_of(e);
    size_t place = place_of(e);
    bool two = (c == '<' || c == '>') && reader->at + 1 < reader->end && reader->s[reader->at + 1] == c;
    if (c == ')' && e->reader_count == 1) {
        reader->at++;
        return close_parenthesis(e, place);
    }
    if (c == 0 || !strchr("+-*/%&|^<>", c) || ((c == '<' || c == '>') && !two))
        return fail(e, place, "an operator is missing here (+ - * / % & | ^ << >>)");
    reader->at += two ? 2 : 1;
    if (!apply_down_to(e, precedence(c))) return false;
    push_operation(e, c, place);
    return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

/* The end of a reader: the expression's, or that of a parameter's word. */
static bool end_reader(struct expr *e) {
    size_t place = place_of(e);
    if (!e->want_operator) return fail(e, place, "a number or a name is missing here");
    e->reader_count--;
    if (e->reader_count) {
        bool good = close_parenthesis(e, place);
        if (good && e->reader_count == 1) note(e, e->shown, e->named, e->values[e->value_count - 1]);
        return good;
    }
    if (!apply_down_to(e, 1)) return false;
    if (e->operation_count) return fail(e, e->operations[e->operation_count - 1].at, "`(' without `)'");
    return true;
}

static bool run(struct expr *e) {
    while (e->reader_count) {
        struct reader *reader = reader_of(e);
        while (reader->at < reader->end && is_blank(reader->s[reader->at])) reader->at++;
        bool good = reader->at >= reader->end ? end_reader(e)
                    : e->want_operator        ? read_operator(e, reader->s[reader->at])
                                              : read_value(e, reader->s[reader->at]);
        if (!good) return false;
    }
    return true;
}

bool expr_eval(struct interp *in, const struct text *text, struct span span, struct scope *scope, unsigned flags,
               uint64_t *value) {
    struct expr e = {.in = in, .text = text, .flags = flags, .shown = span.begin};
    push_reader(&e, text->s, span.begin, span.end, scope);
    bool good = run(&e);
    *value = good && e.value_count ? e.values[0] : 0;
    free(e.readers);
    free(e.operations);
    free(e.values);
    return good;
}
