/* Each invariant of chapter 8 part 3: a world is damaged on purpose, and exactly that one is reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "handle.h"
#include "thread.h"

enum { PAGES = 8, MAIN = ZXP_MAIN_THREAD };

/* ---- A world with something of everything ---- */

/* trap: C C D M . . . . plus Z Z; plain: C C C .; anon: P . ; clone of plain: P in page 0; mapping of trap. */
struct world {
    zxp_world *w;
    zx_handle_t pager, port, trap, plain, anon, clone;
    zx_vaddr_t address;
    uint32_t t; /* a second thread */
};

static zx_handle_t made(zxp_world *w, zxp_outcome outcome) {
    assert_int_equal(outcome, ZXP_RETURNED);
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
    return (zx_handle_t)zxp_result(w, MAIN, "handle");
}

static void ok(zxp_world *w, zxp_outcome outcome) {
    assert_int_equal(outcome, ZXP_RETURNED);
    assert_int_equal(zxp_status(w, MAIN), ZX_OK);
}

static void supply(struct world *x, zx_handle_t vmo, uint64_t page, uint64_t count, bool filled) {
    zx_handle_t aux = made(x->w, zxp_vmo_create(x->w, MAIN, count * PAGE, 0));
    for (uint64_t i = 0; filled && i < count; i++) ok(x->w, zxp_vmo_write(x->w, MAIN, aux, "two", i * PAGE + 5, 3));
    ok(x->w, zxp_pager_supply_pages(x->w, MAIN, x->pager, vmo, page * PAGE, count * PAGE, aux, 0));
    ok(x->w, zxp_handle_close(x->w, MAIN, aux));
}

static struct world begin(void) {
    struct world x = {.w = zxp_world_create(NULL)};
    assert_int_equal(zxp_thread_create(x.w, &x.t), ZX_OK);
    x.pager = made(x.w, zxp_pager_create(x.w, MAIN, 0));
    x.port = made(x.w, zxp_port_create(x.w, MAIN, 0));
    uint32_t options = ZX_VMO_RESIZABLE | ZX_VMO_TRAP_DIRTY;
    x.trap = made(x.w, zxp_pager_create_vmo(x.w, MAIN, x.pager, options, x.port, 1, PAGES * PAGE));
    x.plain = made(x.w, zxp_pager_create_vmo(x.w, MAIN, x.pager, ZX_VMO_RESIZABLE, x.port, 2, 4 * PAGE));
    x.anon = made(x.w, zxp_vmo_create(x.w, MAIN, 2 * PAGE, 0));
    supply(&x, x.trap, 0, 3, true);
    supply(&x, x.trap, 3, 1, false);
    ok(x.w, zxp_pager_op_range(x.w, MAIN, x.pager, ZX_PAGER_OP_DIRTY, x.trap, 2 * PAGE, PAGE, 0));
    ok(x.w, zxp_vmo_set_size(x.w, MAIN, x.trap, (PAGES + 2) * PAGE));
    supply(&x, x.plain, 0, 3, true);
    ok(x.w, zxp_vmo_write(x.w, MAIN, x.anon, "bytes", 3, 5));
    x.clone = made(x.w, zxp_vmo_create_child(x.w, MAIN, x.plain, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, 3 * PAGE));
    ok(x.w, zxp_vmo_write(x.w, MAIN, x.clone, "clone", 0, 5));
    uint32_t rw = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
    ok(x.w, zxp_vmar_map(x.w, MAIN, zxp_root_vmar(x.w), rw, 0, x.trap, 0, PAGES * PAGE));
    x.address = zxp_result(x.w, MAIN, "address");
    assert_int_equal(zxp_check(x.w, NULL, 0), 0);
    return x;
}

/* Both threads have something to do with the trap VMO: t waits for READ [4,6), and the packet is in the port. */
static struct world begin_waiting(void) {
    struct world x = begin();
    assert_int_equal(zxp_vmo_read(x.w, x.t, x.trap, 4 * PAGE, 2 * PAGE), ZXP_BLOCKED);
    assert_int_equal(zxp_check(x.w, NULL, 0), 0);
    return x;
}

static struct vmo *vmo(const zxp_world *w, zx_handle_t handle) {
    return vmo_at(w, vmo_of_object(handle_object(w, handle)));
}
static node_ref node_ref_of(const zxp_world *w, zx_handle_t handle) { return vmo(w, handle)->node; }
static struct node *node(const zxp_world *w, zx_handle_t handle) { return node_at(w, node_ref_of(w, handle)); }
static struct source *source(const zxp_world *w, zx_handle_t handle) { return source_at(w, node(w, handle)->source); }
static struct thread *thread(const zxp_world *w, uint32_t t) { return thread_at(w, thread_by_number(w, t)); }

/* Damages one slot behind the back of slots_set. */
static void put(zxp_world *w, zx_handle_t handle, uint64_t page, struct page_key key) {
    assert_true(arena_reserve(w, page_map_change_bytes(&node(w, handle)->map, 1)));
    page_map_set(w, &node(w, handle)->map, page, page + 1, key);
}

static struct page_key slot(const zxp_world *w, zx_handle_t handle, uint64_t page) {
    return slot_at(w, node_ref_of(w, handle), page);
}

static void put_record(struct world *x, uint64_t page, uint32_t permissions, enum translation record) {
    mapping_ref m = mapping_find(x->w, x->address);
    assert_true(arena_reserve(x->w, page_map_change_bytes(&mapping_at(x->w, m)->pages, 1)));
    page_map_set(x->w, &mapping_at(x->w, m)->pages, page, page + 1, mapping_key(permissions, record));
}

/* ---- One state ---- */

/* Exactly INV-n is reported, as often as it may be. */
static void expect_only(const zxp_violation *v, size_t count, uint16_t n) {
    for (size_t i = 0; i < count; i++)
        if (v[i].invariant != n) print_message("INV-%u instead of INV-%u: %s\n", v[i].invariant, n, v[i].fact);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) assert_int_equal(v[i].invariant, n);
    assert_string_equal(v[0].fact, zxp_invariant_text(n));
}

static void expect_state(struct world *x, uint16_t n) {
    zxp_violation v[16];
    size_t count = zxp_check(x->w, v, 16);
    assert_true(count <= 16);
    expect_only(v, count, n);
    zxp_world_destroy(x->w);
}

static void sizes_and_states(void **state) {
    (void)state;
    struct world x = begin();
    node(x.w, x.anon)->size += PAGE;
    expect_state(&x, 1);
    x = begin();
    stream_at(x.w, vmo(x.w, x.anon)->stream)->size = 3 * PAGE;
    expect_state(&x, 2);
    x = begin();
    put(x.w, x.trap, PAGES + 1,
        (struct page_key){.state = ZERO_DIRTY, .order = 1}); /* beside an interval of its kind */
    expect_state(&x, 3);
    x = begin();
    put(x.w, x.trap, 7, (struct page_key){.state = ZERO_UNTRACKED, .order = 1});
    expect_state(&x, 3);
    x = begin();
    put(x.w, x.anon, 1, key_of(ZERO_DIRTY));
    expect_state(&x, 4);
    x = begin();
    put(x.w, x.trap, 6, (struct page_key){.state = ZERO_UNTRACKED, .always_need = 1});
    expect_state(&x, 5);
    x = begin();
    put(x.w, x.anon, 1, key_of(MARKER));
    expect_state(&x, 6);
    x = begin();
    node(x.w, x.clone)->limit = 5 * PAGE;
    expect_state(&x, 56);
}

static void frames_and_queues(void **state) {
    (void)state;
    struct world x = begin();
    body_at(x.w, (body_ref){slot(x.w, x.trap, 0).content})->references++;
    expect_state(&x, 20);
    x = begin();
    kernel_of(x.w)->free_blocks[ARENA_CLASSES - 1] = kernel_of(x.w)->top + 5;
    expect_state(&x, 21);
    x = begin();
    struct page_key key = slot(x.w, x.trap, 0);
    key.list = LIST_NONE;
    key.order = key.list_generation = key.generation = 0;
    put(x.w, x.trap, 0, key);
    expect_state(&x, 23);
    x = begin();
    key = slot(x.w, x.trap, 2);
    key.generation = 1;
    put(x.w, x.trap, 2, key);
    expect_state(&x, 3);
    x = begin();
    node(x.w, x.anon)->pinned = 1;
    expect_state(&x, 24);
    x = begin();
    key = slot(x.w, x.trap, 0);
    key.pins = 1;
    put(x.w, x.trap, 0, key);
    node(x.w, x.trap)->pinned = 1;
    expect_state(&x, 25);
    x = begin();
    key = slot(x.w, x.trap, 2);
    key.list = LIST_ISOLATE;
    put(x.w, x.trap, 2, key);
    expect_state(&x, 26);
    x = begin();
    kernel_of(x.w)->newest_generation = kernel_of(x.w)->oldest_generation + 7;
    expect_state(&x, 27);
    x = begin();
    kernel_of(x.w)->pages_in_lists = 0;
    expect_state(&x, 35);
}

static void a_pin_whose_page_is_gone(void **state) {
    (void)state;
    struct world x = begin();
    ok(x.w, zxp_pin(x.w, MAIN, x.anon, 0, PAGE, 1));
    assert_int_equal(zxp_check(x.w, NULL, 0), 0);
    struct page_key key = slot(x.w, x.anon, 0);
    key.pins = 0;
    put(x.w, x.anon, 0, key);
    node(x.w, x.anon)->pinned = 0;
    expect_state(&x, 24);
}

static void accounting(void **state) {
    (void)state;
    struct world x = begin();
    vmo(x.w, x.plain)->kind = ZXP_VMO_SLICE; /* reports nothing, though it is the root */
    expect_state(&x, 32);
    x = begin();
    vmo(x.w, x.anon)->kind = ZXP_VMO_SLICE;
    expect_state(&x, 33);
    x = begin();
    vmo(x.w, x.anon)->window = 0;
    stream_at(x.w, vmo(x.w, x.anon)->stream)->size = 0;
    expect_state(&x, 34);
}

static void requests(void **state) {
    (void)state;
    struct world x = begin();
    assert_int_equal(zxp_vmo_write(x.w, x.t, x.trap, "x", 0, 1), ZXP_BLOCKED);
    source(x.w, x.trap)->trap = 0;
    expect_state(&x, 7);
    x = begin_waiting();
    thread(x.w, x.t)->request.waiting = 0;
    expect_state(&x, 36);
    x = begin_waiting();
    ok(x.w, zxp_port_wait(x.w, MAIN, x.port, 0));
    thread(x.w, x.t)->request.offset += 1;
    expect_state(&x, 37);
    x = begin_waiting();
    thread(x.w, x.t)->request.pending = 0;
    expect_state(&x, 38);
    x = begin_waiting();
    put(x.w, x.trap, 4, key_of(MARKER));
    put(x.w, x.trap, 5, key_of(MARKER));
    expect_state(&x, 39);
    x = begin_waiting();
    source(x.w, x.trap)->node = node_ref_of(x.w, x.plain);
    thread(x.w, x.t)->request.offset = 3 * PAGE; /* absent there */
    thread(x.w, x.t)->request.length = thread(x.w, x.t)->request.pending = PAGE;
    source(x.w, x.trap)->packet.offset = 3 * PAGE;
    source(x.w, x.trap)->packet.length = PAGE;
    expect_state(&x, 51);
}

static void a_dirty_request_that_is_satisfied(void **state) {
    (void)state;
    struct world x = begin();
    assert_int_equal(zxp_vmo_write(x.w, x.t, x.trap, "x", 0, 1), ZXP_BLOCKED);
    assert_int_equal(zxp_check(x.w, NULL, 0), 0);
    struct page_key key = slot(x.w, x.trap, 0);
    put(x.w, x.trap, 0, (struct page_key){.state = DIRTY, .kind = key.kind, .content = key.content});
    expect_state(&x, 40);
}

static void packets(void **state) {
    (void)state;
    struct world x = begin_waiting();
    source(x.w, x.trap)->packet.key++;
    expect_state(&x, 43);
    x = begin_waiting();
    source(x.w, x.trap)->place = PACKET_IDLE;
    expect_state(&x, 44);
    x = begin_waiting();
    source(x.w, x.trap)->active = thread_none();
    expect_state(&x, 45);
    x = begin_waiting();
    put(x.w, x.trap, 3, key_absent());
    source(x.w, x.trap)->detached = 1;
    expect_state(&x, 46);
    x = begin();
    source(x.w, x.trap)->complete_sent = 1;
    expect_state(&x, 47);
    x = begin();
    ok(x.w, zxp_pager_detach_vmo(x.w, MAIN, x.pager, x.trap));
    put(x.w, x.trap, 5, key_of(MARKER));
    expect_state(&x, 48);
    x = begin();
    source(x.w, x.trap)->pager = pager_none();
    expect_state(&x, 49);
}

static void translations(void **state) {
    (void)state;
    uint32_t rw = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
    struct world x = begin();
    put_record(&x, 0, 0, TRANSLATION_RO);
    expect_state(&x, 52);
    x = begin();
    put_record(&x, 0, rw, TRANSLATION_RW); /* C */
    expect_state(&x, 53);
    x = begin();
    put_record(&x, 2, ZX_VM_PERM_READ, TRANSLATION_RW);
    expect_state(&x, 53);
    x = begin();
    put_record(&x, 5, rw, TRANSLATION_RO); /* absent */
    expect_state(&x, 54);
}

/* ---- A step ---- */

struct step_test {
    struct world x; /* after */
    zxp_world *before;
    zxp_op_call call;
};

/* A call that explains nothing. */
static struct step_test begin_step(struct world x) {
    struct step_test s = {.x = x, .call = {.op = ZXP_OP_CLOCK_GET_MONOTONIC, .thread = MAIN}};
    ok(x.w, zxp_clock_get_monotonic(x.w, MAIN));
    s.before = zxp_world_clone(x.w);
    return s;
}

/* The call is made, so that its thread has its result; then the world is damaged. */
static zxp_outcome run(struct step_test *s, zxp_op_call call) {
    s->call = call;
    zxp_world_destroy(s->before);
    s->before = zxp_world_clone(s->x.w);
    return zxp_call(s->x.w, &s->call);
}

#define RUN(s, name, ...)                                                                                              \
    assert_int_equal(run(s, (zxp_op_call){.op = ZXP_OP_##name, .thread = MAIN, .args = {__VA_ARGS__}}), ZXP_RETURNED)

static void expect_step(struct step_test *s, uint16_t n) {
    zxp_violation v[16];
    size_t count = zxp_check_step(s->before, s->x.w, &s->call, v, 16);
    assert_true(count <= 16);
    expect_only(v, count, n);
    zxp_world_destroy(s->before);
    zxp_world_destroy(s->x.w);
}

static void expect_sound(struct step_test *s) {
    assert_int_equal(zxp_check_step(s->before, s->x.w, &s->call, NULL, 0), 0);
}

/* The page becomes `to`, its content stays. */
static void turn(zxp_world *w, zx_handle_t handle, uint64_t page, enum page_state to) {
    struct page_key key = slot(w, handle, page);
    bool frame = to == CLEAN || to == DIRTY || to == AWAITING;
    put(w, handle, page,
        (struct page_key){.state = (uint8_t)to,
                          .kind = frame ? key.kind : 0,
                          .content = frame ? key.content : 0,
                          .pins = frame ? key.pins : 0});
}

static void transition(uint64_t page, enum page_state to, uint16_t n) {
    struct step_test s = begin_step(begin());
    expect_sound(&s);
    turn(s.x.w, s.x.trap, page, to);
    expect_step(&s, n);
}

static void transitions(void **state) {
    (void)state;
    transition(0, DIRTY, 8); /* TRAP, without OP_DIRTY */
    transition(0, ZERO_DIRTY, 8);
    transition(2, CLEAN, 9);
    transition(0, AWAITING, 9);
    transition(5, MARKER, 9);
    transition(0, ZERO_UNTRACKED, 9);
    transition(2, AWAITING, 10);
    transition(2, ABSENT, 11);
    transition(2, ZERO_UNTRACKED, 11);
    transition(PAGES, ABSENT, 11);
}

static void writeback_begin(uint64_t data, bool pinned, uint16_t n) {
    struct step_test s = begin_step(begin());
    if (pinned) ok(s.x.w, zxp_pin(s.x.w, MAIN, s.x.trap, 2 * PAGE, PAGE, 0));
    RUN(&s, PAGER_OP_RANGE, s.x.pager, ZX_PAGER_OP_WRITEBACK_BEGIN, s.x.trap, 2 * PAGE, PAGE, data);
    expect_sound(&s);
    turn(s.x.w, s.x.trap, 2, AWAITING);
    expect_step(&s, n);
}

static void writebacks(void **state) {
    (void)state;
    writeback_begin(ZX_VMO_DIRTY_RANGE_IS_ZERO, false, 12);
    writeback_begin(0, true, 13);
}

/* Another content in the same state. */
static void overwrite(zxp_world *w, zx_handle_t handle, uint64_t page) {
    struct page_key key = slot(w, handle, page);
    key.kind = CONTENT_FILL;
    key.content = 0x66;
    put(w, handle, page, key);
}

static void pager_calls(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    RUN(&s, PAGER_QUERY_DIRTY_RANGES, s.x.pager, s.x.trap, 0, (PAGES + 2) * PAGE, 4 * sizeof(zxp_dirty_range));
    expect_sound(&s);
    ((zxp_dirty_range *)arena_at(s.x.w, thread(s.x.w, MAIN)->call.list))[1].options = 0;
    expect_step(&s, 14);

    s = begin_step(begin());
    RUN(&s, PAGER_OP_RANGE, s.x.pager, ZX_PAGER_OP_DIRTY, s.x.trap, 0, 2 * PAGE, 0);
    expect_sound(&s);
    put(s.x.w, s.x.trap, 1, slot(s.before, s.x.trap, 1));
    expect_step(&s, 15);

    s = begin_step(begin());
    zx_handle_t aux = made(s.x.w, zxp_vmo_create(s.x.w, MAIN, 2 * PAGE, 0));
    ok(s.x.w, zxp_vmo_write(s.x.w, MAIN, aux, "x", 0, 1));
    RUN(&s, PAGER_SUPPLY_PAGES, s.x.pager, s.x.trap, PAGE, PAGE, aux, 0);
    expect_sound(&s);
    overwrite(s.x.w, s.x.trap, 1);
    expect_step(&s, 16);

    s = begin_step(begin());
    RUN(&s, PAGER_OP_RANGE, s.x.pager, ZX_PAGER_OP_FAIL, s.x.trap, 0, PAGE, (uint64_t)(int64_t)ZX_ERR_IO);
    expect_sound(&s);
    overwrite(s.x.w, s.x.plain, 1);
    expect_step(&s, 17);

    s = begin_step(begin());
    source(s.before, s.x.plain)->modified = 1;
    source(s.x.w, s.x.plain)->modified = 0;
    expect_step(&s, 18);

    s = begin_step(begin());
    overwrite(s.x.w, s.x.trap, 1);
    expect_step(&s, 19);
}

static void supply_from(struct step_test *s, bool hint, uint16_t n) {
    zx_handle_t aux = made(s->x.w, zxp_vmo_create(s->x.w, MAIN, 2 * PAGE, 0));
    ok(s->x.w, zxp_vmo_write(s->x.w, MAIN, aux, "x", 0, 1));
    RUN(s, PAGER_SUPPLY_PAGES, s->x.pager, s->x.trap, 4 * PAGE, PAGE, aux, 0);
    expect_sound(s);
    struct page_key key = slot(s->x.w, s->x.trap, 4);
    key.always_need = 1;
    if (hint)
        put(s->x.w, s->x.trap, 4, key);
    else
        put(s->x.w, aux, 0, key_frame(OWNED, content_fill(1)));
    expect_step(s, n);
}

static void supplies(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    supply_from(&s, false, 22);
    s = begin_step(begin());
    supply_from(&s, true, 30);
    s = begin_step(begin());
    zx_handle_t aux = made(s.x.w, zxp_vmo_create(s.x.w, MAIN, 2 * PAGE, 0));
    RUN(&s, PAGER_SUPPLY_PAGES, s.x.pager, s.x.trap, 4 * PAGE, PAGE, aux, 0);
    s.call.args[4] = s.x.plain; /* as if it had been taken from there, page 3 */
    s.call.args[5] = 3 * PAGE;
    expect_step(&s, 57);
}

static void pins_and_hints(void **state) {
    (void)state;
    struct world x = begin();
    ok(x.w, zxp_pin(x.w, MAIN, x.anon, 0, PAGE, 1));
    struct step_test s = begin_step(x);
    put(s.x.w, s.x.anon, 0, key_absent());
    expect_step(&s, 24);

    s = begin_step(begin());
    RUN(&s, VMO_OP_RANGE, s.x.anon, ZX_VMO_OP_DONT_NEED, 0, PAGE);
    expect_sound(&s);
    put(s.x.w, s.x.anon, 0, key_absent());
    expect_step(&s, 30);
}

static void reclaim(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    RUN(&s, EVICT, zxp_koid_of(s.x.w, s.x.trap), 0, PAGE, 0);
    expect_sound(&s);
    source(s.x.w, s.x.plain)->modified ^= 1;
    expect_step(&s, 28);

    s = begin_step(begin());
    RUN(&s, EVICT, zxp_koid_of(s.x.w, s.x.trap), 0, PAGE, 0);
    struct page_key key = slot(s.before, s.x.trap, 0);
    key.always_need = 1;
    put(s.before, s.x.trap, 0, key);
    expect_step(&s, 29);

    s = begin_step(begin());
    node(s.x.w, s.x.plain)->reclaim_events++;
    expect_step(&s, 31);
}

static void reads(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    RUN(&s, VMO_READ, s.x.trap, 3 * PAGE, PAGE);
    expect_sound(&s);
    ((struct piece *)arena_at(s.x.w, thread(s.x.w, MAIN)->call.data.pieces))->value = 9;
    expect_step(&s, 41);

    s = begin_step(begin());
    RUN(&s, VMO_READ, s.x.trap, 3 * PAGE, PAGE);
    put(s.before, s.x.trap, 3, key_absent());
    put(s.x.w, s.x.trap, 3, key_absent());
    expect_step(&s, 42);
}

static void sources(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    source(s.before, s.x.trap)->complete_sent = 1;
    expect_step(&s, 47);
    s = begin_step(begin());
    source(s.before, s.x.trap)->detached = 1;
    expect_step(&s, 48);
    s = begin_step(begin_waiting());
    assert_int_equal(run(&s, (zxp_op_call){.op = ZXP_OP_PAGER_OP_RANGE,
                                           .thread = MAIN,
                                           .args = {s.x.pager, ZX_PAGER_OP_FAIL, s.x.trap, 4 * PAGE, 2 * PAGE,
                                                    (uint64_t)(int64_t)ZX_ERR_IO}}),
                     ZXP_RETURNED);
    expect_sound(&s);
    thread(s.x.w, s.x.t)->call.status = ZX_ERR_NO_SPACE;
    expect_step(&s, 50);
    s = begin_step(begin());
    RUN(&s, PAGER_DETACH_VMO, s.x.pager, s.x.trap);
    expect_sound(&s);
    put_record(&s.x, 2, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, TRANSLATION_RO);
    expect_step(&s, 54);
}

static void children(void **state) {
    (void)state;
    struct step_test s = begin_step(begin());
    RUN(&s, PAGER_OP_RANGE, s.x.pager, ZX_PAGER_OP_WRITEBACK_BEGIN, s.x.plain, 0, PAGE, 0);
    expect_sound(&s);
    overwrite(s.x.w, s.x.clone, 0);
    expect_step(&s, 55);
    s = begin_step(begin());
    assert_int_equal(run(&s, (zxp_op_call){.op = ZXP_OP_VMO_WRITE,
                                           .thread = MAIN,
                                           .args = {s.x.clone, 0, 0, 1},
                                           .buffer = {.kind = ZXP_BUFFER_FILL, .fill = 'f'}}),
                     ZXP_RETURNED);
    expect_sound(&s);
    overwrite(s.x.w, s.x.plain, 0);
    expect_step(&s, 55);
    s = begin_step(begin());
    node(s.before, s.x.clone)->limit -= PAGE;
    expect_step(&s, 56);
}

/* ---- The interface ---- */

static void every_invariant_has_a_sentence(void **state) {
    (void)state;
    for (uint16_t n = 1; n <= 57; n++) assert_non_null(zxp_invariant_text(n));
    assert_null(zxp_invariant_text(0));
    assert_null(zxp_invariant_text(58));
    assert_null(zxp_invariant_text(UINT16_MAX));
}

static void violations_beyond_the_capacity_are_counted(void **state) {
    (void)state;
    struct world x = begin();
    stream_at(x.w, vmo(x.w, x.anon)->stream)->size = 3 * PAGE;
    stream_at(x.w, vmo(x.w, x.plain)->stream)->size = 9 * PAGE;
    zxp_violation one = {0};
    assert_int_equal(zxp_check(x.w, &one, 1), 2);
    assert_int_equal(one.invariant, 2);
    assert_int_equal(one.koid, zxp_koid_of(x.w, x.plain));
    assert_int_equal(zxp_check(x.w, NULL, 0), 2);
    zxp_world_destroy(x.w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_and_states),
        cmocka_unit_test(frames_and_queues),
        cmocka_unit_test(a_pin_whose_page_is_gone),
        cmocka_unit_test(accounting),
        cmocka_unit_test(requests),
        cmocka_unit_test(a_dirty_request_that_is_satisfied),
        cmocka_unit_test(packets),
        cmocka_unit_test(translations),
        cmocka_unit_test(transitions),
        cmocka_unit_test(writebacks),
        cmocka_unit_test(pager_calls),
        cmocka_unit_test(supplies),
        cmocka_unit_test(pins_and_hints),
        cmocka_unit_test(reclaim),
        cmocka_unit_test(reads),
        cmocka_unit_test(sources),
        cmocka_unit_test(children),
        cmocka_unit_test(every_invariant_has_a_sentence),
        cmocka_unit_test(violations_beyond_the_capacity_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
