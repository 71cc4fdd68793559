from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from crossings.publish.backtest_table import print_backtest
from tests.publish.test_backtest_page import found


def shown(scores: dict[str, Any], width: int = 80) -> str:
    out = io.StringIO()
    print_backtest(Console(file=out, width=width), scores)
    return out.getvalue()


def test_crisis_horizon_place_baselines_parts_and_misses_are_printed() -> None:
    text = shown({"one": found(0.8), "two": found(0.9)})
    for part in (
        "one", "0.80", "0.70–0.90", "1,234", "47", "88", "777", "1,177", "0.849", "0.93",
        "days ahead", "Camp A", "75 % crises", "worst misses", "an office", "came",
    ):  # fmt: skip
        assert part in text, part
    assert "picked in hindsight" in " ".join(text.split())
    assert "nobody could" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_every_table_tells_its_tier_and_tiers_share_none() -> None:
    text = " ".join(shown({"one": found(0.8), "two": found(0.9, "dated")}).split())
    assert text.count("Tier retrospective; held: figures public") == 5
    assert text.count("Tier dated; held: figures public") == 5
    assert "Geometric mean" not in text


def test_a_dated_history_is_not_called_retrospective_and_one_has_no_mean() -> None:
    text = shown({"one": found(0.8, "dated")})
    assert "nobody could" not in " ".join(text.split())
    assert "Geometric mean" not in text


def test_what_could_not_be_scored_is_said_and_markup_is_text() -> None:
    bare = {"n": 0, "tier": "dated", "skipped": 9, "missing": 0, "details": {}, "learnt_from": []}
    text = shown({"[red]one": bare})
    assert "none scored" in text
    assert "[red]one" in text
