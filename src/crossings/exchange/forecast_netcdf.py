"""``forecast.nc``: every draw of a forecast as compressed netCDF-4 with CF attributes.

One ``int32`` variable a target with the dimensions ``(member, time, place)`` in whole people;
``time`` in UTC. The place coordinate carries names and positions along.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import xarray as xr

from crossings.errors import InputError
from crossings.forecast.outlook import Outlook
from crossings.situation.records import Situation

MOST = int(np.iinfo(np.int32).max)
"""The highest count that the file can hold."""


def forecast_netcdf(outlook: Outlook, situation: Situation) -> bytes:
    """The file's content. Equal outlooks give equal bytes.

    Raises:
        InputError: a draw does not fit 32 bits.
    """
    draws = outlook.draws.assign_coords(_coordinates(outlook, situation))
    for target in outlook.targets:
        values = draws[target].values
        if values.size and (int(values.max()) > MOST or int(values.min()) < -MOST):
            raise InputError(f"{target}: found counts beyond {MOST:,} people, expected fewer")
        draws[target] = draws[target].astype(np.int32)
        draws[target].attrs = {
            "units": "people",
            "long_name": target.replace(".", ", ").replace("_", " "),
            "cell_methods": "time: point",
        }
    described = {
        "Conventions": "CF-1.11",
        "title": outlook.title,
        "source": " ".join(f"{k} {v}" for k, v in sorted(outlook.versions.items())),
        "situation": outlook.situation,
        "issued_at": outlook.issued_at.isoformat(),
        "as_of": outlook.issued_at.isoformat(),
        "time_zone": outlook.time_zone,
        "tier": outlook.tier,
        "licence": situation.licence,
    }
    # The format holds UTF-8 only.
    clean = {key: text.encode("utf-8", "replace").decode() for key, text in described.items()}
    draws.attrs = {**clean, "seed": outlook.seed}
    encoding = {
        name: {"zlib": True, "complevel": 4, "shuffle": True, "dtype": "int32"}
        for name in outlook.targets
    }
    encoding["time"] = {"units": "seconds since 1970-01-01 00:00:00", "dtype": "int64"}
    return bytes(draws.to_netcdf(engine="h5netcdf", encoding=encoding))


def _coordinates(outlook: Outlook, situation: Situation) -> dict[str, xr.DataArray]:
    """Time with its standard name, and of each place the name and position."""
    known = {p.id: p for p in situation.places}
    rows = [known.get(place) for place in outlook.places]
    names = [
        p.name if p is not None else place for p, place in zip(rows, outlook.places, strict=True)
    ]
    lat = [np.nan if p is None or p.lat is None else p.lat for p in rows]
    lon = [np.nan if p is None or p.lon is None else p.lon for p in rows]

    def along_places(values: list[str] | list[float], **attrs: str) -> xr.DataArray:
        return xr.DataArray(np.array(values), dims="place", attrs=attrs)

    time = xr.DataArray(
        outlook.draws["time"].values, dims="time", attrs={"standard_name": "time", "axis": "T"}
    )
    return {
        "time": time,
        "place_name": along_places(names, long_name="name of the place"),
        "lat": along_places(lat, standard_name="latitude", units="degrees_north"),
        "lon": along_places(lon, standard_name="longitude", units="degrees_east"),
    }


def read_draws(path: Path) -> xr.Dataset:
    """The draws of a file written by :func:`forecast_netcdf`, in memory.

    Raises:
        InputError: the file is missing or is no netCDF-4 file of this form.
    """
    try:
        content = io.BytesIO(path.read_bytes())
        with xr.open_dataset(content, engine="h5netcdf") as stored:
            draws = stored.load().drop_vars(["place_name", "lat", "lon"], errors="ignore")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise InputError(f"{path}: not a readable netCDF-4 file of a forecast ({error})") from error
    missing = {"member", "time", "place"} - set(draws.dims)
    if missing:
        raise InputError(f"{path}: found no dimension {sorted(missing)[0]!r}, expected it")
    for name in draws.data_vars:
        draws[name] = draws[name].astype(np.int64)
    for name in draws.variables:
        draws[name].attrs = {}
    draws.attrs = {}
    return draws
