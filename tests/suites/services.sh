# shellcheck shell=sh
# verify passes the right services of corpus/services and refutes every wrong one, for the reason that the file names.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
for script in corpus/services/*.zxp; do
    expected=$(sed -n 's/^# verdict: //p' "$script")
    log=$ZXP_TMP/$(basename "$script").log
    run_limited 60 "$repl" -c "source $script" >"$log" 2>&1
    status=$?
    case $expected in
    right) wanted='^no breach: every interleaving' ;;
    *) wanted="^$expected: " ;;
    esac
    [ -n "$expected" ] && [ $status -eq 0 ] && grep -q "$wanted" "$log"
    verdict "$script: $expected" $? "$log"
done

# A service at the prompt's own world, and what is no service.
expect_output() { # NAME STATEMENTS PATTERN
    run_limited 60 "$repl" -c "$2" >"$ZXP_TMP/log" 2>&1
    grep -q "$3" "$ZXP_TMP/log"
    verdict "$1" $? "$ZXP_TMP/log"
}
# shellcheck disable=SC2016 # $ is the language's own
block='service s
on READ V P N:
disk read $V $P $N; supply $V $P $N
task flush:
ranges $V; writeback begin $V $P $N; copy $V $P $N
disk write $V $P $N; writeback end $V $P $N
end'
expect_output "a service at the prompt" "$block
create v 2; t1: read v 1 => blocked
run s; expect pages v \".C\"; wait t1 => ZX_OK pages=\"B\"
write v 1 byte=120; run s flush; expect pages v \".C\"
evict v 1; t1: read v 1 => blocked
run s; wait t1 => ZX_OK pages=\"x\"" 'ZX_OK pages="x"'
expect_output "undo takes back what the disk holds" "$block
create v 2; t1: read v 1 => blocked; run s; write v 1 byte=120; run s flush; undo 2
evict v 1; t1: read v 1 => blocked
run s; wait t1 => ZX_OK pages=\"B\"" 'ZX_OK pages="B"'
expect_output "a statement that is none" 'service s
on READ V P N: frobnicate
end' 'unknown statement'
# shellcheck disable=SC2016 # $ is the language's own
expect_output "a statement before the first event" 'service s
supply $V $P $N
end' 'comes first'
expect_output "no such service" 'verify nothing' 'no such service'
expect_output "service is a name too" 'anon service 2; read service 0 => ZX_OK pages="."' 'pages="."'
plan
