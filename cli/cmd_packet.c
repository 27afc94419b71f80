/* cmd_packet.c - next, take, and packets set aside (LANGUAGE.md section 5). */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "commands.h"
#include "names.h"

static uint64_t field(const struct stmt *s, const char *name) {
    uint64_t value = 0;
    (void)zxp_field(s->in->world, s->thread, name, &value);
    return value;
}

static zxp_packet_view dequeued(const struct stmt *s) {
    zxp_packet_view packet = {.key = field(s, "key"), .type = (uint32_t)field(s, "type")};
    packet.status = (zx_status_t)(int64_t)field(s, "status");
    packet.command = (uint16_t)field(s, "command");
    packet.offset = field(s, "offset");
    packet.length = field(s, "length");
    packet.trigger = (zx_signals_t)field(s, "trigger");
    packet.observed = (zx_signals_t)field(s, "observed");
    return packet;
}

/* One packet off the port, without waiting. The outcome is a packet, none, or the status that refused. */
static bool dequeue(struct stmt *s, uint64_t port) {
    if (!stmt_op(s, ZXP_OP_PORT_WAIT, 2, (uint64_t[]){port, 0})) return false;
    if (s->outcome.kind != OUT_STATUS || s->in->options.dry) return true;
    if (s->outcome.status == ZX_OK) {
        s->outcome.kind = OUT_PACKET;
        s->outcome.packet = dequeued(s);
    } else if (s->outcome.status == ZX_ERR_TIMED_OUT) {
        s->outcome.kind = OUT_NO_PACKET;
    }
    return true;
}

static bool default_port(struct stmt *s, struct binding *binding) {
    struct binding *port = names_binding(s->in, "port", 4);
    *binding = port ? *port : (struct binding){0};
    return true;
}

bool cmd_next(struct stmt *s) {
    struct span word;
    struct binding port;
    bool good = stmt_more(s) ? stmt_take_name(s, "a port's name", &word) && stmt_binding(s, word, &port)
                             : default_port(s, &port);
    return good && stmt_end(s) && dequeue(s, port.value);
}

/* ---- take ---- */

static bool same(const zxp_packet_view *a, const zxp_packet_view *b) {
    bool range = a->command == ZX_PAGER_VMO_COMPLETE || (a->offset == b->offset && a->length == b->length);
    return a->type == b->type && a->key == b->key && a->command == b->command && range;
}

static void remove_aside(struct session *session, size_t i) {
    memmove(&session->packets[i], &session->packets[i + 1], (--session->packet_count - i) * sizeof *session->packets);
}

static bool find_aside(struct session *session, zx_koid_t port, const zxp_packet_view *want) {
    for (size_t i = 0; i < session->packet_count; i++) {
        if (session->packets[i].port == port && same(want, &session->packets[i].packet)) {
            remove_aside(session, i);
            return true;
        }
    }
    return false;
}

static void set_aside(struct session *session, zx_koid_t port, zxp_packet_view packet) {
    session->packets =
        mem_grow(session->packets, session->packet_count, &session->packet_capacity, sizeof *session->packets);
    session->packets[session->packet_count++] = (struct set_aside){port, packet};
}

/* Takes packets off the port until this one is found. */
static bool search(struct stmt *s, uint64_t handle, zx_koid_t port, const zxp_packet_view *want) {
    for (;;) {
        if (!dequeue(s, handle)) return false;
        if (s->outcome.kind != OUT_PACKET) return true;
        if (same(want, &s->outcome.packet)) {
            s->outcome = (struct outcome){.kind = OUT_STATUS, .status = ZX_OK, .thread = s->thread};
            return true;
        }
        set_aside(&s->in->session, port, s->outcome.packet);
    }
}

/* V's port: the handle value that its name remembers; key=K: `port`. */
static bool port_of(struct stmt *s, struct span word, uint64_t *handle, zx_koid_t *koid) {
    struct binding binding;
    struct vmo_fact fact = {0};
    if (!span_begins(&s->text, word, "key=") && stmt_binding(s, word, &binding) && names_fact(s->in, &binding, &fact)) {
        *handle = fact.port;
    } else {
        (void)default_port(s, &binding);
        *handle = binding.value;
    }
    *koid = zxp_koid_of(s->in->world, (zx_handle_t)*handle);
    for (size_t i = 0; !*koid && i < s->in->session.binding_count; i++) {
        const struct binding *old = &s->in->session.bindings[i];
        if (old->kind == BIND_HANDLE && old->value == *handle) /* closed: its packets set aside are still known */
            *koid = old->koid;
    }
    return true;
}

static bool is_taken_kind(const struct stmt *s, struct span word) {
    return span_is(&s->text, word, "READ") || span_is(&s->text, word, "DIRTY") || span_is(&s->text, word, "COMPLETE");
}

bool cmd_take(struct stmt *s) {
    zxp_packet_view want;
    uint64_t handle;
    zx_koid_t port;
    if (s->word_count < 2 || !is_taken_kind(s, s->words[1]))
        return stmt_error(s, s->word_count < 2 ? s->body.end : s->words[1].begin,
                          "READ, DIRTY or COMPLETE is missing here");
    if (!expect_packet(s, s->words + 1, s->word_count - 1, &want) || !port_of(s, s->words[2], &handle, &port))
        return false;
    s->outcome = (struct outcome){.kind = OUT_STATUS, .status = ZX_OK, .thread = s->thread};
    if (s->in->options.dry) return true;
    if (!stmt_thread(s)) return false;
    s->outcome.thread = s->thread;
    (void)session_record(&s->in->session, s->thread);
    if (find_aside(&s->in->session, port, &want)) return true;
    return search(s, handle, port, &want);
}
