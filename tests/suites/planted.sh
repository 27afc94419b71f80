# shellcheck shell=sh
# Planted bugs (fuzz/planted/bugs.txt): every one still has its place in the core. In the long round also: the core with all of them builds,
# one that must be found at once is found (the canary: it proves that the alarm works), the suites and the corpus alone find at
# least 50.
. tests/lib.sh
build=${ZXP_BUILD:-build}
mkdir -p "$ZXP_TMP/src"
awk -v out="$ZXP_TMP/src" -f fuzz/planted/plant.awk fuzz/planted/bugs.txt >"$ZXP_TMP/log" 2>&1
verdict "every planted bug has its place" $? "$ZXP_TMP/log"
if [ -z "${ZXP_LONG:-}" ] || [ $failed -gt 0 ]; then
    plan
    exit
fi

${MAKE:-make} --no-print-directory -s "$build/planted/zxpager-repl" "$build/planted/run_ops" >"$ZXP_TMP/log" 2>&1
verdict "the core with planted bugs builds" $? "$ZXP_TMP/log"
[ $failed -eq 0 ] || { plan; exit; }
fuzz/planted/run "$build/planted" 0 28 >"$ZXP_TMP/canary"
grep -q 'suites RTD' "$ZXP_TMP/canary"
verdict "the canary is found" $? "$ZXP_TMP/canary"
fuzz/planted/run "$build/planted" 0 >"$ZXP_TMP/found"
found=$(sed -n 's/.*suites find \([0-9]*\),.*/\1/p' "$ZXP_TMP/found")
[ "${found:-0}" -ge 50 ]
verdict "the suites find ${found:-0} planted bugs" $? "$ZXP_TMP/found"
found=$(sed -n 's/.* the corpus \([0-9]*\),.*/\1/p' "$ZXP_TMP/found")
[ "${found:-0}" -ge 50 ]
verdict "the corpus alone finds ${found:-0} planted bugs" $? "$ZXP_TMP/found"
# Those that show within the bounds of explore are found there, each with a shortest script.
found=$(sed -n 's/.* explore \([0-9]*\),.*/\1/p' "$ZXP_TMP/found")
[ "${found:-0}" -ge 25 ]
verdict "explore finds ${found:-0} planted bugs" $? "$ZXP_TMP/found"
plan
