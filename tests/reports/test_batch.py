"""Many files: in order, in parallel, and nothing stops the rest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crossings.reports.batch import Outcome, read_files

SENTENCE = "Some 400 people fled to the border town, the ministry said on Monday."


def fill(folder: Path) -> list[Path]:
    """Files of several documents, of one, and of none."""
    lines = [json.dumps({"id": f"n{i}", "text": f"{SENTENCE} {i}"}) for i in range(40)]
    lines.insert(7, "broken")
    contents: dict[str, bytes] = {
        "a.jsonl": "\n".join(lines).encode(),
        "b.txt": SENTENCE.encode(),
        "c.txt": b"PK\x03\x04",
        "d.txt": b"",
        "e.html": f"<p>{SENTENCE}</p>".encode(),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [*(folder / name for name in contents), folder / "gone.txt"]


def shape(outcomes: list[Outcome]) -> list[tuple[str, str, int]]:
    return [
        (
            outcome.document.id if outcome.document else "",
            outcome.error.partition(": ")[2][:16],
            len(outcome.reading.claims) if outcome.reading else -1,
        )
        for outcome in outcomes
    ]


def test_the_order_is_that_of_files_and_documents_whatever_the_workers(tmp_path: Path) -> None:
    files = fill(tmp_path)
    seen: list[tuple[int, int]] = []
    alone = list(read_files(files, workers=1, progress=lambda *done: seen.append(done)))
    together = list(read_files(files, workers=3))
    assert shape(alone) == shape(together)
    ids = [outcome.document.id for outcome in alone if outcome.document and outcome.document.id]
    assert ids == [f"n{i}" for i in range(40)]
    assert [outcome.error != "" for outcome in alone] == (
        [i == 7 for i in range(41)] + [False, True, True, False, True]
    )
    assert seen[-1] == (46, 46)
    assert seen == sorted(seen)


LIMIT = 4.0
"""Seconds: much more than reading a sentence takes, much less than a page of millions of marks."""


def test_a_document_that_takes_too_long_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 4_000_000)
    (tmp_path / "b.txt").write_text(SENTENCE)
    files = [tmp_path / "a.html", tmp_path / "b.txt"]
    bad, good = read_files(files, workers=1, seconds=LIMIT)
    assert bad.error.endswith("took longer than 4 s, left out")
    assert good.reading is not None


def test_the_time_in_which_a_process_starts_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import time; time.sleep({LIMIT})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    (outcome,) = read_files([Path("x")], given=SENTENCE.encode(), seconds=LIMIT)
    assert outcome.reading is not None


def test_bytes_can_be_given_in_place_of_a_file() -> None:
    (outcome,) = read_files([Path("standard input")], given=SENTENCE.encode())
    assert outcome.reading is not None
    assert outcome.reading.claims[0].figure_text == "Some 400"


@pytest.mark.parametrize("published", ["yesterday", "2023-13-01"])
def test_a_wrong_day_is_told_of_each_document(published: str) -> None:
    (outcome,) = read_files([Path("x")], given=SENTENCE.encode(), published=published)
    assert "published: found" in outcome.error
