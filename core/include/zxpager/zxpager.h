/*
 * zxpager.h - the Zircon kernel's user pager and VMO semantics as an ordinary C library.
 *
 * A zxp_world holds everything that the modelled kernel knows: handles, objects, pages,
 * requests, packets, virtual threads and a virtual clock. It is a value: it can be copied,
 * compared, hashed, saved and loaded, and a run is a function of the calls made on it. There
 * are no globals, no real threads and no real time; two worlds never influence each other.
 *
 * Calls are made on virtual threads with zxp_call() or the typed wrappers of calls.h. A call
 * that must wait leaves its thread blocked and returns ZXP_BLOCKED; a later call (a supply,
 * say) makes it runnable, and it runs to its end before that later call returns (chapter 4
 * section 12: the canonical schedule). Status and result fields are read from the thread.
 *
 * Units: offsets, lengths and sizes are bytes unless a name says pages. Chapters named are those of the specification.
 */
#ifndef ZXPAGER_ZXPAGER_H
#define ZXPAGER_ZXPAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zxpager/names.h"
#include "zxpager/ops.h"
#include "zxpager/rules.h"
#include "zxpager/zircon.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zxp_world zxp_world;

/* ---- Profiles (chapter 9) ---- */

typedef enum zxp_profile { ZXP_PROFILE_HEAD, ZXP_PROFILE_2020, ZXP_PROFILE_2018 } zxp_profile;

/* ---- The event stream ---- */

typedef enum zxp_event_kind {
    ZXP_EVENT_CALL,    /* a call begins: op, args of `call` */
    ZXP_EVENT_RESULT,  /* a call ended: status, rule */
    ZXP_EVENT_RULE,    /* a rule decided something inside a call: rule */
    ZXP_EVENT_PAGE,    /* pages [offset, offset+length) of VMO koid went from letter `before` to `after` */
    ZXP_EVENT_REQUEST, /* a request was made, attached, trimmed, resolved, cancelled or taken over: what, type, range */
    ZXP_EVENT_PACKET,  /* a packet entered or left a port: what, packet fields */
    ZXP_EVENT_BLOCK,   /* thread blocked */
    ZXP_EVENT_WAKE,    /* thread became runnable with status */
    ZXP_EVENT_EVICT,   /* pages were reclaimed */
    ZXP_EVENT_SIGNAL,  /* an object's signals changed: offset = old, length = new */
    ZXP_EVENT_OBJECT   /* an object was created or destroyed */
} zxp_event_kind;

typedef enum zxp_event_what {
    ZXP_WHAT_NONE,
    ZXP_WHAT_CREATED, /* request became owner; object was made */
    ZXP_WHAT_ATTACHED,
    ZXP_WHAT_CONTINUED, /* an early waker goes on waiting on the same request */
    ZXP_WHAT_RESOLVED,
    ZXP_WHAT_CANCELLED,
    ZXP_WHAT_TAKEN_OVER,
    ZXP_WHAT_QUEUED, /* packet */
    ZXP_WHAT_DEQUEUED,
    ZXP_WHAT_WITHDRAWN,
    ZXP_WHAT_DROPPED,
    ZXP_WHAT_DESTROYED
} zxp_event_what;

typedef struct zxp_event {
    zxp_event_kind kind;
    zxp_event_what what;
    uint32_t thread; /* ZXP_NO_THREAD where none is concerned */
    uint16_t op;     /* ZXP_OP_..., CALL and RESULT */
    uint16_t rule;   /* ZXP_RULE_... that decided */
    zx_status_t status;
    uint16_t command;   /* ZX_PAGER_VMO_READ, _COMPLETE, _DIRTY for REQUEST and page-request PACKET */
    char before, after; /* page letters: . C D W M Z Y U P */
    zx_koid_t koid;     /* VMO (pages, requests), port (packets), or object */
    uint64_t key;       /* packet key */
    uint64_t offset, length;
    const struct zxp_op_call *call; /* CALL only; valid during the callback */
    uint64_t value;                 /* RESULT: the first field (a new handle, an address, a size); 0 if there is none */
} zxp_event;

/* What surrounds a world and is no part of it. Owned by the
 * caller; must outlive its attachment. All fields may be zero. */
typedef struct zxp_context {
    void (*observe)(void *user, const zxp_event *event); /* reader of the event stream; must not call into the world */
    bool (*interrupted)(void *user); /* polled in long work; true ends it with ZX_ERR_CANCELED, nothing done */
    void *user;
    uint32_t *rule_hits;       /* ZXP_RULE_COUNT saturating counters, or NULL */
    uint8_t *pair_hits;        /* saturating counters of pairs of rules in sequence, hashed into them, or NULL */
    uint32_t pair_count;       /* of pair_hits: a power of two */
    uint16_t last_rule;        /* the first of the next pair; set to 0 before a run */
    uint64_t reservations;     /* counts logical reservations made */
    uint64_t fail_reservation; /* the reservation with this number fails (counted from 1); 0: none */
} zxp_context;

/* ---- Worlds ---- */

typedef struct zxp_options {
    zxp_profile profile;
    uint32_t handle_secret; /* chapter 1 section 4.1; 0 is fine */
    uint64_t memory_limit;  /* bytes that the world may take; 0: no limit but the 32-bit indices */
} zxp_options;

/* A new world: one process with its root VMAR and one thread, ZXP_MAIN_THREAD. NULL options: profile head.
 * Returns NULL when memory is short. The caller owns it. */
zxp_world *zxp_world_create(const zxp_options *options);
void zxp_world_destroy(zxp_world *world);

/* A new, independent world with the same content and no context. NULL when memory is short. */
zxp_world *zxp_world_clone(const zxp_world *world);
/* Makes dst equal to src; reuses dst's memory. ZX_ERR_NO_MEMORY leaves dst as it was. Contexts are not copied. */
zx_status_t zxp_world_copy(zxp_world *dst, const zxp_world *src);
/* Back to the state after zxp_world_create with the given profile; keeps memory and context. Cannot fail. */
void zxp_world_reset(zxp_world *world, zxp_profile profile);

/* Attaches a context (NULL: none). The world keeps the pointer. */
void zxp_world_attach(zxp_world *world, zxp_context *context);
zxp_context *zxp_world_context(const zxp_world *world);

zxp_profile zxp_world_profile(const zxp_world *world);
size_t zxp_world_bytes(const zxp_world *world);    /* memory in use by the world's content */
zx_time_t zxp_world_now(const zxp_world *world);   /* virtual nanoseconds since creation */
zx_handle_t zxp_root_vmar(const zxp_world *world); /* handle of the root VMAR (open from the start) */
zx_vaddr_t zxp_root_vmar_base(const zxp_world *world);

/* ---- Equality, hash, save, load (docs/architecture.md, "one encoder, two forms") ---- */

typedef enum zxp_form {
    ZXP_FORM_FULL, /* everything that can influence a later answer */
    ZXP_FORM_STATE /* for exploring: koids by rank, generations by age, handle values by slot; no counters, no clock
                      origin */
} zxp_form;

uint64_t zxp_world_hash(const zxp_world *world, zxp_form form);
bool zxp_world_equal(const zxp_world *a, const zxp_world *b, zxp_form form);
/* Canonical bytes. Returns their number; writes at most `capacity`
 * of them to `out` (which may be NULL when capacity is 0). */
size_t zxp_world_encode(const zxp_world *world, zxp_form form, uint8_t *out, size_t capacity);
/* Rebuilds a world from FULL bytes, every index, length and cycle checked. Returns NULL and a reason (static string) on
 * damage or short memory. Save files wrap these bytes (format version, checksum): see save.h of the prompt. */
zxp_world *zxp_world_decode(const uint8_t *bytes, size_t length, const char **reason);

/* ---- Threads and calls ---- */

#define ZXP_MAIN_THREAD 0u
#define ZXP_NO_THREAD   UINT32_MAX

typedef enum zxp_outcome { ZXP_RETURNED, ZXP_BLOCKED, ZXP_FAULTED, ZXP_KILLED } zxp_outcome;

/* Makes a thread and stores its number (counting up from 1). ZX_ERR_NO_MEMORY. */
zx_status_t zxp_thread_create(zxp_world *world, uint32_t *thread);

typedef enum zxp_buffer_kind {
    ZXP_BUFFER_NONE,
    ZXP_BUFFER_FILL,    /* one byte, repeated */
    ZXP_BUFFER_LETTERS, /* page i (from the start of the buffer) is full of the letter 'A' + (phase + i) mod 26 */
    ZXP_BUFFER_BYTES,   /* bytes[0..length), copied by the call if it must outlive it */
    ZXP_BUFFER_USER     /* user memory at address: the copy itself may fault (chapter 7 section 13) */
} zxp_buffer_kind;

typedef struct zxp_buffer {
    zxp_buffer_kind kind;
    uint8_t fill;
    uint8_t phase;
    const void *bytes;
    uint64_t length;    /* BYTES only */
    zx_vaddr_t address; /* USER only */
} zxp_buffer;

typedef struct zxp_wait_item {
    zx_handle_t handle;
    zx_signals_t signals;
} zxp_wait_item;

/* One call, ready to be made. Arguments stand in the order of ops.def; the slot of a BUFFER, HANDLES or WAIT_ITEMS
 * parameter is unused. Arguments wider than their C type are cut as C does. `buffer` is the BUFFER parameter; for
 * zx_vmo_read, zx_pager_query_dirty_ranges it may be USER (where to copy out to), else NONE; for
 * zx_object_set_property(ZX_PROP_NAME) BYTES. */
typedef struct zxp_op_call {
    uint16_t op;
    uint32_t thread;
    uint64_t args[ZXP_MAX_PARAMS];
    zxp_buffer buffer;
    const zx_handle_t *handles; /* HANDLES */
    const zxp_wait_item *items; /* WAIT_ITEMS */
    uint32_t count;             /* of handles or items */
} zxp_op_call;

/* Makes the call, then runs every thread that can run until none can. The thread must
 * be ready (ZXP_THREAD_READY): calling on any other returns ZXP_KILLED without effect.
 * Traits MODEL calls from EVICT on ignore `thread` except to leave their result. */
zxp_outcome zxp_call(zxp_world *world, const zxp_op_call *call);

typedef enum zxp_thread_state {
    ZXP_THREAD_READY, /* its last call returned, or it never made one */
    ZXP_THREAD_BLOCKED,
    ZXP_THREAD_SUSPENDED, /* parked; an interrupted call starts again at resume */
    ZXP_THREAD_FAULTED,   /* over: fatal page fault */
    ZXP_THREAD_KILLED     /* over */
} zxp_thread_state;

typedef enum zxp_wait_kind { ZXP_WAIT_NONE, ZXP_WAIT_REQUEST, ZXP_WAIT_PORT, ZXP_WAIT_SIGNALS } zxp_wait_kind;

typedef struct zxp_thread_view {
    zxp_thread_state state;
    bool suspend_pending;     /* suspended while in a wait that cannot be suspended */
    uint16_t op;              /* last or current call; 0: none yet */
    uint16_t rule;            /* that decided its last result */
    zx_status_t status;       /* of the last call; of the fault when FAULTED */
    zx_vaddr_t fault_address; /* exact faulting byte when FAULTED */
    uint32_t thread_state;    /* ZX_THREAD_STATE_..., chapter 7 section 14.1 */
    zxp_wait_kind waits_for;
    zx_koid_t koid;          /* VMO (root) or port waited for */
    uint16_t command;        /* ZX_PAGER_VMO_READ or _DIRTY */
    bool attached;           /* waits on another thread's request */
    uint64_t offset, length; /* range of its request, in the root */
    uint64_t wake;           /* early waker: next byte wanted, relative to offset; UINT64_MAX otherwise */
    zx_time_t deadline;
} zxp_thread_view;

uint32_t zxp_thread_count(const zxp_world *world);
/* False if there is no such thread. */
bool zxp_thread_get(const zxp_world *world, uint32_t thread, zxp_thread_view *view);

/* Result of the thread's last call. Fields are named as in ops.def; for zx_object_get_info as the members of the
 * structure. False if the last call has no such field. Signed values are sign-extended to 64 bits. */
bool zxp_field(const zxp_world *world, uint32_t thread, const char *name, uint64_t *value);
size_t zxp_field_count(const zxp_world *world, uint32_t thread);
/* Name (static string) and value of the i-th field. */
const char *zxp_field_at(const zxp_world *world, uint32_t thread, size_t i, uint64_t *value);

/* `data`: what a read or load has copied so far, in pieces. A piece is a fill byte, letters or bytes. */
typedef enum zxp_content_kind { ZXP_CONTENT_FILL, ZXP_CONTENT_LETTERS, ZXP_CONTENT_BYTES } zxp_content_kind;
typedef struct zxp_piece {
    uint64_t offset, length;
    zxp_content_kind kind;
    uint8_t fill; /* FILL: the byte. LETTERS: phase; piece starts at the start of a page of letter 'A' + phase mod 26 */
    const uint8_t *bytes; /* BYTES: valid until the next call on the world */
} zxp_piece;
uint64_t zxp_data_length(const zxp_world *world, uint32_t thread);
/* The piece that contains byte `offset` of the data, cut to begin there. False at the end. */
bool zxp_data_piece(const zxp_world *world, uint32_t thread, uint64_t offset, zxp_piece *piece);
/* Copies up to `length` bytes of data from `offset`; returns how many. */
size_t zxp_data_copy(const zxp_world *world, uint32_t thread, uint64_t offset, void *out, size_t length);

/* `ranges` of zx_pager_query_dirty_ranges, `observed` of zx_object_wait_many, `value` of ZX_PROP_NAME. */
typedef struct zxp_dirty_range {
    uint64_t offset, length, options;
} zxp_dirty_range;
size_t zxp_range_count(const zxp_world *world, uint32_t thread);
bool zxp_range_at(const zxp_world *world, uint32_t thread, size_t i, zxp_dirty_range *range);
size_t zxp_observed_count(const zxp_world *world, uint32_t thread);
zx_signals_t zxp_observed_at(const zxp_world *world, uint32_t thread, size_t i);
/* The name that zx_object_get_property(ZX_PROP_NAME) or zx_object_get_info(ZX_INFO_VMO...) returned, zero padded. False
 * if the last call returned none. */
bool zxp_name(const zxp_world *world, uint32_t thread, char name[32]);

/* ---- Looking at the world (changes nothing; never blocks) ---- */

/* Koid of the object behind a handle, whatever its type and rights; ZX_KOID_INVALID if the value is not live. */
zx_koid_t zxp_koid_of(const zxp_world *world, zx_handle_t handle);

typedef enum zxp_vmo_kind { ZXP_VMO_ROOT, ZXP_VMO_CLONE, ZXP_VMO_SLICE, ZXP_VMO_REFERENCE } zxp_vmo_kind;
typedef struct zxp_object_view {
    zx_koid_t koid;
    zx_obj_type_t type;
    uint32_t handle_count;
    zx_signals_t signals;
    /* The rest only for VMOs. */
    zxp_vmo_kind kind;
    zx_koid_t parent; /* 0: none */
    zx_koid_t root;   /* of the pager root or node's own VMO whose slots it shows; 0 if that VMO is gone */
    uint64_t size, stream_size;
    uint64_t window; /* slice: byte offset in the target's node */
    bool resizable, discardable, immutable;
    bool pager_root; /* made by zx_pager_create_vmo */
    bool in_pager_tree, trap_dirty, detached, modified;
    uint32_t lock_state; /* discardable: 0 Unset 1 Unreclaimable 2 Reclaimable 3 Discarded */
    uint64_t lock_count;
    uint32_t cache_policy;
    uint64_t key;          /* pager root */
    zx_koid_t port, pager; /* pager root; 0 when gone */
    uint32_t children, mappings, pins;
    char name[32];
} zxp_object_view;
/* Objects in order of creation: pass 0 to begin, then the last koid. False at the end. */
bool zxp_object_next(const zxp_world *world, zx_koid_t after, zxp_object_view *view);
bool zxp_object_get(const zxp_world *world, zx_koid_t koid, zxp_object_view *view);

/* A run of pages of a VMO, as the letters of the page map show it (language, section 6). */
typedef struct zxp_page_run {
    uint64_t first, count; /* pages of this VMO (slice: of its window) */
    char letter;           /* . C D W M Z Y U P */
    bool always_need;
    uint8_t pins;
    int age;                  /* reclaim generation age; -1: in no generation; -2: Isolate */
    zxp_content_kind content; /* frames only */
    uint8_t fill;             /* FILL: byte; LETTERS: phase of page `first` */
    const uint8_t *bytes;     /* BYTES: one page; valid until the next call */
    uint32_t share;           /* 0: not shared by bidirectional cloning, else a number common to the sharers */
} zxp_page_run;
/* The run that contains `page`, cut to begin there. False beyond
 * the size, or if koid is no VMO. Works on closed VMOs that live. */
bool zxp_page_run_at(const zxp_world *world, zx_koid_t vmo, uint64_t page, zxp_page_run *run);

typedef struct zxp_request_view {
    zx_koid_t vmo; /* the root's VMO; 0 if only its node is left */
    uint64_t key;
    uint16_t command; /* ZX_PAGER_VMO_READ or ZX_PAGER_VMO_DIRTY */
    uint64_t offset, length, pending;
    uint32_t owner;    /* thread */
    uint32_t attached; /* number of attached waiters */
    char packet;       /* 'p' in the port, 'w' waiting for its turn, 'd' dequeued, 'x' never (port closed) */
} zxp_request_view;
/* The i-th outstanding request (roots in order of creation, READ before DIRTY, ascending). False at the end. */
bool zxp_request_at(const zxp_world *world, size_t i, zxp_request_view *view);
/* The k-th thread attached to the i-th request, in order of attaching; ZXP_NO_THREAD at the end. */
uint32_t zxp_request_attached(const zxp_world *world, size_t i, size_t k);

typedef struct zxp_packet_view {
    uint64_t key;
    uint32_t type; /* ZX_PKT_TYPE_... */
    zx_status_t status;
    uint16_t command;
    uint64_t offset, length;
    zx_signals_t trigger, observed;
} zxp_packet_view;
/* The i-th packet queued in a port, oldest first. False at the end. */
bool zxp_packet_at(const zxp_world *world, zx_koid_t port, size_t i, zxp_packet_view *view);

typedef struct zxp_mapping_view {
    zx_vaddr_t base;
    uint64_t size;
    zx_koid_t vmo;
    uint64_t vmo_offset;
    uint32_t max_permissions; /* ZX_VM_PERM_... */
    bool fault_beyond_stream_size;
} zxp_mapping_view;
/* The lowest mapping that reaches beyond an address; to walk them all, begin with 0 and pass the end of the last. False
 * if there is none. */
bool zxp_mapping_after(const zxp_world *world, zx_vaddr_t address, zxp_mapping_view *view);
/* The i-th mapping in address order; false at the end. */
bool zxp_mapping_at(const zxp_world *world, size_t i, zxp_mapping_view *view);
/* Permission bits (ZX_VM_PERM_) and translation record (0 none,
 * 1 RO, 2 RW) at an address; false if nothing is mapped there. */
bool zxp_address_get(const zxp_world *world, zx_vaddr_t address, uint32_t *permissions, uint32_t *record);

typedef struct zxp_handle_view {
    zx_handle_t handle;
    zx_koid_t koid;
    zx_obj_type_t type;
    zx_rights_t rights;
} zxp_handle_view;
/* Live handles in slot order: pass ZX_HANDLE_INVALID to begin, then the last one's value. False at the end. */
bool zxp_handle_next(const zxp_world *world, zx_handle_t after, zxp_handle_view *view);
/* The i-th of them; false at the end. */
bool zxp_handle_at(const zxp_world *world, size_t i, zxp_handle_view *view);

/* ---- Invariants (chapter 8 part 3) ---- */

typedef struct zxp_violation {
    uint16_t invariant; /* n of INV-n */
    zx_koid_t koid;
    uint64_t page;
    const char *fact; /* static string: what must hold */
} zxp_violation;
/* Checks every invariant that concerns one state. Writes up to `capacity` violations; returns how many there are. */
size_t zxp_check(const zxp_world *world, zxp_violation *out, size_t capacity);
/* Checks those that compare two states: `after` came from `before` by `call` (INV-8..19, 22, 24, 28..31, 41,
 * 42, 47, 48, 50, 54..57). What no other thread can have done is asked only if no other thread ran. */
size_t zxp_check_step(const zxp_world *before, const zxp_world *after, const zxp_op_call *call, zxp_violation *out,
                      size_t capacity);
/* One sentence for INV-n; NULL if there is none. */
const char *zxp_invariant_text(uint16_t n);

#ifdef __cplusplus
}
#endif

/* The same calls as typed functions. */
#include "zxpager/calls.h"

#endif
