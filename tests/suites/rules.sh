# shellcheck shell=sh
# Every rule of rules.def decides something in the script suites, and every operation returns the statuses of its row of ops.def, all of
# them and no other. What cannot be brought about stands with its reason in tests/rules-unreachable.txt.
"$ZXP_BUILD/tests/rule-coverage" -x tests/rules-unreachable.txt tests/scripts/*.zxp corpus/conformance/*.zxp
