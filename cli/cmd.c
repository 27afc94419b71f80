#include "cmd.h"

#include <string.h>

#include "names.h"
#include "scene.h"

static zx_koid_t koid_of(const struct stmt *s, const struct binding *binding) {
    if (binding->koid || binding->kind == BIND_MAPPING) return binding->koid;
    return zxp_koid_of(s->in->world, (zx_handle_t)binding->value);
}

bool cmd_take_vmo(struct stmt *s, struct binding *binding) {
    struct span word;
    if (!stmt_take_name(s, "a VMO", &word) || !stmt_binding(s, word, binding)) return false;
    if (binding->kind == BIND_MAPPING)
        return stmt_error(s, word.begin, "`%.*s' is a mapping, not a VMO", (int)span_length(word),
                          s->text.s + word.begin);
    binding->koid = koid_of(s, binding);
    return true;
}

bool cmd_take_target(struct stmt *s, struct target *target) {
    struct span word;
    struct binding binding;
    if (!stmt_take_name(s, "a VMO or a mapping", &word) || !stmt_binding(s, word, &binding)) return false;
    /* a number is the address of a page or a handle: handle values have their lowest bits set (chapter 1 section 4.1)
     * */
    bool address = binding.kind == BIND_NUMBER && binding.value && binding.value % ZXP_PAGE_SIZE == 0;
    *target = (struct target){.mapping = binding.kind == BIND_MAPPING || address, .value = binding.value};
    target->length = binding.length;
    if (!target->mapping) target->koid = koid_of(s, &binding);
    return true;
}

static bool is_keyword(const struct stmt *s, struct span word, const char *const *keywords) {
    for (; keywords && *keywords; keywords++) {
        size_t n = strlen(*keywords); /* "byte=" stands for a prefix */
        bool prefix = (*keywords)[n - 1] == '=' || (*keywords)[n - 1] == '_';
        if (prefix ? span_begins(&s->text, word, *keywords) : span_is(&s->text, word, *keywords)) return true;
    }
    return false;
}

static bool number_next(const struct stmt *s, const char *const *keywords) {
    return stmt_more(s) && !is_keyword(s, s->words[s->at_word], keywords);
}

bool cmd_take_range(struct stmt *s, const char *const *keywords, uint64_t *offset, uint64_t *length) {
    *length = 1;
    if (!stmt_take_pages(s, "a page", offset)) return false;
    if (number_next(s, keywords) && !stmt_take_pages(s, "a page count", length)) return false;
    *offset *= ZXP_PAGE_SIZE;
    *length *= ZXP_PAGE_SIZE;
    return true;
}

bool cmd_take_optional_range(struct stmt *s, const char *const *keywords, bool *given, uint64_t *offset,
                             uint64_t *length) {
    *given = number_next(s, keywords);
    if (!*given) return true;
    if (!stmt_take_pages(s, "a page", offset)) return false;
    if (!number_next(s, keywords))
        return stmt_error(s, stmt_more(s) ? s->words[s->at_word].begin : s->body.end,
                          "a page count is missing: page and count stand together");
    if (!stmt_take_pages(s, "a page count", length)) return false;
    *offset *= ZXP_PAGE_SIZE;
    *length *= ZXP_PAGE_SIZE;
    return true;
}

bool cmd_take_option(struct stmt *s, const char *name, struct span *value) {
    size_t n = strlen(name);
    if (!stmt_more(s) || !span_begins(&s->text, s->words[s->at_word], name)) return false;
    *value = (struct span){s->words[s->at_word].begin + n, s->words[s->at_word].end};
    s->at_word++;
    return true;
}

bool cmd_take_file(struct stmt *s, const char *name, struct buf *path, bool *well) {
    struct span value;
    if (!cmd_take_option(s, name, &value)) return false;
    buf_clear(path);
    buf_add(path, s->text.s + value.begin, span_length(value));
    if (path->n == 0)
        *well = stmt_error(s, value.begin, "a file's name is missing");
    else
        *well = !s->in->options.no_files || stmt_error(s, value.begin, "writing a file is refused (--no-files)");
    return true;
}

void cmd_tell_page(struct stmt *s, const struct interp *from, const char *script, const struct buf *path) {
    char reason[300];
    if (path->n == 0) return;
    bool written = scene_page_to(from, script, path->s, reason, sizeof reason);
    interp_printf(s->in, written ? "replayed by %s\n" : "no page: %s\n", written ? path->s : reason);
}

bool cmd_take_profile(struct stmt *s, zxp_profile *profile) {
    struct span word;
    if (!stmt_take_word(s, "2018, 2020 or head", &word)) return false;
    bool head = span_is(&s->text, word, "head"), old = span_is(&s->text, word, "2018");
    if (!head && !old && !span_is(&s->text, word, "2020"))
        return stmt_error(s, word.begin, "unknown profile; there are 2018, 2020 and head");
    *profile = head ? ZXP_PROFILE_HEAD : old ? ZXP_PROFILE_2018 : ZXP_PROFILE_2020;
    return true;
}

uint64_t cmd_pager(struct stmt *s, const struct binding *binding) {
    struct vmo_fact fact;
    if (names_fact(s->in, binding, &fact)) return fact.pager;
    struct binding *pager = names_binding(s->in, "pager", 5);
    return pager ? pager->value : 0;
}

uint64_t cmd_size(const struct stmt *s, zx_koid_t koid) {
    zxp_object_view view;
    return koid && zxp_object_get(s->in->world, koid, &view) ? view.size : 0;
}

bool cmd_ok(const struct stmt *s) { return s->outcome.kind == OUT_STATUS && s->outcome.status == ZX_OK; }

void cmd_set_result(struct stmt *s, zx_status_t status) {
    if (s->in->options.dry) return;
    struct thread_record *record = session_record(&s->in->session, s->thread);
    record->has_result = true;
    record->result = status;
    s->outcome = (struct outcome){.kind = OUT_STATUS, .status = status, .thread = s->thread};
}

void cmd_set_status(struct stmt *s, zx_status_t status) {
    if (!s->in->options.dry) s->outcome = (struct outcome){.kind = OUT_STATUS, .status = status, .own = true};
}
