# shellcheck shell=sh
# Our own script cases: tests/scripts/*.zxp. Without the program every file counts as a failure.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
passed=0 failed=0 skipped=0
for script in tests/scripts/*.zxp; do
    [ -f "$script" ] || continue
    log=$ZXP_TMP/$(basename "$script").log
    run_limited 60 "$repl" --tap "$script" >"$log" 2>&1
    status=$?
    # shellcheck disable=SC2046 # three numbers
    set -- $(tally "$log" $status)
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    echo "# $script: $1 passed, $2 failed, exit status $status"
    [ "$2" -eq 0 ] || grep -v '^ok' "$log" | head -n 100
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
