#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

void session_init(struct session *session, const zxp_world *world) {
    *session = (struct session){.next_key = 1, .next_free = 1, .main_thread = ZXP_MAIN_THREAD};
    zx_handle_t vmar = zxp_root_vmar(world);
    session_bind(session, "vmar", 4,
                 (struct binding){.kind = BIND_HANDLE, .value = vmar, .koid = zxp_koid_of(world, vmar)});
    session_bind(session, "vmar_base", 9, (struct binding){.kind = BIND_NUMBER, .value = zxp_root_vmar_base(world)});
    session_name_thread(session, "main", 4, ZXP_MAIN_THREAD);
}

void session_clear(struct session *session) {
    map_clear(&session->names);
    map_clear(&session->threads);
    for (size_t i = 0; i < session->record_count; i++) buf_free(&session->records[i].bytes);
    for (size_t i = 0; i < session->disk_count; i++) buf_free(&session->disks[i].bytes);
    free(session->bindings);
    free(session->facts);
    free(session->records);
    free(session->packets);
    free(session->disks);
    *session = (struct session){0};
}

/* Bytes of its own instead of another's. */
static void own(struct buf *bytes) {
    struct buf old = *bytes;
    *bytes = (struct buf){0};
    if (old.n) buf_add(bytes, old.s, old.n);
}

void session_copy(struct session *to, const struct session *from) {
    *to = *from;
    map_copy(&to->names, &from->names);
    map_copy(&to->threads, &from->threads);
    to->bindings = mem_copy(from->bindings, from->binding_count * sizeof *from->bindings);
    to->facts = mem_copy(from->facts, from->fact_count * sizeof *from->facts);
    to->records = mem_copy(from->records, from->record_count * sizeof *from->records);
    to->packets = mem_copy(from->packets, from->packet_count * sizeof *from->packets);
    to->disks = mem_copy(from->disks, from->disk_count * sizeof *from->disks);
    to->binding_capacity = from->binding_count;
    to->fact_capacity = from->fact_count;
    to->record_capacity = from->record_count;
    to->packet_capacity = from->packet_count;
    to->disk_capacity = from->disk_count;
    for (size_t i = 0; i < to->record_count; i++) own(&to->records[i].bytes);
    for (size_t i = 0; i < to->disk_count; i++) own(&to->disks[i].bytes);
}

struct binding *session_find(const struct session *session, const char *name, size_t length) {
    const uint32_t *index = map_get(&session->names, name, length);
    return index ? &session->bindings[*index] : NULL;
}

struct binding *session_bind(struct session *session, const char *name, size_t length, struct binding binding) {
    struct binding *old = session_find(session, name, length);
    if (old) {
        *old = binding;
        return old;
    }
    session->bindings =
        mem_grow(session->bindings, session->binding_count, &session->binding_capacity, sizeof *session->bindings);
    session->bindings[session->binding_count] = binding;
    map_put(&session->names, name, length, (uint32_t)session->binding_count);
    return &session->bindings[session->binding_count++];
}

/* Facts come with growing koids, as objects are made. */
const struct vmo_fact *session_fact(const struct session *session, zx_koid_t koid) {
    size_t low = 0, high = session->fact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (session->facts[middle].koid < koid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < session->fact_count && session->facts[low].koid == koid ? &session->facts[low] : NULL;
}

void session_add_fact(struct session *session, struct vmo_fact fact) {
    session->facts = mem_grow(session->facts, session->fact_count, &session->fact_capacity, sizeof *session->facts);
    session->facts[session->fact_count++] = fact;
}

struct thread_record *session_record(struct session *session, uint32_t thread) {
    while (session->record_count <= thread) {
        session->records =
            mem_grow(session->records, session->record_count, &session->record_capacity, sizeof *session->records);
        session->records[session->record_count++] = (struct thread_record){0};
    }
    return &session->records[thread];
}

bool session_thread(const struct session *session, const char *name, size_t length, uint32_t *thread) {
    const uint32_t *found = map_get(&session->threads, name, length);
    if (found) *thread = *found;
    return found != NULL;
}

void session_name_thread(struct session *session, const char *name, size_t length, uint32_t thread) {
    struct thread_record *record = session_record(session, thread);
    (void)snprintf(record->name, sizeof record->name, "%.*s", (int)(length > 63 ? 63 : length), name);
    map_put(&session->threads, name, length, thread);
}

struct buf *session_disk(struct session *session, const char *service) {
    for (size_t i = 0; i < session->disk_count; i++) {
        if (strcmp(session->disks[i].service, service) == 0) return &session->disks[i].bytes;
    }
    session->disks = mem_grow(session->disks, session->disk_count, &session->disk_capacity, sizeof *session->disks);
    struct disk *disk = &session->disks[session->disk_count++];
    *disk = (struct disk){.bytes = {0}};
    (void)snprintf(disk->service, sizeof disk->service, "%s", service);
    return &disk->bytes;
}

void session_free_name(struct session *session, char *name, size_t capacity) {
    uint32_t taken;
    do {
        (void)snprintf(name, capacity, "f%u", session->next_free++);
    } while (session_thread(session, name, strlen(name), &taken));
}
