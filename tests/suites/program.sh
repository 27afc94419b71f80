# shellcheck shell=sh
# The command line: modes, exit status, TAP, what --update writes, standard input. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}

# gives NAME STATUS COMMAND...: the exit status, and exactly what stands in $tmp/want on standard output.
gives() {
    name=$1 want=$2
    shift 2
    cat >"$tmp/want"
    run_limited 20 "$@" >"$tmp/out" 2>"$tmp/err"
    got=$?
    [ $got -eq "$want" ] && cmp -s "$tmp/want" "$tmp/out"
    verdict "$name" $? "$tmp/out"
}

cat >"$tmp/cases.zxp" <<'END'
anon before 1
case "good # one"
anon v 1; read v 0 => ZX_OK pages="."
case "skipped $a" with a=1,2
skip "outside the model"
no ( statement
case "bad"
zx_vmo_get_size(0) => ZX_OK
what is this
case "good again"
age
END
gives "TAP: a line a case, skips with their reason, failures with what came, then the sums" 1 "$repl" --tap "$tmp/cases.zxp" <<END
TAP version 13
ok 1 - cases.zxp
ok 2 - good \\# one
ok 3 - skipped 1 # SKIP outside the model
ok 4 - skipped 2 # SKIP outside the model
not ok 5 - bad
# $tmp/cases.zxp:8: failed: zx_vmo_get_size(0) => ZX_OK
#   expected: ZX_OK
#   came:     ZX_ERR_BAD_HANDLE
ok 6 - good again
1..6
3 passed, 1 failed
END
printf 'case "first"\nage 5\ncase "second"\nage\n' >"$tmp/wrong.zxp"
gives "TAP: a script error fails its case, status 2; cases of several files are counted on" 2 \
    "$repl" --tap "$tmp/wrong.zxp" "$tmp/none.zxp" "$tmp/wrong.zxp" <<END
TAP version 13
not ok 1 - first
# $tmp/wrong.zxp:2:5: error: \`5' is not expected here
#   age 5
#       ^
ok 2 - second
not ok 3 - $tmp/none.zxp
# $tmp/none.zxp: error: No such file or directory
not ok 4 - first
# $tmp/wrong.zxp:2:5: error: \`5' is not expected here
#   age 5
#       ^
ok 5 - second
1..5
2 passed, 3 failed
END
printf 'anon v 1\nread v 0 => ZX_OK\n' >"$tmp/quiet.zxp"
gives "a script that passes says nothing" 0 "$repl" "$tmp/quiet.zxp" </dev/null
gives "a case that fails: status 1" 1 "$repl" "$tmp/cases.zxp" <<END
$tmp/cases.zxp:8: failed: zx_vmo_get_size(0) => ZX_OK
  expected: ZX_OK
  came:     ZX_ERR_BAD_HANDLE
END
gives "a script error counts more than a failed case" 2 "$repl" "$tmp/cases.zxp" "$tmp/wrong.zxp" <<END
$tmp/cases.zxp:8: failed: zx_vmo_get_size(0) => ZX_OK
  expected: ZX_OK
  came:     ZX_ERR_BAD_HANDLE
END
gives "--check makes no call" 0 "$repl" --check "$tmp/quiet.zxp" </dev/null
gives "--check finds a script error" 2 "$repl" --check "$tmp/wrong.zxp" </dev/null
gives "-c tells each call and its result" 0 "$repl" -c 'anon v 1; read v 0' <<'END'
  zx_vmo_create(1p, 0)
ZX_OK handle=0x100007
  zx_vmo_read(v, 0, 1p)
ZX_OK pages="."
END

# Standard input: -, and where nothing else is given and it is no terminal.
echo 'zx_clock_get_monotonic() => ZX_OK time=1' >"$tmp/clock.zxp"
for way in '' - '--tap -'; do
    # shellcheck disable=SC2086 # options
    run_limited 20 "$repl" $way <"$tmp/clock.zxp" >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 1 ] && grep -q 'stdin:1: failed: zx_clock_get_monotonic() => ZX_OK time=1' "$tmp/out"
    verdict "standard input: zxpager-repl $way" $? "$tmp/out"
done

# --update writes what came, and only that.
cat >"$tmp/update.zxp" <<'END'
case "one"                    # kept
anon v 2; write v 0
read v 0 2   =>   ZX_OK  pages="x."   # kept
expect pages v "CC"
zx_vmo_get_size(v) => ZX_ERR_IO; zx_vmo_get_size(v) => ZX_OK size=3&7
create w 1
t: read w 0 => ZX_OK
next => none
wait t => killed
for i in 0..2; read v 0 => ZX_OK pages="y"; end
END
sed -e 's/ZX_OK  pages="x."/ZX_OK pages="w."/' -e 's/"CC"/"P."/' -e 's/=> ZX_ERR_IO;/=> ZX_OK;/' -e 's/size=3&7/size=8192/' \
    -e 's/w 0 => ZX_OK/w 0 => blocked/' -e 's/none/READ w 0 1/' -e 's/killed/blocked/' -e 's/"y"/"w"/' "$tmp/update.zxp" >"$tmp/updated.zxp"
gives "--update rewrites the expectations to what came" 0 "$repl" --update "$tmp/update.zxp" </dev/null
cmp "$tmp/update.zxp" "$tmp/updated.zxp" >"$tmp/out"
verdict "and nothing else" $? "$tmp/update.zxp"
gives "what was updated passes" 0 "$repl" "$tmp/update.zxp" </dev/null
printf 'anon v 2; write v 0\nfor i in 0..2; read v i => ZX_OK pages="w"; end\n' >"$tmp/loop.zxp"
gives "--update tells what it cannot rewrite" 1 "$repl" --update "$tmp/loop.zxp" <<END
$tmp/loop.zxp:2: not updated: it does not come out the same each time
END
gives "--update takes no standard input" 2 "$repl" --update - </dev/null
gives "--profile is the profile of every case" 1 "$repl" --profile 2018 -c 'create v 1 resizable => ZX_OK' <<'END'
  zx_pager_create(0)
  zx_port_create(0)
  zx_pager_create_vmo(pager, ZX_VMO_RESIZABLE, port, 1, 1p)
ZX_ERR_INVALID_ARGS
-c:1: failed: create v 1 resizable => ZX_OK
  expected: ZX_OK
  came:     ZX_ERR_INVALID_ARGS
END
run_limited 20 "$repl" --json "$tmp/cases.zxp" >"$tmp/out"
[ $? -eq 1 ] && tail -n 1 "$tmp/out" | grep -q '^{"event":"summary","passed":3,"failed":1,"skipped":2}$'
verdict "--json ends with the sums" $? "$tmp/out"

plan
