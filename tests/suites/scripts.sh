# shellcheck shell=sh
# Our own script cases.
. tests/lib.sh
run_script_cases tests/scripts/*.zxp
