#!/bin/sh
# Prints cli/replay_page.h: the page of cli/replay/ as C strings, a line each.
set -eu
cd "$(dirname "$0")/../.."
echo '/* replay_page.h - made by docs/tools/replay-page.sh from cli/replay/: do not edit. */'
echo '#ifndef CLI_REPLAY_PAGE_H'
echo '#define CLI_REPLAY_PAGE_H'
echo
echo '/* clang-format off */'
echo 'static const char *const replay_page[] = {'
while IFS= read -r line; do
    case $line in
    @STYLE@) cat cli/replay/style.css ;;
    @SCRIPT@) cat cli/replay/replay.js ;;
    *) printf '%s\n' "$line" ;;
    esac
done <cli/replay/page.html | sed -e 's/^ *//' -e '/^$/d' | awk '
    { for (; length($0) > 80; $0 = substr($0, 81)) print "\"" quoted(substr($0, 1, 80)) "\""; print "\"" quoted($0) "\\n\"," }
    function quoted(text) { gsub(/[\\"]/, "\\\\&", text); return text }'
echo '};'
echo
echo '#endif'
