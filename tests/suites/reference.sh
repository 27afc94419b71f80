# shellcheck shell=sh
# The reference is what the tables say, its examples hold, and no link of the documentation is broken.
. tests/lib.sh

for page in calls rules commands; do
    "$ZXP_BUILD/docs/reference" $page >"$ZXP_TMP/$page.md" && diff "docs/reference/$page.md" "$ZXP_TMP/$page.md" >"$ZXP_TMP/out"
    verdict "docs/reference/$page.md is up to date (if not: make reference)" $? "$ZXP_TMP/out"
done
docs/tools/examples.sh | diff cli/examples.def - >"$ZXP_TMP/out"
verdict "cli/examples.def is up to date (if not: make reference)" $? "$ZXP_TMP/out"

# Each example is typed at the prompt: nothing may fail, and what stands behind `# ' must come in this order.
repl=$(cd "$ZXP_BUILD" && pwd)/zxpager-repl root=$PWD
export XDG_STATE_HOME="$ZXP_TMP/state" ZXP_LESSONS="$PWD/docs/lessons"
play() { # FILE
    sed '/^# /d' "$1" >"$ZXP_TMP/typed"
    (cd "$ZXP_TMP" && run_limited 60 "$repl" --no-color --play typed) >"$ZXP_TMP/out" 2>&1 || { cp "$ZXP_TMP/out" "$ZXP_TMP/shown"; return 1; }
    awk '
        NR == FNR { came[++n] = $0; sub(/ +$/, "", came[n]); next }
        { want = /^# / ? substr($0, 3) : "zxpager> " $0 }
        { for (at++; at <= n && came[at] != want && !(/^# / && came[at] ~ /^zxpager> /); at++); }
        came[at] != want { print "not printed: " want; bad = 1; exit }
        END { if (bad) for (i = 1; i <= n; i++) print came[i]; exit bad }' "$ZXP_TMP/out" "$1" >"$ZXP_TMP/shown"
}
"$repl" --json -c 'create v 1' >"$ZXP_TMP/events.json" # for lint
for example in docs/reference/examples/*.zxp; do
    play "$root/$example"
    verdict "$example" $? "$ZXP_TMP/shown"
done
mkdir "$ZXP_TMP/pictures"
docs/tools/pictures.sh "$repl" "$ZXP_TMP/pictures" >"$ZXP_TMP/out" 2>&1
for picture in docs/manual/pictures/*.svg; do
    cmp "$picture" "$ZXP_TMP/pictures/${picture##*/}" >>"$ZXP_TMP/out" 2>&1
    verdict "$picture is up to date (if not: make pictures)" $? "$ZXP_TMP/out"
done
if command -v pandoc >/dev/null && command -v mandoc >/dev/null; then
    ${MAKE:-make} --no-print-directory docs >"$ZXP_TMP/out" 2>&1
    status=$?
    tail -n 20 "$ZXP_TMP/out" >"$ZXP_TMP/end"
    verdict "make docs: every page, no broken link" $status "$ZXP_TMP/end"
else
    skip "make docs" "no pandoc or mandoc here"
fi
plan
