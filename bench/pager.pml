/*
 * pager.pml - the small pager of SPIN.md for Spin: pages N, client threads T, one VMO with TRAP_DIRTY.
 *
 *     spin -DN=2 -DT=2 -a pager.pml; cc -O3 -DSAFETY -o pan pan.c; ./pan
 *
 * Each step is one d_step of one process, so the states that the verifier stores are those of SPIN.md and nothing else.
 * What is hidden is scratch and no part of a state.
 */
#ifndef N
#define N 2
#endif
#ifndef T
#define T 2
#endif

#define ABSENT 0
#define CLEAN 1
#define DIRTY 2
#define AWAITING 3

#define READY 0
#define READS 1        /* in a read, for the page to come */
#define WRITES 2       /* in a write, for the page to come */
#define WANTS_DIRTY 3  /* in a write, for leave to make the page dirty */

byte page[N];
byte does[T];
byte at[T];    /* page waited for; 0 when READY */
byte rank[T];  /* 0: owner of its request; else the how-manieth attached to it */
byte queue[T]; /* owners, thread + 1, in order; the first one's packet is in the port */
bit detached, complete;

hidden byte i, k, n, r;

/* Thread t waits (kind) for page p: a request of its own, or attached to the one there is. */
inline ask(t, kind, p) {
    n = 0;
    for (i : 0 .. T - 1) {
        if
        :: does[i] != READY && (does[i] == WANTS_DIRTY) == (kind == WANTS_DIRTY) && at[i] == p -> n++
        :: else
        fi
    }
    does[t] = kind;
    at[t] = p;
    rank[t] = n;
    if
    :: n == 0 ->
        i = 0;
        do
        :: queue[i] != 0 -> i++
        :: else -> break
        od;
        queue[i] = t + 1
    :: else
    fi;
    i = 0
}

inline read(t, p) {
    if
    :: page[p] == ABSENT && !detached -> ask(t, READS, p)
    :: else
    fi
}

inline write(t, p) {
    if
    :: detached || page[p] == DIRTY
    :: !detached && page[p] == ABSENT -> ask(t, WRITES, p)
    :: else -> ask(t, WANTS_DIRTY, p)
    fi
}

inline free(t) {
    does[t] = READY;
    at[t] = 0;
    rank[t] = 0
}

/* The owner t has its answer: its place in the queue is given up. */
inline leave_queue(t) {
    i = 0;
    do
    :: i < T && queue[i] != t + 1 -> i++
    :: else -> break
    od;
    do
    :: i < T - 1 -> queue[i] = queue[i + 1]; i++
    :: i == T - 1 -> queue[i] = 0; break
    :: else -> break
    od
}

/* Threads that wait for page p (want_dirty: for leave) go on: those attached in their order, then the owner. */
inline answer(p, want_dirty, again) {
    for (k : 0 .. T - 1) {
        if
        :: does[k] != READY && (does[k] == WANTS_DIRTY) == want_dirty && at[k] == p && rank[k] == 0 -> leave_queue(k)
        :: else
        fi
    }
    for (r : 1 .. T) {
        for (k : 0 .. T - 1) {
            if
            :: does[k] != READY && (does[k] == WANTS_DIRTY) == want_dirty && at[k] == p && rank[k] == r % T ->
                if
                :: again && does[k] == WRITES -> free(k); write(k, p)
                :: else -> free(k)
                fi;
                break
            :: else
            fi
        }
    }
    k = 0;
    r = 0
}

inline supply(p) {
    if
    :: !detached && page[p] == ABSENT -> page[p] = CLEAN; answer(p, 0, true)
    :: else
    fi
}

inline fail(p) {
    answer(p, 0, false);
    answer(p, 1, false)
}

inline dirty(p) {
    if
    :: !detached && page[p] != ABSENT -> page[p] = DIRTY; answer(p, 1, false)
    :: else
    fi
}

inline writeback_begin(p) {
    if
    :: page[p] == DIRTY -> page[p] = AWAITING
    :: else
    fi
}

inline writeback_end(p) {
    if
    :: page[p] == AWAITING -> page[p] = CLEAN
    :: else
    fi
}

inline next() {
    if
    :: complete -> complete = 0
    :: else ->
        i = 0;
        do
        :: i < T - 1 -> queue[i] = queue[i + 1]; i++
        :: else -> queue[i] = 0; break
        od
    fi
}

inline detach() {
    if
    :: !detached ->
        detached = 1;
        complete = 1;
        for (k : 0 .. T - 1) {
            free(k);
            queue[k] = 0
        }
    :: else
    fi
}

#define CLIENT(t, p)                              \
    :: d_step { does[t] == READY -> read(t, p) }  \
    :: d_step { does[t] == READY -> write(t, p) }
#if T > 2
#define CLIENTS(p) CLIENT(0, p) CLIENT(1, p) CLIENT(2, p)
#elif T > 1
#define CLIENTS(p) CLIENT(0, p) CLIENT(1, p)
#else
#define CLIENTS(p) CLIENT(0, p)
#endif
#define PAGE(p)                              \
    CLIENTS(p)                               \
    :: d_step { true -> supply(p) }          \
    :: d_step { true -> fail(p) }            \
    :: d_step { true -> dirty(p) }           \
    :: d_step { true -> writeback_begin(p) } \
    :: d_step { true -> writeback_end(p) }

active proctype steps() {
    do
    PAGE(0)
#if N > 1
    PAGE(1)
#endif
#if N > 2
    PAGE(2)
#endif
#if N > 3
    PAGE(3)
#endif
    :: d_step { true -> next() }
    :: d_step { true -> detach() }
    od
}
