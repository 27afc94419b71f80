# shellcheck shell=sh
# The suites again, with an arena that moves and whose old place is poisoned at each reservation (make VARIANT=move).
. tests/lib.sh
[ "$ZXP_BUILD" = build ] || skip_all "only beside the plain build"
${MAKE:-make} --no-print-directory -j2 VARIANT=move WERROR=1 all tests >"$ZXP_TMP/make.log" 2>&1 || { cat "$ZXP_TMP/make.log"; exit 1; }
ZXP_BUILD=build/move ZXP_JOBS=1 tests/run-all conformance scripts unit
