/* Requests, packets and threads where a script cannot look:
 * order of signals, latches, views, invariants under random use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "object.h"
#include "pager.h"
#include "request.h"
#include "thread.h"

enum { PAGES = 16, SEEN = 64 };
static const uint64_t P = ZXP_PAGE_SIZE;

/* One world with a pager, a port, a VMO of 16 pages that traps writes, and an anonymous VMO to supply from. */
static struct {
    zxp_world *w;
    zxp_context context;
    zx_handle_t pager, port, vmo, aux;
    zxp_event seen[SEEN];
    size_t count;
    uint32_t hits[RULE_COUNT];
} fix;

static void observe(void *user, const zxp_event *event) {
    (void)user;
    if (event->kind != ZXP_EVENT_WAKE && event->kind != ZXP_EVENT_REQUEST && event->kind != ZXP_EVENT_PACKET) return;
    if (fix.count < SEEN) fix.seen[fix.count++] = *event;
}

static zxp_outcome start(uint32_t thread, uint16_t op, const uint64_t args[ZXP_MAX_PARAMS]) {
    zxp_op_call call = {.op = op, .thread = thread, .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 'x'}};
    memcpy(call.args, args, sizeof call.args);
    return zxp_call(fix.w, &call);
}
#define START(thread, op, ...) start(thread, ZXP_OP_##op, (const uint64_t[ZXP_MAX_PARAMS]){__VA_ARGS__})

static zxp_thread_view view_of(uint32_t thread) {
    zxp_thread_view view;
    assert_true(zxp_thread_get(fix.w, thread, &view));
    return view;
}

static zx_status_t run(uint16_t op, const uint64_t args[ZXP_MAX_PARAMS]) {
    assert_int_equal(start(ZXP_MAIN_THREAD, op, args), ZXP_RETURNED);
    return view_of(ZXP_MAIN_THREAD).status;
}
#define RUN(op, ...) run(ZXP_OP_##op, (const uint64_t[ZXP_MAX_PARAMS]){__VA_ARGS__})

static zx_handle_t handle(void) {
    uint64_t value = 0;
    assert_true(zxp_field(fix.w, ZXP_MAIN_THREAD, "handle", &value));
    return (zx_handle_t)value;
}

static uint32_t thread(void) {
    uint32_t number;
    assert_int_equal(zxp_thread_create(fix.w, &number), ZX_OK);
    return number;
}

static int set_up(void **state) {
    (void)state;
    memset(&fix, 0, sizeof fix);
    fix.w = zxp_world_create(NULL);
    assert_non_null(fix.w);
    fix.context.observe = observe;
    fix.context.rule_hits = fix.hits;
    zxp_world_attach(fix.w, &fix.context);
    RUN(PAGER_CREATE, 0);
    fix.pager = handle();
    RUN(PORT_CREATE, 0);
    fix.port = handle();
    RUN(PAGER_CREATE_VMO, fix.pager, ZX_VMO_TRAP_DIRTY | ZX_VMO_RESIZABLE, fix.port, 7, PAGES * P);
    fix.vmo = handle();
    RUN(VMO_CREATE, PAGES * P, 0);
    fix.aux = handle();
    for (int i = 0; i < 8; i++) thread();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    zxp_world_destroy(fix.w);
    return 0;
}

static void supply(uint64_t page, uint64_t pages) {
    zxp_op_call call = {.op = ZXP_OP_VMO_WRITE,
                        .args = {fix.aux, 0, page * P, pages * P},
                        .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 's'}};
    zxp_call(fix.w, &call);
    RUN(PAGER_SUPPLY_PAGES, fix.pager, fix.vmo, page * P, pages * P, fix.aux, page * P);
}

static zxp_outcome read_pages(uint32_t t, uint64_t page, uint64_t pages) {
    return START(t, VMO_READ, fix.vmo, page * P, pages * P);
}

static zxp_outcome commit(uint32_t t, uint64_t page, uint64_t pages) {
    return START(t, VMO_OP_RANGE, fix.vmo, ZX_VMO_OP_COMMIT, page * P, pages * P);
}

static source_ref source(void) {
    return vmo_source(fix.w, vmo_of_object(object_by_koid(fix.w, zxp_koid_of(fix.w, fix.vmo))));
}

/* The threads that were woken since the last look, in order. */
static void woken(const uint32_t *threads, size_t count) {
    size_t k = 0;
    for (size_t i = 0; i < fix.count; i++) {
        if (fix.seen[i].kind != ZXP_EVENT_WAKE) continue;
        if (k < count) assert_int_equal(fix.seen[i].thread, threads[k]);
        k++;
    }
    assert_int_equal(k, count);
    fix.count = 0;
}
#define WOKEN(...) woken((const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* ---- Order of signals: chapter 4 section 5.3 ---- */

static void completion_wakes_attached_first_and_owner_last(void **state) {
    (void)state;
    commit(1, 0, 4);
    commit(2, 2, 2);
    commit(3, 1, 1);
    fix.count = 0;
    supply(0, 4);
    WOKEN(2, 3, 1);
}

static void early_wake_wakes_the_owner_first(void **state) {
    (void)state;
    read_pages(1, 0, 4);
    read_pages(2, 1, 3);
    fix.count = 0;
    supply(0, 2);
    WOKEN(1, 2);
}

static void several_requests_wake_in_ascending_order(void **state) {
    (void)state;
    commit(1, 8, 2);
    commit(2, 2, 2);
    commit(3, 5, 1);
    fix.count = 0;
    supply(0, PAGES);
    WOKEN(2, 3, 1);
}

static void detach_wakes_reads_before_dirties(void **state) {
    (void)state;
    supply(0, 2);
    START(1, VMO_WRITE, fix.vmo, 0, 0, P);
    commit(2, 8, 2);
    commit(3, 4, 2);
    fix.count = 0;
    RUN(PAGER_DETACH_VMO, fix.pager, fix.vmo);
    WOKEN(3, 2, 1);
    assert_int_equal(view_of(1).status, ZX_ERR_BAD_STATE);
}

/* A reader that is attached and has been passed by is woken to look again (section 5.2, early_wake step 2). It takes an
 * heir whose wake is stale to see this: the owner's wake counts from the new offset. */
static void a_reader_that_was_passed_by_wakes(void **state) {
    (void)state;
    commit(1, 0, 8);
    read_pages(2, 2, 6); /* heir: its wake 0 will mean page 0 */
    read_pages(3, 4, 1);
    START(ZXP_MAIN_THREAD, KILL, 1);
    supply(4, 1); /* the data of thread 3 is there; nobody is told */
    assert_int_equal(view_of(3).state, ZXP_THREAD_BLOCKED);
    supply(0, 1);
    assert_int_equal(view_of(2).wake, 2 * P); /* it looked again and waits for page 2 */
    supply(2, 2);                             /* begins at the wake page: thread 2 goes on to page 5 */
    assert_int_equal(view_of(2).wake, 5 * P);
    fix.count = 0;
    supply(5, 1);
    WOKEN(2, 3);
    assert_int_equal(view_of(3).state, ZXP_THREAD_READY);
}

/* Thread 4 has page 1 and waits for page 2; the owner, an heir again, waits for page 1, which was evicted and comes a
 * second time: of no use to thread 4. */
static void a_reader_is_not_woken_for_a_page_that_it_has(void **state) {
    (void)state;
    commit(1, 1, 8);
    read_pages(2, 3, 6);
    read_pages(3, 5, 4);
    read_pages(4, 1, 8);
    START(ZXP_MAIN_THREAD, KILL, 1);
    supply(1, 1);
    assert_int_equal(view_of(4).wake, P);
    START(ZXP_MAIN_THREAD, KILL, 2);
    START(ZXP_MAIN_THREAD, EVICT, zxp_koid_of(fix.w, fix.vmo), P, P, 0);
    fix.count = 0;
    supply(1, 1);
    WOKEN(3);
}

/* ---- Step 3 of section 4: who continues ---- */

static uint64_t populated(uint32_t thread, source_ref s, uint64_t page) {
    thread_ref t = thread_by_number(fix.w, thread);
    assert_int_equal(request_populate(fix.w, t, s, REQUEST_READ, page * P, 2 * P), LOOK_WAIT);
    return thread_at(fix.w, t)->request.offset / P;
}

static void only_an_early_reader_of_the_same_source_continues(void **state) {
    (void)state;
    RUN(PAGER_CREATE_VMO, fix.pager, 0, fix.port, 8, PAGES * P);
    source_ref other = vmo_source(fix.w, vmo_of_object(object_by_koid(fix.w, zxp_koid_of(fix.w, handle()))));
    for (uint32_t i = 1; i <= 2; i++) {
        bool early = i == 1;
        request_begin(fix.w, thread_by_number(fix.w, i), early);
        assert_int_equal(populated(i, source(), 4), 4);
        assert_int_equal(populated(i, source(), 5), early ? 4 : 5);
        assert_int_equal(populated(i, other, 5), 5);
        assert_int_equal(populated(i, other, 6), early ? 5 : 6);
        assert_int_equal(populated(i, other, 7), 7);
        request_cancel(fix.w, thread_by_number(fix.w, i));
    }
}

/* ---- The latch: section 6 ---- */

static void the_latch_keeps_the_status(void **state) {
    (void)state;
    thread_ref t = thread_by_number(fix.w, 1);
    zx_status_t status;
    request_begin(fix.w, t, false);
    request_populate(fix.w, t, source(), REQUEST_READ, 0, P);
    request_resolve(fix.w, source(), REQUEST_READ, 0, P, ZX_ERR_IO, RULE_none);
    assert_int_equal(wait_for_request(fix.w, t), STEP_BLOCK);
    assert_true(request_failed(fix.w, t, &status));
    assert_int_equal(status, ZX_ERR_IO);
    request_begin(fix.w, t, false);
    assert_false(request_failed(fix.w, t, &status));
}

static void a_signal_without_waiter_is_latched_once(void **state) {
    (void)state;
    thread_ref t = thread_by_number(fix.w, 1);
    zx_status_t status;
    request_begin(fix.w, t, true);
    assert_int_equal(request_populate(fix.w, t, source(), REQUEST_READ, 0, 4 * P), LOOK_WAIT);
    request_resolve(fix.w, source(), REQUEST_READ, 0, P, ZX_OK, RULE_none);
    request_resolve(fix.w, source(), REQUEST_READ, P, 3 * P, ZX_ERR_IO, RULE_none); /* lost */
    assert_int_equal(wait_for_request(fix.w, t), STEP_BLOCK);
    assert_true(thread_at(fix.w, t)->to_run);
    assert_false(request_failed(fix.w, t, &status));
    assert_int_equal(thread_at(fix.w, t)->request.role, ROLE_NONE);
    assert_false(thread_at(fix.w, t)->request.latched);
    assert_int_equal(fix.hits[RULE_request_signal_latched], 1);
    assert_int_equal(fix.hits[RULE_request_signal_lost], 1);
}

/* Who was woken, and has not run yet, is not waiting any more: what comes then is latched. */
static void who_was_woken_does_not_wait(void **state) {
    (void)state;
    thread_ref t = thread_by_number(fix.w, 1);
    request_begin(fix.w, t, true);
    assert_int_equal(request_populate(fix.w, t, source(), REQUEST_READ, 0, 4 * P), LOOK_WAIT);
    assert_int_equal(wait_for_request(fix.w, t), STEP_BLOCK);
    request_resolve(fix.w, source(), REQUEST_READ, 0, P, ZX_OK, RULE_none);
    assert_true(thread_at(fix.w, t)->to_run);
    assert_int_equal(thread_at(fix.w, t)->request.waiting, 0);
    request_resolve(fix.w, source(), REQUEST_READ, P, 3 * P, ZX_ERR_IO, RULE_none);
    assert_true(thread_at(fix.w, t)->request.latched);
}

static void populating_clears_the_latch_and_continuing_does_not(void **state) {
    (void)state;
    thread_ref t = thread_by_number(fix.w, 1);
    const struct request *r = &thread_at(fix.w, t)->request;
    request_begin(fix.w, t, true);
    request_populate(fix.w, t, source(), REQUEST_READ, 0, 4 * P);
    request_resolve(fix.w, source(), REQUEST_READ, 0, P, ZX_OK, RULE_none);
    assert_true(r->latched);
    assert_int_equal(r->wake, P);
    request_populate(fix.w, t, source(), REQUEST_READ, P, 3 * P);
    assert_true(r->latched);
    assert_int_equal(r->wake, P);
    request_populate(fix.w, t, source(), REQUEST_READ, 8 * P, P);
    assert_false(r->latched);
    assert_int_equal(r->offset, 8 * P);
    request_cancel(fix.w, t);
    assert_memory_equal(r, &(struct request){0}, sizeof *r);
}

/* ---- Views ---- */

static void requests_show_where_their_packet_is(void **state) {
    (void)state;
    zxp_request_view view;
    commit(1, 0, 2);
    commit(2, 4, 2);
    commit(3, 8, 2);
    commit(4, 5, 1);
    START(5, PORT_WAIT, fix.port, 0);
    assert_true(zxp_request_at(fix.w, 0, &view));
    assert_int_equal(view.packet, 'd');
    assert_true(zxp_request_at(fix.w, 1, &view));
    assert_int_equal(view.packet, 'p');
    assert_int_equal(view.offset, 4 * P);
    assert_int_equal(view.pending, 2 * P);
    assert_int_equal(view.owner, 2);
    assert_int_equal(view.attached, 1);
    assert_int_equal(view.key, 7);
    assert_int_equal(zxp_request_attached(fix.w, 1, 0), 4);
    assert_int_equal(zxp_request_attached(fix.w, 1, 1), ZXP_NO_THREAD);
    assert_true(zxp_request_at(fix.w, 2, &view));
    assert_int_equal(view.packet, 'w');
    assert_false(zxp_request_at(fix.w, 3, &view));
    RUN(HANDLE_CLOSE, fix.port);
    assert_true(zxp_request_at(fix.w, 1, &view));
    assert_int_equal(view.packet, 'x');
    assert_true(zxp_request_at(fix.w, 2, &view));
    assert_int_equal(view.packet, 'x');
}

static void threads_show_what_they_wait_for(void **state) {
    (void)state;
    read_pages(1, 2, 4);
    supply(2, 1);
    zxp_thread_view view = view_of(1);
    assert_int_equal(view.waits_for, ZXP_WAIT_REQUEST);
    assert_int_equal(view.offset, 2 * P);
    assert_int_equal(view.length, 4 * P);
    assert_int_equal(view.wake, P);
    assert_false(view.attached);
    assert_int_equal(view.koid, zxp_koid_of(fix.w, fix.vmo));
    commit(2, 3, 1);
    view = view_of(2);
    assert_true(view.attached);
    assert_int_equal(view.wake, UINT64_MAX);
}

static void a_killed_thread_leaves_nothing_behind(void **state) {
    (void)state;
    read_pages(1, 0, 4);
    assert_int_equal(START(ZXP_MAIN_THREAD, KILL, 1), ZXP_RETURNED);
    assert_int_equal(view_of(1).state, ZXP_THREAD_KILLED);
    assert_int_equal(read_pages(1, 0, 1), ZXP_KILLED);
    zxp_request_view view;
    assert_false(zxp_request_at(fix.w, 0, &view));
    assert_false(source_at(fix.w, source())->busy);
}

static void a_thread_that_does_not_exist_is_not_found(void **state) {
    (void)state;
    const uint16_t ops[] = {ZXP_OP_SUSPEND, ZXP_OP_RESUME, ZXP_OP_KILL};
    for (size_t i = 0; i < 3; i++) {
        start(ZXP_MAIN_THREAD, ops[i], (const uint64_t[ZXP_MAX_PARAMS]){99});
        assert_int_equal(view_of(ZXP_MAIN_THREAD).status, ZX_ERR_NOT_FOUND);
    }
}

/* ---- Invariants of section 16, under random use ---- */

static void check_owner(thread_ref owner, uint64_t *end) {
    const struct request *o = &thread_at(fix.w, owner)->request;
    assert_int_equal(o->role, ROLE_OWNER);
    assert_true(o->offset >= *end);
    assert_true(o->length > 0 && o->length % P == 0);
    assert_true(o->pending > 0);
    *end = o->offset + o->length;
    thread_ref last = thread_none();
    for (thread_ref x = o->first_attached; thread_is(x); x = thread_at(fix.w, x)->request.next) {
        const struct request *r = &thread_at(fix.w, x)->request;
        assert_int_equal(r->role, ROLE_ATTACHED);
        assert_true(thread_same(r->owner, owner));
        assert_true(thread_same(r->previous, last));
        assert_true(r->offset >= o->offset && r->offset + r->length <= *end);
        last = x;
    }
    assert_true(thread_same(o->last_attached, last));
}

static void check_source(void) {
    const struct source *s = source_at(fix.w, source());
    for (int type = 0; type < REQUEST_TYPES; type++) {
        uint64_t end = 0;
        for (thread_ref t = s->owners[type]; thread_is(t); t = thread_at(fix.w, t)->request.next) check_owner(t, &end);
    }
    thread_ref last = thread_none();
    for (thread_ref t = s->pending_first; thread_is(t); last = t, t = thread_at(fix.w, t)->request.next_pending) {
        assert_true(thread_at(fix.w, t)->request.is_pending);
        assert_true(thread_same(thread_at(fix.w, t)->request.previous_pending, last));
    }
    assert_true(thread_same(s->pending_last, last));
    if (thread_is(s->pending_first)) assert_true(s->busy);
    if (s->detached) assert_false(thread_is(s->owners[REQUEST_READ]) || thread_is(s->owners[REQUEST_DIRTY]));
    if (s->place == PACKET_IN_PORT) assert_true(s->busy);
    if (s->place == PACKET_IDLE) assert_false(s->busy);
    assert_false(thread_is(kernel_of(fix.w)->first_to_run));
}

/* A thread waits for its request, or its request for nobody. */
static void check_waiters(void) {
    for (uint32_t i = 0; i < zxp_thread_count(fix.w); i++) {
        const struct thread *thread = thread_at(fix.w, thread_by_number(fix.w, i));
        bool waits = thread->state == ZXP_THREAD_BLOCKED && thread->waits_for == ZXP_WAIT_REQUEST;
        assert_int_equal(thread->request.waiting, waits);
        assert_int_equal(thread->request.role != ROLE_NONE, waits);
    }
}

static uint64_t random_state;

static uint64_t any(uint64_t below) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 33) % below;
}

static void ready_thread_does_something(void) {
    uint32_t t = 1 + (uint32_t)any(8);
    if (view_of(t).state != ZXP_THREAD_READY) return;
    uint64_t page = any(PAGES), pages = 1 + any(PAGES - page);
    switch (any(5)) {
    case 0: commit(t, page, pages); break;
    case 1:
    case 2: read_pages(t, page, pages); break;
    case 3: START(t, VMO_WRITE, fix.vmo, 0, page * P, pages * P); break;
    default: START(t, VMO_OP_RANGE, fix.vmo, ZX_VMO_OP_ALWAYS_NEED, page * P, pages * P); break;
    }
}

static void somebody_answers(void) {
    uint64_t page = any(PAGES), pages = any(PAGES - page + 1);
    uint64_t op = 1 + any(4), data = op == ZX_PAGER_OP_FAIL ? (uint64_t)ZX_ERR_IO : 0;
    switch (any(5)) {
    case 0:
    case 1: supply(page, pages); break;
    case 2: RUN(PAGER_OP_RANGE, fix.pager, op, fix.vmo, page * P, pages * P, data); break;
    case 3: START(ZXP_MAIN_THREAD, EVICT, zxp_koid_of(fix.w, fix.vmo), page * P, pages * P, 1); break;
    default: RUN(PORT_WAIT, fix.port, 0); break;
    }
}

static void something_else(void) {
    uint64_t t = 1 + any(8);
    switch (any(6)) {
    case 0:
    case 1: START(ZXP_MAIN_THREAD, SUSPEND, t); break;
    case 2:
    case 3: START(ZXP_MAIN_THREAD, RESUME, t); break;
    case 4: RUN(VMO_SET_SIZE, fix.vmo, (4 + any(PAGES - 3)) * P); break;
    default: RUN(VMO_OP_RANGE, fix.vmo, ZX_VMO_OP_ZERO, any(4) * P, any(3) * P); break;
    }
}

static void requests_stay_well_formed(void **state) {
    for (unsigned seed = 0; seed < 300; seed++) {
        random_state = seed;
        for (int i = 0; i < 60; i++) {
            uint64_t what = any(10);
            if (what < 5)
                ready_thread_does_something();
            else if (what < 9)
                somebody_answers();
            else
                something_else();
            check_source();
            check_waiters();
        }
        RUN(PAGER_DETACH_VMO, fix.pager, fix.vmo);
        check_source();
        tear_down(state);
        set_up(state);
    }
}

/* Nothing in a request allocates: a waiting call reserves no more than one that need not wait (its look-ups do). */
static void everything_is_given_back(void **state) {
    (void)state;
    size_t before = 0;
    for (int i = 0; i < 50; i++) {
        RUN(PAGER_CREATE_VMO, fix.pager, 0, fix.port, 9, 4 * P);
        zx_handle_t v = handle();
        START(1, VMO_READ, v, 0, 4 * P);
        START(2, VMO_READ, v, P, P);
        RUN(PAGER_DETACH_VMO, fix.pager, v);
        RUN(HANDLE_CLOSE, v);
        RUN(PORT_WAIT, fix.port, 0);
        assert_int_equal(view_of(ZXP_MAIN_THREAD).status, ZX_OK);
        if (i == 1) before = zxp_world_bytes(fix.w);
    }
    assert_int_equal(zxp_world_bytes(fix.w), before);
}

/* A source whose VMO is gone waits for its last packet to be taken, or lost with the port. */
static void sources_go_with_their_last_packet(void **state) {
    (void)state;
    size_t before = 0;
    for (int i = 0; i < 50; i++) {
        RUN(PORT_CREATE, 0);
        zx_handle_t port = handle();
        for (int k = 0; k < 3; k++) {
            RUN(PAGER_CREATE_VMO, fix.pager, 0, port, 9, 4 * P);
            RUN(HANDLE_CLOSE, handle());
        }
        RUN(PORT_WAIT, port, 0);
        RUN(HANDLE_CLOSE, port);
        if (i == 1) before = zxp_world_bytes(fix.w);
    }
    assert_int_equal(zxp_world_bytes(fix.w), before);
}

/* ALWAYS_NEED goes on without what it does not get: its wake tells why. */
static void who_interrupts_a_hint_is_told(void **state) {
    (void)state;
    for (uint32_t i = 1; i <= 2; i++) {
        START(i, VMO_OP_RANGE, fix.vmo, ZX_VMO_OP_ALWAYS_NEED, UINT64_C(4) * i * P, P);
        fix.count = 0;
        start(ZXP_MAIN_THREAD, i == 1 ? ZXP_OP_KILL : ZXP_OP_SUSPEND, (const uint64_t[ZXP_MAX_PARAMS]){i});
        zx_status_t told = ZX_OK;
        for (size_t k = 0; k < fix.count; k++)
            if (fix.seen[k].kind == ZXP_EVENT_WAKE && fix.seen[k].thread == i) told = fix.seen[k].status;
        assert_int_equal(told, i == 1 ? ZX_ERR_INTERNAL_INTR_KILLED : ZX_ERR_INTERNAL_INTR_RETRY);
    }
}

static void a_dead_port_drops_what_is_sent(void **state) {
    (void)state;
    RUN(HANDLE_CLOSE, fix.port);
    fix.count = 0;
    commit(1, 0, 1);
    size_t dropped = 0;
    for (size_t i = 0; i < fix.count; i++) dropped += fix.seen[i].what == ZXP_WHAT_DROPPED;
    assert_int_equal(dropped, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(completion_wakes_attached_first_and_owner_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(early_wake_wakes_the_owner_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_requests_wake_in_ascending_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(detach_wakes_reads_before_dirties, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_that_was_passed_by_wakes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_is_not_woken_for_a_page_that_it_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_an_early_reader_of_the_same_source_continues, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_latch_keeps_the_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sources_go_with_their_last_packet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_interrupts_a_hint_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dead_port_drops_what_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_without_waiter_is_latched_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_woken_does_not_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(populating_clears_the_latch_and_continuing_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_show_where_their_packet_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_show_what_they_wait_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_thread_leaves_nothing_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_thread_that_does_not_exist_is_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_stay_well_formed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(everything_is_given_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
