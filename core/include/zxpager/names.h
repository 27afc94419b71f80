/*
 * names.h - the constants of the modelled kernel interface by name.
 *
 * The list is core/constants.def, the values are those of <zxpager/zircon.h> (chapter 1 of the specification). All data
 * behind these functions is constant: they keep no state, allocate nothing, never fail otherwise than said, and may be
 * called from any thread at any time.
 */
#ifndef ZXPAGER_NAMES_H
#define ZXPAGER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zxpager/zircon.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The value of a constant, for example "ZX_VMO_TRAP_DIRTY".
 *
 * name    the name, exact in case; need not end in NUL. May be NULL if length is 0.
 * length  bytes of name, without a NUL; any value.
 * value   receives the value widened to 64 bits: a signed constant (a status, a time) is sign-extended, so that
 *         ZX_ERR_IO gives 0xFFFFFFFFFFFFFFD8 and can be passed as the data of ZX_PAGER_OP_FAIL (chapter 1
 *         section 11.1). Not written if the name is unknown. May be NULL, to ask only whether the name exists.
 *
 * Returns true if the constant exists.
 */
bool zxp_constant_by_name(const char *name, size_t length, uint64_t *value);

/*
 * The name of a status (chapter 1 section 2), for example "ZX_ERR_IO" for -40 and "ZX_OK" for 0; NULL for a value that
 * no status has, such as the retired -5. The string is static: the caller must not change or free it.
 */
const char *zxp_status_name(zx_status_t status);

/* How many constants there are; at least 1. */
size_t zxp_constant_count(void);

/*
 * The name of constant number i, counted from 0 in the order of core/constants.def (by
 * group, not by alphabet); NULL if i is not below zxp_constant_count(). Numbers are no
 * part of the interface: they may differ in the next version. The string is static.
 */
const char *zxp_constant_name(size_t i);

#ifdef __cplusplus
}
#endif

#endif /* ZXPAGER_NAMES_H */
