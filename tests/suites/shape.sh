# shellcheck shell=sh
# The shape of the source: short functions and files, no recursion and no banned function in the core, headers that stand alone, tables
# without dead rows, documents that name what exists. TAP. (make lint adds clang-format, clang-tidy and shellcheck.)
. tests/lib.sh
[ "$ZXP_BUILD" = build ] || skip_all "once is enough"
tmp=$ZXP_TMP

# empty NAME FILE: the check finds nothing; else what it found is shown.
empty() {
    [ ! -s "$2" ]
    verdict "$1" $? "$2"
}

program=$(ls core/*.[ch] core/include/zxpager/*.h cli/*.[ch])
around=$(ls fuzz/*/*.[ch] bench/*.c docs/*/*.[ch] tests/*/*.[ch])
tables=$(ls core/*.def core/rules/*.def)

# --- lengths ---

# shellcheck disable=SC2086 # file names without blanks
awk -f tests/tools/functions.awk $program $around | sort -n >"$tmp/functions"
awk '$1 > 70' "$tmp/functions" >"$tmp/found"
empty "no function over 70 lines" "$tmp/found"
# shellcheck disable=SC2086
awk -f tests/tools/functions.awk $program | sort -n >"$tmp/functions"
awk '{ lines[NR] = $1 } END { if (NR < 1000 || lines[int((NR + 1) / 2)] > 12) print NR " functions, median " lines[int((NR + 1) / 2)] }' \
    "$tmp/functions" >"$tmp/found"
empty "half of the functions have at most 12 lines" "$tmp/found"
awk '{ lines[NR] = $1 } END { print "# " NR " functions, the longest " lines[NR] " lines, half of them at most " lines[int((NR + 1) / 2)] }' \
    "$tmp/functions"
# shellcheck disable=SC2086
wc -l $program $around $tables tests/tools/*.awk tests/suites/*.sh | grep -v ' total$' | sort -n >"$tmp/files"
awk '$1 > 800' "$tmp/files" >"$tmp/found"
empty "no file over 800 lines" "$tmp/found"
awk 'END { print "# " NR " files, the longest " $2 " of " $1 " lines" }' "$tmp/files"
# shellcheck disable=SC2086
awk 'length($0) > 120 { print FILENAME ":" FNR ": " length($0) " columns" }' $program $around $tables >"$tmp/found"
empty "no line over 120 columns" "$tmp/found"

# --- what is used ---

mkdir "$tmp/calls"  # (a compiler cache knows nothing of call graphs)
# shellcheck disable=SC2016 # $1 is of the shell that is started
printf '%s\n' core/*.c | CCACHE_DISABLE=1 xargs -P 2 -I FILE sh -c 'gcc -std=c17 -O0 -fno-pie -w -Icore/include -Icore -fcallgraph-info -c FILE \
    -o "$1/calls/$(basename FILE .c).o" || echo FILE' sh "$tmp" >"$tmp/found" 2>&1
empty "call graphs" "$tmp/found"
awk -f tests/tools/recursion.awk "$tmp"/calls/*.ci >"$tmp/found"
empty "no recursion in core/" "$tmp/found"

# used PATTERN OBJECT...: uses of functions by name, from symbol tables, which strings and comments do not disturb.
used() {
    pattern=$1
    shift
    for object; do
        nm -u "$object" | sed 's/@.*//' | awk -v p="^($pattern)\$" -v o="$(basename "$object")" '$2 ~ p { print o ": " $2 }'
    done
}
banned='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|system|popen|__strcpy_chk|__strcat_chk|__sprintf_chk'
used "$banned" "$ZXP_BUILD"/core/*.o "$ZXP_BUILD"/cli/*.o >"$tmp/found"
empty "no banned function" "$tmp/found"
# A delta between two worlds (delta.c) is a block of its own, outside of any world.
outside=$(printf '%s\n' "$ZXP_BUILD"/core/*.o | grep -v -e '/arena\.o$' -e '/world\.o$' -e '/delta\.o$')
# shellcheck disable=SC2086
used 'malloc|calloc|realloc|free|aligned_alloc|posix_memalign' $outside >"$tmp/found"
empty "the core takes memory in arena.c, world.c and delta.c only" "$tmp/found"
used 'printf|puts|putchar|fopen|open|read|write|time|clock_gettime|getenv|exit|pthread_.*|fwrite' "$tmp"/calls/*.o >"$tmp/found"
empty "the core has no input, output, clock or threads" "$tmp/found"
# Of its own functions (what is static the compiler watches): those that only their own file knows have no place in a header.
nm "$tmp"/calls/*.o | awk '$2 == "T" && $3 !~ /^zxp_/ { print $3 }' | sort >"$tmp/defined"
nm "$tmp"/calls/*.o | awk '$1 == "U" { print $2 }' | sort -u | comm -23 "$tmp/defined" - >"$tmp/found"
empty "each function of the core is called from another of its files, or static" "$tmp/found"
nm "$tmp"/calls/*.o | awk '$2 == "T" && $3 ~ /^zxp_/ { print $3 }' | while read -r name; do
    grep -q -w "$name" core/include/zxpager/*.h || echo "$name"
done >"$tmp/found"
empty "what is called zxp_ is public" "$tmp/found"
nm "$tmp"/calls/*.o | awk '$2 ~ /^[BbDdC]$/ && $3 !~ /\.rel\.|^\.|DW\.ref/' >"$tmp/found"
empty "the core has no globals" "$tmp/found"

# --- headers ---

# Without the flags of optional libraries: a header that needs one of them is told by its -D.
for compiler in gcc "$(command -v clang || command -v clang-14 || echo clang)"; do
    printf '%s\n' core/*.h core/include/zxpager/*.h cli/*.h | grep -v -e op_numbers.h |
        xargs -P 2 -I FILE "$compiler" -std=c17 -D_POSIX_C_SOURCE=200809L -Icore/include -Icore -Icli -I. -fsyntax-only -Wall -Wextra \
            -Wno-pragma-once-outside-header -Wno-unused-function -Wno-unused-const-variable -x c FILE >"$tmp/found" 2>&1
    empty "headers stand alone: $(basename "$compiler")" "$tmp/found"
done

# --- tables ---

cat core/*.c core/*.h >"$tmp/core"
sed -n 's/^ *RULE(\([a-z0-9_]*\),.*/\1/p' core/rules/*.def | while read -r rule; do
    grep -q "RULE_$rule\\b" "$tmp/core" || echo "$rule"
done >"$tmp/found"
empty "every rule is used" "$tmp/found"
sed -n 's/^ *OP(\([A-Z0-9_]*\),.*/\1/p' core/ops.def | while read -r op; do
    lower=$(printf '%s' "$op" | tr '[:upper:]' '[:lower:]')
    grep -q "^step op_$lower(" core/sys_*.c core/fault.c || echo "op_$lower"
    grep -q "\\[ZXP_OP_$op\\] = op_$lower," core/op_table.c || echo "op_table.c: $op"
done >"$tmp/found"
empty "every operation has its handler" "$tmp/found"
sed -n 's/^ *OP(\([A-Z0-9_]*, [0-9]*\),.*/\1/p' core/ops.def >"$tmp/rows"
sed -n 's/^ZXP_OPERATION(\([A-Z0-9_]*, [0-9]*\))/\1/p' core/include/zxpager/op_numbers.h | diff "$tmp/rows" - >"$tmp/found"
empty "op_numbers.h agrees with ops.def" "$tmp/found"

# --- words ---

# shellcheck disable=SC2086
grep -n -w -E 'TODO|FIXME|XXX|HACK' $program $around $tables Makefile docs/*.md README.md >"$tmp/found"
empty "nothing is left to do" "$tmp/found"
# NAME stands for any name, docs/docs.mk may exist or not.
awk -f tests/tools/paths.awk README.md CONTRIBUTING.md docs/*.md | grep -v -e NAME -e docs/docs.mk | while read -r place path; do
    # shellcheck disable=SC2086 # paths may have stars
    ls -d $path >/dev/null 2>&1 || echo "$place $path"
done >"$tmp/found"
empty "documents name what exists" "$tmp/found"

plan
