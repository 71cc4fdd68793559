from __future__ import annotations

import ast
import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

import crossings
from crossings.errors import InputError
from crossings.exchange.flee_import import FleeImport, import_flee
from crossings.situation.folder import check_folder, load_folder, save_folder
from crossings.situation.records import ALL, Situation
from tests.exchange.flee_setups import FILES, setup

SHARED = Path(__file__).parents[3] / "shared"
CRISES = ("burundi2015", "car2013", "mali2012", "nigeria2016", "ssudan2013")


def figures(situation: Situation) -> dict[tuple[str, str], float]:
    return {
        (c.place, c.as_of.date().isoformat()): c.low
        for c in situation.claims
        if c.measure == "hosted" and c.as_of is not None and c.low is not None
    }


def told(made: FleeImport) -> str:
    return "\n".join(f"{n.kind} {n.file} {n.line} {n.text}" for n in made.notes)


@pytest.mark.skipif(not (SHARED / "data/flee").is_dir(), reason="../shared is not here")
@pytest.mark.parametrize("crisis", CRISES)
def test_claims_are_the_figures_that_flee_compares_itself_with(crisis: str, tmp_path: Path) -> None:
    folder = SHARED / "data" / "flee" / crisis
    made = import_flee(folder, SHARED / "data/flee/simsetting.yml")
    save_folder(made.situation, tmp_path / crisis)
    situation = load_folder(tmp_path / crisis)
    assert situation == made.situation
    command = [sys.executable, str(SHARED / "tools/flee_truth.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    truth = {
        (r["location"], r["date"]): r["value"] for r in csv.DictReader(io.StringIO(done.stdout))
    }
    written = {
        key: f"{v:g}" if v != int(v) else str(int(v))
        for key, v in figures(situation).items()
        if key[0] != ALL
    }
    assert written == truth
    assert len(truth) > 50
    assert [p for p in check_folder(tmp_path / crisis) if p.severity == "error"] == []


def test_files_are_added_up_and_corrected(tmp_path: Path) -> None:
    found = figures(import_flee(setup(tmp_path)).situation)
    # Added: 0, 100, 160, 140; counted anew on the 6th, so everything before is times 140 / 160.
    assert [found["Cava", f"2020-01-0{d}"] for d in (1, 4, 5, 6)] == [0, 87.5, 140, 140]
    assert found[ALL, "2020-01-05"] == 300
    dated = import_flee(setup(tmp_path), tier="dated").situation
    assert dated.tier == "dated"
    assert [figures(dated)["Cava", f"2020-01-0{d}"] for d in (1, 4, 5, 6)] == [0, 100, 160, 140]


def test_the_common_tables_hold_what_they_can(tmp_path: Path) -> None:
    situation = import_flee(setup(tmp_path)).situation
    assert [(p.id, p.kind, p.country) for p in situation.places] == [
        ("Alba", "origin", "MLI"),
        ("Brod", "town", "MLI"),
        ("Cava", "camp", "COD"),
        ("Dorn", "camp", "COD"),
    ]
    assert [(e.kind, e.time.day, e.place or e.route or e.to_country) for e in situation.events] == [
        ("closure", 3, "COD"),
        ("opening", 6, "COD"),
        ("closure", 2, "Brod--Dorn"),
        ("other", 1, "Dorn"),
        ("opening", 5, "Dorn"),
        ("military_operation", 1, "Alba"),
        ("other", 7, "Alba"),
    ]
    assert all(route.both_ways for route in situation.routes)
    populations = [c for c in situation.claims if c.measure == "population"]
    assert [(c.place, c.low, c.status) for c in populations] == [("Alba", 5000, "prior")]
    assert {c.measure for c in situation.claims} == {"population", "hosted"}  # no capacity


def test_capacities_and_settings_are_known_only_after_the_period(tmp_path: Path) -> None:
    situation = import_flee(setup(tmp_path)).situation
    assert situation.flee is not None
    assert [(r.place, r.people) for r in situation.flee.capacities] == [
        ("Cava", 900),
        ("Dorn", 700),
    ]
    before = situation.as_of("2020-01-10").flee
    assert before is not None
    assert before.capacities == ()
    assert before.settings == ()
    assert {f.date.day for f in before.figures if f.series == "Cava"} == {1, 4, 5, 6}
    early = situation.as_of("2020-01-02").flee
    assert early is not None
    assert early.corrections == ()
    assert [c.day for c in early.closures] == [1, 0]


def test_what_spreadsheets_leave_behind_is_borne(tmp_path: Path) -> None:
    plain = import_flee(setup(tmp_path / "s")).situation
    heading, *rows = FILES["input_csv/locations.csv"].splitlines()
    padded = (
        "\ufeff" + "\r\n".join([heading + ",,", *(f" {r} , ,," for r in rows)]) + "\r\n\r\n,,\r\n"
    )
    odd = setup(tmp_path / "odd" / "s", locations=padded)
    (odd / "input_csv/.~lock.routes.csv#").write_text(",someone,,")
    made = import_flee(odd)
    assert made.situation.places == plain.places
    assert made.situation.claims == plain.claims
    assert ".~lock.routes.csv#" in told(made)


def test_country_nicknames_survive(tmp_path: Path) -> None:
    text = FILES["input_csv/locations.csv"].replace("Mali", "Freedonia")
    closures = FILES["input_csv/closures.csv"].replace("Mali", "Freedonia")
    made = import_flee(setup(tmp_path, locations=text, closures=closures))
    assert made.situation.flee is not None
    assert {r.country for r in made.situation.flee.locations} == {"Freedonia", "DRC"}
    assert "'Freedonia' is not known by this name" in told(made)
    assert "no event for Freedonia - DRC" in told(made)
    assert [c.kind for c in made.situation.flee.closures] == ["country"] * 2 + ["link"] + [
        "camp"
    ] * 2


def test_optional_files_are_kept(tmp_path: Path) -> None:
    made = import_flee(
        setup(
            tmp_path,
            location_changes="#name,type,day\nBrod,camp,3\n",
            agents="location,age,gender\nAlba,20,f\nAlba,20,f\nAlba,7,m\n",
            flood_level="#Day,Brod\n" + "".join(f"{d},{d // 4}\n" for d in range(10)),
            region_attributes_IPC="#Day,North\n0,10\n9,40\n",
            demographics_age="age,Default,Alba\n20,0.7,0.6\n7,0.3,0.4\n",
            major_routes="Alba,Brod,Cava\n",
            routes="#name1,name2,distance,forced_redirection,max_move_speed\nAlba,Brod,60,,150\n"
            "Brod,Cava,80,1\nBrod,Dorn,120,\n",
        )
    )
    flee = made.situation.flee
    assert flee is not None
    assert [(c.day, c.place, c.type) for c in flee.location_changes] == [(3, "Brod", "camp")]
    assert [(a.place, a.count) for a in flee.agents] == [("Alba", 2), ("Alba", 1)]
    assert [(r.measure, r.name, r.day, r.value) for r in flee.levels] == [
        ("flood", "Brod", 4, 1),
        ("flood", "Brod", 8, 2),
        ("ipc", "North", 0, 10),
        ("ipc", "North", 9, 40),
    ]
    assert [(d.value, d.column, d.weight) for d in flee.demographics][:2] == [
        ("20", "Default", 0.7),
        ("20", "Alba", 0.6),
    ]
    assert [r.places for r in flee.major_routes] == [("Alba", "Brod", "Cava")]
    assert flee.routes[0].attributes == '{"max_move_speed": "150"}'
    assert "redirects nobody" in told(made)
    save_folder(made.situation, tmp_path / "out")
    assert load_folder(tmp_path / "out") == made.situation


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"conflicts": "#Day,Alba,Nowhere\n" + "0,1,1\n" * 10}, "Nowhere: found '1'"),
        ({"conflicts": "#Day,Alba\n0,1\n1,1\n"}, "found 2 rows, expected one for each of 10 days"),
        ({"c1": "2020-01-01,-5\n"}, "count: found '-5', expected a whole number of at least 0"),
        ({"c1": "2020-01-01,5.5\n"}, "count: found '5.5', expected a whole number"),
        ({"c1": "1 May,5\n"}, "date: found '1 May', expected a date"),
        ({"c1": None}, "file: found 'c1.csv', expected the name of a file"),
        (
            {"locations": FILES["input_csv/locations.csv"] + "Cava,S,DRC,1,1,camp,,5\n"},
            "locations.csv line 6, name: found 'Cava', expected each place once (first in line 4)",
        ),
        (
            {"simsetting": "move_rules:\n  max_movespeed: 3\n"},
            "found the key 'move_rules.max_movespeed', expected 'move_rules.max_move_speed'",
        ),
        ({"simsetting": "move_rules:\n  camp_weight: many\n"}, 'camp_weight: "many"'),
        ({"simsetting": "a: &x 1\nb: *x\n"}, "an alias"),
        (
            {
                "simsetting": "move_rules:\n  flood_rules:\n    flood_loc_weights: [1, 2]\n",
                "flood_level": "#Day,Brod\n" + "0,3\n" * 10,
            },
            "Brod: found '3', expected a level of the tables in simsetting.yml, 0 to 1",
        ),
        ({"routes": "#a,b,c\nAlba,Elsewhere,5\n"}, "name2: found 'Elsewhere', expected a name of"),
        ({"routes": "#a,b,c\nAlba,Brod,-5\n"}, "expected two places, and kilometres of at least 0"),
        ({"closures": "#\nlink,Alba,Cava,0,5\n"}, "expected a place that a route joins to Alba"),
        ({"closures": "#\nvalley,Alba,,0,5\n"}, "closure_type: found 'valley', expected one of"),
        ({"registration_corrections": "Cava,2020-01-03\n"}, "expected a date of the series 'Cava'"),
        ({"sim_period": "StartDate,2020-01-01\n"}, "found no row Length"),
        ({"sim_period": "StartDate,soon\nLength,10\n"}, "StartDate: found 'soon', expected a date"),
    ],
)
def test_bad_input_is_an_error_with_file_row_and_field(
    changed: dict[str, str | None], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        import_flee(setup(tmp_path, **changed))
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "Flee never closes the link Brod - Dorn"),
        ({"closures": "#\nlink,Brod,Dorn,0,0\n"}, "closes and opens on day 0: it is never closed"),
        ({"conflicts": "#Day,Alba,Nowhere\n" + "0,1,0\n" * 10}, "'Nowhere' is a column without"),
        ({"data_layout": "total,all.csv\nCava,c1.csv\n"}, "camp 'Dorn' has no series"),
        (
            {"data_layout": FILES["source_data/data_layout.csv"] + "Elm,d.csv\n"},
            "series 'Elm' has no location",
        ),
        ({"simsetting": "move_rules:\n  colour: 3\n"}, "'move_rules.colour' is no key"),
        ({"simsetting": "move_rules:\n  awareness_level: 0\n"}, "nobody ever moves in Flee"),
        ({"simsetting": "optimisations:\n  hasten: 10\n"}, "hasten 10"),
        ({"simsetting": None}, "Flee's defaults hold"),
        (
            {"locations": FILES["input_csv/locations.csv"].replace(",,900", ",,0")},
            "capacity 0 of 'Cava' means unlimited",
        ),
    ],
)
def test_what_flee_passes_over_in_silence_is_listed(
    changed: dict[str, str | None], expected: str, tmp_path: Path
) -> None:
    made = import_flee(setup(tmp_path, **changed))
    assert expected in told(made)
    assert made.situation.flee is not None
    assert made.situation.flee.notes == made.notes


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        import_flee(setup(tmp_path, c1="2020-01-01,-5\n2020-01-02,x\n", d="never,1\n"))
    assert "errors" in str(error.value)
    assert str(error.value).count("\n") >= 3


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_that_is_no_setup(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="expected"):
        import_flee(folder)


def test_no_forecast_sees_the_tables_of_flee() -> None:
    """They hold hindsight: only the import, the rules of Flee and the folder itself read them."""
    readers = []
    for path in sorted(Path(crossings.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.Attribute) and node.attr == "flee" for node in ast.walk(tree)):
            readers.append(path)
    rooms = {path.relative_to(Path(crossings.__file__).parent).parts[0] for path in readers}
    assert rooms == {"dynamics", "situation"}
    native = [path for path in readers if "dynamics" in path.parts and "flee" not in path.parts]
    assert [path.name for path in native] == ["rule_sets.py"]  # how long a set-up is
