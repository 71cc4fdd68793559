"""Scores of events and context against expected statements (``statements/*.toml``).

A statement is found where one of the same kind and label overlaps its words by at least half of
the shorter of the two. ``optional`` ones are neither rewarded nor punished. Names agree where half
of the words of the shorter one are in the other.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crossings.reports.reader import read
from crossings.reports.records import ReadContext, ReadEvent, Reading

FOLDER = Path(__file__).with_name("statements")

Told = ReadEvent | ReadContext


@dataclasses.dataclass
class Score:
    """Found and expected statements; right fields of the found ones, of those labelled."""

    expected: int = 0
    found: int = 0
    extra: int = 0
    fields: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    wrong: list[str] = dataclasses.field(default_factory=list)

    def count(self, field: str, right: bool, detail: str) -> None:
        entry = self.fields.setdefault(field, [0, 0])
        entry[0] += right
        entry[1] += 1
        if not right:
            self.wrong.append(f"{field}: {detail}")

    @property
    def recall(self) -> float:
        return self.found / self.expected

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.extra)


def reports(prefix: str) -> list[Path]:
    return sorted(FOLDER.glob(f"{prefix}*.toml"))


def words(name: str) -> set[str]:
    found = set(re.findall(r"\w+", name.lower()))
    return found - {"the", "a", "an", "of", "s"}


def same(a: str, b: str) -> bool:
    x, y = words(a), words(b)
    return bool(x and y) and 2 * len(x & y) >= min(len(x), len(y))


def label(told: Told) -> str:
    return told.kind if isinstance(told, ReadEvent) else told.relation


def score(paths: Iterable[Path]) -> Score:
    total = Score()
    for path in paths:
        report = tomllib.loads(path.read_text(encoding="utf-8"))
        reading = read(report["text"], report["published"])
        add(total, path.stem, reading, report["statements"])
    return total


def add(total: Score, name: str, reading: Reading, statements: list[dict[str, Any]]) -> None:
    told: list[Told] = [*reading.events, *reading.context]
    used: dict[int, str] = {}
    pairs = []
    for expected in statements:
        start = reading.text.index(expected["words"])
        end = start + len(expected["words"])
        match = best(told, used, expected, start, end)
        total.expected += not expected.get("optional", False)
        if match is not None:
            used[match] = expected["words"]
            total.found += not expected.get("optional", False)
            pairs.append((expected, told[match]))
        elif not expected.get("optional", False):
            total.wrong.append(f"{name}: missed {expected['label']}: {expected['words']}")
    for number, one in enumerate(told):
        if number not in used:
            total.extra += 1
            total.wrong.append(f"{name}: extra {label(one)}: {reading.words(one)!r} {one.why}")
    for expected, one in pairs:
        if not expected.get("optional", False):
            compare(total, name, reading, expected, one, used)


def best(
    told: list[Told], used: dict[int, str], expected: dict[str, Any], start: int, end: int
) -> int | None:
    found = []
    for number, one in enumerate(told):
        overlap = min(end, one.end) - max(start, one.start)
        kind = "event" if isinstance(one, ReadEvent) else "context"
        shorter = min(end - start, one.end - one.start)
        fits = (kind, label(one)) == (expected["kind"], expected["label"])
        if fits and number not in used and 2 * overlap >= shorter:
            found.append((-overlap, number))
    return min(found)[1] if found else None


def compare(
    total: Score,
    name: str,
    reading: Reading,
    expected: dict[str, Any],
    one: Told,
    used: dict[int, str],
) -> None:
    where = f"{name}: {expected['words'][:60]!r}"
    speakers = expected.get("speakers", [])
    right = (
        bool(one.sources) and any(same(a, b) for a in speakers for b in one.sources)
        if speakers
        else not one.sources
    )
    total.count("speaker", right, f"{where}: {speakers} found {one.sources} ({one.why['source']})")
    via = expected.get("via", "")
    found_via = one.via or ""
    total.count("via", same(via, found_via) if via else not found_via, f"{where}: {found_via}")
    if "date" in expected and isinstance(one, ReadEvent):
        total.count("date", one.date == expected["date"], f"{where}: found {one.date}")
    if "place" in expected:
        total.count("place", same(expected["place"], one.place or ""), f"{where}: {one.place}")
    for field in ("subject", "object"):
        if field in expected and isinstance(one, ReadContext):
            value = getattr(one, field) or ""
            total.count(field, same(expected[field], value), f"{where}: {field} {value!r}")
    if "disputes" in expected and isinstance(one, ReadEvent):
        disputed = reading.events[one.disputes] if one.disputes is not None else None
        said = reading.words(disputed) if disputed is not None else ""
        total.count("disputes", said != "" and said in expected["disputes"], f"{where}: {said}")


def founding(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """The founding report and all its statements, as listed beside it."""
    import json

    text = (folder / "report_2023-09-25.txt").read_text(encoding="utf-8")
    lines = (folder / "report_2023-09-25.statements.jsonl").read_text(encoding="utf-8")
    return text, [json.loads(line) for line in lines.splitlines()]


if __name__ == "__main__":
    import sys

    for prefix in sys.argv[1:]:
        result = score(reports(prefix))
        print(f"{prefix}: {result.found} of {result.expected} found, {result.extra} extra")
        print({field: f"{a}/{b}" for field, (a, b) in result.fields.items()})
        print("\n".join(result.wrong))
