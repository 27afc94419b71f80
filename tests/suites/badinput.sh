# shellcheck shell=sh
# Scripts that are wrong: each gives one message with file, line, column and a caret, and exit status 2. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}
script=$tmp/bad.zxp
number=0 failed=0

# judge NAME EXPECTED-PLACE MESSAGE STATUS: looks at $tmp/bad.err.
judge() {
    number=$((number + 1))
    problem=
    [ "$4" -eq 2 ] || problem="exit status $4"
    [ "$(grep -c ': error: ' "$tmp/bad.err")" -eq 1 ] || problem="$problem; not one message"
    grep -F -q -- "bad.zxp:$2: error: " "$tmp/bad.err" || problem="$problem; not at $2"
    grep -F -q -- "$3" "$tmp/bad.err" || problem="$problem; another message"
    column=${2#*:}
    caret=$(sed -n '3s/\^.*//p' "$tmp/bad.err" | tr -d '\n' | wc -m)
    [ "$caret" -eq $((column + 1)) ] || problem="$problem; caret under column $((caret - 1))"
    if [ -z "$problem" ]; then
        printf 'ok %s - %s\n' "$number" "$1"
    else
        failed=$((failed + 1))
        printf 'not ok %s - %s\n# %s\n' "$number" "$1" "$problem"
        sed 's/^/# /' "$tmp/bad.err"
    fi
}

while IFS='|' read -r place where message input; do
    case $place in '#'*) continue ;; esac
    printf '%b\n' "$input" >"$script"
    run_limited 20 "$repl" "$script" >"$tmp/bad.out" 2>"$tmp/bad.err"
    judge "$input" "$place" "$message" $?
done <tests/badinput/table.txt

# plain NAME STATUS COMMAND...: only the exit status, and that it ends.
plain() {
    number=$((number + 1))
    name=$1 want=$2
    shift 2
    run_limited 60 "$@" >"$tmp/plain.out" 2>"$tmp/plain.err" </dev/null
    got=$?
    if [ $got -eq "$want" ]; then
        echo "ok $number - $name"
    else
        failed=$((failed + 1))
        echo "not ok $number - $name"
        echo "# exit status $got"
        head -c 1000 "$tmp/plain.err" | sed 's/^/# /'
    fi
}

repeat() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }

{ printf 'let x = '; repeat 100000 '('; printf 1; repeat 100000 ')'; echo; } >"$script"
plain "100,000 nested parentheses" 0 "$repl" "$script"
{ printf 'let x = '; repeat 100000 '('; echo; } >"$script"
plain "100,000 open parentheses" 2 "$repl" "$script"
{ printf 'let x = '; repeat 1000000 '-'; echo 1; } >"$script"
plain "a line of 1 MB" 0 "$repl" "$script"
{ repeat 1000000 'x'; echo; } >"$script"
plain "a word of 1 MB" 2 "$repl" "$script"
{ repeat 1000001 '"'; echo; } >"$script"
plain "a million quotes" 2 "$repl" "$script"
{ repeat 300000 '\
'; echo age; } >"$script"
plain "300,000 joined lines" 0 "$repl" "$script"
{ repeat 100000 'for i in 0..2;'; repeat 100000 'end;'; echo; } >"$script"
plain "100,000 nested loops" 2 "$repl" "$script"
# shellcheck disable=SC2016 # the dollar is the script's
printf 'def f a\nf $a+$a\nend\nf 1\n' >"$script"
plain "a statement that doubles" 2 "$repl" "$script"
printf 'for i in 0..~0\nend\n' >"$script"
plain "--max-steps ends a long loop" 2 "$repl" --max-steps 1000 "$script"
plain "a directory instead of a file" 2 "$repl" /
plain "a file that is not there" 2 "$repl" "$tmp/none.zxp"
plain "an unknown option" 2 "$repl" --nothing
plain "an unknown profile" 2 "$repl" --profile 1999 "$script"
plain "--no-files refuses source" 2 "$repl" --no-files -c 'source x'
plain "--no-files refuses save" 2 "$repl" --no-files -c 'save x'
plain "an empty script" 0 "$repl" /dev/null
plain "output that cannot be written" 2 sh -c "\"$repl\" --tap /dev/null >/dev/full"
plain "a failed expectation" 1 "$repl" -c 'anon v 1 => blocked'
plain "--check finds what it can" 2 "$repl" --check tests/badinput/table.txt

echo "1..$number"
[ $failed -eq 0 ]
