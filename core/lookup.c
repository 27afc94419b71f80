/*
 * lookup.c - LOOK_READ and LOOK_OWN (chapter 5 section 1.5), and storing bytes into the pages that they gave.
 */
#include "lookup.h"

#include "reclaim.h"

static bool is_old(const zxp_world *w) { return !profile_is(w, ZXP_PROFILE_HEAD); }

/* One change: pages are marked accessed, made, dirtied or unshared; and in the root, pages that a clone reads or copies
 * are marked accessed. */
uint64_t look_bytes(const zxp_world *w, node_ref n) {
    node_ref root = node_pager_root(w, n);
    uint64_t bytes = slots_bytes(w, n, 1);
    if (node_is(root) && !node_same(root, n)) bytes += page_map_change_bytes(&node_at(w, root)->map, 1);
    return bytes;
}

/* ---- Asking the pager ---- */

/* The content is that of an absent page of a pager root. */
static bool is_unknown(zxp_world *w, node_ref n, const struct found *found) {
    if (!node_is(found->owner) || found->key.state != ABSENT) return false;
    struct source *source = source_at(w, node_at(w, found->owner)->source);
    if (!is_old(w) || !source->detached || node_same(found->owner, n)) return true;
    apply_rule(w, RULE_page_detached_zero);
    return false;
}

/* How many of the pages that an operation wants one request may name (chapter 9 sections 4.2, 5.4). */
static uint64_t width(const zxp_world *w, thread_ref t, bool commit, uint64_t ask) {
    if (profile_is(w, ZXP_PROFILE_HEAD)) return ask;
    uint16_t op = call_of(w, t)->op;
    bool range_op = op == ZXP_OP_VMO_OP_RANGE || op == ZXP_OP_VMAR_OP_RANGE; /* the hints ask as COMMIT does */
    return profile_is(w, ZXP_PROFILE_2020) && (commit || range_op) ? ask : 1;
}

/* chapter 4 section 3.3: the run is cut by what is asked, by
 * what is visible, and by the first populated slot of the root. */
static enum look ask_read(zxp_world *w, thread_ref t, const struct found *found, uint64_t most) {
    uint64_t pages = min_u64(found->run, most);
    apply_rule(w, RULE_page_needs_read);
    return request_populate(w, t, node_at(w, found->owner)->source, REQUEST_READ, found->page * PAGE, pages * PAGE);
}

/* ---- LOOK_READ ---- */

enum look look_read(zxp_world *w, thread_ref t, node_ref n, uint64_t page, uint64_t ask, bool touch,
                    struct seen *seen) {
    struct found found = node_find(w, n, page, ask);
    if (is_unknown(w, n, &found)) return ask_read(w, t, &found, width(w, t, false, ask));
    *seen = (struct seen){.content = content_zero(), .content_page = page, .count = found.run};
    if (!node_is(found.owner) || !is_frame(&found.key)) return LOOK_OK; /* the shared zero page: nothing is committed */
    if (call_of(w, t)->buffer.kind == ZXP_BUFFER_USER)
        seen->count = 1; /* the copy may fail behind it, and then the next pages were not accessed */
    if (touch) reclaim_mark_accessed(w, found.owner, found.page, found.page + seen->count);
    seen->content = key_content(&found.key);
    seen->content_page = found.page;
    return LOOK_OK;
}

/* ---- Sharing in a family: chapter 6 section 4.5 ---- */

/* Member m of the family at the place of page `page` of n: true
 * if it owns that page too. *run is cut to where that can change. */
static bool shares(const zxp_world *w, node_ref n, uint64_t page, uint32_t share, node_ref m, uint64_t *run) {
    uint64_t place = page + node_at(w, n)->root_offset / PAGE, begins = node_at(w, m)->root_offset / PAGE;
    if (place < begins) *run = min_u64(*run, begins - place);
    if (place < begins || place - begins >= node_at(w, m)->map.pages) return false;
    struct page_run theirs = slot_run(w, m, place - begins);
    *run = min_u64(*run, theirs.end - (place - begins));
    return theirs.key.state == OWNED && theirs.key.share == share;
}

bool node_shared(const zxp_world *w, node_ref n, uint64_t page, uint64_t *run) {
    struct page_run own = slot_run(w, n, page);
    *run = min_u64(*run, own.end - page);
    if (own.key.state != OWNED || own.key.share == 0) return false;
    bool shared = false;
    for (node_ref m = node_at(w, n)->next_in_family; !node_same(m, n); m = node_at(w, m)->next_in_family)
        shared |= shares(w, n, page, own.key.share, m, run);
    return shared;
}

static void unshare(struct page_key *key, uint64_t unused) {
    (void)unused;
    key->share = 0;
}

/* ---- LOOK_OWN: anonymous VMOs and clones ---- */

/* A copy from user memory, or from a buffer that is too short, may fail at any page: pages are then made, copied and
 * marked accessed as it goes, one at a time. */
static uint64_t at_once(const zxp_world *w, thread_ref t, enum own_mode mode, uint64_t count) {
    uint8_t kind = call_of(w, t)->buffer.kind;
    bool may_fail = kind == ZXP_BUFFER_USER || kind == ZXP_BUFFER_BYTES;
    return mode != OWN_COMMIT && may_fail ? 1 : count;
}

/* Pages alike are n's own already: written or shared, they become ones that no snapshot holds. */
static void keep_own(zxp_world *w, node_ref n, uint64_t page, uint32_t share, enum own_mode mode, uint64_t *count) {
    if (mode != OWN_FAULT) reclaim_mark_accessed(w, n, page, page + *count);
    if (share == 0) return;
    if (node_shared(w, n, page, count))
        slots_change(w, n, page, page + *count, unshare, 0, VIEWS_UNMAP, RULE_page_unshared);
    else if (mode != OWN_COMMIT)
        slots_change(w, n, page, page + *count, unshare, 0, VIEWS_KEEP, RULE_none);
}

/* Copies what `found` says into pages of n from `page` on: zeros, or the pages of a node above. */
static void copy_up(zxp_world *w, node_ref n, uint64_t page, const struct found *found) {
    struct content content = content_zero();
    bool zero = !node_is(found->owner) || !is_frame(&found->key);
    if (!zero) {
        content = content_moved(key_content(&found->key), found->page, page);
        if (content.kind == CONTENT_BODY) body_retain(w, content.value, found->run);
        reclaim_mark_accessed(w, found->owner, found->page, found->page + found->run);
    }
    struct page_key key = key_frame(OWNED, content);
    reclaim_enter(w, n, &key);
    slots_set(w, n, page, page + found->run, key, VIEWS_UNMAP, zero ? RULE_page_fresh : RULE_page_copied);
}

static enum look own_untracked(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                               uint64_t *count) {
    struct found found = node_find(w, n, page, ask);
    if (is_unknown(w, n, &found)) return ask_read(w, t, &found, width(w, t, mode == OWN_COMMIT, ask));
    *count = found.run = at_once(w, t, mode, found.run);
    if (node_is(found.owner) && node_same(found.owner, n) && found.key.state == OWNED)
        keep_own(w, n, page, found.key.share, mode, count);
    else
        copy_up(w, n, page, &found);
    return LOOK_OK;
}

/* ---- LOOK_OWN: pager roots (chapter 3 section 7.0) ---- */

static bool is_not_written(const struct page_key *key) { return key->state != DIRTY; }

/* Case 1: the page is present. */
static enum look own_frame(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                           uint64_t *count) {
    if (mode == OWN_COMMIT || is_old(w)) {
        *count = at_once(w, t, mode, *count);
        if (mode != OWN_FAULT) reclaim_mark_accessed(w, n, page, page + *count);
        return LOOK_OK;
    }
    enum look look = root_prepare_write(w, t, n, page, ask);
    if (look != LOOK_OK) return look;
    uint64_t end = page + min_u64(ask, node_at(w, n)->map.pages - page);
    *count = page_map_first(w, &node_at(w, n)->map, page, end, is_not_written) - page;
    return LOOK_OK;
}

/* Case 2: the page reads as zeros. An interval holds zeros that nobody wrote back: even a commit makes them dirty. */
static enum look own_zero(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                          uint64_t *count) {
    struct page_key key = slot_at(w, n, page);
    bool dirty = !is_old(w) && (mode != OWN_COMMIT || is_interval(&key));
    if (dirty && source_at(w, node_at(w, n)->source)->trap) return root_prepare_write(w, t, n, page, ask);
    *count = at_once(w, t, mode, *count);
    root_materialise(w, n, page, *count, dirty);
    return LOOK_OK;
}

static enum look own_in_root(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                             uint64_t *count) {
    struct found found = node_find(w, n, page, ask);
    *count = found.run;
    if (found.key.state == ABSENT) {
        if (mode != OWN_COMMIT) apply_rule(w, RULE_page_read_whole_run);
        return ask_read(w, t, &found, width(w, t, mode == OWN_COMMIT, ask));
    }
    if (is_frame(&found.key)) return own_frame(w, t, n, page, mode, ask, count);
    return own_zero(w, t, n, page, mode, ask, count);
}

enum look look_own(zxp_world *w, thread_ref t, node_ref n, uint64_t page, enum own_mode mode, uint64_t ask,
                   uint64_t *count) {
    return node_is_root(w, n) ? own_in_root(w, t, n, page, mode, ask, count)
                              : own_untracked(w, t, n, page, mode, ask, count);
}

/* ---- Storing ---- */

uint64_t write_bytes(const zxp_world *w, node_ref n) { return slots_bytes(w, n, 1) + body_bytes(); }

/* The pages have a content that takes no references. */
static void set_content(zxp_world *w, node_ref n, uint64_t first, uint64_t end, struct content content) {
    for (uint64_t page = first, next; page < end; page = next) {
        struct page_run run = slot_run(w, n, page);
        next = min_u64(run.end, end);
        run.key.content = content.value;
        run.key.kind = content.kind;
        run.key.share = 0;
        slots_set(w, n, page, next, run.key, VIEWS_KEEP, RULE_none);
    }
}

/* Part of one page, or all of it. */
static void set_part(zxp_world *w, node_ref n, uint64_t page, uint32_t at, uint32_t length, const uint8_t *bytes) {
    struct page_key key = slot_at(w, n, page);
    struct content content = content_overwrite(w, key_content(&key), page, at, length, bytes);
    key.content = content.value;
    key.kind = content.kind;
    key.share = 0;
    slots_set(w, n, page, page + 1, key, VIEWS_KEEP, RULE_none);
}

uint64_t node_write(zxp_world *w, thread_ref t, node_ref n, uint64_t offset, uint64_t length, uint64_t from) {
    uint64_t page = offset / PAGE, pages = length / PAGE;
    struct content content;
    if (is_page_aligned(offset) && pages > 0 && buffer_pages(w, t, from, page, pages, &content, &pages)) {
        set_content(w, n, page, page + pages, content);
        return pages * PAGE;
    }
    uint8_t bytes[ZXP_PAGE_SIZE];
    uint32_t at = (uint32_t)(offset % PAGE), part = (uint32_t)min_u64(PAGE - at, length);
    buffer_copy(w, t, from, part, bytes);
    set_part(w, n, page, at, part, bytes);
    return part;
}

void node_write_zero(zxp_world *w, node_ref n, uint64_t offset, uint64_t length) {
    static const uint8_t zeros[ZXP_PAGE_SIZE];
    for (uint64_t end = offset + length, next; offset < end; offset = next) {
        uint64_t page = offset / PAGE, pages = (end - offset) / PAGE;
        if (is_page_aligned(offset) && pages > 0) {
            set_content(w, n, page, page + pages, content_zero());
            next = offset + pages * PAGE;
        } else {
            next = min_u64(end, round_down(offset) + PAGE);
            set_part(w, n, page, (uint32_t)(offset % PAGE), (uint32_t)(next - offset), zeros);
        }
    }
}

void node_write_bytes(zxp_world *w, node_ref n, uint64_t offset, uint32_t length, const uint8_t *bytes) {
    set_part(w, n, offset / PAGE, (uint32_t)(offset % PAGE), length, bytes);
}
