from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from crossings.publish.backtest_table import print_backtest

MODELS = ("forecast", "persistence", "drift", "damped", "increments")


def scores(relative: float, tier: str = "retrospective") -> dict[str, Any]:
    return {
        "n": 1234,
        "tier": tier,
        "wis": {model: 100.0 * i + 777 for i, model in enumerate(MODELS)},
        "relative_wis": relative,
        "relative_wis_90_interval": (relative - 0.1, relative + 0.1),
        "coverage": {"forecast": {"50": 0.47, "90": 0.883}},
    }


def shown(found: dict[str, Any]) -> str:
    out = io.StringIO()
    print_backtest(Console(file=out, width=80), found)
    return out.getvalue()


def test_every_situation_has_its_score_range_coverage_and_baselines() -> None:
    text = shown({"one": scores(0.8), "two": scores(0.9, "dated")})
    for part in ("one", "0.800", "0.70-0.90", "1,234", "47", "88", "777", "1,177", "0.849"):
        assert part in text
    assert "picked in hindsight" in text
    assert "nobody could have issued" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_dated_history_is_not_called_retrospective_and_one_has_no_mean() -> None:
    text = shown({"one": scores(0.8, "dated")})
    assert "nobody could" not in text
    assert "Geometric mean" not in text


def test_what_could_not_be_scored_is_said_and_markup_is_text() -> None:
    text = shown({"[red]one": {"n": 0, "tier": "dated", "skipped": 9, "missing": 0}})
    assert "none scored" in text
    assert "[red]one" in text
