/*
 * rules.c - rules.def as data (zxpager/rules.h).
 */
#include "zxpager/rules.h"

#include <string.h>

#define RULE(id, name, status, sentence, chapter) {name, status, sentence, chapter},
static const zxp_rule_info rows[] = {
    {NULL, 0, NULL, NULL}, /* number 0: none */
#include "rules.def"
};
#undef RULE

enum { ROWS = sizeof rows / sizeof rows[0] };

uint16_t zxp_rule_count(void) { return ROWS; }

const zxp_rule_info *zxp_rule_info_of(uint16_t number) { return number == 0 || number >= ROWS ? NULL : &rows[number]; }

uint16_t zxp_rule_by_id(const char *id, size_t length) {
    for (uint16_t i = 1; i < zxp_rule_count(); i++) {
        if (strlen(rows[i].id) == length && memcmp(rows[i].id, id, length) == 0) return i;
    }
    return 0;
}
