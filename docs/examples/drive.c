/*
 * drive.c - drives a world: a reader faults on a page, the pager finds the packet and supplies, the reader goes on.
 *
 *   cc drive.c $(pkg-config --cflags --libs zxpager)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zxpager/zxpager.h>

static const uint64_t PAGE = ZXP_PAGE_SIZE;

/* What a call on main must give here; anything else is a mistake in this program. */
static void must(const zxp_world *world, zxp_outcome outcome, const char *what) {
    zxp_thread_view view;
    if (outcome == ZXP_RETURNED && zxp_thread_get(world, ZXP_MAIN_THREAD, &view) && view.status == ZX_OK) return;
    (void)fprintf(stderr, "drive: %s failed\n", what);
    exit(1);
}

static uint64_t field(const zxp_world *world, uint32_t thread, const char *name) {
    uint64_t value = 0;
    (void)zxp_field(world, thread, name, &value);
    return value;
}

static zx_handle_t new_handle(const zxp_world *world) { return (zx_handle_t)field(world, ZXP_MAIN_THREAD, "handle"); }

/* Fills pages with a byte, as a pager does: a VMO of its own gives its pages away. */
static void supply(zxp_world *world, zx_handle_t pager, zx_handle_t vmo, uint64_t offset, uint64_t length) {
    must(world, zxp_vmo_create(world, ZXP_MAIN_THREAD, length, 0), "zx_vmo_create");
    zx_handle_t aux = new_handle(world);
    for (uint64_t at = 0; at < length; at += PAGE)
        must(world, zxp_vmo_write(world, ZXP_MAIN_THREAD, aux, "page", at, 4), "zx_vmo_write");
    must(world, zxp_pager_supply_pages(world, ZXP_MAIN_THREAD, pager, vmo, offset, length, aux, 0),
         "zx_pager_supply_pages");
    must(world, zxp_handle_close(world, ZXP_MAIN_THREAD, aux), "zx_handle_close");
}

static void show_thread(const zxp_world *world, uint32_t thread) {
    zxp_thread_view view;
    char data[5] = "";
    if (!zxp_thread_get(world, thread, &view)) return;
    if (view.state == ZXP_THREAD_BLOCKED) {
        printf("the reader waits for page %" PRIu64 "\n", view.offset / PAGE);
        return;
    }
    (void)zxp_data_copy(world, thread, 0, data, 4);
    printf("the reader got %s: \"%s\"\n", zxp_status_name(view.status), data);
}

int main(void) {
    zxp_world *world = zxp_world_create(NULL);
    uint32_t reader;
    if (!world || zxp_thread_create(world, &reader) != ZX_OK) return 1;
    must(world, zxp_pager_create(world, ZXP_MAIN_THREAD, 0), "zx_pager_create");
    zx_handle_t pager = new_handle(world);
    must(world, zxp_port_create(world, ZXP_MAIN_THREAD, 0), "zx_port_create");
    zx_handle_t port = new_handle(world);
    must(world, zxp_pager_create_vmo(world, ZXP_MAIN_THREAD, pager, 0, port, 7, 4 * PAGE), "zx_pager_create_vmo");
    zx_handle_t vmo = new_handle(world);

    (void)zxp_vmo_read(world, reader, vmo, PAGE, 4);
    show_thread(world, reader);
    must(world, zxp_port_wait(world, ZXP_MAIN_THREAD, port, 0), "zx_port_wait");
    uint64_t offset = field(world, ZXP_MAIN_THREAD, "offset"), length = field(world, ZXP_MAIN_THREAD, "length");
    printf("a packet: key %" PRIu64 ", page %" PRIu64 ", %" PRIu64 " pages\n", field(world, ZXP_MAIN_THREAD, "key"),
           offset / PAGE, length / PAGE);
    supply(world, pager, vmo, offset, length);
    show_thread(world, reader);

    zxp_world_destroy(world);
    return 0;
}
