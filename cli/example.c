#include "example.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name, *text;
} examples[] = {
#define EXAMPLE(name, text) {name, text},
#include "examples.def"
#undef EXAMPLE
};

const char *example_of(const char *name) {
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (strcmp(examples[i].name, name) == 0) return examples[i].text;
    }
    return NULL;
}
