# shellcheck shell=sh
# The reference is what the tables say, its examples hold, and no link of the documentation is broken.
. tests/lib.sh

for page in calls rules commands; do
    "$ZXP_BUILD/docs/reference" $page >"$ZXP_TMP/$page.md" && diff "docs/reference/$page.md" "$ZXP_TMP/$page.md" >"$ZXP_TMP/out"
    verdict "docs/reference/$page.md is up to date (if not: make reference)" $? "$ZXP_TMP/out"
done
for example in docs/reference/examples/*.zxp; do
    run_limited 20 "$ZXP_BUILD/zxpager-repl" --tap "$example" >"$ZXP_TMP/out" 2>&1
    verdict "$example" $? "$ZXP_TMP/out"
done
if command -v pandoc >/dev/null && command -v mandoc >/dev/null; then
    ${MAKE:-make} --no-print-directory docs >"$ZXP_TMP/out" 2>&1
    status=$?
    tail -n 20 "$ZXP_TMP/out" >"$ZXP_TMP/end"
    verdict "make docs: every page, no broken link" $status "$ZXP_TMP/end"
else
    skip "make docs" "no pandoc or mandoc here"
fi
plan
