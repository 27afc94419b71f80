# shellcheck shell=sh
# The commands of the prompt, without a terminal: the demo, walks that can be done again, recorded sessions that pass as tests, help on
# everything, stops. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}

# tells NAME PATTERN STATEMENTS [FILTER]
tells() {
    run_limited 20 "$repl" -c "$3" 2>&1 | sh -c "${4-cat}" >"$tmp/out"
    grep -q -e "$2" "$tmp/out"
    verdict "$1" $? "$tmp/out"
}

run_limited 20 "$repl" --play docs/demo.zxp >"$tmp/demo" 2>&1
verdict "the demo plays" $? "$tmp/demo"
run_limited 20 "$repl" --tap docs/demo.zxp >"$tmp/out" 2>&1
verdict "the demo passes as a test" $? "$tmp/out"
sed -n '/^case "the demo"/,/^$/p' "$tmp/demo" >"$tmp/recorded.zxp"
[ -s "$tmp/recorded.zxp" ] && run_limited 20 "$repl" --tap "$tmp/recorded.zxp" >"$tmp/out" 2>&1
verdict "what the demo records passes as a test" $? "$tmp/out"

# Walks: the same seed gives the same walk, and the record of a walk passes as a test.
setup='create v 4 trap-dirty; create w 3 resizable; anon a 2; clone c v; t1: write v 1 => blocked'
seed=1 last=12
[ -z "${ZXP_LONG-}" ] || last=300
while [ $seed -le $last ]; do
    run_limited 30 "$repl" -c "$setup; random 40 seed=$seed; record \"walk $seed\" $tmp/walk.zxp" >"$tmp/first" 2>&1
    run_limited 30 "$repl" -c "$setup; random 40 seed=$seed" >"$tmp/second" 2>&1
    [ -s "$tmp/second" ] && sed '/^written to/d' "$tmp/first" | cmp -s - "$tmp/second"
    verdict "walk $seed is the same again" $? "$tmp/first"
    run_limited 30 "$repl" --tap "$tmp/walk.zxp" >"$tmp/out" 2>&1
    verdict "the record of walk $seed passes" $? "$tmp/out"
    seed=$((seed + 1))
done

tells "show draws a request below its pages" '^  READ   ^^ t1, packet in the port' 'create v 4; t1: read v 1 2 => blocked; show v'
tells "show has what pages hold" '^ holds  A$' 'create v 4; supply v 0; show v'
tells "tree has children below their parents" '^+- c  clone' 'create v 2; clone c v; tree'
tells "threads: what one waits for" '^t1 *blocked in zx_vmo_read, waits for READ v 0 1' 'create v 2; t1: read v 0 => blocked; threads'
tells "requests: who waits with whom" '^READ v 0 1  t1, with it t2; packet in the port' \
    'create v 2; t1: read v 0 => blocked; t2: read v 0 => blocked; requests'
tells "objects" '^v *paged vmo' 'create v 2; objects'
tells "timeline" 'READ v 0 1' 'create v 2; t1: read v 0 => blocked; timeline'
tells "timeline: of this world alone" '^     4    |' 'create w 2; t9: read w 0 => blocked; reset; create v 2; timeline' 'grep -v -e READ -e t9'
tells "timeline: what crosses more than a lane's width" '<-*ERR_BAD_STATE-*|' 'create v 2; t1: read v 0 => blocked; detach v; timeline'
tells "why page: of this world alone" '^nothing is known' 'create v 2; supply v 0; reset; create v 2; why page v 0'
tells "undo takes back a reset, and the record is of that world" '^read v 0 => blocked$' \
    'create v 2; read v 0 => blocked; reset; undo; record x'
tells "explain: a page beyond the end" ' page 2 lies beyond its end$' 'create v 2; supply v 2; explain'
tells "explain: pages up to and beyond the end" ' pages 1 to 3 are "C", and 2 lie beyond its end$' \
    'create v 2; supply v 0 2; evict v 0; supply v 1 3; explain'
tells "explain: the way is not that of another statement" '1' 'create v 1; t1: read v 0 => blocked; supply v 0; wait t1; explain' \
    'grep -c -e "on the way" | sed s/0/1/'
# shellcheck disable=SC2016 # $ is the language's own
tells "explain: after run, the last call that ended" '^vmo-read.done' \
    'create v 1; t1: read v 0 => blocked; service m; on READ V P N: supply $V $P $N; end; run m; explain'
tells "choices: a packet" '1  next' 'create v 2; t1: read v 0 => blocked; choices'
tells "choices: where there is nothing, a beginning" 'create v 4 trap-dirty' 'choices'
tells "why: what would wake it" 'dirty v 0 1' 'create v 1 trap-dirty; supply v 0; t1: write v 0 => blocked; why t1'
tells "why: an early waker" 'supply v 1  *wakes it early' 'create v 4; t1: read v 0 4 => blocked; supply v 0; why t1'
tells "why alone: of all who wait" '^2$' 'create v 2; t1: read v 0 => blocked; t2: read v 1 => blocked; why' \
    "grep -c '^These would wake it'"
tells "explain: the rule of the last result" '^supply.detached$' 'create v 1; detach v; supply v 0; explain'
tells "explain: what would help" 'to succeed: nothing any more' 'create v 1; detach v; supply v 0; explain'
tells "explain: the state that was looked at" 'v: 2 pages, pager-backed; pages 1 to 3 are "\.", and 2 lie beyond' 'create v 2; supply v 1 3; explain'
tells "explain: of a call that waits" 'has not ended: it waits' 'create v 1; t1: read v 0 => blocked; explain'
tells "why page: its history" 'v 0 1  C -> D' 'create v 1; supply v 0; write v 0; why page v 0'
tells "why page: what it is now" "v 0 is .C. now" 'create v 1; supply v 0; why page v 0'
tells "explain RULE" 'chapter 2 section 6' 'explain supply.aux-pinned'
tells "explain STATUS" 'supply.detached' 'explain ZX_ERR_BAD_STATE'
tells "explain CALL" 'decides in this order' 'explain zx_pager_detach_vmo'
tells "help of a row" '^supply  *supply pages' 'help paging'
tells "explain THREAD: what why tells" 'These would wake it' 'create v 1; t1: read v 0 => blocked; explain t1'
tells "record: nothing twice" '^1$' 'create v 1; t1: read v 0 => blocked; supply v 0; wait t1; record x' "grep -c '^wait t1'"
tells "share: one word" '^zx1[A-Za-z0-9_-]*$' 'create v 1; share'
tells "help of a call: its refusals" 'detach.pair' 'help zx_pager_detach_vmo'
tells "help of a command that is a call itself: its refusals" 'unpin.none' 'help unpin'
run_limited 20 "$repl" -c 'help unpin' >"$tmp/out" 2>&1
! grep -q -e ' pin\.' "$tmp/out"
verdict "and not those of the call that shares its section" $? "$tmp/out"
tells "help on a misspelt word" 'did you mean .supply' 'help suply'
tells "break on RULE stops a loop" 'stopped at .*rule page.supplied' 'create v 3; break on page.supplied; for i in 0..3; supply v i; end'
tells "break on packet" 'stopped at .*a packet' 'create v 3; break on packet; for i in 0..3; t1: read v i => any; end'
tells "until OUTCOME stops a loop" 'stopped at .*until ZX_ERR_OUT_OF_RANGE' \
    'create v 3; until ZX_ERR_OUT_OF_RANGE; for i in 0..9; supply v i; end'
tells "record: bare names of loops are told by their values" '^supply v 1 => ZX_OK' 'create v 3; for i in 0..2; supply v i; end; record x'
tells "record: a loop's variable that stands for a handle" '^let i = 104' 'create v 3; for i in v..v+1; close i; end; record x'
tells "history: bare parameters are told by their values" '3  read v 1+1  => ZX_OK pages="C"' \
    'create v 3; supply v 0 3; def f x; read v x+1; end; f 1; history'
run_limited 20 "$repl" -c "create v 3; def f w p; supply \$w p; read \$w p+0; zx_vmo_get_size(w); end
f v 2; for i in 0..2; f v i; for j in i..i+1; write v i*1+j-j; end; end; record x $tmp/params.zxp" >"$tmp/out" 2>&1
run_limited 20 "$repl" --tap "$tmp/params.zxp" >"$tmp/out" 2>&1
verdict "the record of loops in defs passes" $? "$tmp/params.zxp"
tells "export writes a file" 'written to' "create v 1; export $tmp/exported.zxp"
run_limited 20 "$repl" --tap "$tmp/exported.zxp" >"$tmp/out" 2>&1
verdict "what was exported passes" $? "$tmp/out"
run_limited 20 "$repl" --no-files -c "create v 1; record x $tmp/no.zxp" >"$tmp/out" 2>&1
[ $? -eq 2 ] && [ ! -e "$tmp/no.zxp" ]
verdict "--no-files: record writes no file" $? "$tmp/out"

echo '?' >"$tmp/question.zxp"
run_limited 20 "$repl" --play "$tmp/question.zxp" >"$tmp/out" 2>&1
grep -q '^paging' "$tmp/out"
verdict "a question mark asks for help" $? "$tmp/out"

# Help: the overview fits into a small window and has every command; and there is something to say on each.
"$repl" -c help >"$tmp/overview"
[ "$(wc -l <"$tmp/overview")" -le 28 ]
verdict "the overview fits into 30 lines with its prompts" $? "$tmp/overview"
! grep -q '^others' "$tmp/overview"
verdict "every command has its topic (cli/view_help.c)" $? "$tmp/overview"
"$repl" -c 'help commands' | sed '/^Also/,$d' | sed -n 's/^\([a-z-]*\)  *.*/\1/p' | sort -u >"$tmp/words"
while read -r word; do
    [ -n "$word" ] || continue
    "$repl" -c "help $word" 2>/dev/null | grep -q '^example:'
    verdict "help $word" $?
    grep -qw -e "$word" "$tmp/overview"
    verdict "the overview has $word" $? "$tmp/overview"
done <"$tmp/words"

plan
