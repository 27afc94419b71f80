# shellcheck shell=sh
# What a user of the library finds: example programs, the guide's program with what it prints, headers in C and C++, manual page,
# completion, and the syntax files of editors, which know every command.
. tests/lib.sh
tmp=$ZXP_TMP
flags='-Icore/include -Wall -Wextra -Werror'

with() { # PROGRAM NAME COMMAND...: a check that needs a program
    program=$1 name=$2
    shift 2
    if command -v "$program" >/dev/null; then
        "$@" >"$tmp/out" 2>&1
        verdict "$name" $? "$tmp/out"
    else
        skip "$name" "no $program here"
    fi
}

for example in drive service explore; do
    run_limited 60 "$ZXP_BUILD/docs/examples/$example" >"$tmp/$example" 2>&1
    verdict "docs/examples/$example" $? "$tmp/$example"
done
grep -q 'all invariants hold' "$tmp/explore" && grep -q '^t2: write v 0$' "$tmp/explore"
verdict "explore finds the way" $? "$tmp/explore"
grep -q 'got ZX_OK: "page"' "$tmp/drive"
verdict "drive reads what was supplied" $? "$tmp/drive"

# The guide: its C program is compiled as it stands there, with the flags of a user, and prints what it says.
awk '/^```c$/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/library.md >"$tmp/guide.c"
awk '/^```text$/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/library.md >"$tmp/guide.text"
case $ZXP_BUILD in
*asan* | *msan* | *cov*) ;; # objects of these variants want their own compiler and flags
*)
    # shellcheck disable=SC2086 # several flags
    "${CC:-cc}" -std=c17 $flags -o "$tmp/guide" "$tmp/guide.c" "$ZXP_BUILD/libzxpager.a" >"$tmp/out" 2>&1 &&
        "$tmp/guide" >"$tmp/guide.out" && diff "$tmp/guide.text" "$tmp/guide.out" >"$tmp/out"
    verdict "docs/library.md: the program prints what it says" $? "$tmp/out"
    ;;
esac
cat >"$tmp/header.cpp" <<'END'
#include <zxpager/delta.h>
#include <zxpager/zxpager.h>
int main() {
    zxp_world *world = zxp_world_create(nullptr);
    bool made = world && zxp_vmo_create(world, ZXP_MAIN_THREAD, ZXP_PAGE_SIZE, 0) == ZXP_RETURNED;
    zxp_world_destroy(world);
    return made ? 0 : 1;
}
END
# shellcheck disable=SC2086 # several flags
for standard in c++11 c++20; do
    with g++ "C++ can include the headers ($standard)" g++ -std=$standard $flags -fsyntax-only "$tmp/header.cpp"
done
for header in core/include/zxpager/*.h; do
    name=${header#core/include/}
    case $name in
    */op_numbers.h) continue ;; # a list, for ops.h to include
    esac
    echo "#include <$name>" >"$tmp/one.c"
    # shellcheck disable=SC2086 # several flags
    "${CC:-cc}" -std=c17 -pedantic $flags -fsyntax-only "$tmp/one.c" >"$tmp/out" 2>&1
    verdict "<$name> stands alone" $? "$tmp/out"
done

with mandoc "docs/man/libzxpager.3 is a good page" mandoc -T lint -W error docs/man/libzxpager.3
with bash "the completion of bash is read" bash -n docs/completion/zxpager-repl.bash
for option in $("$ZXP_BUILD/zxpager-repl" --help | grep -oE '(^| |\[)--?[a-z][a-z-]*' | tr -d ' ['); do
    grep -q -e "$option" docs/completion/zxpager-repl.bash && grep -q -e "$option" docs/completion/_zxpager-repl
    verdict "the completions know $option" $?
done
sed -n 's/^## //p' docs/reference/commands.md | while IFS= read -r command; do
    grep -qE "zxpCommand .*\b$command\b" docs/editors/vim/syntax/zxp.vim || echo "vim: $command"
    grep -qE "[(|]${command}[)|]" docs/editors/vscode/syntaxes/zxp.tmLanguage.json || echo "VS Code: $command"
done >"$tmp/out"
[ ! -s "$tmp/out" ]
verdict "the syntax files know every command" $? "$tmp/out"
# Words in small letters of the syntax lines; those with a sign of equality stand in a pattern.
# shellcheck disable=SC2016 # backticks of Markdown
sed -n '/^```text/,/^```/p' docs/reference/commands.md | sed -e '/^```/d' -e 's/ZX_[A-Z.]*//g' | tr -c 'a-z-' '\n' | grep -E '^[a-z][a-z-]+$' |
    sort -u | while IFS= read -r word; do
    for file in docs/editors/vim/syntax/zxp.vim docs/editors/vscode/syntaxes/zxp.tmLanguage.json; do
        grep -qE "[ (|]$word([ )|\\]|\$)" "$file" || echo "$file: $word"
    done
done >"$tmp/out"
[ ! -s "$tmp/out" ]
verdict "the syntax files know every word of a command's syntax" $? "$tmp/out"
# shellcheck disable=SC2046 # no blanks in the names
"$ZXP_BUILD/tests/trace-check" --json $(find docs/editors/vscode -name '*.json') >"$tmp/out" 2>&1
verdict "the files for VS Code are JSON" $? "$tmp/out"
plan
