import csv
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.scoring import QUANTILE_LEVELS, log_wis, wis
from crossings.scoring.baselines import (
    ONSET_SPREAD,
    ONSET_WINDOW,
    KnownFigures,
    capped_drift,
    capped_probabilistic_drift,
    drift,
    exodus,
    persistence,
    planning_figure,
)
from crossings.scoring.checks import Array

ONSET_SCORER = Path(__file__).parents[3] / "shared" / "tools" / "score_onset.py"

HORIZONS = [6.0, 24.0, 72.0]
NOBODY_YET = KnownFigures([], [])


@st.composite
def known(draw: st.DrawFn, smallest: int = 1) -> KnownFigures:
    """Up to six figures before the issue time, rising or not."""
    hours = draw(st.lists(st.integers(-200, 0), min_size=smallest, max_size=6, unique=True))
    people = draw(st.lists(st.integers(0, 100_000), min_size=len(hours), max_size=len(hours)))
    return KnownFigures(sorted(hours), people)


populations = st.integers(0, 300_000)
spreads = st.floats(0, 1.5)
windows = st.floats(1, 300)


def every_baseline(
    figures: KnownFigures, horizons: npt.ArrayLike, population: float = 120_000
) -> dict[str, Array]:
    return {
        "persistence": persistence(figures, horizons),
        "drift": drift(figures, horizons),
        "capped": capped_drift(figures, horizons, population=population),
        "uncertain": capped_probabilistic_drift(figures, horizons, population=population),
        "exodus": exodus(figures, horizons, population=population),
        "planning": planning_figure(figures, horizons, population, spread=0.3),
    }


@given(known(), populations)
def test_every_baseline_gives_rising_quantiles_for_every_horizon(
    figures: KnownFigures, population: float
) -> None:
    for quantiles in every_baseline(figures, HORIZONS, population).values():
        assert quantiles.shape == (len(HORIZONS), len(QUANTILE_LEVELS))
        assert (np.diff(quantiles, axis=1) >= 0).all()
        assert np.isfinite(quantiles).all()


@given(known(), populations, st.sampled_from([0.01, 7, 1000]))
def test_every_baseline_follows_the_unit(
    figures: KnownFigures, population: float, scale: float
) -> None:
    scaled = KnownFigures(figures.hours, figures.people * scale)
    larger = every_baseline(scaled, HORIZONS, population * scale)
    for name, quantiles in every_baseline(figures, HORIZONS, population).items():
        np.testing.assert_allclose(larger[name], scale * quantiles, rtol=1e-9, atol=1e-6)


@given(st.integers(0, 500), st.integers(0, 50_000), windows)
def test_drift_is_exact_on_a_straight_line(rate: int, start: int, window: float) -> None:
    hours = np.arange(-96.0, 1, 12)
    figures = KnownFigures(hours, start + rate * (hours + 96))
    expected = figures.last + rate * np.array(HORIZONS)
    np.testing.assert_allclose(drift(figures, HORIZONS, window=window)[:, 11], expected, rtol=1e-9)


def test_hours_without_a_figure_count_as_hours_without_arrivals() -> None:
    figures = KnownFigures([-36, -12], [0, 1200])
    assert figures.slope(24) == pytest.approx(600 / 24)
    assert figures.slope(12) == 0
    assert figures.slope(100) == pytest.approx(1200 / 36)


def test_one_figure_at_the_issue_time_has_no_slope() -> None:
    assert KnownFigures([0], [500]).slope(24) == 0


@given(known(), populations, windows)
def test_without_spread_the_uncertain_drift_is_the_capped_one(
    figures: KnownFigures, population: float, window: float
) -> None:
    options = {"population": population, "window": window}
    np.testing.assert_array_equal(
        capped_probabilistic_drift(figures, HORIZONS, spread=0, **options),
        capped_drift(figures, HORIZONS, **options),
    )


@given(known(), populations, windows, spreads)
def test_the_cap_holds_and_only_it_changes_anything(
    figures: KnownFigures, population: float, window: float, spread: float
) -> None:
    cap = max(population, figures.last)
    free = drift(figures, HORIZONS, window=window)
    capped = capped_drift(figures, HORIZONS, population=population, window=window)
    np.testing.assert_array_equal(capped, np.where(free > cap, cap, free))
    uncertain = capped_probabilistic_drift(
        figures, HORIZONS, population=population, window=window, spread=spread
    )
    assert (uncertain <= cap).all()
    np.testing.assert_allclose(uncertain[:, 11], capped[:, 11], rtol=1e-9)


@given(known(smallest=0), populations, st.floats(0, 1), spreads)
def test_exodus_is_lognormal_above_the_last_figure(
    figures: KnownFigures, population: float, share: float, spread: float
) -> None:
    quantiles = exodus(figures, HORIZONS, population=population, share=share, spread=spread)
    assert (quantiles >= figures.floor).all()
    assert (quantiles[0] == quantiles).all()
    free = exodus(NOBODY_YET, [1], population=population, share=share, spread=spread)[0]
    assert free[11] == pytest.approx(population * share)
    np.testing.assert_allclose(free * free[::-1], free[11] ** 2, rtol=1e-9)
    np.testing.assert_array_equal(quantiles[0], np.maximum(free, figures.floor))


@given(known(smallest=0), st.integers(0, 100_000), st.floats(1, 9), spreads)
def test_families_are_persons_times_the_stated_number(
    figures: KnownFigures, families: int, persons: float, spread: float
) -> None:
    for unit in ("families", "households"):
        np.testing.assert_array_equal(
            planning_figure(
                figures, HORIZONS, families, unit=unit, persons_per_family=persons, spread=spread
            ),
            planning_figure(figures, HORIZONS, families * persons, spread=spread),
        )


def test_a_planning_figure_is_a_point_unless_a_spread_is_given() -> None:
    assert (planning_figure(NOBODY_YET, HORIZONS, 40_000, unit="persons") == 40_000).all()
    passed = KnownFigures([0], [65_036])
    assert (planning_figure(passed, HORIZONS, 40_000) == 65_036).all()


def test_families_need_the_number_of_persons_and_units_must_be_people() -> None:
    with pytest.raises(InputError, match="found 40000 families, expected persons_per_family"):
        planning_figure(NOBODY_YET, HORIZONS, 40_000, unit="families")
    with pytest.raises(InputError, match="unit: found 'vehicles', expected one of people"):
        planning_figure(NOBODY_YET, HORIZONS, 40_000, unit="vehicles")


@pytest.mark.parametrize(
    ("hours", "people", "complaint"),
    [
        ([-1, 2], [1, 2], "found 2 after the issue time"),
        ([-1, -1], [1, 2], "expected rising times"),
        ([-1], [1, 2], "found 1 times for 2 values"),
        ([-1], [-5], "found -5, expected no negative count"),
        ([-1], [np.nan], "people: found NaN"),
        ([[-1]], [1], r"hours: found shape \(1, 1\)"),
    ],
)
def test_figures_that_could_not_be_known_are_refused(
    hours: list[float], people: list[float], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        KnownFigures(hours, people)


def test_figures_cannot_be_changed_afterwards() -> None:
    given_people = np.array([1.0, 2.0])
    figures = KnownFigures([-2, -1], given_people)
    given_people[1] = 99
    assert figures.last == 2
    with pytest.raises(ValueError, match="read-only"):
        figures.people[1] = 99


def test_numbers_without_meaning_are_refused() -> None:
    figures = KnownFigures([-1], [10])
    with pytest.raises(ValueError, match="figures: found none"):
        persistence(NOBODY_YET, HORIZONS)
    with pytest.raises(ValueError, match="horizons: found -1 h"):
        persistence(figures, [-1])
    with pytest.raises(ValueError, match="window: found 0 h"):
        drift(figures, HORIZONS, window=0)
    with pytest.raises(ValueError, match="found -1, expected 0 or more"):
        exodus(figures, HORIZONS, population=-1)
    with pytest.raises(ValueError, match=r"spread: found -0\.1"):
        exodus(figures, HORIZONS, population=1, spread=-0.1)


# The figures of the Armenian government that the study of Nagorno-Karabakh 2023 used: hours since
# 24 September 2023 00:00 local time they refer to, hours when they were public, people arrived. The
# road was opened to civilians about 14:00: nobody had come by then. Sums for whole days (9,000;
# 31,800; 58,400) were published on 28 September about 11:00.
KARABAKH = [
    (14, 14, 0),
    (18, 18, 377),
    (22, 22, 1050),
    (24, 24, 1510),
    (30, 30, 2906),
    (36, 36, 4850),
    (41, 41, 6650),
    (48, 107, 9000),
    (56, 56, 13550),
    (68, 68, 28120),
    (72, 107, 31800),
    (80, 80, 42500),
    (84, 84, 47115),
    (87, 87, 50243),
    (96, 107, 58400),
    (104, 104, 65036),
    (106, 106, 66500),
    (110, 110, 70500),
    (114, 114, 74400),
    (116, 116, 76407),
    (118, 118, 78354),
    (126, 126, 84770),
    (130, 130, 88780),
    (132, 132, 91448),
    (136, 136, 93000),
    (138, 138, 97735),
    (140, 140, 98625),
    (142, 142, 98929),
    (156, 156, 100417),
]
ISSUED = [22, 30, 41, 56, 80, 104, 130, 156]
FINAL_HOUR, FINAL_COUNT, POPULATION = 228, 100_617, 120_000


def at_issue(hour: float) -> KnownFigures:
    rows = [(t, people) for t, public, people in KARABAKH if public <= hour]
    return KnownFigures([t - hour for t, _ in rows], [people for _, people in rows])


@pytest.mark.parametrize(
    ("baseline", "mean_wis"),
    [
        (persistence, 60_506),
        (drift, 62_647),
        (lambda *cell: capped_drift(*cell, population=POPULATION), 33_949),
        (lambda *cell: capped_probabilistic_drift(*cell, population=POPULATION), 24_881),
    ],
    ids=["persistence", "drift", "capped", "uncertain"],
)
def test_the_final_count_scores_as_in_the_study(
    baseline: Callable[..., Array], mean_wis: int
) -> None:
    scores = [wis(baseline(at_issue(hour), [FINAL_HOUR - hour])[0], FINAL_COUNT) for hour in ISSUED]
    assert round(np.mean(scores)) == mean_wis


def test_exodus_scores_the_same_until_the_last_figure_cuts_into_it() -> None:
    scores = [
        round(float(wis(exodus(figures, [1], population=POPULATION)[0], FINAL_COUNT)))
        for figures in [NOBODY_YET, *map(at_issue, ISSUED)]
    ]
    assert scores[:7] == [10_581] * 7
    # On 29 and 30 September 88,780 and 100,417 had come: lower quantiles are no longer possible.
    assert scores[7:] == [10_543, 10_353]


@pytest.mark.skipif(not ONSET_SCORER.exists(), reason="the outside onset scorer is not beside us")
def test_the_outside_onset_scorer_gets_the_same_numbers(tmp_path: Path) -> None:
    # Counts of hundreds of millions, so that its rounding to whole people hides nothing.
    population, first, issues = 3e8, dt.date(2020, 1, 1), (0, 2, 5, 9)
    rng = np.random.default_rng(5)
    days = np.array([0, 1, 2, 4, 5, 7, 8, 9, 13, 14, 16, 20, 23, 26])
    places = {
        name: np.cumsum(rng.integers(0, 30_000_000, days.size)) for name in ("north", "south")
    }
    places["all"] = places["north"] + places["south"]
    forecast = population * np.linspace(0.05, 0.9, len(QUANTILE_LEVELS))
    write_onset_case(tmp_path, first, days=days, places=places, issues=issues, quantiles=forecast)
    done = subprocess.run(
        [sys.executable, ONSET_SCORER, tmp_path / "truth.csv", str(population), tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)

    ours: dict[str, list[Array]] = {
        name: [] for name in ("forecast", "persistence", "drift", "capped", "exodus")
    }
    outcomes = []
    for issue in issues:
        known = days <= issue
        for people in places.values():
            share = people[known][-1] / np.interp(issue, days[known], places["all"][known])
            figures = KnownFigures((days[known] - issue) * 24, people[known])
            horizons = np.array([1, 3, 7, 14])
            outcomes += list(np.interp(issue + horizons, days, people))
            cell = (figures, horizons * 24)
            ours["forecast"] += [forecast] * 4
            ours["persistence"] += list(persistence(*cell))
            ours["drift"] += list(drift(*cell, window=ONSET_WINDOW))
            ours["capped"] += list(
                capped_probabilistic_drift(
                    *cell, population=population * share, window=ONSET_WINDOW, spread=ONSET_SPREAD
                )
            )
            ours["exodus"] += list(exodus(*cell, population=population, share=share))
    assert theirs["n"] == len(outcomes) == 48
    for name, quantiles in ours.items():
        assert round(wis(quantiles, outcomes).mean()) == theirs["wis"][name]
        assert round(log_wis(quantiles, outcomes).mean(), 4) == theirs["log_wis"][name]


def write_onset_case(
    folder: Path,
    first: dt.date,
    *,
    days: npt.NDArray[np.int64],
    places: dict[str, npt.NDArray[np.int64]],
    issues: tuple[int, ...],
    quantiles: Array,
) -> None:
    """A truth file and a forecast folder with the same quantiles in every cell."""

    def date(day: int) -> str:
        return (first + dt.timedelta(days=int(day))).isoformat()

    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["location", "date", "value"])
        for place, people in places.items():
            table.writerows(
                [place, date(day), int(figure)] for day, figure in zip(days, people, strict=True)
            )
    with (folder / "forecast.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(
            ["issued_at", "target", "place", "time", "output_type", "output_type_id", "value"]
        )
        for issue in issues:
            for place in places:
                for horizon in (1, 3, 7, 14):
                    table.writerows(
                        [
                            f"{date(issue)}T20:00:00+00:00",
                            "arrived.cumulative",
                            place,
                            f"{date(issue + horizon)}T20:00:00+00:00",
                            "quantile",
                            level,
                            value,
                        ]
                        for level, value in zip(QUANTILE_LEVELS, quantiles, strict=True)
                    )
