/*
 * session.h - what the interpreter knows beside the world: names, virtual threads by name, packets set
 * aside, counters. It is a value like the world: undo, rollback, save and load take both together.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "map.h"
#include "zxpager/zxpager.h"

enum binding_kind {
    BIND_NUMBER,
    BIND_HANDLE, /* any object but a VMO */
    BIND_VMO,    /* by command or by NAME = call, also when that failed */
    BIND_MAPPING /* value is the address */
};

struct binding {
    enum binding_kind kind;
    uint64_t value;  /* handle, address or number */
    zx_koid_t koid;  /* HANDLE, VMO: the object, remembered after the handle is closed; 0: none */
    uint64_t length; /* MAPPING: bytes mapped */
};

/* What LANGUAGE.md section 1 wants remembered of a pager-backed VMO, whatever names it has. */
struct vmo_fact {
    zx_koid_t koid;
    uint64_t key;
    zx_handle_t pager, port;
};

/* What is left to do of a `read`, `write` or `fault` of several
 * pages of a mapping; it goes on when its thread can run. */
struct touch {
    bool active;
    bool write;
    uint8_t byte;
    uint64_t address, left;
    bool pending;     /* an access was made and its result is not yet taken */
    uint64_t done_at; /* when its last access returned: those that wait go on in this order */
};

struct thread_record {
    char name[64];
    bool in_call;    /* a call was made on it and has not ended */
    bool by_page;    /* `read` of a mapping: one byte a page was read, in `bytes` */
    bool in_pages;   /* its last query came from `ranges`: ranges are in pages */
    bool has_result; /* the command of its last calls has a status of its own: */
    zx_status_t result;
    uint64_t origin; /* VMO offset or address at which its data begins: where pages are cut for pages= */
    struct touch touch;
    struct buf bytes;
};

struct set_aside {
    zx_koid_t port;
    zxp_packet_view packet;
};

/* What the model disk of a service holds between two `run`s: bytes that only cmd_service.c understands. Undo takes it
 * back; a save file has neither services nor their disks. */
struct disk {
    char service[32];
    struct buf bytes;
};

struct session {
    struct map names; /* value: index of `bindings` */
    struct binding *bindings;
    size_t binding_count, binding_capacity;
    struct vmo_fact *facts;
    size_t fact_count, fact_capacity;
    struct map threads; /* value: number in the world, index of `records` */
    struct thread_record *records;
    size_t record_count, record_capacity;
    struct set_aside *packets;
    size_t packet_count, packet_capacity;
    struct disk *disks;
    size_t disk_count, disk_capacity;
    uint64_t next_key;    /* automatic keys: 1, 2, ... */
    uint32_t next_free;   /* of f1, f2, ... */
    uint64_t ticks;       /* counts ends of calls, for touch.done_at */
    uint32_t touching;    /* records with an active touch */
    uint32_t main_thread; /* number in the world of the thread that is now called main */
};

void session_init(struct session *session, const zxp_world *world);
void session_clear(struct session *session);
void session_copy(struct session *to, const struct session *from);

/* The binding of a name, or NULL. Lives until the next bind. */
struct binding *session_find(const struct session *session, const char *name, size_t length);
struct binding *session_bind(struct session *session, const char *name, size_t length, struct binding binding);
const struct vmo_fact *session_fact(const struct session *session, zx_koid_t koid);
void session_add_fact(struct session *session, struct vmo_fact fact);

/* The record of a thread number, made if needed. */
struct thread_record *session_record(struct session *session, uint32_t thread);
bool session_thread(const struct session *session, const char *name, size_t length, uint32_t *thread);
void session_name_thread(struct session *session, const char *name, size_t length, uint32_t thread);
/* The disk of the service of this name; made, empty, if needed. */
struct buf *session_disk(struct session *session, const char *service);
/* The next free name of f1, f2, ... */
void session_free_name(struct session *session, char *name, size_t capacity);

#endif
