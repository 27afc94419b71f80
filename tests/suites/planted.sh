# shellcheck shell=sh
# Planted bugs (fuzz/planted/bugs.txt): every one still has its place in the core. In the long round also: the core with all of them builds,
# one that must be found at once is found (the canary: it proves that the alarm works), and the suites find at least 50.
. tests/lib.sh
build=${ZXP_BUILD:-build}
mkdir -p "$ZXP_TMP/src"
if [ -n "${ZXP_LONG:-}" ]; then echo 1..5; else echo 1..1; fi
if awk -v out="$ZXP_TMP/src" -f fuzz/planted/plant.awk fuzz/planted/bugs.txt >"$ZXP_TMP/plant.log" 2>&1; then
    echo "ok 1 - every planted bug has its place"
else
    echo "not ok 1 - every planted bug has its place"
    sed 's/^/# /' "$ZXP_TMP/plant.log"
    exit 1
fi
[ -n "${ZXP_LONG:-}" ] || exit 0

if ${MAKE:-make} --no-print-directory -s "$build/planted/zxpager-repl" >"$ZXP_TMP/planted.log" 2>&1; then
    echo "ok 2 - the core with planted bugs builds"
else
    echo "not ok 2 - the core with planted bugs builds"
    exit 1
fi
fuzz/planted/run "$build/planted" 0 28 >"$ZXP_TMP/canary"
grep -q 'suites RTD' "$ZXP_TMP/canary" || printf 'not '
echo "ok 3 - the canary is found"
fuzz/planted/run "$build/planted" 0 >"$ZXP_TMP/found"
found=$(sed -n 's/.*suites find \([0-9]*\),.*/\1/p' "$ZXP_TMP/found")
[ "${found:-0}" -ge 50 ] || printf 'not '
echo "ok 4 - the suites find ${found:-0} planted bugs"
# Those that show within the bounds of explore are found there, each with a shortest script.
found=$(sed -n 's/.* explore \([0-9]*\),.*/\1/p' "$ZXP_TMP/found")
[ "${found:-0}" -ge 25 ] || printf 'not '
echo "ok 5 - explore finds ${found:-0} planted bugs"
