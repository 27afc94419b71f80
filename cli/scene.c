/* scene.c - sessions beside the reader's (scene.h). */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "mem.h"
#include "prompt.h"
#include "recorder.h"
#include "save.h"

static void collect(void *user, const char *text, size_t length) {
    buf_add(&((struct scene *)user)->output, text, length);
}

static void take_world(struct interp *in, const struct interp *from) {
    zxp_world *copy = zxp_world_clone(from->world);
    if (!copy) return; /* memory is short: the statements then tell what is missing */
    zxp_world_destroy(in->world);
    session_clear(&in->session);
    in->world = copy;
    zxp_world_attach(copy, &in->context);
    session_copy(&in->session, &from->session);
}

struct scene *scene_open(const struct interp *from) {
    struct scene *scene = mem_alloc(sizeof *scene);
    interp_init(&scene->in, &(struct interp_options){.interactive = true, .no_files = true});
    scene->in.hooks = (struct interp_hooks){.user = scene, .output = collect};
    (void)shell_create(&scene->in, false, false);
    prompt_register(&scene->in);
    if (!from) return scene;
    scene_run(scene, "check"); /* the first statement begins a case, and that a new world */
    take_world(&scene->in, from);
    return scene;
}

void scene_run(struct scene *scene, const char *statements) {
    interp_run(&scene->in, source_create("scene", statements, strlen(statements)));
}

void scene_close(struct scene *scene) {
    interp_finish(&scene->in);
    struct shell *shell = scene->in.shell;
    interp_clear(&scene->in);
    shell_destroy(shell);
    buf_free(&scene->output);
    free(scene);
}

/* A scene in which everything is as in `from`, by the same way if it can be gone again. */
static struct scene *scene_after(const struct interp *from) {
    struct scene *scene = scene_open(NULL);
    shell_attach(scene->in.shell);
    if (!from) return scene;
    for (size_t i = 0; from->shell && i < from->shell->entry_count; i++) scene_run(scene, from->shell->entries[i].text);
    if (zxp_world_equal(scene->in.world, from->world, ZXP_FORM_FULL)) return scene;
    scene_close(scene);
    scene = scene_open(from);
    shell_attach(scene->in.shell);
    record_step(scene->in.shell, "# the world in which it begins", "");
    recorder_take(scene->in.shell, &(struct report){.statement = ""});
    return scene;
}

bool scene_page(const struct interp *from, const char *statements, struct buf *out) {
    struct scene *scene = scene_after(from);
    scene_run(scene, statements);
    bool good = export_page(scene->in.shell, out);
    scene_close(scene);
    return good;
}

bool scene_page_to(const struct interp *from, const char *statements, const char *path, char *reason, size_t capacity) {
    struct buf page = {0};
    bool good = scene_page(from, statements, &page);
    if (!good)
        (void)snprintf(reason, capacity, "this program was built without jansson: no pages");
    else
        good = save_replace(path, page.s, page.n, reason, capacity);
    buf_free(&page);
    return good;
}
