#include "mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t asked;

size_t mem_asked(void) { return asked; }

static void *checked(void *memory) {
    if (!memory) {
        (void)fputs("zxpager-repl: error: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

void *mem_alloc(size_t size) {
    asked += size;
    return checked(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t size) {
    asked += size;
    return checked(realloc(old, size ? size : 1));
}

char *mem_copy_text(const char *bytes, size_t length) {
    char *copy = mem_alloc(length + 1);
    if (length) memcpy(copy, bytes, length);
    return copy;
}

void *mem_copy(const void *bytes, size_t size) {
    void *copy = mem_alloc(size);
    if (size) memcpy(copy, bytes, size);
    return copy;
}

void *mem_grow(void *array, size_t count, size_t *capacity, size_t element) {
    if (count < *capacity) return array;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    if (wanted > SIZE_MAX / element) return checked(NULL);
    *capacity = wanted;
    return mem_resize(array, wanted * element);
}

struct pool_block {
    struct pool_block *next;
    size_t used, size;
    max_align_t bytes[];
};

enum { BLOCK_SIZE = 4096 };

void *pool_alloc(struct pool *pool, size_t size) {
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct pool_block *block = pool->blocks;
    if (!block || block->size - block->used < size) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = mem_alloc(sizeof *block + room);
        block->size = room;
        block->next = pool->blocks;
        pool->blocks = block;
    }
    void *memory = (char *)block->bytes + block->used;
    block->used += size;
    return memory;
}

void pool_free(struct pool *pool) {
    while (pool->blocks) {
        struct pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
}
