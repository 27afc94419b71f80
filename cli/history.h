/* history.h - where the prompt's history lies: $XDG_STATE_HOME/zxpager/history, for its owner's eyes only. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <stdbool.h>

/* The path, with its folders made (0700); NULL if there is no place for it. To be freed. */
char *history_path(void);

#endif
