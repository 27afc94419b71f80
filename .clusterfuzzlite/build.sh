#!/bin/bash
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite ask for it: the compiler and its flags come in $CC, $CXX, $CFLAGS, $CXXFLAGS, the
# engine in $LIB_FUZZING_ENGINE, and what was built goes to $OUT: NAME, NAME.options, NAME.dict, NAME_seed_corpus.zip.
# Run from the root of the repo. Everything is compiled here, in a folder of its own.
set -eu
work=${WORK:-$(mktemp -d)}
OUT=$(realpath "$OUT")
flags=(-std=c17 -Icore/include -Icore -D_POSIX_C_SOURCE=200809L '-DZXP_VERSION="fuzz"')

# compile FOLDER-OF-OBJECTS SOURCE...
compile() {
    local folder=$1 source
    shift
    mkdir -p "$work/$folder"
    for source; do
        # shellcheck disable=SC2086 # flags are words
        $CC $CFLAGS "${flags[@]}" -c -o "$work/$folder/${source//\//_}.o" "$source"
    done
}

# target NAME OBJECT...
target() {
    local name=$1
    shift
    # shellcheck disable=SC2086
    ${CXX:-$CC} ${CXXFLAGS:-$CFLAGS} $LIB_FUZZING_ENGINE "$@" -o "$OUT/$name" -lpthread
    cp "fuzz/options/$name.options" "$OUT/$name.options"
}

# seeds NAME FOLDER...: one archive
seeds() {
    local name=$1
    shift
    local folder=$work/seeds/$name from file
    mkdir -p "$folder"
    for from; do
        for file in "$from"/*; do
            case $file in *.md) ;; *) cp "$file" "$folder/${file//\//_}" ;; esac
        done
    done
    (cd "$folder" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
}

compile core core/*.c
compile judge fuzz/codec/*.c fuzz/harness/*.c
# shellcheck disable=SC2046 # names without blanks
compile script $(make --no-print-directory -s fuzz-script-sources)
for source in fuzz/oracle/*.c; do
    case $source in */selftest*) ;; *) compile oracle "$source" ;; esac
done
compile targets fuzz/targets/fuzz_ops.c fuzz/targets/ops_mutator.c fuzz/targets/fuzz_save.c fuzz/targets/fuzz_script.c

# The oracle's own names stay inside (fuzz/fuzz.mk says why).
ld -r -o "$work/oracle.o" "$work"/oracle/*.o
objcopy --wildcard --keep-global-symbol='oracle_*' "$work/oracle.o"

target fuzz_ops "$work/targets/fuzz_targets_fuzz_ops.c.o" "$work/targets/fuzz_targets_ops_mutator.c.o" "$work"/judge/*.o "$work/oracle.o" "$work"/core/*.o
target fuzz_save "$work/targets/fuzz_targets_fuzz_save.c.o" "$work"/core/*.o
target fuzz_script "$work/targets/fuzz_targets_fuzz_script.c.o" "$work"/script/*.o "$work"/judge/*.o "$work/oracle.o" "$work"/core/*.o

# The worlds at the end of the seeds of fuzz_ops, written by a program for this machine, without the service's flags.
env -u CFLAGS -u CXXFLAGS make --no-print-directory -s BUILD="$work/host" "$work/host/fuzz/saves" >"$work/saves.log" 2>&1

seeds fuzz_ops corpus/seeds corpus/regressions
seeds fuzz_save "$work/host/fuzz/saves"
seeds fuzz_script corpus/conformance tests/scripts
cp fuzz/zxp.dict "$OUT/fuzz_script.dict"
