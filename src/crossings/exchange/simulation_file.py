"""A simulation as one file: every member as netCDF-4, or arrivals by day and place as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.errors import InputError
from crossings.exchange.forecast_csv import guarded
from crossings.exchange.forecast_netcdf import MOST
from crossings.whole import write_file

I8 = npt.NDArray[np.int64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
GIVEN = "all (given)"
"""Stands for a place in rows of totals that went in."""

COLUMNS = ("day", "date", "place", "mean", "q05", "q25", "q50", "q75", "q95")


def write_simulation(run: xr.Dataset, path: Path | str) -> Path:
    """Write the result of ``crossings.simulate``; the name says how: ``.nc`` or ``.csv``.

    Raises:
        InputError: the name ends otherwise, or a count does not fit the file.
        OutputError: the file cannot be written; what stood there before is unchanged.
    """
    target = check_name(path)
    content = simulation_netcdf(run) if target.suffix == ".nc" else simulation_csv(run).encode()
    return write_file(target, content)


def check_name(path: Path | str) -> Path:
    """The path, if its name says one of the two formats.

    Raises:
        InputError: it ends in neither ``.nc`` nor ``.csv``.
    """
    target = Path(path)
    if target.suffix not in (".nc", ".csv"):
        raise InputError(f"output: found {str(path)!r}, expected a name that ends in .nc or .csv")
    return target


def simulation_netcdf(run: xr.Dataset) -> bytes:
    """Every count as ``int32``, compressed; ``time`` in UTC.

    Raises:
        InputError: a count does not fit 32 bits.
    """
    for name, table in run.data_vars.items():
        if table.size and int(table.max()) > MOST:
            raise InputError(f"{name}: found counts beyond {MOST:,} people, expected fewer")
    encoding = {
        str(name): {"zlib": True, "complevel": 4, "shuffle": True, "dtype": "int32"}
        for name in run.data_vars
    }
    encoding["time"] = {"units": "seconds since 1970-01-01 00:00:00", "dtype": "int64"}
    described = run.assign_attrs(Conventions="CF-1.11")
    # The number of members may grow: a long run is put together from parts.
    content = described.to_netcdf(engine="h5netcdf", encoding=encoding, unlimited_dims=["member"])
    return bytes(content)


def simulation_csv(run: xr.Dataset) -> str:
    """People by the end of each day (24 hours from the start) and place: mean and quantiles.

    The attribute ``table`` says which people: ``arrived`` (since the start) or ``present``.
    ``date`` is the end of that day as ISO 8601 in UTC; the quantiles are over members, linear
    between order statistics, rounded to whole people. Totals that were given, and not simulated,
    stand in rows of place ``all (given)``.
    """
    return csv_text(run, run[run.attrs["table"]].values)


def csv_text(frame: xr.Dataset, people: I8, heading: bool = True) -> str:
    """The rows for some times; ``people`` (members, times, places) goes with ``frame``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if heading:
        writer.writerow(COLUMNS)
    start = np.datetime64(frame.attrs["start_utc"], "s")
    times = frame["time"].values.astype("datetime64[s]")
    days = (times - start) / np.timedelta64(1, "D")
    given = frame["given_total"].values if "given_total" in frame else None
    for k in np.flatnonzero(days == np.rint(days)):
        row = round(days[k]), f"{times[k]}Z"
        table = people[:, k]
        rows = np.vstack([table.mean(axis=0), np.quantile(table, LEVELS, axis=0)])
        for place, values in zip(frame["place"].values, np.rint(rows).T.astype(int), strict=True):
            writer.writerow((*row, guarded(str(place)), *values))
        if given is not None:
            writer.writerow((*row, GIVEN, *[int(given[k])] * (1 + len(LEVELS))))
    return out.getvalue()
