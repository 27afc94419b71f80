/* condition.c - expectations about a world, compiled (condition.h). */
#include "condition.h"

#include <string.h>

#include "cmd.h"
#include "names.h"
#include "session.h"
#include "summary.h"

/* ---- Parsing ---- */

static bool word_is(const struct stmt *s, size_t index, const char *word) {
    return index < s->word_count && span_is(&s->text, s->words[index], word);
}

static bool at_end(const struct stmt *s, const char *stop) {
    return !stmt_more(s) || word_is(s, s->at_word, "and") || (stop != NULL && word_is(s, s->at_word, stop));
}

static bool is_quoted(const struct stmt *s, size_t index) {
    return index < s->word_count && s->text.s[s->words[index].begin] == '"';
}

static bool take_map(struct stmt *s, struct atom *atom) {
    struct span quoted;
    struct map_run run;
    char *map;
    if (!stmt_take_word(s, "a page map in quotes", &quoted) || !stmt_string(s, quoted, &map, &atom->length))
        return false;
    atom->map = map;
    for (size_t at = 0; at < atom->length;) {
        const char *why = map[at] == '?' ? (at++, NULL) : summary_map_run(map, atom->length, &at, &run);
        if (why != NULL) return stmt_error(s, quoted.begin + 1 + at, "%s", why);
    }
    return true;
}

static bool take_pages(struct stmt *s, struct atom *atom) {
    struct binding vmo;
    if (!cmd_take_vmo(s, &vmo)) return false;
    atom->koid = vmo.koid;
    atom->whole = is_quoted(s, s->at_word);
    if (!atom->whole &&
        (!stmt_take_pages(s, "a page", &atom->first) || !stmt_take_pages(s, "a page count", &atom->count)))
        return false;
    return take_map(s, atom);
}

static bool take_no_packets(struct stmt *s, struct atom *atom) {
    struct span word;
    struct binding port = {0};
    if (!word_is(s, s->at_word, "none") &&
        (!stmt_take_name(s, "a port's name", &word) || !stmt_binding(s, word, &port)))
        return false;
    if (!stmt_take_keyword(s, "none")) return stmt_error(s, s->body.end, "`none' is missing here");
    if (port.koid == 0) {
        struct binding *found = names_binding(s->in, "port", 4);
        if (found != NULL) port = *found;
    }
    atom->koid = port.koid;
    return true;
}

static bool take_thread(struct stmt *s, enum atom_kind kind, struct atom *atom) {
    struct span word;
    *atom = (struct atom){.kind = kind};
    if (!stmt_take_name(s, "a thread", &word)) return false;
    return session_thread(&s->in->session, s->text.s + word.begin, word.end - word.begin, &atom->thread) ||
           stmt_error(s, word.begin, "there is no such thread yet");
}

/* One atom for each thread named. */
static bool take_threads(struct stmt *s, enum atom_kind kind, const char *stop, struct condition *condition) {
    do {
        struct atom atom;
        if (!take_thread(s, kind, &atom)) return false;
        if (condition->count == CONDITION_ATOMS)
            return stmt_error(s, s->body.end, "at most %d conditions", CONDITION_ATOMS);
        condition->atom[condition->count++] = atom;
    } while (!at_end(s, stop));
    return true;
}

/* The thread's last call ended, and with this status. */
static bool take_result(struct stmt *s, struct atom *atom) {
    struct span word;
    uint64_t status;
    if (!take_thread(s, ATOM_RESULT, atom)) return false;
    if (!stmt_take_word(s, "a status", &word) || !stmt_eval(s, word, 0, &status)) return false;
    atom->status = (zx_status_t)(int64_t)status;
    return true;
}

static bool take_atom(struct stmt *s, const char *stop, struct condition *condition) {
    struct atom atom = {.kind = ATOM_PAGES};
    if (stmt_take_keyword(s, "blocked")) return take_threads(s, ATOM_BLOCKED, stop, condition);
    if (stmt_take_keyword(s, "done")) return take_threads(s, ATOM_DONE, stop, condition);
    if (condition->count == CONDITION_ATOMS)
        return stmt_error(s, s->body.end, "at most %d conditions", CONDITION_ATOMS);
    if (stmt_take_keyword(s, "packets")) {
        atom.kind = ATOM_NO_PACKETS;
        if (!take_no_packets(s, &atom)) return false;
    } else if (stmt_take_keyword(s, "pages")) {
        if (!take_pages(s, &atom)) return false;
    } else if (stmt_take_keyword(s, "result")) {
        if (!take_result(s, &atom)) return false;
    } else {
        size_t place = stmt_more(s) ? s->words[s->at_word].begin : s->body.end;
        return stmt_error(s, place, "a condition begins with pages, packets, blocked, done or result");
    }
    condition->atom[condition->count++] = atom;
    return true;
}

bool condition_take(struct stmt *s, const char *stop, struct condition *condition) {
    condition->count = 0;
    do {
        if (!take_atom(s, stop, condition)) return false;
    } while (stmt_take_keyword(s, "and"));
    return true;
}

/* ---- Sizes ---- */

static uint64_t pages_of_map(const struct atom *atom) {
    uint64_t pages = 0;
    for (size_t at = 0; at < atom->length;) {
        struct map_run run = {'?', 1};
        if (atom->map[at] == '?')
            at++;
        else
            (void)summary_map_run(atom->map, atom->length, &at, &run);
        pages += run.count;
    }
    return pages;
}

bool condition_fits(const struct condition *condition, const zxp_world *world, struct buf *fact) {
    for (size_t i = 0; i < condition->count; i++) {
        const struct atom *atom = &condition->atom[i];
        zxp_object_view view;
        if (atom->kind != ATOM_PAGES || !zxp_object_get(world, atom->koid, &view)) continue;
        uint64_t pages = view.size / ZXP_PAGE_SIZE, map = pages_of_map(atom);
        uint64_t want = atom->whole ? pages : atom->count;
        bool inside = atom->first <= pages && want <= pages - atom->first;
        if (map == want && inside) continue;
        buf_format(fact, "the map \"%s\" is %llu long, and ", atom->map, (unsigned long long)map);
        if (inside && !atom->whole)
            buf_format(fact, "%llu are asked for", (unsigned long long)want);
        else
            buf_format(fact, "the VMO has %llu", (unsigned long long)pages);
        return false;
    }
    return true;
}

/* ---- Asking ---- */

static bool pages_hold(const struct atom *atom, const zxp_world *world) {
    zxp_page_run run = {0};
    struct map_run want = {0};
    uint64_t page = atom->first;
    for (size_t at = 0; at < atom->length || want.count > 0;) {
        if (want.count == 0 && atom->map[at] == '?') {
            want = (struct map_run){'?', 1};
            at++;
        } else if (want.count == 0) {
            (void)summary_map_run(atom->map, atom->length, &at, &want);
        }
        if (!zxp_page_run_at(world, atom->koid, page, &run)) return false;
        if (want.letter != '?' && want.letter != run.letter) return false;
        uint64_t same = want.count < run.count ? want.count : run.count;
        want.count -= same;
        page += same;
    }
    if (!atom->whole) return page == atom->first + atom->count;
    return !zxp_page_run_at(world, atom->koid, page, &run);
}

static bool atom_holds(const struct atom *atom, const zxp_world *world) {
    zxp_thread_view view;
    zxp_packet_view packet;
    switch (atom->kind) {
    case ATOM_PAGES: return pages_hold(atom, world);
    case ATOM_NO_PACKETS: return !zxp_packet_at(world, atom->koid, 0, &packet);
    case ATOM_BLOCKED: return zxp_thread_get(world, atom->thread, &view) && view.state == ZXP_THREAD_BLOCKED;
    case ATOM_DONE:
        return zxp_thread_get(world, atom->thread, &view) && view.state != ZXP_THREAD_BLOCKED &&
               view.state != ZXP_THREAD_SUSPENDED;
    case ATOM_RESULT:
        return zxp_thread_get(world, atom->thread, &view) && view.state == ZXP_THREAD_READY &&
               view.status == atom->status;
    }
    return false;
}

bool condition_holds(const struct condition *condition, const zxp_world *world) {
    for (size_t i = 0; i < condition->count; i++) {
        if (!atom_holds(&condition->atom[i], world)) return false;
    }
    return true;
}
