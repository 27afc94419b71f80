# shellcheck shell=sh
# The event stream tells all that each call of the script suites changes, and nothing that did not happen (tests/tools/events.h).
"$ZXP_BUILD/tests/follow-events" tests/scripts/*.zxp corpus/conformance/*.zxp
