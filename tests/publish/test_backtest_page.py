"""The report of a backtest: everything said once, nothing from outside as markup, no script."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.publish.backtest_page import backtest_page
from crossings.situation.records import Claim, Event
from tests.publish.test_page import Page

MODELS = ("forecast", "persistence", "drift", "damped", "increments")
BASELINES = MODELS[1:]
WHEN = dt.datetime(2012, 5, 1, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script>\u202e"


def summary(relative: float, n: int = 1234) -> dict[str, Any]:
    return {
        "n": n,
        "wis": {model: 100.0 * i + 777 for i, model in enumerate(MODELS)},
        "best_baseline": "drift",
        "relative_wis": relative,
        "relative_wis_90_interval": [relative - 0.1, relative + 0.1],
        "coverage": {m: {"50": 0.47, "90": 0.883} for m in MODELS},
    }


def miss(number: int, who: str = "an office") -> dict[str, Any]:
    claim = Claim(
        id="c", measure="hosted", counting="stock", place="a", low=900, high=900, as_of=WHEN,
        known_at=WHEN, sources=(who,), publisher="a paper", url="https://example.org/x",
    )  # fmt: skip
    event = Event(id="e", time=WHEN, known_at=WHEN, kind="closure", sources=(who,))
    return {
        "place": "a", "place_name": who, "issued": "2012-05-02", "end": "2012-05-09",
        "horizon": 7, "median": 1000.0, "low90": 800.0, "high90": 1500.0,
        "outcome": 2000.0 + number, "wis": 500.0, "baselines": dict.fromkeys(BASELINES, 600.0),
        "share_of_all_wis": 0.043, "cells": 3, "last_figure": 900.0, "last_day": "2012-05-01",
        "claims": [claim.model_dump(mode="json")], "events": [event.model_dump(mode="json")],
    }  # fmt: skip


def found(relative: float = 0.8, tier: str = "retrospective", who: str = "") -> dict[str, Any]:
    part = {
        "n": 9,
        "weight_of_increments": 0.25,
        "wis": {"pool": 5.0, "learned": 4.0, "increments": 6.0},
    }
    levels = [[level / 10, level / 11] for level in range(1, 10)]
    return {
        **summary(relative),
        "title": who or "A crisis", "tier": tier, "target": "hosted.stock",
        "learnt_from": ["x2012", "y2013"], "left_out": ["z2014"], "skipped": 17, "missing": 0,
        "first_issue": "2012-04-01", "last_issue": "2012-09-01",
        "by_horizon": {"7": summary(0.71, 600), "30": summary(1.07, 634)},
        "by_place": {"a": summary(0.66), "b": summary(1.2)},
        "details": {
            "counting": "stock", "issues": 20, "places": {"a": who or "Camp A", "b": "Camp B"},
            "figures": {"a": 30, "b": 31}, "speakers": [who or "an office"],
            "against": {m: {"relative_wis": 0.9, "interval": [0.85, 0.95]} for m in BASELINES},
            "held_by_level": dict.fromkeys(MODELS, levels),
            "pit": [0.05, *[0.1] * 8, 0.15], "bias": -0.12,
            "exceedance": {
                "more": 1.1, "n": 900, "came": 0.4, "brier": 0.206, "brier_of_base_rate": 0.24,
                "miscalibration": 0.01,
                "steps": [
                    {"from": 0.1, "to": 0.3, "came": 0.2, "cells": 500},
                    {"from": 0.5, "to": 0.9, "came": 0.7, "cells": 400},
                ],
            },
            "parts": {**part, "by_horizon": {"7": part, "30": part}, "by_place": {"a": part}},
            "misses": [miss(i, who or "an office") for i in range(10)],
            "in_time": {"learnt_from": ["x2012"], "relative_wis": 0.93},
        },
    }  # fmt: skip


def read(scores: dict[str, Any]) -> tuple[Page, str]:
    page = backtest_page(scores)
    return Page(page), page


def test_crisis_horizon_place_baselines_parts_and_misses_are_there() -> None:
    parsed, page = read({"one": found(0.8), "two": found(0.9)})
    shown = " ".join("".join(parsed.text).split())
    for part in (
        "0.849", "0.80", "0.70–0.90", "0.93", "777", "877", "977", "1,077", "1,177", "7 days",
        "30 days", "Camp A", "Camp B", "75 %", "Persistence", "Damped drift", "0.90 (0.85–0.95)",
        "z2014", "an office", "2012-05-01", "2,009 came", "2 more cells", "closure", "Brier score",
    ):  # fmt: skip
        assert part in shown, part
    assert page.count("<svg") >= 2 * (3 + 10) + 2
    assert page.count('class="card"') == 2 * (3 + 10)
    assert 'href="https://example.org/x"' in page


def test_every_table_tells_its_tier_and_what_was_held() -> None:
    _, page = read({"one": found(), "two": found(0.9, "dated")})
    captions = re.findall(r'<p class="caption">([^<]*)</p>', page)
    assert len(captions) == page.count("<table") == 2 * 5
    assert all("ier retrospective" in c or "ier dated" in c for c in captions)
    assert all("held: figures public by the end of each issue day" in c for c in captions)


def test_tiers_share_no_table_and_no_mean() -> None:
    _, page = read({"one": found(), "two": found(0.9, "dated")})
    overview = [part for part in page.split("<section") if part.startswith(' id="overview"')]
    assert len(overview) == 2
    for part, own, other in zip(overview, ("one", "two"), ("two", "one"), strict=True):
        assert f">{own}<" in part
        assert f">{other}<" not in part
    assert "Geometric mean" not in page


def test_a_forecast_that_lost_says_so() -> None:
    parsed, page = read({"one": found(1.25)})
    heading = " ".join("".join(parsed.text).split())
    assert "25 % larger than those of the best simple rule" in heading
    assert "spot-worse" in page


def test_what_could_not_be_scored_is_said() -> None:
    bare = {k: v for k, v in found().items() if k not in ("wis", "by_place", "by_horizon")}
    bare |= {"n": 0, "relative_wis": None}
    parsed, _ = read({"one": bare})
    shown = " ".join("".join(parsed.text).split())
    assert "none scored" in shown
    assert "None of 17 forecast cells could be scored" in shown


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40) | st.just(HOSTILE))
def test_nothing_from_outside_is_markup_and_nothing_is_loaded(who: str) -> None:
    parsed, page = read({f"one{who[:5]}": found(who=who)})
    assert "<script" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"(?!#|https://example\.org)", page)
    assert "style" not in {key for _, key, _ in parsed.attributes}


@pytest.mark.parametrize("interval", [None, [0.2, 4.0]])
def test_intervals_that_are_missing_or_very_wide_are_drawn(interval: list[float] | None) -> None:
    one = found()
    one["relative_wis_90_interval"] = interval
    _, page = read({"one": one})
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
