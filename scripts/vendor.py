"""Fetch or verify the files of others that the live page uses.

``python scripts/vendor.py verify`` checks each file against its SHA-256 in ``vendor.toml``; it
needs nothing but Python and is run by the tests. ``python scripts/vendor.py refresh`` takes the
packages at their pinned versions again with the client ``npm``, unpacks the named files and writes
the hashes.
"""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "src" / "crossings" / "publish" / "web" / "vendor"
MANIFEST = VENDOR / "vendor.toml"


def read_manifest() -> list[dict[str, Any]]:
    """The entries of ``vendor.toml``: package, version, licence, member, file, sha256."""
    rows: list[dict[str, Any]] = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["file"]
    return rows


def place_of(row: dict[str, Any]) -> Path:
    """Where a file lies: in ``vendor/``, or where its entry says (what only the tests need)."""
    return Path(ROOT, row["place"], row["file"]) if "place" in row else Path(VENDOR, row["file"])


def wrong_files() -> list[str]:
    """What does not agree with the manifest, a sentence each; empty where all is well."""
    found = []
    rows = read_manifest()
    for row in rows:
        path = place_of(row)
        if not path.is_file():
            found.append(f"{row['file']}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            found.append(f"{row['file']}: not the file of {row['package']} {row['version']}")
    named = {row["file"] for row in rows} | {MANIFEST.name}
    found += [f"{p.name}: not in {MANIFEST.name}" for p in VENDOR.iterdir() if p.name not in named]
    return found


def refresh() -> None:
    """Take every file again from its package and write the manifest with the hashes found."""
    rows = read_manifest()
    with tempfile.TemporaryDirectory() as room:
        for row in rows:
            content = _member(f"{row['package']}@{row['version']}", row["member"], Path(room))
            if row["file"].endswith(".gz"):
                content = gzip.compress(content, 9, mtime=0)
            place_of(row).write_bytes(content)
            row["sha256"] = hashlib.sha256(content).hexdigest()
    heading = MANIFEST.read_text(encoding="utf-8").partition("[[file]]")[0]
    blocks = [
        "[[file]]\n" + "".join(f'{key} = "{value}"\n' for key, value in row.items()) for row in rows
    ]
    MANIFEST.write_text(heading + "\n".join(blocks), encoding="utf-8")


def _member(package: str, member: str, room: Path) -> bytes:
    """One file of a package."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(room), package]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(room / name) as archive:
        stored = archive.extractfile(f"package/{member}")
        if stored is None:
            raise FileNotFoundError(f"{package}: no {member}")
        return stored.read()


def main() -> None:
    """Run what the command line names."""
    if sys.argv[1:] == ["refresh"]:
        refresh()
    elif sys.argv[1:] != ["verify"]:
        sys.exit("usage: python scripts/vendor.py verify|refresh")
    wrong = wrong_files()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(read_manifest())} files agree with {MANIFEST.name}")


if __name__ == "__main__":
    main()
