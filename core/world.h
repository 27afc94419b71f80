/*
 * world.h - what the modelled kernel knows: every structure that lives in the arena.
 *
 * Read this first. A world is a handle table, objects (VMO, pager, port, VMAR, event), nodes (which hold pages),
 * sources (the pager side of a pager root), mappings, pins and virtual threads. References are 32-bit arena indices,
 * one type each, so that they cannot be mixed up; index 0 is none.
 *
 *   handle -> object        vmo -> node -> source -> pager, port
 *   VMO objects form the user tree (parent, children: chapter 6 section 2);
 *   nodes form the page tree (up, below, family)
 *   thread -> call (what it is doing) and request (what it waits for in a source).
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include <assert.h>
#include <string.h>

#include "arena.h"

/* A test build asserts that nothing is looked for at "none", outside the block, or in what was freed (arena_free). */
#ifdef ZXP_TEST_MOVE
static inline bool is_there(const zxp_world *w, uint32_t index) {
    enum { LINK = 8, FREED = 0xDD };
    if (index == 0 || (size_t)index * ARENA_UNIT >= w->capacity) return false;
    for (const uint8_t *byte = arena_at(w, index), *end = byte + ARENA_UNIT; byte + LINK < end;)
        if (*--end != FREED) return true;
    return false;
}
#define ASSERT_THERE(w, index) assert(is_there(w, index))
#else
#define ASSERT_THERE(w, index) ((void)0)
#endif

#define REFERENCE_TO(kind)                                                                                             \
    typedef struct kind##_ref {                                                                                        \
        uint32_t index;                                                                                                \
    } kind##_ref;                                                                                                      \
    struct kind;                                                                                                       \
    static inline struct kind *kind##_at(const zxp_world *w, kind##_ref ref) {                                         \
        ASSERT_THERE(w, ref.index);                                                                                    \
        return (struct kind *)arena_at(w, ref.index);                                                                  \
    }                                                                                                                  \
    static inline bool kind##_is(kind##_ref ref) { return ref.index != 0; }                                            \
    static inline bool kind##_same(kind##_ref a, kind##_ref b) { return a.index == b.index; }                          \
    static inline kind##_ref kind##_none(void) { return (kind##_ref){0}; }

REFERENCE_TO(object)
REFERENCE_TO(vmo)
REFERENCE_TO(node)
REFERENCE_TO(source)
REFERENCE_TO(pager)
REFERENCE_TO(port)
REFERENCE_TO(vmar)
REFERENCE_TO(event)
REFERENCE_TO(packet)
REFERENCE_TO(observer)
REFERENCE_TO(mapping)
REFERENCE_TO(pin)
REFERENCE_TO(thread)
REFERENCE_TO(stream)
REFERENCE_TO(body)

#define PAGE  ((uint64_t)ZXP_PAGE_SIZE)
#define NEVER UINT64_MAX

/* ---- Pages: chapter 3 section 2. The letters, the state diagram and the transitions are in page_state.h ---- */

enum page_state { ABSENT, MARKER, CLEAN, DIRTY, AWAITING, ZERO_DIRTY, ZERO_UNTRACKED, OWNED, PAGE_STATES };
/* Y is no state: a page of a ZERO_DIRTY run that lies before first + acl (chapter 3 section 5.1). */

enum content_kind { CONTENT_FILL, CONTENT_LETTERS, CONTENT_BODY };
/* FILL: value is the byte. LETTERS: page i of the map is full
 * of 'A' + (value + i) mod 26. BODY: value is a body_ref. */

enum reclaim_list { LIST_NONE, LIST_GENERATION, LIST_ISOLATE };

/* All that can differ between neighbouring pages. Equal keys are always merged;
 * unused fields are zero, so keys compare with memcmp. Exactly 24 bytes. */
struct page_key {
    /* ZERO_DIRTY: acl in pages. Frames in a reclaim list: stamp. A later stamp is nearer the head of a
     * generation (last in, first out), an earlier one nearer the head of Isolate (first in, first out). */
    uint64_t order;
    uint32_t content;        /* value of the content, frames only */
    uint32_t share;          /* OWNED: 0, or the snapshot since which it is not written (chapter 6 section 4.3) */
    uint8_t state;           /* enum page_state; in a mapping's map: permissions and translation record */
    uint8_t kind;            /* enum content_kind */
    uint8_t pins;            /* pin count 0..31 */
    uint8_t always_need;     /* ZX_VMO_OP_ALWAYS_NEED was said (chapter 8 section 1.7) */
    uint8_t list;            /* enum reclaim_list; LIST_NONE unless the frame is reclaimable (chapter 8 section 1.1) */
    uint8_t list_generation; /* generation (mod 8) whose list holds it */
    uint8_t generation;      /* generation (mod 8) recorded by MarkAccessed; may be younger than list_generation */
    uint8_t ascending;       /* pages of one stamp: nearest the head is the highest page (0) or the lowest (1) */
};

/* An ordered map page -> key, total over [0, pages): absence is a run too. See page_map.h. 24 bytes. */
struct page_map {
    uint64_t pages;
    uint32_t root;
    uint32_t runs;
    uint16_t height;    /* 0: the root is a leaf */
    uint16_t capacity;  /* of a root leaf that has not reached full size */
    uint32_t last_leaf; /* used last: looked at first; 0: none */
};

/* One page of bytes that are neither a fill nor letters. Counted references: one for each page slot or data piece. */
struct body {
    uint32_t references;
    uint32_t reserved;
    uint8_t bytes[ZXP_PAGE_SIZE];
};

/* ---- Objects and handles: chapter 1 ---- */

struct object {
    zx_koid_t koid;
    uint32_t type; /* ZX_OBJ_TYPE_... */
    uint32_t handle_count;
    zx_signals_t signals;
    observer_ref observers;    /* most recently registered first (chapter 1 section 7.2) */
    object_ref next, previous; /* in order of creation */
};

struct handle_slot {
    object_ref object; /* none: free */
    zx_rights_t rights;
    uint32_t generation; /* from 1, plus one modulo 4096 at each reuse (chapter 1 section 4.1) */
    uint32_t next_free;  /* slot + 1, last freed first */
};

/* The stream size, shared between a VMO and its references (chapter 6 section 3.7). */
struct stream {
    uint64_t size;
    uint32_t users;
    uint32_t reserved;
};

enum vmo_lock { LOCK_UNSET, LOCK_UNRECLAIMABLE, LOCK_RECLAIMABLE, LOCK_DISCARDED };

/* A VMO object: what a handle names (chapter 6 section 2).
 * Dies when it has no handle, mapping, pin and running call. */
struct vmo {
    struct object object;
    uint64_t base;       /* slice: byte offset of its window in the node */
    uint64_t window;     /* slice: byte length; NEVER otherwise */
    uint64_t lock_count; /* discardable: chapter 5 section 9 */
    node_ref node;
    vmo_ref next_user, previous_user;                            /* VMOs on one node */
    vmo_ref parent, first_child, next_sibling, previous_sibling; /* user tree; most recent child first */
    uint32_t children;
    mapping_ref first_mapping;
    uint32_t mappings;
    uint32_t calls; /* blocked calls and faults that hold it */
    uint32_t pins;  /* pin records that hold it */
    stream_ref stream;
    uint32_t name; /* 32-byte block; 0: empty */
    uint8_t kind;  /* zxp_vmo_kind */
    uint8_t resizable, immutable, discardable, cache_policy;
    uint8_t lock; /* enum vmo_lock */
    uint8_t reserved[2];
};

/* What holds pages: one for each root VMO and each clone (chapter 6 section 4.1). */
struct node {
    struct page_map map;
    uint64_t size;           /* bytes, page multiple; map.pages * PAGE */
    uint64_t up_offset;      /* offset in `up` of this node's offset 0 */
    uint64_t limit;          /* this node looks into `up` only below this offset */
    uint64_t root_offset;    /* sum of clone offsets, for overflow checks and to align a family */
    uint64_t reclaim_events; /* committed_change_events */
    uint64_t pinned;         /* pages with pins > 0 */
    node_ref up, first_below, next_below, previous_below;
    node_ref next_in_family, previous_in_family; /* circular; alone: itself */
    source_ref source;                           /* pager root's own; none elsewhere */
    vmo_ref owner;                               /* the root or clone VMO made with it; none once that died */
    zx_koid_t koid;                    /* of that VMO, also when it is gone: the node's name in encodings and events */
    vmo_ref first_user;                /* owner, slices, references */
    node_ref next_node, previous_node; /* every node, zombies too: reclaim walks them (chapter 8 section 1.5) */
    uint8_t in_pager_tree, reserved[3];
};

/* The pager side of a pager root: requests and the single packet (chapter 4 sections 1 and 8). */
enum request_type { REQUEST_READ, REQUEST_DIRTY, REQUEST_TYPES };
enum packet_place { PACKET_IDLE, PACKET_IN_PORT, PACKET_LOST };

/* A packet in a port. The packet of a source is embedded in it; the others are blocks of their own. */
struct packet {
    packet_ref next, previous;
    uint64_t key;
    uint32_t type; /* ZX_PKT_TYPE_... */
    zx_status_t status;
    uint64_t offset, length; /* page request; signal: count and timestamp */
    uint16_t command;
    uint16_t embedded; /* belongs to `source`, never freed by itself */
    source_ref source;
    zx_signals_t trigger, observed;
    zx_handle_t handle; /* signal packets: registered through this handle value (zx_port_cancel) */
};

struct source {
    struct packet packet; /* must be first: packet_ref and source_ref of it have one index */
    uint64_t key;
    pager_ref pager; /* none once closed */
    port_ref port;   /* keeps the port object, also a dead one */
    node_ref node;
    thread_ref owners[REQUEST_TYPES];       /* owner requests, ascending; they never overlap */
    thread_ref active;                      /* whose request the packet is for; none for COMPLETE or when dequeued */
    thread_ref pending_first, pending_last; /* owners that wait for their turn to be sent */
    source_ref next, previous;              /* in the pager, most recently created first */
    zx_koid_t koid; /* of the VMO that zx_pager_create_vmo made: identity for PAIR and for views */
    uint8_t trap, detached, modified;
    uint8_t busy;             /* the packet slot is taken (chapter 4 section 8.1) */
    uint8_t complete_pending; /* the packet in the slot is COMPLETE */
    uint8_t complete_sent;
    uint8_t place; /* enum packet_place: where the packet is */
    uint8_t reserved;
};

struct pager {
    struct object object;
    source_ref first_source; /* most recently created first */
};

struct port {
    struct object object;
    packet_ref first, last;
    uint32_t user_packets;
    uint32_t sources;                     /* sources that hold it (internal references) */
    thread_ref first_waiter, last_waiter; /* threads in zx_port_wait, in order of waiting */
    observer_ref first_wait;              /* async waits registered with it */
    uint8_t dead;                         /* last handle closed: everything sent is dropped */
    uint8_t reserved[3];
};

struct event {
    struct object object;
};

/* A registered wait on an object's signals: of a thread
 * (zx_object_wait_one, _many) or for a port (zx_object_wait_async). */
struct observer {
    object_ref object;
    observer_ref next, previous; /* on the object */
    zx_handle_t handle;          /* registered through this handle value */
    zx_signals_t signals;
    thread_ref thread; /* none for async */
    uint32_t item;     /* index in zx_object_wait_many */
    port_ref port;
    observer_ref next_on_port, previous_on_port;
    uint32_t options;
    packet_ref packet; /* made at registration so that triggering cannot fail */
    uint64_t key;
};

/* ---- Address space: chapter 7 section 2 ---- */

struct vmar {
    struct object object;
    uint64_t base, size;
    struct page_map space; /* page of the region -> mapping: state 0 hole, 1 mapped; content = mapping_ref */
};

/* state of a page in mapping.pages: permissions in bits 0..2 (ZX_VM_PERM_...), translation record in bits 4..5 */
enum translation { TRANSLATION_NONE, TRANSLATION_RO, TRANSLATION_RW };

struct mapping {
    uint64_t base, size, vmo_offset;
    struct page_map pages;
    vmo_ref vmo;
    mapping_ref next, previous; /* of the VMO */
    uint8_t max_permissions, fault_beyond_stream_size, reserved[2];
};

struct pin {
    vmo_ref vmo;
    pin_ref next;            /* most recent first */
    uint64_t offset, length; /* bytes in the VMO */
    uint32_t write;
};

/* ---- Threads, calls and requests: chapter 4 ---- */

/* Content that a call copies from, or has copied: a value. `at` chains pieces for data (content.h). */
struct piece {
    uint64_t end;   /* bytes from the start of the data to the end of this piece */
    uint32_t value; /* fill byte, phase of the piece's first page, or body_ref */
    uint16_t skip;  /* BODY: bytes of the page before the piece's first byte */
    uint8_t kind;   /* enum content_kind */
    uint8_t reserved;
};
struct data {
    uint32_t pieces; /* array of struct piece */
    uint32_t count, capacity;
    uint32_t reserved;
};
struct buffer {
    uint8_t kind; /* zxp_buffer_kind */
    uint8_t fill, phase, reserved;
    uint32_t bytes; /* block that holds a copy; 0 while the caller's bytes are still there (see call.h) */
    uint64_t length;
    zx_vaddr_t address;
};

#define CALL_LOCALS 7

/* What a thread is doing, or did last. Survives waiting. */
struct call {
    uint64_t args[ZXP_MAX_PARAMS];
    struct buffer buffer;
    struct data data;             /* `data` of reads and loads: what has been copied */
    uint64_t cursor;              /* bytes or pages done; meaning is the operation's */
    uint64_t local[CALL_LOCALS];  /* the operation's own, survive waiting */
    uint64_t fault_at, fault_end; /* range fault of the buffer under way: next page, end (user_copy.h); both 0: none */
    uint64_t value[4];            /* result fields, when there are at most four */
    uint32_t more_values;         /* block of result fields beyond that */
    uint32_t list;                /* block: handles, wait items, dirty ranges, observed masks or a name */
    uint32_t list_count, list_bytes;
    struct page_map transit; /* pages taken and not yet put (transfer.h); root 0: none */
    vmo_ref held[2];         /* VMOs that this call keeps alive */
    port_ref held_port;
    zx_status_t status;
    uint16_t op;
    uint16_t rule;
    uint8_t phase;           /* where to resume; 0: from the beginning */
    uint8_t values;          /* number of result fields that are set */
    uint8_t uninterruptible; /* waits in a buffer fault: suspend has to wait (chapter 7 section 14.3) */
    uint8_t fault_early;     /* the call's own request is early-waking: put back after the buffer fault */
};

enum request_role { ROLE_NONE, ROLE_OWNER, ROLE_ATTACHED };

struct request {
    uint64_t offset, length; /* bytes in the root */
    uint64_t wake;           /* early: next byte wanted, relative to offset; NEVER otherwise */
    uint64_t pending;        /* owner: bytes still to be counted */
    source_ref source;
    thread_ref owner;                          /* attached: whose request it hangs on */
    thread_ref first_attached, last_attached;  /* owner: in order of attaching */
    thread_ref next, previous;                 /* owner: in source.owners. attached: in the owner's list */
    thread_ref next_pending, previous_pending; /* waiting to be sent (chapter 4 section 8.1) */
    zx_status_t status;
    zx_status_t latched_status;
    uint8_t role;       /* enum request_role; ROLE_NONE: inactive */
    uint8_t type;       /* enum request_type */
    uint8_t early;      /* early-waking: zx_vmo_read and other read copies only */
    uint8_t latched;    /* a signal arrived with nobody waiting */
    uint8_t waiting;    /* the thread is blocked on this request's signal */
    uint8_t is_pending; /* in source.pending */
    uint8_t reserved[2];
};

struct thread {
    struct call call;
    struct request request;
    uint64_t deadline;                       /* absolute, of a wait that can time out; as zx_time_t */
    thread_ref next_to_run;                  /* run queue */
    thread_ref next_waiter, previous_waiter; /* in port.first_waiter */
    zx_vaddr_t fault_address;
    uint32_t number;
    zx_status_t wake_status; /* what the wait that just ended gave it */
    uint8_t state;           /* zxp_thread_state */
    uint8_t waits_for;       /* zxp_wait_kind */
    uint8_t to_run;          /* is in the run queue */
    uint8_t suspended;       /* suspend requested and not resumed */
    uint8_t restart;         /* at resume the call starts from the beginning */
    uint8_t timed;           /* deadline counts */
    uint8_t fault_kind;      /* load 0, store 1 */
    uint8_t dying;           /* killed in a call that ignores failures: it runs to its end first; 0 between API calls */
};

/* ---- The whole ---- */

struct kernel {
    uint32_t top;                        /* units in use, this record included */
    uint32_t free_blocks[ARENA_CLASSES]; /* first free block of each class; its first word is the next */
    uint64_t now;                        /* virtual nanoseconds */
    uint64_t next_koid;
    uint64_t next_stamp;                           /* of reclaim lists */
    uint64_t newest_generation, oldest_generation; /* mru, lru: chapter 8 section 1.2 */
    uint32_t next_share;                           /* of page_key.share */
    uint32_t profile;                              /* zxp_profile */
    uint32_t handle_secret;
    uint32_t handles; /* block of struct handle_slot */
    uint32_t handle_capacity, handle_used, first_free_handle, live_handles;
    object_ref first_object, last_object;
    node_ref first_node; /* all nodes, most recently made first */
    pin_ref first_pin;
    vmar_ref vmar;
    zx_handle_t vmar_handle;
    uint32_t threads; /* block of thread_ref by number */
    uint32_t thread_count, thread_capacity;
    thread_ref first_to_run, last_to_run;
    thread_ref kernel_thread; /* runs evict, reclaim, age, advance, suspend, resume, kill; has no number */
    uint32_t mappings;        /* in the whole world: 0 saves every walk that looks for translations */
    uint32_t pages_in_lists;  /* nonzero once a frame was in a reclaim list (never reset): skips reclaim walks */
};

static inline struct kernel *kernel_of(const zxp_world *w) { return (struct kernel *)w->memory; }

static inline struct call *call_of(const zxp_world *w, thread_ref t) { return &thread_at(w, t)->call; }

static inline bool profile_is(const zxp_world *w, zxp_profile profile) {
    return kernel_of(w)->profile == (uint32_t)profile;
}

/* ---- Checked arithmetic on sizes that users give ---- */

static inline bool is_page_aligned(uint64_t x) { return x % PAGE == 0; }
static inline uint64_t round_down(uint64_t x) { return x - x % PAGE; }
/* How many pages so many bytes touch, from the start of a page on. */
static inline uint64_t pages_of_bytes(uint64_t x) { return x / PAGE + (x % PAGE != 0); }
/* False if rounding up wraps. */
static inline bool round_up(uint64_t x, uint64_t *rounded) {
    if (x > UINT64_MAX - (PAGE - 1)) return false;
    *rounded = round_down(x + PAGE - 1);
    return true;
}
/* chapter 5 section 1.3: offset + length does not wrap and is at most max. */
static inline bool in_range(uint64_t offset, uint64_t length, uint64_t max) {
    return length <= max && offset <= max - length;
}
static inline bool wraps(uint64_t offset, uint64_t length) { return offset > UINT64_MAX - length; }
static inline uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

#endif
