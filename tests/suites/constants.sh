# shellcheck shell=sh
# core/constants.def and zircon.h name the same constants, in the same order.
. tests/lib.sh
sed -n 's/^#define \(ZX_[A-Z0-9_]*\) .*/\1/p' core/include/zxpager/zircon.h >"$ZXP_TMP/header"
sed -n 's/^CONSTANT(\(ZX_[A-Z0-9_]*\))$/\1/p' core/constants.def >"$ZXP_TMP/list"
[ -s "$ZXP_TMP/list" ]
verdict "there are constants" $?
diff "$ZXP_TMP/header" "$ZXP_TMP/list" >"$ZXP_TMP/diff"
verdict "constants.def agrees with zircon.h" $? "$ZXP_TMP/diff"
plan
