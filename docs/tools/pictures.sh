#!/bin/sh
# pictures.sh PROGRAM FOLDER: draws the pictures of the manual in FOLDER, each by its script of docs/manual/pictures/.
set -eu
program=$(realpath "$1") scripts=$(realpath "$(dirname "$0")/../manual/pictures")
cd "$2"
for script in "$scripts"/*.zxp; do
    "$program" --no-color --play "$script" >/dev/null
done
