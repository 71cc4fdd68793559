"""The files of a scenario: every quantile, and what is said of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from crossings.exchange.what_if_files import BRANCHES, what_if_csv, what_if_json, write_what_if
from crossings.forecast.outlook import QUANTILE_LEVELS
from crossings.forecast.what_if import Change, what_if
from crossings.publish.change_table import print_change
from tests.forecast.border import ISSUED, claim, one_gate

KNOWN = one_gate(*(claim(f"c{h}", 60.0 * h, h) for h in (40, 70, 100, 118)))


@pytest.fixture(scope="module")
def made() -> Change:
    return what_if(KNOWN, ISSUED, "3d", 100, close="bridge", attack=True)


def test_the_table_has_every_quantile_of_every_branch(made: Change) -> None:
    rows = list(csv.DictReader(io.StringIO(what_if_csv(made))))
    per_branch = len(made.targets) * len(made.places) * len(made.times) * len(QUANTILE_LEVELS)
    assert len(rows) == len(BRANCHES) * per_branch
    told = {
        float(r["output_type_id"]): float(r["value"])
        for r in rows
        if (r["branch"], r["target"], r["place"]) == ("difference", "arrived.cumulative", "all")
        and r["time"] == rows[-1]["time"]
    }
    final = made.difference("arrived.cumulative")[:, -1]
    expected = np.quantile(final, QUANTILE_LEVELS)
    np.testing.assert_allclose([told[level] for level in QUANTILE_LEVELS], expected, atol=0.5)


def test_the_description_says_what_it_is(made: Change) -> None:
    told = json.loads(what_if_json(made))
    assert told["label"] == "a scenario under this model"
    assert told["profile"] == "internal"
    assert told["hostile"] is True
    assert told["scenario"] == "bridge is closed; an armed attack"
    assert told["at_the_end"]["arrived.cumulative"]["all"]["difference"]["median"] <= 0


def test_both_files_are_written(made: Change, tmp_path: Path) -> None:
    folder = write_what_if(made, tmp_path / "out")
    assert sorted(p.name for p in folder.iterdir()) == ["what-if.csv", "what-if.json"]


def test_the_terminal_says_scenario_and_internal(made: Change) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    print_change(console, made, KNOWN)
    said = " ".join(console.export_text().split())
    assert "This is a scenario under this model." in said
    assert "Internal: a scenario with an attack is not for publication." in said
    assert "Waiting to get out (people)" in said
    assert "0 to 0" not in said.split("Arrivals, everywhere")[1][:60]
