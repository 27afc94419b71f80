/*
 * past.h - time travel: the moments of a session, one after each statement that changed something.
 *
 * The moments form a tree. Each remembers only what differs between it and the moment before it: a
 * delta of the world (zxpager/delta.h) and a patch of the session. A mirror, a world of its own,
 * stands at the present moment; crossing the edge between two moments applies its delta to the mirror
 * and keeps the opposite one instead. So an edge on the way from the first moment to the present one
 * leads back, every other one leads forth, and memory grows with what changed, not with the world.
 *
 * A branch is a name for a line of moments up to its head. The present moment lies on the line of the current branch;
 * new moments move the head of that branch, and what no branch leads to any more is forgotten.
 */
#ifndef CLI_PAST_H
#define CLI_PAST_H

#include "interp.h"

#define PAST_NO_MOMENT UINT32_MAX

/* Around each statement that is a step. begin: before it; what changed
 * since the last moment without being a step is put to that one. */
void past_begin(struct interp *in);
/* After it: a new moment behind the present one. */
void past_add(struct interp *in, const char *text, size_t length, const char *came);
/* After an error instead: world and session as they were at past_begin. */
void past_restore(struct interp *in);
void past_clear(struct interp *in);

/* The steps since the first moment, and those that can be done again. */
uint64_t past_depth(const struct interp *in);
uint64_t past_ahead(const struct interp *in);
/* The moment after so many steps of the current branch; PAST_NO_MOMENT if there is none, or if it was forgotten. */
uint32_t past_at(const struct interp *in, uint64_t depth);
/* The first step that is still remembered. */
uint64_t past_first(const struct interp *in);
/* The statement that led to a moment, and what came of it. "" for the first. */
const char *past_text(const struct interp *in, uint32_t moment);
const char *past_came(const struct interp *in, uint32_t moment);
uint32_t past_before(const struct interp *in, uint32_t moment);

/* Goes there: world and session become what they were. The moment must be on the line of the current branch. */
void past_go(struct interp *in, uint32_t moment);
/* The last moment before the present one for which `holds` is true; PAST_NO_MOMENT if there is none. */
uint32_t past_find_back(struct interp *in, bool (*holds)(const void *user, const zxp_world *world), const void *user);
/* World and session of any moment, which the caller owns. False when memory is short. */
bool past_visit(struct interp *in, uint32_t moment, struct snapshot *snapshot);

struct past_branch {
    const char *name;
    uint32_t head;
    uint64_t depth; /* of its head */
    bool current;
};
/* False at the end. */
bool past_branch_at(const struct interp *in, size_t i, struct past_branch *branch);
/* Begins a branch at the present moment and goes on in it. False: there is one of this name. */
bool past_new_branch(struct interp *in, const char *name);
/* Goes to the head of a branch and goes on in it. False: there is none of this name. */
bool past_switch(struct interp *in, const char *name);
/* Bytes that the history takes. */
size_t past_bytes(const struct interp *in);

#endif
