"""Fit the weights by which the place of a figure is chosen among the places named.

usage: python -m benchmarks.fit_places LABELS.jsonl ... [--folds 8] [--ridge 6.0] [--write]

A conditional logit over the candidates of every labelled figure that has a place (McFadden, 1974,
"Conditional logit analysis of qualitative choice behavior"), with a ridge on the weights. What a
candidate's features say of the figure before it comes from the reader itself, so fitting and
reading take turns until the places settle. Prints the share of right places, cross-validated with
whole crises left out, beside that of all passages; ``--write`` writes the data file of the reader.
The labelled passages are not in the repository: they are their publishers'.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import crossings
from benchmarks.reading_scores import alike
from crossings.reports.counted import Count
from crossings.reports.describe import locate
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.mentions import Mention, mentions_of
from crossings.reports.place_choice import Candidate, Features, score
from crossings.reports.reader import counted
from crossings.reports.records import Reading
from crossings.reports.sentences import sentence_spans

ROUNDS = 3
Row = dict[str, Any]
Weights = Mapping[str, float]


@dataclass
class Passage:
    """A labelled passage, read up to the stage at which places are chosen."""

    crisis: str
    reading: Reading
    counts: list[Count]
    mentions: list[list[Mention]]
    wanted: dict[int, str]
    """The labelled place by the index of the figure."""


@dataclass
class Case:
    """The candidates of one figure and which of them are right."""

    features: list[Features]
    right: list[bool]
    text: str
    wanted: str


def prepared(row: Row) -> Passage:
    """A labelled passage with its figures and places, and the labels that have a place."""
    lexicon = load_lexicon("en")
    published = dt.date.fromisoformat(row["published"][:10]) if row.get("published") else None
    empty = Reading(row["text"], published, "en", [])
    spans = sentence_spans(row["text"], lexicon.abbreviations)
    reading, counts = counted(row["text"], spans, empty, lexicon)
    wanted: dict[int, str] = {}
    for label in row["claims"]:
        if label.get("optional") or not label.get("place"):
            continue
        for number, claim in enumerate(reading.claims):
            if claim.start < label["end"] and label["start"] < claim.end:
                wanted.setdefault(number, label["place"])
    mentions = [mentions_of(sentence, lexicon) for sentence in reading.sentences]
    return Passage(row.get("crisis") or row["id"], reading, counts, mentions, wanted)


def cases(passage: Passage, weights: Weights) -> list[Case]:
    """Read the places of a passage by these weights; the candidates of its labelled figures."""
    kept: list[Case] = []

    def choose(number: int, found: list[Candidate]) -> Candidate | None:
        chosen = max(found, key=lambda one: score(one.features, weights), default=None)
        if number in passage.wanted:
            wanted = passage.wanted[number]
            right = [alike(wanted, one.text, "longer") for one in found]
            features = [one.features for one in found]
            kept.append(Case(features, right, chosen.text if chosen else "", wanted))
        return chosen

    for claim in passage.reading.claims:
        claim.place = claim.origin = None
    locate(passage.reading, passage.counts, passage.mentions, load_lexicon("en"), choose)
    return kept


def fit(passages: Sequence[Passage], ridge: float) -> dict[str, float]:
    """The weights that make the labelled places likeliest, reading and fitting in turn."""
    weights: dict[str, float] = {"cost": -1.0, "named last": -3.0, "in the sentence": 1.0}
    for _ in range(ROUNDS):
        every = [case for passage in passages for case in cases(passage, weights)]
        weights = logit([c for c in every if any(c.right) and not all(c.right)], ridge)
    return weights


def logit(every: Sequence[Case], ridge: float) -> dict[str, float]:
    """The weights that make the right candidates of all cases likeliest, less the ridge."""
    if not every:
        return {}
    names = sorted({name for case in every for one in case.features for name in one})
    column = {name: number for number, name in enumerate(names)}
    rows = [one for case in every for one in case.features]
    matrix = np.zeros((len(rows), len(names)))
    for number, one in enumerate(rows):
        for name, value in one.items():
            matrix[number, column[name]] = value
    starts = np.cumsum([0, *(len(case.features) for case in every)])[:-1]
    sizes = np.array([len(case.features) for case in every])
    right = np.array([flag for case in every for flag in case.right])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        utility = matrix @ theta
        top = np.maximum.reduceat(utility, starts)
        weight = np.exp(utility - np.repeat(top, sizes))
        total = np.add.reduceat(weight, starts)
        good = np.add.reduceat(weight * right, starts)
        share = weight / np.repeat(total, sizes)
        share_right = weight * right / np.repeat(good, sizes)
        value = float(np.sum(np.log(total) - np.log(good)) + 0.5 * ridge * theta @ theta)
        return value, matrix.T @ (share - share_right) + ridge * theta

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return {name: float(value) for name, value in zip(names, found.x, strict=True)}


def share_right(passages: Sequence[Passage], weights: Weights) -> tuple[int, int]:
    """How many labelled places are right, of how many."""
    every = [case for passage in passages for case in cases(passage, weights)]
    return sum(alike(case.wanted, case.text, "longer") for case in every), len(every)


def cross_validated(passages: Sequence[Passage], folds: int, ridge: float) -> float:
    """The share of right places, each crisis read by weights fitted without it."""
    right = total = 0
    for fold in range(folds):
        held = [p for p in passages if zlib.crc32(p.crisis.encode()) % folds == fold]
        weights = fit([p for p in passages if zlib.crc32(p.crisis.encode()) % folds != fold], ridge)
        good, every = share_right(held, weights)
        right, total = right + good, total + every
    return right / total


def possible(passages: Sequence[Passage]) -> float:
    """The share of labelled places that are among the candidates: no choice can do better."""
    every = [case for passage in passages for case in cases(passage, {})]
    return sum(any(case.right) for case in every) / len(every)


def main() -> None:
    """Fit, print the shares, write the data file if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--ridge", type=float, default=6.0)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = [
        json.loads(line)
        for path in given.labels
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    passages = [prepared(row) for row in rows]
    weights = fit(passages, given.ridge)
    right, total = share_right(passages, weights)
    result = {
        "passages": len(passages),
        "placed": total,
        "among_candidates": round(possible(passages), 4),
        "fitted": round(right / total, 4),
        "cross_validated": round(cross_validated(passages, given.folds, given.ridge), 4),
        "weights": len(weights),
    }
    print(json.dumps(result, indent=1))
    if given.write:
        lines = [
            "# Weights of the features by which the place of a figure is chosen; fitted by",
            f"# python -m benchmarks.fit_places to {len(passages)} labelled passages.",
            "[weights]",
            *(f'"{name}" = {value:.3f}' for name, value in sorted(weights.items())),
        ]
        path = Path(crossings.__file__).parent / "reports" / "place_weights.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
