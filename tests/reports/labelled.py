"""Reads ``passages/labelled.txt`` into rows of the same form as the labels of real reports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PASSAGES = Path(__file__).parent / "passages" / "labelled.txt"
_KEYS = {"alt": "alt_measure", "part_of": "part_of", "same": "same_group_as"}


def passages(path: Path = PASSAGES) -> list[dict[str, Any]]:
    """The labelled passages: id, text, published, claims."""
    blocks = re.split(r"^@ ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [_passage(block) for block in blocks]


def _passage(block: str) -> dict[str, Any]:
    head, *lines = block.rstrip().split("\n")
    identity, published = head.split()
    labels = [line for line in lines if line.count("|") == 3]
    marked = "\n".join(line for line in lines if line.count("|") != 3)
    text, spans = "", []
    for piece in re.split(r"(\{[^}]*\})", marked):
        if piece.startswith("{"):
            spans.append((len(text), len(text) + len(piece) - 2))
            text += piece[1:-1]
        else:
            text += piece
    if len(spans) != len(labels):
        raise ValueError(f"{identity}: {len(spans)} figures in braces, {len(labels)} labels")
    claims = [_claim(text, span, label) for span, label in zip(spans, labels, strict=True)]
    day = None if published == "-" else published
    return {"id": identity, "text": text.rstrip(), "published": day, "claims": claims}


def _claim(text: str, span: tuple[int, int], label: str) -> dict[str, Any]:
    counted, place, sources, rest = (part.strip() for part in label.split("|"))
    value, measure, unit = counted.split()
    low, high, qualifier = _bounds(value)
    implied = sources.startswith("?")
    named = [name.strip() for name in sources.lstrip("?").split(";") if name.strip()]
    claim: dict[str, Any] = {
        "figure_text": text[span[0] : span[1]],
        "start": span[0],
        "end": span[1],
        "low": low,
        "high": high,
        "qualifier": qualifier,
        "unit": unit,
        "measure": measure,
        "place": None if place == "-" else place,
        "sources": [] if implied else named,
    }
    if implied:
        claim["implied_sources"] = named
    for key, words in re.findall(r"(\w+)=(.*?)(?=\s\w+=|$)", rest):
        if key == "alt":
            claim["alt_measure"] = words.split(",")[0]
        elif key in {"part_of", "same"}:
            claim[_KEYS[key]] = int(words)
        elif key == "optional":
            claim["optional"] = True
        else:
            claim[key] = words
    return claim


def _bounds(value: str) -> tuple[int | None, int | None, str]:
    if ".." in value:
        low, high = value.split("..")
        return int(low), int(high), "range"
    if value.endswith("+"):
        return int(value[:-1]), None, "at_least"
    if value.startswith("<"):
        return None, int(value[1:]), "at_most"
    if value.startswith("~"):
        return int(value[1:]), int(value[1:]), "approx"
    return int(value), int(value), "exact"
