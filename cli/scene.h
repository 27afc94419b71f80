/*
 * scene.h - a session of its own beside that of the reader: for questions, and for stories that become a page that
 * replays them.
 */
#ifndef CLI_SCENE_H
#define CLI_SCENE_H

#include "shell.h"

struct scene {
    struct interp in;
    struct buf output; /* of its views */
};

/* Begins with a copy of the world and the names of `from`, or (NULL) with a new world. It touches no files. */
struct scene *scene_open(const struct interp *from);
void scene_run(struct scene *scene, const char *statements);
void scene_close(struct scene *scene);

/*
 * The page that replays these statements in a scene. Where they begin in a world that exists, what its session did
 * stands before them; if that does not make this world again, the state in which they begin. False: this program was
 * built without jansson.
 */
bool scene_page(const struct interp *from, const char *statements, struct buf *out);
/* The same, into a file; false: what stands in `reason`. */
bool scene_page_to(const struct interp *from, const char *statements, const char *path, char *reason, size_t capacity);

#endif
