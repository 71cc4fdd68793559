from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossings.errors import InputError, OutputError
from crossings.situation import reading
from crossings.situation.folder import check_folder, load_folder, new_folder, save_folder
from crossings.situation.tables import SETTINGS_FILE, TABLES
from tests.situation.strategies import situations

SAME_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # every example writes over the one before, which is a test of its own

SHARED = Path(__file__).parents[3] / "shared" / "data" / "situations"  # beside the project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_folder(tmp_path / "situation")
    return tmp_path / "situation"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in check_folder(folder)]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=situations())
def test_a_situation_saved_and_loaded_is_the_same(tmp_path: Path, one: object) -> None:
    save_folder(one, tmp_path / "one")  # type: ignore[arg-type]
    assert load_folder(tmp_path / "one") == one


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_was_known_is_a_folder_without_errors(tmp_path: Path, data: st.DataObject) -> None:
    one = data.draw(situations())
    rows = [row for table in TABLES for row in getattr(one, table.field)]
    when = data.draw(st.sampled_from([row.known_at for row in rows] or [one.start]))
    save_folder(one.as_of(when), tmp_path / "one")
    assert load_folder(tmp_path / "one") == one.as_of(when)


def test_saving_keeps_other_files_and_leaves_nothing_behind(folder: Path) -> None:
    (folder / "truth.csv").write_text("location,date,value\n")
    one = load_folder(folder)
    save_folder(one, folder)
    assert (folder / "truth.csv").read_text() == "location,date,value\n"
    names = {SETTINGS_FILE, "README.md", "truth.csv", *(table.file for table in TABLES)}
    assert {path.name for path in folder.iterdir()} == names
    assert {path.name for path in folder.parent.iterdir()} == {"situation"}
    assert load_folder(folder) == one


def test_whole_days_and_notes_are_saved_as_a_person_writes_them(folder: Path) -> None:
    save_folder(load_folder(folder), folder)
    settings_text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    assert 'start = "2030-05-01"\n' in settings_text
    assert "step_hours = 1\n" in settings_text
    claims = (folder / "claims.csv").read_text(encoding="utf-8")
    assert ",48000,48000,approx,count,2029-12-31,year,2030-03-01,false," in claims
    assert ",2890,2890,exact,count,2030-05-03T08:00:00+02:00,exact," in claims


@pytest.mark.parametrize("place", ["file/one", "\0"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, folder: Path, place: str) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(OutputError, match="cannot be written"):
        save_folder(load_folder(folder), tmp_path / place)
    with pytest.raises(OutputError, match="cannot be written"):
        new_folder(tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "situation"]


def test_a_save_that_fails_half_way_leaves_what_was_there(folder: Path) -> None:
    """A folder stands where the last file should go: those before it come back."""
    situation = load_folder(folder)
    last = [table.file for table in TABLES][-1]
    (folder / last).unlink()
    (folder / last).mkdir()
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    with pytest.raises(OutputError, match="stands in the way"):
        save_folder(situation.model_copy(update={"title": "Another"}), folder)
    assert {f.name: f.read_bytes() for f in folder.iterdir() if f.is_file()} == before
    assert {f.name for f in folder.iterdir()} == {*before, last}


def test_a_failed_save_leaves_what_was_there(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    one = load_folder(folder)
    broken = one.model_copy(update={"notes": "a \ud800 that has no place in UTF-8"})
    with pytest.raises(OutputError, match="cannot be written"):
        save_folder(broken, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_template_has_no_problems_and_enough_to_forecast(folder: Path) -> None:
    assert problems(folder) == []
    one = load_folder(folder)
    assert {place.kind for place in one.places} == {"origin", "crossing", "reception"}
    assert any(claim.measure == "population" for claim in one.claims)
    assert sum(claim.target == one.targets[0] for claim in one.claims) >= 3


def test_a_new_folder_is_not_laid_over_another(folder: Path) -> None:
    with pytest.raises(InputError, match="a name not in use"):
        new_folder(folder)
    (folder.parent / "empty").mkdir()
    new_folder(folder.parent / "empty")
    assert load_folder(folder.parent / "empty") == load_folder(folder)


def test_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none", tmp_path / "file", Path("x" * 300), Path("a\0b")):
        with pytest.raises(InputError, match="situation folder"):
            load_folder(path)


CASES: list[tuple[str, str, str, str]] = [
    # file, text in the template, text in its place, what is told
    ("situation.toml", 'id = "my', 'di = "my', "error: situation.toml, id: found nothing"),
    ("situation.toml", 'id = "my', 'di = "my', "warning: situation.toml, di: found an unknown"),
    ("situation.toml", 'id = "', "id = ", "error: situation.toml: found Invalid value (at line 10"),
    ("situation.toml", "2030-05-01", "May", "error: situation.toml, start: found 'May', expected"),
    ("situation.toml", "Europe/B", "B", "error: situation.toml, time_zone: found 'Belgrade'"),
    ("situation.toml", "step_hours = 1", "step_hours = 48", "step_hours: found '48', expected a"),
    ("situation.toml", '"vintage"', '"new"', "tier: found 'new', expected one of vintage, dated"),
    ("situation.toml", "arrived.", "came.", "warning: situation.toml, targets: found 'came.cumul"),
    ("situation.toml", ".cumulative", "", "error: situation.toml, targets: found 'arrived'"),
    ("places.csv", "kind", "type", "error: places.csv line 1, kind: found no such column"),
    ("places.csv", "pcode", "code", "warning: places.csv line 1, 'code': found an unknown column"),
    ("places.csv", "pcode", "name", "error: places.csv line 1, name: found the column twice"),
    ("places.csv", ",crossing,", ",bridge,", "places.csv line 3, kind: found 'bridge', expected"),
    ("places.csv", "42.60", "142.60", "lat: found '142.60', expected a number of at most 90"),
    ("places.csv", "42.60", "42°", "lat: found '42°', expected a number"),
    ("places.csv", "42.60", "1e999", "lat: found '1e999', expected"),
    ("places.csv", "42.60", "", "warning: places.csv line 2, lat: found nothing, expected both"),
    ("places.csv", "SRB", "XKX", "warning: places.csv line 2, country: found 'XKX', expected an I"),
    ("places.csv", "southtown,", "northtown,", "line 4, id: found 'northtown' again, expected it"),
    ("places.csv", "southtown,", "all,", "error: places.csv line 4, id: found 'all', expected ano"),
    ("places.csv", "Southtown", "", "error: places.csv line 4, name: found nothing"),
    ("places.csv", "2030-01-01", "", "warning: places.csv line 2, known_at: found nothing"),
    ("places.csv", "Nordstadt", '"Nordstadt', "error: places.csv line 2: found"),
    ("places.csv", "invented example,", "a,b,c", "line 2: found 13 cells, expected 12"),
    ("places.csv", "invented example,", "a", "warning: places.csv line 2: found 11 cells"),
    ("routes.csv", ",true,45", ",perhaps,45", "both_ways: found 'perhaps', expected true or false"),
    (
        "routes.csv",
        "e,northtown,",
        "e,moon,",
        "line 2, from: found 'moon', expected the id of",
    ),
    ("routes.csv", "e,southtown,", "e,old-bridge,", "line 3, to: found 'old-bridge', expected ano"),
    ("routes.csv", ",45,40", ",45,0", "speed_kmh: found '0', expected a number above 0"),
    ("events.csv", "05:00+02:00", "05:00", "time: found '2030-05-01T05:00', expected an offset"),
    ("events.csv", "opening", "open", "events.csv line 3, kind: found 'open', expected one of"),
    ("events.csv", "opening,old-bridge", "opening,moon", "line 3, place: found 'moon', expected"),
    ("events.csv", "opening,old-bridge,", "opening,,moon", "line 3, route: found 'moon', expected"),
    ("events.csv", ",Invented example", "ghost,", "events.csv line 2, disputes: found 'ghost'"),
    ("claims.csv", "arrived,cum", "came,cum", "warning: claims.csv line 3, measure: found 'came'"),
    ("claims.csv", "arrived,cum", ",cum", "error: claims.csv line 3, measure: found nothing"),
    ("claims.csv", "cumulative", "total", "counting: found 'total', expected one of cumulative, s"),
    ("claims.csv", ",350,350", ",-350,350", "claims.csv line 3, low: found '-350', expected a num"),
    (
        "claims.csv",
        ",350,350",
        ",350,1",
        "high: found '1', expected a number of at least low",
    ),
    ("claims.csv", ",350,350", ',"3,500",', "low: found '3,500', expected a number"),
    ("claims.csv", ",350,350", ",nan,", "low: found 'nan', expected a number"),
    ("claims.csv", ",350,350", ",,", "warning: claims.csv line 3, low: found neither low nor high"),
    ("claims.csv", "350,approx", "350,at_least", "qualifier: found at_least with low 350 and high"),
    ("claims.csv", "350,approx", "350,roughly", "error: claims.csv line 3, qualifier: found"),
    ("claims.csv", "exact,2030-05-02T13", "clear,2030-05-02T13", "as_of_precision: found 'clear'"),
    ("claims.csv", "2030-05-02T13", "2030-05-01T02", "warning: claims.csv line 3, known_at: found"),
    ("claims.csv", "2030-05-02T12:00+02:00", "noon", "claims.csv line 3, as_of: found 'noon', exp"),
    ("claims.csv", "all,,350", "moon,,350", "place: found 'moon', expected all or the id of one"),
    (
        "claims.csv",
        "reported,,arrived-2",
        "reported,ghost,",
        "part_of: found 'ghost', expected",
    ),
    ("claims.csv", ",,arrived-2,", ",,ghost,", "same_group_as: found 'ghost', expected the id of"),
    (
        "claims.csv",
        ",,arrived-2,",
        ",arrived-2-seen,,",
        "'arrived-2-seen', expected no chain",
    ),
    ("claims.csv", "reported", "said", "status: found 'said', expected one of reported, forecast"),
    ("claims.csv", "accepted", "fine", "review: found 'fine', expected one of proposed, accepted"),
    ("claims.csv", ",arrived-2,", ",,", ""),
    ("context.csv", "mediates", "helps", "relation: found 'helps', expected one of supports"),
    ("context.csv", ",attack", ",ghost", "bears_on: found 'ghost', expected the id of one event"),
    (
        "context.csv",
        "2030-05-02,2030-05-02",
        "spring,",
        "known_at: found nothing, expected when",
    ),
    ("context.csv", "2030-05-02,2030-05-02", "2030,", "warning: context.csv line 2, known_at: fou"),
    ("priors.csv", "known_at\n", "known_at\nh,,ln,1,2,,,\n", "priors.csv line 2, known_at: found"),
    ("priors.csv", "known_at\n", "known_at\nh,x,ln,1,2,,,2030\n", "scope: found 'x', expected not"),
    ("priors.csv", "known_at\n", "known_at\nh,,ln,1,,,,2030\n", "priors.csv line 2, b: found noth"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_what_is_wrong_is_told(folder: Path, file: str, old: str, new: str, told: str) -> None:
    edit(folder / file, old, new)
    found = problems(folder)
    assert any(told in line for line in found) if told else found == [], found
    assert all("\n" not in line for line in found)
    if any(line.startswith("error") for line in found):
        with pytest.raises(InputError, match=file):
            load_folder(folder)
    else:
        load_folder(folder)


def rewrite(file: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / file).write_bytes(change((folder / file).read_bytes()))

    return damage


def replace_by_folder(folder: Path) -> None:
    (folder / "events.csv").unlink()
    (folder / "events.csv").mkdir()


DAMAGES: list[tuple[Callable[[Path], None], str]] = [
    (lambda folder: (folder / "claims.csv").unlink(), "error: claims.csv: found no such file"),
    (lambda folder: (folder / SETTINGS_FILE).unlink(), "error: situation.toml: found no such file"),
    (replace_by_folder, "error: events.csv: found no readable file (Is a directory)"),
    (rewrite("claims.csv", lambda data: data + b"\0"), "claims.csv line 8: found a zero byte"),
    (rewrite("claims.csv", lambda data: data + b"\xff"), "claims.csv line 8: found the byte 0xff"),
    (rewrite("claims.csv", lambda data: b""), "claims.csv line 1, id: found no such"),
    (rewrite("claims.csv", lambda d: d.replace(b",", b";")), "claims.csv line 1: found semicolons"),
    (rewrite("claims.csv", lambda d: d + b"x" * 200_000), "claims.csv line 8: found field larger"),
    (rewrite(SETTINGS_FILE, lambda data: b"\xff" + data), "situation.toml line 1: found the byte"),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGES)
def test_a_file_that_cannot_be_read_is_told(
    folder: Path, damage: Callable[[Path], None], told: str
) -> None:
    damage(folder)
    found = problems(folder)
    assert any(told in line for line in found), found
    # Rows of other files that name rows of this one have no error on top.
    assert len({line.split()[1].rstrip(",:") for line in found}) == 1
    with pytest.raises(InputError, match=re.escape(told.removeprefix("error: "))):
        load_folder(folder)


def test_everything_is_told_at_once_and_the_message_stays_short(folder: Path) -> None:
    edit(folder / "places.csv", "origin", "home")
    edit(folder / SETTINGS_FILE, '"vintage"', '"new"')
    with (folder / "priors.csv").open("a") as file:
        file.writelines("h,,ln,one,two,,,2030\n" for _ in range(30))
    errors = [line for line in problems(folder) if line.startswith("error")]
    # One for tier, one for kind, two for each prior; none for the rows that name the place.
    assert len(errors) == 1 + 1 + 60
    with pytest.raises(InputError) as caught:
        load_folder(folder)
    lines = str(caught.value).splitlines()
    assert "62 errors" in lines[0]
    assert "places.csv line 2, kind" in str(caught.value)
    assert lines[-1].strip() == "and 42 more"
    assert len(lines) == 22


def test_one_error_is_one_line(folder: Path) -> None:
    edit(folder / "claims.csv", ",350,350", ",-350,350")
    with pytest.raises(InputError) as caught:
        load_folder(folder)
    assert str(caught.value) == (
        f"{folder}: claims.csv line 3, low: found '-350', expected a number of at least 0"
    )


def test_lines_are_counted_through_cells_of_several_lines(folder: Path) -> None:
    edit(folder / "places.csv", "invented example", '"two\nlines"')
    edit(folder / "places.csv", ",reception,", ",hotel,")
    assert any(line.startswith("error: places.csv line 5, kind") for line in problems(folder))


def test_what_people_and_spreadsheets_do_is_understood(folder: Path) -> None:
    before = load_folder(folder)
    claims = (folder / "claims.csv").read_text(encoding="utf-8").replace(",arrived,", ", arrived ,")
    (folder / "claims.csv").write_text("\n" + claims.replace("\n", "\r\n"), encoding="utf-8-sig")
    (folder / "context.csv").unlink()
    (folder / "priors.csv").unlink()
    edit(folder / "routes.csv", ",true,", ",YES,")
    edit(folder / SETTINGS_FILE, 'start = "2030-05-01"', "start = 2030-05-01")
    assert problems(folder) == []
    assert load_folder(folder) == before.model_copy(update={"context": ()})


def test_an_unknown_publication_is_the_end_of_the_stated_period(folder: Path) -> None:
    rows = [
        "a,population,stock,northtown,1,1,2029,,",
        "b,population,stock,northtown,1,1,2030-02,,",
        "c,arrived,cumulative,all,1,1,2030-05-02,,",
        "d,arrived,cumulative,all,1,1,2030-05-02T10:00+02:00,,",
        "e,arrived,cumulative,all,1,1,2030-05-02T16:00+02:00,date_afternoon,",
    ]
    heading = "id,measure,counting,place,low,high,as_of,as_of_precision,known_at"
    (folder / "claims.csv").write_text("\n".join([heading, *rows]) + "\n")
    edit(folder / "events.csv", "2030-05-02T09:00+02:00", "")
    one = load_folder(folder)
    assert [(c.id, c.known_at.isoformat(), c.as_of_precision) for c in one.claims] == [
        ("a", "2029-12-31T23:59:59+01:00", "year"),
        ("b", "2030-02-28T23:59:59+01:00", "month"),
        ("c", "2030-05-02T23:59:59+02:00", ""),
        ("d", "2030-05-02T10:00:00+02:00", ""),
        ("e", "2030-05-02T23:59:59+02:00", "date_afternoon"),
    ]
    assert all(claim.known_at_assumed for claim in one.claims)
    assert one.events[1].known_at.isoformat() == "2030-05-02T23:59:59+02:00"


def test_a_row_that_was_public_before_what_it_names_is_odd(folder: Path) -> None:
    edit(folder / "places.csv", "42.10,21.40,2030-01-01", "42.10,21.40,2030-06-01")
    found = problems(folder)
    assert {line.split(" line")[0] for line in found} == {
        "warning: routes.csv",
        "warning: claims.csv",
    }
    assert all("'southtown', public only on 2030-06-01T23:59:59+02:00" in line for line in found)


def test_a_folder_that_is_too_large_is_refused(folder: Path) -> None:
    with (folder / "claims.csv").open("ab") as file:
        file.truncate(reading.MAX_BYTES + 1)  # a sparse file: it takes no room
    with pytest.raises(InputError, match=r"found tables of 100\.0 MB, expected at most 100 MB"):
        load_folder(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(folder: Path) -> None:
    (folder / "claims.csv").chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        load_folder(folder)


@pytest.mark.parametrize("name", ["rohingya-2017", "kosovo-1999"])
def test_folders_written_before_any_loader_are_understood(name: str, tmp_path: Path) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"needs shared/data/situations/{name} beside the project")
    one = load_folder(SHARED / name)
    save_folder(one, tmp_path / name)
    assert load_folder(tmp_path / name) == one
