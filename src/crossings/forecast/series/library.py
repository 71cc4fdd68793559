"""Past crises to learn from: five that come with the package, and the user's own.

What comes with the package is derived: scale-free rows of features and outcomes, coefficients of
the quantile function for all five and for every four of them, and short hashes of the figures and
places behind them. A crisis is never forecast with anything that saw it; how it is known again says
:mod:`crossings.forecast.seen`.
``python -m benchmarks.fit_series`` makes all of it again and compares.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from crossings.errors import InputError
from crossings.forecast.seen import Marks, marks
from crossings.forecast.series import curve
from crossings.forecast.series.curve import Curve
from crossings.forecast.series.forest import Forest
from crossings.forecast.series.history import Series
from crossings.forecast.series.replay import Models
from crossings.forecast.series.rows import Rows, crisis_rows
from crossings.forecast.series.steady import Steady
from crossings.forecast.series.still import Still

_FOLDER = Path(__file__).parent / "past"
ROWS_FILE = "rows.npz"
DESCRIPTION_FILE = "crises.json"


@dataclasses.dataclass(frozen=True)
class PastCrisis:
    """One crisis to learn from: its rows, and the marks by which it is known again."""

    name: str
    marks: Marks
    rows: Rows


def marks_of(series: Mapping[str, Series]) -> Marks:
    """What a crisis with these series is known by."""
    figures = (
        (int(day), float(people))
        for one in series.values()
        for day, people in zip(one.days.tolist(), one.people.tolist(), strict=True)
    )
    return marks(figures, series)


def past_crisis(
    name: str, series: Mapping[str, Series], editions: Iterable[Mapping[str, Series]] = ()
) -> PastCrisis:
    """A crisis to learn from; ``editions`` are other forms of its series, to know it by.

    Raises:
        InputError: the series have no cell whose outcome is known.
    """
    rows = crisis_rows(series) if series else None
    if rows is None:
        raise InputError(
            f"learn-from: {name}: found no series to learn from, expected three figures or more at "
            "a place over at least two months"
        )
    known = marks_of(series)
    for edition in editions:
        known = known.with_edition(marks_of(edition))
    return PastCrisis(name, known, rows)


@functools.cache
def bundled_crises() -> tuple[PastCrisis, ...]:
    """The crises that come with the package."""
    described = json.loads((_FOLDER / DESCRIPTION_FILE).read_text(encoding="utf-8"))
    with np.load(_FOLDER / ROWS_FILE, allow_pickle=False) as arrays:
        return tuple(
            PastCrisis(
                name,
                Marks.from_dict(about),
                Rows(*(arrays[f"{name}.{f.name}"] for f in dataclasses.fields(Rows))),
            )
            for name, about in described["crises"].items()
        )


@functools.cache
def _bundled_curves() -> dict[str, Curve]:
    """The coefficients that come with the package, by the names of the crises they saw."""
    described = json.loads((_FOLDER / DESCRIPTION_FILE).read_text(encoding="utf-8"))
    return {seen: Curve.from_dict(numbers) for seen, numbers in described["curves"].items()}


def chosen(
    series: Mapping[str, Series], learn_from: Sequence[PastCrisis] = (), name: str = ""
) -> Chosen:
    """The past crises that may teach a forecast of these series, and those that may not.

    ``name`` is that of the situation.
    """
    crises: list[PastCrisis] = list(bundled_crises())
    for one in learn_from:
        if not any(one.marks.figures & other.marks.figures for other in crises):
            crises.append(one)
    own = marks_of(series)
    kept = tuple(one for one in crises if one.name != name and not one.marks.same(own))
    return Chosen(kept, tuple(one.name for one in crises if one not in kept))


@dataclasses.dataclass(frozen=True)
class Chosen:
    """Crises that are learnt from, and names of those that were left out."""

    crises: tuple[PastCrisis, ...]
    left_out: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those that are learnt from."""
        return tuple(one.name for one in self.crises)


_fitted: dict[tuple[tuple[str, int], ...], Models] = {}
_MOST_FITTED = 4


def models(selected: Chosen, workers: int = 1) -> Models:
    """Forests and quantile function learnt from the crises chosen; kept for the next call.

    Raises:
        InputError: none is left to learn from.
    """
    if not selected.crises:
        raise InputError(
            "learn-from: found no past crisis other than the one that is forecast, expected one"
        )
    key = tuple((one.name, hash(one.marks)) for one in selected.crises)
    if key not in _fitted:
        rows = Rows.joined([one.rows for one in selected.crises])
        fitted = Models(
            Forest(rows.x, rows.z_broad, rows.weights, workers),
            Forest(rows.x, rows.z_recent, rows.weights, workers),
            _curve(selected, rows),
            Still(rows),
            Steady(rows),
        )
        while len(_fitted) >= _MOST_FITTED:
            _fitted.pop(next(iter(_fitted)))
        _fitted[key] = fitted
    return _fitted[key]


def _curve(selected: Chosen, rows: Rows) -> Curve:
    """The coefficients that came with the package for these crises, or new ones."""
    bundled = {one.name: one for one in bundled_crises()}
    known = all(bundled.get(one.name) is one for one in selected.crises)
    seen = " ".join(selected.names)
    if known and seen in _bundled_curves():
        return _bundled_curves()[seen]
    return curve.fit(rows.x, rows.z_recent, rows.weights)


def description(crises: Sequence[PastCrisis], curves: Mapping[str, Curve]) -> str:
    """The text of the file that describes the crises."""
    content = {
        "crises": {one.name: one.marks.as_dict() for one in crises},
        "curves": {seen: fitted.as_dict() for seen, fitted in curves.items()},
    }
    return json.dumps(content, indent=0, sort_keys=False) + "\n"


def packed(crises: Sequence[PastCrisis]) -> bytes:
    """The bytes of the file that holds the rows."""
    arrays = {
        f"{one.name}.{f.name}": getattr(one.rows, f.name)
        for one in crises
        for f in dataclasses.fields(Rows)
    }
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
