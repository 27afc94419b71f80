# shellcheck shell=sh
# Format and shell scripts in every check; clang-tidy, which takes minutes, in make check-long. TAP.
. tests/lib.sh
[ "$ZXP_BUILD" = build ] || skip_all "once is enough"
target=lint-quick
[ -z "${ZXP_LONG-}" ] || target=lint
${MAKE:-make} --no-print-directory "$target" >"$ZXP_TMP/log" 2>&1
status=$?
grep -E -A 3 'error:|warning:|line [0-9]+:$' "$ZXP_TMP/log" >"$ZXP_TMP/found"
verdict "make $target" $status "$ZXP_TMP/found"
plan
