/* views.c - registers the views, for the prompt, scripts and -c alike. */
#include "views.h"

#include <stdlib.h>

#include "commands.h"
#include "prompt.h"
#include "shell.h"

static const struct view_row rows[] = {
    {"show", view_show},   {"objects", view_objects},   {"threads", view_threads}, {"requests", view_requests},
    {"tree", view_tree},   {"timeline", view_timeline}, {"choices", view_choices}, {"random", view_random},
    {"help", view_help},   {"explain", view_explain},   {"why", view_why},         {"until", view_until},
    {"break", view_break}, {"record", view_record},     {"export", view_export},   {"lesson", view_lesson},
    {"hint", view_hint},   {"quiz", view_quiz},         {"answer", view_answer},   {"share", view_share},
    {NULL, NULL},
};

static struct shell *script_shell; /* one interpreter runs the scripts of a program */

static void free_shell(void) { shell_destroy(script_shell); }

/* Where nothing is printed, no events are kept either, until a command needs them. */
void prompt_register(struct interp *in) {
    in->views = rows;
    if (!in->shell && !script_shell) {
        script_shell = shell_create(in, false, false);
        (void)atexit(free_shell);
    }
    if (in->hooks.output) shell_attach(in->shell);
}
