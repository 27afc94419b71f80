/* parse.c - the text of a service (docs/services.md). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service.h"

struct parser {
    const char *text;
    size_t at, end; /* of the statement */
    struct service *service;
    struct service_error *error;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct parser *p, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(p->error->message, sizeof p->error->message, format, args);
    va_end(args);
    p->error->at = p->at;
    return false;
}

/* ---- Words ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static void skip_blanks(struct parser *p) {
    while (p->at < p->end && is_blank(p->text[p->at])) p->at++;
}

static size_t word_length(struct parser *p) {
    size_t n = 0;
    skip_blanks(p);
    while (p->at + n < p->end && !is_blank(p->text[p->at + n])) n++;
    return n;
}

static bool take(struct parser *p, const char *word) {
    size_t n = word_length(p);
    if (strlen(word) != n || n == 0 || memcmp(p->text + p->at, word, n) != 0) return false;
    p->at += n;
    return true;
}

static bool take_number(struct parser *p, uint8_t *value) {
    size_t n = word_length(p);
    char digits[4] = {0};
    if (n == 0 || n > 3 || strspn(p->text + p->at, "0123456789") < n) return wrong(p, "a number is missing here");
    memcpy(digits, p->text + p->at, n);
    unsigned long number = strtoul(digits, NULL, 10);
    if (number > 99) return wrong(p, "at most 99");
    *value = (uint8_t)number;
    p->at += n;
    return true;
}

/* $V $P $N, $V PAGE COUNT, or nothing behind the verb. */
static bool take_range(struct parser *p, struct service_statement *s) {
    if (!take(p, "$V")) return wrong(p, "`$V' is missing here");
    if (take(p, "$P")) {
        s->own_range = true;
        return take(p, "$N") || wrong(p, "`$N' is missing here");
    }
    return take_number(p, &s->page) && take_number(p, &s->count);
}

/* ---- Statements ---- */

static const struct {
    const char *first, *second;
    enum service_verb verb;
    bool range;
} verbs[] = {
    {"disk", "read", SERVICE_DISK_READ, true},   {"disk", "write", SERVICE_DISK_WRITE, true},
    {"disk", "zero", SERVICE_DISK_ZERO, true},   {"check", NULL, SERVICE_CHECK, false},
    {"copy", NULL, SERVICE_COPY, true},          {"supply", NULL, SERVICE_SUPPLY, true},
    {"fail", NULL, SERVICE_FAIL, true},          {"dirty", NULL, SERVICE_DIRTY, true},
    {"writeback", "begin", SERVICE_BEGIN, true}, {"writeback", "end", SERVICE_END, true},
    {"ranges", "$V", SERVICE_RANGES, false},     {"reserve", NULL, SERVICE_RESERVE, false},
    {"release", NULL, SERVICE_RELEASE, false},   {"lock", NULL, SERVICE_LOCK, false},
    {"unlock", NULL, SERVICE_UNLOCK, false},     {"barrier", NULL, SERVICE_BARRIER, false},
    {"resize", "$V", SERVICE_RESIZE, false},     {"detach", "$V", SERVICE_DETACH, false},
    {"read", NULL, SERVICE_READ, true},          {"write", NULL, SERVICE_WRITE, true},
    {"stop", NULL, SERVICE_STOP, false},
};

static bool take_status(struct parser *p, zx_status_t *status) {
    size_t n = word_length(p);
    uint64_t value;
    *status = ZX_ERR_IO;
    if (n < 3 || memcmp(p->text + p->at, "ZX_", 3) != 0) return true;
    if (!zxp_constant_by_name(p->text + p->at, n, &value)) return wrong(p, "unknown status");
    *status = (zx_status_t)(uint32_t)value;
    p->at += n;
    return true;
}

static bool take_pages(struct parser *p, struct service_statement *s) {
    s->own_range = take(p, "$N");
    return s->own_range || take_number(p, &s->count);
}

static bool take_details(struct parser *p, struct service_statement *s) {
    switch (s->verb) {
    case SERVICE_FAIL: return take_status(p, &s->status);
    case SERVICE_BEGIN:
        s->zero = take(p, "zero");
        s->by_range = take(p, "$Z");
        return true;
    case SERVICE_RESERVE:
        p->service->reserves = true;
        if (!take_pages(p, s)) return false;
        s->wait = take(p, "wait");
        return true;
    case SERVICE_RELEASE: s->all = take(p, "excess"); return s->all || take_pages(p, s);
    case SERVICE_BARRIER: s->all = take(p, "all"); return true;
    case SERVICE_RESIZE: return take_number(p, &s->count);
    default: return true;
    }
}

static bool take_verb(struct parser *p, struct service_statement *s) {
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t before = p->at;
        if (!take(p, verbs[i].first)) continue;
        if (verbs[i].second != NULL && !take(p, verbs[i].second)) {
            p->at = before;
            continue;
        }
        s->verb = verbs[i].verb;
        return (!verbs[i].range || take_range(p, s)) && take_details(p, s);
    }
    return wrong(p, "unknown statement; see docs/services.md");
}

static bool take_statement(struct parser *p, uint8_t *index) {
    struct service_statement s = {.when = SERVICE_ALWAYS};
    if (p->service->statement_count == SERVICE_STATEMENTS)
        return wrong(p, "at most %d statements", SERVICE_STATEMENTS - 1);
    if (take(p, "data:"))
        s.when = SERVICE_IF_DATA;
    else if (take(p, "zero:"))
        s.when = SERVICE_IF_ZERO;
    if (!take_verb(p, &s)) return false;
    *index = p->service->statement_count++;
    p->service->statement[*index] = s;
    return true;
}

/* STATEMENT [else STATEMENT]. What stands behind `else` is kept
 * at the end, so that a block is a row of its own statements. */
static bool take_line(struct parser *p, struct service_statement *others, uint8_t *owners, uint8_t *other_count) {
    uint8_t index = 0, other = 0;
    if (!take_statement(p, &index)) return false;
    if (take(p, "else")) {
        if (!take_statement(p, &other)) return false;
        p->service->statement_count--;
        others[*other_count] = p->service->statement[other];
        owners[(*other_count)++] = index;
    }
    return word_length(p) == 0 || wrong(p, "this is too much");
}

/* ---- Blocks ---- */

static bool new_block(struct parser *p, enum service_block_kind kind) {
    struct service *service = p->service;
    if (service->block_count == SERVICE_BLOCKS) return wrong(p, "at most %d handlers and tasks", SERVICE_BLOCKS);
    service->block[service->block_count++] =
        (struct service_block){.kind = kind, .begin = service->statement_count, .end = service->statement_count};
    return true;
}

static bool take_on(struct parser *p) {
    static const struct {
        const char *word, *rest[3];
    } heads[] = {{"READ", {"V", "P", "N:"}}, {"DIRTY", {"V", "P", "N:"}}, {"COMPLETE", {"V:", NULL, NULL}}};
    for (int i = 0; i < 3; i++) {
        if (!take(p, heads[i].word)) continue;
        for (int k = 0; k < 3 && heads[i].rest[k] != NULL; k++) {
            if (!take(p, heads[i].rest[k])) return wrong(p, "`%s' is missing here", heads[i].rest[k]);
        }
        return new_block(p, (enum service_block_kind)i);
    }
    return wrong(p, "READ V P N:, DIRTY V P N: or COMPLETE V: is missing here");
}

static bool take_task(struct parser *p) {
    size_t n = word_length(p), tasks = 0;
    if (n < 2 || n > sizeof p->service->block[0].name || p->text[p->at + n - 1] != ':')
        return wrong(p, "NAME: is missing here");
    for (uint8_t i = 0; i < p->service->block_count; i++) tasks += p->service->block[i].kind == SERVICE_TASK;
    if (tasks == SERVICE_TASKS) return wrong(p, "at most %d tasks", SERVICE_TASKS);
    if (!new_block(p, SERVICE_TASK)) return false;
    memcpy(p->service->block[p->service->block_count - 1].name, p->text + p->at, n - 1);
    p->at += n;
    return true;
}

static bool take_part(struct parser *p, struct service_statement *others, uint8_t *owners, uint8_t *other_count) {
    struct service *service = p->service;
    if (take(p, "on") ? !take_on(p) : take(p, "task") && !take_task(p)) return false;
    if (p->error->message[0] != 0 || word_length(p) == 0) return p->error->message[0] == 0;
    if (service->block_count == 0) return wrong(p, "`on ...:' or `task NAME:' comes first");
    if (!take_line(p, others, owners, other_count)) return false;
    service->block[service->block_count - 1].end = service->statement_count;
    return true;
}

/* The end of the statement that begins at `at`; a comment is left out of it. */
static size_t end_of_part(const char *body, size_t at, size_t length, size_t *next) {
    size_t end = at;
    while (end < length && body[end] != '\n' && body[end] != ';' && body[end] != '#') end++;
    *next = end;
    while (*next < length && body[*next] != '\n' && !(body[end] == ';' && *next == end)) ++*next;
    return end;
}

static bool take_head(struct parser *p) {
    struct service *service = p->service;
    size_t n = word_length(p);
    if (n == 0 || n >= sizeof service->name) return wrong(p, "a name is missing behind `service'");
    memcpy(service->name, p->text + p->at, n);
    for (p->at += n; word_length(p) > 0;) {
        if (take(p, "trap-dirty"))
            service->trap_dirty = true;
        else if (take(p, "resizable"))
            service->resizable = true;
        else if (take(p, "space")) {
            if (!take_number(p, &service->space)) return false;
        } else if (take(p, "damaged")) {
            uint8_t page = 0;
            if (!take_number(p, &page)) return false;
            service->bad |= (uint8_t)(1u << (page % SERVICE_PAGES));
        } else
            return wrong(p, "trap-dirty, resizable, space N or damaged PAGE");
    }
    return true;
}

bool service_parse(const char *head, size_t head_length, const char *body, size_t body_length, struct service *service,
                   struct service_error *error) {
    struct service_statement others[SERVICE_STATEMENTS];
    uint8_t owners[SERVICE_STATEMENTS], other_count = 0;
    memset(service, 0, sizeof *service);
    memset(error, 0, sizeof *error);
    service->space = 99;
    service->statement_count = 1;
    error->in_head = true;
    if (!take_head(&(struct parser){head, 0, head_length, service, error})) return false;
    error->in_head = false;
    for (size_t at = 0, next; at < body_length; at = next + 1) {
        size_t end = end_of_part(body, at, body_length, &next);
        struct parser p = {body, at, end, service, error};
        if (word_length(&p) > 0 && !take_part(&p, others, owners, &other_count)) return false;
    }
    for (uint8_t i = 0; i < other_count; i++) {
        if (service->statement_count == SERVICE_STATEMENTS)
            return wrong(&(struct parser){body, 0, 0, service, error}, "too many statements");
        service->statement[owners[i]].otherwise = service->statement_count;
        service->statement[service->statement_count++] = others[i];
    }
    return true;
}
