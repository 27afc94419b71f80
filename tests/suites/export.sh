# shellcheck shell=sh
# What `export` writes: every kind is well-formed, a script passes, and nothing of a session gets out of its place. (browser.sh opens the
# page.)
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=$ZXP_TMP

{
    cat tests/tools/session.zxp
    for file in page.html map.svg trace.json diagram.mmd again.zxp; do echo "export $tmp/$file"; done
    echo "export timeline $tmp/timeline.svg"
} >"$tmp/play.zxp"
run_limited 20 "$repl" --no-color --play "$tmp/play.zxp" >"$tmp/log" 2>&1
verdict "a session is exported in every form" $? "$tmp/log"

for picture in map timeline; do
    if command -v xmllint >/dev/null; then
        xmllint --noout "$tmp/$picture.svg" >"$tmp/out" 2>&1
        verdict "$picture.svg is well-formed" $? "$tmp/out"
    else
        skip "$picture.svg is well-formed" "no xmllint here"
    fi
    if command -v rsvg-convert >/dev/null; then
        rsvg-convert -o "$tmp/$picture.png" "$tmp/$picture.svg" >"$tmp/out" 2>&1 && [ "$(wc -c <"$tmp/$picture.png")" -gt 2000 ]
        verdict "$picture.svg is drawn" $? "$tmp/out"
    else
        skip "$picture.svg is drawn" "no rsvg-convert here"
    fi
done
head -n 1 "$tmp/diagram.mmd" | grep -qx sequenceDiagram && grep -q -e '->>' "$tmp/diagram.mmd" && ! grep -q '[;#<]' "$tmp/diagram.mmd"
verdict "the diagram begins as one and holds no markup" $?
run_limited 20 "$repl" --tap "$tmp/again.zxp" >"$tmp/out" 2>&1
verdict "the exported script passes" $? "$tmp/out"

sed -n '/^<script type="application\/json"/,/^<\/script>/p' "$tmp/page.html" | sed -e 1d -e '$d' >"$tmp/data.json"
check=$ZXP_BUILD/tests/trace-check
"$check" "$tmp/trace.json" >"$tmp/out" 2>&1
verdict "the trace is of the Chrome trace event format" $? "$tmp/out"
"$check" --json "$tmp/data.json" >"$tmp/out" 2>&1
verdict "the data of the page are JSON" $? "$tmp/out"
sed 's/"ph":"X"/"ph":"?"/' "$tmp/trace.json" >"$tmp/wrong.json"
! "$check" "$tmp/wrong.json" >"$tmp/out" 2>&1
verdict "a trace that is none would be seen" $? "$tmp/out"
docs/tools/replay-page.sh | cmp -s - cli/replay_page.h
verdict "cli/replay_page.h is made from cli/replay (if not: docs/tools/replay-page.sh > cli/replay_page.h)" $?

# Text that looks like markup stays text.
printf '%s\nexport %s/evil.html\nexport %s/evil.svg\n' 'create v 1; zx_object_set_property(v, ZX_PROP_NAME, "</script><b>&")' "$tmp" "$tmp" >"$tmp/evil.zxp"
run_limited 20 "$repl" --no-color --play "$tmp/evil.zxp" >"$tmp/log" 2>&1
[ "$(grep -c '</script>' "$tmp/evil.html")" -eq 2 ] && ! grep -q '<b>' "$tmp/evil.html"
verdict "markup in a statement stays text" $? "$tmp/log"
grep -E '(src|href)="[^#]|https?://|@import|url\(' "$tmp/page.html" >"$tmp/out"
[ $? -eq 1 ]
verdict "the page asks nothing of a network" $? "$tmp/out"

# A long session stays small.
{ echo 'create v 64 trap-dirty'; echo 'random 3000 seed=7'; echo "export $tmp/long.html"; } >"$tmp/long.zxp"
run_limited 200 "$repl" --no-color --play "$tmp/long.zxp" >"$tmp/log" 2>&1
size=$(wc -c <"$tmp/long.html")
[ "$size" -gt 10000 ] && [ "$size" -lt 1000000 ]
verdict "the page of a long session is below a megabyte ($size bytes)" $? "$tmp/log"

run_limited 10 "$repl" --no-color --no-files -c "export $tmp/no.html" >"$tmp/out" 2>&1
grep -q 'refused' "$tmp/out" && [ ! -e "$tmp/no.html" ]
verdict "--no-files refuses" $? "$tmp/out"
run_limited 10 "$repl" --no-color -c "export $tmp/no.png" >"$tmp/out" 2>&1
grep -q 'the name tells\|name tells what' "$tmp/out"
verdict "another ending is refused" $? "$tmp/out"

plan
