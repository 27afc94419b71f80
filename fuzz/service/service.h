/*
 * service.h - pager services as small programs, run against the real engine and a model disk (docs/services.md).
 *
 * A service is parsed into handlers, which are started by packets, and tasks, which run by
 * themselves. Each statement is one step. A state is a world and a ghost: the disk, what clients
 * have been promised, and where each handler and task stands. verify.c visits all states.
 */
#ifndef FUZZ_SERVICE_H
#define FUZZ_SERVICE_H

#include "zxpager/zxpager.h"

enum {
    SERVICE_PAGES = 4,
    SERVICE_STATEMENTS = 64,
    SERVICE_BLOCKS = 8,
    SERVICE_HANDLERS = 2, /* packets that are handled at the same time */
    SERVICE_TASKS = 3,
    SERVICE_ACTORS = SERVICE_HANDLERS + SERVICE_TASKS,
    SERVICE_CLIENTS = 4
};

/* ---- Programs (parse.c) ---- */

enum service_verb {
    SERVICE_DISK_READ,
    SERVICE_DISK_WRITE,
    SERVICE_DISK_ZERO,
    SERVICE_CHECK,
    SERVICE_COPY,
    SERVICE_SUPPLY,
    SERVICE_FAIL,
    SERVICE_DIRTY,
    SERVICE_BEGIN,
    SERVICE_END,
    SERVICE_RANGES,
    SERVICE_RESERVE,
    SERVICE_RELEASE,
    SERVICE_LOCK,
    SERVICE_UNLOCK,
    SERVICE_BARRIER,
    SERVICE_RESIZE,
    SERVICE_DETACH,
    SERVICE_READ,
    SERVICE_WRITE,
    SERVICE_STOP
};
enum service_when { SERVICE_ALWAYS, SERVICE_IF_DATA, SERVICE_IF_ZERO };

struct service_statement {
    enum service_verb verb;
    enum service_when when;
    bool own_range;      /* $P $N, else page and count */
    bool zero, by_range; /* BEGIN: `zero`, `$Z` */
    bool wait, all;      /* RESERVE wait, BARRIER all, RELEASE excess */
    uint8_t page, count;
    zx_status_t status; /* FAIL */
    uint8_t otherwise;  /* statement to be run if this one fails, which ends the handler; 0: none */
};

enum service_block_kind { SERVICE_ON_READ, SERVICE_ON_DIRTY, SERVICE_ON_COMPLETE, SERVICE_TASK };
struct service_block {
    enum service_block_kind kind;
    char name[32];      /* of a task */
    uint8_t begin, end; /* statements */
};

struct service {
    char name[32];
    bool trap_dirty, resizable, reserves;
    uint8_t space; /* pages free on the disk at first */
    uint8_t bad;   /* pages of the disk that are damaged, as bits */
    struct service_statement statement[SERVICE_STATEMENTS];
    uint8_t statement_count; /* statement 0 is unused */
    struct service_block block[SERVICE_BLOCKS];
    uint8_t block_count;
};

/* `head` is the rest of the line behind `service`. False: message
 * and *at, the place in body (or head, if in_head) that is wrong. */
struct service_error {
    char message[120];
    size_t at;
    bool in_head;
};
bool service_parse(const char *head, size_t head_length, const char *body, size_t body_length, struct service *service,
                   struct service_error *error);

/* ---- States (state.c) ---- */

struct service_actor {
    uint8_t running; /* 0, or block + 1 */
    uint8_t at;      /* statement */
    uint8_t page, count, zero;
    uint8_t loop; /* statement behind `ranges`; 0: not in a loop */
    uint8_t range, range_count;
    uint8_t ranges[SERVICE_PAGES][3]; /* page, count, zero */
    uint8_t buffer[SERVICE_PAGES];
    uint8_t held, bad, stale; /* bits: pages in the buffer; damaged; older than the disk */
    uint8_t late;             /* began after detach */
};

enum service_client_kind { SERVICE_READER = 1, SERVICE_WRITER };
struct service_client {
    uint8_t kind, left, pending, page, value;
};

struct service_ghost { /* bytes only: hashed as they are */
    uint8_t disk[SERVICE_PAGES], truth[SERVICE_PAGES];
    uint8_t space, reserved, lock;   /* lock: actor + 1 */
    uint8_t begun[SERVICE_PAGES];    /* 0, 1: BEGIN, 2: BEGIN with IS_ZERO */
    uint8_t copied, written, failed; /* bits, since BEGIN */
    uint8_t detached, complete, evictions, failures, writes;
    uint8_t runs[SERVICE_TASKS];
    struct service_actor actor[SERVICE_ACTORS];
    struct service_client client[SERVICE_CLIENTS];
};

struct service_setting { /* the same in all states of a run */
    const struct service *service;
    zx_handle_t pager, port, vmo;
    zx_koid_t vmo_koid, port_koid;
    uint8_t pages;
    uint8_t client_count;
    uint32_t main, actor_thread[SERVICE_ACTORS], client_thread[SERVICE_CLIENTS];
    uint8_t damaged;  /* pages of the disk, as bits */
    uint8_t failures; /* that the disk may have at first */
};

struct service_state {
    zxp_world *world;
    struct service_ghost ghost;
};

enum service_action_kind {
    SERVICE_CLIENT,
    SERVICE_TAKE,
    SERVICE_STEP,
    SERVICE_STEP_FAILS,
    SERVICE_START,
    SERVICE_EVICT
};
struct service_action {
    uint8_t kind, who, page;
};

/* What was found; rule "" : nothing. */
struct service_finding {
    char rule[16]; /* "INV-S6" */
    char fact[120];
};

/* A text that steps add lines to; NULL: none wanted. */
struct service_text {
    char *s;
    size_t length, capacity;
};

bool service_enabled(const struct service_setting *setting, const struct service_state *state,
                     struct service_action action);
/* Takes a step that is enabled; what it breaks is put into finding. */
void service_apply(const struct service_setting *setting, struct service_state *state, struct service_action action,
                   struct service_finding *finding, struct service_text *text);
/* What must hold in every state, and in one from which no step leads on. */
void service_check(const struct service_setting *setting, const struct service_state *state,
                   struct service_finding *finding);
void service_check_end(const struct service_setting *setting, const struct service_state *state,
                       struct service_finding *finding);
/* The number of the first statement to be run of an actor that
 * has one; steps over those whose condition does not hold. */
void service_settle(const struct service *service, struct service_actor *actor);
uint64_t service_hash(const struct service_state *state);
/* The byte that page reads as, from wherever it would come. */
uint8_t service_content(const struct service_setting *setting, const struct service_state *state, uint8_t page);
__attribute__((format(printf, 3, 4))) void service_breach(struct service_finding *finding, const char *rule,
                                                          const char *format, ...);
__attribute__((format(printf, 2, 3))) void service_say(struct service_text *text, const char *format, ...);
/* The statement of an actor that is next (steps.c). */
void service_step(const struct service_setting *setting, struct service_state *state, uint8_t actor, bool fails,
                  struct service_finding *finding, struct service_text *text);
bool service_can_step(const struct service_setting *setting, const struct service_state *state, uint8_t actor);

/* ---- All states (verify.c) ---- */

struct service_options {
    uint8_t pages, readers, writers, evictions, failures, runs;
    uint64_t max_states;
    bool (*progress)(void *user, uint64_t states, uint32_t depth); /* false: stop */
    void *user;
};

struct service_result {
    uint64_t states, transitions;
    uint32_t depth;
    bool complete, out_of_memory;
    struct service_finding finding;
    struct service_text script; /* the shortest that leads to it; free with free(script.s) */
};
void service_verify(const struct service *service, const struct service_options *options,
                    struct service_result *result);

#endif
