"""The files of others are those of the pinned packages, each with its licence."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "vendor.py"


def test_every_vendored_file_is_the_one_of_its_package() -> None:
    spec = importlib.util.spec_from_file_location("vendor", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    vendor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(vendor)
    assert vendor.wrong_files() == []
    rows = vendor.read_manifest()
    packages = {row["package"] for row in rows if row["member"] != "LICENSE"}
    assert packages == {row["package"] for row in rows if row["member"] == "LICENSE"}
