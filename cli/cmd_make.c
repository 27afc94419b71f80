/* cmd_make.c - commands that make and close objects and mappings. */
#include <string.h>

#include "call.h"
#include "cmd.h"
#include "commands.h"
#include "names.h"

struct flag {
    const char *word;
    uint64_t bit;
};

/* Takes a keyword of the list; an error if it stands there twice. */
static bool take_flag(struct stmt *s, const struct flag *flags, uint64_t *options, bool *good) {
    for (; flags->word; flags++) {
        if (!stmt_take_keyword(s, flags->word)) continue;
        if (*options & flags->bit)
            *good = stmt_error(s, s->words[s->at_word - 1].begin, "`%s' stands here twice", flags->word);
        *options |= flags->bit;
        return true;
    }
    return false;
}

/* ---- create, anon ---- */

static bool create_object(struct stmt *s, uint16_t op, const char *what) {
    struct span name;
    zxp_op_call call = {.op = op};
    s->op = op;
    if (!stmt_take_name(s, what, &name) || !stmt_end(s) || !expect_check_fields(s, op, false) || !stmt_call(s, &call))
        return false;
    call_bind(s, name, &call);
    return true;
}

struct creation {
    uint64_t pages, options, key, pager, port;
    bool has_key, has_pager, has_port;
};

static bool named_handle(struct stmt *s, struct span value, uint64_t *handle) {
    struct binding binding;
    if (!span_is_name(&s->text, value)) return stmt_error(s, value.begin, "a name is missing here");
    if (!stmt_binding(s, value, &binding)) return false;
    *handle = binding.value;
    return true;
}

/* key=, pager=, port= */
static bool take_value(struct stmt *s, struct creation *c, bool *good) {
    struct span value;
    bool *given = NULL;
    if (cmd_take_option(s, "key=", &value)) {
        given = &c->has_key;
        *good = stmt_eval(s, value, 0, &c->key);
    } else if (cmd_take_option(s, "pager=", &value)) {
        given = &c->has_pager;
        *good = named_handle(s, value, &c->pager);
    } else if (cmd_take_option(s, "port=", &value)) {
        given = &c->has_port;
        *good = named_handle(s, value, &c->port);
    }
    if (given && *given && *good) *good = stmt_error(s, value.begin, "this stands here twice");
    if (given) *given = true;
    return given != NULL;
}

static bool take_creation(struct stmt *s, struct creation *c) {
    static const struct flag flags[] = {
        {"resizable", ZX_VMO_RESIZABLE}, {"trap-dirty", ZX_VMO_TRAP_DIRTY}, {"unbounded", ZX_VMO_UNBOUNDED}, {NULL, 0}};
    bool good = true;
    if (!stmt_take_pages(s, "a number of pages", &c->pages)) return false;
    while (good && stmt_more(s)) {
        if (!take_flag(s, flags, &c->options, &good) && !take_value(s, c, &good)) good = stmt_end(s);
    }
    return good;
}

static uint64_t predefined(struct stmt *s, const char *name) {
    struct binding *binding = names_binding(s->in, name, strlen(name));
    return binding ? binding->value : 0;
}

bool cmd_create(struct stmt *s) {
    struct span name;
    struct creation c = {0};
    if (stmt_take_keyword(s, "pager")) return create_object(s, ZXP_OP_PAGER_CREATE, "a pager's name");
    if (stmt_take_keyword(s, "port")) return create_object(s, ZXP_OP_PORT_CREATE, "a port's name");
    if (!stmt_take_name(s, "a VMO's name", &name) || !take_creation(s, &c)) return false;
    if (!c.has_pager) c.pager = predefined(s, "pager");
    if (!c.has_port) c.port = predefined(s, "port");
    if (!c.has_key) c.key = s->in->session.next_key++;
    zxp_op_call call = {.op = ZXP_OP_PAGER_CREATE_VMO,
                        .args = {c.pager, c.options, c.port, c.key, c.pages * ZXP_PAGE_SIZE}};
    if (!stmt_call(s, &call)) return false;
    call_bind(s, name, &call);
    return true;
}

bool cmd_anon(struct stmt *s) {
    static const struct flag flags[] = {{"resizable", ZX_VMO_RESIZABLE},
                                        {"discardable", ZX_VMO_DISCARDABLE},
                                        {"unbounded", ZX_VMO_UNBOUNDED},
                                        {NULL, 0}};
    struct span name;
    uint64_t pages, options = 0;
    bool good = true;
    if (!stmt_take_name(s, "a VMO's name", &name) || !stmt_take_pages(s, "a number of pages", &pages)) return false;
    while (good && stmt_more(s)) {
        if (!take_flag(s, flags, &options, &good)) good = stmt_end(s);
    }
    zxp_op_call call = {.op = ZXP_OP_VMO_CREATE, .args = {pages * ZXP_PAGE_SIZE, options}};
    if (!good || !stmt_call(s, &call)) return false;
    call_bind(s, name, &call);
    return true;
}

/* ---- clone ---- */

static const struct flag clone_kinds[] = {
    {"snapshot", ZX_VMO_CHILD_SNAPSHOT},          {"at-least-on-write", ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE},
    {"modified", ZX_VMO_CHILD_SNAPSHOT_MODIFIED}, {"slice", ZX_VMO_CHILD_SLICE},
    {"reference", ZX_VMO_CHILD_REFERENCE},        {NULL, 0}};

struct cloning {
    uint64_t kind, options, offset, length;
    bool ranged;
};

static bool take_cloning(struct stmt *s, struct cloning *c) {
    static const struct flag flags[] = {
        {"resizable", ZX_VMO_CHILD_RESIZABLE}, {"no-write", ZX_VMO_CHILD_NO_WRITE}, {NULL, 0}};
    static const char *const keywords[] = {"snapshot",  "at-least-on-write", "modified", "slice",
                                           "reference", "resizable",         "no-write", NULL};
    bool good = true;
    while (good && stmt_more(s)) {
        struct span word = s->words[s->at_word];
        uint64_t kind = 0;
        if (take_flag(s, clone_kinds, &kind, &good)) {
            good = !c->kind || stmt_error(s, word.begin, "a child is of one kind only");
            c->kind = kind;
        } else if (!take_flag(s, flags, &c->options, &good)) {
            good = !c->ranged || stmt_end(s);
            good = good && cmd_take_optional_range(s, keywords, &c->ranged, &c->offset, &c->length);
        }
    }
    return good;
}

bool cmd_clone(struct stmt *s) {
    struct span name;
    struct binding parent;
    struct cloning c = {0};
    if (!stmt_take_name(s, "the child's name", &name) || !cmd_take_vmo(s, &parent) || !take_cloning(s, &c))
        return false;
    if (!c.kind) c.kind = ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE;
    if (!c.ranged && c.kind != ZX_VMO_CHILD_REFERENCE) /* a reference takes no range: 0, 0 (chapter 6 section 3.4) */
        c.length = cmd_size(s, parent.koid);
    zxp_op_call call = {.op = ZXP_OP_VMO_CREATE_CHILD, .args = {parent.value, c.kind | c.options, c.offset, c.length}};
    if (!stmt_call(s, &call)) return false;
    call_bind(s, name, &call);
    return true;
}

/* ---- map, unmap, protect ---- */

static const struct flag permissions[] = {{"r", ZX_VM_PERM_READ},
                                          {"rw", ZX_VM_PERM_READ | ZX_VM_PERM_WRITE},
                                          {"rx", ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE},
                                          {"rwx", ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE},
                                          {NULL, 0}};

static const char *const map_keywords[] = {"r", "rw", "rx", "rwx", "map-range", "no-allow-faults", NULL};

static uint64_t take_permissions(struct stmt *s) {
    for (const struct flag *flag = permissions; flag->word; flag++) {
        if (stmt_take_keyword(s, flag->word)) return flag->bit;
    }
    return 0;
}

struct mapping {
    uint64_t permissions, options, offset, length;
    bool ranged;
};

static bool take_mapping(struct stmt *s, struct mapping *m) {
    static const struct flag flags[] = {
        {"map-range", ZX_VM_MAP_RANGE}, {"no-allow-faults", ZX_VM_ALLOW_FAULTS}, {NULL, 0}};
    bool good = true;
    while (good && stmt_more(s)) {
        struct span word = s->words[s->at_word];
        uint64_t found = take_permissions(s);
        if (found) {
            good = !m->permissions || stmt_error(s, word.begin, "permissions stand here twice");
            m->permissions = found;
        } else if (!take_flag(s, flags, &m->options, &good)) {
            good = !m->ranged || stmt_end(s);
            good = good && cmd_take_optional_range(s, map_keywords, &m->ranged, &m->offset, &m->length);
        }
    }
    m->options ^= ZX_VM_ALLOW_FAULTS; /* left out: allowed */
    return good;
}

bool cmd_map(struct stmt *s) {
    struct span name;
    struct binding vmo;
    struct mapping m = {0};
    if (!stmt_take_name(s, "the mapping's name", &name) || !cmd_take_vmo(s, &vmo) || !take_mapping(s, &m)) return false;
    if (!m.permissions) m.permissions = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
    if (!m.ranged) m.length = cmd_size(s, vmo.koid);
    zxp_op_call call = {
        .op = ZXP_OP_VMAR_MAP,
        .args = {zxp_root_vmar(s->in->world), m.permissions | m.options, 0, vmo.value, m.offset, m.length}};
    if (!stmt_call(s, &call)) return false;
    call_bind(s, name, &call);
    return true;
}

/* M, and its range: [P N] or all that was mapped. */
static bool take_mapped(struct stmt *s, struct target *target) {
    struct span word = stmt_more(s) ? s->words[s->at_word] : s->body;
    if (!cmd_take_target(s, target)) return false;
    return target->mapping || target->value == 0 || s->in->options.dry ||
           stmt_error(s, word.begin, "a mapping is missing here");
}

static bool take_mapped_range(struct stmt *s, struct target *target) {
    bool given;
    uint64_t offset = 0;
    if (!cmd_take_optional_range(s, NULL, &given, &offset, &target->length)) return false;
    target->value += offset;
    return stmt_end(s);
}

bool cmd_unmap(struct stmt *s) {
    struct target target;
    if (!take_mapped(s, &target) || !take_mapped_range(s, &target)) return false;
    return stmt_op(s, ZXP_OP_VMAR_UNMAP, 3, (uint64_t[]){zxp_root_vmar(s->in->world), target.value, target.length});
}

bool cmd_protect(struct stmt *s) {
    struct target target;
    if (!take_mapped(s, &target)) return false;
    bool none = stmt_take_keyword(s, "none");
    uint64_t options = none ? 0 : take_permissions(s);
    if (!none && !options)
        return stmt_error(s, stmt_more(s) ? s->words[s->at_word].begin : s->body.end,
                          "permissions are missing: r, rw or none");
    if (!take_mapped_range(s, &target)) return false;
    return stmt_op(s, ZXP_OP_VMAR_PROTECT, 4,
                   (uint64_t[]){zxp_root_vmar(s->in->world), options, target.value, target.length});
}

/* ---- close ---- */

bool cmd_close(struct stmt *s) {
    size_t count = s->word_count - 1;
    uint64_t *handles = pool_alloc(&s->pool, (count + 1) * sizeof *handles);
    if (!count) return stmt_error(s, s->body.end, "a name is missing here");
    for (size_t i = 0; i < count; i++) {
        struct span word;
        struct binding binding;
        if (!stmt_take_name(s, "what is closed", &word) || !stmt_binding(s, word, &binding)) return false;
        handles[i] = binding.value;
    }
    zx_status_t first = ZX_OK;
    for (size_t i = 0; i < count; i++) {
        if (!stmt_op(s, ZXP_OP_HANDLE_CLOSE, 1, &handles[i])) return false;
        if (first == ZX_OK) first = s->outcome.status;
    }
    if (count > 1) cmd_set_result(s, first);
    return true;
}
