# shellcheck shell=sh
# core/constants.def and zircon.h name the same constants, in the same order.
. tests/lib.sh
sed -n 's/^#define \(ZX_[A-Z0-9_]*\) .*/\1/p' core/include/zxpager/zircon.h >"$ZXP_TMP/header"
sed -n 's/^CONSTANT(\(ZX_[A-Z0-9_]*\))$/\1/p' core/constants.def >"$ZXP_TMP/list"
echo 1..2
if [ -s "$ZXP_TMP/list" ]; then echo "ok 1 - there are constants"; else echo "not ok 1 - there are constants"; fi
if diff "$ZXP_TMP/header" "$ZXP_TMP/list" >"$ZXP_TMP/diff"; then
    echo "ok 2 - constants.def agrees with zircon.h"
else
    echo "not ok 2 - constants.def agrees with zircon.h"
    sed 's/^/# /' "$ZXP_TMP/diff"
fi
