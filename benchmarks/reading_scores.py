"""How well claims were read, against labelled passages.

A predicted claim belongs to the label whose characters it overlaps most, one to one. What is
counted is written down with the labels (``GUIDE.md`` beside them): figures found, bounds, measure,
unit and source right; place, origin, relay, part, status and time of those that are labelled with
one. A whole claim has bounds, measure and source right. Labels marked optional count neither way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Claim = Mapping[str, Any]
_SMALL = {"the", "a", "an", "of", "s"}
FIELDS = ("value", "measure", "unit", "source")
LABELLED_FIELDS = ("place", "via", "origin", "part_of", "status", "as_of")


def words(name: str | None) -> set[str]:
    """The words of a name that count when names are compared."""
    return set(re.findall(r"\w+", (name or "").lower())) - _SMALL


def alike(a: str | None, b: str | None, share: str = "shorter") -> bool:
    """Whether half of the words of the shorter (or longer) of two names are in the other."""
    left, right = words(a), words(b)
    size = min(len(left), len(right)) if share == "shorter" else max(len(left), len(right))
    return bool(left and right) and 2 * len(left & right) >= size


def pairs(labels: Sequence[Claim], claims: Sequence[Claim]) -> dict[int, int]:
    """Label index to claim index, the largest overlap first, one to one."""
    overlaps = [
        (min(w["end"], g["end"]) - max(w["start"], g["start"]), i, j)
        for i, w in enumerate(labels)
        for j, g in enumerate(claims)
    ]
    found: dict[int, int] = {}
    for overlap, i, j in sorted(overlaps, key=lambda o: (-o[0], o[1], o[2])):
        if overlap > 0 and i not in found and j not in found.values():
            found[i] = j
    return found


def source_right(label: Claim, claim: Claim) -> bool:
    """No source where the report states it as fact, else at least one that agrees."""
    got = [name for name in claim["sources"] if len(name.split()) <= 12]
    want, implied = label.get("sources") or [], label.get("implied_sources") or []
    if not want and not claim["sources"]:
        return True
    if len(claim["sources"]) > max(1, len(want or implied)) + 1:
        return False
    return any(alike(name, other) for name in got for other in want or implied)


def agrees(field: str, label: Claim, claim: Claim, found: Mapping[int, int]) -> bool:
    """Whether one field of a claim agrees with its label."""
    if field == "value":
        return (claim["low"], claim["high"]) == (label["low"], label["high"])
    if field == "measure":
        return claim["measure"] in {label["measure"], label.get("alt_measure")}
    if field == "source":
        return source_right(label, claim)
    if field == "place":
        return alike(label["place"], claim["place"], "longer")
    if field == "part_of":
        return label["part_of"] in found and claim["part_of"] == found[label["part_of"]]
    if field == "as_of":
        return bool(words(str(label["as_of"])) & words(claim["as_of"]))
    if field in {"via", "origin"}:
        return alike(label[field], claim[field])
    return bool(claim[field] == label[field])


def is_labelled(field: str, label: Claim) -> bool:
    """Whether a label has this field, so that it counts."""
    value = label.get(field)
    return value is not None and value != "" and not (field == "status" and value == "reported")


def score(
    labelled: Iterable[Mapping[str, Any]], read: Mapping[str, list[dict[str, Any]]]
) -> dict[str, float]:
    """The scores of the claims read in each passage (by id) against its labels."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for passage in labelled:
        labels, claims = passage["claims"], read[passage["id"]]
        found = pairs(labels, claims)
        unscored = {i for i, label in enumerate(labels) if label.get("optional")}
        optional = {found[i] for i in unscored if i in found}
        total["labels"] += len(labels) - len(unscored)
        total["claims"] += len(claims) - len(optional)
        for i, label in enumerate(labels):
            if i in unscored or i not in found:
                continue
            claim = claims[found[i]]
            total["found"] += 1
            fields = FIELDS + tuple(f for f in LABELLED_FIELDS if is_labelled(f, label))
            ok = {field: agrees(field, label, claim, found) for field in fields}
            for field, agreed in ok.items():
                total[field] += 1
                right[field] += agreed
            right["whole"] += ok["value"] and ok["measure"] and ok["source"]
    return _summary(right, total)


def _summary(right: Counter[str], total: Counter[str]) -> dict[str, float]:
    scores = {
        "passages_claims": float(total["labels"]),
        "precision": total["found"] / max(total["claims"], 1),
        "recall": total["found"] / max(total["labels"], 1),
        "found_f1": 2 * total["found"] / max(total["claims"] + total["labels"], 1),
        "claim_f1": 2 * right["whole"] / max(total["claims"] + total["labels"], 1),
    }
    for field in FIELDS + LABELLED_FIELDS:
        if total[field]:
            scores[field] = right[field] / total[field]
    return {name: round(value, 4) for name, value in scores.items()}
