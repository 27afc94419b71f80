/*
 * sys_vmo_copy.c - zx_vmo_read and zx_vmo_write (chapter 5 section 3, chapter 7 section 13.1).
 *
 * The call's cursor counts the bytes copied. Each round checks everything anew, resolves the page at the cursor, and
 * copies as far as the pages found are alike.
 */
#include "sys_vmo.h"
#include "user_copy.h"

enum { WRITE_CAP = 16 }; /* pages of the longest request that a write makes */

/* What is left of a call. */
struct copy {
    node_ref node;
    uint64_t at;    /* next byte, in the node */
    uint64_t left;  /* bytes to copy yet */
    uint64_t pages; /* that these touch */
};

static uint64_t pages_touched(uint64_t at, uint64_t length) { return pages_of_bytes(at % PAGE + length); }

/* Steps 4, 5 and 7, which are rechecked after every wait. A length of 0 is done before step 7. */
static enum rule_number copy_refusal(const zxp_world *w, vmo_ref v, uint64_t offset, uint64_t length) {
    if (!vmo_is_cached(w, v)) return RULE_vmo_copy_uncached;
    if (!in_range(offset, length, vmo_size(w, v))) return RULE_vmo_copy_beyond;
    if (length > 0 && vmo_is_discarded(w, v)) return RULE_vmo_copy_discarded;
    return RULE_none;
}

static bool is_user(const zxp_world *w, thread_ref t) { return call_of(w, t)->buffer.kind == ZXP_BUFFER_USER; }

/* The next bytes of a copy from or to user memory, from the page that is resolved already. */
static enum look copy_user(zxp_world *w, thread_ref t, const struct copy *c, bool to_user, uint64_t *done) {
    zx_vaddr_t address = call_of(w, t)->buffer.address + call_of(w, t)->cursor;
    return captured_copy(w, t, c->node, c->at, c->left, address, to_user, done);
}

/* ---- Reading ---- */

/* Bytes [at, at + length), within one page or whole pages, of content that has page `page` at its first byte. */
static bool append(zxp_world *w, thread_ref t, const struct seen *seen, uint64_t page, uint64_t at, uint64_t length) {
    if (!arena_reserve(w, data_append_bytes(&call_of(w, t)->data))) return false;
    data_append(w, t, seen->content, page, (uint32_t)(at % PAGE), length);
    call_of(w, t)->cursor += length;
    return true;
}

/* A part of a page, whole pages, a part of a page. */
static bool append_seen(zxp_world *w, thread_ref t, const struct copy *c, const struct seen *seen) {
    uint64_t at = c->at, end = min_u64(at + c->left, round_down(at) + seen->count * PAGE);
    while (at < end) {
        uint64_t in_page = PAGE - at % PAGE;
        bool part = in_page < PAGE || end - at < PAGE;
        uint64_t length = part ? min_u64(in_page, end - at) : round_down(end - at);
        uint64_t page = seen->content_page + (at / PAGE - c->at / PAGE);
        if (!append(w, t, seen, page, at, length)) return false;
        at += length;
    }
    return true;
}

/* What came into user memory is the call's data too. The copy may change the page that it reads (a VMO that is mapped
 * as its own buffer), so the content is kept while it runs. */
static enum look read_user(zxp_world *w, thread_ref t, const struct copy *c, const struct seen *seen) {
    bool body = seen->content.kind == CONTENT_BODY;
    uint64_t done = 0;
    if (body) body_retain(w, seen->content.value, 1);
    enum look look = copy_user(w, t, c, true, &done);
    if (look == LOOK_OK && !append(w, t, seen, seen->content_page, c->at, done)) look = look_no_memory(w, t);
    if (body) body_release(w, seen->content.value, 1);
    return look;
}

static enum look read_some(zxp_world *w, thread_ref t, const struct copy *c) {
    uint64_t page = c->at / PAGE;
    struct seen seen;
    if (!arena_reserve(w, look_bytes(w, c->node))) return look_no_memory(w, t);
    enum look look = look_read(w, t, c->node, page, c->pages, true, &seen);
    if (look != LOOK_OK) return look;
    if (is_user(w, t)) return read_user(w, t, c, &seen);
    return append_seen(w, t, c, &seen) ? LOOK_OK : look_no_memory(w, t);
}

/* ---- Writing ---- */

/* A fill or letters: the copy cannot fail half way. */
static bool never_ends(const zxp_world *w, thread_ref t) {
    uint8_t kind = call_of(w, t)->buffer.kind;
    return kind == ZXP_BUFFER_FILL || kind == ZXP_BUFFER_LETTERS;
}

/* Only requests, and what a copy that may fail makes dirty, are
 * capped; where neither matters a write goes a run at a time. */
static uint64_t write_ask(const zxp_world *w, thread_ref t, const struct copy *c) {
    uint64_t page = c->at / PAGE, capped = min_u64(c->pages, WRITE_CAP);
    struct found found = node_find(w, c->node, page, c->pages);
    bool root_page = node_is(found.owner) && node_is_root(w, found.owner);
    bool may_ask = root_page && found.key.state == ABSENT;
    if (root_page && node_same(found.owner, c->node) && found.key.state != DIRTY)
        may_ask |= source_at(w, node_at(w, c->node)->source)->trap || !never_ends(w, t);
    return may_ask ? capped : max_u64(found.run, capped);
}

/* Bytes that the caller's buffer really has from the cursor on: a shorter one ends in memory that cannot be read. */
static uint64_t buffer_left(const zxp_world *w, thread_ref t) {
    const struct call *call = call_of(w, t);
    switch (call->buffer.kind) {
    case ZXP_BUFFER_NONE: return 0;
    case ZXP_BUFFER_BYTES: return call->buffer.length - min_u64(call->buffer.length, call->cursor);
    default: return UINT64_MAX;
    }
}

static enum look write_user(zxp_world *w, thread_ref t, const struct copy *c) {
    uint64_t done = 0;
    enum look look = copy_user(w, t, c, false, &done);
    if (done > 0) root_modified(w, c->node);
    call_of(w, t)->cursor += done;
    return look;
}

static enum look write_some(zxp_world *w, thread_ref t, const struct copy *c) {
    uint64_t count;
    uint64_t ask = write_ask(w, t, c);
    if (!arena_reserve(w, look_bytes(w, c->node) + write_bytes(w, c->node))) return look_no_memory(w, t);
    enum look look = look_own(w, t, c->node, c->at / PAGE, OWN_WRITE, ask, &count);
    if (look != LOOK_OK) return look;
    if (is_user(w, t)) return write_user(w, t, c);
    uint64_t length = min_u64(c->left, round_down(c->at) + count * PAGE - c->at);
    length = min_u64(length, buffer_left(w, t));
    if (length == 0) return look_refused(w, t, RULE_vmo_copy_buffer);
    uint64_t done = node_write(w, t, c->node, c->at, length, call_of(w, t)->cursor);
    root_modified(w, c->node);
    call_of(w, t)->cursor += done;
    return LOOK_OK;
}

/* ---- The loop ---- */

static step copy_loop(zxp_world *w, thread_ref t, uint64_t offset, uint64_t length, bool write) {
    vmo_ref v = call_of(w, t)->held[0];
    for (;;) {
        uint64_t done = call_of(w, t)->cursor;
        enum rule_number rule = copy_refusal(w, v, offset, length);
        if (rule != RULE_none) return refuse(w, t, rule);
        if (done == length) return accept(w, t, write ? RULE_vmo_write_done : RULE_vmo_read_done);
        uint64_t at = vmo_at(w, v)->base + offset + done;
        struct copy c = {vmo_at(w, v)->node, at, length - done, pages_touched(at, length - done)};
        slots_approach(w, c.node, at / PAGE);
        enum look look = write ? write_some(w, t, &c) : read_some(w, t, &c);
        if (look != LOOK_OK) return look_end(w, t, look);
    }
}

/* After a wait: a fault of the buffer goes on where it was, a failed request ends the call. */
static step copy_resume(zxp_world *w, thread_ref t, uint64_t offset, uint64_t length, bool write) {
    zx_status_t status;
    enum look look = captured_resume(w, t);
    if (look != LOOK_OK) return look_end(w, t, look);
    if (request_failed(w, t, &status)) return refuse_with(w, t, RULE_vmo_copy_failed, status);
    return copy_loop(w, t, offset, length, write);
}

static step copy_begin(zxp_world *w, thread_ref t, zx_rights_t right, uint64_t offset, uint64_t length) {
    bool write = right == ZX_RIGHT_WRITE;
    vmo_ref v;
    enum rule_number rule = handle_to_vmo(w, arg32(w, t, 0), right, &v);
    if (rule != RULE_none) return refuse(w, t, rule);
    if (wraps(offset, length)) return refuse(w, t, RULE_vmo_copy_wraps);
    hold_vmo(w, t, 0, v);
    call_of(w, t)->phase = 1;
    request_begin(w, t, !write);
    return copy_loop(w, t, offset, length, write);
}

step op_vmo_read(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 1), length = arg(w, t, 2);
    if (call_of(w, t)->phase != 0) return copy_resume(w, t, offset, length, false);
    return copy_begin(w, t, ZX_RIGHT_READ, offset, length);
}

step op_vmo_write(zxp_world *w, thread_ref t) {
    uint64_t offset = arg(w, t, 2), length = arg(w, t, 3);
    if (call_of(w, t)->phase != 0) return copy_resume(w, t, offset, length, true);
    return copy_begin(w, t, ZX_RIGHT_WRITE, offset, length);
}
