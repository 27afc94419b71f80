#include "hint.h"

#include <string.h>

#include "commands.h"
#include "cursor.h"
#include "flow.h"
#include "syntax.h"

static const struct {
    const char *word, *rest;
} keywords[] = {{"let", "NAME = EXPRESSION"},
                {"for", "NAME in FIRST..LAST"},
                {"def", "NAME [PARAMETER ...]"},
                {"case", "\"NAME\" [with NAME=WORD,WORD ...]"},
                {"skip", "\"WHY\""},
                {"source", "FILE"}};

static const char *keyword_rest(const char *word) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i].word, word) == 0) return keywords[i].rest;
    }
    return NULL;
}

/* ---- Calls ---- */

static void hint_call(const struct cursor *cursor, const char *line, size_t length, struct buf *out) {
    const zxp_op_info *op = cursor->op;
    size_t first = cursor->argument + !cursor->argument_empty;
    if (cursor->argument >= op->param_count && !cursor->argument_empty) return;
    for (size_t i = first; i < op->param_count; i++) {
        if (i > first || !cursor->argument_empty)
            buf_text(out, ", ");
        else if (length && line[length - 1] == ',')
            buf_char(out, ' ');
        buf_text(out, op->params[i].name);
    }
    buf_char(out, ')');
}

/* `zx_vmo_re`: the only call that begins so, with its parameters. */
static void hint_call_name(const char *word, struct buf *out) {
    const zxp_op_info *only = NULL;
    for (size_t i = 0; i < zxp_op_count(); i++) {
        const zxp_op_info *op = zxp_op_at(i);
        if (strncmp(op->name, word, strlen(word)) != 0) continue;
        bool exact = strcmp(op->name, word) == 0;
        if (!exact && only) return;
        only = op;
        if (exact) break;
    }
    if (!only) return;
    buf_format(out, "%s(", only->name + strlen(word));
    for (size_t i = 0; i < only->param_count; i++) buf_format(out, "%s%s", i ? ", " : "", only->params[i].name);
    buf_char(out, ')');
}

/* ---- Commands ---- */

/* The rest of the form of the command that the words fit into: one that begins with a word of its own, which
 * stands there, else the first (`create pager` rather than a VMO called so). */
static bool rest_of(const struct command *command, const char *const *words, size_t count, struct buf *out) {
    struct form form;
    bool any = false;
    for (size_t i = 0; syntax_form(command->syntax, i, &form); i++) {
        if (!syntax_take(&form, words, count)) continue;
        bool own = form.count && form.slots[0].literal && !form.slots[0].optional && form.slots[0].used;
        if (any && !own) continue;
        buf_clear(out);
        syntax_rest(&form, out);
        any = true;
    }
    return any;
}

static void hint_command(const struct cursor *cursor, const struct command *command, struct buf *out) {
    const char *words[CURSOR_WORDS + 1];
    size_t count = 0;
    struct buf rest = {0};
    for (size_t i = 1; i < cursor->count; i++) words[count++] = cursor->words[i];
    if (*cursor->word && cursor->count) words[count++] = cursor->word;
    if (rest_of(command, words, count, &rest) && rest.n) buf_format(out, "%s%s", *cursor->word ? " " : "", rest.s);
    buf_free(&rest);
}

/* `sup`: the only command that begins so. */
static void hint_name(const char *word, struct buf *out) {
    const struct command *only = NULL;
    for (size_t i = 0; i < command_count(); i++) {
        if (strncmp(command_at(i)->name, word, strlen(word)) != 0) continue;
        if (only) return;
        only = command_at(i);
    }
    if (!only || strlen(word) < 2) return;
    buf_text(out, only->name + strlen(word));
    struct buf rest = {0};
    if (rest_of(only, NULL, 0, &rest) && rest.n) buf_format(out, " %s", rest.s);
    buf_free(&rest);
}

static void hint_def(const struct cursor *cursor, const struct def *def, struct buf *out) {
    size_t given = cursor->count - (cursor->count > 0) + (*cursor->word && cursor->count);
    const char *blank = *cursor->word ? " " : "";
    for (size_t i = given; i < def->parameter_count; i++, blank = " ")
        buf_format(out, "%s%s", blank, def->parameters[i]);
}

static void hint_words(const struct interp *in, const struct cursor *cursor, struct buf *out) {
    const char *first = cursor->count ? cursor->words[0] : cursor->word;
    const struct command *command = command_find(first, strlen(first));
    const struct def *def = flow_def(in, first, strlen(first));
    const char *rest = keyword_rest(first);
    if (def)
        hint_def(cursor, def, out);
    else if (command)
        hint_command(cursor, command, out);
    else if (rest && (cursor->count == 0 || (cursor->count == 1 && !*cursor->word)))
        buf_format(out, "%s%s", cursor->count ? "" : " ", rest);
    else if (!cursor->count && strlen(first) > 3 && strncmp(first, "zx_", 3) == 0)
        hint_call_name(first, out);
    else if (!cursor->count && *first)
        hint_name(first, out);
}

void hint_of(const struct interp *in, const char *line, size_t length, struct buf *out) {
    struct cursor cursor;
    cursor_parse(&cursor, line, length);
    bool silent = cursor.in_text || (!cursor.op && !cursor.count && !*cursor.word);
    if (cursor.op)
        hint_call(&cursor, line, length, out);
    else if (!silent && !cursor.expects && !cursor.assigns)
        hint_words(in, &cursor, out);
    else if (cursor.assigns && cursor.count == 2 && strlen(cursor.word) > 3)
        hint_call_name(cursor.word, out);
    cursor_free(&cursor);
}
