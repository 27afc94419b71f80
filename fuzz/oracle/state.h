/*
 * state.h - the oracle's world: every structure, and the functions that its files share.
 *
 * Everything is an array element named by an index; -1 means none. Pages are counted in pages (4096 bytes) inside
 * nodes, requests and mappings, in bytes at the calls.
 */
#ifndef ZXPAGER_FUZZ_ORACLE_STATE_H
#define ZXPAGER_FUZZ_ORACLE_STATE_H

#include "oracle.h"

enum {
    OBJECT_MAX = 48,
    PORT_MAX = 6,
    PACKET_MAX = 64,
    SOURCE_MAX = 16,
    NODE_MAX = 20,
    ENTRY_MAX = 80, /* frames and markers of one node */
    INTERVAL_MAX = 32,
    FRAME_MAX = 640, /* frame 0 is a dummy that catches accesses after an overflow */
    BODY_MAX = 256,  /* body 0 likewise */
    THREAD_MAX = 12,
    HANDLE_MAX = 128,
    OBSERVER_MAX = 96,
    MAPPING_MAX = 24,
    MAPPING_PAGES = 96,
    PIN_MAX = 32,
    FIELD_MAX = 22,
    PIECE_MAX = 80,
    RANGE_MAX = 64,
    ITEM_MAX = 64,
    HANDLES_MAX = 128,
    BUFFER_BODIES = 16, /* a BYTES buffer of up to 64 KiB */
    REF_MAX = 3,
    GENERATIONS = 8,
    WALK_MAX = 8192 /* pages that one call may touch one by one */
};

#define PAGE      ((uint64_t)4096)
#define NEVER     UINT64_MAX
#define ROOT_BASE UINT64_C(0x10000)
#define ROOT_END  UINT64_C(0x7fffffff0000)

/* Statuses that never leave the oracle. */
#define ST_WAIT  ((zx_status_t)-9001) /* the thread waits now */
#define ST_AGAIN ((zx_status_t)-9002) /* a latched wake was taken: look the page up again */
#define ST_GO    ((zx_status_t)-9003) /* a range operation has passed its checks */
#define ST_RETRY ZX_ERR_INTERNAL_INTR_RETRY

typedef enum { LOOK_READ, LOOK_COMMIT, LOOK_WRITE } look_mode;
enum { READ = 0, DIRTY = 1 }; /* request types */
enum { QUEUE_NONE, QUEUE_GENERATION, QUEUE_ISOLATE };
enum { KIND_FILL, KIND_BODY };
enum { REC_NONE, REC_RO, REC_RW };

typedef struct { /* memory of one page, chapter 8 section 0 */
    bool used;
    char state; /* C D W P */
    uint8_t pins;
    bool always_need;
    uint8_t kind, fill;
    uint16_t body;
    uint16_t shares; /* owners by bidirectional cloning: n(p) of chapter 6 section 4.1 */
    uint8_t queue;
    uint32_t generation; /* recorded */
    uint32_t list;       /* generation in whose list it hangs */
    int16_t prev, next;
    int16_t node; /* owner; -1 in transit. Meaningful only where shares == 1 */
    uint64_t page;
} frame_t;

typedef struct {
    uint64_t page;
    int16_t frame; /* -1: marker */
    bool held;     /* since before the last bidirectional clone and not written since (chapter 6 section 7.3) */
} entry_t;

typedef struct { /* zero interval, chapter 3 section 5.1 */
    uint64_t first, last, acl;
    bool dirty;
} interval_t;

typedef struct {             /* what holds pages, chapter 6 section 4.1 */
    bool used, tracked_tree; /* in a pager tree */
    bool discardable;
    int16_t up, source, owner; /* owner: object of the VMO it was made for, -1 if dead */
    uint32_t family;
    uint64_t pages, up_off, limit;
    uint64_t root_off; /* bytes */
    uint32_t users;
    uint64_t events;
    uint8_t lock_state;
    uint64_t lock_count;
    uint16_t entries, intervals;
    entry_t entry[ENTRY_MAX];
    interval_t interval[INTERVAL_MAX];
} node_t;

typedef struct {                                /* page source and packet proxy of a pager root, chapter 4 section 1 */
    bool used, trap, detached, modified, alive; /* alive: its node is */
    int16_t node, pager, port;                  /* pager, port: objects, -1 when gone */
    uint64_t key, seq;
    bool busy, complete; /* complete: COMPLETE is in the port, or waits for its turn */
    bool complete_waits;
    int16_t active; /* thread whose request's packet is or was sent last */
    uint8_t pending_count, owner_count[2];
    int16_t pending[THREAD_MAX];
    int16_t owner[2][THREAD_MAX]; /* by ascending end */
} source_t;

typedef struct {
    uint64_t key;
    uint32_t type;
    zx_status_t status;
    uint16_t command;
    int16_t source; /* page request: source, else -1 */
    uint64_t offset, length;
    zx_signals_t trigger, observed;
    uint64_t count;
    int64_t timestamp;
    zx_handle_t handle; /* signal packet: made through */
} packet_t;

typedef struct {
    bool used;
    uint16_t packets;
    uint8_t waiters;
    int16_t object;
    int16_t waiter[THREAD_MAX];
    packet_t packet[PACKET_MAX];
} port_t;

typedef struct {
    bool used;
    uint8_t type;
    zx_koid_t koid;
    uint32_t handles;
    zx_signals_t signals;
    int16_t port;
    /* VMO */
    int16_t node, parent;
    uint8_t kind;
    bool resizable, immutable;
    uint64_t base, maxpages; /* window in the node; NEVER: all of it */
    int16_t stream;
    uint32_t mappings, pins, running;
    uint32_t cache_policy;
    char name[32];
} object_t;

typedef struct {
    uint32_t users;
    uint64_t size;
} stream_t;

typedef struct {
    bool used;
    uint16_t generation;
    int16_t object;
    zx_rights_t rights;
} handle_t;

typedef struct {
    bool async;
    int16_t object, port, thread; /* port: object; async only */
    zx_handle_t handle;
    zx_signals_t signals;
    uint64_t key;
    uint32_t options;
    uint8_t item;
} observer_t;

typedef struct {
    zx_vaddr_t base;
    uint64_t pages, vmo_offset; /* vmo_offset in bytes */
    int16_t object;
    uint8_t max, rest; /* rest: permissions of the pages beyond MAPPING_PAGES */
    bool beyond_stream;
    uint16_t records; /* pages whose record is not none */
    uint8_t permission[MAPPING_PAGES];
    uint8_t record[MAPPING_PAGES];
} mapping_t;

typedef struct {
    bool used;
    int16_t object;
    uint64_t offset, pages; /* bytes; pages */
    uint64_t first;         /* node page */
    uint64_t seq;
} pin_t;

typedef struct { /* chapter 4 section 1 */
    bool active, is_owner;
    uint8_t type;
    int16_t source;
    uint64_t first, count; /* pages of the root */
    bool early;
    uint64_t wake;    /* pages, relative; NEVER for a request that is not early-waking */
    uint64_t pending; /* pages */
    zx_status_t status;
    int16_t owner; /* thread it hangs on, if attached */
    uint8_t attached_count;
    int16_t attached[THREAD_MAX];
    bool latched;
    zx_status_t latched_status;
} request_t;

typedef struct {
    uint64_t length;
    uint8_t kind, fill;
    uint16_t body;
} piece_t;

typedef struct {
    uint64_t page; /* relative to the start of the range */
    int16_t frame;
} transit_t;

typedef struct {
    uint8_t state; /* zxp_thread_state */
    bool suspend_pending, kill_pending, restart, runnable;
    bool unsuspendable; /* of the wait under way */
    bool started;
    uint16_t op;
    uint64_t a[ZXP_MAX_PARAMS];
    zxp_buffer buffer; /* BYTES: content is in buffer_body */
    uint16_t buffer_body[BUFFER_BODIES];
    uint8_t buffer_bodies;
    uint32_t list_count;
    uint32_t list_handle[HANDLES_MAX];
    uint32_t list_signals[ITEM_MAX];
    bool list_null;

    /* progress of the call */
    uint8_t phase, wait; /* zxp_wait_kind */
    zx_status_t woke;
    int64_t deadline;
    uint64_t wait_seq;
    uint64_t cursor, end, addr;
    uint64_t piece_offset; /* zx_vmar_op_range: what the piece under way shows of its VMO */
    int16_t ref[REF_MAX];  /* objects that the call keeps alive */
    bool early_op;
    /* range operation (rangeop.c) */
    uint32_t r_op;
    uint64_t r_cursor, r_end; /* pages of the VMO */
    uint64_t z_off, z_len;    /* bytes still to be zeroed */
    bool z_writing;
    /* range fault on the buffer (faults.c) */
    bool f_active, f_modified;
    uint64_t f_next, f_last;
    /* pin */
    uint64_t p_first, p_pinned, p_dirtied, p_end;
    /* pages taken */
    uint16_t transits;
    transit_t transit[ENTRY_MAX];
    request_t request;

    /* result */
    zx_status_t status;
    zx_vaddr_t fault_address;
    const char *rule;
    uint8_t fields;
    const char *field_name[FIELD_MAX];
    uint64_t field_value[FIELD_MAX];
    uint8_t pieces;
    piece_t piece[PIECE_MAX];
    uint8_t ranges;
    zxp_dirty_range range[RANGE_MAX];
    uint8_t observed_count;
    bool item_done[ITEM_MAX];
    zx_signals_t observed[ITEM_MAX];
} thread_t;

struct oracle {
    zxp_profile profile;
    bool oob;
    const char *oob_reason;
    uint32_t walk; /* page steps left in this call */
    int64_t now;
    zx_koid_t next_koid;
    uint64_t seq;
    uint32_t next_family;
    uint32_t mru, lru;
    int16_t head[GENERATIONS], tail[GENERATIONS], isolate_head, isolate_tail;
    uint16_t frame_low, body_low, body_high;
    uint16_t fresh_handles, freed_handles;
    uint16_t freed[HANDLE_MAX];
    uint16_t observers, mappings, threads, run_count;
    uint16_t objects, frames; /* elements of the arrays below that have ever been used: none above these */
    int16_t run[THREAD_MAX];
    object_t object[OBJECT_MAX];
    stream_t stream[OBJECT_MAX];
    handle_t handle[HANDLE_MAX];
    observer_t observer[OBSERVER_MAX];
    mapping_t mapping[MAPPING_MAX];
    pin_t pin[PIN_MAX];
    source_t source[SOURCE_MAX];
    bool body_used[BODY_MAX];
    /* From here on elements are made ready when they come into use (oracle_reset). */
    port_t port[PORT_MAX];
    node_t node[NODE_MAX];
    frame_t frame[FRAME_MAX];
    thread_t thread[THREAD_MAX];
    uint8_t body[BODY_MAX][4096]; /* last: only the first body_high are copied */
};

/* ---- arithmetic (chapter 5 section 1.3) ---- */
bool orc_in_range(uint64_t off, uint64_t len, uint64_t max);
bool orc_add_wraps(uint64_t a, uint64_t b);
uint64_t orc_round_up(uint64_t x); /* wraps to 0 */
uint64_t orc_round_down(uint64_t x);
uint64_t orc_pages_up(uint64_t bytes); /* never wraps */
bool orc_aligned(uint64_t x);
uint64_t orc_min64(uint64_t a, uint64_t b);
uint64_t orc_max64(uint64_t a, uint64_t b);
bool orc_head_profile(const oracle *o);
void orc_out_of_bounds(oracle *o, const char *why);
bool orc_walk_step(oracle *o); /* false when the call has walked too far */
zx_status_t orc_rule(oracle *o, int t, const char *name, zx_status_t status);

/* ---- handles.c ---- */
int orc_handle_index(const oracle *o, uint32_t value);
zx_status_t orc_handle_get(oracle *o, int t, uint32_t value, int type, zx_rights_t rights, int *object);
zx_rights_t orc_handle_rights(const oracle *o, uint32_t value);
zx_handle_t orc_handle_make(oracle *o, int object, zx_rights_t rights);
void orc_handle_remove(oracle *o, int index);
void orc_handle_unlink(oracle *o, int index, bool *last);
void orc_handles_gone(oracle *o, int object);
int orc_object_make(oracle *o, uint8_t type);
zx_status_t orc_op_handle_close(oracle *o, int t);
zx_status_t orc_op_handle_close_many(oracle *o, int t);
zx_status_t orc_op_handle_check_valid(oracle *o, int t);
zx_status_t orc_op_handle_duplicate(oracle *o, int t);
zx_status_t orc_op_handle_replace(oracle *o, int t);

/* ---- signals.c ---- */
void orc_signals_change(oracle *o, int object, zx_signals_t clear, zx_signals_t set);
void orc_observers_cancel_handle(oracle *o, zx_handle_t handle, int object);
void orc_observers_drop_port(oracle *o, int port_object);
void orc_observers_drop_thread(oracle *o, int t);
zx_status_t orc_op_event_create(oracle *o, int t);
zx_status_t orc_op_object_signal(oracle *o, int t);
zx_status_t orc_op_object_wait_one(oracle *o, int t);
zx_status_t orc_op_object_wait_many(oracle *o, int t);
zx_status_t orc_op_object_wait_async(oracle *o, int t);
void orc_time_out(oracle *o, int t);

/* ---- ports.c ---- */
bool orc_port_push(oracle *o, int port_object, const packet_t *packet);
int orc_port_find(const oracle *o, int port_object, int source);
packet_t orc_port_remove(oracle *o, int port_object, unsigned i);
void orc_port_close(oracle *o, int object);
void orc_port_free_if_done(oracle *o, int object);
void orc_port_leave(oracle *o, int t);
void orc_port_wake_one(oracle *o, int port_object);
zx_status_t orc_op_port_create(oracle *o, int t);
zx_status_t orc_op_port_wait(oracle *o, int t);
zx_status_t orc_op_port_queue(oracle *o, int t);
zx_status_t orc_op_port_cancel(oracle *o, int t);
zx_status_t orc_op_port_cancel_key(oracle *o, int t);

/* ---- frames.c: frames, bodies, entries, intervals ---- */
int orc_frame_new(oracle *o, char state);
void orc_frame_release(oracle *o, int f); /* one owner less */
void orc_frame_copy_content(oracle *o, int to, int from);
void orc_frame_fill(oracle *o, int f, uint64_t off, uint64_t len, uint8_t byte);
void orc_frame_write(oracle *o, int f, uint64_t off, uint64_t len, const uint8_t *bytes);
void orc_frame_read(const oracle *o, int f, uint64_t off, uint64_t len, uint8_t *out); /* f -1: zeros */
uint16_t orc_body_new(oracle *o);
void orc_body_free(oracle *o, uint16_t body);
int orc_entry_find(const oracle *o, int n, uint64_t page);      /* index or -1 */
uint64_t orc_entry_next(const oracle *o, int n, uint64_t page); /* first entry at or after; NEVER */
void orc_entry_set(oracle *o, int n, uint64_t page, int frame); /* frame -1: marker */
void orc_entry_drop(oracle *o, int n, uint64_t page);           /* with its frame */
int orc_entry_take(oracle *o, int n, uint64_t page);            /* without; frame or -1 */
int orc_interval_find(const oracle *o, int n, uint64_t page);
uint64_t orc_interval_next(const oracle *o, int n, uint64_t page); /* first page of the first interval at or after */
void orc_interval_split(oracle *o, int n, uint64_t page);          /* chapter 3 section 5.2 */
void orc_interval_add(oracle *o, int n, uint64_t first, uint64_t last, bool dirty);
void orc_interval_convert(oracle *o, int n, int i, uint64_t first, uint64_t last, bool dirty);
void orc_interval_clip_start(oracle *o, int n, int i, uint64_t count);
void orc_intervals_cut(oracle *o, int n, uint64_t pages);
char orc_slot(const oracle *o, int n, uint64_t page);
uint64_t orc_next_populated(const oracle *o, int n, uint64_t page);
uint64_t orc_next_change(const oracle *o, int n, uint64_t page);
bool orc_any_pinned(const oracle *o, int n, uint64_t first, uint64_t count);

/* ---- lookup.c ---- */
typedef struct {
    int node, frame; /* frame -1: none */
    uint64_t page;
    char state; /* slot where the walk stopped; '0': zero for want of content */
    uint64_t visible;
} place_t;
place_t orc_find(const oracle *o, int n, uint64_t page);
zx_status_t orc_look(oracle *o, int t, int n, uint64_t page, look_mode mode, uint64_t ask, bool mark, int *frame);
bool orc_would_wait(const oracle *o, int n, uint64_t page, look_mode mode);
bool orc_reads_zero(const oracle *o, int n, uint64_t page);
void orc_set_modified(oracle *o, int n);
bool orc_tracked(const oracle *o, int n);
bool orc_is_trap(const oracle *o, int n);

/* ---- requests.c, packets.c ---- */
zx_status_t orc_populate(oracle *o, int t, int source, int type, uint64_t first, uint64_t count);
void orc_resolve(oracle *o, int source, int type, uint64_t first, uint64_t count, zx_status_t err);
void orc_request_cancel(oracle *o, int t);
void orc_source_detach(oracle *o, int source);
void orc_source_close(oracle *o, int source);
void orc_source_pager_closed(oracle *o, int source);
void orc_proxy_send(oracle *o, int source, int t);
void orc_proxy_send_complete(oracle *o, int source);
void orc_proxy_dequeued(oracle *o, int source, bool complete);
void orc_proxy_take_back(oracle *o, int source, int t);
void orc_proxy_swap(oracle *o, int source, int from, int to);
void orc_source_free_if_done(oracle *o, int source);

/* ---- threads.c ---- */
void orc_make_runnable(oracle *o, int t, zx_status_t woke);
zx_status_t orc_wait_for_request(oracle *o, int t);
zx_status_t orc_take_woke(oracle *o, int t);
void orc_hold(oracle *o, int t, int k, int object);
void orc_drop(oracle *o, int t, int k);
void orc_drain(oracle *o);
void orc_start(oracle *o, int t);
void orc_add_field(oracle *o, int t, const char *name, uint64_t value);
void orc_data_fill(oracle *o, int t, uint64_t length, uint8_t byte);
void orc_data_bytes(oracle *o, int t, uint64_t length, const uint8_t *bytes);
void orc_data_frame(oracle *o, int t, int frame, uint64_t off, uint64_t len);
void orc_buffer_to_frame(oracle *o, int t, uint64_t buffer_off, int frame, uint64_t off, uint64_t len);
void orc_buffer_read(const oracle *o, int t, uint64_t buffer_off, uint64_t len, uint8_t *out);
void orc_results_clear(oracle *o, int t);
zx_status_t orc_thread_suspend(oracle *o, uint32_t number);
zx_status_t orc_thread_resume(oracle *o, uint32_t number);
zx_status_t orc_thread_kill(oracle *o, uint32_t number);
void orc_clock_advance(oracle *o, uint64_t nanoseconds);

/* ---- reclaim.c ---- */
void orc_queue_enter(oracle *o, int f); /* newest generation, if its state says so */
void orc_queue_leave(oracle *o, int f);
void orc_queue_dont_need(oracle *o, int f);
void orc_mark_accessed(oracle *o, int f);
void orc_age_step(oracle *o);
uint64_t orc_reclaim_command(oracle *o, uint64_t pages);
zx_status_t orc_evict_command(oracle *o, zx_koid_t koid, uint64_t off, uint64_t len, bool ignore_hints,
                              uint64_t *evicted);

/* ---- vmo.c: VMO objects and nodes ---- */
uint64_t orc_vmo_pages(const oracle *o, int object);
uint64_t orc_vmo_bytes(const oracle *o, int object);
bool orc_vmo_discarded(const oracle *o, int object);
uint64_t orc_stream_size(const oracle *o, int object);
int orc_node_new(oracle *o, uint64_t pages, uint32_t family);
int orc_vmo_make(oracle *o, int node, uint8_t kind, bool resizable, uint64_t stream);
void orc_vmo_check_death(oracle *o, int object);
void orc_node_check_death(oracle *o, int node);
uint32_t orc_family_size(const oracle *o, int node);
bool orc_has_shared_or_up(const oracle *o, int node);
uint32_t orc_child_count(const oracle *o, int object);
int orc_vmo_by_koid(const oracle *o, zx_koid_t koid);
zx_status_t orc_op_vmo_create(oracle *o, int t);
zx_status_t orc_op_vmo_get_size(oracle *o, int t);
zx_status_t orc_op_vmo_get_stream_size(oracle *o, int t);
zx_status_t orc_op_vmo_set_cache_policy(oracle *o, int t);
zx_status_t orc_op_vmo_replace_as_executable(oracle *o, int t);

/* ---- size.c ---- */
zx_status_t orc_op_vmo_set_size(oracle *o, int t);
zx_status_t orc_op_vmo_set_stream_size(oracle *o, int t);
zx_status_t orc_stream_size_change(oracle *o, int t, int object, uint64_t size);
zx_status_t orc_op_object_set_property(oracle *o, int t);

/* ---- readwrite.c ---- */
zx_status_t orc_op_vmo_read(oracle *o, int t);
zx_status_t orc_op_vmo_write(oracle *o, int t);

/* ---- rangeop.c, zero.c ---- */
zx_status_t orc_rangeop_begin(oracle *o, int t, int object, uint32_t op, uint64_t off, uint64_t len);
zx_status_t orc_rangeop_run(oracle *o, int t, int object, zx_status_t woke);
zx_status_t orc_op_vmo_op_range(oracle *o, int t);
zx_status_t orc_decommit(oracle *o, int t, int object, uint64_t off, uint64_t len);
void orc_zero_begin(oracle *o, int t, uint64_t off, uint64_t len);
zx_status_t orc_zero_run(oracle *o, int t, int object);
zx_status_t orc_zero_untracked(oracle *o, int object, uint64_t first, uint64_t end);

/* ---- take.c ---- */
zx_status_t orc_take_check(oracle *o, int t, int object, uint64_t off, uint64_t len);
zx_status_t orc_take_run(oracle *o, int t, int object);
void orc_take_discard(oracle *o, int t);
int orc_take_find(const oracle *o, int t, uint64_t page);
zx_status_t orc_op_vmo_transfer_data(oracle *o, int t);
zx_status_t orc_op_pager_supply_pages(oracle *o, int t);
zx_status_t orc_op_pager_vmo_op(oracle *o, int t);

/* ---- pager.c, writeback.c ---- */
zx_status_t orc_pager_pair(oracle *o, int t, int pager, int vmo);
zx_status_t orc_op_pager_create(oracle *o, int t);
zx_status_t orc_op_pager_create_vmo(oracle *o, int t);
zx_status_t orc_op_pager_detach_vmo(oracle *o, int t);
zx_status_t orc_op_pager_op_range(oracle *o, int t);
zx_status_t orc_op_pager_query_vmo_stats(oracle *o, int t);
zx_status_t orc_dirty_pages(oracle *o, int t, int n, uint64_t off, uint64_t len);
void orc_writeback_begin(oracle *o, int n, uint64_t first, uint64_t end, bool zeros_only);
void orc_writeback_end(oracle *o, int n, uint64_t first, uint64_t end);
zx_status_t orc_op_pager_query_dirty_ranges(oracle *o, int t);

/* ---- children.c ---- */
zx_status_t orc_op_vmo_create_child(oracle *o, int t);

/* ---- pins.c ---- */
zx_status_t orc_op_pin(oracle *o, int t);
zx_status_t orc_unpin_command(oracle *o, zx_koid_t koid, uint64_t off, uint64_t len);
void orc_pin_undo(oracle *o, int t);

/* ---- mappings.c, faults.c ---- */
void orc_unmap_node_pages(oracle *o, int n, uint64_t first, uint64_t count);
void orc_protect_node_pages(oracle *o, int n, uint64_t first, uint64_t count);
int orc_mapping_find(const oracle *o, zx_vaddr_t addr);
uint8_t orc_mapping_permission(const mapping_t *m, uint64_t page);
uint64_t orc_mapping_limit(const oracle *o, const mapping_t *m);
void orc_record_set(oracle *o, mapping_t *m, uint64_t page, uint8_t record);
uint8_t orc_record_get(const mapping_t *m, uint64_t page);
void orc_map_range(oracle *o, zx_vaddr_t addr, zx_vaddr_t end, int object, uint64_t offset);
zx_status_t orc_op_vmar_map(oracle *o, int t);
zx_status_t orc_op_vmar_unmap(oracle *o, int t);
zx_status_t orc_op_vmar_protect(oracle *o, int t);
zx_status_t orc_op_vmar_op_range(oracle *o, int t);
zx_status_t orc_op_load(oracle *o, int t);
zx_status_t orc_op_store(oracle *o, int t);
zx_status_t orc_fault(oracle *o, int t, zx_vaddr_t va, look_mode mode, uint64_t ask, bool *note, int *frame);
bool orc_user_translated(oracle *o, zx_vaddr_t va, bool writing, int *frame);
void orc_user_fault_begin(oracle *o, int t, zx_vaddr_t va, uint64_t len);
zx_status_t orc_user_fault_run(oracle *o, int t, bool writing);
zx_status_t orc_user_copy(oracle *o, int t, zx_vaddr_t user, int frame, uint64_t off, uint64_t len, uint64_t remaining,
                          bool to_user);

/* ---- info.c, accounting.c ---- */
zx_status_t orc_op_object_get_info(oracle *o, int t);
zx_status_t orc_op_object_get_property(oracle *o, int t);
typedef struct {
    uint64_t committed, private_bytes, scaled, fraction;
} account_t;
account_t orc_account(const oracle *o, int object);

#endif
