/*
 * replay_source.c - a fuzz program as C source (replay.h): for libzxpager, or as a test for the real kernel.
 *
 * In a test, calls that block get a thread of the system; what only the model has (evict, reclaim, age, pin, suspend
 * ...) stands there as a comment, to be brought about by hand.
 */
#include <inttypes.h>
#include <string.h>

#include "../fuzz/harness/harness.h"
#include "replay.h"

enum { NAMES = 200, BLOCKED = 32 };

struct named {
    uint64_t value, length; /* a handle: length 1 */
    char name[12];
};

struct waiting {
    uint32_t thread;
    char name[12];
};

struct writer {
    FILE *out;
    enum replay_form form;
    struct named named[NAMES];
    size_t named_count;
    unsigned made[2];
    struct waiting waiting[BLOCKED];
    size_t waiting_count;
};

/* ---- Names for handles and addresses ---- */

static bool is_handle(zxp_param_kind kind) { return kind <= ZXP_PARAM_EVENT; }

static const struct named *name_of(const struct writer *x, uint64_t value) {
    for (size_t i = x->named_count; i > 0; i--) {
        const struct named *named = &x->named[i - 1];
        if (value >= named->value && value - named->value < named->length) return named;
    }
    return NULL;
}

static const char *new_name(struct writer *x, const zxp_world *w, const zxp_op_call *call) {
    uint64_t value = 0;
    bool handle = zxp_field(w, call->thread, "handle", &value);
    if ((!handle && !zxp_field(w, call->thread, "address", &value)) || value == 0 || x->named_count == NAMES)
        return NULL;
    struct named *named = &x->named[x->named_count++];
    *named = (struct named){.value = value, .length = handle ? 1 : call->args[5]};
    (void)snprintf(named->name, sizeof named->name, "%s%u", handle ? "h" : "m", ++x->made[!handle]);
    return named->name;
}

/* ---- Arguments ---- */

static void put_value(const struct writer *x, const zxp_world *w, const zxp_param_info *param, uint64_t value) {
    const struct named *named = is_handle(param->kind) || param->kind == ZXP_PARAM_ADDRESS ? name_of(x, value) : NULL;
    if (is_handle(param->kind) && value == zxp_root_vmar(w))
        (void)fputs(x->form == REPLAY_C ? "zxp_root_vmar(w)" : "zx_vmar_root_self()", x->out);
    else if (named && value == named->value)
        (void)fputs(named->name, x->out);
    else if (named)
        (void)fprintf(x->out, "%s + 0x%" PRIx64, named->name, value - named->value);
    else if (param->bits == 32 && (int32_t)value < 0 && param->kind == ZXP_PARAM_STATUS)
        (void)fprintf(x->out, "%" PRId32, (int32_t)value);
    else
        (void)fprintf(x->out, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

/* ---- For libzxpager ---- */

static void put_buffer_c(FILE *out, const zxp_buffer *buffer) {
    static const char *const kinds[] = {"NONE", "FILL", "LETTERS", "BYTES", "USER"};
    (void)fprintf(out, ", .buffer = {.kind = ZXP_BUFFER_%s, .fill = %u, .phase = %u, .address = 0x%" PRIx64,
                  kinds[buffer->kind], buffer->fill, buffer->phase, buffer->address);
    if (buffer->kind == ZXP_BUFFER_BYTES) {
        (void)fprintf(out, ", .length = %" PRIu64 ", .bytes = (const uint8_t[]){", buffer->length);
        for (uint64_t i = 0; i < buffer->length; i++)
            (void)fprintf(out, "%s%u", i ? "," : "", ((const uint8_t *)buffer->bytes)[i]);
        (void)fputs("}", out);
    }
    (void)fputs("}", out);
}

static void put_list_c(FILE *out, const zxp_op_call *call) {
    (void)fprintf(out, ", .count = %" PRIu32 ", .%s[]){", call->count,
                  call->handles ? "handles = (const zx_handle_t" : "items = (const zxp_wait_item");
    for (uint32_t i = 0; i < call->count; i++) {
        if (call->handles)
            (void)fprintf(out, "0x%" PRIx32 ",", call->handles[i]);
        else
            (void)fprintf(out, "{0x%" PRIx32 ", 0x%" PRIx32 "},", call->items[i].handle, call->items[i].signals);
    }
    (void)fputs(call->count ? "}" : "0}", out);
}

static void put_call_c(struct writer *x, const zxp_world *w, const zxp_op_call *call, zxp_outcome outcome) {
    static const char *const outcomes[] = {"ZXP_RETURNED", "ZXP_BLOCKED", "ZXP_FAULTED", "ZXP_KILLED"};
    const zxp_op_info *op = zxp_op_info_of(call->op);
    zxp_thread_view view = {0};
    (void)zxp_thread_get(w, call->thread, &view);
    const char *name = outcome == ZXP_RETURNED ? new_name(x, w, call) : NULL, *status = zxp_status_name(view.status);
    (void)fputs("    ", x->out);
    if (name) (void)fprintf(x->out, "uint64_t %s = ", name);
    (void)fprintf(x->out, "call(__LINE__, (zxp_op_call){.op = ZXP_OP_%s, .thread = %" PRIu32 ", .args = {", op->id,
                  call->thread);
    for (unsigned i = 0; i < op->param_count; i++) {
        (void)fputs(i ? ", " : "", x->out);
        put_value(x, w, &op->params[i], call->args[i]);
    }
    (void)fputs(op->param_count ? "}" : "0}", x->out);
    if (call->buffer.kind != ZXP_BUFFER_NONE) put_buffer_c(x->out, &call->buffer);
    if (call->handles || call->items) put_list_c(x->out, call);
    (void)fprintf(x->out, "}, %s, %s);\n", outcomes[outcome], outcome == ZXP_RETURNED && status ? status : "ZX_OK");
}

static const char head_c[] =
    "/* Build: cc -std=c17 this.c $(pkg-config --cflags --libs zxpager) */\n"
    "#include <stdio.h>\n#include <zxpager/zxpager.h>\n\n"
    "static zxp_world *w;\nstatic int wrong;\n\n"
    "/* Makes a call; returns the handle or address that came of it. */\n"
    "static uint64_t call(int line, zxp_op_call made, zxp_outcome outcome, zx_status_t status) {\n"
    "    zxp_outcome came = zxp_call(w, &made);\n"
    "    uint64_t value = 0;\n"
    "    if (came != outcome || (came == ZXP_RETURNED && zxp_status(w, made.thread) != status)) {\n"
    "        printf(\"line %d: outcome %d, status %d\\n\", line, (int)came, zxp_status(w, made.thread));\n"
    "        wrong = 1;\n    }\n"
    "    if (!zxp_field(w, made.thread, \"handle\", &value)) zxp_field(w, made.thread, \"address\", &value);\n"
    "    return value;\n}\n\nint main(void) {\n";

/* ---- For the kernel ---- */

/* %N: argument N; #: the buffer. Others are NAME(ARGUMENTS), with where the new handle or address goes behind them. */
static const struct shape {
    uint16_t op;
    const char *text;
} shapes[] = {
    {ZXP_OP_OBJECT_GET_INFO, "zx_object_get_info(%0, %1, buffer, sizeof buffer, nullptr, nullptr)"},
    {ZXP_OP_OBJECT_GET_PROPERTY, "zx_object_get_property(%0, %1, buffer, 32)"},
    {ZXP_OP_OBJECT_SET_PROPERTY, "zx_object_set_property(%0, %1, (value = %2, &value), sizeof value)"},
    {ZXP_OP_OBJECT_WAIT_ONE, "zx_object_wait_one(%0, %1, %2, nullptr)"},
    {ZXP_OP_OBJECT_WAIT_ASYNC, "zx_object_wait_async(%0, %1, %2, %3, %4)"},
    {ZXP_OP_PORT_WAIT, "zx_port_wait(%0, %1, &packet)"},
    {ZXP_OP_PORT_QUEUE, "zx_port_queue(%0, (packet.key = %1, packet.status = %2, &packet))"},
    {ZXP_OP_PAGER_QUERY_DIRTY_RANGES, "zx_pager_query_dirty_ranges(%0, %1, %2, %3, #, %4, nullptr, nullptr)"},
    {ZXP_OP_PAGER_QUERY_VMO_STATS, "zx_pager_query_vmo_stats(%0, %1, %2, buffer, %3)"},
    {ZXP_OP_VMO_READ, "zx_vmo_read(%0, #, %1, %2)"},
    {ZXP_OP_VMO_WRITE, "zx_vmo_write(%0, #, %2, %3)"},
    {ZXP_OP_VMO_GET_SIZE, "zx_vmo_get_size(%0, &value)"},
    {ZXP_OP_VMO_GET_STREAM_SIZE, "zx_vmo_get_stream_size(%0, &value)"},
    {ZXP_OP_VMO_OP_RANGE, "zx_vmo_op_range(%0, %1, %2, %3, buffer, sizeof(zx_vmo_lock_state_t))"},
    {ZXP_OP_VMAR_OP_RANGE, "zx_vmar_op_range(%0, %1, %2, %3, nullptr, 0)"},
    {ZXP_OP_LOAD, "Load(%0, %1)"},
    {ZXP_OP_STORE, "Store(%0, %2)"},
};

static void put_shape(const struct writer *x, const zxp_world *w, const zxp_op_call *call, const zxp_op_info *op,
                      const char *text) {
    static const zxp_param_info address = {"address", "zx_vaddr_t", ZXP_PARAM_ADDRESS, 64};
    for (; *text; text++) {
        if (*text == '#' && call->buffer.kind == ZXP_BUFFER_USER) {
            (void)fputs("reinterpret_cast<uint8_t*>(", x->out);
            put_value(x, w, &address, call->buffer.address);
            (void)fputs(")", x->out);
            continue;
        }
        if (*text != '%') {
            (void)fputs(*text == '#' ? "buffer" : (char[]){*text, 0}, x->out);
            continue;
        }
        unsigned i = (unsigned)(*++text - '0');
        put_value(x, w, &op->params[i], call->args[i]);
    }
}

static void put_syscall(const struct writer *x, const zxp_world *w, const zxp_op_call *call, const zxp_op_info *op,
                        const char *result) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (shapes[i].op == call->op) {
            put_shape(x, w, call, op, shapes[i].text);
            return;
        }
    }
    (void)fprintf(x->out, "%s(", op->name);
    for (unsigned i = 0; i < op->param_count; i++) {
        (void)fputs(i ? ", " : "", x->out);
        put_value(x, w, &op->params[i], call->args[i]);
    }
    if (result) (void)fprintf(x->out, ", &%s", result);
    (void)fputs(")", x->out);
}

static void put_call_zxtest(struct writer *x, const zxp_world *w, const zxp_op_call *call, zxp_outcome outcome) {
    const zxp_op_info *op = zxp_op_info_of(call->op);
    bool model = op->number >= ZXP_OP_PIN || call->handles || call->items;
    zxp_thread_view view = {0};
    (void)zxp_thread_get(w, call->thread, &view);
    const char *name = outcome == ZXP_RETURNED ? new_name(x, w, call) : NULL, *status = zxp_status_name(view.status);
    bool makes = op->field_count > 0 && (strcmp(op->fields[0], "handle") == 0 || strcmp(op->fields[0], "address") == 0);
    if (name) (void)fprintf(x->out, "  %s %s = 0;\n", name[0] == 'h' ? "zx_handle_t" : "zx_vaddr_t", name);
    if (call->buffer.kind == ZXP_BUFFER_FILL)
        (void)fprintf(x->out, "  memset(buffer, 0x%02x, sizeof buffer);\n", call->buffer.fill);
    if (outcome == ZXP_BLOCKED && !model && x->waiting_count < BLOCKED) {
        struct waiting *waiting = &x->waiting[x->waiting_count++];
        waiting->thread = call->thread;
        (void)snprintf(waiting->name, sizeof waiting->name, "t%zu", x->waiting_count);
        (void)fprintf(x->out, "  zx_status_t %s_status = ZX_OK;\n  std::thread %s([&] { %s_status = ", waiting->name,
                      waiting->name, waiting->name);
        put_syscall(x, w, call, op, makes ? "nothing" : NULL);
        (void)fputs("; });  // blocks\n", x->out);
        return;
    }
    (void)fputs(model ? "  // by hand: " : "  EXPECT_EQ(", x->out);
    put_syscall(x, w, call, op, name ? name : makes ? "nothing" : NULL);
    if (model)
        (void)fprintf(x->out, "%s\n", outcome == ZXP_BLOCKED ? ", blocks" : "");
    else
        (void)fprintf(x->out, ", %s);\n", status ? status : "ZX_OK");
}

static const char head_zxtest[] =
    "#include <string.h>\n#include <zircon/syscalls-next.h>\n#include <zircon/syscalls.h>\n\n#include <thread>\n\n"
    "#include <zxtest/zxtest.h>\n\nnamespace {\n\n"
    "uint8_t buffer[1 << 20];\n\n"
    "zx_status_t Load(zx_vaddr_t at, size_t n) { memcpy(buffer, reinterpret_cast<void*>(at), n); return ZX_OK; }\n"
    "zx_status_t Store(zx_vaddr_t at, size_t n) { memcpy(reinterpret_cast<void*>(at), buffer, n); return ZX_OK; }\n\n";

static void put_ends(const struct writer *x, const zxp_world *w) {
    for (size_t i = 0; i < x->waiting_count; i++) {
        const struct waiting *waiting = &x->waiting[i];
        zxp_thread_view view = {0};
        (void)zxp_thread_get(w, waiting->thread, &view);
        const char *status = zxp_status_name(view.status);
        if (view.state == ZXP_THREAD_READY)
            (void)fprintf(x->out, "  %s.join();\n  EXPECT_EQ(%s_status, %s);\n", waiting->name, waiting->name,
                          status ? status : "ZX_OK");
        else
            (void)fprintf(x->out, "  %s.detach();  // has not returned\n", waiting->name);
    }
    (void)fputs("}\n\n}  // namespace\n", x->out);
}

/* ---- Either ---- */

static void on_call(void *user, const zxp_world *w, const zxp_op_call *call, zxp_outcome outcome) {
    struct writer *x = user;
    if (x->form == REPLAY_C)
        put_call_c(x, w, call, outcome);
    else
        put_call_zxtest(x, w, call, outcome);
}

static void put_head(const struct writer *x, const struct fuzz_program *program, const char *name) {
    static const char *const profiles[] = {"2018", "2020", "HEAD"};
    (void)fputs(x->form == REPLAY_C ? head_c : head_zxtest, x->out);
    if (x->form == REPLAY_C)
        (void)fprintf(
            x->out,
            "    w = zxp_world_create(&(zxp_options){.profile = ZXP_PROFILE_%s});\n    if (w == NULL) return 2;\n",
            profiles[program->header.profile < 2 ? program->header.profile : 2]);
    else
        (void)fprintf(x->out,
                      "TEST(ZxpagerFinding, %s) {\n  uint64_t value = 0;\n  uint32_t nothing = 0;\n  zx_port_packet_t "
                      "packet = {};\n"
                      "  (void)value; (void)nothing; (void)packet;\n",
                      name);
    for (unsigned i = 0; x->form == REPLAY_C && i < 5; i++)
        (void)fputs("    zxp_thread_create(w, &(uint32_t){0});\n", x->out);
}

void replay_source(const struct fuzz_program *program, enum replay_form form, const char *name, FILE *out) {
    struct harness harness;
    struct writer x = {.out = out, .form = form};
    if (!harness_create(&harness)) return;
    put_head(&x, program, name);
    harness.told = on_call;
    harness.user = &x;
    (void)harness_run(&harness, program, 0);
    if (form == REPLAY_C)
        (void)fputs("    printf(wrong ? \"not as recorded\\n\" : \"as recorded\\n\");\n    zxp_world_destroy(w);\n    "
                    "return wrong;\n}\n",
                    out);
    else
        put_ends(&x, harness.core);
    harness_destroy(&harness);
}
