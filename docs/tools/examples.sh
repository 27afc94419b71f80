#!/bin/sh
# Prints cli/examples.def: the examples of docs/reference/examples/ as C strings.
set -eu
cd "$(dirname "$0")/../.."
echo '/* examples.def - made by docs/tools/examples.sh from docs/reference/examples/: do not edit. */'
for file in docs/reference/examples/*.zxp; do
    name=${file##*/}
    echo "EXAMPLE(\"${name%.zxp}\","
    sed -e 's/[\\"]/\\&/g' -e 's/.*/    "&\\n"/' -e '$s/$/)/' "$file"
done
