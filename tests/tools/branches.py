#!/usr/bin/env python3
"""branches.py EXCLUDED < EXPORT - lines and branches of core/ that the tests take, from `llvm-cov export`.

Prints a line a file that has branches not taken, each of these with its place, its condition and the side that is missing, then the
totals. core/check*.c does not count: its failing branches are the invariants, and damaged worlds take them (tests/unit/invariants.c).

EXCLUDED holds what cannot be taken, one by one: a line "= REASON", then lines "FILE: CONDITION: SIDE" as this program prints them. One
that is taken after all, or does not exist, is told and makes the exit status 1.
"""

import collections
import json
import re
import sys


def condition(lines, branch):
    first, left, last, right = branch[:4]
    text = lines[first - 1:last]
    text[-1] = text[-1][:right - 1]
    text[0] = text[0][left - 1:]
    return " ".join(part.strip() for part in text)


def branches_of(file):
    """{place: [condition, times true, times false]}; a condition of a header or macro counts once."""
    with open(file["filename"], encoding="utf-8") as source:
        lines = source.read().split("\n")
    found = {}
    for branch in file["branches"]:
        counts = found.setdefault(tuple(branch[:4]), [condition(lines, branch), 0, 0])
        counts[1] += branch[4]
        counts[2] += branch[5]
    return found


def read_excluded(path):
    excluded, reason = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("= "):
                reason = line[2:]
            elif line and not line.startswith("#"):
                excluded[line] = reason
    return excluded


def judge(name, file, excluded, totals):
    missing, seen = [], collections.Counter()
    for place, (text, *times) in sorted(branches_of(file).items()):
        for side, count in zip(("true", "false"), times):
            key = f"{name}: {text}: never {side}"
            seen[key] += 1
            key += f" #{seen[key]}" if seen[key] > 1 else ""
            totals["branches"] += 1
            if count == 0:
                totals["missing"] += 1
                totals["excluded"] += key in excluded
                if not excluded.pop(key, None):
                    missing.append(f"  {place[0]}: {key}")
    return missing


def main():
    excluded, totals = read_excluded(sys.argv[1]), collections.Counter()
    for file in json.load(sys.stdin)["data"][0]["files"]:
        name = re.sub(r"^.*/core/", "core/", file["filename"])
        if not name.startswith("core/") or name.startswith("core/check"):
            continue
        totals["lines"] += file["summary"]["lines"]["count"]
        totals["covered"] += file["summary"]["lines"]["covered"]
        missing = judge(name, file, excluded, totals)
        if missing:
            print(f"{name}: {len(missing)} branches not taken")
            print("\n".join(missing))
    for key in excluded:
        print(f"excluded, but taken, or not there: {key}")
    print(f"lines of core/: {100 * totals['covered'] / totals['lines']:.1f} % of {totals['lines']}")
    print(f"branches of core/: {100 - 100 * totals['missing'] / totals['branches']:.1f} % of {totals['branches']}; "
          f"{totals['missing']} not taken, {totals['excluded']} of them excluded, each with its reason")
    return 1 if excluded else 0


if __name__ == "__main__":
    sys.exit(main())
