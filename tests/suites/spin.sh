# shellcheck shell=sh
# The explorer and Spin's verifier reach as many states of the small pager, by as many transitions (bench/SPIN.md).
. tests/lib.sh
sh bench/explore.sh --count 1 1 2 1 1 2 2 2 ${ZXP_LONG:+3 2 3 3}
