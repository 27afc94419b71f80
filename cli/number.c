#include "number.h"

#include "text.h"

static int digit_of(char c, unsigned base) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    return digit < (int)base ? digit : -1;
}

static unsigned unit_shift(char c) {
    switch (c) {
    case 'p': return 12;
    case 'k': return 10;
    case 'm': return 20;
    case 'g': return 30;
    case 't': return 40;
    default: return 0;
    }
}

static const char *digits(const char *s, size_t left, size_t *at, unsigned base, uint64_t *value) {
    size_t i = *at;
    for (bool any = false;; any = true) {
        if (any && i + 1 < left && s[i] == '_' && digit_of(s[i + 1], base) >= 0) i++;
        int digit = i < left ? digit_of(s[i], base) : -1;
        if (digit < 0) {
            *at = i;
            return any ? NULL : "digits are missing";
        }
        if (*value > (UINT64_MAX - (uint64_t)digit) / base) return "the number does not fit in 64 bits";
        *value = *value * base + (uint64_t)digit;
        i++;
    }
}

const char *number_parse(const char *s, size_t left, struct number *number) {
    bool hex = left > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
    size_t at = hex ? 2 : 0;
    *number = (struct number){0};
    const char *why = digits(s, left, &at, hex ? 16 : 10, &number->value);
    if (why) return why;
    unsigned shift = at < left ? unit_shift(s[at]) : 0;
    if (shift) {
        at++;
        number->unit = true;
        if (number->value > UINT64_MAX >> shift) return "the number does not fit in 64 bits";
        number->value <<= shift;
    }
    if (at < left && is_name_char(s[at])) return "a number is followed by a letter that is no unit (units: p k m g t)";
    number->length = at;
    return NULL;
}
