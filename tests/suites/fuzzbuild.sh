# shellcheck shell=sh
# .clusterfuzzlite/build.sh, run as a fuzzing service would run it: with its compiler, flags and engine. It takes minutes: only in check-long.
. tests/lib.sh
if [ -z "${ZXP_LONG-}" ]; then
    echo "1..0 # SKIP only in make check-long"
    exit 0
fi
if ! command -v zip >/dev/null || ! command -v clang >/dev/null; then
    echo "1..0 # SKIP zip or clang is not installed"
    exit 0
fi
mkdir -p "$ZXP_TMP/out" "$ZXP_TMP/work"
echo 1..4
if CC=clang CXX=clang CFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' CXXFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' \
    LIB_FUZZING_ENGINE=-fsanitize=fuzzer OUT=$ZXP_TMP/out WORK=$ZXP_TMP/work bash .clusterfuzzlite/build.sh >"$ZXP_TMP/log" 2>&1; then
    echo "ok 1 - build.sh"
else
    echo "not ok 1 - build.sh"
    tail -n 40 "$ZXP_TMP/log" | sed 's/^/# /'
fi
number=1
for target in fuzz_ops fuzz_save fuzz_script; do
    number=$((number + 1))
    if [ -f "$ZXP_TMP/out/$target.options" ] && run_limited 120 "$ZXP_TMP/out/$target" -runs=500 >"$ZXP_TMP/log" 2>&1; then
        echo "ok $number - $target runs"
    else
        echo "not ok $number - $target runs"
        tail -n 20 "$ZXP_TMP/log" | sed 's/^/# /'
    fi
done
