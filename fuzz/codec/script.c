/*
 * script.c - calls printed in the language (script.h).
 */
#include "script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct script *script, size_t more) {
    if (script->capacity - script->length > more) return true;
    size_t capacity = script->capacity == 0 ? 1024 : script->capacity * 2;
    while (capacity - script->length <= more) capacity *= 2;
    char *text = realloc(script->text, capacity);
    if (text == NULL) {
        script->truncated = true;
        return false;
    }
    script->text = text;
    script->capacity = capacity;
    return true;
}

void script_printf(struct script *script, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || script->truncated || !make_room(script, (size_t)length)) return;
    va_start(arguments, format);
    vsnprintf(script->text + script->length, script->capacity - script->length, format, arguments);
    va_end(arguments);
    script->length += (size_t)length;
}

void script_clear(struct script *script) {
    free(script->text);
    memset(script, 0, sizeof *script);
}

static const char *profile_name(zxp_profile profile) {
    return profile == ZXP_PROFILE_2018 ? "2018" : profile == ZXP_PROFILE_2020 ? "2020" : "head";
}

void script_begin(struct script *script, const char *case_name, zxp_profile profile) {
    memset(script, 0, sizeof *script);
    script_printf(script, "case \"%s\"\n", case_name);
    if (profile != ZXP_PROFILE_HEAD) script_printf(script, "profile %s\n", profile_name(profile));
}

/* ---- Names of handles ---- */

static const char *name_of(const struct script *script, const zxp_world *world, zx_handle_t handle) {
    if (handle == zxp_root_vmar(world)) return "vmar";
    for (uint32_t i = script->name_count; i > 0; i--) {
        if (script->names[i - 1].handle == handle) return script->names[i - 1].name;
    }
    return NULL;
}

static const char *stem(zx_obj_type_t type) {
    switch (type) {
    case ZX_OBJ_TYPE_VMO: return "v";
    case ZX_OBJ_TYPE_PAGER: return "pg";
    case ZX_OBJ_TYPE_PORT: return "q";
    case ZX_OBJ_TYPE_EVENT: return "e";
    default: return "h";
    }
}

/* A name for the handle that the call gives back, decided before the line is printed; "" if none. */
static const char *new_name(struct script *script, const zxp_world *world, const zxp_op_call *call) {
    uint64_t handle = 0;
    if (script->name_count == sizeof script->names / sizeof script->names[0]) return "";
    if (!zxp_field(world, call->thread, "handle", &handle) || handle == ZX_HANDLE_INVALID) return "";
    zxp_object_view view;
    if (!zxp_object_get(world, zxp_koid_of(world, (zx_handle_t)handle), &view) || view.type >= 40) return "";
    struct script_name *entry = &script->names[script->name_count++];
    entry->handle = (zx_handle_t)handle;
    snprintf(entry->name, sizeof entry->name, "%s%" PRIu32, stem(view.type), ++script->made[view.type]);
    return entry->name;
}

/* ---- Arguments ---- */

static void print_number(struct script *script, uint64_t number) {
    if (number != 0 && number % ZXP_PAGE_SIZE == 0 && number / ZXP_PAGE_SIZE < 1000000) {
        script_printf(script, "%" PRIu64 "p", number / ZXP_PAGE_SIZE);
    } else if (number < 100000) {
        script_printf(script, "%" PRIu64, number);
    } else {
        script_printf(script, "0x%" PRIx64, number);
    }
}

static void print_handle(struct script *script, const zxp_world *world, uint64_t value) {
    const char *name = name_of(script, world, (zx_handle_t)value);
    if (name != NULL) {
        script_printf(script, "%s", name);
    } else {
        script_printf(script, "0x%" PRIx64, value);
    }
}

static void print_buffer(struct script *script, const zxp_buffer *buffer) {
    switch (buffer->kind) {
    case ZXP_BUFFER_BYTES:
        script_printf(script, "hex(\"");
        for (uint64_t i = 0; i < buffer->length; i++)
            script_printf(script, "%02x", ((const uint8_t *)buffer->bytes)[i]);
        script_printf(script, "\")");
        break;
    case ZXP_BUFFER_USER: script_printf(script, "at(0x%" PRIx64 ")", buffer->address); break;
    case ZXP_BUFFER_LETTERS: script_printf(script, "letters(%u)", buffer->phase); break;
    default: script_printf(script, "byte(0x%02x)", buffer->fill); break;
    }
}

static void print_list(struct script *script, const zxp_world *world, const zxp_op_call *call) {
    script_printf(script, "[");
    for (uint32_t i = 0; i < call->count; i++) {
        if (i > 0) script_printf(script, ", ");
        print_handle(script, world, call->handles != NULL ? call->handles[i] : call->items[i].handle);
        if (call->items != NULL) script_printf(script, ":0x%x", call->items[i].signals);
    }
    script_printf(script, "]");
}

static bool is_handle(zxp_param_kind kind) { return kind <= ZXP_PARAM_EVENT; }

static void print_status_or_number(struct script *script, uint64_t value) {
    const char *name =
        (int64_t)value < 0 && (int64_t)value > -1000 ? zxp_status_name((zx_status_t)(int64_t)value) : NULL;
    if (name != NULL) {
        script_printf(script, "%s", name);
    } else {
        print_number(script, value);
    }
}

static void print_argument(struct script *script, const zxp_world *world, const zxp_op_call *call,
                           const zxp_param_info *param, unsigned i) {
    if (is_handle(param->kind)) {
        print_handle(script, world, call->args[i]);
    } else if (param->kind == ZXP_PARAM_HANDLES || param->kind == ZXP_PARAM_WAIT_ITEMS) {
        print_list(script, world, call);
    } else if (param->kind == ZXP_PARAM_BUFFER) {
        print_buffer(script, &call->buffer);
    } else {
        print_status_or_number(script, call->args[i]);
    }
}

static bool takes_buffer(const zxp_op_info *op) {
    for (unsigned i = 0; i < op->param_count; i++) {
        if (op->params[i].kind == ZXP_PARAM_BUFFER) return true;
    }
    return false;
}

static void print_arguments(struct script *script, const zxp_world *world, const zxp_op_info *op,
                            const zxp_op_call *call) {
    for (unsigned i = 0; i < op->param_count; i++) {
        if (i > 0) script_printf(script, ", ");
        print_argument(script, world, call, &op->params[i], i);
    }
    if (!takes_buffer(op) && call->buffer.kind == ZXP_BUFFER_USER) {
        script_printf(script, ", ");
        print_buffer(script, &call->buffer);
    }
}

/* ---- What came ---- */

/* Handles differ from name to name and ranges have their own form: fields are compared by value where that is exact. */
static void print_fields(struct script *script, const zxp_world *world, const zxp_op_call *call) {
    uint64_t value;
    size_t count = zxp_field_count(world, call->thread);
    for (size_t i = 0; i < count; i++) {
        const char *name = zxp_field_at(world, call->thread, i, &value);
        if (name == NULL || strcmp(name, "handle") == 0) continue;
        script_printf(script, " %s=0x%" PRIx64, name, value);
    }
}

static void print_expectation(struct script *script, const zxp_world *world, const zxp_op_call *call,
                              zxp_outcome outcome) {
    zxp_thread_view view;
    if (outcome == ZXP_BLOCKED) {
        script_printf(script, " => blocked");
        return;
    }
    if (!zxp_thread_get(world, call->thread, &view)) return;
    /* The kernel's own activity leaves its result only on a thread that can take one. */
    if (outcome == ZXP_RETURNED && view.state != ZXP_THREAD_READY) return;
    const char *status = zxp_status_name(view.status);
    if (status == NULL) return;
    script_printf(script, outcome == ZXP_FAULTED ? " => fault %s" : " => %s", status);
    if (outcome == ZXP_FAULTED) script_printf(script, " addr=0x%" PRIx64, view.fault_address);
    if (outcome == ZXP_RETURNED) print_fields(script, world, call);
}

/* ---- Threads ---- */

/* A thread is made when it is first named before a colon, which no command does: it asks for the time. */
static void name_threads(struct script *script, uint64_t last) {
    while (script->threads <= last)
        script_printf(script, "t%" PRIu32 ": zx_clock_get_monotonic()\n", script->threads++);
}

/* suspend, resume, kill. The language has no way to name a thread that is none. */
static void print_command(struct script *script, const zxp_world *world, const char *name, uint64_t thread) {
    zxp_thread_view view;
    bool is_thread = thread < UINT32_MAX && zxp_thread_get(world, (uint32_t)thread, &view);
    if (is_thread) name_threads(script, thread);
    script_printf(script, "%s%s t%" PRIu64 "\n", is_thread ? "" : "# no such thread: ", name, thread);
}

void script_call(struct script *script, const zxp_world *world, const zxp_op_call *call, zxp_outcome outcome,
                 bool expect) {
    const zxp_op_info *op = zxp_op_info_of(call->op);
    if (op == NULL) return;
    if (op->number >= ZXP_OP_SUSPEND && op->number <= ZXP_OP_KILL) {
        print_command(script, world, op->name, call->args[0]);
        return;
    }
    bool on_thread = op->number < ZXP_OP_EVICT; /* the kernel's own activity makes no objects and has no thread */
    const char *name = on_thread && outcome == ZXP_RETURNED ? new_name(script, world, call) : "";
    if (on_thread) {
        if (call->thread > script->threads) name_threads(script, call->thread - 1);
        if (call->thread == script->threads) script->threads++;
        script_printf(script, "t%" PRIu32 ": ", call->thread);
    }
    if (name[0] != '\0') script_printf(script, "%s = ", name);
    script_printf(script, "%s(", op->name);
    print_arguments(script, world, op, call);
    script_printf(script, ")");
    if (expect) print_expectation(script, world, call, outcome);
    script_printf(script, "\n");
}
