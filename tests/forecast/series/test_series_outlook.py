from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import spearmanr

import crossings as cx
from crossings.forecast.issue import forecast
from crossings.forecast.outlook import Outlook
from crossings.forecast.request import request
from crossings.forecast.sentences import recognised
from crossings.forecast.series.component import statistical
from crossings.forecast.series.outlook import by_series
from crossings.situation.records import Place, Situation
from tests.forecast.series.crises import DAY0, START, claim, crisis, situation

TARGET = "hosted.stock"


def issue(case: Situation, days: int = 120, members: int = 400) -> Outlook:
    made = forecast(
        case, START + dt.timedelta(days=days), "30d", members=members, seed=3, delay_check=True
    )
    assert all(recognised(said) for said in (*made.notes, *(use.reason for use in made.claims)))
    return made


def one_place(figures: dict[int, float], counting: str = "stock") -> Situation:
    """A situation with one camp and figures by day."""
    start = dt.datetime(2012, 3, 1, tzinfo=dt.UTC)
    claims = [claim("camp", DAY0 + day, people) for day, people in figures.items()]
    measure = "hosted" if counting == "stock" else "arrived"
    changed = [c.model_copy(update={"counting": counting, "measure": measure}) for c in claims]
    return Situation(
        id="odd",
        title="odd",
        start=start,
        step_hours=24,
        targets=(f"{measure}.{counting}",),
        tier="dated",
        places=(Place(id="camp", name="camp", kind="camp", known_at=start),),
        claims=tuple(changed),
    )


def width(outlook: Outlook, place: str = "camp") -> float:
    """The upper end of the 90 % range over the last figure, at the end."""
    assert outlook.last_figure is not None
    return float(outlook.quantiles(outlook.targets[0], place)[-1][20]) - outlook.last_figure.value


def test_a_long_series_is_carried_by_the_statistical_component() -> None:
    case = situation(crisis(1))
    outlook = issue(case)
    assert outlook.carried_by == "statistical"
    assert outlook.targets == (TARGET,)
    assert outlook.places == ("all", *(p.id for p in case.places))
    assert {use.claim for use in outlook.claims if use.used} == {
        c.id for c in case.as_of(outlook.issued_at).claims
    }
    total = outlook.samples(TARGET)
    parts = sum(outlook.samples(TARGET, place) for place in outlook.places[1:])
    assert np.abs(total - parts).max() <= len(outlook.places)
    assert any("mechanistic component is left out" in note for note in outlook.notes)


@pytest.mark.parametrize("target", [TARGET, "arrived.cumulative"])
def test_the_draws_have_the_quantiles_of_the_backtest(target: str) -> None:
    measure, _, counting = target.partition(".")
    case = situation(crisis(1))
    counted = [c.model_copy(update={"measure": measure, "counting": counting}) for c in case.claims]
    case = case.model_copy(update={"claims": tuple(counted), "targets": (target,)})
    outlook = issue(case, days=30 + 7 * 12, members=4000)
    day = START + dt.timedelta(days=30 + 7 * 12)
    back = next(iter(statistical(case).issues([day], (7, 30))))
    for i, (place, horizon) in enumerate(back.cells):
        drawn = outlook.quantiles(target, place)[horizon - 1]
        quantiles = back.quantiles[i]
        if counting == "cumulative":
            quantiles = np.maximum(quantiles, back.last[i])
        spread = quantiles[20] - quantiles[2]
        assert np.abs(drawn - quantiles)[4:19].max() < 0.1 * spread + 1


def test_nothing_known_later_changes_a_bit_and_the_seed_decides() -> None:
    case = situation(crisis(1))
    outlook = issue(case)
    known = issue(case.as_of(outlook.issued_at))
    assert outlook.draws.equals(known.draws)
    assert outlook.notes == known.notes


def test_a_published_total_is_forecast_as_published_and_goes_with_the_places() -> None:
    series = crisis(1)
    case = situation(series)
    total = [claim("all", DAY0 + d, 5000.0 + 100 * d, "total") for d in range(0, 119, 3)]
    outlook = issue(case.with_claims(total))
    assert outlook.last_figure is not None
    assert outlook.last_figure.value == 5000.0 + 100 * 117
    drawn = outlook.samples(TARGET)[:, -1]
    assert abs(np.median(drawn) - (5000 + 100 * 150)) < 2500
    parts = np.sum([outlook.samples(TARGET, p)[:, -1] for p in outlook.places[1:]], axis=0)
    assert spearmanr(drawn, parts).statistic > 0.95


def test_a_cumulative_count_never_falls_below_what_is_reported() -> None:
    figures = {day: 100.0 * day for day in range(0, 118, 3)}
    outlook = issue(one_place(figures, "cumulative"))
    drawn = outlook.samples("arrived.cumulative", "camp")
    assert (drawn >= 11700).all()
    assert (np.diff(drawn, axis=1) >= 0).all()


ODD = {
    "one figure": {5: 4000.0},
    "two figures": {5: 4000.0, 9: 5000.0},
    "a gap of months": {0: 0.0, 7: 900.0, 14: 1500.0, 21: 1900.0},
    "falling": {day: 9000.0 - 70 * day for day in range(0, 118, 7)},
    "a correction": {d: (3000.0 + 10 * d if d < 90 else 300.0 + d) for d in range(0, 118, 7)},
    "repeated": dict.fromkeys(range(0, 118, 7), 2500.0),
    "all zeros": dict.fromkeys(range(0, 118, 7), 0.0),
    "five million in a day": {**{d: 50.0 * d for d in range(0, 110, 5)}, 112: 5e6},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_series_have_an_honest_range(name: str) -> None:
    outlook = issue(one_place(ODD[name]))
    assert outlook.carried_by == "statistical"
    drawn = outlook.samples(TARGET, "camp")[:, -1]
    assert (drawn >= 0).all()
    assert drawn.std() > 0
    least = {"one figure": 4000, "a gap of months": 500, "five million in a day": 5e5}
    least["repeated"] = 50  # most figures of past crises that stood still moved within a month
    assert width(outlook) > least.get(name, 1)
    assert drawn.max() > ODD[name][max(ODD[name])]
    if name == "one figure":
        assert any("Nothing tells a pace at camp" in note for note in outlook.notes)
    if name == "all zeros":
        assert any("Nobody has been reported anywhere" in note for note in outlook.notes)
    if name == "a gap of months":
        assert any("No figure for more than a month at: camp" in note for note in outlook.notes)


def test_zeros_for_months_leave_nobody_the_likeliest_and_agree_with_the_odds_told() -> None:
    outlook = issue(one_place(dict.fromkeys(range(0, 120, 3), 0.0)), members=4000)
    drawn = outlook.samples(TARGET, "camp")
    assert np.median(drawn[:, -1]) == 0
    within = outlook.diagnostics["start_of_flow"]["within"]
    for days in (7, 14):
        assert abs((drawn[:, days - 1] >= 100).mean() - within[f"{days}d"]) < 0.03
    shorter = issue(one_place(dict.fromkeys(range(60, 120, 3), 0.0)), members=4000)
    assert shorter.diagnostics["start_of_flow"]["within"]["14d"] > within["14d"]


def test_of_zeros_and_another_source_that_counts_people_both_are_in_the_range() -> None:
    case = one_place(dict.fromkeys(range(0, 118, 3), 0.0))
    other = [claim("camp", DAY0 + d, 3000.0, "agency") for d in (110, 115)]
    outlook = issue(case.with_claims(other))
    assert "start_of_flow" not in outlook.diagnostics
    assert outlook.quantiles(TARGET, "camp")[0][21] >= 3000
    assert any("camp (0 and 3,000)" in note for note in outlook.notes)


def test_figures_that_stop_do_not_hand_a_long_series_back() -> None:
    case = one_place({d: 100.0 * d for d in range(0, 50, 3)}, "cumulative")
    case = case.model_copy(update={"tier": "vintage"})
    widths = []
    for days in (60, 90, 140):
        outlook = issue(case, days=days)
        assert outlook.carried_by == "statistical"
        widths.append(width(outlook))
    assert widths == sorted(widths)
    assert any("No figure for more than a month" in note for note in outlook.notes)


def test_a_running_total_that_falls_may_fall_again_and_may_not() -> None:
    falling = issue(one_place({d: 50_000.0 - 100 * d for d in range(0, 118, 3)}, "cumulative"))
    last = 50_000 - 100 * 117
    drawn = falling.samples("arrived.cumulative", "camp")[:, -1]
    low, quarter, upper, high = np.quantile(drawn, [0.05, 0.25, 0.75, 0.95])
    assert low < quarter < last <= upper < high
    assert any("cannot fall, but was lowered" in note for note in falling.notes)


def test_a_range_as_the_last_figure_is_spanned() -> None:
    case = one_place({d: 1000.0 + 10 * d for d in range(0, 118, 3)})
    wide = [
        c.model_copy(update={"low": 0.7 * people, "high": 1.3 * people})
        for c in case.claims
        if (people := c.value) is not None
    ]
    asked = case.model_copy(update={"claims": tuple(wide)})
    q = issue(asked).quantiles(TARGET, "camp")[0]
    assert q[2] < 0.8 * 2170
    assert q[20] > 1.2 * 2170


def test_daily_flows_are_summed_where_nobody_publishes_a_running_total() -> None:
    case = one_place({d: 200.0 + d % 7 for d in range(0, 118)}, "cumulative")
    flows = [c.model_copy(update={"counting": "flow"}) for c in case.claims]
    asked = case.model_copy(update={"claims": tuple(flows), "targets": ("arrived.flow",)})
    outlook = issue(asked)
    assert outlook.targets == ("arrived.cumulative",)
    assert outlook.last_figure is not None
    total = sum(c.value or 0 for c in flows)
    assert outlook.last_figure.value == total
    middle = outlook.quantiles("arrived.cumulative", "camp")[-1][11]
    assert 0.5 * 30 * 203 < middle - total < 1.5 * 33 * 203
    assert any("sums the daily figures from 2012-03-01" in note for note in outlook.notes)


def test_two_sources_a_factor_of_ten_apart_are_both_in_the_range() -> None:
    case = one_place({d: 1000.0 + 10 * d for d in range(0, 118, 3)})
    other = [claim("camp", DAY0 + d, 10 * (1000.0 + 10 * d), "agency") for d in (92, 100, 110)]
    outlook = issue(case.with_claims(other))
    q = outlook.quantiles(TARGET, "camp")[-1]
    assert q[2] < 3500
    assert q[21] > 15000
    assert any("Sources are far apart" in note for note in outlook.notes)
    unused = [use for use in outlook.claims if not use.used]
    assert [use.reason.startswith("another source") for use in unused] == [True] * 3


def test_figures_of_the_future_say_nothing() -> None:
    case = one_place({d: 1000.0 + 10 * d for d in range(0, 118, 3)})
    ahead = claim("camp", DAY0 + 400, 9e6, "office", later=-290)
    outlook, without = issue(case.with_claims([ahead])), issue(case)
    assert outlook.draws.equals(without.draws)
    assert outlook.claims[-1].weight == 0
    assert "no count" in outlook.claims[-1].reason


def test_the_first_weeks_of_a_flight_stay_with_the_mechanistic_component() -> None:
    onset = cx.load("rohingya-2017")
    for day, carried in (("2017-09-08", False), ("2017-10-28", True)):
        asked = request(onset, day, "3d", members=100, seed=1)
        assert (by_series(asked, (), {}) is not None) == carried
