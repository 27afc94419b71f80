/*
 * frames.c - the memory of pages: frames, their content, and the slots of a node (chapter 3 sections 2 and 5).
 */
#include <string.h>

#include "state.h"

/* ---- bodies: 4096 bytes for content that is not one repeated byte ---- */

uint16_t orc_body_new(oracle *o) {
    for (int i = o->body_low; i < BODY_MAX; i++) {
        if (!o->body_used[i]) {
            o->body_used[i] = true;
            o->body_low = (uint16_t)(i + 1);
            if (o->body_high <= i) {
                o->body_high = (uint16_t)(i + 1);
            }
            return (uint16_t)i;
        }
    }
    orc_out_of_bounds(o, "page contents");
    return 0;
}

void orc_body_free(oracle *o, uint16_t body) {
    if (body != 0) {
        o->body_used[body] = false;
        if (body < o->body_low) {
            o->body_low = body;
        }
    }
}

/* ---- frames ---- */

int orc_frame_new(oracle *o, char state) {
    for (int i = o->frame_low; i < FRAME_MAX; i++) {
        if (!o->frame[i].used) {
            frame_t *f = &o->frame[i];
            memset(f, 0, sizeof(*f));
            f->used = true;
            f->state = state;
            f->shares = 1;
            f->prev = f->next = f->node = -1;
            o->frame_low = (uint16_t)(i + 1);
            o->frames = i < o->frames ? o->frames : (uint16_t)(i + 1);
            return i;
        }
    }
    orc_out_of_bounds(o, "frames");
    o->frame[0].shares = 1;
    return 0;
}

void orc_frame_release(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    if (f <= 0) {
        return;
    }
    if (frame->shares > 1) {
        frame->shares--;
        return;
    }
    orc_queue_leave(o, f);
    if (frame->kind == KIND_BODY) {
        orc_body_free(o, frame->body);
    }
    frame->used = false;
    if (f < o->frame_low) {
        o->frame_low = (uint16_t)f;
    }
}

static uint8_t *frame_body(oracle *o, int f) {
    frame_t *frame = &o->frame[f];
    if (frame->kind != KIND_BODY) {
        frame->body = orc_body_new(o);
        frame->kind = KIND_BODY;
        memset(o->body[frame->body], frame->fill, PAGE);
    }
    return o->body[frame->body];
}

void orc_frame_fill(oracle *o, int f, uint64_t off, uint64_t len, uint8_t byte) {
    frame_t *frame = &o->frame[f];
    if (off == 0 && len == PAGE) {
        if (frame->kind == KIND_BODY) {
            orc_body_free(o, frame->body);
        }
        frame->kind = KIND_FILL;
        frame->fill = byte;
    } else if (len > 0 && !(frame->kind == KIND_FILL && frame->fill == byte)) {
        memset(frame_body(o, f) + off, byte, len);
    }
}

void orc_frame_write(oracle *o, int f, uint64_t off, uint64_t len, const uint8_t *bytes) {
    if (len > 0) {
        memmove(frame_body(o, f) + off, bytes, len);
    }
}

void orc_frame_read(const oracle *o, int f, uint64_t off, uint64_t len, uint8_t *out) {
    if (f < 0) {
        memset(out, 0, len);
    } else if (o->frame[f].kind == KIND_FILL) {
        memset(out, o->frame[f].fill, len);
    } else {
        memcpy(out, o->body[o->frame[f].body] + off, len);
    }
}

void orc_frame_copy_content(oracle *o, int to, int from) {
    const frame_t *source = &o->frame[from];
    if (source->kind == KIND_FILL) {
        orc_frame_fill(o, to, 0, PAGE, source->fill);
    } else {
        orc_frame_write(o, to, 0, PAGE, o->body[source->body]);
    }
}

/* ---- entries of a node: its frames and markers, by rising page ---- */

static unsigned entry_lower_bound(const node_t *n, uint64_t page) {
    unsigned low = 0;
    unsigned high = n->entries;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (n->entry[middle].page < page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int orc_entry_find(const oracle *o, int n, uint64_t page) {
    const node_t *node = &o->node[n];
    unsigned i = entry_lower_bound(node, page);
    return i < node->entries && node->entry[i].page == page ? (int)i : -1;
}

uint64_t orc_entry_next(const oracle *o, int n, uint64_t page) {
    const node_t *node = &o->node[n];
    unsigned i = entry_lower_bound(node, page);
    return i < node->entries ? node->entry[i].page : NEVER;
}

static void entry_own(oracle *o, int n, uint64_t page, int frame) {
    if (frame >= 0) {
        o->frame[frame].node = (int16_t)n;
        o->frame[frame].page = page;
    }
}

void orc_entry_set(oracle *o, int n, uint64_t page, int frame) {
    node_t *node = &o->node[n];
    unsigned i = entry_lower_bound(node, page);
    if (i < node->entries && node->entry[i].page == page) {
        if (node->entry[i].frame >= 0) {
            orc_frame_release(o, node->entry[i].frame);
        }
    } else if (node->entries == ENTRY_MAX) {
        orc_out_of_bounds(o, "pages of a VMO");
        if (frame >= 0) {
            orc_frame_release(o, frame);
        }
        return;
    } else {
        memmove(&node->entry[i + 1], &node->entry[i], (node->entries - i) * sizeof(entry_t));
        node->entries++;
    }
    node->entry[i] = (entry_t){.page = page, .frame = (int16_t)frame, .held = false};
    entry_own(o, n, page, frame);
}

int orc_entry_take(oracle *o, int n, uint64_t page) {
    node_t *node = &o->node[n];
    int i = orc_entry_find(o, n, page);
    if (i < 0) {
        return -1;
    }
    int frame = node->entry[i].frame;
    memmove(&node->entry[i], &node->entry[i + 1], (size_t)(node->entries - i - 1) * sizeof(entry_t));
    node->entries--;
    return frame;
}

void orc_entry_drop(oracle *o, int n, uint64_t page) {
    int frame = orc_entry_take(o, n, page);
    if (frame >= 0) {
        orc_frame_release(o, frame);
    }
}

bool orc_any_pinned(const oracle *o, int n, uint64_t first, uint64_t count) {
    const node_t *node = &o->node[n];
    for (unsigned i = 0; i < node->entries; i++) {
        const entry_t *e = &node->entry[i];
        if (e->frame >= 0 && o->frame[e->frame].pins > 0 && e->page >= first && e->page - first < count) {
            return true;
        }
    }
    return false;
}

/* ---- zero intervals (chapter 3 sections 5.1 to 5.3), by rising page ---- */

int orc_interval_find(const oracle *o, int n, uint64_t page) {
    const node_t *node = &o->node[n];
    for (int i = 0; i < node->intervals; i++) {
        if (node->interval[i].first <= page && page <= node->interval[i].last) {
            return i;
        }
    }
    return -1;
}

uint64_t orc_interval_next(const oracle *o, int n, uint64_t page) {
    const node_t *node = &o->node[n];
    for (int i = 0; i < node->intervals; i++) {
        if (node->interval[i].last >= page) {
            return orc_max64(node->interval[i].first, page);
        }
    }
    return NEVER;
}

static void interval_remove(oracle *o, int n, int i) {
    node_t *node = &o->node[n];
    memmove(&node->interval[i], &node->interval[i + 1], (size_t)(node->intervals - i - 1) * sizeof(interval_t));
    node->intervals--;
}

static void interval_insert(oracle *o, int n, interval_t interval) {
    node_t *node = &o->node[n];
    unsigned i = 0;
    if (node->intervals == INTERVAL_MAX) {
        orc_out_of_bounds(o, "zero intervals of a VMO");
        return;
    }
    while (i < node->intervals && node->interval[i].first < interval.first) {
        i++;
    }
    memmove(&node->interval[i + 1], &node->interval[i], (node->intervals - i) * sizeof(interval_t));
    node->interval[i] = interval;
    node->intervals++;
}

static uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

/* Chapter 3 section 5.2: page leaves its interval, to become something else. */
void orc_interval_split(oracle *o, int n, uint64_t page) {
    int i = orc_interval_find(o, n, page);
    if (i < 0) {
        return;
    }
    interval_t *v = &o->node[n].interval[i];
    if (v->first == v->last) {
        interval_remove(o, n, i);
    } else if (page == v->first) {
        v->first++;
        v->acl = less(v->acl, 1);
    } else if (page == v->last) {
        v->last--;
    } else {
        interval_t right = {.first = page + 1, .last = v->last, .acl = 0, .dirty = v->dirty};
        v->last = page - 1;
        interval_insert(o, n, right);
    }
}

/* Chapter 3 section 5.3, add: the left neighbour of the kind keeps its acl, the right one's is lost. */
void orc_interval_add(oracle *o, int n, uint64_t first, uint64_t last, bool dirty) {
    int left = first > 0 ? orc_interval_find(o, n, first - 1) : -1;
    int right = orc_interval_find(o, n, last + 1);
    node_t *node = &o->node[n];
    if (right >= 0 && node->interval[right].dirty == dirty) {
        last = node->interval[right].last;
        interval_remove(o, n, right);
    }
    if (left >= 0 && node->interval[left].dirty == dirty) {
        node->interval[left].last = last;
    } else {
        interval_insert(o, n, (interval_t){.first = first, .last = last, .acl = 0, .dirty = dirty});
    }
}

/* Chapter 3 section 5.3, convert: the part [first, last] of
 * interval i, which is of the other kind. Strict middle: not done. */
void orc_interval_convert(oracle *o, int n, int i, uint64_t first, uint64_t last, bool dirty) {
    interval_t old = o->node[n].interval[i];
    if (first > old.first && last < old.last) {
        return; /* note 10 */
    }
    interval_remove(o, n, i);
    if (last < old.last) {
        uint64_t gone = last - old.first + 1;
        interval_insert(
            o, n, (interval_t){.first = last + 1, .last = old.last, .acl = less(old.acl, gone), .dirty = old.dirty});
    }
    if (first > old.first) {
        interval_insert(o, n, (interval_t){.first = old.first, .last = first - 1, .acl = old.acl, .dirty = old.dirty});
    }
    orc_interval_add(o, n, first, last, dirty);
}

void orc_interval_clip_start(oracle *o, int n, int i, uint64_t count) {
    interval_t *v = &o->node[n].interval[i];
    if (count > v->last - v->first) {
        interval_remove(o, n, i);
    } else {
        v->first += count;
        v->acl = less(v->acl, count);
    }
}

/* Everything from page `pages` on goes; an interval across the border keeps its acl (chapter 3 section 6.3). */
void orc_intervals_cut(oracle *o, int n, uint64_t pages) {
    node_t *node = &o->node[n];
    while (node->intervals > 0 && node->interval[node->intervals - 1].first >= pages) {
        node->intervals--;
    }
    if (node->intervals > 0 && node->interval[node->intervals - 1].last >= pages) {
        node->interval[node->intervals - 1].last = pages - 1;
    }
}

/* ---- the slot ---- */

char orc_slot(const oracle *o, int n, uint64_t page) {
    int e = orc_entry_find(o, n, page);
    if (e >= 0) {
        int f = o->node[n].entry[e].frame;
        return f < 0 ? 'M' : o->frame[f].state;
    }
    int i = orc_interval_find(o, n, page);
    if (i < 0) {
        return '.';
    }
    const interval_t *v = &o->node[n].interval[i];
    return !v->dirty ? 'U' : page - v->first < v->acl ? 'Y' : 'Z';
}

uint64_t orc_next_populated(const oracle *o, int n, uint64_t page) {
    return orc_min64(orc_entry_next(o, n, page), orc_interval_next(o, n, page));
}

/* The first page after `page` that may differ from it. */
uint64_t orc_next_change(const oracle *o, int n, uint64_t page) {
    if (orc_entry_find(o, n, page) >= 0) {
        return page + 1;
    }
    int i = orc_interval_find(o, n, page);
    if (i < 0) {
        return orc_next_populated(o, n, page);
    }
    const interval_t *v = &o->node[n].interval[i];
    uint64_t border = v->dirty && page - v->first < v->acl ? v->first + v->acl : NEVER;
    return orc_min64(border, v->last + 1);
}
