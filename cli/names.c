#include "names.h"

#include <string.h>

#include "exec.h"

static bool same(const char *word, const char *name, size_t length) {
    return strlen(word) == length && memcmp(word, name, length) == 0;
}

/* LANGUAGE.md section 1: made once, when a statement first mentions or
 * needs them; a closed one is not made again, because its name stays bound. */
static struct binding *make_predefined(struct interp *in, const char *name, size_t length) {
    uint16_t op = same("pager", name, length)  ? ZXP_OP_PAGER_CREATE
                  : same("port", name, length) ? ZXP_OP_PORT_CREATE
                                               : ZXP_OP_NONE;
    if (op == ZXP_OP_NONE) return NULL;
    zx_handle_t handle = exec_make(in, op);
    names_bind_handle(in, name, length, handle, false);
    return session_find(&in->session, name, length);
}

struct binding *names_binding(struct interp *in, const char *name, size_t length) {
    struct binding *binding = session_find(&in->session, name, length);
    return binding ? binding : make_predefined(in, name, length);
}

bool names_value(struct interp *in, const char *name, size_t length, uint64_t *value) {
    struct binding *binding = names_binding(in, name, length);
    if (binding) {
        *value = binding->value;
        return true;
    }
    if (length > 3 && memcmp(name, "ZX_", 3) == 0 && zxp_constant_by_name(name, length, value)) return true;
    *value = 1; /* a dry run does not know what a name would be worth */
    return in->options.dry && memcmp(name, "ZX_", length < 3 ? length : 3) != 0;
}

static void suggest_constants(struct suggestion *s) {
    for (size_t i = 0; i < zxp_constant_count(); i++) suggest_try(s, zxp_constant_name(i));
}

static void suggest_names(const struct interp *in, const struct scope *scope, struct suggestion *s) {
    suggest_try(s, "pager");
    suggest_try(s, "port");
    for (size_t i = 0; i < in->session.names.count; i++) suggest_try(s, in->session.names.entries[i].name);
    for (size_t i = 0; scope && i < scope->count; i++) suggest_try(s, scope->names[i]);
}

bool names_unknown(struct interp *in, struct source *source, size_t at, struct scope *scope, const char *name,
                   size_t length) {
    struct suggestion s;
    struct scope *outer;
    bool constant = length >= 3 && memcmp(name, "ZX_", 3) == 0;
    int shown = length > 60 ? 60 : (int)length;
    if (scope_find(in, scope, name, length, &outer))
        return interp_error(in, source, at, "unbound name `%.*s'; the parameter is written `$%.*s' here", shown, name,
                            shown, name);
    suggest_begin(&s, name, length);
    if (constant)
        suggest_constants(&s);
    else
        suggest_names(in, scope, &s);
    const char *best = suggest_best(&s);
    return interp_error(in, source, at, "%s `%.*s'%s%s%s", constant ? "unknown constant" : "unbound name", shown, name,
                        best ? "; did you mean `" : "", best ? best : "", best ? "'?" : "");
}

void names_bind_handle(struct interp *in, const char *name, size_t length, zx_handle_t handle, bool vmo) {
    struct binding binding = {.kind = vmo ? BIND_VMO : BIND_HANDLE, .value = handle};
    zxp_object_view view;
    binding.koid = handle ? zxp_koid_of(in->world, handle) : 0;
    if (binding.koid && zxp_object_get(in->world, binding.koid, &view))
        binding.kind = view.type == ZX_OBJ_TYPE_VMO ? BIND_VMO : BIND_HANDLE;
    session_bind(&in->session, name, length, binding);
}

bool names_fact(const struct interp *in, const struct binding *binding, struct vmo_fact *fact) {
    zx_koid_t koid = binding->koid;
    if (!koid && binding->kind == BIND_NUMBER) koid = zxp_koid_of(in->world, (zx_handle_t)binding->value);
    const struct vmo_fact *found = koid ? session_fact(&in->session, koid) : NULL;
    if (found) *fact = *found;
    return found != NULL;
}
