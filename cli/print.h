/* print.h - values, calls and results as text, in the language itself. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "buf.h"
#include "interp.h"
#include "outcome.h"

/* "ZX_ERR_IO", or the number if it has no name. */
void print_status(struct buf *out, zx_status_t status);
/* "zx_vmo_read(v, 0, 4096)": handles by the names they are bound to. */
void print_call(struct buf *out, const struct interp *in, const struct made_call *call);
/* "ZX_OK handle=...", "blocked", "fault ZX_ERR_IO addr=0x..." with all fields of the outcome's thread. */
void print_outcome(struct buf *out, const struct interp *in, const struct outcome *outcome);
/* "READ v 0 1", "COMPLETE v", "USER key=3", "SIGNAL key=3". */
void print_packet(struct buf *out, const struct interp *in, const zxp_packet_view *packet);
/* The page map of [first, first+count): runs longer than 8 as C*500. */
void print_page_map(struct buf *out, const zxp_world *world, zx_koid_t vmo, uint64_t first, uint64_t count);
/* The page summary of what the thread's last read has read, at most `limit` pages. */
void print_summary(struct buf *out, const struct interp *in, uint32_t thread, size_t limit);

#endif
