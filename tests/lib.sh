# shellcheck shell=sh
# Shared by tests/run-all and the suites.

# Where the programs are; make sets it.
ZXP_BUILD=${ZXP_BUILD:-build}
export ZXP_BUILD

# tally FILE STATUS: prints "PASSED FAILED SKIPPED" of one output and exit status. The output is TAP, or its last line is "N passed,
# N failed" (", N skipped" may follow), which then counts alone. Never trusting: an output without a result, a TAP plan that does not
# fit what ran, and a bad exit status with no failure shown each count as one failure.
tally() {
    awk -v status="$2" '
        { sub(/\r$/, "") }
        /[^ \t]/ { last = $0 }
        /^1\.\.[0-9]+/ { planned += substr($1, 4) + 0; plan = 1; if ($1 == "1..0") skipped += 1 }
        /^ok([^A-Za-z0-9]|$)/ { n++; if (toupper($0) ~ /# *SKIP/) skipped++; else passed++ }
        /^not ok([^A-Za-z0-9]|$)/ { n++; if (toupper($0) ~ /# *TODO/) skipped++; else failed++ }
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
