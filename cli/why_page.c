/* why_page.c - why page V P: the history of one page, from the events that are kept. */
#include <inttypes.h>
#include <string.h>

#include "number.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

/* Is the event about this page: a change, a request, or a request's packet? */
static bool concerns(const zxp_event *event, const zxp_object_view *vmo, uint64_t page) {
    uint64_t byte = page * ZXP_PAGE_SIZE;
    bool inside = byte >= event->offset && byte - event->offset < event->length;
    bool kind = event->kind == ZXP_EVENT_PAGE || event->kind == ZXP_EVENT_REQUEST;
    if (event->kind == ZXP_EVENT_PACKET) return inside && event->koid == vmo->port && event->key == vmo->key;
    return kind && inside && event->koid == vmo->koid;
}

/* The statement during which the event happened, or NULL. */
static const struct entry *entry_of(const struct shell *shell, uint64_t number) {
    for (size_t i = 0; i < shell->entry_count; i++) {
        const struct entry *entry = &shell->entries[i];
        if (number > entry->first_event && number <= entry->last_event) return entry;
    }
    return NULL;
}

static size_t put_events(const struct shell *shell, const zxp_object_view *vmo, uint64_t page, struct buf *out) {
    const struct entry *last = NULL;
    size_t count = 0;
    for (uint64_t number = 1; number <= shell->event_count; number++) {
        const zxp_event *event = shell_event(shell, number);
        if (!event || !concerns(event, vmo, page)) continue;
        const struct entry *entry = entry_of(shell, number);
        const zxp_rule_info *rule = zxp_rule_info_of(event->rule);
        if (entry && entry != last) buf_format(out, "%s\n", entry->text);
        last = entry;
        buf_format(out, "%6" PRIu64 "  ", number);
        (void)shell_event_line(shell, event, out);
        buf_format(out, rule ? "  (%s)\n" : "\n", rule ? rule->id : "");
        count++;
    }
    return count;
}

static void put_now(const struct shell *shell, const zxp_object_view *vmo, uint64_t page, struct buf *out) {
    zxp_page_run run;
    shell_object(shell, out, vmo->koid);
    if (!zxp_page_run_at(shell->in->world, vmo->koid, page, &run)) {
        buf_format(out, " has no page %" PRIu64 " now: it has %" PRIu64 " page%s\n", page, vmo->size / ZXP_PAGE_SIZE,
                   plural(vmo->size / ZXP_PAGE_SIZE));
        return;
    }
    buf_format(out, " %" PRIu64 " is `%c' now", page, run.letter);
    if (run.pins) buf_format(out, ", pinned %u times", run.pins);
    buf_text(out, run.always_need ? ", hinted always-need\n" : "\n");
}

bool why_page(struct stmt *s, const char *arguments) {
    struct shell *shell = s->in->shell;
    struct buf out = {0};
    struct number number;
    zxp_object_view vmo;
    size_t n = strcspn(arguments, " \t");
    const struct binding *binding = session_find(&s->in->session, arguments, n);
    const char *page = arguments + n + strspn(arguments + n, " \t");
    shell_attach(shell);
    if (!binding || binding->kind != BIND_VMO || !zxp_object_get(s->in->world, binding->koid, &vmo))
        return stmt_error(s, s->words[1].end, "why page V P: V is the name of a VMO that lives");
    if (*page < '0' || *page > '9' || number_parse(page, strlen(page), &number) || number.length != strlen(page))
        return stmt_error(s, s->body.end, "why page V P: P is a page's number");
    if (!put_events(shell, &vmo, number.value, &out))
        buf_text(&out, "nothing is known to have happened to this page\n");
    if (shell->event_count > EVENTS_KEPT) buf_text(&out, "(the oldest events are no longer kept)\n");
    put_now(shell, &vmo, number.value, &out);
    shell_print(shell, &out);
    return true;
}
