/* cmd_expect.c - expect pages, packets, blocked, done. */
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "commands.h"
#include "names.h"
#include "print.h"
#include "summary.h"

enum { WHOLE_LIMIT = 65536 };

static bool mismatch(struct stmt *s) {
    s->mismatch = true;
    return true;
}

/* ---- pages ---- */

struct page_check {
    struct binding vmo;
    uint64_t first, count;
    bool given;
    struct span quoted;
    char *map;
    size_t length;
};

static bool check_letters(struct stmt *s, const struct page_check *c) {
    struct map_run run;
    for (size_t at = 0; at < c->length;) {
        const char *why = summary_map_run(c->map, c->length, &at, &run);
        if (why) return stmt_error(s, c->quoted.begin + 1 + at, "%s", why);
    }
    return true;
}

static bool take_pages(struct stmt *s, struct page_check *c) {
    size_t place = s->at_word < s->word_count ? s->words[s->at_word].begin : s->body.end;
    if (!cmd_take_vmo(s, &c->vmo)) return false;
    c->given = s->word_count - s->at_word > 1;
    if (c->given && (!stmt_take_pages(s, "a page", &c->first) || s->word_count - s->at_word < 2))
        return stmt_error(s, s->body.end, "page and count stand together, then the map in quotes");
    if (c->given && !stmt_take_pages(s, "a page count", &c->count)) return false;
    if (!stmt_take_word(s, "a page map in quotes", &c->quoted) || !stmt_string(s, c->quoted, &c->map, &c->length))
        return false;
    if (!stmt_end(s) || !check_letters(s, c)) return false;
    if (!c->given) c->count = cmd_size(s, c->vmo.koid) / ZXP_PAGE_SIZE;
    return c->given || c->count <= WHOLE_LIMIT || stmt_error(s, place, "a VMO of more than 65,536 pages needs P N");
}

/* The next letters of the VMO, all alike: how many, at most `most`. 0 at the end. */
static uint64_t pages_like(const struct stmt *s, const struct page_check *c, uint64_t page, char *letter) {
    zxp_page_run run;
    if (page >= c->first + c->count || !zxp_page_run_at(s->in->world, c->vmo.koid, page, &run)) return 0;
    uint64_t left = c->first + c->count - page;
    *letter = run.letter;
    return run.count < left ? run.count : left;
}

static bool map_holds(const struct stmt *s, const struct page_check *c) {
    struct map_run want = {0};
    uint64_t page = c->first, have = 0;
    char letter = 0;
    for (size_t at = 0;;) {
        while (want.count == 0 && at < c->length) (void)summary_map_run(c->map, c->length, &at, &want);
        if (have == 0) have = pages_like(s, c, page, &letter);
        if (want.count == 0 || have == 0) return want.count == 0 && have == 0;
        if (want.letter != letter) return false;
        uint64_t n = want.count < have ? want.count : have;
        want.count -= n;
        have -= n;
        page += n;
    }
}

static void offer(struct stmt *s, const struct page_check *c, const char *map) {
    struct interp *in = s->in;
    size_t begin = s->text.at[c->quoted.begin], end = s->text.at[c->quoted.end];
    if (in->hooks.rewrite && end > begin) in->hooks.rewrite(in->hooks.user, s->text.source, begin, end, map);
}

static bool expect_pages(struct stmt *s) {
    struct page_check c = {0};
    if (!take_pages(s, &c)) return false;
    if (s->in->options.dry) return true;
    zxp_object_view view;
    bool lives = c.vmo.koid && zxp_object_get(s->in->world, c.vmo.koid, &view);
    if (lives && map_holds(s, &c)) {
        offer(s, &c, NULL);
        return true;
    }
    buf_format(&s->expected, "pages \"%s\"", c.map);
    if (!lives) {
        buf_text(&s->came, "no such VMO: it is gone, or was never made");
        return mismatch(s);
    }
    buf_text(&s->came, "pages \"");
    print_page_map(&s->came, s->in->world, c.vmo.koid, c.first, c.count);
    buf_text(&s->came, "\"");
    offer(s, &c, buf_string(&s->came) + 6);
    return mismatch(s);
}

/* ---- packets ---- */

static bool expect_packets(struct stmt *s) {
    struct binding port = {0};
    struct span word;
    if (s->word_count - s->at_word > 1) {
        if (!stmt_take_name(s, "a port's name", &word) || !stmt_binding(s, word, &port)) return false;
    }
    if (!stmt_take_keyword(s, "none"))
        return stmt_error(s, stmt_more(s) ? s->words[s->at_word].begin : s->body.end, "`none' is missing here");
    if (!stmt_end(s) || s->in->options.dry) return !s->in->diag.set;
    if (s->word_count == 3) {
        struct binding *found = names_binding(s->in, "port", 4);
        port = found ? *found : port;
    }
    zxp_packet_view packet;
    if (!port.koid) port.koid = zxp_koid_of(s->in->world, (zx_handle_t)port.value);
    if (!zxp_packet_at(s->in->world, port.koid, 0, &packet)) return true;
    buf_text(&s->expected, "no packets");
    for (size_t i = 0; i < 8 && zxp_packet_at(s->in->world, port.koid, i, &packet); i++) {
        buf_text(&s->came, i ? ", " : "");
        print_packet(&s->came, s->in, &packet);
    }
    return mismatch(s);
}

/* ---- blocked, done ---- */

static const char *state_of(const struct stmt *s, uint32_t thread, bool *blocked, bool *done) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(s->in->world, thread, &view);
    *blocked = view.state == ZXP_THREAD_BLOCKED;
    *done = view.state == ZXP_THREAD_READY || view.state == ZXP_THREAD_FAULTED || view.state == ZXP_THREAD_KILLED;
    return *blocked ? "blocked" : *done ? "done" : "suspended";
}

static bool take_thread(struct stmt *s, uint32_t *thread, struct span *word) {
    *thread = 0;
    if (!stmt_take_name(s, "a thread's name", word)) return false;
    if (session_thread(&s->in->session, s->text.s + word->begin, span_length(*word), thread) || s->in->options.dry)
        return true;
    return stmt_error(s, word->begin, "there is no thread `%.*s'", (int)span_length(*word), s->text.s + word->begin);
}

static bool expect_threads(struct stmt *s, bool want_blocked) {
    if (!stmt_more(s)) return stmt_error(s, s->body.end, "a thread's name is missing here");
    size_t first = s->at_word;
    struct span word;
    uint32_t thread;
    while (stmt_more(s)) {
        if (!take_thread(s, &thread, &word)) return false;
    }
    s->at_word = first;
    while (stmt_more(s) && !s->in->options.dry) {
        bool blocked, done;
        (void)take_thread(s, &thread, &word);
        const char *state = state_of(s, thread, &blocked, &done);
        if (want_blocked ? blocked : done) continue;
        buf_format(&s->expected, "%s%.*s %s", s->expected.n ? ", " : "", (int)span_length(word), s->text.s + word.begin,
                   want_blocked ? "blocked" : "done");
        buf_format(&s->came, "%s%.*s %s", s->came.n ? ", " : "", (int)span_length(word), s->text.s + word.begin, state);
        s->mismatch = true;
    }
    return true;
}

bool cmd_expect(struct stmt *s) {
    s->keeps_thread = true;
    if (stmt_take_keyword(s, "pages")) return expect_pages(s);
    if (stmt_take_keyword(s, "packets")) return expect_packets(s);
    if (stmt_take_keyword(s, "blocked")) return expect_threads(s, true);
    if (stmt_take_keyword(s, "done")) return expect_threads(s, false);
    return stmt_error(s, stmt_more(s) ? s->words[s->at_word].begin : s->body.end,
                      "pages, packets, blocked or done is missing here");
}
