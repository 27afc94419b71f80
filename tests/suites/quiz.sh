# shellcheck shell=sh
# The quiz: the same seed asks the same, every question can be answered, and the session's world is left alone. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}

play() {
    cat >"$tmp/input"
    run_limited 60 "$repl" --no-color --play "$tmp/input" >"$tmp/log" 2>&1
}

# round SEED ANSWER: forty questions, all answered alike.
round() {
    { echo "quiz 40 seed=$1" && i=0 && while [ "$i" -lt 40 ]; do echo "answer $2"; i=$((i + 1)); done; } | play
}

for seed in 1 2 3; do
    round $seed blocked
    [ "$(grep -c -E '^(Right|No): (blocked|ZX_OK|ZX_ERR_[A-Z_]*)\.$' "$tmp/log")" -eq 40 ] && ! grep -q ': error: ' "$tmp/log"
    verdict "seed $seed: forty questions, each with its answer" $? "$tmp/log"
    waits=$(grep -c -e '^Right: blocked' "$tmp/log")
    [ "$waits" -gt 0 ] && grep -q "^$waits of 40 right" "$tmp/log"
    verdict "seed $seed: right answers are counted" $? "$tmp/log"
    least=$(sed -n -E -e 's/^(Right|No): (ZX_OK|ZX_ERR|blocked).*/\2/p' "$tmp/log" | sort | uniq -c | sort -n | awk 'NR == 1 { print $1 }')
    [ "$least" -ge 5 ]
    verdict "seed $seed: calls that go well, wait and are refused are asked about alike" $? "$tmp/log"
    cp "$tmp/log" "$tmp/first"
    round $seed blocked
    cmp -s "$tmp/first" "$tmp/log"
    verdict "seed $seed: asks the same again" $? "$tmp/log"
    grep -q 'chapter [1-9]' "$tmp/log" && grep -q 'what it looked at' "$tmp/log"
    verdict "seed $seed: answers are explained" $? "$tmp/log"
done

{ grep '^No: ZX_ERR' "$tmp/first" | sort -u | wc -l; } >"$tmp/kinds"
[ "$(cat "$tmp/kinds")" -ge 3 ]
verdict "several statuses come up" $? "$tmp/log"

round 1 out-of-range
grep -q '^Right: ZX_ERR_OUT_OF_RANGE' "$tmp/log"
verdict "a status may be written short" $? "$tmp/log"

printf 'create v 2\nsupply v 0\nquiz seed=3\nanswer ok\nexpect pages v "C."\nexplain\n' | play
! grep -q 'this was expected' "$tmp/log" && tail -n 40 "$tmp/log" | grep -q 'supply.done'
verdict "the session's world is left alone" $? "$tmp/log"

printf 'quiz 2 seed=7\nblocked\nZX_OK\nblocked\n' | play
[ "$(grep -c -E '^(Right|No): ' "$tmp/log")" -eq 2 ] && grep -q 'unknown command .blocked' "$tmp/log"
verdict "an answer may stand alone while a question is open, and only then" $? "$tmp/log"

printf 'answer ok\nquiz 0\nquiz x\nquiz seed=\n' | play
[ "$(grep -c ': error: ' "$tmp/log")" -eq 4 ]
verdict "misuse is told" $? "$tmp/log"

plan
