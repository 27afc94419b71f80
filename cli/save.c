#include "save.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef ZXP_HAVE_XXHASH
#include <xxhash.h>
#endif

#include "exec.h"

/*
 * All numbers little endian.
 *   0  8 bytes  "ZXPSAVE\n"
 *   8  u32      format version
 *  12  u32      0
 *  16  u64      length of what follows the head
 *  24  u64      xxHash64 (seed 0) of what follows the head
 *  32  u64      length of the world's bytes, then these bytes
 *      the session: counters, names, facts, threads, packets set aside
 */
enum { HEAD = 32, VERSION = 1 };
static const char magic[8] = {'Z', 'X', 'P', 'S', 'A', 'V', 'E', '\n'};

#ifdef ZXP_HAVE_XXHASH
static uint64_t checksum(const void *bytes, size_t length) { return XXH64(bytes, length, 0); }
#else
static uint64_t checksum(const void *bytes, size_t length) { /* FNV-1a; files of such a build are its own */
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) h = (h ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
    return h;
}
#endif

/* ---- Writing ---- */

static void put(struct buf *out, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) buf_char(out, (char)(value >> (8 * i)));
}

static void put_bytes(struct buf *out, const void *bytes, size_t length) {
    put(out, length, 4);
    buf_add(out, bytes, length);
}

static void put_names(struct buf *out, const struct session *session) {
    put(out, session->names.count, 4);
    for (size_t i = 0; i < session->names.count; i++) {
        const struct map_entry *entry = &session->names.entries[i];
        const struct binding *binding = &session->bindings[entry->value];
        put_bytes(out, entry->name, entry->length);
        put(out, binding->kind, 4);
        put(out, binding->value, 8);
        put(out, binding->koid, 8);
        put(out, binding->length, 8);
    }
    put(out, session->fact_count, 4);
    for (size_t i = 0; i < session->fact_count; i++) {
        put(out, session->facts[i].koid, 8);
        put(out, session->facts[i].key, 8);
        put(out, session->facts[i].pager, 4);
        put(out, session->facts[i].port, 4);
    }
}

static void put_record(struct buf *out, const struct thread_record *record) {
    put_bytes(out, record->name, strlen(record->name));
    put(out,
        (uint64_t)record->in_call | (uint64_t)record->by_page << 1 | (uint64_t)record->in_pages << 2 |
            (uint64_t)record->has_result << 3 | (uint64_t)record->touch.active << 4 |
            (uint64_t)record->touch.write << 5 | (uint64_t)record->touch.pending << 6,
        4);
    put(out, (uint32_t)record->result, 4);
    put(out, record->touch.byte, 4);
    put(out, record->origin, 8);
    put(out, record->touch.address, 8);
    put(out, record->touch.left, 8);
    put(out, record->touch.done_at, 8);
    put_bytes(out, buf_string(&record->bytes), record->bytes.n);
}

static void put_threads(struct buf *out, const struct session *session) {
    put(out, session->record_count, 4);
    for (size_t i = 0; i < session->record_count; i++) put_record(out, &session->records[i]);
    put(out, session->threads.count, 4);
    for (size_t i = 0; i < session->threads.count; i++) {
        put_bytes(out, session->threads.entries[i].name, session->threads.entries[i].length);
        put(out, session->threads.entries[i].value, 4);
    }
}

static void put_packets(struct buf *out, const struct session *session) {
    put(out, session->packet_count, 4);
    for (size_t i = 0; i < session->packet_count; i++) {
        const zxp_packet_view *packet = &session->packets[i].packet;
        put(out, session->packets[i].port, 8);
        put(out, packet->key, 8);
        put(out, packet->type, 4);
        put(out, (uint32_t)packet->status, 4);
        put(out, packet->command, 4);
        put(out, packet->offset, 8);
        put(out, packet->length, 8);
        put(out, packet->trigger, 4);
        put(out, packet->observed, 4);
    }
}

static void put_session(struct buf *out, const struct session *session) {
    put(out, session->next_key, 8);
    put(out, session->next_free, 4);
    put(out, session->ticks, 8);
    put(out, session->main_thread, 4);
    put_names(out, session);
    put_threads(out, session);
    put_packets(out, session);
}

void save_put_session(struct buf *out, const struct session *session) {
    put_session(out, session);
    put(out, session->disk_count, 4);
    for (size_t i = 0; i < session->disk_count; i++) {
        put_bytes(out, session->disks[i].service, strlen(session->disks[i].service) + 1);
        put_bytes(out, session->disks[i].bytes.s, session->disks[i].bytes.n);
    }
}

static bool fail(char *reason, size_t capacity, const char *path, const char *why) {
    (void)snprintf(reason, capacity, "%.200s: %s", path, why);
    return false;
}

static bool write_all(int file, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = write(file, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* Keeps the permissions of a file that is replaced; a new one gets the usual ones. */
static void set_mode(int file, const char *path) {
    struct stat info;
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(file, stat(path, &info) == 0 ? info.st_mode & 07777 : 0666 & ~mask);
}

bool save_replace(const char *path, const void *bytes, size_t length, char *reason, size_t capacity) {
    struct buf temporary = {0};
    buf_format(&temporary, "%s.XXXXXX", path);
    int file = mkstemp(temporary.s);
    bool good = file >= 0;
    if (good) {
        set_mode(file, path);
        good = write_all(file, bytes, length) && fsync(file) == 0;
        good = close(file) == 0 && good;
        good = good && rename(temporary.s, path) == 0;
    }
    int error = errno;
    if (!good && file >= 0) (void)unlink(temporary.s);
    buf_free(&temporary);
    return good || fail(reason, capacity, path, strerror(error));
}

bool save_write(const struct interp *in, const char *path, char *reason, size_t capacity) {
    struct buf body = {0}, file = {0};
    size_t length = zxp_world_encode(in->world, ZXP_FORM_FULL, NULL, 0);
    uint8_t *world = mem_alloc(length);
    (void)zxp_world_encode(in->world, ZXP_FORM_FULL, world, length);
    put(&body, length, 8);
    buf_add(&body, world, length);
    put_session(&body, &in->session);
    buf_add(&file, magic, sizeof magic);
    put(&file, VERSION, 4);
    put(&file, 0, 4);
    put(&file, body.n, 8);
    put(&file, checksum(body.s, body.n), 8);
    buf_add(&file, body.s, body.n);
    bool good = save_replace(path, file.s, file.n, reason, capacity);
    free(world);
    buf_free(&body);
    buf_free(&file);
    return good;
}

/* ---- Reading: every length is checked against what is left ---- */

struct reader {
    const uint8_t *bytes;
    size_t at, length;
    bool bad;
};

static uint64_t get(struct reader *r, unsigned bytes) {
    uint64_t value = 0;
    if (r->bad || r->length - r->at < bytes) {
        r->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++) value |= (uint64_t)r->bytes[r->at++] << (8 * i);
    return value;
}

static const char *get_bytes(struct reader *r, size_t *length) {
    *length = get(r, 4);
    if (r->bad || r->length - r->at < *length) {
        r->bad = true;
        *length = 0;
        return "";
    }
    const char *bytes = (const char *)r->bytes + r->at;
    r->at += *length;
    return bytes;
}

static void get_names(struct reader *r, struct session *session) {
    for (uint64_t count = get(r, 4); count && !r->bad; count--) {
        size_t length;
        const char *name = get_bytes(r, &length);
        struct binding binding = {.kind = (enum binding_kind)(get(r, 4) & 3)};
        binding.value = get(r, 8);
        binding.koid = get(r, 8);
        binding.length = get(r, 8);
        if (!r->bad) session_bind(session, name, length, binding);
    }
    zx_koid_t last = 0;
    for (uint64_t count = get(r, 4); count && !r->bad; count--) {
        struct vmo_fact fact = {.koid = get(r, 8)};
        fact.key = get(r, 8);
        fact.pager = (zx_handle_t)get(r, 4);
        fact.port = (zx_handle_t)get(r, 4);
        r->bad |= fact.koid <= last;
        last = fact.koid;
        if (!r->bad) session_add_fact(session, fact);
    }
}

static void get_record(struct reader *r, struct session *session, uint32_t thread) {
    size_t length, bytes;
    const char *name = get_bytes(r, &length);
    uint64_t bits = get(r, 4);
    struct thread_record *record = session_record(session, thread);
    (void)snprintf(record->name, sizeof record->name, "%.*s", (int)(length > 63 ? 63 : length), name);
    record->in_call = bits & 1;
    record->by_page = bits >> 1 & 1;
    record->in_pages = bits >> 2 & 1;
    record->has_result = bits >> 3 & 1;
    record->touch = (struct touch){.active = bits >> 4 & 1, .write = bits >> 5 & 1, .pending = bits >> 6 & 1};
    session->touching += record->touch.active;
    record->result = (zx_status_t)(uint32_t)get(r, 4);
    record->touch.byte = (uint8_t)get(r, 4);
    record->origin = get(r, 8);
    record->touch.address = get(r, 8);
    record->touch.left = get(r, 8);
    record->touch.done_at = get(r, 8);
    const char *seen = get_bytes(r, &bytes);
    if (bytes) buf_add(&record->bytes, seen, bytes);
}

static void get_threads(struct reader *r, struct session *session, const zxp_world *world) {
    uint64_t count = get(r, 4);
    r->bad |= count > zxp_thread_count(world);
    for (uint32_t thread = 0; thread < count && !r->bad; thread++) get_record(r, session, thread);
    for (uint64_t left = get(r, 4); left && !r->bad; left--) {
        size_t length;
        const char *name = get_bytes(r, &length);
        uint64_t thread = get(r, 4);
        r->bad |= thread >= count;
        if (!r->bad) map_put(&session->threads, name, length, (uint32_t)thread);
    }
    r->bad |= session->main_thread >= count;
}

static void get_packets(struct reader *r, struct session *session) {
    for (uint64_t count = get(r, 4); count && !r->bad; count--) {
        struct set_aside aside = {.port = get(r, 8)};
        aside.packet.key = get(r, 8);
        aside.packet.type = (uint32_t)get(r, 4);
        aside.packet.status = (zx_status_t)(uint32_t)get(r, 4);
        aside.packet.command = (uint16_t)get(r, 4);
        aside.packet.offset = get(r, 8);
        aside.packet.length = get(r, 8);
        aside.packet.trigger = (zx_signals_t)get(r, 4);
        aside.packet.observed = (zx_signals_t)get(r, 4);
        session->packets =
            mem_grow(session->packets, session->packet_count, &session->packet_capacity, sizeof *session->packets);
        session->packets[session->packet_count++] = aside;
    }
}

static void get_session(struct reader *r, struct session *session, const zxp_world *world) {
    *session = (struct session){.next_key = get(r, 8)};
    session->next_free = (uint32_t)get(r, 4);
    session->ticks = get(r, 8);
    session->main_thread = (uint32_t)get(r, 4);
    get_names(r, session);
    get_threads(r, session, world);
    get_packets(r, session);
}

static void get_disks(struct reader *r, struct session *session) {
    for (uint64_t count = get(r, 4); count && !r->bad; count--) {
        size_t length, bytes;
        const char *service = get_bytes(r, &length);
        const char *held = get_bytes(r, &bytes);
        struct buf *disk = session_disk(session, service);
        if (bytes) buf_add(disk, held, bytes);
    }
}

bool save_get_session(const struct buf *bytes, struct session *session, const zxp_world *world) {
    struct reader r = {.bytes = (const uint8_t *)bytes->s, .length = bytes->n};
    get_session(&r, session, world);
    get_disks(&r, session);
    return !r.bad && r.at == r.length;
}

static const char *check_head(const struct source *file) {
    struct reader r = {.bytes = (const uint8_t *)file->text, .length = file->length};
    if (file->length < HEAD || memcmp(file->text, magic, sizeof magic) != 0) return "this is no save file";
    r.at = sizeof magic;
    if (get(&r, 4) != VERSION) return "a save file of another format version";
    (void)get(&r, 4);
    if (get(&r, 8) != file->length - HEAD) return "the save file is cut off, or something was added to it";
    return get(&r, 8) == checksum(file->text + HEAD, file->length - HEAD) ? NULL
                                                                          : "the save file is damaged (checksum)";
}

static const char *decode(struct interp *in, const struct source *file) {
    struct reader r = {.bytes = (const uint8_t *)file->text, .at = HEAD, .length = file->length};
    const char *why = check_head(file);
    if (why) return why;
    uint64_t length = get(&r, 8);
    if (r.bad || length > r.length - r.at) return "the save file is damaged (lengths)";
    zxp_world *world = zxp_world_decode(r.bytes + r.at, length, &why);
    if (!world) return why ? why : "the world in the save file is damaged";
    struct session session;
    r.at += length;
    get_session(&r, &session, world);
    if (r.bad || r.at != r.length) {
        session_clear(&session);
        zxp_world_destroy(world);
        return "the names in the save file are damaged";
    }
    interp_adopt(in, world, &session);
    return NULL;
}

bool save_read(struct interp *in, const char *path, char *reason, size_t capacity) {
    char why[200];
    struct source *file = source_read(path, why, sizeof why);
    if (!file) return fail(reason, capacity, path, why);
    const char *damage = decode(in, file);
    source_release(file);
    return !damage || fail(reason, capacity, path, damage);
}
