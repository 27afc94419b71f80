/*
 * lookup.c - how an operation meets a page (chapter 3 section 7, chapter 4 section 3, chapter 6 sections 4 and 6).
 */
#include "state.h"

bool orc_tracked(const oracle *o, int n) { return o->node[n].source >= 0; }

bool orc_is_trap(const oracle *o, int n) { return orc_tracked(o, n) && o->source[o->node[n].source].trap; }

/* Chapter 3 section 10.2. */
void orc_set_modified(oracle *o, int n) {
    if (orc_tracked(o, n) && orc_head_profile(o)) {
        o->source[o->node[n].source].modified = true;
    }
}

/* Where the content of a page is: chapter 6 section 4.2, chapter 4 section 3.2 step 1. */
place_t orc_find(const oracle *o, int n, uint64_t page) {
    place_t at = {.node = n, .frame = -1, .page = page, .state = '0', .visible = NEVER};
    for (;;) {
        const node_t *node = &o->node[at.node];
        int e = orc_entry_find(o, at.node, at.page);
        if (at.page >= node->pages) {
            return at;
        }
        if (e >= 0) {
            at.frame = node->entry[e].frame;
            at.state = at.frame < 0 ? 'M' : o->frame[at.frame].state;
            return at;
        }
        if (node->source >= 0) {
            at.state = orc_slot(o, at.node, at.page);
            return at;
        }
        if (node->up < 0 || at.page >= node->limit) {
            return at;
        }
        at.visible = orc_min64(at.visible, node->limit - at.page);
        at.visible = orc_min64(at.visible, orc_entry_next(o, at.node, at.page) - at.page);
        at.page += node->up_off;
        at.node = node->up;
    }
}

/* Would a part of this page be already zero for ZERO? (chapter 5 section 6.4, partial page) */
bool orc_reads_zero(const oracle *o, int n, uint64_t page) {
    char s = orc_slot(o, n, page);
    if (s == 'M' || s == 'Z' || s == 'Y' || s == 'U') {
        return orc_head_profile(o) || !orc_tracked(o, n) || s != 'M';
    }
    return s == '.' && !o->node[n].tracked_tree;
}

static uint64_t profile_ask(const oracle *o, const thread_t *x, uint64_t ask) {
    if (o->profile == ZXP_PROFILE_2018) {
        return 1;
    }
    bool run = x->op == ZXP_OP_PIN ||
               ((x->op == ZXP_OP_VMO_OP_RANGE || x->op == ZXP_OP_VMAR_OP_RANGE) && x->r_op != ZX_VMO_OP_ZERO);
    return o->profile == ZXP_PROFILE_2020 && !run ? 1 : ask;
}

/* Chapter 4 section 3.3: `at` is an absent page of a root. */
static zx_status_t ask_read(oracle *o, int t, const place_t *at, uint64_t ask) {
    uint64_t count = orc_min64(profile_ask(o, &o->thread[t], ask), at->visible);
    count = orc_min64(count, orc_next_populated(o, at->node, at->page) - at->page);
    count = orc_min64(count, orc_max64(o->node[at->node].pages - at->page, 1));
    (void)orc_rule(o, t, "4 section 3.3: READ request", ZX_OK);
    return orc_populate(o, t, o->node[at->node].source, READ, at->page, count);
}

/* Chapter 4 section 3.4 on a TRAP VMO: the run of pages that are not D; its C pages count as accessed. */
static zx_status_t ask_dirty(oracle *o, int t, int n, uint64_t page, uint64_t ask) {
    uint64_t p = page;
    uint64_t stop = orc_min64(o->node[n].pages, ask > NEVER - page ? NEVER : page + ask);
    while (p < stop && orc_walk_step(o)) {
        char s = orc_slot(o, n, p);
        if (s == 'D' || s == '.') {
            break;
        }
        int e = orc_entry_find(o, n, p);
        if (e >= 0 && s == 'C') {
            orc_mark_accessed(o, o->node[n].entry[e].frame);
        }
        p = orc_min64(stop, e >= 0 ? p + 1 : orc_next_change(o, n, p));
    }
    (void)orc_rule(o, t, "4 section 3.4: DIRTY request", ZX_OK);
    return orc_populate(o, t, o->node[n].source, DIRTY, page, p - page);
}

/* Chapter 3 note 2: the run of frames from page on becomes D. */
static void dirty_run(oracle *o, int n, uint64_t page, uint64_t ask) {
    for (uint64_t i = 0; i < ask; i++) {
        int e = orc_entry_find(o, n, page + i);
        if (e < 0 || o->node[n].entry[e].frame < 0) {
            return;
        }
        int f = o->node[n].entry[e].frame;
        o->frame[f].state = 'D';
        orc_queue_enter(o, f);
    }
}

/* A new frame in slot `page` of node n. */
static int new_page(oracle *o, int n, uint64_t page, char state) {
    int f = orc_frame_new(o, state);
    orc_interval_split(o, n, page);
    orc_entry_set(o, n, page, f);
    orc_queue_enter(o, f);
    orc_unmap_node_pages(o, n, page, 1);
    return f;
}

/* Chapter 4 section 3.2 step 4: a frame of the node's own. */
static zx_status_t look_own(oracle *o, int t, int n, uint64_t page, look_mode mode, uint64_t ask, int *frame) {
    node_t *node = &o->node[n];
    int e = orc_entry_find(o, n, page);
    int f = node->entry[e].frame;
    if (orc_tracked(o, n)) {
        if (mode == LOOK_WRITE && o->frame[f].state != 'D' && orc_head_profile(o)) {
            if (orc_is_trap(o, n)) {
                return ask_dirty(o, t, n, page, ask);
            }
            dirty_run(o, n, page, ask);
        }
    } else if (o->frame[f].shares > 1) { /* chapter 6 section 4.5 step 1 */
        int copy = orc_frame_new(o, 'P');
        orc_frame_copy_content(o, copy, f);
        orc_entry_set(o, n, page, copy);
        orc_queue_enter(o, copy);
        orc_unmap_node_pages(o, n, page, 1);
        f = copy;
    }
    if (mode == LOOK_WRITE) {
        e = orc_entry_find(o, n, page);
        if (e >= 0) {
            node->entry[e].held = false;
        }
    }
    *frame = f;
    return ZX_OK;
}

/* Step 6: known zero. */
static zx_status_t look_zero(oracle *o, int t, int n, char state, uint64_t page, look_mode mode, uint64_t ask,
                             int *frame) {
    if (!orc_tracked(o, n)) {
        *frame = new_page(o, n, page, 'P');
        return ZX_OK;
    }
    bool dirty = orc_head_profile(o) && (mode == LOOK_WRITE || state == 'Z' || state == 'Y' || state == 'U');
    if (dirty && orc_is_trap(o, n)) {
        return ask_dirty(o, t, n, page, ask);
    }
    *frame = new_page(o, n, page, dirty ? 'D' : 'C');
    return ZX_OK;
}

static zx_status_t look_once(oracle *o, int t, int n, uint64_t page, look_mode mode, uint64_t ask, bool mark,
                             int *frame) {
    place_t at = orc_find(o, n, page);
    *frame = -1;
    if (!orc_walk_step(o)) {
        return ZX_ERR_NO_MEMORY;
    }
    if (at.state == '.') {
        bool hidden = !orc_head_profile(o) && at.node != n && o->source[o->node[at.node].source].detached;
        if (!hidden) {
            return ask_read(o, t, &at, ask);
        }
        at.state = '0'; /* chapter 9 section 3: through a clone the page reads as zeros */
    }
    if (mode == LOOK_READ) {
        *frame = at.frame;
        if (mark && at.frame >= 0) {
            orc_mark_accessed(o, at.frame);
        }
        return ZX_OK;
    }
    if (at.frame >= 0 && at.node == n) {
        zx_status_t status = look_own(o, t, n, page, mode, ask, frame);
        if (status == ZX_OK && mark) {
            orc_mark_accessed(o, *frame);
        }
        return status;
    }
    if (at.frame < 0) {
        return look_zero(o, t, n, at.state, page, mode, ask, frame);
    }
    orc_mark_accessed(o, at.frame); /* step 5: a copy of what an upper node has */
    int copy = new_page(o, n, page, 'P');
    orc_frame_copy_content(o, copy, at.frame);
    *frame = copy;
    return ZX_OK;
}

/* ZX_OK with a frame (-1: the zero page, LOOK_READ only), ST_WAIT, or the status that ends the operation. */
zx_status_t orc_look(oracle *o, int t, int n, uint64_t page, look_mode mode, uint64_t ask, bool mark, int *frame) {
    zx_status_t status;
    do {
        status = look_once(o, t, n, page, mode, ask, mark, frame);
    } while (status == ST_AGAIN);
    return status;
}

/* Would orc_look() make a request (or be refused one)? */
bool orc_would_wait(const oracle *o, int n, uint64_t page, look_mode mode) {
    place_t at = orc_find(o, n, page);
    if (at.state == '.') {
        return orc_head_profile(o) || at.node == n || !o->source[o->node[at.node].source].detached;
    }
    if (at.node != n || !orc_is_trap(o, n) || mode == LOOK_READ || !orc_head_profile(o)) {
        return false;
    }
    bool zero = at.state == 'Z' || at.state == 'Y' || at.state == 'U';
    return mode == LOOK_WRITE ? at.state != 'D' : zero;
}
