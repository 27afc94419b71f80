/*
 * mem.h - memory of the prompt and script program. Running out of it ends the
 * program with a message and status 2: unlike the core, whose shortage is a status
 * of the model, a script runner without memory has nothing sensible left to do.
 */
#ifndef CLI_MEM_H
#define CLI_MEM_H

#include <stddef.h>

#if defined(__GNUC__)
#define MEM_NEVER_NULL __attribute__((returns_nonnull))
#else
#define MEM_NEVER_NULL
#endif

MEM_NEVER_NULL void *mem_alloc(size_t size); /* zeroed */
MEM_NEVER_NULL void *mem_resize(void *old, size_t size);
/* A copy of length bytes with a NUL behind. */
char *mem_copy_text(const char *bytes, size_t length);
void *mem_copy(const void *bytes, size_t size);
/* Makes room for one more element of an array that has `count` of `*capacity`. Returns the array. */
void *mem_grow(void *array, size_t count, size_t *capacity, size_t element);
/* Bytes asked for since the start, never falling: what --max-memory compares for the interpreter's own part. */
size_t mem_asked(void);

/* Memory that is freed all at once: what one statement needs while it is parsed. */
struct pool {
    struct pool_block *blocks;
};
void *pool_alloc(struct pool *pool, size_t size);
void pool_free(struct pool *pool);

#endif
