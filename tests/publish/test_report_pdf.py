"""The report: two pages, the same bytes again, every script's letters, no text as markup."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest

from crossings.publish.report_pdf import situation_report
from tests.outlooks import at, claim, outlook, situation


def words_of(report: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(report)).pages
    return " ".join(page.extract_text() for page in pages)


@pytest.fixture(scope="module")
def report() -> bytes:
    return situation_report(outlook(), situation())


def test_two_pages_with_what_matters(report: bytes) -> None:
    read = pypdf.PdfReader(io.BytesIO(report))
    assert len(read.pages) == 2
    first, second = (" ".join(page.extract_text().split()) for page in read.pages)
    assert "9 in 10 between" in first
    assert "plan for" in first
    assert "6,650" in first
    assert "Government of Armenia press service" in first + second
    assert "Responsible use" in second


def test_equal_forecasts_give_equal_files(report: bytes) -> None:
    assert situation_report(outlook(), situation()) == report


def test_texts_from_outside_are_no_markup() -> None:
    said = '#panic("taken") $x^2$ *bold* <label> @ref \\ `raw` // comment'
    hostile = claim("hostile", 7000, at(25, 20), sources=(said,))
    known = situation().with_claims([hostile])
    read = " ".join(words_of(situation_report(outlook(), known)).split())
    assert '#panic("taken") $x^2$ *bold*' in read


@pytest.mark.parametrize("said", ["Հայաստանի կառավարություն", "Правительство Армении"])
def test_letters_of_every_script(said: str) -> None:
    known = situation().with_claims([claim("other", 7000, at(25, 20), sources=(said,))])
    assert said in " ".join(words_of(situation_report(outlook(), known)).split())


def test_arabic_letters_have_glyphs() -> None:
    known = situation().with_claims([claim("other", 7000, at(25, 20), sources=("حكومة أرمينيا",))])
    report = situation_report(outlook(), known)
    pages = pypdf.PdfReader(io.BytesIO(report)).pages
    resources: list[Any] = [page["/Resources"] for page in pages]
    fonts = [f.get_object()["/BaseFont"] for r in resources for f in r["/Font"].values()]
    assert any("NotoSansArabic" in name for name in map(str, fonts))


def test_the_public_profile_and_its_sign_off() -> None:
    read = words_of(situation_report(outlook(), situation(), "public", "Signed off by A. Person"))
    assert "Signed off by A. Person" in " ".join(read.split())
    assert "travel time" not in read
