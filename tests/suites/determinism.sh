# shellcheck shell=sh
# A run is a function of its script: the events of all scripts have one hash, whatever compiled the program and wherever it lies in
# memory. In make check the program at hand runs twice, and once without address randomisation; make check-long adds gcc -O0, gcc -O2
# and clang -O2, each in both ways. TAP.
. tests/lib.sh
[ "$ZXP_BUILD" = build ] || skip_all "only beside the plain build"
first=

trace() { # COMMAND...: the hash of all events
    for script in tests/scripts/*.zxp corpus/conformance/*.zxp; do
        "$@" --json "$script" || echo "exit status $?"
    done 2>&1 | sha256sum | cut -d ' ' -f 1
}

same() { # NAME COMMAND...
    name=$1
    shift
    hash=$(trace "$@")
    [ -n "$first" ] || first=$hash
    [ "$hash" = "$first" ]
    verdict "$name $hash" $?
}

compiled() { # NAME COMPILER FLAGS: a program of its own
    ${MAKE:-make} --no-print-directory -j2 BUILD="$ZXP_TMP/$1" CC="$2" OPTIMIZE="$3" "$ZXP_TMP/$1/zxpager-repl" \
        >"$ZXP_TMP/make.log" 2>&1 || tail -n 20 "$ZXP_TMP/make.log" | sed 's/^/# /'
    same "$2 $3" "$ZXP_TMP/$1/zxpager-repl"
    same_fixed "$2 $3" "$ZXP_TMP/$1/zxpager-repl"
}

same_fixed() { # NAME PROGRAM: the same without address randomisation
    if command -v setarch >/dev/null && setarch "$(uname -m)" -R true 2>/dev/null; then
        same "$1, at fixed addresses" setarch "$(uname -m)" -R "$2"
    fi
}

same "the program" "$ZXP_BUILD/zxpager-repl"
same "again" "$ZXP_BUILD/zxpager-repl"
same_fixed "the program" "$ZXP_BUILD/zxpager-repl"
if [ -n "${ZXP_LONG-}" ]; then
    compiled gcc-O0 gcc -O0
    compiled gcc-O2 gcc -O2
    compiled clang-O2 "$(command -v clang || command -v clang-14)" -O2
fi
plan
