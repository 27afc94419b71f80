# shellcheck shell=sh
# Every lesson: its goal does not hold at the start, its own solution reaches it within its par, wrong ways do not, and its hints can be
# typed. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}
export XDG_STATE_HOME="$tmp/state" ZXP_LESSONS="$PWD/docs/lessons"

# play: the lines of standard input at the prompt.
play() {
    cat >"$tmp/input"
    run_limited 60 "$repl" --no-color --play "$tmp/input" >"$tmp/log" 2>&1
}

# block FILE KIND: the lines of one block.
block() {
    awk -v open="\`\`\`zxp $2" '/^```/ { inside = $0 == open; next } inside' "$1"
}

lesson=0
for file in docs/lessons/[0-9]*.md; do
    lesson=$((lesson + 1))
    name=$(basename "$file" .md)
    par=$(sed -n 's/^Par: //p' "$file")

    printf 'lesson %d\nlesson goal\n' $lesson | play
    grep -q '^the goal does not hold yet$' "$tmp/log" && ! grep -q ':[0-9]*: error: ' "$tmp/log"
    verdict "$name: begins, and is not solved by that" $? "$tmp/log"

    { echo "lesson $lesson" && block "$file" solution; } | play
    used=$(sed -n "s/^Solved: lesson $lesson in \([0-9]*\) statement.*/\1/p" "$tmp/log")
    [ -n "$used" ] && [ "$used" -le "$par" ] && ! grep -q ':[0-9]*: error: ' "$tmp/log"
    verdict "$name: its solution reaches the goal within par" $? "$tmp/log"

    last=$(block "$file" solution | tail -n 1)
    [ "$(sed -n '/^Solved/,$p' "$tmp/log" | grep -c '^zxpager>')" -eq 0 ] && grep -qF "zxpager> $last" "$tmp/log"
    verdict "$name: its solution has no step too many" $? "$tmp/log"

    ways=$(grep -c '^```zxp wrong' "$file") way=0 solved=0
    while [ $way -lt "$ways" ]; do
        way=$((way + 1))
        { echo "lesson $lesson" && awk -v way=$way '/^```/ { inside = $0 == "```zxp wrong" && ++n == way; next } inside' "$file"; } | play
        ! grep -q -e '^Solved' -e ':[0-9]*: error: ' "$tmp/log" || { solved=1; cp "$tmp/log" "$tmp/solved"; }
    done
    [ $solved -eq 0 ] || cp "$tmp/solved" "$tmp/log"
    [ "$ways" -gt 0 ] && [ $solved -eq 0 ]
    verdict "$name: $ways wrong ways do not reach the goal" $? "$tmp/log"

    # shellcheck disable=SC2016 # backticks of Markdown
    grep '^Hint: ' "$file" | grep -o '`[^`]*`' | tr -d '`' | grep ' ' | grep -v -e '\.\.\.' >"$tmp/hints.zxp"
    { block "$file" start && block "$file" solution; } >>"$tmp/hints.zxp"
    [ -s "$tmp/hints.zxp" ] && "$repl" --check "$tmp/hints.zxp" >"$tmp/log" 2>&1
    verdict "$name: start, hints and solution parse" $? "$tmp/log"
done

printf 'lesson\n' | play
[ "$(grep -c 'solved in' "$tmp/log")" -eq $lesson ] && [ $lesson -ge 12 ]
verdict "the list shows that all were solved" $? "$tmp/log"

[ "$(stat -c %a "$XDG_STATE_HOME/zxpager/lessons")" = 600 ]
verdict "the progress is its owner's alone" $? "$tmp/log"

printf 'lesson 1\nt1: read v 0\nt2: read v 1\nnext\nnext\nlesson\n' | play
grep -q '^ 1 .*solved in 2 ' "$tmp/log"
verdict "a longer way counts too, and does not spoil the best one" $? "$tmp/log"

printf 'lesson 3\nsupply v 1\nundo\nsupply v 0 2\nlesson\n' | play
grep -q '^Solved: lesson 3 in 1 statement (par 1)' "$tmp/log"
verdict "what was taken back does not count" $?

printf 'lesson 1\nt1: read v 0\nlesson goal\n' | play
grep -q '^  holds    blocked t1$' "$tmp/log" && grep -q '^  not yet  packets none$' "$tmp/log"
verdict "lesson goal tells what is missing" $?

printf 'lesson 2\nhint\nhint\nhint\nlesson text\nlesson skip\nlesson goal\n' | play
grep -q '(1 of 2)' "$tmp/log" && grep -q '^supply v 1 2$' "$tmp/log" && grep -q '^Lesson 3' "$tmp/log"
verdict "hints, the text again, and the next lesson" $? "$tmp/log"

printf 'hint\n' | play
grep -q 'no lesson is under way' "$tmp/log"
verdict "a hint without a lesson is told" $? "$tmp/log"

printf 'lesson 99\n' | play
grep -q 'no such lesson' "$tmp/log"
verdict "a lesson that does not exist is told" $? "$tmp/log"

printf 'lesson\n' | ZXP_LESSONS=/nonexistent play
grep -q 'no lessons were found' "$tmp/log"
verdict "without lessons" $? "$tmp/log"

plan
