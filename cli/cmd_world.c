/* cmd_world.c - commands about the world as a whole: check, reset, profile, undo, redo, save, load, set, help, quit. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "commands.h"
#include "past.h"
#include "save.h"

static bool finish(struct stmt *s) { return stmt_end(s) && !s->in->options.dry; }

/* ---- check ---- */

bool cmd_check(struct stmt *s) {
    enum { SHOWN = 8 };
    zxp_violation list[SHOWN];
    if (!finish(s)) return !s->in->diag.set;
    size_t count = zxp_check(s->in->world, list, SHOWN);
    if (!count) {
        interp_print(s->in, "every invariant holds\n");
        return true;
    }
    buf_text(&s->expected, "every invariant holds");
    for (size_t i = 0; i < count && i < SHOWN; i++)
        buf_format(&s->came, "%sINV-%u (koid %llu, page %llu): %s", i ? "; " : "", list[i].invariant,
                   (unsigned long long)list[i].koid, (unsigned long long)list[i].page,
                   list[i].fact ? list[i].fact : "");
    s->mismatch = true;
    return true;
}

/* ---- profile, reset ---- */

bool cmd_profile(struct stmt *s) {
    zxp_profile profile;
    if (!cmd_take_profile(s, &profile) || !stmt_end(s)) return false;
    if (s->in->current.begun && s->in->current.open)
        return stmt_error(s, s->words[0].begin,
                          "`profile' only as the first statement of a case (case \"NAME\" begins one)");
    if (!s->in->options.dry) interp_reset(s->in, profile);
    return true;
}

bool cmd_reset(struct stmt *s) {
    if (!finish(s)) return !s->in->diag.set;
    zxp_world_reset(s->in->world, zxp_world_profile(s->in->world));
    session_clear(&s->in->session);
    session_init(&s->in->session, s->in->world);
    return true;
}

/* ---- undo, redo ---- */

static bool take_count(struct stmt *s, uint64_t *count) {
    *count = 1;
    return (!stmt_more(s) || stmt_take_number(s, "a number of steps", count)) && stmt_end(s);
}

bool cmd_undo(struct stmt *s) {
    uint64_t count;
    if (!take_count(s, &count)) return false;
    return s->in->options.dry || interp_undo(s->in, count) ||
           stmt_error(s, s->words[0].begin, "there are only %llu steps to undo",
                      (unsigned long long)(past_depth(s->in) - past_first(s->in)));
}

bool cmd_redo(struct stmt *s) {
    uint64_t count;
    if (!take_count(s, &count)) return false;
    return s->in->options.dry || interp_redo(s->in, count) ||
           stmt_error(s, s->words[0].begin, "there are only %llu steps to redo", (unsigned long long)past_ahead(s->in));
}

/* ---- save, load ---- */

/* FILE: the rest of the line, or a text in quotes. */
static bool take_file(struct stmt *s, char **name) {
    struct span word;
    size_t length;
    if (!stmt_take_word(s, "a file's name", &word)) return false;
    if (s->text.s[word.begin] == '"') return stmt_string(s, word, name, &length) && stmt_end(s);
    *name = pool_alloc(&s->pool, span_length(word) + 1);
    memcpy(*name, s->text.s + word.begin, span_length(word));
    (*name)[span_length(word)] = 0;
    return stmt_end(s);
}

bool cmd_save(struct stmt *s) {
    char *name, reason[300];
    if (!take_file(s, &name) || s->in->options.dry) return !s->in->diag.set;
    return save_write(s->in, name, reason, sizeof reason) || stmt_error(s, s->words[1].begin, "%s", reason);
}

bool cmd_load(struct stmt *s) {
    char *name, reason[300];
    if (!take_file(s, &name) || s->in->options.dry) return !s->in->diag.set;
    return save_read(s->in, name, reason, sizeof reason) || stmt_error(s, s->words[1].begin, "%s", reason);
}

/* ---- set, quit, help, views ---- */

bool cmd_set(struct stmt *s) {
    struct span name;
    uint64_t value;
    if (!stmt_take_word(s, "a setting", &name)) return false;
    if (!span_is(&s->text, name, "max-steps")) return stmt_error(s, name.begin, "unknown setting; there is max-steps");
    if (!stmt_take_number(s, "a value", &value) || !stmt_end(s)) return false;
    s->in->options.max_steps = value ? s->in->steps + value : 0;
    return true;
}

bool cmd_quit(struct stmt *s) {
    if (finish(s)) s->in->quit = true;
    return !s->in->diag.set;
}

static void help_all(struct interp *in) {
    for (size_t i = 0; i < command_count(); i++)
        interp_printf(in, "%-12s %s\n", command_at(i)->name, command_at(i)->help);
}

static bool help_word(struct stmt *s, struct span word) {
    const struct command *command = command_find(s->text.s + word.begin, span_length(word));
    const zxp_op_info *op = zxp_op_by_name(s->text.s + word.begin, span_length(word));
    uint64_t value;
    if (command) interp_printf(s->in, "%s\n  %s\n", command->syntax, command->help);
    if (op) interp_printf(s->in, "%s: %s (chapter %s)\n", op->name, op->help, op->chapter);
    bool constant = zxp_constant_by_name(s->text.s + word.begin, span_length(word), &value);
    if (constant)
        interp_printf(s->in, "%.*s = 0x%llx\n", (int)span_length(word), s->text.s + word.begin,
                      (unsigned long long)value);
    if (!command && !op && !constant)
        interp_printf(s->in, "there is no help on `%.*s'\n", (int)span_length(word), s->text.s + word.begin);
    return true;
}

bool cmd_help(struct stmt *s) {
    struct span word;
    view_function show = view_find(s->in, "help");
    if (show) return cmd_view(s);
    if (s->in->options.dry) return true;
    if (!stmt_more(s)) {
        help_all(s->in);
        return true;
    }
    return stmt_take_word(s, "a word", &word) && help_word(s, word);
}

bool cmd_view(struct stmt *s) {
    view_function show = view_find(s->in, s->command->name);
    struct span rest = span_trim(&s->text, (struct span){s->words[0].end, s->body.end});
    if (!show || s->in->options.dry) return true;
    char *arguments = pool_alloc(&s->pool, span_length(rest) + 1);
    memcpy(arguments, s->text.s + rest.begin, span_length(rest));
    arguments[span_length(rest)] = 0;
    return show(s, arguments);
}
