#include "call.h"

#include <string.h>

#include "exec.h"
#include "names.h"

enum { MOST_ARGUMENTS = 16 };

struct arguments {
    struct span list[MOST_ARGUMENTS];
    size_t count;
};

static bool unknown_call(struct stmt *s, struct span name) {
    struct suggestion suggestion;
    suggest_begin(&suggestion, s->text.s + name.begin, span_length(name));
    for (size_t i = 0; i < zxp_op_count(); i++) suggest_try(&suggestion, zxp_op_at(i)->name);
    return stmt_unknown(s, name, "call", &suggestion);
}

/* Offset of the bracket that closes the one at `open`; span end if none does. */
static size_t closing(const struct text *text, size_t open, size_t end) {
    size_t depth = 0;
    for (size_t i = open; i < end; i++) {
        char c = text->s[i];
        if (c == '"') {
            i = text_skip_quote(text, i, end) - 1;
            continue;
        }
        depth += c == '(' || c == '[';
        if ((c == ')' || c == ']') && --depth == 0) return i;
    }
    return end;
}

static bool split(struct stmt *s, struct span inside, struct arguments *arguments) {
    arguments->count = 0;
    if (span_trim(&s->text, inside).begin >= span_trim(&s->text, inside).end) return true;
    for (size_t at = inside.begin;;) {
        size_t comma = text_find(&s->text, (struct span){at, inside.end}, ",");
        struct span one = span_trim(&s->text, (struct span){at, comma});
        if (one.begin >= one.end) return stmt_error(s, comma, "an argument is missing here");
        if (arguments->count == MOST_ARGUMENTS) return stmt_error(s, one.begin, "too many arguments");
        arguments->list[arguments->count++] = one;
        if (comma >= inside.end) return true;
        at = comma + 1;
    }
}

/* ---- Lists ---- */

static bool list_inside(struct stmt *s, struct span span, struct span *inside) {
    if (s->text.s[span.begin] != '[' || s->text.s[span.end - 1] != ']')
        return stmt_error(s, span.begin, "a list in brackets is missing here: [h, ...]");
    *inside = span_trim(&s->text, (struct span){span.begin + 1, span.end - 1});
    return true;
}

static size_t count_items(const struct stmt *s, struct span inside) {
    size_t count = inside.begin < inside.end;
    for (size_t at = inside.begin; (at = text_find(&s->text, (struct span){at, inside.end}, ",")) < inside.end; at++)
        count++;
    return count;
}

/* Takes the item at *at, and steps over its comma. */
static struct span next_item(const struct stmt *s, struct span inside, size_t *at) {
    size_t comma = text_find(&s->text, (struct span){*at, inside.end}, ",");
    struct span item = span_trim(&s->text, (struct span){*at, comma});
    *at = comma + 1;
    return item;
}

static bool parse_handles(struct stmt *s, struct span span, zxp_op_call *call) {
    struct span inside;
    if (!list_inside(s, span, &inside)) return false;
    size_t count = count_items(s, inside), at = inside.begin;
    zx_handle_t *handles = pool_alloc(&s->pool, count * sizeof *handles);
    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        if (!stmt_eval(s, next_item(s, inside, &at), 0, &value)) return false;
        handles[i] = (zx_handle_t)value;
    }
    call->handles = handles;
    call->count = (uint32_t)count;
    return true;
}

static bool parse_item(struct stmt *s, struct span item, zxp_wait_item *out) {
    size_t colon = text_find(&s->text, item, ":");
    uint64_t handle, signals;
    if (colon >= item.end) return stmt_error(s, item.begin, "an item of this list is HANDLE:SIGNALS");
    if (!stmt_eval(s, (struct span){item.begin, colon}, 0, &handle) ||
        !stmt_eval(s, (struct span){colon + 1, item.end}, 0, &signals))
        return false;
    *out = (zxp_wait_item){(zx_handle_t)handle, (zx_signals_t)signals};
    return true;
}

static bool parse_items(struct stmt *s, struct span span, zxp_op_call *call) {
    struct span inside;
    if (!list_inside(s, span, &inside)) return false;
    size_t count = count_items(s, inside), at = inside.begin;
    zxp_wait_item *items = pool_alloc(&s->pool, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (!parse_item(s, next_item(s, inside, &at), &items[i])) return false;
    }
    call->items = items;
    call->count = (uint32_t)count;
    return true;
}

/* ---- Single arguments ---- */

/* A VMO by name, also after its handle is closed; else a koid. */
static bool parse_object(struct stmt *s, struct span span, uint64_t *value) {
    struct binding binding;
    if (!span_is_name(&s->text, span) || span_begins(&s->text, span, "ZX_")) return stmt_eval(s, span, 0, value);
    if (!stmt_binding(s, span, &binding)) return false;
    *value = binding.kind == BIND_VMO ? binding.koid : binding.value;
    return true;
}

static bool parse_thread(struct stmt *s, struct span span, uint64_t *value) {
    uint32_t thread;
    if (!span_is_name(&s->text, span) ||
        !session_thread(&s->in->session, s->text.s + span.begin, span_length(span), &thread))
        return stmt_eval(s, span, 0, value);
    *value = thread;
    return true;
}

/* The value of zx_object_set_property: a text for ZX_PROP_NAME. */
static bool parse_value(struct stmt *s, struct span span, zxp_op_call *call, size_t i) {
    if (s->text.s[span.begin] == '"' || span_begins(&s->text, span, "hex(")) return stmt_buffer(s, span, &call->buffer);
    return stmt_eval(s, span, 0, &call->args[i]);
}

static bool parse_argument(struct stmt *s, const zxp_op_info *op, size_t i, struct span span, zxp_op_call *call) {
    switch (op->params[i].kind) {
    case ZXP_PARAM_HANDLES: return parse_handles(s, span, call);
    case ZXP_PARAM_WAIT_ITEMS: return parse_items(s, span, call);
    case ZXP_PARAM_BUFFER: return stmt_buffer(s, span, &call->buffer);
    case ZXP_PARAM_VMO_OBJECT: return parse_object(s, span, &call->args[i]);
    case ZXP_PARAM_THREAD: return parse_thread(s, span, &call->args[i]);
    case ZXP_PARAM_VALUE: return parse_value(s, span, call, i);
    default: break;
    }
    if (!stmt_eval(s, span, 0, &call->args[i])) return false;
    if (op->params[i].bits == 32)
        call->args[i] = (uint32_t)call->args[i]; /* as C cuts it; the core extends signed ones again */
    return true;
}

/* The calls that can copy out to user memory take at(ADDRESS) behind their arguments. */
static bool has_output(const zxp_op_info *op) {
    return op->number == ZXP_OP_VMO_READ || op->number == ZXP_OP_PAGER_QUERY_DIRTY_RANGES;
}

static bool parse_output(struct stmt *s, struct span span, zxp_op_call *call) {
    if (!stmt_buffer(s, span, &call->buffer)) return false;
    if (call->buffer.kind != ZXP_BUFFER_USER)
        return stmt_error(s, span.begin, "only at(ADDRESS) may stand here: where to copy out to");
    return true;
}

/* LANGUAGE.md section 1: the length of a buffer is the call's length. */
static bool check_length(struct stmt *s, const zxp_op_info *op, const zxp_op_call *call, const struct arguments *args) {
    if (call->buffer.kind != ZXP_BUFFER_BYTES || s->in->options.dry) return true;
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].kind != ZXP_PARAM_BUFFER) continue;
        size_t k = i + 1;
        while (k < op->param_count && op->params[k].kind != ZXP_PARAM_BYTE_COUNT) k++;
        if (k < op->param_count && call->args[k] != call->buffer.length)
            return stmt_error(s, args->list[i].begin, "the buffer has %llu bytes, the call's length is %llu",
                              (unsigned long long)call->buffer.length, (unsigned long long)call->args[k]);
    }
    return true;
}

static bool parse_arguments(struct stmt *s, const zxp_op_info *op, struct arguments *args, size_t end,
                            zxp_op_call *call) {
    size_t most = op->param_count + (size_t)has_output(op);
    if (args->count < op->param_count)
        return stmt_error(s, end, "%s takes %u argument%s, `%s' is missing", op->name, op->param_count,
                          op->param_count == 1 ? "" : "s", op->params[args->count].name);
    if (args->count > most)
        return stmt_error(s, args->list[most].begin, "%s takes only %zu argument%s", op->name, most,
                          most == 1 ? "" : "s");
    for (size_t i = 0; i < op->param_count; i++) {
        if (!parse_argument(s, op, i, args->list[i], call)) return false;
    }
    if (args->count > op->param_count && !parse_output(s, args->list[op->param_count], call)) return false;
    return check_length(s, op, call, args);
}

bool call_parse(struct stmt *s, struct span span, zxp_op_call *call, size_t *end) {
    size_t open = text_find(&s->text, span, "(");
    struct span name = {span.begin, open};
    const zxp_op_info *op = zxp_op_by_name(s->text.s + name.begin, span_length(name));
    if (!op) return unknown_call(s, name);
    size_t close = closing(&s->text, open, span.end);
    if (close >= span.end) return stmt_error(s, open, "`(' without `)'");
    struct arguments arguments;
    *call = (zxp_op_call){.op = op->number};
    *end = close + 1;
    s->op = op->number;
    return split(s, (struct span){open + 1, close}, &arguments) && parse_arguments(s, op, &arguments, close, call);
}

bool call_make(struct stmt *s, zxp_op_call *call) {
    if (!stmt_call(s, call)) return false;
    if (call->op == ZXP_OP_VMO_READ) session_record(&s->in->session, s->thread)->origin = call->args[1];
    if (call->op == ZXP_OP_LOAD) session_record(&s->in->session, s->thread)->origin = call->args[0];
    return true;
}

/* ---- NAME = CALL ---- */

const char *call_result_field(const zxp_op_info *op) {
    for (size_t i = 0; i < op->field_count; i++) {
        if (strcmp(op->fields[i], "handle") == 0 || strcmp(op->fields[i], "address") == 0) return op->fields[i];
    }
    return NULL;
}

static void remember_pager(struct stmt *s, const struct binding *binding, const zxp_op_call *call) {
    if (call->op != ZXP_OP_PAGER_CREATE_VMO || !binding->koid || session_fact(&s->in->session, binding->koid)) return;
    session_add_fact(&s->in->session, (struct vmo_fact){.koid = binding->koid,
                                                        .key = call->args[3],
                                                        .pager = (zx_handle_t)call->args[0],
                                                        .port = (zx_handle_t)call->args[2]});
}

static bool makes_vmo(uint16_t op) {
    return op == ZXP_OP_PAGER_CREATE_VMO || op == ZXP_OP_VMO_CREATE || op == ZXP_OP_VMO_CREATE_CHILD ||
           op == ZXP_OP_VMO_REPLACE_AS_EXECUTABLE;
}

void call_bind(struct stmt *s, struct span name, const zxp_op_call *call) {
    const char *field = call_result_field(zxp_op_info_of(call->op)), *text = s->text.s + name.begin;
    bool address = strcmp(field, "address") == 0;
    uint64_t value = 0;
    bool got = s->outcome.kind == OUT_STATUS && s->outcome.status == ZX_OK &&
               zxp_field(s->in->world, s->thread, field, &value);
    if (s->in->options.dry)
        value = 1;
    else if (!got)
        value = ZX_HANDLE_INVALID;
    if (address) {
        session_bind(&s->in->session, text, span_length(name),
                     (struct binding){.kind = BIND_MAPPING, .value = value, .length = call->args[5]});
        return;
    }
    names_bind_handle(s->in, text, span_length(name), (zx_handle_t)value, makes_vmo(call->op));
    remember_pager(s, session_find(&s->in->session, text, span_length(name)), call);
}

bool call_assign(struct stmt *s, struct span name, struct span span) {
    zxp_op_call call = {0};
    size_t end = span.begin;
    if (!call_parse(s, span, &call, &end)) return false;
    if (end != span.end) return stmt_error(s, end, "something stands behind the call");
    const zxp_op_info *op = zxp_op_info_of(call.op);
    if (!call_result_field(op))
        return stmt_error(s, name.begin,
                          "%s returns neither a handle nor an address; for a field: let NAME = CALL.field", op->name);
    if (!expect_check_fields(s, call.op, false) || !call_make(s, &call)) return false;
    call_bind(s, name, &call);
    return true;
}
