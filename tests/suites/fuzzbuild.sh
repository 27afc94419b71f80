# shellcheck shell=sh
# .clusterfuzzlite/build.sh, run as a fuzzing service would run it: with its compiler, flags and engine. It takes minutes: only in check-long.
. tests/lib.sh
if [ -z "${ZXP_LONG-}" ]; then
    skip_all "only in make check-long"
fi
if ! command -v zip >/dev/null || ! command -v clang >/dev/null; then
    skip_all "zip or clang is not installed"
fi
mkdir -p "$ZXP_TMP/out" "$ZXP_TMP/work"
CC=clang CXX=clang CFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' CXXFLAGS='-O1 -g -fsanitize=address,fuzzer-no-link' \
    LIB_FUZZING_ENGINE=-fsanitize=fuzzer OUT=$ZXP_TMP/out WORK=$ZXP_TMP/work bash .clusterfuzzlite/build.sh >"$ZXP_TMP/log" 2>&1
status=$?
tail -n 40 "$ZXP_TMP/log" >"$ZXP_TMP/end"
verdict build.sh $status "$ZXP_TMP/end"
for target in fuzz_ops fuzz_save fuzz_script; do
    seeds=$ZXP_TMP/$target
    mkdir "$seeds"
    [ -f "$ZXP_TMP/out/$target.options" ] && python3 -m zipfile -e "$ZXP_TMP/out/${target}_seed_corpus.zip" "$seeds" &&
        run_limited 300 "$ZXP_TMP/out/$target" -runs=500 "$seeds" >"$ZXP_TMP/log" 2>&1
    verdict "$target runs from its seeds" $? "$ZXP_TMP/log"
done
plan
