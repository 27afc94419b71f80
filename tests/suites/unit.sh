# shellcheck shell=sh
# The unit tests: every cmocka program that tests/unit has a source for. One that was not built counts as a failure.
. tests/lib.sh
export CMOCKA_MESSAGE_OUTPUT=TAP
passed=0 failed=0 skipped=0
for source in tests/unit/*.c; do
    [ -f "$source" ] || continue
    name=$(basename "$source" .c)
    log=$ZXP_TMP/$name.log
    run_limited 120 "$ZXP_BUILD/tests/$name" >"$log" 2>&1
    status=$?
    # shellcheck disable=SC2046 # three numbers
    set -- $(tally "$log" $status)
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    echo "# $name: $1 passed, $2 failed, exit status $status"
    [ "$2" -eq 0 ] || cat "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
