/*
 * alphabet.c - the default alphabet of a world (alphabet.h).
 *
 * The calls of the pager and of the kernel run on thread main; a supply takes a page filled with the letter of
 * the page, as the command `supply` has it, out of an auxiliary VMO. That one is always empty between two steps.
 */
#include "alphabet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint64_t page = ZXP_PAGE_SIZE;
static const char *const default_words = "read write supply fail dirty writeback next detach evict";

/* One VMO while its steps are made. */
struct subject {
    const struct explore_bounds *bounds;
    struct explore_alphabet *alphabet;
    zxp_object_view view;
    const char *name;
    uint64_t vmo, pager, port;
    bool failed;
};

static bool is_separator(char c) { return c == ',' || c == ' ' || c == '\0'; }

static bool wanted(const struct explore_bounds *bounds, const char *word) {
    const char *words = bounds->words != NULL ? bounds->words : default_words;
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == words || is_separator(at[-1])) && is_separator(at[length])) return true;
    }
    return false;
}

bool explore_is_word(const char *word, size_t length) {
    static const char *const words[] = {"read",  "write",     "commit", "zero",   "wide",  "supply", "fail",
                                        "dirty", "writeback", "next",   "detach", "evict", "resize", "suspend"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0) return true;
    }
    return false;
}

#define ARGS(...) (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)

/* A step with its text; NULL after a failure, which is remembered. */
__attribute__((format(printf, 2, 3))) static struct explore_step *add(struct subject *s, const char *format, ...) {
    char text[sizeof((struct explore_step *)0)->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct explore_step *step = explore_add_step(s->alphabet, text);
    if (step == NULL) s->failed = true;
    return step;
}

static void one_call(struct explore_step *step, uint32_t thread, uint16_t op, const uint64_t *args, size_t count) {
    if (step != NULL) explore_add_call(step, thread, op, (unsigned)count, args);
}

static void fill_buffer(struct explore_step *step, uint8_t byte) {
    if (step == NULL) return;
    step->call[step->calls - 1].buffer = (zxp_buffer){.kind = ZXP_BUFFER_FILL, .fill = byte};
}

/* ---- Clients ---- */

static void client_steps(struct subject *s, const struct explore_thread *t, uint64_t p) {
    if (wanted(s->bounds, "read")) {
        struct explore_step *step = add(s, "%s: read %s %" PRIu64, t->name, s->name, p);
        one_call(step, t->number, ZXP_OP_VMO_READ, ARGS(s->vmo, p * page, page));
    }
    if (wanted(s->bounds, "write")) {
        struct explore_step *step = add(s, "%s: write %s %" PRIu64, t->name, s->name, p);
        one_call(step, t->number, ZXP_OP_VMO_WRITE, ARGS(s->vmo, 0, p * page, page));
        fill_buffer(step, 'w');
    }
    if (wanted(s->bounds, "commit")) {
        struct explore_step *step = add(s, "%s: commit %s %" PRIu64, t->name, s->name, p);
        one_call(step, t->number, ZXP_OP_VMO_OP_RANGE, ARGS(s->vmo, ZX_VMO_OP_COMMIT, p * page, page));
    }
    if (wanted(s->bounds, "zero")) {
        struct explore_step *step = add(s, "%s: zero %s %" PRIu64, t->name, s->name, p);
        one_call(step, t->number, ZXP_OP_VMO_OP_RANGE, ARGS(s->vmo, ZX_VMO_OP_ZERO, p * page, page));
    }
}

/* One call for all pages: requests of several pages, early wakes, answers in parts. */
static void wide_steps(struct subject *s, const struct explore_thread *t, uint64_t pages) {
    if (!wanted(s->bounds, "wide") || pages < 2) return;
    struct explore_step *step = add(s, "%s: read %s 0 %" PRIu64, t->name, s->name, pages);
    one_call(step, t->number, ZXP_OP_VMO_READ, ARGS(s->vmo, 0, pages * page));
    step = add(s, "%s: write %s 0 %" PRIu64, t->name, s->name, pages);
    one_call(step, t->number, ZXP_OP_VMO_WRITE, ARGS(s->vmo, 0, 0, pages * page));
    fill_buffer(step, 'w');
}

static void thread_steps(struct subject *s, const struct explore_thread *t) {
    if (!wanted(s->bounds, "suspend")) return;
    one_call(add(s, "suspend %s", t->name), ZXP_MAIN_THREAD, ZXP_OP_SUSPEND, ARGS(t->number));
    one_call(add(s, "resume %s", t->name), ZXP_MAIN_THREAD, ZXP_OP_RESUME, ARGS(t->number));
}

/* ---- The pager ---- */

static void supply_step(struct subject *s, uint64_t p) {
    struct explore_step *step = add(s, "supply %s %" PRIu64, s->name, p);
    if (step == NULL) return;
    bool fresh = s->bounds->aux == ZX_HANDLE_INVALID;
    uint64_t aux = fresh ? EXPLORE_NEW_HANDLE : s->bounds->aux;
    if (fresh) one_call(step, ZXP_MAIN_THREAD, ZXP_OP_VMO_CREATE, ARGS(page, 0));
    one_call(step, ZXP_MAIN_THREAD, ZXP_OP_VMO_WRITE, ARGS(aux, 0, 0, page));
    fill_buffer(step, (uint8_t)('A' + p % 26));
    one_call(step, ZXP_MAIN_THREAD, ZXP_OP_PAGER_SUPPLY_PAGES, ARGS(s->pager, s->vmo, p * page, page, aux, 0));
    if (fresh) one_call(step, ZXP_MAIN_THREAD, ZXP_OP_HANDLE_CLOSE, ARGS(aux));
}

static void op_range(struct subject *s, struct explore_step *step, uint32_t op, uint64_t p, uint64_t data) {
    one_call(step, ZXP_MAIN_THREAD, ZXP_OP_PAGER_OP_RANGE, ARGS(s->pager, op, s->vmo, p * page, page, data));
}

static void page_steps(struct subject *s, uint64_t p) {
    const char *v = s->name;
    if (wanted(s->bounds, "supply")) supply_step(s, p);
    if (wanted(s->bounds, "fail")) {
        op_range(s, add(s, "fail %s %" PRIu64, v, p), ZX_PAGER_OP_FAIL, p, (uint64_t)(int64_t)ZX_ERR_IO);
    }
    if (wanted(s->bounds, "dirty") && s->view.trap_dirty)
        op_range(s, add(s, "dirty %s %" PRIu64, v, p), ZX_PAGER_OP_DIRTY, p, 0);
    if (wanted(s->bounds, "writeback")) {
        op_range(s, add(s, "writeback begin %s %" PRIu64, v, p), ZX_PAGER_OP_WRITEBACK_BEGIN, p, 0);
        op_range(s, add(s, "writeback end %s %" PRIu64, v, p), ZX_PAGER_OP_WRITEBACK_END, p, 0);
    }
    if (wanted(s->bounds, "evict")) {
        one_call(add(s, "evict %s %" PRIu64, v, p), ZXP_MAIN_THREAD, ZXP_OP_EVICT,
                 ARGS(s->view.koid, p * page, page, 0));
    }
}

static void vmo_steps(struct subject *s) {
    if (wanted(s->bounds, "detach")) {
        one_call(add(s, "detach %s", s->name), ZXP_MAIN_THREAD, ZXP_OP_PAGER_DETACH_VMO, ARGS(s->pager, s->vmo));
    }
    if (wanted(s->bounds, "next") && s->port != ZX_HANDLE_INVALID) {
        one_call(add(s, "next"), ZXP_MAIN_THREAD, ZXP_OP_PORT_WAIT, ARGS(s->port, 0));
    }
    if (!wanted(s->bounds, "resize") || !s->view.resizable) return;
    for (uint64_t p = 0; p <= s->bounds->pages; p++) {
        struct explore_step *step = add(s, "resize %s %" PRIu64, s->name, p);
        one_call(step, ZXP_MAIN_THREAD, ZXP_OP_VMO_SET_SIZE, ARGS(s->vmo, p * page));
    }
}

/* ---- The whole ---- */

static zx_handle_t handle_of(const zxp_world *world, zx_koid_t koid) {
    zxp_handle_view view;
    for (size_t i = 0; koid != ZX_KOID_INVALID && zxp_handle_at(world, i, &view); i++) {
        if (view.koid == koid) return view.handle;
    }
    return ZX_HANDLE_INVALID;
}

static bool subject_begin(const zxp_world *world, const struct explore_bounds *bounds, struct subject *s) {
    if (s->view.type != ZX_OBJ_TYPE_VMO || !s->view.pager_root) return false;
    s->bounds = bounds;
    s->vmo = handle_of(world, s->view.koid);
    s->pager = handle_of(world, s->view.pager);
    s->port = handle_of(world, s->view.port);
    s->name = bounds->name(bounds->user, s->view.koid);
    return s->vmo != ZX_HANDLE_INVALID && s->pager != ZX_HANDLE_INVALID && s->name != NULL;
}

bool explore_default_alphabet(const zxp_world *world, const struct explore_bounds *bounds,
                              struct explore_alphabet *alphabet) {
    struct subject s = {.alphabet = alphabet};
    for (unsigned i = 0; i < bounds->thread_count; i++) {
        s.bounds = bounds;
        thread_steps(&s, &bounds->threads[i]);
    }
    for (zx_koid_t at = 0; zxp_object_next(world, at, &s.view); at = s.view.koid) {
        if (!subject_begin(world, bounds, &s)) continue;
        uint64_t pages = s.view.size / page < bounds->pages ? s.view.size / page : bounds->pages;
        for (uint64_t p = 0; p < pages; p++) {
            for (unsigned i = 0; i < bounds->thread_count; i++) client_steps(&s, &bounds->threads[i], p);
            page_steps(&s, p);
        }
        for (unsigned i = 0; i < bounds->thread_count; i++) wide_steps(&s, &bounds->threads[i], pages);
        vmo_steps(&s);
    }
    return !s.failed;
}
