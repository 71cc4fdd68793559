from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crossings.errors import InputError
from crossings.situation.catalogue import UNNAMED, bundled, load, overview
from crossings.situation.folder import load_folder, new_folder, save_folder
from crossings.situation.records import Claim, Situation

NOON = dt.datetime(2023, 9, 25, 12, tzinfo=dt.UTC)


def claim(name: str, day: int, sources: tuple[str, ...] = (), publisher: str = "") -> Claim:
    return Claim(
        id=name,
        measure="arrived",
        counting="cumulative",
        as_of=NOON.replace(day=day),
        known_at=NOON,
        sources=sources,
        publisher=publisher,
    )


def test_a_bundled_name_goes_before_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = bundled()[0]
    monkeypatch.chdir(tmp_path)
    new_folder(name)
    assert load(name).id == name
    assert load(f"./{name}") == load(tmp_path / name) == load_folder(name)
    assert load(f"./{name}").id != name


@pytest.mark.parametrize("name", ["atlantis", "", "x" * 300, "a\0b", "..%2f"])
def test_an_unknown_name_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(InputError, match="expected a folder or one of: ") as caught:
        load(name)
    assert all(known in str(caught.value) for known in bundled())


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_situation_saved_and_loaded_is_the_same(name: str, tmp_path: Path) -> None:
    one = load(name)
    assert one.id == name
    save_folder(one, tmp_path / name)
    assert load(tmp_path / name) == one


def test_the_overview_counts_rows_and_speakers() -> None:
    one = Situation(
        id="s",
        title="T",
        start=NOON,
        tier="dated",
        claims=(
            claim("a", 20, ("UNHCR", "IOM"), "BBC"),
            claim("b", 22, ("UNHCR",)),
            claim("c", 21, (), "BBC"),
            claim("d", 1).model_copy(update={"status": "prior"}),
        ),
    )
    seen = overview(one)
    assert (seen.id, seen.title, seen.tier) == ("s", "T", "dated")
    assert seen.rows["claims"] == 4
    assert seen.rows["places"] == 0
    assert (seen.first, seen.last) == (NOON.replace(day=20), NOON.replace(day=22))
    assert list(seen.sources.items()) == [("UNHCR", 2), ("BBC", 1), ("IOM", 1), (UNNAMED, 1)]
    empty = overview(one.model_copy(update={"claims": ()}))
    assert (empty.first, empty.last, empty.sources) == (None, None, {})
