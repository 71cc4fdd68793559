from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import crossings as cx
from crossings.errors import InputError
from crossings.exchange.backtest_folder import run_backtest
from crossings.forecast.series.library import chosen
from crossings.situation.records import Situation
from crossings.verify.backtest import Plan, backtest_one, issue_dates, plan_from, tasks_of
from tests.forecast.series.crises import crisis, situation

OUTSIDE = Path(__file__).parents[3] / "shared" / "tools" / "score_forecast.py"


def outside() -> Any:
    """The outside scorer as a module."""
    spec = importlib.util.spec_from_file_location("score_forecast", OUTSIDE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def both() -> list[Situation]:
    return [situation(crisis(1), "one"), situation(crisis(2), "two")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backtest")
    run_backtest(both(), path)
    return path


@pytest.mark.skipif(not OUTSIDE.is_file(), reason="the outside scorer is not beside the project")
@pytest.mark.filterwarnings("ignore")  # the tool leaves files open
@pytest.mark.parametrize("name", ["one", "two"])
def test_scores_agree_with_the_outside_scorer(folder: Path, name: str) -> None:
    tool = outside()
    truth = tool.read_truth(folder / name / "truth.csv")
    cells = tool.read_forecasts([str(folder / name / "model-output")])
    ours = json.loads((folder / name / "scores.json").read_text())
    wis: dict[str, list[float]] = {}
    for (ref, loc, h), q in cells.items():
        t, v = truth[loc]
        y = tool.outcome(t, v, ref + h)
        rng = np.random.default_rng([ref, h, len(loc)])
        base = None if y is None else tool.baselines(t, v, ref, h, rng)
        if base is not None:
            for model, x in {"forecast": np.sort(q), **base}.items():
                wis.setdefault(model, []).append(tool.wis(x, y))
    assert ours["n"] == len(wis["forecast"]) > 100
    assert ours["missing"] == 0
    assert ours["skipped"] == len(cells) - ours["n"]
    for model, values in wis.items():
        assert ours["wis"][model] == pytest.approx(np.mean(values), rel=1e-9)
    best = min(np.mean(v) for m, v in wis.items() if m != "forecast")
    assert ours["relative_wis"] == pytest.approx(np.mean(wis["forecast"]) / best, abs=1e-9)


def test_a_stopped_backtest_goes_on_where_it_was(folder: Path) -> None:
    kept = folder / "one" / "truth.csv"
    before, made = kept.read_text(), (folder / "two" / "truth.csv").read_text()
    kept.write_text("kept\n")
    (folder / "two" / "backtest.json").unlink()
    told: list[float] = []
    run_backtest(both(), folder, progress=told.append)
    assert kept.read_text() == "kept\n"
    assert (folder / "two" / "truth.csv").read_text() == made
    assert told[-1] == 1.0
    # Other figures are another backtest.
    run_backtest([situation(crisis(1), "one", extra=1)], folder)
    assert kept.read_text() not in ("kept\n", before)


def test_the_number_of_workers_changes_no_bit(tmp_path: Path, folder: Path) -> None:
    run_backtest(both(), tmp_path / "again", workers=2)
    name = Path("two") / "model-output" / "crossings-pool"
    files = sorted(path.name for path in (folder / name).iterdir())
    assert len(files) > 20
    for file in files:
        assert (folder / name / file).read_bytes() == (
            tmp_path / "again" / name / file
        ).read_bytes()


def test_each_learns_from_the_others_and_never_from_itself() -> None:
    copy = situation(crisis(1), "copy")
    first, second = tasks_of(both(), [copy])
    found = backtest_one(first, Plan(every=100))
    assert "two" in found.learnt_from
    assert "copy" not in found.learnt_from
    assert found.left_out == ("copy",)
    # Two editions of one crisis teach once.
    assert [one.name for one in chosen(crisis(2), second.learn_from).crises][-1] == "copy"


def test_what_a_plan_may_be(tmp_path: Path) -> None:
    assert plan_from("7d", "7d, 14d,30") == Plan()
    file = tmp_path / "days.txt"
    file.write_text("# days\n2012-05-01\n\n2012-04-01 # first\n")
    assert [d.isoformat() for d in plan_from("1d", "7d", file).days] == ["2012-04-01", "2012-05-01"]
    for every, horizons in (("0d", "7d"), ("7x", "7d"), ("7d", ""), ("7d", "500d"), ("-7d", "7d")):
        with pytest.raises(InputError):
            plan_from(every, horizons)
    with pytest.raises(InputError, match="line 2: found 'yesterday'"):
        issue_dates("2012-04-01\nyesterday", "days.txt")
    with pytest.raises(InputError, match="found no date"):
        issue_dates("\n", "days.txt")


def test_what_cannot_be_backtested_is_refused() -> None:
    with pytest.raises(InputError, match="'short': found no series"):
        cx.backtest([situation(crisis(1, length=20), "short")])
    with pytest.raises(InputError, match="'one' twice"):
        cx.backtest([situation(crisis(1), "one"), situation(crisis(2), "one")])
    with pytest.raises(InputError, match="workers"):
        cx.backtest([situation(crisis(1), "one")], workers=0)
