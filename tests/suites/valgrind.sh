# shellcheck shell=sh
# Once under valgrind (make check-long): every script, and the unit tests but the few that need minutes there. TAP.
[ "${ZXP_LONG:+$ZXP_BUILD}" = build ] || { echo "1..0 # SKIP make check-long"; exit 0; }
command -v valgrind >/dev/null || { echo "not ok 1 - valgrind is missing"; echo 1..1; exit 1; }
export CMOCKA_MESSAGE_OUTPUT=TAP
n=0 failed=0

# judge NAME COMMAND...: no error and no leak of valgrind, and the command's own success.
judge() {
    n=$((n + 1)) name=$1
    shift
    if valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect \
        "$@" >"$ZXP_TMP/out" 2>"$ZXP_TMP/err"; then
        echo "ok $n - $name"
    else
        failed=$((failed + 1))
        echo "not ok $n - $name"
        sed 's/^/# /' "$ZXP_TMP/err" | head -n 60
    fi
}

for script in tests/scripts/*.zxp corpus/conformance/*.zxp; do
    judge "$script" "$ZXP_BUILD/zxpager-repl" --tap "$script"
done
unset ZXP_LONG # the short round of each: valgrind makes it long enough
for source in tests/unit/*.c; do
    judge "$source" "$ZXP_BUILD/tests/$(basename "$source" .c)"
done
echo "1..$n"
[ $failed -eq 0 ]
