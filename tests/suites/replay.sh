# shellcheck shell=sh
# Fuzz inputs and sessions in other forms: as C programs, which are compiled and run; as tests for the kernel, which are compiled against
# declarations that take anything; as words, which come back as they were. TAP.
. tests/lib.sh
repl=$ZXP_BUILD/zxpager-repl
tmp=$ZXP_TMP

# The compiler of `make` makes the program; a variant's library would need its flags.
if [ "$ZXP_BUILD" = build ]; then
    for input in corpus/regressions/regressions-*; do
        "$repl" replay --as-c "$input" >"$tmp/replay.c" &&
            ${CC:-cc} -std=c17 -Wall -Wno-unused-variable -Werror -Icore/include -o "$tmp/replay" "$tmp/replay.c" "$ZXP_BUILD/libzxpager.a" \
                >"$tmp/log" 2>&1 && run_limited 20 "$tmp/replay" >>"$tmp/log" 2>&1 && [ "$(tail -n 1 "$tmp/log")" = "as recorded" ]
        verdict "as C: ${input##*/}" $? "$tmp/log"
    done
fi

# Stand-ins for the kernel's headers: its constants are ours, its calls take anything.
stand_ins() {
    mkdir -p "$tmp/include/zircon" "$tmp/include/zxtest"
    : >"$tmp/include/zircon/syscalls-next.h"
    {
        echo '#include <stdint.h>'
        echo '#include <zxpager/zircon.h>'
        echo 'struct zx_port_packet_t { uint64_t key; };'
        echo 'struct zx_vmo_lock_state_t { uint64_t offset; };'
        cat "$tmp"/*.cc | grep -o 'zx_[a-z_]*(' | sort -u | sed 's/\(.*\)(/template <class... T> zx_status_t \1(T...);/'
    } >"$tmp/include/zircon/syscalls.h"
    cat >"$tmp/include/zxtest/zxtest.h" <<'END'
#define TEST(suite, name) void suite##name()
#define EXPECT_EQ(a, b) (void)((a) == (b))
END
}

cxx=$(command -v g++ || command -v clang++)
if [ -n "$cxx" ]; then
    for input in corpus/regressions/regressions-*; do
        "$repl" replay --as-zxtest "$input" >"$tmp/${input##*/}.cc"
    done
    stand_ins
    for test in "$tmp"/*.cc; do
        grep -q '^TEST(' "$test" && "$cxx" -std=c++17 -fsyntax-only -I"$tmp/include" -Icore/include "$test" >"$tmp/log" 2>&1
        verdict "as a test for the kernel: $(basename "$test" .cc)" $? "$tmp/log"
    done
fi

for input in corpus/regressions/regressions-*; do
    "$repl" replay "$input" | sed '/^# ok/d' >"$tmp/before"
    "$repl" replay --from "$("$repl" replay --share "$input")" | sed '/^# ok/d' >"$tmp/after"
    [ -s "$tmp/before" ] && cmp -s "$tmp/before" "$tmp/after"
    verdict "as a word: ${input##*/}" $? "$tmp/after"
done

# A session: what it shares opens with the same calls.
session='create v 3; supply v 0 2; write v 0; t1: read v 2 => blocked'
word=$("$repl" -c "$session; share" | tail -n 1)
"$repl" --from "$word" </dev/null >"$tmp/opened" 2>&1
verdict "a shared session opens" $? "$tmp/opened"
"$repl" replay --from "$word" >"$tmp/script" && grep -q 'zx_vmo_read.*=> blocked' "$tmp/script"
verdict "its threads wait as they did" $? "$tmp/script"
! "$repl" --from nonsense >"$tmp/log" 2>&1
verdict "a word that is none is refused" $? "$tmp/log"
! "$repl" -c share >"$tmp/log" 2>&1
verdict "nothing to share" $? "$tmp/log"

plan
