# shellcheck shell=sh
# The suites again under AddressSanitizer and UndefinedBehaviorSanitizer (make VARIANT=asan). `make sanitize` runs all of them so.
. tests/lib.sh
[ "$ZXP_BUILD" = build ] || skip_all "only beside the plain build"
${MAKE:-make} --no-print-directory -j2 VARIANT=asan WERROR=1 all tests >"$ZXP_TMP/make.log" 2>&1 || { cat "$ZXP_TMP/make.log"; exit 1; }
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
ZXP_BUILD=build/asan ZXP_JOBS=1 tests/run-all conformance scripts unit rules
