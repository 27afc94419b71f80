# shellcheck shell=sh
# The kernel's acceptance tests, restated as scripts.
. tests/lib.sh
run_script_cases corpus/conformance/*.zxp
