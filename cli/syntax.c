#include "syntax.h"

#include <string.h>

/* ---- Parsing ---- */

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/* Words in small letters, alternatives of several words, and KEY= are themselves; V, P, NAME stand for something. */
static bool is_literal(const struct slot *slot) {
    const char *bar = memchr(slot->text, '|', slot->length), *equal = memchr(slot->text, '=', slot->length);
    return bar || equal || (slot->length && is_lower(slot->text[0]));
}

static bool is_capitals(const struct slot *slot) {
    static const char *const words[] = {"READ", "DIRTY", "COMPLETE"};
    for (size_t i = 0; i < 3; i++) {
        if (strlen(words[i]) == slot->length && memcmp(words[i], slot->text, slot->length) == 0) return true;
    }
    return false;
}

static void add_slot(struct form *form, struct slot slot) {
    if (slot.length == 3 && memcmp(slot.text, "...", 3) == 0) {
        if (form->count) form->slots[form->count - 1].repeats = true;
        return;
    }
    if (form->count == SLOTS) return;
    slot.literal = is_literal(&slot) || is_capitals(&slot);
    form->slots[form->count++] = slot;
}

/* Length of the word at s; brackets inside it belong to it. */
static size_t word_length(const char *s, const char *stops) {
    size_t n = 0, depth = 0;
    for (; s[n]; n++) {
        if (depth == 0 && strchr(stops, s[n])) break;
        depth += s[n] == '[';
        depth -= s[n] == ']' && depth;
    }
    return n;
}

/* `[...]`: one slot, or two of `[P N]`. */
static const char *parse_group(const char *s, struct form *form) {
    bool first = true;
    for (s++; *s && *s != ']';) {
        size_t n = word_length(s, " ]");
        add_slot(form, (struct slot){.text = s, .length = n, .optional = true, .opens = first, .closes = s[n] == ']'});
        first = false;
        s += n;
        s += strspn(s, " ");
    }
    return *s ? s + 1 : s;
}

static void parse_form(const char *s, const char *end, struct form *form) {
    *form = (struct form){0};
    s += strcspn(s, " ,");
    while (s < end) {
        s += strspn(s, " ");
        if (s >= end) return;
        if (*s == '[') {
            s = parse_group(s, form);
            continue;
        }
        size_t n = word_length(s, " ,");
        add_slot(form, (struct slot){.text = s, .length = n});
        s += n;
    }
}

bool syntax_form(const char *syntax, size_t i, struct form *form) {
    const char *end = syntax + word_length(syntax, ",");
    for (; i && *end; i--) {
        syntax = end + 1 + strspn(end + 1, " ");
        end = syntax + word_length(syntax, ",");
    }
    if (i) return false;
    parse_form(syntax, end, form);
    return true;
}

/* ---- Matching ---- */

bool syntax_alternative(const struct slot *slot, size_t k, const char **text, size_t *length) {
    const char *s = slot->text, *end = slot->text + slot->length;
    if (memchr(s, '=', slot->length)) { /* key=K: up to the sign */
        *text = s;
        *length = (size_t)((const char *)memchr(s, '=', slot->length) - s) + 1;
        return k == 0;
    }
    for (; k && s < end; k--) {
        const char *bar = memchr(s, '|', (size_t)(end - s));
        s = bar ? bar + 1 : end;
    }
    const char *bar = s < end ? memchr(s, '|', (size_t)(end - s)) : NULL;
    *text = s;
    *length = (size_t)((bar ? bar : end) - s);
    return s < end;
}

static bool matches(const struct slot *slot, const char *word) {
    const char *text;
    size_t length;
    for (size_t k = 0; syntax_alternative(slot, k, &text, &length); k++) {
        bool key = length && text[length - 1] == '=';
        if (strncmp(word, text, length) == 0 && (key || !word[length])) return true;
    }
    return false;
}

static struct slot *literal_for(struct form *form, const char *word) {
    for (size_t i = 0; i < form->count; i++) {
        if (!form->slots[i].used && form->slots[i].literal && matches(&form->slots[i], word)) return &form->slots[i];
    }
    return NULL;
}

struct slot *syntax_next(struct form *form) {
    for (size_t i = 0; i < form->count; i++) {
        struct slot *slot = &form->slots[i];
        if (!slot->used && !(slot->literal && slot->optional)) return slot;
    }
    return NULL;
}

static bool take_one(struct form *form, const char *word) {
    struct slot *slot = literal_for(form, word);
    if (!slot) {
        slot = syntax_next(form);
        if (!slot || slot->literal) return false;
    }
    slot->used = !slot->repeats;
    return true;
}

bool syntax_take(struct form *form, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!take_one(form, words[i])) return false;
    }
    return true;
}

void syntax_rest(const struct form *form, struct buf *out) {
    for (size_t i = 0; i < form->count; i++) {
        const struct slot *slot = &form->slots[i];
        if (slot->used) continue;
        bool half = slot->optional && !slot->opens && form->slots[i - 1].used; /* N of [P N], P stands */
        buf_format(out, "%s%s%.*s%s%s", out->n ? " " : "", slot->optional && slot->opens ? "[" : "", (int)slot->length,
                   slot->text, slot->optional && slot->closes && !half ? "]" : "", slot->repeats ? " ..." : "");
    }
}
