# shellcheck shell=sh
# The page that replays a session, in a headless Chromium: the longest lesson, findings, and a session with a bit of everything (ZXP_LONG: every
# lesson). tests/tools/replay-browser.c says what is asked. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=$ZXP_TMP
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$chromium" ]; then
    skip_all "no Chromium here: .ci/install-deps browser"
elif [ ! -x "$ZXP_BUILD/tests/replay-browser" ]; then
    skip_all "built without jansson: nothing can be exported"
fi
export XDG_STATE_HOME="$tmp/state" ZXP_LESSONS="$PWD/docs/lessons" HOME="$tmp"

# lesson_blocks FILE KIND...: the lines of the blocks of these kinds.
lesson_blocks() {
    file=$1
    shift
    for kind; do awk -v open="\`\`\`zxp $kind" '/^```/ { inside = $0 == open; next } inside' "$file"; done
}

# page NAME: what standard input says, exported; its services and defs beside it, which the page does not show.
page() {
    { cat && echo "export $tmp/$1.html"; } >"$tmp/$1.zxp"
    awk '/^(service|def) / { inside = 1 } inside { print } /^end$/ { inside = 0 }' "$tmp/$1.zxp" >"$tmp/$1.html.defs"
    run_limited 60 "$repl" --no-color --play "$tmp/$1.zxp" >"$tmp/log" 2>&1 || cat "$tmp/log"
}

number=0 most=0 longest=
for file in docs/lessons/[0-9]*.md; do
    number=$((number + 1))
    steps=$(lesson_blocks "$file" start solution | wc -l)
    [ "$steps" -le "$most" ] || { most=$steps longest=$number; }
    [ -z "${ZXP_LONG-}" ] || { echo "lesson $number" && lesson_blocks "$file" solution; } | page "lesson-$number"
    [ -n "${ZXP_LONG-}" ] || [ "$longest" != $number ] || { echo "lesson $number" && lesson_blocks "$file" solution; } >"$tmp/longest"
done
[ -n "${ZXP_LONG-}" ] || page lesson-$longest <"$tmp/longest"
page session <tests/tools/session.zxp
# What finds something brings a page, too: a fuzz input, a state that ought not to be, a breach of a service.
"$repl" replay --as-page corpus/regressions/regressions-001 >"$tmp/finding.html"
echo 'create v 2 trap-dirty' >"$tmp/start.zxp"
"$repl" explore "$tmp/start.zxp" never pages v '"DC"' --page "$tmp/explored.html" >"$tmp/log"
sed "s|evictions=2|& page=$tmp/verified.html|" corpus/services/blobs-silent.zxp >"$tmp/service.zxp"
"$repl" "$tmp/service.zxp" >"$tmp/log"

run_limited "${ZXP_SUITE_SECONDS:-900}" "$ZXP_BUILD/tests/replay-browser" "$chromium" "$tmp" "$tmp"/lesson-*.html "$tmp/finding.html" \
    "$tmp/explored.html" "$tmp/verified.html" "$tmp/session.html"
status=$?
# The screenshots stay, to be looked at.
mkdir -p "$ZXP_BUILD/screenshots"
cp "$tmp"/*.png "$ZXP_BUILD/screenshots/"
exit $status
