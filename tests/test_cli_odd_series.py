"""``crossings forecast`` on folders whose figures are odd: wide and honest ranges, and no crash.

Every folder is the one that ``crossings new`` makes with other rows in ``claims.csv``.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from crossings.cli import main
from crossings.situation.folder import new_folder

START = dt.date(2030, 5, 1)
OFFICE = "Southland interior ministry"

Row = dict[str, str]
Forecast = Callable[..., dict[str, Any]]


def figure(day: int, people: float | None, **fields: object) -> Row:
    """One row of claims.csv: a count of everybody at noon of a day, public an hour later."""
    when = START + dt.timedelta(days=day)
    public = when + dt.timedelta(days=int(str(fields.pop("later", 0))))
    number = "" if people is None else f"{people:.0f}"
    row = {
        "measure": "arrived",
        "counting": "cumulative",
        "unit": "people",
        "place": "all",
        "low": number,
        "high": number,
        "qualifier": "exact",
        "basis": "count",
        "as_of": f"{when}T12:00+02:00",
        "as_of_precision": "exact",
        "known_at": f"{public}T13:00+02:00",
        "known_at_assumed": "false",
        "sources": OFFICE,
        "status": "reported",
        "review": "accepted",
        "sensitivity": "public",
        **{name: str(value) for name, value in fields.items()},
    }
    return row | {"id": f"{row['sources'][:2]}-{row['place']}-{day}-{public}".lower()}


@pytest.fixture
def forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Forecast:
    """Run the command on a folder with these claims and read what it prints."""

    def run(
        rows: Iterable[Row],
        day: int,
        horizon: str = "30d",
        members: int = 200,
        target: str = "arrived.cumulative",
    ) -> dict[str, Any]:
        folder = tmp_path / f"odd-{len(list(tmp_path.iterdir()))}"
        new_folder(folder)
        claims, settings = folder / "claims.csv", folder / "situation.toml"
        with claims.open(encoding="utf-8") as file:
            table = csv.DictReader(file)
            columns = list(table.fieldnames or ())
            population = next(row for row in table if row["measure"] == "population")
        with claims.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows([population, *rows])
        text = settings.read_text(encoding="utf-8").replace("arrived.cumulative", target)
        settings.write_text(text, encoding="utf-8")
        issued = (START + dt.timedelta(days=day)).isoformat()
        asked = ["--as-of", issued, "--horizon", horizon, "--members", str(members), "--json"]
        monkeypatch.setattr(sys, "argv", ["crossings", "forecast", str(folder), *asked])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return dict(json.loads(printed.out))

    return run


def ranges(found: dict[str, Any]) -> tuple[float, float, float, float, float]:
    """Ends of the 90 % range, of the 50 % range within, and the median, rising."""
    head = found["headline"]
    low, high = head["interval_90"]
    quarter, upper = head["interval_50"]
    assert 0 <= low <= quarter <= head["median"] <= upper <= high
    return low, quarter, head["median"], upper, high


def said(found: dict[str, Any]) -> str:
    return " ".join(found["notes"])


def rising(days: Iterable[int], pace: float = 200.0, **fields: object) -> list[Row]:
    return [figure(d, 1000 + pace * d, **fields) for d in days]


def test_one_figure_says_little_of_the_days_to_come(forecast: Forecast) -> None:
    low, _, median, _, high = ranges(forecast([figure(1, 5000)], 1, "4d", members=100))
    assert low >= 5000
    assert high > 2 * low
    assert median > 5500


def test_after_a_gap_of_months_the_range_spans_what_may_have_come(forecast: Forecast) -> None:
    found = forecast(rising([*range(0, 30, 3), 100, 101, 105]), 105)
    low, quarter, _, upper, high = ranges(found)
    assert found["carried_by"].startswith("statistical")
    assert (low, high) > (22_000, 28_000)
    assert quarter + 500 < upper


def test_figures_that_stopped_weeks_ago_leave_the_present_open(forecast: Forecast) -> None:
    found = forecast(rising(range(1, 40)), 100, "1d")
    assert "No figure for more than a month at: all (61 days)" in said(found)
    low, _, _, _, high = ranges(found)
    assert high - low > 10_000


def test_a_falling_total_may_fall_on_or_stand(forecast: Forecast) -> None:
    found = forecast([figure(d, 50_000 - 100 * d) for d in range(0, 90, 3)], 89)
    low, quarter, _, upper, high = ranges(found)
    assert low < quarter < 50_000 - 8700 <= upper < high
    assert "cannot fall, but was lowered at: all (26 of 26 steps)" in said(found)


def test_a_correction_that_rescales_the_past_does_not_count_as_a_fall(forecast: Forecast) -> None:
    corrected = [figure(d, 0.6 * (1000 + 200 * d), later=60 - d) for d in range(60)]
    found = forecast([*rising(range(60)), *corrected], 60)
    low, _, median, _, _ = ranges(found)
    assert low >= 0.6 * 12_800
    assert median < 0.6 * 1.5 * 19_000
    assert "lowered" not in said(found)


def test_a_figure_repeated_for_months_may_move(forecast: Forecast) -> None:
    low, _, median, _, high = ranges(forecast([figure(d, 12_000) for d in range(90)], 89))
    assert (low, round(median, -3)) == (12_000, 12_000)
    assert high > 12_200


def test_a_figure_for_a_later_day_says_nothing(forecast: Forecast) -> None:
    ahead = figure(80, 900_000, later=-31)
    found = forecast([*rising(range(50)), ahead], 49)
    assert ranges(found)[-1] < 100_000
    (claim,) = (c for c in found["claims"] if c["claim"] == ahead["id"])
    assert claim["weight"] == 0


def test_of_two_sources_a_factor_of_ten_apart_both_are_in_the_range(forecast: Forecast) -> None:
    rows = [*rising(range(0, 60, 2)), *rising(range(0, 60, 2), 2000, sources="Agency")]
    found = forecast(rows, 59)
    low, _, _, _, high = ranges(found)
    assert low < 30_000
    assert high > 100_000
    assert "Half of the members follow each" in said(found)


@pytest.mark.parametrize("days", [3, 60])
def test_where_nobody_came_so_far_nobody_is_likeliest_and_many_possible(
    forecast: Forecast, days: int
) -> None:
    found = forecast([figure(d, 0) for d in range(days)], days - 1, "14d", members=100)
    low, _, median, _, high = ranges(found)
    assert (low, median) == (0, 0)
    assert high > 100
    assert 0 < found["start_of_flow"]["within"]["1d"] < found["start_of_flow"]["within"]["14d"]


def test_five_million_in_a_day_is_half_believed(forecast: Forecast) -> None:
    found = forecast([*(figure(d, 500 * d) for d in range(40)), figure(40, 5e6)], 40)
    low, _, _, _, high = ranges(found)
    assert low < 60_000
    assert high > 5e6
    assert "counts 5,000,000 at all, and counted 19,500 the time before" in said(found)


def test_a_straight_counter_is_not_sure_to_go_straight_on(forecast: Forecast) -> None:
    low, quarter, median, upper, high = ranges(forecast(rising(range(90)), 89))
    assert upper - quarter > 0.1 * 30 * 200
    assert abs(median - (18_800 + 6000)) < 2000
    assert low > 18_800
    assert high < 18_800 + 10 * 6000


@pytest.mark.parametrize("horizon", ["1d", "100d"])
@pytest.mark.parametrize("step", [1, 7, 30])
def test_daily_weekly_and_monthly_figures_carry_a_day_and_a_hundred(
    forecast: Forecast, step: int, horizon: str
) -> None:
    found = forecast(rising(range(0, 211, step)), 211, horizon)
    low, _, median, _, high = ranges(found)
    due = 1000 + 200 * (211 + int(horizon[:-1]))
    assert low >= found["last_figure"]["value"]
    assert low < due < high
    assert abs(median - due) < 0.2 * due
    assert ("Beyond 30 days" in said(found)) == (horizon == "100d")


def test_a_stated_range_is_spanned_and_at_least_is_the_least(forecast: Forecast) -> None:
    wide = [
        figure(d, None, low=0.8 * (1000 + 200 * d), high=1.3 * (1000 + 200 * d), qualifier="range")
        for d in range(0, 60, 3)
    ]
    low, _, _, _, high = ranges(forecast(wide, 59, "1d"))
    assert low < 0.9 * 12_400
    assert high > 1.2 * 12_400


def test_daily_flows_carry_a_running_total(forecast: Forecast) -> None:
    flows = [figure(d, 300 + 10 * (d % 5), counting="flow") for d in range(60)]
    for target in ("arrived.flow", "arrived.cumulative"):
        found = forecast(flows, 59, target=target)
        low, _, median, _, _ = ranges(found)
        assert low >= found["last_figure"]["value"] == 60 * 320
        assert median < 60 * 320 + 2 * 30 * 320
        assert "sums the daily figures from 2030-05-01" in said(found)
