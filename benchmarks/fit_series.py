"""Fit the statistical component again and show that it is what the package holds.

    python -m benchmarks.fit_series --flee FOLDER [--write]

``FOLDER`` holds the five Flee set-ups (burundi2015, car2013, mali2012, nigeria2016, ssudan2013).
Makes the rows to learn from, the hashes and the coefficients again, and compares them with the
files in ``src/crossings/forecast/series/past/``; the exit status is 1 if they differ. ``--write``
puts the new ones in their place.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import numpy as np

from crossings.exchange.flee_import import import_flee
from crossings.forecast.series import curve, library
from crossings.forecast.series.history import Series, published_series
from crossings.forecast.series.library import PastCrisis, past_crisis
from crossings.forecast.series.rows import Rows

CRISES = ("burundi2015", "car2013", "mali2012", "nigeria2016", "ssudan2013")
PAST = Path(library.__file__).parent / "past"
TOLERANCE = 1e-3


def series_of(folder: Path, tier: str) -> dict[str, Series]:
    """The series of the camps of a Flee set-up, without the published total."""
    series = published_series(import_flee(folder, tier=tier).situation, "hosted.stock")
    return {place: one for place, one in series.items() if place != "all"}


def fitted(flee: Path) -> tuple[list[PastCrisis], dict[str, curve.Curve]]:
    """The past crises, and coefficients for all of them and for all but one."""
    crises = [
        past_crisis(
            name,
            series_of(flee / name, "retrospective"),
            editions=[series_of(flee / name, "dated")],
        )
        for name in CRISES
    ]
    curves = {}
    for left_out in (None, *crises):
        seen = [one for one in crises if one is not left_out]
        rows = Rows.joined([one.rows for one in seen])
        name = " ".join(one.name for one in seen)
        curves[name] = curve.fit(rows.x, rows.z_recent, rows.weights)
        print(f"fitted on {name}: {rows.weights.size} rows", flush=True)
    return crises, curves


def differences(crises: list[PastCrisis], curves: dict[str, curve.Curve]) -> list[str]:
    """What the package holds otherwise."""
    found = []
    held = {one.name: one for one in library.bundled_crises()}
    for one in crises:
        other = held.get(one.name)
        if other is None or other.marks != one.marks:
            found.append(f"{one.name}: other figures or places")
        elif not all(
            np.array_equal(getattr(one.rows, f.name), getattr(other.rows, f.name))
            or np.allclose(getattr(one.rows, f.name), getattr(other.rows, f.name), atol=TOLERANCE)
            for f in dataclasses.fields(Rows)
        ):
            found.append(f"{one.name}: other rows")
    stored = json.loads((PAST / library.DESCRIPTION_FILE).read_text(encoding="utf-8"))["curves"]
    for seen, fitted in curves.items():
        numbers = stored.get(seen, {})
        off = [
            name
            for name, values in fitted.as_dict().items()
            if not np.allclose(values, numbers.get(name, np.nan), atol=TOLERANCE, rtol=TOLERANCE)
        ]
        found += [f"curve fitted on {seen}: other {name}" for name in off]
    return found


def main() -> int:
    """Fit, and compare or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flee", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    crises, curves = fitted(asked.flee)
    if asked.write:
        PAST.mkdir(exist_ok=True)
        (PAST / library.ROWS_FILE).write_bytes(library.packed(crises))
        text = library.description(crises, curves)
        (PAST / library.DESCRIPTION_FILE).write_text(text, encoding="utf-8")
        print(f"written to {PAST}")
        return 0
    found = differences(crises, curves)
    print("\n".join(found) or "the package holds the same rows, hashes and coefficients")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
