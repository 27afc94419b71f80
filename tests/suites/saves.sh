# shellcheck shell=sh
# Damaged save files of every world that the script suites make (tests/tools/damaged-saves.c): refused with a reason, or consistent.
"$ZXP_BUILD/tests/damaged-saves" -r 20 tests/scripts/*.zxp corpus/conformance/*.zxp
