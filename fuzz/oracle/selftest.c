/*
 * selftest.c - plays the worked examples of the chapters against the oracle alone.
 *
 * A script is a list of statements cut at ';' and line ends: `[THREAD:] COMMAND [=> EXPECTATION]`, in pages, close to
 * the language of the prompt; the functions command_...() below are the list. After each call oracle_check() must hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"
#include "selftest.h"

enum { NAMES = 48, WORDS = 16 };

typedef struct {
    char name[24];
    zx_handle_t handle;
    zx_koid_t koid;
    uint64_t key, address;
    uint32_t thread;
    bool is_thread;
} binding;

static oracle *o;
static binding names[NAMES];
static unsigned name_count;
static uint64_t next_key;
static const char *case_name;
static char line_text[200]; /* the statement that runs */
static unsigned failures;
static uint32_t now; /* thread of the statement */

static void fail_line(const char *why) {
    const char *rule = oracle_rule(o, now);
    printf("FAIL %s: %s: %s (rule: %s)\n", case_name, line_text, why, rule);
    failures++;
}

static binding *lookup(const char *name, bool thread) {
    for (unsigned i = 0; i < name_count; i++) {
        if (strcmp(names[i].name, name) == 0 && names[i].is_thread == thread) {
            return &names[i];
        }
    }
    if (name_count == NAMES) {
        printf("too many names in %s\n", case_name);
        exit(2);
    }
    binding *b = &names[name_count++];
    memset(b, 0, sizeof(*b));
    (void)snprintf(b->name, sizeof(b->name), "%s", name);
    b->is_thread = thread;
    return b;
}

static uint32_t thread_of(const char *name) {
    if (strcmp(name, "main") == 0) {
        return 0;
    }
    binding *b = lookup(name, true);
    if (b->thread == 0) {
        b->thread = oracle_thread_create(o);
    }
    return b->thread;
}

/* ---- calls ---- */

static zxp_outcome call(uint16_t op, zxp_buffer buffer, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                        uint64_t a5) {
    zxp_op_call c = {.op = op, .thread = now, .args = {a0, a1, a2, a3, a4, a5, 0, 0}, .buffer = buffer};
    zxp_outcome outcome = oracle_call(o, &c);
    const char *broken = oracle_check(o);
    if (broken != NULL || oracle_out_of_bounds(o)) {
        fail_line(broken != NULL ? broken : oracle_out_of_bounds_reason(o));
    }
    return outcome;
}

static void simple(uint16_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5) {
    zxp_buffer none = {.kind = ZXP_BUFFER_NONE};
    (void)call(op, none, a0, a1, a2, a3, a4, a5);
}

static zx_handle_t handle_result(void) {
    uint64_t value = 0;
    return oracle_field(o, now, "handle", &value) ? (zx_handle_t)value : 0;
}

static void bind(const char *name, uint64_t key) {
    binding *b = lookup(name, false);
    b->handle = handle_result();
    b->koid = oracle_koid_of(o, b->handle);
    b->key = key;
}

static binding *made(const char *name, uint16_t op) {
    binding *b = lookup(name, false);
    if (b->handle == 0) {
        simple(op, 0, 0, 0, 0, 0, 0);
        bind(name, 0);
    }
    return b;
}

static zx_handle_t pager(void) { return made("pager", ZXP_OP_PAGER_CREATE)->handle; }

static zx_handle_t port(void) { return made("port", ZXP_OP_PORT_CREATE)->handle; }

static zx_handle_t handle_of(const char *name) { return lookup(name, false)->handle; }

/* ---- words ---- */

typedef struct {
    char text[WORDS][40];
    unsigned count;
} words;

static words cut(const char *text) {
    words w = {.count = 0};
    while (*text != 0 && w.count < WORDS) {
        unsigned n = 0;
        while (*text == ' ') {
            text++;
        }
        while (*text != 0 && *text != ' ' && n < sizeof(w.text[0]) - 1) {
            w.text[w.count][n++] = *text++;
        }
        w.text[w.count][n] = 0;
        w.count += n > 0 ? 1 : 0;
        while (*text != 0 && *text != ' ') {
            text++;
        }
    }
    return w;
}

static bool is(const words *w, unsigned i, const char *text) { return i < w->count && strcmp(w->text[i], text) == 0; }

static bool has(const words *w, const char *text) {
    for (unsigned i = 1; i < w->count; i++) {
        if (strcmp(w->text[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* The value of a word NAME=value, or NULL. */
static const char *option(const words *w, const char *name) {
    size_t n = strlen(name);
    for (unsigned i = 1; i < w->count; i++) {
        if (strncmp(w->text[i], name, n) == 0 && w->text[i][n] == '=') {
            return w->text[i] + n + 1;
        }
    }
    return NULL;
}

static uint64_t number(const words *w, unsigned i, uint64_t otherwise) {
    if (i >= w->count || w->text[i][0] < '0' || w->text[i][0] > '9') {
        return otherwise;
    }
    return strtoull(w->text[i], NULL, 0);
}

static uint64_t page_at(const words *w, unsigned i) { return number(w, i, 0) * 4096; }

static uint64_t pages_at(const words *w, unsigned i) { return number(w, i, 1) * 4096; }

static const struct {
    const char *name;
    zx_status_t status;
} statuses[] = {{"OK", ZX_OK},
                {"NOT_SUPPORTED", ZX_ERR_NOT_SUPPORTED},
                {"INVALID_ARGS", ZX_ERR_INVALID_ARGS},
                {"BAD_HANDLE", ZX_ERR_BAD_HANDLE},
                {"WRONG_TYPE", ZX_ERR_WRONG_TYPE},
                {"BAD_SYSCALL", ZX_ERR_BAD_SYSCALL},
                {"OUT_OF_RANGE", ZX_ERR_OUT_OF_RANGE},
                {"BUFFER_TOO_SMALL", ZX_ERR_BUFFER_TOO_SMALL},
                {"BAD_STATE", ZX_ERR_BAD_STATE},
                {"TIMED_OUT", ZX_ERR_TIMED_OUT},
                {"CANCELED", ZX_ERR_CANCELED},
                {"NOT_FOUND", ZX_ERR_NOT_FOUND},
                {"UNAVAILABLE", ZX_ERR_UNAVAILABLE},
                {"ACCESS_DENIED", ZX_ERR_ACCESS_DENIED},
                {"IO", ZX_ERR_IO},
                {"IO_DATA_INTEGRITY", ZX_ERR_IO_DATA_INTEGRITY},
                {"NO_SPACE", ZX_ERR_NO_SPACE}};

static bool status_named(const char *name, zx_status_t *status) {
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (strcmp(statuses[i].name, name) == 0) {
            *status = statuses[i].status;
            return true;
        }
    }
    return false;
}

/* ---- commands ---- */

static zxp_buffer fill_buffer(const words *w) {
    const char *byte = option(w, "byte");
    return (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = (uint8_t)(byte != NULL ? byte[0] : 'w')};
}

static void supply(const words *w) {
    uint64_t off = page_at(w, 2);
    uint64_t len = pages_at(w, 3);
    const char *from = option(w, "from");
    zxp_buffer letters = {.kind = ZXP_BUFFER_LETTERS, .phase = (uint8_t)(off / 4096 % 26)};
    zx_handle_t aux;
    if (from != NULL) {
        aux = handle_of(from);
    } else {
        simple(ZXP_OP_VMO_CREATE, len, 0, 0, 0, 0, 0);
        aux = handle_result();
        (void)call(ZXP_OP_VMO_WRITE, option(w, "byte") != NULL ? fill_buffer(w) : letters, aux, 0, 0, len, 0, 0);
    }
    simple(ZXP_OP_PAGER_SUPPLY_PAGES, pager(), handle_of(w->text[1]), off, len, aux, 0);
}

static bool command_make(const words *w) {
    uint64_t options = (has(w, "resizable") ? ZX_VMO_RESIZABLE : 0u) | (has(w, "trap-dirty") ? ZX_VMO_TRAP_DIRTY : 0u) |
                       (has(w, "unbounded") ? ZX_VMO_UNBOUNDED : 0u) |
                       (has(w, "discardable") ? ZX_VMO_DISCARDABLE : 0u);
    if (is(w, 0, "create")) {
        zx_handle_t p = pager();
        zx_handle_t q = port();
        simple(ZXP_OP_PAGER_CREATE_VMO, p, options, q, ++next_key, page_at(w, 2), 0);
        bind(w->text[1], next_key);
    } else if (is(w, 0, "anon")) {
        simple(ZXP_OP_VMO_CREATE, page_at(w, 2), options, 0, 0, 0, 0);
        bind(w->text[1], 0);
    } else if (is(w, 0, "clone")) { /* clone C V KIND P N */
        uint32_t kind = is(w, 3, "snapshot")    ? ZX_VMO_CHILD_SNAPSHOT
                        : is(w, 3, "modified")  ? ZX_VMO_CHILD_SNAPSHOT_MODIFIED
                        : is(w, 3, "slice")     ? ZX_VMO_CHILD_SLICE
                        : is(w, 3, "reference") ? ZX_VMO_CHILD_REFERENCE
                                                : ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE;
        kind |= has(w, "resizable") ? ZX_VMO_CHILD_RESIZABLE : 0;
        simple(ZXP_OP_VMO_CREATE_CHILD, handle_of(w->text[2]), kind, page_at(w, 4), number(w, 5, 0) * 4096, 0, 0);
        bind(w->text[1], 0);
    } else if (is(w, 0, "map")) { /* map M V P N [r] */
        uint64_t perm = has(w, "r") ? ZX_VM_PERM_READ : ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
        simple(ZXP_OP_VMAR_MAP, 0x00100003, perm | ZX_VM_ALLOW_FAULTS, 0, handle_of(w->text[2]), page_at(w, 3),
               pages_at(w, 4));
        (void)oracle_field(o, now, "address", &lookup(w->text[1], false)->address);
    } else if (is(w, 0, "unmap")) {
        simple(ZXP_OP_VMAR_UNMAP, 0x00100003, lookup(w->text[1], false)->address + page_at(w, 2), pages_at(w, 3), 0, 0,
               0);
    } else if (is(w, 0, "close")) {
        simple(ZXP_OP_HANDLE_CLOSE, handle_of(w->text[1]), 0, 0, 0, 0, 0);
    } else {
        return false;
    }
    return true;
}

static bool command_access(const words *w) {
    uint64_t h = handle_of(w->text[1]);
    uint64_t address = lookup(w->text[1], false)->address;
    zxp_buffer none = {.kind = ZXP_BUFFER_NONE};
    if (is(w, 0, "read")) {
        simple(ZXP_OP_VMO_READ, h, page_at(w, 2), pages_at(w, 3), 0, 0, 0);
    } else if (is(w, 0, "readb")) {
        simple(ZXP_OP_VMO_READ, h, number(w, 2, 0), number(w, 3, 0), 0, 0, 0);
    } else if (is(w, 0, "readto")) { /* readto V P N M: into user memory */
        none.kind = ZXP_BUFFER_USER;
        none.address = lookup(w->text[4], false)->address;
        (void)call(ZXP_OP_VMO_READ, none, h, page_at(w, 2), pages_at(w, 3), 0, 0, 0);
    } else if (is(w, 0, "write")) {
        (void)call(ZXP_OP_VMO_WRITE, fill_buffer(w), h, 0, page_at(w, 2), pages_at(w, 3), 0, 0);
    } else if (is(w, 0, "writeb")) {
        (void)call(ZXP_OP_VMO_WRITE, fill_buffer(w), h, 0, number(w, 2, 0), number(w, 3, 0), 0, 0);
    } else if (is(w, 0, "load")) { /* load M BYTE */
        simple(ZXP_OP_LOAD, address + number(w, 2, 0), 1, 0, 0, 0, 0);
    } else if (is(w, 0, "store")) {
        (void)call(ZXP_OP_STORE, fill_buffer(w), address + number(w, 2, 0), 0, 1, 0, 0, 0);
    } else if (is(w, 0, "pin")) {
        simple(ZXP_OP_PIN, h, page_at(w, 2), pages_at(w, 3), !has(w, "read"), 0, 0);
    } else if (is(w, 0, "unpin")) {
        simple(ZXP_OP_UNPIN, lookup(w->text[1], false)->koid, page_at(w, 2), pages_at(w, 3), 0, 0, 0);
    } else if (is(w, 0, "evict")) {
        simple(ZXP_OP_EVICT, lookup(w->text[1], false)->koid, page_at(w, 2), pages_at(w, 3), has(w, "ignore-hints"), 0,
               0);
    } else {
        return false;
    }
    return true;
}

static bool command_pager(const words *w) {
    uint64_t h = handle_of(w->text[1]);
    zx_status_t status = ZX_ERR_IO;
    for (unsigned i = 2; i < w->count; i++) {
        (void)status_named(w->text[i], &status);
    }
    if (is(w, 0, "supply")) {
        supply(w);
    } else if (is(w, 0, "fail")) {
        simple(ZXP_OP_PAGER_OP_RANGE, pager(), ZX_PAGER_OP_FAIL, h, page_at(w, 2), pages_at(w, 3),
               (uint64_t)(int64_t)status);
    } else if (is(w, 0, "dirty")) {
        simple(ZXP_OP_PAGER_OP_RANGE, pager(), ZX_PAGER_OP_DIRTY, h, page_at(w, 2), pages_at(w, 3), 0);
    } else if (is(w, 0, "begin")) {
        uint64_t zero = has(w, "zero") ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0;
        simple(ZXP_OP_PAGER_OP_RANGE, pager(), ZX_PAGER_OP_WRITEBACK_BEGIN, h, page_at(w, 2), pages_at(w, 3), zero);
    } else if (is(w, 0, "end")) {
        simple(ZXP_OP_PAGER_OP_RANGE, pager(), ZX_PAGER_OP_WRITEBACK_END, h, page_at(w, 2), pages_at(w, 3), 0);
    } else if (is(w, 0, "detach")) {
        simple(ZXP_OP_PAGER_DETACH_VMO, pager(), h, 0, 0, 0, 0);
    } else if (is(w, 0, "stats")) {
        simple(ZXP_OP_PAGER_QUERY_VMO_STATS, pager(), h, has(w, "reset"), 4, 0, 0);
    } else {
        return false;
    }
    return true;
}

static bool command_size(const words *w) {
    static const struct {
        const char *name;
        uint32_t op;
    } ops[] = {
        {"commit", ZX_VMO_OP_COMMIT},     {"decommit", ZX_VMO_OP_DECOMMIT},       {"zero", ZX_VMO_OP_ZERO},
        {"prefetch", ZX_VMO_OP_PREFETCH}, {"always-need", ZX_VMO_OP_ALWAYS_NEED}, {"dont-need", ZX_VMO_OP_DONT_NEED},
        {"lock", ZX_VMO_OP_LOCK},         {"try-lock", ZX_VMO_OP_TRY_LOCK},       {"unlock", ZX_VMO_OP_UNLOCK}};
    uint64_t h = handle_of(w->text[1]);
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (is(w, 0, ops[i].name)) {
            simple(ZXP_OP_VMO_OP_RANGE, h, ops[i].op, page_at(w, 2), pages_at(w, 3), 0, 0);
            return true;
        }
    }
    if (is(w, 0, "zerob")) {
        simple(ZXP_OP_VMO_OP_RANGE, h, ZX_VMO_OP_ZERO, number(w, 2, 0), number(w, 3, 0), 0, 0);
    } else if (is(w, 0, "resize")) {
        simple(ZXP_OP_VMO_SET_SIZE, h, page_at(w, 2), 0, 0, 0, 0);
    } else if (is(w, 0, "setsize")) {
        simple(ZXP_OP_VMO_SET_SIZE, h, number(w, 2, 0), 0, 0, 0, 0);
    } else if (is(w, 0, "stream")) {
        simple(ZXP_OP_VMO_SET_STREAM_SIZE, h, number(w, 2, 0), 0, 0, 0, 0);
    } else if (is(w, 0, "transfer")) { /* transfer DST P N SRC P */
        simple(ZXP_OP_VMO_TRANSFER_DATA, h, 0, page_at(w, 2), pages_at(w, 3), handle_of(w->text[4]), page_at(w, 5));
    } else if (is(w, 0, "suspend") || is(w, 0, "resume") || is(w, 0, "kill")) {
        uint16_t op = is(w, 0, "kill") ? ZXP_OP_KILL : is(w, 0, "resume") ? ZXP_OP_RESUME : ZXP_OP_SUSPEND;
        simple(op, thread_of(w->text[1]), 0, 0, 0, 0, 0);
    } else if (is(w, 0, "age")) {
        simple(ZXP_OP_AGE, 0, 0, 0, 0, 0, 0);
    } else if (is(w, 0, "reclaim")) {
        simple(ZXP_OP_RECLAIM, number(w, 1, 0), 0, 0, 0, 0, 0);
    } else {
        return false;
    }
    return true;
}

/* ---- expectations ---- */

/* The letters of the data of a thread, as the language's page summary. */
static void summary(uint32_t thread, char *out, size_t room) {
    static uint8_t bytes[64 * 4096];
    size_t length = oracle_data_copy(o, thread, 0, bytes, sizeof(bytes));
    size_t n = 0;
    for (size_t at = 0; at < length && n + 1 < room; at += 4096) {
        size_t end = at + 4096 < length ? at + 4096 : length;
        char letter = bytes[at] == 0 ? '.' : (char)bytes[at];
        for (size_t i = at; i < end; i++) {
            letter = bytes[i] == bytes[at] ? letter : '?';
        }
        out[n++] = letter;
    }
    out[n] = 0;
}

static void expect_result(uint32_t thread, const words *w) {
    static const char *const states[] = {"ready", "blocked", "suspended", "faulted", "killed"};
    zxp_thread_view view;
    zx_status_t wanted = ZX_OK;
    char text[80], why[200];
    (void)oracle_thread_get(o, thread, &view);
    zxp_thread_state state = is(w, 0, "blocked")  ? ZXP_THREAD_BLOCKED
                             : is(w, 0, "fault")  ? ZXP_THREAD_FAULTED
                             : is(w, 0, "killed") ? ZXP_THREAD_KILLED
                                                  : ZXP_THREAD_READY;
    bool named = status_named(w->text[is(w, 0, "fault") ? 1 : 0], &wanted);
    if (view.state != state || (named && view.status != wanted)) {
        (void)snprintf(why, sizeof(why), "is %s, status %d", states[view.state], (int)view.status);
        fail_line(why);
        return;
    }
    const char *pages = option(w, "pages");
    summary(thread, text, sizeof(text));
    if (pages != NULL && strcmp(pages, text) != 0) {
        (void)snprintf(why, sizeof(why), "data \"%s\"", text);
        fail_line(why);
    }
    const char *value = option(w, "value"); /* of the only field */
    uint64_t got = UINT64_MAX;
    if (value != NULL && (oracle_field_at(o, thread, 0, &got) == NULL || got != strtoull(value, NULL, 0))) {
        (void)snprintf(why, sizeof(why), "value %llu", (unsigned long long)got);
        fail_line(why);
    }
}

static void expect_packet(const words *w) {
    uint64_t key = 0, command = 9, offset = 0, length = 0;
    zxp_thread_view view;
    char got[100], why[140];
    simple(ZXP_OP_PORT_WAIT, port(), 0, 0, 0, 0, 0);
    (void)oracle_thread_get(o, now, &view);
    bool none = view.status != ZX_OK;
    (void)oracle_field(o, now, "key", &key);
    (void)oracle_field(o, now, "command", &command);
    (void)oracle_field(o, now, "offset", &offset);
    (void)oracle_field(o, now, "length", &length);
    static const char *const commands[] = {"READ", "COMPLETE", "DIRTY"};
    bool same =
        none ? is(w, 0, "none") : command < 3 && is(w, 0, commands[command]) && key == lookup(w->text[1], false)->key;
    if (same && !none && command != ZX_PAGER_VMO_COMPLETE) {
        same = offset == page_at(w, 2) && length == pages_at(w, 3);
    }
    if (!same) {
        (void)snprintf(got, sizeof(got), "%s key %llu pages %llu+%llu",
                       none          ? "none"
                       : command < 3 ? commands[command]
                                     : "?",
                       (unsigned long long)key, (unsigned long long)(offset / 4096),
                       (unsigned long long)(length / 4096));
        (void)snprintf(why, sizeof(why), "got %s", got);
        fail_line(why);
    }
}

static void expect_pages(const words *w) {
    char text[80] = "", why[120];
    oracle_page view;
    size_t n = strlen(w->text[2]) - 2; /* between quotes */
    for (uint64_t p = 0; p < 70 && oracle_page_at(o, lookup(w->text[1], false)->koid, p, &view); p++) {
        text[p] = view.letter;
        text[p + 1] = 0;
    }
    if (strncmp(text, w->text[2] + 1, n) != 0 || (strlen(text) != n && n < 40 && !has(w, "prefix"))) {
        (void)snprintf(why, sizeof(why), "pages \"%s\"", text);
        fail_line(why);
    }
}

/* ranges V 0+2 3+1z ... */
static void expect_ranges(const words *w) {
    char text[40], why[120];
    zxp_dirty_range r;
    uint64_t size = 0;
    simple(ZXP_OP_VMO_GET_SIZE, handle_of(w->text[1]), 0, 0, 0, 0, 0);
    (void)oracle_field(o, now, "size", &size);
    simple(ZXP_OP_PAGER_QUERY_DIRTY_RANGES, pager(), handle_of(w->text[1]), 0, size, UINT64_C(64) * 24, 0);
    bool same = oracle_range_count(o, now) == w->count - 2;
    for (size_t i = 0; oracle_range_at(o, now, i, &r); i++) {
        (void)snprintf(text, sizeof(text), "%llu+%llu%s", (unsigned long long)(r.offset / 4096),
                       (unsigned long long)(r.length / 4096), r.options != 0 ? "z" : "");
        same = same && is(w, (unsigned)i + 2, text);
    }
    if (!same) {
        (void)snprintf(why, sizeof(why), "%zu ranges, last %s", oracle_range_count(o, now), text);
        fail_line(why);
    }
}

/* info V FIELD VALUE of ZX_INFO_VMO */
static void expect_info(const words *w) {
    uint64_t got = 0;
    char why[80];
    simple(ZXP_OP_OBJECT_GET_INFO, handle_of(w->text[1]), ZX_INFO_VMO, 0, 0, 0, 0);
    if (!oracle_field(o, now, w->text[2], &got) || got != number(w, 3, 0)) {
        (void)snprintf(why, sizeof(why), "is %llu", (unsigned long long)got);
        fail_line(why);
    }
}

static bool command_expect(const words *w, const words *expected) {
    if (is(w, 0, "next")) {
        expect_packet(expected);
    } else if (is(w, 0, "pages")) {
        expect_pages(w);
    } else if (is(w, 0, "ranges")) {
        expect_ranges(w);
    } else if (is(w, 0, "info")) {
        expect_info(w);
    } else if (is(w, 0, "wait")) {
        expect_result(thread_of(w->text[1]), expected);
    } else if (is(w, 0, "blocked")) {
        words blocked = cut("blocked");
        for (unsigned i = 1; i < w->count; i++) {
            expect_result(thread_of(w->text[i]), &blocked);
        }
    } else {
        return false;
    }
    return true;
}

/* ---- statements ---- */

static void statement(void) {
    words expected = {.count = 0};
    char *text = line_text;
    char *arrow = strstr(text, "=>");
    now = 0;
    if (arrow != NULL) {
        expected = cut(arrow + 2);
    }
    char copy[200];
    (void)snprintf(copy, sizeof(copy), "%.*s", (int)(arrow != NULL ? arrow - text : (long)strlen(text)), text);
    char *body = copy;
    char *colon = strchr(copy, ':');
    if (colon != NULL) {
        *colon = 0;
        words name = cut(copy);
        now = thread_of(name.text[0]);
        body = colon + 1;
    }
    words w = cut(body);
    if (w.count == 0 || command_expect(&w, &expected)) {
        return;
    }
    if (!command_make(&w) && !command_access(&w) && !command_pager(&w) && !command_size(&w)) {
        fail_line("unknown command");
    } else if (expected.count > 0) {
        expect_result(now, &expected);
    }
}

static void run(const selftest_case *c) {
    bool old = strcmp(c->profile, "head") != 0;
    zxp_profile profile = !old                              ? ZXP_PROFILE_HEAD
                          : strcmp(c->profile, "2020") == 0 ? ZXP_PROFILE_2020
                                                            : ZXP_PROFILE_2018;
    oracle_reset(o, profile);
    memset(names, 0, sizeof(names));
    name_count = 0;
    next_key = 0;
    case_name = c->name;
    for (const char *at = c->script; *at != 0;) {
        size_t n = strcspn(at, ";\n");
        (void)snprintf(line_text, sizeof(line_text), "%.*s", (int)n, at);
        statement();
        at += n + (at[n] != 0 ? 1 : 0);
    }
}

int main(void) {
    unsigned count = 0;
    o = oracle_create(ZXP_PROFILE_HEAD);
    if (o == NULL) {
        return 2;
    }
    for (const selftest_case *c = selftest_cases; c->name != NULL; c++) {
        run(c);
        count++;
    }
    oracle_destroy(o);
    printf("%u cases, %u failures\n", count, failures);
    return failures == 0 ? 0 : 1;
}
