/*
 * fuzz_script.c - the language front end on hostile text: lexer, parser,
 * evaluator, interpreter. No files, few statements, little memory.
 */
#include <string.h>

#include "../../cli/interp.h"
#include "targets.h"

enum { MAX_TEXT = 8192, MAX_STEPS = 500, MAX_WORLD = 4 << 20 };

/* Exploring has limits of its own, and takes long. */
static bool takes_long(const uint8_t *data, size_t size) {
    static const char *const words[] = {"explore", "reach"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        size_t n = strlen(words[w]);
        for (size_t i = 0; i + n <= size; i++) {
            if (memcmp(data + i, words[w], n) == 0) return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > MAX_TEXT || takes_long(data, size)) return 0;
    struct interp in;
    struct interp_options options = {.no_files = true, .max_steps = MAX_STEPS, .memory_limit = MAX_WORLD};
    interp_init(&in, &options);
    interp_run(&in, source_create("input", (const char *)data, size));
    interp_finish(&in);
    interp_clear(&in);
    return 0;
}
