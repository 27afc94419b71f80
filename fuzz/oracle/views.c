/*
 * views.c - looking at an oracle: the same views as zxpager.h, equal in meaning.
 */
#include <string.h>

#include "state.h"

uint32_t oracle_thread_count(const oracle *o) { return o->threads; }

static zx_koid_t koid_or_zero(const oracle *o, int object) {
    return object >= 0 && o->object[object].used ? o->object[object].koid : 0;
}

static zx_koid_t root_koid(const oracle *o, int node) { return node >= 0 ? koid_or_zero(o, o->node[node].owner) : 0; }

/* Chapter 7 section 14.1. */
static uint32_t state_code(const thread_t *x) {
    switch (x->state) {
    case ZXP_THREAD_SUSPENDED: return ZX_THREAD_STATE_SUSPENDED;
    case ZXP_THREAD_FAULTED: return ZX_THREAD_STATE_BLOCKED_EXCEPTION;
    case ZXP_THREAD_KILLED: return ZX_THREAD_STATE_DEAD;
    case ZXP_THREAD_BLOCKED:
        if (x->wait == ZXP_WAIT_REQUEST) {
            return ZX_THREAD_STATE_BLOCKED_PAGER;
        }
        if (x->wait == ZXP_WAIT_PORT) {
            return ZX_THREAD_STATE_BLOCKED_PORT;
        }
        return x->op == ZXP_OP_OBJECT_WAIT_ONE ? ZX_THREAD_STATE_BLOCKED_WAIT_ONE : ZX_THREAD_STATE_BLOCKED_WAIT_MANY;
    default: return ZX_THREAD_STATE_RUNNING;
    }
}

bool oracle_thread_get(const oracle *o, uint32_t thread, zxp_thread_view *view) {
    if (thread >= o->threads) {
        return false;
    }
    const thread_t *x = &o->thread[thread];
    memset(view, 0, sizeof(*view));
    view->state = (zxp_thread_state)x->state;
    view->suspend_pending = x->suspend_pending;
    view->op = x->op;
    view->status = x->status;
    view->fault_address = x->fault_address;
    view->thread_state = state_code(x);
    view->wake = UINT64_MAX;
    if (x->state != ZXP_THREAD_BLOCKED) {
        return true;
    }
    view->waits_for = (zxp_wait_kind)x->wait;
    if (x->wait == ZXP_WAIT_REQUEST) {
        const request_t *r = &x->request;
        view->koid = root_koid(o, o->source[r->source].node);
        view->command = r->type == READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY;
        view->attached = !r->is_owner;
        view->offset = r->first * PAGE;
        view->length = r->count * PAGE;
        view->wake = r->early ? r->wake * PAGE : UINT64_MAX;
    } else {
        zx_koid_t first = x->list_count > 0 ? oracle_koid_of(o, x->list_handle[0]) : 0; /* of the items waited for */
        view->koid = x->wait == ZXP_WAIT_PORT ? koid_or_zero(o, x->ref[0]) : first;
        view->deadline = x->deadline;
    }
    return true;
}

bool oracle_field(const oracle *o, uint32_t thread, const char *name, uint64_t *value) {
    for (size_t i = 0; i < oracle_field_count(o, thread); i++) {
        if (strcmp(o->thread[thread].field_name[i], name) == 0) {
            *value = o->thread[thread].field_value[i];
            return true;
        }
    }
    return false;
}

size_t oracle_field_count(const oracle *o, uint32_t thread) {
    return thread < o->threads ? o->thread[thread].fields : 0;
}

const char *oracle_field_at(const oracle *o, uint32_t thread, size_t i, uint64_t *value) {
    if (i >= oracle_field_count(o, thread)) {
        return NULL;
    }
    *value = o->thread[thread].field_value[i];
    return o->thread[thread].field_name[i];
}

uint64_t oracle_data_length(const oracle *o, uint32_t thread) {
    uint64_t length = 0;
    for (unsigned i = 0; thread < o->threads && i < o->thread[thread].pieces; i++) {
        length += o->thread[thread].piece[i].length;
    }
    return length;
}

bool oracle_data_piece(const oracle *o, uint32_t thread, uint64_t offset, zxp_piece *piece) {
    uint64_t start = 0;
    for (unsigned i = 0; thread < o->threads && i < o->thread[thread].pieces; i++) {
        const piece_t *p = &o->thread[thread].piece[i];
        if (offset < start + p->length) {
            memset(piece, 0, sizeof(*piece));
            piece->offset = offset;
            piece->length = p->length - (offset - start);
            piece->kind = p->kind == KIND_FILL ? ZXP_CONTENT_FILL : ZXP_CONTENT_BYTES;
            piece->fill = p->fill;
            piece->bytes = p->kind == KIND_FILL ? NULL : o->body[p->body] + (offset - start);
            return true;
        }
        start += p->length;
    }
    return false;
}

size_t oracle_data_copy(const oracle *o, uint32_t thread, uint64_t offset, void *out, size_t length) {
    size_t done = 0;
    zxp_piece piece;
    while (done < length && oracle_data_piece(o, thread, offset + done, &piece)) {
        size_t part = (size_t)orc_min64(piece.length, length - done);
        if (piece.kind == ZXP_CONTENT_FILL) {
            memset((uint8_t *)out + done, piece.fill, part);
        } else {
            memcpy((uint8_t *)out + done, piece.bytes, part);
        }
        done += part;
    }
    return done;
}

size_t oracle_range_count(const oracle *o, uint32_t thread) {
    return thread < o->threads ? o->thread[thread].ranges : 0;
}

bool oracle_range_at(const oracle *o, uint32_t thread, size_t i, zxp_dirty_range *range) {
    if (i >= oracle_range_count(o, thread)) {
        return false;
    }
    *range = o->thread[thread].range[i];
    return true;
}

size_t oracle_observed_count(const oracle *o, uint32_t thread) {
    return thread < o->threads ? o->thread[thread].observed_count : 0;
}

zx_signals_t oracle_observed_at(const oracle *o, uint32_t thread, size_t i) {
    return i < oracle_observed_count(o, thread) ? o->thread[thread].observed[i] : 0;
}

const char *oracle_rule(const oracle *o, uint32_t thread) {
    return thread < o->threads && o->thread[thread].rule != NULL ? o->thread[thread].rule : "";
}

/* ---- objects ---- */

zx_time_t oracle_now(const oracle *o) { return o->now; }

zx_koid_t oracle_koid_of(const oracle *o, zx_handle_t handle) {
    int i = orc_handle_index(o, handle);
    return i < 0 ? ZX_KOID_INVALID : o->object[o->handle[i].object].koid;
}

static void vmo_view(const oracle *o, int object, zxp_object_view *view) {
    const object_t *v = &o->object[object];
    const node_t *n = &o->node[v->node];
    view->kind = (zxp_vmo_kind)v->kind;
    view->parent = koid_or_zero(o, v->parent);
    view->root = root_koid(o, v->node);
    view->size = orc_vmo_bytes(o, object);
    view->stream_size = orc_stream_size(o, object);
    view->window = v->base * PAGE;
    view->resizable = v->resizable;
    view->discardable = n->discardable;
    view->immutable = v->immutable;
    view->in_pager_tree = n->tracked_tree;
    view->lock_state = n->lock_state;
    view->lock_count = n->lock_count;
    view->cache_policy = v->cache_policy;
    view->children = orc_child_count(o, object);
    view->mappings = v->mappings;
    view->pins = v->pins;
    memcpy(view->name, v->name, sizeof(view->name));
    int root = v->node;
    while (o->node[root].source < 0 && o->node[root].up >= 0) {
        root = o->node[root].up;
    }
    if (o->node[root].source >= 0) {
        const source_t *s = &o->source[o->node[root].source];
        view->trap_dirty = s->trap;
        view->detached = s->detached;
        view->modified = s->modified;
        view->pager_root = v->kind == ZXP_VMO_ROOT;
        view->key = view->pager_root ? s->key : 0;
        bool open = o->object[s->port].handles > 0;
        view->port = view->pager_root && open ? koid_or_zero(o, s->port) : 0;
        view->pager = view->pager_root ? koid_or_zero(o, s->pager) : 0;
    }
}

static void object_view(const oracle *o, int object, zxp_object_view *view) {
    const object_t *x = &o->object[object];
    memset(view, 0, sizeof(*view));
    view->koid = x->koid;
    view->type = x->type;
    view->handle_count = x->handles;
    view->signals = x->signals;
    if (x->type == ZX_OBJ_TYPE_VMO) {
        vmo_view(o, object, view);
    }
}

bool oracle_object_next(const oracle *o, zx_koid_t after, zxp_object_view *view) {
    int best = -1;
    for (int i = 0; i < o->objects; i++) {
        const object_t *x = &o->object[i];
        if (x->used && x->koid > after && (best < 0 || x->koid < o->object[best].koid)) {
            best = i;
        }
    }
    if (best >= 0) {
        object_view(o, best, view);
    }
    return best >= 0;
}

bool oracle_object_get(const oracle *o, zx_koid_t koid, zxp_object_view *view) {
    return koid > 0 && oracle_object_next(o, koid - 1, view) && view->koid == koid;
}

/* ---- requests: roots in order of creation, READ before DIRTY, ascending ---- */

static int source_after(const oracle *o, uint64_t seq) {
    int best = -1;
    for (int i = 0; i < SOURCE_MAX; i++) {
        const source_t *s = &o->source[i];
        if (s->used && s->seq > seq && (best < 0 || s->seq < o->source[best].seq)) {
            best = i;
        }
    }
    return best;
}

/* Thread that owns the i-th request, or -1. */
static int owner_at(const oracle *o, size_t i) {
    uint64_t seq = 0;
    for (int s = source_after(o, seq); s >= 0; s = source_after(o, seq)) {
        seq = o->source[s].seq;
        for (int type = READ; type <= DIRTY; type++) {
            if (i < o->source[s].owner_count[type]) {
                return o->source[s].owner[type][i];
            }
            i -= o->source[s].owner_count[type];
        }
    }
    return -1;
}

static char packet_state(const oracle *o, int source, int t) {
    const source_t *s = &o->source[source];
    bool in_port = orc_port_find(o, s->port, source) >= 0;
    for (unsigned i = 0; i < s->pending_count; i++) {
        if (s->pending[i] == t) {
            return in_port ? 'w' : 'x'; /* without a packet in the port its turn never comes (section 8.4) */
        }
    }
    if (s->active == t) {
        return in_port ? 'p' : 'x';
    }
    return 'd';
}

bool oracle_request_at(const oracle *o, size_t i, zxp_request_view *view) {
    int t = owner_at(o, i);
    if (t < 0) {
        return false;
    }
    const request_t *r = &o->thread[t].request;
    memset(view, 0, sizeof(*view));
    view->vmo = root_koid(o, o->source[r->source].node);
    view->key = o->source[r->source].key;
    view->command = r->type == READ ? ZX_PAGER_VMO_READ : ZX_PAGER_VMO_DIRTY;
    view->offset = r->first * PAGE;
    view->length = r->count * PAGE;
    view->pending = r->pending * PAGE;
    view->owner = (uint32_t)t;
    view->attached = r->attached_count;
    view->packet = packet_state(o, r->source, t);
    return true;
}

uint32_t oracle_request_attached(const oracle *o, size_t i, size_t k) {
    int t = owner_at(o, i);
    if (t < 0 || k >= o->thread[t].request.attached_count) {
        return ZXP_NO_THREAD;
    }
    return (uint32_t)o->thread[t].request.attached[k];
}

bool oracle_packet_at(const oracle *o, zx_koid_t port, size_t i, zxp_packet_view *view) {
    for (int k = 0; k < o->objects; k++) {
        const object_t *x = &o->object[k];
        if (x->used && x->type == ZX_OBJ_TYPE_PORT && x->koid == port) {
            const port_t *p = &o->port[x->port];
            if (i >= p->packets) {
                return false;
            }
            const packet_t *q = &p->packet[i];
            *view = (zxp_packet_view){q->key,    q->type,   q->status,  q->command,
                                      q->offset, q->length, q->trigger, q->observed};
            return true;
        }
    }
    return false;
}

/* ---- mappings, handles, pages ---- */

bool oracle_mapping_at(const oracle *o, size_t i, zxp_mapping_view *view) {
    if (i >= o->mappings) {
        return false;
    }
    const mapping_t *m = &o->mapping[i];
    memset(view, 0, sizeof(*view));
    view->base = m->base;
    view->size = m->pages * PAGE;
    view->vmo = o->object[m->object].koid;
    view->vmo_offset = m->vmo_offset;
    view->max_permissions = m->max;
    view->fault_beyond_stream_size = m->beyond_stream;
    return true;
}

bool oracle_address_get(const oracle *o, zx_vaddr_t address, uint32_t *permissions, uint32_t *record) {
    int i = orc_mapping_find(o, address);
    if (i < 0) {
        return false;
    }
    uint64_t k = (address - o->mapping[i].base) / PAGE;
    *permissions = orc_mapping_permission(&o->mapping[i], k);
    *record = orc_record_get(&o->mapping[i], k);
    return true;
}

bool oracle_handle_next(const oracle *o, zx_handle_t after, zxp_handle_view *view) {
    uint32_t first = after == ZX_HANDLE_INVALID ? 0 : (after >> 2 & ((1u << 18) - 1)) + 1;
    for (uint32_t k = first; k < o->fresh_handles; k++) {
        const handle_t *h = &o->handle[k];
        if (h->used) {
            view->handle = (((uint32_t)h->generation << 18 | k) << 2) | 3u;
            view->koid = o->object[h->object].koid;
            view->type = o->object[h->object].type;
            view->rights = h->rights;
            return true;
        }
    }
    return false;
}

bool oracle_page_at(const oracle *o, zx_koid_t vmo, uint64_t page, oracle_page *view) {
    int v = orc_vmo_by_koid(o, vmo);
    if (v < 0 || page >= orc_vmo_pages(o, v)) {
        return false;
    }
    int n = o->object[v].node;
    uint64_t p = o->object[v].base + page;
    int e = orc_entry_find(o, n, p);
    memset(view, 0, sizeof(*view));
    view->letter = orc_slot(o, n, p);
    view->age = -1;
    if (e >= 0 && o->node[n].entry[e].frame >= 0) {
        int f = o->node[n].entry[e].frame;
        const frame_t *frame = &o->frame[f];
        view->always_need = frame->always_need;
        view->pins = frame->pins;
        if (frame->queue != QUEUE_NONE) {
            view->age = frame->queue == QUEUE_ISOLATE ? -2 : (int)(o->mru - frame->generation);
        }
        view->share = frame->shares > 1 ? (uint32_t)f : 0;
        view->bytes = frame->kind == KIND_BODY ? o->body[frame->body] : NULL;
        view->fill = frame->fill;
    }
    return true;
}

uint64_t oracle_page_next(const oracle *o, zx_koid_t vmo, uint64_t page) {
    int v = orc_vmo_by_koid(o, vmo);
    if (v < 0) {
        return NEVER;
    }
    uint64_t next = orc_next_change(o, o->object[v].node, o->object[v].base + page);
    return next == NEVER ? NEVER : next - o->object[v].base;
}

bool oracle_interval_at(const oracle *o, zx_koid_t vmo, size_t i, uint64_t *first, uint64_t *last, bool *dirty,
                        uint64_t *acl) {
    int v = orc_vmo_by_koid(o, vmo);
    if (v < 0 || i >= o->node[o->object[v].node].intervals) {
        return false;
    }
    const interval_t *x = &o->node[o->object[v].node].interval[i];
    *first = x->first;
    *last = x->last;
    *dirty = x->dirty;
    *acl = x->acl;
    return true;
}
