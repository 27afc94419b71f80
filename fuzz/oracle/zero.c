/*
 * zero.c - zeroing: tracked, piece by piece (chapter 5 section 6.4, chapter 3 section 9, chapter 6 section 7.3), and
 * untracked (chapter 3 section 11).
 */
#include "state.h"

void orc_zero_begin(oracle *o, int t, uint64_t off, uint64_t len) {
    thread_t *x = &o->thread[t];
    x->z_off = off;
    x->z_len = len;
    x->z_writing = false;
}

/* A piece of one page: nothing if it reads zero already, else a write of zeros that asks for one page. */
static zx_status_t zero_partial(oracle *o, int t, int v, uint64_t len) {
    thread_t *x = &o->thread[t];
    int n = o->object[v].node;
    uint64_t page = x->z_off / PAGE;
    int frame;
    if (page >= orc_vmo_pages(o, v)) {
        return orc_rule(o, t, "5 section 6.4: partial page beyond the size", ZX_ERR_OUT_OF_RANGE);
    }
    if (!x->z_writing && orc_reads_zero(o, n, o->object[v].base + page)) {
        return ZX_OK;
    }
    x->z_writing = true;
    if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "5 section 3 step 4: not cached", ZX_ERR_BAD_STATE);
    }
    if (orc_vmo_discarded(o, v)) {
        return orc_rule(o, t, "5 section 3 step 7: discarded", ZX_ERR_NOT_FOUND);
    }
    zx_status_t status = orc_look(o, t, n, o->object[v].base + page, LOOK_WRITE, 1, true, &frame);
    if (status == ZX_OK) {
        orc_frame_fill(o, frame, x->z_off % PAGE, len, 0);
        orc_set_modified(o, n);
    }
    return status;
}

/* Whole pages of a pager root, from page p to its next border: chapter 3 section 9.2. *next: where to go on. */
static zx_status_t zero_root_run(oracle *o, int t, int n, uint64_t p, uint64_t end, uint64_t *next) {
    int e = orc_entry_find(o, n, p);
    *next = p + 1;
    if (e >= 0) {
        int f = o->node[n].entry[e].frame;
        if (f < 0) {
            return ZX_OK; /* a marker stays clean */
        }
        if (o->frame[f].pins > 0) {
            zx_status_t status = orc_look(o, t, n, p, LOOK_WRITE, 1, true, &f);
            if (status == ZX_OK) {
                orc_frame_fill(o, f, 0, PAGE, 0);
            }
            return status;
        }
        orc_entry_drop(o, n, p);
        orc_interval_add(o, n, p, p, true);
        return ZX_OK;
    }
    int i = orc_interval_find(o, n, p);
    if (i >= 0) {
        interval_t v = o->node[n].interval[i];
        *next = orc_min64(end, v.last + 1);
        if (!v.dirty) {
            orc_interval_convert(o, n, i, p, *next - 1, true);
        }
        return ZX_OK;
    }
    *next = orc_min64(end, orc_next_populated(o, n, p));
    orc_resolve(o, o->node[n].source, READ, p, *next - p, ZX_OK);
    orc_interval_add(o, n, p, *next - 1, true);
    return ZX_OK;
}

static bool above_has_page(const oracle *o, int n, uint64_t page) {
    const node_t *node = &o->node[n];
    if (node->up < 0 || page >= node->limit) {
        return false;
    }
    place_t at = orc_find(o, node->up, page + node->up_off);
    return at.frame >= 0;
}

/* One whole page of a clone in a pager tree: the table of chapter 6 section 7.3. */
static void zero_clone_page(oracle *o, int n, uint64_t page) {
    node_t *node = &o->node[n];
    int e = orc_entry_find(o, n, page);
    bool inside = node->up >= 0 && page < node->limit;
    if (e < 0) {
        if (inside && above_has_page(o, n, page)) {
            orc_entry_set(o, n, page, -1);
        } else if (inside) {
            orc_entry_set(o, n, page, orc_frame_new(o, 'P'));
        }
        return;
    }
    int f = node->entry[e].frame;
    if (f < 0) return;
    bool pinned = o->frame[f].pins > 0, shared = o->frame[f].shares > 1 || node->entry[e].held;
    if (!pinned && (shared || (inside && above_has_page(o, n, page)))) {
        orc_entry_set(o, n, page, -1);
    } else if (!pinned && !inside) {
        orc_entry_drop(o, n, page);
    } else {
        orc_frame_fill(o, f, 0, PAGE, 0);
        node->entry[e].held = false; /* its bytes are written */
    }
}

/* One whole page of an anonymous VMO or family. */
static void zero_anonymous_page(oracle *o, int n, uint64_t page) {
    int e = orc_entry_find(o, n, page);
    if (e >= 0) {
        int f = o->node[n].entry[e].frame;
        if (f >= 0 && o->frame[f].pins > 0) {
            orc_frame_fill(o, f, 0, PAGE, 0);
        } else {
            orc_entry_drop(o, n, page);
        }
    }
}

/* Old profiles: a write of zeros, page by page (chapter 9 sections 4.4, 5.5). */
static zx_status_t zero_root_old(oracle *o, int t, int n, uint64_t page, uint64_t *next) {
    int frame;
    zx_status_t status = orc_look(o, t, n, page, LOOK_WRITE, 1, true, &frame);
    if (status == ZX_OK) {
        orc_frame_fill(o, frame, 0, PAGE, 0);
        *next = page + 1;
    }
    return status;
}

/* The aligned body, c to e of chapter 5 section 6.4; z_off, z_len move along. */
static zx_status_t zero_body(oracle *o, int t, int v, uint64_t body) {
    thread_t *x = &o->thread[t];
    int n = o->object[v].node;
    uint64_t base = o->object[v].base;
    uint64_t page = base + x->z_off / PAGE;
    uint64_t end = page + body / PAGE;
    zx_status_t status = ZX_OK;
    if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
        return orc_rule(o, t, "5 section 6.4 body c: not cached", ZX_ERR_BAD_STATE);
    }
    if (!orc_in_range(x->z_off, body, orc_vmo_bytes(o, v))) {
        return orc_rule(o, t, "5 section 6.4 body d", ZX_ERR_OUT_OF_RANGE);
    }
    if (orc_head_profile(o) || !orc_tracked(o, n)) {
        orc_unmap_node_pages(o, n, page, end - page);
    }
    while (page < end && status == ZX_OK && orc_walk_step(o)) {
        uint64_t next = page + 1;
        if (orc_tracked(o, n) && orc_head_profile(o)) {
            status = zero_root_run(o, t, n, page, end, &next);
        } else if (orc_tracked(o, n)) {
            status = zero_root_old(o, t, n, page, &next);
        } else if (o->node[n].tracked_tree) {
            uint64_t border = orc_max64(o->node[n].up >= 0 ? o->node[n].limit : 0, page);
            bool empty = page >= border && orc_entry_find(o, n, page) < 0; /* nothing to do beyond the limit */
            if (empty) {
                next = orc_min64(end, orc_entry_next(o, n, page));
            } else {
                zero_clone_page(o, n, page);
            }
        } else {
            zero_anonymous_page(o, n, page);
            next = orc_min64(end, orc_entry_next(o, n, page + 1));
        }
        if (status == ZX_OK) {
            x->z_off += (next - page) * PAGE;
            x->z_len -= (next - page) * PAGE;
            page = next;
            orc_set_modified(o, n);
        }
    }
    return page < end && status == ZX_OK ? ZX_ERR_NO_MEMORY : status;
}

/* Goes on with the zeroing that orc_zero_begin() has set up. */
zx_status_t orc_zero_run(oracle *o, int t, int v) {
    thread_t *x = &o->thread[t];
    while (x->z_len > 0) {
        zx_status_t status;
        uint64_t head = x->z_off % PAGE;
        if (head != 0 || x->z_len < PAGE) {
            uint64_t part = orc_min64(x->z_len, PAGE - head);
            status = zero_partial(o, t, v, part);
            if (status == ZX_OK) {
                x->z_off += part;
                x->z_len -= part;
                x->z_writing = false;
            }
        } else {
            uint64_t body = orc_round_down(x->z_len);
            if (orc_add_wraps(x->z_off, body) ||
                (o->object[v].maxpages != NEVER && !orc_in_range(x->z_off, body, orc_vmo_bytes(o, v)))) {
                return orc_rule(o, t, "5 section 6.4 body a", ZX_ERR_OUT_OF_RANGE);
            }
            status = orc_decommit(o, -1, v, x->z_off, body);
            if (status == ZX_OK) {
                x->z_off += body;
                x->z_len -= body;
            } else {
                status = zero_body(o, t, v, body);
            }
        }
        if (status != ZX_OK) {
            return status;
        }
    }
    return ZX_OK;
}

/* Chapter 3 section 11 (2), chapter 5 section 4.4 step 6: pages
 * [first, end) of the VMO become zero without being dirty. */
zx_status_t orc_zero_untracked(oracle *o, int v, uint64_t first, uint64_t end) {
    int n = o->object[v].node;
    uint64_t page = o->object[v].base + first;
    uint64_t stop = o->object[v].base + end;
    if (orc_tracked(o, n) && orc_any_pinned(o, n, page, stop - page)) {
        return ZX_ERR_BAD_STATE;
    }
    if (!orc_tracked(o, n) && page < stop) { /* the plain ZERO: its body b and c */
        if (orc_decommit(o, -1, v, first * PAGE, (end - first) * PAGE) == ZX_OK) {
            return ZX_OK;
        }
        if (o->object[v].cache_policy != ZX_CACHE_POLICY_CACHED) {
            return ZX_ERR_BAD_STATE;
        }
    }
    orc_unmap_node_pages(o, n, page, stop - page);
    while (page < stop && orc_walk_step(o)) {
        uint64_t next = page + 1;
        if (!orc_tracked(o, n)) {
            if (o->node[n].tracked_tree) {
                zero_clone_page(o, n, page);
            } else {
                zero_anonymous_page(o, n, page);
                next = orc_min64(stop, orc_entry_next(o, n, page + 1));
            }
        } else if (orc_entry_find(o, n, page) >= 0) {
            orc_entry_drop(o, n, page);
            orc_interval_add(o, n, page, page, false);
        } else if (orc_interval_find(o, n, page) >= 0) {
            int i = orc_interval_find(o, n, page);
            next = orc_min64(stop, o->node[n].interval[i].last + 1);
            if (o->node[n].interval[i].dirty) {
                orc_interval_convert(o, n, i, page, next - 1, false);
            }
        } else {
            next = orc_min64(stop, orc_next_populated(o, n, page));
            orc_resolve(o, o->node[n].source, READ, page, next - page, ZX_OK);
            orc_interval_add(o, n, page, next - 1, false);
        }
        page = next;
        orc_set_modified(o, n);
    }
    return ZX_OK;
}
