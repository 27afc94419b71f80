/* export.h - the pictures of a session that `export` writes, by file. */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "shell.h"

/* Each adds a whole file to `out`; false: this program was built without jansson. */
bool export_page(const struct shell *shell,
                 struct buf *out); /* export_page.c: .html, a page that replays the session */
bool export_trace(const struct shell *shell, struct buf *out); /* export_trace.c: .json, Chrome trace events */
bool export_diagram(const struct shell *shell,
                    struct buf *out);                        /* export_diagram.c: .mmd, a Mermaid sequence diagram */
bool export_map(const struct shell *shell, struct buf *out); /* export_map.c: .svg, the page maps */
bool export_timeline(const struct shell *shell, struct buf *out); /* export_timeline.c: .svg, lanes and arrows */

/* ---- What several need ---- */

uint64_t export_first_event(const struct shell *shell); /* number of the oldest event that is kept */
void export_xml(struct buf *out, const char *text);     /* escaped, for text and attributes */
/* "vmo_read" of an event's operation. */
const char *export_op(const zxp_event *event);
/* "READ v 0 1" of a packet's event. */
void export_packet(const struct shell *shell, const zxp_event *event, struct buf *out);

enum { EXPORT_LANES = 12 };
struct export_lanes {
    uint32_t threads[EXPORT_LANES];
    size_t count;
};
/* The threads that made calls, in order of appearance. */
struct export_lanes export_find_lanes(const struct shell *shell, uint64_t first);
size_t export_lane_of(const struct export_lanes *lanes, uint32_t thread); /* `count`: none */

#endif
