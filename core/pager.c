/*
 * pager.c - pagers, and the sources of their VMOs (pager.h).
 */
#include "pager.h"

#include "port.h"
#include "request.h"

uint64_t pager_make_bytes(void) { return arena_size(sizeof(struct pager)); }

pager_ref pager_make(zxp_world *w) {
    pager_ref p = {arena_alloc(w, sizeof(struct pager))};
    object_init(w, object_of_pager(p), ZX_OBJ_TYPE_PAGER, 0);
    return p;
}

void pager_zero_handles(zxp_world *w, pager_ref p) {
    while (source_is(pager_at(w, p)->first_source)) {
        apply_rule(w, RULE_pager_closed);
        source_pager_closed(w, pager_at(w, p)->first_source);
    }
    object_remove(w, object_of_pager(p));
    arena_free(w, p.index, sizeof(struct pager));
}

uint64_t source_make_bytes(void) { return arena_size(sizeof(struct source)); }

static void join_pager(zxp_world *w, source_ref s, pager_ref p) {
    struct pager *pager = pager_at(w, p);
    source_at(w, s)->pager = p;
    source_at(w, s)->next = pager->first_source;
    if (source_is(pager->first_source)) source_at(w, pager->first_source)->previous = s;
    pager->first_source = s;
}

source_ref source_make(zxp_world *w, pager_ref pager, port_ref port, uint64_t key, vmo_ref vmo) {
    source_ref s = {arena_alloc(w, sizeof(struct source))};
    struct source *source = source_at(w, s);
    source->key = key;
    source->port = port;
    source->node = vmo_at(w, vmo)->node;
    source->koid = vmo_at(w, vmo)->object.koid;
    port_at(w, port)->sources++;
    node_at(w, source->node)->source = s;
    node_at(w, source->node)->in_pager_tree = 1;
    join_pager(w, s, pager);
    return s;
}

void source_leave_pager(zxp_world *w, source_ref s) {
    struct source *source = source_at(w, s);
    if (!pager_is(source->pager)) return;
    if (source_is(source->previous)) {
        source_at(w, source->previous)->next = source->next;
    } else {
        pager_at(w, source->pager)->first_source = source->next;
    }
    if (source_is(source->next)) source_at(w, source->next)->previous = source->previous;
    source->pager = pager_none();
}

void source_free(zxp_world *w, source_ref s) {
    port_ref port = source_at(w, s)->port;
    source_leave_pager(w, s);
    arena_free(w, s.index, sizeof(struct source));
    port_at(w, port)->sources--;
    port_release(w, port);
}

bool pager_pair(const zxp_world *w, pager_ref pager, vmo_ref vmo) {
    source_ref s = vmo_source(w, vmo);
    return vmo_at(w, vmo)->kind == ZXP_VMO_ROOT && source_is(s) && pager_same(source_at(w, s)->pager, pager);
}
