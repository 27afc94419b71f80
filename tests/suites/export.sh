# shellcheck shell=sh
# What `export` writes: every kind is well-formed, a script passes, and nothing of a session gets out of its place. With ZXP_LONG the page
# is opened in Chromium (if it is installed), stepped through by its keys, and what it shows is asked of the model again.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=$ZXP_TMP
number=0

verdict() { # NAME STATUS [FILE]
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        [ -z "${3-}" ] || sed 's/^/# /' "$3" | head -n 20
    fi
}

absent() { # NAME PROGRAM
    number=$((number + 1))
    echo "ok $number - $1 # SKIP no $2 here"
}

json() { # FILE: does it parse?
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1" >"$tmp/out" 2>&1
}

cat >"$tmp/session.zxp" <<'END'
create v 6 trap-dirty resizable
t1: write v 0 2 => blocked
next => READ v 0 2
supply v 0 2
next => DIRTY v 0 2
dirty v 0 2
wait t1 => ZX_OK
anon a 300
write a 3 2
pin a 3
map m v
t2: read v 2 3 => blocked
zero v 5
writeback begin v 0
supply v 2 1
fail v 3 2 ZX_ERR_IO
wait t2 => ZX_ERR_IO
clone c v
write c 1
writeback end v 0
evict v 0
clone s a slice 0 4
detach v
END
{
    cat "$tmp/session.zxp"
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
        absent "$picture.svg is well-formed" xmllint
    fi
done
head -n 1 "$tmp/diagram.mmd" | grep -qx sequenceDiagram && grep -q -e '->>' "$tmp/diagram.mmd" && ! grep -q '[;#<]' "$tmp/diagram.mmd"
verdict "the diagram begins as one and holds no markup" $?
run_limited 20 "$repl" --tap "$tmp/again.zxp" >"$tmp/out" 2>&1
verdict "the exported script passes" $? "$tmp/out"

sed -n '/^<script type="application\/json"/,/^<\/script>/p' "$tmp/page.html" | sed -e 1d -e '$d' >"$tmp/data.json"
if command -v python3 >/dev/null; then
    json "$tmp/trace.json"
    verdict "the trace is JSON" $? "$tmp/out"
    json "$tmp/data.json"
    verdict "the data of the page are JSON" $? "$tmp/out"
    run_limited 20 python3 tests/tools/trace-check.py "$tmp/trace.json" >"$tmp/out" 2>&1
    verdict "the trace is of the Chrome trace event format" $? "$tmp/out"
else
    absent "the trace is JSON" python3
fi
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
run_limited 60 "$repl" --no-color --play "$tmp/long.zxp" >"$tmp/log" 2>&1
size=$(wc -c <"$tmp/long.html")
[ "$size" -gt 10000 ] && [ "$size" -lt 1000000 ]
verdict "the page of a long session is below a megabyte ($size bytes)" $? "$tmp/log"

run_limited 10 "$repl" --no-color --no-files -c "export $tmp/no.html" >"$tmp/out" 2>&1
grep -q 'refused' "$tmp/out" && [ ! -e "$tmp/no.html" ]
verdict "--no-files refuses" $? "$tmp/out"
run_limited 10 "$repl" --no-color -c "export $tmp/no.png" >"$tmp/out" 2>&1
grep -q 'the name tells\|name tells what' "$tmp/out"
verdict "another ending is refused" $? "$tmp/out"

browse() { # PAGE ARGUMENT...
    page=$1
    shift
    rm -rf "$tmp/profile"
    run_limited 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$tmp/profile" "$@" "file://$page" 2>"$tmp/browser"
}

if [ -n "${ZXP_LONG-}" ] && command -v chromium >/dev/null; then
    sh tests/tools/replay-probe.sh "$tmp/page.html" >"$tmp/probe.html"
    browse "$tmp/probe.html" --dump-dom >"$tmp/dom.html"
    verdict "Chromium opens the page" $? "$tmp/browser"
    sed -n 's/^PROBE //p' "$tmp/dom.html" | sed -e 's/&gt;/>/g' -e 's/&lt;/</g' -e 's/&amp;/\&/g' >"$tmp/shown.zxp"
    grep '^DONE' "$tmp/dom.html" >"$tmp/out"
    grep -qx 'DONE ok' "$tmp/out"
    verdict "keys, scrubber, clicks and labels work" $? "$tmp/out"
    [ "$(grep -c '^expect pages' "$tmp/shown.zxp")" -gt 30 ]
    verdict "every step shows pages" $? "$tmp/shown.zxp"
    run_limited 30 "$repl" --tap "$tmp/shown.zxp" >"$tmp/out" 2>&1
    verdict "what is shown at every step is what the model has" $? "$tmp/out"
    browse "$tmp/page.html" --window-size=1300,900 --screenshot="$tmp/shot.png" >/dev/null
    [ -s "$tmp/shot.png" ]
    verdict "it can be painted" $?
fi
echo "1..$number"
