# shellcheck shell=sh
# Once under valgrind (make check-long): every script, and the unit tests but the few that need minutes there. TAP.
. tests/lib.sh
[ "${ZXP_LONG:+$ZXP_BUILD}" = build ] || skip_all "make check-long"
command -v valgrind >/dev/null || { verdict "valgrind is installed" 1; plan; exit 1; }
export CMOCKA_MESSAGE_OUTPUT=TAP ZXP_UNDER_VALGRIND=1

# judge NAME COMMAND...: no error and no leak of valgrind, and the command's own success.
judge() {
    name=$1
    shift
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect "$@" >"$ZXP_TMP/out" 2>"$ZXP_TMP/err"
    verdict "$name" $? "$ZXP_TMP/err"
}

for script in tests/scripts/*.zxp corpus/conformance/*.zxp; do
    judge "$script" "$ZXP_BUILD/zxpager-repl" --tap "$script"
done
unset ZXP_LONG # the short round of each: valgrind makes it long enough
for source in tests/unit/*.c; do
    judge "$source" "$ZXP_BUILD/tests/$(basename "$source" .c)"
done
plan
