/* names.h - what a name is worth: bindings, the constants, and `pager` and `port`, made when first mentioned. */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "interp.h"

/* The binding, after making `pager` or `port` if this is their first mention; NULL if the name is unbound. */
struct binding *names_binding(struct interp *in, const char *name, size_t length);
/* The value of a bound name or a constant. */
bool names_value(struct interp *in, const char *name, size_t length, uint64_t *value);
/* "unknown name", with a suggestion. Returns false. */
bool names_unknown(struct interp *in, struct source *source, size_t at, struct scope *scope, const char *name,
                   size_t length);
/* Binds a name to a handle that a call returned (0: the call failed). `vmo`: it counts as a VMO's name even so. */
void names_bind_handle(struct interp *in, const char *name, size_t length, zx_handle_t handle, bool vmo);
/* Key, pager and port of a VMO; false if no pager made it. */
bool names_fact(const struct interp *in, const struct binding *binding, struct vmo_fact *fact);

#endif
