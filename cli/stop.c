/* stop.c - `until OUTCOME` and `break on RULE|packet`: they stop a
 * running script, loop or walk at the first statement that fits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "print.h"
#include "shell.h"
#include "statement.h"
#include "views.h"

/* ---- The hooks' part ---- */

static bool breaks_on(const struct shell *shell, uint16_t rule) {
    for (size_t i = 0; rule && i < shell->break_count; i++) {
        if (shell->breaks[i] == rule) return true;
    }
    return false;
}

void stop_on_event(struct shell *shell, const zxp_event *event) {
    bool packet = shell->break_packet && event->kind == ZXP_EVENT_PACKET && event->what == ZXP_WHAT_QUEUED;
    bool rule = breaks_on(shell, event->rule);
    if (shell->stopped[0] || (!packet && !rule)) return;
    const zxp_rule_info *info = zxp_rule_info_of(event->rule);
    (void)snprintf(shell->stopped, sizeof shell->stopped, rule ? "rule %s, event %llu" : "%sa packet, event %llu",
                   rule && info ? info->id : "", (unsigned long long)shell->event_count);
}

/* Do the words of `want` stand in this order in what came? So `until
 * ZX_ERR_IO` and `until READ v 1 2` need no world to be judged in. */
static bool fits(const char *want, const char *came) {
    while (*want) {
        size_t n = strcspn(want, " \t"), m = strcspn(came, " \t");
        if (!*came) return false;
        if (n == m && memcmp(want, came, n) == 0) want += n + strspn(want + n, " \t");
        came += m + strspn(came + m, " \t");
    }
    return true;
}

static void stop(struct shell *shell, const struct report *report) {
    struct buf out = {0};
    shell_tint(shell, &out, TINT_WAIT);
    buf_format(&out, "stopped at %s:%u (%s): ", report->file, report->line, shell->stopped);
    shell_tint(shell, &out, TINT_NONE);
    buf_format(&out, "%.*s\n", (int)report->statement_length, report->statement);
    shell_print(shell, &out);
    shell->stopped[0] = 0;
    shell->walk.left = 0;
    flow_pop_all(shell->in);
}

void stop_on_statement(struct shell *shell, const struct report *report) {
    struct buf came = {0};
    bool running = shell->in->frame_count > 1 || !shell->in->options.interactive;
    if (shell->until && report->outcome.kind != OUT_NOTHING) {
        print_outcome(&came, shell->in, &report->outcome);
        if (fits(shell->until, buf_string(&came)))
            (void)snprintf(shell->stopped, sizeof shell->stopped, "until %.100s", shell->until);
        buf_free(&came);
    }
    if (shell->stopped[0] && running) {
        free(shell->until);
        shell->until = NULL;
        stop(shell, report);
    }
    shell->stopped[0] = 0;
}

/* ---- The commands ---- */

bool view_until(struct stmt *s, const char *arguments) {
    struct shell *shell = s->in->shell;
    if (strncmp(arguments, "=>", 2) == 0) arguments += 2 + strspn(arguments + 2, " \t");
    shell_attach(shell);
    free(shell->until);
    shell->until = *arguments && strcmp(arguments, "off") != 0 ? mem_copy_text(arguments, strlen(arguments)) : NULL;
    interp_printf(
        s->in, shell->until ? "the next script, loop or walk stops when this comes: %s\n" : "stops at no outcome%s\n",
        shell->until ? shell->until : "");
    return true;
}

static void list_breaks(struct shell *shell) {
    if (!shell->break_count && !shell->break_packet)
        interp_print(shell->in, "no breaks; set one with: break on RULE, or break on packet\n");
    if (shell->break_packet) interp_print(shell->in, "break on packet\n");
    for (size_t i = 0; i < shell->break_count; i++)
        interp_printf(shell->in, "break on %s\n", zxp_rule_info_of(shell->breaks[i])->id);
}

static bool unknown_rule(struct stmt *s, const char *word) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, word, strlen(word));
    for (uint16_t i = 1; i < zxp_rule_count(); i++) suggest_try(&suggestion, zxp_rule_info_of(i)->id);
    return stmt_unknown(s, s->words[s->word_count - 1], "rule", &suggestion);
}

bool view_break(struct stmt *s, const char *arguments) {
    struct shell *shell = s->in->shell;
    shell_attach(shell);
    if (strcmp(arguments, "off") == 0) {
        shell->break_count = 0;
        shell->break_packet = false;
        return true;
    }
    if (!*arguments) {
        list_breaks(shell);
        return true;
    }
    if (strncmp(arguments, "on ", 3) != 0)
        return stmt_error(s, s->words[1].begin, "`on' is missing: break on RULE, break on packet, break off");
    const char *word = arguments + 3 + strspn(arguments + 3, " ");
    uint16_t rule = zxp_rule_by_id(word, strlen(word));
    bool packet = strcmp(word, "packet") == 0;
    if (!packet && !rule) return unknown_rule(s, word);
    if (packet)
        shell->break_packet = true;
    else if (!breaks_on(shell, rule) && shell->break_count < BREAKS_KEPT)
        shell->breaks[shell->break_count++] = rule;
    return true;
}
