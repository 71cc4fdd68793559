"""How well and how fast reports are read, against plain regular expressions; and fuzzing.

usage: python -m benchmarks.reading [LABELS.jsonl ...] [--fuzz N] [--seed S]

Scores every set of labelled passages of the tests and, where files are given, those labels (see
their GUIDE.md). Throughput is CPU time of one core over passages of 150 words; start and memory are
those of a fresh interpreter. ``--fuzz`` reads N generated texts (runs of known words, any
characters, mutated passages) and reports the slowest.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import crossings as cx
from benchmarks.reading_scores import score
from tests.reports.labelled import PASSAGES, passages

Rows = list[dict[str, Any]]

_NUMBER = re.compile(
    r"(?:(?:at least|more than|about|some|nearly|up to|around) )?"
    r"\b(\d{1,3}(?:,\d{3})+|\d+)\b(?= (?:\w+ )?(?:people|refugees|families|civilians|children))"
)
_MEASURES = (
    ("killed", r"kill|died|dead|death"),
    ("injured", r"injur|wound"),
    ("missing", r"missing"),
    ("evacuated", r"evacuat"),
    ("displaced", r"displac|homeless"),
    ("fled", r"fled|flee"),
    ("arrived", r"arriv"),
)
_SAID = re.compile(r"([A-Z][\w' ]+?) (?:said|says|reported)\b|according to ([^,.]+)")


def by_expressions(text: str) -> list[dict[str, Any]]:
    """The yardstick: a number before a people noun, the first verb of the sentence, "X said"."""
    claims = []
    for sentence in re.finditer(r"[^.]+\.?", text):
        words = sentence.group()
        measure = next((m for m, p in _MEASURES if re.search(p, words, re.I)), "other")
        said = _SAID.search(words)
        for number in _NUMBER.finditer(words):
            value = int(number.group(1).replace(",", ""))
            low = re.match(r"at least|more than", number.group(), re.I)
            claims.append(
                {
                    "start": sentence.start() + number.start(),
                    "end": sentence.start() + number.end(),
                    "low": value,
                    "high": None if low else value,
                    "measure": measure,
                    "unit": "people",
                    "sources": [said.group(1) or said.group(2)] if said else [],
                    "place": None,
                    "via": None,
                    "origin": None,
                    "part_of": None,
                    "status": "reported",
                    "as_of": None,
                }
            )
    return claims


def by_reader(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims of the reader as plain values."""
    claims: list[dict[str, Any]] = cx.read(row["text"], row["published"]).as_dict()["claims"]
    return claims


def scores_of(rows: Rows) -> dict[str, dict[str, float]]:
    """Scores of reader and expressions on a set of labelled passages."""
    return {
        "reader": score(rows, {row["id"]: by_reader(row) for row in rows}),
        "expressions": score(rows, {row["id"]: by_expressions(row["text"]) for row in rows}),
    }


def per_second(rows: Rows, read: Callable[[dict[str, Any]], object]) -> float:
    """Passages of 150 words a second of CPU time on one core."""
    words = sum(len(row["text"].split()) for row in rows)
    read(rows[0])
    begun, rounds = time.process_time(), 0
    while time.process_time() - begun < 3.0:
        for row in rows:
            read(row)
        rounds += 1
    return rounds * words / 150 / (time.process_time() - begun)


def fresh() -> dict[str, float]:
    """CPU seconds until the first reading, and peak memory (MB), of a fresh interpreter."""
    code = (
        "import crossings as cx, resource\n"
        "cx.read('At least 20 people fled Goma, police said.')\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    seconds, memory = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    return {"start_cpu_s": min(seconds), "memory_mb": max(memory)}


def texts(number: int, seed: int) -> Iterator[str]:
    """Generated texts: the reader's words in any order, any characters, mutated passages."""
    luck = random.Random(seed)
    known = [
        row["text"] for path in sorted(PASSAGES.parent.glob("*.txt")) for row in passages(path)
    ]
    words = sorted({word for text in known for word in text.split()}) + list("“”\"'’(),.;:–-$%&")
    for _ in range(number):
        kind = luck.random()
        if kind < 0.6:
            yield " ".join(luck.choices(words, k=luck.randint(0, 30)))
        elif kind < 0.8:
            yield "".join(chr(luck.randrange(1, 0x3000)) for _ in range(luck.randint(0, 120)))
        else:
            text = list(luck.choice(known)[: luck.randint(20, 300)])
            for _ in range(luck.randint(1, 12)):
                text[luck.randrange(len(text))] = luck.choice(words)[:1]
            yield "".join(text)


def fuzz(number: int, seed: int) -> dict[str, float]:
    """Read generated texts; an exception ends the run. The slowest and the mean, CPU seconds."""
    slowest = total = 0.0
    for text in texts(number, seed):
        begun = time.process_time()
        reading = cx.read(text, "2023-09-25")
        spent = time.process_time() - begun
        if any(text[c.start : c.end] != c.figure_text for c in reading.claims):
            raise AssertionError(f"a span is not verbatim: {text!r}")
        slowest, total = max(slowest, spent), total + spent
    return {"texts": number, "slowest_s": slowest, "mean_s": total / max(number, 1)}


def main() -> None:
    """Run and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels", nargs="*", type=Path)
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sets: dict[str, Rows] = {
        path.stem: passages(path) for path in sorted(PASSAGES.parent.glob("*.txt"))
    }
    for path in given.labels:
        lines = path.read_text(encoding="utf-8").splitlines()
        sets[path.stem] = [json.loads(line) for line in lines if line.strip()]
    every = [row for rows in sets.values() for row in rows]
    result: dict[str, Any] = {name: scores_of(rows) for name, rows in sets.items()}
    result["passages_per_second"] = {
        "reader": per_second(every, by_reader),
        "expressions": per_second(every, lambda row: by_expressions(row["text"])),
    }
    result["fresh"] = fresh()
    if given.fuzz:
        result["fuzz"] = fuzz(given.fuzz, given.seed)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
