#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "buf.h"

/* Makes every folder above the last part. */
static bool make_folders(char *path) {
    for (char *c = path + 1; *c; c++) {
        if (*c != '/') continue;
        *c = 0;
        bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
        *c = '/';
        if (!good) return false;
    }
    return true;
}

char *history_path(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    struct buf path = {0};
    if (state && state[0] == '/') /* the base directory specification wants relative ones ignored */
        buf_format(&path, "%s/zxpager/history", state);
    else if (home && home[0] == '/')
        buf_format(&path, "%s/.local/state/zxpager/history", home);
    if (path.n && make_folders(path.s)) return path.s;
    buf_free(&path);
    return NULL;
}
