/* subst.h - `$NAME` and `${NAME}` (LANGUAGE.md section 1, "Substitution"). */
#ifndef CLI_SUBST_H
#define CLI_SUBST_H

#include <stdbool.h>

#include "cut.h"
#include "interp.h"

/* The statement at the cut as it runs: line ends behind backslashes taken out, names replaced. False: error set. */
bool subst_build(struct interp *in, struct source *source, const struct cut *cut, struct scope *scope,
                 struct text *out);
/* Only the line ends are taken out. */
bool subst_join(struct interp *in, struct source *source, const struct cut *cut, struct text *out);

#endif
