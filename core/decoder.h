/*
 * decoder.h - the inside of the decoder: bytes that may be hostile, and the names that they use.
 *
 * The first thing that is wrong is remembered as the reason; from then on every read gives 0, every test of the reason
 * ends a loop, and the world is thrown away. So reads need no check of their own: what they gave is checked before it
 * is used.
 */
#ifndef CORE_DECODER_H
#define CORE_DECODER_H

#include "encode.h"
#include "page_map.h"

/* A name that was given to an object or a node. */
struct named {
    zx_koid_t koid;
    zx_koid_t other; /* VMO: its node. Node: the next one in its family; 0: none */
    uint32_t index;  /* in the arena of the world */
    uint32_t type;   /* ZX_OBJ_TYPE_...; nodes 0 */
};

/* In ascending order of koid. Lives in the arena of a scratch world. */
struct names {
    uint32_t block, count, capacity;
};

struct decoder {
    zxp_world *world;
    zxp_world *scratch;
    const uint8_t *at, *end;
    const char *reason; /* NULL: nothing is wrong so far */
    struct names objects, nodes;
    /* Of the head, stored at the end: making objects moves the counters. */
    uint64_t now, next_koid, next_stamp, newest, oldest;
    uint32_t next_share;
};

/* Remembers the first reason. Returns false. */
bool wrong(struct decoder *d, const char *reason);
static inline bool fine(const struct decoder *d) { return d->reason == NULL; }
/* Remembers the reason unless the condition holds. Returns whether nothing is wrong so far. */
static inline bool expect(struct decoder *d, bool condition, const char *reason) {
    if (condition) return fine(d);
    wrong(d, reason);
    return false;
}

uint8_t get8(struct decoder *d);
uint16_t get16(struct decoder *d);
uint32_t get32(struct decoder *d);
uint64_t get64(struct decoder *d);
/* The next `length` bytes, NULL if there are not so many. */
const uint8_t *get_bytes(struct decoder *d, uint64_t length);
static inline uint64_t bytes_left(const struct decoder *d) { return (uint64_t)(d->end - d->at); }
/* Is the next byte ENCODED_END? Skips it if so; also true when something is wrong, so that loops end. */
bool at_end(struct decoder *d);

/* Reserves and allocates; 0 and a reason if memory is short. No pointer into the arena lives across it. */
uint32_t take(struct decoder *d, uint64_t bytes);
bool take_room(struct decoder *d, uint64_t bytes); /* only reserves */
/* The next `length` bytes, more than none, in a block of their own; 0 if something is wrong. */
uint32_t get_block(struct decoder *d, uint64_t length);

/* The entry of a koid, NULL if there is none. Lives until the next name is added. */
struct named *named_at(const struct decoder *d, const struct names *names, uint32_t i);
struct named *name_find(const struct decoder *d, const struct names *names, zx_koid_t koid);

/* Koids read as references. Koid 0 is none where `optional`. Wrong ones give none and a reason. */
object_ref get_object(struct decoder *d, uint32_t type, bool optional);
node_ref get_node(struct decoder *d);

/* What may be in a map. */
enum map_kind { MAP_OF_ROOT, MAP_OF_NODE, MAP_OF_TRANSIT, MAP_OF_MAPPING };
/* A map, made anew; *pinned: how many of its pages have pins. Nothing is made if it fails. */
bool get_map(struct decoder *d, struct page_map *map, enum map_kind kind, uint64_t *pinned);

/* decode_threads.c: the sections from the threads on. */
void get_threads(struct decoder *d);
void get_queues(struct decoder *d);
void get_observers(struct decoder *d);
/* decode_call.c */
void get_call(struct decoder *d, thread_ref t);
/* decode_check.c: could the world, as it has been read, have come about? */
void check_world(struct decoder *d);
/* decode.c: a source, linked to its pager and counted in its port. */
source_ref get_source(struct decoder *d, node_ref n);

#endif
