# shellcheck shell=sh
# Replays corpus/seeds, corpus/regressions and every case of the suites (core against oracle, every invariant and property; regressions as
# scripts too), damaged worlds and the scripts of corpus/scripts, and lets each fuzz target run for a while from there. TAP.
. tests/lib.sh
fuzz=$ZXP_BUILD/fuzz
engines=build/fuzz
# The short round takes a fixed seed, so that it does nearly the same each time; the long one looks for something new.
if [ -n "${ZXP_LONG-}" ]; then seconds=300 seed=; else seconds=30 seed=-seed=1; fi

# run NAME COMMAND...
run() {
    name=$1
    shift
    "$@" >"$ZXP_TMP/log" 2>&1
    status=$?
    tail -n 60 "$ZXP_TMP/log" >"$ZXP_TMP/end"
    verdict "$name" $status "$ZXP_TMP/end"
    grep -E '^(stat::number_of_executed_units|[0-9]+ inputs|[0-9]+ passed)' "$ZXP_TMP/log" | sed 's/^/# /'
}

# engine TARGET MAX_LEN SEEDS...: what it learns is thrown away.
engine() {
    target=$1 length=$2
    shift 2
    mkdir -p "$ZXP_TMP/$target"
    run "$target, for $seconds seconds" run_limited $((seconds + 60)) "$engines/$target" -max_total_time=$seconds \
        ${seed:+"$seed"} -max_len="$length" -timeout=20 -entropic=0 -print_final_stats=1 -artifact_prefix="$ZXP_TMP/" "$ZXP_TMP/$target" "$@"
}

run "seeds and regressions; they reach every rule that an input can" run_limited 150 \
    "$fuzz/judge" -o "$ZXP_TMP/crashes" -x corpus/rules-unreachable.txt corpus/seeds corpus/regressions
mkdir -p "$ZXP_TMP/cases"
run "cases become inputs" run_limited 60 "$fuzz/make_seeds" "$ZXP_TMP/cases" tests/scripts/*.zxp corpus/conformance/*.zxp corpus/scripts/*.zxp
run "every case of the suites, as an input" run_limited 150 "$fuzz/judge" -o "$ZXP_TMP/crashes" "$ZXP_TMP/cases"
run "regressions, as scripts" run_limited 100 "$ZXP_BUILD/zxpager-repl" replay corpus/regressions
run "scripts of the corpus" run_limited 100 "$ZXP_BUILD/zxpager-repl" --tap corpus/scripts/*.zxp
run "hostile saves" run_limited 60 "$fuzz/run_save" corpus/saves corpus/seeds
run "hostile texts" run_limited 60 "$fuzz/run_script" tests/scripts corpus/conformance corpus/regressions
if [ "$ZXP_BUILD" = build ]; then # engines bring their own sanitizers
    engine fuzz_ops 2048 corpus/seeds
    mkdir "$ZXP_TMP/learnt"
    find "$ZXP_TMP/fuzz_ops" -type f | sort | head -n 300 | xargs -I{} cp {} "$ZXP_TMP/learnt/"
    run "what fuzz_ops learnt, as scripts" run_limited 100 "$ZXP_BUILD/zxpager-repl" replay "$ZXP_TMP/learnt"
    mkdir "$ZXP_TMP/saves"
    run "seeds become saved worlds" run_limited 60 "$fuzz/make_saves" "$ZXP_TMP/saves" corpus/seeds
    engine fuzz_save 4096 "$ZXP_TMP/saves"
    engine fuzz_script 4096 tests/scripts corpus/conformance
fi
plan
