# shellcheck shell=sh
# What the documentation shows is executed: every zxp and zxp-session block. TAP. A block may take two seconds of a processor (the tutorial
# promises that for each answer of `reach'), more where the program is built with sanitizers.
[ "$ZXP_BUILD" != build ] || export DOC_SECONDS="${DOC_SECONDS:-2}"
# shellcheck disable=SC2046 # no blanks in the names
tests/tools/doc-examples "$ZXP_BUILD/zxpager-repl" README.md $(find docs -name '*.md' | LC_ALL=C sort)
