# shellcheck shell=sh
# Scripts that are wrong: each gives one message with file, line, column and a caret, and exit status 2. Expectations that do not hold:
# each tells the statement, what was expected and what came, with exit status 1. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}
script=$tmp/bad.zxp

# settle NAME: the verdict; a problem is shown with the beginning of what was told.
settle() {
    { [ -z "$problem" ] || echo "$problem"; head -c 1000 "$tmp/bad.err"; } >"$tmp/shown"
    [ -z "$problem" ]
    verdict "$1" $? "$tmp/shown"
}

# judge NAME EXPECTED-PLACE MESSAGE STATUS: looks at $tmp/bad.err.
judge() {
    problem=
    [ "$4" -eq 2 ] || problem="exit status $4"
    [ "$(grep -c ': error: ' "$tmp/bad.err")" -eq 1 ] || problem="$problem; not one message"
    grep -F -q -- "bad.zxp:$2: error: " "$tmp/bad.err" || problem="$problem; not at $2"
    grep -F -q -- "$3" "$tmp/bad.err" || problem="$problem; another message"
    column=${2#*:}
    caret=$(sed -n '3s/\^.*//p' "$tmp/bad.err" | tr -d '\n' | wc -m)
    [ "$caret" -eq $((column + 1)) ] || problem="$problem; caret under column $((caret - 1))"
    settle "$1"
}

while IFS='|' read -r place _ message input; do
    case $place in '#'*) continue ;; esac
    printf '%b\n' "$input" >"$script"
    run_limited 20 "$repl" "$script" >"$tmp/bad.out" 2>"$tmp/bad.err"
    judge "$input" "$place" "$message" $?
done <tests/badinput/table.txt

# ---- Expectations that do not hold ----

while IFS='|' read -r came input; do
    case $came in '#'*) continue ;; esac
    printf '%s\n' "$input" >"$script"
    run_limited 20 "$repl" "$script" >"$tmp/bad.out" 2>"$tmp/bad.err"
    [ $? -eq 1 ] && [ ! -s "$tmp/bad.err" ] && [ "$(grep -c 'bad.zxp:1: failed: ' "$tmp/bad.out")" -eq 1 ] &&
        grep -q '^  expected: .' "$tmp/bad.out" && grep -F -x -q -- "  came:     $came" "$tmp/bad.out"
    verdict "fails: $input" $? "$tmp/bad.out"
done <tests/badinput/failed.txt

# ---- The rest: long, without end, files and options ----

# ends STATUS COMMAND...: within a minute, with this exit status; an error is told in one message. What is wrong stands in $problem.
ends() {
    want=$1
    shift
    run_limited 60 "$@" >"$tmp/bad.out" 2>"$tmp/bad.err" </dev/null
    got=$?
    problem=
    [ $got -eq "$want" ] || problem="exit status $got"
    [ "$(grep -c 'error: ' "$tmp/bad.err")" -eq $((want == 2)) ] || problem="$problem; not one message"
}

# good NAME STATUS COMMAND...
good() {
    title=$1
    shift
    ends "$@"
    settle "$title"
}

# refused NAME MESSAGE COMMAND...: status 2 and that message. A message about a script begins with FILE:LINE:COLUMN; below it stand a
# part of the line and a caret.
refused() {
    message=$2
    title=$1
    shift 2
    ends 2 "$@"
    grep -F -q -- "$message" "$tmp/bad.err" || problem="$problem; another message"
    case $message in
    *:*:*': error: '*) sed -n '3p' "$tmp/bad.err" | grep -q '^ *^$' || problem="$problem; no caret" ;;
    esac
    settle "$title"
}

repeat() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }

# ---- Long and deep ----

{ printf 'let x = '; repeat 100000 '('; printf 1; repeat 100000 ')'; echo; } >"$script"
good "100,000 nested parentheses" 0 "$repl" "$script"
{ printf 'let x = '; repeat 100000 '('; echo; } >"$script"
refused "100,000 open parentheses" "bad.zxp:1:100009: error: a number or a name is missing here" "$repl" "$script"
{ printf 'let x = 1'; repeat 100000 ')'; echo; } >"$script"
refused "100,000 closed parentheses" "bad.zxp:1:10: error: \`)' without \`('" "$repl" "$script"
{ printf 'read v '; repeat 100000 '['; echo; } >"$script"
refused "100,000 open brackets" "bad.zxp:1:6: error: unbound name \`v'" "$repl" "$script"
{ printf 'let x = '; repeat 1000000 '-'; echo 1; } >"$script"
good "a line of 1 MB" 0 "$repl" "$script"
{ printf 'let x = '; repeat 1000000 '-'; echo y; } >"$script"
refused "a line of 1 MB with a mistake at its end" "bad.zxp:1:1000009: error: unbound name \`y'" "$repl" "$script"
{ repeat 1000000 'x'; echo; } >"$script"
refused "a word of 1 MB" "bad.zxp:1:1: error: unknown command \`xxx" "$repl" "$script"
{ repeat 1000001 '"'; echo; } >"$script"
refused "a million quotes" "bad.zxp:1:1: error: unknown command" "$repl" "$script"
{ repeat 300000 '\
'; echo age; } >"$script"
good "300,000 joined lines" 0 "$repl" "$script"
{ repeat 100000 'for i in 0..2;'; repeat 100000 'end;'; echo; } >"$script"
refused "100,000 nested loops" "bad.zxp:1:1: error: blocks nest more than" "$repl" "$script"
# shellcheck disable=SC2016 # the dollar is the script's
printf 'def f a\nf $a+$a\nend\nf 1\n' >"$script"
refused "a statement that doubles" "bad.zxp:2:1: error: this statement is longer than" "$repl" "$script"

# ---- Without end ----

printf 'for i in 0..~0\nend\n' >"$script"
refused "--max-steps ends a long loop" "bad.zxp:2:1: error: more than 1000 steps" "$repl" --max-steps 1000 "$script"
printf 'for i in 0..0xffffffffffffffff\n  advance 1\nend\n' >"$script"
# shellcheck disable=SC2016 # for the inner shell
refused "a loop of 2^64 turns, interrupted" "error: interrupted" sh -c \
    '"$0" "$1" & { sleep 0.5; kill -INT $!; }; wait $!' "$repl" "$script"
grep -q '^.*bad.zxp:[23]:[13]: error: interrupted' "$tmp/bad.err"
verdict "it tells where it was interrupted" $? "$tmp/bad.err"
echo 'source bad.zxp' >"$script"
refused "a script that sources itself" "bad.zxp:1:8: error: \`$script' sources itself" "$repl" "$script"
echo 'source bad.zxp' >"$tmp/other.zxp"
echo 'source other.zxp' >"$script"
refused "a script that sources one that sources it" "other.zxp:1:8: error: \`$script' sources itself" "$repl" "$script"
depth=0
while [ $depth -lt 17 ]; do
    echo "source deep$((depth + 1)).zxp" >"$tmp/deep$depth.zxp"
    depth=$((depth + 1))
done
echo 'anon v 1' >"$tmp/deep17.zxp"
refused "scripts 17 deep" "deep16.zxp:1:8: error: files source each other more than 16 deep" "$repl" "$tmp/deep0.zxp"
good "scripts 16 deep" 0 "$repl" "$tmp/deep1.zxp"

# ---- Files and options ----

refused "a directory instead of a script" "/: error: Is a directory" "$repl" /
echo 'source /' >"$script"
refused "a directory as a sourced script" "bad.zxp:1:8: error: /: Is a directory" "$repl" "$script"
refused "a script that is not there" "none.zxp: error: No such file" "$repl" "$tmp/none.zxp"
refused "an unknown option" "unknown option \`--nothing'" "$repl" --nothing
refused "an unknown profile" "unknown profile \`1999'" "$repl" --profile 1999 "$script"
refused "--no-files refuses source" "-c:1:1: error: \`source' is refused" "$repl" --no-files -c 'source x'
refused "--no-files refuses save" "-c:1:1: error: \`save' is refused" "$repl" --no-files -c 'save x'
good "an empty script" 0 "$repl" /dev/null
refused "standard output that is full" "standard output: No space left" sh -c "\"$repl\" --tap /dev/null >/dev/full"
refused "standard output that is closed" "standard output: Bad file descriptor" sh -c "\"$repl\" -c age >&-"
refused "a reader of standard output that leaves" "standard output: Broken pipe" sh -c \
    "{ \"$repl\" --json -c 'for i in 0..20000; age; end'; echo \$? >\"$tmp/status\"; } | head -n 1; exit \$(cat \"$tmp/status\")"
good "a failed expectation" 1 "$repl" -c 'anon v 1 => blocked'
run_limited 60 "$repl" --check tests/badinput/table.txt >"$tmp/bad.out" 2>"$tmp/bad.err"
[ $? -eq 2 ]
verdict "--check finds what it can" $?

plan
