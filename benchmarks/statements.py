"""How many statements of labelled reports are found, with their kind and speaker.

usage: python -m benchmarks.statements [REPORTS.jsonl ... --labels LABELS.jsonl]

A labelled statement (event or context) is found where the reader tells one of the same sort whose
words overlap at least half of the shorter of the two, one to one. Of those found: whether it has
the labelled kind or relation, and whether the speaker agrees (nobody where the report itself
states it). Shares are not counted here: they are parts of figures. Without files the labels of
``benchmarks/passages`` are read; patterns were made with those in view, so that their score says
nothing about other reports.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import crossings as cx
from benchmarks.reading_scores import alike
from crossings.reports.records import ReadContext, ReadEvent

_PASSAGES = Path(__file__).parent / "passages"
_REPORTS = (_PASSAGES / "tenth.jsonl", _PASSAGES / "statements" / "reports.jsonl")
_LABELS = _PASSAGES / "statements" / "labels.jsonl"

Row = dict[str, Any]
Told = ReadEvent | ReadContext


def rows_of(path: Path) -> list[Row]:
    """The JSON objects of a file, one a line."""
    return [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines() if x.strip()]


def matches(labels: list[Row], told: list[Told]) -> dict[int, int]:
    """Label index to the statement found for it, the largest overlap first, one to one."""
    pairs = []
    for i, label in enumerate(labels):
        for j, one in enumerate(told):
            overlap = min(one.end, label["end"]) - max(one.start, label["start"])
            shorter = min(one.end - one.start, label["end"] - label["start"])
            if 2 * overlap >= shorter > 0:
                pairs.append((-overlap, i, j))
    found: dict[int, int] = {}
    for _, i, j in sorted(pairs):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def speaker_right(label: Row, one: Told) -> bool:
    """Whether nobody speaks where nobody is labelled, else whether one name agrees."""
    wanted = label.get("speakers") or []
    if not wanted:
        return not one.sources
    return any(alike(name, other) for name in wanted for other in one.sources)


def counts(labels: list[Row], reports: dict[str, Row]) -> dict[str, Counter[str]]:
    """Labelled, found, told besides, right kinds and right speakers, for events and for context."""
    by_report: dict[str, list[Row]] = defaultdict(list)
    for label in labels:
        by_report[label["report"]].append(label)
    total: dict[str, Counter[str]] = {"event": Counter(), "context": Counter()}
    for name, mine in by_report.items():
        reading = cx.read(reports[name]["text"], reports[name].get("published"))
        sorts: dict[str, list[Told]] = {
            "event": list(reading.events),
            "context": list(reading.context),
        }
        for sort, told in sorts.items():
            wanted = [label for label in mine if label["kind"] == sort]
            found = matches(wanted, told)
            total[sort].update(labelled=len(wanted), found=len(found))
            total[sort].update(besides=len(told) - len(found))
            for i, j in found.items():
                one = told[j]
                total[sort]["speaker right"] += speaker_right(wanted[i], one)
                same = (
                    one.kind == wanted[i]["event"]
                    if isinstance(one, ReadEvent)
                    else one.relation == wanted[i]["relation"]
                )
                total[sort]["kind right"] += same
    return total


def main() -> None:
    """Score and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", nargs="*", type=Path, default=list(_REPORTS))
    parser.add_argument("--labels", type=Path, default=_LABELS)
    given = parser.parse_args()
    reports = {row["id"]: row for path in given.reports for row in rows_of(path)}
    print(json.dumps(counts(rows_of(given.labels), reports), indent=1))


if __name__ == "__main__":
    main()
