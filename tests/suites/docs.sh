# shellcheck shell=sh
# What the documentation shows is executed: every zxp and zxp-session block. TAP.
# shellcheck disable=SC2046 # no blanks in the names
tests/tools/doc-examples "$ZXP_BUILD/zxpager-repl" README.md $(find docs -name '*.md' | LC_ALL=C sort)
