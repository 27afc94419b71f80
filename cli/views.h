/* views.h - the commands that only look (LANGUAGE.md section 5), by file; views.c registers them. */
#ifndef CLI_VIEWS_H
#define CLI_VIEWS_H

#include <stdbool.h>
#include <stddef.h>

struct stmt;

bool view_show(struct stmt *s, const char *arguments);    /* view_show.c */
bool view_objects(struct stmt *s, const char *arguments); /* view_list.c */
bool view_threads(struct stmt *s, const char *arguments);
bool view_requests(struct stmt *s, const char *arguments);
bool view_tree(struct stmt *s, const char *arguments);
bool view_timeline(struct stmt *s, const char *arguments); /* timeline.c */
bool view_choices(struct stmt *s, const char *arguments);  /* choices.c */
bool view_random(struct stmt *s, const char *arguments);   /* walk.c */
bool view_help(struct stmt *s, const char *arguments);     /* view_help.c */
bool view_explain(struct stmt *s, const char *arguments);  /* explain.c */
bool view_why(struct stmt *s, const char *arguments);      /* why.c */
bool why_page(struct stmt *s, const char *arguments);      /* why_page.c */
bool view_until(struct stmt *s, const char *arguments);    /* stop.c */
bool view_break(struct stmt *s, const char *arguments);
bool view_record(struct stmt *s, const char *arguments); /* record.c */
bool view_export(struct stmt *s, const char *arguments);
bool view_share(struct stmt *s, const char *arguments);  /* share.c */
bool view_lesson(struct stmt *s, const char *arguments); /* lesson.c */
bool view_hint(struct stmt *s, const char *arguments);
bool view_quiz(struct stmt *s, const char *arguments); /* quiz.c */
bool view_answer(struct stmt *s, const char *arguments);
/* Is a question open, and is this line one word that could answer it? */
bool quiz_is_answer(const char *line, size_t length);

#endif
