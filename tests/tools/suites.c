#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "cli/prompt.h"
#include "cli/shell.h"

bool suite_run(struct watcher *watcher, const char *path, size_t *failed) {
    char reason[200];
    struct source *source = source_read(path, reason, sizeof reason);
    if (!source) {
        (void)printf("# %s: %s\n", path, reason);
        return false;
    }
    suite_run_source(watcher, source, failed);
    return true;
}

void suite_run_source(struct watcher *watcher, struct source *source, size_t *failed) {
    struct interp in;
    interp_init(&in, &(struct interp_options){.update = watcher->go_on});
    struct shell *shell = shell_create(&in, false, false);
    prompt_register(&in);
    in.hooks = watcher->hooks;
    in.context.rule_hits = watcher->rule_hits;
    watcher->in = &in;
    interp_run(&in, source);
    interp_finish(&in);
    *failed = in.cases_failed;
    interp_clear(&in);
    shell_destroy(shell);
    watcher->in = NULL;
}

const char *status_text(zx_status_t status) {
    const char *name = zxp_status_name(status);
    return name ? name : "a status without a name";
}
