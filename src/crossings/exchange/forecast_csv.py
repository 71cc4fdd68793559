"""``forecast.csv``: the quantiles of a forecast, one row each, after the conventions of the hubs.

Columns ``issued_at, target, place, time, output_type, output_type_id, value``; all rows have the
output type ``quantile`` at the 23 levels. Values are whole people; times are ISO 8601 with the
offset of the situation's zone. Exceedance probabilities stand in ``forecast.json``: hubs know no
output type for "at least", and a ``cdf`` says the opposite.
"""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import numpy as np

from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook

COLUMNS = ("issued_at", "target", "place", "time", "output_type", "output_type_id", "value")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def forecast_csv(outlook: Outlook) -> str:
    """The table as text, rows in the order of target, place, time and level."""
    zone = ZoneInfo(outlook.time_zone)
    issued = outlook.issued_at.astimezone(zone).isoformat()
    times = [time.astimezone(zone).isoformat() for time in outlook.times]
    levels = [f"{level:g}" for level in QUANTILE_LEVELS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for target in outlook.targets:
        for place in outlook.places:
            # Rounding keeps the order of the levels.
            table = np.rint(outlook.quantiles(target, place)).astype(np.int64).tolist()
            names = (issued, guarded(target), guarded(place))
            for time, values in zip(times, table, strict=True):
                writer.writerows(
                    (*names, time, "quantile", level, value)
                    for level, value in zip(levels, values, strict=True)
                )
    return out.getvalue()


def guarded(text: str) -> str:
    """``text`` with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
