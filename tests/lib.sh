# shellcheck shell=sh
# Shared by tests/run-all and the suites.

# Where the programs are; make sets it.
ZXP_BUILD=${ZXP_BUILD:-build}
export ZXP_BUILD

# tally FILE STATUS: prints "PASSED FAILED SKIPPED" of one output and exit status. The output is TAP, or its last line is "N passed,
# N failed" (", N skipped" may follow), which then counts alone. Never trusting: an output without a result, a TAP plan that does not
# fit what ran, and a bad exit status with no failure shown each count as one failure. (cmocka calls what it skips "not ok N # SKIP".)
tally() {
    awk -v status="$2" '
        { sub(/\r$/, "") }
        /[^ \t]/ { last = $0 }
        /^1\.\.[0-9]+/ { planned += substr($1, 4) + 0; plan = 1; if ($1 == "1..0") skipped += 1 }
        /^ok([^A-Za-z0-9]|$)/ { n++; if (toupper($0) ~ /# *SKIP/) skipped++; else passed++ }
        /^not ok([^A-Za-z0-9]|$)/ { n++; if (toupper($0) ~ /# *(TODO|SKIP)/) skipped++; else failed++ }
        /^Bail out!/ { failed++ }
        END {
            if (last ~ /^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/) {
                split(last, word, " ")
                passed = word[1]; failed = word[3]; skipped = word[5]
                empty = 0
            } else {
                if (plan && planned != n) failed++
                empty = !plan && n == 0
            }
            if (empty || (passed + failed + skipped == 0)) failed++
            if (status != 0 && failed == 0) failed++
            print passed + 0, failed + 0, skipped + 0
        }' "$1"
}

# run_limited SECONDS COMMAND...: ends the command when it takes too long (exit status 124).
run_limited() {
    limit=$1
    shift
    if command -v timeout >/dev/null; then
        timeout --kill-after=5 "$limit" "$@"
    else
        "$@"
    fi
}

# run_script_cases FILE ...: each through the program, its cases counted. Without the program every file counts as a failure.
run_script_cases() {
    passed=0 failed=0 skipped=0
    for script; do
        [ -f "$script" ] || continue
        log=$ZXP_TMP/$(basename "$script").log
        run_limited 60 "$ZXP_BUILD/zxpager-repl" --tap "$script" >"$log" 2>&1
        status=$?
        # shellcheck disable=SC2046 # three numbers
        set -- $(tally "$log" $status)
        passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
        echo "# $script: $1 passed, $2 failed, exit status $status"
        [ "$2" -eq 0 ] || grep -v '^ok' "$log" | head -n 100
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
}

# --- a suite that prints TAP ---

number=0 failed=0

# verdict NAME STATUS [FILE]: a line of TAP; the file is shown if it failed.
verdict() {
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        failed=$((failed + 1))
        echo "not ok $number - $1"
        [ -z "${3-}" ] || sed 's/^/# /' "$3"
    fi
}

# skip NAME REASON: a line of TAP for what cannot be tried here.
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# plan: the last line of TAP, and the suite's exit status.
plan() {
    echo "1..$number"
    [ $failed -eq 0 ]
}

# skip_all REASON: ends a suite of which nothing can be tried here.
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
