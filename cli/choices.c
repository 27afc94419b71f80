/*
 * choices.c - the steps that make sense now: packets to take, requests to answer, threads to resume, dirty pages to
 * write back, clean pages to evict. At the prompt their number alone does them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

enum { RUNS_PER_VMO = 4, CHOICES_KEPT = 64 };

void choices_clear(struct shell *shell) {
    while (shell->choice_count) {
        struct choice *choice = &shell->choices[--shell->choice_count];
        free(choice->statement);
        free(choice->why);
    }
}

/* Takes both texts. */
static void add(struct shell *shell, const char *group, struct buf *statement, struct buf *why) {
    if (shell->choice_count < CHOICES_KEPT) {
        shell->choices = mem_grow(shell->choices, shell->choice_count, &shell->choice_capacity, sizeof *shell->choices);
        shell->choices[shell->choice_count++] =
            (struct choice){.group = group,
                            .statement = mem_copy_text(buf_string(statement), statement->n),
                            .why = mem_copy_text(buf_string(why), why->n)};
    }
    buf_free(statement);
    buf_free(why);
}

/* ---- Packets ---- */

static void find_packets(struct shell *shell) {
    const struct interp *in = shell->in;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *name = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[name->value];
        zxp_packet_view packet;
        bool open =
            binding->kind == BIND_HANDLE && zxp_koid_of(in->world, (zx_handle_t)binding->value) == binding->koid;
        if (!open || !zxp_packet_at(in->world, binding->koid, 0, &packet)) continue;
        struct buf statement = {0}, why = {0};
        buf_text(&statement, "next");
        if (strcmp(name->name, "port") != 0) buf_format(&statement, " %s", name->name);
        buf_text(&why, "takes ");
        print_packet(&why, in, &packet);
        add(shell, "packets", &statement, &why);
    }
}

/* ---- Requests ---- */

static void put_waiters(const struct shell *shell, size_t i, const zxp_request_view *request, struct buf *out) {
    shell_thread(shell, out, request->owner);
    for (size_t k = 0; zxp_request_attached(shell->in->world, i, k) != ZXP_NO_THREAD; k++) {
        buf_text(out, ", ");
        shell_thread(shell, out, zxp_request_attached(shell->in->world, i, k));
    }
}

static void add_answer(struct shell *shell, size_t i, const zxp_request_view *request, const char *word,
                       const char *effect) {
    struct buf statement = {0}, why = {0};
    buf_format(&statement, "%s %s %" PRIu64 " %" PRIu64, word, interp_name_of_koid(shell->in, request->vmo),
               request->offset / ZXP_PAGE_SIZE, request->length / ZXP_PAGE_SIZE);
    buf_text(&why, effect);
    put_waiters(shell, i, request, &why);
    add(shell, "requests", &statement, &why);
}

static void find_requests(struct shell *shell) {
    zxp_request_view request;
    for (size_t i = 0; zxp_request_at(shell->in->world, i, &request); i++) {
        if (!interp_name_of_koid(shell->in, request.vmo)) continue;
        bool read = request.command == ZX_PAGER_VMO_READ;
        add_answer(shell, i, &request, read ? "supply" : "dirty", "wakes ");
        add_answer(shell, i, &request, "fail", "ZX_ERR_IO for ");
    }
}

/* ---- Threads ---- */

static void find_threads(struct shell *shell) {
    const struct interp *in = shell->in;
    for (uint32_t i = 0; i < in->session.record_count; i++) {
        zxp_thread_view view;
        const char *name = interp_name_of_thread(in, i);
        if (!name || !zxp_thread_get(in->world, i, &view) || view.state != ZXP_THREAD_SUSPENDED) continue;
        struct buf statement = {0}, why = {0};
        buf_format(&statement, "resume %s", name);
        buf_text(&why, "its call starts again");
        add(shell, "threads", &statement, &why);
    }
}

/* ---- Pages ---- */

static void add_range(struct shell *shell, const char *group, const char *verb, const char *vmo,
                      const zxp_page_run *run, const char *tail, const char *effect) {
    struct buf statement = {0}, why = {0};
    buf_format(&statement, "%s %s %" PRIu64 " %" PRIu64 "%s", verb, vmo, run->first, run->count, tail);
    buf_text(&why, effect);
    add(shell, group, &statement, &why);
}

static void add_for_run(struct shell *shell, const char *vmo, const zxp_page_run *run) {
    switch (run->letter) {
    case 'D': add_range(shell, "writeback", "writeback begin", vmo, run, "", "D -> W"); break;
    case 'Z': add_range(shell, "writeback", "writeback begin", vmo, run, " zero", "Z -> Y"); break;
    case 'W': add_range(shell, "writeback", "writeback end", vmo, run, "", "W -> C"); break;
    case 'Y': add_range(shell, "writeback", "writeback end", vmo, run, "", "Y -> ."); break;
    case 'C':
        if (!run->pins && !run->always_need) add_range(shell, "reclaim", "evict", vmo, run, "", "C -> .");
        break;
    default: break;
    }
}

typedef void (*run_function)(struct shell *shell, const char *vmo, const zxp_page_run *run);

/* The first runs of each page map that has a name; a name of a pager's VMO only if `pager_only`. */
static void each_run(struct shell *shell, bool pager_only, run_function function) {
    const struct interp *in = shell->in;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *name = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[name->value];
        zxp_object_view view;
        zxp_page_run run;
        bool live = binding->kind == BIND_VMO && zxp_object_get(in->world, binding->koid, &view);
        if (!live || (pager_only && !view.pager_root)) continue;
        uint64_t page = 0;
        for (unsigned k = 0; k < RUNS_PER_VMO && zxp_page_run_at(in->world, binding->koid, page, &run); k++) {
            function(shell, name->name, &run);
            page = run.first + run.count;
        }
    }
}

static void add_access(struct shell *shell, const char *vmo, const zxp_page_run *run) {
    zxp_page_run one = *run;
    one.count = 1;
    if (run->letter == '.') add_range(shell, "accesses", "fault", vmo, &one, "", "a thread of its own reads it");
    if (run->letter == 'C' || run->letter == '.')
        add_range(shell, "accesses", "fault", vmo, &one, " write", "a thread of its own writes it");
}

void choices_find_accesses(struct shell *shell) { each_run(shell, false, add_access); }

static void add_beginning(struct shell *shell) {
    struct buf statement = {0}, why = {0};
    buf_text(&statement, "create v 4 trap-dirty");
    buf_text(&why, "a pager-backed VMO of 4 pages, to begin with");
    add(shell, "begin", &statement, &why);
}

void choices_find(struct shell *shell) {
    choices_clear(shell);
    find_packets(shell);
    find_requests(shell);
    find_threads(shell);
    each_run(shell, true, add_for_run);
    choices_find_accesses(shell);
    if (!shell->choice_count) add_beginning(shell);
}

static void put_choice(const struct shell *shell, size_t i, size_t width, struct buf *out) {
    const struct choice *choice = &shell->choices[i];
    if (i == 0 || strcmp(choice->group, shell->choices[i - 1].group) != 0) {
        shell_tinted(shell, out, TINT_BOLD, choice->group);
        buf_char(out, '\n');
    }
    buf_format(out, "%4zu  %-*s  ", i + 1, (int)width, choice->statement);
    shell_tinted(shell, out, TINT_DIM, choice->why);
    buf_char(out, '\n');
}

bool view_choices(struct stmt *s, const char *arguments) {
    struct shell *shell = s->in->shell;
    struct buf out = {0};
    size_t width = 0;
    if (*arguments)
        return stmt_error(s, s->words[1].begin, "`choices' stands alone; at the prompt, type the number of one");
    choices_find(shell);
    for (size_t i = 0; i < shell->choice_count; i++) {
        size_t n = strlen(shell->choices[i].statement);
        width = n > width ? n : width;
    }
    for (size_t i = 0; i < shell->choice_count; i++) put_choice(shell, i, width, &out);
    shell_print(shell, &out);
    return true;
}
