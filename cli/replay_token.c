/*
 * replay_token.c - programs as words (replay.h): "zx1" and base64url of the bytes, in which a zero byte is followed by
 * how many more zeros stand there.
 */
#include <string.h>

#include "replay.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char prefix[] = "zx1";

static void pack(const uint8_t *bytes, size_t length, struct buf *out) {
    for (size_t i = 0; i < length;) {
        size_t zeros = 0;
        while (i + zeros < length && zeros < 256 && bytes[i + zeros] == 0) zeros++;
        buf_char(out, (char)bytes[i]);
        if (zeros > 0) buf_char(out, (char)(zeros - 1));
        i += zeros > 0 ? zeros : 1;
    }
}

static size_t unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t capacity) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        size_t count = packed[i] != 0 ? 1 : i + 1 < length ? (size_t)packed[i + 1] + 1 : 1;
        if (count > capacity - n) return n;
        memset(bytes + n, packed[i], count);
        n += count;
        i += packed[i] == 0;
    }
    return n;
}

void replay_token(const struct fuzz_program *program, struct buf *out) {
    uint8_t bytes[FUZZ_MAX_BYTES];
    struct buf packed = {0};
    pack(bytes, fuzz_encode(program, bytes, sizeof bytes), &packed);
    buf_text(out, prefix);
    for (size_t i = 0; i < packed.n; i += 3) {
        uint32_t three = 0;
        size_t left = packed.n - i < 3 ? packed.n - i : 3;
        for (size_t k = 0; k < 3; k++) three = three << 8 | (k < left ? (uint8_t)packed.s[i + k] : 0u);
        for (size_t k = 0; k <= left; k++) buf_char(out, digits[three >> (18 - 6 * k) & 63]);
    }
    buf_free(&packed);
}

bool replay_from_token(const char *token, struct fuzz_program *program) {
    uint8_t bytes[FUZZ_MAX_BYTES];
    struct buf packed = {0};
    uint32_t bits = 0, held = 0;
    bool sound = strncmp(token, prefix, strlen(prefix)) == 0;
    for (const char *c = token + strlen(prefix); sound && *c; c++) {
        const char *digit = strchr(digits, *c);
        sound = digit != NULL;
        if (!sound) break;
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        buf_char(&packed, (char)(bits >> held & 0xFF));
    }
    if (sound) fuzz_decode(bytes, unpack((const uint8_t *)buf_string(&packed), packed.n, bytes, sizeof bytes), program);
    buf_free(&packed);
    return sound;
}
