# shellcheck shell=sh
# lint: what --json wrote of a session breaks no rule for services, or the one that is named; every rule that a trace can show has one
# trace that breaks it and one that does the same in the right way.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl

trace() { # STATEMENTS: recorded in $ZXP_TMP/events
    printf '%s\n' "$1" | "$repl" --json - >"$ZXP_TMP/events"
}

# RULE STATEMENTS: the trace breaks this rule first; right: none.
judge() {
    trace "$2"
    run_limited 20 "$repl" lint "$ZXP_TMP/events" >"$ZXP_TMP/out" 2>&1
    status=$?
    if [ "$1" = right ]; then
        grep -q ': no breach in ' "$ZXP_TMP/out" && [ $status -eq 0 ]
    else
        grep -q "events:[0-9]*: $1: " "$ZXP_TMP/out" && [ $status -eq 1 ]
    fi
    verdict "$1: $(printf '%s' "$2" | tr '\n' ';')" $? "$ZXP_TMP/out"
}

asks='create v 2; t1: read v 0 => blocked; next'
judge right "$asks; supply v 0"
judge right "$asks; detach v"
judge right "$asks; kill t1"
judge INV-S1 "$asks"
judge INV-S1 "create v 2; t1: read v 0 2 => blocked; next; supply v 0"
judge right 'create v 1 key=5; create w 1 key=6'
judge INV-S2 'create v 1 key=5; create w 1 key=5'
judge right "$asks; fail v 0 1 ZX_ERR_IO"
judge INV-S3 "$asks; fail v 0 1 ZX_ERR_NO_SPACE"
judge INV-S3 "$asks; fail v 0 1 ZX_ERR_TIMED_OUT"
trap='create v 2 trap-dirty; supply v 0; t1: write v 0 => blocked; next'
judge right "$trap; fail v 0 1 ZX_ERR_NO_SPACE"
judge INV-S3 "$trap; fail v 0 1 ZX_ERR_IO_DATA_INTEGRITY"
judge INV-S5 'create v 1; supply v 0; writeback end v 0'
judge right 'create v 2; supply v 0 2; write v 0 2; writeback begin v 0 2; read v 0 2; writeback end v 0; writeback end v 1'
judge INV-S5 'create v 2; supply v 0 2; write v 0 2; writeback begin v 0 2; read v 0 2; writeback end v 0; writeback end v 0'
judge INV-S6 'create v 1; supply v 0; write v 0; ranges v; read v 0; writeback begin v 0; writeback end v 0'
judge right 'create v 1; supply v 0; write v 0; map m v r; ranges v; writeback begin v 0; read m 0; writeback end v 0'
judge INV-S7 'create v 1; supply v 0; write v 0; ranges v; writeback begin v 0; writeback end v 0'
judge right 'create v 1; zero v 0; ranges v; writeback begin v 0 1 zero; writeback end v 0'
shrinks='create v 2 resizable; supply v 0 2; write v 0 2; ranges v'
judge INV-S8 "$shrinks; writeback begin v 0 2; read v 0 2; resize v 1; writeback end v 0"
judge right "$shrinks; resize v 1; ranges v; writeback begin v 0; read v 0; writeback end v 0"
judge INV-S9 "$asks; zero v 0; writeback begin v 0 1 zero; writeback end v 0; supply v 0"
judge right "$asks; zero v 0; supply v 0; writeback begin v 0 1 zero; writeback end v 0"
judge INV-S10 'create v 2; t1: supply v 0; t1: read v 1 => blocked; supply v 1'
judge right 'create v 2; t1: supply v 0; t2: read v 1 => blocked; t1: supply v 1'
judge right 'create v 2; supply v 0; read v 1 => blocked; supply v 1'
judge INV-S11 "$asks; fail v 0 1 ZX_ERR_IO_DATA_INTEGRITY; t1: read v 0 => blocked; next; supply v 0"
judge right "$asks; fail v 0 1 ZX_ERR_IO_DATA_INTEGRITY; t1: read v 0 => blocked; next; fail v 0"
judge INV-S12 'create v 2; supply v 1 2'
judge INV-S12 'create v 1; anon a 1; write a 0; map m a r; supply v 0 from=a'
judge right 'create v 1; anon a 1; write a 0; map m a r; unmap m; supply v 0 from=a'
judge INV-S13 'create v 1; supply v 0; write v 0; close v'
judge right 'create v 1; supply v 0; write v 0; writeback begin v 0; read v 0; writeback end v 0; close v'
judge INV-S17 'create v 1; detach v; supply v 0'
judge right "$asks; detach v; supply v 0"
judge right 'create v 1; supply v 0; write v 0; detach v; ranges v; writeback begin v 0; read v 0; writeback end v 0'

# The line is that of the event, and the case is named.
trace 'case "first"
create v 1
supply v 0
case "second"
create v 1
detach v
supply v 0'
"$repl" lint "$ZXP_TMP/events" >"$ZXP_TMP/out"
line=$(sed -n 's/^[^:]*:\([0-9]*\): INV-S17: .*(case "second")$/\1/p' "$ZXP_TMP/out")
sed -n "${line:-1}p" "$ZXP_TMP/events" | grep -q '"event":"call".*supply'
verdict "line and case of a breach" $? "$ZXP_TMP/out"
printf 'create v 1; detach v; supply v 0' >"$ZXP_TMP/broken.zxp"
"$repl" --json "$ZXP_TMP/broken.zxp" >"$ZXP_TMP/events"
"$repl" -c "lint $ZXP_TMP/events" 2>&1 | grep -q ZX_ERR_BAD_STATE
verdict "lint at the prompt" $?
echo 'no event' >"$ZXP_TMP/none"
for file in "$ZXP_TMP/none" "$ZXP_TMP/nowhere" /dev/null; do
    "$repl" lint "$file" >"$ZXP_TMP/out" 2>&1
    [ $? -eq 2 ]
    verdict "$(basename "$file") cannot be judged" $? "$ZXP_TMP/out"
done
"$repl" --no-files -c "lint $ZXP_TMP/events" >"$ZXP_TMP/out" 2>&1
[ $? -eq 2 ]
verdict "--no-files refuses it" $?
plan
