/* complete.c - candidates, by what the tables say of the place: a
 * slot of a command's syntax, or the kind of a call's parameter. */
#include "complete.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cursor.h"
#include "flow.h"
#include "syntax.h"

struct offer {
    const struct interp *in;
    const struct cursor *cursor;
    struct candidates *out;
};

/* ---- The list ---- */

static void offer_text(struct offer *offer, const char *text, size_t length) {
    struct candidates *out = offer->out;
    size_t typed = strlen(offer->cursor->word);
    if (length < typed || memcmp(text, offer->cursor->word, typed) != 0) return;
    for (size_t i = 0; i < out->count; i++) {
        if (strlen(out->words[i]) == length && memcmp(out->words[i], text, length) == 0) return;
    }
    out->words = mem_grow(out->words, out->count, &out->capacity, sizeof *out->words);
    out->words[out->count++] = mem_copy_text(text, length);
}

static void offer_word(struct offer *offer, const char *word) { offer_text(offer, word, strlen(word)); }

/* `text` behind a head that is typed already, as in from=AUX. */
static void offer_joined(struct offer *offer, const char *head, size_t length, const char *text) {
    struct buf word = {0};
    buf_add(&word, head, length);
    buf_text(&word, text);
    offer_text(offer, buf_string(&word), word.n);
    buf_free(&word);
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* ---- Names ---- */

enum name_set {
    NAMES_VMO = 1,
    NAMES_PAGED = 2,
    NAMES_MAPPING = 4,
    NAMES_PORT = 8,
    NAMES_PAGER = 16,
    NAMES_HANDLE = 32,
    NAMES_NUMBER = 64,
    NAMES_PLAIN = 128
};

static unsigned sets_of(const struct interp *in, const struct binding *binding) {
    zxp_object_view view = {0};
    if (binding->kind == BIND_MAPPING) return NAMES_MAPPING;
    if (binding->kind == BIND_NUMBER) return NAMES_NUMBER;
    if (!zxp_object_get(in->world, binding->koid, &view)) return 0;
    if (view.type == ZX_OBJ_TYPE_VMO)
        return NAMES_HANDLE | NAMES_VMO | (session_fact(&in->session, binding->koid) ? NAMES_PAGED : NAMES_PLAIN);
    return NAMES_HANDLE | (view.type == ZX_OBJ_TYPE_PORT ? NAMES_PORT : 0) |
           (view.type == ZX_OBJ_TYPE_PAGER ? NAMES_PAGER : 0);
}

static void offer_names(struct offer *offer, unsigned sets, const char *head, size_t head_length) {
    const struct interp *in = offer->in;
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *name = &in->session.names.entries[i];
        if (sets_of(in, &in->session.bindings[name->value]) & sets) offer_joined(offer, head, head_length, name->name);
    }
}

static void offer_threads(struct offer *offer, const char *tail) {
    const struct map *threads = &offer->in->session.threads;
    for (size_t i = 0; i < threads->count; i++)
        offer_joined(offer, threads->entries[i].name, threads->entries[i].length, tail);
}

static void offer_constants(struct offer *offer, const char *prefix) {
    for (size_t i = 0; i < zxp_constant_count(); i++) {
        if (strncmp(zxp_constant_name(i), prefix, strlen(prefix)) == 0) offer_word(offer, zxp_constant_name(i));
    }
}

static void offer_calls(struct offer *offer) {
    for (size_t i = 0; i < zxp_op_count(); i++) {
        const zxp_op_info *op = zxp_op_at(i);
        if (!(op->traits & ZXP_TRAIT_MODEL) || op->number == ZXP_OP_LOAD || op->number == ZXP_OP_STORE)
            offer_joined(offer, op->name, strlen(op->name), "(");
    }
}

static void offer_statements(struct offer *offer) {
    static const char *const words[] = {"let", "for", "def", "end", "case", "skip", "source"};
    for (size_t i = 0; i < command_count(); i++) {
        if (!offer->cursor->after_thread ||
            !(command_at(i)->flags & CMD_ANY_THREAD)) /* no thread does what needs none */
            offer_word(offer, command_at(i)->name);
    }
    for (size_t i = 0; i < offer->in->def_count; i++) offer_word(offer, offer->in->def_list[i].name);
    for (size_t i = 0; i < sizeof words / sizeof *words && !offer->cursor->after_thread; i++)
        offer_word(offer, words[i]);
    if (!offer->cursor->after_thread && *offer->cursor->word) offer_threads(offer, ":");
    if (*offer->cursor->word) /* all of them only when asked for */
        offer_calls(offer);
}

/* ---- Ranges ---- */

static void offer_range(struct offer *offer, uint64_t first, uint64_t count) {
    struct buf text = {0};
    buf_format(&text, "%" PRIu64 " %" PRIu64, first, count);
    offer_text(offer, text.s, text.n);
    buf_free(&text);
}

static bool is_command(const struct cursor *cursor, const char *word) {
    return cursor->count && strcmp(cursor->words[0], word) == 0;
}

/* The ranges of requests that this command answers. */
static void offer_requests(struct offer *offer, zx_koid_t vmo) {
    zxp_request_view request;
    bool dirty = is_command(offer->cursor, "dirty"), fail = is_command(offer->cursor, "fail");
    for (size_t i = 0; zxp_request_at(offer->in->world, i, &request); i++) {
        bool fits = fail || (request.command == ZX_PAGER_VMO_DIRTY) == dirty;
        if (fits && request.vmo == vmo)
            offer_range(offer, request.offset / ZXP_PAGE_SIZE, request.length / ZXP_PAGE_SIZE);
    }
}

/* The runs of the page map that this command can do something with. */
static void offer_runs(struct offer *offer, zx_koid_t vmo, const char *letters) {
    enum { MOST = 32 };
    zxp_page_run run;
    uint64_t page = 0;
    for (unsigned k = 0; k < MOST && zxp_page_run_at(offer->in->world, vmo, page, &run); k++) {
        if (strchr(letters, run.letter)) offer_range(offer, run.first, run.count);
        page = run.first + run.count;
    }
}

static const char *letters_for(const struct cursor *cursor) {
    if (is_command(cursor, "writeback")) return cursor->count > 1 && strcmp(cursor->words[1], "end") == 0 ? "WY" : "DZ";
    return is_command(cursor, "evict") ? "C" : is_command(cursor, "decommit") ? "CP" : NULL;
}

static void offer_pages(struct offer *offer) {
    const struct cursor *cursor = offer->cursor;
    const char *letters = letters_for(cursor), *name = cursor->words[cursor->count - 1];
    const struct binding *binding = session_find(&offer->in->session, name, strlen(name));
    bool answers = is_command(cursor, "supply") || is_command(cursor, "fail") || is_command(cursor, "dirty");
    if (!binding) return;
    if (answers)
        offer_requests(offer, binding->koid);
    else if (letters)
        offer_runs(offer, binding->koid, letters);
}

/* ---- Slots of commands ---- */

static bool slot_is(const struct slot *slot, const char *text) {
    return slot->length == strlen(text) && memcmp(slot->text, text, slot->length) == 0;
}

static bool is_pager_command(const struct cursor *cursor) {
    static const char *const words[] = {"supply", "fail", "dirty", "writeback", "detach", "ranges", "stats", "take"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_command(cursor, words[i])) return true;
    }
    return false;
}

static bool makes_name(const struct cursor *cursor) {
    return cursor->count == 1 && (is_command(cursor, "create") || is_command(cursor, "anon"));
}

/* Everything that help and explain know. */
static void offer_topics(struct offer *offer) {
    for (size_t i = 0; i < command_count(); i++) offer_word(offer, command_at(i)->name);
    for (size_t i = 0; i < zxp_op_count(); i++) offer_word(offer, zxp_op_at(i)->name);
    for (uint16_t i = 1; *offer->cursor->word && i < zxp_rule_count(); i++) offer_word(offer, zxp_rule_info_of(i)->id);
    if (*offer->cursor->word) offer_constants(offer, "ZX_");
}

static void offer_rules(struct offer *offer) {
    offer_word(offer, "packet");
    for (uint16_t i = 1; i < zxp_rule_count(); i++) offer_word(offer, zxp_rule_info_of(i)->id);
}

/* `close NAME`, `show NAME` take what has a name; `create pager NAME`, `record NAME` make one. */
static void offer_named(struct offer *offer) {
    if (is_command(offer->cursor, "close"))
        offer_names(offer, NAMES_HANDLE, "", 0);
    else if (is_command(offer->cursor, "show"))
        offer_names(offer, ~0u, "", 0);
}

/* What stands in a slot, or behind the `=` of an option; 0: not one of these. */
static unsigned sets_for(const char *text, size_t length) {
    static const struct {
        const char *text;
        unsigned sets;
    } places[] = {{"T", NAMES_VMO | NAMES_MAPPING},
                  {"PORT", NAMES_PORT},
                  {"from=", NAMES_PLAIN},
                  {"pager=", NAMES_PAGER},
                  {"port=", NAMES_PORT}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strlen(places[i].text) == length && memcmp(places[i].text, text, length) == 0) return places[i].sets;
    }
    return 0;
}

static void offer_slot(struct offer *offer, const struct slot *slot) {
    const struct cursor *cursor = offer->cursor;
    offer_names(offer, sets_for(slot->text, slot->length), "", 0);
    if (slot_is(slot, "V") && !makes_name(cursor))
        offer_names(offer, is_pager_command(cursor) ? NAMES_PAGED : NAMES_VMO, "", 0);
    else if (slot_is(slot, "M") && !is_command(cursor, "map"))
        offer_names(offer, NAMES_MAPPING, "", 0);
    else if (slot_is(slot, "P"))
        offer_pages(offer);
    else if (slot_is(slot, "THREAD"))
        offer_threads(offer, "");
    else if (slot_is(slot, "NAME"))
        offer_named(offer);
    else if (slot_is(slot, "STATUS") || slot_is(slot, "OUTCOME"))
        offer_constants(offer, "ZX_ERR_");
    else if (slot_is(slot, "WORD"))
        offer_topics(offer);
    else if (slot_is(slot, "RULE"))
        offer_rules(offer);
}

static void offer_literal(struct offer *offer, const struct slot *slot) {
    const char *text;
    size_t length;
    for (size_t k = 0; syntax_alternative(slot, k, &text, &length); k++) {
        bool typed = text[length - 1] == '=' && strncmp(offer->cursor->word, text, length) == 0;
        if (typed)
            offer_names(offer, sets_for(text, length), text, length);
        else
            offer_text(offer, text, length);
    }
}

/* What the first open slot wants, and every literal that may stand here. Options come behind what must stand. */
static void offer_form(struct offer *offer, struct form *form) {
    const struct slot *next = syntax_next(form);
    if (next && !next->literal) offer_slot(offer, next);
    for (size_t i = 0; i < form->count; i++) {
        const struct slot *slot = &form->slots[i];
        if (slot->used || !slot->literal) continue;
        if (slot == next || (slot->optional && (!next || next->optional))) offer_literal(offer, slot);
        if (slot == next) return;
    }
}

static void offer_arguments(struct offer *offer, const struct command *command) {
    struct form form;
    for (size_t i = 0; syntax_form(command->syntax, i, &form); i++) {
        if (syntax_take(&form, offer->cursor->words + 1, offer->cursor->count - 1)) offer_form(offer, &form);
    }
}

/* ---- Arguments of calls ---- */

static const char *options_prefix(uint16_t op) {
    switch (op) {
    case ZXP_OP_VMO_CREATE_CHILD: return "ZX_VMO_CHILD_";
    case ZXP_OP_VMAR_MAP:
    case ZXP_OP_VMAR_PROTECT: return "ZX_VM_";
    case ZXP_OP_VMO_CREATE:
    case ZXP_OP_PAGER_CREATE_VMO: return "ZX_VMO_";
    case ZXP_OP_PAGER_OP_RANGE: return "ZX_PAGER_OP_";
    case ZXP_OP_VMO_OP_RANGE: return "ZX_VMO_OP_";
    case ZXP_OP_VMAR_OP_RANGE: return "ZX_VMAR_OP_";
    case ZXP_OP_OBJECT_WAIT_ASYNC: return "ZX_WAIT_ASYNC_";
    default: return "ZX_PAGER_";
    }
}

static void offer_parameter(struct offer *offer, zxp_param_kind kind) {
    switch (kind) {
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_VMO_OBJECT: offer_names(offer, NAMES_VMO, "", 0); break;
    case ZXP_PARAM_PAGER_VMO: offer_names(offer, NAMES_PAGED, "", 0); break;
    case ZXP_PARAM_PAGER: offer_names(offer, NAMES_PAGER, "", 0); break;
    case ZXP_PARAM_PORT: offer_names(offer, NAMES_PORT, "", 0); break;
    case ZXP_PARAM_HANDLE:
    case ZXP_PARAM_HANDLES:
    case ZXP_PARAM_WAIT_ITEMS:
    case ZXP_PARAM_EVENT:
    case ZXP_PARAM_VMAR: offer_names(offer, NAMES_HANDLE, "", 0); break;
    case ZXP_PARAM_ADDRESS: offer_names(offer, NAMES_MAPPING | NAMES_NUMBER, "", 0); break;
    case ZXP_PARAM_OPTIONS:
    case ZXP_PARAM_OPERATION: offer_constants(offer, options_prefix(offer->cursor->op->number)); break;
    case ZXP_PARAM_TOPIC: offer_constants(offer, "ZX_INFO_"); break;
    case ZXP_PARAM_PROPERTY: offer_constants(offer, "ZX_PROP_"); break;
    case ZXP_PARAM_POLICY: offer_constants(offer, "ZX_CACHE_POLICY_"); break;
    case ZXP_PARAM_RIGHTS: offer_constants(offer, "ZX_RIGHT"); break;
    case ZXP_PARAM_STATUS:
    case ZXP_PARAM_DATA: offer_constants(offer, "ZX_ERR_"); break;
    case ZXP_PARAM_DEADLINE: offer_constants(offer, "ZX_TIME_"); break;
    case ZXP_PARAM_BUFFER:
        offer_word(offer, "byte(");
        offer_word(offer, "hex(");
        offer_word(offer, "at(");
        break;
    default: offer_names(offer, NAMES_NUMBER, "", 0); break;
    }
    if (strncmp(offer->cursor->word, "ZX_", 3) == 0) offer_constants(offer, "ZX_");
}

/* ---- Expectations ---- */

static void offer_expectation(struct offer *offer) {
    static const char *const words[] = {"blocked", "fault", "killed",   "any",  "none",
                                        "READ",    "DIRTY", "COMPLETE", "ZX_OK"};
    if (offer->cursor->count && strcmp(offer->cursor->words[0], "fault") != 0) {
        offer_names(offer, NAMES_PAGED, "", 0);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words && !offer->cursor->count; i++) offer_word(offer, words[i]);
    offer_constants(offer, "ZX_ERR_");
}

void complete_at(const struct interp *in, const char *line, size_t length, struct candidates *out) {
    struct cursor cursor;
    cursor_parse(&cursor, line, length);
    struct offer offer = {.in = in, .cursor = &cursor, .out = out};
    *out = (struct candidates){.begin = cursor.word_begin};
    const struct command *command = cursor.count ? command_find(cursor.words[0], strlen(cursor.words[0])) : NULL;
    if (cursor.in_text)
        (void)0;
    else if (cursor.op && cursor.argument < cursor.op->param_count)
        offer_parameter(&offer, cursor.op->params[cursor.argument].kind);
    else if (cursor.expects)
        offer_expectation(&offer);
    else if (cursor.assigns)
        offer_calls(&offer);
    else if (cursor.count == 0)
        offer_statements(&offer);
    else if (command)
        offer_arguments(&offer, command);
    if (out->count) qsort(out->words, out->count, sizeof *out->words, compare);
    cursor_free(&cursor);
}

size_t complete_common(const struct candidates *candidates) {
    if (!candidates->count) return 0;
    size_t n = strlen(candidates->words[0]);
    for (size_t i = 1; i < candidates->count; i++) {
        size_t k = 0;
        while (k < n && candidates->words[i][k] == candidates->words[0][k]) k++;
        n = k;
    }
    return n;
}

void complete_free(struct candidates *candidates) {
    for (size_t i = 0; i < candidates->count; i++) free(candidates->words[i]);
    free(candidates->words);
    *candidates = (struct candidates){0};
}
