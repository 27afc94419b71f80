# shellcheck shell=sh
# The oracle agrees with the core after each statement of the script suites (tests/tools/beside.h).
"$ZXP_BUILD/tests/beside-oracle" tests/scripts/*.zxp corpus/conformance/*.zxp
