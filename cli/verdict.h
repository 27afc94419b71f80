/* verdict.h - did what was expected come? */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "statement.h"

/* Compares s->outcome with s->want. Sets *holds; false: error set. */
bool verdict_of(struct stmt *s, bool *holds);
/* What came, in the words of an expectation, with the fields that were asked for. */
void verdict_came(const struct stmt *s, struct buf *out);

#endif
