/*
 * hostile.c - save files that no world can have written: one field of a world is changed behind the core's back, the
 * world is encoded, and the decoder refuses the bytes with the reason that belongs to that field. Bytes that the
 * encoder never writes are changed in the encoding itself.
 *
 * hostile FOLDER: each of these files is also left in FOLDER, by number (`make saves` keeps those that it needs).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/encode.h"
#include "core/handle.h"
#include "core/info.h"
#include "core/node.h"
#include "core/object.h"
#include "core/slots.h"
#include "core/thread.h"
#include "tests/tools/scene.h"

/* ---- Worlds, made by a script ---- */

static zxp_world *world_of(const char *script) {
    zxp_world *w = scene(script);
    if (w == NULL) fail_msg("the scene does not run: %s", script);
    return w;
}

struct bytes {
    uint8_t *at;
    size_t length;
};

static struct bytes encoded(const zxp_world *w) {
    struct bytes b = {.length = zxp_world_encode(w, ZXP_FORM_FULL, NULL, 0)};
    b.at = malloc(b.length);
    assert_non_null(b.at);
    assert_int_equal(zxp_world_encode(w, ZXP_FORM_FULL, b.at, b.length), b.length);
    return b;
}

static const char *kept_in; /* NULL: nowhere */

static void keep(struct bytes b) {
    static unsigned number;
    char path[1024];
    if (kept_in == NULL) return;
    (void)snprintf(path, sizeof path, "%s/%03u", kept_in, ++number);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(b.at, 1, b.length, file), b.length);
    assert_int_equal(fclose(file), 0);
}

/* NULL: a world came. */
static const char *refusal_of(struct bytes b) {
    const char *reason = NULL;
    keep(b);
    zxp_world *w = zxp_world_decode(b.at, b.length, &reason);
    assert_int_equal(w == NULL, reason != NULL);
    zxp_world_destroy(w);
    free(b.at);
    return reason;
}

/* ---- Scenes; the thread t1 has number 1 ---- */

#define NAMED_VMO      "create v 4 trap-dirty resizable; supply v 0 2; anon a 2; write a 0 byte=0x41; "
#define TWO_ANON       "anon a 2; anon b 2; "
#define TWO_PAGERS     "create v 2; create u 2; "
#define ANON_AND_PAGER "anon a 2; create v 2; "
#define BODY           "anon a 2; zx_vmo_write(a, \"unique\", 0, 6) => ZX_OK; "
#define CLONE          "create v 4; supply v 0 4; clone k v 1 2; clone s v slice 1 2; "
#define FAMILY         "anon a 2; write a 0 2; clone k a snapshot; anon b 2; "
#define REFERENCE      "anon a 2; clone r a reference; anon b 2; "
#define DISCARDABLE    "anon d 2 discardable; zx_vmo_op_range(d, ZX_VMO_OP_LOCK, 0, 2p) => ZX_OK; "
#define FREE_HANDLES   "anon a 1; anon b 1; anon c 1; close a; close b; "
#define READ           "create v 4; t1: read v 1 2 => blocked; "
#define ATTACHED       READ "t2: read v 1 2 => blocked; t3: read v 2 1 => blocked; "
#define TWO_REQUESTS   READ "create u 4; t2: read v 3 => blocked; t3: read u 0 => blocked; "
#define LOST_PACKET    READ "next; "
#define TRAP           "create v 4 trap-dirty; supply v 0 4; t1: write v 1 2 => blocked; "
#define DETACHED       "create v 2; detach v; "
#define DEAD_SOURCE    "create v 2; close v; "

#define WAIT_ONE "e = zx_event_create(0); t1: zx_object_wait_one(e, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE) => blocked; "

#define WAIT_ASYNC "e = zx_event_create(0); p = zx_port_create(0); zx_object_wait_async(e, p, 1, ZX_USER_SIGNAL_0, 0); "

#define A_NAME       "anon a 1; zx_object_set_property(a, ZX_PROP_NAME, \"name\"); "
#define USER_PACKETS "p = zx_port_create(0); zx_port_queue(p, 1, 2, 3, 4, 5); "
#define MAPPED       "anon a 4; map m a; anon b 4; map n b; "
#define PINNED       "anon a 4; write a 0 4; pin a 1 2; anon b 2; "

/* Calls that wait, one of each kind. */
#define MAPPED_V          "create v 4; map m v; anon a 4; "
#define IN_WAIT_MANY      "e = zx_event_create(0); t1: zx_object_wait_many([e:ZX_USER_SIGNAL_0], 100) => blocked; "
#define IN_ONE_PORT_WAIT  "p = zx_port_create(0); t1: zx_port_wait(p, 100) => blocked; "
#define IN_PORT_WAIT      IN_ONE_PORT_WAIT "t2: zx_port_wait(p, 100) => blocked; "
#define IN_READ           READ
#define IN_WRITE          TRAP
#define IN_WRITE_OF_BYTES "create v 4; t1: zx_vmo_write(v, \"ab\", 0, 2) => blocked; "
#define IN_READ_TO        MAPPED_V "t1: zx_vmo_read(a, 0, 2p, at(m)) => blocked; "
#define IN_LOAD           MAPPED_V "t1: load(m, 1p) => blocked; "
#define IN_STORE          MAPPED_V "t1: store(m, byte(1), 1p) => blocked; "
#define IN_OP_RANGE       MAPPED_V "t1: zx_vmar_op_range(vmar, ZX_VMAR_OP_COMMIT, m, 3p) => blocked; "
#define IN_PIN            "create v 4; supply v 0; t1: pin v 0 2 => blocked; "
#define IN_TRANSFER                                                                                                    \
    "create r 2; supply r 0; clone c r; anon x 2; t1: zx_vmo_transfer_data(x, 0, 0, 2p, c, 0) => "                     \
    "blocked; "
#define IN_SUPPLY                                                                                                      \
    "create r 2; supply r 0; clone c r; create x 2; t1: zx_pager_supply_pages(pager, x, 0, 2p, c, 0) => "              \
    "blocked; "
#define IN_QUERY                                                                                                       \
    "create v 1 resizable; supply v 0; write v 0; create w 1; map m w; t1: "                                           \
    "zx_pager_query_dirty_ranges(pager, v, 0, 1p, 1p, at(m)) => blocked; "
#define IN_PROPERTY    "create v 1; t1: zx_object_set_property(v, ZX_PROP_VMO_CONTENT_SIZE, 100) => blocked; "
#define IN_STREAM_SIZE "create v 1; t1: zx_vmo_set_stream_size(v, 100) => blocked; "
#define SUSPENDED      READ "suspend t1; "
#define WAITS_OUT      IN_READ_TO "suspend t1; "
#define IN_COMMIT      "create v 4; t1: zx_vmo_op_range(v, ZX_VMO_OP_COMMIT, 0, 2p) => blocked; "

/* ---- Places ---- */

static object_ref nth_object(const zxp_world *w, uint32_t type, unsigned n) {
    object_ref o = kernel_of(w)->first_object;
    while (object_is(o) && (object_at(w, o)->type != type || n-- != 0)) o = object_at(w, o)->next;
    assert_true(object_is(o));
    return o;
}

static vmo_ref nth_vmo(const zxp_world *w, unsigned n) { return vmo_of_object(nth_object(w, ZX_OBJ_TYPE_VMO, n)); }
static node_ref nth_node(const zxp_world *w, unsigned n) { return vmo_at(w, nth_vmo(w, n))->node; }
static thread_ref nth_thread(const zxp_world *w, unsigned n) { return thread_by_number(w, n); }

static void *kernel(const zxp_world *w) { return kernel_of(w); }
static void *vmar(const zxp_world *w) { return object_at(w, kernel_of(w)->first_object); }
static void *vmo_0(const zxp_world *w) { return vmo_at(w, nth_vmo(w, 0)); }
static void *vmo_1(const zxp_world *w) { return vmo_at(w, nth_vmo(w, 1)); }
static void *vmo_2(const zxp_world *w) { return vmo_at(w, nth_vmo(w, 2)); }
static void *node_0(const zxp_world *w) { return node_at(w, nth_node(w, 0)); }
static void *node_1(const zxp_world *w) { return node_at(w, nth_node(w, 1)); }
static void *source_0(const zxp_world *w) { return source_at(w, node_at(w, nth_node(w, 0))->source); }
static void *port_0(const zxp_world *w) { return object_at(w, nth_object(w, ZX_OBJ_TYPE_PORT, 0)); }
static void *packet_0(const zxp_world *w) { return packet_at(w, ((struct port *)port_0(w))->first); }
static void *main_thread(const zxp_world *w) { return thread_at(w, nth_thread(w, 0)); }
static void *thread_1(const zxp_world *w) { return thread_at(w, nth_thread(w, 1)); }
static void *thread_2(const zxp_world *w) { return thread_at(w, nth_thread(w, 2)); }
static void *handle_1(const zxp_world *w) { return (struct handle_slot *)arena_at(w, kernel_of(w)->handles) + 1; }
static void *mapping_0(const zxp_world *w) { return mapping_at(w, vmo_at(w, nth_vmo(w, 0))->first_mapping); }
static void *pin_0(const zxp_world *w) { return pin_at(w, kernel_of(w)->first_pin); }
static void *observer_0(const zxp_world *w) {
    object_ref o = kernel_of(w)->first_object;
    while (!observer_is(object_at(w, o)->observers)) o = object_at(w, o)->next;
    return observer_at(w, object_at(w, o)->observers);
}

/* ---- One field ---- */

struct row {
    const char *scene;
    void *(*place)(const zxp_world *w); /* NULL: the key of page 0 of the first VMO */
    size_t offset, size;
    uint64_t value;
    const char *reason;
};
#define FIELD(place, structure, field) place, offsetof(structure, field), sizeof(((structure *)0)->field)
#define KERNEL(field)                  FIELD(kernel, struct kernel, field)
#define VMO(n, field)                  FIELD(vmo_##n, struct vmo, field)
#define NODE(n, field)                 FIELD(node_##n, struct node, field)
#define SOURCE(field)                  FIELD(source_0, struct source, field)
#define PORT(field)                    FIELD(port_0, struct port, field)
#define PACKET(field)                  FIELD(packet_0, struct packet, field)
#define THREAD(n, field)               FIELD(thread_##n, struct thread, field)
#define CALL(field)                    FIELD(thread_1, struct thread, call.field)
#define REQUEST(field)                 FIELD(thread_1, struct thread, request.field)
#define HANDLE(field)                  FIELD(handle_1, struct handle_slot, field)
#define MAPPING(field)                 FIELD(mapping_0, struct mapping, field)
#define PIN(field)                     FIELD(pin_0, struct pin, field)
#define OBSERVER(field)                FIELD(observer_0, struct observer, field)
#define KEY(field)                     FIELD(NULL, struct page_key, field)

static void store(uint8_t *at, size_t size, uint64_t value) {
    for (size_t i = 0; i < size; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static void change_key(zxp_world *w, const struct row *row) {
    struct page_map *map = &node_at(w, nth_node(w, 0))->map;
    struct page_key key = slot_at(w, nth_node(w, 0), 0);
    store((uint8_t *)&key + row->offset, row->size, row->value);
    assert_true(arena_reserve(w, page_map_change_bytes(map, 1)));
    page_map_set(w, &node_at(w, nth_node(w, 0))->map, 0, 1, key);
}

static void change(zxp_world *w, const struct row *row) {
    if (row->place == NULL)
        change_key(w, row);
    else
        store((uint8_t *)row->place(w) + row->offset, row->size, row->value);
}

/* Number of rows that came out otherwise. */
static unsigned judge(const struct row *rows, size_t count) {
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        zxp_world *w = world_of(rows[i].scene);
        change(w, &rows[i]);
        const char *reason = refusal_of(encoded(w));
        zxp_world_destroy(w);
        if (reason != NULL && strcmp(reason, rows[i].reason) == 0) continue;
        print_message("row %zu of %s: \"%s\" instead of \"%s\"\n", i + 1, rows[i].scene, reason ? reason : "a world",
                      rows[i].reason);
        wrong++;
    }
    return wrong;
}
#define JUDGE(rows) assert_int_equal(judge(rows, sizeof(rows) / sizeof(*(rows))), 0)

static void the_head(void **state) {
    (void)state;
    static const char counter[] = "a counter is out of range", generations[] = "the generations are out of range";
    static const struct row rows[] = {
        {TWO_ANON, KERNEL(profile), 3, "no such profile"},
        {TWO_ANON, KERNEL(vmar_handle), 7, "the handle of the root VMAR is another"},
        {TWO_ANON, KERNEL(now), (uint64_t)1 << 63, "the clock is out of range"},
        {TWO_ANON, KERNEL(next_koid), ZX_KOID_FIRST, counter},
        {TWO_ANON, KERNEL(next_koid), UINT64_MAX / 2, counter},
        {TWO_ANON, KERNEL(next_koid), ZX_KOID_FIRST + 2, "koids do not ascend"},
        {TWO_ANON, KERNEL(next_stamp), 0, counter},
        {TWO_ANON, KERNEL(next_stamp), UINT64_MAX / 128, counter},
        {TWO_ANON, KERNEL(next_share), 0, counter},
        {TWO_ANON, KERNEL(newest_generation), UINT64_MAX / 2, generations},
        {TWO_ANON, KERNEL(oldest_generation), 7, generations},
        {TWO_ANON, KERNEL(newest_generation), 8, generations},
    };
    JUDGE(rows);
}

static void objects_and_handles(void **state) {
    (void)state;
    static const char unknown[] = "a VMO of no known kind", slice[] = "a slice reaches too far";
    static const struct row rows[] = {
        {TWO_ANON, FIELD(vmar, struct object, koid), 5, "the first object is not the root VMAR"},
        {TWO_ANON, VMO(0, object.type), 77, "an object of no known type"},
        {TWO_ANON, VMO(1, object.koid), ZX_KOID_FIRST, "koids do not ascend"},
        {TWO_ANON, VMO(1, object.koid), ZX_KOID_FIRST + 1, "koids do not ascend"},
        {TWO_ANON, VMO(0, kind), 9, unknown},
        {TWO_ANON, VMO(0, resizable), 8, unknown},
        {TWO_ANON, VMO(0, cache_policy), 9, unknown},
        {TWO_ANON, VMO(0, base), PAGE, "a slice is not page aligned"},
        {TWO_ANON, VMO(0, window), PAGE, slice},
        {CLONE, VMO(2, window), 8 * PAGE, slice},
        {CLONE, VMO(1, window), PAGE, slice},
        {CLONE, VMO(2, base), 1, "a slice is not page aligned"},
        {CLONE, VMO(2, window), 1, "a slice is not page aligned"},
        {DISCARDABLE, VMO(0, lock), 9, "a lock of what cannot be locked"},
        {TWO_ANON, VMO(0, lock), 1, "a lock of what cannot be locked"},
        {TWO_ANON, VMO(1, kind), ZXP_VMO_REFERENCE, "a VMO on another's node"},
        {READ, PORT(dead), 2, "a port of no known kind"},
        {READ, PORT(dead), 1, "a packet in a dead port"},
        {TWO_ANON, KERNEL(handle_used), 0, "too many handles"},
        {TWO_ANON, HANDLE(generation), 4096, "a handle of a strange generation"},
        {FREE_HANDLES, KERNEL(first_free_handle), 1, "the free handles are no list"},
        {TWO_ANON, HANDLE(object), 0, "the free handles are no list"},
    };
    JUDGE(rows);
}

static void sources_and_nodes(void **state) {
    (void)state;
    static const char unknown[] = "a source of no known kind", packet[] = "a packet of no known kind";
    static const struct row rows[] = {
        {READ, SOURCE(trap), 64, unknown},
        {READ, SOURCE(place), 9, unknown},
        {READ, SOURCE(busy), 0, "a source is busy with nothing"},
        {READ, SOURCE(pager), 0, "a source has lost its pager and not noticed"},
        {READ, SOURCE(complete_sent), 1, "a source has not told that it is complete"},
        {READ, SOURCE(complete_pending), 1, "a source has told too early that it is complete"},
        {READ, SOURCE(koid), 1, "a source of another node"},
        {READ, PACKET(command), 77, packet},
        {READ, PACKET(command), ZX_PAGER_VMO_COMPLETE, packet},
        {TWO_PAGERS, NODE(0, in_pager_tree), 0, "a node hangs on nothing"},
        {TWO_ANON, NODE(0, in_pager_tree), 1, "a node hangs on nothing"},
        {TWO_ANON, NODE(0, root_offset), 1, "a node is not page aligned"},
        {TWO_ANON, NODE(0, root_offset), ~(PAGE - 1), "a node lies too far"},
        {CLONE, NODE(1, up_offset), 1, "a node looks out of another"},
        {CLONE, NODE(1, limit), 1, "a node looks out of another"},
        {CLONE, NODE(1, limit), 8 * PAGE, "a node looks out of another"},
        {CLONE, NODE(1, limit), 3 * PAGE, "a node looks further than it reaches"},
    };
    JUDGE(rows);
}

static void pages(void **state) {
    (void)state;
    static const char impossible[] = "a page in an impossible state";
    static const struct row rows[] = {
        {NAMED_VMO, KEY(state), 77, impossible},
        {NAMED_VMO, KEY(state), OWNED, impossible},
        {NAMED_VMO, KEY(state), DIRTY, impossible}, /* still in a reclaim list */
        {NAMED_VMO, KEY(list), 9, impossible},
        {NAMED_VMO, KEY(list), LIST_NONE, impossible},
        {NAMED_VMO, KEY(list), LIST_ISOLATE, impossible},
        {NAMED_VMO, KEY(list_generation), 9, impossible},
        {NAMED_VMO, KEY(generation), 9, impossible},
        {NAMED_VMO, KEY(list_generation), 7, impossible},
        {NAMED_VMO, KEY(generation), 5, impossible},
        {NAMED_VMO, KEY(ascending), 2, impossible},
        {NAMED_VMO, KEY(order), UINT64_MAX / 128 - 1, impossible},
        {NAMED_VMO, KEY(pins), 1, impossible},
        {NAMED_VMO, KEY(always_need), 2, impossible},
        {NAMED_VMO, KEY(share), 1, impossible},
        {BODY, KEY(share), 99, impossible},
        {BODY, KEY(pins), 32, impossible},
        {BODY, KEY(state), CLEAN, impossible},
    };
    JUDGE(rows);
}

static void threads(void **state) {
    (void)state;
    static const char impossible[] = "a thread in an impossible state", call[] = "a call of no known kind";
    static const struct row rows[] = {
        {READ, THREAD(1, state), 9, impossible},
        {READ, THREAD(1, waits_for), 9, impossible},
        {READ, THREAD(1, waits_for), 0, impossible},
        {READ, THREAD(1, state), ZXP_THREAD_SUSPENDED, impossible},
        {READ, THREAD(1, restart), 1, impossible},
        {READ, THREAD(1, timed), 1, impossible},
        {READ, THREAD(1, fault_kind), 2, impossible},
        {READ, FIELD(main_thread, struct thread, suspended), 1, impossible},
        {READ, FIELD(main_thread, struct thread, waits_for), ZXP_WAIT_PORT, impossible},
        {READ, FIELD(main_thread, struct thread, timed), 1, impossible},
        {READ, THREAD(1, suspended), 1, "a suspended thread waits"},
        {READ, CALL(op), ZXP_OP_NONE, call},
        {READ, CALL(op), ZXP_OP_VMO_CREATE, call},
        {READ, CALL(rule), RULE_COUNT, call},
        {READ, CALL(uninterruptible), 4, call},
        {READ, CALL(values), 3, "too many results"},
        {READ, CALL(buffer.kind), 9, "a buffer of no known kind"},
    };
    JUDGE(rows);
}

static const char nowhere[] = "a call is where it cannot be";

static void calls_that_wait(void **state) {
    (void)state;
    static const struct row rows[] = {
        {IN_WAIT_MANY, CALL(list_count), 99, "a list of a strange size"},
        {IN_PORT_WAIT, CALL(held_port), 0, "a thread waits on another port"},
        {IN_READ, CALL(held[0]), 0, nowhere},
        {IN_READ, CALL(args[1]), UINT64_MAX, nowhere},
        {IN_READ, CALL(cursor), 2 * PAGE, nowhere},
        {IN_READ, CALL(phase), 0, nowhere},
        {IN_READ, CALL(fault_end), PAGE, nowhere},
        {IN_WRITE, CALL(held[0]), 0, nowhere},
        {IN_WRITE, CALL(args[2]), UINT64_MAX, nowhere},
        {IN_WRITE, CALL(cursor), 2 * PAGE, nowhere},
        {IN_READ_TO, CALL(fault_at), 1, nowhere},
        {IN_READ_TO, CALL(fault_end), 1, nowhere},
        {IN_READ_TO, CALL(fault_end), UINT64_MAX, nowhere},
        {IN_READ_TO, CALL(uninterruptible), 0, nowhere},
        {IN_READ_TO, CALL(buffer.kind), ZXP_BUFFER_FILL, nowhere},
        {IN_LOAD, CALL(cursor), PAGE, nowhere},
        {IN_LOAD, CALL(uninterruptible), 1, nowhere},
        {IN_LOAD, CALL(fault_end), PAGE, nowhere},
        {IN_STORE, CALL(cursor), PAGE, nowhere},
        {IN_OP_RANGE, CALL(held[0]), 0, nowhere},
        {IN_OP_RANGE, CALL(phase), 1, nowhere},
        {IN_OP_RANGE, CALL(args[3]), UINT64_MAX, nowhere},
        {IN_OP_RANGE, CALL(args[2]), ~(PAGE - 1), nowhere},
        {IN_OP_RANGE, CALL(local[4]), 0, nowhere},
        {IN_OP_RANGE, CALL(local[5]), 8 * PAGE, nowhere},
        {IN_OP_RANGE, CALL(local[6]), ~(PAGE - 1), nowhere},
        {IN_OP_RANGE, CALL(local[5]), 1, nowhere},
        {IN_OP_RANGE, CALL(local[6]), 1, nowhere},
        {IN_PIN, CALL(held[0]), 0, nowhere},
        {IN_PIN, CALL(args[1]), 1, nowhere},
        {IN_PIN, CALL(args[2]), 1, nowhere},
        {IN_PIN, CALL(local[0]), 3, nowhere},
        {IN_PIN, CALL(local[1]), 2, nowhere},
        {IN_PIN, CALL(local[5]), 1, nowhere},
        {IN_PIN, CALL(local[0]), 2, "pages are not pinned as often as pins say"},
        {IN_TRANSFER, CALL(held[0]), 0, nowhere},
        {IN_TRANSFER, CALL(held[1]), 0, nowhere},
        {IN_TRANSFER, CALL(transit.root), 0, nowhere},
        {IN_TRANSFER, CALL(args[5]), 1, nowhere},
        {IN_TRANSFER, CALL(args[3]), 1, nowhere},
        {IN_TRANSFER, CALL(args[5]), ~(PAGE - 1), nowhere},
        {IN_TRANSFER, CALL(args[3]), PAGE, nowhere},
        {IN_TRANSFER, CALL(cursor), 2, nowhere},
        {IN_TRANSFER, CALL(op), ZXP_OP_VMO_CREATE_CHILD, "a call of no known kind"},
        {IN_TRANSFER, CALL(op), ZXP_OP_VMO_OP_RANGE, "a call that takes no pages has some"},
        {IN_SUPPLY, CALL(held[0]), 0, nowhere},
        {IN_SUPPLY, CALL(cursor), 2, nowhere},
        {IN_QUERY, CALL(held[0]), 0, nowhere},
        {IN_QUERY, CALL(fault_end), PAGE, nowhere},
        {IN_PROPERTY, CALL(args[1]), 77, nowhere},
        {IN_PROPERTY, CALL(args[2]), UINT64_MAX, nowhere},
        {IN_STREAM_SIZE, CALL(held[0]), 0, nowhere},
        {IN_STREAM_SIZE, CALL(local[4]), 2, nowhere},
        {IN_STREAM_SIZE, CALL(local[5]), 101, nowhere},
        {IN_STREAM_SIZE, CALL(args[1]), UINT64_MAX, nowhere},
        {IN_STREAM_SIZE, CALL(cursor), PAGE, nowhere},
        {IN_COMMIT, CALL(held[0]), 0, nowhere},
        {WAIT_ONE, CALL(local[0]), 1, nowhere},
        {SUSPENDED, CALL(local[0]), 1, nowhere},
        {SUSPENDED, CALL(phase), 1, nowhere},
        {SUSPENDED, CALL(cursor), 1, nowhere},
        {SUSPENDED, CALL(fault_at), 1, nowhere},
        {SUSPENDED, CALL(fault_end), 1, nowhere},
        {SUSPENDED, CALL(uninterruptible), 1, nowhere},
    };
    JUDGE(rows);
}

/* What a world that waits must come back as: itself. */
static void every_wait_comes_back(void **state) {
    (void)state;
    static const char *const scenes[] = {
        IN_WAIT_MANY, IN_PORT_WAIT, IN_READ,     IN_WRITE, IN_READ_TO,  IN_LOAD,        IN_STORE,  IN_OP_RANGE,
        IN_PIN,       IN_TRANSFER,  IN_SUPPLY,   IN_QUERY, IN_PROPERTY, IN_STREAM_SIZE, SUSPENDED, WAITS_OUT,
        ATTACHED,     TWO_REQUESTS, LOST_PACKET, DETACHED, DEAD_SOURCE, WAIT_ONE,       IN_COMMIT, A_NAME};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        zxp_world *w = world_of(scenes[i]);
        const char *reason = refusal_of(encoded(w));
        if (reason != NULL) fail_msg("%s: %s", scenes[i], reason);
        zxp_world_destroy(w);
    }
}

static void requests(void **state) {
    (void)state;
    static const char disagree[] = "a thread and its request disagree", stranger[] = "a request hangs on a stranger";
    static const char queue[] = "a request in a strange queue", none[] = "a packet of no request";
    static const struct row rows[] = {
        {READ, REQUEST(role), 9, "a request of no known kind"},
        {READ, REQUEST(early), 8, "a request of no known kind"},
        {READ, REQUEST(role), ROLE_NONE, disagree},
        {READ, REQUEST(waiting), 0, disagree},
        {READ, REQUEST(type), 9, "a request to no pager"},
        {READ, REQUEST(type), REQUEST_DIRTY, "a request that nobody makes"},
        {READ, REQUEST(offset), 1, "a request is not page aligned"},
        {READ, REQUEST(length), 0, "a request is not page aligned"},
        {READ, REQUEST(length), ~(PAGE - 1), "a request reaches too far"},
        {READ, REQUEST(pending), 0, "a request waits for nothing"},
        {READ, REQUEST(pending), 3 * PAGE, "a request waits for nothing"},
        {READ, REQUEST(role), ROLE_ATTACHED, queue},
        {ATTACHED, FIELD(thread_2, struct thread, request.role), ROLE_OWNER, "a request waits for nothing"},
        {ATTACHED, FIELD(thread_2, struct thread, request.offset), 0, stranger},
        {ATTACHED, FIELD(thread_2, struct thread, request.offset), 3 * PAGE, stranger},
        {ATTACHED, REQUEST(first_attached), 0, "a request in no queue"},
        {READ, SOURCE(owners[0]), 0, "a request in no queue"},
        {TWO_REQUESTS, REQUEST(next), 0, "a request in no queue"},
        {TWO_REQUESTS, REQUEST(length), 4 * PAGE, "requests overlap"},
        {READ, SOURCE(active), 0, none},
        {READ, PORT(first), 0, "a packet is lost"},
    };
    JUDGE(rows);
}

/* ---- Several places at once ---- */

static void refused(zxp_world *w, const char *expected) {
    const char *reason = refusal_of(encoded(w));
    zxp_world_destroy(w);
    assert_string_equal(reason ? reason : "a world", expected);
}

static void families_that_are_none(void **state) {
    (void)state;
    static const char *const scenes[] = {TWO_PAGERS, CLONE, ANON_AND_PAGER, TWO_ANON};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        zxp_world *w = world_of(scenes[i]);
        bool ring = i < 3; /* else both come after the first */
        ((struct node *)node_0(w))->next_in_family = nth_node(w, ring ? 1 : 0);
        ((struct node *)node_1(w))->next_in_family = nth_node(w, 0);
        refused(w, "a family is no ring");
    }
}

static void streams_of_strangers(void **state) {
    (void)state;
    zxp_world *w = world_of(REFERENCE);
    ((struct vmo *)vmo_2(w))->stream = ((struct vmo *)vmo_0(w))->stream;
    ((struct vmo *)vmo_2(w))->node = nth_node(w, 0);
    refused(w, "a stream is shared with a stranger");
}

static void queues_of_strangers(void **state) {
    (void)state;
    zxp_world *w = world_of(TWO_REQUESTS);
    ((struct thread *)thread_2(w))->request.next = nth_thread(w, 3);
    refused(w, "a request in a strange queue");
    w = world_of(TWO_REQUESTS);
    ((struct source *)source_0(w))->pending_first = nth_thread(w, 1); /* whose packet is under way */
    refused(w, "a request in a strange queue");
    w = world_of(TWO_REQUESTS);
    ((struct source *)source_0(w))->pending_first = nth_thread(w, 3); /* of another source */
    refused(w, "a request in a strange queue");
    w = world_of(TWO_REQUESTS);
    ((struct source *)source_0(w))->active = nth_thread(w, 3);
    refused(w, "a packet of no request");
}

static void packets_of_strangers(void **state) {
    (void)state;
    zxp_world *w = world_of(READ "p = zx_port_create(0)");
    ((struct source *)source_0(w))->port = port_of_object(nth_object(w, ZX_OBJ_TYPE_PORT, 1));
    refused(w, "a source's packet in the wrong place");
    w = world_of(DEAD_SOURCE);
    struct source *source = packet_0(w);
    source->complete_pending = 0;
    source->packet.command = ZX_PAGER_VMO_READ;
    refused(w, "a dead source has not ended");
    w = world_of(DEAD_SOURCE "anon a 1");
    source = packet_0(w);
    source->koid = ((struct vmo *)vmo_0(w))->object.koid;
    refused(w, "a dead source has a node");
}

static void threads_in_no_queue(void **state) {
    (void)state;
    zxp_world *w = world_of(IN_PORT_WAIT);
    ((struct port *)port_0(w))->first_waiter = nth_thread(w, 2);
    refused(w, "a thread waits in no queue");
    w = world_of(IN_PORT_WAIT "close p");
    ((struct port *)port_0(w))->first_waiter = thread_none();
    refused(w, "a thread waits in no queue");
    w = world_of(IN_ONE_PORT_WAIT);
    ((struct port *)port_0(w))->first_waiter = thread_none();
    ((struct thread *)thread_1(w))->call.held_port = port_none();
    refused(w, nowhere);
}

/* A call that begins anew has done nothing; a copy whose buffer is being faulted in says which page. */
static void calls_half_begun(void **state) {
    (void)state;
    zxp_world *w = world_of(SUSPENDED);
    hold_vmo(w, nth_thread(w, 1), 0, nth_vmo(w, 0));
    refused(w, nowhere);
    w = world_of(SUSPENDED);
    hold_vmo(w, nth_thread(w, 1), 1, nth_vmo(w, 0));
    refused(w, nowhere);
    w = world_of(IN_READ_TO);
    ((struct thread *)thread_1(w))->call.fault_at = ((struct thread *)thread_1(w))->call.fault_end = 0;
    refused(w, nowhere);
}

/* Items by which nobody can have been registered: the handle of the second is one of the first's object. */
static void items_of_others(void **state) {
    (void)state;
    zxp_world *w = world_of("e = zx_event_create(0); f = zx_handle_duplicate(e, ZX_RIGHT_SAME_RIGHTS); "
                            "t1: zx_object_wait_many([e:ZX_USER_SIGNAL_0], 100) => blocked; ");
    zxp_wait_item *items = arena_at(w, ((struct thread *)thread_1(w))->call.list);
    zxp_handle_view view = {0};
    for (zx_handle_t at = 0; zxp_handle_next(w, at, &view); at = view.handle)
        if (view.handle != items[0].handle && view.type == ZX_OBJ_TYPE_EVENT) items[0].handle = view.handle;
    refused(w, "a wait that nobody made");
}

static void translations_of_no_kind(void **state) {
    (void)state;
    zxp_world *w = world_of(MAPPED);
    assert_true(arena_reserve(w, page_map_change_bytes(&((struct mapping *)mapping_0(w))->pages, 1)));
    page_map_set(w, &((struct mapping *)mapping_0(w))->pages, 0, 1, (struct page_key){.state = 0x30});
    refused(w, "a page in an impossible state");
}

/* ---- Bytes that the encoder never writes ---- */

/* `row` changes the field whose first byte in the encoding is
 * then overwritten in the original by `length` bytes of `value`. */
struct patch {
    struct row row;
    size_t length;
    uint64_t value;
};

static size_t first_difference(struct bytes a, struct bytes b) {
    size_t i = 0;
    while (i < a.length && i < b.length && a.at[i] == b.at[i]) i++;
    assert_true(i < a.length && i < b.length);
    return i;
}

/* The number of a thread in a list, two times. */
#define TWICE(number) (((number) + 1) * UINT64_C(0x100000001))

static void bytes_of_no_world(void **state) {
    (void)state;
    static const struct patch patches[] = {
        {{IN_PORT_WAIT, PORT(first_waiter), 0, "a thread waits on another port"}, 8, TWICE(1)},
        {{ATTACHED, REQUEST(first_attached), 0, "a request hangs on a stranger"}, 8, TWICE(2)},
        {{TWO_REQUESTS, SOURCE(pending_first), 0, "a request in a strange queue"}, 8, TWICE(2)},
        {{READ, PORT(first), 0, "a packet of no known kind"}, 1, 3},
        {{WAIT_ONE, OBSERVER(handle), 77, "a wait that nobody made"}, 4, 1},
        {{IN_WRITE_OF_BYTES, CALL(buffer.length), 9, "a buffer of no known kind"}, 8, 0},
        {{PINNED, PIN(write), 0, "a pin of no known kind"}, 1, 2},
        {{TWO_ANON, KERNEL(handle_used), 2, "too many handles"}, 4, 1 << 19},
        {{TWO_ANON, KERNEL(thread_count), 0, "too many threads"}, 4, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        zxp_world *w = world_of(patches[i].row.scene);
        struct bytes original = encoded(w);
        change(w, &patches[i].row);
        struct bytes changed = encoded(w);
        size_t at = first_difference(original, changed);
        store(original.at + at, patches[i].length, patches[i].value);
        const char *reason = refusal_of(original);
        assert_string_equal(reason ? reason : "a world", patches[i].row.reason);
        free(changed.at);
        zxp_world_destroy(w);
    }
}

/* The one body of the scene becomes bytes that are all alike. */
static void a_uniform_body(void **state) {
    (void)state;
    zxp_world *w = world_of(BODY);
    struct bytes b = encoded(w);
    size_t at = 0;
    while (memcmp(b.at + at, "unique", 6) != 0) at++;
    memset(b.at + at, 0, 6);
    assert_string_equal(refusal_of(b), "a body is uniform");
    zxp_world_destroy(w);
}

static void space_pins_waits(void **state) {
    (void)state;
    static const char unknown[] = "a mapping of no known kind", out[] = "a pin is out of its VMO";
    static const struct row rows[] = {
        {MAPPED, MAPPING(max_permissions), 8, unknown},
        {MAPPED, MAPPING(fault_beyond_stream_size), 2, unknown},
        {MAPPED, MAPPING(vmo_offset), 1, "a mapping is not page aligned"},
        {MAPPED, MAPPING(vmo_offset), ~(PAGE - 1), "a mapping reaches too far"},
        {MAPPED, MAPPING(base), 0, "mappings overlap"},
        {MAPPED, MAPPING(base), ~(PAGE - 1), "mappings overlap"},
        {MAPPED, MAPPING(vmo), 0, "no such object"},
        {PINNED, PIN(offset), 1, out},
        {PINNED, PIN(length), 1, out},
        {PINNED, PIN(length), 0, out},
        {PINNED, PIN(offset), 3 * PAGE, out},
        {PINNED, PIN(offset), 0, "pages are not pinned as often as pins say"},
        {WAIT_ONE, OBSERVER(handle), 77, "a wait that nobody made"},
        {WAIT_ONE, OBSERVER(item), 1, "a wait that nobody made"},
        {WAIT_ONE, CALL(op), ZXP_OP_PORT_WAIT, "a wait that nobody made"},
        {WAIT_ASYNC, PORT(dead), 1, "a wait for a dead port"},
        {WAIT_ONE, THREAD(1, waits_for), ZXP_WAIT_REQUEST, "a thread and its request disagree"},
        {IN_WAIT_MANY, OBSERVER(item), 1, "a wait that nobody made"},
        {DEAD_SOURCE, FIELD(packet_0, struct source, koid), UINT64_MAX / 4, "a dead source has not ended"},
        {DETACHED, SOURCE(complete_pending), 0, "a packet of no known kind"},
    };
    JUDGE(rows);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head),
        cmocka_unit_test(objects_and_handles),
        cmocka_unit_test(sources_and_nodes),
        cmocka_unit_test(pages),
        cmocka_unit_test(threads),
        cmocka_unit_test(calls_that_wait),
        cmocka_unit_test(every_wait_comes_back),
        cmocka_unit_test(requests),
        cmocka_unit_test(families_that_are_none),
        cmocka_unit_test(streams_of_strangers),
        cmocka_unit_test(queues_of_strangers),
        cmocka_unit_test(packets_of_strangers),
        cmocka_unit_test(threads_in_no_queue),
        cmocka_unit_test(calls_half_begun),
        cmocka_unit_test(items_of_others),
        cmocka_unit_test(translations_of_no_kind),
        cmocka_unit_test(bytes_of_no_world),
        cmocka_unit_test(a_uniform_body),
        cmocka_unit_test(space_pins_waits),
    };
    kept_in = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
