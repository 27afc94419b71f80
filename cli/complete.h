/* complete.h - what Tab offers: words that can stand where the cursor is. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <stddef.h>

struct interp;

struct candidates {
    size_t begin; /* where in the line the word begins that they complete */
    char **words; /* sorted, each once; one that ends in = ( or : is not followed by a blank */
    size_t count, capacity;
};

void complete_at(const struct interp *in, const char *line, size_t length, struct candidates *out);
/* How many characters all candidates begin with. */
size_t complete_common(const struct candidates *candidates);
void complete_free(struct candidates *candidates);

#endif
