"""The page as one file: small enough for a memory stick, and hostile texts stay texts."""

from __future__ import annotations

import json
import re
from typing import Any

from crossings.publish.live.single import single_file
from tests.outlooks import at, claim, outlook, situation

HOSTILE = (
    "<script>document.title = 'taken'</script>",
    "</script><img src=x onerror=\"document.title = 'taken'\">",
    "\u202edesrever \u202d",
    "\u2028'); alert(1); ('",
    "x" * 10_000,
)


def hostile_situation() -> Any:
    """The small situation with claims whose every text tries to be more than text."""
    known = situation()
    rows = [
        claim(
            f"hostile-{i}", 5000 + i, at(25, 8), sources=(said,), quote=said, note=said,
            publisher=said, via=said, url="javascript:document.title='taken'",
        )
        for i, said in enumerate(HOSTILE)
    ]  # fmt: skip
    return known.with_claims(rows)


def content(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-content">(.*?)</script>', page)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def test_one_file_with_all_inside() -> None:
    page = single_file([outlook()], situation())
    assert len(page.encode()) < 1_500_000
    assert not re.search(r'(src|href)="(?!#)(?!https?://)[^"]', page.partition("<noscript>")[0])
    held = content(page)
    assert list(held["pages"]) == [row["id"] for row in held["kept"]]
    assert "9 in 10 between" in page.partition("<noscript>")[2]


def test_no_text_ends_the_script_that_it_stands_in() -> None:
    page = single_file([outlook()], hostile_situation())
    held = content(page)
    claims = {c["id"]: c for c in next(iter(held["pages"].values()))["claims"]}
    for i, said in enumerate(HOSTILE):
        assert claims[f"hostile-{i}"]["quote"] == said.strip()
        assert claims[f"hostile-{i}"]["url"] == ""
    assert "<script>document" not in page


def test_the_public_profile_holds_inside() -> None:
    page = single_file([outlook()], situation(), "public", "Signed off by A. Person")
    held = content(page)
    held.pop("messages")  # the page's own words for everything that it can show
    shown = json.dumps(held) + page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "waiting.stock" not in shown
    assert "travel_time" not in shown
    assert "Signed off by A. Person" in page
