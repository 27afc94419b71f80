#!/bin/sh
# The explorer and Spin's verifier on the small pager of SPIN.md, one after the other, on one core: make bench-explore.
#
#   bench/explore.sh [--count] [PAGES THREADS]...      default: 3 3 4 3; --count: numbers alone, as TAP
#
# Seconds are those of the processor, so that others on the machine count less. Spin makes its stack and its table
# before it begins to search: it is timed with a stack and a table that are just as large as this search needs.
# The verifier is built -O3 -DSAFETY and searches depth first, as it does without options.
set -eu
build=${ZXP_BUILD:-build}
count=
if [ "${1-}" = --count ]; then count=1 && shift; fi
[ $# -gt 0 ] || set -- 3 3 4 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=$PWD/bench/pager.pml
engine=$build/bench/explore_race
if [ -n "$count" ]; then engine=$build/bench/explore_spin; fi
one_core=
if command -v taskset >/dev/null; then one_core="taskset -c 0"; fi

search() { # OPTION...
    # shellcheck disable=SC2086 # a command and its words, or nothing
    ($one_core "$work/pan" "$@" >"$work/spin" && times >"$work/times")
    if ! grep -q 'errors: 0' "$work/spin" || grep -q 'max search depth too small' "$work/spin"; then
        cat "$work/spin" >&2
        return 1
    fi
}

verifier() { # PAGES THREADS
    (cd "$work" && spin "-DN=$1" "-DT=$2" -a "$model" >/dev/null && ${CC:-gcc} -w -O3 -DSAFETY -o pan pan.c)
    search -m4000000
    spin_states=$(awk '/states, stored/ { print $1 }' "$work/spin")
    # The first transition of Spin enters the loop of the process; it is no step of the pager.
    spin_transitions=$(awk '/transitions \(/ { print $1 - 1 }' "$work/spin")
}

compare() { # PAGES THREADS: TAP
    n=$((n + 1))
    verifier "$1" "$2"
    want="$spin_states states, $spin_transitions transitions"
    have=$("$engine" "$1" "$2")
    have_states=$("$engine" "$1" "$2" state | sed 's/ states.*//')
    if [ "$want" = "$have" ] && [ "$spin_states" = "$have_states" ]; then
        echo "ok $n - $1 pages, $2 threads: $have"
    else
        echo "not ok $n - $1 pages, $2 threads: Spin $want; explore $have; by the STATE form $have_states states"
    fi
}

race() { # PAGES THREADS
    verifier "$1" "$2"
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' "$work/spin")
    log_of_slots=10
    while [ $((1 << log_of_slots)) -lt $((2 * spin_states)) ]; do log_of_slots=$((log_of_slots + 1)); done
    search "-m$((depth + 10))" "-w$log_of_slots"
    # shellcheck disable=SC2086
    $one_core "$engine" "$1" "$2" pace >"$work/engine"
    awk -v pages="$1" -v threads="$2" -v spin_seconds="$(sed -n "2s/s .*//; 2s/^.*m//p" "$work/times")" '
        FNR == NR && /states, stored/ { spin = $1 }
        FNR == NR && /actual memory usage for states/ { spin_memory = $1 * 1048576 }
        FNR == NR { next }
        FNR == 1 { states = $1; transitions = $3 }
        FNR == 2 { seconds = $1; memory = $7 * states }
        END {
            spin_seconds += 0
            if (spin_seconds < 0.01) spin_seconds = 0.01 # it tells no less
            printf "%d pages, %d threads: %d states, %d transitions\n", pages, threads, states, transitions
            line = "%-8s %11.0f states/s  %8.2f s  %6.1f bytes a state"
            printf "  " line "%s\n", "Spin", spin / spin_seconds, spin_seconds, spin_memory / spin,
                   spin == states ? "" : "  OTHER STATES: " spin
            printf "  " line "\n", "explore", states / seconds, seconds, memory / states
            printf "  %-8s %11.2f\n", "ratio", states / seconds / (spin / spin_seconds)
        }' "$work/spin" "$work/engine"
}

n=0
while [ $# -ge 2 ]; do
    if [ -n "$count" ]; then compare "$1" "$2"; else race "$1" "$2"; fi
    shift 2
done
[ -z "$count" ] || echo "1..$n"
