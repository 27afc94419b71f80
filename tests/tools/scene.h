/*
 * scene.h - a world for a unit test, made by a script.
 */
#ifndef TESTS_TOOLS_SCENE_H
#define TESTS_TOOLS_SCENE_H

#include "zxpager/zxpager.h"

/* The world at the end of the statements of one case; the caller destroys it. NULL: one of them failed. */
zxp_world *scene(const char *script);

#endif
