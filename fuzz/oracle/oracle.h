/*
 * oracle.h - a second, deliberately naive implementation of the whole specification.
 *
 * It is written from the chapters alone and shares nothing with core/ but the public constants and view structures, so
 * that the two do not share a misreading. Arrays of pages, linear searches, no runs, no sharing of structure: clear
 * over fast. Worlds are small (the limits stand in state.h); where an input leaves them, oracle_out_of_bounds() becomes
 * true and stays so, and nothing after that may be compared.
 *
 * A world holds no pointers of its own (the field names and rule names are static strings), so a copy is a memcpy of
 * the used part. One oracle is used by one thread at a time; different oracles never influence each other.
 */
#ifndef ZXPAGER_FUZZ_ORACLE_H
#define ZXPAGER_FUZZ_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zxpager/zxpager.h"

typedef struct oracle oracle;

/* NULL when memory is short. The caller owns it. */
oracle *oracle_create(zxp_profile profile);
void oracle_destroy(oracle *o);
/* Back to a new world: root VMAR (koid 1024, handle 0x00100003), thread 0. */
void oracle_reset(oracle *o, zxp_profile profile);
/* Makes dst equal to src, by a memcpy of the used part. */
void oracle_copy(oracle *dst, const oracle *src);
size_t oracle_bytes(const oracle *o);

/* True once an input has left the oracle's limits: results are meaningless from the call in which that happened. */
bool oracle_out_of_bounds(const oracle *o);
const char *oracle_out_of_bounds_reason(const oracle *o);

/* The number of a new thread; ZXP_NO_THREAD (and out of bounds) if there is no room. Thread 0 exists from the start. */
uint32_t oracle_thread_create(oracle *o);
/* As zxp_call(). */
zxp_outcome oracle_call(oracle *o, const zxp_op_call *call);

/* ---- Results: as zxp_thread_get, zxp_field, zxp_data_..., zxp_range_..., zxp_observed_... (rule is always 0) ---- */
uint32_t oracle_thread_count(const oracle *o);
bool oracle_thread_get(const oracle *o, uint32_t thread, zxp_thread_view *view);
bool oracle_field(const oracle *o, uint32_t thread, const char *name, uint64_t *value);
size_t oracle_field_count(const oracle *o, uint32_t thread);
const char *oracle_field_at(const oracle *o, uint32_t thread, size_t i, uint64_t *value);
uint64_t oracle_data_length(const oracle *o, uint32_t thread);
size_t oracle_data_copy(const oracle *o, uint32_t thread, uint64_t offset, void *out, size_t length);
/* The piece of data that contains byte `offset`, cut to begin there. kind is FILL or BYTES. False at the end. */
bool oracle_data_piece(const oracle *o, uint32_t thread, uint64_t offset, zxp_piece *piece);
size_t oracle_range_count(const oracle *o, uint32_t thread);
bool oracle_range_at(const oracle *o, uint32_t thread, size_t i, zxp_dirty_range *range);
size_t oracle_observed_count(const oracle *o, uint32_t thread);
zx_signals_t oracle_observed_at(const oracle *o, uint32_t thread, size_t i);
/* Chapter, section and step of the decision that the thread's calls took last; never NULL. For reports of differences.
 */
const char *oracle_rule(const oracle *o, uint32_t thread);

/* ---- The world: as the functions of zxpager.h of the same name ---- */
zx_time_t oracle_now(const oracle *o);
zx_koid_t oracle_koid_of(const oracle *o, zx_handle_t handle);
bool oracle_object_next(const oracle *o, zx_koid_t after, zxp_object_view *view);
bool oracle_object_get(const oracle *o, zx_koid_t koid, zxp_object_view *view);
bool oracle_request_at(const oracle *o, size_t i, zxp_request_view *view);
uint32_t oracle_request_attached(const oracle *o, size_t i, size_t k);
bool oracle_packet_at(const oracle *o, zx_koid_t port, size_t i, zxp_packet_view *view);
bool oracle_handle_next(const oracle *o, zx_handle_t after, zxp_handle_view *view);
bool oracle_mapping_at(const oracle *o, size_t i, zxp_mapping_view *view);
bool oracle_address_get(const oracle *o, zx_vaddr_t address, uint32_t *permissions, uint32_t *record);

/* One page of a VMO, as the page map shows it (slice: of its window). */
typedef struct oracle_page {
    char letter; /* . C D W M Z Y U P */
    bool always_need;
    uint8_t pins;
    int age;        /* -1: in no generation; -2: Isolate */
    uint32_t share; /* 0: not shared by bidirectional cloning, else a number common to the sharers */
    const uint8_t
        *bytes;   /* a frame of mixed content: its 4096 bytes, valid until the next call; NULL: all bytes are `fill` */
    uint8_t fill; /* 0 where there is no frame */
} oracle_page;
/* False beyond the size, or if koid is no VMO. */
bool oracle_page_at(const oracle *o, zx_koid_t vmo, uint64_t page, oracle_page *view);
/* The first page after `page` at which something may differ from
 * it (UINT64_MAX: none); to step over huge uniform stretches. */
uint64_t oracle_page_next(const oracle *o, zx_koid_t vmo, uint64_t page);
/* Zero intervals of a pager root: the i-th, with its awaiting-clean length (in pages). False at the end. */
bool oracle_interval_at(const oracle *o, zx_koid_t vmo, size_t i, uint64_t *first, uint64_t *last, bool *dirty,
                        uint64_t *acl);

/* A number for all that can influence a later answer, up to names (key.c): oracles of one key go on alike. */
uint64_t oracle_key(const oracle *o);

/* What must hold of the oracle's own structures: NULL, or a
 * sentence that says what is broken. Not to be asked out of bounds. */
const char *oracle_check(const oracle *o);

#endif
