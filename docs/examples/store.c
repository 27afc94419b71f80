/* store.c - a pager service; store.h */
#include "store.h"

#include <string.h>

static const uint64_t PAGE = ZXP_PAGE_SIZE;

static bool done(const struct service *service, zxp_outcome outcome) {
    zxp_thread_view view;
    return outcome == ZXP_RETURNED && zxp_thread_get(service->world, service->thread, &view) && view.status == ZX_OK;
}

static uint64_t field(const struct service *service, const char *name) {
    uint64_t value = 0;
    (void)zxp_field(service->world, service->thread, name, &value);
    return value;
}

static bool make(const struct service *service, zxp_outcome outcome, zx_handle_t *handle) {
    *handle = (zx_handle_t)field(service, "handle");
    return done(service, outcome);
}

bool service_begin(struct service *service, zxp_world *world, uint32_t thread) {
    *service = (struct service){.world = world, .thread = thread};
    memset(service->page, 's', STORE_PAGES);
    return make(service, zxp_pager_create(world, thread, 0), &service->pager) &&
           make(service, zxp_port_create(world, thread, 0), &service->port) &&
           make(service,
                zxp_pager_create_vmo(world, thread, service->pager, ZX_VMO_TRAP_DIRTY, service->port, 1,
                                     STORE_PAGES * PAGE),
                &service->vmo);
}

static bool fill(const struct service *service, zx_handle_t aux, uint64_t page, uint64_t at) {
    char bytes[ZXP_PAGE_SIZE];
    memset(bytes, service->page[page], sizeof bytes);
    return done(service, zxp_vmo_write(service->world, service->thread, aux, bytes, at, sizeof bytes));
}

static bool supply(struct service *service, uint64_t offset, uint64_t length) {
    zx_handle_t aux;
    bool good = make(service, zxp_vmo_create(service->world, service->thread, length, 0), &aux);
    for (uint64_t at = 0; good && at < length; at += PAGE) good = fill(service, aux, (offset + at) / PAGE, at);
    good = good && done(service, zxp_pager_supply_pages(service->world, service->thread, service->pager, service->vmo,
                                                        offset, length, aux, 0));
    service->reads += good;
    return done(service, zxp_handle_close(service->world, service->thread, aux)) && good;
}

static bool operate(const struct service *service, uint32_t op, uint64_t offset, uint64_t length, uint64_t data) {
    return done(service, zxp_pager_op_range(service->world, service->thread, service->pager, op, service->vmo, offset,
                                            length, data));
}

unsigned service_run(struct service *service) {
    unsigned answered = 0;
    while (done(service, zxp_port_wait(service->world, service->thread, service->port, 0))) {
        uint64_t command = field(service, "command"), offset = field(service, "offset"),
                 length = field(service, "length");
        if (command == ZX_PAGER_VMO_READ)
            (void)supply(service, offset, length);
        else if (command == ZX_PAGER_VMO_DIRTY)
            (void)operate(service, ZX_PAGER_OP_DIRTY, offset, length, 0);
        answered++;
    }
    return answered;
}

/* Between begin and end the page may be written again; then it stays dirty, and the next sync finds it. */
static bool write_back(struct service *service, const zxp_dirty_range *range) {
    bool zero = range->options & ZX_VMO_DIRTY_RANGE_IS_ZERO;
    if (!operate(service, ZX_PAGER_OP_WRITEBACK_BEGIN, range->offset, range->length,
                 zero ? ZX_VMO_DIRTY_RANGE_IS_ZERO : 0))
        return false;
    for (uint64_t at = range->offset; at < range->offset + range->length; at += PAGE) {
        char byte = 0;
        if (!zero && !done(service, zxp_vmo_read(service->world, service->thread, service->vmo, at, 1))) return false;
        if (!zero) (void)zxp_data_copy(service->world, service->thread, 0, &byte, 1);
        service->page[at / PAGE] = byte;
        service->writes++;
    }
    return operate(service, ZX_PAGER_OP_WRITEBACK_END, range->offset, range->length, 0);
}

bool service_sync(struct service *service) {
    zxp_dirty_range ranges[STORE_PAGES];
    zxp_outcome outcome = zxp_pager_query_dirty_ranges(service->world, service->thread, service->pager, service->vmo, 0,
                                                       STORE_PAGES * PAGE, sizeof ranges);
    bool good = done(service, outcome);
    size_t count = good ? zxp_range_count(service->world, service->thread) : 0;
    for (size_t i = 0; i < count; i++) (void)zxp_range_at(service->world, service->thread, i, &ranges[i]);
    for (size_t i = 0; good && i < count; i++) good = write_back(service, &ranges[i]);
    return good;
}
