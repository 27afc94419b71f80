# shellcheck shell=sh
# Every reservation of memory that the script suites make fails once (tests/tools/fail-reservations.c). In make check the calls take
# 25 s at most and the cases 15 s, so that a slow machine sees a sample; make check-long does all.
if [ -n "${ZXP_LONG-}" ]; then
    "$ZXP_BUILD/tests/fail-reservations" tests/scripts/*.zxp corpus/conformance/*.zxp
else
    "$ZXP_BUILD/tests/fail-reservations" -c 25 -r 15 tests/scripts/*.zxp corpus/conformance/*.zxp
fi
