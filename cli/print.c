#include "print.h"

#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "summary.h"

void print_status(struct buf *out, zx_status_t status) {
    const char *name = zxp_status_name(status);
    if (name)
        buf_text(out, name);
    else
        buf_format(out, "%" PRId32, status);
}

/* ---- Names of things ---- */

const char *interp_name_of_koid(const struct interp *in, zx_koid_t koid) {
    for (size_t i = 0; koid && i < in->session.names.count; i++) {
        const struct map_entry *entry = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[entry->value];
        if (binding->koid == koid && binding->kind != BIND_NUMBER && binding->kind != BIND_MAPPING) return entry->name;
    }
    return NULL;
}

const char *interp_name_of_thread(const struct interp *in, uint32_t thread) {
    return thread < in->session.record_count && in->session.records[thread].name[0] ? in->session.records[thread].name
                                                                                    : NULL;
}

static const char *name_of_handle(const struct interp *in, uint64_t handle) {
    for (size_t i = 0; handle && i < in->session.names.count; i++) {
        const struct map_entry *entry = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[entry->value];
        bool is_handle = binding->kind == BIND_HANDLE || binding->kind == BIND_VMO;
        if (is_handle && binding->value == handle) return entry->name;
    }
    return NULL;
}

static const char *name_of_key(const struct interp *in, uint64_t key) {
    for (size_t i = in->session.fact_count; i-- > 0;) {
        const struct vmo_fact *fact = &in->session.facts[i];
        const char *name = fact->key == key ? interp_name_of_koid(in, fact->koid) : NULL;
        if (name) return name;
    }
    return NULL;
}

/* ---- Arguments ---- */

static void print_bytes(struct buf *out, uint64_t bytes) {
    if (bytes && bytes % ZXP_PAGE_SIZE == 0 && bytes / ZXP_PAGE_SIZE < 100000000)
        buf_format(out, "%" PRIu64 "p", bytes / ZXP_PAGE_SIZE);
    else
        buf_format(out, bytes > 0xffffffff ? "0x%" PRIx64 : "%" PRIu64, bytes);
}

/* The mapping that an address lies in, as NAME+BYTES. */
static void print_address(struct buf *out, const struct interp *in, uint64_t address) {
    for (size_t i = 0; i < in->session.names.count; i++) {
        const struct map_entry *entry = &in->session.names.entries[i];
        const struct binding *binding = &in->session.bindings[entry->value];
        uint64_t behind = address - binding->value;
        if (binding->kind != BIND_MAPPING || address < binding->value || (behind && behind >= binding->length))
            continue;
        buf_text(out, entry->name);
        if (behind) {
            buf_char(out, '+');
            print_bytes(out, behind);
        }
        return;
    }
    buf_format(out, "0x%" PRIx64, address);
}

static void print_buffer(struct buf *out, const struct interp *in, const zxp_buffer *buffer) {
    switch (buffer->kind) {
    case ZXP_BUFFER_FILL: buf_format(out, "byte(0x%02x)", buffer->fill); break;
    case ZXP_BUFFER_USER:
        buf_text(out, "at(");
        print_address(out, in, buffer->address);
        buf_char(out, ')');
        break;
    case ZXP_BUFFER_LETTERS: buf_format(out, "<a page each of %c ...>", 'A' + buffer->phase % 26); break;
    case ZXP_BUFFER_BYTES:
        buf_text(out, "hex(\"");
        for (uint64_t i = 0; i < buffer->length && i < 32; i++)
            buf_format(out, "%02x", ((const uint8_t *)buffer->bytes)[i]);
        buf_text(out, buffer->length > 32 ? "...\")" : "\")");
        break;
    default: buf_text(out, "0"); break;
    }
}

static void print_handle(struct buf *out, const struct interp *in, uint64_t handle) {
    const char *name = name_of_handle(in, handle);
    if (name)
        buf_text(out, name);
    else
        buf_format(out, "%" PRIu64, handle);
}

static void print_list(struct buf *out, const struct interp *in, const zxp_op_call *call, bool items) {
    buf_char(out, '[');
    for (uint32_t i = 0; i < call->count; i++) {
        buf_text(out, i ? ", " : "");
        print_handle(out, in, items ? call->items[i].handle : call->handles[i]);
        if (items) buf_format(out, ":0x%" PRIx32, call->items[i].signals);
    }
    buf_char(out, ']');
}

/* ZX_VMO_ also begins the names of other families, whose values overlap with those of the options. */
static bool is_of_family(const char *name, const char *prefix) {
    static const char *const others[] = {"ZX_VMO_CHILD_", "ZX_VMO_OP_", "ZX_VMO_ZERO_CHILDREN", "ZX_VMO_DIRTY_"};
    if (strncmp(name, prefix, strlen(prefix)) != 0) return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strlen(others[i]) > strlen(prefix) && strncmp(name, others[i], strlen(others[i])) == 0) return false;
    }
    return true;
}

/* Constants of one value by prefix: operations, options of one bit. */
static bool print_constant(struct buf *out, const char *prefix, uint64_t value) {
    for (size_t i = 0; i < zxp_constant_count(); i++) {
        const char *name = zxp_constant_name(i);
        uint64_t constant;
        if (!is_of_family(name, prefix) || !zxp_constant_by_name(name, strlen(name), &constant)) continue;
        if (constant == value) {
            buf_text(out, name);
            return true;
        }
    }
    return false;
}

static const char *operation_prefix(uint16_t op) {
    switch (op) {
    case ZXP_OP_PAGER_OP_RANGE: return "ZX_PAGER_OP_";
    case ZXP_OP_VMO_OP_RANGE: return "ZX_VMO_OP_";
    case ZXP_OP_VMAR_OP_RANGE: return "ZX_VMAR_OP_";
    case ZXP_OP_OBJECT_GET_INFO: return "ZX_INFO_";
    case ZXP_OP_VMO_CREATE_CHILD: return "ZX_VMO_CHILD_";
    case ZXP_OP_VMAR_MAP:
    case ZXP_OP_VMAR_PROTECT: return "ZX_VM_";
    case ZXP_OP_VMO_CREATE:
    case ZXP_OP_PAGER_CREATE_VMO: return "ZX_VMO_";
    case ZXP_OP_VMO_SET_CACHE_POLICY: return "ZX_CACHE_POLICY_";
    default: return "";
    }
}

/* Options: a sum of bits of one family. */
static void print_options(struct buf *out, uint16_t op, uint64_t value) {
    const char *prefix = operation_prefix(op);
    bool first = true;
    for (unsigned bit = 0; *prefix && bit < 32 && value; bit++) {
        size_t before = out->n;
        if (!(value >> bit & 1)) continue;
        buf_text(out, first ? "" : "|");
        if (print_constant(out, prefix, UINT64_C(1) << bit)) {
            value &= ~(UINT64_C(1) << bit);
            first = false;
        } else {
            out->n = before;
            out->s[before] = 0;
        }
    }
    if (value || first) buf_format(out, value > 9 ? "%s0x%" PRIx64 : "%s%" PRIu64, first ? "" : "|", value);
}

static void print_number(struct buf *out, const char *prefix, uint64_t value) {
    if (!*prefix || !print_constant(out, prefix, value)) buf_format(out, "%" PRIu64, value);
}

static void print_deadline(struct buf *out, uint64_t value) {
    if (value == (uint64_t)ZX_TIME_INFINITE)
        buf_text(out, "ZX_TIME_INFINITE");
    else
        buf_format(out, "%" PRIu64, value);
}

static void print_thread(struct buf *out, const struct interp *in, uint64_t value) {
    const char *name = interp_name_of_thread(in, (uint32_t)value);
    if (name)
        buf_text(out, name);
    else
        buf_format(out, "%" PRIu64, value);
}

static void print_data(struct buf *out, uint64_t value) {
    const char *name = zxp_status_name((zx_status_t)(int64_t)value);
    if (value && name)
        buf_text(out, name);
    else
        buf_format(out, "%" PRIu64, value);
}

static void print_object(struct buf *out, const struct interp *in, uint64_t koid) {
    const char *name = interp_name_of_koid(in, koid);
    buf_format(out, name ? "%s" : "koid %s", name ? name : "");
    if (!name) buf_format(out, "%" PRIu64, koid);
}

static void print_argument(struct buf *out, const struct interp *in, const zxp_op_call *call, const zxp_op_info *op,
                           size_t i) {
    uint64_t value = call->args[i];
    switch (op->params[i].kind) {
    case ZXP_PARAM_HANDLE:
    case ZXP_PARAM_VMO:
    case ZXP_PARAM_PAGER_VMO:
    case ZXP_PARAM_PAGER:
    case ZXP_PARAM_PORT:
    case ZXP_PARAM_VMAR:
    case ZXP_PARAM_EVENT: print_handle(out, in, value); break;
    case ZXP_PARAM_HANDLES: print_list(out, in, call, false); break;
    case ZXP_PARAM_WAIT_ITEMS: print_list(out, in, call, true); break;
    case ZXP_PARAM_OFFSET:
    case ZXP_PARAM_LENGTH:
    case ZXP_PARAM_BYTES_AT:
    case ZXP_PARAM_BYTE_COUNT:
    case ZXP_PARAM_SPAN:
    case ZXP_PARAM_SIZE: print_bytes(out, value); break;
    case ZXP_PARAM_ADDRESS: print_address(out, in, value); break;
    case ZXP_PARAM_BUFFER: print_buffer(out, in, &call->buffer); break;
    case ZXP_PARAM_OPTIONS: print_options(out, call->op, value); break;
    case ZXP_PARAM_OPERATION:
    case ZXP_PARAM_TOPIC:
    case ZXP_PARAM_POLICY: print_number(out, operation_prefix(call->op), value); break;
    case ZXP_PARAM_PROPERTY: print_number(out, "ZX_PROP_", value); break;
    case ZXP_PARAM_DEADLINE: print_deadline(out, value); break;
    case ZXP_PARAM_DATA:
    case ZXP_PARAM_STATUS: print_data(out, value); break;
    case ZXP_PARAM_VMO_OBJECT: print_object(out, in, value); break;
    case ZXP_PARAM_THREAD: print_thread(out, in, value); break;
    default: buf_format(out, "%" PRIu64, value); break;
    }
}

void print_call(struct buf *out, const struct interp *in, const struct made_call *made) {
    const zxp_op_info *op = zxp_op_info_of(made->call.op);
    if (!op) return;
    buf_format(out, "%s(", op->name);
    for (size_t i = 0; i < op->param_count; i++) {
        buf_text(out, i ? ", " : "");
        print_argument(out, in, &made->call, op, i);
    }
    bool copies_out = made->call.op == ZXP_OP_VMO_READ || made->call.op == ZXP_OP_PAGER_QUERY_DIRTY_RANGES;
    if (copies_out && made->call.buffer.kind == ZXP_BUFFER_USER) {
        buf_text(out, ", ");
        print_buffer(out, in, &made->call.buffer);
    }
    buf_char(out, ')');
}

/* ---- Results ---- */

static const char *packet_word(uint16_t command) {
    return command == ZX_PAGER_VMO_READ ? "READ" : command == ZX_PAGER_VMO_DIRTY ? "DIRTY" : "COMPLETE";
}

void print_packet(struct buf *out, const struct interp *in, const zxp_packet_view *packet) {
    if (packet->type != ZX_PKT_TYPE_PAGE_REQUEST) {
        buf_format(out, "%s key=%" PRIu64, packet->type == ZX_PKT_TYPE_USER ? "USER" : "SIGNAL", packet->key);
        return;
    }
    const char *name = name_of_key(in, packet->key);
    buf_format(out, "%s %s", packet_word(packet->command), name ? name : "key=");
    if (!name) buf_format(out, "%" PRIu64, packet->key);
    if (packet->command != ZX_PAGER_VMO_COMPLETE)
        buf_format(out, " %" PRIu64 " %" PRIu64, packet->offset / ZXP_PAGE_SIZE, packet->length / ZXP_PAGE_SIZE);
}

void print_summary(struct buf *out, const struct interp *in, uint32_t thread, size_t limit) {
    struct buf pages = {0};
    (void)summary_of(in, thread, &pages);
    buf_text(out, "pages=\"");
    buf_add(out, buf_string(&pages), pages.n < limit ? pages.n : limit);
    buf_text(out, pages.n > limit ? "...\"" : "\"");
    buf_free(&pages);
}

static void print_ranges(struct buf *out, const struct interp *in, uint32_t thread) {
    bool in_pages = in->session.records[thread].in_pages;
    buf_text(out, " ranges=[");
    for (size_t i = 0; i < zxp_range_count(in->world, thread); i++) {
        zxp_dirty_range range = {0};
        (void)zxp_range_at(in->world, thread, i, &range);
        buf_format(out, "%s%" PRIu64 "%s+%" PRIu64 "%s%s", i ? ", " : "", range.offset / ZXP_PAGE_SIZE,
                   in_pages ? "" : "p", range.length / ZXP_PAGE_SIZE, in_pages ? "" : "p",
                   range.options & ZX_VMO_DIRTY_RANGE_IS_ZERO ? " zero" : "");
    }
    buf_char(out, ']');
}

static void print_fields(struct buf *out, const struct interp *in, uint32_t thread) {
    zxp_thread_view view = {0};
    (void)zxp_thread_get(in->world, thread, &view);
    for (size_t i = 0; i < zxp_field_count(in->world, thread); i++) {
        uint64_t value = 0;
        const char *name = zxp_field_at(in->world, thread, i, &value);
        if (name) buf_format(out, value > 0xffff ? " %s=0x%" PRIx64 : " %s=%" PRIu64, name, value);
    }
    if (view.op == ZXP_OP_PAGER_QUERY_DIRTY_RANGES && view.status == ZX_OK) print_ranges(out, in, thread);
    if (view.op == ZXP_OP_VMO_READ || view.op == ZXP_OP_LOAD) {
        buf_char(out, ' ');
        print_summary(out, in, thread, 64);
    }
}

void print_outcome(struct buf *out, const struct interp *in, const struct outcome *outcome) {
    switch (outcome->kind) {
    case OUT_STATUS:
        print_status(out, outcome->status);
        if (!outcome->own) print_fields(out, in, outcome->thread);
        break;
    case OUT_BLOCKED: buf_text(out, "blocked"); break;
    case OUT_FAULT:
        buf_text(out, "fault ");
        print_status(out, outcome->status);
        buf_format(out, " addr=0x%" PRIx64, outcome->address);
        break;
    case OUT_KILLED: buf_text(out, "killed"); break;
    case OUT_PACKET: print_packet(out, in, &outcome->packet); break;
    case OUT_NO_PACKET: buf_text(out, "none"); break;
    default: break;
    }
}

void print_page_map(struct buf *out, const zxp_world *world, zx_koid_t vmo, uint64_t first, uint64_t count) {
    zxp_page_run run;
    char letter = 0;
    uint64_t held = 0, end = count > UINT64_MAX - first ? UINT64_MAX : first + count;
    for (uint64_t page = first; page <= end;) {
        bool more = page < end && zxp_page_run_at(world, vmo, page, &run) && run.count;
        uint64_t n = more ? (run.count < end - page ? run.count : end - page) : 0;
        if (!more || run.letter != letter) {
            if (held > 8) buf_format(out, "%c*%" PRIu64, letter, held);
            for (; held && held <= 8; held--) buf_char(out, letter);
            held = 0;
        }
        if (!more) return;
        letter = run.letter;
        held += n;
        page += n;
    }
}
