/*
 * teardown.h - closes all that a world has, and looks whether its arena holds a block too many then.
 */
#ifndef TESTS_TOOLS_TEARDOWN_H
#define TESTS_TOOLS_TEARDOWN_H

#include "zxpager/zxpager.h"

/* Kills, unpins, unmaps and closes everything in the world; afterwards it must take as many bytes as the same world
 * loaded anew, for loading makes only what can be reached. False: what was wrong is in `text`. */
bool torn_down_is_clean(zxp_world *w, char *text, size_t capacity);

#endif
