/* store.h - a pager service as a file system would have it: it answers what its port brings from a store of pages. */
#ifndef STORE_H
#define STORE_H

#include <zxpager/zxpager.h>

enum { STORE_PAGES = 16 };

struct service {
    zxp_world *world;
    uint32_t thread; /* it runs on */
    zx_handle_t pager, port, vmo;
    char page[STORE_PAGES]; /* the store: each page is full of one byte */
    unsigned reads, writes;
};

/* Makes pager, port and VMO. False: a call failed. */
bool service_begin(struct service *service, zxp_world *world, uint32_t thread);
/* Answers every packet that is on the port; returns how many. */
unsigned service_run(struct service *service);
/* Writes all dirty pages back to the store. */
bool service_sync(struct service *service);

#endif
