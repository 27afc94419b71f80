"""Checks a trace against the Chrome trace event format: what each phase must have, and that slices of a track nest."""
import json
import sys

NEEDS = {"X": ("dur",), "C": ("args",), "M": ("args",), "i": ("s",), "b": ("id", "cat"), "e": ("id", "cat"),
         "s": ("id", "cat"), "f": ("id", "cat")}


def check_nesting(events):
    tracks = {}
    for event in (e for e in events if e["ph"] == "X"):
        tracks.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"], event["name"]))
    for slices in tracks.values():
        open_ends = []
        for begin, end, name in sorted(slices, key=lambda s: (s[0], -s[1])):
            while open_ends and open_ends[-1] <= begin:
                open_ends.pop()
            assert not open_ends or end <= open_ends[-1], f"{name} at {begin} is not inside the slice around it"
            open_ends.append(end)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    for event in events:
        for member in ("ph", "name", "pid", "tid", "ts") + NEEDS[event["ph"]]:
            assert member in event, f"{event} has no {member}"
    phases = {event["ph"] for event in events}
    assert phases == set(NEEDS), f"phases {phases}"
    counts = [value for event in events if event["ph"] == "C" for value in event["args"].values()]
    assert counts and min(counts) >= 0, "counters"
    check_nesting(events)


main()
